// Generated from widgets/src by `npm run build`. Do not edit.
var ARRAYS={float32:Float32Array,uint8:Uint8Array,int32:Int32Array};function bytesOf(data){if(data instanceof ArrayBuffer)
return new Uint8Array(data);return new Uint8Array(data.buffer,data.byteOffset,data.byteLength)}function decode(wire){const Type=ARRAYS[wire.
dtype];const size=Type.BYTES_PER_ELEMENT;let bytes=bytesOf(wire.data);const wanted=wire.shape.reduce((a,b)=>a*b,1)*size;
if(bytes.byteLength!==wanted){throw new RangeError(`An array of shape [${wire.shape.join(", ")}] needs ${wanted} bytes, ${bytes.
byteLength} came.`)}if(bytes.byteOffset%size!==0)bytes=bytes.slice();return new Type(bytes.buffer,bytes.byteOffset,bytes.
byteLength/size)}var STOPS={diverging:{light:"#8A3B06 #C4661F #E39B5F #F4CFAE #F3F3F1 #B9D4EC #74A9DA #2F78C0 #0B4A8F",dark:"#FFBE7D #D98\
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
getContext?.("2d")??null;context?.setTransform(ratio,0,0,ratio,0,0);return context}function drawPixels(context,pixels,columns,box){
const rows=pixels.length/columns;if(!pixels.length)return;const small=document.createElement("canvas");small.width=columns;
small.height=rows;const bytes=new Uint8ClampedArray(pixels.buffer,pixels.byteOffset,pixels.byteLength);small.getContext(
"2d")?.putImageData(new ImageData(bytes,columns,rows),0,0);context.imageSmoothingEnabled=false;context.drawImage(small,box.
x,box.y,box.width,box.height)}var APPROXIMATE=.6;function drawCells(context,cells,box){const{values,rows,columns,map,exact}=cells;
const width=box.width/columns;const height=box.height/rows;const pixels=new Uint32Array(rows*columns);const later=[];for(let row=0;row<
rows;row++){const line=cells.up?rows-1-row:row;for(let column=0;column<columns;column++){const from=row*columns+column;const{
t,mark}=place(values[from]??Number.NaN,cells.limit,map.kind);const cell2={x:box.x+column*width,y:box.y+line*height,width,
height};if(mark!=="×"&&(exact===null||exact[from]))pixels[line*columns+column]=packed(map.at(t));else if(mark!=="×")later.
push(()=>drawSmall(context,map.css(t),cell2));if(mark)later.push(()=>drawMark(context,mark,mark==="×"?cells.ink:inkOn(map.
at(t)),cell2))}}drawPixels(context,pixels,columns,box);for(const draw of later)draw()}function drawSmall(context,colour,cell2){
const[width,height]=[cell2.width*APPROXIMATE,cell2.height*APPROXIMATE];context.fillStyle=colour;context.fillRect(cell2.x+
(cell2.width-width)/2,cell2.y+(cell2.height-height)/2,width,height)}function drawMark(context,mark,ink,cell2){const arm=Math.
min(4,.3*Math.min(cell2.width,cell2.height));const[x,y]=[cell2.x+cell2.width/2,cell2.y+cell2.height/2];context.strokeStyle=
ink;context.lineWidth=1;context.beginPath();if(mark==="×"){context.moveTo(x-arm,y-arm);context.lineTo(x+arm,y+arm);context.
moveTo(x-arm,y+arm);context.lineTo(x+arm,y-arm)}else{context.moveTo(x-arm,y);context.lineTo(x+arm,y);if(mark==="+"){context.
moveTo(x,y-arm);context.lineTo(x,y+arm)}}context.stroke()}function fill(element,attributes,children){for(const[name,value]of Object.entries(attributes)){if(value===true)element.setAttribute(
name,"");else if(value!==false)element.setAttribute(name,String(value))}element.append(...children)}function h(tag,attributes={},...children){
const element=document.createElement(tag);fill(element,attributes,children);return element}function svg(tag,attributes={},...children){
const element=document.createElementNS("http://www.w3.org/2000/svg",tag);fill(element,attributes,children);return element}
function textButton(label2,signal,onClick){const button=h("button",{type:"button",class:"mikit-text-button"},label2);button.
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
gone;record.disabled=!text.canSave;page.hidden=text.gone||text.frozen};return{element,show}}function moved(key,from,rows,columns,up=false){const[row,column]=from;const hold=(value,count)=>Math.min(count-1,Math.max(
0,value));const down=up?-1:1;switch(key){case"ArrowRight":return[row,hold(column+1,columns)];case"ArrowLeft":return[row,
hold(column-1,columns)];case"ArrowDown":return[hold(row+down,rows),column];case"ArrowUp":return[hold(row-down,rows),column];case"\
Home":return[row,0];case"End":return[row,columns-1];default:return null}}function gridKeys(element,signal,grid){element.
addEventListener("keydown",event=>{if(event.ctrlKey||event.metaKey||event.altKey)return;const[rows,columns]=grid.size();
if(!rows||!columns)return;const up=grid.up?.()??false;const at=grid.at();const start=[up?rows-1:0,0];if(event.key==="Esc\
ape")grid.leave();else if((event.key==="Enter"||event.key===" ")&&at)grid.choose(at);else{const next=moved(event.key,at??
start,rows,columns,up);if(!next)return;grid.move(at?next:start)}event.preventDefault()},{signal})}function containKeys(root,signal){
root.addEventListener("keydown",event=>{if(event.ctrlKey||event.metaKey||event.shiftKey&&event.key==="Enter")return;event.
stopPropagation()},{signal})}function numberSlot(){const[label2,value,unit,below]=["label","value","unit","below"].map(part=>h("span",{class:`mikit-n\
umber-${part}`}));const element=h("div",{class:"mikit-number"},label2,h("span",{class:"mikit-number-line"},value," ",unit),
below);const show=text=>{label2.textContent=text.label;value.textContent=text.value;unit.textContent=text.unit??"";below.
textContent=text.below??""};const clear=()=>show({label:" ",value:" ",below:" "});clear();return{element,show,clear}}function toggling(label2,className,signal,fill2){const element=h("div",{class:className,hidden:true});const refresh=()=>{
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
refresh();return view}var WIDTH=120;var HEIGHT=8;function legend(){const canvas=h("canvas",{role:"presentation"});const marks=h("div",{class:"\
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
return pieces(text).map(piece=>piece.text).join("")}function middle(text,max){const characters=[...text];if(characters.length<=
max)return text;const head2=Math.ceil((max-1)/2);const tail=max-1-head2;return`${characters.slice(0,head2).join("")}…${tail?
characters.slice(-tail).join(""):""}`}var SIDE=280;var GAP=24;var LINE=12;var AXIS_CHARACTER=6.7;var TOKEN_CHARACTER=7.25;var LONGEST_TOKEN=64;var TALLEST=480;
var SCROLL_BELOW=480;var clamp=(low,value,high)=>Math.min(high,Math.max(low,value));var longest=labels=>labels.reduce((most,label2)=>Math.
max(most,[...label2].length),0);function labelStep(room,pitch){const least=Math.ceil(room/pitch);return[1,2,5,10,20,50,100,
200,500,1e3].find(step=>step>=least)??1e3}var EMPTY={rows:15,columns:15};function layoutOf(shape,width){const[rows,columns]=[
shape.rows.length||EMPTY.rows,shape.columns.length||EMPTY.columns];const gutter=clamp(36,Math.ceil(longest(shape.rows)*AXIS_CHARACTER)+
10,112);const preferred=clamp(12,Math.floor(460/columns),36);const beside=width>=700&&gutter+columns*preferred<=width-SIDE-
GAP;const room=(beside?width-SIDE-GAP:width)-gutter;const fitting=width<SCROLL_BELOW?preferred:Math.min(preferred,Math.floor(
room/columns));const cellWidth=Math.max(2,fitting);const cellHeight=Math.max(2,Math.min(clamp(8,Math.floor(330/rows),24),
Math.floor(TALLEST/rows)));const characters=longest(shape.columns);const rotated=shape.tokens||characters*AXIS_CHARACTER>
2*Math.max(cellWidth,LINE);const columnCharacters=rotated?Math.floor(LONGEST_TOKEN/TOKEN_CHARACTER):characters;const labelWidth=rotated?
LINE:characters*AXIS_CHARACTER+4;return{beside,gutter,cellWidth,cellHeight,rotated,columnCharacters,width:columns*cellWidth,
height:rows*cellHeight,foot:rotated?Math.min(LONGEST_TOKEN,Math.ceil(characters*TOKEN_CHARACTER))+6:18,rowStep:labelStep(
LINE,cellHeight),columnStep:labelStep(labelWidth,cellWidth),rowCharacters:Math.floor((gutter-8)/AXIS_CHARACTER)}}function cellAt(layout,rows,columns,x,y,up){
const[column,line]=[Math.floor(x/layout.cellWidth),Math.floor(y/layout.cellHeight)];if(column<0||column>=columns||line<0||
line>=rows)return null;return[up?rows-1-line:line,column]}function cellBox(layout,rows,row,column,up){const line=up?rows-
1-row:row;return{x:column*layout.cellWidth,y:line*layout.cellHeight,width:layout.cellWidth,height:layout.cellHeight}}function printed(count,step,active,room,pitch){
const indices=Array.from({length:Math.ceil(count/step)},(_,i)=>i*step);if(active===null)return indices;return[...indices.
filter(i=>Math.abs(i-active)*pitch>=room),active]}function label(text,x,y,active,anchor,turn=""){const attributes={x,y,"text-anchor":anchor,class:active?"mikit-axis mikit\
-axis-active":"mikit-axis"};return svg("text",turn?{...attributes,transform:turn}:attributes,text)}function drawRowLabels(target,layout,labels){
const{gutter,cellHeight,height,rowStep}=layout;const active=labels.active?.[0]??null;target.setAttribute("width",String(
gutter));target.setAttribute("height",String(height));target.replaceChildren(...printed(labels.rows.length,rowStep,active,
12,cellHeight).map(row=>{const line=labels.up?labels.rows.length-1-row:row;const y=Math.min(height-1,Math.max(8,(line+.5)*
cellHeight+4));return label(middle(labels.rows[row]??"",layout.rowCharacters),gutter-6,y,row===active,"end")}))}function drawColumnLabels(target,layout,labels){
const{cellWidth,columnStep,columnCharacters,foot,rotated,width}=layout;const active=labels.active?.[1]??null;target.setAttribute(
"width",String(width));target.setAttribute("height",String(foot));target.classList.toggle("mikit-axis-tokens",rotated);const room=columnStep===
1?0:rotated?12:columnStep*cellWidth;target.replaceChildren(...printed(labels.columns.length,columnStep,active,Math.max(room,
1),cellWidth).map(column=>{const text=middle(labels.columns[column]??"",columnCharacters);const x=(column+.5)*cellWidth;
if(!rotated)return label(text,x,13,column===active,"middle");return label(text,x+4,4,column===active,"end",`rotate(-90 ${x+
4} 4)`)}))}function largestCells(values,columns,count){const best=[];for(let i=0;i<values.length;i++){const size=Math.abs(values[i]);
if(Number.isNaN(size))continue;let place2=best.length;while(place2>0&&size>Math.abs(values[best[place2-1]]))place2--;if(place2<
count)best.splice(place2,0,i);if(best.length>count)best.pop()}return best.map(i=>[Math.floor(i/columns),i%columns])}function largestList(count,signal,on){
let lines=[];const buttons=Array.from({length:count},(_,i)=>{const button=h("button",{type:"button",class:"mikit-largest\
-line"},h("span",{class:"mikit-largest-name"}),h("span",{class:"mikit-largest-track"},h("span",{class:"mikit-largest-bar"})),
h("span",{class:"mikit-largest-figure"}));const cell2=()=>lines[i]?.cell??null;for(const event of["pointerenter","focus"])
button.addEventListener(event,()=>on.enter(cell2()),{signal});for(const event of["pointerleave","blur"])button.addEventListener(
event,()=>on.enter(null),{signal});button.addEventListener("click",()=>{const chosen=cell2();if(chosen)on.choose(chosen)},
{signal});return button});const title=h("div",{class:"mikit-largest-title"});const element=h("div",{class:"mikit-largest"},
title,...buttons);const show=now=>{lines=now;title.textContent=lines.length?"Largest":"";buttons.forEach((button,i)=>{const line=lines[i];
const[name,track,figure]=[...button.children];const bar=track.firstElementChild;button.disabled=!line;name.textContent=name.
title=line?.name??"";figure.textContent=line?.figure??"";bar.style.width=`${100*Math.min(1,line?.share??0)}%`;bar.style.
background=line?.colour??""})};return{element,show}}var LISTED=5;function render({model,el,signal}){let hovered=null;let cursor=null;let values=new Float32Array;let exact=null;
let columns=[];let layout=layoutOf({rows:[],columns:[],tokens:false},800);const view=frame(model,el,signal,{name:"heatma\
p",table:()=>({caption:withUnit(model.get("title"),model.get("unit")&&`(${model.get("unit")})`),columns:[model.get("row_\
axis"),...columns],rows:model.get("rows").map((row,i)=>[row,...values.slice(i*columns.length,(i+1)*columns.length)])}),reset:()=>{
hovered=cursor=null}});const canvas=h("canvas",{role:"img"});const marker=h("div",{class:"mikit-heatmap-marker",hidden:true});
const chosen=h("div",{class:"mikit-heatmap-chosen",hidden:true});const gutter=svg("svg",{class:"mikit-heatmap-gutter","a\
ria-hidden":"true"});const foot=svg("svg",{"aria-hidden":"true"});const rowAxis=h("span",{class:"mikit-heatmap-axis"});const columnAxis=h(
"span",{class:"mikit-heatmap-axis"});const nothing=h("div",{class:"mikit-heatmap-nothing"},h("span",{},"No numbers yet."));
const plot=h("div",{class:"mikit-heatmap-plot"},canvas,chosen,marker,nothing);const map=h("div",{class:"mikit-heatmap-ma\
p",tabindex:0,role:"group"},h("div",{class:"mikit-heatmap-grid"},gutter,h("div",{},plot,foot)));const scaleLegend=legend();
const figure=h("div",{class:"mikit-heatmap-figure"},rowAxis,map,h("div",{class:"mikit-heatmap-under"},columnAxis,scaleLegend.
element));const list=largestList(LISTED,signal,{enter:hover,choose});const side=h("div",{class:"mikit-heatmap-side"},view.
number.element,list.element);view.stage.append(figure,side);const up=()=>model.get("layers_up");const valueAt=([row,column])=>values[row*
columns.length+column]??Number.NaN;const inside=cell2=>cell2&&cell2[0]<model.get("rows").length&&cell2[1]<columns.length?
cell2:null;const nameOf=([row,column])=>`${model.get("rows")[row]??row}, ${columns[column]??column}`;const approximate=([
row,column])=>exact!==null&&!exact[row*columns.length+column];const figureOf=cell2=>valueText(valueAt(cell2),model.get("\
scale"));function hover(cell2){hovered=cell2;point()}function choose(cell2){const now=model.get("selected");const same=now!==
null&&now[0]===cell2[0]&&now[1]===cell2[1];view.set({selected:same?null:[cell2[0],cell2[1]]});view.say(`${nameOf(cell2)}\
 ${same?"released":"selected"}`)}function decodeTraits(){values=decode(model.get("values"));const wire=model.get("exact");
exact=wire&&decode(wire);columns=model.get("tokens_on_x")?model.get("cols").map(tokenLabel):model.get("cols")}function mark(element,cell2){
element.hidden=cell2===null;if(!cell2)return;const box=cellBox(layout,model.get("rows").length,cell2[0],cell2[1],up());element.
style.cssText=`left:${box.x}px;top:${box.y}px;width:${box.width}px;height:${box.height}px`}function point(){const selected=inside(
model.get("selected"));const active=inside(hovered)??inside(cursor);const best=largestCells(values,columns.length,1)[0]??
null;const shown=active??selected??best;mark(marker,active);mark(chosen,selected);const labels={rows:model.get("rows"),columns,
up:up(),tokens:model.get("tokens_on_x"),active:active??selected};drawRowLabels(gutter,layout,labels);drawColumnLabels(foot,
layout,labels);if(!shown){view.number.clear();return}const why=active?hovered?"under the pointer":"under the cursor":selected?
"selected":`largest of ${values.length}`;view.number.show({label:nameOf(shown),value:figureOf(shown),unit:model.get("uni\
t"),below:approximate(shown)?`${why}, approximate`:why})}function drawMap(){const rows=model.get("rows");const{width,height}=layout;
const context=sizeCanvas(canvas,width,height);plot.style.width=`${width}px`;plot.style.height=`${height}px`;nothing.hidden=
values.length>0;if(!context)return;drawCells(context,{values,rows:rows.length,columns:columns.length,limit:model.get("li\
mit"),exact,up:up(),map:colourMap(model.get("scale"),view.theme),ink:view.colour("--mk-muted")},{x:0,y:0,width,height})}
function draw(){decodeTraits();const[rows,unit,kind,limit]=[model.get("rows"),model.get("unit"),model.get("scale"),model.
get("limit")];layout=layoutOf({rows,columns,tokens:model.get("tokens_on_x")},view.width);view.stage.classList.toggle("mi\
kit-heatmap-beside",layout.beside);rowAxis.textContent=`${model.get("row_axis")} ${up()?"↑":"↓"}`;columnAxis.textContent=
`${model.get("col_axis")} →`;columnAxis.style.marginLeft=`${layout.gutter}px`;canvas.setAttribute("aria-label",`${model.
get("title")}: ${rows.length} by ${columns.length} values`);map.setAttribute("aria-label",`Map of ${model.get("row_axis")}\
 by ${model.get("col_axis")}. Arrow keys move, Enter selects, Escape leaves.`);drawMap();scaleLegend.show({kind,theme:view.
theme,limit,unit});const colours=colourMap(kind,view.theme);const largest=largestCells(values,columns.length,LISTED);const most=Math.
abs(largest[0]?valueAt(largest[0]):0)||1;list.show(largest.map(cell2=>({cell:cell2,name:nameOf(cell2),figure:figureOf(cell2),
share:Math.abs(valueAt(cell2))/most,colour:colours.css(.7*Math.sign(valueAt(cell2)))})));point()}plot.addEventListener("\
pointermove",event=>{const box=plot.getBoundingClientRect();hover(cellAt(layout,model.get("rows").length,columns.length,
event.clientX-box.left,event.clientY-box.top,up()))},{signal});plot.addEventListener("pointerleave",()=>hover(null),{signal});
plot.addEventListener("click",()=>{if(hovered)choose(hovered)},{signal});gridKeys(map,signal,{size:()=>[model.get("rows").
length,columns.length],up,at:()=>inside(cursor),move(cell2){cursor=cell2;hover(null);const box=cellBox(layout,model.get(
"rows").length,cell2[0],cell2[1],up());map.scrollTo({left:box.x-map.clientWidth/2,top:box.y-map.clientHeight/2});view.say(
`${nameOf(cell2)}: ${withUnit(figureOf(cell2),model.get("unit"))}`)},choose,leave(){cursor=null;point()}});view.watch(["\
values","rows","cols","row_axis","col_axis","unit","scale","limit","layers_up","exact","tokens_on_x"]);view.watch(["sele\
cted"],point);view.onDraw(draw)}var heatmap_default={render};export{heatmap_default as default};
