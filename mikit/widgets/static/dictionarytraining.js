// Generated from widgets/src by `npm run build`. Do not edit.
function fill(element,attributes,children){for(let[name,value]of Object.entries(attributes))value===!0?element.setAttribute(
name,""):value!==!1&&element.setAttribute(name,String(value));element.append(...children)}function h(tag,attributes={},...children){
let element=document.createElement(tag);return fill(element,attributes,children),element}function svg(tag,attributes={},...children){
let element=document.createElementNS("http://www.w3.org/2000/svg",tag);return fill(element,attributes,children),element}
function textButton(label,signal,onClick){let button=h("button",{type:"button",class:"mikit-text-button"},label);return button.
addEventListener("click",onClick,{signal}),button}function withMinus(text){let typeset=text.replace("-","−");return/[1-9]/.test(typeset)?typeset:typeset.replace("−","")}
function fixed(value,digits=2){if(Number.isNaN(value))return"NaN";if(!Number.isFinite(value))return value>0?"∞":"−∞";
let size=Math.abs(value);return size!==0&&size<.5*10**-digits?withMinus(value.toExponential(1)):size>=1e5?withMinus(value.
toExponential(2)):withMinus(value.toFixed(size>=1e3?0:digits))}function percent(share){return share>0&&share<.005?"<1 %":`${fixed(Math.round(100*share),0)} %`}function interval(value,low,high,digits=1){
return`${fixed(value,digits)} [${fixed(low,digits)}, ${fixed(high,digits)}]`}function download(name,blob){let link=document.createElement("a");link.href=URL.createObjectURL(blob),link.download=name,
link.click(),setTimeout(()=>URL.revokeObjectURL(link.href),1e4)}function fileName(title,ending){return`${title.toLowerCase().
replaceAll(/[^a-z0-9]+/g,"-").replaceAll(/^-|-$/g,"")||"mikit"}.${ending}`}function csvCell(value){let text=String(value);
return/[",\n\r]/.test(text)?`"${text.replaceAll('"','""')}"`:text}function csv(table2){return`${[table2.columns,...table2.
rows].map(row2=>row2.map(csvCell).join(",")).join(`
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
ANSWER_MS)})});return button}function copyButtons(signal,root,title,table2){let png=copyButton("Copy PNG",signal,async()=>{
let image=await figurePng(root()),copied=await copyImage(image);return copied||download(fileName(title(),"png"),image),copied}),
numbers=copyButton("Copy CSV",signal,async()=>{let text=csv(table2()),copied=await copyText(text);return copied||download(
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
"number"?h("td",{class:"mikit-figure"},fixed(value)):h("td",{},value)}function twinPanel(signal,table2){return toggling(
"Read as a table","mikit-twin",signal,panel=>{let{caption,columns,rows}=table2(),left=rows.length-MOST_ROWS;panel.replaceChildren(
h("table",{},h("caption",{},left>0?`${caption} (${left} more rows: Copy CSV has them all)`:caption),h("thead",{},h("tr",
{},...columns.map((name,i)=>heading(name,rows[0]?.[i])))),h("tbody",{},...rows.slice(0,MOST_ROWS).map(row2=>h("tr",{},...row2.
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
model,host,signal,lose),signal.addEventListener("abort",()=>{clearTimeout(speech),root.remove()}),refresh(),view}function seedField(signal,now,change){let seed=h("input",{class:"mikit-input mikit-seed",type:"number",min:0,max:9999,step:1});
return seed.addEventListener("change",()=>{seed.value!==""&&seed.checkValidity()&&change(seed.valueAsNumber),seed.value=
String(now())},{signal}),[h("label",{class:"mikit-field"},"seed",seed),seed]}function spread(places,gap,lowest){let order=places.map((_,i)=>i).sort((a,b)=>places[a]-places[b]),found=[...places];order.
forEach((at,i)=>{i&&(found[at]=Math.max(found[at],found[order[i-1]]+gap))});let limit=lowest;for(let at of order.reverse())
found[at]=Math.min(found[at],limit),limit=found[at]-gap;return found}var LEFT=34,RIGHT=104,TOP=18,GAP=30,BOTTOM=36,LINE=13,DIAMOND=5,SHARES={fvu:.5,l0:.28,dead:.22},figure=(name,value)=>name===
"dead"?percent(value):name==="l0"?fixed(value,1):value<.001?"< 0.001":fixed(value,3);function mostOf(name,scene){if(name===
"fvu")return 1;let values=scene.levels.flatMap(level=>[...level.effect[name],...name==="l0"?level.control[name]:[]]),most=Math.
max(0,...values.filter(Number.isFinite));return name==="l0"?Math.max(2,Math.ceil(most/2)*2):Math.max(.1,Math.ceil(10*most)/
10)}function plotOf(scene,width,height){let titles={fvu:"↑ fraction of variance left out (FVU)",l0:`↑ features ${scene.
truth?"an input":"a token"} (L0)`,dead:"↑ features that never fire"},tall=height-TOP-2*GAP-BOTTOM,top=TOP,panels=["fvu",
"l0","dead"].map(name=>{let[from,size,most]=[top,Math.round(SHARES[name]*tall),mostOf(name,scene)];return top+=size+GAP,
{name,top:from,height:size,most,title:titles[name],y:value=>from+size*(1-Math.min(1,Math.max(0,value/most)))}});return{width,
height,panels,x:update=>LEFT+(width-LEFT-RIGHT)*update/Math.max(1,scene.updates)}}function stepAt(scene,plot,x2){let best=0;
return scene.steps.forEach((step,i)=>{Math.abs(plot.x(step)-x2)<Math.abs(plot.x(scene.steps[best]??0)-x2)&&(best=i)}),best}
function path(plot,panel,steps,values){return Array.from(values,(value,i)=>`${i?"L":"M"}${plot.x(steps[i]).toFixed(1)} ${panel.
y(value).toFixed(1)}`).join("")}function marks(scene,panel){let last=scene.steps.length-1,found=[];if(last>=0){let{control}=scene.
levels[scene.chosen];found.push({text:`random ${figure(panel.name,control[panel.name][last])}`,kind:"mikit-dt-of-control",
at:panel.y(control[panel.name][last])}),scene.levels.forEach(({value,effect},i)=>{let name=scene.levels.length>1?`${scene.
knob==="k"?"k ":""}${value}: `:"",kind=i===scene.chosen?"mikit-dt-of-effect":"mikit-dt-of-other";found.push({text:name+figure(
panel.name,effect[panel.name][last]),kind,at:panel.y(effect[panel.name][last])})})}return panel.name==="fvu"&&!scene.truth&&
scene.predicted!==null&&found.push({text:`you: ${fixed(scene.predicted)}`,kind:"mikit-dt-of-you",at:panel.y(scene.predicted)}),
found}function diamond(x2,y2){let points=[[0,-DIAMOND],[DIAMOND,0],[0,DIAMOND],[-DIAMOND,0]].map(([dx,dy])=>`${x2+dx},${y2+
dy}`);return svg("polygon",{class:"mikit-dt-you",points:points.join(" ")})}function drawPanel(scene,plot,panel,cursor){let[
left,right,bottom]=[plot.x(0),plot.x(scene.updates),panel.y(0)],{name}=panel,chosen=scene.levels[scene.chosen],ends=marks(
scene,panel),places=spread(ends.map(({at:at2})=>at2),LINE,bottom+2),ticks=name==="fvu"?[0,.5,1]:[0,panel.most],at=cursor===
null?void 0:scene.steps[cursor];return[svg("text",{class:"mikit-dt-axis",x:left,y:panel.top-6},panel.title),...ticks.flatMap(
value=>[svg("line",{class:value?"mikit-dt-grid":"mikit-dt-base",x1:left,x2:right,y1:panel.y(value),y2:panel.y(value)}),svg(
"text",{class:"mikit-dt-axis",x:left-6,y:panel.y(value)+4,"text-anchor":"end"},name==="dead"?percent(value):`${value}`)]),
...chosen?[svg("path",{class:"mikit-dt-control",d:path(plot,panel,scene.steps,chosen.control[name])})]:[],...scene.levels.
flatMap((level,i)=>i===scene.chosen?[]:[svg("path",{class:"mikit-dt-other",d:path(plot,panel,scene.steps,level.effect[name])})]),
...chosen?[svg("path",{class:"mikit-dt-effect",d:path(plot,panel,scene.steps,chosen.effect[name])})]:[],...ends.map(({text,
kind},i)=>svg("text",{class:`mikit-dt-label ${kind}`,x:right+10,y:places[i]+4},text)),...name==="fvu"&&!scene.truth&&scene.
predicted!==null?[diamond(right,panel.y(scene.predicted))]:[],...at===void 0||!chosen?[]:[svg("circle",{class:"mikit-dt-\
dot-control",cx:plot.x(at),cy:panel.y(chosen.control[name][cursor]),r:3}),svg("circle",{class:"mikit-dt-dot",cx:plot.x(at),
cy:panel.y(chosen.effect[name][cursor]),r:3})]]}function drawPanels(target,scene,plot,cursor){let low=plot.height-BOTTOM,
at=cursor===null?void 0:scene.steps[cursor],updates=Array.from({length:5},(_,i)=>Math.round(i*scene.updates/4));target.setAttribute(
"width",String(plot.width)),target.setAttribute("height",String(plot.height)),target.replaceChildren(...at===void 0?[]:[
svg("line",{class:"mikit-dt-cursor",x1:plot.x(at),x2:plot.x(at),y1:TOP,y2:low})],...plot.panels.flatMap(panel=>drawPanel(
scene,plot,panel,cursor)),...updates.map(value=>svg("text",{class:"mikit-dt-axis",x:plot.x(value),y:low+16,"text-anchor":"\
middle"},`${value}`)),svg("text",{class:"mikit-dt-axis",x:plot.x(scene.updates),y:low+30,"text-anchor":"end"},"updates →"))}var ARRAYS={float32:Float32Array,uint8:Uint8Array,int32:Int32Array};function bytesOf(data){return data instanceof ArrayBuffer?
new Uint8Array(data):new Uint8Array(data.buffer,data.byteOffset,data.byteLength)}function decode(wire){let Type=ARRAYS[wire.
dtype],size=Type.BYTES_PER_ELEMENT,bytes=bytesOf(wire.data),wanted=wire.shape.reduce((a,b)=>a*b,1)*size;if(bytes.byteLength!==
wanted)throw new RangeError(`An array of shape [${wire.shape.join(", ")}] needs ${wanted} bytes, ${bytes.byteLength} cam\
e.`);return bytes.byteOffset%size!==0&&(bytes=bytes.slice()),new Type(bytes.buffer,bytes.byteOffset,bytes.byteLength/size)}function column(wire,index){if(!wire)return new Float32Array;let width=wire.shape[1]??1;return decode(wire).filter((_,i)=>i%
width===index)}function curvesOf(curves,index){return{fvu:column(curves.fvu,index),l0:column(curves.l0,index),dead:column(
curves.dead,index)}}function row(wire,index){let width=wire.shape[1]??0;return[...decode(wire).subarray(index*width,(index+
1)*width)].sort((a,b)=>b-a)}function sceneOf(model){return{steps:decode(model.get("steps")),levels:model.get("levels").map(
(value,i)=>({value,effect:curvesOf(model.get("curves"),i),control:curvesOf(model.get("curves_control"),i),recovered:model.
get("recovered")[i]??Number.NaN,recoveredControl:model.get("recovered_control")[i]??Number.NaN,cosine:row(model.get("cos\
ine"),i),cosineControl:row(model.get("cosine_control"),i)})),chosen:Math.max(0,Math.min(model.get("chosen"),model.get("l\
evels").length-1)),knob:model.get("knob"),updates:model.get("updates"),features:model.get("features"),truth:model.get("t\
ruth"),predicted:model.get("predicted"),revealed:model.get("revealed"),heldOut:model.get("held_out")}}var WIDTH=240,HEIGHT=132,LEFT2=26,RIGHT2=8,TOP2=16,BOTTOM2=22,FOUND=.9,LOWEST=.4,y=cosine=>TOP2+(HEIGHT-TOP2-BOTTOM2)*(1-
Math.min(1,Math.max(0,(cosine-LOWEST)/(1-LOWEST)))),x=(rank,count)=>LEFT2+(WIDTH-LEFT2-RIGHT2)*(rank+.5)/count;function picture(scene){
let{cosine,cosineControl,recovered,recoveredControl}=scene.levels[scene.chosen],count=scene.truth,label=`Cosine of each \
true direction with its own feature, the best first: ${recovered} of ${count} above ${FOUND}, of a random dictionary ${recoveredControl}\
.`,guess=scene.predicted===null?[]:[diamond(LEFT2+(WIDTH-LEFT2-RIGHT2)*scene.predicted/count,y(FOUND)),svg("text",{class:"\
mikit-dt-label mikit-dt-of-you",x:LEFT2+(WIDTH-LEFT2-RIGHT2)*scene.predicted/count,y:y(FOUND)-9,"text-anchor":scene.predicted>
count/2?"end":"start"},`you: ${fixed(scene.predicted,0)}`)];return svg("svg",{class:"mikit-dt-marks",width:WIDTH,height:HEIGHT,
role:"img","aria-label":label},...[LOWEST,.7,1].flatMap(value=>[svg("line",{class:value>LOWEST?"mikit-dt-grid":"mikit-dt\
-base",x1:LEFT2,x2:WIDTH-RIGHT2,y1:y(value),y2:y(value)}),svg("text",{class:"mikit-dt-axis",x:LEFT2-6,y:y(value)+4,"text\
-anchor":"end"},`${value}`)]),svg("line",{class:"mikit-dt-found",x1:LEFT2,x2:WIDTH-RIGHT2,y1:y(FOUND),y2:y(FOUND)}),...cosineControl.
map((value,i)=>svg("circle",{class:"mikit-dt-mark-control",cx:x(i,count),cy:y(value),r:2})),...cosine.map((value,i)=>svg(
"circle",{class:value>FOUND?"mikit-dt-mark":"mikit-dt-mark-lost",cx:x(i,count),cy:y(value),r:4})),...guess,svg("text",{class:"\
mikit-dt-axis",x:LEFT2,y:HEIGHT-6},`${count} directions, best first →`))}function table(scene){let last=scene.steps.length-
1,head2=[scene.knob,"FVU","L0","came back"].map(name=>h("th",{scope:"col"},name)),rows=scene.levels.map((level,i)=>h("tr",
i===scene.chosen?{class:"mikit-dt-chosen"}:{},h("th",{scope:"row"},`${level.value}`),h("td",{},figure("fvu",level.effect.
fvu[last])),h("td",{},figure("l0",level.effect.l0[last])),h("td",{},`${level.recovered} of ${scene.truth}`)));return h("\
table",{class:"mikit-dt-table"},h("thead",{},h("tr",{},...head2)),h("tbody",{},...rows))}function truthPanel(signal,onReveal){
let reveal=textButton("Show the true directions",signal,onReveal),body=h("div",{class:"mikit-dt-body"}),element=h("div",
{class:"mikit-dt-truth"},h("div",{class:"mikit-dt-title"},"True directions"),body);return{element,reveal,draw(scene){if(element.
hidden=!scene.truth,!!scene.truth)if(scene.revealed)if(!scene.steps.length)body.replaceChildren(h("p",{},`${scene.truth}\
 directions were planted; which of them come back shows once the training runs.`));else{let level=scene.levels[scene.chosen];
body.replaceChildren(h("p",{class:"mikit-dt-count"},h("b",{},`${level.recovered} of ${scene.truth}`),` came back, with ${scene.
knob} ${level.value}`),h("p",{class:"mikit-muted"},`random dictionary ${level.recoveredControl} · line: cosine ${FOUND}`),
h("div",{class:"mikit-dt-both"},picture(scene),table(scene)))}else{let guess=scene.predicted===null?"How many will come \
back as a feature of their own?":`You: ${fixed(scene.predicted,0)} of ${scene.truth} will come back.`;body.replaceChildren(
h("p",{},`${scene.truth} directions were planted; ${scene.features} features look for them. ${guess}`),reveal)}}}}var TRUTH_WIDTH=240,GAP2=24,TALL=400,LOW=340;function named(scene,level){return`${scene.knob} ${scene.levels[level].value}`}
function tableOf(scene){let columns=scene.levels.flatMap(({effect,control},i)=>["fvu","l0","dead"].flatMap(name=>[{name:`${name}\
, ${named(scene,i)}`,values:effect[name]},{name:`${name}, random beside ${named(scene,i)}`,values:control[name]}]));return{
caption:`Fraction of variance left out (fvu), features that fire (l0) and the share that never does (dead), by number of\
 updates.${scene.revealed&&scene.truth&&scene.steps.length?` Of ${scene.truth} true directions came back: ${scene.levels.
map(({recovered},i)=>`${recovered} with ${named(scene,i)}`).join(", ")}.`:""}`,columns:["updates",...columns.map(({name})=>name)],
rows:Array.from(scene.steps,(step,i)=>[`${step}`,...columns.map(({values})=>values[i]??Number.NaN)])}}function render({model,
el,signal}){let cursor=null,scene=sceneOf(model),plot=plotOf(scene,800,TALL),view=frame(model,el,signal,{name:"dictionar\
ytraining",table:()=>tableOf(scene),reset:()=>{cursor=null}}),start=h("button",{type:"button",class:"mikit-primary"},"St\
art");start.addEventListener("click",()=>view.set({started:!0},["train"]),{signal});let levels=h("select",{class:"mikit-\
select"});levels.addEventListener("change",()=>{view.set({chosen:levels.selectedIndex}),view.draw()},{signal});let[seedLabel,
seed]=seedField(signal,()=>model.get("seed"),value=>view.set({seed:value})),choice=h("label",{class:"mikit-field"},scene.
knob==="k"?"features an input":"price of firing",levels);view.inputs.append(start,choice,seedLabel),view.needsKernel(start),
view.needsKernel(seed);let chart=svg("svg",{class:"mikit-dt-chart",tabindex:0,role:"application"}),truth=truthPanel(signal,
()=>{view.set({revealed:!0}),view.draw()});view.stage.append(h("div",{class:"mikit-dt-stage"},chart,truth.element));let shown=()=>Math.
min(cursor??1/0,scene.steps.length-1);function showNumber(){let[at,level]=[shown(),scene.levels[scene.chosen]];if(at<0){
view.number.show({label:"left out by answering the mean",value:"1",unit:"FVU",below:"not trained yet"});return}let[fvu,low,
high,random]=scene.heldOut;if(fvu!==void 0&&cursor===null){let value=Number.isFinite(low)?interval(fvu,low,high,3):figure(
"fvu",fvu);view.number.show({label:"left out of windows never trained on",value,unit:"FVU",below:`random dictionary ${figure(
"fvu",random)}`});return}let name=scene.levels.length>1?`${named(scene,scene.chosen)}, `:"";view.number.show({label:`lef\
t out, ${name}${scene.steps[at]} updates`,value:figure("fvu",level.effect.fvu[at]),unit:"FVU",below:`random dictionary ${figure(
"fvu",level.control.fvu[at])}`})}function point(){drawPanels(chart,scene,plot,cursor===null||!scene.steps.length?null:shown()),
showNumber()}function spoken(at){let{effect,control}=scene.levels[scene.chosen];return`${scene.steps[at]} updates, ${named(
scene,scene.chosen)}: FVU ${figure("fvu",effect.fvu[at])}, random dictionary ${figure("fvu",control.fvu[at])}, L0 ${figure(
"l0",effect.l0[at])}, dead ${figure("dead",effect.dead[at])}`}function draw(){scene=sceneOf(model);let beside=scene.truth&&
view.wide?TRUTH_WIDTH+GAP2:0;plot=plotOf(scene,view.width-beside,view.wide?TALL:LOW);let busy=model.get("status").state===
"busy",last=scene.steps.length-1;start.textContent=busy?"Start again":model.get("resumable")?"Go on":last>=0?"Train agai\
n":"Start",seed.value=String(model.get("seed")),choice.hidden=scene.levels.length<2,levels.replaceChildren(...scene.levels.
map(({value})=>h("option",{},`${value}`))),levels.selectedIndex=scene.chosen,chart.setAttribute("aria-label",last<0?"Var\
iance left out by updates: not trained yet":`Variance left out by updates. After ${spoken(last)}. Left and right arrow k\
eys read it.`),truth.draw(scene),point()}function move(to){cursor=to,point(),to!==null&&shown()>=0&&view.say(spoken(shown()))}
chart.addEventListener("pointermove",event=>{scene.steps.length&&move(stepAt(scene,plot,event.clientX-chart.getBoundingClientRect().
left))},{signal}),chart.addEventListener("pointerleave",()=>move(null),{signal}),chart.addEventListener("keydown",event=>{
let last=scene.steps.length-1;if(last<0||event.ctrlKey||event.metaKey||event.altKey)return;let from=cursor===null?last:shown(),
to={ArrowLeft:Math.max(0,from-1),ArrowRight:Math.min(last,from+1),Home:0,End:last}[event.key];if(to!==void 0)move(to);else if(event.
key==="Escape")move(null);else return;event.preventDefault()},{signal}),view.watch(["steps","curves","cosine","held_out",
"predicted","revealed","chosen","status","seed","resumable"]),view.onDraw(draw)}var dictionarytraining_default={render};export{dictionarytraining_default as default};
