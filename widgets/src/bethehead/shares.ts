// 100 % of attention over the tokens: what one head has to place, no more and no less.

export type Shares = readonly number[];

/** The same on every token. */
export function alike(tokens: number): number[] {
  return Array<number>(tokens).fill(tokens ? 1 / tokens : 0);
}

/** All of it on one token. */
export function allOn(at: number, tokens: number): number[] {
  return Array.from({ length: tokens }, (_, i) => (i === at ? 1 : 0));
}

/** One token's share set to `value` (0 to 1); the others keep their proportions and share the rest. */
export function placed(shares: Shares, at: number, value: number): number[] {
  const mine = Math.min(1, Math.max(0, value));
  if (shares.length <= 1) return allOn(0, shares.length);
  const rest = shares.reduce((sum, share, i) => (i === at ? sum : sum + share), 0);
  const others = shares.length - 1;
  return shares.map((share, i) => {
    if (i === at) return mine;
    // Where the others had nothing, what is taken away here goes to all of them alike.
    return rest > 1e-9 ? (share / rest) * (1 - mine) : (1 - mine) / others;
  });
}

/** The token that holds (nearly) everything, or -1. */
export function holder(shares: Shares): number {
  return shares.findIndex((share) => share > 0.999);
}
