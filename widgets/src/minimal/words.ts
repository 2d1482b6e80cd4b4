// Counts and times as words.

/** "2,510", "1.1 million", "281 trillion". */
export function count(sets: number): string {
  const names: [number, string][] = [[1e12, "trillion"], [1e9, "billion"], [1e6, "million"]];
  for (const [size, name] of names) {
    if (sets >= size) return `${Number((sets / size).toPrecision(sets / size >= 100 ? 3 : 2))} ${name}`;
  }
  return sets.toLocaleString("en-GB");
}

/** Times that a chart of sets tested is ruled with, in seconds. */
export const TIMES: [name: string, seconds: number][] = [["a second", 1], ["a minute", 60], ["a day", 86_400], ["a year", 31_557_600]];
