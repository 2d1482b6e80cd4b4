// Generated from widgets/src by `npm run build`. Do not edit.
var ARRAYS={float32:Float32Array,uint8:Uint8Array,int32:Int32Array};function bytesOf(data){if(data instanceof ArrayBuffer)
return new Uint8Array(data);return new Uint8Array(data.buffer,data.byteOffset,data.byteLength)}function decode(wire){const Type=ARRAYS[wire.
dtype];const size=Type.BYTES_PER_ELEMENT;let bytes=bytesOf(wire.data);const wanted=wire.shape.reduce((a,b)=>a*b,1)*size;
if(bytes.byteLength!==wanted){throw new RangeError(`An array of shape [${wire.shape.join(", ")}] needs ${wanted} bytes, ${bytes.
byteLength} came.`)}if(bytes.byteOffset%size!==0)bytes=bytes.slice();return new Type(bytes.buffer,bytes.byteOffset,bytes.
byteLength/size)}function fill(element,attributes,children){for(const[name,value]of Object.entries(attributes)){if(value===true)element.setAttribute(
name,"");else if(value!==false)element.setAttribute(name,String(value))}element.append(...children)}function h(tag,attributes={},...children){
const element=document.createElement(tag);fill(element,attributes,children);return element}function textButton(label,signal,onClick){const button=h("button",{type:"button",class:"mikit-text-button"},label);button.
addEventListener("click",onClick,{signal});return button}var MINUS="−";function withMinus(text){const typeset=text.replace("-",MINUS);return/[1-9]/.test(typeset)?typeset:typeset.
replace(MINUS,"")}function fixed(value,digits=2){if(Number.isNaN(value))return"NaN";if(!Number.isFinite(value))return value>
0?"∞":`${MINUS}∞`;const size=Math.abs(value);if(size!==0&&size<.5*10**-digits)return withMinus(value.toExponential(1));
if(size>=1e5)return withMinus(value.toExponential(2));return withMinus(value.toFixed(size>=1e3?0:digits))}function signed(value,digits=2){
return value>0?`+${fixed(value,digits)}`:fixed(value,digits)}function valueText(value,scale){return scale==="diverging"?signed(value):fixed(value)}function withUnit(text,unit){return unit?
`${text} ${unit}`:text}function download(name,blob){const link=document.createElement("a");link.href=URL.createObjectURL(blob);link.download=name;
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
canvas.toBlob(blob=>blob?resolve(blob):reject(new Error("The browser made no picture.")),"image/png")})}var ANSWER_MS=1500;function copyButton(label,signal,copy){const button=textButton(label,signal,()=>{void copy().then(copied=>copied?
"Copied":"Downloaded",()=>"No copy made").then(answer=>{button.textContent=answer;setTimeout(()=>{button.textContent=label},
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
gone;record.disabled=!text.canSave;page.hidden=text.gone||text.frozen};return{element,show}}function moved(key,from,rows,columns,up=false){const[row,column]=from;const hold=(value,count)=>Math.min(count-1,Math.max(
0,value));const down=up?-1:1;switch(key){case"ArrowRight":return[row,hold(column+1,columns)];case"ArrowLeft":return[row,
hold(column-1,columns)];case"ArrowDown":return[hold(row+down,rows),column];case"ArrowUp":return[hold(row-down,rows),column];case"\
Home":return[row,0];case"End":return[row,columns-1];default:return null}}function gridKeys(element,signal,grid){element.
addEventListener("keydown",event=>{if(event.ctrlKey||event.metaKey||event.altKey)return;const[rows,columns]=grid.size();
if(!rows||!columns)return;const up=grid.up?.()??false;const at=grid.at();const start=[up?rows-1:0,0];if(event.key==="Esc\
ape")grid.leave();else if((event.key==="Enter"||event.key===" ")&&at)grid.choose(at);else{const next=moved(event.key,at??
start,rows,columns,up);if(!next)return;grid.move(at?next:start)}event.preventDefault()},{signal})}function containKeys(root,signal){
root.addEventListener("keydown",event=>{if(event.ctrlKey||event.metaKey||event.shiftKey&&event.key==="Enter")return;event.
stopPropagation()},{signal})}function numberSlot(){const[label,value,unit,below]=["label","value","unit","below"].map(part=>h("span",{class:`mikit-nu\
mber-${part}`}));const element=h("div",{class:"mikit-number"},label,h("span",{class:"mikit-number-line"},value," ",unit),
below);const show=text=>{label.textContent=text.label;value.textContent=text.value;unit.textContent=text.unit??"";below.
textContent=text.below??""};const clear=()=>show({label:" ",value:" ",below:" "});clear();return{element,show,clear}}function toggling(label,className,signal,fill2){const element=h("div",{class:className,hidden:true});const refresh=()=>{
if(!element.hidden)fill2(element,refresh)};const button=textButton(label,signal,()=>{element.hidden=!element.hidden;button.
setAttribute("aria-expanded",String(!element.hidden));refresh()});button.setAttribute("aria-expanded","false");return{button,
element,refresh}}var FLAVOURS=[["mikit","mikit"],["nnsight","plain nnsight"]];function codePanel(signal,code){let chosen="\
mikit";return toggling("Code","mikit-code",signal,(panel,refresh)=>{const texts=code();const there=FLAVOURS.filter(([flavour])=>texts[flavour]!==
void 0);if(!there.length){panel.replaceChildren(h("p",{class:"mikit-muted"},"No code yet: it comes with the first result\
."));return}if(texts[chosen]===void 0)chosen=there[0][0];const text=texts[chosen]??"";const listing=h("pre",{tabindex:0,
role:"region","aria-label":`Code, ${chosen}`},text);const tabs=there.map(([flavour,label])=>{const tab=textButton(label,
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
answers[lane]))}function labelled(label,text){return text?[h("b",{},`${label} `),text]:[]}function frame(model,host,signal,options){
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
const share=this.kind==="diverging"?(t+1)/2:t;return this.table[Math.round(STEPS*Math.min(1,Math.max(0,share)))]}css(t){
return`rgb(${this.at(t).join(" ")})`}pixels(){return Uint32Array.from({length:256},(_,i)=>packed(this.table[Math.round(i/
255*STEPS)]))}};function packed(rgb){return(255<<24|rgb[2]<<16|rgb[1]<<8|rgb[0])>>>0}var maps=new Map;function colourMap(kind,theme){
const key=`${kind} ${theme}`;let map=maps.get(key);if(!map)maps.set(key,map=new ColourMap(kind,theme));return map}function place(value,limit,kind){
if(Number.isNaN(value))return{t:0,mark:"×"};const low=kind==="diverging"?-limit:0;const t=limit>0?Math.min(1,Math.max(low/
limit,value/limit)):0;const slack=1e-6*Math.abs(limit);return{t,mark:value>limit+slack?"+":value<low-slack?"−":""}}function sizeCanvas(canvas,width,height){const ratio=globalThis.devicePixelRatio||1;canvas.width=Math.ceil(width*ratio);
canvas.height=Math.ceil(height*ratio);canvas.style.width=`${width}px`;canvas.style.height=`${height}px`;const context=canvas.
getContext?.("2d")??null;context?.setTransform(ratio,0,0,ratio,0,0);return context}var WIDTH=120;var HEIGHT=8;function legend(){const canvas=h("canvas",{role:"presentation"});const marks=h("div",{class:"\
mikit-legend-marks"});const unit=h("div",{class:"mikit-legend-unit"});const element=h("div",{class:"mikit-legend"},h("di\
v",{},canvas,marks),unit);const show=({kind,theme,limit,unit:name,reach=1})=>{const context=sizeCanvas(canvas,WIDTH,HEIGHT);
const[map,from]=[colourMap(kind,theme),kind==="diverging"?-1:0];for(let x=0;context&&x<WIDTH;x++){context.fillStyle=map.
css(reach*(from+(1-from)*x/(WIDTH-1)));context.fillRect(x,0,1,HEIGHT)}const ends=kind==="diverging"?[signed(-limit),"0",
signed(limit)]:["0",fixed(limit)];marks.replaceChildren(...ends.map(text=>h("span",{},text)));unit.textContent=name};return{
element,show}}var BYTES=/((?:⟨[0-9A-F]{2}(?: [0-9A-F]{2})*⟩)+)/;function joinBytes(run){return`⟨${(run.match(/[0-9A-F]{2}/g)??[]).
join(" ")}⟩`}function pieces(text){if(text==="")return[{text:"∅",muted:true}];const spaces=/^ */.exec(text)?.[0].length??
0;const out=spaces?[{text:"·".repeat(spaces),muted:true}]:[];const rest=text.slice(spaces).replaceAll("\r","␍");for(const part of rest.
split(/(\n+|\t+)/).flatMap(piece=>piece.split(BYTES))){if(part==="")continue;if(part[0]==="\n")out.push({text:"⏎".repeat(
part.length),muted:true});else if(part[0]==="	")out.push({text:"⇥".repeat(part.length),muted:true});else if(BYTES.test(
part))out.push({text:joinBytes(part),muted:true});else out.push({text:part,muted:false})}return out}function tokenLabel(text){
return pieces(text).map(piece=>piece.text).join("")}function tokenSpan(token){const span=h("span",{class:token.special?"mikit-token mikit-token-special":"mikit-token"});for(const piece of pieces(
token.text)){span.append(piece.muted?h("span",{class:"mikit-token-mark"},piece.text):piece.text)}return span}var DIVERGING_REACH=.6;function reachOf(kind){return kind==="diverging"?DIVERGING_REACH:1}function tint(element,value,{kind,
limit,theme}){const{t,mark}=value===null?{t:0,mark:""}:place(value,limit,kind);element.classList.toggle("mikit-tint-out",
mark==="×");element.toggleAttribute("data-mark",mark==="+"||mark==="−");if(element.hasAttribute("data-mark"))element.
setAttribute("data-mark",mark);const map=colourMap(kind,theme);const plain=value===null||mark==="×"||t===0;element.classList.
toggle("mikit-tinted",!plain);const rgb=map.at(t*reachOf(kind));element.style.backgroundColor=plain?"":`rgb(${rgb.join("\
 ")})`;element.style.color=plain?"":inkOn(rgb)}function tinted(token,value,how){const span=tokenSpan(token);tint(span,value,
how);return span}function largest(values){let best=-1;values?.forEach((value,i)=>{if(!Number.isNaN(value)&&(best<0||Math.abs(value)>Math.
abs(values[best])))best=i});return best}function render({model,el,signal}){let hovered=-1;let cursor=-1;let values=null;
let spans=[];const view=frame(model,el,signal,{name:"tokens",table:()=>({caption:withUnit(model.get("title"),model.get("\
unit")&&`(${model.get("unit")})`),columns:values?["position","token",model.get("unit")||"value"]:["position","token"],rows:model.
get("tokens").map((token,i)=>[String(i),tokenLabel(token.text),...values?[values[i]]:[]])}),reset:()=>{hovered=cursor=-1}});
const flow=h("div",{class:"mikit-flow",tabindex:0,role:"group"});const scaleLegend=legend();view.stage.append(h("div",{},
flow,scaleLegend.element),view.number.element);const figure=i=>values?valueText(values[i],model.get("scale")):"";const nameOf=i=>`\
position ${i}, ${tokenLabel(model.get("tokens")[i]?.text??"")}`;function point(){const selected=model.get("selected");const active=hovered>=
0?hovered:cursor;spans.forEach((span,i)=>{span.classList.toggle("mikit-tokens-active",i===active);span.classList.toggle(
"mikit-tokens-selected",i===selected)});const shown=[active,selected,largest(values)].find(i=>i>=0&&i<spans.length)??-1;
if(shown<0){view.number.clear();return}const why=shown===active?hovered>=0?"under the pointer":"under the cursor":shown===
selected?"selected":"largest";view.number.show({label:nameOf(shown),value:figure(shown)||" ",unit:values?model.get("uni\
t"):"",below:why})}function hover(i){if(i===hovered)return;hovered=i;point()}function choose(i){const released=model.get(
"selected")===i;view.set({selected:released?-1:i});view.say(`${nameOf(i)} ${released?"released":"selected"}`)}function draw(){
const[tokens,wire,kind,limit]=[model.get("tokens"),model.get("values"),model.get("scale"),model.get("limit")];values=wire&&
decode(wire);spans=tokens.map((token,i)=>tinted(token,values?values[i]:null,{kind,limit,theme:view.theme}));if(spans.length)
flow.replaceChildren(...spans);else flow.replaceChildren(h("span",{class:"mikit-muted"},"No tokens yet."));flow.setAttribute(
"aria-label",`${tokens.length} tokens. Arrow keys move, Enter selects, Escape leaves.`);scaleLegend.element.hidden=values===
null;scaleLegend.show({kind,limit,theme:view.theme,unit:model.get("unit"),reach:reachOf(kind)});point()}const tokenAt=event=>spans.
indexOf(event.target.closest(".mikit-token"));flow.addEventListener("pointerover",event=>hover(tokenAt(event)),{signal});
flow.addEventListener("pointerleave",()=>hover(-1),{signal});flow.addEventListener("click",event=>{const i=tokenAt(event);
if(i>=0)choose(i)},{signal});gridKeys(flow,signal,{size:()=>[1,spans.length],at:()=>cursor>=0?[0,cursor]:null,move([,i]){
cursor=i;hovered=-1;point();view.say(`${nameOf(i)}${values?`: ${withUnit(figure(i),model.get("unit"))}`:""}`)},choose:([
,i])=>choose(i),leave(){cursor=-1;point()}});view.watch(["tokens","values","unit","scale","limit"]);view.watch(["selecte\
d"],point);view.onDraw(draw)}var tokens_default={render};export{tokens_default as default};
