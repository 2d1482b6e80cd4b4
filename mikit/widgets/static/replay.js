// Generated from widgets/src by `npm run build`. Do not edit.
function fill(element,attributes,children){for(let[name,value]of Object.entries(attributes))value===!0?element.setAttribute(
name,""):value!==!1&&element.setAttribute(name,String(value));element.append(...children)}function h(tag,attributes={},...children){
let element=document.createElement(tag);return fill(element,attributes,children),element}function textButton(label,signal,onClick){let button=h("button",{type:"button",class:"mikit-text-button"},label);return button.
addEventListener("click",onClick,{signal}),button}function download(name,blob){let link=document.createElement("a");link.href=URL.createObjectURL(blob),link.download=name,
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
below??""},clear=()=>show({label:" ",value:" ",below:" "});return clear(),{element,show,clear}}function withMinus(text){let typeset=text.replace("-","−");return/[1-9]/.test(typeset)?typeset:typeset.replace("−","")}
function fixed(value,digits=2){if(Number.isNaN(value))return"NaN";if(!Number.isFinite(value))return value>0?"∞":"−∞";
let size=Math.abs(value);return size!==0&&size<.5*10**-digits?withMinus(value.toExponential(1)):size>=1e5?withMinus(value.
toExponential(2)):withMinus(value.toFixed(size>=1e3?0:digits))}function toggling(label,className,signal,fill2){let element=h("div",{class:className,hidden:!0}),refresh=()=>{element.hidden||
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
model,host,signal,lose),signal.addEventListener("abort",()=>{clearTimeout(speech),root.remove()}),refresh(),view}var short=value=>value===0?"0":value.toPrecision(2),moved=({difference,unit})=>difference===null?"cannot be compared":`${short(
difference)} ${unit}`;function lines(columns,rows){return h("table",{},h("thead",{},h("tr",{},...columns.map(name=>h("th",
{scope:"col"},name)))),h("tbody",{},...rows.map(([first="",...rest])=>h("tr",{},h("th",{scope:"row"},first),...rest.map(
text=>h("td",{},text))))))}function render({model,el,signal}){let view=frame(model,el,signal,{name:"replay",table:()=>({
caption:model.get("outcome").sentence??"Not replayed yet",columns:["numbers","largest difference","unit","tolerance"],rows:model.
get("rows").map(row=>[row.where,row.difference??Number.NaN,row.unit,row.tolerance])})}),files=h("select",{class:"mikit-s\
elect","aria-label":"A record beside this notebook"}),look=textButton("Look again",signal,()=>model.send({do:"look"})),file=h(
"input",{type:"file",accept:".json,.html,.htm","aria-label":"A record from this computer"}),start=h("button",{type:"butt\
on",class:"mikit-primary"},"Replay"),problem=h("p",{class:"mikit-error",role:"alert"}),[recorded,outcome,rows,environment]=[
h("div"),h("p",{class:"mikit-replay-outcome",role:"status"}),h("div"),h("div")];view.inputs.append(h("label",{class:"mik\
it-replay-field"},"beside this notebook",files),look,h("label",{class:"mikit-replay-field"},"from this computer",file),start),
view.stage.append(problem,recorded,outcome,h("div",{class:"mikit-replay-scroll",tabindex:0,role:"region","aria-label":"D\
ifferences and environment"},rows,environment));for(let control of[files,look,file,start])view.needsKernel(control);files.
addEventListener("change",()=>{files.value&&model.send({do:"choose",name:files.value})},{signal}),file.addEventListener(
"change",()=>{let[one]=file.files??[];one&&one.arrayBuffer().then(bytes=>model.send({do:"file",name:one.name},void 0,[bytes]))},
{signal}),start.addEventListener("click",()=>view.set({started:!0},["replay"]),{signal});function draw(){let[names,chosen,
now]=[model.get("files"),model.get("chosen"),model.get("outcome")];files.replaceChildren(h("option",{value:""},names.length?
"choose a record":"none here yet"),...names.map(name=>h("option",{value:name},name))),files.value=names.includes(chosen)?
chosen:"",start.hidden=!chosen||model.get("started"),problem.textContent=model.get("problem")?`× ${model.get("problem")}`:
"";let said=model.get("recorded").lines??[];recorded.replaceChildren(...said.length?[h("h4",{},`What ${chosen} says`),...said.
map(line=>h("p",{},line))]:[h("p",{class:"mikit-muted"},"Choose a record (.json) or a saved page (.html). Nothing in it \
is run as code; its studies are run again.")]),outcome.textContent=now.sentence?`${now.within?"✓":"!"} ${now.sentence}`:
"",outcome.dataset.within=String(now.within??""),rows.replaceChildren(...model.get("rows").length?[h("h4",{},"How far th\
e numbers are from the recorded ones"),lines(["numbers","largest difference","tolerance"],model.get("rows").map(row=>[row.
where,moved(row),String(row.tolerance)]))]:[]),environment.replaceChildren(...model.get("environment").length?[h("h4",{},
"Computed with"),lines(["what","then","now"],model.get("environment").map(([name,then,here])=>[name,then,here===then?"th\
e same":here]))]:[])}view.watch(["files","chosen","started","problem","recorded","environment","rows","outcome"]),view.onDraw(
draw)}var replay_default={render};export{replay_default as default};
