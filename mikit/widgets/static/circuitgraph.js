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
value,digits)}`:fixed(value,digits)}function percent(share){return share>0&&share<.005?"<1 %":`${fixed(Math.round(100*share),
0)} %`}function download(name,blob){let link=document.createElement("a");link.href=URL.createObjectURL(blob),link.download=name,
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
"canvas").forEach((canvas2,i)=>{let image=document.createElement("img");image.src=drawn[i].toDataURL(),image.className=canvas2.
className,image.style.cssText=canvas2.style.cssText,canvas2.replaceWith(image)});for(let chrome of clone.querySelectorAll(
CHROME))chrome.remove();let style=getComputedStyle(root);for(let name of["--jp-ui-font-family","--jp-code-font-family","\
--jp-layout-color0"]){let value=style.getPropertyValue(name);value&&clone.style.setProperty(name,value)}return Object.assign(
clone.style,{width:`${root.clientWidth+2*MARGIN}px`,padding:`${MARGIN}px`,border:"0"}),clone}function heightOf(clone){let shelf=document.
createElement("div");shelf.style.cssText="position:fixed;left:-10000px;top:0;visibility:hidden",shelf.append(clone),document.
body.append(shelf);let height=Math.floor(clone.getBoundingClientRect().height);return shelf.remove(),height}async function figurePng(root){
let clone=withoutChrome(root),[width,height,zoom]=[root.clientWidth+2*MARGIN,heightOf(clone),2],style=document.createElement(
"style");style.textContent=ownRules(),clone.prepend(style),clone.setAttribute("xmlns","http://www.w3.org/1999/xhtml");let body=new XMLSerializer().
serializeToString(clone),source=`<svg xmlns="http://www.w3.org/2000/svg" width="${width*zoom}" height="${height*zoom}" v\
iewBox="0 0 ${width} ${height}"><foreignObject width="${width}" height="${height}">${body}</foreignObject></svg>`,image=new Image;
image.src=`data:image/svg+xml;charset=utf-8,${encodeURIComponent(source)}`,await image.decode();let canvas2=document.createElement(
"canvas");return[canvas2.width,canvas2.height]=[width*zoom,height*zoom],canvas2.getContext("2d")?.drawImage(image,0,0),new Promise(
(resolve,reject)=>{canvas2.toBlob(blob=>blob?resolve(blob):reject(new Error("The browser made no picture.")),"image/png")})}var ANSWER_MS=1500;function copyButton(label,signal,copy){let button=textButton(label,signal,()=>{copy().then(copied=>copied?
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
model,host,signal,lose),signal.addEventListener("abort",()=>{clearTimeout(speech),root.remove()}),refresh(),view}var BYTES=/((?:⟨[0-9A-F]{2}(?: [0-9A-F]{2})*⟩)+)/;function joinBytes(run){return`⟨${(run.match(/[0-9A-F]{2}/g)??[]).
join(" ")}⟩`}function pieces(text){if(text==="")return[{text:"∅",muted:!0}];let spaces=/^ */.exec(text)?.[0].length??
0,out=spaces?[{text:"·".repeat(spaces),muted:!0}]:[],rest=text.slice(spaces).replaceAll("\r","␍");for(let part of rest.
split(/(\n+|\t+)/).flatMap(piece=>piece.split(BYTES)))part!==""&&(part[0]===`
`?out.push({text:"⏎".repeat(part.length),muted:!0}):part[0]==="	"?out.push({text:"⇥".repeat(part.length),muted:!0}):
BYTES.test(part)?out.push({text:joinBytes(part),muted:!0}):out.push({text:part,muted:!1}));return out}function tokenLabel(text){
return pieces(text).map(piece=>piece.text).join("")}function middle(text,max){let characters=[...text];if(characters.length<=
max)return text;let head2=Math.ceil((max-1)/2),tail=max-1-head2;return`${characters.slice(0,head2).join("")}…${tail?characters.
slice(-tail).join(""):""}`}function tokenSpan(token){let span=h("span",{class:token.special?"mikit-token mikit-token-spe\
cial":"mikit-token"});for(let piece of pieces(token.text))span.append(piece.muted?h("span",{class:"mikit-token-mark"},piece.
text):piece.text);return span}var box=(kind,...children)=>h("div",{class:`mikit-cg-${kind}`},...children),rect=(kind,x,y,width,height)=>svg("rect",{class:`\
mikit-cg-${kind}`,x,y,width:Math.max(0,width),height}),line=(kind,x1,y1,x2,y2)=>svg("line",{class:`mikit-cg-${kind}`,x1,
y1,x2,y2}),word=(x,y,text,anchor="start")=>svg("text",{class:"mikit-cg-axis",x,y,"text-anchor":anchor},text);var Z=1.959964,TALL=14;function wilson(right,n){let[share,z]=[right/n,Z*Z],[middle2,half]=[share+z/(2*n),Z*Math.sqrt(share*
(1-share)/n+z/(4*n*n))],held=value=>Math.min(1,Math.max(0,value/(1+z/n)));return[share,held(middle2-half),held(middle2+half)]}
var NAMES=[["replacement","replacement",.01],["completeness","completeness",.01],["agreement","signs right",.1]],BARS=11;
function covered(coverage,rule){let{agreement,prompts,shuffled}=coverage,meets=name=>p=>coverage[name][p]>=Math.fround(rule[name]),
run=prompts.map((_,p)=>p).filter(p=>isFinite(agreement[p])),scored=run.filter(meets("replacement")).filter(meets("comple\
teness")),met=scored.filter(meets("agreement")),bar=Math.ceil(10*rule.agreement-1e-6),chance=scored.reduce((sum,p)=>sum+
shuffled[BARS*p+bar],0)/run.length;return[...wilson(met.length,run.length),run.length,chance]}var barInWords=(rule,name)=>fixed(
rule[name],name==="agreement"?1:2),range=([share,...ends])=>percent(share)+(ends.length?` [${ends.map(one=>Math.round(100*
one)).join(", ")}]`:"");function dialOf(signal,moved,stating){let now={replacement:0,completeness:0,agreement:0},sliders=NAMES.
map(([name,label,step])=>{let input=h("input",{type:"range",class:"mikit-cg-slider",min:0,max:1,step,"aria-label":`Rule:\
 ${label} at least`}),here=h("b",{});return input.addEventListener("input",()=>moved({...now,[name]:input.valueAsNumber}),
{signal}),{name,input,here,element:h("label",{class:"mikit-cg-bar-of"},h("span",{},`${label} ≥ `,here),input)}}),state=h(
"button",{type:"button",class:"mikit-primary"},"State this rule");state.addEventListener("click",stating,{signal});let words2=box(
"covered"),chart=svg("svg",{height:TALL,role:"img"}),said=box("said"),about=box("about"),figure2=box("share",words2,chart,
about);function draw(coverage,rule,stated,width){let[share,low,high,n,chance]=covered(coverage,rule),asStated=stated&&NAMES.
every(([name])=>rule[name]===stated[name]),own=asStated&&coverage.stated||[share,low,high],shuffled=asStated&&coverage.stated_shuffled||
[chance],x=share2=>1+share2*(width-2),all=coverage.prompts.length;n&&(words2.replaceChildren("covered ",h("b",{},range(own)),
` of ${n}${n<all?` (${all} in all)`:""}, shuffled ${range(shuffled)}`),chart.append(...shuffled.length>1?[rect("band",x(
shuffled[1]),0,x(shuffled[2])-x(shuffled[1]),TALL)]:[],line("random",x(shuffled[0]),0,x(shuffled[0]),TALL),rect("measure\
d mikit-cg-pos",x(0),3,x(own[0])-x(0),8),line("whisker",x(own[1]),TALL/2,x(own[2]),TALL/2),...coverage.stated?[line("sta\
ted",x(coverage.stated[0]),0,x(coverage.stated[0]),TALL)]:[]))}return{state,figure:figure2,element:box("dial",figure2,...sliders.
map(({element})=>element),box("state",state,said)),show({coverage,rule,stated,count,live,running,width}){now=rule;for(let{
name,input,here}of sliders)input.value=String(rule[name]),input.setAttribute("value",input.value),here.textContent=barInWords(
rule,name);let all=coverage?.prompts.length??0,begun=coverage?covered(coverage,rule)[3]:0;state.hidden=!live||!all||stated!==
null&&(running||begun===all),state.textContent=stated?"Go on":"State this rule",said.hidden=!state.hidden,said.textContent=
stated?`│ stated ${NAMES.map(([name])=>barInWords(stated,name)).join("/")}${coverage?.stated?`
${range(coverage.stated)}`:""}`:"",words2.textContent=all?stated?"The prompts are run.":live?`State a rule: ${all} promp\
ts are run then.`:"No rule was stated.":"No prompts were given.",chart.setAttribute("width",String(width)),chart.replaceChildren(
line("base",1,TALL/2,width-1,TALL/2)),about.textContent=`${coverage?.count??count} neurons, unpruned; signs of the 10 st\
rongest`,coverage&&draw(coverage,rule,stated,width),chart.setAttribute("aria-label",words2.textContent)}}}var ARRAYS={float32:Float32Array,uint8:Uint8Array,int32:Int32Array};function bytesOf(data){return data instanceof ArrayBuffer?
new Uint8Array(data):new Uint8Array(data.buffer,data.byteOffset,data.byteLength)}function decode(wire){let Type=ARRAYS[wire.
dtype],size=Type.BYTES_PER_ELEMENT,bytes=bytesOf(wire.data),wanted=wire.shape.reduce((a,b)=>a*b,1)*size;if(bytes.byteLength!==
wanted)throw new RangeError(`An array of shape [${wire.shape.join(", ")}] needs ${wanted} bytes, ${bytes.byteLength} cam\
e.`);return bytes.byteOffset%size!==0&&(bytes=bytes.slice()),new Type(bytes.buffer,bytes.byteOffset,bytes.byteLength/size)}var NEURON=0,REST=1,EMBEDDING=2,OUTPUT=3,GROUP=4;function decoded(wire){return Object.fromEntries(Object.entries(wire).map(
([name,one])=>[name,one?.dtype?decode(one):one]))}function graphOf(wire){if(!wire)return null;let graph=decoded(wire),{kind,
effect,value_of,to,weight}=graph,response=Float32Array.from(effect,(one,n)=>kind[n]===OUTPUT?1:value_of[n]?one/value_of[n]:
NaN);return{...graph,brings:Float32Array.from(weight,(one,e)=>one*(isFinite(response[to[e]])?response[to[e]]:1)),place:new Map(
wire.ids.map((id,n)=>[id,n]))}}var levelsOf=wire=>wire&&decoded(wire);function levelCount(graph,levels){return levels?.kept.
length??(graph?.ids.length?1+graph.since.reduce((most,one)=>Math.max(most,one),0):10)}var coverageOf=wire=>wire&&decoded(
wire);var strongest=({ids,effect})=>ids.map((_,i)=>i).sort((a,b)=>Math.abs(effect[b])-Math.abs(effect[a])||a-b),mean=values=>values.
reduce((sum,one)=>sum+one,0)/values.length;function drawnOf(graph,level,groups){let here=n=>graph.since[n]<=level,at=new Int32Array(
graph.ids.length).fill(-1),[ids,kind,node,members]=[[],[],[],[]],add=(id,what,own,all)=>{for(let n of all)at[n]=ids.length;
ids.push(id),kind.push(what),node.push(own),members.push(all)};for(let{name,nodes}of groups){let all=nodes.map(id=>graph.
place.get(id)??-1).filter(n=>n>=0&&at[n]===-1&&here(n));all.length&&add(name,GROUP,-1,all)}graph.ids.forEach((id,n)=>{at[n]===
-1&&here(n)&&add(id,graph.kind[n],n,[n])});let[from,to,brings]=[[],[],[]],joined=new Map;for(let e=0;e<graph.from.length;e++){
if(graph.edge_since[e]>level)continue;let[a,b]=[at[graph.from[e]],at[graph.to[e]]];if(a<0||b<0||a===b)continue;let several=kind[a]===
GROUP||kind[b]===GROUP,there=several?joined.get(a*ids.length+b):void 0;if(there!==void 0){brings[there]+=graph.brings[e];
continue}several&&joined.set(a*ids.length+b,from.length),from.push(a),to.push(b),brings.push(graph.brings[e])}let entering=new Float32Array(
ids.length);to.forEach((b,e)=>{entering[b]+=Math.abs(brings[e])});let of=(values,how)=>Float32Array.from(members,all=>how(
all.map(n=>values[n])));return{ids,kind:Uint8Array.from(kind),node:Int32Array.from(node),members,layer:of(graph.layer,mean),
position:of(graph.position,mean),effect:of(graph.effect,all=>all.reduce((sum,one)=>sum+one,0)),from:Int32Array.from(from),
to:Int32Array.from(to),brings:Float32Array.from(brings),share:Float32Array.from(brings,(one,e)=>Math.abs(one)/(entering[to[e]]||
1)),place:new Map(ids.map((id,n)=>[id,n]))}}function counted(graph,drawn){let all=drawn.members.flat(),neurons=all.filter(
n=>graph.kind[n]===NEURON).length,ends=all.filter(n=>graph.kind[n]===EMBEDDING||graph.kind[n]===OUTPUT).length;return{neurons,
rest:all.length-neurons-ends,edges:drawn.from.length}}function options(select,all,chosen){select.length===all.length&&all.every(([value,label],i)=>select.options[i].value===value&&
select.options[i].text===label)||select.replaceChildren(...all.map(([value,label])=>h("option",{value},label))),select.value=
chosen}function selectField(label,signal,changed){let select=h("select",{class:"mikit-select","aria-label":label});return select.
addEventListener("change",()=>changed(select.value),{signal}),select}function textField(label,signal,changed,placeholder=""){
let field=h("input",{type:"text",class:"mikit-input","aria-label":label,placeholder,spellcheck:"false",autocomplete:"off"});
return field.addEventListener("change",()=>changed(field.value),{signal}),field}var written=text=>text.replace(/^ +/,spaces=>"·".repeat(spaces.length)),meant=text=>text.replace(/^·+/,dots=>" ".repeat(
dots.length));var ONE="One token. The dot stands for a space: in mid-sentence a word begins with one.",Inputs=class{constructor(model,signal,give){
this.model=model;let token=(name,label,hint)=>{let field=textField(label,signal,text=>give({[name]:meant(text)}),hint);return field.
title=ONE,field};this.texts={prompt:textField("Prompt",signal,prompt=>give({prompt})),answer:token("answer","Answer","an\
swer"),foil:token("foil","Foil: left empty, the answer's logit itself","no foil")},this.count=selectField("How many neur\
ons",signal,count=>give({count:Number(count)})),this.examples=selectField("Examples",signal,i=>{let{prompt,answer,foil}=model.
get("examples")[Number(i)];give({prompt,answer,foil})}),this.controls=[...Object.values(this.texts),this.count,this.examples],
this.element=box("row",...this.controls)}model;texts;count;examples;controls;element;draw(){let{model}=this,[examples,count]=[
model.get("examples"),model.get("count")];for(let[name,field]of Object.entries(this.texts))field.matches(":focus")||(field.
value=written(model.get(name)));let counts=[...new Set([...model.get("counts"),count])].sort((a,b)=>a-b);options(this.count,
counts.map(one=>[`${one}`,`${one} neurons`]),`${count}`),options(this.examples,[["","Examples"],...examples.map(({label},i)=>[
`${i}`,label])],""),this.examples.hidden=examples.length===0}};function outputOf({answer,foil}){return foil?`${tokenLabel(answer)} − ${tokenLabel(foil)}`:answer&&tokenLabel(answer)}
function side({answer,foil},up){return answer?up?`toward ${tokenLabel(answer)}`:foil?`toward ${tokenLabel(foil)}`:`away \
from ${tokenLabel(answer)}`:up?"up":"down"}function toward(graph,effect){return effect?`${effect>0?"▲":"▼"} ${side(graph,
effect>0)}`:""}var many=(count,what)=>`${count} ${what}${count===1?"":"s"}`;function nameOf(graph,n){let at=`${tokenLabel(
graph.tokens[graph.position[n]]??"")} (${graph.position[n]})`;switch(graph.kind[n]){case NEURON:return`L${graph.layer[n]}\
 neuron ${graph.feature[n]} at ${at}`;case REST:return`L${graph.layer[n]} rest at ${at}`;case EMBEDDING:return`token ${at}`;default:
return`output ${outputOf(graph)}`.trimEnd()}}function shortName(graph,n){return graph.kind[n]===NEURON?`L${graph.layer[n]}\
 ${graph.feature[n]}`:graph.kind[n]===REST?`L${graph.layer[n]} rest`:graph.kind[n]===EMBEDDING?tokenLabel(graph.tokens[graph.
position[n]]??""):outputOf(graph)}function drawnName(graph,drawn,i){return drawn.kind[i]===GROUP?`${drawn.ids[i]}: ${many(
drawn.members[i].length,"node")} as one`:nameOf(graph,drawn.node[i])}function effectInWords(graph,drawn,i){let[n,effect]=[
drawn.node[i],drawn.effect[i]];return drawn.kind[i]===OUTPUT?`${graph.value===null?"":`${signed(graph.value)} logits, `}\
what all ways lead to`:`${n>=0&&drawn.kind[i]===NEURON&&isFinite(graph.value_of[n])?`value ${signed(graph.value_of[n])},\
 `:""}effect ${signed(effect)} logits ${toward(graph,effect)}`.trimEnd()}function litInWords(drawn,edges){let rest=edges.
filter(e=>drawn.kind[drawn.from[e]]===REST).length;return`${many(edges.length,"edge")} lit, its strongest ways up and do\
wn${rest?`; ${rest} from the rest`:""}`}function legendOf(graph){return`● neuron  ◆ rest: neurons not drawn  ■ token, ou\
tput. Filled blue: ${side(graph,!0)}. Hollow orange: ${side(graph,!1)}. Lines alike, dashed when negative and lit.`}var HOWS={
ablate:"switched off",boost:"doubled",swap:"swapped in"};function testInWords({name,how,other}){return`${name} ${HOWS[how]}${how===
"swap"?` from “${other}”`:""}`}var DRAWS="8 random sets",figure=value=>isNaN(value)?"–":Math.abs(value)<.005?"0":signed(
value);function outcomeInWords({predicted,measured}){return`predicted ${figure(predicted)} · measured ${figure(measured)}`}
var spanInWords=([value,low,high])=>isNaN(value)?"–":`${figure(value)}, from ${figure(low)} to ${figure(high)}`,randomInWords=random=>`${DRAWS}\
: ${spanInWords(random)}`;function keptInWords(graph,drawn){let{neurons,rest,edges}=counted(graph,drawn);return[many(neurons,
"neuron"),`${rest} rest`,many(edges,"edge")].join(", ")}function levelInWords(levels,level){let at=name=>levels?.[name][level]??
NaN,share=value=>isNaN(value)?"–":fixed(value);return[["replacement",share(at("replacement")),"Of all influence, how m\
uch begins in tokens, not in the rest, and so runs through drawn neurons all the way."],["completeness",share(at("comple\
teness")),"How much of what enters the nodes, weighted by influence, comes from drawn neurons or tokens, not from the re\
st."],["all off, logits: predicted",figure(at("predicted")),"How the graph says the output moves."],["measured",figure(at(
"measured")),"How it moves in the model."],[DRAWS,spanInWords([at("random"),at("random_low"),at("random_high")]),"As man\
y others, same layers and positions: mean, lowest, highest."]]}var TALL2=38,PAD=6,FOOT=12;function axisOf(values,width){let known=[0,...values.filter(isFinite)],[low,high]=[Math.min(...known),
Math.max(...known)];return value=>PAD+(width-2*PAD)*(value-low)/(high-low||1)}function outcomeOf(outcome,guess,width,named){
let{predicted,measured,random:[middle2,low,high]}=outcome,x=axisOf([predicted,measured,low,high,...guess===null?[]:[guess]],
width),bar=(kind,value,y,tall)=>isFinite(value)?[rect(`${kind} mikit-cg-${value<0?"neg":"pos"}`,Math.min(x(0),x(value)),
y,Math.max(1.5,Math.abs(x(value)-x(0))),tall)]:[],you=guess===null?[]:[svg("path",{class:"mikit-cg-you",d:`M${x(guess)} ${TALL2-
17}l6 6l-6 6l-6 -6z`}),word(x(guess)+(x(guess)>width/2?-9:9),TALL2-7,`you: ${figure(guess)}`,x(guess)>width/2?"end":"sta\
rt")];return box("outcome",...named?[box("small",testInWords(outcome))]:[],svg("svg",{width,height:TALL2+FOOT,role:"img",
"aria-label":`${testInWords(outcome)}: ${outcomeInWords(outcome)} logits; ${randomInWords(outcome.random)}${guess===null?
"":`; you: ${figure(guess)}`}`},...isFinite(low)?[rect("band",x(low),0,Math.max(2,x(high)-x(low)),TALL2),line("random",x(
middle2),0,x(middle2),TALL2)]:[],...bar("predicted",predicted,5,8),...bar("measured",measured,19,14),...you,line("base",
x(0),0,x(0),TALL2),word(x(0),TALL2+10,"0",x(0)<12?"start":x(0)>width-12?"end":"middle")),box("verdict",outcomeInWords(outcome)),
box("small mikit-muted",`logits; ${randomInWords(outcome.random)}`))}var HOWS2=[["ablate","Switch off","to 0"],["boost","Double","to twice their value"],["swap","Swap in","to what they are \
in the other prompt"]],LISTED=4,EXAMPLES=2,AROUND=6,Inspector=class{constructor(model,signal,act,give){this.model=model;
this.name=textField("Name of the group",signal,()=>{},"name");let group=()=>{act.group(this.name.value.trim()||`group ${model.
get("groups").length+1}`),this.name.value=""};this.name.addEventListener("keydown",event=>{event.key==="Enter"&&group()},
{signal}),this.grouping=box("line mikit-chrome",this.pins,this.name,textButton("Group",signal,group),textButton("Unpin",
signal,()=>act.unpin())),this.ungroup=textButton("Ungroup",signal,()=>act.ungroup()),this.ungroup.classList.add("mikit-c\
hrome"),this.other=textField("Prompt to swap in from",signal,give,"other prompt, as many tokens"),this.other.hidden=!0;let buttons=HOWS2.
map(([how,label,title])=>{let button=h("button",{type:"button",class:"mikit-cg-do",title:`Sets these neurons ${title}`},
label);return button.addEventListener("click",()=>{if(how==="swap"&&(this.other.hidden||!model.get("other")))return this.
other.hidden=!1,this.other.focus();this.shown=-1,act.test(how,this.about.name,this.about.nodes)},{signal}),button});this.
testing=box("testing mikit-chrome",box("line",...buttons),this.other),this.forget=textButton("Forget tests",signal,()=>act.
forget());let file=h("input",{type:"file",accept:".json,application/json",hidden:!0,"aria-label":"A graph file"});file.addEventListener(
"change",()=>{let[chosen]=file.files??[];chosen&&chosen.arrayBuffer().then(content=>act.file(chosen.name,content)),file.
value=""},{signal});let open=textButton("Open file",signal,()=>file.click()),keep=textButton("Keep as file",signal,()=>act.
keep());this.controls=[...buttons,this.other,open,keep,this.forget],this.past=selectField("Which test is shown",signal,i=>{
this.shown=Number(i),this.drawOutcome(this.width)});let answers=box("answers",this.past,this.outcome);this.fading={test:answers,
examples:this.detail},this.element=box("inspector",box("scroll",box("what",box("line",this.title,this.ungroup),this.effect,
this.grouping,this.testing),answers,this.detail),this.wrong,box("line mikit-cg-files mikit-chrome",file,open,keep,h("spa\
n",{class:"mikit-gap"}),this.forget))}model;title=box("title");effect=box("effect");pins=h("span",{});name;grouping;ungroup;testing;outcome=box(
"answer");past;forget;detail=box("detail");wrong=h("p",{class:"mikit-error",role:"alert"});other;controls;fading;element;about={
name:"",nodes:[]};shown=-1;width=0;reset(){this.shown=-1,this.name.value=""}draw(graph,drawn,width){let{model}=this,[chosen,
pinned,problem]=[model.get("chosen"),model.get("pinned"),model.get("problem")],i=drawn?.place.get(chosen)??-1,nodes=(i>=
0?drawn.members[i]:[]).filter(n2=>graph.kind[n2]===NEURON).map(n2=>graph.ids[n2]),name=i<0?"":drawn.kind[i]===GROUP?chosen:
drawnName(graph,drawn,i);this.about={name,nodes};let label=graph?.labels[chosen],n=graph?.place.get(chosen)??-1;this.title.
textContent=i>=0?`${drawnName(graph,drawn,i)}${label?` “${label}”`:""}`:n>=0?nameOf(graph,n):chosen||"Click a node t\
o pin it",this.effect.textContent=i>=0?effectInWords(graph,drawn,i):chosen?"Pruned at this level: the slider brings it b\
ack.":"Several pins can be made one group, and what is chosen can be tested in the model.",this.ungroup.hidden=i<0||drawn.
kind[i]!==GROUP,this.grouping.hidden=pinned.length<2,this.pins.textContent=`${pinned.length} pins`,this.testing.hidden=nodes.
length===0,this.other.matches(":focus")||(this.other.value=model.get("other")),this.width=width,this.drawOutcome(width),
this.drawDetail(graph,drawn,i),this.wrong.textContent=problem&&`× ${problem}`}drawOutcome(width){let[all,asked]=[this.model.
get("outcome"),this.model.get("tests").length],at=this.shown>=0&&this.shown<all.length?this.shown:all.length-1,guess=this.
model.get("predicted");this.outcome.replaceChildren(...all.length?[outcomeOf(all[at],at===0?guess:null,width,all.length===
1)]:guess===null?[]:[box("small",`◇ you: ${figure(guess)} for the first test`)],...asked>all.length?[box("small mikit-\
muted",`${asked-all.length} more being tested`)]:[]),this.past.hidden=all.length<2,options(this.past,all.map((one,i)=>[`${i}`,
`${i+1} of ${all.length}: ${testInWords(one)}`]),`${at}`),[...this.past.options].forEach((one,i)=>one.toggleAttribute("s\
elected",i===at)),this.forget.hidden=all.length===0}drawDetail(graph,drawn,i){let found=this.model.get("detail");if(i>=0&&
drawn.kind[i]===GROUP){let names=drawn.members[i].map(n=>shortName(graph,n));return this.detail.replaceChildren(box("sma\
ll mikit-muted",`Its members: ${names.join(", ")}`))}if(i<0||!found||found.id!==drawn.ids[i])return this.detail.replaceChildren();
this.detail.replaceChildren(box("two",list("promotes ▲",found.promoted),list("suppresses ▼",found.suppressed)),...found.
other?[box("other",`another of its layer: ${[found.other.promoted[0],found.other.suppressed[0]].flatMap(one=>one?[`${tokenLabel(
one.token)} ${signed(one.value)}`]:[]).join(", ")}`)]:[],...found.examples.length?[box("small mikit-muted","strongest in\
 ordinary texts"),...found.examples.slice(0,EXAMPLES).map(example)]:[])}};function list(title,all){return h("div",{},box(
"small mikit-muted",title),...all.slice(0,LISTED).map(({token,value})=>box("promoted",h("span",{class:"mikit-token"},middle(
tokenLabel(token),9)),h("span",{},signed(value)))))}function example({tokens,values,centre}){let spans=tokens.map(text=>tokenSpan(
{text,special:!1}));spans[centre]?.classList.add("mikit-cg-peak");let place2=box("example",h("span",{class:"mikit-cg-bef\
ore"},h("span",{},...spans.slice(Math.max(0,centre-AROUND),centre))),h("span",{class:"mikit-cg-after"},...spans.slice(centre,
centre+AROUND)));return place2.title=`${tokens.join("")} (${signed(values[centre]??NaN)})`,place2}function sizeCanvas(canvas2,width,height){let ratio=globalThis.devicePixelRatio||1;canvas2.width=Math.ceil(width*ratio),
canvas2.height=Math.ceil(height*ratio),canvas2.style.width=`${width}px`,canvas2.style.height=`${height}px`;let context=canvas2.
getContext?.("2d")??null;return context?.setTransform(ratio,0,0,ratio,0,0),context}function spread(places,gap,lowest){let order=places.map((_,i)=>i).sort((a,b)=>places[a]-places[b]),found=[...places];order.
forEach((at,i)=>{i&&(found[at]=Math.max(found[at],found[order[i-1]]+gap))});let limit=lowest;for(let at of order.reverse())
found[at]=Math.min(found[at],limit),limit=found[at]-gap;return found}var GUTTER=30,TOP=40,FOOT2=67,LARGEST=5,SMALLEST=2.5,BOX=24,LETTER=6.5,TOUCHING=.2;function planOf(graph,width,height){let[
tokens,layers]=[graph.tokens.length,graph.layers],cells=new Float32Array(tokens*(layers+2));graph.ids.forEach((_,n)=>{cells[graph.
position[n]*(layers+2)+graph.layer[n]+1]+=1});let needs=Array.from({length:tokens},(_,t)=>2+Math.max(...cells.subarray(t*
(layers+2),(t+1)*(layers+2)))**.75),all=needs.reduce((sum,one)=>sum+one,0),columns=new Float32Array(tokens+1),x=GUTTER;needs.
forEach((need,t)=>{columns[t]=x,x+=need/all*(width-GUTTER)}),columns[tokens]=width;let row=(height-TOP-FOOT2)/(layers+1.5);
return{width,height,columns,row,y:layer=>height-FOOT2-(layer+1.5)*row}}function placesOf(drawn,plan){let[x,y]=[new Float32Array(
drawn.ids.length),new Float32Array(drawn.ids.length)],cells=new Map,order=strongest(drawn).sort((a,b)=>+(drawn.kind[b]===
REST)-+(drawn.kind[a]===REST));order.forEach(n=>{let key=`${drawn.layer[n]} ${drawn.position[n]}`;drawn.kind[n]!==GROUP&&
cells.set(key,[...cells.get(key)??[],n])});let room=t=>plan.columns[t+1]-plan.columns[t]-4,across=(t,radius2)=>Math.max(
1,Math.floor(room(t)/(2*radius2+1))),lines=radius2=>Math.max(1,Math.floor(plan.row/(2*radius2+1))),radius=LARGEST;for(;radius>
SMALLEST;radius-=.5){let over=0;for(let cell2 of cells.values())over+=Math.max(0,cell2.length-across(drawn.position[cell2[0]],
radius)*lines(radius));if(over<=TOUCHING*drawn.ids.length)break}for(let cell2 of cells.values()){let[t,layer]=[drawn.position[cell2[0]],
drawn.layer[cell2[0]]],rows2=Math.min(lines(radius),Math.ceil(cell2.length/across(t,radius))),each=Math.ceil(cell2.length/
rows2),step=Math.min(2*radius+1,room(t)/each);cell2.forEach((n,i)=>{let[line2,place2]=[Math.floor(i/each),i%each];x[n]=(plan.
columns[t]+plan.columns[t+1])/2+(place2-(Math.min(each,cell2.length-line2*each)-1)/2)*step,y[n]=plan.y(layer)+(line2-(rows2-
1)/2)*(2*radius+1)})}let groups=[...drawn.ids.keys()].filter(n=>drawn.kind[n]===GROUP),tops=spread(groups.map(n=>plan.y(
drawn.layer[n])),BOX,plan.height-FOOT2);groups.forEach((n,i)=>{let[t,half]=[Math.round(drawn.position[n]),LETTER*drawn.ids[n].
length/2+BOX],left=plan.columns[t]-half;x[n]=left-half>0?left:Math.min(plan.columns[t+1]+half,plan.width-half),y[n]=tops[i]}),
order.sort((a,b)=>drawn.layer[a]-drawn.layer[b]||drawn.position[a]-drawn.position[b]);let rows=[];for(let n of order)rows.
length&&drawn.layer[rows.at(-1)[0]]===drawn.layer[n]?rows.at(-1).push(n):rows.push([n]);return{x,y,radius,rows}}var REACH=10;
function nearest({x,y},left,top){let[best,least]=[-1,REACH**2];for(let n=0;n<x.length;n++){let far=(x[n]-left)**2+(y[n]-
top)**2;far<least&&([best,least]=[n,far])}return best}function stepped(key,from,drawn,places){let{rows,x}=places,row=rows.
findIndex(line3=>line3.includes(from)),line2=rows[row]??[],along=(list2,step)=>list2[Math.max(0,Math.min(list2.length-1,
list2.indexOf(from)+step))]??from,toward2=step=>{let next=rows[row+step];return next?next.reduce((best,n)=>Math.abs(x[n]-
x[from])<Math.abs(x[best]-x[from])?n:best):from};switch(key){case"ArrowRight":return along(line2,1);case"ArrowLeft":return along(
line2,-1);case"ArrowUp":return toward2(1);case"ArrowDown":return toward2(-1);case"PageDown":return along(strongest(drawn),
1);case"PageUp":return along(strongest(drawn),-1);case"Home":return strongest(drawn)[0]??null;case"End":return rows.at(-1)?.
at(-1)??null;default:return null}}var THIN=.5,THICK=4,WIDTHS=8,TOGETHER=250,FAINT=.25,MANY=600,RIM=1.4,ROUND=Math.sqrt(Math.PI)/2;function mostOf(brings){
return brings.reduce((most,one)=>Math.max(most,Math.abs(one)),0)||1}function paintEdges(pen,drawn,{x,y},edges,most,inks,bright){
let sorted=Array.from({length:2*WIDTHS},()=>[]);for(let e of edges){let size=Math.abs(drawn.brings[e])/most;sorted[2*Math.
min(WIDTHS-1,Math.floor(size*WIDTHS))+ +(drawn.brings[e]<0)].push(e)}pen.save(),bright||(pen.globalAlpha=FAINT*Math.min(
1,Math.sqrt(MANY/Math.max(1,drawn.from.length)))),sorted.forEach((list2,i)=>{let negative=i%2===1;pen.lineWidth=THIN+(THICK-
THIN)*(Math.floor(i/2)/(WIDTHS-1)),pen.strokeStyle=negative?inks.neg:inks.pos,bright&&(pen.setLineDash(negative?[4,3]:[]),
pen.lineWidth=Math.max(1,pen.lineWidth));for(let first=0;first<list2.length;first+=TOGETHER){pen.beginPath();for(let e of list2.
slice(first,first+TOGETHER))pen.moveTo(x[drawn.from[e]],y[drawn.from[e]]),pen.lineTo(x[drawn.to[e]],y[drawn.to[e]]);pen.
stroke()}}),pen.restore()}function shape(pen,kind,[x,y],size){if(kind===REST){let arm=size*ROUND*Math.SQRT2;pen.moveTo(x,
y-arm),pen.lineTo(x+arm,y),pen.lineTo(x,y+arm),pen.lineTo(x-arm,y),pen.closePath()}else kind===EMBEDDING||kind===OUTPUT?
pen.rect(x-size*ROUND,y-size*ROUND,2*size*ROUND,2*size*ROUND):(pen.moveTo(x+size,y),pen.arc(x,y,size,0,2*Math.PI))}function paintNodes(pen,drawn,{
x,y,radius},nodes,inks){let all=[...nodes].filter(n=>drawn.kind[n]!==GROUP),rest=all.filter(n=>drawn.kind[n]===REST),others=all.
filter(n=>drawn.kind[n]!==REST),fill2=(list2,colour,more)=>{pen.fillStyle=colour,pen.beginPath();for(let n of list2)shape(
pen,drawn.kind[n],[x[n],y[n]],(drawn.kind[n]===OUTPUT?1.6:1)*radius+more);pen.fill()},negative=n=>drawn.effect[n]<0;for(let list2 of[
others,rest]){let outline=list2===rest?.8:0;outline?fill2(list2,inks.ink,outline):fill2(list2,inks.page,1),fill2(list2.filter(
n=>!negative(n)),inks.pos,-outline/2),fill2(list2.filter(negative),inks.neg,-outline/2),fill2(list2.filter(negative),inks.
page,-RIM-outline/2)}}function paintLayers(pen,plan,layers,left,inks){pen.strokeStyle=inks.grid,pen.lineWidth=1,pen.beginPath();
for(let layer=-1;layer<=layers;layer++){let y=Math.round(plan.y(layer))+.5;pen.moveTo(left,y),pen.lineTo(plan.width,y)}pen.
stroke()}function ring(pen,[x,y],radius,ink,width){pen.strokeStyle=ink,pen.lineWidth=width,pen.beginPath(),pen.arc(x,y,radius,
0,2*Math.PI),pen.stroke()}var FAN=6;function byEnd(ends,count){let lists=Array.from({length:count},()=>[]);return ends.forEach((n,e)=>lists[n].push(
e)),lists.map(list2=>Int32Array.from(list2))}function waysOf({ids,kind,layer,from,to,share}){let count=ids.length,[out,into]=[
byEnd(from,count),byEnd(to,count)],[up,down]=[new Int32Array(count).fill(-1),new Int32Array(count).fill(-1)],climbing=[...Array(
count).keys()].sort((a,b)=>layer[a]-layer[b]),seek=(order,edges,next,best,ends)=>{let strength=Float32Array.from(kind,one=>+(one===
ends));for(let n of order)for(let e of edges[n]){let found=share[e]*strength[next[e]];found>strength[n]&&([strength[n],best[n]]=
[found,e])}};return seek([...climbing].reverse(),out,to,up,OUTPUT),seek(climbing,into,from,down,EMBEDDING),{out,into,up,
down}}function lit(drawn,ways,n){let found=new Set,follow=(edges,next,best)=>{for(let first of[...edges].sort((a,b)=>Math.
abs(drawn.brings[b])-Math.abs(drawn.brings[a])).slice(0,FAN))for(let e=first;e>=0&&!found.has(e);e=best[next[e]])found.add(
e)};return follow(ways.out[n],drawn.to,ways.up),follow(ways.into[n],drawn.from,ways.down),[...found]}var LETTERS=8,LINE=14,MANY2=12,canvas=()=>h("canvas",{class:"mikit-cg-canvas","aria-hidden":"true"}),Picture=class{constructor(signal,hooks){
this.hooks=hooks;let under=event=>{let own=event.target.closest("[data-at]");if(own)return Number(own.dataset.at);let{left,
top}=this.element.getBoundingClientRect();return this.places?nearest(this.places,event.clientX-left,event.clientY-top):-1},
on=(type,heard)=>this.element.addEventListener(type,heard,{signal});on("pointermove",event=>this.hover(under(event))),on(
"pointerleave",()=>this.hover(-1)),on("click",event=>{let n=under(event);n<0||(this.cursor=this.drawn.ids[n],hooks.pin(n))}),
on("keydown",event=>this.press(event))}hooks;back=canvas();front=canvas();axes=svg("svg",{class:"mikit-cg-axes","aria-hi\
dden":"true"});names=h("div",{class:"mikit-cg-names","aria-hidden":"true"});readout=box("readout");nothing=box("nothing");element=h(
"div",{class:"mikit-cg-plot",tabindex:0,role:"group"},this.back,this.axes,this.front,this.names,this.readout,this.nothing);graph=null;drawn=null;plan=null;places=null;ways=null;inks=null;marks={
pinned:[],chosen:""};over=null;most=1;hovered=-1;cursor="";painted=[];leave(){this.hovered=-1,this.cursor="",this.follow()}draw(graph,drawn,size,inks,nothing){
let[width,height]=size;Object.assign(this.element.style,{width:`${width}px`,height:`${height}px`}),this.nothing.hidden=!!graph?.
ids.length,this.nothing.textContent=nothing;let key=[graph,drawn,width,height,...Object.values(inks),devicePixelRatio];if(key.
every((one,i)=>one===this.painted[i]))return;this.painted=key,this.hovered=-1,[this.graph,this.drawn,this.inks]=[graph,drawn,
inks],this.plan=graph&&planOf(graph,width,height),this.places=drawn&&placesOf(drawn,this.plan),this.ways=drawn&&waysOf(drawn),
this.most=mostOf(drawn?.brings??new Float32Array),this.over=sizeCanvas(this.front,width,height);let pen=sizeCanvas(this.
back,width,height);pen?.clearRect(0,0,width,height),this.paintAxes(width,height),this.element.setAttribute("aria-label",
graph?`${legendOf(graph)} Layers go up, tokens to the right. Left and right walk along a layer, up and down to the next \
layer, page keys by strength; Enter pins.`:nothing),!(!pen||!graph||!drawn)&&(paintLayers(pen,this.plan,graph.layers,GUTTER,
inks),paintEdges(pen,drawn,this.places,drawn.from.keys(),this.most,inks,!1),paintNodes(pen,drawn,this.places,drawn.ids.keys(),
inks))}mark(marks){this.marks=marks,this.paintNames(),this.follow()}hover(n){n!==this.hovered&&(this.hovered=n,this.follow())}press(event){
if(event.ctrlKey||event.metaKey||event.altKey||!this.drawn||!this.places)return;let at=this.drawn.place.get(this.cursor);
if(event.key==="Escape")this.leave();else if((event.key==="Enter"||event.key===" ")&&at!==void 0)this.hooks.pin(at);else{
let first=this.drawn.place.get(this.marks.chosen)??stepped("End",0,this.drawn,this.places),next=stepped(event.key,at??first,
this.drawn,this.places);if(next===null)return;this.cursor=this.drawn.ids[at===void 0&&event.key.startsWith("Arrow")?first:
next],this.hovered=-1,this.hooks.say(this.follow())}event.preventDefault()}follow(){let{graph,drawn,places,ways,inks,over}=this,
under=this.hovered>=0?this.hovered:drawn?.place.get(this.cursor)??-1,n=under>=0?under:drawn?.place.get(this.marks.chosen)??
-1,edges=drawn&&n>=0?lit(drawn,ways,n):[],words2=graph&&drawn&&n>=0?[drawnName(graph,drawn,n),effectInWords(graph,drawn,
n),litInWords(drawn,edges)]:[];if(this.readout.textContent=words2.length?words2.join(" · "):graph?.ids.length?legendOf(
graph):"",this.element.classList.toggle("mikit-cg-lit",edges.length>0),over&&drawn&&inks){over.clearRect(0,0,this.plan.width,
this.plan.height),paintEdges(over,drawn,places,edges,this.most,inks,!0),n>=0&&paintNodes(over,drawn,places,new Set([n,...edges.
flatMap(e=>[drawn.from[e],drawn.to[e]])]),inks);let around=(i,more,width)=>{drawn.kind[i]!==GROUP&&ring(over,[places.x[i],
places.y[i]],places.radius+more,inks.ink,width)};for(let id of this.marks.pinned)drawn.place.has(id)&&around(drawn.place.
get(id),2.5,1.5);n>=0&&around(n,4.5,2)}for(let one of this.names.querySelectorAll(".mikit-cg-group"))one.classList.toggle(
"mikit-cg-on",Number(one.dataset.at)===n);return words2.join(". ")}paintAxes(width,height){let{graph,plan}=this;if(this.
axes.setAttribute("width",String(width)),this.axes.setAttribute("height",String(height)),!graph||!plan)return this.axes.
replaceChildren();let top=height-FOOT2+8;this.axes.replaceChildren(...[...Array(graph.layers).keys()].filter(layer=>layer%
(graph.layers<MANY2?1:5)===0).map(layer=>svg("text",{x:GUTTER-6,y:plan.y(layer)+4,"text-anchor":"end",class:"mikit-cg-ax\
is"},`L${layer}`)),...graph.tokens.map((token,t)=>{let x=(plan.columns[t]+plan.columns[t+1])/2+4;return svg("text",{x,y:top,
"text-anchor":"end",transform:`rotate(-90 ${x} ${top})`,class:"mikit-cg-token"},middle(tokenLabel(token),LETTERS))}))}paintNames(){
let{graph,drawn,places,plan,marks}=this;if(!graph||!drawn||!places||!plan)return this.names.replaceChildren();let put=(i,kind,text,top=places.
y[i])=>{let element=h("span",{class:`mikit-cg-${kind}`,"data-at":i},text),right=kind==="name"&&places.x[i]>plan.width-72;
return Object.assign(element.style,{left:`${places.x[i]+(kind==="name"?right?-9:9:0)}px`,top:`${top}px`}),element.classList.
toggle("mikit-cg-left",right),element},pins=marks.pinned.map(id=>drawn.place.get(id)??-1).filter(i=>i>=0&&drawn.kind[i]!==
GROUP),tops=spread(pins.map(i=>places.y[i]),LINE,plan.height-FOOT2);this.names.replaceChildren(...pins.map((i,at)=>put(i,
"name",shortName(graph,drawn.node[i]),tops[at])),...[...drawn.ids.keys()].filter(i=>drawn.kind[i]===GROUP).map(i=>put(i,
"group",`${drawn.effect[i]<0?"−":"+"} ${drawn.ids[i]}`)))}};function pruneOf(signal,moved){let slider=h("input",{type:"range",class:"mikit-cg-slider",min:0,step:1,"aria-label":"Pru\
ning: how much of the graph is kept"}),numbers=box("numbers");return slider.addEventListener("input",()=>moved(slider.valueAsNumber),
{signal}),{element:box("prune",slider,numbers),show(graph,drawn,levels,level){let last=levelCount(graph,levels)-1;slider.
max=String(last),slider.value=String(Math.min(level,last)),slider.setAttribute("value",slider.value),slider.disabled=!graph?.
ids.length;let kept=graph?.ids.length&&drawn?keptInWords(graph,drawn):"–";slider.setAttribute("aria-valuetext",`level ${level+
1} of ${last+1}: ${kept}`),numbers.replaceChildren(...[["kept",kept,"Rest: neurons not drawn, together."],...levelInWords(
levels,level)].map(([name,value,why])=>h("div",{class:"mikit-cg-figure",title:why,role:"group","aria-label":`${name} ${value}\
. ${why}`},h("span",{},name),h("b",{},value))))}}}var WIDE2=[544,470],NARROW=[500,380],SIDE=232,GAP=24,COVER=272,TABS=["Node","Texts","Coverage"],KINDS=["neuron","rest","\
token","output","group"],DRAWN_LANES=["graph","levels"],blanks=count=>Array(count).fill("");function render({model,el,signal}){
let graph=graphOf(model.get("graph")),levels=levelsOf(model.get("levels")),coverage=coverageOf(model.get("coverage")),drawn=null,
drawnFrom=[],view=frame(model,el,signal,{name:"circuitgraph",table,reset(){picture.leave(),inspector.reset()}});function table(){
let columns="what kind layer position token value effect replacement completeness agreement predicted measured random lo\
west highest".split(" ");if(!graph||!drawn)return{caption:"No graph yet",columns,rows:[]};let[now,shown]=[graph,drawn];return{
caption:`Levels, tests, dial; then nodes drawn at this level, by their effect along all drawn ways. Effects and changes \
in logits; random: mean, lowest, highest of ${DRAWS}.`,columns,rows:[...levelRows(),...testRows(),...dialRows(),...strongest(
shown).map(i=>{let n=shown.node[i],kind=shown.kind[i],own=n<0?blanks(3):[`${now.position[n]}`,tokenLabel(now.tokens[now.
position[n]]??""),now.value_of[n]];return[shown.ids[i],KINDS[kind],kind<EMBEDDING?`${now.layer[n]}`:"",...own,shown.effect[i],
...blanks(8)]})]}}function levelRows(){return levels?[...levels.kept].map((kept,k)=>[`level ${k+1}: ${kept} neurons off`,
"level",...blanks(5),levels.replacement[k],levels.completeness[k],"",...["predicted","measured","random","random_low","r\
andom_high"].map(name=>levels[name][k])]):[]}let testRows=()=>model.get("outcome").map(one=>[testInWords(one),"test",...blanks(
8),one.predicted,one.measured,...one.random]);function dialRows(){if(!coverage)return[];let{prompts,replacement,completeness,
agreement}=coverage;return[[dial.figure.textContent??"","dial",...blanks(13)],...prompts.map((prompt,p)=>[prompt,"dial",
...blanks(5),replacement[p],completeness[p],agreement[p],...blanks(5)])]}function send(message,buffers=[]){view.live&&model.
send(message,void 0,buffers)}let level=()=>Math.min(model.get("level"),levelCount(graph,levels)-1);function choose(chosen,more={}){
let n=graph?.place.get(chosen)??-1;view.set({...more,chosen},n>=0&&graph.kind[n]===NEURON&&chosen!==model.get("chosen")?
["examples"]:[]),view.draw()}function pin(i){let[id,pinned]=[drawn.ids[i],model.get("pinned")],name=drawnName(graph,drawn,
i);drawn.node[i]<0?(choose(id),view.say(`${name}, chosen`)):pinned.includes(id)?(choose(model.get("chosen")===id?"":model.
get("chosen"),{pinned:pinned.filter(one=>one!==id)}),view.say(`${name}, no longer pinned`)):(choose(id,{pinned:[...pinned,
id]}),view.say(`${name}, pinned. ${effectInWords(graph,drawn,i)}`))}function group(name){let groups=model.get("groups"),
nodes=model.get("pinned"),taken=one=>groups.some(other=>other.name===one)||graph.place.has(one),free=name;for(let i=2;taken(
free);i++)free=`${name} ${i}`;choose(free,{groups:[...groups,{name:free,nodes}],pinned:[]}),picture.element.focus(),view.
say(`${nodes.length} nodes are now “${free}”.`)}function ungroup(){let[chosen,groups]=[model.get("chosen"),model.get(
"groups")],there=groups.find(({name})=>name===chosen);choose("",{groups:groups.filter(one=>one!==there),pinned:[...model.
get("pinned"),...there?.nodes??[]]}),picture.element.focus()}function test(how,name,nodes){let[tests,other]=[model.get("\
tests"),how==="swap"?model.get("other"):""];view.set({tests:[...tests,{name,nodes,how,other}]},["test"]),view.draw()}let inputs=new Inputs(
model,signal,given=>view.set(given,DRAWN_LANES)),picture=new Picture(signal,{say:view.say,pin}),inspector=new Inspector(
model,signal,{group,ungroup,test,unpin(){choose(model.get("chosen"),{pinned:[]}),picture.element.focus()},forget:()=>send(
{do:"forget"}),keep:()=>send({do:"keep"}),file:(name,content)=>send({do:"file",name},[content])},other=>view.set({other})),
prune=pruneOf(signal,to=>{view.set({level:to}),view.draw()}),dial=dialOf(signal,rule=>{view.set({rule}),drawDial()},()=>send(
{do:"state",rule:model.get("rule")})),tabs=box("tabs mikit-chrome"),beside=box("beside",view.number.element,tabs,inspector.
element),stage=box("stage",picture.element,beside,prune.element,dial.element),buttons=TABS.map(label=>textButton(label,signal,
()=>tab(label)));tabs.append(...buttons),view.inputs.append(inputs.element),view.stage.append(stage),[...inputs.controls,
...inspector.controls,dial.state].forEach(view.needsKernel),view.tie(picture.element,"graph"),view.tie(view.number.element,
"graph"),view.tie(prune.element,"levels"),view.tie(inspector.fading.test,"test"),view.tie(inspector.fading.examples,"exa\
mples"),view.tie(dial.figure,"cover");function tab(label){stage.dataset.tab=label;for(let button of buttons)button.setAttribute(
"aria-pressed",String(button.textContent===label))}function refreshDrawn(){let from=[graph,level(),...model.get("groups").
flatMap(({name,nodes})=>[name,...nodes])];from.length===drawnFrom.length&&from.every((one,i)=>one===drawnFrom[i])||(drawnFrom=
from,drawn=graph&&drawnOf(graph,level(),model.get("groups")))}function drawDial(){let running=["busy","waiting"].includes(
model.get("status").state);dial.show({coverage,rule:model.get("rule"),stated:model.get("stated"),count:model.get("count"),
live:view.live,running,width:view.wide?COVER:view.width})}function drawNumber(){if(!graph)return view.number.clear();let{
share:own,share_random:random,source}=graph,[mean2,low,high]=random?.map(one=>fixed(100*one))??[];view.number.show({label:`\
all ${source?"its":model.get("count")} neurons, before pruning, hold`,value:own===null?"not said":`${fixed(100*own,1)} %`,
unit:own===null?"":"of the effect",below:source?`in ${source}`:`${DRAWS}: ${mean2?`${mean2} % (${low} to ${high})`:"not \
yet"}`})}function nothing(){if(graph)return"The graph is being drawn.";let cost=model.get("estimate");return`No graph ye\
t.${cost?` Drawing takes about ${Math.max(1,Math.round(cost.seconds))} s and ${Math.max(1,Math.round(cost.bytes/1e6))} M\
B.`:""}`}function draw(){refreshDrawn(),inputs.draw(),drawNumber();let ink=name=>view.colour(`--mk-${name}`),inks={pos:ink(
"pos"),neg:ink("neg"),ink:ink("ink"),page:ink("bg"),grid:ink("grid")};picture.draw(graph,drawn,view.wide?[view.width-SIDE-
GAP,WIDE2[1]]:[Math.min(NARROW[0],view.width),NARROW[1]],inks,nothing()),picture.mark({pinned:model.get("pinned"),chosen:model.
get("chosen")}),inspector.draw(graph,drawn,view.wide?SIDE:(view.width-GAP)/2),prune.show(graph,drawn,levels,level()),drawDial()}
let fresh=(name,take)=>view.watch([name],()=>{take(),view.draw()});fresh("graph",()=>{graph=graphOf(model.get("graph"))}),
fresh("levels",()=>{levels=levelsOf(model.get("levels"))}),fresh("coverage",()=>{coverage=coverageOf(model.get("coverage"))}),
view.watch(["prompt","answer","foil","count","other","level","pinned","groups","chosen","tests","rule","stated","predict\
ed","outcome","detail","estimate","problem","status"]),tab("Node"),view.onDraw(draw)}var circuitgraph_default={render};export{circuitgraph_default as default};
