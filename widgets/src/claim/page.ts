// The last step: what one hands over. Sentence, verdict, picture, table, slider, what it does not show.
import { h } from "../shared/dom";
import { fixed, percent, signed } from "../shared/format";
import type { CellWire, ClaimModel } from "./traits";

const list = (items: string[]): HTMLElement => h("ul", {}, ...items.map((item) => h("li", {}, item)));

function row(cell: CellWire): HTMLElement {
  const share = (value: number | null): string => (value === null ? "" : percent(value));
  const logits = (value: number | null): string => (value === null ? "" : signed(value));
  const ends = ([, low, high]: CellWire["right"], text: (value: number) => string): string => (
    low === null || high === null ? "" : ` [${text(low)}, ${text(high)}]`);
  const texts = [
    cell.names, String(cell.n), share(cell.right[0]) + ends(cell.right, (value) => String(Math.round(100 * value))), share(cell.changed[0]), share(cell.shuffled[0]),
    logits(cell.difference[0]) + ends(cell.difference, fixed), cell.verdict,
  ];
  return h("tr", {}, h("th", { scope: "row" }, cell.wording), ...texts.map((text) => h("td", {}, text)));
}

/** Verdict and its grounds; empty while nothing is measured. */
export function verdict(model: ClaimModel): HTMLElement {
  const outcome = model.get("outcome");
  const stamps = outcome.stamps ?? [];
  return h("div", { class: "mikit-claim-outcome", role: "status" },
    ...(outcome.verdict ? [h("p", { class: "mikit-claim-word" }, outcome.verdict)] : []),
    ...stamps.map((stamp) => h("span", { class: "mikit-chip mikit-chip-mark" }, stamp)),
    ...(outcome.told ? [h("p", {}, outcome.told)] : []),
    ...(outcome.average ? [h("p", {}, outcome.average)] : []),
    ...(outcome.cannot?.length ? [h("h4", {}, "What mikit cannot test"), list(outcome.cannot)] : []),
    ...(outcome.needed?.length ? [h("h4", {}, "What would be needed"), list(outcome.needed)] : []));
}

export function sentence(model: ClaimModel): HTMLElement {
  const [draft, earlier] = [model.get("draft"), model.get("earlier")];
  return h("div", {},
    h("p", { class: "mikit-claim-sentence" }, draft.claim),
    h("p", { class: "mikit-muted" }, `Access: ${draft.access}. Rule, locked ${model.get("locked_at")}: ${model.get("outcome").rule ?? ""}.`),
    ...earlier.map((one) => h("p", { class: "mikit-muted" },
      `Locked before it on this page, ${one.locked_at}: ${one.claim} Rule: ${one.rule}. Outcome: ${one.verdict}.`)));
}

export function table(cells: CellWire[]): HTMLElement {
  const heads = ["wording", "names", "n", "right", "changed", "by coin", "logit difference", "verdict"];
  return h("div", { class: "mikit-claim-scroll", tabindex: 0, role: "region", "aria-label": "Results as a table" },
    h("table", {}, h("thead", {}, h("tr", {}, ...heads.map((name) => h("th", { scope: "col" }, name)))), h("tbody", {}, ...cells.map(row))));
}

export function notShown(model: ClaimModel): HTMLElement {
  const lines = model.get("outcome").not_shown ?? [];
  return h("div", { class: "mikit-claim-limits", hidden: !lines.length }, h("h4", {}, "Does not show"), list(lines));
}
