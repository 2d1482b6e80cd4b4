// Generated from widgets/src by `npm run build`. Do not edit.
function fill(element,attributes,children){for(let[name,value]of Object.entries(attributes))value===!0?element.setAttribute(
name,""):value!==!1&&element.setAttribute(name,String(value));element.append(...children)}function h(tag,attributes={},...children){
let element=document.createElement(tag);return fill(element,attributes,children),element}function svg(tag,attributes={},...children){
let element=document.createElementNS("http://www.w3.org/2000/svg",tag);return fill(element,attributes,children),element}
function textButton(label,signal,onClick){let button=h("button",{type:"button",class:"mikit-text-button"},label);return button.
addEventListener("click",onClick,{signal}),button}function options(select,all,chosen){select.length===all.length&&all.every(([value,label],i)=>select.options[i].value===value&&
select.options[i].text===label)||select.replaceChildren(...all.map(([value,label])=>h("option",{value},label))),select.value=
chosen}function selectField(label,signal,changed){let select=h("select",{class:"mikit-select","aria-label":label});return select.
addEventListener("change",()=>changed(select.value),{signal}),select}function withMinus(text){let typeset=text.replace("-","−");return/[1-9]/.test(typeset)?typeset:typeset.replace("−","")}
function fixed(value,digits=2){if(Number.isNaN(value))return"NaN";if(!Number.isFinite(value))return value>0?"∞":"−∞";
let size=Math.abs(value);return size!==0&&size<.5*10**-digits?withMinus(value.toExponential(1)):size>=1e5?withMinus(value.
toExponential(2)):withMinus(value.toFixed(size>=1e3?0:digits))}function percent(share){return share>0&&share<.005?"<1 %":`${fixed(Math.round(100*share),0)} %`}function download(name,blob){let link=document.createElement("a");link.href=URL.createObjectURL(blob),link.download=name,
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
let observer=new MutationObserver(changed),options2={attributes:!0,attributeFilter:["class","data-jp-theme-light","data-\
jp-theme-name","data-theme"]};observer.observe(document.body,options2),observer.observe(document.documentElement,options2),
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
return text?[h("b",{},`${label} `),text]:[]}function frame(model,host,signal,options2){let gone=!1,speech,draws=[],ties=[],
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
model,host,signal,lose),signal.addEventListener("abort",()=>{clearTimeout(speech),root.remove()}),refresh(),view}function seedField(signal,now,change){let seed=h("input",{class:"mikit-input mikit-seed",type:"number",min:0,max:9999,step:1});
return seed.addEventListener("change",()=>{seed.value!==""&&seed.checkValidity()&&change(seed.valueAsNumber),seed.value=
String(now())},{signal}),[h("label",{class:"mikit-field"},"seed",seed),seed]}var ARRAYS={float32:Float32Array,uint8:Uint8Array,int32:Int32Array};function bytesOf(data){return data instanceof ArrayBuffer?
new Uint8Array(data):new Uint8Array(data.buffer,data.byteOffset,data.byteLength)}function decode(wire){let Type=ARRAYS[wire.
dtype],size=Type.BYTES_PER_ELEMENT,bytes=bytesOf(wire.data),wanted=wire.shape.reduce((a,b)=>a*b,1)*size;if(bytes.byteLength!==
wanted)throw new RangeError(`An array of shape [${wire.shape.join(", ")}] needs ${wanted} bytes, ${bytes.byteLength} cam\
e.`);return bytes.byteOffset%size!==0&&(bytes=bytes.slice()),new Type(bytes.buffer,bytes.byteOffset,bytes.byteLength/size)}var sizeOf=units=>units.filter(Boolean).length;function overlap(one,other){let both=one.filter((there,i)=>there&&other[i]).
length;return both/(sizeOf(one)+sizeOf(other)-both||1)}function foundOf(model){let found=model.get("found");if(!found)return null;
let[flat,overlaps]=[decode(found.circuits),decode(found.overlap)],count2=found.circuits.shape[0],chosen=Math.min(model.get(
"chosen"),count2-1),circuits=Array.from({length:count2},(_,i)=>({units:Array.from(flat.subarray(i*found.units,(i+1)*found.
units),Boolean),kept:found.kept[i],overlap:overlaps[chosen*count2+i]})),taken=found.greedy.map(Boolean);return{units:found.
units,share:found.share,tested:found.tested,circuits,chosen,random:found.random,draws:found.draws,greedy:{units:taken,kept:found.
kept[count2],overlap:overlap(taken,circuits[chosen].units)}}}function growthOf(model){let[growth,fewest]=[model.get("gro\
wth"),model.get("fewest")];if(!growth)return null;let[tested,most]=[decode(growth.tested),decode(growth.at_most)],points=(values,how)=>Array.
from({length:values.length/2},(_,i)=>[fewest+i,values[2*i+how]]);return{curves:["every set","greedy"].map((how,i)=>({how,
measured:points(tested,i),most:points(most,i)})),speed:growth.speed}}var PITCH=14;function squares(circuit,chosen){let many=circuit.units.length;return svg("svg",{class:"mikit-min-squares",
width:PITCH*many,height:PITCH,"aria-hidden":"true"},...circuit.units.map((there,i)=>svg("rect",{class:there?chosen.units[i]?
"mikit-min-shared":"mikit-min-own":"mikit-min-out",x:i*PITCH+1.5,y:1.5,width:PITCH-3,height:PITCH-3})),...circuit.units.
flatMap((there,i)=>there&&!chosen.units[i]?[svg("circle",{class:"mikit-min-dot",cx:i*PITCH+PITCH/2,cy:PITCH/2,r:2})]:[]))}
var inWords=({units})=>`units ${units.flatMap((there,i)=>there?[i]:[]).join(", ")}`;function circuitsPanel(signal,choose){
let title=h("p",{class:"mikit-min-title"}),list=h("div",{class:"mikit-min-list",role:"radiogroup","aria-label":"smallest\
 circuits: choose one to compare the others with"}),more=h("p",{class:"mikit-min-words"}),greedyTitle=h("p",{class:"miki\
t-min-title"}),greedyRow=h("div",{class:"mikit-min-row"}),control=h("p",{class:"mikit-min-words"}),head2=h("div",{class:"\
mikit-min-row mikit-min-head"});list.addEventListener("keydown",event=>{let step={ArrowDown:1,ArrowRight:1,ArrowUp:-1,ArrowLeft:-1}[event.
key],rows=[...list.querySelectorAll("button")],next=rows[rows.findIndex(row=>row===document.activeElement||row.matches("\
:focus"))+(step??0)];!step||!next||(event.preventDefault(),choose(rows.indexOf(next)),list.querySelectorAll("button")[rows.
indexOf(next)]?.focus())},{signal}),list.addEventListener("click",event=>{let row=event.target.closest("button");row&&choose(
[...list.querySelectorAll("button")].indexOf(row))},{signal});let cells=(circuit,chosen,same)=>[squares(circuit,chosen),
h("span",{class:"mikit-min-figure"},percent(circuit.kept)),h("span",{class:"mikit-min-figure"},same?"–":percent(circuit.
overlap))];return{element:h("div",{class:"mikit-min-circuits"},title,head2,list,more,greedyTitle,greedyRow,control),draw(found,shown){
let size=found?sizeOf(found.circuits[0].units):0,all=found?.circuits.length??0;title.textContent=found?`${all===1?"The o\
nly smallest circuit":`${all} smallest circuits`}, ${size} of ${found.units} units`:"Smallest circuits";let pad=h("span",
{});if(pad.style.width=`${PITCH*(found?.units??12)}px`,head2.replaceChildren(pad,h("span",{class:"mikit-min-figure"},"ke\
eps"),h("span",{class:"mikit-min-figure"},"overlap")),!found){list.replaceChildren(),more.textContent="No numbers yet.",
greedyRow.replaceChildren(),greedyTitle.textContent=control.textContent="";return}let chosen=found.circuits[found.chosen],
focus=list.contains(document.activeElement);list.replaceChildren(...found.circuits.slice(0,shown).map((circuit,i)=>{let here=i===
found.chosen,label=`${inWords(circuit)}, keeps ${percent(circuit.kept)}${here?"":`, overlap ${percent(circuit.overlap)}`}`;
return h("button",{type:"button",class:"mikit-min-row",role:"radio","aria-checked":String(here),"aria-label":label,tabindex:here?
0:-1},...cells(circuit,chosen,here))})),focus&&list.querySelectorAll("button")[found.chosen]?.focus(),more.textContent=`${all>
shown?`and ${all-shown} more. `:""}Overlap: units in both, of those in either; dotted: not in the chosen one.`;let taken=sizeOf(
found.greedy.units);greedyTitle.textContent=taken>size?`Greedy ends at ${taken} units`:`Greedy ends at ${taken} units to\
o`,greedyRow.replaceChildren(...cells(found.greedy,chosen,!1)),greedyRow.setAttribute("aria-label",inWords(found.greedy));
let[mean,low,high]=found.random.map(percent);control.textContent=`${found.draws} random sets of ${size} units keep ${mean}\
 (95 % of them ${low} to ${high}); asked for: ${percent(found.share)}.`}}}function polyline(x,y){let pen="M";return Array.from(y,(value,i)=>{if(!Number.isFinite(value))return pen="M","";let step=`${pen}${x[i].
toFixed(1)} ${value.toFixed(1)}`;return pen="L",step}).join("")}function count(sets){let names=[[1e12,"trillion"],[1e9,"billion"],[1e6,"million"]];for(let[size,name]of names)if(sets>=size)
return`${Number((sets/size).toPrecision(sets/size>=100?3:2))} ${name}`;return sets.toLocaleString("en-GB")}var TIMES=[["\
a second",1],["a minute",60],["a day",86400],["a year",31557600]];var LEFT=40,FOOT=34,TOP=6,RIGHT=8,ROOM=10,POWERS=15,LABELLED=[0,3,6,9,12,15],SUPER=["1","10³","10⁶","10⁹","10¹²",
"10¹⁵"];function growthChart(){let chart=svg("svg",{class:"mikit-min-growth",role:"img"});return{element:h("div",{},chart),
draw(growth,units,width,height){chart.setAttribute("width",String(width)),chart.setAttribute("height",String(height));let bottom=height-
FOOT,sizes=growth?.curves[0].most.map(([n])=>n)??[4,48],[first,last]=[sizes[0],sizes[sizes.length-1]],x=n=>LEFT+(n-first+
1)/(last-first+1)*(width-LEFT-RIGHT),y=sets=>bottom-Math.log10(sets)/POWERS*(bottom-TOP),text=(kind,tx,ty,anchor,words2)=>svg(
"text",{class:kind,x:tx,y:ty,"text-anchor":anchor},words2),[every,greedy]=growth?.curves??[],now=every?.measured.find(([
n])=>n===units);chart.setAttribute("aria-label",every&&greedy?`Sets tested by number of units, log scale. Measured up to\
 ${every.measured.length+first-1} units: ${count(every.measured.at(-1)[1])} by testing every set, ${count(greedy.measured.
at(-1)[1])} by the greedy search.`:"Sets tested by number of units: no numbers yet");let line=points=>polyline(points.map(
([n])=>x(n)),points.map(([,sets])=>y(sets)));chart.replaceChildren(...growth?[svg("line",{class:"mikit-min-here",x1:x(units),
x2:x(units),y1:TOP,y2:bottom})]:[],...LABELLED.flatMap((power,i)=>[svg("line",{class:power?"mikit-min-grid":"mikit-min-b\
ase",x1:LEFT,x2:width-RIGHT,y1:y(10**power),y2:y(10**power)}),text("mikit-axis",LEFT-6,y(10**power)+4,"end",SUPER[i])]),
...[4,8,12,16,24,32,40,48].map(n=>text("mikit-axis",x(n),bottom+14,"middle",`${n}`)),text("mikit-axis",width-RIGHT,bottom+
29,"end","units →"),text("mikit-axis",LEFT,bottom+29,"start","↑ sets tested, log scale"),...growth?TIMES.flatMap(([name,
seconds])=>[svg("line",{class:"mikit-min-time",x1:LEFT,x2:width-RIGHT,y1:y(growth.speed*seconds),y2:y(growth.speed*seconds)}),
text("mikit-axis",LEFT+6,y(growth.speed*seconds)-4,"start",`${name}${seconds>1e6?" on this machine":""}`)]):[],...every&&
greedy?[svg("path",{class:"mikit-min-form",d:line(every.most)}),svg("path",{class:"mikit-min-form",d:line(greedy.most)}),
text("mikit-axis",x(36),y(2**36/100),"start","all sets, 2ⁿ"),text("mikit-axis",width-RIGHT,y(greedy.most.at(-1)[1])-8,
"end","greedy, at most n(n + 1)/2"),...greedy.measured.map(([n,sets])=>svg("rect",{class:"mikit-min-greedy",x:x(n)-2.5,y:y(
sets)-2.5,width:5,height:5})),...every.measured.map(([n,sets])=>svg("circle",{class:n===units?"mikit-min-every mikit-min\
-now":"mikit-min-every",cx:x(n),cy:y(sets),r:n===units?5:3.5})),...now?[text("mikit-min-count",x(units)+8,y(now[1])+(units<
ROOM?-6:15),"start",`${count(now[1])} tested`)]:[]]:[])}}}var DRAWN=["units","share","seed","chosen","found","growth"],LANES=["search"],SHARES=[.8,.9,.95,1],GAP=24,RIGHT2=344;function render({
model,el,signal}){function table(){let[found,growth2]=[foundOf(model),growthOf(model)];return{caption:"Sets tested by nu\
mber of units, measured and by closed form; then each circuit: units, share of decisions kept, overlap with the chosen o\
ne.",columns:["what","units","every set","greedy","all sets","greedy at most","circuit","keeps","overlap"],rows:[...growth2?.
curves[0].most.map(([n,most],i)=>["sets tested",n,growth2.curves[0].measured[i]?.[1]??"",growth2.curves[1].measured[i]?.[1]??
"",most,growth2.curves[1].most[i][1],"","",""])??[],...[...found?.circuits??[],...found?[found.greedy]:[]].map(({units:units2,
kept,overlap:overlap2},i)=>[i===found.circuits.length?"greedy's circuit":"smallest circuit",sizeOf(units2),"","","","",units2.
flatMap((there,n)=>there?[n]:[]).join(" "),kept,overlap2]),...found?[["random sets",sizeOf(found.circuits[0].units),"","",
"","","",found.random[0],""]]:[]]}}let view=frame(model,el,signal,{name:"minimal",table}),slider=h("input",{type:"range",
class:"mikit-min-slider",step:1,"aria-label":"units of the network"}),units=h("output",{class:"mikit-min-units"});slider.
addEventListener("input",()=>{units.textContent=slider.value,view.set({units:slider.valueAsNumber},LANES)},{signal});let share=selectField(
"share of decisions that a circuit keeps",signal,value=>view.set({share:Number(value)},LANES)),[seedLabel,seed]=seedField(
signal,()=>model.get("seed"),value=>view.set({seed:value},LANES));view.inputs.append(h("label",{class:"mikit-field mikit\
-min-of-units"},"units",slider,units),h("label",{class:"mikit-field"},"a circuit keeps",share),seedLabel);for(let control of[
slider,share,seed])view.needsKernel(control);let growth=growthChart(),circuits=circuitsPanel(signal,chosen=>{view.set({chosen}),
draw()});view.stage.append(growth.element,circuits.element);function showNumber(){let found=foundOf(model);if(!found)return view.
number.clear();let[every,greedy]=found.tested;view.number.show({label:`to be sure, with ${found.units} units`,value:count(
every),unit:"sets tested",below:`greedy ${count(greedy)} · all there are ${count(2**found.units)}`})}function draw(){let now=model.
get("units");[slider.min,slider.max,slider.value]=[model.get("fewest"),model.get("most"),now].map(String),units.textContent=
String(now);let shares=[...new Set([...SHARES,model.get("share")])].sort((a,b)=>a-b);options(share,shares.map(one=>[String(
one),one===1?"all decisions":`${percent(one)} of decisions`]),String(model.get("share"))),seed.value=String(model.get("s\
eed")),growth.draw(growthOf(model),foundOf(model)?.units??now,view.wide?view.width-GAP-RIGHT2:view.width,view.wide?448:260),
circuits.draw(foundOf(model),view.wide?12:5),showNumber()}view.watch([...DRAWN]),view.onDraw(draw)}var minimal_default={
render};export{minimal_default as default};
