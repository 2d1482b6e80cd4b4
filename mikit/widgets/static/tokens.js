// Generated from widgets/src by `npm run build`. Do not edit.
var ARRAYS={float32:Float32Array,uint8:Uint8Array,int32:Int32Array};function bytesOf(data){return data instanceof ArrayBuffer?
new Uint8Array(data):new Uint8Array(data.buffer,data.byteOffset,data.byteLength)}function decode(wire){let Type=ARRAYS[wire.
dtype],size=Type.BYTES_PER_ELEMENT,bytes=bytesOf(wire.data),wanted=wire.shape.reduce((a,b)=>a*b,1)*size;if(bytes.byteLength!==
wanted)throw new RangeError(`An array of shape [${wire.shape.join(", ")}] needs ${wanted} bytes, ${bytes.byteLength} cam\
e.`);return bytes.byteOffset%size!==0&&(bytes=bytes.slice()),new Type(bytes.buffer,bytes.byteOffset,bytes.byteLength/size)}function fill(element,attributes,children){for(let[name,value]of Object.entries(attributes))value===!0?element.setAttribute(
name,""):value!==!1&&element.setAttribute(name,String(value));element.append(...children)}function h(tag,attributes={},...children){
let element=document.createElement(tag);return fill(element,attributes,children),element}function textButton(label,signal,onClick){let button=h("button",{type:"button",class:"mikit-text-button"},label);return button.
addEventListener("click",onClick,{signal}),button}function moved(key,from,rows,columns,up=!1){let[row,column]=from,hold=(value,count)=>Math.min(count-1,Math.max(0,value)),
down=up?-1:1;switch(key){case"ArrowRight":return[row,hold(column+1,columns)];case"ArrowLeft":return[row,hold(column-1,columns)];case"\
ArrowDown":return[hold(row+down,rows),column];case"ArrowUp":return[hold(row-down,rows),column];case"Home":return[row,0];case"\
End":return[row,columns-1];default:return null}}function gridKeys(element,signal,grid){element.addEventListener("keydown",
event=>{if(event.ctrlKey||event.metaKey||event.altKey)return;let[rows,columns]=grid.size();if(!rows||!columns)return;let up=grid.
up?.()??!1,at=grid.at(),start=[up?rows-1:0,0];if(event.key==="Escape")grid.leave();else if((event.key==="Enter"||event.key===
" ")&&at)grid.choose(at);else{let next=moved(event.key,at??start,rows,columns,up);if(!next)return;grid.move(at?next:start)}
event.preventDefault()},{signal})}function containKeys(root,signal){root.addEventListener("keydown",event=>{event.ctrlKey||
event.metaKey||event.shiftKey&&event.key==="Enter"||event.stopPropagation()},{signal})}var Flow=class{constructor(signal,act){this.act=act;let at=event=>this.spans.indexOf(event.target.closest(".mikit-token")),
hover=i=>{i!==this.under&&(this.under=i,this.mark(),act.point(this.active,!1))};this.element.addEventListener("pointerov\
er",event=>hover(at(event)),{signal}),this.element.addEventListener("pointerleave",()=>hover(-1),{signal}),this.element.
addEventListener("click",event=>{at(event)>=0&&act.choose?.(at(event))},{signal}),gridKeys(this.element,signal,{size:()=>[
1,this.spans.length],at:()=>this.cursor>=0?[0,this.cursor]:null,move:([,i])=>{this.cursor=i,this.under=-1,this.spans[i]?.
scrollIntoView?.({block:"nearest"}),this.mark(),act.point(i,!0)},choose:([,i])=>act.choose?.(i),leave:()=>this.forget()})}act;element=h(
"div",{class:"mikit-flow",tabindex:0,role:"group"});spans=[];under=-1;cursor=-1;get hovered(){return this.under}get active(){
return this.under>=0?this.under:this.cursor}forget(){this.cursor=this.under=-1,this.mark(),this.act.point(-1,!1)}show(spans,label,nothing){
this.spans=spans,this.cursor=Math.min(this.cursor,spans.length-1),this.under=Math.min(this.under,spans.length-1),this.element.
replaceChildren(...spans.length?spans:[h("span",{class:"mikit-muted"},nothing)]),this.element.setAttribute("aria-label",
label),this.mark()}mark(){this.spans.forEach((span,i)=>span.classList.toggle("mikit-token-active",i===this.active))}};function withMinus(text){let typeset=text.replace("-","−");return/[1-9]/.test(typeset)?typeset:typeset.replace("−","")}
function fixed(value,digits=2){if(Number.isNaN(value))return"NaN";if(!Number.isFinite(value))return value>0?"∞":"−∞";
let size=Math.abs(value);return size!==0&&size<.5*10**-digits?withMinus(value.toExponential(1)):size>=1e5?withMinus(value.
toExponential(2)):withMinus(value.toFixed(size>=1e3?0:digits))}function signed(value,digits=2){return value>0?`+${fixed(
value,digits)}`:fixed(value,digits)}function valueText(value,scale){return scale==="diverging"?signed(value):fixed(value)}function withUnit(text,unit){return unit?
`${text} ${unit}`:text}function download(name,blob){let link=document.createElement("a");link.href=URL.createObjectURL(blob),link.download=name,
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
(resolve,reject)=>{canvas.toBlob(blob=>blob?resolve(blob):reject(new Error("The browser made no picture.")),"image/png")})}var ANSWER_MS=1500;function copyButton(label,signal,copy){let button=textButton(label,signal,()=>{copy().then(copied=>copied?
"Copied":"Downloaded",()=>"No copy made").then(answer=>{button.textContent=answer,setTimeout(()=>{button.textContent=label},
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
canSave,page.hidden=text.gone||text.frozen}}}function numberSlot(){let[label,value,unit,below]=["label","value","unit","below"].map(part=>h("span",{class:`mikit-numb\
er-${part}`})),element=h("div",{class:"mikit-number"},label,h("span",{class:"mikit-number-line"},value," ",unit),below),
show=text=>{label.textContent=text.label,value.textContent=text.value,unit.textContent=text.unit??"",below.textContent=text.
below??""},clear=()=>show({label:" ",value:" ",below:" "});return clear(),{element,show,clear}}function toggling(label,className,signal,fill2){let element=h("div",{class:className,hidden:!0}),refresh=()=>{element.hidden||
fill2(element,refresh)},button=textButton(label,signal,()=>{element.hidden=!element.hidden,button.setAttribute("aria-exp\
anded",String(!element.hidden)),refresh()});return button.setAttribute("aria-expanded","false"),{button,element,refresh}}
var FLAVOURS=[["mikit","mikit"],["nnsight","plain nnsight"]];function codePanel(signal,code){let chosen="mikit";return toggling(
"Code","mikit-code",signal,(panel,refresh)=>{let texts=code(),there=FLAVOURS.filter(([flavour])=>texts[flavour]!==void 0);
if(!there.length){panel.replaceChildren(h("p",{class:"mikit-muted"},"No code yet: it comes with the first result."));return}
texts[chosen]===void 0&&(chosen=there[0][0]);let text=texts[chosen]??"",listing=h("pre",{tabindex:0,role:"region","aria-\
label":`Code, ${chosen}`},text),tabs=there.map(([flavour,label])=>{let tab=textButton(label,signal,()=>{chosen=flavour,refresh()});
return tab.setAttribute("aria-pressed",String(flavour===chosen)),tab}),copy=textButton("Copy",signal,()=>{copyText(text).
then(done=>{copy.textContent=done?"Copied":"Select and copy by hand"})});panel.replaceChildren(h("div",{class:"mikit-cod\
e-bar"},...tabs,h("span",{class:"mikit-gap"}),copy),listing)})}var MOST_ROWS=400;function heading(name,first){return h("\
th",typeof first=="number"?{scope:"col",class:"mikit-figure"}:{scope:"col"},name)}function cell(value){return typeof value==
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
return new Set(Object.keys(asked).filter(lane=>lane in answers&&asked[lane]!==answers[lane]))}function labelled(label,text){
return text?[h("b",{},`${label} `),text]:[]}function frame(model,host,signal,options){let gone=!1,speech,draws=[],ties=[],
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
"2d")??null;return context?.setTransform(ratio,0,0,ratio,0,0),context}var WIDTH=120,HEIGHT=8;function legend(){let canvas=h("canvas",{role:"presentation"}),marks=h("div",{class:"mikit-legend\
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
return pieces(text).map(piece=>piece.text).join("")}function tokenSpan(token){let span=h("span",{class:token.special?"mikit-token mikit-token-special":"mikit-token"});for(let piece of pieces(
token.text))span.append(piece.muted?h("span",{class:"mikit-token-mark"},piece.text):piece.text);return span}var DIVERGING_REACH=.6;function reachOf(kind){return kind==="diverging"?DIVERGING_REACH:1}function tint(element,value,{kind,
limit,theme}){let{t,mark}=value===null?{t:0,mark:""}:place(value,limit,kind);element.classList.toggle("mikit-tint-out",mark===
"×"),element.toggleAttribute("data-mark",mark==="+"||mark==="−"),element.hasAttribute("data-mark")&&element.setAttribute(
"data-mark",mark);let plain=value===null||mark==="×"||t===0;element.classList.toggle("mikit-tinted",!plain);let rgb=colourMap(
kind,theme).at(t*reachOf(kind));element.style.backgroundColor=plain?"":`rgb(${rgb.join(" ")})`,element.style.color=plain?
"":inkOn(rgb)}function tinted(token,value,how){let span=tokenSpan(token);return tint(span,value,how),span}function largest(values){let best=-1;return values?.forEach((value,i)=>{!Number.isNaN(value)&&(best<0||Math.abs(value)>Math.
abs(values[best]))&&(best=i)}),best}function render({model,el,signal}){let values=null,spans=[],view=frame(model,el,signal,
{name:"tokens",table:()=>({caption:withUnit(model.get("title"),model.get("unit")&&`(${model.get("unit")})`),columns:values?
["position","token",model.get("unit")||"value"]:["position","token"],rows:model.get("tokens").map((token,i)=>[String(i),
tokenLabel(token.text),...values?[values[i]]:[]])}),reset:()=>flow.forget()}),flow=new Flow(signal,{point(i,byKey){point(),
byKey&&view.say(`${nameOf(i)}${values?`: ${withUnit(figure(i),model.get("unit"))}`:""}`)},choose}),scaleLegend=legend();
view.stage.append(h("div",{},flow.element,scaleLegend.element),view.number.element);let figure=i=>values?valueText(values[i],
model.get("scale")):"",nameOf=i=>`position ${i}, ${tokenLabel(model.get("tokens")[i]?.text??"")}`;function point(){let selected=model.
get("selected"),{active}=flow;spans.forEach((span,i)=>span.classList.toggle("mikit-tokens-selected",i===selected));let shown=[
active,selected,largest(values)].find(i=>i>=0&&i<spans.length)??-1;if(shown<0){view.number.clear();return}let why=shown===
active?flow.hovered>=0?"under the pointer":"under the cursor":shown===selected?"selected":"largest";view.number.show({label:nameOf(
shown),value:figure(shown)||" ",unit:values?model.get("unit"):"",below:why})}function choose(i){let released=model.get(
"selected")===i;view.set({selected:released?-1:i}),view.say(`${nameOf(i)} ${released?"released":"selected"}`)}function draw(){
let[tokens,wire,kind,limit]=[model.get("tokens"),model.get("values"),model.get("scale"),model.get("limit")];values=wire&&
decode(wire),spans=tokens.map((token,i)=>tinted(token,values?values[i]:null,{kind,limit,theme:view.theme})),flow.element.
classList.toggle("mikit-tokens-plain",values===null),flow.show(spans,`${tokens.length} tokens. Arrow keys move, Enter se\
lects, Escape leaves.`,"No tokens yet."),scaleLegend.element.hidden=values===null,scaleLegend.show({kind,limit,theme:view.
theme,unit:model.get("unit"),reach:reachOf(kind)}),point()}view.watch(["tokens","values","unit","scale","limit"]),view.watch(
["selected"],point),view.onDraw(draw)}var tokens_default={render};export{tokens_default as default};
