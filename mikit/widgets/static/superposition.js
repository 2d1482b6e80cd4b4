// Generated from widgets/src by `npm run build`. Do not edit.
var ARRAYS={float32:Float32Array,uint8:Uint8Array,int32:Int32Array};function bytesOf(data){return data instanceof ArrayBuffer?
new Uint8Array(data):new Uint8Array(data.buffer,data.byteOffset,data.byteLength)}function decode(wire){let Type=ARRAYS[wire.
dtype],size=Type.BYTES_PER_ELEMENT,bytes=bytesOf(wire.data),wanted=wire.shape.reduce((a,b)=>a*b,1)*size;if(bytes.byteLength!==
wanted)throw new RangeError(`An array of shape [${wire.shape.join(", ")}] needs ${wanted} bytes, ${bytes.byteLength} cam\
e.`);return bytes.byteOffset%size!==0&&(bytes=bytes.slice()),new Type(bytes.buffer,bytes.byteOffset,bytes.byteLength/size)}function fill(element,attributes,children){for(let[name,value]of Object.entries(attributes))value===!0?element.setAttribute(
name,""):value!==!1&&element.setAttribute(name,String(value));element.append(...children)}function h(tag,attributes={},...children){
let element=document.createElement(tag);return fill(element,attributes,children),element}function svg(tag,attributes={},...children){
let element=document.createElementNS("http://www.w3.org/2000/svg",tag);return fill(element,attributes,children),element}
function textButton(label,signal,onClick){let button=h("button",{type:"button",class:"mikit-text-button"},label);return button.
addEventListener("click",onClick,{signal}),button}function withMinus(text){let typeset=text.replace("-","−");return/[1-9]/.test(typeset)?typeset:typeset.replace("−","")}
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
canSave,page.hidden=text.gone||text.frozen}}}function moved(key,from,rows,columns,up=!1){let[row,column]=from,hold=(value,count)=>Math.min(count-1,Math.max(0,value)),
down=up?-1:1;switch(key){case"ArrowRight":return[row,hold(column+1,columns)];case"ArrowLeft":return[row,hold(column-1,columns)];case"\
ArrowDown":return[hold(row+down,rows),column];case"ArrowUp":return[hold(row-down,rows),column];case"Home":return[row,0];case"\
End":return[row,columns-1];default:return null}}function gridKeys(element,signal,grid){element.addEventListener("keydown",
event=>{if(event.ctrlKey||event.metaKey||event.altKey)return;let[rows,columns]=grid.size();if(!rows||!columns)return;let up=grid.
up?.()??!1,at=grid.at(),start=[up?rows-1:0,0];if(event.key==="Escape")grid.leave();else if((event.key==="Enter"||event.key===
" ")&&at)grid.choose(at);else{let next=moved(event.key,at??start,rows,columns,up);if(!next)return;grid.move(at?next:start)}
event.preventDefault()},{signal})}function containKeys(root,signal){root.addEventListener("keydown",event=>{event.ctrlKey||
event.metaKey||event.shiftKey&&event.key==="Enter"||event.stopPropagation()},{signal})}function numberSlot(){let[label,value,unit,below]=["label","value","unit","below"].map(part=>h("span",{class:`mikit-numb\
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
model,host,signal,lose),signal.addEventListener("abort",()=>{clearTimeout(speech),root.remove()}),refresh(),view}function seedField(signal,now,change){let seed=h("input",{class:"mikit-input mikit-seed",type:"number",min:0,max:9999,step:1});
return seed.addEventListener("change",()=>{seed.value!==""&&seed.checkValidity()&&change(seed.valueAsNumber),seed.value=
String(now())},{signal}),[h("label",{class:"mikit-field"},"seed",seed),seed]}var REACH=1.45,SMALL_REACH=1.22,HEAD=7,NEAR=12,LABEL=11,BESIDE=6;function labelsOf(arrows,unit){let found=[];for(let one of arrows){
let same=found.find(other=>Math.hypot(other.right-one.right,other.up-one.up)*unit<NEAR);same?same.text+=`, ${one.feature}`:
found.push({right:one.right,up:one.up,text:`${one.feature}`})}return found.map(({right,up,text})=>{let length=Math.hypot(
right,up)||1,anchor=right>.4*length?"start":right<-.4*length?"end":"middle",gap=anchor==="middle"?LABEL:BESIDE;return{x:unit*
right+gap*right/length,y:-unit*up-gap*up/length,text,anchor}})}function head2(x,y,length){let[along,across2]=[[x/length,
y/length],[-y/length,x/length]],back=side=>`${(x-HEAD*along[0]+side*HEAD*across2[0]/2).toFixed(1)},${(y-HEAD*along[1]+side*
HEAD*across2[1]/2).toFixed(1)}`;return`${x.toFixed(1)},${y.toFixed(1)} ${back(1)} ${back(-1)}`}function arrowAt(arrow,unit){
let[x,y]=[unit*arrow.right,-unit*arrow.up],length=Math.hypot(x,y),kind=arrow.represented?"mikit-sp-arrow":"mikit-sp-arro\
w mikit-sp-out",stop=length>HEAD?(length-HEAD/2)/length:1,line2=svg("line",{class:kind,x2:(x*stop).toFixed(1),y2:(y*stop).
toFixed(1)});return length>HEAD?svg("g",{},line2,svg("polygon",{class:arrow.represented?"mikit-sp-tip":"mikit-sp-tip-out",
points:head2(x,y,length)})):line2}function bare(arrow,unit,kind){return svg("line",{class:kind,x2:(unit*arrow.right).toFixed(
1),y2:(-unit*arrow.up).toFixed(1)})}function large(column,side){let unit=side/2/REACH,arrows=column.trained?.arrows??[];
return[svg("line",{class:"mikit-sp-cross",x1:-side/2,x2:side/2}),svg("line",{class:"mikit-sp-cross",y1:-side/2,y2:side/2}),
svg("circle",{class:"mikit-sp-circle",r:unit}),...(column.untrained?.arrows??[]).map(one=>bare(one,unit,"mikit-sp-untrai\
ned")),...arrows.map(one=>arrowAt(one,unit)),...labelsOf(arrows.filter(one=>one.represented),unit).map(({x,y,text,anchor})=>svg(
"text",{class:"mikit-sp-name",x,y:y+4,"text-anchor":anchor},text))]}function small(column,side){let unit=side/2/SMALL_REACH;
return[svg("circle",{class:"mikit-sp-circle",r:unit}),...(column.trained?.arrows??[]).map(one=>bare(one,unit,one.represented?
"mikit-sp-line":"mikit-sp-line mikit-sp-out"))]}var GUTTER=32,LABELS=32,CHART=156,TOP=8,FOOT=24,KNOB=8,TALLEST=96,GUIDES=[[1,"1"],[1/2,"1/2"],[2/5,"2/5"]];function shareAt(share){
return TOP+(CHART-TOP-FOOT)*(1-share)}function band(scene,pitch,height){return svg("rect",{class:"mikit-sp-band",x:GUTTER+
scene.chosen*pitch,width:pitch,height})}function pictures(scene,pitch){let side=Math.min(pitch,TALLEST);return[band(scene,
pitch,side+LABELS),...scene.columns.map((column,i)=>svg("g",{transform:`translate(${GUTTER+(i+.5)*pitch} ${side/2})`},...small(
column,side))),...scene.columns.map(({sparsity},i)=>svg("text",{class:i===scene.chosen?"mikit-sp-axis mikit-sp-chosen":"\
mikit-sp-axis",x:GUTTER+(i+.5)*pitch,y:side+14,"text-anchor":"middle"},`${sparsity}`)),svg("text",{class:"mikit-sp-axis",
x:GUTTER,y:side+30},"sparsity: share of inputs without the feature →")]}function across(feature,features,pitch){return pitch*
(feature+1)/(features+1)}function dots(scene,pitch){return scene.columns.flatMap(({trained,untrained},i)=>{let x=feature=>GUTTER+
i*pitch+across(feature,scene.features,pitch);return[...(untrained?.arrows??[]).map(one=>svg("line",{class:"mikit-sp-cont\
rol",x1:x(one.feature)-4,x2:x(one.feature)+4,y1:shareAt(one.dimensions),y2:shareAt(one.dimensions)})),...(trained?.arrows??
[]).map(one=>one.represented?svg("circle",{class:"mikit-sp-dot",cx:x(one.feature),cy:shareAt(one.dimensions),r:3.5}):svg(
"circle",{class:"mikit-sp-none",cx:x(one.feature),cy:shareAt(0),r:3}))]})}function chart(scene,pitch,width){return[band(
scene,pitch,shareAt(0)+6),...[...GUIDES,[0,"0"]].flatMap(([share,text])=>[svg("line",{class:"mikit-sp-guide",x1:GUTTER,x2:width,
y1:shareAt(share),y2:shareAt(share)}),svg("text",{class:"mikit-sp-axis",x:GUTTER-6,y:shareAt(share)+4,"text-anchor":"end"},
text)]),...dots(scene,pitch),svg("text",{class:"mikit-sp-axis",x:GUTTER,y:CHART-5},"↑ dimensions each feature has · ○ no\
t represented · – untrained")]}function columnsPanel(signal,choose){let row=svg("svg",{class:"mikit-sp-row","aria-hid\
den":"true"}),plot=svg("svg",{class:"mikit-sp-row",role:"img"}),slider=h("input",{class:"mikit-sp-slider",type:"range",min:0,
step:1,"aria-label":"sparsity"});slider.addEventListener("input",()=>choose(slider.valueAsNumber),{signal});let pitch=1,
count=0;for(let target of[row,plot])target.addEventListener("click",event=>{let index=Math.floor((event.clientX-target.getBoundingClientRect().
left-GUTTER)/pitch);index>=0&&index<count&&choose(index)},{signal});return{element:h("div",{class:"mikit-sp-columns"},row,
slider,plot),slider,draw(scene,width){count=scene.columns.length,pitch=(width-GUTTER)/count;let side=Math.min(pitch,TALLEST);
for(let[target,height]of[[row,side+LABELS],[plot,CHART]])target.setAttribute("width",String(width)),target.setAttribute(
"height",String(height));row.replaceChildren(...pictures(scene,pitch)),plot.replaceChildren(...chart(scene,pitch,width));
let{sparsity,trained,figure}=scene.columns[scene.chosen];plot.setAttribute("aria-label",trained?`Dimensions of each feat\
ure by sparsity. At ${sparsity}: ${trained.count} features represented, ${figure}.`:"Dimensions of each feature by spars\
ity: not trained yet"),slider.max=String(count-1),slider.value=String(scene.chosen),slider.setAttribute("aria-valuetext",
`sparsity ${sparsity}`),slider.style.marginLeft=`${GUTTER+pitch/2-KNOB}px`,slider.style.width=`${(count-1)*pitch+2*KNOB}\
px`}}}var STOPS={diverging:{light:"#8A3B06 #C4661F #E39B5F #F4CFAE #F3F3F1 #B9D4EC #74A9DA #2F78C0 #0B4A8F",dark:"#FFBE7D #D98\
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
"2d")??null;return context?.setTransform(ratio,0,0,ratio,0,0),context}function drawPixels(context,pixels,columns,box){let rows=pixels.
length/columns;if(!pixels.length)return;let small3=document.createElement("canvas");small3.width=columns,small3.height=rows;
let bytes=new Uint8ClampedArray(pixels.buffer,pixels.byteOffset,pixels.byteLength);small3.getContext("2d")?.putImageData(
new ImageData(bytes,columns,rows),0,0),context.imageSmoothingEnabled=!1,context.drawImage(small3,box.x,box.y,box.width,box.
height)}var APPROXIMATE=.6;function drawCells(context,cells,box){let{values,rows,columns,map,exact}=cells,width=box.width/
columns,height=box.height/rows,pixels=new Uint32Array(rows*columns),later=[];for(let row=0;row<rows;row++){let line2=cells.
up?rows-1-row:row;for(let column=0;column<columns;column++){let from=row*columns+column,{t,mark}=place(values[from]??Number.
NaN,cells.limit,map.kind),cell2={x:box.x+column*width,y:box.y+line2*height,width,height};mark!=="×"&&(exact===null||exact[from])?
pixels[line2*columns+column]=packed(map.at(t)):mark!=="×"&&later.push(()=>drawSmall(context,map.css(t),cell2)),mark&&later.
push(()=>drawMark(context,mark,mark==="×"?cells.ink:inkOn(map.at(t)),cell2))}}drawPixels(context,pixels,columns,box);for(let draw of later)
draw()}function drawSmall(context,colour,cell2){let[width,height]=[cell2.width*APPROXIMATE,cell2.height*APPROXIMATE];context.
fillStyle=colour,context.fillRect(cell2.x+(cell2.width-width)/2,cell2.y+(cell2.height-height)/2,width,height)}function drawMark(context,mark,ink,cell2){
let arm=Math.min(4,.3*Math.min(cell2.width,cell2.height)),[x,y]=[cell2.x+cell2.width/2,cell2.y+cell2.height/2];context.strokeStyle=
ink,context.lineWidth=1,context.beginPath(),mark==="×"?(context.moveTo(x-arm,y-arm),context.lineTo(x+arm,y+arm),context.
moveTo(x-arm,y+arm),context.lineTo(x+arm,y-arm)):(context.moveTo(x-arm,y),context.lineTo(x+arm,y),mark==="+"&&(context.moveTo(
x,y-arm),context.lineTo(x,y+arm))),context.stroke()}var WIDE2=24,NARROW=20;function meaning(share){return share<.25?"left out":share<.75?"shares the dimension with feature \
0":"has the dimension alone"}var times=importance=>`${Number(importance.toPrecision(2))} ×`;function line(text,share,theme){
let swatch=h("span",{class:"mikit-sp-swatch"});return swatch.style.backgroundColor=colourMap("sequential",theme).css(share),
h("li",{},swatch,text)}function phasePanel(signal,say){let side=WIDE2,[diagram,theme,at]=[{values:new Float32Array,importance:[],
present:[]},"light",null],canvas=h("canvas",{tabindex:0,role:"application"}),mark=h("div",{class:"mikit-sp-mark",hidden:!0}),
[high,low,left,right]=[h("span",{}),h("span",{}),h("span",{}),h("span",{})],along=h("div",{class:"mikit-sp-along"},left,
right),map=h("div",{class:"mikit-sp-phase"},h("div",{class:"mikit-sp-title"},"Two features, one dimension"),h("div",{class:"\
mikit-sp-field"},h("div",{class:"mikit-sp-up"},high,low),h("div",{class:"mikit-sp-board"},canvas,mark)),along,h("div",{class:"\
mikit-sp-axes"},"↑ importance, feature 0 = 1 · rarer →")),scale=h("ul",{class:"mikit-sp-scale"}),read=h("p",{class:"\
mikit-sp-read"}),words2=h("div",{class:"mikit-sp-words"},h("div",{class:"mikit-sp-title"},"What becomes of feature 1"),scale,
read);function show(){let columns=diagram.present.length,value=at===null?void 0:diagram.values[at[0]*columns+at[1]];mark.
hidden=at===null,at&&(mark.style.width=mark.style.height=`${side}px`,mark.style.left=`${side*at[1]}px`,mark.style.top=`${side*
(diagram.importance.length-1-at[0])}px`);let text=at===null||value===void 0?"":`Importance ${times(diagram.importance[at[0]])}\
, in ${percent(diagram.present[at[1]])} of inputs: ${fixed(value)} dimensions, ${meaning(value)}.`;read.textContent=text||
"Point at a cell, or use the arrow keys.",read.classList.toggle("mikit-muted",!text),text&&say(text)}function move(to){at=
to,show()}return canvas.addEventListener("pointermove",event=>{if(!diagram.values.length)return;let box=canvas.getBoundingClientRect(),
[row,column]=[Math.floor((event.clientY-box.top)/side),Math.floor((event.clientX-box.left)/side)],[rows,columns]=[diagram.
importance.length,diagram.present.length];row>=0&&row<rows&&column>=0&&column<columns&&move([rows-1-row,column])},{signal}),
canvas.addEventListener("pointerleave",()=>move(null),{signal}),gridKeys(canvas,signal,{size:()=>diagram.values.length?[
diagram.importance.length,diagram.present.length]:[0,0],up:()=>!0,at:()=>at,move,choose:move,leave:()=>move(null)}),{map,
words:words2,leave:()=>move(null),draw(next,now,wide){[diagram,theme,side]=[next,now,wide?WIDE2:NARROW];let{importance,present,
values}=diagram,[rows,columns]=[importance.length,present.length],context=sizeCanvas(canvas,side*columns,side*rows);context&&
values.length&&drawCells(context,{values,rows,columns,limit:1,map:colourMap("sequential",theme),exact:null,up:!0,ink:"#0\
00000"},{x:0,y:0,width:side*columns,height:side*rows}),canvas.setAttribute("aria-label",values.length?"Dimensions that f\
eature 1 has, by its importance, upwards, and how rarely both features occur, to the right. Arrow keys read the cells.":
"Phase diagram: not trained yet"),[high.textContent,low.textContent]=[times(importance.at(-1)??1),times(importance[0]??1)],
[left.textContent,right.textContent]=[`in ${percent(present[0]??1)}`,`in ${percent(present.at(-1)??1)}`],along.style.width=
`${side*columns}px`,scale.replaceChildren(line("1: has the dimension alone",1,theme),line("1/2: shares it with feature 0",
.5,theme),line("0: left out",0,theme)),show()}}}var REPRESENTED=.5;function toys(weights,dimensionality,loss){let[flat,dimensions,losses]=[decode(weights),decode(dimensionality),
decode(loss)],[count=0,features=0]=weights.shape;return Array.from({length:count},(_,toy)=>{let arrows=Array.from({length:features},
(_2,feature)=>{let at=toy*features+feature,[right,up]=[flat[2*at],flat[2*at+1]],length=Math.hypot(right,up);return{feature,
right,up,length,represented:length>REPRESENTED,dimensions:dimensions[at]}});return{arrows,count:arrows.filter(one=>one.represented).
length,loss:losses[toy]}})}function sceneOf(model){let trained=toys(model.get("weights"),model.get("dimensionality"),model.
get("loss")),untrained=toys(model.get("weights_control"),model.get("dimensionality_control"),model.get("loss_control")),
[figures,agree]=[model.get("figures"),model.get("agree")];return{columns:model.get("sparsities").map((sparsity,i)=>({sparsity,
trained:trained[i]??null,untrained:untrained[i]??null,figure:figures[i]??"",agree:agree[i]??0})),features:trained[0]?.arrows.
length??model.get("features"),chosen:model.get("chosen")}}var WIDE3=256,NARROW2=216,GAP=24,FEATURES=[2,3,4,5,6,7,8],IMPORTANCES=[1,.9,.7,.5],PAIRS=["independent","correlated","an\
ticorrelated"],LANES=["train","phase"],small2=loss=>loss===0?"0":loss<.001?fixed(loss,5):fixed(loss,4);function select(label,options,signal,chosen){
let list=h("select",{class:"mikit-select"},...options.map(([value,text])=>h("option",{value},text)));return list.addEventListener(
"change",()=>chosen(list.value),{signal}),[h("label",{class:"mikit-field"},label,list),list]}var importanceText=share=>share===
1?"equal":`falling × ${share}`;function render({model,el,signal}){let scene=sceneOf(model);function table(){let ratio=model.
get("importance"),arrows=scene.columns.flatMap(({sparsity,trained,untrained})=>(trained?.arrows??[]).map((one,i)=>[`${scene.
features} in 2`,sparsity,one.feature,ratio**one.feature,one.length,one.dimensions,Math.atan2(one.up,one.right)*180/Math.
PI,untrained?.arrows[i]?.length??Number.NaN,untrained?.arrows[i]?.dimensions??Number.NaN])),[present,values,lengths]=[model.
get("phase_present"),decode(model.get("phase")),decode(model.get("phase_length"))],cells=Array.from(values,(value,i)=>["\
2 in 1",1-present[i%present.length],1,model.get("phase_importance")[Math.floor(i/present.length)],lengths[i],value,"","",
""]);return{caption:"Each feature's direction: its length, the dimensions it has, its angle in degrees; and before train\
ing.",columns:["features","sparsity","feature","importance","length","dimensions","angle","untrained length","untrained \
dimensions"],rows:[...arrows,...cells]}}let view=frame(model,el,signal,{name:"superposition",table,reset:()=>phase.leave()}),
start=h("button",{type:"button",class:"mikit-primary"},"Start");start.addEventListener("click",()=>view.set({started:!0},
LANES),{signal});let again=()=>model.get("started")?["train"]:[],known=[...new Set([...IMPORTANCES,model.get("importance")])].
sort((a,b)=>b-a),[featuresLabel,features]=select("features",FEATURES.map(n=>[`${n}`,`${n}`]),signal,value=>view.set({features:Number(
value)},again())),[importanceLabel,importance]=select("importance",known.map(share=>[`${share}`,importanceText(share)]),
signal,value=>view.set({importance:Number(value)},again())),[pairsLabel,pairs]=select("pairs",PAIRS.map(name=>[name,name]),
signal,value=>view.set({pairs:value},again())),[seedLabel,seed]=seedField(signal,()=>model.get("seed"),value=>view.set({
seed:value},model.get("started")?LANES:[]));view.inputs.append(start,featuresLabel,importanceLabel,pairsLabel,seedLabel);
for(let control of[start,features,importance,pairs,seed])view.needsKernel(control);let columns=columnsPanel(signal,index=>{
view.set({chosen:index}),view.draw()}),picture=svg("svg",{class:"mikit-sp-picture",role:"img"}),caption=h("p",{class:"mi\
kit-sp-caption"}),facts=h("p",{class:"mikit-sp-facts"}),plane=h("div",{class:"mikit-sp-plane"},picture,caption,view.number.
element,facts),phase=phasePanel(signal,view.say);view.stage.append(h("div",{class:"mikit-sp-stage"},columns.element,plane,
phase.map,phase.words)),view.tie(columns.element,"train"),view.tie(plane,"train"),view.tie(phase.map,"phase");function showNumber(){
let[{sparsity,trained,untrained},dense]=[scene.columns[scene.chosen],scene.columns[0]];view.number.show({label:`features\
 at sparsity ${sparsity}`,value:trained?`${trained.count}`:"–",unit:`of ${scene.features} in 2 dimensions`,below:trained?
`dense ${dense.trained.count} · untrained ${untrained.count}`:"not trained yet"})}function draw(){scene=sceneOf(model);
let busy=model.get("status").state==="busy";start.textContent=busy&&model.get("started")?"Start again":scene.columns[0].
trained?"Train again":"Start",[features.value,importance.value,pairs.value,seed.value]=[model.get("features"),model.get(
"importance"),model.get("pairs"),model.get("seed")].map(String),columns.draw(scene,view.wide?view.width-WIDE3-GAP:view.width);
let{sparsity,trained,untrained,figure,agree}=scene.columns[scene.chosen],side=view.wide?WIDE3:NARROW2;picture.setAttribute(
"width",String(side)),picture.setAttribute("height",String(side)),picture.setAttribute("viewBox",`${-side/2} ${-side/2} ${side}\
 ${side}`),picture.replaceChildren(...large(scene.columns[scene.chosen],side)),picture.setAttribute("aria-label",trained?
`Features as arrows at sparsity ${sparsity}: ${figure}, ${trained.count} of ${scene.features} represented`:"Features as \
arrows: not trained yet"),caption.textContent=trained?figure:" ",facts.textContent=trained?`${model.get("step")} update\
s · loss ${small2(trained.loss)}, untrained ${small2(untrained.loss)} · best of ${model.get("draws")} starts, ${agree}\
 of them with ${trained.count} features`:" ",phase.draw({values:decode(model.get("phase")),importance:model.get("phase_\
importance"),present:model.get("phase_present")},view.theme,view.wide),showNumber()}view.watch(["weights","phase","figur\
es","features","importance","pairs","seed","started","chosen","status"]),view.onDraw(draw)}var superposition_default={render};export{superposition_default as default};
