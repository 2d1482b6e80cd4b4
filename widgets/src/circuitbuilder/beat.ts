// The adversary's rounds on one axis of logits: what is left of the circuit (full) and of the whole model (open) after
// each part that is taken from both. Under each, in grey, the same after as many parts drawn blindly.
import { dot, line, size, text } from "./figure";
import type { Beaten, Left } from "./traits";
import { fixed, gap, signed } from "./words";

const NAMES = 66;
const FIGURES = 38;
const STEP = 22;
const HEAD = 14;

export const heightOf = (rounds: number): number => HEAD + STEP * (1 + rounds) + 2;

function pair(kind: string, { circuit, whole }: Left, y: number, r: number, x: (value: number) => number): SVGElement[] {
  if (![circuit, whole].every(Number.isFinite)) return [];
  return [line(`${kind}-apart`, x(circuit), y, x(whole), y), dot(`${kind}-whole`, x(whole), y, r), dot(kind === "found" ? "dot" : "blind", x(circuit), y, r)];
}

export function drawRounds(target: SVGSVGElement, beaten: Beaten, width: number): void {
  const { out, found, random } = beaten;
  const values = [0, ...[...found, ...random].flatMap(({ circuit, whole }) => [circuit, whole])].filter(Number.isFinite);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const x = (value: number): number => NAMES + 6 + ((value - low) / (high - low || 1)) * (width - NAMES - FIGURES - 16);
  const height = heightOf(out.length);
  size(target, width, height);
  target.setAttribute("aria-label", `Rounds of the adversary: ${found.slice(0, out.length + 1).map((one, i) => `${i ? `without ${out[i - 1]} too` : "nothing left out"}: circuit ${signed(one.circuit)}, whole model ${signed(one.whole)}, apart ${fixed(gap(one))}`).join("; ")}`);
  target.replaceChildren(
    text("axis", width, 10, "apart", "end"), text("axis", 0, 10, "● circuit ○ model, grey: drawn blindly"),
    line("base", x(0), HEAD + 2, x(0), height),
    ...found.slice(0, out.length + 1).flatMap((one, i) => {
      const y = HEAD + STEP * i + 8;
      const blind = random[i];
      return [
        ...(blind && i ? [...pair("random", blind, y + 9, 2.5, x), ...(Number.isFinite(gap(blind)) ? [text("axis", width, y + 13, fixed(gap(blind)), "end")] : [])] : []),
        text("name", 0, y + 4, i ? `− ${out[i - 1]}` : "all there"), ...pair("found", one, y, 4, x),
        ...(Number.isFinite(gap(one)) ? [text("figure", width, y + 3, fixed(gap(one)), "end")] : []),
      ];
    }),
  );
}
