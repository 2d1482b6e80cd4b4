// Generated from widgets/src by `npm run build`. Do not edit.
function fill(element,attributes,children){for(let[name,value]of Object.entries(attributes))value===!0?element.setAttribute(
name,""):value!==!1&&element.setAttribute(name,String(value));element.append(...children)}function h(tag,attributes={},...children){
let element=document.createElement(tag);return fill(element,attributes,children),element}function svg(tag,attributes={},...children){
let element=document.createElementNS("http://www.w3.org/2000/svg",tag);return fill(element,attributes,children),element}
function textButton(label,signal,onClick){let button=h("button",{type:"button",class:"mikit-text-button"},label);return button.
addEventListener("click",onClick,{signal}),button}function download(name,blob){let link=document.createElement("a");link.href=URL.createObjectURL(blob),link.download=name,
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
numbers2=copyButton("Copy CSV",signal,async()=>{let text=csv(table2()),copied=await copyText(text);return copied||download(
fileName(title(),"csv"),new Blob([text],{type:"text/csv"})),copied});return[png,numbers2]}var MARK="jupyter-widgets-disconnected",LOST=new Set(["restarting","autorestarting","terminating","dead"]);function cellOf(view){
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
toExponential(2)):withMinus(value.toFixed(size>=1e3?0:digits))}function signed(value,digits=2){return value>0?`+${fixed(
value,digits)}`:fixed(value,digits)}function percent(share){return share>0&&share<.005?"<1 %":`${fixed(Math.round(100*share),
0)} %`}function toggling(label,className,signal,fill2){let element=h("div",{class:className,hidden:!0}),refresh=()=>{element.hidden||
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
model,host,signal,lose),signal.addEventListener("abort",()=>{clearTimeout(speech),root.remove()}),refresh(),view}var ARRAYS={float32:Float32Array,uint8:Uint8Array,int32:Int32Array};function bytesOf(data){return data instanceof ArrayBuffer?
new Uint8Array(data):new Uint8Array(data.buffer,data.byteOffset,data.byteLength)}function decode(wire){let Type=ARRAYS[wire.
dtype],size=Type.BYTES_PER_ELEMENT,bytes=bytesOf(wire.data),wanted=wire.shape.reduce((a,b)=>a*b,1)*size;if(bytes.byteLength!==
wanted)throw new RangeError(`An array of shape [${wire.shape.join(", ")}] needs ${wanted} bytes, ${bytes.byteLength} cam\
e.`);return bytes.byteOffset%size!==0&&(bytes=bytes.slice()),new Type(bytes.buffer,bytes.byteOffset,bytes.byteLength/size)}var BYTES=/((?:⟨[0-9A-F]{2}(?: [0-9A-F]{2})*⟩)+)/;function joinBytes(run){return`⟨${(run.match(/[0-9A-F]{2}/g)??[]).
join(" ")}⟩`}function pieces(text){if(text==="")return[{text:"∅",muted:!0}];let spaces=/^ */.exec(text)?.[0].length??
0,out=spaces?[{text:"·".repeat(spaces),muted:!0}]:[],rest=text.slice(spaces).replaceAll("\r","␍");for(let part of rest.
split(/(\n+|\t+)/).flatMap(piece=>piece.split(BYTES)))part!==""&&(part[0]===`
`?out.push({text:"⏎".repeat(part.length),muted:!0}):part[0]==="	"?out.push({text:"⇥".repeat(part.length),muted:!0}):
BYTES.test(part)?out.push({text:joinBytes(part),muted:!0}):out.push({text:part,muted:!1}));return out}function tokenLabel(text){
return pieces(text).map(piece=>piece.text).join("")}var[WIDTH,HEIGHT,LEFT,RIGHT,TOP,BOTTOM]=[360,150,34,8,8,20];function dosePanel(signal){let shown=null,slider=h("input",{
type:"range",min:0,max:16,step:1,value:16,"aria-label":"Dose, from changed to original"}),chart=svg("svg",{width:WIDTH,height:HEIGHT,
role:"img"}),number=h("output",{class:"mikit-claim-dosed"}),words2=h("div",{class:"mikit-claim-caption"}),tokens=h("p",{
class:"mikit-claim-next"}),element=h("div",{class:"mikit-claim-dose",hidden:!0},h("h4",{},"A look inside: one value, mov\
ed by hand"),words2,h("div",{class:"mikit-claim-dosebox"},chart,h("div",{class:"mikit-claim-slide"},slider,h("div",{class:"\
mikit-claim-ends"},h("span",{},"changed 0"),h("span",{},"original 1")),number,tokens)));slider.addEventListener("input",
move,{signal});function move(){if(!shown)return;let at=slider.valueAsNumber,steps=shown.chances.shape[0]??0,[curves,chances]=[
decode(shown.curves),decode(shown.chances)],value=curves[at]??Number.NaN;number.textContent=`dose ${(at/16).toFixed(2)}:\
 ${signed(value)} logits, ${tokenLabel(value>0?shown.answer:shown.foil)} ahead`,slider.setAttribute("aria-valuetext",number.
textContent);let width=shown.tokens.length,likeliest=shown.tokens.map((text,i)=>({text,p:chances[at*width+i]??0})).sort(
(a,b)=>b.p-a.p).slice(0,3);tokens.textContent=`Likeliest next: ${likeliest.map(({text,p})=>`${tokenLabel(text)} ${percent(
p)}`).join(", ")}`,draw(curves,steps,at)}function draw(curves,steps,at){let known=[...curves].filter(Number.isFinite),[low,
high]=[Math.min(0,...known),Math.max(0,...known)],x=i=>LEFT+(WIDTH-LEFT-RIGHT)*i/(steps-1),y=value=>TOP+(HEIGHT-TOP-BOTTOM)*
(high-value)/(high-low||1),line=(row2,kind)=>{let values=curves.subarray(row2*steps,(row2+1)*steps);return svg("path",{class:kind,
d:[...values].map((v,i)=>Number.isFinite(v)?`${i?"L":"M"}${x(i).toFixed(1)} ${y(v).toFixed(1)}`:"").join("")})};chart.setAttribute(
"aria-label",`Logit difference by dose: ${[...curves.subarray(0,steps)].map(v=>signed(v)).join(", ")}`),chart.replaceChildren(
svg("line",{class:"mikit-claim-grid",x1:LEFT,x2:WIDTH-RIGHT,y1:y(0),y2:y(0)}),...[low,0,high].map(v=>svg("text",{class:"\
mikit-claim-axis",x:LEFT-4,y:y(v)+4,"text-anchor":"end"},signed(v,1))),...Array.from({length:Math.max(0,curves.length/steps-
1)},(_,i)=>line(i+1,"mikit-claim-other")),line(0,"mikit-claim-curve"),svg("line",{class:"mikit-claim-cursor",x1:x(at),x2:x(
at),y1:TOP,y2:HEIGHT-BOTTOM}),svg("circle",{class:"mikit-claim-point",cx:x(at),cy:y(curves[at]??0),r:4}),svg("text",{class:"\
mikit-claim-axis",x:LEFT,y:HEIGHT-4},"changed"),svg("text",{class:"mikit-claim-axis",x:WIDTH-RIGHT,y:HEIGHT-4,"text-anch\
or":"end"},"original"))}return{element,show(dose){element.hidden=!dose.curves,shown=dose.curves?dose:null,shown&&(words2.
replaceChildren(h("div",{},h("b",{},"changed "),shown.corrupt),h("div",{},h("b",{},"original "),shown.clean),h("div",{},
`The value at ${shown.site} of the changed run moves to what it is in the original run. Grey: the same at ${shown.others.
join(", ")}.`)),move())}}}function ruleText({measure,at_least}){let every="in every wording, with every name list,";return measure==="share right"?
`${every} at least ${Math.round(100*at_least)} % of the prompts are right`:`${every} the mean logit difference is at lea\
st ${at_least.toFixed(2)}`}function stampsOf({wordings,names}){return[...wordings.length===1?["one wording"]:[],...names.
length===1?["one name list"]:[]]}var ACCESS=[["weights","The weights are here: it can be run, and run again by others."],["API only","Only an API: mikit \
runs nothing and says what is missing."],["a paper","Only a paper: mikit runs nothing and says what is missing."]],serial=0;
function labelled2(label,control){return h("label",{class:"mikit-claim-field"},h("span",{},label),control)}function adder(label,options,signal,chosen){
let select=h("select",{class:"mikit-select","aria-label":label},h("option",{value:""},label),...options.map((text,i)=>h(
"option",{value:i},text)),h("option",{value:options.length},"an empty line to write into"));return select.addEventListener(
"change",()=>{let index=Number(select.value);select.value="",chosen(index)},{signal}),select}function form(offered,signal,edited){
let draft,closed=!1,set=change=>{draft={...draft,...change},edited(draft),refresh()},on=(element,event,act)=>element.addEventListener(
event,act,{signal}),claim=h("textarea",{class:"mikit-input",rows:2,"aria-label":"The claim"});on(claim,"input",()=>set({
claim:claim.value}));let group=`mikit-claim-${serial++}`,radios=ACCESS.map(([access,says])=>{let radio=h("input",{type:"\
radio",name:group,value:access});return on(radio,"change",()=>set({access})),{radio,element:h("label",{class:"mikit-clai\
m-radio"},radio,h("span",{},h("b",{},access),` ${says}`))}}),first=h("div",{},h("p",{class:"mikit-claim-ask"},"What is c\
laimed? One sentence that could turn out wrong."),claim,h("p",{class:"mikit-claim-ask"},"What do you have access to?"),h(
"div",{role:"radiogroup","aria-label":"Access"},...radios.map(({element})=>element))),wordings=h("div",{class:"mikit-cla\
im-list"}),lists=h("div",{class:"mikit-claim-list"}),stamp=h("p",{class:"mikit-claim-stamp"}),addWording=adder("Add a wo\
rding",offered.wordings,signal,i=>set({wordings:[...draft.wordings,offered.wordings[i]??""]})),addList=adder("Add a name\
 list",offered.names.map(({name})=>name),signal,i=>set({names:[...draft.names,offered.names[i]??{name:"my names",names:""}]})),
second=h("div",{},h("p",{class:"mikit-claim-ask"},"In which words is it asked? {IO} stands for the name that is right, {\
S} for the other one."),wordings,addWording,h("p",{class:"mikit-claim-ask"},"With which names? Separate them by commas."),
lists,addList,stamp),measure=h("select",{class:"mikit-select"},h("option",{value:"share right"},"the share of prompts th\
at are right"),h("option",{value:"mean logit difference"},"the mean logit difference (right name less the other)"));on(measure,
"change",()=>set({measure:measure.value,at_least:measure.value==="share right"?.75:1}));let bar=h("input",{type:"number",
class:"mikit-input mikit-claim-number"});on(bar,"input",()=>{bar.value!==""&&set({at_least:draft.measure==="share right"?
bar.valueAsNumber/100:bar.valueAsNumber})});let unit=h("span",{}),n=h("select",{class:"mikit-select"},...offered.sizes.map(
size=>h("option",{value:size},String(size))));on(n,"change",()=>set({n:Number(n.value)}));let sentence2=h("p",{class:"mi\
kit-claim-rule"}),third=h("div",{},h("p",{class:"mikit-claim-ask"},"When would the claim hold? Decide before anything ha\
s run."),h("div",{class:"mikit-claim-row"},labelled2("In every cell",measure),labelled2("is at least",h("span",{class:"m\
ikit-claim-bar"},bar,unit)),labelled2("prompts in a cell (n)",n)),sentence2);function row2(label,boxes,remove){let button=textButton(
"Remove",signal,remove);return button.setAttribute("aria-label",`Remove ${label}`),button.disabled=closed,h("div",{class:"\
mikit-claim-line"},...boxes,button)}function box(label,value,write){let input=h("input",{type:"text",class:"mikit-input",
"aria-label":label,value});return input.value=value,input.disabled=closed,on(input,"input",()=>write(input.value)),input}
let without=(items,at)=>items.filter((_,i)=>i!==at),swapped=(items,at,item)=>items.map((old,i)=>i===at?item:old);function rows(){
wordings.dataset.key!==`${draft.wordings.length} ${closed}`&&(wordings.dataset.key=`${draft.wordings.length} ${closed}`,
wordings.replaceChildren(...draft.wordings.map((text,i)=>row2(`wording ${i+1}`,[box(`Wording ${i+1}`,text,value=>set({wordings:swapped(
draft.wordings,i,value)}))],()=>set({wordings:without(draft.wordings,i)}))))),lists.dataset.key!==`${draft.names.length}\
 ${closed}`&&(lists.dataset.key=`${draft.names.length} ${closed}`,lists.replaceChildren(...draft.names.map((list2,i)=>{let name=box(
`Name of list ${i+1}`,list2.name,value=>set({names:swapped(draft.names,i,{...draft.names[i],name:value})}));return name.
classList.add("mikit-claim-listname"),row2(`list ${i+1}`,[name,box(`Names of list ${i+1}`,list2.names,value=>set({names:swapped(
draft.names,i,{...draft.names[i],names:value})}))],()=>set({names:without(draft.names,i)}))})))}function refresh(){rows();
let texts=[...[...wordings.querySelectorAll("input")].map((input,i)=>[input,draft.wordings[i]??""]),...draft.names.flatMap(
({name,names},i)=>{let[a,b]=lists.children[i]?.querySelectorAll("input")??[];return a&&b?[[a,name],[b,names]]:[]}),[claim,
draft.claim],[bar,String(draft.measure==="share right"?Math.round(1e3*draft.at_least)/10:draft.at_least)]];for(let[input,
text]of texts){let field=input;!field.matches(":focus")&&field.value!==text&&(field.value=text)}for(let{radio}of radios)
radio.checked=radio.value===draft.access;measure.value=draft.measure,n.value=String(draft.n),bar.step=draft.measure==="s\
hare right"?"1":"0.1",unit.textContent=draft.measure==="share right"?"%":"logits",bar.setAttribute("aria-label",`At leas\
t, ${unit.textContent}`),sentence2.textContent=`The rule: ${ruleText(draft)}.`;let stamps=stampsOf(draft);stamp.hidden=!stamps.
length,stamp.textContent=stamps.length?`The result will be stamped “${stamps.join("”, “")}”: nothing to compare wi\
th. Add another.`:"";for(let control of[claim,measure,bar,n,addWording,addList,...radios.map(({radio})=>radio)])control.
disabled=closed}return{steps:[first,second,third],draft:()=>draft,show(now,lock){draft=now,closed=lock,refresh()}}}var list=items=>h("ul",{},...items.map(item=>h("li",{},item)));function row(cell2){let share=value=>value===null?"":percent(
value),logits=value=>value===null?"":signed(value),ends=([,low,high],text)=>low===null||high===null?"":` [${text(low)}, ${text(
high)}]`,texts=[cell2.names,String(cell2.n),share(cell2.right[0])+ends(cell2.right,value=>String(Math.round(100*value))),
share(cell2.changed[0]),share(cell2.shuffled[0]),logits(cell2.difference[0])+ends(cell2.difference,fixed),cell2.verdict];
return h("tr",{},h("th",{scope:"row"},cell2.wording),...texts.map(text=>h("td",{},text)))}function verdict(model){let outcome=model.
get("outcome"),stamps=outcome.stamps??[];return h("div",{class:"mikit-claim-outcome",role:"status"},...outcome.verdict?[
h("p",{class:"mikit-claim-word"},outcome.verdict)]:[],...stamps.map(stamp=>h("span",{class:"mikit-chip mikit-chip-mark"},
stamp)),...outcome.told?[h("p",{},outcome.told)]:[],...outcome.average?[h("p",{},outcome.average)]:[],...outcome.cannot?.
length?[h("h4",{},"What mikit cannot test"),list(outcome.cannot)]:[],...outcome.needed?.length?[h("h4",{},"What would be\
 needed"),list(outcome.needed)]:[])}function sentence(model){let[draft,earlier]=[model.get("draft"),model.get("earlier")];
return h("div",{},h("p",{class:"mikit-claim-sentence"},draft.claim),h("p",{class:"mikit-muted"},`Access: ${draft.access}\
. Rule, locked ${model.get("locked_at")}: ${model.get("outcome").rule??""}.`),...earlier.map(one=>h("p",{class:"mikit-mu\
ted"},`Locked before it on this page, ${one.locked_at}: ${one.claim} Rule: ${one.rule}. Outcome: ${one.verdict}.`)))}function table(cells){
return h("div",{class:"mikit-claim-scroll",tabindex:0,role:"region","aria-label":"Results as a table"},h("table",{},h("t\
head",{},h("tr",{},...["wording","names","n","right","changed","by coin","logit difference","verdict"].map(name=>h("th",
{scope:"col"},name)))),h("tbody",{},...cells.map(row))))}function notShown(model){let lines=model.get("outcome").not_shown??
[];return h("div",{class:"mikit-claim-limits",hidden:!lines.length},h("h4",{},"Does not show"),list(lines))}var HEIGHT2=28,finite=values=>values.filter(value=>value!==null);function axisOf(cells,measure,bar){if(measure==="share \
right")return{low:0,high:1,text:percent};let all=[0,bar,...cells.flatMap(cell2=>finite([...cell2.difference,cell2.changed[1],
cell2.shuffled[1]]))];return{low:Math.floor(Math.min(...all)),high:Math.ceil(Math.max(...all)),text:value=>signed(value,
1)}}function figures(cell2,measure){let[value,low,high]=measure==="share right"?cell2.right:cell2.difference;if(value===
null)return"not measured yet";if(measure==="share right"){let ends=low===null||high===null?"":` [${Math.round(100*low)},\
 ${Math.round(100*high)}]`;return`${Math.round(value*cell2.n)} of ${cell2.n} · ${percent(value)}${ends}`}return`${signed(
value)}${low===null||high===null?"":` [${fixed(low)}, ${fixed(high)}]`} logits`}function picture(cell2,measure,axis,bar,width){
let x=value2=>6+(width-12)*(value2-axis.low)/(axis.high-axis.low||1),which=measure==="share right"?0:1,[value,low,high]=measure===
"share right"?cell2.right:cell2.difference,[changed,shuffled]=[cell2.changed[which],cell2.shuffled[which]],middle=HEIGHT2/
2,at=from=>from!=null;return svg("svg",{width,height:HEIGHT2,role:"img","aria-label":`${cell2.names}: ${figures(cell2,measure)}\
, bar ${axis.text(bar)}`},svg("line",{class:"mikit-claim-grid",x1:x(axis.low),x2:x(axis.high),y1:middle,y2:middle}),...at(
changed)?[svg("circle",{class:"mikit-claim-control",cx:x(changed),cy:middle,r:4})]:[],...at(shuffled)?[svg("line",{class:"\
mikit-claim-control",x1:x(shuffled),x2:x(shuffled),y1:middle-5,y2:middle+5})]:[],svg("line",{class:"mikit-claim-bar-line",
x1:x(bar),x2:x(bar),y1:0,y2:HEIGHT2}),...at(low)&&at(high)?[svg("line",{class:"mikit-claim-whisker",x1:x(low),x2:x(high),
y1:middle,y2:middle})]:[],...at(value)?[svg("circle",{class:"mikit-claim-point",cx:x(value),cy:middle,r:4.5})]:[])}function whiskers(cells,measure,bar,width){
let axis=axisOf(cells,measure,bar),drawn=width>=700?260:Math.max(120,width-300),wordings=[...new Set(cells.map(({wording})=>wording))];
return h("div",{class:"mikit-claim-plot"},...wordings.flatMap(wording=>[h("p",{class:"mikit-claim-wording"},wording),...cells.
filter(cell2=>cell2.wording===wording).map(cell2=>h("div",{class:"mikit-claim-cell"},h("span",{class:"mikit-claim-names"},
cell2.names),picture(cell2,measure,axis,bar,drawn),h("span",{class:"mikit-claim-figures"},figures(cell2,measure)),h("spa\
n",{class:"mikit-claim-verdict"},cell2.verdict)))]),h("p",{class:"mikit-claim-caption"},`Each line from ${axis.text(axis.
low)} to ${axis.text(axis.high)}. Blue: measured, with the interval (95 % for all cells together). Upright line in ink: \
the bar, ${axis.text(bar)}. Grey ring: the changed prompts, where the other name is right. Grey tick: which name is righ\
t drawn by a coin.`))}var STEPS=["1 Claim","2 Words and names","3 Rule","4 Run","5 The page"],[RULE,RUN,PAGE]=[2,3,4],settled=({verdict:word,cannot})=>!!word||
!!cannot?.length;function numbers(cell2){let all=[...cell2.right,...cell2.difference,...cell2.changed,...cell2.shuffled,
...cell2.told];return[cell2.wording,cell2.names,cell2.n,...all.map(value=>value??Number.NaN),cell2.verdict]}function render({
model,el,signal}){let step=settled(model.get("outcome"))?PAGE:model.get("locked_at")?RUN:0,typed=null,view=frame(model,el,
signal,{name:"claim",table:()=>({caption:`${model.get("draft").claim} ${ruleText(model.get("draft"))}. Verdict: ${model.
get("outcome").verdict??"none yet"}`,columns:["wording","names","n","right","low","high","logit difference","low","high",
"changed right","changed difference","by coin right","by coin difference","told above","told below","verdict"],rows:model.
get("cells").map(numbers)}),reset:()=>{typed=null,step=0}}),boxes=form(model.get("offered"),signal,draft=>{typed=draft}),
dose=dosePanel(signal),tabs=STEPS.map((label,i)=>textButton(label,signal,()=>go(i))),nav=h("nav",{class:"mikit-claim-ste\
ps","aria-label":"Steps"},...tabs),lock=h("button",{type:"button",class:"mikit-primary"},"Lock the rule"),over=textButton(
"Start over with a new claim",signal,()=>{model.send({do:"over"}),go(0)}),locked=h("p",{class:"mikit-claim-locked",role:"\
status"}),problem=h("p",{class:"mikit-error",role:"alert"}),[,,rule]=boxes.steps;rule.append(h("div",{class:"mikit-claim\
-row"},lock,over),locked,problem);let start=h("button",{type:"button",class:"mikit-primary"},"Run"),hint=h("p",{class:"m\
ikit-muted"}),[plot,found]=[h("div"),h("div")],running=h("div",{},h("div",{class:"mikit-claim-row"},start,hint),plot,found),
[head2,result,limits]=[h("div"),h("div"),h("div")],waits=h("p",{class:"mikit-muted"},"Nothing to hand over yet: lock the\
 rule (step 3) and run (step 4)."),handed=h("div",{class:"mikit-claim-page"},waits,head2,result,dose.element,limits,h("p",
{class:"mikit-muted"},"Save page keeps all of this in one file, its record inside. Save record keeps the record alone; a\
nyone can replay it.")),panels=[...boxes.steps,running,handed],next=textButton("Next",signal,()=>go(step+1)),back=textButton(
"Back",signal,()=>go(step-1));view.stage.append(nav,...panels,h("div",{class:"mikit-claim-foot"},back,next)),view.needsKernel(
lock),view.needsKernel(over),view.needsKernel(start),lock.addEventListener("click",()=>model.send({do:"lock",draft:typed??
model.get("draft")}),{signal}),start.addEventListener("click",()=>view.set({started:!0},["claim","dose"]),{signal});function go(to){
step=Math.min(PAGE,Math.max(0,to)),view.draw()}function draw(){let[closed,cells,outcome]=[model.get("locked_at")!=="",model.
get("cells"),model.get("outcome")],draft=!closed&&typed||model.get("draft"),still=closed||!view.live;boxes.show(draft,still),
tabs.forEach((tab,i)=>tab.setAttribute("aria-pressed",String(i===step))),panels.forEach((panel,i)=>{panel.hidden=i!==step}),
back.hidden=step===0,next.hidden=step===PAGE,lock.hidden=closed,over.hidden=!closed,locked.textContent=closed?`Locked at\
 ${model.get("locked_at")} (UTC). Nothing above can be changed any more.`:"Locking notes the time. After it nothing abov\
e can be changed, only begun anew.",problem.textContent=model.get("problem")?`× ${model.get("problem")}`:"",start.hidden=
!closed||model.get("started"),hint.textContent=closed?model.get("started")?"":"Nothing has run yet.":"Lock the rule firs\
t (step 3).";let width=view.width,drawn=cells.length?whiskers(cells,draft.measure,draft.at_least,width):h("div");for(let part of[
plot,found,head2,result,limits])part.replaceChildren();step===PAGE?(head2.replaceChildren(sentence(model),verdict(model)),
result.replaceChildren(...cells.length?[drawn,table(cells)]:[]),limits.replaceChildren(notShown(model)),handed.classList.
toggle("mikit-claim-empty",!settled(outcome)),waits.hidden=settled(outcome)):step===RUN&&(plot.replaceChildren(drawn),found.
replaceChildren(verdict(model))),dose.show(model.get("dose")),view.number.element.hidden=!outcome.verdict,outcome.verdict&&
view.number.show({label:"verdict",value:outcome.verdict,below:`rule locked ${model.get("locked_at")}`})}view.watch(["loc\
ked_at"],()=>{model.get("locked_at")&&(typed=null),model.get("locked_at")&&step===RULE&&(step=RUN),view.draw()}),view.watch(
["draft","earlier","started","problem","cells","outcome","dose"]),view.onDraw(draw)}var claim_default={render};export{claim_default as default};
