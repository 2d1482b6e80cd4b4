// Building a direction: from two sets of sentences, a token, a feature, a file, or two others.
import { h } from "../shared/dom";
import { options, selectField, textField } from "../shared/fields";
import { meant } from "../shared/onetoken";
import { box } from "./chart";
import type { Offered } from "./traits";

const KINDS = [["build", "sentences"], ["token", "a token"], ["feature", "a feature"], ["file", "a file"], ["sum", "a sum of two"]] as const;
const HOWS = [["mean", "mean difference"], ["pca", "PCA"], ["probe", "logistic probe"]] as const;
const SIDES = [["toward", "one sentence a line"], ["away from", "their counterparts, in the same order"]] as const;

/** One sentence a line; empty lines do not count. */
export function sentences(text: string): string[] {
  return text.split("\n").map((line) => line.trim()).filter(Boolean);
}

export interface Build {
  element: HTMLElement;
  button: HTMLButtonElement;
  draw(offered: readonly Offered[], problem: string): void;
}

export function buildForm(signal: AbortSignal, send: (message: Record<string, unknown>, buffers?: ArrayBuffer[]) => void): Build {
  const nothing = (): void => {};
  const kind = selectField("What the direction is built from", signal, fold);
  const how = selectField("How", signal, nothing);
  const name = textField("Name of the direction", signal, nothing, "a name");
  const token = textField("A token", signal, nothing, "·formal (the dot is a space)");
  const feature = textField("Number of the feature", signal, nothing, "number of the feature");
  feature.type = "number";
  const file = h("input", { type: "file", accept: ".safetensors", "aria-label": "A direction's file" });
  const sides = SIDES.map(([side, placeholder]) => {
    const area = h("textarea", { class: "mikit-input mikit-st-area", spellcheck: "false", "aria-label": `Sentences ${side} which it points`, placeholder });
    area.addEventListener("input", fold, { signal });
    return { side, area, count: box("small") };
  });
  const terms = ["First", "Second"].map((which, i) => {
    const weight = textField(`${which} weight`, signal, nothing);
    Object.assign(weight, { type: "number", step: "any", value: i ? "-1" : "1" });
    weight.classList.add("mikit-seed");
    return { weight, of: selectField(`${which} direction`, signal, nothing) };
  });
  const sum = box("row", ...terms.flatMap(({ weight, of }, i) => [i ? "+" : "", weight, "×", of]));
  const pairs = box("columns", ...sides.map(({ side, area, count }) => h("div", {}, box("head", box("title", side), count), area)));
  const button = h("button", { type: "button", class: "mikit-primary" }, "Build");
  const wrong = h("p", { class: "mikit-error", role: "alert" });

  function fold(): void {
    const is = (...kinds: string[]): boolean => kinds.includes(kind.value);
    how.hidden = pairs.hidden = !is("build");
    name.hidden = !is("build", "sum");
    [token.hidden, feature.hidden, file.hidden, sum.hidden] = [!is("token"), !is("feature"), !is("file"), !is("sum")];
    for (const { area, count } of sides) count.textContent = `${sentences(area.value).length} sentences`;
  }

  async function build(): Promise<void> {
    const [chosen] = file.files ?? [];
    if ((kind.value === "file" && !chosen) || (kind.value === "feature" && !feature.value)) return;
    const [plus, minus] = sides.map(({ area }) => sentences(area.value));
    const messages: Record<string, Record<string, unknown>> = {
      build: { name: name.value, how: how.value, plus, minus }, token: { token: meant(token.value) }, feature: { feature: feature.valueAsNumber },
      file: { name: chosen?.name }, sum: { name: name.value, terms: terms.map(({ weight, of }) => [weight.valueAsNumber, of.value]) },
    };
    send({ do: kind.value, ...messages[kind.value] }, kind.value === "file" ? [await chosen!.arrayBuffer()] : []);
  }

  button.addEventListener("click", () => void build(), { signal });
  options(kind, KINDS, "build");
  options(how, HOWS, "mean");
  fold();
  return {
    button, element: box("build", box("row", kind, how, token, feature, file, sum, name, button), pairs, wrong),
    draw(offered, problem) {
      terms.forEach(({ of }, i) => options(of, offered.map((one) => [one.name, one.name]), of.value || (offered[i]?.name ?? "")));
      wrong.textContent = problem && `× ${problem}`;
    },
  };
}
