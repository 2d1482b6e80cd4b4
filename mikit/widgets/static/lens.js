// Generated from widgets/src by `npm run build`. Do not edit.
function fill(element,attributes,children){for(let[name,value]of Object.entries(attributes))value===!0?element.setAttribute(
name,""):value!==!1&&element.setAttribute(name,String(value));element.append(...children)}function h(tag,attributes={},...children){
let element=document.createElement(tag);return fill(element,attributes,children),element}function svg(tag,attributes={},...children){
let element=document.createElementNS("http://www.w3.org/2000/svg",tag);return fill(element,attributes,children),element}
function textButton(label2,signal,onClick){let button=h("button",{type:"button",class:"mikit-text-button"},label2);return button.
addEventListener("click",onClick,{signal}),button}function withMinus(text){let typeset=text.replace("-","−");return/[1-9]/.test(typeset)?typeset:typeset.replace("−","")}
function fixed(value,digits=2){if(Number.isNaN(value))return"NaN";if(!Number.isFinite(value))return value>0?"∞":"−∞";
let size=Math.abs(value);return size!==0&&size<.5*10**-digits?withMinus(value.toExponential(1)):size>=1e5?withMinus(value.
toExponential(2)):withMinus(value.toFixed(size>=1e3?0:digits))}function signed(value,digits=2){return value>0?`+${fixed(
value,digits)}`:fixed(value,digits)}function percent(share){return share>0&&share<.005?"<1 %":`${fixed(Math.round(100*share),
0)} %`}function download(name,blob){let link=document.createElement("a");link.href=URL.createObjectURL(blob),link.download=name,
link.click(),setTimeout(()=>URL.revokeObjectURL(link.href),1e4)}function fileName(title,ending){return`${title.toLowerCase().
replaceAll(/[^a-z0-9]+/g,"-").replaceAll(/^-|-$/g,"")||"mikit"}.${ending}`}function csvCell(value){let text=String(value);
return/[",\n\r]/.test(text)?`"${text.replaceAll('"','""')}"`:text}function csv(table){return`${[table.columns,...table.rows].
map(row=>row.map(csvCell).join(",")).join(`
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
canSave,page.hidden=text.gone||text.frozen}}}function moved(key,from,rows,columns,up=!1){let[row,column2]=from,hold=(value,count)=>Math.min(count-1,Math.max(0,value)),
down=up?-1:1;switch(key){case"ArrowRight":return[row,hold(column2+1,columns)];case"ArrowLeft":return[row,hold(column2-1,
columns)];case"ArrowDown":return[hold(row+down,rows),column2];case"ArrowUp":return[hold(row-down,rows),column2];case"Hom\
e":return[row,0];case"End":return[row,columns-1];default:return null}}function gridKeys(element,signal,grid){element.addEventListener(
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
Read as a table","mikit-twin",signal,panel=>{let{caption,columns,rows}=table(),left=rows.length-MOST_ROWS;panel.replaceChildren(
h("table",{},h("caption",{},left>0?`${caption} (${left} more rows: Copy CSV has them all)`:caption),h("thead",{},h("tr",
{},...columns.map((name,i)=>heading(name,rows[0]?.[i])))),h("tbody",{},...rows.slice(0,MOST_ROWS).map(row=>h("tr",{},...row.
map((value,i)=>i===0&&typeof value=="string"?h("th",{scope:"row"},value):cell(value))))))),panel.tabIndex=0,panel.setAttribute(
"role","region"),panel.setAttribute("aria-label",caption)})}function patience(ms,signal,changed){let timer,long=!1,end=()=>{clearTimeout(timer),timer=void 0,long=!1};return signal.
addEventListener("abort",end),{get long(){return long},start(){timer??=setTimeout(()=>{long=!0,changed()},ms)},end}}function themeOf(element){let body=document.body,lab=body.getAttribute("data-jp-theme-light");return lab!==null?lab==="f\
alse"?"dark":"light":body.matches(".vscode-dark, .vscode-high-contrast:not(.vscode-high-contrast-light)")?"dark":body.matches(
".vscode-light, .vscode-high-contrast-light")?"light":element.closest(".dark, [data-theme=dark]")?"dark":element.closest(
".light, [data-theme=light]")?"light":globalThis.matchMedia?.("(prefers-color-scheme: dark)").matches?"dark":"light"}function watchTheme(signal,changed){
let observer=new MutationObserver(changed),options={attributes:!0,attributeFilter:["class","data-jp-theme-light","data-j\
p-theme-name","data-theme"]};observer.observe(document.body,options),observer.observe(document.documentElement,options),
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
return text?[h("b",{},`${label2} `),text]:[]}function frame(model,host,signal,options){let gone=!1,speech,draws=[],ties=[],
controls=[],inputs=h("div",{class:"mikit-inputs"}),stage=h("div",{class:"mikit-stage"}),number=numberSlot(),foot=h("p",{
class:"mikit-foot"}),live=h("span",{class:"mikit-live",role:"status"}),code=codePanel(signal,()=>model.get("code")),twin=twinPanel(
signal,options.table),top=head(signal,{code:code.button,saveRecord,savePage:()=>send("page")}),status=statusLine(signal,
()=>send("stop"));status.tools.append(textButton("Reset",signal,reset),...copyButtons(signal,()=>root,()=>model.get("tit\
le"),options.table),twin.button);let root=h("section",{class:`mikit mikit-${options.name}`},top.element,h("div",{class:"\
mikit-top"},inputs,number.element),stage,status.element,code.element,twin.element,foot,live);containKeys(root,signal),host.
append(root);function attempt(work){try{work()}catch{lose(!0)}}function lose(now){gone=now,refresh(),redraw.draw()}function send(action){
attempt(()=>model.send({do:action}))}function saveRecord(){let record=model.get("record");model.get("frozen")?record&&download(
fileName(model.get("title"),"json"),new Blob([record],{type:"application/json"})):send("record")}function reset(){options.
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
columns,height=box.height/rows,pixels=new Uint32Array(rows*columns),later=[];for(let row=0;row<rows;row++){let line=cells.
up?rows-1-row:row;for(let column2=0;column2<columns;column2++){let from=row*columns+column2,{t,mark}=place(values[from]??
Number.NaN,cells.limit,map.kind),cell2={x:box.x+column2*width,y:box.y+line*height,width,height};mark!=="×"&&(exact===null||
exact[from])?pixels[line*columns+column2]=packed(map.at(t)):mark!=="×"&&later.push(()=>drawSmall(context,map.css(t),cell2)),
mark&&later.push(()=>drawMark(context,mark,mark==="×"?cells.ink:inkOn(map.at(t)),cell2))}}drawPixels(context,pixels,columns,
box);for(let draw of later)draw()}function drawSmall(context,colour,cell2){let[width,height]=[cell2.width*APPROXIMATE,cell2.
height*APPROXIMATE];context.fillStyle=colour,context.fillRect(cell2.x+(cell2.width-width)/2,cell2.y+(cell2.height-height)/
2,width,height)}function drawMark(context,mark,ink,cell2){let arm=Math.min(4,.3*Math.min(cell2.width,cell2.height)),[x,y]=[
cell2.x+cell2.width/2,cell2.y+cell2.height/2];context.strokeStyle=ink,context.lineWidth=1,context.beginPath(),mark==="×"?
(context.moveTo(x-arm,y-arm),context.lineTo(x+arm,y+arm),context.moveTo(x-arm,y+arm),context.lineTo(x+arm,y-arm)):(context.
moveTo(x-arm,y),context.lineTo(x+arm,y),mark==="+"&&(context.moveTo(x,y-arm),context.lineTo(x,y+arm))),context.stroke()}var WIDTH=120,HEIGHT=8;function legend(){let canvas=h("canvas",{role:"presentation"}),marks=h("div",{class:"mikit-legend\
-marks"}),unit=h("div",{class:"mikit-legend-unit"});return{element:h("div",{class:"mikit-legend"},h("div",{},canvas,marks),
unit),show:({kind,theme,limit,unit:name,reach=1})=>{let context=sizeCanvas(canvas,WIDTH,HEIGHT),[map,from]=[colourMap(kind,
theme),kind==="diverging"?-1:0];for(let x=0;context&&x<WIDTH;x++)context.fillStyle=map.css(reach*(from+(1-from)*x/(WIDTH-
1))),context.fillRect(x,0,1,HEIGHT);let ends=kind==="diverging"?[signed(-limit),"0",signed(limit)]:["0",fixed(limit)];marks.
replaceChildren(...ends.map(text=>h("span",{},text))),unit.textContent=name}}}var written=text=>text.replace(/^ +/,spaces=>"·".repeat(spaces.length)),meant=text=>text.replace(/^·+/,dots=>" ".repeat(
dots.length));var BYTES=/((?:⟨[0-9A-F]{2}(?: [0-9A-F]{2})*⟩)+)/;function joinBytes(run){return`⟨${(run.match(/[0-9A-F]{2}/g)??[]).
join(" ")}⟩`}function pieces(text){if(text==="")return[{text:"∅",muted:!0}];let spaces=/^ */.exec(text)?.[0].length??
0,out=spaces?[{text:"·".repeat(spaces),muted:!0}]:[],rest=text.slice(spaces).replaceAll("\r","␍");for(let part of rest.
split(/(\n+|\t+)/).flatMap(piece=>piece.split(BYTES)))part!==""&&(part[0]===`
`?out.push({text:"⏎".repeat(part.length),muted:!0}):part[0]==="	"?out.push({text:"⇥".repeat(part.length),muted:!0}):
BYTES.test(part)?out.push({text:joinBytes(part),muted:!0}):out.push({text:part,muted:!1}));return out}function tokenLabel(text){
return pieces(text).map(piece=>piece.text).join("")}function middle(text,max){let characters=[...text];if(characters.length<=
max)return text;let head2=Math.ceil((max-1)/2),tail=max-1-head2;return`${characters.slice(0,head2).join("")}…${tail?characters.
slice(-tail).join(""):""}`}function tokenSpan(token){let span=h("span",{class:token.special?"mikit-token mikit-token-spe\
cial":"mikit-token"});for(let piece of pieces(token.text))span.append(piece.muted?h("span",{class:"mikit-token-mark"},piece.
text):piece.text);return span}function labelStep(room,pitch){let least=Math.ceil(room/pitch);return[1,2,5,10,20,50,100,200,500,1e3].find(step=>step>=least)??
1e3}function cellAt(layout,rows,columns,x,y,up){let[column2,line]=[Math.floor(x/layout.cellWidth),Math.floor(y/layout.cellHeight)];
return column2<0||column2>=columns||line<0||line>=rows?null:[up?rows-1-line:line,column2]}function cellBox(layout,rows,row,column2,up){
let line=up?rows-1-row:row;return{x:column2*layout.cellWidth,y:line*layout.cellHeight,width:layout.cellWidth,height:layout.
cellHeight}}function printed(count,step,active,room,pitch){let indices=Array.from({length:Math.ceil(count/step)},(_,i)=>i*
step);return active===null?indices:[...indices.filter(i=>Math.abs(i-active)*pitch>=room),active]}var GUTTER=36,GAP=24,WIDEST=30,NARROWEST=10,TOKEN_CHARACTER=7.25,LONGEST_TOKEN=64,EMPTY=14,EMPTY_CHARACTERS=6;function longest(prompts){
return Math.max(...prompts.map(tokens=>tokens.length))||EMPTY}function columnsOf(prompts,width){let half=Math.floor((width-
GAP)/2),beside=GUTTER+longest(prompts)*NARROWEST<=half;return{beside,width:beside?half:width}}function mapLayout(layers,prompts,at,columns,tall){
let[count,most]=[prompts[at]?.length||longest(prompts),longest(prompts)],cellWidth=Math.min(WIDEST,Math.max(NARROWEST,Math.
floor((columns.width-GUTTER)/most))),cellHeight=Math.min(24,Math.max(3,Math.floor(tall/layers))),characters=Math.max(...prompts.
flat().map(text=>[...tokenLabel(text)].length),prompts.flat().length?1:EMPTY_CHARACTERS);return{beside:columns.beside,gutter:GUTTER,
cellWidth,cellHeight,rotated:!0,width:count*cellWidth,height:layers*cellHeight,foot:Math.min(LONGEST_TOKEN,Math.ceil(characters*
TOKEN_CHARACTER))+6,rowStep:labelStep(12,cellHeight),columnStep:labelStep(12,cellWidth),rowCharacters:3,columnCharacters:Math.
floor(LONGEST_TOKEN/TOKEN_CHARACTER)}}function label(text,x,y,active,anchor,turn=""){let attributes={x,y,"text-anchor":anchor,class:active?"mikit-axis mikit-a\
xis-active":"mikit-axis"};return svg("text",turn?{...attributes,transform:turn}:attributes,text)}function drawRowLabels(target,layout,labels){
let{gutter,cellHeight,height,rowStep}=layout,active=labels.active?.[0]??null;target.setAttribute("width",String(gutter)),
target.setAttribute("height",String(height)),target.replaceChildren(...printed(labels.rows.length,rowStep,active,12,cellHeight).
map(row=>{let line=labels.up?labels.rows.length-1-row:row,y=Math.min(height-1,Math.max(8,(line+.5)*cellHeight+4));return label(
middle(labels.rows[row]??"",layout.rowCharacters),gutter-6,y,row===active,"end")}))}function drawColumnLabels(target,layout,labels){
let{cellWidth,columnStep,columnCharacters,foot,rotated,width}=layout,active=labels.active?.[1]??null;target.setAttribute(
"width",String(width)),target.setAttribute("height",String(foot)),target.classList.toggle("mikit-axis-tokens",rotated);let room=columnStep===
1?0:rotated?12:columnStep*cellWidth;target.replaceChildren(...printed(labels.columns.length,columnStep,active,Math.max(room,
1),cellWidth).map(column2=>{let text=middle(labels.columns[column2]??"",columnCharacters),x=(column2+.5)*cellWidth;return rotated?
label(text,x+4,4,column2===active,"end",`rotate(-90 ${x+4} 4)`):label(text,x,13,column2===active,"middle")}))}var LensMap=class{constructor(signal,hooks){this.hooks=hooks;this.plot.addEventListener("pointermove",event=>{let box=this.
plot.getBoundingClientRect();this.hover(this.cellAt(event.clientX-box.left,event.clientY-box.top))},{signal}),this.plot.
addEventListener("pointerleave",()=>this.hover(null),{signal}),this.plot.addEventListener("click",()=>{this.hovered&&hooks.
choose(this.hovered[0])},{signal}),gridKeys(this.scroller,signal,{size:()=>[this.look?.layers??0,this.reading?.tokens.length??
0],up:()=>!0,at:()=>this.cursor,move:cell2=>{this.cursor=cell2,hooks.point(cell2)},choose:([layer])=>hooks.choose(layer),
leave:()=>{this.cursor=null,hooks.point(null)}})}hooks;title=h("div",{class:"mikit-lens-title"});canvas=h("canvas",{role:"\
img"});row=h("div",{class:"mikit-lens-row"});marker=h("div",{class:"mikit-lens-marker",hidden:!0});gutter=svg("svg",{class:"\
mikit-lens-gutter","aria-hidden":"true"});foot=svg("svg",{"aria-hidden":"true"});nothing=h("div",{class:"mikit-lens-noth\
ing"},"No numbers yet.");plot=h("div",{class:"mikit-lens-plot"},this.canvas,this.row,this.marker,this.nothing);scroller=h(
"div",{class:"mikit-lens-scroller",tabindex:0,role:"group"},h("div",{class:"mikit-lens-grid"},this.gutter,h("div",{},this.
plot,this.foot)));element=h("div",{class:"mikit-lens-map"},this.title,this.scroller);cursor=null;hovered=null;look=null;reading=null;draw(reading,look){
[this.reading,this.look]=[reading,look];let{layout,layers}=look,count=reading.tokens.length;this.cursor&&this.cursor[1]>=
count&&(this.cursor=null),this.title.replaceChildren(h("b",{},reading.name)," layer ↑, token →"),this.plot.style.width=
`${layout.width}px`,this.plot.style.height=`${layout.height}px`,this.nothing.hidden=count>0,this.canvas.setAttribute("ar\
ia-label",`${reading.name}: logit lens, ${layers} layers by ${count} tokens`),this.scroller.setAttribute("aria-label",`L\
ens map of the ${reading.name}. Arrow keys move, Enter lists that layer's likeliest tokens, Escape leaves.`);let context=sizeCanvas(
this.canvas,layout.width,layout.height);!context||!count||drawCells(context,{values:reading.values,rows:layers,columns:count,
limit:look.limit,exact:null,up:!0,map:colourMap("diverging",look.theme),ink:look.ink},{x:0,y:0,width:layout.width,height:layout.
height})}mark(layer,cell2){if(!this.look||!this.reading)return;let{layout,layers}=this.look,count=this.reading.tokens.length,
shown=cell2&&cell2[1]<count?cell2:null,line=cellBox(layout,layers,layer,0,!0);if(this.row.style.cssText=`left:0;top:${line.
y}px;width:${layout.width}px;height:${line.height}px`,this.row.hidden=count===0,this.marker.hidden=shown===null,shown){let box=cellBox(
layout,layers,shown[0],shown[1],!0);this.marker.style.cssText=`left:${box.x}px;top:${box.y}px;width:${box.width}px;heigh\
t:${box.height}px`}let words2={rows:Array.from({length:layers},(_,i)=>`${i}`),columns:this.reading.tokens.map(tokenLabel),
up:!0,tokens:!0};drawRowLabels(this.gutter,layout,{...words2,active:shown??[layer,0]}),drawColumnLabels(this.foot,layout,
{...words2,active:shown})}hover(cell2){this.hovered=cell2,this.hooks.point(cell2??this.cursor)}cellAt(x,y){return this.look&&
this.reading?cellAt(this.look.layout,this.look.layers,this.reading.tokens.length,x,y,!0):null}};var ARRAYS={float32:Float32Array,uint8:Uint8Array,int32:Int32Array};function bytesOf(data){return data instanceof ArrayBuffer?
new Uint8Array(data):new Uint8Array(data.buffer,data.byteOffset,data.byteLength)}function decode(wire){let Type=ARRAYS[wire.
dtype],size=Type.BYTES_PER_ELEMENT,bytes=bytesOf(wire.data),wanted=wire.shape.reduce((a,b)=>a*b,1)*size;if(bytes.byteLength!==
wanted)throw new RangeError(`An array of shape [${wire.shape.join(", ")}] needs ${wanted} bytes, ${bytes.byteLength} cam\
e.`);return bytes.byteOffset%size!==0&&(bytes=bytes.slice()),new Type(bytes.buffer,bytes.byteOffset,bytes.byteLength/size)}function valueAt(reading,layer,position){return position<reading.tokens.length?reading.values[layer*reading.tokens.length+
position]??Number.NaN:Number.NaN}function atEnd(reading,layer){return reading.tokens.length?valueAt(reading,layer,reading.
tokens.length-1):Number.NaN}function sharesOf(model,run,layers,heads){let byLayer=decode(model.get("layers")).subarray(run*
2*layers,(run+1)*2*layers),ends=decode(model.get("ends"));return{attention:byLayer.filter((_,i)=>i%2===0),mlp:byLayer.filter(
(_,i)=>i%2===1),embedding:ends[2*run]??Number.NaN,biases:ends[2*run+1]??Number.NaN,heads:decode(model.get("heads")).subarray(
run*layers*heads,(run+1)*layers*heads)}}function sceneOf(model){let[layers,heads]=model.get("grid");return{layers,heads,
answer:model.get("answer"),foil:model.get("foil"),limit:model.get("limit"),readings:[{name:"prompt",tokens:model.get("to\
kens"),values:decode(model.get("lens")),top:model.get("top")},{name:"control",tokens:model.get("control_tokens"),values:decode(
model.get("control_lens")),top:model.get("control_top")}],shares:model.get("heads").shape[0]?[sharesOf(model,0,layers,heads),
sharesOf(model,1,layers,heads)]:null,parts:model.get("parts")}}var RANKS=5,PARTS=5;function guess(one){let bar=h("span",{class:"mikit-lens-share"});return bar.style.width=`${Math.round(
56*(one?.p??0))}px`,h("div",{class:"mikit-lens-guess"},one?tokenSpan({text:one.text,special:!1}):h("span",{}," "),bar,h(
"span",{class:"mikit-lens-figure"},one?percent(one.p):""))}function column(reading,{layer,position}){let token=reading.tokens[position??
reading.tokens.length-1],value=position===null?atEnd(reading,layer):valueAt(reading,layer,position),at=token===void 0?"":
` at ${middle(tokenLabel(token),9)}`;return h("div",{class:"mikit-lens-column"},h("div",{class:"mikit-lens-lensed"},h("s\
pan",{},`${reading.name}${at}`),h("span",{class:"mikit-lens-figure"},Number.isNaN(value)?"":signed(value))),...Array.from(
{length:RANKS},(_,i)=>guess(reading.top[layer]?.[i])))}function placeInWords(scene,{layer,position}){let both=scene.readings.
map(reading=>`${reading.name} ${signed(position===null?atEnd(reading,layer):valueAt(reading,layer,position))}`),tops=scene.
readings.map(reading=>tokenLabel(reading.top[layer]?.[0]?.text??""));return`Layer ${layer}: ${both.join(", ")}; likelies\
t next ${tops.join(" and ")}`}var Readout=class{heading=h("div",{class:"mikit-lens-title"});columns=h("div",{class:"miki\
t-lens-columns"});parts=h("div",{class:"mikit-lens-parts"});lens=h("div",{class:"mikit-lens-tops"},this.heading,this.columns);strongest=h(
"div",{class:"mikit-lens-strongest"},this.parts);element=h("div",{class:"mikit-lens-readout"},this.lens,this.strongest);drawPlace(scene,place2){
this.heading.replaceChildren(h("b",{},`after layer ${place2.layer}`)," likeliest next tokens at the end, through the len\
s"),this.columns.replaceChildren(...scene.readings.map(reading=>column(reading,place2)))}drawParts(scene){let[effect,control]=scene.
shares??[],row=(name,value,beside)=>h("tr",{},name?h("th",{scope:"row"},name):h("td",{}," "),h("td",{},value===void 0?"":
signed(value)),h("td",{class:"mikit-muted"},beside===void 0?"":signed(beside)));this.parts.replaceChildren(h("table",{},
h("thead",{},h("tr",{},h("th",{scope:"col"},"strongest heads and neurons"),h("th",{scope:"col"},"adds"),h("th",{scope:"c\
ol"},"control"))),h("tbody",{},...Array.from({length:PARTS},(_,i)=>row(scene.parts[i]?.name??"",scene.parts[i]?.value,scene.
parts[i]?.control)),row("embedding",effect?.embedding,control?.embedding),row("biases of norm and unembedding",effect?.biases,
control?.biases))))}};var BARS=40,HEAD=8,FOOT=16,KINDS=["attention","mlp"],NAMES={attention:"attention",mlp:"MLP"};function barAxis(shares){let all=shares.
flatMap(({attention,mlp})=>[...attention,...mlp]).filter(Number.isFinite),[low,high]=[Math.min(0,...all),Math.max(0,...all)];
return low===high?[0,1]:[low,high]}function turned(values,layers,heads){return Float32Array.from({length:layers*heads},(_,i)=>values[i%
layers*heads+Math.floor(i/layers)]??Number.NaN)}function headLimit(shares){return Math.max(...shares.flatMap(({heads})=>[
...heads].map(Math.abs)).filter(Number.isFinite),0)||1}function headInWords(scene,[head2,layer]){let[effect,control]=(scene.
shares??[]).map(({heads})=>signed(heads[layer*scene.heads+head2]??Number.NaN));return`L${layer}H${head2} ${effect}, cont\
rol ${control}`}var SharesPanel=class{constructor(signal,hooks){this.hooks=hooks;for(let{chart}of this.bars)chart.addEventListener(
"pointermove",event=>hooks.point(this.layerAt(event.clientX-chart.getBoundingClientRect().left-GUTTER)),{signal}),chart.
addEventListener("pointerleave",()=>hooks.point(null),{signal}),chart.addEventListener("click",event=>{let layer=this.layerAt(
event.clientX-chart.getBoundingClientRect().left-GUTTER);layer!==null&&hooks.choose(layer)},{signal});this.plot.addEventListener(
"pointermove",event=>{let box=this.plot.getBoundingClientRect(),[layer,head2]=[this.layerAt(event.clientX-box.left),Math.
floor((event.clientY-box.top)/HEAD)];this.hover(layer===null||head2<0||head2>=(this.scene?.heads??0)?null:[head2,layer])},
{signal}),this.plot.addEventListener("pointerleave",()=>this.hover(null),{signal}),this.plot.addEventListener("click",()=>{
this.hovered&&hooks.choose(this.hovered[1])},{signal}),gridKeys(this.map,signal,{size:()=>this.scene?.shares?[this.scene.
heads,this.scene.layers]:[0,0],at:()=>this.cursor,move:cell2=>{this.cursor=cell2,this.point(),this.scene&&hooks.say(headInWords(
this.scene,cell2))},choose:([,layer])=>hooks.choose(layer),leave:()=>{this.cursor=null,this.point()}})}hooks;bars=KINDS.
map(kind=>{let label2=h("div",{class:"mikit-lens-title"}),chart=svg("svg",{class:"mikit-lens-bars",role:"img"});return{kind,
label:label2,chart,element:h("div",{},label2,chart)}});headTitle=h("div",{class:"mikit-lens-title"});canvas=h("canvas",{
role:"img"});marker=h("div",{class:"mikit-lens-marker",hidden:!0});gutter=svg("svg",{class:"mikit-lens-gutter","aria-hid\
den":"true"});foot=svg("svg",{"aria-hidden":"true"});plot=h("div",{class:"mikit-lens-plot"},this.canvas,this.marker);map=h(
"div",{class:"mikit-lens-scroller",tabindex:0,role:"group","aria-label":"Map of the heads: layers to the right, heads do\
wn. Arrow keys move, Enter chooses the layer, Escape leaves."},h("div",{class:"mikit-lens-grid"},this.gutter,h("div",{},
this.plot,this.foot)));element=h("div",{class:"mikit-lens-shares"},...this.bars.map(({element})=>element),this.headTitle,
this.map);cursor=null;hovered=null;scene=null;pitch=1;layer=0;draw(scene,width,theme,ink){this.scene=scene;let{layers,heads,
shares}=scene;this.pitch=Math.max(3,Math.min(24,Math.floor((width-GUTTER)/layers)));let across=this.pitch*layers,axis=barAxis(
shares??[]);for(let{kind,label:label2,chart}of this.bars)label2.replaceChildren(h("b",{},NAMES[kind])," what each layer \
adds, control in grey"),chart.setAttribute("width",String(GUTTER+across)),chart.setAttribute("height",String(BARS)),chart.
setAttribute("aria-label",this.barsInWords(kind)),chart.replaceChildren(...shares?this.drawBars(shares.map(one=>one[kind]),
axis,across):[]);this.plot.style.width=`${across}px`,this.plot.style.height=`${HEAD*heads}px`;let context=sizeCanvas(this.
canvas,across,HEAD*heads);context&&shares&&drawCells(context,{values:turned(shares[0].heads,layers,heads),rows:heads,columns:layers,
limit:headLimit(shares),exact:null,up:!1,map:colourMap("diverging",theme),ink},{x:0,y:0,width:across,height:HEAD*heads}),
this.canvas.setAttribute("aria-label",`What each of ${layers} by ${heads} heads adds`),this.drawLabels(across),this.point()}mark(layer){
this.layer=layer,this.scene&&this.drawLabels(this.pitch*this.scene.layers);for(let{chart}of this.bars)chart.querySelector(
".mikit-lens-here")?.setAttribute("x",String(GUTTER+layer*this.pitch))}drawBars(both,[low,high],across){let y=value=>2+(high-
value)/(high-low)*(BARS-4),zero=y(0),bar=(value,layer,wide,kind)=>{let top=Math.min(zero,y(value));return svg("rect",{class:kind,
x:GUTTER+(layer+.5)*this.pitch-wide/2,y:top,width:wide,height:Math.max(0,Math.abs(zero-y(value)))})},[effect=new Float32Array,
control=new Float32Array]=both,[broad,slim]=[Math.max(2,this.pitch-2),Math.max(1,Math.round(.4*this.pitch))],tick=value=>svg(
"text",{class:"mikit-axis",x:GUTTER-6,y:Math.min(BARS-1,Math.max(9,y(value)+4)),"text-anchor":"end"},signed(value,1));return[
svg("rect",{class:"mikit-lens-here",x:GUTTER+this.layer*this.pitch,y:0,width:this.pitch,height:BARS}),...Array.from(control,
(value,layer)=>bar(value,layer,broad,"mikit-lens-bar-control")),...Array.from(effect,(value,layer)=>bar(value,layer,slim,
value<0?"mikit-lens-bar-neg":"mikit-lens-bar-pos")),svg("line",{class:"mikit-lens-zero",x1:GUTTER,x2:GUTTER+across,y1:zero,
y2:zero}),...high>0?[tick(high)]:[],...low<0?[tick(low)]:[]]}drawLabels(across){let{layers,heads}=this.scene,text=(at,x,y,anchor,active)=>svg(
"text",{class:active?"mikit-axis mikit-axis-active":"mikit-axis",x,y,"text-anchor":anchor},`${at}`);this.gutter.setAttribute(
"width",String(GUTTER)),this.gutter.setAttribute("height",String(HEAD*heads)),this.gutter.replaceChildren(...printed(heads,
labelStep(12,HEAD),null,12,HEAD).map(head2=>text(head2,GUTTER-6,Math.max(8,(head2+.5)*HEAD+4),"end",!1))),this.foot.setAttribute(
"width",String(across)),this.foot.setAttribute("height",String(FOOT)),this.foot.replaceChildren(...printed(layers,labelStep(
20,this.pitch),this.layer,20,this.pitch).map(layer=>text(layer,(layer+.5)*this.pitch,12,"middle",layer===this.layer)))}hover(cell2){
this.hovered=cell2,this.hooks.point(cell2?cell2[1]:null),this.point()}point(){let cell2=this.hovered??this.cursor,there=cell2!==
null&&this.scene?.shares!=null;this.marker.hidden=!there,cell2&&(this.marker.style.cssText=`left:${cell2[1]*this.pitch}p\
x;top:${cell2[0]*HEAD}px;width:${this.pitch}px;height:${HEAD}px`),this.headTitle.replaceChildren(h("b",{},"heads"),there?
` ${headInWords(this.scene,cell2)}`:" head ↓, layer →")}layerAt(x){let layer=Math.floor(x/this.pitch);return layer>=
0&&layer<(this.scene?.layers??0)?layer:null}barsInWords(kind){let[effect,control]=this.scene?.shares??[];if(!effect||!control)
return`${NAMES[kind]}: no numbers yet`;let values=effect[kind],most=values.reduce((best,value,i)=>Math.abs(value)>Math.abs(
values[best]??0)?i:best,0);return`What ${NAMES[kind]} of each layer adds; most at layer ${most}, ${signed(values[most]??
Number.NaN)}, control ${signed(control[kind][most]??Number.NaN)}`}};var DRAWN=["prompt","control","answer","foil","grid","tokens","control_tokens","lens","control_lens","limit","top","cont\
rol_top","layers","ends","heads","parts"],LANES=["lens","direct"],TALL=180,LOW=150,WORDS=["prompt","control","answer","f\
oil"];function tableOf(scene){let[prompt,control]=scene.readings,[effect,beside]=scene.shares??[],none=Number.NaN;return{
caption:`Logit difference ${tokenLabel(scene.answer)} less ${tokenLabel(scene.foil)} at the last position, by layer: as \
the lens reads it, and what attention and MLP add`,columns:["layer","lens","lens, control","likeliest","likeliest, contr\
ol","attention adds","attention, control","MLP adds","MLP, control"],rows:Array.from({length:scene.layers},(_,i)=>[`${i}`,
atEnd(prompt,i),atEnd(control,i),tokenLabel(prompt.top[i]?.[0]?.text??""),tokenLabel(control.top[i]?.[0]?.text??""),effect?.
attention[i]??none,beside?.attention[i]??none,effect?.mlp[i]??none,beside?.mlp[i]??none])}}function render({model,el,signal}){
let scene=sceneOf(model),hovered=null,view=frame(model,el,signal,{name:"lens",table:()=>tableOf(scene),reset:()=>{hovered=
null}}),boxes=WORDS.map(name=>{let box=h("input",{type:"text",class:"mikit-input",spellcheck:"false"}),short=name==="ans\
wer"||name==="foil";return short&&(box.title="One token. The dot stands for a space: in mid-sentence a word begins with \
one."),box.addEventListener("change",()=>view.set({[name]:short?meant(box.value):box.value},LANES),{signal}),view.needsKernel(
box),{name,box,short,label:h("label",{class:`mikit-lens-label mikit-lens-of-${name}`},h("span",{},name),box)}});view.inputs.
append(...[0,2,1,3].map(i=>boxes[i].label),view.number.element);let maps2=[0,1].map(()=>new LensMap(signal,{point:cell2=>point(
cell2&&{layer:cell2[0],position:cell2[1]}),choose})),scale=legend(),shares=new SharesPanel(signal,{point:layer=>point(layer===
null?null:{layer,position:null}),choose,say:view.say}),readout=new Readout,both=h("div",{class:"mikit-lens-maps"},...maps2.
map(({element})=>element));view.stage.append(both,scale.element,h("div",{class:"mikit-lens-lower"},shares.element,readout.
element));for(let element of[both,readout.lens,view.number.element])view.tie(element,"lens");for(let element of[shares.element,
readout.strongest])view.tie(element,"direct");let place2=()=>hovered??{layer:Math.min(model.get("layer"),scene.layers-1),
position:null};function choose(layer){view.set({layer}),view.say(placeInWords(scene,{layer,position:null})),follow()}function point(at){
hovered=at,follow(),at&&view.say(placeInWords(scene,at))}function follow(){let here=place2(),cell2=here.position===null?
null:[here.layer,here.position];for(let map of maps2)map.mark(Math.min(model.get("layer"),scene.layers-1),cell2);shares.
mark(here.layer),readout.drawPlace(scene,here)}function showNumber(){let[end,beside]=scene.readings.map(reading=>atEnd(reading,
scene.layers-1));if(Number.isNaN(end))return view.number.clear();view.number.show({label:`${tokenLabel(scene.answer)} − ${tokenLabel(
scene.foil)} at the end`,value:signed(end),unit:"logits",below:Number.isNaN(beside)?" ":`control ${signed(beside)}`})}function draw(){
scene=sceneOf(model);for(let{name,box,short}of boxes)box.matches(":focus")||(box.value=short?written(model.get(name)):model.
get(name));let prompts=scene.readings.map(({tokens})=>tokens),columns=columnsOf(prompts,view.width);view.stage.classList.
toggle("mikit-lens-beside",columns.beside);let[theme,ink]=[view.theme,view.colour("--mk-muted")];maps2.forEach((map,i)=>map.
draw(scene.readings[i],{layout:mapLayout(scene.layers,prompts,i,columns,view.wide?TALL:LOW),layers:scene.layers,limit:scene.
limit,theme,ink})),scale.show({kind:"diverging",theme,limit:scene.limit,unit:`logits, ${tokenLabel(scene.answer)} less ${tokenLabel(
scene.foil)}`}),shares.draw(scene,view.wide?Math.floor((view.width-24)/2):view.width,theme,ink),readout.drawParts(scene),
showNumber(),follow()}view.watch([...DRAWN]),view.watch(["layer"],follow),view.onDraw(draw)}var lens_default={render};export{lens_default as default};
