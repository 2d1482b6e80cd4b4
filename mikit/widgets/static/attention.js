// Generated from widgets/src by `npm run build`. Do not edit.
function fill(element,attributes,children){for(const[name,value]of Object.entries(attributes)){if(value===true)element.setAttribute(
name,"");else if(value!==false)element.setAttribute(name,String(value))}element.append(...children)}function h(tag,attributes={},...children){
const element=document.createElement(tag);fill(element,attributes,children);return element}function svg(tag,attributes={},...children){
const element=document.createElementNS("http://www.w3.org/2000/svg",tag);fill(element,attributes,children);return element}
function textButton(label2,signal,onClick){const button=h("button",{type:"button",class:"mikit-text-button"},label2);button.
addEventListener("click",onClick,{signal});return button}function download(name,blob){const link=document.createElement("a");link.href=URL.createObjectURL(blob);link.download=name;
link.click();setTimeout(()=>URL.revokeObjectURL(link.href),1e4)}function fileName(title,ending){const stem=title.toLowerCase().
replaceAll(/[^a-z0-9]+/g,"-").replaceAll(/^-|-$/g,"");return`${stem||"mikit"}.${ending}`}function csvCell(value){const text=String(
value);return/[",\n\r]/.test(text)?`"${text.replaceAll('"','""')}"`:text}function csv(table){return`${[table.columns,...table.
rows].map(row=>row.map(csvCell).join(",")).join("\n")}
`}async function copyText(text){try{await navigator.clipboard.writeText(text);return true}catch{return false}}async function copyImage(image){
try{await navigator.clipboard.write([new ClipboardItem({"image/png":image})]);return true}catch{return false}}function ownRules(){
const texts=[];for(const sheet of document.styleSheets){let rules;try{rules=sheet.cssRules}catch{continue}for(const rule of rules)
if(rule.cssText.includes(".mikit"))texts.push(rule.cssText)}return texts.join("\n")}var CHROME=".mikit-actions, .mikit-i\
nputs, .mikit-status, .mikit-code, .mikit-twin, .mikit-live";function withoutChrome(root){const clone=root.cloneNode(true);
const drawn=[...root.querySelectorAll("canvas")];clone.querySelectorAll("canvas").forEach((canvas,i)=>{const image=document.
createElement("img");image.src=drawn[i].toDataURL();image.className=canvas.className;image.style.cssText=canvas.style.cssText;
canvas.replaceWith(image)});for(const chrome of clone.querySelectorAll(CHROME))chrome.remove();const style=getComputedStyle(
root);for(const name of["--jp-ui-font-family","--jp-code-font-family","--jp-layout-color0"]){const value=style.getPropertyValue(
name);if(value)clone.style.setProperty(name,value)}clone.style.width=`${root.clientWidth}px`;return clone}function heightOf(clone){
const shelf=document.createElement("div");shelf.style.cssText="position:fixed;left:-10000px;top:0;visibility:hidden";shelf.
append(clone);document.body.append(shelf);const height=Math.ceil(clone.getBoundingClientRect().height);shelf.remove();return height}
async function figurePng(root){const clone=withoutChrome(root);const[width,height,zoom]=[root.clientWidth,heightOf(clone),
2];const style=document.createElement("style");style.textContent=ownRules();clone.prepend(style);clone.setAttribute("xml\
ns","http://www.w3.org/1999/xhtml");const body=new XMLSerializer().serializeToString(clone);const source=`<svg xmlns="ht\
tp://www.w3.org/2000/svg" width="${width*zoom}" height="${height*zoom}" viewBox="0 0 ${width} ${height}"><foreignObject \
width="${width}" height="${height}">${body}</foreignObject></svg>`;const image=new Image;image.src=`data:image/svg+xml;c\
harset=utf-8,${encodeURIComponent(source)}`;await image.decode();const canvas=document.createElement("canvas");[canvas.width,
canvas.height]=[width*zoom,height*zoom];canvas.getContext("2d")?.drawImage(image,0,0);return new Promise((resolve,reject)=>{
canvas.toBlob(blob=>blob?resolve(blob):reject(new Error("The browser made no picture.")),"image/png")})}var ANSWER_MS=1500;function copyButton(label2,signal,copy){const button=textButton(label2,signal,()=>{void copy().then(copied=>copied?
"Copied":"Downloaded",()=>"No copy made").then(answer=>{button.textContent=answer;setTimeout(()=>{button.textContent=label2},
ANSWER_MS)})});return button}function copyButtons(signal,root,title,table){const png=copyButton("Copy PNG",signal,async()=>{
const image=await figurePng(root());const copied=await copyImage(image);if(!copied)download(fileName(title(),"png"),image);
return copied});const numbers=copyButton("Copy CSV",signal,async()=>{const text=csv(table());const copied=await copyText(
text);if(!copied)download(fileName(title(),"csv"),new Blob([text],{type:"text/csv"}));return copied});return[png,numbers]}var MARK="jupyter-widgets-disconnected";function watchKernel(host,signal,changed){let gone=false;const look=()=>{if(gone===
(host.closest(`.${MARK}`)!==null))return;gone=!gone;changed(gone)};const observer=new MutationObserver(look);const watch=()=>{
observer.disconnect();let element=host;for(let depth=0;element&&depth<4;depth++,element=element.parentElement){observer.
observe(element,{attributes:true,attributeFilter:["class"]})}};watch();look();const attached=new ResizeObserver(watch);attached.
observe(host);signal.addEventListener("abort",()=>{observer.disconnect();attached.disconnect()})}function head(signal,buttons){const title=h("span",{class:"mikit-title",role:"heading","aria-level":3});const chip=h("sp\
an",{class:"mikit-chip"});const old=h("span",{class:"mikit-chip mikit-chip-mark"},"old");const gone=h("span",{class:"mik\
it-chip mikit-chip-mark"},"kernel gone – run the cell again");const record=textButton("Save record",signal,buttons.saveRecord);
const page=textButton("Save page",signal,buttons.savePage);const element=h("div",{class:"mikit-head"},title,chip,h("span",
{class:"mikit-break"}),old,gone,h("span",{class:"mikit-actions"},buttons.code,record,page));const show=text=>{title.textContent=
text.title;chip.textContent=text.chip;chip.hidden=!text.chip;old.hidden=!text.old;gone.hidden=!text.gone;record.hidden=text.
gone;record.disabled=!text.canSave;page.hidden=text.gone||text.frozen};return{element,show}}function containKeys(root,signal){root.addEventListener("keydown",event=>{if(event.ctrlKey||event.metaKey||event.shiftKey&&
event.key==="Enter")return;event.stopPropagation()},{signal})}function numberSlot(){const[label2,value,unit,below]=["label","value","unit","below"].map(part=>h("span",{class:`mikit-n\
umber-${part}`}));const element=h("div",{class:"mikit-number"},label2,h("span",{class:"mikit-number-line"},value," ",unit),
below);const show=text=>{label2.textContent=text.label;value.textContent=text.value;unit.textContent=text.unit??"";below.
textContent=text.below??""};const clear=()=>show({label:" ",value:" ",below:" "});clear();return{element,show,clear}}var MINUS="−";function withMinus(text){const typeset=text.replace("-",MINUS);return/[1-9]/.test(typeset)?typeset:typeset.
replace(MINUS,"")}function fixed(value,digits=2){if(Number.isNaN(value))return"NaN";if(!Number.isFinite(value))return value>
0?"∞":`${MINUS}∞`;const size=Math.abs(value);if(size!==0&&size<.5*10**-digits)return withMinus(value.toExponential(1));
if(size>=1e5)return withMinus(value.toExponential(2));return withMinus(value.toFixed(size>=1e3?0:digits))}function percent(share2,of=0){return`${fixed(100*share2,of>200?1:0)} %`}function interval(value,low,high,digits=1){return`${fixed(
value,digits)} [${fixed(low,digits)}, ${fixed(high,digits)}]`}function toggling(label2,className,signal,fill2){const element=h("div",{class:className,hidden:true});const refresh=()=>{
if(!element.hidden)fill2(element,refresh)};const button=textButton(label2,signal,()=>{element.hidden=!element.hidden;button.
setAttribute("aria-expanded",String(!element.hidden));refresh()});button.setAttribute("aria-expanded","false");return{button,
element,refresh}}var FLAVOURS=[["mikit","mikit"],["nnsight","plain nnsight"]];function codePanel(signal,code){let chosen="\
mikit";return toggling("Code","mikit-code",signal,(panel,refresh)=>{const texts=code();const there=FLAVOURS.filter(([flavour])=>texts[flavour]!==
void 0);if(!there.length){panel.replaceChildren(h("p",{class:"mikit-muted"},"No code yet: it comes with the first result\
."));return}if(texts[chosen]===void 0)chosen=there[0][0];const text=texts[chosen]??"";const listing=h("pre",{tabindex:0,
role:"region","aria-label":`Code, ${chosen}`},text);const tabs=there.map(([flavour,label2])=>{const tab=textButton(label2,
signal,()=>{chosen=flavour;refresh()});tab.setAttribute("aria-pressed",String(flavour===chosen));return tab});const copy=textButton(
"Copy",signal,()=>{void copyText(text).then(done=>{copy.textContent=done?"Copied":"Select and copy by hand"})});panel.replaceChildren(
h("div",{class:"mikit-code-bar"},...tabs,h("span",{class:"mikit-gap"}),copy),listing)})}var MOST_ROWS=400;function cell(value){
return typeof value==="number"?h("td",{class:"mikit-figure"},fixed(value)):h("td",{},value)}function twinPanel(signal,table){
return toggling("Read as a table","mikit-twin",signal,panel=>{const{caption,columns,rows}=table();const left=rows.length-
MOST_ROWS;panel.replaceChildren(h("table",{},h("caption",{},left>0?`${caption} (${left} more rows: Copy CSV has them all\
)`:caption),h("thead",{},h("tr",{},...columns.map(name=>h("th",{scope:"col"},name)))),h("tbody",{},...rows.slice(0,MOST_ROWS).
map(row=>h("tr",{},...row.map((value,i)=>i===0&&typeof value==="string"?h("th",{scope:"row"},value):cell(value)))))));panel.
tabIndex=0;panel.setAttribute("role","region");panel.setAttribute("aria-label",caption)})}function themeOf(element){const body=document.body;const lab=body.getAttribute("data-jp-theme-light");if(lab!==null)return lab===
"false"?"dark":"light";if(body.matches(".vscode-dark, .vscode-high-contrast:not(.vscode-high-contrast-light)"))return"da\
rk";if(body.matches(".vscode-light, .vscode-high-contrast-light"))return"light";if(element.closest(".dark, [data-theme=d\
ark]"))return"dark";if(element.closest(".light, [data-theme=light]"))return"light";return globalThis.matchMedia?.("(pref\
ers-color-scheme: dark)").matches?"dark":"light"}function watchTheme(signal,changed){const observer=new MutationObserver(
changed);const options={attributes:true,attributeFilter:["class","data-jp-theme-light","data-jp-theme-name","data-theme"]};
observer.observe(document.body,options);observer.observe(document.documentElement,options);signal.addEventListener("abor\
t",()=>observer.disconnect());globalThis.matchMedia?.("(prefers-color-scheme: dark)").addEventListener("change",changed,
{signal})}function themeColour(element,name){return getComputedStyle(element).getPropertyValue(name).trim()}function redrawing(root,signal,draw){let width=800;let asleep=true;const ask=()=>{if(!asleep)return;asleep=false;requestAnimationFrame(
()=>{asleep=true;if(!signal.aborted)draw()})};const sizes=new ResizeObserver(()=>{if(root.clientWidth===0)return;width=root.
clientWidth;ask()});sizes.observe(root);signal.addEventListener("abort",()=>sizes.disconnect());watchTheme(signal,ask);ask();
return{draw:ask,get width(){return width}}}var GONE="The kernel is gone. The picture stays; run the cell again to go on.";var FROZEN="A saved page: reading and hov\
ering work, what needs the model is off.";function words(status){switch(status.state){case"busy":return status.text||"co\
mputing";case"waiting":return status.text||"waiting for your cell";case"stopped":return status.text||"stopped";default:return status.
text||"ready"}}function statusLine(signal,stop){const bar=h("span",{class:"mikit-progress"});const text=h("span",{class:"\
mikit-status-text"});const failed=h("span",{class:"mikit-error",role:"alert"});const note=h("span",{class:"mikit-note"});
const stopButton=textButton("Stop",signal,stop);stopButton.classList.add("mikit-stop");const tools=h("span",{class:"miki\
t-tools"});const element=h("div",{class:"mikit-status"},h("span",{class:"mikit-status-line"},text,stopButton,failed,note),
tools,bar);const show=status=>{const error=status.error||(status.state==="error"?status.text:"");const off=status.gone||
status.frozen;const working=!off&&(status.state==="busy"||status.state==="waiting");text.textContent=status.gone?GONE:status.
frozen?FROZEN:error?"":words(status);failed.textContent=error&&!off?`× ${error}`:"";note.textContent=status.gone||error?
"":status.note;stopButton.hidden=!working;bar.style.width=working?`${Math.round(100*status.done)}%`:"0"};return{element,
tools,show}}var WIDE=700;var REST_MS=150;var TRAITS=["title","chip","shows","hides","status","error","answers","asked","code","note",
"can_save","frozen"];function oldLanes(asked,answers){return new Set(Object.keys(asked).filter(lane=>lane in answers&&asked[lane]!==
answers[lane]))}function labelled(label2,text){return text?[h("b",{},`${label2} `),text]:[]}function frame(model,host,signal,options){
let gone=false;let speech;const draws=[];const ties=[];const controls=[];const inputs=h("div",{class:"mikit-inputs"});const stage=h(
"div",{class:"mikit-stage"});const number=numberSlot();const foot=h("p",{class:"mikit-foot"});const live=h("span",{class:"\
mikit-live",role:"status"});const code=codePanel(signal,()=>model.get("code"));const twin=twinPanel(signal,options.table);
const top=head(signal,{code:code.button,saveRecord,savePage:()=>send("page")});const status=statusLine(signal,()=>send("\
stop"));status.tools.append(textButton("Reset",signal,reset),...copyButtons(signal,()=>root,()=>model.get("title"),options.
table),twin.button);const root=h("section",{class:`mikit mikit-${options.name}`},top.element,h("div",{class:"mikit-top"},
inputs,number.element),stage,status.element,code.element,twin.element,foot,live);containKeys(root,signal);host.append(root);
function attempt(work){try{work()}catch{gone=true;refresh()}}function send(action){attempt(()=>model.send({do:action}))}
function saveRecord(){const record=model.get("record");if(!model.get("frozen"))send("record");else if(record)download(fileName(
model.get("title"),"json"),new Blob([record],{type:"application/json"}))}function reset(){options.reset?.();if(view.live)
send("reset");view.draw()}function refresh(){const old=oldLanes(model.get("asked"),model.get("answers"));const[title,chip,
error,frozen]=[model.get("title"),model.get("chip"),model.get("error"),model.get("frozen")];const{state,text,done}=model.
get("status");root.setAttribute("aria-label",title);root.dataset.status=error?"error":state;root.toggleAttribute("data-g\
one",gone);root.toggleAttribute("data-frozen",frozen);root.toggleAttribute("data-old",old.size>0);stage.classList.toggle(
"mikit-old",ties.length===0&&old.size>0);for(const[element,lane]of ties)element.classList.toggle("mikit-old",old.has(lane));
for(const control of controls)control.disabled=!view.live;const canSave=frozen?Boolean(model.get("record")):model.get("c\
an_save");top.show({title,chip,old:old.size>0,gone,frozen,canSave});status.show({state,text,done,error,note:model.get("n\
ote"),gone,frozen});foot.replaceChildren(...labelled("Shows:",model.get("shows"))," ",...labelled("Does not show:",model.
get("hides")));code.refresh()}function listen(trait,changed){model.on(`change:${trait}`,changed);signal.addEventListener(
"abort",()=>model.off(`change:${trait}`,changed))}const redraw=redrawing(root,signal,()=>{root.dataset.theme=view.theme;
root.dataset.width=view.wide?"wide":"narrow";for(const one of draws)one();twin.refresh()});const view={root,inputs,stage,
number,draw:redraw.draw,get width(){return redraw.width},get wide(){return redraw.width>=WIDE},get theme(){return themeOf(
host)},get live(){return!gone&&!model.get("frozen")},colour:name=>themeColour(root,name),onDraw(callback){draws.push(callback);
redraw.draw()},watch(traits,changed=redraw.draw){for(const trait of traits)listen(trait,changed)},set(traits,lanes=[]){const[
asked,answers]=[{...model.get("asked")},model.get("answers")];for(const lane of lanes)asked[lane]=Math.max(asked[lane]??
0,answers[lane]??0)+1;for(const name of Object.keys(traits))model.set(name,traits[name]);if(lanes.length&&view.live)model.
set("asked",asked);attempt(()=>model.save_changes())},tie(element,lane){ties.push([element,lane]);refresh()},needsKernel(control){
controls.push(control);control.disabled=!view.live},say(text){clearTimeout(speech);speech=setTimeout(()=>{live.textContent=
text},REST_MS)}};root.dataset.theme=view.theme;root.dataset.width="wide";for(const trait of TRAITS)listen(trait,refresh);
watchKernel(host,signal,now=>{gone=now;refresh()});signal.addEventListener("abort",()=>{clearTimeout(speech);root.remove()});
refresh();return view}var STOPS={diverging:{light:"#8A3B06 #C4661F #E39B5F #F4CFAE #F3F3F1 #B9D4EC #74A9DA #2F78C0 #0B4A8F",dark:"#FFBE7D #D98\
636 #9A5A22 #5E3B1E #232A33 #20466F #2F6DAE #5A9BDC #8FC7FF"},sequential:{light:"#FBFBF7 #E3EBD9 #B7D5CB #7DB8BE #4892AE\
 #2E6A97 #27447A #1D2352",dark:"#171C23 #20304A #27507A #2C7598 #3F9CA8 #74C2AC #B5E0B4 #F2F7C9"}};function parseHex(hex){
const value=Number.parseInt(hex.slice(1),16);return[value>>16,value>>8&255,value&255]}var linear=channel=>{const c=channel/
255;return c<=.04045?c/12.92:((c+.055)/1.055)**2.4};var gamma=c=>{const v=c<=.0031308?12.92*c:1.055*c**(1/2.4)-.055;return Math.
round(255*Math.min(1,Math.max(0,v)))};function toOklab(rgb){const[r,g,b]=[linear(rgb[0]),linear(rgb[1]),linear(rgb[2])];
const l=Math.cbrt(.4122214708*r+.5363325363*g+.0514459929*b);const m=Math.cbrt(.2119034982*r+.6806995451*g+.1073969566*b);
const s=Math.cbrt(.0883024619*r+.2817188376*g+.6299787005*b);return[.2104542553*l+.793617785*m-.0040720468*s,1.9779984951*
l-2.428592205*m+.4505937099*s,.0259040371*l+.7827717662*m-.808675766*s]}function fromOklab([lightness,a,b]){const l=(lightness+
.3963377774*a+.2158037573*b)**3;const m=(lightness-.1055613458*a-.0638541728*b)**3;const s=(lightness-.0894841775*a-1.291485548*
b)**3;return[gamma(4.0767416621*l-3.3077115913*m+.2309699292*s),gamma(-1.2684380046*l+2.6097574011*m-.3413193965*s),gamma(
-.0041960863*l-.7034186147*m+1.707614701*s)]}function luminance(rgb){return .2126*linear(rgb[0])+.7152*linear(rgb[1])+.0722*
linear(rgb[2])}function contrast(a,b){const[x,y]=[luminance(a),luminance(b)];return(Math.max(x,y)+.05)/(Math.min(x,y)+.05)}
function inkOn(rgb){return contrast(rgb,[0,0,0])>=contrast(rgb,[255,255,255])?"#000000":"#FFFFFF"}var STEPS=512;var ColourMap=class{constructor(kind,theme){
this.kind=kind;const stops=STOPS[kind][theme].split(" ").map(hex=>toOklab(parseHex(hex)));this.table=Array.from({length:STEPS+
1},(_,i)=>{const at=i/STEPS*(stops.length-1);const low=Math.min(Math.floor(at),stops.length-2);const[from,to,f]=[stops[low],
stops[low+1],at-low];return fromOklab([from[0]+f*(to[0]-from[0]),from[1]+f*(to[1]-from[1]),from[2]+f*(to[2]-from[2])])})}kind;table;at(t){
const share2=this.kind==="diverging"?(t+1)/2:t;return this.table[Math.round(STEPS*Math.min(1,Math.max(0,share2)))]}css(t){
return`rgb(${this.at(t).join(" ")})`}pixels(){return Uint32Array.from({length:256},(_,i)=>packed(this.table[Math.round(i/
255*STEPS)]))}};function packed(rgb){return(255<<24|rgb[2]<<16|rgb[1]<<8|rgb[0])>>>0}var maps=new Map;function colourMap(kind,theme){
const key=`${kind} ${theme}`;let map=maps.get(key);if(!map)maps.set(key,map=new ColourMap(kind,theme));return map}function place(value,limit,kind){
if(Number.isNaN(value))return{t:0,mark:"×"};const low=kind==="diverging"?-limit:0;const t=limit>0?Math.min(1,Math.max(low/
limit,value/limit)):0;const slack=1e-6*Math.abs(limit);return{t,mark:value>limit+slack?"+":value<low-slack?"−":""}}function numberOf([layer,head2],perLayer){return layer*perLayer+head2}function headOf(number,perLayer){return[Math.floor(
number/perLayer),number%perLayer]}function nameOf([layer,head2]){return`L${layer}H${head2}`}function byScore(scores){const key=i=>Number.
isNaN(scores[i])?-Infinity:scores[i];return Array.from({length:scores.length},(_,i)=>i).sort((a,b)=>key(b)-key(a)||a-b)}
function toggled(heads,[layer,head2]){const rest=heads.filter(([l,h2])=>l!==layer||h2!==head2);return rest.length<heads.
length?rest:[...heads,[layer,head2]]}function includes(heads,[layer,head2]){return heads.some(([l,h2])=>l===layer&&h2===
head2)}var MANY=8;var MODES=[["continue","Continue","The model reads the text and goes on with it"],["chat","Chat","The text as\
 a chat turn; the template's tokens are grey"],["repeat","Random, twice","Random tokens, said twice: the second copy can\
 be copied from the first"]];var Prompt=class{constructor(model,signal,send){this.model=model;for(const[mode,label2,title]of MODES){
const button=h("button",{type:"button",role:"radio",class:"mikit-att-mode",title},label2);button.addEventListener("click",
()=>send({mode}),{signal});this.modes.set(mode,button);this.group.append(button)}this.group.addEventListener("keydown",event=>this.
step(event),{signal});this.box.addEventListener("input",()=>send({text:this.box.value}),{signal});this.examples.addEventListener(
"change",()=>{const chosen=this.model.get("examples")[Number(this.examples.value)];if(chosen)send({text:chosen.text,mode:chosen.
mode});this.examples.value=""},{signal})}model;box=h("input",{type:"text",class:"mikit-input","aria-label":"Text",spellcheck:false,
autocomplete:"off",placeholder:"Type a text"});modes=new Map;examples=h("select",{class:"mikit-select","aria-label":"Exa\
mples"});group=h("div",{class:"mikit-att-modes",role:"radiogroup","aria-label":"How the text is read"});listed=null;draw({
held}){const live=held==="";const mode=this.model.get("mode");const text=this.model.get("text");if(this.box.value!==text&&
!this.box.matches(":focus"))this.box.value=text;this.examples.disabled=!live;this.box.disabled=!live||mode==="repeat";this.
box.title=mode==="repeat"?"Random tokens are drawn; the text is not used":"";for(const[name,button]of this.modes){button.
setAttribute("aria-checked",String(name===mode));button.tabIndex=name===mode?0:-1;button.disabled=!live||name==="chat"&&
!this.model.get("has_chat")}const examples=this.model.get("examples");if(examples!==this.listed)this.list(examples)}list(examples){
this.listed=examples;this.examples.replaceChildren(h("option",{value:""},"Examples"),...examples.map(({label:label2},i)=>h(
"option",{value:i},label2)));this.examples.hidden=examples.length===0}step(event){const by={ArrowRight:1,ArrowDown:1,ArrowLeft:-1,
ArrowUp:-1}[event.key];if(!by)return;const free=[...this.modes.values()].filter(button=>!button.disabled);const next=free[(free.
indexOf(event.target)+by+free.length)%free.length];next?.focus();next?.click();event.preventDefault()}};var Toolbar=class{sort=h(
"select",{class:"mikit-select","aria-label":"Order of the head map"});top;allOn;names="";best=[];constructor(act,signal){
this.sort.addEventListener("change",()=>act.sortBy(this.sort.value),{signal});this.top=textButton(`Switch off top ${MANY}\
 by induction`,signal,()=>act.mute(this.best));this.allOn=textButton("Switch all on",signal,()=>act.mute([]))}draw({scene,
held}){const names2=scene.scores.map(({name:name2})=>name2);if(names2.join()!==this.names){this.names=names2.join();this.
sort.replaceChildren(h("option",{value:""},"Layer order"),...names2.map(name2=>h("option",{value:name2},`By ${name2}`)))}
this.sort.value=scene.sort;const name=scene.sort||"induction";this.best=bestHeads(scene,name);this.top.textContent=`Swit\
ch off top ${this.best.length||MANY} by ${name}`;this.top.disabled=held!==""||this.best.length===0;this.allOn.disabled=held!==
""||scene.muted.length===0;for(const button of[this.top,this.allOn])button.title=held}};function bestHeads(scene,name){const score=scene.
scores.find(one=>one.name===name);return score?byScore(score.value).slice(0,MANY).map(number=>headOf(number,scene.perLayer)):
[]}var BYTES=/((?:⟨[0-9A-F]{2}(?: [0-9A-F]{2})*⟩)+)/;function joinBytes(run){return`⟨${(run.match(/[0-9A-F]{2}/g)??[]).
join(" ")}⟩`}function pieces(text){if(text==="")return[{text:"∅",muted:true}];const spaces=/^ */.exec(text)?.[0].length??
0;const out=spaces?[{text:"·".repeat(spaces),muted:true}]:[];const rest=text.slice(spaces).replaceAll("\r","␍");for(const part of rest.
split(/(\n+|\t+)/).flatMap(piece=>piece.split(BYTES))){if(part==="")continue;if(part[0]==="\n")out.push({text:"⏎".repeat(
part.length),muted:true});else if(part[0]==="	")out.push({text:"⇥".repeat(part.length),muted:true});else if(BYTES.test(
part))out.push({text:joinBytes(part),muted:true});else out.push({text:part,muted:false})}return out}function tokenLabel(text){
return pieces(text).map(piece=>piece.text).join("")}function middle(text,max){const characters=[...text];if(characters.length<=
max)return text;const head2=Math.ceil((max-1)/2);const tail=max-1-head2;return`${characters.slice(0,head2).join("")}…${tail?
characters.slice(-tail).join(""):""}`}function tokenSpan(token){const span=h("span",{class:token.special?"mikit-token mi\
kit-token-special":"mikit-token"});for(const piece of pieces(token.text)){span.append(piece.muted?h("span",{class:"mikit\
-token-mark"},piece.text):piece.text)}return span}var Following=class{element=h("div",{class:"mikit-att-next",role:"group","aria-label":"Likeliest next tokens"});draw({scene}){
const items=scene.next.map(({text,p})=>h("span",{class:"mikit-att-next-item"},tokenSpan({text,special:false})," ",h("spa\
n",{class:"mikit-att-figure"},percent(p))));this.element.replaceChildren(h("span",{class:"mikit-att-small"},"next token"),
...items)}};function rowStart(query){return query*(query+1)/2}function patternsOf(bytes,shape){const[heads=0,triangle=0]=shape;const tokens=(Math.
sqrt(8*triangle+1)-1)/2;if(!Number.isInteger(tokens)){throw new Error(`The attention patterns hold ${triangle} weights a\
 head, which is not the lower triangle of a square.`)}return{bytes,heads,tokens}}function triangleOf(patterns,head2){const size=rowStart(
patterns.tokens);return patterns.bytes.subarray(head2*size,(head2+1)*size)}function rowOf(patterns,head2,query){const start=head2*
rowStart(patterns.tokens)+rowStart(query);return patterns.bytes.subarray(start,start+query+1)}function strongest(row,count){
return Array.from(row,(byte,key)=>({key,share:byte/255})).filter(({key,share:share2})=>key>0&&share2>=.005).sort((a,b)=>b.
share-a.share||b.key-a.key).slice(0,count)}var GLOSS={induction:"looks at what followed this token the last time",previous:"looks at the token before",duplicate:"l\
ooks at the same token earlier in the text",first:"looks at the first position"};function quoted(text){return`“${tokenLabel(
text)}”`}function readout({scene,head:head2,query,key}){const name=nameOf(headOf(head2,scene.perLayer));if(key<0)return lookSentence(
name,scene.patterns,scene.tokens,head2,query);const[reader,target]=[scene.tokens[query],scene.tokens[key]];if(!reader||!target)
return"";const share2=(rowOf(scene.patterns,head2,query)[key]??0)/255;return`${name}: reader ${quoted(reader.text)} (${query}\
) looks ${percent(share2)} at ${quoted(target.text)} (${key})`+(key===0?", the first position, a sink left out of the pi\
cture.":".")}function lookSentence(name,patterns,tokens,head2,query){const reader=tokens[query];if(!reader)return"";if(query===
0)return`${name}: the first token has only itself to look at.`;const row=rowOf(patterns,head2,query);const looks=strongest(
row,2).map(({key,share:share2})=>`${percent(share2)} at ${quoted(tokens[key]?.text??"")}`);const sink=`${percent((row[0]??
0)/255)} at the first position (a sink), left out of the picture`;return`${name}: ${quoted(reader.text)} looks ${[...looks,
sink].join(", ")}.`}function headInWords(scene,head2){const place2=headOf(head2,scene.perLayer);const score=scene.scores.
find(({name})=>name===(scene.sort||"induction"));const parts=[nameOf(place2),...includes(scene.muted,place2)?["switched \
off"]:[],...score?[`${score.name} ${fixed(score.value[head2]??Number.NaN)}`]:[],...scene.tokens.length>1?[`${percent(scene.
sink[head2]??0)} on the first position`]:[]];return parts.join(", ")}function summary(draws){const sorted=[...draws].sort(
(a,b)=>a-b);const at=i=>sorted[i]??Number.NaN;const half=sorted.length/2;return{median:(at(Math.floor(half))+at(Math.ceil(
half)-1))/2,low:at(0),high:at(sorted.length-1)}}function medianAndRange(draws,digits){const{median,low,high}=summary(draws);
const middle2=Number.isInteger(median)?digits:Math.max(1,digits);return`${fixed(median,middle2)} (${fixed(low,digits)} t\
o ${fixed(high,digits)})`}function headsInWords(heads){return heads.length===1&&heads[0]?nameOf(heads[0]):`${heads.length}\
 heads`}function drawsInWords(effect){return`n = ${effect.draws.surprise.length} of ${effect.of} draws`}function effectSentence(effect,held){
if(!effect||effect.heads.length===0)return held||"Switch a head off to see how the predictions change.";const{low,high}=summary(
effect.draws.surprise);const draws=effect.draws.surprise.length;if(draws===0)return"Random heads follow, for comparison.";
const among=draws===1?"in the 1 draw":`in all ${draws} draws`;const surprise=effect.muted.surprise;if(surprise>high)return`\
Surprise is higher than with random heads off ${among}.`;if(surprise<low)return`Surprise is lower than with random heads\
 off ${among}.`;return"Surprise lies among the random draws: no effect of these heads alone shows."}var TOP=5;var HeadCard=class{element=h("div",{class:"mikit-att-card"});name=h("strong",{class:"mikit-att-card-name"});caption=h(
"span",{class:"mikit-att-small"});knob=h("span",{class:"mikit-att-knob","aria-hidden":"true"});switchText=h("span");switch=h(
"button",{type:"button",role:"switch",class:"mikit-att-switch"},this.switchText,this.knob);bars=h("div",{class:"mikit-at\
t-bars"});protocol=h("p",{class:"mikit-att-small mikit-att-protocol"});looks=h("div",{class:"mikit-att-looks"});now=null;constructor(act,signal){
this.element.append(h("div",{class:"mikit-att-card-head"},this.name,this.caption,this.switch),h("div",{class:"mikit-att-\
columns"},h("div",{},this.bars,this.protocol),this.looks));this.switch.addEventListener("click",()=>{if(this.now)act.mute(
toggled(this.now.scene.muted,headOf(this.now.head,this.now.scene.perLayer)))},{signal})}draw(now){this.now=now;const{scene,
head:head2}=now;const place2=headOf(head2,scene.perLayer);const off=includes(scene.muted,place2);this.name.textContent=nameOf(
place2);this.caption.textContent=`layer ${place2[0]}, head ${place2[1]}`;this.switchText.textContent=off?"switched off (\
ablated)":"switch off (ablate)";this.switch.disabled=now.held!=="";this.switch.title=now.held;this.switch.setAttribute("\
aria-checked",String(off));this.switch.setAttribute("aria-label",`switch off ${nameOf(place2)} (ablate)`);this.bars.replaceChildren(
...scoreBars(scene.scores,head2));this.protocol.textContent=scene.scores.length?scene.protocol:"Head scores are being me\
asured.";this.protocol.title=scene.protocol;this.looks.replaceChildren(...lookList(now))}};function share(value){return`${100*
Math.min(1,Math.max(0,value))}%`}function cents(value){return fixed(Math.round(100*value)/100)}function scoreBars(scores,head2){
return scores.map(({name,value,control,low,high})=>{const[v,c,from,to]=[value,control,low,high].map(of=>of[head2]??Number.
NaN);const track=h("span",{class:"mikit-att-track"});if(!Number.isNaN(c))track.append(h("span",{class:"mikit-att-control",
style:`left:${share(c)}`}));if(!Number.isNaN(v))track.prepend(h("span",{class:"mikit-att-bar",style:`width:${share(v)}`}));
if(from<to)track.append(h("span",{class:"mikit-att-whisker",style:`left:${share(from)};width:${share(to-from)}`}));const text=Number.
isNaN(from)?cents(v):`${cents(v)} [${cents(from)}, ${cents(to)}]`;const words2=`${name} ${text}, control ${cents(c)}: ${GLOSS[name]??
""}`;return h("div",{class:"mikit-att-score",title:words2,role:"img","aria-label":words2},h("span",{},name),track,h("spa\
n",{class:"mikit-att-figure"},text))})}function lookList({scene,head:head2,query}){const reader=scene.tokens[query];if(!reader)
return[];const row=rowOf(scene.patterns,head2,query);const first=scene.tokens[0];const line=(token,key,value)=>h("div",{
class:`mikit-att-look${key?"":" mikit-att-look-first"}`},clipped(token),h("span",{class:"mikit-att-small"},key?`${key}`:
"first, a sink"),h("span",{class:"mikit-att-figure"},percent(value)));const title=h("div",{class:"mikit-att-look-title"},
clipped(reader),h("span",{class:"mikit-att-small"},`${query}`)," looks at");const looks=strongest(row,TOP).map(({key,share:value})=>line(
scene.tokens[key],key,value));return[title,...looks,line(first,0,(row[0]??0)/255)]}function clipped(token){const span=tokenSpan(
token);span.classList.add("mikit-att-clipped");return span}function sizeCanvas(canvas,width,height){const ratio=globalThis.devicePixelRatio||1;canvas.width=Math.ceil(width*ratio);
canvas.height=Math.ceil(height*ratio);canvas.style.width=`${width}px`;canvas.style.height=`${height}px`;const context=canvas.
getContext?.("2d")??null;context?.setTransform(ratio,0,0,ratio,0,0);return context}function drawPixels(context,pixels,columns,box){
const rows=pixels.length/columns;if(!pixels.length)return;const small=document.createElement("canvas");small.width=columns;
small.height=rows;const bytes=new Uint8ClampedArray(pixels.buffer,pixels.byteOffset,pixels.byteLength);small.getContext(
"2d")?.putImageData(new ImageData(bytes,columns,rows),0,0);context.imageSmoothingEnabled=false;context.drawImage(small,box.
x,box.y,box.width,box.height)}function hatch(context,colour,box,gap=4){context.save();context.beginPath();context.rect(box.x,box.y,box.width,box.height);
context.clip();context.strokeStyle=colour;context.lineWidth=1;context.beginPath();for(let offset=0;offset<box.width+box.
height;offset+=gap){context.moveTo(box.x+offset-box.height,box.y+box.height);context.lineTo(box.x+offset,box.y)}context.
stroke();context.restore()}var GUTTER=32;var BIGGEST=48;var SMALLEST=8;var NAMED=44;var NAMED_STEP=72;var NAME_LINE=16;function pitchOf(width,layers){
return Math.max(SMALLEST,Math.min(BIGGEST,Math.floor((width-GUTTER)/layers)))}function pictureOf(pitch){return pitch-(pitch>=
20?3:2)}function inLayers(width,layers,perLayer){const pitch=pitchOf(width,layers);const size=pictureOf(pitch);const boxes=Array.
from({length:layers*perLayer},(_,head2)=>({head:head2,x:GUTTER+Math.floor(head2/perLayer)*pitch,y:head2%perLayer*pitch,size,
named:false}));return{boxes,width:GUTTER+layers*pitch,height:perLayer*pitch,pitch}}function inOrder(width,layers,perLayer,order){
const area=inLayers(width,layers,perLayer);const wanted=Math.floor(area.width/NAMED_STEP);const roomForNames=area.height>=
NAMED+NAME_LINE+SMALLEST;const named=roomForNames?Math.min(order.length,wanted):0;const top=named?NAMED+NAME_LINE+4:0;const pitch=pitchToFit(
order.length-named,area.width,area.height-top,area.pitch);const columns=Math.floor(area.width/pitch);const boxes=order.map(
(head2,rank)=>{if(rank<named)return{head:head2,x:rank*NAMED_STEP+(NAMED_STEP-NAMED)/2,y:0,size:NAMED,named:true};const place2=rank-
named;return{head:head2,x:place2%columns*pitch,y:top+Math.floor(place2/columns)*pitch,size:pictureOf(pitch),named:false}});
return{...area,boxes}}function pitchToFit(count,width,height,most){for(let pitch=most;pitch>SMALLEST;pitch--){if(Math.ceil(
count/Math.floor(width/pitch))*pitch<=height)return pitch}return SMALLEST}function boxAt(layout,x,y){return layout.boxes.
find(box=>{const gap=box.named?NAME_LINE:2;return x>=box.x-1&&x<box.x+box.size+2&&y>=box.y&&y<box.y+box.size+gap})}function neighbour(layout,from,dx,dy){
const middle2=box=>({x:box.x+box.size/2,y:box.y+box.size/2});const here=middle2(from);let best=from;let least=Infinity;for(const box of layout.
boxes){const there=middle2(box);const along=(there.x-here.x)*dx+(there.y-here.y)*dy;const across=Math.abs((there.x-here.
x)*dy)+Math.abs((there.y-here.y)*dx);const cost=along+4*across;if(along>Math.min(from.size,box.size)/2&&cost<least){best=
box;least=cost}}return best}function windows(from,to){const first=new Uint16Array(to);const last=new Uint16Array(to);for(let i=0;i<to;i++){const start=Math.
floor(i*from/to);first[i]=start;last[i]=from>to?Math.ceil((i+1)*from/to)-1:start}return{first,last}}function thumbnail(triangle,tokens,width,height){
const picture=new Uint8Array(width*height);const inner=tokens-1;if(inner<1)return picture;const rows=windows(inner,height);
const columns=windows(inner,width);for(let y=0;y<height;y++){const[top,bottom]=[rows.first[y]+1,rows.last[y]+1];for(let x=0;x<
width&&columns.first[x]<bottom;x++){picture[y*width+x]=strongestIn(triangle,top,bottom,columns.first[x]+1,columns.last[x]+
1)}}return picture}function strongestIn(triangle,top,bottom,left,right){let most=0;for(let query=top;query<=bottom;query++){
const row=rowStart(query);for(let key=left,end=Math.min(right,query);key<=end;key++){const weight=triangle[row+key];if(weight>
most)most=weight}}return most}var GAUGE=3;var ARROWS={ArrowRight:[1,0],ArrowLeft:[-1,0],ArrowDown:[0,1],ArrowUp:[0,-1]};var HeadMap=class{constructor(act,signal){
this.act=act;this.element.append(this.field);const at=event=>{const edge=this.canvas.getBoundingClientRect();return boxAt(
this.layout,event.clientX-edge.left,event.clientY-edge.top)};this.field.addEventListener("pointermove",event=>act.peekHead(
at(event)?.head??null),{signal});this.field.addEventListener("pointerleave",()=>act.peekHead(null),{signal});this.field.
addEventListener("blur",()=>act.peekHead(null),{signal});this.field.addEventListener("click",event=>{const box=at(event);
if(box)act.focusHead(box.head)},{signal});this.field.addEventListener("keydown",event=>this.key(event),{signal})}act;element=h(
"div",{class:"mikit-att-map"});canvas=h("canvas",{"aria-hidden":"true"});labels=h("div",{class:"mikit-att-map-labels","a\
ria-hidden":"true"});hovered=h("div",{class:"mikit-att-ring",hidden:true});focused=h("div",{class:"mikit-att-ring mikit-\
att-ring-focus",hidden:true});field=h("div",{class:"mikit-att-field",tabindex:0,role:"application","aria-label":"Head ma\
p. Arrow keys move from head to head, Enter puts one in focus, M switches it off or on."},this.canvas,this.labels,this.focused,
this.hovered);thumbs=new Thumbnails;layout={boxes:[],width:0,height:0,pitch:0};now=null;drawn=[];draw(now){this.now=now;
const{scene,width,colours}=now;const ratio=globalThis.devicePixelRatio;const base=[scene.patterns,scene.sink,scene.scores,
scene.muted,scene.sort,width,colours,ratio];if(base.some((value,i)=>value!==this.drawn[i])){this.drawn=base;this.drawBase(
scene,width);drawHeads(this.canvas,this.layout,scene,this.thumbs,colours.pixels())}this.ring(this.focused,numberOf(scene.
focus,scene.perLayer));this.ring(this.hovered,now.head)}drawBase(scene,width){const{layers,perLayer}=scene;const score=scene.
scores.find(({name})=>name===scene.sort);this.layout=score?inOrder(width,layers,perLayer,byScore(score.value)):inLayers(
width,layers,perLayer);this.labels.replaceChildren(...score?names(this.layout,score,perLayer):axes(this.layout,layers,perLayer))}ring(ring,head2){
const box=this.layout.boxes.find(one=>one.head===head2);ring.hidden=!box;if(!box)return;Object.assign(ring.style,{left:`${box.
x}px`,top:`${box.y}px`,width:`${box.size}px`,height:`${box.size}px`})}key(event){if(!this.now||event.ctrlKey||event.metaKey||
event.altKey)return;const{head:head2,scene,held}=this.now;const here=this.layout.boxes.find(box=>box.head===head2);const step=ARROWS[event.
key];if(step&&here)this.act.peekHead(neighbour(this.layout,here,...step).head);else if(event.key==="Enter"||event.key===
" ")this.act.focusHead(head2);else if(event.key==="m"&&!held)this.act.mute(toggled(scene.muted,headOf(head2,scene.perLayer)));else if(event.
key==="Escape")this.act.peekHead(null);else return;event.preventDefault()}};var Thumbnails=class{patterns=null;made=new Map;get(patterns,head2,width,height){
if(patterns!==this.patterns)this.made.clear();this.patterns=patterns;const key=`${head2} ${width} ${height}`;let picture=this.
made.get(key);if(!picture)this.made.set(key,picture=thumbnail(triangleOf(patterns,head2),patterns.tokens,width,height));
return picture}};function drawHeads(canvas,layout,scene,thumbs,pixels){const context=sizeCanvas(canvas,layout.width,layout.
height);if(!context)return;const ratio=globalThis.devicePixelRatio||1;const image=context.createImageData(canvas.width,canvas.
height);const out=new Uint32Array(image.data.buffer);for(const box of layout.boxes){const[left,top]=[Math.round((box.x+GAUGE+
1)*ratio),Math.round(box.y*ratio)];const[width,height]=[Math.round((box.size-GAUGE-1)*ratio),Math.round(box.size*ratio)];
const picture=thumbs.get(scene.patterns,box.head,width,height);for(let y=0;y<height;y++){const row=(top+y)*canvas.width+
left;const end=Math.min(width,Math.ceil((y+1)/height*width));for(let x=0;x<end;x++)out[row+x]=pixels[picture[y*width+x]]}}
context.putImageData(image,0,0);drawMarks(context,layout,scene,canvas)}function drawMarks(context,layout,scene,canvas){const[
track,gauge,ink,out]=["--mk-line","--mk-edge","--mk-ink","--mk-hatch"].map(name=>themeColour(canvas,name));for(const{head:head2,
x,y,size}of layout.boxes){const share2=scene.sink[head2]??0;context.fillStyle=track;context.fillRect(x,y,GAUGE,size);context.
fillStyle=gauge;context.fillRect(x,y+size*(1-share2),GAUGE,size*share2);if(!includes(scene.muted,headOf(head2,scene.perLayer)))
continue;hatch(context,out,{x,y,width:size,height:size},3);context.strokeStyle=ink;context.lineWidth=2;context.beginPath();
context.moveTo(x+1,y+size-1);context.lineTo(x+size-1,y+1);context.stroke()}}function label(text,x,y,kind){const element=h(
"span",{class:`mikit-att-label ${kind}`},text);element.style.left=`${x}px`;element.style.top=`${y}px`;return element}function axes(layout,layers,perLayer){
const size=layout.boxes[0]?.size??0;const every=layers>12?5:1;const across=Array.from({length:Math.ceil(layers/every)},(_,i)=>i*
every);const down=Array.from({length:perLayer},(_,head2)=>head2);const layer=at=>GUTTER+at*layout.pitch+size/2;return[...across.
map(at=>label(`${at}`,layer(at),layout.height,"mikit-att-layer")),label("layer →",every>1?layer(2.5):layout.width+30,layout.
height,"mikit-att-layer"),...down.map(head2=>label(`${head2}`,GUTTER-6,head2*layout.pitch+size/2,"mikit-att-head")),label(
"head →",0,0,"mikit-att-head-axis")]}function names(layout,score,perLayer){const named=layout.boxes.filter(box=>box.named).
map(({head:head2,x,y,size})=>label(`${nameOf(headOf(head2,perLayer))} ${fixed(score.value[head2]??Number.NaN)}`,x+size/2,
y+size,"mikit-att-name"));return[...named,label(`best first by ${score.name}: ${GLOSS[score.name]??"its score"}`,0,layout.
height,"")]}var LINE=11;var MOST_LABELLED=40;var ROOM=30;var Matrix=class{constructor(act,size,signal){this.act=act;this.size=size;this.
element.append(h("span",{class:"mikit-att-axis"},"looks at →"),h("span",{class:"mikit-att-axis mikit-att-axis-down"},"\
reader ↓"),this.field,h("span",{class:"mikit-att-legend"},"0",this.legend,"100 %"));const at=event=>{const edge=this.canvas.
getBoundingClientRect();return[Math.floor((event.clientY-edge.top)/this.cell.height),Math.floor((event.clientX-edge.left)/
this.cell.width)]};this.field.addEventListener("pointermove",event=>this.point(...at(event)),{signal});this.field.addEventListener(
"pointerleave",()=>act.peekToken(null),{signal});this.field.addEventListener("blur",()=>act.peekToken(null),{signal});this.
field.addEventListener("click",event=>{const[row]=at(event);if(this.now&&row>=0&&row<this.now.scene.tokens.length)act.lock(
row)},{signal});this.field.addEventListener("keydown",event=>this.key(event),{signal})}act;size;element=h("div",{class:"\
mikit-att-matrix"});canvas=h("canvas",{"aria-hidden":"true"});labels=h("div",{class:"mikit-att-matrix-labels","aria-hidd\
en":"true"});legend=h("span",{class:"mikit-att-legend-scale"});cross=h("div",{class:"mikit-att-cross",hidden:true});field=h(
"div",{class:"mikit-att-square",tabindex:0,role:"application","aria-label":"Attention of the head in focus. Arrow keys m\
ove over readers and what they look at, Enter locks a reader."},this.canvas,this.labels,this.cross);cell={width:0,height:0};now=null;drawn=[];draw(now){
this.now=now;const{scene,head:head2,query,key,colours}=now;const{width,height}=this.size();const count=Math.max(1,scene.
tokens.length);this.cell={width:width/count,height:height/count};const base=[scene.patterns,head2,colours,width,height,globalThis.
devicePixelRatio];if(base.some((value,i)=>value!==this.drawn[i])){this.drawn=base;this.legend.style.background=`linear-g\
radient(to right, ${[0,1,2,3,4,5,6,7].map(i=>colours.css(i/7)).join()})`;drawTriangle(this.canvas,triangleOf(scene.patterns,
head2),scene.tokens.length,{width,height},colours.pixels())}this.labels.replaceChildren(...tokenLabels(scene.tokens,this.
cell,[query,key,scene.locked]));this.cross.hidden=query<0;const{width:across,height:down}=this.cell;Object.assign(this.cross.
style,{top:`${query*down}px`,height:`${Math.max(2,down)}px`,width:`${(query+1)*across}px`})}point(row,column){const inside=this.
now&&row>=0&&row<this.now.scene.tokens.length&&column>=0;if(inside)this.act.peekToken(row,Math.min(column,row));else this.
act.peekToken(null)}key(event){if(!this.now||event.ctrlKey||event.metaKey||event.altKey)return;const{query,key,scene}=this.
now;const steps={ArrowDown:[1,0],ArrowUp:[-1,0],ArrowRight:[0,1],ArrowLeft:[0,-1]};const step=steps[event.key];if(step&&
query>=0){const row=Math.min(scene.tokens.length-1,Math.max(0,query+step[0]));this.act.peekToken(row,Math.min(row,Math.max(
0,(key<0?row:key)+step[1])))}else if(event.key==="Enter"||event.key===" ")this.act.lock(query);else if(event.key==="Esca\
pe")this.act.unlock();else return;event.preventDefault()}};function drawTriangle(canvas,triangle,tokens,size,colours){const context=sizeCanvas(
canvas,size.width,size.height);if(!context||tokens===0)return;const pixels=new Uint32Array(tokens*tokens);for(let query=1;query<
tokens;query++){for(let key=1;key<=query;key++)pixels[query*tokens+key]=colours[triangle[rowStart(query)+key]]}drawPixels(
context,pixels,tokens,{x:0,y:0,...size});hatch(context,themeColour(canvas,"--mk-hatch"),{x:0,y:0,width:Math.max(3,size.width/
tokens),height:size.height})}function labelled2(tokens,cell2,wanted){const fits=Math.max(1,Math.ceil(LINE/cell2));const every=tokens>
MOST_LABELLED?Math.max(8,fits):fits;const sure=[...new Set(wanted)].filter(i=>i>=0&&i<tokens);const free=Array.from({length:tokens},
(_,i)=>i).filter(i=>i%every===0&&sure.every(j=>Math.abs(i-j)*cell2>=LINE));return[...sure,...free].sort((a,b)=>a-b)}function tokenLabels(tokens,cell2,[
query=-1,key=-1,locked=-1]){const rows=labelled2(tokens.length,cell2.height,[query,locked]).map(i=>{const label2=tokenLabelAt(
tokens[i],"mikit-att-row-label",i===query||i===locked);label2.style.top=`${(i+.5)*cell2.height}px`;return label2});const columns=labelled2(
tokens.length,cell2.width,[key]).filter(i=>i*cell2.height>=ROOM).map(i=>{const label2=tokenLabelAt(tokens[i],"mikit-att-\
column-label",i===key);Object.assign(label2.style,{left:`${(i+.5)*cell2.width}px`,top:`${i*cell2.height-2}px`,maxHeight:`${i*
cell2.height}px`});return label2});return[...rows,...columns]}function tokenLabelAt(token,kind,strong){return h("span",{
class:`mikit-att-label ${kind}${strong?" mikit-att-strong":""}`},middle(tokenLabel(token.text),11))}var WIDTH=128;var HEIGHT=28;var AXIS=18;var EDGE=8;var Outcome=class{constructor(number){this.number=number;this.element.
append(this.table,h("div",{class:"mikit-att-number"},number.element,this.strip),this.sentence)}number;element=h("div",{class:"\
mikit-att-outcome"});table=h("table",{class:"mikit-att-effect-table"});strip=h("div",{class:"mikit-att-strip"});sentence=h(
"p",{class:"mikit-att-sentence"});draw({scene:{effect,surprise},held}){const off=effect!==null&&effect.heads.length>0;this.
sentence.textContent=effectSentence(effect,held);this.table.replaceChildren(...off?rowsOf(effect):[]);this.strip.replaceChildren(
...off?[stripOf(effect)]:[]);if(off)this.number.show({label:`guessed, ${headsInWords(effect.heads)} off`,value:`${effect.
muted.guessed} of ${effect.muted.n}`});else if(effect)this.number.show({label:"guessed, all heads on",value:`${effect.base.
guessed} of ${effect.base.n}`});else this.drawAsIs(surprise)}drawAsIs(nats){const scored=nats.filter(value=>!Number.isNaN(
value));if(!scored.length)return this.number.clear();const mean=scored.reduce((sum,value)=>sum+value,0)/scored.length;this.
number.show({label:"surprise, as is",value:fixed(mean),unit:"nats a token"})}};function rowsOf(effect){const{heads,base,
muted,draws}=effect;const drawn=draws.guessed.length>0;const{surprise,low,high}=muted;const row=(...cells)=>h("tr",{},...cells.
map((text,i)=>h(i?"td":"th",i?{}:{scope:"row"},text)));return[h("thead",{},h("tr",{},...[drawsInWords(effect),"guessed",
"surprise, nats"].map(text=>h("th",{scope:"col"},text)))),h("tbody",{},row(`${headsInWords(heads)} off`,`${muted.guessed}`,
low===null||high===null?fixed(surprise):interval(surprise,low,high,2)),row("as is",`${base.guessed}`,fixed(base.surprise)),
row(`random ${heads.length} off`,drawn?medianAndRange(draws.guessed,0):"…",drawn?medianAndRange(draws.surprise,2):"…"))]}
function stripOf({heads,base,muted,draws}){const x=guessed=>EDGE+guessed/Math.max(1,base.n)*(WIDTH-2*EDGE);const{median,
low,high}=summary(draws.guessed);const words2=`Guessed of ${base.n}: ${headsInWords(heads)} off ${muted.guessed}, as is ${base.
guessed}`+(draws.guessed.length?`, random heads ${medianAndRange(draws.guessed,0)}`:"");const picture=svg("svg",{viewBox:`\
0 0 ${WIDTH} ${HEIGHT}`,width:WIDTH,height:HEIGHT,role:"img","aria-label":words2});picture.append(svg("line",{class:"mik\
it-att-strip-axis",x1:x(0),x2:x(base.n),y1:AXIS,y2:AXIS}));if(draws.guessed.length){picture.append(svg("rect",{class:"mi\
kit-att-band",x:x(low)-3,y:AXIS-13,width:x(high)-x(low)+6,height:13}),...stacked(draws.guessed).map(([value,level])=>svg(
"circle",{class:"mikit-att-draw",cx:x(value),cy:AXIS-3-2.5*Math.min(level,4),r:2.5})),svg("line",{class:"mikit-att-media\
n",x1:x(median),x2:x(median),y1:AXIS-15,y2:AXIS+2}))}picture.append(svg("line",{class:"mikit-att-base",x1:x(base.guessed),
x2:x(base.guessed),y1:2,y2:AXIS+2}),svg("circle",{class:"mikit-att-effect",cx:x(muted.guessed),cy:AXIS-6,r:4}),...ends(x(
0),x(base.n),base.n));return picture}function stacked(values){const seen=new Map;return values.map(value=>{const level=seen.
get(value)??0;seen.set(value,level+1);return[value,level]})}function ends(left,right,n){return[svg("text",{class:"mikit-\
att-strip-text",x:left,y:HEIGHT,"text-anchor":"middle"},"0"),svg("text",{class:"mikit-att-strip-text",x:right,y:HEIGHT,"\
text-anchor":"middle"},`${n}`)]}var DIVERGING_REACH=.6;function reachOf(kind){return kind==="diverging"?DIVERGING_REACH:1}function tint(element,value,{kind,
limit,theme}){const{t,mark}=value===null?{t:0,mark:""}:place(value,limit,kind);element.classList.toggle("mikit-tint-out",
mark==="×");element.toggleAttribute("data-mark",mark==="+"||mark==="−");if(element.hasAttribute("data-mark"))element.
setAttribute("data-mark",mark);const map=colourMap(kind,theme);const plain=value===null||mark==="×"||t===0;element.classList.
toggle("mikit-tinted",!plain);const rgb=map.at(t*reachOf(kind));element.style.backgroundColor=plain?"":`rgb(${rgb.join("\
 ")})`;element.style.color=plain?"":inkOn(rgb)}var EMPTY="Type a text above: its tokens stand here.";var Reading=class{constructor(act,signal){this.act=act;this.element.
append(this.readout,this.line);const at=event=>this.spans.indexOf(event.target.closest(".mikit-att-token"));this.line.addEventListener(
"pointerover",event=>{if(at(event)>=0)act.peekToken(at(event))},{signal});this.line.addEventListener("pointerleave",()=>act.
peekToken(null),{signal});this.line.addEventListener("blur",()=>act.peekToken(null),{signal});this.line.addEventListener(
"click",event=>{if(at(event)>=0)act.lock(at(event))},{signal});this.line.addEventListener("keydown",event=>this.key(event),
{signal})}act;element=h("div",{class:"mikit-att-reading"});readout=h("p",{class:"mikit-att-readout"});line=h("div",{class:"\
mikit-att-line",tabindex:0,role:"application","aria-label":"The text, token by token. Left and right arrows move, Enter \
locks a token, Escape unlocks."});spans=[];tokens=null;width=0;now=null;draw(now){this.now=now;const{scene,head:head2,query}=now;
if(scene.tokens!==this.tokens||now.width!==this.width)this.build(scene.tokens,now.width);this.readout.textContent=readout(
now)||EMPTY;const row=query<0?new Uint8Array:rowOf(scene.patterns,head2,query);this.spans.forEach((span,key)=>this.paint(
span,key,row[key],now))}build(tokens,width){this.tokens=tokens;this.width=width;this.spans=tokens.map(token=>{const span=tokenSpan(
token);span.classList.add("mikit-att-token");return span});this.line.replaceChildren(...this.spans);this.line.classList.
remove("mikit-att-dense");this.line.classList.toggle("mikit-att-dense",this.line.scrollHeight>this.line.clientHeight)}paint(span,key,byte,{
scene,query,theme}){const value=key===0?Number.NaN:byte===void 0?null:byte/255;tint(span,value,{kind:"sequential",limit:1,
theme});span.classList.toggle("mikit-att-later",key>query);span.classList.toggle("mikit-att-reader",key===query);span.classList.
toggle("mikit-att-locked",key===scene.locked)}key(event){if(!this.now||event.ctrlKey||event.metaKey||event.altKey)return;
const{query,scene}=this.now;const last=scene.tokens.length-1;if(last<0)return;const steps={ArrowRight:query+1,ArrowLeft:query-
1,Home:0,End:last};const step=steps[event.key];if(step!==void 0)this.moveTo(Math.min(last,Math.max(0,step)));else if(event.
key==="Enter"||event.key===" ")this.act.lock(query);else if(event.key==="Escape")this.act.unlock();else return;event.preventDefault()}moveTo(query){
this.act.peekToken(query);this.spans[query]?.scrollIntoView({block:"nearest"})}};function tableOf({scene,head:head2}){return scene.locked<0?headsTable(scene):looksTable(scene,head2)}function headsTable(scene){
const sorted=scene.scores.find(({name})=>name===scene.sort);const order=sorted?byScore(sorted.value):Array.from({length:scene.
layers*scene.perLayer},(_,i)=>i);const scores=scene.scores.flatMap(({name,value,control,low,high})=>[[name,value],[`${name}\
 control`,control],[`${name} low`,low],[`${name} high`,high]]);return{caption:"Every head: share of attention on the fir\
st position, scores, controls and 95 % intervals. Lock a token to read where it looks.",columns:["head","switched","firs\
t position",...scores.map(([name])=>name)],rows:order.map(i=>{const place2=headOf(i,scene.perLayer);return[nameOf(place2),
includes(scene.muted,place2)?"off":"on",scene.sink[i]??Number.NaN,...scores.map(([,of])=>of[i]??Number.NaN)]})}}function looksTable(scene,head2){
const row=rowOf(scene.patterns,head2,scene.locked);const reader=tokenLabel(scene.tokens[scene.locked]?.text??"");return{
caption:`Where “${reader}” (position ${scene.locked}) looks in ${nameOf(headOf(head2,scene.perLayer))}, as shares of\
 its attention.`,columns:["position","token","share"],rows:Array.from(row,(byte,key)=>[`${key}`,tokenLabel(scene.tokens[key]?.
text??""),byte/255])}}var ARRAYS={float32:Float32Array,uint8:Uint8Array,int32:Int32Array};function bytesOf(data){if(data instanceof ArrayBuffer)
return new Uint8Array(data);return new Uint8Array(data.buffer,data.byteOffset,data.byteLength)}function decode(wire){const Type=ARRAYS[wire.
dtype];const size=Type.BYTES_PER_ELEMENT;let bytes=bytesOf(wire.data);const wanted=wire.shape.reduce((a,b)=>a*b,1)*size;
if(bytes.byteLength!==wanted){throw new RangeError(`An array of shape [${wire.shape.join(", ")}] needs ${wanted} bytes, ${bytes.
byteLength} came.`)}if(bytes.byteOffset%size!==0)bytes=bytes.slice();return new Type(bytes.buffer,bytes.byteOffset,bytes.
byteLength/size)}var unpacked=new WeakMap;function patternsFrom(wire){const known=unpacked.get(wire);if(known)return known;const patterns=patternsOf(
decode(wire),wire.shape);unpacked.set(wire,patterns);return patterns}function scoresOf(model,heads){const missing=new Float32Array(
heads).fill(Number.NaN);const of=(trait,name)=>{const wire=model.get(trait)[name];return wire?decode(wire):missing};return Object.
entries(model.get("scores")).map(([name,wire])=>({name,value:decode(wire),control:of("score_control",name),low:of("score\
_low",name),high:of("score_high",name)}))}function sceneOf(model){const[layers,perLayer]=model.get("grid");const patterns=patternsFrom(
model.get("patterns"));const sent=model.get("tokens");const tokens=sent.length>patterns.tokens?sent.slice(0,patterns.tokens):
sent;const[layer,head2]=model.get("focus");const locked=model.get("locked");return{layers,perLayer,tokens,patterns,sink:decode(
model.get("sink")),scores:scoresOf(model,layers*perLayer),muted:model.get("muted"),focus:layer<layers&&head2<perLayer?[layer,
head2]:[0,0],locked:locked<tokens.length?locked:-1,sort:model.get("sort"),protocol:model.get("protocol"),next:model.get(
"next"),effect:model.get("effect"),surprise:decode(model.get("surprise")).subarray(0,tokens.length)}}var MATRIX={wide:{width:260,height:156},narrow:{width:260,height:260}};var HELD="Heads cannot be switched on or off here\
: that needs the model, and no kernel answers.";var DRAWN=["text","mode","muted","focus","locked","sort","examples","has\
_chat","grid","tokens","patterns","sink","scores","score_control","score_low","score_high","protocol","next","effect","s\
urprise","frozen"];function render({model,el,signal}){const peek={head:null,query:null,key:-1};let scene=null;const forget=()=>void Object.
assign(peek,{head:null,query:null,key:-1});const view=frame(model,el,signal,{name:"attention",table:()=>tableOf(now()),reset:forget});
function now(){scene??=sceneOf(model);const count=scene.tokens.length;const resting=scene.locked>=0?scene.locked:count-1;
const query=peek.query!==null&&peek.query<count?peek.query:resting;return{scene,head:peek.head??numberOf(scene.focus,scene.
perLayer),query,key:peek.query===null?-1:Math.min(peek.key,query),width:view.width,theme:view.theme,colours:colourMap("s\
equential",view.theme),held:view.live?"":HELD}}const act={peekHead(head2){if(head2===peek.head)return;peek.head=head2;view.
draw();if(head2!==null)view.say(headInWords(now().scene,head2))},focusHead(head2){view.set({focus:headOf(head2,now().scene.
perLayer)})},peekToken(query,key=-1){if(query===peek.query&&key===peek.key)return;Object.assign(peek,{query,key});view.draw();
if(query!==null)view.say(readout(now()))},lock(query){view.set({locked:query===now().scene.locked?-1:query})},unlock(){view.
set({locked:-1})},mute(heads){view.set({muted:heads},["mute"])},sortBy(name){view.set({sort:name})}};const prompt=new Prompt(
model,signal,traits=>view.set(traits,["attention","mute"]));const toolbar=new Toolbar(act,signal);const map=new HeadMap(
act,signal);const reading=new Reading(act,signal);const matrix=new Matrix(act,()=>view.wide?MATRIX.wide:MATRIX.narrow,signal);
const card=new HeadCard(act,signal);const following=new Following;const top=view.number.element.parentElement;const outcome=new Outcome(
view.number);top?.append(outcome.element);const showMatrix=textButton("Show matrix",signal,()=>{const shown=lower.classList.
toggle("mikit-att-matrix-shown");showMatrix.textContent=shown?"Hide matrix":"Show matrix";showMatrix.setAttribute("aria-\
expanded",String(shown))});showMatrix.classList.add("mikit-att-show-matrix");const lower=h("div",{class:"mikit-att-lower"},
matrix.element,h("div",{class:"mikit-att-right"},card.element,following.element),showMatrix);const row=(...controls)=>h(
"div",{class:"mikit-att-row"},...controls);view.inputs.append(row(prompt.box,prompt.examples),row(prompt.group,toolbar.sort),
row(toolbar.top,toolbar.allOn));view.stage.append(map.element,reading.element,lower);for(const part of[map.element,reading.
element,lower])view.tie(part,"attention");view.tie(outcome.element,"mute");const parts=[prompt,toolbar,outcome,map,reading,
matrix,card,following];view.watch([...DRAWN],()=>{scene=null;view.draw()});const kernel=new MutationObserver(view.draw);
kernel.observe(view.root,{attributes:true,attributeFilter:["data-gone"]});signal.addEventListener("abort",()=>kernel.disconnect());
view.onDraw(()=>{const moment=now();for(const part of parts)part.draw(moment)})}var attention_default={render};export{attention_default as default};
