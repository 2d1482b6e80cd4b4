// Generated from widgets/src by `npm run build`. Do not edit.
function fill(element,attributes,children){for(let[name,value]of Object.entries(attributes))value===!0?element.setAttribute(
name,""):value!==!1&&element.setAttribute(name,String(value));element.append(...children)}function h(tag,attributes={},...children){
let element=document.createElement(tag);return fill(element,attributes,children),element}function svg(tag,attributes={},...children){
let element=document.createElementNS("http://www.w3.org/2000/svg",tag);return fill(element,attributes,children),element}
function textButton(label2,signal,onClick){let button=h("button",{type:"button",class:"mikit-text-button"},label2);return button.
addEventListener("click",onClick,{signal}),button}function download(name,blob){let link=document.createElement("a");link.href=URL.createObjectURL(blob),link.download=name,
link.click(),setTimeout(()=>URL.revokeObjectURL(link.href),1e4)}function fileName(title,ending){return`${title.toLowerCase().
replaceAll(/[^a-z0-9]+/g,"-").replaceAll(/^-|-$/g,"")||"mikit"}.${ending}`}function csvCell(value){let text2=String(value);
return/[",\n\r]/.test(text2)?`"${text2.replaceAll('"','""')}"`:text2}function csv(table){return`${[table.columns,...table.
rows].map(row2=>row2.map(csvCell).join(",")).join(`
`)}
`}async function copyText(text2){try{return await navigator.clipboard.writeText(text2),!0}catch{return!1}}async function copyImage(image){
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
numbers=copyButton("Copy CSV",signal,async()=>{let text2=csv(table()),copied=await copyText(text2);return copied||download(
fileName(title(),"csv"),new Blob([text2],{type:"text/csv"})),copied});return[png,numbers]}var MARK="jupyter-widgets-disconnected",LOST=new Set(["restarting","autorestarting","terminating","dead"]);function cellOf(view){
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
gone,h("span",{class:"mikit-actions"},buttons.code,record,page)),show:text2=>{title.textContent=text2.title,chip.textContent=
text2.chip,chip.hidden=!text2.chip,old.hidden=!text2.old,gone.hidden=!text2.gone,record.hidden=text2.gone,record.disabled=
!text2.canSave,page.hidden=text2.gone||text2.frozen}}}function moved(key,from,rows,columns,up=!1){let[row2,column]=from,hold=(value,count2)=>Math.min(count2-1,Math.max(0,value)),
down=up?-1:1;switch(key){case"ArrowRight":return[row2,hold(column+1,columns)];case"ArrowLeft":return[row2,hold(column-1,
columns)];case"ArrowDown":return[hold(row2+down,rows),column];case"ArrowUp":return[hold(row2-down,rows),column];case"Hom\
e":return[row2,0];case"End":return[row2,columns-1];default:return null}}function gridKeys(element,signal,grid){element.addEventListener(
"keydown",event=>{if(event.ctrlKey||event.metaKey||event.altKey)return;let[rows,columns]=grid.size();if(!rows||!columns)
return;let up=grid.up?.()??!1,at=grid.at(),start=[up?rows-1:0,0];if(event.key==="Escape")grid.leave();else if((event.key===
"Enter"||event.key===" ")&&at)grid.choose(at);else{let next=moved(event.key,at??start,rows,columns,up);if(!next)return;grid.
move(at?next:start)}event.preventDefault()},{signal})}function containKeys(root,signal){root.addEventListener("keydown",
event=>{event.ctrlKey||event.metaKey||event.shiftKey&&event.key==="Enter"||event.stopPropagation()},{signal})}function numberSlot(){let[label2,value,unit,below]=["label","value","unit","below"].map(part=>h("span",{class:`mikit-num\
ber-${part}`})),element=h("div",{class:"mikit-number"},label2,h("span",{class:"mikit-number-line"},value," ",unit),below),
show=text2=>{label2.textContent=text2.label,value.textContent=text2.value,unit.textContent=text2.unit??"",below.textContent=
text2.below??""},clear=()=>show({label:" ",value:" ",below:" "});return clear(),{element,show,clear}}function withMinus(text2){let typeset=text2.replace("-","−");return/[1-9]/.test(typeset)?typeset:typeset.replace("−",
"")}function fixed(value,digits=2){if(Number.isNaN(value))return"NaN";if(!Number.isFinite(value))return value>0?"∞":"−\
∞";let size2=Math.abs(value);return size2!==0&&size2<.5*10**-digits?withMinus(value.toExponential(1)):size2>=1e5?withMinus(
value.toExponential(2)):withMinus(value.toFixed(size2>=1e3?0:digits))}function signed(value,digits=2){return value>0?`+${fixed(
value,digits)}`:fixed(value,digits)}function percent(share){return share>0&&share<.005?"<1 %":`${fixed(Math.round(100*share),
0)} %`}function toggling(label2,className,signal,fill2){let element=h("div",{class:className,hidden:!0}),refresh=()=>{element.hidden||
fill2(element,refresh)},button=textButton(label2,signal,()=>{element.hidden=!element.hidden,button.setAttribute("aria-ex\
panded",String(!element.hidden)),refresh()});return button.setAttribute("aria-expanded","false"),{button,element,refresh}}
var FLAVOURS=[["mikit","mikit"],["nnsight","plain nnsight"]];function codePanel(signal,code){let chosen="mikit";return toggling(
"Code","mikit-code",signal,(panel,refresh)=>{let texts=code(),there=FLAVOURS.filter(([flavour])=>texts[flavour]!==void 0);
if(!there.length){panel.replaceChildren(h("p",{class:"mikit-muted"},"No code yet: it comes with the first result."));return}
texts[chosen]===void 0&&(chosen=there[0][0]);let text2=texts[chosen]??"",listing=h("pre",{tabindex:0,role:"region","aria\
-label":`Code, ${chosen}`},text2),tabs=there.map(([flavour,label2])=>{let tab=textButton(label2,signal,()=>{chosen=flavour,
refresh()});return tab.setAttribute("aria-pressed",String(flavour===chosen)),tab}),copy=textButton("Copy",signal,()=>{copyText(
text2).then(done=>{copy.textContent=done?"Copied":"Select and copy by hand"})});panel.replaceChildren(h("div",{class:"mi\
kit-code-bar"},...tabs,h("span",{class:"mikit-gap"}),copy),listing)})}var MOST_ROWS=400;function heading(name,first){return h(
"th",typeof first=="number"?{scope:"col",class:"mikit-figure"}:{scope:"col"},name)}function cell(value){return typeof value==
"number"?h("td",{class:"mikit-figure"},fixed(value)):h("td",{},value)}function twinPanel(signal,table){return toggling("\
Read as a table","mikit-twin",signal,panel=>{let{caption,columns,rows}=table(),left=rows.length-MOST_ROWS;panel.replaceChildren(
h("table",{},h("caption",{},left>0?`${caption} (${left} more rows: Copy CSV has them all)`:caption),h("thead",{},h("tr",
{},...columns.map((name,i)=>heading(name,rows[0]?.[i])))),h("tbody",{},...rows.slice(0,MOST_ROWS).map(row2=>h("tr",{},...row2.
map((value,i)=>i===0&&typeof value=="string"?h("th",{scope:"row"},value):cell(value))))))),panel.tabIndex=0,panel.setAttribute(
"role","region"),panel.setAttribute("aria-label",caption)})}function patience(ms,signal,changed){let timer,long=!1,end=()=>{clearTimeout(timer),timer=void 0,long=!1};return signal.
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
mikit-progress"}),text2=h("span",{class:"mikit-status-text"}),failed=h("span",{class:"mikit-error",role:"alert"}),note=h(
"span",{class:"mikit-note"}),stopButton=textButton("Stop",signal,stop);stopButton.classList.add("mikit-stop");let tools=h(
"span",{class:"mikit-tools"}),element=h("div",{class:"mikit-status"},h("span",{class:"mikit-status-line"},text2,stopButton,
failed,note),tools,bar);return{element,tools,show:status=>{let error=status.error||(status.state==="error"?status.text:""),
off=status.gone||status.frozen,working=!off&&(status.state==="busy"||status.state==="waiting");text2.textContent=status.
gone?`The kernel is gone. The picture stays; run ${cellOf(element)} again to go on.`:status.frozen?FROZEN:error?"":words(
status),failed.textContent=error&&!off?`× ${error}`:"",note.textContent=status.gone||error?"":status.note,stopButton.hidden=
!working,bar.style.width=working?`${Math.round(100*status.done)}%`:"0"}}}var WIDE=700,REST_MS=150,SILENT_MS=1e3,WAITING={state:"waiting",text:"waiting for your cell",done:0},TRAITS=["title","ch\
ip","shows","hides","status","error","answers","asked","code","note","can_save","frozen"];function oldLanes(asked,answers){
return new Set(Object.keys(asked).filter(lane=>lane in answers&&asked[lane]!==answers[lane]))}function labelled(label2,text2){
return text2?[h("b",{},`${label2} `),text2]:[]}function frame(model,host,signal,options2){let gone=!1,speech,draws=[],ties=[],
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
[title,chip,error,frozen]=[model.get("title"),model.get("chip"),model.get("error"),model.get("frozen")],{state,text:text2,
done}=silence.long&&!gone?WAITING:model.get("status");root.setAttribute("aria-label",title),root.dataset.status=error?"e\
rror":state,root.toggleAttribute("data-gone",gone),root.toggleAttribute("data-frozen",frozen),root.toggleAttribute("data\
-old",old.size>0),stage.classList.toggle("mikit-old",ties.length===0&&old.size>0);for(let control of controls)control.disabled=
gone||frozen;for(let[element,lane]of ties)element.classList.toggle("mikit-old",old.has(lane));let canSave=frozen?!!model.
get("record"):model.get("can_save");top.show({title,chip,old:old.size>0,gone,frozen,canSave}),status.show({state,text:text2,
done,error,note:model.get("note"),gone,frozen}),foot.replaceChildren(...labelled("Shows:",model.get("shows"))," ",...labelled(
"Does not show:",model.get("hides"))),code.refresh()}let silence=patience(SILENT_MS,signal,refresh);function listen(trait,changed){
model.on(`change:${trait}`,changed),signal.addEventListener("abort",()=>model.off(`change:${trait}`,changed))}let redraw=redrawing(
root,signal,()=>{root.dataset.theme=view.theme,root.dataset.width=view.wide?"wide":"narrow";for(let one of draws)one();twin.
refresh()}),view={root,inputs,stage,number,draw:redraw.draw,get width(){return redraw.width},get wide(){return redraw.width>=
WIDE},get theme(){return themeOf(host)},get live(){return!gone&&!model.get("frozen")},colour:name=>themeColour(root,name),
onDraw(callback){draws.push(callback),redraw.draw()},watch(traits,changed=redraw.draw){for(let trait of traits)listen(trait,
changed)},set(traits,lanes=[]){let[asked,answers]=[{...model.get("asked")},model.get("answers")];for(let lane of lanes)asked[lane]=
Math.max(asked[lane]??0,answers[lane]??0)+1;for(let name of Object.keys(traits))model.set(name,traits[name]);lanes.length&&
view.live&&(model.set("asked",asked),silence.start()),attempt(()=>model.save_changes())},tie(element,lane){ties.push([element,
lane]),refresh()},needsKernel(control){controls.push(control),refresh()},say(text2){clearTimeout(speech),speech=setTimeout(
()=>{live.textContent=text2},REST_MS)}};root.dataset.theme=view.theme,root.dataset.width="wide";for(let trait of["status",
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
map=maps.get(key);return map||maps.set(key,map=new ColourMap(kind,theme)),map}function sizeCanvas(canvas,width,height){let ratio=globalThis.devicePixelRatio||1;canvas.width=Math.ceil(width*ratio),canvas.
height=Math.ceil(height*ratio),canvas.style.width=`${width}px`,canvas.style.height=`${height}px`;let context=canvas.getContext?.(
"2d")??null;return context?.setTransform(ratio,0,0,ratio,0,0),context}var WIDTH=120,HEIGHT=8;function legend(){let canvas=h("canvas",{role:"presentation"}),marks=h("div",{class:"mikit-legend\
-marks"}),unit=h("div",{class:"mikit-legend-unit"});return{element:h("div",{class:"mikit-legend"},h("div",{},canvas,marks),
unit),show:({kind,theme,limit,unit:name,reach=1})=>{let context=sizeCanvas(canvas,WIDTH,HEIGHT),[map,from]=[colourMap(kind,
theme),kind==="diverging"?-1:0];for(let x=0;context&&x<WIDTH;x++)context.fillStyle=map.css(reach*(from+(1-from)*x/(WIDTH-
1))),context.fillRect(x,0,1,HEIGHT);let ends=kind==="diverging"?[signed(-limit),"0",signed(limit)]:["0",fixed(limit)];marks.
replaceChildren(...ends.map(text2=>h("span",{},text2))),unit.textContent=name}}}var line=(kind,x1,y1,x2,y2)=>svg("line",{class:`mikit-cb-${kind}`,x1,y1,x2,y2}),text=(kind,x,y,words2,anchor="start")=>svg(
"text",{class:`mikit-cb-${kind}`,x,y,"text-anchor":anchor},words2),rect=(kind,x,y,width,height)=>svg("rect",{class:`miki\
t-cb-${kind}`,x,y,width:Math.max(0,width),height}),dot=(kind,cx,cy,r)=>svg("circle",{class:`mikit-cb-${kind}`,cx,cy,r});
function diamond(x,y,half=5){return svg("polygon",{class:"mikit-cb-you",points:`${x},${y-half} ${x+half},${y} ${x},${y+half}\
 ${x-half},${y}`})}function whisker([,low,high],y,x){return Number.isFinite(low)&&Number.isFinite(high)?[line("whisker",
x(low),y,x(high),y)]:[]}function range([,low,high],y,height,x){return Number.isFinite(low)&&Number.isFinite(high)?[rect(
"band",x(low)-1,y,x(high)-x(low)+2,height)]:[]}function size(target,width,height){target.setAttribute("width",String(width)),
target.setAttribute("height",String(height))}var ARRAYS={float32:Float32Array,uint8:Uint8Array,int32:Int32Array};function bytesOf(data){return data instanceof ArrayBuffer?
new Uint8Array(data):new Uint8Array(data.buffer,data.byteOffset,data.byteLength)}function decode(wire){let Type=ARRAYS[wire.
dtype],size2=Type.BYTES_PER_ELEMENT,bytes=bytesOf(wire.data),wanted=wire.shape.reduce((a,b)=>a*b,1)*size2;if(bytes.byteLength!==
wanted)throw new RangeError(`An array of shape [${wire.shape.join(", ")}] needs ${wanted} bytes, ${bytes.byteLength} cam\
e.`);return bytes.byteOffset%size2!==0&&(bytes=bytes.slice()),new Type(bytes.buffer,bytes.byteOffset,bytes.byteLength/size2)}var NONE=[Number.NaN,Number.NaN,Number.NaN];function ranges(wire){let flat=decode(wire);return Array.from({length:flat.length/
3},(_,i)=>[flat[3*i],flat[3*i+1],flat[3*i+2]])}function rankingOf(wire){if(!wire)return null;let[scores,first]=[decode(wire.
scores),decode(wire.first)],order=[...scores.keys()].sort((a,b)=>scores[b]-scores[a]||a-b);return{...wire,scores,first,order,
limit:scores[order[0]]||1}}function testedOf(wire){if(!wire)return null;let[whole,nothing,alone,without]=ranges(wire.measure),
[randomAlone,randomWithout]=ranges(wire.random);return{...wire,whole,nothing,alone,without,randomAlone,randomWithout,faithfulness:ranges(
wire.faithfulness)[0],randomFaithfulness:ranges(wire.random_faithfulness)[0]}}function curveOf(wire){if(!wire)return null;
let[[cpr,cmd],[randomCpr,randomCmd]]=[ranges(wire.areas),ranges(wire.random_areas)];return{sizes:decode(wire.sizes),found:ranges(
wire.found),random:ranges(wire.random),cpr,cmd,randomCpr,randomCmd,draws:wire.draws,done:wire.done}}function beatenOf(wire){
if(!wire)return null;let[found,random]=[wire.found,wire.random].map(one=>{let flat=decode(one);return Array.from({length:flat.
length/2},(_,i)=>({circuit:flat[2*i],whole:flat[2*i+1]}))});return{out:wire.out,found,random,done:wire.done}}function partName(part,heads){
let[layer,at]=[Math.floor(part/(heads+1)),part%(heads+1)];return at===heads?`L${layer} MLP`:`L${layer}H${at}`}function partNumber(name,heads){
let[,layer,head2]=/^L(\d+)(?:H(\d+)| MLP)$/.exec(name)??[];return layer===void 0?-1:Number(layer)*(heads+1)+(head2===void 0?
heads:Number(head2))}var NOT_MISSED=.01,ABOVE=1.05,rounded=value=>Math.round(100*value)/100,fixed2=value=>fixed(rounded(value)),signed2=value=>signed(
rounded(value)),count=value=>value.toLocaleString("en-GB").replaceAll(","," "),many=(n,one)=>`${count(n)} ${one}${n===
1?"":"s"}`,spanned=([value,low,high])=>Number.isFinite(low)?`${fixed2(value)} [${fixed2(low)}, ${fixed2(high)}]`:fixed2(
value),drawnInWords=([value,low,high],write=fixed2)=>`${write(value)}${Number.isFinite(low)?`, from ${write(low)} to ${write(
high)}`:""}`,gap=({circuit,whole})=>Math.abs(circuit-whole);function differing(clean,corrupt){let[one,other]=[clean,corrupt].
map(words2=>words2.split(" ")),most=Math.min(one.length,other.length),[first,last]=[0,0];for(;first<most&&one[first]===other[first];)
first++;for(;last<most-first&&one.at(-1-last)===other.at(-1-last);)last++;let upTo=words2=>words2.slice(first,words2.length-
last).join(" ");return[one.slice(0,first).join(" "),upTo(one),upTo(other),one.slice(one.length-last).join(" ")]}function circuitInWords(tested,edges){
let size2=`${many(tested.edges,"edge")}${edges===void 0?"":` (${percent(tested.edges/edges)})`}`;return tested.mode==="p\
arts"?`${many(tested.parts.length,"part")}, ${size2}`:size2}function faithfulnessInWords({faithfulness,pairs}){return{value:spanned(
faithfulness),unit:pairs>1?`${pairs} pairs`:"n = 1"}}function randomInWords({randomFaithfulness,edges,draws}){return Number.
isFinite(randomFaithfulness[0])?`${draws} random circuits of ${many(edges,"edge")}: ${drawnInWords(randomFaithfulness)}`:
"random circuits of its size: being run"}function knockedInWords({whole,nothing,without,randomWithout}){if(![without[0],
nothing[0]].every(Number.isFinite))return"";let share=value=>(value-nothing[0])/(whole[0]-nothing[0]),random=Number.isFinite(
randomWithout[0])?` (random circuits taken out: ${fixed2(share(randomWithout[0]))})`:"";return`Taken out, the circuit le\
aves ${fixed2(share(without[0]))} of the logit difference to the rest${random}.`}function aboveInWords({faithfulness:[value]}){
return value>ABOVE?"Above 1: edges that work against the answer were left out.":""}function neededInWords({needed}){let found=Object.
entries(needed).filter(([,loss2])=>Number.isFinite(loss2)).sort((a,b)=>b[1]-a[1]);if(!found.length)return"";let spare=found.
filter(([,loss2])=>loss2<NOT_MISSED),[name,loss]=found[0],rest=spare.length?`${spare.length} of ${found.length} cost les\
s than ${NOT_MISSED}`:"none is spare";return`Missed most: ${name} (faithfulness ${signed2(-loss)}); ${rest} (minimality)\
.`}function partInWords(part,heads,ranking,ticked,tested,mode){let name=partName(part,heads);if(!ranking)return name;let place2=ranking.
order.indexOf(part)+1,worth=`${name}: its edges move ${fixed2(ranking.scores[part])} logits, estimated; place ${place2} \
of ${ranking.scores.length}`,loss=mode==="parts"?tested?.needed[name]:void 0,first=ranking.first[part],where=mode==="edg\
es"&&first?`; its strongest edge is number ${count(first)}`:"";return`${worth}${where}${ticked?"; in the circuit":""}${ticked&&
loss!==void 0?`, which keeps ${fixed2(loss)} less without it`:""}`}var COLOUR="Colour: how much a part's edges move the \
logit difference, estimated.";function restInWords(ranking){if(!ranking)return"Parts are being ranked (EAP-IG): each edg\
e's effect is estimated.";let check=ranking.check;return check?`${COLOUR} Cut one by one, the ${check.edges} strongest e\
dges moved the logit difference by ${fixed2(check.measured)} on average (estimated ${fixed2(check.estimated)}), random e\
dges by ${fixed2(check.random_measured)}.`:COLOUR}var beside=(name,term,found,random)=>`${name} (${term}) ${fixed2(found[0])}\
, random ${drawnInWords(random)}`;function areasInWords(curve){return`${beside("Area under it","CPR",curve.cpr,curve.randomCpr)}\
 · ${beside("between it and 1","CMD",curve.cmd,curve.randomCmd)}`}function askBeatInWords(seconds){return`A circuit tha\
t has everything reacts to a loss as the whole model does (completeness). The adversary leaves parts out of both, and lo\
oks for where they differ most${seconds===void 0?"":`: about ${seconds<1.5?"1 s":`${Math.round(seconds)} s`}`}.`}function beatenInWords({
out,found,random,done},stopped=!1){let last=Math.min(out.length,found.length-1);if(last<1)return stopped?"The adversary \
was stopped before its first find.":"The adversary is looking.";let[before,after,blind]=[found[0],found[last],random[last]],
beside2=blind&&Number.isFinite(gap(blind))?`, after ${many(last,"part")} drawn blindly by ${fixed2(gap(blind))}`:"";return`${done?
"":"So far: "}${done?"W":"w"}ithout ${out.slice(0,last).join(", ")} the circuit moves by ${signed2(after.circuit-before.
circuit)}, the whole model by ${signed2(after.whole-before.whole)}. They differ by ${fixed2(gap(after))} logits (before:\
 ${fixed2(gap(before))})${beside2}.`}var NAMES=118,FIGURES=52,BAR=10,THIN=5,STEP=18,UNDER=11;function rowsOf(tested){return[{name:"whole model",value:tested.
whole,random:null},{name:"circuit alone",value:tested.alone,random:tested.randomAlone},{name:"circuit taken out",value:tested.
without,random:tested.randomWithout},{name:"every edge cut",value:tested.nothing,random:null}]}function drawBars(target,tested,width){
let rows=tested?rowsOf(tested):[],values=rows.flatMap(({value,random})=>[...value,...random??[]]).filter(Number.isFinite),
[low,high]=[Math.min(0,...values),Math.max(0,...values)],[left,right]=[NAMES,width-FIGURES],x=value=>left+(value-low)/(high-
low||1)*(right-left),y=2,drawn=rows.flatMap(({name,value,random})=>{let top=y;y+=STEP+(random?UNDER:0);let[v]=value,r=random?.[0]??
Number.NaN;return[...Number.isFinite(r)?[...range(random,top+BAR+2,THIN+4,x),rect("grey",Math.min(x(0),x(r)),top+BAR+4,Math.
abs(x(r)-x(0)),THIN),text("axis",NAMES-8,top+22,"random ones","end"),text("axis",width,top+22,signed2(r),"end")]:[],text(
"name",0,top+10,name),...Number.isFinite(v)?[rect(v<0?"neg":"pos",Math.min(x(0),x(v)),top,Math.abs(x(v)-x(0)),BAR),...whisker(
value,top+BAR/2,x),text("figure",width,top+10,signed2(v),"end")]:[]]});size(target,width,HEIGHT2),target.setAttribute("a\
ria-label",tested?`Logit difference: ${rows.map(({name,value,random})=>`${name} ${signed2(value[0])}${random&&Number.isFinite(
random[0])?` (random circuits ${drawnInWords(random,signed2)})`:""}`).join("; ")}`:"Logit difference: no numbers yet"),target.
replaceChildren(...drawn,...tested?[line("base",x(0),0,x(0),HEIGHT2-2)]:[])}var HEIGHT2=4*STEP+2*UNDER+2;var NAMES2=66,FIGURES2=38,STEP2=22,HEAD=14,heightOf2=rounds=>HEAD+STEP2*(1+rounds)+2;function pair(kind,{circuit,whole},y,r,x){
return[circuit,whole].every(Number.isFinite)?[line(`${kind}-apart`,x(circuit),y,x(whole),y),dot(`${kind}-whole`,x(whole),
y,r),dot(kind==="found"?"dot":"blind",x(circuit),y,r)]:[]}function drawRounds(target,beaten,width){let{out,found,random}=beaten,
values=[0,...[...found,...random].flatMap(({circuit,whole})=>[circuit,whole])].filter(Number.isFinite),[low,high]=[Math.
min(...values),Math.max(...values)],x=value=>NAMES2+6+(value-low)/(high-low||1)*(width-NAMES2-FIGURES2-16),height=heightOf2(
out.length);size(target,width,height),target.setAttribute("aria-label",`Rounds of the adversary: ${found.slice(0,out.length+
1).map((one,i)=>`${i?`without ${out[i-1]} too`:"nothing left out"}: circuit ${signed2(one.circuit)}, whole model ${signed2(
one.whole)}, apart ${fixed2(gap(one))}`).join("; ")}`),target.replaceChildren(text("axis",width,10,"apart","end"),text("\
axis",0,10,"● circuit ○ model, grey: drawn blindly"),line("base",x(0),HEAD+2,x(0),height),...found.slice(0,out.length+
1).flatMap((one,i)=>{let y=HEAD+STEP2*i+8,blind=random[i];return[...blind&&i?[...pair("random",blind,y+9,2.5,x),...Number.
isFinite(gap(blind))?[text("axis",width,y+13,fixed2(gap(blind)),"end")]:[]]:[],text("name",0,y+4,i?`− ${out[i-1]}`:"al\
l there"),...pair("found",one,y,4,x),...Number.isFinite(gap(one))?[text("figure",width,y+3,fixed2(gap(one)),"end")]:[]]}))}function polyline(x,y){let pen="M";return Array.from(y,(value,i)=>{if(!Number.isFinite(value))return pen="M","";let step=`${pen}${x[i].
toFixed(1)} ${value.toFixed(1)}`;return pen="L",step}).join("")}var LEFT=30,RIGHT=12,TOP=8,FOOT=30,LOWEST=-.5,HIGHEST=3,HALVES=1.5;function plotOf(curve,own,width,height){let sizes=[...curve.
sizes,...own?[Math.max(1,own.edges)]:[]],[from,to]=[Math.log(Math.min(...sizes)),Math.log(Math.max(...sizes))],all=[...curve.
found,...curve.random,[own?.faithfulness??0]].flat().filter(Number.isFinite),[low,most]=[Math.max(LOWEST,Math.min(0,...all)),
Math.max(1.05,...all)],high=most>1.05?Math.min(HIGHEST,Math.ceil(2*most)/2):most;return{low,high,x:one=>LEFT+(Math.log(one)-
from)/(to-from||1)*(width-LEFT-RIGHT),y:share=>TOP+(high-Math.max(low,Math.min(high,share)))/(high-low)*(height-TOP-FOOT)}}
function held(kind,value,x,{y,low,high},width){let side=x>width/2?-1:1;return value>high||value<low?[text(kind,x+8*side,
y(value)+4,value>high?"+":"−",side>0?"start":"end")]:[]}function ticksOf({low,high}){let step=high>HALVES?1:.5;return[
...low===LOWEST?[LOWEST]:[],...Array.from({length:Math.floor(high/step)+1},(_,i)=>i*step)]}function nearest(curve,plot,x){
let best=0;return curve.sizes.forEach((one,i)=>{Math.abs(plot.x(one)-x)<Math.abs(plot.x(curve.sizes[best])-x)&&(best=i)}),
best}function drawCurve(target,curve,own,at,width,height){let plot=plotOf(curve,own,width,height),xs=Array.from(curve.sizes,
plot.x),ys=values=>values.map(value=>Number.isFinite(value)?plot.y(value):Number.NaN),known=[...xs.keys()].filter(i=>Number.
isFinite(curve.random[i][1])),bottom=height-FOOT,powers=Array.from({length:8},(_,i)=>10**i).filter(one=>plot.x(one)>=LEFT-
1&&plot.x(one)<=width-RIGHT+1);size(target,width,height),target.replaceChildren(...ticksOf(plot).flatMap(tick=>[line(tick===
0||tick===1?"base":"grid",LEFT,plot.y(tick),width-RIGHT,plot.y(tick)),text("axis",LEFT-6,plot.y(tick)+4,`${tick}`.replace(
"-","−"),"end")]),...powers.flatMap(one=>[line("base",plot.x(one),bottom,plot.x(one),bottom+4),text("axis",plot.x(one),
bottom+15,count(one),"middle")]),text("axis",width-RIGHT,height-2,"edges in the circuit →","end"),text("axis",LEFT,height-
2,"↑ faithfulness"),...known.length>1?[svg("polygon",{class:"mikit-cb-band",points:[...known.map(i=>`${xs[i].toFixed(1)}\
,${plot.y(curve.random[i][2]).toFixed(1)}`),...[...known].reverse().map(i=>`${xs[i].toFixed(1)},${plot.y(curve.random[i][1]).
toFixed(1)}`)].join(" ")})]:[],svg("path",{class:"mikit-cb-random",d:polyline(xs,ys(curve.random.map(([value])=>value)))}),
svg("path",{class:"mikit-cb-line",d:polyline(xs,ys(curve.found.map(([value])=>value)))}),...curve.found.flatMap(([value,
low,high],i)=>[...Number.isFinite(low)?[line("whisker",xs[i],plot.y(low),xs[i],plot.y(high))]:[],...Number.isFinite(value)?
[dot("point",xs[i],plot.y(value),2.5)]:[],...held("mark",value,xs[i],plot,width),...held("axis",curve.random[i][0],xs[i],
plot,width)]),...own&&Number.isFinite(own.faithfulness)?[line("hand",plot.x(own.edges),TOP-4,plot.x(own.edges),bottom),dot(
"dot",plot.x(own.edges),plot.y(own.faithfulness),5),...held("mark",own.faithfulness,plot.x(own.edges),plot,width)]:[],...at===
null?[]:[rect("hover",xs[at]-.5,TOP,1,bottom-TOP)])}function sizeInWords(curve,i){return`${count(curve.sizes[i])} edges:\
 strongest ${fixed2(curve.found[i][0])}, random ${drawnInWords(curve.random[i])}`}function options(select,all,chosen){select.length===all.length&&all.every(([value,label2],i)=>select.options[i].value===
value&&select.options[i].text===label2)||select.replaceChildren(...all.map(([value,label2])=>h("option",{value},label2))),
select.value=chosen}function selectField(label2,signal,changed){let select=h("select",{class:"mikit-select","aria-label":label2});
return select.addEventListener("change",()=>changed(select.value),{signal}),select}var written=text2=>text2.replace(/^ +/,spaces=>"·".repeat(spaces.length)),meant=text2=>text2.replace(/^·+/,dots=>" ".repeat(
dots.length));var TEXTS=[["clean","original"],["answer","answer"],["corrupt","changed"],["foil","foil"]],AGAINST=[["other prompt","cut\
 edges: changed prompt"],["mean","cut edges: mean of texts"],["resample","cut edges: drawn texts"]],Inputs=class{constructor(model,signal,give){
this.model=model;for(let{name,box:box2,short}of this.boxes)short&&(box2.title="One token. The dot stands for a space: in\
 mid-sentence a word begins with one."),box2.addEventListener("change",()=>give({[name]:short?meant(box2.value):box2.value,
on:0}),{signal});this.on=selectField("Prompts that the circuit is tested on",signal,value=>give({on:Number(value)})),this.
against=selectField("What cut edges carry",signal,value=>give({against:value})),this.against.title="What goes along an e\
dge that is not in the circuit (the field says: how it is ablated)",this.on.classList.add("mikit-cb-of-on"),this.against.
classList.add("mikit-cb-of-against"),this.controls=[...this.boxes.map(({box:box2})=>box2),this.on,this.against];let labels=this.
boxes.map(({label:label2})=>label2);this.elements=[...labels.slice(0,2),this.on,...labels.slice(2),this.against,this.differ]}model;boxes=TEXTS.
map(([name,label2])=>{let box2=h("input",{type:"text",class:"mikit-input",spellcheck:"false",autocomplete:"off"});return{
name,box:box2,short:name==="answer"||name==="foil",label:h("label",{class:`mikit-cb-of-${name} mikit-cb-field`},h("span",
{},label2),box2)}});differ=h("p",{class:"mikit-cb-differ"});on;against;controls;elements;differing(){let[before,clean,corrupt,
after]=differing(this.model.get("clean"),this.model.get("corrupt"));if(clean===corrupt)return[];let around=(name,words2)=>[
`${before.includes(" ")?"… ":""}${before.split(" ").at(-1)} `,h("span",{class:`mikit-cb-in-${name}`},words2),` ${after.
split(" ")[0]}${after.includes(" ")?" …":""}`];return["original: ",...around("clean",clean)," · changed: ",...around(
"corrupt",corrupt)]}draw(){let{model}=this,sets=model.get("sets");for(let{name,box:box2,short,label:label2}of this.boxes)
box2.matches(":focus")||(box2.value=short?written(model.get(name)):model.get(name)),short||(box2.title=model.get(name)),
label2.classList.toggle("mikit-cb-unused",model.get("on")>0);this.differ.replaceChildren(...model.get("on")>0?[]:this.differing()),
options(this.on,sets.map((label2,i)=>[`${i}`,`on: ${label2}`]),`${model.get("on")}`),options(this.against,AGAINST,model.
get("against"))}};var GUTTER=44,WIDEST=44,NARROWEST=12,TALLEST=28,TALL={wide:200,narrow:160},APART=4,ESTIMATED="60% 60%";function shapeOf([
layers,heads],width,wide){let pitch=Math.max(NARROWEST,Math.min(WIDEST,Math.floor((width-GUTTER)/layers))),row2=Math.max(
NARROWEST,Math.min(TALLEST,Math.floor(TALL[wide?"wide":"narrow"]/(heads+1))));return{layers,heads,pitch,row:row2,width:GUTTER+
layers*pitch,height:(heads+1)*row2+APART}}var PartMap=class{cells=h("div",{class:"mikit-cb-cells",role:"group"});axes=h(
"div",{"aria-hidden":"true"});element=h("div",{class:"mikit-cb-map"},h("div",{class:"mikit-cb-plot"},this.axes,this.cells));boxes=[];shape=null;cursor=-1;open=!0;constructor(signal,act){
let{cells}=this,at=event=>this.boxes.indexOf(event.target.closest(".mikit-cb-part"));cells.addEventListener("click",event=>{
at(event)<0||(this.move(at(event)),this.open&&act.toggle(at(event)))},{signal}),cells.addEventListener("pointerover",event=>act.
point(at(event),!1),{signal}),cells.addEventListener("pointerleave",()=>act.point(-1,!1),{signal}),cells.addEventListener(
"focusin",event=>{this.cursor=at(event),act.point(this.cursor,!0)},{signal}),cells.addEventListener("focusout",()=>act.point(
-1,!1),{signal}),gridKeys(cells,signal,{size:()=>this.shape?[this.shape.heads+1,this.shape.layers]:[0,0],at:()=>this.cursor<
0?null:[this.cursor%(this.shape.heads+1),Math.floor(this.cursor/(this.shape.heads+1))],move:([row2,column])=>this.move(column*
(this.shape.heads+1)+row2),choose:()=>{this.open&&this.cursor>=0&&act.toggle(this.cursor)},leave:()=>document.activeElement?.
blur()})}move(part){this.boxes[this.cursor]?.setAttribute("tabindex","-1"),this.cursor=part,this.boxes[part]?.setAttribute(
"tabindex","0"),this.boxes[part]?.focus()}draw(grid,width,wide,text2){let shape=shapeOf(grid,width,wide);JSON.stringify(
shape)!==JSON.stringify(this.shape)&&this.build(shape);let{ranking,ticked,theme,open}=text2,map=colourMap("sequential",theme);
this.open=open,this.cells.setAttribute("aria-label",`Parts: layers to the right, heads down, MLPs last. Arrow keys move${open?
", Space puts a part in or takes it out":""}.`),this.boxes.forEach((box2,part)=>{let[score,chosen]=[ranking?.scores[part]??
0,ticked.has(part)],rgb=map.at(ranking?score/ranking.limit:0);box2.style.backgroundImage=`linear-gradient(rgb(${rgb}), r\
gb(${rgb}))`,box2.style.color=inkOn(rgb),box2.textContent=chosen?"✓":"",box2.setAttribute("aria-checked",String(chosen)),
box2.setAttribute("aria-disabled",String(!open)),box2.setAttribute("aria-label",text2.words(part))})}build(shape){this.shape=
shape;let{layers,heads,pitch,row:row2,width,height}=shape,top=at=>at*row2+(at===heads?APART:0),middle=layer=>GUTTER+layer*
pitch+(pitch-2)/2;this.boxes=Array.from({length:layers*(heads+1)},(_,part)=>{let box2=h("div",{class:"mikit-cb-part",role:"\
checkbox",tabindex:-1,"aria-checked":"false","aria-label":partName(part,heads)});return Object.assign(box2.style,{left:`${GUTTER+
Math.floor(part/(heads+1))*pitch}px`,top:`${top(part%(heads+1))}px`,width:`${pitch-2}px`,height:`${row2-2}px`,lineHeight:`${row2-
2}px`,backgroundSize:ESTIMATED}),box2}),this.cursor=Math.max(0,Math.min(this.cursor,this.boxes.length-1)),this.boxes[this.
cursor]?.setAttribute("tabindex","0");let plot=this.cells.parentElement;Object.assign(plot.style,{width:`${width}px`,height:`${height+
16}px`});let every=layers>12?5:1,across=Array.from({length:Math.ceil(layers/every)},(_,i)=>i*every);this.axes.replaceChildren(
...across.map(layer=>label(`${layer}`,middle(layer),height,"layer")),...Array.from({length:heads},(_,head2)=>label(`${head2}`,
GUTTER-6,top(head2)+row2/2-1,"head")),label("MLP",GUTTER-6,top(heads)+row2/2-1,"head"),label("layer →",Math.min(width-
24,middle(every>1?every*(across.length-1)+every/2:layers-1)+(every>1?0:40)),height,"layer"),label("head ↓",0,height,"")),
this.cells.replaceChildren(...this.boxes)}};function label(text2,x,y,kind){let element=h("span",{class:`mikit-cb-label${kind?
` mikit-cb-of-${kind}`:""}`},text2);return Object.assign(element.style,{left:`${x}px`,top:`${y}px`}),element}var HIGHEST2=1.2,EDGE=10,TOP2=16,BAND=14,HEIGHT3=48;function placeOf(share,width){let held2=Math.min(HIGHEST2,Math.max(0,
share));return{x:EDGE+held2/HIGHEST2*(width-2*EDGE),mark:share>HIGHEST2?"+":share<0?"−":""}}function drawStrip(target,tested,predicted,width){
let x=share=>placeOf(share,width).x,middle=TOP2+BAND/2;size(target,width,HEIGHT3);let[value,low,high]=tested?.faithfulness??
[NaN,NaN,NaN],[random,from,to]=tested?.randomFaithfulness??[NaN,NaN,NaN],said=[value,...Number.isFinite(low)?[`from ${fixed2(
low)} to ${fixed2(high)}`]:[]];target.setAttribute("aria-label",Number.isFinite(value)?`Faithfulness ${said.map(one=>typeof one==
"number"?fixed2(one):one).join(", ")}; random circuits ${fixed2(random)}, from ${fixed2(from)} to ${fixed2(to)}${predicted===
null?"":`; you: ${fixed2(predicted)}`}`:"Faithfulness: no number yet");let{x:at,mark}=placeOf(value,width);target.replaceChildren(
...range([random,from,to],TOP2,BAND,x),...Number.isFinite(random)?[svg("line",{class:"mikit-cb-random",x1:x(random),x2:x(
random),y1:TOP2,y2:TOP2+BAND})]:[],line("base",EDGE,TOP2+BAND,width-EDGE,TOP2+BAND),...[0,.5,1].flatMap(tick=>[line("bas\
e",x(tick),TOP2+BAND-(tick===1?BAND:4),x(tick),TOP2+BAND+3),text("axis",x(tick),TOP2+BAND+15,tick===0?"0 all cut":tick===
1?"1 whole model":"0.5",tick===0?"start":"middle")]),...Number.isFinite(random)?[text("axis",Math.max(24,x(random)),TOP2-
5,"random","middle")]:[],...tested?whisker([value,low,high],middle,x):[],...Number.isFinite(value)?[dot("dot",at,middle,
5)]:[],...mark?[text("mark",at+(mark==="+"?-12:9),middle+4,mark)]:[],...predicted===null?[]:[diamond(x(predicted),middle),
text("axis",Math.min(width-26,Math.max(26,x(predicted))),TOP2-5,`you: ${fixed2(predicted)}`,"middle")])}var row=(what,of,found,random=NONE)=>[what,of,...[...found,...random].map(value=>Number.isFinite(value)?value:"")];function tableOf(ranking,tested,curve,beaten,ticked,heads){
let one=value=>[value??Number.NaN,Number.NaN,Number.NaN];return{caption:"Measures in logits, faithfulness as a share; lo\
w and high are a 95 % interval over pairs, those of random circuits the range of the draws.",columns:["what","of","value",
"low","high","random","random low","random high"],rows:[...tested?[row("faithfulness","circuit",tested.faithfulness,tested.
randomFaithfulness),row("logit difference","whole model",tested.whole),row("logit difference","circuit alone",tested.alone,
tested.randomAlone),row("logit difference","circuit taken out",tested.without,tested.randomWithout),row("logit differenc\
e","every edge cut",tested.nothing),...Object.entries(tested.needed).map(([name,loss])=>row("lost without",name,one(loss)))]:
[],...curve?[...Array.from(curve.sizes,(size2,i)=>row("faithfulness",`${size2} edges`,curve.found[i],curve.random[i])),row(
"area","CPR",curve.cpr,curve.randomCpr),row("area","CMD",curve.cmd,curve.randomCmd)]:[],...beaten?beaten.found.map((left,i)=>row(
"apart",i?`without ${beaten.out.slice(0,i).join(", ")}`:"nothing left out",one(gap(left)),one(beaten.random[i]&&gap(beaten.
random[i])))):[],...ranking?ranking.order.map(part=>row(ticked.has(part)?"score, in the circuit":"score",partName(part,heads),
one(ranking.scores[part]))):[]]}}var STEPS2=1e3,STRONGEST=[5,10,20],placeOf2=(count2,edges)=>Math.round(STEPS2*Math.log(count2)/Math.log(Math.max(2,edges))),
countAt=(place2,edges)=>Math.round(Math.max(2,edges)**(place2/STEPS2)),Tools=class{modes;best;slider=h("input",{type:"ra\
nge",class:"mikit-cb-slider",min:0,max:STEPS2,step:1,"aria-label":"How many of the strongest edges"});here=h("span",{class:"\
mikit-cb-here"});choice;strongest;controls;element;edges=1;only=null;constructor(signal,act,ranking,partsOf){this.modes=
[["parts","Parts"],["edges","Strongest edges"]].map(([mode,label2])=>[mode,textButton(label2,signal,()=>act.mode(mode))]);
let all=()=>Array.from({length:partsOf()},(_,part)=>part),best=STRONGEST.map(n=>{let button=textButton(`${n}`,signal,()=>act.
parts(ranking()?.order.slice(0,n)??[]));return button.setAttribute("aria-label",`Tick the strongest ${n} parts`),button});
this.best=best;let[none,every]=[textButton("none",signal,()=>act.parts([])),textButton("all",signal,()=>act.parts(all()))];
this.choice=h("span",{class:"mikit-cb-choice"},"strongest",...best,none,every),this.strongest=h("span",{class:"mikit-cb-\
choice mikit-cb-strongest"},this.slider,this.here),this.controls=[none,every],this.element=h("div",{class:"mikit-cb-tool\
s mikit-chrome"},...this.modes.map(([,button])=>button),h("span",{class:"mikit-gap"}),this.choice,this.strongest),this.slider.
addEventListener("input",()=>{let count2=countAt(this.slider.valueAsNumber,this.edges);this.only&&(count2=this.only.reduce(
(best2,size2)=>Math.abs(Math.log(size2/count2))<Math.abs(Math.log(best2/count2))?size2:best2)),this.write(count2),act.count(
count2)},{signal}),this.slider.addEventListener("keydown",event=>{let by={ArrowRight:1,ArrowUp:1,ArrowLeft:-1,ArrowDown:-1}[event.
key];by&&(event.preventDefault(),act.count(this.next(by)))},{signal})}value=1;next(by){if(this.only)return this.only[Math.
max(0,Math.min(this.only.length-1,this.only.indexOf(this.value)+by))];let factor=by>0?1.1:1/1.1,moved2=by>0?Math.max(this.
value+1,Math.round(this.value*factor)):Math.min(this.value-1,Math.round(this.value*factor));return Math.max(1,Math.min(this.
edges,moved2))}write(count2){this.value=count2,this.slider.value=`${placeOf2(count2,this.edges)}`,this.here.textContent=
`${count(count2)} of ${count(this.edges)} edges`,this.slider.setAttribute("aria-valuetext",this.here.textContent)}draw(mode,count2,ranking,curve,live){
for(let[name,button]of this.modes)button.setAttribute("aria-pressed",String(name===mode));this.choice.hidden=mode!=="par\
ts",this.strongest.hidden=mode!=="edges";for(let button of this.best)button.disabled=!ranking||!live;this.edges=ranking?.
edges??Math.max(2,count2),this.only=live?null:[...new Set(curve?.sizes??[])],this.slider.disabled=!ranking||this.only?.length===
0,this.write(count2)}};var SIDE=264,GAP=24,CURVE={wide:142,narrow:140},ASKED_OF_ALL=["rank","test","curve"],NO_PART="No part is ticked. With ev\
ery edge cut the model runs as it does on the changed values: the faithfulness of nothing is 0.",TICK=" Tick a part.",NO_RANKING="\
The edges are being ranked.",NOT_RUN="No circuit was run.",NO_NUMBERS="There are no numbers: the sentence below says why\
.",TABS=[["told","The circuit"],["sizes","Every size"],["adversary","Adversary"]],box=(kind,...children)=>h("div",{class:`\
mikit-cb-${kind}`},...children);function render({model,el,signal}){let ranking=rankingOf(model.get("ranking")),tested=testedOf(
model.get("tested")),curve=curveOf(model.get("curve")),beaten=beatenOf(model.get("beaten")),under=-1,at=null,tab="told",
heads=()=>model.get("grid")[1],partsOf=()=>model.get("grid")[0]*(heads()+1),view=frame(model,el,signal,{name:"circuitbui\
lder",table:()=>tableOf(ranking,shown(),curve,beaten,ticked(),heads()),reset:()=>show("told")});function ticked(){return model.
get("mode")==="parts"?new Set(model.get("parts").map(name=>partNumber(name,heads()))):new Set([...ranking?.first??[]].flatMap(
(place2,part)=>place2>0&&place2<=model.get("count")?[part]:[]))}function choose(parts){view.live&&(view.set({mode:"parts",
parts:[...parts].sort((a,b)=>a-b).map(part=>partName(part,heads()))},["test"]),view.draw())}function toggle(part){let now=ticked();
now.delete(part)||now.add(part),choose([...now]),view.say(`${partName(part,heads())} ${now.has(part)?"is in":"is out"}; ${now.
size} parts.`)}function point(part,byKey){under=part,drawReadout(),byKey&&part>=0&&view.say(words2(part))}function words2(part){
return partInWords(part,heads(),ranking,ticked().has(part),shown(),model.get("mode"))}function show(now){tab=now,view.draw()}
let inputs=new Inputs(model,signal,given=>view.set(given,ASKED_OF_ALL)),tools=new Tools(signal,{mode:mode=>view.set({mode},
["test"]),parts:choose,count:count2=>{view.set({count:count2},view.live?["test"]:[]),view.draw()}},()=>ranking,partsOf),
map=new PartMap(signal,{toggle,point}),scale=legend(),readout=h("p",{class:"mikit-cb-readout"}),strip=svg("svg",{class:"\
mikit-cb-strip",role:"img"}),bars=svg("svg",{class:"mikit-cb-bars",role:"img"}),verdict=h("p",{class:"mikit-cb-small"}),
nothing=h("p",{class:"mikit-cb-nothing"}),told=box("told",bars,verdict),chart=svg("svg",{class:"mikit-cb-curve",role:"im\
g"}),key=box("key",h("span",{class:"mikit-cb-of-found"},"— strongest edges first"),h("span",{},"┄ random circuits, and\
 their range"),h("span",{class:"mikit-cb-of-found"},"● yours")),areas=h("p",{class:"mikit-cb-small"}),sizes=box("sizes",
key,chart,areas),beat=h("button",{type:"button",class:"mikit-primary"},"Beat it");beat.addEventListener("click",()=>view.
set({beating:!0},["beat"]),{signal});let challenge=h("p",{class:"mikit-cb-small"}),rounds=svg("svg",{class:"mikit-cb-rou\
nds",role:"img"}),played=box("played",rounds),adversary=box("adversary",played,challenge,beat),tabs=TABS.map(([name,label2])=>[
name,textButton(label2,signal,()=>show(name))]),left=box("left",tools.element,map.element,box("under",readout,scale.element)),
right=box("right",view.number.element,strip,nothing),bar=box("tabs mikit-chrome",...tabs.map(([,button])=>button));view.
inputs.append(...inputs.elements),view.stage.append(left,right,bar,told,sizes,adversary);for(let control of[...inputs.controls,
...tools.controls,beat])view.needsKernel(control);view.tie(map.element,"rank");for(let element of[right,told])view.tie(element,
"test");view.tie(sizes,"curve"),view.tie(played,"beat"),chart.addEventListener("pointermove",event=>{curve&&(at=nearest(
curve,plotOf(curve,own(),curveWidth(),0),event.clientX-chart.getBoundingClientRect().left),drawSizes())},{signal}),chart.
addEventListener("pointerleave",()=>{at=null,drawSizes()},{signal});let sideWidth=()=>view.wide?SIDE:Math.floor((view.width-
GAP)/2),curveWidth=()=>view.wide?view.width-SIDE-GAP:view.width;function own(){let now=shown();return now&&{edges:now.edges,
faithfulness:now.faithfulness[0]}}function drawReadout(){readout.textContent=under>=0?words2(under):restInWords(ranking),
readout.classList.toggle("mikit-muted",under<0)}function stored(){return view.live||model.get("mode")!=="edges"||!curve||
tested?.mode==="edges"&&tested.edges===model.get("count")?-1:curve.sizes.indexOf(model.get("count"))}function shown(){let i=stored();
return i<0?view.live||tested?.mode===model.get("mode")?tested:null:tested&&{...tested,mode:"edges",parts:[],needed:{},alone:NONE,
without:NONE,randomAlone:NONE,randomWithout:NONE,edges:curve.sizes[i],faithfulness:curve.found[i],randomFaithfulness:curve.
random[i],draws:curve.draws}}function drawNumber(){let[i,now]=[stored(),shown()],empty=model.get("mode")==="parts"&&!model.
get("parts").length;nothing.hidden=now!==null&&!empty;let halted=!view.live||model.get("status").state==="stopped";nothing.
textContent=model.get("error")&&view.live?NO_NUMBERS:empty&&ranking?NO_PART+(view.live?TICK:""):halted?NOT_RUN:ranking?"\
The circuit is being run.":NO_RANKING;for(let element of[view.number.element,strip])element.toggleAttribute("hidden",!nothing.
hidden);bars.toggleAttribute("hidden",i>=0||!nothing.hidden),verdict.textContent="",!(!now||empty)&&(view.number.show({label:`\
faithfulness of ${circuitInWords(now,view.wide?ranking?.edges:void 0)}`,...faithfulnessInWords(now),below:randomInWords(
now)}),drawStrip(strip,now,model.get("predicted"),sideWidth()),drawBars(bars,now,view.wide?SIDE:Math.min(view.width,420)),
verdict.textContent=i>=0?"Of this size only the curve was measured.":[aboveInWords(now),knockedInWords(now),neededInWords(
now)].filter(Boolean).join(" "))}function drawSizes(){if(chart.toggleAttribute("hidden",!curve),key.hidden=!curve,!curve){
areas.textContent=view.live?"Faithfulness of the strongest edges, size by size: comes after the ranking.":"The sizes wer\
e not measured.";return}drawCurve(chart,curve,own(),at,curveWidth(),CURVE[view.wide?"wide":"narrow"]),chart.setAttribute(
"aria-label",`Faithfulness by size. ${areasInWords(curve)}. “Read as a table” has every number.`),areas.textContent=
at===null?areasInWords(curve):sizeInWords(curve,at)}function drawAdversary(){let{state}=model.get("status"),empty=model.
get("mode")==="parts"&&!model.get("parts").length;rounds.toggleAttribute("hidden",!beaten),beat.hidden=!view.live||empty||
model.get("beating")&&state!=="stopped"&&state!=="error"||(beaten?.done??!1),challenge.textContent=beaten?beatenInWords(
beaten,state==="stopped"):view.live?model.get("beating")&&state!=="stopped"?"The adversary is looking.":askBeatInWords(model.
get("estimate")?.seconds):"The adversary was not asked.",beaten&&drawRounds(rounds,beaten,view.wide?SIDE:view.width)}function draw(){
let wide=view.wide;inputs.draw(),tools.draw(model.get("mode"),model.get("count"),ranking,curve,view.live),map.draw(model.
get("grid"),wide?view.width-SIDE-GAP:view.width,wide,{ranking,ticked:ticked(),theme:view.theme,open:view.live&&model.get(
"mode")==="parts",words:words2}),scale.show({kind:"sequential",theme:view.theme,limit:ranking?.limit??1,unit:"logits"});
for(let[name,button]of tabs)button.setAttribute("aria-pressed",String(name===tab));for(let[name,element]of[["told",told],
["sizes",sizes],["adversary",adversary]])element.classList.toggle("mikit-cb-behind",name!==tab);drawReadout(),drawNumber(),
drawSizes(),drawAdversary()}let decoded=(trait,read)=>view.watch([trait],()=>{read(),view.draw()});decoded("ranking",()=>{
ranking=rankingOf(model.get("ranking"))}),decoded("tested",()=>{tested=testedOf(model.get("tested"))}),decoded("curve",()=>{
curve=curveOf(model.get("curve"))}),decoded("beaten",()=>{beaten=beatenOf(model.get("beaten"))}),view.watch(["clean","co\
rrupt","answer","foil","on","against","mode","parts","count","beating","sets","grid","predicted","estimate","status"]),view.
onDraw(draw)}var circuitbuilder_default={render};export{circuitbuilder_default as default};
