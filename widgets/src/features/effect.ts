// What switching the feature off, or turning it up, does to the next token: paired bars beside random features'.
import { decode } from "../shared/buffers";
import { h } from "../shared/dom";
import { fixed, signed } from "../shared/format";
import { tokenSpan } from "../shared/tokens";
import { rowOf, type Effect, type How } from "./traits";

const TOKENS_WIDE = 4;
const TOKENS_NARROW = 3;
/** A full bar is at least this long, so that rounding errors do not look like effects. */
const LEAST_LOGITS = 0.1;
const LEAST_NATS = 0.01;

/** NaN where there is none. */
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** One dose, read off the arrays. */
export function atDose(effect: Effect, at: number): { dose: number; kl: number; klRandom: number[]; change: Float32Array; changeRandom: Float32Array[] } {
  const [doses, kl, klRandom, change, changeRandom] = [effect.doses, effect.kl, effect.kl_random, effect.change, effect.change_random].map(decode) as
    [Float32Array, Float32Array, Float32Array, Float32Array, Float32Array];
  const [tokens, dose] = [effect.tokens.length, Math.min(at, doses.length - 1)];
  const others = [...Array(effect.kl_random.shape[0] ?? 0).keys()];
  return {
    dose: doses[dose]!, kl: kl[dose]!, klRandom: others.map((i) => klRandom[i * doses.length + dose]!),
    change: rowOf(change, dose, tokens), changeRandom: others.map((i) => rowOf(changeRandom, i * doses.length + dose, tokens)),
  };
}

function bar(value: number, most: number, kind: string, signedScale: boolean): HTMLElement {
  const long = (100 * Math.min(1, Math.abs(value) / most)) / (signedScale ? 2 : 1);
  const element = h("span", { class: `mikit-fd-effect ${kind}${value < 0 ? " mikit-fd-down" : ""}` });
  element.style.width = `${Number.isNaN(long) ? 0 : long}%`;
  element.style.marginLeft = signedScale ? `${value < 0 ? 50 - long : 50}%` : "0";
  return element;
}

function pair(name: HTMLElement | string, own: number, random: number, most: number, signedScale: boolean): HTMLElement {
  const plain = (value: number): string => (Math.abs(value) < 0.005 ? "0.00" : signedScale ? signed(value) : fixed(value));
  const figure = (value: number): string => (Number.isNaN(value) ? "–" : plain(value));
  return h("div", { class: "mikit-fd-pair" }, h("span", { class: "mikit-fd-what" }, name),
    h("span", { class: signedScale ? "mikit-fd-both mikit-fd-zero" : "mikit-fd-both" }, bar(own, most, "", signedScale), bar(random, most, "mikit-fd-random", signedScale)),
    h("span", { class: "mikit-fd-figure" }, figure(own)), h("span", { class: "mikit-fd-figure mikit-muted" }, figure(random)));
}

export interface EffectPanel {
  element: HTMLElement;
  how: HTMLSelectElement;
  show(effect: Effect | null, how: How, dose: number, wide: boolean): void;
}

export function effectOf(signal: AbortSignal, asked: (how: How) => void, moved: (dose: number) => void): EffectPanel {
  const how = h("select", { class: "mikit-select", "aria-label": "What is done to the feature" },
    h("option", { value: "ablate" }, "switch off (ablate)"), h("option", { value: "boost" }, "turn up (boost)"));
  how.addEventListener("change", () => asked(how.value as How), { signal });
  const slider = h("input", { type: "range", class: "mikit-fd-slider", min: 0, step: 1, "aria-label": "Dose" });
  const here = h("span", { class: "mikit-fd-here" });
  const body = h("div", { class: "mikit-fd-pairs" });
  let shown: Effect | null = null;
  let wide = true;

  function at(dose: number): void {
    if (!shown) return body.replaceChildren();
    slider.max = String(shown.doses.shape[0]! - 1);
    slider.value = String(dose);
    const found = atDose(shown, dose);
    const others = found.klRandom.length;
    const words = `${fixed(found.dose)} × ${shown.how === "ablate" ? "part" : "peak"}`;
    here.textContent = words;
    slider.setAttribute("aria-valuetext", words);
    const typical = (token: number): number => mean(found.changeRandom.map((one) => one[token]!));
    const most = Math.max(LEAST_LOGITS, ...Array.from(found.change, Math.abs), ...(others ? shown.tokens.map((_, i) => Math.abs(typical(i))) : []));
    const klMost = Math.max(LEAST_NATS, found.kl, ...found.klRandom);
    body.replaceChildren(
      pair("KL, nats", found.kl, mean(found.klRandom), klMost, false),
      ...shown.tokens.slice(0, wide ? TOKENS_WIDE : TOKENS_NARROW).map((text, i) => pair(tokenSpan({ text, special: false }), found.change[i]!, typical(i), most, true)),
      h("div", { class: "mikit-fd-small" }, shown.notes.join(" ") || `logits that move most; grey: ${others} random features`));
  }

  slider.addEventListener("input", () => {
    at(slider.valueAsNumber);
    moved(slider.valueAsNumber);
  }, { signal });
  return {
    how,
    element: h("div", { class: "mikit-fd-do" }, h("div", { class: "mikit-fd-ask" }, how, slider, here), body),
    show(effect, chosen, dose, nowWide) {
      [shown, wide] = [effect, nowWide];
      how.value = chosen;
      here.hidden = effect === null;
      at(dose);
    },
  };
}
