// Generated from widgets/src by `npm run build`. Do not edit.
function fill(element,attributes,children){for(let[name,value]of Object.entries(attributes))value===!0?element.setAttribute(
name,""):value!==!1&&element.setAttribute(name,String(value));element.append(...children)}function h(tag,attributes={},...children){
let element=document.createElement(tag);return fill(element,attributes,children),element}function svg(tag,attributes={},...children){
let element=document.createElementNS("http://www.w3.org/2000/svg",tag);return fill(element,attributes,children),element}
function textButton(label2,signal,onClick){let button=h("button",{type:"button",class:"mikit-text-button"},label2);return button.
addEventListener("click",onClick,{signal}),button}function withMinus(text){let typeset=text.replace("-","−");return/[1-9]/.test(typeset)?typeset:typeset.replace("−","")}
function fixed(value,digits=2){if(Number.isNaN(value))return"NaN";if(!Number.isFinite(value))return value>0?"∞":"−∞";
let size2=Math.abs(value);return size2!==0&&size2<.5*10**-digits?withMinus(value.toExponential(1)):size2>=1e5?withMinus(
value.toExponential(2)):withMinus(value.toFixed(size2>=1e3?0:digits))}function signed(value,digits=2){return value>0?`+${fixed(
value,digits)}`:fixed(value,digits)}function percent(share){return share>0&&share<.005?"<1 %":`${fixed(Math.round(100*share),
0)} %`}function withUnit(text,unit){return unit?`${text} ${unit}`:text}function download(name,blob){let link=document.createElement("a");link.href=URL.createObjectURL(blob),link.download=name,
link.click(),setTimeout(()=>URL.revokeObjectURL(link.href),1e4)}function fileName(title,ending){return`${title.toLowerCase().
replaceAll(/[^a-z0-9]+/g,"-").replaceAll(/^-|-$/g,"")||"mikit"}.${ending}`}function csvCell(value){let text=String(value);
return/[",\n\r]/.test(text)?`"${text.replaceAll('"','""')}"`:text}function csv(table){return`${[table.columns,...table.rows].
map(row2=>row2.map(csvCell).join(",")).join(`
`)}
`}async function copyText(text){try{return await navigator.clipboard.writeText(text),!0}catch{return!1}}async function copyImage(image){
try{return await navigator.clipboard.write([new ClipboardItem({"image/png":image})]),!0}catch{return!1}}function ownRules(){
let texts=[];for(let sheet of document.styleSheets){let rules;try{rules=sheet.cssRules}catch{continue}for(let rule of rules)
rule.cssText.includes(".mikit")&&texts.push(rule.cssText)}return texts.join(`
`)}var MARGIN=16,CHROME=".mikit-actions, .mikit-inputs, .mikit-status, .mikit-code, .mikit-twin, .mikit-live, .mikit-chr\
ome";function withoutChrome(root){let clone=root.cloneNode(!0),drawn=[...root.querySelectorAll("canvas")];clone.querySelectorAll(
"canvas").forEach((canvas,i)=>{let image=document.createElement("img");image.src=drawn[i].toDataURL(),image.className=canvas.
className,image.style.cssText=canvas.style.cssText,canvas.replaceWith(image)});for(let chrome of clone.querySelectorAll(
CHROME))chrome.remove();let style=getComputedStyle(root);for(let name of["--jp-ui-font-family","--jp-code-font-family","\
--jp-layout-color0"]){let value=style.getPropertyValue(name);value&&clone.style.setProperty(name,value)}return Object.assign(
clone.style,{width:`${root.clientWidth+2*MARGIN}px`,padding:`${MARGIN}px`,border:"0"}),clone}function heightOf(clone){let shelf=document.
createElement("div");shelf.style.cssText="position:fixed;left:-10000px;top:0;visibility:hidden",shelf.append(clone),document.
body.append(shelf);let height=Math.floor(clone.getBoundingClientRect().height);return shelf.remove(),height}async function figurePng(root){
let clone=withoutChrome(root),[width,height,zoom]=[root.clientWidth+2*MARGIN,heightOf(clone),2],style=document.createElement(
"style");style.textContent=ownRules(),clone.prepend(style),clone.setAttribute("xmlns","http://www.w3.org/1999/xhtml");let body=new XMLSerializer().
serializeToString(clone),source=`<svg xmlns="http://www.w3.org/2000/svg" width="${width*zoom}" height="${height*zoom}" v\
iewBox="0 0 ${width} ${height}"><foreignObject width="${width}" height="${height}">${body}</foreignObject></svg>`,image=new Image;
image.src=`data:image/svg+xml;charset=utf-8,${encodeURIComponent(source)}`,await image.decode();let canvas=document.createElement(
"canvas");return[canvas.width,canvas.height]=[width*zoom,height*zoom],canvas.getContext("2d")?.drawImage(image,0,0),new Promise(
(resolve,reject)=>{canvas.toBlob(blob=>blob?resolve(blob):reject(new Error("The browser made no picture.")),"image/png")})}var ANSWER_MS=1500;function copyButton(label2,signal,copy){let button=textButton(label2,signal,()=>{copy().then(copied=>copied?
"Copied":"Downloaded",()=>"No copy made").then(answer=>{button.textContent=answer,setTimeout(()=>{button.textContent=label2},
ANSWER_MS)})});return button}function copyButtons(signal,root,title,table){let png=copyButton("Copy PNG",signal,async()=>{
let image=await figurePng(root()),copied=await copyImage(image);return copied||download(fileName(title(),"png"),image),copied}),
numbers=copyButton("Copy CSV",signal,async()=>{let text=csv(table()),copied=await copyText(text);return copied||download(
fileName(title(),"csv"),new Blob([text],{type:"text/csv"})),copied});return[png,numbers]}var MARK="jupyter-widgets-disconnected",LOST=new Set(["restarting","autorestarting","terminating","dead"]);function cellOf(view){
let number=/\[\d+\]/.exec(view.closest(".jp-Cell")?.querySelector(".jp-InputPrompt")?.textContent??"");return number?`ce\
ll ${number[0]}`:"the cell"}function watchKernel(model,host,signal,changed){watchStatus(model,signal,()=>changed(!0)),watchMark(
host,signal,changed)}function watchStatus(model,signal,lost){let kernel=model.widget_manager?.kernel,status=(_,now)=>{LOST.
has(now)&&lost()};kernel?.statusChanged?.connect(status),kernel?.disposed?.connect(lost),signal.addEventListener("abort",
()=>{kernel?.statusChanged?.disconnect(status),kernel?.disposed?.disconnect(lost)})}function watchMark(host,signal,changed){
let gone=!1,look=()=>{gone!==(host.closest(`.${MARK}`)!==null)&&(gone=!gone,changed(gone))},observer=new MutationObserver(
look),watch=()=>{observer.disconnect();let element=host;for(let depth=0;element&&depth<4;depth++,element=element.parentElement)
observer.observe(element,{attributes:!0,attributeFilter:["class"]})};watch(),look();let attached=new ResizeObserver(watch);
attached.observe(host),signal.addEventListener("abort",()=>{observer.disconnect(),attached.disconnect()})}function head(signal,buttons){let title=h("span",{class:"mikit-title",role:"heading","aria-level":3}),chip=h("span",{class:"\
mikit-chip"}),old=h("span",{class:"mikit-chip mikit-chip-mark"},"old"),gone=h("span",{class:"mikit-chip mikit-chip-mark"},
"kernel gone – run the cell again"),record=textButton("Save record",signal,buttons.saveRecord),page=textButton("Save p\
age",signal,buttons.savePage);return{element:h("div",{class:"mikit-head"},title,chip,h("span",{class:"mikit-break"}),old,
gone,h("span",{class:"mikit-actions"},buttons.code,record,page)),show:text=>{title.textContent=text.title,chip.textContent=
text.chip,chip.hidden=!text.chip,old.hidden=!text.old,gone.hidden=!text.gone,record.hidden=text.gone,record.disabled=!text.
canSave,page.hidden=text.gone||text.frozen}}}function moved(key,from,rows,columns,up=!1){let[row2,column]=from,hold=(value,count)=>Math.min(count-1,Math.max(0,value)),
down=up?-1:1;switch(key){case"ArrowRight":return[row2,hold(column+1,columns)];case"ArrowLeft":return[row2,hold(column-1,
columns)];case"ArrowDown":return[hold(row2+down,rows),column];case"ArrowUp":return[hold(row2-down,rows),column];case"Hom\
e":return[row2,0];case"End":return[row2,columns-1];default:return null}}function gridKeys(element,signal,grid){element.addEventListener(
"keydown",event=>{if(event.ctrlKey||event.metaKey||event.altKey)return;let[rows,columns]=grid.size();if(!rows||!columns)
return;let up=grid.up?.()??!1,at=grid.at(),start=[up?rows-1:0,0];if(event.key==="Escape")grid.leave();else if((event.key===
"Enter"||event.key===" ")&&at)grid.choose(at);else{let next=moved(event.key,at??start,rows,columns,up);if(!next)return;grid.
move(at?next:start)}event.preventDefault()},{signal})}function containKeys(root,signal){root.addEventListener("keydown",
event=>{event.ctrlKey||event.metaKey||event.shiftKey&&event.key==="Enter"||event.stopPropagation()},{signal})}function numberSlot(){let[label2,value,unit,below]=["label","value","unit","below"].map(part=>h("span",{class:`mikit-num\
ber-${part}`})),element=h("div",{class:"mikit-number"},label2,h("span",{class:"mikit-number-line"},value," ",unit),below),
show=text=>{label2.textContent=text.label,value.textContent=text.value,unit.textContent=text.unit??"",below.textContent=
text.below??""},clear=()=>show({label:" ",value:" ",below:" "});return clear(),{element,show,clear}}function toggling(label2,className,signal,fill2){let element=h("div",{class:className,hidden:!0}),refresh=()=>{element.hidden||
fill2(element,refresh)},button=textButton(label2,signal,()=>{element.hidden=!element.hidden,button.setAttribute("aria-ex\
panded",String(!element.hidden)),refresh()});return button.setAttribute("aria-expanded","false"),{button,element,refresh}}
var FLAVOURS=[["mikit","mikit"],["nnsight","plain nnsight"]];function codePanel(signal,code){let chosen="mikit";return toggling(
"Code","mikit-code",signal,(panel,refresh)=>{let texts=code(),there=FLAVOURS.filter(([flavour])=>texts[flavour]!==void 0);
if(!there.length){panel.replaceChildren(h("p",{class:"mikit-muted"},"No code yet: it comes with the first result."));return}
texts[chosen]===void 0&&(chosen=there[0][0]);let text=texts[chosen]??"",listing=h("pre",{tabindex:0,role:"region","aria-\
label":`Code, ${chosen}`},text),tabs=there.map(([flavour,label2])=>{let tab=textButton(label2,signal,()=>{chosen=flavour,
refresh()});return tab.setAttribute("aria-pressed",String(flavour===chosen)),tab}),copy=textButton("Copy",signal,()=>{copyText(
text).then(done=>{copy.textContent=done?"Copied":"Select and copy by hand"})});panel.replaceChildren(h("div",{class:"mik\
it-code-bar"},...tabs,h("span",{class:"mikit-gap"}),copy),listing)})}var MOST_ROWS=400;function heading(name,first){return h(
"th",typeof first=="number"?{scope:"col",class:"mikit-figure"}:{scope:"col"},name)}function cell(value){return typeof value==
"number"?h("td",{class:"mikit-figure"},fixed(value)):h("td",{},value)}function twinPanel(signal,table){return toggling("\
Read as a table","mikit-twin",signal,panel=>{let{caption:caption2,columns,rows}=table(),left=rows.length-MOST_ROWS;panel.
replaceChildren(h("table",{},h("caption",{},left>0?`${caption2} (${left} more rows: Copy CSV has them all)`:caption2),h(
"thead",{},h("tr",{},...columns.map((name,i)=>heading(name,rows[0]?.[i])))),h("tbody",{},...rows.slice(0,MOST_ROWS).map(
row2=>h("tr",{},...row2.map((value,i)=>i===0&&typeof value=="string"?h("th",{scope:"row"},value):cell(value))))))),panel.
tabIndex=0,panel.setAttribute("role","region"),panel.setAttribute("aria-label",caption2)})}function patience(ms,signal,changed){let timer,long=!1,end=()=>{clearTimeout(timer),timer=void 0,long=!1};return signal.
addEventListener("abort",end),{get long(){return long},start(){timer??=setTimeout(()=>{long=!0,changed()},ms)},end}}function themeOf(element){let body=document.body,lab=body.getAttribute("data-jp-theme-light");return lab!==null?lab==="f\
alse"?"dark":"light":body.matches(".vscode-dark, .vscode-high-contrast:not(.vscode-high-contrast-light)")?"dark":body.matches(
".vscode-light, .vscode-high-contrast-light")?"light":element.closest(".dark, [data-theme=dark]")?"dark":element.closest(
".light, [data-theme=light]")?"light":globalThis.matchMedia?.("(prefers-color-scheme: dark)").matches?"dark":"light"}function watchTheme(signal,changed){
let observer=new MutationObserver(changed),options2={attributes:!0,attributeFilter:["class","data-jp-theme-light","data-\
jp-theme-name","data-theme"]};observer.observe(document.body,options2),observer.observe(document.documentElement,options2),
signal.addEventListener("abort",()=>observer.disconnect()),globalThis.matchMedia?.("(prefers-color-scheme: dark)").addEventListener(
"change",changed,{signal})}function themeColour(element,name){return getComputedStyle(element).getPropertyValue(name).trim()}function redrawing(root,signal,draw){let width=800,asleep=!0,ask=()=>{asleep&&(asleep=!1,requestAnimationFrame(()=>{asleep=
!0,signal.aborted||draw()}))},sizes=new ResizeObserver(()=>{root.clientWidth!==0&&(width=root.clientWidth,ask())});return sizes.
observe(root),signal.addEventListener("abort",()=>sizes.disconnect()),watchTheme(signal,ask),ask(),{draw:ask,get width(){
return width}}}var FROZEN="A saved page: reading and hovering work, what needs the model is off.";function words(status){switch(status.
state){case"busy":return status.text||"computing";case"waiting":return status.text||"waiting for your cell";case"stopped":
return status.text||"stopped";default:return status.text||"ready"}}function statusLine(signal,stop){let bar=h("span",{class:"\
mikit-progress"}),text=h("span",{class:"mikit-status-text"}),failed=h("span",{class:"mikit-error",role:"alert"}),note=h(
"span",{class:"mikit-note"}),stopButton=textButton("Stop",signal,stop);stopButton.classList.add("mikit-stop");let tools=h(
"span",{class:"mikit-tools"}),element=h("div",{class:"mikit-status"},h("span",{class:"mikit-status-line"},text,stopButton,
failed,note),tools,bar);return{element,tools,show:status=>{let error=status.error||(status.state==="error"?status.text:""),
off=status.gone||status.frozen,working=!off&&(status.state==="busy"||status.state==="waiting");text.textContent=status.gone?
`The kernel is gone. The picture stays; run ${cellOf(element)} again to go on.`:status.frozen?FROZEN:error?"":words(status),
failed.textContent=error&&!off?`× ${error}`:"",note.textContent=status.gone||error?"":status.note,stopButton.hidden=!working,
bar.style.width=working?`${Math.round(100*status.done)}%`:"0"}}}var WIDE=700,REST_MS=150,SILENT_MS=1e3,WAITING={state:"waiting",text:"waiting for your cell",done:0},TRAITS=["title","ch\
ip","shows","hides","status","error","answers","asked","code","note","can_save","frozen"];function oldLanes(asked,answers){
return new Set(Object.keys(asked).filter(lane=>lane in answers&&asked[lane]!==answers[lane]))}function labelled(label2,text){
return text?[h("b",{},`${label2} `),text]:[]}function frame(model,host,signal,options2){let gone=!1,speech,draws=[],ties=[],
controls=[],inputs=h("div",{class:"mikit-inputs"}),stage=h("div",{class:"mikit-stage"}),number=numberSlot(),foot=h("p",{
class:"mikit-foot"}),live=h("span",{class:"mikit-live",role:"status"}),code=codePanel(signal,()=>model.get("code")),twin=twinPanel(
signal,options2.table),top=head(signal,{code:code.button,saveRecord,savePage:()=>send("page")}),status=statusLine(signal,
()=>send("stop"));status.tools.append(textButton("Reset",signal,reset),...copyButtons(signal,()=>root,()=>model.get("tit\
le"),options2.table),twin.button);let root=h("section",{class:`mikit mikit-${options2.name}`},top.element,h("div",{class:"\
mikit-top"},inputs,number.element),stage,status.element,code.element,twin.element,foot,live);containKeys(root,signal),host.
append(root);function attempt(work){try{work()}catch{lose(!0)}}function lose(now){gone=now,refresh(),redraw.draw()}function send(action){
attempt(()=>model.send({do:action}))}function saveRecord(){let record=model.get("record");model.get("frozen")?record&&download(
fileName(model.get("title"),"json"),new Blob([record],{type:"application/json"})):send("record")}function reset(){options2.
reset?.(),view.live&&send("reset"),view.draw()}function refresh(){let old=oldLanes(model.get("asked"),model.get("answers")),
[title,chip,error,frozen]=[model.get("title"),model.get("chip"),model.get("error"),model.get("frozen")],{state,text,done}=silence.
long&&!gone?WAITING:model.get("status");root.setAttribute("aria-label",title),root.dataset.status=error?"error":state,root.
toggleAttribute("data-gone",gone),root.toggleAttribute("data-frozen",frozen),root.toggleAttribute("data-old",old.size>0),
stage.classList.toggle("mikit-old",ties.length===0&&old.size>0);for(let control of controls)control.disabled=gone||frozen;
for(let[element,lane]of ties)element.classList.toggle("mikit-old",old.has(lane));let canSave=frozen?!!model.get("record"):
model.get("can_save");top.show({title,chip,old:old.size>0,gone,frozen,canSave}),status.show({state,text,done,error,note:model.
get("note"),gone,frozen}),foot.replaceChildren(...labelled("Shows:",model.get("shows"))," ",...labelled("Does not show:",
model.get("hides"))),code.refresh()}let silence=patience(SILENT_MS,signal,refresh);function listen(trait,changed){model.
on(`change:${trait}`,changed),signal.addEventListener("abort",()=>model.off(`change:${trait}`,changed))}let redraw=redrawing(
root,signal,()=>{root.dataset.theme=view.theme,root.dataset.width=view.wide?"wide":"narrow";for(let one of draws)one();twin.
refresh()}),view={root,inputs,stage,number,draw:redraw.draw,get width(){return redraw.width},get wide(){return redraw.width>=
WIDE},get theme(){return themeOf(host)},get live(){return!gone&&!model.get("frozen")},colour:name=>themeColour(root,name),
onDraw(callback){draws.push(callback),redraw.draw()},watch(traits,changed=redraw.draw){for(let trait of traits)listen(trait,
changed)},set(traits,lanes=[]){let[asked,answers]=[{...model.get("asked")},model.get("answers")];for(let lane of lanes)asked[lane]=
Math.max(asked[lane]??0,answers[lane]??0)+1;for(let name of Object.keys(traits))model.set(name,traits[name]);lanes.length&&
view.live&&(model.set("asked",asked),silence.start()),attempt(()=>model.save_changes())},tie(element,lane){ties.push([element,
lane]),refresh()},needsKernel(control){controls.push(control),refresh()},say(text){clearTimeout(speech),speech=setTimeout(
()=>{live.textContent=text},REST_MS)}};root.dataset.theme=view.theme,root.dataset.width="wide";for(let trait of["status",
"answers"])listen(trait,silence.end);for(let trait of TRAITS)listen(trait,refresh);return listen("frozen",redraw.draw),watchKernel(
model,host,signal,lose),signal.addEventListener("abort",()=>{clearTimeout(speech),root.remove()}),refresh(),view}var STOPS={diverging:{light:"#8A3B06 #C4661F #E39B5F #F4CFAE #F3F3F1 #B9D4EC #74A9DA #2F78C0 #0B4A8F",dark:"#FFBE7D #D98\
636 #9A5A22 #5E3B1E #232A33 #20466F #2F6DAE #5A9BDC #8FC7FF"},sequential:{light:"#FBFBF7 #E3EBD9 #B7D5CB #7DB8BE #4892AE\
 #2E6A97 #27447A #1D2352",dark:"#171C23 #20304A #27507A #2C7598 #3F9CA8 #74C2AC #B5E0B4 #F2F7C9"}};function parseHex(hex){
let value=Number.parseInt(hex.slice(1),16);return[value>>16,value>>8&255,value&255]}var linear=channel=>{let c=channel/255;
return c<=.04045?c/12.92:((c+.055)/1.055)**2.4},gamma=c=>{let v=c<=.0031308?12.92*c:1.055*c**.4166666666666667-.055;return Math.
round(255*Math.min(1,Math.max(0,v)))};function toOklab(rgb){let[r,g,b]=[linear(rgb[0]),linear(rgb[1]),linear(rgb[2])],l=Math.
cbrt(.4122214708*r+.5363325363*g+.0514459929*b),m=Math.cbrt(.2119034982*r+.6806995451*g+.1073969566*b),s=Math.cbrt(.0883024619*
r+.2817188376*g+.6299787005*b);return[.2104542553*l+.793617785*m-.0040720468*s,1.9779984951*l-2.428592205*m+.4505937099*
s,.0259040371*l+.7827717662*m-.808675766*s]}function fromOklab([lightness,a,b]){let l=(lightness+.3963377774*a+.2158037573*
b)**3,m=(lightness-.1055613458*a-.0638541728*b)**3,s=(lightness-.0894841775*a-1.291485548*b)**3;return[gamma(4.0767416621*
l-3.3077115913*m+.2309699292*s),gamma(-1.2684380046*l+2.6097574011*m-.3413193965*s),gamma(-.0041960863*l-.7034186147*m+1.707614701*
s)]}function luminance(rgb){return .2126*linear(rgb[0])+.7152*linear(rgb[1])+.0722*linear(rgb[2])}function contrast(a,b){
let[x,y]=[luminance(a),luminance(b)];return(Math.max(x,y)+.05)/(Math.min(x,y)+.05)}function inkOn(rgb){return contrast(rgb,
[0,0,0])>=contrast(rgb,[255,255,255])?"#000000":"#FFFFFF"}var STEPS=512,ColourMap=class{constructor(kind,theme){this.kind=
kind;let stops=STOPS[kind][theme].split(" ").map(hex=>toOklab(parseHex(hex)));this.table=Array.from({length:STEPS+1},(_,i)=>{
let at=i/STEPS*(stops.length-1),low=Math.min(Math.floor(at),stops.length-2),[from,to,f]=[stops[low],stops[low+1],at-low];
return fromOklab([from[0]+f*(to[0]-from[0]),from[1]+f*(to[1]-from[1]),from[2]+f*(to[2]-from[2])])})}kind;table;at(t){let share=this.
kind==="diverging"?(t+1)/2:t;return this.table[Math.round(STEPS*Math.min(1,Math.max(0,share)))]}css(t){return`rgb(${this.
at(t).join(" ")})`}pixels(){return Uint32Array.from({length:256},(_,i)=>packed(this.table[Math.round(i/255*STEPS)]))}};function packed(rgb){
return(255<<24|rgb[2]<<16|rgb[1]<<8|rgb[0])>>>0}var maps=new Map;function colourMap(kind,theme){let key=`${kind} ${theme}`,
map=maps.get(key);return map||maps.set(key,map=new ColourMap(kind,theme)),map}function place(value,limit,kind){if(Number.
isNaN(value))return{t:0,mark:"×"};let low=kind==="diverging"?-limit:0,t=limit>0?Math.min(1,Math.max(low/limit,value/limit)):
0,slack=1e-6*Math.abs(limit);return{t,mark:value>limit+slack?"+":value<low-slack?"−":""}}function sizeCanvas(canvas,width,height){let ratio=globalThis.devicePixelRatio||1;canvas.width=Math.ceil(width*ratio),canvas.
height=Math.ceil(height*ratio),canvas.style.width=`${width}px`,canvas.style.height=`${height}px`;let context=canvas.getContext?.(
"2d")??null;return context?.setTransform(ratio,0,0,ratio,0,0),context}function drawPixels(context,pixels,columns,box){let rows=pixels.
length/columns;if(!pixels.length)return;let small=document.createElement("canvas");small.width=columns,small.height=rows;
let bytes=new Uint8ClampedArray(pixels.buffer,pixels.byteOffset,pixels.byteLength);small.getContext("2d")?.putImageData(
new ImageData(bytes,columns,rows),0,0),context.imageSmoothingEnabled=!1,context.drawImage(small,box.x,box.y,box.width,box.
height)}var APPROXIMATE=.6;function drawCells(context,cells,box){let{values,rows,columns,map,exact}=cells,width=box.width/
columns,height=box.height/rows,pixels=new Uint32Array(rows*columns),later=[];for(let row2=0;row2<rows;row2++){let line=cells.
up?rows-1-row2:row2;for(let column=0;column<columns;column++){let from=row2*columns+column,{t,mark}=place(values[from]??
Number.NaN,cells.limit,map.kind),cell2={x:box.x+column*width,y:box.y+line*height,width,height};mark!=="×"&&(exact===null||
exact[from])?pixels[line*columns+column]=packed(map.at(t)):mark!=="×"&&later.push(()=>drawSmall(context,map.css(t),cell2)),
mark&&later.push(()=>drawMark(context,mark,mark==="×"?cells.ink:inkOn(map.at(t)),cell2))}}drawPixels(context,pixels,columns,
box);for(let draw of later)draw()}function drawSmall(context,colour,cell2){let[width,height]=[cell2.width*APPROXIMATE,cell2.
height*APPROXIMATE];context.fillStyle=colour,context.fillRect(cell2.x+(cell2.width-width)/2,cell2.y+(cell2.height-height)/
2,width,height)}function drawMark(context,mark,ink,cell2){let arm=Math.min(4,.3*Math.min(cell2.width,cell2.height)),[x,y]=[
cell2.x+cell2.width/2,cell2.y+cell2.height/2];context.strokeStyle=ink,context.lineWidth=1,context.beginPath(),mark==="×"?
(context.moveTo(x-arm,y-arm),context.lineTo(x+arm,y+arm),context.moveTo(x-arm,y+arm),context.lineTo(x+arm,y-arm)):(context.
moveTo(x-arm,y),context.lineTo(x+arm,y),mark==="+"&&(context.moveTo(x,y-arm),context.lineTo(x,y+arm))),context.stroke()}
function hatch(context,colour,box,gap=4){context.save(),context.beginPath(),context.rect(box.x,box.y,box.width,box.height),
context.clip(),context.strokeStyle=colour,context.lineWidth=1,context.beginPath();for(let offset=0;offset<box.width+box.
height;offset+=gap)context.moveTo(box.x+offset-box.height,box.y+box.height),context.lineTo(box.x+offset,box.y);context.stroke(),
context.restore()}var WIDTH=120,HEIGHT=8;function legend(){let canvas=h("canvas",{role:"presentation"}),marks=h("div",{class:"mikit-legend\
-marks"}),unit=h("div",{class:"mikit-legend-unit"});return{element:h("div",{class:"mikit-legend"},h("div",{},canvas,marks),
unit),show:({kind,theme,limit,unit:name,reach=1})=>{let context=sizeCanvas(canvas,WIDTH,HEIGHT),[map,from]=[colourMap(kind,
theme),kind==="diverging"?-1:0];for(let x=0;context&&x<WIDTH;x++)context.fillStyle=map.css(reach*(from+(1-from)*x/(WIDTH-
1))),context.fillRect(x,0,1,HEIGHT);let ends=kind==="diverging"?[signed(-limit),"0",signed(limit)]:["0",fixed(limit)];marks.
replaceChildren(...ends.map(text=>h("span",{},text))),unit.textContent=name}}}var BYTES=/((?:⟨[0-9A-F]{2}(?: [0-9A-F]{2})*⟩)+)/;function joinBytes(run){return`⟨${(run.match(/[0-9A-F]{2}/g)??[]).
join(" ")}⟩`}function pieces(text){if(text==="")return[{text:"∅",muted:!0}];let spaces=/^ */.exec(text)?.[0].length??
0,out=spaces?[{text:"·".repeat(spaces),muted:!0}]:[],rest=text.slice(spaces).replaceAll("\r","␍");for(let part of rest.
split(/(\n+|\t+)/).flatMap(piece=>piece.split(BYTES)))part!==""&&(part[0]===`
`?out.push({text:"⏎".repeat(part.length),muted:!0}):part[0]==="	"?out.push({text:"⇥".repeat(part.length),muted:!0}):
BYTES.test(part)?out.push({text:joinBytes(part),muted:!0}):out.push({text:part,muted:!1}));return out}function tokenLabel(text){
return pieces(text).map(piece=>piece.text).join("")}function middle(text,max){let characters=[...text];if(characters.length<=
max)return text;let head2=Math.ceil((max-1)/2),tail=max-1-head2;return`${characters.slice(0,head2).join("")}…${tail?characters.
slice(-tail).join(""):""}`}function tokenSpan(token){let span2=h("span",{class:token.special?"mikit-token mikit-token-sp\
ecial":"mikit-token"});for(let piece of pieces(token.text))span2.append(piece.muted?h("span",{class:"mikit-token-mark"},
piece.text):piece.text);return span2}var SITES={resid_pre:"resid_pre: into a layer",resid_mid:"resid_mid: after attention",resid_post:"resid_post: out of a l\
ayer",attn_out:"attn_out: attention adds",mlp_out:"mlp_out: the MLP adds",z:"z: outputs of heads",q:"q: queries of heads",
k:"k: keys of heads",v:"v: values of heads",pattern:"pattern: where heads look"},DIRECTIONS=[["denoise","restore it (den\
oising)"],["noise","break it (noising)"]];function nameOf(scene,[row2,column]){return scene.by==="head"?`L${row2}H${column}`:
`L${row2} ${tokenLabel(scene.clean_tokens[column]??"")} (${column})`}function leaning(scene,value){return Math.abs(value)<
.005?"":scene.metric==="logit difference"||scene.metric==="normalised"?value>0?`▲ toward ${tokenLabel(scene.answer)}`:
`▼ toward ${tokenLabel(scene.foil)}`:value>0?"▲ higher":"▼ lower"}function exactness(scene,index){return scene.by===
"position"&&index%scene.columns<scene.first?"exact: the prompts do not differ up to here":scene.isExact[index]?"exact":"\
approximate"}function cellInWords(scene,cell2){let index=cell2[0]*scene.columns+cell2[1],value=scene.values[index]??Number.
NaN,name=nameOf(scene,cell2);if(Number.isNaN(value))return`${name}: not computed yet`;let lean=leaning(scene,value),sink=scene.
by==="position"&&cell2[1]===0?"; position 0, an attention sink":"";return`${name}: ${withUnit(signed(value),scene.unit)}${lean&&
` ${lean}`}, ${exactness(scene,index)}${sink}`}function caption(scene){return`Change of the ${scene.metric==="normalised"?
"share recovered":scene.metric}, one value ${scene.direction==="denoise"?"restored":"broken"} at a time. Layers go up.`}
function randomInWords(scene,exact){let plain=value=>Math.abs(value)<.001*scene.limit?0:value,drawn=[...exact?scene.exactRandom:
scene.approxRandom].map(plain).sort((a,b)=>a-b);if(!drawn.length)return"random sites: not yet";let at=i=>drawn[i]??Number.
NaN,half=drawn.length/2,median=(at(Math.floor(half))+at(Math.ceil(half)-1))/2;return`${drawn.length} random sites: media\
n ${signed(median)}, ${signed(at(0))} to ${signed(at(drawn.length-1))}`}function size(bytes){return bytes>=1e9?`${fixed(
bytes/1e9,1)} GB`:`${Math.max(1,Math.round(bytes/1e6))} MB`}function span(seconds){return seconds<1?"less than 1 s":seconds<
90?`${Math.round(seconds)} s`:`${Math.round(seconds/60)} min`}function progressInWords(scene,estimate){let done=scene.isExact.
reduce((sum,one)=>sum+one,0),all=scene.values.length;if(done===all)return`All ${all} cells are exact.`;let cost=estimate?
` The whole sweep takes about ${span(estimate.seconds)} and ${size(estimate.bytes)}.`:"";return`${done} of ${all} cells \
are exact (full squares)${scene.approx?"; the small ones are approximate":""}.${cost}`}function agreementInWords(scene,found){
if(!found)return scene.approx?"":"This metric has no straight line to approximate by: cells come exact.";let{worst,correlation,
count}=found,[row2,column]=[Math.floor(worst/scene.columns),worst%scene.columns],[approx,exact]=[scene.approx?.[worst]??
Number.NaN,scene.exact?.[worst]??Number.NaN];return`${Number.isNaN(correlation)?"":`Approximate and exact correlate ${fixed(
correlation)} over ${count} cells. `}They disagree most at ${nameOf(scene,[row2,column])}: approximate ${signed(approx)}\
, exact ${signed(exact)}.`}var SIDE=92,EDGE=3;function pearson(a,b){let mean=values=>values.reduce((sum,value)=>sum+value,0)/values.length,[ma,mb]=[
mean(a),mean(b)],[ab,aa,bb]=[0,0,0];return a.forEach((value,i)=>{let[da,db]=[value-ma,b[i]-mb];[ab,aa,bb]=[ab+da*db,aa+da*
da,bb+db*db]}),aa>0&&bb>0?ab/Math.sqrt(aa*bb):Number.NaN}function agreementOf({approx,exact,by,first,columns}){if(!approx||
!exact)return null;let cells=[...approx.keys()].filter(i=>Number.isFinite(approx[i])&&Number.isFinite(exact[i])&&(by==="\
head"||i%columns>=first));if(cells.length<3)return null;let[a,b]=[approx,exact].map(values=>cells.map(i=>values[i])),apart=i=>Math.
abs(approx[i]-exact[i]);return{count:cells.length,cells,correlation:pearson(a,b),worst:cells.reduce((worst,i)=>apart(i)>
apart(worst)?i:worst)}}var AgreementPanel=class{canvas=h("canvas",{role:"img"});progress=h("p",{});words=h("p",{});axes=h(
"span",{class:"mikit-pat-axes","aria-hidden":"true"},h("span",{},"↑ approx."),h("span",{},"exact →"));plot=h("div",{
class:"mikit-pat-scatter"},this.canvas,this.axes);element;constructor(...above){this.element=h("div",{class:"mikit-pat-a\
greement"},this.plot,h("div",{},...above,this.progress,this.words))}draw(scene,estimate,inks){let found=scene&&agreementOf(
scene);this.progress.textContent=scene?progressInWords(scene,estimate):"",this.words.textContent=scene?agreementInWords(
scene,found):"";let context=sizeCanvas(this.canvas,SIDE,SIDE);this.canvas.setAttribute("aria-label",found?`Approximate a\
gainst exact, ${found.count} cells, correlation ${fixed(found.correlation)}`:"Approximate against exact: no cells yet"),
context&&this.paint(context,scene,found,inks)}paint(context,scene,found,{dot,line}){if(context.clearRect(0,0,SIDE,SIDE),
context.strokeStyle=context.fillStyle=line,context.strokeRect(.5,.5,SIDE-1,SIDE-1),context.setLineDash([4,3]),context.beginPath(),
context.moveTo(0,SIDE),context.lineTo(SIDE,0),context.stroke(),!scene||!found)return;let both=found.cells.flatMap(i=>[scene.
approx?.[i],scene.exact?.[i]]),[low,high]=[Math.min(...both),Math.max(...both)],at=value=>EDGE+(value-low)/(high-low||1)*
(SIDE-2*EDGE);context.fillStyle=dot,context.globalAlpha=.6;for(let i of found.cells)context.fillRect(at(scene.exact?.[i])-
1,SIDE-at(scene.approx?.[i])-1,2,2)}};var HEIGHT2=150,LEFT=44,RIGHT=8,TOP=10,BOTTOM=20,DIAMOND=5;function plotOf(dosed,{original,predicted},width){let known=[
...dosed.curve,...dosed.others.flatMap(one=>[...one]),original??Number.NaN,predicted??Number.NaN].filter(Number.isFinite),
[low,high]=[Math.min(...known),Math.max(...known)];return{width,low,high,x:dose=>LEFT+dose*(width-LEFT-RIGHT),y:value=>TOP+
(high-value)/(high-low||1)*(HEIGHT2-TOP-BOTTOM)}}function path(plot,doses,values){return Array.from(values,(value,i)=>`${i?
"L":"M"}${plot.x(doses[i]??0).toFixed(1)} ${plot.y(value).toFixed(1)}`).join("")}function levels(dosed,original){return[
["changed",dosed.curve[0]??Number.NaN],...original===null?[]:[["original",original]]]}function labels(plot,found){return found.
flatMap(([name,value])=>{let y=plot.y(value);return[svg("text",{class:"mikit-pat-tick",x:LEFT-6,y:y+4,"text-anchor":"end"},
signed(value)),svg("text",{class:"mikit-pat-tick",x:name==="changed"?plot.width-RIGHT-6:LEFT+4,"text-anchor":name==="cha\
nged"?"end":"start",y:y>HEIGHT2/2?y-4:y+12},name)]})}function diamond(x,y){let points=[[0,-DIAMOND],[DIAMOND,0],[0,DIAMOND],
[-DIAMOND,0]].map(([dx,dy])=>`${x+(dx??0)},${y+(dy??0)}`);return svg("polygon",{class:"mikit-pat-you",points:points.join(
" ")})}function drawCurve(target,dosed,ends,at,width){let plot=plotOf(dosed,ends,width),bottom=HEIGHT2-BOTTOM,[dose,value]=[
dosed.doses[at]??0,dosed.curve[at]??Number.NaN],tick=(where,text)=>svg("text",{class:"mikit-pat-tick",x:plot.x(where),y:bottom+
15,"text-anchor":where===1?"end":where?"middle":"start"},text),found=levels(dosed,ends.original),level=value2=>svg("line",
{class:"mikit-pat-level",x1:LEFT,x2:width-RIGHT,y1:plot.y(value2),y2:plot.y(value2)});target.setAttribute("width",String(
width)),target.setAttribute("height",String(HEIGHT2)),target.replaceChildren(...found.map(([,value2])=>level(value2)),tick(
0,"0"),tick(.5,"dose"),tick(1,"1"),...dosed.others.filter(one=>one.every(Number.isFinite)).map(one=>svg("path",{class:"m\
ikit-pat-random",d:path(plot,dosed.doses,one)})),...labels(plot,found),svg("line",{class:"mikit-pat-hand",x1:plot.x(dose),
x2:plot.x(dose),y1:TOP-6,y2:bottom+4}),svg("path",{class:"mikit-pat-curve",d:path(plot,dosed.doses,dosed.curve)}),svg("c\
ircle",{class:"mikit-pat-dot",cx:plot.x(dose),cy:plot.y(value),r:4}),...ends.predicted===null?[]:[diamond(plot.x(1),plot.
y(ends.predicted))])}var BARS=5;function siteLabel(label2){let parts=/^(L\d+(?:H\d+)?) (\d+):([^]*)$/.exec(label2);return parts?`${parts[1]} ${tokenLabel(
parts[3]??"")} (${parts[2]})`:label2}function listed(dosed){let most=i=>Math.max(dosed.probabilities[0]?.[i]??0,dosed.probabilities.
at(-1)?.[i]??0),rest=dosed.top.map((_,i)=>i).slice(2).sort((a,b)=>most(b)-most(a));return[...dosed.top.keys()].slice(0,2).
concat(rest).slice(0,BARS)}var nats=value=>Math.abs(value)<.005?"0.00":fixed(value);function row(kind){let[name,before,now,
figures]=[h("span",{class:"mikit-pat-token"}),h("span",{class:"mikit-pat-before"}),h("span",{class:`mikit-pat-now ${kind}`}),
h("span",{class:"mikit-pat-figures"})];return{name,before,now,figures,element:h("div",{class:"mikit-pat-row"},name,h("sp\
an",{class:"mikit-pat-track"},before,now),figures)}}var DosePanel=class{heading=h("div",{class:"mikit-pat-site"});slider=h(
"input",{type:"range",class:"mikit-pat-slider","aria-label":"Dose",min:0,max:16,step:1});here=h("span",{class:"mikit-pat\
-here"});hand=h("div",{class:"mikit-pat-hold"},this.slider,h("div",{class:"mikit-pat-ends"},h("span",{},"changed 0"),this.
here,h("span",{},"original 1")));curve=svg("svg",{class:"mikit-pat-curve-chart",role:"img"});key=h("div",{class:"mikit-p\
at-key"});title=h("div",{class:"mikit-pat-key"},"next token: changed run (grey) → at this dose");bars=Array.from({length:BARS},
(_,i)=>row(["mikit-pat-answer","mikit-pat-foil"][i]??"mikit-pat-other"));kl=h("div",{class:"mikit-pat-key"});empty=h("di\
v",{class:"mikit-pat-empty"});filled=h("div",{class:"mikit-pat-dosed"},this.hand,h("div",{class:"mikit-pat-chart"},this.
curve,this.key),h("div",{class:"mikit-pat-next"},this.title,...this.bars.map(({element})=>element),this.kl));element=h("\
div",{class:"mikit-pat-dose"},this.heading,this.empty,this.filled);dosed=null;ends={original:null,predicted:null};width=0;constructor(signal,moved2){
this.slider.addEventListener("input",()=>{this.at(Number(this.slider.value)),moved2(Number(this.slider.value))},{signal})}draw(dosed,ends,at,width,chosen){
if([this.dosed,this.ends,this.width]=[dosed,ends,width],this.empty.hidden=dosed!==null,this.empty.textContent=chosen?"Th\
e doses of this cell are not here yet.":"Click a cell of the map: its dose curve comes here.",this.filled.hidden=dosed===
null,this.heading.textContent=dosed?`Dose of ${siteLabel(dosed.sites[0]??"")}`:"Dose",!dosed)return;this.slider.max=String(
dosed.doses.length-1);let names=dosed.sites.slice(1).map(siteLabel);this.key.textContent=names.length?`dashed: random si\
tes ${names.join(", ")}${ends.predicted===null?"":` · ◇ you: ${signed(ends.predicted,1)}`}`:"";let shown=listed(dosed);
this.bars.forEach(({element,name},i)=>{let token=shown[i];element.style.visibility=token===void 0?"hidden":"",token!==void 0&&
name.replaceChildren(tokenSpan({text:dosed.top[token]??"",special:!1}))}),this.at(at)}at(index){let{dosed}=this;if(!dosed)
return;let at=Math.min(dosed.doses.length-1,Math.max(0,index)),[dose,value]=[dosed.doses[at]??0,dosed.curve[at]??Number.
NaN],words2=withUnit(`${fixed(dose)}: ${signed(value)}`,dosed.unit);this.slider.value!==String(at)&&(this.slider.value=String(
at)),this.slider.setAttribute("aria-valuetext",words2),this.here.textContent=`dose ${fixed(dose)}: ${signed(value)}`,drawCurve(
this.curve,dosed,this.ends,at,this.width),this.curve.setAttribute("aria-label",`${dosed.metric} over the dose, from ${signed(
dosed.curve[0]??Number.NaN)} to ${signed(dosed.curve.at(-1)??Number.NaN)}`),listed(dosed).forEach((token,i)=>{let{before,
now,figures}=this.bars[i],[first,here]=[dosed.probabilities[0]?.[token]??0,dosed.probabilities[at]?.[token]??0];before.style.
width=`${100*first}%`,now.style.width=`${100*here}%`,figures.textContent=`${percent(first)} → ${percent(here)}`});let others=dosed.
klOthers.map(one=>one[at]??Number.NaN).filter(Number.isFinite).map(nats);this.kl.textContent=`KL from the changed run ${nats(
dosed.kl[at]??Number.NaN)} nats${others.length?`; random sites ${others.join(", ")}`:""}`}};var written=text=>text.replace(/^ +/,spaces=>"·".repeat(spaces.length)),meant=text=>text.replace(/^·+/,dots=>" ".repeat(
dots.length));function options(select,all,chosen){select.length===all.length&&all.every(([value,label2],i)=>select.options[i].value===
value&&select.options[i].text===label2)||select.replaceChildren(...all.map(([value,label2])=>h("option",{value},label2))),
select.value=chosen}var TEXTS=[["clean","original"],["answer","answer"],["corrupt","changed"],["foil","foil"]],Inputs=class{constructor(model,signal,give){
this.model=model;for(let{name,box,short}of this.boxes)short&&(box.title="One token. The dot stands for a space: in mid-s\
entence a word begins with one."),box.addEventListener("change",()=>give({[name]:short?meant(box.value):box.value}),{signal});
for(let name of["site","direction","metric"])this[name].addEventListener("change",()=>give({[name]:this[name].value}),{signal});
this.examples.addEventListener("change",()=>{let chosen=model.get("examples")[Number(this.examples.value)];this.examples.
value="",chosen&&give({clean:chosen.clean,corrupt:chosen.corrupt,answer:chosen.answer,foil:chosen.foil})},{signal})}model;boxes=TEXTS.
map(([name,label2])=>{let box=h("input",{type:"text",class:"mikit-input",spellcheck:"false",autocomplete:"off"});return{
name,box,short:name==="answer"||name==="foil",label:h("label",{class:`mikit-pat-of-${name} mikit-pat-label`},h("span",{},
label2),box)}});site=h("select",{class:"mikit-select","aria-label":"What is patched"});direction=h("select",{class:"miki\
t-select","aria-label":"Direction"});metric=h("select",{class:"mikit-select","aria-label":"Metric"});examples=h("select",
{class:"mikit-select","aria-label":"Examples"});controls=[...this.boxes.map(({box})=>box),this.site,this.direction,this.
metric,this.examples];elements=[...this.boxes.map(({label:label2})=>label2),h("div",{class:"mikit-pat-selects"},this.site,
this.direction,this.metric,this.examples)];draw(){let{model}=this;for(let{name,box,short}of this.boxes)box.matches(":foc\
us")||(box.value=short?written(model.get(name)):model.get(name));options(this.site,model.get("sites").map(name=>[name,SITES[name]??
name]),model.get("site")),options(this.direction,DIRECTIONS,model.get("direction")),options(this.metric,model.get("metri\
cs").map(name=>[name,name]),model.get("metric"));let examples=model.get("examples");options(this.examples,[["","Examples"],
...examples.map(({label:label2},i)=>[`${i}`,label2])],""),this.examples.hidden=examples.length===0}};var clamp=(low,value,high)=>Math.min(high,Math.max(low,value)),longest=labels2=>labels2.reduce((most,label2)=>Math.max(most,
[...label2].length),0);function labelStep(room,pitch){let least=Math.ceil(room/pitch);return[1,2,5,10,20,50,100,200,500,
1e3].find(step=>step>=least)??1e3}var EMPTY={rows:15,columns:15};function layoutOf(shape,width){let[rows,columns]=[shape.
rows.length||EMPTY.rows,shape.columns.length||EMPTY.columns],gutter=clamp(36,Math.ceil(longest(shape.rows)*6.7)+10,112),
preferred=clamp(12,Math.floor(460/columns),36),beside=width>=700&&gutter+columns*12<=width-280-24,room=(beside?width-280-
24:width)-gutter,smallest=width<480?12:2,cellWidth=clamp(smallest,Math.floor(room/columns),preferred),cellHeight=Math.max(
2,Math.min(clamp(8,Math.floor(330/rows),24),Math.floor(480/rows))),characters=longest(shape.columns),rotated=shape.tokens||
characters*6.7>2*Math.max(cellWidth,12),columnCharacters=rotated?Math.floor(64/7.25):characters,labelWidth=rotated?12:characters*
6.7+4;return{beside,gutter,cellWidth,cellHeight,rotated,columnCharacters,width:columns*cellWidth,height:rows*cellHeight,
foot:rotated?Math.min(64,Math.ceil(characters*7.25))+6:18,rowStep:labelStep(12,cellHeight),columnStep:labelStep(labelWidth,
cellWidth),rowCharacters:Math.floor((gutter-8)/6.7)}}function cellAt(layout,rows,columns,x,y,up){let[column,line]=[Math.
floor(x/layout.cellWidth),Math.floor(y/layout.cellHeight)];return column<0||column>=columns||line<0||line>=rows?null:[up?
rows-1-line:line,column]}function cellBox(layout,rows,row2,column,up){let line=up?rows-1-row2:row2;return{x:column*layout.
cellWidth,y:line*layout.cellHeight,width:layout.cellWidth,height:layout.cellHeight}}function printed(count,step,active,room,pitch){
let indices=Array.from({length:Math.ceil(count/step)},(_,i)=>i*step);return active===null?indices:[...indices.filter(i=>Math.
abs(i-active)*pitch>=room),active]}var SIDE2=280,GAP=24,TOKEN_CHARACTER=7.25,LONGEST_TOKEN=64,TALL=240,LOW=180,EMPTY2={rows:30,columns:14};function planOf(scene,width){
let byHead=scene?.by==="head",rows=Array.from({length:scene?.rows??EMPTY2.rows},(_,i)=>`${i}`),columns=Array.from({length:scene?.
columns??EMPTY2.columns},(_,i)=>`${i}`),found=layoutOf({rows,columns,tokens:!1},width),cellHeight=Math.min(24,Math.max(5,
Math.floor((found.beside?TALL:LOW)/rows.length))),longest2=(scene&&!byHead?[...scene.clean_tokens,...scene.corrupt_tokens]:
[]).reduce((most,text)=>Math.max(most,[...tokenLabel(text)].length),6);return{...found,cellHeight,height:rows.length*cellHeight,
rowStep:labelStep(12,cellHeight),foot:byHead?found.foot:0,tokens:byHead?0:Math.min(LONGEST_TOKEN,Math.ceil(longest2*TOKEN_CHARACTER))+
6,characters:Math.floor(LONGEST_TOKEN/TOKEN_CHARACTER)}}function label(text,x,y,active,anchor,turn=""){let attributes={x,y,"text-anchor":anchor,class:active?"mikit-axis mikit-a\
xis-active":"mikit-axis"};return svg("text",turn?{...attributes,transform:turn}:attributes,text)}function drawRowLabels(target,layout,labels2){
let{gutter,cellHeight,height,rowStep}=layout,active=labels2.active?.[0]??null;target.setAttribute("width",String(gutter)),
target.setAttribute("height",String(height)),target.replaceChildren(...printed(labels2.rows.length,rowStep,active,12,cellHeight).
map(row2=>{let line=labels2.up?labels2.rows.length-1-row2:row2,y=Math.min(height-1,Math.max(8,(line+.5)*cellHeight+4));return label(
middle(labels2.rows[row2]??"",layout.rowCharacters),gutter-6,y,row2===active,"end")}))}function drawColumnLabels(target,layout,labels2){
let{cellWidth,columnStep,columnCharacters,foot,rotated,width}=layout,active=labels2.active?.[1]??null;target.setAttribute(
"width",String(width)),target.setAttribute("height",String(foot)),target.classList.toggle("mikit-axis-tokens",rotated);let room=columnStep===
1?0:rotated?12:columnStep*cellWidth;target.replaceChildren(...printed(labels2.columns.length,columnStep,active,Math.max(
room,1),cellWidth).map(column=>{let text=middle(labels2.columns[column]??"",columnCharacters),x=(column+.5)*cellWidth;return rotated?
label(text,x+4,4,column===active,"end",`rotate(-90 ${x+4} 4)`):label(text,x,13,column===active,"middle")}))}var SIGNED=.12,APPROXIMATE2=.6,PatchMap=class{constructor(signal,hooks){this.hooks=hooks;this.plot.addEventListener("poi\
ntermove",event=>{let box=this.plot.getBoundingClientRect();this.hover(this.cellAt(event.clientX-box.left,event.clientY-
box.top))},{signal}),this.plot.addEventListener("pointerleave",()=>this.hover(null),{signal}),this.plot.addEventListener(
"click",event=>{let box=this.plot.getBoundingClientRect(),cell2=this.cellAt(event.clientX-box.left,event.clientY-box.top);
cell2&&hooks.choose(cell2)},{signal}),gridKeys(this.scroller,signal,{size:()=>[this.scene?.rows??0,this.scene?.columns??
0],up:()=>!0,at:()=>this.inside(this.cursor),move:cell2=>{this.cursor=cell2,this.hovered=null,hooks.point(cell2)},choose:cell2=>hooks.
choose(cell2),leave:()=>{this.cursor=null,hooks.point(null)}})}hooks;canvas=h("canvas",{role:"img"});marker=h("div",{class:"\
mikit-pat-marker",hidden:!0});chosen=h("div",{class:"mikit-pat-chosen",hidden:!0});gutter=svg("svg",{class:"mikit-pat-gu\
tter","aria-hidden":"true"});corner=svg("svg",{class:"mikit-pat-gutter","aria-hidden":"true"});header=svg("svg",{class:"\
mikit-pat-tokens","aria-hidden":"true"});foot=svg("svg",{"aria-hidden":"true"});nothing=h("div",{class:"mikit-pat-nothin\
g"},"No numbers yet.");plot=h("div",{class:"mikit-pat-plot"},this.canvas,this.chosen,this.marker,this.nothing);scroller=h(
"div",{class:"mikit-pat-scroller",tabindex:0,role:"group"},h("div",{class:"mikit-pat-grid"},this.corner,this.header,this.
gutter,this.plot,h("div",{}),this.foot));element=this.scroller;hovered=null;cursor=null;scene=null;look=null;leave(){this.
hovered=this.cursor=null}get active(){return this.inside(this.hovered)??this.inside(this.cursor)}draw(scene,look){[this.
scene,this.look]=[scene,look];let{plan}=look;this.plot.style.width=`${plan.width}px`,this.plot.style.height=`${plan.height}\
px`,this.nothing.hidden=scene!==null,this.canvas.setAttribute("aria-label",scene?`Map of ${scene.rows} layers by ${scene.
columns} ${scene.by}s`:"No map yet"),this.scroller.setAttribute("aria-label","Map of layers, upward. Arrow keys move, En\
ter opens the dose of a cell, Escape leaves.");let context=sizeCanvas(this.canvas,plan.width,plan.height);context&&scene&&
this.paint(context,scene,look)}paint(context,scene,{plan,kind,theme,hatch:lines}){let map=colourMap(kind,theme),{rows,columns,
values,limit}=scene;drawCells(context,{values,rows,columns,limit,map,exact:scene.isExact,up:!0,ink:"transparent"},{x:0,y:0,
width:plan.width,height:plan.height}),scene.by==="position"&&hatch(context,lines,{x:0,y:0,width:plan.cellWidth,height:plan.
height}),kind!=="sequential"&&values.forEach((value,i)=>{if(!(value<-SIGNED*limit))return;let box=cellBox(plan,rows,Math.
floor(i/columns),i%columns,!0),room=(scene.isExact[i]?1:APPROXIMATE2)*Math.min(box.width,box.height),arm=Math.min(4,.32*
room),[x,y]=[box.x+box.width/2,box.y+box.height/2];context.fillStyle=inkOn(map.at(Math.max(-1,value/limit))),context.beginPath(),
context.moveTo(x-arm,y-.6*arm),context.lineTo(x+arm,y-.6*arm),context.lineTo(x,y+arm),context.fill()})}mark(selected){let{
scene,look}=this;if(!look)return;let{plan}=look,[active,kept]=[this.active,this.inside(selected)];this.outline(this.marker,
active),this.outline(this.chosen,kept);let at=active??kept,numbers=count=>Array.from({length:count},(_,i)=>`${i}`),labels2={
rows:numbers(scene?.rows??0),columns:numbers(scene?.columns??0),up:!0,tokens:!1,active:at};drawRowLabels(this.gutter,plan,
labels2),this.foot.style.display=scene?.by==="head"?"":"none",scene?.by==="head"&&drawColumnLabels(this.foot,plan,labels2),
this.drawTokens(scene,plan,at?.[1]??null)}drawTokens(scene,plan,active){let tall=plan.tokens,names=scene&&tall?["origina\
l","changed"]:[];for(let[part,width]of[[this.corner,plan.gutter],[this.header,plan.width]])part.setAttribute("width",String(
width)),part.setAttribute("height",String(2*tall));if(this.corner.replaceChildren(...names.map((name,i)=>{let[x,y]=[plan.
gutter-10,(i+1)*tall-5];return svg("text",{class:"mikit-axis",x,y,transform:`rotate(-90 ${x} ${y})`},name)})),this.header.
style.display=tall?"":"none",!scene||!tall)return this.header.replaceChildren();let step=plan.cellWidth>=12?1:Math.ceil(
12/plan.cellWidth),row2=(tokens,line,kind)=>tokens.flatMap((text,i)=>{let differs=scene.clean_tokens[i]!==scene.corrupt_tokens[i];
if(i%step&&!differs&&i!==active)return[];let[x,y]=[(i+.5)*plan.cellWidth+4,(line+1)*tall-5],word=svg("text",{class:`miki\
t-axis${i===active?" mikit-axis-active":""}${differs?" mikit-pat-differs":""}`,x,y,transform:`rotate(-90 ${x} ${y})`},middle(
tokenLabel(text),plan.characters));return differs?[word,svg("rect",{class:kind,x:i*plan.cellWidth+2,y:(line+1)*tall-3,width:plan.
cellWidth-4,height:2})]:[word]});this.header.replaceChildren(...row2(scene.clean_tokens,0,"mikit-pat-of-clean"),...row2(
scene.corrupt_tokens,1,"mikit-pat-of-corrupt"))}outline(element,cell2){if(element.hidden=cell2===null,!cell2||!this.scene||
!this.look)return;let box=cellBox(this.look.plan,this.scene.rows,cell2[0],cell2[1],!0);element.style.cssText=`left:${box.
x}px;top:${box.y}px;width:${box.width}px;height:${box.height}px`}hover(cell2){this.hovered=cell2,this.hooks.point(this.active)}inside(cell2){
return cell2&&this.scene&&cell2[0]<this.scene.rows&&cell2[1]<this.scene.columns?cell2:null}cellAt(x,y){return this.look&&
this.scene?cellAt(this.look.plan,this.scene.rows,this.scene.columns,x,y,!0):null}};var ARRAYS={float32:Float32Array,uint8:Uint8Array,int32:Int32Array};function bytesOf(data){return data instanceof ArrayBuffer?
new Uint8Array(data):new Uint8Array(data.buffer,data.byteOffset,data.byteLength)}function decode(wire){let Type=ARRAYS[wire.
dtype],size2=Type.BYTES_PER_ELEMENT,bytes=bytesOf(wire.data),wanted=wire.shape.reduce((a,b)=>a*b,1)*size2;if(bytes.byteLength!==
wanted)throw new RangeError(`An array of shape [${wire.shape.join(", ")}] needs ${wanted} bytes, ${bytes.byteLength} cam\
e.`);return bytes.byteOffset%size2!==0&&(bytes=bytes.slice()),new Type(bytes.buffer,bytes.byteOffset,bytes.byteLength/size2)}var NONE=new Float32Array,finite=values=>values.filter(Number.isFinite);function sceneOf(wire){if(!wire)return null;let[
rows,columns]=wire.size,approx=wire.approx&&decode(wire.approx),exact=wire.exact&&decode(wire.exact),values=new Float32Array(
rows*columns),isExact=new Uint8Array(rows*columns);for(let i=0;i<values.length;i++){let sure=exact?.[i]??Number.NaN,nothing=wire.
by==="position"&&i%columns<wire.first;isExact[i]=nothing||!Number.isNaN(sure)?1:0,values[i]=nothing?0:isExact[i]?sure:approx?.[i]??
Number.NaN}let limit=finite(values).reduce((most,value)=>Math.max(most,Math.abs(value)),0)||1;return{...wire,rows,columns,
approx,exact,values,isExact,limit,approxRandom:finite(wire.approx_random?decode(wire.approx_random):NONE),exactRandom:finite(
wire.exact_random?decode(wire.exact_random):NONE)}}function rowsOf(wire){let[count,length]=[wire.shape[0]??0,wire.shape[1]??
0],flat=decode(wire);return Array.from({length:count},(_,i)=>flat.subarray(i*length,(i+1)*length))}function dosedOf(wire){
return wire&&{...wire,doses:decode(wire.doses),curve:decode(wire.curve),others:rowsOf(wire.curve_random),kl:decode(wire.
kl),klOthers:rowsOf(wire.kl_random),probabilities:rowsOf(wire.probabilities)}}function sameAbout(a,b){return["clean","co\
rrupt","answer","foil","site","metric"].every(name=>a[name]===b[name])}var MAP_LANES=["approx","map"],LANES=[...MAP_LANES,"dose"],DRAWN=["clean","corrupt","answer","foil","site","direction","\
metric","sites","metrics","examples","estimate","predicted","status"];function render({model,el,signal}){let scene=sceneOf(
model.get("map")),dosed=dosedOf(model.get("dosed")),view=frame(model,el,signal,{name:"patching",table,reset:()=>map.leave()}),
inputs=new Inputs(model,signal,given=>view.set(given,"direction"in given?MAP_LANES:LANES)),map=new PatchMap(signal,{point,
choose}),dose=new DosePanel(signal,index=>view.set({dose:index})),scale=legend(),again=textButton("Sweep again",signal,()=>view.
set({},["map"])),agreement=new AgreementPanel(h("div",{class:"mikit-pat-under"},scale.element,again)),readout=h("p",{class:"\
mikit-pat-readout"}),left=h("div",{class:"mikit-pat-left"},readout,map.element,agreement.element),right=h("div",{class:"\
mikit-pat-right"},view.number.element,dose.element);view.inputs.append(...inputs.elements),view.stage.append(left,right);
for(let control of[...inputs.controls,again])view.needsKernel(control);view.tie(dose.element,"dose");function table(){if(!scene)
return{caption:"No numbers yet",columns:["layer"],rows:[]};let now=scene,places=Array.from({length:now.columns},(_,i)=>now.
by==="head"?`H${i}`:`${i} ${tokenLabel(now.clean_tokens[i]??"")}`);return{caption:`${caption(now)} ${now.unit?`In ${now.
unit}. `:""}Approximate cells carry ≈.`,columns:["layer",...places],rows:Array.from({length:now.rows},(_,row2)=>[`${row2}`,
...places.map((_2,column)=>{let i=row2*now.columns+column,value=now.values[i]??Number.NaN;return now.isExact[i]?value:Number.
isNaN(value)?"":`≈ ${signed(value)}`})])}}let kind=()=>scene?.metric==="KL"?"sequential":"diverging";function choose(cell2){
if(scene){if(!view.live)return view.say("Without a kernel there is the dose of one site alone.");view.set({selected:[cell2[0],
cell2[1]]},["dose"]),view.say(`${cellInWords(scene,cell2)}. Its doses are being computed.`),follow()}}function point(cell2){
follow(),cell2&&scene&&view.say(cellInWords(scene,cell2))}function follow(){let selected=model.get("selected");map.mark(
selected);let under=map.active;readout.textContent=scene?under?cellInWords(scene,under):caption(scene):" ",readout.classList.
toggle("mikit-muted",!under);let index=scene&&selected?selected[0]*scene.columns+selected[1]:-1,value=scene?.values[index]??
Number.NaN;if(!scene||!selected||selected[1]>=scene.columns||Number.isNaN(value))return view.number.clear();let exact=scene.
isExact[index]===1;view.number.show({label:`${nameOf(scene,selected)}, ${scene.direction==="denoise"?"restored":"broken"}`,
value:`${exact?"":"≈ "}${signed(value)}`,unit:`${scene.unit}${exact?"":", approximate"}`.replace(/^, /,""),below:randomInWords(
scene,exact&&scene.exactRandom.length>0)})}function fade(){let[asked,answers]=[model.get("asked"),model.get("answers")],
stale=(lane,there)=>!there||(asked[lane]??0)!==(answers[lane]??0),old=scene!==null&&stale("approx",scene.approx!==null)&&
stale("map",scene.exact!==null);for(let element of[left,view.number.element])element.classList.toggle("mikit-old",old)}function drawDose(){
let wire=model.get("map"),own=model.get("dosed"),fits=wire&&own&&sameAbout(wire,own)&&!(wire.metric==="KL"&&wire.direction===
"noise"),width=view.wide?SIDE2:Math.floor((view.width-GAP)/2);dose.draw(dosed,{original:fits?wire.original:null,predicted:model.
get("predicted")},model.get("dose"),width,model.get("selected")!==null)}function draw(){let plan=planOf(scene,view.width);
inputs.draw(),view.stage.classList.toggle("mikit-pat-beside",view.wide),map.draw(scene,{plan,kind:kind(),theme:view.theme,
hatch:view.colour("--mk-hatch")}),scale.show({kind:kind(),theme:view.theme,limit:scene?.limit??1,unit:scene&&kind()==="d\
iverging"?withUnit("▾ negative;",scene.unit):scene?.unit??""}),again.hidden=!view.live||model.get("status").state!=="s\
topped",agreement.draw(scene,model.get("estimate"),{dot:view.colour("--mk-ink"),line:view.colour("--mk-edge")}),drawDose(),
follow(),fade()}view.watch(["map"],()=>{scene=sceneOf(model.get("map")),view.draw()}),view.watch(["dosed"],()=>{dosed=dosedOf(
model.get("dosed")),view.draw()}),view.watch(["dose"],()=>dose.at(model.get("dose"))),view.watch(["selected"],follow),view.
watch(["asked","answers"],fade),view.watch([...DRAWN]),view.onDraw(draw)}var patching_default={render};export{patching_default as default};
