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
share2),0)} %`}function download(name,blob){let link=document.createElement("a");link.href=URL.createObjectURL(blob),link.download=name,
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
s)]}var STEPS=512,ColourMap=class{constructor(kind,theme){this.kind=kind;let stops=STOPS[kind][theme].split(" ").map(hex=>toOklab(
parseHex(hex)));this.table=Array.from({length:STEPS+1},(_,i)=>{let at=i/STEPS*(stops.length-1),low=Math.min(Math.floor(at),
stops.length-2),[from,to,f]=[stops[low],stops[low+1],at-low];return fromOklab([from[0]+f*(to[0]-from[0]),from[1]+f*(to[1]-
from[1]),from[2]+f*(to[2]-from[2])])})}kind;table;at(t){let share2=this.kind==="diverging"?(t+1)/2:t;return this.table[Math.
round(STEPS*Math.min(1,Math.max(0,share2)))]}css(t){return`rgb(${this.at(t).join(" ")})`}pixels(){return Uint32Array.from(
{length:256},(_,i)=>packed(this.table[Math.round(i/255*STEPS)]))}};function packed(rgb){return(255<<24|rgb[2]<<16|rgb[1]<<
8|rgb[0])>>>0}var maps=new Map;function colourMap(kind,theme){let key=`${kind} ${theme}`,map=maps.get(key);return map||maps.
set(key,map=new ColourMap(kind,theme)),map}var GUTTER=40,STEP=.05,LEAP=.2;function share(value){return value>0&&value<.005?"<1 %":percent(Math.round(100*value)/100)}
function columnWidth(tokens,room){return Math.min(44,Math.max(24,Math.floor((room-GUTTER)/Math.max(1,tokens))))}var Board=class{constructor(hand,signal){
this.hand=hand;this.signal=signal}hand;signal;element=h("div",{class:"mikit-bth-board",role:"group"});columns=[];shown="";focused=0;draw(scene,width,theme,exact){
let key=scene.tokens.map(token=>`${token.special?1:0}${token.text}`).join("\0");key!==this.shown&&this.build(scene),this.
shown=key,this.element.style.setProperty("--column",`${width}px`),this.element.setAttribute("aria-label",`Attention of ${scene.
head} from the last token. Left and right choose a token, ${exact?"up and down change its share, ":""}Enter puts everyth\
ing there.`);let map=colourMap("sequential",theme);this.columns.forEach((column,i)=>this.paint(column,i,scene,map.at(.25+
.75*(scene.shares[i]??0)).join(" ")))}paint(column,i,scene,rgb){let mine=scene.shares[i]??0,label=tokenLabel(scene.tokens[i]?.
text??""),own=scene.own[i];column.fill.style.height=`${100*mine}%`,column.fill.style.backgroundColor=`rgb(${rgb})`,column.
figure.textContent=mine>=.005?`${Math.round(100*mine)}`:"",column.real.hidden=own===void 0,column.real.style.bottom=`${100*
(own??0)}%`,column.element.tabIndex=i===this.focused?0:-1,column.element.setAttribute("aria-valuenow",`${Math.round(100*
mine)}`),column.element.setAttribute("aria-valuetext",`${share(mine)}${own===void 0?"":`, real head ${share(own)}`}`),column.
element.setAttribute("aria-label",`position ${i}, ${label}`)}build({tokens}){this.focused=Math.min(this.focused,Math.max(
0,tokens.length-1)),this.columns=tokens.map((token,i)=>{let fill2=h("div",{class:"mikit-bth-fill"}),real=h("div",{class:"\
mikit-bth-real",hidden:!0}),figure=h("div",{class:"mikit-bth-figure"}),track=h("div",{class:"mikit-bth-track"},fill2,real),
label=h("div",{class:"mikit-bth-label"},tokenSpan(token)),element=h("div",{class:"mikit-bth-column",role:"slider","aria-\
orientation":"vertical","aria-valuemin":0,"aria-valuemax":100},figure,track,label);return this.listen({element,track,fill:fill2,
real,figure,label},i),{element,track,fill:fill2,real,figure,label}});let axis=h("div",{class:"mikit-bth-axis","aria-hidd\
en":"true"},h("span",{},"100 %"),h("span",{},"0"));this.element.replaceChildren(axis,...this.columns.map(({element})=>element))}listen({
element,track,label},i){let{signal}=this,drag=event=>{let box=track.getBoundingClientRect();this.hand.place(i,snapped(1-
(event.clientY-box.top)/box.height))};track.addEventListener("pointerdown",event=>{this.focus(i),track.setPointerCapture(
event.pointerId),drag(event),event.preventDefault()},{signal}),track.addEventListener("pointermove",event=>{track.hasPointerCapture(
event.pointerId)&&drag(event)},{signal}),label.addEventListener("click",()=>{this.focus(i),this.hand.all(i)},{signal}),element.
addEventListener("keydown",event=>{event.ctrlKey||event.metaKey||event.altKey||event.shiftKey||this.key(event.key,i)&&event.
preventDefault()},{signal})}key(key,i){let moves={ArrowUp:STEP,ArrowDown:-STEP,PageUp:LEAP,PageDown:-LEAP};if(key in moves)
this.hand.nudge(i,moves[key]);else if(key==="Home")this.hand.place(i,0);else if(key==="End"||key==="Enter"||key===" ")this.
hand.all(i);else if(key==="ArrowRight")this.focus(Math.min(this.columns.length-1,i+1));else if(key==="ArrowLeft")this.focus(
Math.max(0,i-1));else return!1;return!0}focus(i){this.focused=i,this.columns.forEach(({element},at)=>{element.tabIndex=at===
i?0:-1}),this.columns[i]?.element.focus({preventScroll:!0})}};function snapped(share2){return share2>.97?1:share2<.03?0:
share2}var WIDTH=96,HEIGHT=24,PAD=8;function axisOf(values){let low=Math.min(0,...values),high=Math.max(0,...values),margin=.05*
(high-low||1);return[low-margin,high+margin]}var Outcomes=class{rows=h("table",{class:"mikit-bth-rows"});you=h("p",{class:"\
mikit-bth-you"});next=h("div",{class:"mikit-bth-next"});element=h("div",{class:"mikit-bth-outcomes"},this.rows,this.you,
this.next);draw(scene){let{placed:placed2,real,controls,predicted}=scene,all=[placed2,real,...controls].filter(one=>one!==
null),axis=axisOf([...all.map(({diff})=>diff),...predicted===null?[]:[predicted]]),row=(outcome,mark)=>h("tr",{},h("th",
{scope:"row"},outcome.name),h("td",{},strip(outcome.diff,axis,mark,outcome.name==="placed"?predicted:null)),h("td",{class:"\
mikit-bth-value"},signed(outcome.diff)));this.rows.replaceChildren(h("thead",{},h("tr",{},h("th",{scope:"col"},"attentio\
n"),h("th",{scope:"col",colspan:2},"logit difference"))),h("tbody",{},...placed2?[row(placed2,"effect")]:[],...real?[row(
real,"effect")]:[],...controls.map(control=>row(control,"control")))),this.you.textContent=predicted===null?"":`◇ you: ${signed(
predicted,1)}`,this.next.replaceChildren(...[placed2,real].filter(one=>one!==null&&one.next.length>0).map(following))}};
function strip(diff,[low,high],mark,predicted){let x=value=>PAD+(value-low)/(high-low)*(WIDTH-2*PAD),picture=svg("svg",{
viewBox:`0 0 ${WIDTH} ${HEIGHT}`,width:WIDTH,height:HEIGHT,"aria-hidden":"true"},svg("line",{class:"mikit-bth-zero",x1:x(
0),x2:x(0),y1:2,y2:HEIGHT-2}),svg("line",{class:`mikit-bth-stem mikit-bth-${mark}${diff<0?" mikit-bth-neg":""}`,x1:x(0),
x2:x(diff),y1:HEIGHT/2,y2:HEIGHT/2}),svg("circle",{class:`mikit-bth-dot mikit-bth-${mark}${diff<0?" mikit-bth-neg":""}`,
cx:x(diff),cy:HEIGHT/2,r:4}));if(predicted!==null){let at=x(predicted);picture.append(svg("path",{class:"mikit-bth-diamo\
nd",d:`M${at} ${HEIGHT/2-6}l6 6l-6 6l-6 -6z`}))}return picture}function following({name,next}){return h("div",{class:"mi\
kit-bth-following"},h("span",{class:"mikit-muted"},`next, ${name}`),...next.map(({text,p})=>h("span",{class:"mikit-bth-t\
oken"},tokenSpan({text,special:!1}),h("span",{class:"mikit-bth-value"},share(p)))))}var HEIGHT2=96,PAD2=8,EachChart=class{element=svg("svg",{class:"mikit-bth-each",role:"img"});draw(scene,column){let{each,
others,tokens,real}=scene;if(this.element.toggleAttribute("hidden",each.length===0),this.element.replaceChildren(),each.
length===0)return;let width=GUTTER+column*tokens.length,[low,high]=axisOf([...each,...others.flatMap(row=>[...row]),...real?
[real.diff]:[]]),y=value=>PAD2+(1-(value-low)/(high-low))*(HEIGHT2-2*PAD2),x=i=>GUTTER+column*(i+.5);for(let[name,value]of Object.
entries({width,height:HEIGHT2,viewBox:`0 0 ${width} ${HEIGHT2}`}))this.element.setAttribute(name,`${value}`);this.element.
setAttribute("aria-label",words2(scene));let line=(value,kind)=>svg("line",{class:kind,x1:GUTTER,x2:width,y1:y(value),y2:y(
value)});this.element.append(line(0,"mikit-bth-zero"),...real?[line(real.diff,"mikit-bth-base")]:[]);for(let value of ticks(
low,high))this.element.append(svg("text",{class:"mikit-bth-tick",x:GUTTER-6,y:y(value)+4,"text-anchor":"end"},signed(value,
0)));tokens.forEach((_,i)=>{let value=each[i],seen=others.map(row=>row[i]);if(seen.length){let[top,bottom]=[y(Math.max(...seen)),
y(Math.min(...seen))];this.element.append(svg("rect",{class:"mikit-bth-band",x:x(i)-6,y:top,width:12,height:Math.max(1,bottom-
top)}))}this.element.append(svg("circle",{class:value<0?"mikit-bth-dot mikit-bth-neg":"mikit-bth-dot",cx:x(i),cy:y(value),
r:4}))})}};function ticks(low,high){let room=14*(high-low)/(HEIGHT2-2*PAD2);return[0,Math.ceil(low),Math.floor(high)].filter(
(value,i)=>i===0||Math.abs(value)>room)}function words2({tokens,each,head:head2,answer,foil}){let parts=tokens.map((token,i)=>`${tokenLabel(
token.text)} ${signed(each[i])}`);return`Logit difference, ${tokenLabel(answer)} less ${tokenLabel(foil)}, with all atte\
ntion of ${head2} on one token: ${parts.join(", ")}`}function alike(tokens){return Array(tokens).fill(tokens?1/tokens:0)}function allOn(at,tokens){return Array.from({length:tokens},
(_,i)=>i===at?1:0)}function placed(shares,at,value){let mine=Math.min(1,Math.max(0,value));if(shares.length<=1)return allOn(
0,shares.length);let rest=shares.reduce((sum,share2,i)=>i===at?sum:sum+share2,0),others=shares.length-1;return shares.map(
(share2,i)=>i===at?mine:rest>1e-9?share2/rest*(1-mine):(1-mine)/others)}function holder(shares){return shares.findIndex(
share2=>share2>.999)}var ARRAYS={float32:Float32Array,uint8:Uint8Array,int32:Int32Array};function bytesOf(data){return data instanceof ArrayBuffer?
new Uint8Array(data):new Uint8Array(data.buffer,data.byteOffset,data.byteLength)}function decode(wire){let Type=ARRAYS[wire.
dtype],size=Type.BYTES_PER_ELEMENT,bytes=bytesOf(wire.data),wanted=wire.shape.reduce((a,b)=>a*b,1)*size;if(bytes.byteLength!==
wanted)throw new RangeError(`An array of shape [${wire.shape.join(", ")}] needs ${wanted} bytes, ${bytes.byteLength} cam\
e.`);return bytes.byteOffset%size!==0&&(bytes=bytes.slice()),new Type(bytes.buffer,bytes.byteOffset,bytes.byteLength/size)}var NONE=new Float32Array;function sceneOf(model,live){let tokens=model.get("tokens"),revealed=model.get("revealed"),[count,
length]=model.get("each_others").shape,flat=decode(model.get("each_others")),each=decode(model.get("each")),fits=each.length===
tokens.length,shares=model.get("shares").slice(0,tokens.length),outcomes=model.get("outcomes"),placed2=outcomes.find(({name})=>name===
"placed")??null,at=holder(shares),[layer,head2]=model.get("head");return{head:`L${layer}H${head2}`,tokens,shares,own:revealed?
decode(model.get("own")):NONE,placed:!live&&fits&&at>=0&&placed2?{...placed2,diff:each[at],next:[]}:placed2,real:revealed?
outcomes.find(({name})=>name==="real head")??null:null,controls:outcomes.filter(({name})=>name!=="placed"&&name!=="real \
head"),each:revealed&&fits?each:NONE,others:revealed&&fits?Array.from({length:count??0},(_,i)=>flat.subarray(i*(length??
0),(i+1)*(length??0))):[],predicted:model.get("predicted"),answer:model.get("answer"),foil:model.get("foil")}}var DRAWN=["text","head","shares","revealed","predicted","answer","foil","grid","tokens","own","outcomes","each","each_o\
thers"],BESIDE=272;function render({model,el,signal}){let view=frame(model,el,signal,{name:"bethehead",table}),scene=()=>sceneOf(
model,view.live),prompt=h("input",{type:"text",class:"mikit-input","aria-label":"Prompt"}),layer=h("select",{class:"miki\
t-select","aria-label":"Layer"}),head2=h("select",{class:"mikit-select","aria-label":"Head"}),reveal=textButton("",signal,
()=>view.set({revealed:!model.get("revealed")})),even=textButton("Spread evenly",signal,()=>give(alike(model.get("tokens").
length))),copy=textButton("Place as the real head",signal,()=>give([...scene().own])),board=new Board({place:move,nudge:(at,by)=>move(
at,(model.get("shares")[at]??0)+by),all},signal),each=new EachChart,outcomes=new Outcomes,caption=h("p",{class:"mikit-bt\
h-caption"}),under=h("p",{class:"mikit-bth-caption"}),scroller=h("div",{class:"mikit-bth-scroller"},board.element,each.element);
view.inputs.append(prompt,h("span",{class:"mikit-bth-head"},layer,head2)),view.stage.append(h("div",{class:"mikit-bth-le\
ft"},caption,scroller,under,h("div",{class:"mikit-bth-buttons"},even,reveal,copy)),h("div",{class:"mikit-bth-right"},view.
number.element,outcomes.element));for(let control of[prompt,layer,head2,even,copy])view.needsKernel(control);for(let element of[
view.number.element,outcomes.element])view.tie(element,"placed");view.tie(each.element,"each");function table(){let now=scene(),
shown=now.real!==null,rows=now.tokens.map((token,i)=>[`${i}: ${tokenLabel(token.text)}`,now.shares[i]??Number.NaN,...shown?
[now.own[i]??Number.NaN,now.each[i]??Number.NaN]:[]]),difference=[now.placed,now.real].flatMap(one=>one?[one.diff]:[]);return{
caption:`Attention of ${now.head} from the last token, as shares; last row: the logit difference it gives`,columns:["loo\
ks at","placed",...shown?["real head","all attention here, logits"]:[]],rows:[...rows,...now.placed?[["logit difference",
...difference]]:[]]}}function give(shares){view.set({shares},["placed"]),view.draw()}function all(at){give(allOn(at,model.
get("tokens").length)),view.say(`All attention on ${tokenLabel(model.get("tokens")[at]?.text??"")}`)}function move(at,value){
if(!view.live)return all(at);give(placed(model.get("shares"),at,value)),view.say(`${tokenLabel(model.get("tokens")[at]?.
text??"")} ${percent(Math.min(1,Math.max(0,value)))}`)}prompt.addEventListener("change",()=>view.set({text:prompt.value},
["placed","each"]),{signal});for(let select of[layer,head2])select.addEventListener("change",()=>view.set({head:[Number(
layer.value),Number(head2.value)]},["placed","each"]),{signal});function options(select,name,count,at){select.length!==count&&
select.replaceChildren(...Array.from({length:count},(_,i)=>h("option",{value:i},`${name} ${i}`))),select.value=String(at)}
function draw(){let now=scene(),[layers,heads]=model.get("grid"),[atLayer,atHead]=model.get("head"),revealed=model.get("\
revealed");document.activeElement!==prompt&&!prompt.matches(":focus")&&(prompt.value=model.get("text")),options(layer,"l\
ayer",layers,atLayer),options(head2,"head",heads,atHead),reveal.textContent=revealed?"Hide the real head":"Show the real\
 head",reveal.setAttribute("aria-pressed",String(revealed)),copy.hidden=!revealed,caption.textContent=`${now.head}, read\
ing from the last token. Drag a bar, or click a token to put 100 % there.`,under.textContent=now.each.length?`Lower row:\
 the logit difference with everything on that token. Grey: the same in the ${now.others.length} other heads of the layer\
. Dashed: the real head.`:"";let column=columnWidth(now.tokens.length,view.wide?view.width-BESIDE:view.width);board.draw(
now,column,view.theme,view.live),each.draw(now,column),outcomes.draw(now),drawNumber(now)}function drawNumber(now){if(!now.
placed)return view.number.clear();view.number.show({label:`logit difference, ${tokenLabel(now.answer)} − ${tokenLabel(
now.foil)}`,value:signed(now.placed.diff),unit:"logits",below:now.placed.next.length?`${tokenLabel(now.answer)} ${share(
now.placed.answer)}, ${tokenLabel(now.foil)} ${share(now.placed.foil)}`:" "})}view.watch([...DRAWN]),view.onDraw(draw)}
var bethehead_default={render};export{bethehead_default as default};
