// Numbers as words on the page: U+2212 for minus, signs always shown on signed values, few digits.

const MINUS = "\u2212";

function withMinus(text: string): string {
  const typeset = text.replace("-", MINUS);
  return /[1-9]/.test(typeset) ? typeset : typeset.replace(MINUS, "");
}

/** Two decimals for logits and nats; three figures where two decimals would show nothing or a flood of digits. */
export function fixed(value: number, digits = 2): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : `${MINUS}∞`;
  const size = Math.abs(value);
  if (size !== 0 && size < 0.5 * 10 ** -digits) return withMinus(value.toExponential(1));
  if (size >= 100_000) return withMinus(value.toExponential(2));
  return withMinus(value.toFixed(size >= 1000 ? 0 : digits));
}

/** The same with its sign: +4.50, −1.20, 0.00. */
export function signed(value: number, digits = 2): string {
  return value > 0 ? `+${fixed(value, digits)}` : fixed(value, digits);
}

/** A share in whole per cent; what is there but rounds to nothing is "<1 %". */
export function percent(share: number): string {
  return share > 0 && share < 0.005 ? "<1 %" : `${fixed(Math.round(100 * share), 0)} %`;
}

/** "4.5 [4.1, 4.9]"; the unit is written once, after it. */
export function interval(value: number, low: number, high: number, digits = 1): string {
  return `${fixed(value, digits)} [${fixed(low, digits)}, ${fixed(high, digits)}]`;
}

/** A value on its scale: signed where the sign carries meaning. */
export function valueText(value: number, scale: "diverging" | "sequential"): string {
  return scale === "diverging" ? signed(value) : fixed(value);
}

export function withUnit(text: string, unit: string): string {
  return unit ? `${text} ${unit}` : text;
}
