// The smallest circuits as rows of squares, what each keeps, how much each has in common with the chosen one; greedy's below.
import { h, svg } from "../shared/dom";
import { percent } from "../shared/format";
import type { Circuit, Found } from "./traits";
import { sizeOf } from "./traits";

const PITCH = 14;

function squares(circuit: Circuit, chosen: Circuit): SVGSVGElement {
  const many = circuit.units.length;
  return svg("svg", { class: "mikit-min-squares", width: PITCH * many, height: PITCH, "aria-hidden": "true" },
    ...circuit.units.map((there, i) => svg("rect", {
      class: !there ? "mikit-min-out" : chosen.units[i] ? "mikit-min-shared" : "mikit-min-own",
      x: i * PITCH + 1.5, y: 1.5, width: PITCH - 3, height: PITCH - 3,
    })),
    ...circuit.units.flatMap((there, i) => (there && !chosen.units[i]
      ? [svg("circle", { class: "mikit-min-dot", cx: i * PITCH + PITCH / 2, cy: PITCH / 2, r: 2 })] : [])));
}

const inWords = ({ units }: Circuit): string => `units ${units.flatMap((there, i) => (there ? [i] : [])).join(", ")}`;

export interface CircuitsPanel {
  element: HTMLElement;
  /** `shown`: circuits that have a row; more are counted. */
  draw(found: Found | null, shown: number): void;
}

export function circuitsPanel(signal: AbortSignal, choose: (index: number) => void): CircuitsPanel {
  const title = h("p", { class: "mikit-min-title" });
  const list = h("div", { class: "mikit-min-list", role: "radiogroup", "aria-label": "smallest circuits: choose one to compare the others with" });
  const more = h("p", { class: "mikit-min-words" });
  const greedyTitle = h("p", { class: "mikit-min-title" });
  const greedyRow = h("div", { class: "mikit-min-row" });
  const control = h("p", { class: "mikit-min-words" });
  const head = h("div", { class: "mikit-min-row mikit-min-head" });

  list.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    const rows = [...list.querySelectorAll<HTMLElement>("button")];
    const next = rows[rows.findIndex((row) => row === document.activeElement || row.matches(":focus")) + (step ?? 0)];
    if (!step || !next) return;
    event.preventDefault();
    choose(rows.indexOf(next));
    list.querySelectorAll<HTMLElement>("button")[rows.indexOf(next)]?.focus();
  }, { signal });
  list.addEventListener("click", (event) => {
    const row = (event.target as Element).closest("button");
    if (row) choose([...list.querySelectorAll("button")].indexOf(row));
  }, { signal });

  const cells = (circuit: Circuit, chosen: Circuit, same: boolean): (Node | string)[] => [
    squares(circuit, chosen), h("span", { class: "mikit-min-figure" }, percent(circuit.kept)), h("span", { class: "mikit-min-figure" }, same ? "–" : percent(circuit.overlap)),
  ];

  return {
    element: h("div", { class: "mikit-min-circuits" }, title, head, list, more, greedyTitle, greedyRow, control),
    draw(found, shown) {
      const size = found ? sizeOf(found.circuits[0]!.units) : 0;
      const all = found?.circuits.length ?? 0;
      title.textContent = found ? `${all === 1 ? "The only smallest circuit" : `${all} smallest circuits`}, ${size} of ${found.units} units` : "Smallest circuits";
      const pad = h("span", {});
      pad.style.width = `${PITCH * (found?.units ?? 12)}px`;
      head.replaceChildren(pad, h("span", { class: "mikit-min-figure" }, "keeps"), h("span", { class: "mikit-min-figure" }, "overlap"));
      if (!found) {
        list.replaceChildren();
        more.textContent = "No numbers yet.";
        greedyRow.replaceChildren();
        greedyTitle.textContent = control.textContent = "";
        return;
      }
      const chosen = found.circuits[found.chosen]!;
      const focus = list.contains(document.activeElement);
      list.replaceChildren(...found.circuits.slice(0, shown).map((circuit, i) => {
        const here = i === found.chosen;
        const label = `${inWords(circuit)}, keeps ${percent(circuit.kept)}${here ? "" : `, overlap ${percent(circuit.overlap)}`}`;
        return h("button", { type: "button", class: "mikit-min-row", role: "radio", "aria-checked": String(here), "aria-label": label, tabindex: here ? 0 : -1 }, ...cells(circuit, chosen, here));
      }));
      if (focus) list.querySelectorAll<HTMLElement>("button")[found.chosen]?.focus();
      more.textContent = `${all > shown ? `and ${all - shown} more. ` : ""}Overlap: units in both, of those in either; dotted: not in the chosen one.`;
      const taken = sizeOf(found.greedy.units);
      greedyTitle.textContent = taken > size ? `Greedy ends at ${taken} units` : `Greedy ends at ${taken} units too`;
      greedyRow.replaceChildren(...cells(found.greedy, chosen, false));
      greedyRow.setAttribute("aria-label", inWords(found.greedy));
      const [mean, low, high] = found.random.map(percent);
      control.textContent = `${found.draws} random sets of ${size} units keep ${mean} (95 % of them ${low} to ${high}); asked for: ${percent(found.share)}.`;
    },
  };
}

