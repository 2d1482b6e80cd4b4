// Generated from widgets/src by `npm run build`. Do not edit.
function fill(element,attributes,children){for(let[name,value]of Object.entries(attributes))value===!0?element.setAttribute(
name,""):value!==!1&&element.setAttribute(name,String(value));element.append(...children)}function h(tag,attributes={},...children){
let element=document.createElement(tag);return fill(element,attributes,children),element}var MARK="jupyter-widgets-disconnected",LOST=new Set(["restarting","autorestarting","terminating","dead"]);function cellOf(view){
let number=/\[\d+\]/.exec(view.closest(".jp-Cell")?.querySelector(".jp-InputPrompt")?.textContent??"");return number?`ce\
ll ${number[0]}`:"the cell"}function watchKernel(model,host,signal,changed){watchStatus(model,signal,()=>changed(!0)),watchMark(
host,signal,changed)}function watchStatus(model,signal,lost){let kernel=model.widget_manager?.kernel,status=(_,now)=>{LOST.
has(now)&&lost()};kernel?.statusChanged?.connect(status),kernel?.disposed?.connect(lost),signal.addEventListener("abort",
()=>{kernel?.statusChanged?.disconnect(status),kernel?.disposed?.disconnect(lost)})}function watchMark(host,signal,changed){
let gone=!1,look=()=>{gone!==(host.closest(`.${MARK}`)!==null)&&(gone=!gone,changed(gone))},observer=new MutationObserver(
look),watch=()=>{observer.disconnect();let element=host;for(let depth=0;element&&depth<4;depth++,element=element.parentElement)
observer.observe(element,{attributes:!0,attributeFilter:["class"]})};watch(),look();let attached=new ResizeObserver(watch);
attached.observe(host),signal.addEventListener("abort",()=>{observer.disconnect(),attached.disconnect()})}function containKeys(root,signal){root.addEventListener("keydown",event=>{event.ctrlKey||event.metaKey||event.shiftKey&&
event.key==="Enter"||event.stopPropagation()},{signal})}function themeOf(element){let body=document.body,lab=body.getAttribute("data-jp-theme-light");return lab!==null?lab==="f\
alse"?"dark":"light":body.matches(".vscode-dark, .vscode-high-contrast:not(.vscode-high-contrast-light)")?"dark":body.matches(
".vscode-light, .vscode-high-contrast-light")?"light":element.closest(".dark, [data-theme=dark]")?"dark":element.closest(
".light, [data-theme=light]")?"light":globalThis.matchMedia?.("(prefers-color-scheme: dark)").matches?"dark":"light"}function watchTheme(signal,changed){
let observer=new MutationObserver(changed),options={attributes:!0,attributeFilter:["class","data-jp-theme-light","data-j\
p-theme-name","data-theme"]};observer.observe(document.body,options),observer.observe(document.documentElement,options),
signal.addEventListener("abort",()=>observer.disconnect()),globalThis.matchMedia?.("(prefers-color-scheme: dark)").addEventListener(
"change",changed,{signal})}function redrawing(root,signal,draw){let width=800,asleep=!0,ask=()=>{asleep&&(asleep=!1,requestAnimationFrame(()=>{asleep=
!0,signal.aborted||draw()}))},sizes=new ResizeObserver(()=>{root.clientWidth!==0&&(width=root.clientWidth,ask())});return sizes.
observe(root),signal.addEventListener("abort",()=>sizes.disconnect()),watchTheme(signal,ask),ask(),{draw:ask,get width(){
return width}}}function withMinus(text){let typeset=text.replace("-","−");return/[1-9]/.test(typeset)?typeset:typeset.replace("−","")}
function fixed(value,digits=2){if(Number.isNaN(value))return"NaN";if(!Number.isFinite(value))return value>0?"∞":"−∞";
let size=Math.abs(value);return size!==0&&size<.5*10**-digits?withMinus(value.toExponential(1)):size>=1e5?withMinus(value.
toExponential(2)):withMinus(value.toFixed(size>=1e3?0:digits))}function withUnit(text,unit){return unit?`${text} ${unit}`:text}var TRAITS=["title","question","options","low","high","step","unit","within","locked","revealed","error","frozen"];function written(model,value){
if(typeof value=="string")return value;let decimals=Math.min(3,Math.max(0,Math.ceil(-Math.log10(model.get("step"))-1e-9)));
return withUnit(value.toFixed(decimals).replace("-","−"),model.get("unit"))}var SURE={least:50,most:100,step:5,first:75},serial=0;function choices(options,signal,chosen){let name=`mikit-predict-${serial++}`,
labels=options.map(option=>{let radio=h("input",{type:"radio",name,value:option});return radio.addEventListener("change",
()=>chosen(option),{signal}),h("label",{class:"mikit-predict-choice"},radio," ",option)});return h("div",{class:"mikit-p\
redict-choices",role:"radiogroup","aria-label":"Your prediction"},...labels)}function slider(label,range,untouched,write,signal,moved){
let input=h("input",{type:"range",...range,"aria-label":label}),output=h("output",{class:"mikit-predict-value"},untouched),
set=()=>{output.textContent=write(input.valueAsNumber),input.setAttribute("aria-valuetext",output.textContent),moved(input.
valueAsNumber)};input.addEventListener("input",set,{signal}),input.addEventListener("click",set,{signal});let ends=h("di\
v",{class:"mikit-predict-ends mikit-muted"},h("span",{},write(range.min)),h("span",{},write(range.max)));return h("div",
{class:"mikit-predict-slider"},h("span",{class:"mikit-predict-label"},label),h("div",{class:"mikit-predict-track"},input,
ends),output)}function asking(model,signal,lock){let value=null,sure=SURE.first,live=!0,button=h("button",{type:"button",
class:"mikit-predict-lock"},"Lock in"),refresh=()=>{button.disabled=!live||value===null},choose=chosen=>{value=chosen,refresh()},
[low,high,step]=[model.get("low"),model.get("high"),model.get("step")],options=model.get("options"),what=options?choices(
options,signal,choose):slider("Your prediction",{min:low,max:high,step,value:(low+high)/2},"move the slider",at=>written(
model,at),signal,choose),howSure=slider("How sure",{min:SURE.least,max:SURE.most,step:SURE.step,value:sure},`${sure} %`,
at=>`${at} %`,signal,at=>{sure=at});button.addEventListener("click",()=>{value!==null&&lock(value,sure)},{signal});let allowed=options?
"":`Within ${written(model,model.get("within"))} of what is measured counts as right.`,element=h("div",{class:"mikit-pre\
dict-ask"},what,howSure,h("div",{class:"mikit-predict-foot"},button,h("span",{class:"mikit-muted"},allowed)));return refresh(),
{element,enable(now){live=now;for(let input of element.querySelectorAll("input"))input.disabled=!live;refresh()}}}var YOURS="◇",MEASURED="◆";function mark(model,className,sign,value,words){let[low,high]=[model.get("low"),model.get(
"high")],share=Math.min(1,Math.max(0,(value-low)/(high-low))),element=h("span",{class:`mikit-predict-mark ${className}`},
h("span",{},sign),h("span",{class:"mikit-predict-words"},words));return element.style.left=`${100*share}%`,element.classList.
toggle("mikit-predict-leftward",share>.5),element}function scale(model,locked,revealed){let marks=[mark(model,"mikit-pre\
dict-yours",YOURS,Number(locked.value),`you: ${written(model,locked.value)}`)];revealed&&marks.push(mark(model,"mikit-pr\
edict-truth",MEASURED,Number(revealed.truth),`measured: ${written(model,revealed.truth)}`));let ends=h("div",{class:"mik\
it-predict-ends mikit-muted"},h("span",{},written(model,model.get("low"))),h("span",{},written(model,model.get("high"))));
return h("div",{class:"mikit-predict-scale"},h("div",{class:"mikit-predict-axis"},...marks),ends)}function list(options,locked,revealed){
let rows=options.map(option=>{let signs=[...option===locked.value?[`${YOURS} you`]:[],...option===revealed?.truth?[`${MEASURED}\
 measured`]:[]],row=h("li",{},option," ",h("span",{class:"mikit-predict-signs"},signs.join("  ")));return row.classList.
toggle("mikit-muted",signs.length===0),row});return h("ul",{class:"mikit-predict-list"},...rows)}function answer(model,locked){
let[options,revealed]=[model.get("options"),model.get("revealed")],figure=options?list(options,locked,revealed):scale(model,
locked,revealed),words=[`Locked in, ${locked.sure} % sure.`];return revealed&&(words.push(revealed.right?"It came out as\
 you said.":"It came out otherwise."),words.push(`Brier score ${fixed(revealed.brier)} (0 is best; always saying 50 % gi\
ves 0.25).`)),h("div",{class:"mikit-predict-answer"},figure,h("p",{},words.join(" ")))}var FROZEN="A saved page: a prediction cannot be locked in here.";function render({model,el,signal}){let gone=!1,title=h(
"div",{class:"mikit-title",role:"heading","aria-level":3}),question=h("p",{class:"mikit-predict-question"}),stage=h("div",
{class:"mikit-predict-stage"}),note=h("p",{class:"mikit-predict-note mikit-muted",role:"status"}),failed=h("p",{class:"m\
ikit-error",role:"alert"}),root=h("section",{class:"mikit mikit-predict"},title,question,stage,failed,note),ask=asking(model,
signal,(value,sure)=>{try{model.send({do:"lock",value,sure})}catch{gone=!0,draw()}});function draw(){let[locked,frozen]=[
model.get("locked"),model.get("frozen")];root.dataset.theme=themeOf(el),root.toggleAttribute("data-gone",gone),root.setAttribute(
"aria-label",model.get("title")),title.textContent=model.get("title"),question.textContent=model.get("question"),locked?
stage.replaceChildren(answer(model,locked)):stage.firstChild!==ask.element&&stage.replaceChildren(ask.element),ask.enable(
!gone&&!frozen);let error=model.get("error");failed.textContent=error?`× ${error}`:"",note.textContent=locked?"":gone?`\
The kernel is gone. Run ${cellOf(root)} again to predict.`:frozen?FROZEN:""}containKeys(root,signal),el.append(root);for(let trait of TRAITS)
model.on(`change:${trait}`,draw),signal.addEventListener("abort",()=>model.off(`change:${trait}`,draw));watchKernel(model,
el,signal,now=>{gone=now,draw()}),signal.addEventListener("abort",()=>root.remove()),redrawing(root,signal,draw),draw()}
var predict_default={render};export{predict_default as default};
