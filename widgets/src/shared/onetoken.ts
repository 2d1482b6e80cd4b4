// A box for one token: a leading space stands as "·" in it, since nobody sees a space there.

export const written = (text: string): string => text.replace(/^ +/, (spaces) => "·".repeat(spaces.length));

export const meant = (text: string): string => text.replace(/^·+/, (dots) => " ".repeat(dots.length));
