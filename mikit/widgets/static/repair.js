// Generated from widgets/src by `npm run build`. Do not edit.
function fill(element,attributes,children){for(let[name,value]of Object.entries(attributes))value===!0?element.setAttribute(
name,""):value!==!1&&element.setAttribute(name,String(value));element.append(...children)}function h(tag,attributes={},...children){
let element=document.createElement(tag);return fill(element,attributes,children),element}function svg(tag,attributes={},...children){
let element=document.createElementNS("http://www.w3.org/2000/svg",tag);return fill(element,attributes,children),element}
function textButton(label,signal,onClick){let button=h("button",{type:"button",class:"mikit-text-button"},label);return button.
addEventListener("click",onClick,{signal}),button}function options(select,all,chosen){select.length===all.length&&all.every(([value,label],i)=>select.options[i].value===value&&
select.options[i].text===label)||select.replaceChildren(...all.map(([value,label])=>h("option",{value},label))),select.value=
chosen}function selectField(label,signal,changed){let select=h("select",{class:"mikit-select","aria-label":label});return select.
addEventListener("change",()=>changed(select.value),{signal}),select}function withMinus(text2){let typeset=text2.replace("-","−");return/[1-9]/.test(typeset)?typeset:typeset.replace("−",
"")}function fixed(value,digits=2){if(Number.isNaN(value))return"NaN";if(!Number.isFinite(value))return value>0?"∞":"−\
∞";let size=Math.abs(value);return size!==0&&size<.5*10**-digits?withMinus(value.toExponential(1)):size>=1e5?withMinus(
value.toExponential(2)):withMinus(value.toFixed(size>=1e3?0:digits))}function signed(value,digits=2){return value>0?`+${fixed(
value,digits)}`:fixed(value,digits)}function download(name,blob){let link=document.createElement("a");link.href=URL.createObjectURL(blob),link.download=name,
link.click(),setTimeout(()=>URL.revokeObjectURL(link.href),1e4)}function fileName(title,ending){return`${title.toLowerCase().
replaceAll(/[^a-z0-9]+/g,"-").replaceAll(/^-|-$/g,"")||"mikit"}.${ending}`}function csvCell(value){let text2=String(value);
return/[",\n\r]/.test(text2)?`"${text2.replaceAll('"','""')}"`:text2}function csv(table){return`${[table.columns,...table.
rows].map(row=>row.map(csvCell).join(",")).join(`
`)}
`}async function copyText(text2){try{return await navigator.clipboard.writeText(text2),!0}catch{return!1}}async function copyImage(image){
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
numbers=copyButton("Copy CSV",signal,async()=>{let text2=csv(table()),copied=await copyText(text2);return copied||download(
fileName(title(),"csv"),new Blob([text2],{type:"text/csv"})),copied});return[png,numbers]}var MARK="jupyter-widgets-disconnected",LOST=new Set(["restarting","autorestarting","terminating","dead"]);function cellOf(view){
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
gone,h("span",{class:"mikit-actions"},buttons.code,record,page)),show:text2=>{title.textContent=text2.title,chip.textContent=
text2.chip,chip.hidden=!text2.chip,old.hidden=!text2.old,gone.hidden=!text2.gone,record.hidden=text2.gone,record.disabled=
!text2.canSave,page.hidden=text2.gone||text2.frozen}}}function containKeys(root,signal){root.addEventListener("keydown",event=>{event.ctrlKey||event.metaKey||event.shiftKey&&
event.key==="Enter"||event.stopPropagation()},{signal})}function numberSlot(){let[label,value,unit,below]=["label","value","unit","below"].map(part=>h("span",{class:`mikit-numb\
er-${part}`})),element=h("div",{class:"mikit-number"},label,h("span",{class:"mikit-number-line"},value," ",unit),below),
show=text2=>{label.textContent=text2.label,value.textContent=text2.value,unit.textContent=text2.unit??"",below.textContent=
text2.below??""},clear=()=>show({label:" ",value:" ",below:" "});return clear(),{element,show,clear}}function toggling(label,className,signal,fill3){let element=h("div",{class:className,hidden:!0}),refresh=()=>{element.hidden||
fill3(element,refresh)},button=textButton(label,signal,()=>{element.hidden=!element.hidden,button.setAttribute("aria-exp\
anded",String(!element.hidden)),refresh()});return button.setAttribute("aria-expanded","false"),{button,element,refresh}}
var FLAVOURS=[["mikit","mikit"],["nnsight","plain nnsight"]];function codePanel(signal,code){let chosen="mikit";return toggling(
"Code","mikit-code",signal,(panel,refresh)=>{let texts=code(),there=FLAVOURS.filter(([flavour])=>texts[flavour]!==void 0);
if(!there.length){panel.replaceChildren(h("p",{class:"mikit-muted"},"No code yet: it comes with the first result."));return}
texts[chosen]===void 0&&(chosen=there[0][0]);let text2=texts[chosen]??"",listing=h("pre",{tabindex:0,role:"region","aria\
-label":`Code, ${chosen}`},text2),tabs=there.map(([flavour,label])=>{let tab=textButton(label,signal,()=>{chosen=flavour,
refresh()});return tab.setAttribute("aria-pressed",String(flavour===chosen)),tab}),copy=textButton("Copy",signal,()=>{copyText(
text2).then(done=>{copy.textContent=done?"Copied":"Select and copy by hand"})});panel.replaceChildren(h("div",{class:"mi\
kit-code-bar"},...tabs,h("span",{class:"mikit-gap"}),copy),listing)})}var MOST_ROWS=400;function heading(name,first){return h(
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
return status.text||"stopped";default:return status.text||"ready"}}function statusLine(signal,stop){let bar=h("span",{class:"\
mikit-progress"}),text2=h("span",{class:"mikit-status-text"}),failed=h("span",{class:"mikit-error",role:"alert"}),note=h(
"span",{class:"mikit-note"}),stopButton=textButton("Stop",signal,stop);stopButton.classList.add("mikit-stop");let tools=h(
"span",{class:"mikit-tools"}),element=h("div",{class:"mikit-status"},h("span",{class:"mikit-status-line"},text2,stopButton,
failed,note),tools,bar);return{element,tools,show:status=>{let error=status.error||(status.state==="error"?status.text:""),
off=status.gone||status.frozen,working=!off&&(status.state==="busy"||status.state==="waiting");text2.textContent=status.
gone?`The kernel is gone. The picture stays; run ${cellOf(element)} again to go on.`:status.frozen?FROZEN:error?"":words(
status),failed.textContent=error&&!off?`× ${error}`:"",note.textContent=status.gone||error?"":status.note,stopButton.hidden=
!working,bar.style.width=working?`${Math.round(100*status.done)}%`:"0"}}}var WIDE=700,REST_MS=150,SILENT_MS=1e3,WAITING={state:"waiting",text:"waiting for your cell",done:0},TRAITS=["title","ch\
ip","shows","hides","status","error","answers","asked","code","note","can_save","frozen"];function oldLanes(asked,answers){
return new Set(Object.keys(asked).filter(lane=>lane in answers&&asked[lane]!==answers[lane]))}function labelled(label,text2){
return text2?[h("b",{},`${label} `),text2]:[]}function frame(model,host,signal,options2){let gone=!1,speech,draws=[],ties=[],
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
[title,chip,error,frozen]=[model.get("title"),model.get("chip"),model.get("error"),model.get("frozen")],{state,text:text2,
done}=silence.long&&!gone?WAITING:model.get("status");root.setAttribute("aria-label",title),root.dataset.status=error?"e\
rror":state,root.toggleAttribute("data-gone",gone),root.toggleAttribute("data-frozen",frozen),root.toggleAttribute("data\
-old",old.size>0),stage.classList.toggle("mikit-old",ties.length===0&&old.size>0);for(let control of controls)control.disabled=
gone||frozen;for(let[element,lane]of ties)element.classList.toggle("mikit-old",old.has(lane));let canSave=frozen?!!model.
get("record"):model.get("can_save");top.show({title,chip,old:old.size>0,gone,frozen,canSave}),status.show({state,text:text2,
done,error,note:model.get("note"),gone,frozen}),foot.replaceChildren(...labelled("Shows:",model.get("shows"))," ",...labelled(
"Does not show:",model.get("hides"))),code.refresh()}let silence=patience(SILENT_MS,signal,refresh);function listen(trait,changed){
model.on(`change:${trait}`,changed),signal.addEventListener("abort",()=>model.off(`change:${trait}`,changed))}let redraw=redrawing(
root,signal,()=>{root.dataset.theme=view.theme,root.dataset.width=view.wide?"wide":"narrow";for(let one of draws)one();twin.
refresh()}),view={root,inputs,stage,number,draw:redraw.draw,get width(){return redraw.width},get wide(){return redraw.width>=
WIDE},get theme(){return themeOf(host)},get live(){return!gone&&!model.get("frozen")},colour:name=>themeColour(root,name),
onDraw(callback){draws.push(callback),redraw.draw()},watch(traits,changed=redraw.draw){for(let trait of traits)listen(trait,
changed)},set(traits,lanes=[]){let[asked,answers]=[{...model.get("asked")},model.get("answers")];for(let lane of lanes)asked[lane]=
Math.max(asked[lane]??0,answers[lane]??0)+1;for(let name of Object.keys(traits))model.set(name,traits[name]);lanes.length&&
view.live&&(model.set("asked",asked),silence.start()),attempt(()=>model.save_changes())},tie(element,lane){ties.push([element,
lane]),refresh()},needsKernel(control){controls.push(control),refresh()},say(text2){clearTimeout(speech),speech=setTimeout(
()=>{live.textContent=text2},REST_MS)}};root.dataset.theme=view.theme,root.dataset.width="wide";for(let trait of["status",
"answers"])listen(trait,silence.end);for(let trait of TRAITS)listen(trait,refresh);return listen("frozen",redraw.draw),watchKernel(
model,host,signal,lose),signal.addEventListener("abort",()=>{clearTimeout(speech),root.remove()}),refresh(),view}var written=text2=>text2.replace(/^ +/,spaces=>"·".repeat(spaces.length)),meant=text2=>text2.replace(/^·+/,dots=>" ".repeat(
dots.length));function mark(tag,kind,attributes,...words2){return svg(tag,{class:`mikit-rep-${kind.replace(" "," mikit-rep-")}`,...attributes},
...words2)}var line=(kind,x1,y1,x2,y2)=>mark("line",kind,{x1,y1,x2,y2}),text=(kind,x,y,anchor,words2)=>mark("text",kind,
{x,y,"text-anchor":anchor},words2);function fill2(chart,width,height,words2,marks){for(let[name,value]of Object.entries(
{width,height,"aria-label":words2}))chart.setAttribute(name,String(value));chart.replaceChildren(...marks)}var ARRAYS={float32:Float32Array,uint8:Uint8Array,int32:Int32Array};function bytesOf(data){return data instanceof ArrayBuffer?
new Uint8Array(data):new Uint8Array(data.buffer,data.byteOffset,data.byteLength)}function decode(wire){let Type=ARRAYS[wire.
dtype],size=Type.BYTES_PER_ELEMENT,bytes=bytesOf(wire.data),wanted=wire.shape.reduce((a,b)=>a*b,1)*size;if(bytes.byteLength!==
wanted)throw new RangeError(`An array of shape [${wire.shape.join(", ")}] needs ${wanted} bytes, ${bytes.byteLength} cam\
e.`);return bytes.byteOffset%size!==0&&(bytes=bytes.slice()),new Type(bytes.buffer,bytes.byteOffset,bytes.byteLength/size)}var NONE={value:Number.NaN,low:Number.NaN,high:Number.NaN};function values(wire){let flat=decode(wire);return Array.from(
{length:flat.length/3},(_,i)=>({value:flat[3*i],low:flat[3*i+1],high:flat[3*i+2]}))}var named=(names2,all)=>names2.map((name,i)=>({
name,...all[i]})),backward=({direct,total})=>Math.abs(direct.value)-Math.abs(total.value),unsure=({sum:{low,high},prompts})=>low<=
0&&high>=0?`not told apart from 0 with ${prompts} prompts`:"";function chance(heads){let all=heads.map(({direct,total})=>direct.
value-total.value).sort((a,b)=>a-b),out=Math.floor(.025*(all.length-1));return[all[out],all.at(-1-out)]}var two=value=>signed(
Math.round(100*value)/100);function sceneOf(model){let[found,[,across],chosen]=[model.get("found"),model.get("grid"),model.
get("chosen")],effects=found?values(found.effects):[],rows=new Map(found?.split?.heads.map((name,row)=>[name,row])),heads=Array.
from({length:effects.length/4},(_,i)=>{let[layer,head2]=[Math.floor(i/across),i%across],[direct,total,drawsDirect,drawsTotal]=effects.
slice(4*i,4*i+4),name=`L${layer}H${head2}`;return{name,layer,head:head2,direct,total,drawsDirect,drawsTotal,row:rows.get(
name)??-1}}),most=heads.filter(({row})=>row>=0).sort((a,b)=>backward(b)-backward(a))[0]??null,here=chosen?heads[chosen[0]*
across+chosen[1]]??null:most,{by=[],back=null}=here&&here.row>=0&&found?.split||{},parts=named(by,back?values(back).slice(
here.row*by.length):[]),sum=parts.pop()??NONE,pairs=found?.pairs;return{heads,chosen:here,most,parts:parts.sort((a,b)=>Math.
abs(b.value)-Math.abs(a.value)),sum,pairs:pairs?named(pairs.names,values(pairs.values)).sort((a,b)=>b.value-a.value):[],
random:pairs?named(pairs.random_names,values(pairs.random)):[],difference:found?values(found.difference)[0]:NONE,draws:found?.
draws??0,split:rows.size,brought:model.get("brought"),prompts:model.get("prompts"),answer:model.get("answer"),foil:model.
get("foil")}}var ROW=18,LABEL=96,FIGURE=48;function rowsOf(parts,sum,listed){let others=parts.slice(listed);return[...parts.slice(0,listed).
map(part=>({...part,kind:"part"})),{low:Number.NaN,high:Number.NaN,name:`${others.length} more parts`,value:others.reduce(
(all,{value})=>all+value,0),kind:"rest"},{...sum,name:"sum",kind:"sum"}]}var inWords=bars2=>bars2.map(({name,value})=>`${name}\
 ${two(value)}`).join();function bars(all,width,band){let ends=all.flatMap(({value,low:low2,high:high2})=>[value,low2,high2]).
filter(Number.isFinite).concat(band,0),[low,high]=[Math.min(...ends),Math.max(...ends)],left=LABEL+8,x=value=>left+(value-
low)/(high-low||1)*(width-FIGURE-left),between=(kind,one,other,y,height)=>mark("rect",kind,{x:Math.min(x(one),x(other)),
y,width:Math.max(.5,Math.abs(x(one)-x(other))),height});return[...band.length?[between("band",band[0],band[1],0,ROW*all.
length)]:[],...all.flatMap((one,i)=>[...one.kind==="sum"?[line("grid",0,i*ROW+.5,width,i*ROW+.5)]:[],text(`label ${one.kind}`,
LABEL,i*ROW+13,"end",one.name),between(one.value<0?"neg":"pos",0,one.value,i*ROW+4,ROW-7),...Number.isFinite(one.low)?[line(
"whisker",x(one.low),i*ROW+9.5,x(one.high),i*ROW+9.5)]:[],text(`label ${one.kind}`,width,i*ROW+13,"end",two(one.value))]),
...all.length?[line("zero",x(0),0,x(0),ROW*all.length)]:[]]}function barsPanel(){let[back,pairs]=[svg("svg",{role:"img"}),
svg("svg",{role:"img"})],paragraph=(kind,...words3)=>h("p",{class:`mikit-rep-${kind}`},...words3),[title,words2,beyond]=[
paragraph("title"),paragraph("words"),paragraph("words")];return{element:h("div",{},title,words2,back,paragraph("title",
"Two heads off, beyond their sum"),beyond,pairs),draw(scene,width,listed){let{chosen,parts,sum,pairs:all,random,split}=scene;
title.textContent=split?chosen.row<0?`${chosen.name} was not split`:`Without ${chosen.name}, these change`:"No numbers y\
et",words2.textContent=split?wordsOf(chosen,scene):" ";let rows=parts.length?rowsOf(parts,sum,listed):[];fill2(back,width,
ROW*(listed+2),inWords(rows),bars(rows,width,[]));let values2=random.map(({value})=>value),band=values2.length?[Math.min(
...values2),Math.max(...values2)]:[];beyond.textContent=all.length?`Lost without both, beyond each alone: the most of ${all.
length} pairs. Grey: ${random.length} random pairs, ${two(band[0])} to ${two(band[1])}.`:"";let shown=all.slice(0,listed/
2).map(pair=>({...pair,kind:"part"}));fill2(pairs,width,ROW*(listed/2),inWords(shown),bars(shown,width,band))}}}function wordsOf(head2,scene){
let{direct,total,drawsDirect,drawsTotal,row}=head2;if(row<0)return"Only full dots were.";let open=unsure(scene),then=open?
`the difference is ${open}`:backward(head2)>0?"later parts make up for it":"later parts lose what they had from it",spread=Number.
isNaN(drawsTotal.low)?"":` Set to places of ordinary texts instead (${scene.draws} draws): ${two(drawsDirect.low)} to ${two(
drawsDirect.high)}, and ${two(drawsTotal.low)} to ${two(drawsTotal.high)}.`;return`It writes ${two(direct.value)}, the m\
odel loses ${two(total.value)}: ${then}.${spread}`}var LEFT=34,FOOT=32,TOP=20,PAD=8,REACH=12,NAMED=9;function ticks(low,high){let step=[.01,.02,.05,.1,.2,.5,1,2,5,10].find(
one=>(high-low)/one<8)??20;return Array.from({length:Math.floor(high/step)-Math.ceil(low/step)+1},(_,i)=>(Math.ceil(low/
step)+i)*step)}function reach(heads){let values2=heads.flatMap(({direct,total})=>[direct.value,total.value]).filter(Number.
isFinite).concat(0),[low,high]=[Math.min(...values2),Math.max(...values2)],edge=.08*(high-low)||1;return[low-edge,high+edge]}
function names(dots,lines,right,chosen){let taken=dots.filter(([{row}])=>row>=0).map(([,cx,cy])=>[cx-4,cy,cx+4,cy]).concat(
lines),size=([head2])=>head2===chosen?1/0:Math.max(Math.abs(head2.direct.value),Math.abs(head2.total.value));return dots.
filter(([{row}])=>row>=0).sort((a,b)=>size(b)-size(a)).slice(0,NAMED).flatMap(([head2,cx,cy])=>{let wide=6.8*head2.name.
length,place=[[cx+7,cy],[cx-7-wide,cy],[cx+7,cy-13]].find(([x,y])=>x>LEFT&&x+wide<right&&!taken.some(([x1,y1,x2,y2])=>x<
x2&&x1<x+wide&&y1<y+11&&y2>y-11));if(!place)return[];let[left,at]=place;return taken.push([left,at,left+wide,at]),[text(
head2===chosen?"name here":"name",left,at+4,"start",head2.name)]})}var effectsOf=({name,direct,total})=>`${name}: direct\
 ${two(direct.value)}, total ${two(total.value)}`;function scatterOf(signal,pick){let chart=svg("svg",{class:"mikit-rep-\
scatter",role:"img"}),dots=[],under=event=>{let box=chart.getBoundingClientRect(),far=([,cx,cy])=>Math.hypot(cx-event.clientX+
box.left,cy-event.clientY+box.top),best=[...dots].sort((a,b)=>far(a)-far(b))[0];return best&&far(best)<REACH?best[0]:null};
return chart.addEventListener("click",event=>{let head2=under(event);head2&&pick(head2)},{signal}),{element:h("div",{},chart),
draw({heads,chosen,brought,draws},width,height){let[low,high]=reach(heads),[right,bottom]=[width-PAD,height-FOOT],x=value=>LEFT+
(value-low)/(high-low)*(right-LEFT),y=value=>TOP+(high-value)/(high-low)*(bottom-TOP);dots=heads.filter(({total})=>Number.
isFinite(total.value)).map(head2=>[head2,x(head2.direct.value),y(head2.total.value)]);let cross=(h2,v,cx,cy)=>Number.isNaN(
v.low)?[]:[[x(h2.low),cy,x(h2.high),cy],[cx,y(v.high),cx,y(v.low)]],ordinary="mean resample".includes(brought),drawn=dots.
flatMap(([head2,cx,cy])=>ordinary&&head2.row>=0?cross(head2.drawsDirect,head2.drawsTotal,cx,cy):[]),here=dots.filter(([head2])=>head2===
chosen),whiskers=here.flatMap(([head2,cx,cy])=>cross(head2.direct,head2.total,cx,cy)),slope=Math.atan2(TOP-bottom,right-
LEFT)*180/Math.PI;fill2(chart,width,height,`${dots.length} heads by direct and total effect`,[...(heads.length?ticks(low,
high):[]).flatMap(value=>[line(value===0?"zero":"grid",LEFT,y(value),right,y(value)),line(value===0?"zero":"grid",x(value),
TOP,x(value),bottom),text("axis",LEFT-6,y(value)+4,"end",fixed(value,1)),text("axis",x(value),bottom+14,"middle",fixed(value,
1))]),line("equal",LEFT,bottom,right,TOP),text("axis",0,11,"start","↑ total: lost, logits"),mark("text","axis",{dy:13,
"text-anchor":"middle",transform:`translate(${x(.68*high)} ${y(.68*high)}) rotate(${slope})`},"nothing comes back"),...drawn.
length?[text("axis",right,11,"end",`grey: ${draws} draws of ordinary texts`)]:[],text("axis",right,bottom+28,"end","dire\
ct: the head's own writing, logits →"),...dots.length?[text("axis",right,y(0)-5,"end","all comes back")]:[],...drawn.map(
ends=>line("draws",...ends)),...dots.map(([head2,cx,cy])=>mark("circle",head2.row<0?"small":"dot",{cx,cy,r:head2.row<0?2:
3.5},svg("title",{},effectsOf(head2)))),...whiskers.map(ends=>line("whisker",...ends)),...here.map(([,cx,cy])=>mark("cir\
cle","dot ring",{cx,cy,r:5})),...names(dots,[...drawn,...whiskers],right,chosen)])}}}var WORDS=["prompt","changed","answer","foil"],HOW=[["mean","the mean"],["resample","another text's"],["zero","zero"],["\
other prompt","the other's"]],GAP=24,RIGHT=344;function tableOf({heads,chosen,parts,sum,pairs,random}){let row=(what,name,...values2)=>[
what,name,...values2,...Array(7-values2.length).fill("")];return{caption:"Logits: heads, what comes back of the chosen o\
ne, pairs beyond their sum",columns:["what","name","direct","total","comes back","direct, low","direct, high","total, lo\
w","total, high"],rows:[...heads.map(({name,direct:d,total:t,drawsDirect:x,drawsTotal:y})=>row("head",name,d.value,t.value,
d.value-t.value,x.low,x.high,y.low,y.high)),...(parts.length?[...parts,{...sum,name:"sum"}]:[]).map(({name,value})=>row(
`back, ${chosen.name}`,name,"","",value)),...pairs.map(({name,value})=>row("pair",name,"",value)),...random.map(({name,value})=>row(
"random pair",name,"",value))]}}function render({model,el,signal}){let scene=sceneOf(model),view=frame(model,el,signal,{
name:"repair",table:()=>tableOf(scene)}),boxes=WORDS.map(name=>{let box=h("input",{type:"text",class:"mikit-input"}),short=name===
"answer"||name==="foil";return box.addEventListener("change",()=>view.set({[name]:short?meant(box.value):box.value},["re\
pair"]),{signal}),view.needsKernel(box),{name,box,short,label:h("label",{class:`mikit-rep-field mikit-rep-of-${name}`},h(
"span",{},name==="changed"?"other":name),box)}}),how=selectField("off: set to",signal,value=>view.set({brought:value},["\
repair"]));view.needsKernel(how);let[prompt,other,answer,foil]=boxes.map(({label})=>label);view.inputs.append(prompt,other,
h("label",{class:"mikit-rep-field mikit-rep-of-how"},h("span",{},"off: set to"),how),view.number.element,answer,foil);let heads=selectField(
"head that is split",signal,value=>choose(scene.heads.find(({name})=>name===value)??null)),scatter=scatterOf(signal,choose),
bars2=barsPanel();view.stage.append(scatter.element,h("div",{},h("label",{class:"mikit-rep-field"},h("span",{},"head"),heads),
bars2.element));function choose(head2){head2&&(view.set({chosen:[head2.layer,head2.head]}),view.draw())}function showNumber(){
let{chosen,sum,difference,prompts,split,most}=scene;if(!chosen||Number.isNaN(sum.value))return view.number.clear();let open=unsure(
scene),back=!open&&backward(chosen)>0;view.number.show({label:back?`brought back without ${chosen.name}`:`direct less to\
tal of ${chosen.name}${open&&`, ${open}`}`,value:signed(sum.value)+(Number.isNaN(sum.low)?"":` [${signed(sum.low)}, ${signed(
sum.high)}]`),unit:back?`of ${signed(chosen.direct.value)} logits`:"logits",below:`random heads ${chance(scene.heads).map(
two).join(" to ")} (95 %)
${chosen===most?`most of ${split} split, `:""}${prompts>1?`mean of ${prompts} prompts`:"n = 1"}, model ${signed(difference.
value)}`})}function draw(){scene=sceneOf(model);for(let{name,box,short,label}of boxes)box.matches(":focus")||(box.value=
short?written(model.get(name)):model.get(name)),label.hidden=scene.prompts>1||name==="changed"&&scene.brought!=="other p\
rompt";view.root.toggleAttribute("data-many",scene.prompts>1),options(how,HOW,scene.brought);let listed=scene.heads.filter(
head2=>head2.row>=0||head2===scene.chosen).sort((a,b)=>backward(b)-backward(a));options(heads,listed.map(head2=>[head2.name,
effectsOf(head2)]),scene.chosen?.name??""),scatter.draw(scene,view.wide?view.width-GAP-RIGHT:view.width,view.wide?432:scene.
brought==="other prompt"&&scene.prompts===1?200:224),bars2.draw(scene,view.wide?RIGHT:view.width,view.wide?10:6),showNumber()}
view.watch([...WORDS,"brought","chosen","found"]),view.onDraw(draw)}var repair_default={render};export{repair_default as default};
