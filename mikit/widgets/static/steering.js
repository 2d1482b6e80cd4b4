// Generated from widgets/src by `npm run build`. Do not edit.
function fill(element,attributes,children){for(let[name,value]of Object.entries(attributes))value===!0?element.setAttribute(
name,""):value!==!1&&element.setAttribute(name,String(value));element.append(...children)}function h(tag,attributes={},...children){
let element=document.createElement(tag);return fill(element,attributes,children),element}function svg(tag,attributes={},...children){
let element=document.createElementNS("http://www.w3.org/2000/svg",tag);return fill(element,attributes,children),element}
function textButton(label2,signal,onClick){let button=h("button",{type:"button",class:"mikit-text-button"},label2);return button.
addEventListener("click",onClick,{signal}),button}function options(select,all,chosen){select.length===all.length&&all.every(([value,label2],i)=>select.options[i].value===
value&&select.options[i].text===label2)||select.replaceChildren(...all.map(([value,label2])=>h("option",{value},label2))),
select.value=chosen}function selectField(label2,signal,changed){let select=h("select",{class:"mikit-select","aria-label":label2});
return select.addEventListener("change",()=>changed(select.value),{signal}),select}function textField(label2,signal,changed,placeholder=""){
let field=h("input",{type:"text",class:"mikit-input","aria-label":label2,placeholder,spellcheck:"false",autocomplete:"of\
f"});return field.addEventListener("change",()=>changed(field.value),{signal}),field}function download(name,blob){let link=document.createElement("a");link.href=URL.createObjectURL(blob),link.download=name,
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
canSave,page.hidden=text.gone||text.frozen}}}function moved(key,from,rows,columns,up=!1){let[row,column]=from,hold=(value,count)=>Math.min(count-1,Math.max(0,value)),
down=up?-1:1;switch(key){case"ArrowRight":return[row,hold(column+1,columns)];case"ArrowLeft":return[row,hold(column-1,columns)];case"\
ArrowDown":return[hold(row+down,rows),column];case"ArrowUp":return[hold(row-down,rows),column];case"Home":return[row,0];case"\
End":return[row,columns-1];default:return null}}function gridKeys(element,signal,grid){element.addEventListener("keydown",
event=>{if(event.ctrlKey||event.metaKey||event.altKey)return;let[rows,columns]=grid.size();if(!rows||!columns)return;let up=grid.
up?.()??!1,at=grid.at(),start=[up?rows-1:0,0];if(event.key==="Escape")grid.leave();else if((event.key==="Enter"||event.key===
" ")&&at)grid.choose(at);else{let next=moved(event.key,at??start,rows,columns,up);if(!next)return;grid.move(at?next:start)}
event.preventDefault()},{signal})}function containKeys(root,signal){root.addEventListener("keydown",event=>{event.ctrlKey||
event.metaKey||event.shiftKey&&event.key==="Enter"||event.stopPropagation()},{signal})}function numberSlot(){let[label2,value,unit,below]=["label","value","unit","below"].map(part=>h("span",{class:`mikit-num\
ber-${part}`})),element=h("div",{class:"mikit-number"},label2,h("span",{class:"mikit-number-line"},value," ",unit),below),
show=text=>{label2.textContent=text.label,value.textContent=text.value,unit.textContent=text.unit??"",below.textContent=
text.below??""},clear=()=>show({label:" ",value:" ",below:" "});return clear(),{element,show,clear}}function withMinus(text){let typeset=text.replace("-","−");return/[1-9]/.test(typeset)?typeset:typeset.replace("−","")}
function fixed(value,digits=2){if(Number.isNaN(value))return"NaN";if(!Number.isFinite(value))return value>0?"∞":"−∞";
let size=Math.abs(value);return size!==0&&size<.5*10**-digits?withMinus(value.toExponential(1)):size>=1e5?withMinus(value.
toExponential(2)):withMinus(value.toFixed(size>=1e3?0:digits))}function signed(value,digits=2){return value>0?`+${fixed(
value,digits)}`:fixed(value,digits)}function percent(share){return share>0&&share<.005?"<1 %":`${fixed(Math.round(100*share),
0)} %`}function interval(value,low,high,digits=1){return`${fixed(value,digits)} [${fixed(low,digits)}, ${fixed(high,digits)}\
]`}function toggling(label2,className,signal,fill2){let element=h("div",{class:className,hidden:!0}),refresh=()=>{element.hidden||
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
let observer=new MutationObserver(changed),options2={attributes:!0,attributeFilter:["class","data-jp-theme-light","data-\
jp-theme-name","data-theme"]};observer.observe(document.body,options2),observer.observe(document.documentElement,options2),
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
"2d")??null;return context?.setTransform(ratio,0,0,ratio,0,0),context}var WIDTH=120,HEIGHT=8;function legend(){let canvas=h("canvas",{role:"presentation"}),marks=h("div",{class:"mikit-legend\
-marks"}),unit=h("div",{class:"mikit-legend-unit"});return{element:h("div",{class:"mikit-legend"},h("div",{},canvas,marks),
unit),show:({kind,theme,limit,unit:name,reach=1})=>{let context=sizeCanvas(canvas,WIDTH,HEIGHT),[map,from]=[colourMap(kind,
theme),kind==="diverging"?-1:0];for(let x=0;context&&x<WIDTH;x++)context.fillStyle=map.css(reach*(from+(1-from)*x/(WIDTH-
1))),context.fillRect(x,0,1,HEIGHT);let ends=kind==="diverging"?[signed(-limit),"0",signed(limit)]:["0",fixed(limit)];marks.
replaceChildren(...ends.map(text=>h("span",{},text))),unit.textContent=name}}}function seedField(signal,now,change){let seed=h("input",{class:"mikit-input mikit-seed",type:"number",min:0,max:9999,step:1});
return seed.addEventListener("change",()=>{seed.value!==""&&seed.checkValidity()&&change(seed.valueAsNumber),seed.value=
String(now())},{signal}),[h("label",{class:"mikit-field"},"seed",seed),seed]}var BYTES=/((?:⟨[0-9A-F]{2}(?: [0-9A-F]{2})*⟩)+)/;function joinBytes(run){return`⟨${(run.match(/[0-9A-F]{2}/g)??[]).
join(" ")}⟩`}function pieces(text){if(text==="")return[{text:"∅",muted:!0}];let spaces=/^ */.exec(text)?.[0].length??
0,out=spaces?[{text:"·".repeat(spaces),muted:!0}]:[],rest=text.slice(spaces).replaceAll("\r","␍");for(let part of rest.
split(/(\n+|\t+)/).flatMap(piece=>piece.split(BYTES)))part!==""&&(part[0]===`
`?out.push({text:"⏎".repeat(part.length),muted:!0}):part[0]==="	"?out.push({text:"⇥".repeat(part.length),muted:!0}):
BYTES.test(part)?out.push({text:joinBytes(part),muted:!0}):out.push({text:part,muted:!1}));return out}function tokenLabel(text){
return pieces(text).map(piece=>piece.text).join("")}function tokenSpan(token){let span3=h("span",{class:token.special?"mikit-token mikit-token-special":"mikit-token"});for(let piece of pieces(
token.text))span3.append(piece.muted?h("span",{class:"mikit-token-mark"},piece.text):piece.text);return span3}var DIVERGING_REACH=.6;function reachOf(kind){return kind==="diverging"?DIVERGING_REACH:1}function tint(element,value,{kind,
limit,theme}){let{t,mark}=value===null?{t:0,mark:""}:place(value,limit,kind);element.classList.toggle("mikit-tint-out",mark===
"×"),element.toggleAttribute("data-mark",mark==="+"||mark==="−"),element.hasAttribute("data-mark")&&element.setAttribute(
"data-mark",mark);let plain=value===null||mark==="×"||t===0;element.classList.toggle("mikit-tinted",!plain);let rgb=colourMap(
kind,theme).at(t*reachOf(kind));element.style.backgroundColor=plain?"":`rgb(${rgb.join(" ")})`,element.style.color=plain?
"":inkOn(rgb)}function tinted(token,value,how){let span3=tokenSpan(token);return tint(span3,value,how),span3}function polyline(x,y){let pen="M";return Array.from(y,(value,i)=>{if(!Number.isFinite(value))return pen="M","";let step=`${pen}${x[i].
toFixed(1)} ${value.toFixed(1)}`;return pen="L",step}).join("")}function hatching(left,right,top,bottom,gap=6){let tall=bottom-top,first=Math.floor((left-tall)/gap)*gap;return Array.from(
{length:Math.max(0,Math.ceil((right-first)/gap))},(_,i)=>{let start=first+i*gap,[from,to]=[Math.max(start,left),Math.min(
start+tall,right)];return to>from?`M${from.toFixed(1)} ${(bottom-from+start).toFixed(1)}L${to.toFixed(1)} ${(bottom-to+start).
toFixed(1)}`:""}).join("")}var LEFT=40,RIGHT=152,LINE=13,box=(kind,...children)=>h("div",{class:`mikit-st-${kind}`},...children),line=(kind,[x1,y1,
x2,y2],more={})=>svg("line",{class:`mikit-st-${kind}`,x1,y1,x2,y2,...more}),label=(kind,x,y,text,anchor="start")=>svg("t\
ext",{class:`mikit-st-${kind}`,x,y,"text-anchor":anchor},text);function drawPanel(panel,xs,[left,right],at){let{top,tall,
low,high,text,series,whiskers,band,level:[level,name]=[high,""]}=panel,y=value=>top+tall*((high-Math.max(low,Math.min(high,
value)))/(high-low)),beside=right+10,figure2=values=>Number.isFinite(values[at])?text(values[at]):"–",own=series.at(-1).
values,known=band?[...xs.keys()].filter(i=>Number.isFinite(band.low[i])):[],from=top+10+LINE*(panel.unit?2:1);return[...panel.
ticks.flatMap(value=>[line(value===0?"base":"grid",[left,y(value),right,y(value)]),label("axis",left-6,Math.min(top+tall,
Math.max(top+8,y(value)+4)),text(value),"end")]),...known.length>1?[svg("polygon",{class:"mikit-st-band",points:[...known.
map(i=>`${xs[i]},${y(band.high[i])}`),...known.reverse().map(i=>`${xs[i]},${y(band.low[i])}`)].join(" ")})]:[],...series.
map(({kind,dash,values})=>svg("path",{class:`mikit-st-${kind}`,"stroke-dasharray":dash??!1,d:polyline(xs,values.map(y))})),
...whiskers?xs.flatMap((x,i)=>Number.isFinite(whiskers.low[i])?[line("whisker",[x,y(whiskers.high[i]),x,y(whiskers.low[i])])]:
[]):[],...level<high?[line("level",[left,y(level),right,y(level)]),label("axis",left+4,y(level)-2,name)]:[],...Number.isFinite(
own[at])?[svg("circle",{class:`mikit-st-dot ${panel.kind}`,cx:xs[at],cy:y(own[at]),r:3.5})]:[],svg("text",{class:`mikit-\
st-label ${panel.kind}`,x:beside,y:top+10},`${panel.title} ${figure2(own)}`),...panel.unit?[label("axis",beside,top+10+LINE,
panel.unit)]:[],...series.filter(({name:name2})=>name2).flatMap(({kind,dash,name:name2,values},i)=>[line(kind,[beside,from+
i*LINE-4,beside+16,from+i*LINE-4],dash?{"stroke-dasharray":dash}:{}),label("axis",beside+20,from+i*LINE,`${name2} ${figure2(
values)}`)])]}function axisOf({min,max},width){let right=width-RIGHT,unit=(right-LEFT)/(max-min||1);return{width,left:LEFT,right,min,max,
x:dose=>LEFT+(dose-min)*unit,dose:x=>Math.min(max,Math.max(min,min+(x-LEFT)/unit))}}var DETENT=.015;function dragged(dose,{
min,max,step}){return Math.abs(dose)<=DETENT*(max-min)?0:Number((Math.round(dose/step)*step).toFixed(6))}function nearest(doses,dose){
let best=-1;return doses?.forEach((one,i)=>{(best<0||Math.abs(one-dose)<Math.abs(doses[best]-dose))&&(best=i)}),best}function outOfRange(doses,bad,{
min,max}){let found=[];return doses.forEach((dose,i)=>{if(!bad[i])return;let from=i?(doses[i-1]+dose)/2:min,to=i+1<doses.
length?(dose+doses[i+1])/2:max;found.push([from,to])}),found}var meant=text=>text.replace(/^·+/,dots=>" ".repeat(dots.length));var KINDS=[["build","sentences"],["token","a token"],["feature","a feature"],["file","a file"],["sum","a sum of two"]],HOWS=[
["mean","mean difference"],["pca","PCA"],["probe","logistic probe"]],SIDES=[["toward","one sentence a line"],["away from",
"their counterparts, in the same order"]];function sentences(text){return text.split(`
`).map(line2=>line2.trim()).filter(Boolean)}function buildForm(signal,send){let nothing=()=>{},kind=selectField("What th\
e direction is built from",signal,fold),how=selectField("How",signal,nothing),name=textField("Name of the direction",signal,
nothing,"a name"),token=textField("A token",signal,nothing,"·formal (the dot is a space)"),feature=textField("Number of\
 the feature",signal,nothing,"number of the feature");feature.type="number";let file=h("input",{type:"file",accept:".saf\
etensors","aria-label":"A direction's file"}),sides=SIDES.map(([side2,placeholder])=>{let area=h("textarea",{class:"miki\
t-input mikit-st-area",spellcheck:"false","aria-label":`Sentences ${side2} which it points`,placeholder});return area.addEventListener(
"input",fold,{signal}),{side:side2,area,count:box("small")}}),terms=["First","Second"].map((which,i)=>{let weight=textField(
`${which} weight`,signal,nothing);return Object.assign(weight,{type:"number",step:"any",value:i?"-1":"1"}),weight.classList.
add("mikit-seed"),{weight,of:selectField(`${which} direction`,signal,nothing)}}),sum=box("row",...terms.flatMap(({weight,
of},i)=>[i?"+":"",weight,"×",of])),pairs=box("columns",...sides.map(({side:side2,area,count})=>h("div",{},box("head",box(
"title",side2),count),area))),button=h("button",{type:"button",class:"mikit-primary"},"Build"),wrong=h("p",{class:"mikit\
-error",role:"alert"});function fold(){let is=(...kinds)=>kinds.includes(kind.value);how.hidden=pairs.hidden=!is("build"),
name.hidden=!is("build","sum"),[token.hidden,feature.hidden,file.hidden,sum.hidden]=[!is("token"),!is("feature"),!is("fi\
le"),!is("sum")];for(let{area,count}of sides)count.textContent=`${sentences(area.value).length} sentences`}async function build(){
let[chosen]=file.files??[];if(kind.value==="file"&&!chosen||kind.value==="feature"&&!feature.value)return;let[plus,minus]=sides.
map(({area})=>sentences(area.value)),messages={build:{name:name.value,how:how.value,plus,minus},token:{token:meant(token.
value)},feature:{feature:feature.valueAsNumber},file:{name:chosen?.name},sum:{name:name.value,terms:terms.map(({weight,of})=>[
weight.valueAsNumber,of.value])}};send({do:kind.value,...messages[kind.value]},kind.value==="file"?[await chosen.arrayBuffer()]:
[])}return button.addEventListener("click",()=>{build()},{signal}),options(kind,KINDS,"build"),options(how,HOWS,"mean"),
fold(),{button,element:box("build",box("row",kind,how,token,feature,file,sum,name,button),pairs,wrong),draw(offered,problem){
terms.forEach(({of},i)=>options(of,offered.map(one=>[one.name,one.name]),of.value||(offered[i]?.name??""))),wrong.textContent=
problem&&`× ${problem}`}}}var ARRAYS={float32:Float32Array,uint8:Uint8Array,int32:Int32Array};function bytesOf(data){return data instanceof ArrayBuffer?
new Uint8Array(data):new Uint8Array(data.buffer,data.byteOffset,data.byteLength)}function decode(wire){let Type=ARRAYS[wire.
dtype],size=Type.BYTES_PER_ELEMENT,bytes=bytesOf(wire.data),wanted=wire.shape.reduce((a,b)=>a*b,1)*size;if(bytes.byteLength!==
wanted)throw new RangeError(`An array of shape [${wire.shape.join(", ")}] needs ${wanted} bytes, ${bytes.byteLength} cam\
e.`);return bytes.byteOffset%size!==0&&(bytes=bytes.slice()),new Type(bytes.buffer,bytes.byteOffset,bytes.byteLength/size)}var Flow=class{constructor(signal,act){this.act=act;let at=event=>this.spans.indexOf(event.target.closest(".mikit-token")),
hover=i=>{i!==this.under&&(this.under=i,this.mark(),act.point(this.active,!1))};this.element.addEventListener("pointerov\
er",event=>hover(at(event)),{signal}),this.element.addEventListener("pointerleave",()=>hover(-1),{signal}),this.element.
addEventListener("click",event=>{at(event)>=0&&act.choose?.(at(event))},{signal}),gridKeys(this.element,signal,{size:()=>[
1,this.spans.length],at:()=>this.cursor>=0?[0,this.cursor]:null,move:([,i])=>{this.cursor=i,this.under=-1,this.spans[i]?.
scrollIntoView?.({block:"nearest"}),this.mark(),act.point(i,!0)},choose:([,i])=>act.choose?.(i),leave:()=>this.forget()})}act;element=h(
"div",{class:"mikit-flow",tabindex:0,role:"group"});spans=[];under=-1;cursor=-1;get hovered(){return this.under}get active(){
return this.under>=0?this.under:this.cursor}forget(){this.cursor=this.under=-1,this.mark(),this.act.point(-1,!1)}show(spans,label2,nothing){
this.spans=spans,this.cursor=Math.min(this.cursor,spans.length-1),this.under=Math.min(this.under,spans.length-1),this.element.
replaceChildren(...spans.length?spans:[h("span",{class:"mikit-muted"},nothing)]),this.element.setAttribute("aria-label",
label2),this.mark()}mark(){this.spans.forEach((span3,i)=>span3.classList.toggle("mikit-token-active",i===this.active))}};var DONE={add:"how much of the arrow is added (steer)",project:"what share of the arrow is taken out (project)",clamp:"w\
here the feature is held (clamp)",ablate:"what share of the feature is switched off (ablate)"};function strengthInWords(how,unit,norm,layer){
return`Drag: ${DONE[how]}, ${unit}${how==="add"&&norm!==null?` (${fixed(norm,0)} at L${layer})`:""}`}function times(change){
let factor=Math.exp(Math.abs(change));return factor<1.05?"about as likely as before":`${factor>=1e3?"over 1000":fixed(factor,
factor<9.5?1:0)} times ${change>0?"likelier ▲":"less likely ▼"} under steering`}function tokenInWords(text,change){return`${tokenLabel(
text)}: ${Number.isNaN(change)?"not known":`${signed(change)} nats, ${times(change)}`}`}function sinceInWords(prompt,since){
return`Steers ${since>=prompt.length?"the written text alone":since<=1?"all but position 0":`from ${tokenLabel(prompt[since].
text)} (${since}) on`}. Click a token to begin there.`}var GLOSS={effect:"Effect: the score of what was written, which r\
eads the text alone and never sees the arrow",kl:"Cost: how far next-token predictions on neutral texts move from the mo\
del's own (nats a token)",surprise:"Cost: how surprising the unsteered model finds what was written (nats a token)",repetition:"\
Cost: share of three-token runs that had been written before"};function figure(name,value){return name==="repetition"?percent(
value):name==="effect"?value?signed(value,1):"0":Math.abs(value)<.005?"0":fixed(value,value<10?2:1)}function keyInWords({
of,bounds,curves},at){let ratio=curves.ratio.value[at]??Number.NaN,beyond=Object.entries(bounds).map(([name,value])=>`${name}\
 > ${fixed(value)}`).join(" or ");return`Mean of ${of}, whiskers 95 %. Grey: controls, equally strong for their layer. P\
lum: costs. Hatched: ${beyond}.${Number.isNaN(ratio)?"":` Stream × ${fixed(ratio)} as long.`}`}function besideInWords({
doses,curves,controls},at){let plain=curves.effect.value[doses.indexOf(0)]??Number.NaN,random=controls[0]?.curves.effect,
ends=random&&!Number.isNaN(random.low[at])?`${signed(random.low[at],1)} to ${signed(random.high[at],1)}`:"not yet";return`\
unsteered ${Number.isNaN(plain)?"not yet":signed(plain,1)}, random ${ends}`}function effectInWords({curves:{effect:{value,
low,high}}},at){return Number.isNaN(value[at])?"–":Number.isNaN(low[at])?signed(value[at],1):`${value[at]>0?"+":""}${interval(
value[at],low[at],high[at])}`}var shareInWords=([value,low,high,n])=>n===0?"none answered":`${percent(value)} [${Math.round(
100*low)}, ${Math.round(100*high)}], n = ${n}`;function outcomeInWords({picked,random}){return!picked[3]||!random[3]?`Of\
 the pairs with ${picked[3]?"a random":random[3]?"this":"either"} arrow none was answered: there is nothing to compare.`:
picked[1]<=random[2]&&random[1]<=picked[2]?"The intervals overlap: these answers do not tell the arrow from a random one\
.":`The steered texts were picked ${picked[0]>random[0]?"more":"less"} often than those of a random arrow.`}function sinkInWords({
sink,length},layer){let[all,without]=[sink[0][layer],sink[1][layer]];return Number.isNaN(all)?`L${layer} is not measured\
 yet.`:`At L${layer}, with position 0 left in, this arrow ${Math.abs(all)>=.7?"is mostly":"is not mostly"} the attention\
 sink: cosine ${fixed(all)} with the sink's own direction, ${fixed(length[0][layer]/length[1][layer],1)} times as long. \
Without position 0: cosine ${fixed(without)}. The panel leaves position 0 out.`}function span(seconds){return seconds<90?
`about ${Math.ceil(seconds)} s`:`about ${Math.round(seconds/60)} min`}var LIMIT=4;function columnOf(signal,kind,say,...tools){let title=box("title"),tokens=[],change=new Float32Array,flow=new Flow(
signal,{point:(i,byKey)=>say(i<0?"":tokenInWords(tokens[i],change[i]),byKey)});return{element:box(`column mikit-st-${kind}`,
box("head",title,...tools),flow.element),show(name,line2,theme){title.textContent=name,tokens=line2?.tokens??[],change=line2?
decode(line2.change):change,flow.show(tokens.map((text,i)=>tinted({text,special:!1},change[i],{kind:"diverging",limit:LIMIT,
theme})),`${name}: ${tokens.length} tokens. Arrow keys move over them.`,line2?line2.ended?"The text ends at once.":" ":
"The text comes here."),tokens.length&&line2?.ended&&flow.element.append(" (ends here)")}}}function columnsOf(signal,say,redraw){
let random=!1,instead=textButton("",signal,()=>{random=!random,redraw()}),unsteered=columnOf(signal,"plain",say),steered=columnOf(
signal,"changed",say,instead);return{element:box("columns",unsteered.element,steered.element),reset(){random=!1},show(texts,name,strength,theme){
let other=random&&texts?.random||null;instead.hidden=!texts?.random,instead.textContent=other?`back to “${name}”`:"a\
 random arrow instead",unsteered.show("unsteered",texts?.unsteered,theme),steered.show(`${other?"random arrow, as long":
"steered"}, ${strength}`,other??texts?.steered,theme)}}}var HOWS2={add:"add",project:"take out",clamp:"hold at",ablate:"switch off"},MOST_SAMPLES=4;function span2(which,to,layer,last){
return which==="layer"?{layer:to,last:layer===last?to:Math.max(to,last)}:{layer:Math.min(to,layer),last:to}}var Inputs=class{constructor(model,signal,give){
this.model=model;let layers=which=>to=>give(span2(which,Number(to),model.get("layer"),model.get("last")));this.prompt=textField(
"Prompt",signal,prompt=>give({prompt}));let{mode,examples,direction,how,layer,last,samples}=this.selects={mode:selectField(
"How the prompt is read",signal,mode2=>give({mode:mode2})),examples:selectField("Examples",signal,i=>{let{prompt,direction:direction2}=model.
get("examples")[Number(i)];give({prompt,direction:direction2})}),direction:selectField("Direction",signal,direction2=>give(
{direction:direction2})),how:selectField("What is done with the direction",signal,how2=>give({how:how2})),layer:selectField(
"First steered layer",signal,layers("layer")),last:selectField("Last steered layer",signal,layers("last")),samples:selectField(
"How many texts",signal,samples2=>give({samples:Number(samples2)}))};this.controls=[this.prompt,...Object.values(this.selects)],
this.elements=[box("row",this.prompt,mode,examples),box("row",direction,how,layer,last,samples)]}model;prompt;selects;controls;elements;chosen(){
return this.model.get("directions").find(({name})=>name===this.model.get("direction"))}draw(){let{model,selects}=this,count=(n,text,from=0)=>Array.
from({length:n},(_,i)=>[`${i+from}`,text(i+from)]),examples=model.get("examples");this.prompt.matches(":focus")||(this.prompt.
value=model.get("prompt")),selects.mode.hidden=!model.get("has_chat"),selects.examples.hidden=examples.length===0,options(
selects.mode,[["continue","Continue"],["chat","Chat"]],model.get("mode")),options(selects.examples,[["","Examples"],...count(
examples.length,i=>examples[i].label)],""),options(selects.direction,model.get("directions").map(({name})=>[name,name]),
model.get("direction")),options(selects.how,(this.chosen()?.hows??["add"]).map(how=>[how,HOWS2[how]]),model.get("how")),
options(selects.layer,count(model.get("layers"),i=>`from L${i}`),`${model.get("layer")}`),options(selects.last,count(model.
get("layers"),i=>`to L${i}`),`${model.get("last")}`),options(selects.samples,count(MOST_SAMPLES,n=>n>1?`${n} texts`:"1 t\
ext",1),`${model.get("samples")}`)}};var TABS=[["doses","Doses"],["words","Score"],["build","Build a direction"],["sink","Position 0"]],Lower=class{constructor(signal,parts,...tools){
this.parts=parts;this.buttons=TABS.map(([tab,label2])=>[tab,textButton(label2,signal,()=>this.show(tab))]);let tabs=box(
"tabs",...this.buttons.map(([,button])=>button),h("span",{class:"mikit-gap"}),...tools);tabs.classList.add("mikit-chrome"),
this.element=box("lower",tabs,...Object.values(parts)),this.show("doses")}parts;buttons;element;tab="doses";show(tab){this.
tab=tab;for(let[name,button]of this.buttons)button.setAttribute("aria-pressed",String(name===tab)),this.parts[name].hidden=
name!==tab}offer(found){this.buttons.at(-1)[1].hidden=!found,!found&&this.tab==="sink"&&this.show("doses")}};function wordsForm(signal,now,give){
let boxes=["plus","minus"].map(side2=>textField(`Words that count ${side2==="plus"?"for":"against"}`,signal,words2=>give(
{...now(),[side2]:words2})));return{boxes,element:box("words","The score: words for, less words against, per 100 words o\
f the text.",...boxes.map((field,i)=>h("label",{class:"mikit-field"},h("span",{},i?"against":"for"),field)),box("small",
"Separated by commas; whole words count, in capitals or not. The score sees the text alone, never the arrow. A text may \
have the words and miss the manner: read some, and rate blind.")),draw(){let{plus,minus}=now();boxes.forEach((field,i)=>{
field.matches(":focus")||(field.value=i?minus:plus)})}}}var GAP=6,TOP=4,HEIGHTS={wide:[66,30],narrow:[72,30]},DRAWN=["effect","kl","surprise","repetition"],DASHES=["5 3","1.5 3",
"8 3 2 3"],NAMED=1;function rangeOf(name,{curves,controls}){let{value,low,high}=curves[name],values=[value,...name==="ef\
fect"?[low,high]:[],...controls.map(one=>one.curves[name].value)].flatMap(one=>[...one]).filter(Number.isFinite),least={
effect:1,kl:.2,surprise:.2,repetition:.1}[name];return[name==="effect"?Math.min(0,...values):0,Math.max(least,...values)]}
function panelOf(name,measured,top,tall){let{curves,controls,bounds,unit}=measured,[low,high]=rangeOf(name,measured),[effect,
share]=[name==="effect",high/(high-low)];return{title:name==="kl"?"KL":name,kind:effect?"mikit-st-of-effect":"mikit-st-o\
f-cost",top,tall,low,high,text:value=>figure(name,value),ticks:effect&&share<.8&&share>.2?[low,0,high]:[low,high],series:[
...controls.map((one,i)=>({kind:"control",dash:DASHES[i%DASHES.length],values:one.curves[name].value,...effect||i<NAMED?
{name:one.name}:{}})),{kind:effect?"effect":"cost",values:curves[name].value}],whiskers:curves[name],...effect?{unit}:{},
...controls[0]?{band:controls[0].curves[name]}:{},...name in bounds?{level:[bounds[name],"bound"]}:{}}}function panelsOf(measured,wide){
let[first,rest]=HEIGHTS[wide?"wide":"narrow"];return DRAWN.map((name,i)=>panelOf(name,measured,i?TOP+first+GAP+(i-1)*(rest+
GAP):TOP,i?rest:first))}function panelsView(signal,choose,point){let chart=svg("svg",{class:"mikit-st-chart",role:"img",
"aria-label":"Effect, KL, surprise and repetition over the strength, with controls: “Read as a table” has every number."}),
shown=null,hovered=null;function at(event){let[measured,axis]=shown;return nearest(measured.doses,axis.dose(event.clientX-
chart.getBoundingClientRect().left))}function hover(now){now!==hovered&&(hovered=now,paint(),point(now))}chart.addEventListener(
"pointermove",event=>hover(at(event)),{signal}),chart.addEventListener("pointerleave",()=>hover(null),{signal}),chart.addEventListener(
"click",event=>choose(shown[0].doses[at(event)]),{signal});function paint(){if(!shown)return chart.replaceChildren();let[
measured,axis,dose,wide]=shown,{doses,bad}=measured,panels=panelsOf(measured,wide),bottom=panels.at(-1).top+panels.at(-1).
tall,[xs,here,hand]=[Array.from(doses,axis.x),hovered??nearest(doses,dose),axis.x(dose)];chart.setAttribute("width",String(
axis.width)),chart.setAttribute("height",String(bottom+TOP)),chart.replaceChildren(...panels.flatMap(({top,tall})=>outOfRange(
doses,bad,axis).map(([from,to])=>svg("path",{class:"mikit-st-out",d:hatching(axis.x(from),axis.x(to),top,top+tall)}))),...panels.
map((panel,i)=>svg("g",{},svg("title",{},GLOSS[DRAWN[i]]),...drawPanel(panel,xs,[axis.left,axis.right],here))),...hovered===
null?[]:[line("hover",[xs[here],TOP,xs[here],bottom])],line("hand",[hand,0,hand,bottom+TOP]))}return{element:box("panels",
chart),show(measured,...how){shown=measured&&[measured,...how],paint()}}}var WRITTEN={text:"what is written",special:!0};function promptOf(signal,begin,say,...tools){let words2=box("small"),all=[],
flow=new Flow(signal,{point:(i,byKey)=>{byKey&&say(i?`${tokenLabel(all[i].text)}, position ${i}: Enter begins here`:"pos\
ition 0, never steered")},choose:i=>begin(Math.max(1,i))});return{element:box("prompt",box("head",words2,h("span",{class:"\
mikit-gap"}),...tools),flow.element),show(tokens,since){all=tokens.length?[...tokens,WRITTEN]:[],flow.show(all.map((token,i)=>{
let span3=tokenSpan(token);return span3.classList.add(i>=Math.min(since,tokens.length)?"mikit-st-on":"mikit-tint-out"),token===
WRITTEN&&span3.classList.add("mikit-st-rest"),span3.title=i?`begin at position ${i}`:"position 0: never steered",span3}),
"The prompt. Arrow keys move, Enter begins steering at that token.","The prompt's tokens come here."),words2.textContent=
tokens.length?sinceInWords(tokens,since):" "}}}var CHOICES=[[!0,"A"],[null,"cannot tell"],[!1,"B"]],BAR=220;function bar(name,found,kind){let x=share=>4+share*(BAR-8),
[value,low,high,n]=found;return box("outcome",name,svg("svg",{width:BAR,height:20,"aria-hidden":"true"},line("grid",[x(0),
10,x(1),10]),line("base",[x(.5),2,x(.5),18]),...n?[line("whisker",[x(low),10,x(high),10]),svg("circle",{class:`mikit-st-\
dot ${kind}`,cx:x(value),cy:10,r:4.5})]:[]),shareInWords(found))}function side(name,tokens){return box("column",box("tit\
le",name),h("div",{class:"mikit-flow",tabindex:0,role:"group","aria-label":`Text ${name}`},...tokens.map(text=>tokenSpan(
{text,special:!1}))))}function rateOf(signal,send){let element=box("rate"),rating=null,answers=[],live=!0;function button(label2,click,off=!1){
let made=textButton(label2,signal,click);return made.disabled=!live||off,made}function answer(next){answers=next,draw(),
element.querySelector(".mikit-st-choice")?.focus(),rating&&answers.length===rating.items.length&&send({do:"answers",answers})}
function draw(){if(!rating)return;let{items,question,outcome}=rating,leave=button("Back to the panel",()=>send({do:"leav\
e"})),[at,item]=[answers.length,items[answers.length]];if(outcome)element.replaceChildren(box("title",question),bar("ste\
ered",outcome.picked,"mikit-st-of-effect"),bar("random arrow",outcome.random,"mikit-st-of-control"),outcomeInWords(outcome),
box("small","Upright line: 50 %, as a coin would pick. Whiskers: 95 % intervals (Wilson)."),box("head",button("Rate agai\
n",()=>send({do:"rate"})),leave));else if(item){let choices=CHOICES.map(([said,label2])=>button(label2,()=>answer([...answers,
said])));for(let choice of choices)choice.classList.add("mikit-st-choice");element.replaceChildren(box("head",box("title",
`${at+1} of ${items.length}: ${question}`),h("span",{class:"mikit-gap"}),button("one back",()=>answer(answers.slice(0,-1)),
!at),leave),box("small",`Both go on from: ${item.prompt}`),box("columns",side("A",item.a),side("B",item.b)),box("choices",
...choices),box("small","One text of each pair was changed, by this arrow or by a random one of equal length; which and \
where was drawn. The truth comes after the last."))}else element.replaceChildren("All are answered: the outcome is on it\
s way.",leave)}return{element,show(next,nowLive){JSON.stringify(next?.items[0])!==JSON.stringify(rating?.items[0])&&(answers=
[]),[rating,live]=[next,nowLive],draw()}}}var TALL=38,GAP2=8,FOOT=16;function drawSink(element,found,layer,width){let{sink,length,told,shuffled}=found,[layers,right]=[
shuffled.length,width-RIGHT],x=at=>LEFT+at/Math.max(1,layers-1)*(right-LEFT),height=3*(TALL+GAP2)+FOOT,ends=(low,high)=>({
low,high,ticks:[low,high]}),both=([all,without])=>[{kind:"all",name:"with position 0",values:all},{kind:"effect",name:"w\
ithout it",values:without}],panels=[{title:"sink cosine",text:fixed,series:both(sink),...ends(Math.min(0,...sink[0],...sink[1]),
1)},{title:"length",text:fixed,series:both(length),...ends(0,Math.max(1,...length[0],...length[1]))},{title:"told apart",
text:percent,whiskers:told,...ends(0,1),series:[{kind:"control",dash:"5 3",name:"shuffled pairs",values:shuffled},{kind:"\
effect",name:"without it",values:told.value}]}],words2=sinkInWords(found,layer);element.replaceChildren(words2,svg("svg",
{class:"mikit-st-chart",role:"img",width,height,"aria-label":words2},...panels.flatMap((panel,i)=>drawPanel({...panel,text:value=>panel.
text(value),kind:"mikit-st-of-effect",top:2+i*(TALL+GAP2),tall:TALL},Array.from(shuffled,(_,at)=>x(at)),[LEFT,right],layer)),
line("hand",[x(layer),0,x(layer),height-FOOT]),...[0,Math.floor((layers-1)/2),layers-1].map(at=>label("axis",x(at),height-
3,`L${at}`,"middle"))))}var THUMB=16,HEIGHT2=36,TRACK=12,TICKS=5;function doseText(dose,{min}){return min<0?signed(dose):dose.toFixed(2)}function sliderOf(signal,moved2){
let input=h("input",{type:"range",class:"mikit-st-slider","aria-label":"Strength"}),back=svg("svg",{class:"mikit-st-scal\
e",height:HEIGHT2,"aria-hidden":"true"}),here=box("here"),held=!1,scale={min:-1,max:1,step:.1,unit:""},only=null;function write(dose){
input.valueAsNumber!==dose&&(input.value=String(dose)),here.textContent=doseText(dose,scale),input.setAttribute("aria-va\
luetext",`${doseText(dose,scale)} ${scale.unit}`)}function set(dose){write(dose),moved2(dose)}input.addEventListener("in\
put",()=>{let dose=input.valueAsNumber;set(only?only[nearest(only,dose)]:held?dragged(dose,scale):dose)},{signal}),input.
addEventListener("pointerdown",()=>{held=!0},{signal});for(let end of["pointerup","pointercancel"])input.addEventListener(
end,()=>{held=!1},{signal});return input.addEventListener("keydown",event=>{let by={ArrowRight:1,ArrowUp:1,ArrowLeft:-1,
ArrowDown:-1}[event.key],next=by&&only?.[nearest(only,input.valueAsNumber)+by];by&&only&&event.preventDefault(),next!==void 0&&
set(next)},{signal}),{element:box("strength",back,input,here),show(axis,now,dose,measured,live){scale=now,only=live?null:
measured?.doses??new Float32Array,Object.assign(input,{min:scale.min,max:scale.max,step:live?scale.step:"any",disabled:only?.
length===0}),Object.assign(input.style,{left:`${axis.left-THUMB/2}px`,width:`${axis.right-axis.left+THUMB}px`}),here.style.
left=`${axis.right+16}px`,write(dose),back.setAttribute("width",String(axis.width)),back.replaceChildren(...(measured?outOfRange(
measured.doses,measured.bad,axis):[]).map(([from,to])=>svg("path",{class:"mikit-st-out",d:hatching(axis.x(from),axis.x(to),
TRACK-7,TRACK+7)})),...Array.from({length:TICKS},(_,i)=>scale.min+i/(TICKS-1)*(scale.max-scale.min)).flatMap(tick=>[line(
"base",[axis.x(tick),tick?TRACK:TRACK-8,axis.x(tick),TRACK+8]),label("axis",axis.x(tick),TRACK+20,tick?doseText(tick,scale):
"0","middle")]))}}}var COSTS=["kl","surprise","repetition","ratio"];function curveOf(wire){return{value:decode(wire.value),low:decode(wire.
low),high:decode(wire.high)}}function curvesOf(effect,costs){let all={effect,...costs};return Object.fromEntries(["effec\
t",...COSTS].map(name=>[name,curveOf(all[name])]))}function measuredOf(wire){return wire&&{...wire,doses:decode(wire.doses),
curves:curvesOf(wire.effect,wire.costs),controls:wire.controls.map(one=>({name:one.name,why:one.why,curves:curvesOf(one.
effect,one)}))}}function foundOf(wire){if(!wire)return null;let pair=one=>{let[flat,count]=[decode(one),one.shape[1]];return[
flat.subarray(0,count),flat.subarray(count)]},told=decode(wire.told),column=at=>told.filter((_,i)=>i%3===at);return{length:pair(
wire.length),sink:pair(wire.sink),shuffled:decode(wire.told_shuffled),told:{value:column(0),low:column(1),high:column(2)}}}var BLIND={caption:"Texts are being judged: no numbers until all are answered.",columns:["text"],rows:[]};function dosesOf(measured){
let{doses,curves,controls,score,unit}=measured,names=["effect",...COSTS];return{caption:`${score.name}, ${unit}, with 95\
 % interval; KL and surprise in nats a token, repetition as a share, norm as a ratio; the same of each control.`,columns:[
"strength","score","low","high",...COSTS,...controls.flatMap(one=>names.map(name=>`${one.name}: ${name}`)),"out of range"],
rows:Array.from(doses,(dose,i)=>[dose,curves.effect.value[i],curves.effect.low[i],curves.effect.high[i],...COSTS.map(name=>curves[name].
value[i]),...controls.flatMap(one=>names.map(name=>one.curves[name].value[i])),measured.bad[i]?"yes":""])}}function tokensOf(model){
let stream=model.get("stream"),sample=stream?.samples[model.get("shown")]??stream?.samples[0],rows=(name,line2)=>{let change=decode(
line2.change);return line2.tokens.map((text,i)=>[name,`${i}`,tokenLabel(text),change[i]??Number.NaN])};return{caption:"W\
ritten tokens, and how much likelier steering made each, in nats.",columns:["text","position","token","change"],rows:sample?
[...rows("unsteered",sample.unsteered),...rows("steered",sample.steered),...rows("random arrow",sample.random)]:[]}}function tableOf(model,measured){
let rating=model.get("rating");return rating&&!rating.outcome?BLIND:measured?dosesOf(measured):tokensOf(model)}var WRITTEN2=["stream","dose"],TINT="Tint: how much likelier (blue) or less likely (orange) steering made a token. Point\
 at one for its number.",ASK="One text is one draw. This writes many at every strength, along this arrow and its control\
s, and measures what it costs";function render({model,el,signal}){let measured=measuredOf(model.get("measured")),found=foundOf(
model.get("found")),hovered=null,view=frame(model,el,signal,{name:"steering",table:()=>tableOf(model,measured),reset(){columns.
reset(),lower.show("doses")}});function send(message,buffers=[]){view.live&&model.send(message,void 0,buffers)}function steer(dose){
view.set({dose},["stream"]),view.draw()}function read(text,byKey){readout.textContent=text||resting(),byKey&&text&&view.
say(text)}let inputs=new Inputs(model,signal,given=>view.set(given,"direction"in given?["find",...WRITTEN2]:WRITTEN2)),slider=sliderOf(
signal,steer),caption=box("caption"),[seedLabel,seed]=seedField(signal,()=>model.get("seed"),value=>view.set({seed:value},
["find",...WRITTEN2])),which=selectField("Which text is shown",signal,i=>{view.set({shown:Number(i)}),view.draw()}),prompt=promptOf(
signal,since=>{view.live&&view.set({since},WRITTEN2)},view.say,which,seedLabel),columns=columnsOf(signal,read,view.draw),
scale=legend(),readout=box("readout"),panels=panelsView(signal,steer,at=>{hovered=at,drawNumber()}),measure=h("button",{
type:"button",class:"mikit-primary"},"Measure doses");measure.addEventListener("click",()=>view.set({measuring:!0},["dos\
e"]),{signal});let asking=h("p",{}),unmeasured=box("unmeasured",asking,measure),key=box("small mikit-st-key"),again=textButton(
"Measure again",signal,()=>view.set({measuring:!0},["dose"])),words2=wordsForm(signal,()=>model.get("words"),given=>view.
set({words:given},["dose"])),build=buildForm(signal,send),sink=box("sink"),keep=textButton("Keep as file",signal,()=>send(
{do:"keep"})),blind=textButton("Rate blind",signal,()=>send({do:"rate"})),lower=new Lower(signal,{doses:box("doses",key,
again,panels.element,unmeasured),words:words2.element,build:build.element,sink},keep,blind),rate=rateOf(signal,send),panel=box(
"panel",caption,slider.element,prompt.element,columns.element,box("under",scale.element,readout),lower.element);view.inputs.
append(...inputs.elements),view.stage.append(panel,rate.element);for(let control of[...inputs.controls,seed,measure,again,
keep,blind,...words2.boxes,build.button])view.needsKernel(control);view.tie(columns.element,"stream"),view.tie(panels.element,
"dose"),view.tie(view.number.element,"dose"),view.tie(sink,"find");function stored(){let stream=model.get("stream");return view.
live||!measured?.texts.length||stream?.dose===model.get("dose")?-1:nearest(measured.doses,model.get("dose"))}function texts(){
let stream=model.get("stream"),at=stored();return at>=0?{unsteered:measured.texts[nearest(measured.doses,0)],steered:measured.
texts[at],random:null}:stream?.samples[Math.min(model.get("shown"),stream.samples.length-1)]??null}function resting(){return stored()<
0?TINT:`No kernel: the slider goes to the ${measured.doses.length} measured strengths, texts after “${measured.prompts[0]}\
”.`}function drawNumber(){let at=hovered??nearest(measured?.doses,model.get("dose"));if(!measured||at<0||model.get("ra\
ting"))return view.number.clear();view.number.show({label:`${measured.score.name} at ${doseText(measured.doses[at],model.
get("scale"))}, ${measured.unit}`,value:effectInWords(measured,at),below:besideInWords(measured,at)})}function drawDoses(axis){
let{state}=model.get("status"),busy=model.get("measuring")&&(state==="busy"||state==="waiting");panels.element.hidden=!measured,
panels.show(measured,axis,model.get("dose"),view.wide),unmeasured.hidden=measured!==null,measure.hidden=busy||!view.live,
again.hidden=!measured||!view.live||state!=="stopped";let seconds=model.get("estimate")?.seconds;asking.textContent=view.
live?busy?"The strengths are being measured.":`${ASK}${seconds===void 0?".":`: ${span(seconds)}.`}`:"No strengths were m\
easured.",key.textContent=measured&&keyInWords(measured,nearest(measured.doses,model.get("dose")))}function drawWhich(){
let all=model.get("stream")?.samples??[];which.hidden=all.length<2,options(which,all.map((_,i)=>[`${i}`,`text ${i+1} of ${all.
length}`]),`${model.get("shown")}`)}function drawPanel2(){let[axis,limits,stream]=[axisOf(model.get("scale"),view.width),
model.get("scale"),model.get("stream")],name=model.get("direction");caption.textContent=`${strengthInWords(model.get("ho\
w"),limits.unit,model.get("norm"),model.get("layer"))}. ${name}: ${inputs.chosen()?.about??""}`,caption.title=caption.textContent,
slider.show(axis,limits,model.get("dose"),measured,view.live),seed.matches(":focus")||(seed.value=String(model.get("seed"))),
drawWhich(),prompt.show(stream?.prompt??[],model.get("since"));let at=stored();columns.show(texts(),stream?.direction??name,
doseText(at>=0?measured.doses[at]:stream?.dose??model.get("dose"),limits),view.theme),scale.show({kind:"diverging",theme:view.
theme,limit:LIMIT,unit:"nats",reach:reachOf("diverging")}),readout.textContent=resting(),lower.offer(found!==null),drawDoses(
axis),words2.draw(),build.draw(model.get("directions"),model.get("problem")),found&&drawSink(sink,found,model.get("layer"),
view.width)}function explain(){model.get("problem")&&lower.show("build"),view.draw()}function draw(){let rating=model.get(
"rating");inputs.draw(),panel.hidden=rating!==null,rate.element.hidden=rating===null,rate.show(rating,view.live),drawNumber(),
rating||drawPanel2()}view.watch(["measured"],()=>{measured=measuredOf(model.get("measured")),view.draw()}),view.watch(["\
found"],()=>{found=foundOf(model.get("found")),view.draw()}),view.watch(["problem"],explain),view.watch(["prompt","mode",
"direction","how","layer","last","since","dose","samples","seed","shown","words","measuring","directions","layers","has_\
chat","examples","scale","norm","stream","estimate","rating","status"]),view.onDraw(draw),explain()}var steering_default={
render};export{steering_default as default};
