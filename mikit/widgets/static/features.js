// Generated from widgets/src by `npm run build`. Do not edit.
function fill(element,attributes,children){for(let[name,value]of Object.entries(attributes))value===!0?element.setAttribute(
name,""):value!==!1&&element.setAttribute(name,String(value));element.append(...children)}function h(tag,attributes={},...children){
let element=document.createElement(tag);return fill(element,attributes,children),element}function svg(tag,attributes={},...children){
let element=document.createElementNS("http://www.w3.org/2000/svg",tag);return fill(element,attributes,children),element}
function textButton(label,signal,onClick){let button=h("button",{type:"button",class:"mikit-text-button"},label);return button.
addEventListener("click",onClick,{signal}),button}function withMinus(text){let typeset=text.replace("-","−");return/[1-9]/.test(typeset)?typeset:typeset.replace("−","")}
function fixed(value,digits=2){if(Number.isNaN(value))return"NaN";if(!Number.isFinite(value))return value>0?"∞":"−∞";
let size=Math.abs(value);return size!==0&&size<.5*10**-digits?withMinus(value.toExponential(1)):size>=1e5?withMinus(value.
toExponential(2)):withMinus(value.toFixed(size>=1e3?0:digits))}function signed(value,digits=2){return value>0?`+${fixed(
value,digits)}`:fixed(value,digits)}function percent(share2){return share2>0&&share2<.005?"<1 %":`${fixed(Math.round(100*
share2),0)} %`}function interval(value,low,high,digits=1){return`${fixed(value,digits)} [${fixed(low,digits)}, ${fixed(high,
digits)}]`}function download(name,blob){let link=document.createElement("a");link.href=URL.createObjectURL(blob),link.download=name,
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
canSave,page.hidden=text.gone||text.frozen}}}function containKeys(root,signal){root.addEventListener("keydown",event=>{event.ctrlKey||event.metaKey||event.shiftKey&&
event.key==="Enter"||event.stopPropagation()},{signal})}function numberSlot(){let[label,value,unit,below]=["label","value","unit","below"].map(part=>h("span",{class:`mikit-numb\
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
return status.text||"stopped";default:return status.text||"ready"}}function statusLine(signal,stop){let bar2=h("span",{class:"\
mikit-progress"}),text=h("span",{class:"mikit-status-text"}),failed=h("span",{class:"mikit-error",role:"alert"}),note=h(
"span",{class:"mikit-note"}),stopButton=textButton("Stop",signal,stop);stopButton.classList.add("mikit-stop");let tools=h(
"span",{class:"mikit-tools"}),element=h("div",{class:"mikit-status"},h("span",{class:"mikit-status-line"},text,stopButton,
failed,note),tools,bar2);return{element,tools,show:status=>{let error=status.error||(status.state==="error"?status.text:
""),off=status.gone||status.frozen,working=!off&&(status.state==="busy"||status.state==="waiting");text.textContent=status.
gone?`The kernel is gone. The picture stays; run ${cellOf(element)} again to go on.`:status.frozen?FROZEN:error?"":words(
status),failed.textContent=error&&!off?`× ${error}`:"",note.textContent=status.gone||error?"":status.note,stopButton.hidden=
!working,bar2.style.width=working?`${Math.round(100*status.done)}%`:"0"}}}var WIDE=700,REST_MS=150,SILENT_MS=1e3,WAITING={state:"waiting",text:"waiting for your cell",done:0},TRAITS=["title","ch\
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
model,host,signal,lose),signal.addEventListener("abort",()=>{clearTimeout(speech),root.remove()}),refresh(),view}var BYTES=/((?:⟨[0-9A-F]{2}(?: [0-9A-F]{2})*⟩)+)/;function joinBytes(run){return`⟨${(run.match(/[0-9A-F]{2}/g)??[]).
join(" ")}⟩`}function pieces(text){if(text==="")return[{text:"∅",muted:!0}];let spaces=/^ */.exec(text)?.[0].length??
0,out=spaces?[{text:"·".repeat(spaces),muted:!0}]:[],rest=text.slice(spaces).replaceAll("\r","␍");for(let part of rest.
split(/(\n+|\t+)/).flatMap(piece=>piece.split(BYTES)))part!==""&&(part[0]===`
`?out.push({text:"⏎".repeat(part.length),muted:!0}):part[0]==="	"?out.push({text:"⇥".repeat(part.length),muted:!0}):
BYTES.test(part)?out.push({text:joinBytes(part),muted:!0}):out.push({text:part,muted:!1}));return out}function tokenLabel(text){
return pieces(text).map(piece=>piece.text).join("")}function tokenSpan(token){let span=h("span",{class:token.special?"mikit-token mikit-token-special":"mikit-token"});for(let piece of pieces(
token.text))span.append(piece.muted?h("span",{class:"mikit-token-mark"},piece.text):piece.text);return span}var STOPS={diverging:{light:"#8A3B06 #C4661F #E39B5F #F4CFAE #F3F3F1 #B9D4EC #74A9DA #2F78C0 #0B4A8F",dark:"#FFBE7D #D98\
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
return fromOklab([from[0]+f*(to[0]-from[0]),from[1]+f*(to[1]-from[1]),from[2]+f*(to[2]-from[2])])})}kind;table;at(t){let share2=this.
kind==="diverging"?(t+1)/2:t;return this.table[Math.round(STEPS*Math.min(1,Math.max(0,share2)))]}css(t){return`rgb(${this.
at(t).join(" ")})`}pixels(){return Uint32Array.from({length:256},(_,i)=>packed(this.table[Math.round(i/255*STEPS)]))}};function packed(rgb){
return(255<<24|rgb[2]<<16|rgb[1]<<8|rgb[0])>>>0}var maps=new Map;function colourMap(kind,theme){let key=`${kind} ${theme}`,
map=maps.get(key);return map||maps.set(key,map=new ColourMap(kind,theme)),map}function place(value,limit,kind){if(Number.
isNaN(value))return{t:0,mark:"×"};let low=kind==="diverging"?-limit:0,t=limit>0?Math.min(1,Math.max(low/limit,value/limit)):
0,slack=1e-6*Math.abs(limit);return{t,mark:value>limit+slack?"+":value<low-slack?"−":""}}function sizeCanvas(canvas,width,height){let ratio=globalThis.devicePixelRatio||1;canvas.width=Math.ceil(width*ratio),canvas.
height=Math.ceil(height*ratio),canvas.style.width=`${width}px`,canvas.style.height=`${height}px`;let context=canvas.getContext?.(
"2d")??null;return context?.setTransform(ratio,0,0,ratio,0,0),context}var LEFT=46,BOTTOM=16,PAD=5,REACH=12;function places({density,peak},width,height){let[low,high,most]=[1,0,0];density.forEach(
(share2,id)=>{share2<=0||([low,high]=[Math.min(low,share2),Math.max(high,share2)],most=Math.max(most,peak[id]))});let span=Math.
log(high/low)||1,x=Float32Array.from(peak,value=>LEFT+PAD+value/(most||1)*(width-LEFT-2*PAD)),y=Float32Array.from(density,
share2=>share2>0?PAD+Math.log(high/share2)/span*(height-BOTTOM-2*PAD):Number.NaN);return{x,y,low,high,most}}function nearest(at,x,y){
let[best,least]=[-1,REACH**2];for(let id=0;id<at.x.length;id++){let far=(at.x[id]-x)**2+(at.y[id]-y)**2;far<least&&([best,
least]=[id,far])}return best}function rare(share2){return share2===0||share2>=.1?percent(share2):`${Number((100*share2).
toPrecision(share2<.001?1:2))} %`}function dot(context,x,y,radius){context.beginPath(),context.arc(x,y,radius,0,2*Math.PI)}
function scatterOf(signal,pick,point){let canvas=h("canvas",{role:"img"}),[high,low,most]=[h("span",{}),h("span",{}),h("\
span",{})],element=h("div",{class:"mikit-fd-scatter"},canvas,h("div",{class:"mikit-fd-yaxis"},high,low),h("div",{class:"\
mikit-fd-xaxis"},h("span",{},"0"),most)),at={x:new Float32Array,y:new Float32Array},under=event=>{let box=canvas.getBoundingClientRect();
return nearest(at,event.clientX-box.left,event.clientY-box.top)};return canvas.addEventListener("pointermove",event=>point(
under(event)),{signal}),canvas.addEventListener("pointerleave",()=>point(-1),{signal}),canvas.addEventListener("click",event=>{
let id=under(event);id>=0&&pick(id)},{signal}),{element,draw({all,chosen,found,width,height,ink,edge,data}){let placed=places(
all,width,height);at=placed;let[x,y]=[placed.x,placed.y],context=sizeCanvas(canvas,width,height);high.textContent=rare(placed.
high),low.textContent=rare(placed.low),most.textContent=placed.most.toFixed(0);let never=all.density.reduce((count,share2)=>count+
+(share2===0),0);if(canvas.setAttribute("aria-label",`${all.density.length} features: how often each fires, from ${rare(
placed.low)} to ${rare(placed.high)} of tokens, upwards, against its largest activation, up to ${placed.most.toFixed(0)}\
. ${never} never fired. The list and the table name them.`),!!context){context.strokeStyle=edge,context.beginPath(),context.
moveTo(LEFT-.5,0),context.lineTo(LEFT-.5,height-BOTTOM+.5),context.lineTo(width,height-BOTTOM+.5),context.stroke(),context.
fillStyle=data,context.globalAlpha=found?.12:.3;for(let id=0;id<x.length;id++)Number.isNaN(y[id])||context.fillRect(x[id]-
1,y[id]-1,2,2);context.globalAlpha=1;for(let id of found??[])dot(context,x[id],y[id],2.5),context.fill();context.strokeStyle=
ink,context.lineWidth=2,dot(context,x[chosen],y[chosen],5),context.stroke(),context.lineWidth=1}}}}var BARS_WIDE=170,BARS_HIGH=72,WRITTEN=6;function scoreText(label){return label.score?interval(...label.score,2):"untest\
ed"}function headLine(tools){let name=h("div",{class:"mikit-fd-name"}),facts=h("p",{class:"mikit-fd-facts"}),why=h("span",
{class:"mikit-fd-why"});return{element:h("div",{class:"mikit-fd-head"},name,facts,h("div",{class:"mikit-fd-tools"},why,...tools)),
show(id,label,all,opening){let said=label.score?h("span",{class:"mikit-fd-said"},`blind score ${scoreText(label)}`):h("s\
pan",{class:"mikit-fd-untested"},"untested");if(name.replaceChildren(h("span",{class:"mikit-fd-number"},`${id}`)," ",label.
words||"no label",label.typed?" (yours)":""," · ",said),!all)return;let stability=all.stability[id]??Number.NaN;facts.textContent=
[label.shuffled===null?"":`${label.typed?"answers shuffled":"another feature's label here"} ${fixed(label.shuffled)}`,Number.
isNaN(stability)?"another seed: unknown":`in another seed ${fixed(stability)} (random directions ${fixed(all.stability_random)}\
)`].filter(Boolean).join(" · "),why.textContent=opening?.why??"",why.title=why.textContent}}}function histogram(counts,peak){
let most=Math.max(1,...counts.map(count=>Math.log1p(count))),step=BARS_WIDE/counts.length;return svg("svg",{class:"mikit\
-fd-histogram",width:BARS_WIDE,height:BARS_HIGH,role:"img","aria-label":`Firings by activation, from 0 to ${fixed(peak,1)}\
: ${counts.join(", ")}`},...counts.map((count,i)=>{let tall=Math.log1p(count)/most*(BARS_HIGH-1);return svg("rect",{x:i*
step,y:BARS_HIGH-1-tall,width:step-1,height:tall},svg("title",{},`${count} firings`))}),svg("line",{x1:0,x2:BARS_WIDE,y1:BARS_HIGH-
.5,y2:BARS_HIGH-.5}))}function written(title,rows,most){return h("div",{class:"mikit-fd-written"},h("div",{class:"mikit-\
fd-small"},title),...Array.from({length:WRITTEN},(_,i)=>{let row=rows[i];if(!row)return h("div",{class:"mikit-fd-token"},
i===0?"not known":" ");let bar2=h("span",{class:row.value<0?"mikit-fd-bar mikit-fd-down":"mikit-fd-bar"});bar2.style.width=
`${100*Math.abs(row.value)/most}%`;let name=tokenSpan({text:row.token,special:!1});return name.title=tokenLabel(row.token),
h("div",{class:"mikit-fd-token"},name,h("span",{class:"mikit-fd-track"},bar2),h("span",{class:"mikit-fd-figure"},signed(
row.value)))}))}function panelsOf(){let element=h("div",{class:"mikit-fd-panels"});return{element,show(detail,peak,density){
if(!detail)return element.replaceChildren();let most=Math.max(1e-9,...[...detail.promoted,...detail.suppressed].map(({value})=>Math.
abs(value)));element.replaceChildren(h("div",{},h("div",{class:"mikit-fd-small"},`${detail.firings} firings, ${rare(density)}\
 of tokens`),histogram(detail.histogram,peak),h("div",{class:"mikit-fd-ends"},h("span",{},"0"),h("span",{},"activation, \
counts log"),h("span",{},fixed(peak,1)))),written("promotes (logits a unit)",detail.promoted,most),written("suppresses",
detail.suppressed,most))}}}function neighbours(signal,pick){let element=h("div",{class:"mikit-fd-near"}),one=({id,value},words2)=>{
let button=textButton(`${id}`,signal,()=>pick(id));return button.title=words2||"no label",h("span",{},button,` ${fixed(value)}`)};
return{element,show(detail,named){let line2=(title,near)=>h("div",{},h("span",{class:"mikit-muted"},title),...near.slice(
0,3).map(each=>one(each,named(each.id))));element.replaceChildren(...detail?[line2("cosine",detail.cosine),line2("togeth\
er",detail.together)]:[])}}}var share=value=>value===null?"–":percent(value);var ARRAYS={float32:Float32Array,uint8:Uint8Array,int32:Int32Array};function bytesOf(data){return data instanceof ArrayBuffer?
new Uint8Array(data):new Uint8Array(data.buffer,data.byteOffset,data.byteLength)}function decode(wire){let Type=ARRAYS[wire.
dtype],size=Type.BYTES_PER_ELEMENT,bytes=bytesOf(wire.data),wanted=wire.shape.reduce((a,b)=>a*b,1)*size;if(bytes.byteLength!==
wanted)throw new RangeError(`An array of shape [${wire.shape.join(", ")}] needs ${wanted} bytes, ${bytes.byteLength} cam\
e.`);return bytes.byteOffset%size!==0&&(bytes=bytes.slice()),new Type(bytes.buffer,bytes.byteOffset,bytes.byteLength/size)}var BANDS=["strongest","upper","middle","lower"];function labelsOf({words:words2,label,before}){let[places2,after,wide]=[
decode(label),decode(before),label.shape[1]??0];return Array.from(after,(one,id)=>{let named=[...places2.subarray(id*wide,
(id+1)*wide)].filter(place2=>place2>=0).map(place2=>JSON.stringify(words2[place2]));return named.length?`${one?"after":"\
on"} ${named.join(", ")}`:""})}function allOf(wire){return wire&&{...wire,labels:labelsOf(wire),density:decode(wire.density),
peak:decode(wire.peak),score:decode(wire.score),shuffled:decode(wire.shuffled),stability:decode(wire.stability)}}function labelOf(id,all,own){
let typed=own[id];if(typed)return{...typed,typed:!0};let[value,low,high]=all?all.score.subarray(3*id,3*id+3):[],tested=value!==
void 0&&!Number.isNaN(value),shuffled=all?.shuffled[id]??Number.NaN;return{words:all?.labels[id]??"",score:tested?[value,
low,high]:null,shuffled:Number.isNaN(shuffled)?null:shuffled,typed:!1}}function rowOf(flat,row,length){return flat.subarray(
row*length,(row+1)*length)}var TOKENS_WIDE=4,TOKENS_NARROW=3,LEAST_LOGITS=.1,LEAST_NATS=.01,mean=values=>values.reduce((sum,value)=>sum+value,0)/values.
length;function atDose(effect,at){let[doses,kl,klRandom,change,changeRandom]=[effect.doses,effect.kl,effect.kl_random,effect.
change,effect.change_random].map(decode),[tokens,dose]=[effect.tokens.length,Math.min(at,doses.length-1)],others=[...Array(
effect.kl_random.shape[0]??0).keys()];return{dose:doses[dose],kl:kl[dose],klRandom:others.map(i=>klRandom[i*doses.length+
dose]),change:rowOf(change,dose,tokens),changeRandom:others.map(i=>rowOf(changeRandom,i*doses.length+dose,tokens))}}function bar(value,most,kind,signedScale){
let long=100*Math.min(1,Math.abs(value)/most)/(signedScale?2:1),element=h("span",{class:`mikit-fd-effect ${kind}${value<
0?" mikit-fd-down":""}`});return element.style.width=`${Number.isNaN(long)?0:long}%`,element.style.marginLeft=signedScale?
`${value<0?50-long:50}%`:"0",element}function pair(name,own,random,most,signedScale){let plain=value=>Math.abs(value)<.005?
"0.00":signedScale?signed(value):fixed(value),figure=value=>Number.isNaN(value)?"–":plain(value);return h("div",{class:"\
mikit-fd-pair"},h("span",{class:"mikit-fd-what"},name),h("span",{class:signedScale?"mikit-fd-both mikit-fd-zero":"mikit-\
fd-both"},bar(own,most,"",signedScale),bar(random,most,"mikit-fd-random",signedScale)),h("span",{class:"mikit-fd-figure"},
figure(own)),h("span",{class:"mikit-fd-figure mikit-muted"},figure(random)))}function effectOf(signal,asked,moved){let how=h(
"select",{class:"mikit-select","aria-label":"What is done to the feature"},h("option",{value:"ablate"},"switch off (abla\
te)"),h("option",{value:"boost"},"turn up (boost)"));how.addEventListener("change",()=>asked(how.value),{signal});let slider=h(
"input",{type:"range",class:"mikit-fd-slider",min:0,step:1,"aria-label":"Dose"}),here=h("span",{class:"mikit-fd-here"}),
body=h("div",{class:"mikit-fd-pairs"}),shown=null,wide=!0;function at(dose){if(!shown)return body.replaceChildren();slider.
max=String(shown.doses.shape[0]-1),slider.value=String(dose);let found=atDose(shown,dose),others=found.klRandom.length,words2=`${fixed(
found.dose)} × ${shown.how==="ablate"?"part":"peak"}`;here.textContent=words2,slider.setAttribute("aria-valuetext",words2);
let typical=token=>mean(found.changeRandom.map(one=>one[token])),most=Math.max(LEAST_LOGITS,...Array.from(found.change,Math.
abs),...others?shown.tokens.map((_,i)=>Math.abs(typical(i))):[]),klMost=Math.max(LEAST_NATS,found.kl,...found.klRandom);
body.replaceChildren(pair("KL, nats",found.kl,mean(found.klRandom),klMost,!1),...shown.tokens.slice(0,wide?TOKENS_WIDE:TOKENS_NARROW).
map((text,i)=>pair(tokenSpan({text,special:!1}),found.change[i],typical(i),most,!0)),h("div",{class:"mikit-fd-small"},shown.
notes.join(" ")||`logits that move most; grey: ${others} random features`))}return slider.addEventListener("input",()=>{
at(slider.valueAsNumber),moved(slider.valueAsNumber)},{signal}),{how,element:h("div",{class:"mikit-fd-do"},h("div",{class:"\
mikit-fd-ask"},how,slider,here),body),show(effect,chosen,dose,nowWide){[shown,wide]=[effect,nowWide],how.value=chosen,here.
hidden=effect===null,at(dose)}}}var DIVERGING_REACH=.6;function reachOf(kind){return kind==="diverging"?DIVERGING_REACH:1}function tint(element,value,{kind,
limit,theme}){let{t,mark}=value===null?{t:0,mark:""}:place(value,limit,kind);element.classList.toggle("mikit-tint-out",mark===
"×"),element.toggleAttribute("data-mark",mark==="+"||mark==="−"),element.hasAttribute("data-mark")&&element.setAttribute(
"data-mark",mark);let plain=value===null||mark==="×"||t===0;element.classList.toggle("mikit-tinted",!plain);let rgb=colourMap(
kind,theme).at(t*reachOf(kind));element.style.backgroundColor=plain?"":`rgb(${rgb.join(" ")})`,element.style.color=plain?
"":inkOn(rgb)}function tinted(token,value,how){let span=tokenSpan(token);return tint(span,value,how),span}var LINES=3;function centred(tokens,centre,paint){let spans=tokens.map(paint);return spans[centre]?.classList.add("mikit\
-fd-peak"),h("span",{class:"mikit-fd-line"},h("span",{class:"mikit-fd-before"},h("span",{},...spans.slice(0,centre))),h(
"span",{class:"mikit-fd-after"},...spans.slice(centre)))}function blind(item){return centred(item.tokens,item.centre,text=>tokenSpan(
{text,special:!1}))}function line(example,limit,theme){let text=centred(example.tokens,example.centre,(token,place2)=>{let span=tinted(
{text:token,special:!1},example.values[place2]||null,{kind:"sequential",limit,theme});return example.values[place2]&&(span.
title=example.values[place2].toFixed(2)),span});return h("div",{class:"mikit-fd-example"},text,h("span",{class:"mikit-fd\
-kind"},example.kind))}function examplesOf(share2){let element=h("div",{class:"mikit-fd-bands"});return{element,show(detail,recall,peak,wide,theme){
element.replaceChildren(...BANDS.map((name,band2)=>{let found=detail?.examples.filter(example=>example.band===band2)??[],
rows=Array.from({length:wide?LINES:1},(_,i)=>found[i]?line(found[i],peak,theme):h("div",{class:"mikit-fd-example mikit-m\
uted"},detail&&i===0?"none":" ")),caught=recall[band2];return h("div",{class:"mikit-fd-band"},h("div",{class:"mikit-fd-\
bandname"},h("div",{},name),caught==null||!wide?"":h("div",{title:"share of these firings that the label finds"},`label \
finds ${share2(caught)}`)),h("div",{class:"mikit-fd-lines"},...rows))}))}}}var ROW=24,SPARE=4;function stepped(rows,chosen,key,page){let ids=rows.filter(row=>typeof row=="number"),at=ids.indexOf(
chosen),steps={ArrowDown:1,ArrowUp:-1,PageDown:page,PageUp:-page},to=key==="Home"?0:key==="End"?ids.length-1:key in steps?
at<0?0:at+steps[key]:Number.NaN;return Number.isNaN(to)?null:ids[Math.min(ids.length-1,Math.max(0,to))]??null}function listOf(signal,pick){
let sheet=h("div",{class:"mikit-fd-sheet",role:"presentation"}),element=h("div",{class:"mikit-fd-list",tabindex:0,role:"\
listbox","aria-label":"Features"},sheet),drawn="",shown={rows:[],chosen:-1,named:()=>({words:"",score:null,shuffled:null,
typed:!1})};function rowOf2(row,at){let place2=`top:${at*ROW}px`;if(typeof row=="string")return h("div",{class:"mikit-fd\
-heading",style:place2,role:"presentation"},row);let{words:words2,score}=shown.named(row),figure=shown.figure?.(row)??(score?
fixed(score[0]):"untested"),line2=h("div",{class:"mikit-fd-row",style:place2,role:"option",id:`mikit-fd-${row}`,"aria-se\
lected":String(row===shown.chosen),"data-id":row},h("span",{class:"mikit-fd-id"},String(row)),h("span",{class:"mikit-fd-\
words"},words2||"no label"),h("span",{class:figure==="untested"?"mikit-fd-score mikit-fd-untested":"mikit-fd-score"},figure));
return line2.title=`${row} ${words2||"no label"}`,line2}function fill2(){let from=Math.max(0,Math.floor(element.scrollTop/
ROW)-SPARE),to=Math.min(shown.rows.length,from+Math.ceil((element.clientHeight||240)/ROW)+2*SPARE);sheet.style.height=`${shown.
rows.length*ROW}px`;let lines=shown.rows.slice(from,to).map((row,i)=>rowOf2(row,from+i)),text=lines.map(line2=>line2.outerHTML).
join("");if(text===drawn)return;drawn=text,sheet.replaceChildren(...lines);let there=sheet.querySelector("[aria-selected\
=true]");there?element.setAttribute("aria-activedescendant",there.id):element.removeAttribute("aria-activedescendant")}function reveal(){
let at=shown.rows.indexOf(shown.chosen)*ROW;at<0||(at<element.scrollTop?element.scrollTop=at:at+ROW>element.scrollTop+element.
clientHeight&&(element.scrollTop=at+ROW-element.clientHeight),fill2())}return element.addEventListener("scroll",fill2,{signal}),
element.addEventListener("click",event=>{let row=event.target.closest("[data-id]");row&&pick(Number(row.dataset.id))},{signal}),
element.addEventListener("keydown",event=>{if(event.ctrlKey||event.metaKey||event.altKey)return;let to=stepped(shown.rows,
shown.chosen,event.key,Math.floor(element.clientHeight/ROW));to!==null&&(event.preventDefault(),pick(to))},{signal}),{element,
reveal,draw(rows){rows.rows.length===shown.rows.length&&rows.rows.every((row,i)=>row===shown.rows[i])||(element.scrollTop=
0),shown=rows,fill2()}}}function strongest(tokens,values){let best=-1;return values.forEach((value,i)=>{value>(best<0?0:values[best])&&(best=i)}),
best<0?"silent":`up to ${fixed(values[best])} on ${tokenLabel(tokens[best])}`}function strip(name,tokens,values,limit,theme){
let spans=tokens.map((text,i)=>{let span=tinted({text,special:!1},values[i],{kind:"sequential",limit,theme});return span.
title=Number.isNaN(values[i])?"position 0: left out":fixed(values[i]),span});return h("div",{class:"mikit-fd-strip"},h("\
div",{class:"mikit-fd-small"},`${name}: ${strongest(tokens,values)}`),h("div",{class:"mikit-flow"},...spans))}function liveOf(signal,typed){
let box=h("input",{class:"mikit-input","aria-label":"Text for the feature to read"});box.addEventListener("change",()=>typed(
box.value),{signal});let strips=h("div",{class:"mikit-fd-strips"});return{box,element:h("div",{class:"mikit-fd-live"},h(
"label",{class:"mikit-fd-ask"},h("span",{},"on your text"),box),strips),show(prompt,found,limit,theme){box.matches(":foc\
us")||(box.value=prompt),strips.replaceChildren(...found?[strip(`feature ${found.feature}`,found.tokens,decode(found.values),
limit,theme),...found.control?[strip("the same tokens in other orders (mean)",found.tokens,decode(found.control),limit,theme)]:
[]]:[])}}}function everything({count,opening}){let of=good=>opening.filter(one=>one.good===good).map(({id})=>id),all=Array.from({length:count},
(_,id)=>id);return opening.length?["best scored labels",...of(!0),"worst scored labels",...of(!1),`all ${count}`,...all]:
all}function labelled2(text,{count,named}){let words2=text.trim().toLowerCase(),ids=Array.from({length:count},(_,id2)=>id2).
filter(id2=>named(id2).words.toLowerCase().includes(words2)),id=/^\d+$/.test(words2)?Number(words2):-1;return id>=0&&id<
count?[id,...ids.filter(other=>other!==id)]:ids}var heading2=(found,what)=>found.length?`${found.length} ${what}`:`none ${what}`;
function search({by,text},known){if(by==="text"){let{onText}=known,found2=onText?.strongest.map(({id})=>id)??[],one=id=>{
let hit=onText?.strongest.find(each=>each.id===id);return hit?`${tokenLabel(hit.token)} ${percent(hit.share)}`:""};return{
rows:[found2.length?"strongest, by share of their peak":"reading the text",...found2],figure:one,found:found2}}if(!text.
trim())return{rows:everything(known),found:null};if(by==="token"){let{found:found2}=known;return!found2||found2.wanted!==
text?{rows:["looking"],found:[]}:{rows:[heading2(found2.ids,`promote ${tokenLabel(text.trim())} (logits a unit)`),...found2.
ids],figure:id=>signed(found2.values[found2.ids.indexOf(id)]??Number.NaN),found:found2.ids}}let found=labelled2(text,known);
return{rows:[heading2(found,"labels have it"),...found],found}}var BY=[["label","label","word or id"],["token","promotes",
"a token"],["text","fires on","any text"]];function searchOf(signal,changed){let by=h("select",{class:"mikit-select","ar\
ia-label":"Search by"},...BY.map(([value,label])=>h("option",{value},label))),box=h("input",{class:"mikit-input",type:"s\
earch","aria-label":"Search for"}),chosen=()=>by.value;return by.addEventListener("change",()=>{chosen()!=="text"&&(box.
value=""),changed({by:chosen(),text:box.value})},{signal}),box.addEventListener("input",()=>{(chosen()==="label"||!box.value)&&
changed({by:chosen(),text:box.value})},{signal}),box.addEventListener("change",()=>changed({by:chosen(),text:box.value}),
{signal}),{element:h("div",{class:"mikit-fd-search"},by,box),controls:{by,box},show(wanted,prompt,live){by.value=wanted.
by;for(let option of by.options)option.disabled=!live&&option.value==="token";box.placeholder=BY.find(([name])=>name===wanted.
by)[2],box.disabled=!live&&wanted.by!=="label",box.matches(":focus")||(box.value=wanted.by==="text"?prompt:wanted.text)}}}var band=(right,i)=>`${BANDS[i]??"silent"} ${right===null?"–":percent(right)}`;function outcomeInWords({outcome}){return outcome?
`Score ${interval(...outcome.score,2)}; answers shuffled ${fixed(outcome.shuffled)}; guessing 0.50. Right: ${outcome.recall.
map(band).join(", ")}.`:""}function gameInWords({outcome}){if(!outcome)return"On four of the marked tokens the feature f\
ires. Pick the text where it is silent.";let{foreign,picked,played:[won,rounds],range:[low,high]}=outcome;return`${picked===
foreign?"Right":"Wrong"}: it is silent in text ${foreign+1}. Found in ${won} of ${rounds} rounds [${percent(low)}, ${percent(
high)}]; guessing finds 20 %.`}function trialOf(signal,doing){let element=h("div",{class:"mikit-fd-trial",role:"group","\
aria-label":"Blind test"}),quiz=null,game=null,answers=[],live=!0;function answer(row,said){answers[row]=said,draw(),element.
querySelector(`[data-row="${row}"][data-said="${said}"]`)?.focus(),quiz&&answers.filter(one=>one!==void 0).length===quiz.
items.length&&doing.answered(answers)}function choice(row,said){let button=textButton(said?"fires":"silent",signal,()=>answer(
row,said));return button.dataset.row=String(row),button.dataset.said=String(said),button.disabled=!live,button.setAttribute(
"aria-pressed",String(answers[row]===said)),button}function verdict(row,found){let[truth,said]=[found.truth[row],found.answers[row]];
return h("span",{class:"mikit-fd-verdict"},`${truth===said?"✓":"×"} ${truth?"fires":"silent"}`)}function rows(){if(quiz){
let found=quiz.outcome;return quiz.items.map((item,row)=>h("div",{class:"mikit-fd-example"},blind(item),found?verdict(row,
found):h("span",{class:"mikit-fd-say"},choice(row,!0),choice(row,!1))))}return(game?.items??[]).map((item,row)=>{let over=game.
outcome,pick=textButton("this one",signal,()=>doing.picked(row));return pick.disabled=!live,h("div",{class:"mikit-fd-exa\
mple"},blind(item),over?h("span",{class:"mikit-fd-verdict"},row===over.foreign?"silent":row===over.picked?"× fires":"fi\
res"):h("span",{class:"mikit-fd-say"},pick))})}function draw(){let left=answers.filter(one=>one!==void 0).length,words2=quiz?
quiz.outcome?outcomeInWords(quiz):`Label: ${quiz.words}. Does the feature fire on the marked token? ${left} of ${quiz.items.
length} answered; the truth comes after the last.`:game?gameInWords(game):"",over=(quiz??game)?.outcome,again=textButton(
quiz?"Test again":"Another round",signal,doing.again);again.disabled=!live,element.replaceChildren(h("p",{class:"mikit-f\
d-words-of"},words2),h("div",{class:"mikit-fd-items"},...rows()),h("div",{class:"mikit-fd-tools"},...over?[again]:[],textButton(
"Back to the examples",signal,doing.leave)))}return{element,show(nextQuiz,nextGame,nowLive){(nextQuiz?.items[0]!==quiz?.
items[0]||nextQuiz?.feature!==quiz?.feature)&&(answers=[]),[quiz,game,live]=[nextQuiz,nextGame,nowLive],element.hidden=!quiz&&
!game,element.hidden||draw()}}}var DOTS_WIDE=[224,150],DOTS_NARROW=[200,84],AXES="↑ share of tokens (log) · → peak";function fitInWords(fit){if(!fit)
return"being measured";let beside=(said,digits)=>{let known=said.filter(([,value])=>value!==null).map(([what,value])=>`${what}\
 ${fixed(value,digits)}`);return known.length?` (${known.join(", ")})`:""};return`FVU ${fixed(fit.fvu)}${beside([["decla\
red",fit.declared.fvu],["random",fit.random]],2)}, L0 ${fixed(fit.l0,1)}${beside([["declared",fit.declared.l0]],1)}`}function render({
model,el,signal}){let all=allOf(model.get("all")),wanted={by:"label",text:""},listed={rows:[],found:null},named=id=>labelOf(
id,all,model.get("own")),chosen=()=>model.get("feature"),detail=()=>{let newest=model.get("detail");return newest?.id===
chosen()?newest:model.get("kept")?.[chosen()]??null};function table(){let[density,peak,stability]=[all?.density,all?.peak,
all?.stability],ids=(listed.found??listed.rows).filter(row=>typeof row=="number"),rows=[...new Set(all?ids:[])].map(id=>{
let{words:words2,score,shuffled}=named(id),[value,low,high]=score??["untested","",""];return[`${id}`,words2||"no label",
value,low,high,shuffled??"",density[id],peak[id],stability[id]]});return{caption:"Features: label, its blind score with \
95 % interval, another feature's label on the same items, share of tokens it fires on, largest activation, cosine of the\
 likest feature of another seed.",columns:["feature","label","score","low","high","other label","density","peak","stabil\
ity"],rows}}let view=frame(model,el,signal,{name:"features",table,reset(){wanted={by:"label",text:""},finder.controls.box.
value=""}});function pick(id){view.set({feature:id},["text","effect"]),view.say(`Feature ${id}: ${named(id).words||"no l\
abel"}, ${scoreText(named(id))}`),draw(),list.reveal()}function send(message){view.live&&model.send(message)}let finder=searchOf(
signal,next=>{let other=next.by!==wanted.by;wanted=next,next.by==="token"&&view.live&&view.set({wanted:next.text}),next.
by==="text"&&!other&&next.text&&next.text!==model.get("prompt")&&view.set({prompt:next.text},["text","effect"]),view.draw()}),
readout=h("div",{class:"mikit-fd-readout"},AXES),dots=scatterOf(signal,pick,id=>{readout.textContent=id<0?AXES:`${id} ${named(
id).words||"no label"} · ${scoreText(named(id))}`}),list=listOf(signal,pick),build=h("button",{type:"button",class:"mik\
it-primary"},"Read the pool");build.addEventListener("click",()=>view.set({indexing:!0},["index"]),{signal});let unread=h(
"div",{class:"mikit-fd-unread"},h("p",{},"This dictionary comes without an index: nobody has read yet where its features\
 fire. Reading takes a minute or so."),build),quiz=textButton("Test it blind",signal,()=>send({do:"quiz"})),game=textButton(
"Intruder game",signal,()=>send({do:"intruder"})),typing=textButton("Type a label",signal,()=>{asking.hidden=!asking.hidden,
asking.hidden||own.focus()}),own=h("input",{class:"mikit-input","aria-label":"Your label",placeholder:"when does it fire\
? untested until you test it"}),asking=h("div",{class:"mikit-fd-ask",hidden:!0},own);own.addEventListener("change",()=>{
own.value.trim()&&send({do:"label",words:own.value.trim()}),asking.hidden=!0,own.value=""},{signal});let head2=headLine(
[typing,quiz,game]),panels=panelsOf(),examples=examplesOf(share),near=neighbours(signal,pick),unseen=h("p",{class:"mikit\
-fd-unseen"}),trial=trialOf(signal,{answered:answers=>send({do:"answers",answers}),picked:which=>send({do:"pick",which}),
again:()=>send({do:model.get("quiz")?"quiz":"intruder"}),leave:()=>send({do:"leave"})}),live=liveOf(signal,text=>{text&&
text!==model.get("prompt")&&view.set({prompt:text},["text","effect"])}),effect=effectOf(signal,how=>view.set({how},["eff\
ect"]),dose=>view.set({dose})),place2=h("p",{class:"mikit-fd-place"}),left=h("div",{class:"mikit-fd-left"},finder.element,
h("div",{class:"mikit-fd-dots"},dots.element,readout),list.element,unread),seen=h("div",{class:"mikit-fd-seen"},panels.element,
examples.element,near.element),right=h("div",{class:"mikit-fd-right"},head2.element,asking,unseen,seen,trial.element),below=h(
"div",{class:"mikit-fd-below"},live.element,effect.element),refused=h("p",{class:"mikit-fd-refused"}),stage=h("div",{class:"\
mikit-fd-stage"},left,right,below);view.inputs.append(place2),view.stage.append(refused,stage),view.number.element.hidden=
!0;for(let control of[build,live.box,effect.how,quiz,game,typing])view.needsKernel(control);view.tie(live.element,"text"),
view.tie(effect.element,"effect");function drawRight(){let[id,found,wide]=[chosen(),detail(),view.wide],label=named(id);
head2.show(id,label,all,model.get("opening").find(one=>one.id===id));let[asked,playing]=[model.get("quiz"),model.get("ga\
me")],judging=asked?.feature===id?asked:null,round=!judging&&playing?.feature===id?playing:null;trial.show(judging,round,
view.live),seen.hidden=!!(judging??round)||!found,unseen.hidden=found!==null||all===null,unseen.textContent=view.live?" ":
"This page was saved with the features that were looked at; this one was not among them.";let peak=all?.peak[id]??0;panels.
show(found,peak,all?.density[id]??0),examples.show(found,label.typed?[]:found?.recall??[],peak,wide,view.theme),near.show(
found,other=>named(other).words),live.show(model.get("prompt"),model.get("on_text"),peak,view.theme),effect.show(model.get(
"effect"),model.get("how"),model.get("dose"),wide)}function drawLeft(){let[width,height]=view.wide?DOTS_WIDE:DOTS_NARROW,
[there,count]=[all!==null,model.get("count")];finder.show(wanted,model.get("prompt"),view.live),listed=search(wanted,{count,
opening:model.get("opening"),named,found:model.get("found"),onText:model.get("on_text")}),list.draw({rows:listed.rows,chosen:chosen(),
named,...listed.figure?{figure:listed.figure}:{}}),unread.hidden=there,quiz.hidden=game.hidden=!there,dots.element.hidden=
readout.hidden=!there,all&&dots.draw({all,chosen:chosen(),found:listed.found,width,height,ink:view.colour("--mk-ink"),edge:view.
colour("--mk-edge"),data:view.colour("--mk-pos")})}function draw(){let sentence=model.get("refused");refused.textContent=
sentence,refused.hidden=!sentence,stage.hidden=!!sentence,place2.replaceChildren(h("span",{class:"mikit-chip"},model.get(
"dictionary")),` at ${model.get("place")}: ${sentence?"not attached":fitInWords(model.get("fit"))}`),!sentence&&(drawLeft(),
drawRight())}view.watch(["all"],()=>{all=allOf(model.get("all")),view.draw()}),view.watch(["fit","refused","opening","fe\
ature","detail","found","prompt","on_text","how","dose","effect","own","quiz","game"]),view.onDraw(draw)}var features_default={
render};export{features_default as default,fitInWords};
