// Generated from widgets/src by `npm run build`. Do not edit.
function fill(element,attributes,children){for(let[name,value]of Object.entries(attributes))value===!0?element.setAttribute(
name,""):value!==!1&&element.setAttribute(name,String(value));element.append(...children)}function h(tag,attributes={},...children){
let element=document.createElement(tag);return fill(element,attributes,children),element}function svg(tag,attributes={},...children){
let element=document.createElementNS("http://www.w3.org/2000/svg",tag);return fill(element,attributes,children),element}
function textButton(label,signal,onClick){let button=h("button",{type:"button",class:"mikit-text-button"},label);return button.
addEventListener("click",onClick,{signal}),button}function withMinus(text){let typeset=text.replace("-","−");return/[1-9]/.test(typeset)?typeset:typeset.replace("−","")}
function fixed(value,digits=2){if(Number.isNaN(value))return"NaN";if(!Number.isFinite(value))return value>0?"∞":"−∞";
let size=Math.abs(value);return size!==0&&size<.5*10**-digits?withMinus(value.toExponential(1)):size>=1e5?withMinus(value.
toExponential(2)):withMinus(value.toFixed(size>=1e3?0:digits))}function download(name,blob){let link=document.createElement("a");link.href=URL.createObjectURL(blob),link.download=name,
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
model,host,signal,lose),signal.addEventListener("abort",()=>{clearTimeout(speech),root.remove()}),refresh(),view}function seedField(signal,now,change){let seed=h("input",{class:"mikit-input mikit-seed",type:"number",min:0,max:9999,step:1});
return seed.addEventListener("change",()=>{seed.value!==""&&seed.checkValidity()&&change(seed.valueAsNumber),seed.value=
String(now())},{signal}),[h("label",{class:"mikit-field"},"seed",seed),seed]}function spread(places,gap,lowest){let order=places.map((_,i)=>i).sort((a,b)=>places[a]-places[b]),found=[...places];order.
forEach((at,i)=>{i&&(found[at]=Math.max(found[at],found[order[i-1]]+gap))});let limit=lowest;for(let at of order.reverse())
found[at]=Math.min(found[at],limit),limit=found[at]-gap;return found}var LEFT=28,RIGHT=136,TOP=8,BOTTOM=34,LINE=14,DIAMOND=5,nats=value=>value<.01?"< 0.01":fixed(value);function plotOf(scene,width,height){
let finite=[...scene.loss,...scene.control,scene.chance,scene.predicted??0].filter(Number.isFinite),most=Math.max(1,Math.
ceil(2*Math.max(...finite))/2),[inner,tall]=[width-LEFT-RIGHT,height-TOP-BOTTOM];return{width,height,x:update=>LEFT+inner*
update/Math.max(1,scene.updates),y:nats2=>TOP+tall*(1-nats2/most)}}function stepAt(scene,plot,x){let best=0;return scene.
steps.forEach((step,i)=>{Math.abs(plot.x(step)-x)<Math.abs(plot.x(scene.steps[best]??0)-x)&&(best=i)}),best}function path(plot,steps,values){
return Array.from(values,(value,i)=>`${i?"L":"M"}${plot.x(steps[i]).toFixed(1)} ${plot.y(value).toFixed(1)}`).join("")}function ticks(plot,scene){
let[bottom,right]=[plot.y(0),plot.x(scene.updates)],losses=Array.from({length:20},(_,i)=>i).filter(value=>plot.y(value)>=
TOP-1),apart=scene.updates/5,updates=Array.from({length:6},(_,i)=>Math.round(i*apart));return[...losses.flatMap(value=>[
svg("line",{class:"mikit-tr-grid",x1:LEFT,x2:right,y1:plot.y(value),y2:plot.y(value)}),svg("text",{class:"mikit-tr-axis",
x:LEFT-6,y:plot.y(value)+4,"text-anchor":"end"},`${value}`)]),...updates.map(value=>svg("text",{class:"mikit-tr-axis",x:plot.
x(value),y:bottom+16,"text-anchor":"middle"},`${value}`)),svg("text",{class:"mikit-tr-axis",x:right,y:bottom+30,"text-an\
chor":"end"},"updates →"),svg("text",{class:"mikit-tr-axis",x:LEFT,y:bottom+30},"↑ loss, nats a token")]}function marks(scene,plot){
let last=scene.loss.length-1,found=[{text:`chance ${fixed(scene.chance)}`,kind:"mikit-tr-of-chance",at:plot.y(scene.chance)}];
return last>=0&&(found.push({text:`one layer ${nats(scene.control[last])}`,kind:"mikit-tr-of-control",at:plot.y(scene.control[last])}),
found.push({text:`${words2(scene.layers)} layers ${nats(scene.loss[last])}`,kind:"mikit-tr-of-effect",at:plot.y(scene.loss[last])})),
scene.predicted!==null&&found.push({text:`you: ${fixed(scene.predicted,1)}`,kind:"mikit-tr-of-you",at:plot.y(scene.predicted)}),
found}function words2(count){return["no","one","two","three","four"][count]??String(count)}function diamond(x,y){let points=[
[0,-DIAMOND],[DIAMOND,0],[0,DIAMOND],[-DIAMOND,0]].map(([dx,dy])=>`${x+dx},${y+dy}`);return svg("polygon",{class:"mikit-\
tr-you",points:points.join(" ")})}function drawChart(target,scene,plot,cursor){let right=plot.x(scene.updates),ends=marks(
scene,plot),places=spread(ends.map(({at:at2})=>at2),LINE,plot.y(0)),at=cursor===null?void 0:scene.steps[cursor];target.setAttribute(
"width",String(plot.width)),target.setAttribute("height",String(plot.height)),target.replaceChildren(...ticks(plot,scene),
svg("line",{class:"mikit-tr-chance",x1:plot.x(0),x2:right,y1:plot.y(scene.chance),y2:plot.y(scene.chance)}),svg("path",{
class:"mikit-tr-control",d:path(plot,scene.steps,scene.control)}),svg("path",{class:"mikit-tr-effect",d:path(plot,scene.
steps,scene.loss)}),...ends.map(({text,kind},i)=>svg("text",{class:`mikit-tr-label ${kind}`,x:right+10,y:places[i]+4},text)),
...scene.predicted===null?[]:[diamond(right,plot.y(scene.predicted))],...at===void 0?[]:[svg("line",{class:"mikit-tr-cur\
sor",x1:plot.x(at),x2:plot.x(at),y1:TOP,y2:plot.y(0)}),svg("circle",{class:"mikit-tr-dot-control",cx:plot.x(at),cy:plot.
y(scene.control[cursor]),r:3}),svg("circle",{class:"mikit-tr-dot",cx:plot.x(at),cy:plot.y(scene.loss[cursor]),r:3})])}var STOPS={diverging:{light:"#8A3B06 #C4661F #E39B5F #F4CFAE #F3F3F1 #B9D4EC #74A9DA #2F78C0 #0B4A8F",dark:"#FFBE7D #D98\
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
s)]}var STEPS=512,ColourMap=class{constructor(kind,theme){this.kind=kind;let stops=STOPS[kind][theme].split(" ").map(hex=>toOklab(
parseHex(hex)));this.table=Array.from({length:STEPS+1},(_,i)=>{let at=i/STEPS*(stops.length-1),low=Math.min(Math.floor(at),
stops.length-2),[from,to,f]=[stops[low],stops[low+1],at-low];return fromOklab([from[0]+f*(to[0]-from[0]),from[1]+f*(to[1]-
from[1]),from[2]+f*(to[2]-from[2])])})}kind;table;at(t){let share=this.kind==="diverging"?(t+1)/2:t;return this.table[Math.
round(STEPS*Math.min(1,Math.max(0,share)))]}css(t){return`rgb(${this.at(t).join(" ")})`}pixels(){return Uint32Array.from(
{length:256},(_,i)=>packed(this.table[Math.round(i/255*STEPS)]))}};function packed(rgb){return(255<<24|rgb[2]<<16|rgb[1]<<
8|rgb[0])>>>0}var maps=new Map;function colourMap(kind,theme){let key=`${kind} ${theme}`,map=maps.get(key);return map||maps.
set(key,map=new ColourMap(kind,theme)),map}function sizeCanvas(canvas,width,height){let ratio=globalThis.devicePixelRatio||1;canvas.width=Math.ceil(width*ratio),canvas.
height=Math.ceil(height*ratio),canvas.style.width=`${width}px`,canvas.style.height=`${height}px`;let context=canvas.getContext?.(
"2d")??null;return context?.setTransform(ratio,0,0,ratio,0,0),context}function drawPixels(context,pixels,columns,box){let rows=pixels.
length/columns;if(!pixels.length)return;let small=document.createElement("canvas");small.width=columns,small.height=rows;
let bytes=new Uint8ClampedArray(pixels.buffer,pixels.byteOffset,pixels.byteLength);small.getContext("2d")?.putImageData(
new ImageData(bytes,columns,rows),0,0),context.imageSmoothingEnabled=!1,context.drawImage(small,box.x,box.y,box.width,box.
height)}var SIDE=96,EMPTY=[["induction",new Float32Array],["previous",new Float32Array]];function pixelsOf(triangle,colours){let side=Math.
round((Math.sqrt(8*triangle.length+1)-1)/2),pixels=new Uint32Array(side*side);for(let query=0,from=0;query<side;query++)
for(let key=0;key<=query;key++)pixels[query*side+key]=colours[triangle[from++]];return{pixels,side}}function inWords(head2,step){
let scores=head2.scores.map(([name,values])=>`${name} ${fixed(values[step]??Number.NaN)}`);return`${head2.control?"one l\
ayer, ":""}${head2.name}${scores.length?`: ${scores.join(", ")}`:", not trained yet"}`}function bar(name,value,control){
let fill2=h("span",{class:control?"mikit-tr-bar mikit-tr-bar-control":"mikit-tr-bar"});return fill2.style.width=`${100*Math.
min(1,value??0)}%`,h("div",{class:"mikit-tr-score"},h("span",{},name),h("span",{class:"mikit-tr-track"},fill2),h("span",
{class:"mikit-tr-figure"},value===void 0?"":fixed(value)))}function card(head2,step,theme){let canvas=h("canvas",{role:"\
img","aria-label":inWords(head2,step)}),context=sizeCanvas(canvas,SIDE,SIDE);if(context&&head2.triangle){let{pixels,side}=pixelsOf(
head2.triangle,colourMap("sequential",theme).pixels());drawPixels(context,pixels,side,{x:0,y:0,width:SIDE,height:SIDE})}
let scores=head2.scores.length?head2.scores:EMPTY;return h("div",{class:"mikit-tr-card"},h("div",{class:"mikit-tr-name"},
head2.name),canvas,...scores.map(([name,values])=>bar(name,values[step],head2.control)))}function headsPanel(){let element=h(
"div",{class:"mikit-tr-heads"});return{element,draw(scene,step,theme){let group=(title,of,layers)=>{let columns=Array.from(
{length:layers},(_,layer)=>h("div",{},...of.filter(one=>one.layer===layer).map(one=>card(one,step,theme))));return h("di\
v",{class:"mikit-tr-group"},h("div",{class:"mikit-tr-title"},title),h("div",{class:"mikit-tr-columns"},...columns))};element.
replaceChildren(group(`${words2(scene.layers)} layers`,scene.heads.filter(one=>!one.control),scene.layers),group("one la\
yer (control)",scene.heads.filter(one=>one.control),1),h("p",{class:"mikit-tr-note"},"reader ↓, looks at →, on random to\
kens said twice"))}}}var ARRAYS={float32:Float32Array,uint8:Uint8Array,int32:Int32Array};function bytesOf(data){return data instanceof ArrayBuffer?
new Uint8Array(data):new Uint8Array(data.buffer,data.byteOffset,data.byteLength)}function decode(wire){let Type=ARRAYS[wire.
dtype],size=Type.BYTES_PER_ELEMENT,bytes=bytesOf(wire.data),wanted=wire.shape.reduce((a,b)=>a*b,1)*size;if(bytes.byteLength!==
wanted)throw new RangeError(`An array of shape [${wire.shape.join(", ")}] needs ${wanted} bytes, ${bytes.byteLength} cam\
e.`);return bytes.byteOffset%size!==0&&(bytes=bytes.slice()),new Type(bytes.buffer,bytes.byteOffset,bytes.byteLength/size)}function column(wire,index){let[values,width]=[decode(wire),wire.shape[1]??1];return values.filter((_,i)=>i%width===index)}
function headsOf(layers,perLayer,control,scores,patterns){let[cells,size]=[decode(patterns),patterns.shape[1]??0];return Array.
from({length:layers*perLayer},(_,i)=>{let[layer,head2]=[Math.floor(i/perLayer),i%perLayer];return{name:`L${layer}H${head2}`,
layer,head:head2,control,scores:Object.entries(scores).map(([name,wire])=>[name,column(wire,i)]),triangle:size?cells.subarray(
i*size,(i+1)*size):null}})}function sceneOf(model){let[layers,perLayer]=model.get("grid");return{steps:decode(model.get(
"steps")),loss:decode(model.get("loss")),control:decode(model.get("loss_control")),chance:model.get("chance"),updates:model.
get("updates"),predicted:model.get("predicted"),layers,heads:[...headsOf(layers,perLayer,!1,model.get("scores"),model.get(
"patterns")),...headsOf(1,perLayer,!0,model.get("score_control"),model.get("pattern_control"))]}}var HEADS_WIDTH=352,GAP=24,TALL=308,LOW=232;function tableOf(scene){let scores=scene.heads.flatMap(head2=>head2.scores.map(
([name,values])=>({name:`${head2.control?"one layer ":""}${head2.name} ${name}`,values})));return{caption:`Loss on texts\
 never trained on, in nats a token (chance ${fixed(scene.chance)}), and the heads' scores, by number of updates.`,columns:[
"updates",`${words2(scene.layers)} layers`,"one layer",...scores.map(({name})=>name)],rows:Array.from(scene.steps,(step,i)=>[
`${step}`,scene.loss[i],scene.control[i],...scores.map(({values})=>values[i]??Number.NaN)])}}function render({model,el,signal}){
let cursor=null,scene=sceneOf(model),plot=plotOf(scene,800,TALL),view=frame(model,el,signal,{name:"training",table:()=>tableOf(
scene),reset:()=>{cursor=null}}),start=h("button",{type:"button",class:"mikit-primary"},"Start");start.addEventListener(
"click",()=>view.set({started:!0},["train"]),{signal});let[seedLabel,seed]=seedField(signal,()=>model.get("seed"),value=>view.
set({seed:value}));view.inputs.append(start,seedLabel),view.needsKernel(start),view.needsKernel(seed);let chart=svg("svg",
{class:"mikit-tr-chart",tabindex:0,role:"application"}),heads=headsPanel();view.stage.append(h("div",{class:"mikit-tr-st\
age"},chart,heads.element));let shown=()=>Math.min(cursor??1/0,scene.steps.length-1);function showNumber(){let at=shown();
if(at<0){view.number.show({label:"loss of guessing blindly",value:fixed(scene.chance),unit:"nats a token",below:"chance"});
return}view.number.show({label:`loss, ${words2(scene.layers)} layers, ${scene.steps[at]} updates`,value:nats(scene.loss[at]),
unit:"nats a token",below:`one layer ${nats(scene.control[at])} · chance ${fixed(scene.chance)}`})}function point(){drawChart(
chart,scene,plot,cursor===null||!scene.steps.length?null:shown()),heads.draw(scene,shown(),view.theme),showNumber()}function draw(){
scene=sceneOf(model),plot=view.wide?plotOf(scene,view.width-HEADS_WIDTH-GAP,TALL):plotOf(scene,view.width,LOW);let busy=model.
get("status").state==="busy";start.textContent=busy?"Start again":scene.steps.length?"Train again":"Start",seed.value=String(
model.get("seed"));let last=scene.steps.length-1;chart.setAttribute("aria-label",last<0?"Loss by updates: not trained ye\
t":`Loss by updates. After ${scene.steps[last]}: ${words2(scene.layers)} layers ${nats(scene.loss[last])}, one layer ${nats(
scene.control[last])}, chance ${fixed(scene.chance)}. Left and right arrow keys read it.`),point()}function move(to){cursor=
to,point();let at=shown();to!==null&&at>=0&&view.say(`${scene.steps[at]} updates: ${nats(scene.loss[at])}, one layer ${nats(
scene.control[at])}`)}chart.addEventListener("pointermove",event=>{scene.steps.length&&move(stepAt(scene,plot,event.clientX-
chart.getBoundingClientRect().left))},{signal}),chart.addEventListener("pointerleave",()=>move(null),{signal}),chart.addEventListener(
"keydown",event=>{let last=scene.steps.length-1;if(last<0||event.ctrlKey||event.metaKey||event.altKey)return;let from=cursor===
null?last:shown(),to={ArrowLeft:Math.max(0,from-1),ArrowRight:Math.min(last,from+1),Home:0,End:last}[event.key];if(to!==
void 0)move(to);else if(event.key==="Escape")move(null);else return;event.preventDefault()},{signal}),view.watch(["loss",
"patterns","predicted","grid","updates","status","seed"]),view.onDraw(draw)}var training_default={render};export{training_default as default};
