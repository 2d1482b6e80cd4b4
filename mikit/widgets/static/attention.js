// Generated from widgets/src by `npm run build`. Do not edit.
function fill(element,attributes,children){for(let[name,value]of Object.entries(attributes))value===!0?element.setAttribute(
name,""):value!==!1&&element.setAttribute(name,String(value));element.append(...children)}function h(tag,attributes={},...children){
let element=document.createElement(tag);return fill(element,attributes,children),element}function svg(tag,attributes={},...children){
let element=document.createElementNS("http://www.w3.org/2000/svg",tag);return fill(element,attributes,children),element}
function textButton(label2,signal,onClick){let button=h("button",{type:"button",class:"mikit-text-button"},label2);return button.
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
canSave,page.hidden=text.gone||text.frozen}}}function containKeys(root,signal){root.addEventListener("keydown",event=>{event.ctrlKey||event.metaKey||event.shiftKey&&
event.key==="Enter"||event.stopPropagation()},{signal})}function numberSlot(){let[label2,value,unit,below]=["label","value","unit","below"].map(part=>h("span",{class:`mikit-num\
ber-${part}`})),element=h("div",{class:"mikit-number"},label2,h("span",{class:"mikit-number-line"},value," ",unit),below),
show=text=>{label2.textContent=text.label,value.textContent=text.value,unit.textContent=text.unit??"",below.textContent=
text.below??""},clear=()=>show({label:" ",value:" ",below:" "});return clear(),{element,show,clear}}function withMinus(text){let typeset=text.replace("-","−");return/[1-9]/.test(typeset)?typeset:typeset.replace("−","")}
function fixed(value,digits=2){if(Number.isNaN(value))return"NaN";if(!Number.isFinite(value))return value>0?"∞":"−∞";
let size=Math.abs(value);return size!==0&&size<.5*10**-digits?withMinus(value.toExponential(1)):size>=1e5?withMinus(value.
toExponential(2)):withMinus(value.toFixed(size>=1e3?0:digits))}function percent(share){return share>0&&share<.005?"<1 %":`${fixed(Math.round(100*share),0)} %`}function interval(value,low,high,digits=1){
return`${fixed(value,digits)} [${fixed(low,digits)}, ${fixed(high,digits)}]`}function toggling(label2,className,signal,fill2){let element=h("div",{class:className,hidden:!0}),refresh=()=>{element.hidden||
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
0,slack=1e-6*Math.abs(limit);return{t,mark:value>limit+slack?"+":value<low-slack?"−":""}}function numberOf([layer,head2],perLayer){return layer*perLayer+head2}function headOf(number,perLayer){return[Math.floor(
number/perLayer),number%perLayer]}function nameOf([layer,head2]){return`L${layer}H${head2}`}function byScore(scores){let key=i=>Number.
isNaN(scores[i])?-1/0:scores[i];return Array.from({length:scores.length},(_,i)=>i).sort((a,b)=>key(b)-key(a)||a-b)}function toggled(heads,[
layer,head2]){let rest=heads.filter(([l,h2])=>l!==layer||h2!==head2);return rest.length<heads.length?rest:[...heads,[layer,
head2]]}function includes(heads,[layer,head2]){return heads.some(([l,h2])=>l===layer&&h2===head2)}var MANY=8,MODES=[["continue","Continue","The model reads the text and goes on with it"],["chat","Chat","The text as a c\
hat turn; the template's tokens are grey"],["repeat","Random, twice","Random tokens, said twice: the second copy can be \
copied from the first"]],Prompt=class{constructor(model,signal,send){this.model=model;for(let[mode,label2,title]of MODES){
let button=h("button",{type:"button",role:"radio",class:"mikit-att-mode",title},label2);button.addEventListener("click",
()=>send({mode}),{signal}),this.modes.set(mode,button),this.group.append(button)}this.group.addEventListener("keydown",event=>this.
step(event),{signal}),this.box.addEventListener("input",()=>send({text:this.box.value}),{signal}),this.examples.addEventListener(
"change",()=>{let chosen=this.model.get("examples")[Number(this.examples.value)];chosen&&send(chosen.mode==="repeat"?{mode:"\
repeat"}:{text:chosen.text,mode:chosen.mode}),this.examples.value=""},{signal})}model;box=h("input",{type:"text",class:"\
mikit-input","aria-label":"Text",spellcheck:!1,autocomplete:"off"});modes=new Map;examples=h("select",{class:"mikit-sele\
ct","aria-label":"Examples"});group=h("div",{class:"mikit-att-modes",role:"radiogroup","aria-label":"How the text is rea\
d"});listed=null;draw({held}){let live=held==="",mode=this.model.get("mode"),text=mode==="repeat"?"":this.model.get("tex\
t");this.box.value!==text&&!this.box.matches(":focus")&&(this.box.value=text),this.examples.disabled=!live,this.box.disabled=
!live||mode==="repeat",this.box.placeholder=mode==="repeat"?"Random tokens are drawn":"Type a text";for(let[name,button]of this.
modes)button.setAttribute("aria-checked",String(name===mode)),button.tabIndex=name===mode?0:-1,button.disabled=!live||name===
"chat"&&!this.model.get("has_chat");let examples=this.model.get("examples");examples!==this.listed&&this.list(examples)}list(examples){
this.listed=examples,this.examples.replaceChildren(h("option",{value:""},"Examples"),...examples.map(({label:label2},i)=>h(
"option",{value:i},label2))),this.examples.hidden=examples.length===0}step(event){let by={ArrowRight:1,ArrowDown:1,ArrowLeft:-1,
ArrowUp:-1}[event.key];if(!by)return;let free=[...this.modes.values()].filter(button=>!button.disabled),next=free[(free.
indexOf(event.target)+by+free.length)%free.length];next?.focus(),next?.click(),event.preventDefault()}},Toolbar=class{sort=h(
"select",{class:"mikit-select","aria-label":"Order of the head map"});top;allOn;names=null;best=[];constructor(act,signal){
this.sort.addEventListener("change",()=>act.sortBy(this.sort.value),{signal}),this.top=textButton(`Switch off top ${MANY}\
 by induction`,signal,()=>act.mute(this.best)),this.allOn=textButton("Switch all on",signal,()=>act.mute([]))}draw({scene,
held}){let names2=scene.scores.map(({name:name2})=>name2);names2.join()!==this.names&&(this.names=names2.join(),this.sort.
replaceChildren(h("option",{value:""},"Layer order"),...names2.map(name2=>h("option",{value:name2},`By ${name2}`)))),this.
sort.value=scene.sort;let name=scene.sort||"induction";this.best=bestHeads(scene,name),this.top.textContent=`Switch off \
top ${this.best.length||MANY} by ${name}`,this.top.disabled=held!==""||this.best.length===0,this.allOn.disabled=held!==""||
scene.muted.length===0;for(let button of[this.top,this.allOn])button.title=held}};function bestHeads(scene,name){let score2=scene.
scores.find(one=>one.name===name);return score2?byScore(score2.value).slice(0,MANY).map(number=>headOf(number,scene.perLayer)):
[]}var BYTES=/((?:⟨[0-9A-F]{2}(?: [0-9A-F]{2})*⟩)+)/;function joinBytes(run){return`⟨${(run.match(/[0-9A-F]{2}/g)??[]).
join(" ")}⟩`}function pieces(text){if(text==="")return[{text:"∅",muted:!0}];let spaces=/^ */.exec(text)?.[0].length??
0,out=spaces?[{text:"·".repeat(spaces),muted:!0}]:[],rest=text.slice(spaces).replaceAll("\r","␍");for(let part of rest.
split(/(\n+|\t+)/).flatMap(piece=>piece.split(BYTES)))part!==""&&(part[0]===`
`?out.push({text:"⏎".repeat(part.length),muted:!0}):part[0]==="	"?out.push({text:"⇥".repeat(part.length),muted:!0}):
BYTES.test(part)?out.push({text:joinBytes(part),muted:!0}):out.push({text:part,muted:!1}));return out}function tokenLabel(text){
return pieces(text).map(piece=>piece.text).join("")}function middle(text,max){let characters=[...text];if(characters.length<=
max)return text;let head2=Math.ceil((max-1)/2),tail=max-1-head2;return`${characters.slice(0,head2).join("")}…${tail?characters.
slice(-tail).join(""):""}`}function tokenSpan(token){let span=h("span",{class:token.special?"mikit-token mikit-token-spe\
cial":"mikit-token"});for(let piece of pieces(token.text))span.append(piece.muted?h("span",{class:"mikit-token-mark"},piece.
text):piece.text);return span}var Following=class{element=h("div",{class:"mikit-att-next",role:"group","aria-label":"Likeliest next tokens"});draw({scene}){
let items=scene.next.map(({text,p})=>h("span",{class:"mikit-att-next-item"},tokenSpan({text,special:!1})," ",h("span",{class:"\
mikit-att-figure"},percent(p))));this.element.replaceChildren(h("span",{class:"mikit-att-small"},"next token"),...items)}};function rowStart(query){return query*(query+1)/2}function patternsOf(bytes,shape){let[heads=0,triangle=0]=shape,tokens=(Math.
sqrt(8*triangle+1)-1)/2;if(!Number.isInteger(tokens))throw new Error(`The attention patterns hold ${triangle} weights a \
head, which is not the lower triangle of a square.`);return{bytes,heads,tokens}}function triangleOf(patterns,head2){let size=rowStart(
patterns.tokens);return patterns.bytes.subarray(head2*size,(head2+1)*size)}function rowOf(patterns,head2,query){let start=head2*
rowStart(patterns.tokens)+rowStart(query);return patterns.bytes.subarray(start,start+query+1)}function strongest(row,count){
return Array.from(row,(byte,key)=>({key,share:byte/255})).filter(({key,share})=>key>0&&share>=.005).sort((a,b)=>b.share-
a.share||b.key-a.key).slice(0,count)}var GLOSS={induction:"looks at what followed this token the last time",previous:"looks at the token before",duplicate:"l\
ooks at the same token earlier in the text",first:"looks at the first position"};function score(value){return fixed(Math.
round(100*value)/100)}function quoted(text){return`“${tokenLabel(text)}”`}function readout({scene,head:head2,query,key}){
let name=nameOf(headOf(head2,scene.perLayer));if(key<0)return lookSentence(name,scene.patterns,scene.tokens,head2,query);
let[reader,target]=[scene.tokens[query],scene.tokens[key]];if(!reader||!target)return"";let weight=(rowOf(scene.patterns,
head2,query)[key]??0)/255;return`${name}: reader ${quoted(reader.text)} (${query}) looks ${percent(weight)} at ${quoted(
target.text)} (${key})`+(key===0?", the first position, a sink left out of the picture.":".")}function lookSentence(name,patterns,tokens,head2,query){
let reader=tokens[query];if(!reader)return"";if(query===0)return`${name}: the first token has only itself to look at.`;let row=rowOf(
patterns,head2,query),looks=strongest(row,2).map(look=>`${percent(look.share)} at ${quoted(tokens[look.key]?.text??"")}`),
sink=`${percent((row[0]??0)/255)} at the first position (a sink), left out of the picture`;return`${name}: ${quoted(reader.
text)} looks ${[...looks,sink].join(", ")}.`}function headInWords(scene,head2){let place2=headOf(head2,scene.perLayer),shown=scene.
scores.find(({name})=>name===(scene.sort||"induction"));return[nameOf(place2),...includes(scene.muted,place2)?["switched\
 off"]:[],...shown?[`${shown.name} ${score(shown.value[head2]??Number.NaN)}`]:[],...scene.tokens.length>1?[`${percent(scene.
sink[head2]??0)} on the first position`]:[]].join(", ")}function summary(draws){let sorted=[...draws].sort((a,b)=>a-b),at=i=>sorted[i]??
Number.NaN,half=sorted.length/2;return{median:(at(Math.floor(half))+at(Math.ceil(half)-1))/2,low:at(0),high:at(sorted.length-
1)}}function medianAndRange(draws,digits){let{median,low,high}=summary(draws),middle2=Number.isInteger(median)?digits:Math.
max(1,digits);return`${fixed(median,middle2)} (${fixed(low,digits)} to ${fixed(high,digits)})`}function headsInWords(heads){
return heads.length===1&&heads[0]?nameOf(heads[0]):`${heads.length} heads`}function drawsInWords(effect){return`n = ${effect.
draws.surprise.length} of ${effect.of} draws`}function effectSentence(effect,held){if(!effect||effect.heads.length===0)return held||
"Switch a head off to see how the predictions change.";let{low,high}=summary(effect.draws.surprise),draws=effect.draws.surprise.
length;if(draws===0)return"Random heads follow, for comparison.";let among=(draws===1?"in the 1 draw":`in all ${draws} d\
raws`)+(draws<effect.of?" so far":""),surprise=effect.muted.surprise;return surprise>high?`Surprise is higher than with \
random heads off ${among}.`:surprise<low?`Surprise is lower than with random heads off ${among}.`:"Surprise lies among t\
he random draws: no effect shows."}var TOP=5,HeadCard=class{element=h("div",{class:"mikit-att-card"});name=h("strong",{class:"mikit-att-card-name"});caption=h(
"span",{class:"mikit-att-small"});knob=h("span",{class:"mikit-att-knob","aria-hidden":"true"});switchText=h("span");switch=h(
"button",{type:"button",role:"switch",class:"mikit-att-switch"},this.switchText,this.knob);bars=h("div",{class:"mikit-at\
t-bars"});protocol=h("p",{class:"mikit-att-small mikit-att-protocol"});looks=h("div",{class:"mikit-att-looks"});constructor(act,signal){
this.element.append(h("div",{class:"mikit-att-card-head"},this.name,this.caption,this.switch),h("div",{class:"mikit-att-\
columns"},h("div",{},this.bars,this.protocol),this.looks)),this.switch.addEventListener("click",()=>{let{scene,head:head2}=act.
now();act.mute(toggled(scene.muted,headOf(head2,scene.perLayer)))},{signal})}draw(now){let{scene,head:head2}=now,place2=headOf(
head2,scene.perLayer),off=includes(scene.muted,place2);this.name.textContent=nameOf(place2),this.caption.textContent=off?
"is switched off":`layer ${place2[0]}, head ${place2[1]}`,this.switchText.textContent=`switch off ${nameOf(place2)} (abl\
ate)`,this.switch.disabled=now.held!=="",this.switch.title=now.held,this.switch.setAttribute("aria-checked",String(off)),
this.bars.replaceChildren(...scoreBars(scene.scores,head2)),this.protocol.textContent=scene.scores.length?scene.protocol:
"Head scores are being measured.",this.protocol.title=scene.protocol,this.looks.replaceChildren(...lookList(now))}};function along(value){
return`${100*Math.min(1,Math.max(0,value))}%`}function scoreBars(scores,head2){return scores.map(({name,value,control,low,
high})=>{let[v,c,from,to]=[value,control,low,high].map(of=>of[head2]??Number.NaN),track=h("span",{class:"mikit-att-track"});
Number.isNaN(c)||track.append(h("span",{class:"mikit-att-control",style:`left:${along(c)}`})),Number.isNaN(v)||track.prepend(
h("span",{class:"mikit-att-bar",style:`width:${along(v)}`})),from<to&&track.append(h("span",{class:"mikit-att-whisker",style:`\
left:${along(from)};width:${along(to-from)}`}));let text=Number.isNaN(from)?score(v):`${score(v)} [${score(from)}, ${score(
to)}]`,words2=`${name} ${text}, control ${score(c)}: ${GLOSS[name]??""}`;return h("div",{class:"mikit-att-score",title:words2,
role:"img","aria-label":words2},h("span",{},name),track,h("span",{class:"mikit-att-figure"},text))})}function lookList({
scene,head:head2,query}){let reader=scene.tokens[query];if(!reader)return[];let row=rowOf(scene.patterns,head2,query),first=scene.
tokens[0],line=(token,key,value)=>h("div",{class:`mikit-att-look${key?"":" mikit-att-look-first"}`},clipped(token),h("sp\
an",{class:"mikit-att-small"},key?`${key}`:"first, a sink"),h("span",{class:"mikit-att-figure"},percent(value))),title=h(
"div",{class:"mikit-att-look-title"},clipped(reader),h("span",{class:"mikit-att-small"},`${query}`)," looks at"),looks=strongest(
row,TOP).map(({key,share:weight})=>line(scene.tokens[key],key,weight));return[title,...looks,line(first,0,(row[0]??0)/255)]}
function clipped(token){let span=tokenSpan(token);return span.classList.add("mikit-att-clipped"),span}function sizeCanvas(canvas,width,height){let ratio=globalThis.devicePixelRatio||1;canvas.width=Math.ceil(width*ratio),canvas.
height=Math.ceil(height*ratio),canvas.style.width=`${width}px`,canvas.style.height=`${height}px`;let context=canvas.getContext?.(
"2d")??null;return context?.setTransform(ratio,0,0,ratio,0,0),context}function drawPixels(context,pixels,columns,box){let rows=pixels.
length/columns;if(!pixels.length)return;let small=document.createElement("canvas");small.width=columns,small.height=rows;
let bytes=new Uint8ClampedArray(pixels.buffer,pixels.byteOffset,pixels.byteLength);small.getContext("2d")?.putImageData(
new ImageData(bytes,columns,rows),0,0),context.imageSmoothingEnabled=!1,context.drawImage(small,box.x,box.y,box.width,box.
height)}function hatch(context,colour,box,gap=4){context.save(),context.beginPath(),context.rect(box.x,box.y,box.width,box.height),
context.clip(),context.strokeStyle=colour,context.lineWidth=1,context.beginPath();for(let offset=0;offset<box.width+box.
height;offset+=gap)context.moveTo(box.x+offset-box.height,box.y+box.height),context.lineTo(box.x+offset,box.y);context.stroke(),
context.restore()}function pitchOf(width,layers,perLayer){return Math.max(8,Math.min(48,Math.floor((width-32)/layers),Math.floor(225/perLayer)))}
function pictureOf(pitch){return pitch-(pitch>=20?3:2)}function inLayers(width,layers,perLayer){let pitch=pitchOf(width,
layers,perLayer),size=pictureOf(pitch);return{boxes:Array.from({length:layers*perLayer},(_,head2)=>({head:head2,x:32+Math.
floor(head2/perLayer)*pitch,y:head2%perLayer*pitch,size,named:!1})),width:32+layers*pitch,height:perLayer*pitch,pitch}}function inOrder(width,layers,perLayer,order){
let area={...inLayers(width,layers,perLayer),width},wanted=Math.floor(area.width/72),named=area.height>=68?Math.min(order.
length,wanted):0,top=named?64:0,pitch=pitchToFit(order.length-named,area.width,area.height-top,area.pitch),columns=Math.
floor(area.width/pitch),boxes=order.map((head2,rank)=>{if(rank<named)return{head:head2,x:rank*72+28/2,y:0,size:44,named:!0};
let place2=rank-named;return{head:head2,x:place2%columns*pitch,y:top+Math.floor(place2/columns)*pitch,size:pictureOf(pitch),
named:!1}});return{...area,boxes}}function pitchToFit(count,width,height,most){for(let pitch=most;pitch>8;pitch--)if(Math.
ceil(count/Math.floor(width/pitch))*pitch<=height)return pitch;return 8}function boxAt(layout,x,y){return layout.boxes.find(
box=>{let gap=box.named?16:2;return x>=box.x-1&&x<box.x+box.size+2&&y>=box.y&&y<box.y+box.size+gap})}function neighbour(layout,from,dx,dy){
let middle2=box=>({x:box.x+box.size/2,y:box.y+box.size/2}),here=middle2(from),best=from,least=1/0;for(let box of layout.
boxes){let there=middle2(box),along2=(there.x-here.x)*dx+(there.y-here.y)*dy,across=Math.abs((there.x-here.x)*dy)+Math.abs(
(there.y-here.y)*dx),cost=along2+4*across;along2>Math.min(from.size,box.size)/2&&cost<least&&(best=box,least=cost)}return best}function windows(from,to){let first=new Uint16Array(to),last=new Uint16Array(to);for(let i=0;i<to;i++){let start=Math.floor(
i*from/to);first[i]=start,last[i]=from>to?Math.ceil((i+1)*from/to)-1:start}return{first,last}}function thumbnail(triangle,tokens,width,height){
let picture=new Uint8Array(width*height),inner=tokens-1;if(inner<1)return picture;let rows=windows(inner,height),columns=windows(
inner,width);for(let y=0;y<height;y++){let[top,bottom]=[rows.first[y]+1,rows.last[y]+1];for(let x=0;x<width&&columns.first[x]<
bottom;x++)picture[y*width+x]=strongestIn(triangle,top,bottom,columns.first[x]+1,columns.last[x]+1)}return picture}function strongestIn(triangle,top,bottom,left,right){
let most=0;for(let query=top;query<=bottom;query++){let row=rowStart(query);for(let key=left,end=Math.min(right,query);key<=
end;key++){let weight=triangle[row+key];weight>most&&(most=weight)}}return most}var GAUGE=3,LEGEND=120,ARROWS={ArrowRight:[1,0],ArrowLeft:[-1,0],ArrowDown:[0,1],ArrowUp:[0,-1]},HeadMap=class{constructor(act,signal){
this.act=act;this.element.append(this.field);let at=event=>{let edge=this.canvas.getBoundingClientRect();return boxAt(this.
layout,event.clientX-edge.left,event.clientY-edge.top)};this.field.addEventListener("pointermove",event=>act.peekHead(at(
event)?.head??null),{signal}),this.field.addEventListener("pointerleave",()=>act.peekHead(null),{signal}),this.field.addEventListener(
"blur",()=>act.peekHead(null),{signal}),this.field.addEventListener("click",event=>{let box=at(event);box&&act.focusHead(
box.head)},{signal}),this.field.addEventListener("keydown",event=>this.key(event),{signal})}act;element=h("div",{class:"\
mikit-att-map"});canvas=h("canvas",{"aria-hidden":"true"});labels=h("div",{class:"mikit-att-map-labels","aria-hidden":"t\
rue"});hovered=h("div",{class:"mikit-att-ring",hidden:!0});focused=h("div",{class:"mikit-att-ring mikit-att-ring-focus",
hidden:!0});field=h("div",{class:"mikit-att-field",tabindex:0,role:"application","aria-label":"Head map. Arrow keys move\
 from head to head, Enter puts one in focus, M switches it off or on."},this.canvas,this.labels,this.focused,this.hovered);thumbs=new Thumbnails;layout={
boxes:[],width:0,height:0,pitch:0};drawn=[];draw({scene,head:head2,width,colours}){let ratio=globalThis.devicePixelRatio,
base=[scene.patterns,scene.sink,scene.scores,scene.muted,scene.sort,width,colours,ratio];base.some((value,i)=>value!==this.
drawn[i])&&(this.drawn=base,this.drawBase(scene,width),drawHeads(this.canvas,this.layout,scene,this.thumbs,colours.pixels())),
this.ring(this.focused,numberOf(scene.focus,scene.perLayer)),this.ring(this.hovered,head2)}drawBase(scene,width){let{layers,
perLayer}=scene,score2=scene.scores.find(({name})=>name===scene.sort);this.layout=score2?inOrder(width,layers,perLayer,byScore(
score2.value)):inLayers(width,layers,perLayer);let labels=score2?names(this.layout,score2,perLayer):axes(this.layout,layers,
perLayer,width-LEGEND);this.labels.replaceChildren(...labels,label("▮ first position",width,this.layout.height,"mikit-\
att-gauge"))}ring(ring,head2){let box=this.layout.boxes.find(one=>one.head===head2);ring.hidden=!box,box&&Object.assign(
ring.style,{left:`${box.x}px`,top:`${box.y}px`,width:`${box.size}px`,height:`${box.size}px`})}key(event){if(event.ctrlKey||
event.metaKey||event.altKey)return;let{head:head2,scene,held}=this.act.now(),here=this.layout.boxes.find(box=>box.head===
head2),step=ARROWS[event.key];if(step&&here)this.act.peekHead(neighbour(this.layout,here,...step).head);else if(event.key===
"Enter"||event.key===" ")this.act.focusHead(head2);else if(event.key==="m"&&!held)this.act.mute(toggled(scene.muted,headOf(
head2,scene.perLayer)));else if(event.key==="Escape")this.act.peekHead(null);else return;event.preventDefault()}},Thumbnails=class{patterns=null;made=new Map;get(patterns,head2,width,height){
patterns!==this.patterns&&this.made.clear(),this.patterns=patterns;let key=`${head2} ${width} ${height}`,picture=this.made.
get(key);return picture||this.made.set(key,picture=thumbnail(triangleOf(patterns,head2),patterns.tokens,width,height)),picture}};
function drawHeads(canvas,layout,scene,thumbs,pixels){let context=sizeCanvas(canvas,layout.width,layout.height);if(!context)
return;let ratio=globalThis.devicePixelRatio||1,image=context.createImageData(canvas.width,canvas.height),out=new Uint32Array(
image.data.buffer);for(let box of layout.boxes){let[left,top]=[Math.round((box.x+GAUGE+1)*ratio),Math.round(box.y*ratio)],
[width,height]=[Math.round((box.size-GAUGE-1)*ratio),Math.round(box.size*ratio)],picture=thumbs.get(scene.patterns,box.head,
width,height);for(let y=0;y<height;y++){let row=(top+y)*canvas.width+left,end=Math.min(width,Math.ceil((y+1)/height*width));
for(let x=0;x<end;x++)out[row+x]=pixels[picture[y*width+x]]}}context.putImageData(image,0,0),drawMarks(context,layout,scene,
canvas)}function drawMarks(context,layout,scene,canvas){let[track,gauge,ink,out]=["--mk-line","--mk-edge","--mk-ink","--\
mk-hatch"].map(name=>themeColour(canvas,name));for(let{head:head2,x,y,size}of layout.boxes){let share=scene.sink[head2]??
0;context.fillStyle=track,context.fillRect(x,y,GAUGE,size),context.fillStyle=gauge,context.fillRect(x,y+size*(1-share),GAUGE,
size*share),includes(scene.muted,headOf(head2,scene.perLayer))&&(hatch(context,out,{x,y,width:size,height:size},3),context.
strokeStyle=ink,context.lineWidth=2,context.beginPath(),context.moveTo(x+1,y+size-1),context.lineTo(x+size-1,y+1),context.
stroke())}}function label(text,x,y,kind){let element=h("span",{class:`mikit-att-label ${kind}`},text);return element.style.
left=`${x}px`,element.style.top=`${y}px`,element}function axes(layout,layers,perLayer,end){let size=layout.boxes[0]?.size??
0,every=layers>12?5:1,across=Array.from({length:Math.ceil(layers/every)},(_,i)=>i*every),down=Array.from({length:perLayer},
(_,head2)=>head2),layer=at=>32+at*layout.pitch+size/2;return[...across.filter(at=>layer(at)<end).map(at=>label(`${at}`,layer(
at),layout.height,"mikit-att-layer")),label("layer →",every>1?layer(2.5):layout.width+30,layout.height,"mikit-att-laye\
r"),...down.map(head2=>label(`${head2}`,26,head2*layout.pitch+size/2,"mikit-att-head")),label("head →",0,0,"mikit-att-\
head-axis")]}function names(layout,score2,perLayer){return[...layout.boxes.filter(box=>box.named).map(({head:head2,x,y,size})=>label(
`${nameOf(headOf(head2,perLayer))} ${score(score2.value[head2]??Number.NaN)}`,x+size/2,y+size,"mikit-att-name")),label(`\
best first by ${score2.name}: ${GLOSS[score2.name]??"its score"}`,0,layout.height,"")]}var LINE=11,MOST_LABELLED=40,MOST_LETTERS=11,LETTER=7,ROOM=40,Matrix=class{constructor(act,size,signal){this.act=act;this.
size=size;this.element.append(h("span",{class:"mikit-att-axis"},"looks at →"),h("span",{class:"mikit-att-axis mikit-at\
t-axis-down"},"reader ↓"),this.field,h("span",{class:"mikit-att-legend"},"0",this.legend,"100 %"));let at=event=>{let edge=this.
canvas.getBoundingClientRect();return[Math.floor((event.clientY-edge.top)/this.cell.height),Math.floor((event.clientX-edge.
left)/this.cell.width)]};this.field.addEventListener("pointermove",event=>this.point(...at(event)),{signal}),this.field.
addEventListener("pointerleave",()=>act.peekToken(null),{signal}),this.field.addEventListener("blur",()=>act.peekToken(null),
{signal}),this.field.addEventListener("click",event=>{let[row]=at(event);row>=0&&row<act.now().scene.tokens.length&&act.
lock(row)},{signal}),this.field.addEventListener("keydown",event=>this.key(event),{signal})}act;size;element=h("div",{class:"\
mikit-att-matrix"});canvas=h("canvas",{"aria-hidden":"true"});labels=h("div",{class:"mikit-att-matrix-labels","aria-hidd\
en":"true"});legend=h("span",{class:"mikit-att-legend-scale"});cross=h("div",{class:"mikit-att-cross",hidden:!0});field=h(
"div",{class:"mikit-att-square",tabindex:0,role:"application","aria-label":"Attention of the head in focus. Arrow keys m\
ove over readers and what they look at, Enter locks a reader."},this.canvas,this.labels,this.cross);cell={width:0,height:0};drawn=[];draw({
scene,head:head2,query,key,colours}){let{width,height}=this.size(),count=Math.max(1,scene.tokens.length);this.cell={width:width/
count,height:height/count};let base=[scene.patterns,head2,colours,width,height,globalThis.devicePixelRatio];base.some((value,i)=>value!==
this.drawn[i])&&(this.drawn=base,this.legend.style.background=`linear-gradient(to right, ${[0,1,2,3,4,5,6,7].map(i=>colours.
css(i/7)).join()})`,drawTriangle(this.canvas,triangleOf(scene.patterns,head2),scene.tokens.length,{width,height},colours.
pixels())),this.labels.replaceChildren(...tokenLabels(scene.tokens,this.cell,[query,key,scene.locked])),this.cross.hidden=
query<0;let{width:across,height:down}=this.cell;Object.assign(this.cross.style,{top:`${query*down}px`,height:`${Math.max(
2,down)}px`,width:`${(query+1)*across}px`})}point(row,column){row>=0&&row<this.act.now().scene.tokens.length&&column>=0?
this.act.peekToken(row,Math.min(column,row)):this.act.peekToken(null)}key(event){if(event.ctrlKey||event.metaKey||event.
altKey)return;let{query,key,scene}=this.act.now(),step={ArrowDown:[1,0],ArrowUp:[-1,0],ArrowRight:[0,1],ArrowLeft:[0,-1]}[event.
key];if(step&&query>=0){let row=Math.min(scene.tokens.length-1,Math.max(0,query+step[0]));this.act.peekToken(row,Math.min(
row,Math.max(0,(key<0?row:key)+step[1])))}else if(event.key==="Enter"||event.key===" ")this.act.lock(query);else if(event.
key==="Escape")this.act.unlock();else return;event.preventDefault()}};function drawTriangle(canvas,triangle,tokens,size,colours){
let context=sizeCanvas(canvas,size.width,size.height);if(!context||tokens===0)return;let pixels=new Uint32Array(tokens*tokens);
for(let query=1;query<tokens;query++)for(let key=1;key<=query;key++)pixels[query*tokens+key]=colours[triangle[rowStart(query)+
key]];drawPixels(context,pixels,tokens,{x:0,y:0,...size}),hatch(context,themeColour(canvas,"--mk-hatch"),{x:0,y:0,width:Math.
max(3,size.width/tokens),height:size.height})}function labelled2(tokens,cell2,wanted){let fits=Math.max(1,Math.ceil(LINE/
cell2)),every=tokens>MOST_LABELLED?Math.max(8,fits):fits,sure=[...new Set(wanted)].filter(i=>i>=0&&i<tokens),free=Array.
from({length:tokens},(_,i)=>i).filter(i=>i%every===0&&sure.every(j=>Math.abs(i-j)*cell2>=LINE));return[...sure,...free].
sort((a,b)=>a-b)}function tokenLabels(tokens,cell2,[query=-1,key=-1,locked=-1]){let rows=labelled2(tokens.length,cell2.height,
[query,locked]).map(i=>{let label2=tokenLabelAt(tokens[i],MOST_LETTERS,"mikit-att-row-label",i===query||i===locked);return label2.
style.top=`${(i+.5)*cell2.height}px`,label2}),columns=labelled2(tokens.length,cell2.width,[key]).filter(i=>i*cell2.height>=
ROOM).map(i=>{let room=i*cell2.height,label2=tokenLabelAt(tokens[i],Math.min(MOST_LETTERS,Math.floor(room/LETTER)),"miki\
t-att-column-label",i===key);return Object.assign(label2.style,{left:`${(i+.5)*cell2.width}px`,top:`${room-2}px`}),label2});
return[...rows,...columns]}function tokenLabelAt(token,letters,kind,strong){return h("span",{class:`mikit-att-label ${kind}${strong?
" mikit-att-strong":""}`},middle(tokenLabel(token.text),letters))}var WIDTH=128,HEIGHT=28,AXIS=18,EDGE=8,NONE="–",Outcome=class{constructor(number){this.number=number;this.element.append(
this.table,h("div",{class:"mikit-att-number"},number.element,this.strip),this.sentence)}number;element=h("div",{class:"m\
ikit-att-outcome"});table=h("table",{class:"mikit-att-effect-table"});strip=h("div",{class:"mikit-att-strip"});sentence=h(
"p",{class:"mikit-att-sentence"});draw({scene:{effect,surprise},held}){let off=effect!==null&&effect.heads.length>0;this.
sentence.textContent=effectSentence(effect,held),this.table.replaceChildren(...rowsOf(effect)),this.strip.replaceChildren(
...off?[stripOf(effect)]:[]),off?this.number.show({label:`guessed, ${headsInWords(effect.heads)} off`,value:`${effect.muted.
guessed} of ${effect.muted.n}`}):effect?this.number.show({label:"guessed, all heads on",value:`${effect.base.guessed} of\
 ${effect.base.n}`}):this.drawAsIs(surprise)}drawAsIs(nats){let scored=nats.filter(value=>!Number.isNaN(value));if(!scored.
length)return this.number.clear();let mean=scored.reduce((sum,value)=>sum+value,0)/scored.length;this.number.show({label:"\
surprise, as is",value:fixed(mean),unit:"nats a token"})}};function rowsOf(effect){let off=effect!==null&&effect.heads.length>
0,row=(cells,title="")=>h("tr",{title},...cells.map((text,i)=>h(i?"td":"th",i?{}:{scope:"row"},text)));return[h("thead",
{},h("tr",{},...[off?drawsInWords(effect):"","guessed","surprise, nats"].map(text=>h(text?"th":"td",{},text)))),h("tbody",
{},row(off?offCells(effect):["heads off",NONE,NONE]),row(effect?["as is",`${effect.base.guessed}`,fixed(effect.base.surprise)]:
["as is",NONE,NONE]),row(off?randomCells(effect):["random heads",NONE,NONE],"median of the draws, and their range"))]}function offCells({
heads,muted:{guessed,surprise,low,high}}){return[`${headsInWords(heads)} off`,`${guessed}`,low===null||high===null?fixed(
surprise):interval(surprise,low,high,2)]}function randomCells({heads,draws}){let name=heads.length===1?"a random head":`${heads.
length} random heads`;return draws.guessed.length?[name,medianAndRange(draws.guessed,0),medianAndRange(draws.surprise,2)]:
[name,"…","…"]}function stripOf({heads,base,muted,draws}){let x=guessed=>EDGE+guessed/Math.max(1,base.n)*(WIDTH-2*EDGE),
{median,low,high}=summary(draws.guessed),words2=`Guessed of ${base.n}: ${headsInWords(heads)} off ${muted.guessed}, as i\
s ${base.guessed}`+(draws.guessed.length?`, random heads ${medianAndRange(draws.guessed,0)}`:""),picture=svg("svg",{viewBox:`\
0 0 ${WIDTH} ${HEIGHT}`,width:WIDTH,height:HEIGHT,role:"img","aria-label":words2});return picture.append(svg("line",{class:"\
mikit-att-strip-axis",x1:x(0),x2:x(base.n),y1:AXIS,y2:AXIS})),draws.guessed.length&&picture.append(svg("rect",{class:"mi\
kit-att-band",x:x(low)-3,y:AXIS-13,width:x(high)-x(low)+6,height:13}),...stacked(draws.guessed).map(([value,level])=>svg(
"circle",{class:"mikit-att-draw",cx:x(value),cy:AXIS-3-2.5*Math.min(level,4),r:2.5})),svg("line",{class:"mikit-att-media\
n",x1:x(median),x2:x(median),y1:AXIS-15,y2:AXIS+2})),picture.append(svg("line",{class:"mikit-att-base",x1:x(base.guessed),
x2:x(base.guessed),y1:2,y2:AXIS+2}),svg("circle",{class:"mikit-att-effect",cx:x(muted.guessed),cy:AXIS-6,r:4}),...ends(x(
0),x(base.n),base.n)),picture}function stacked(values){let seen=new Map;return values.map(value=>{let level=seen.get(value)??
0;return seen.set(value,level+1),[value,level]})}function ends(left,right,n){return[svg("text",{class:"mikit-att-strip-t\
ext",x:left,y:HEIGHT,"text-anchor":"middle"},"0"),svg("text",{class:"mikit-att-strip-text",x:right,y:HEIGHT,"text-anchor":"\
middle"},`${n}`)]}var DIVERGING_REACH=.6;function reachOf(kind){return kind==="diverging"?DIVERGING_REACH:1}function tint(element,value,{kind,
limit,theme}){let{t,mark}=value===null?{t:0,mark:""}:place(value,limit,kind);element.classList.toggle("mikit-tint-out",mark===
"×"),element.toggleAttribute("data-mark",mark==="+"||mark==="−"),element.hasAttribute("data-mark")&&element.setAttribute(
"data-mark",mark);let plain=value===null||mark==="×"||t===0;element.classList.toggle("mikit-tinted",!plain);let rgb=colourMap(
kind,theme).at(t*reachOf(kind));element.style.backgroundColor=plain?"":`rgb(${rgb.join(" ")})`,element.style.color=plain?
"":inkOn(rgb)}var FAINT=.15,TWO_ROWS=48,EMPTY="Type a text above: its tokens stand here.",Reading=class{constructor(act,signal){this.act=
act;this.element.append(this.readout,this.line);let at=event=>this.spans.indexOf(event.target.closest(".mikit-att-token"));
this.line.addEventListener("pointerover",event=>{at(event)>=0&&act.peekToken(at(event))},{signal}),this.line.addEventListener(
"pointerleave",()=>act.peekToken(null),{signal}),this.line.addEventListener("blur",()=>act.peekToken(null),{signal}),this.
line.addEventListener("click",event=>{at(event)>=0&&act.lock(at(event))},{signal}),this.line.addEventListener("keydown",
event=>this.key(event),{signal})}act;element=h("div",{class:"mikit-att-reading"});readout=h("p",{class:"mikit-att-readou\
t"});line=h("div",{class:"mikit-att-line",tabindex:0,role:"application","aria-label":"The text, token by token. Left and\
 right arrows move, Enter locks a token, Escape unlocks."});spans=[];tokens=null;width=0;draw(now){let{scene,head:head2,
query}=now;(scene.tokens!==this.tokens||now.width!==this.width)&&this.build(scene.tokens,now.width),this.readout.textContent=
readout(now)||EMPTY;let row=query<0?new Uint8Array:rowOf(scene.patterns,head2,query);this.spans.forEach((span,key)=>this.
paint(span,key,row[key],now))}build(tokens,width){this.tokens=tokens,this.width=width,this.spans=tokens.map(token=>{let span=tokenSpan(
token);return span.classList.add("mikit-att-token"),span}),this.line.replaceChildren(...this.spans),this.line.classList.
remove("mikit-att-dense"),this.line.classList.toggle("mikit-att-dense",this.line.scrollHeight>TWO_ROWS)}paint(span,key,byte,{
scene,query,theme}){let value=key===0?Number.NaN:byte===void 0?null:byte/255;tint(span,value,{kind:"sequential",limit:1,
theme}),(value===null||value<FAINT)&&plainText(span),span.classList.toggle("mikit-att-later",key>query),span.classList.toggle(
"mikit-att-reader",key===query),span.classList.toggle("mikit-att-locked",key===scene.locked)}key(event){if(event.ctrlKey||
event.metaKey||event.altKey)return;let{query,scene}=this.act.now(),last=scene.tokens.length-1;if(last<0)return;let step={
ArrowRight:query+1,ArrowLeft:query-1,Home:0,End:last}[event.key];if(step!==void 0)this.moveTo(Math.min(last,Math.max(0,step)));else if(event.
key==="Enter"||event.key===" ")this.act.lock(query);else if(event.key==="Escape")this.act.unlock();else return;event.preventDefault()}moveTo(query){
this.act.peekToken(query),this.spans[query]?.scrollIntoView({block:"nearest"})}};function plainText(span){span.classList.
remove("mikit-tinted"),span.style.color=""}function tableOf({scene,head:head2}){return scene.locked<0?headsTable(scene):looksTable(scene,head2)}function headsTable(scene){
let sorted=scene.scores.find(({name})=>name===scene.sort),order=sorted?byScore(sorted.value):Array.from({length:scene.layers*
scene.perLayer},(_,i)=>i),scores=scene.scores.flatMap(({name,value,control,low,high})=>[[name,value],[`${name} control`,
control],[`${name} low`,low],[`${name} high`,high]]);return{caption:`Every head: share of attention on the first positio\
n, scores, controls and 95 % intervals. Lock a token to read where it looks. ${scene.protocol}`,columns:["head","switche\
d","first position",...scores.map(([name])=>name)],rows:order.map(i=>{let place2=headOf(i,scene.perLayer);return[nameOf(
place2),includes(scene.muted,place2)?"off":"on",scene.sink[i]??Number.NaN,...scores.map(([,of])=>of[i]??Number.NaN)]})}}
function looksTable(scene,head2){let row=rowOf(scene.patterns,head2,scene.locked);return{caption:`Where “${tokenLabel(
scene.tokens[scene.locked]?.text??"")}” (position ${scene.locked}) looks in ${nameOf(headOf(head2,scene.perLayer))}, a\
s shares of its attention.`,columns:["position","token","share"],rows:Array.from(row,(byte,key)=>[`${key}`,tokenLabel(scene.
tokens[key]?.text??""),byte/255])}}var ARRAYS={float32:Float32Array,uint8:Uint8Array,int32:Int32Array};function bytesOf(data){return data instanceof ArrayBuffer?
new Uint8Array(data):new Uint8Array(data.buffer,data.byteOffset,data.byteLength)}function decode(wire){let Type=ARRAYS[wire.
dtype],size=Type.BYTES_PER_ELEMENT,bytes=bytesOf(wire.data),wanted=wire.shape.reduce((a,b)=>a*b,1)*size;if(bytes.byteLength!==
wanted)throw new RangeError(`An array of shape [${wire.shape.join(", ")}] needs ${wanted} bytes, ${bytes.byteLength} cam\
e.`);return bytes.byteOffset%size!==0&&(bytes=bytes.slice()),new Type(bytes.buffer,bytes.byteOffset,bytes.byteLength/size)}var unpacked=new WeakMap;function patternsFrom(wire){let known=unpacked.get(wire);if(known)return known;let patterns=patternsOf(
decode(wire),wire.shape);return unpacked.set(wire,patterns),patterns}function scoresOf(model,heads){let missing=new Float32Array(
heads).fill(Number.NaN),of=(trait,name)=>{let wire=model.get(trait)[name];return wire?decode(wire):missing};return Object.
entries(model.get("scores")).map(([name,wire])=>({name,value:decode(wire),control:of("score_control",name),low:of("score\
_low",name),high:of("score_high",name)}))}function sceneOf(model){let[layers,perLayer]=model.get("grid"),patterns=patternsFrom(
model.get("patterns")),sent=model.get("tokens"),tokens=sent.length>patterns.tokens?sent.slice(0,patterns.tokens):sent,[layer,
head2]=model.get("focus"),locked=model.get("locked");return{layers,perLayer,tokens,patterns,sink:decode(model.get("sink")),
scores:scoresOf(model,layers*perLayer),muted:model.get("muted"),focus:layer<layers&&head2<perLayer?[layer,head2]:[0,0],locked:locked<
tokens.length?locked:-1,sort:model.get("sort"),protocol:model.get("protocol"),next:model.get("next"),effect:model.get("e\
ffect"),surprise:decode(model.get("surprise")).subarray(0,tokens.length)}}var MATRIX={wide:{width:260,height:154},narrow:{width:260,height:260}},HINT="Point at a small picture to see that head. \
Click keeps it",HELD="Switching heads needs the model, and no kernel answers.",DRAWN=["text","mode","muted","focus","loc\
ked","sort","examples","has_chat","grid","tokens","patterns","sink","scores","score_control","score_low","score_high","p\
rotocol","next","effect","surprise"];function render({model,el,signal}){let peek={head:null,query:null,key:-1},scene=null,
view=frame(model,el,signal,{name:"attention",table:()=>tableOf(now()),reset:()=>{Object.assign(peek,{head:null,query:null,
key:-1})}});function now(){scene??=sceneOf(model);let count=scene.tokens.length,resting=scene.locked>=0?scene.locked:count-
1,query=peek.query!==null&&peek.query<count?peek.query:resting;return{scene,head:peek.head??numberOf(scene.focus,scene.perLayer),
query,key:peek.query===null?-1:Math.min(peek.key,query),width:view.width,theme:view.theme,colours:colourMap("sequential",
view.theme),held:view.live?"":HELD}}let act={now,peekHead(head2){head2!==peek.head&&(peek.head=head2,view.draw(),head2!==
null&&view.say(headInWords(now().scene,head2)))},focusHead(head2){view.set({focus:headOf(head2,now().scene.perLayer)})},
peekToken(query,key=-1){query===peek.query&&key===peek.key||(Object.assign(peek,{query,key}),view.draw(),query!==null&&view.
say(readout(now())))},lock(query){view.set({locked:query===now().scene.locked?-1:query})},unlock(){view.set({locked:-1})},
mute(heads){view.set({muted:heads},["mute"])},sortBy(name){view.set({sort:name})}},prompt=new Prompt(model,signal,traits=>view.
set(traits,["attention","mute"])),toolbar=new Toolbar(act,signal),map=new HeadMap(act,signal),reading=new Reading(act,signal),
matrix=new Matrix(act,()=>view.wide?MATRIX.wide:MATRIX.narrow,signal),card=new HeadCard(act,signal),following=new Following,
top=view.number.element.parentElement,outcome=new Outcome(view.number);top?.append(outcome.element);let showMatrix=textButton(
"Show matrix",signal,()=>{let shown=lower.classList.toggle("mikit-att-matrix-shown");showMatrix.textContent=shown?"Hide \
matrix":"Show matrix",showMatrix.setAttribute("aria-expanded",String(shown))});showMatrix.classList.add("mikit-att-show-\
matrix");let lower=h("div",{class:"mikit-att-lower"},matrix.element,h("div",{class:"mikit-att-right"},card.element,following.
element),showMatrix),row=(...controls)=>h("div",{class:"mikit-att-row"},...controls),hint=h("p",{class:"mikit-chrome mik\
it-att-small mikit-att-hint"});view.inputs.append(row(prompt.box,prompt.examples),row(prompt.group,toolbar.sort),row(toolbar.
top,toolbar.allOn)),view.stage.append(hint,map.element,reading.element,lower);for(let part of[map.element,reading.element,
lower])view.tie(part,"attention");view.tie(outcome.element,"mute");let parts=[prompt,toolbar,outcome,map,reading,matrix,
card,following];view.watch([...DRAWN],()=>{scene=null,view.draw()}),view.onDraw(()=>{let moment=now();hint.textContent=moment.
held?`${HINT}.`:`${HINT}; then M switches it off and on.`;for(let part of parts)part.draw(moment)})}var attention_default={
render};export{attention_default as default};
