// Colour scales of the visual direction: stops interpolated in OKLab, small values melting into the page.
import type { ScaleKind, ThemeName } from "./types";

export type Rgb = readonly [red: number, green: number, blue: number];

const STOPS: Record<ScaleKind, Record<ThemeName, string>> = {
  diverging: {
    light: "#8A3B06 #C4661F #E39B5F #F4CFAE #F3F3F1 #B9D4EC #74A9DA #2F78C0 #0B4A8F",
    dark: "#FFBE7D #D98636 #9A5A22 #5E3B1E #232A33 #20466F #2F6DAE #5A9BDC #8FC7FF",
  },
  sequential: {
    light: "#FBFBF7 #E3EBD9 #B7D5CB #7DB8BE #4892AE #2E6A97 #27447A #1D2352",
    dark: "#171C23 #20304A #27507A #2C7598 #3F9CA8 #74C2AC #B5E0B4 #F2F7C9",
  },
};

export function parseHex(hex: string): Rgb {
  const value = Number.parseInt(hex.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

const linear = (channel: number): number => {
  const c = channel / 255;
  return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
};

const gamma = (c: number): number => {
  const v = c <= 0.0031308 ? 12.92 * c : 1.055 * c ** (1 / 2.4) - 0.055;
  return Math.round(255 * Math.min(1, Math.max(0, v)));
};

// Björn Ottosson's OKLab matrices.
function toOklab(rgb: Rgb): Rgb {
  const [r, g, b] = [linear(rgb[0]), linear(rgb[1]), linear(rgb[2])];
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function fromOklab([lightness, a, b]: Rgb): Rgb {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    gamma(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    gamma(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    gamma(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

function luminance(rgb: Rgb): number {
  return 0.2126 * linear(rgb[0]) + 0.7152 * linear(rgb[1]) + 0.0722 * linear(rgb[2]);
}

/** WCAG 2 contrast, 1 to 21. */
export function contrast(a: Rgb, b: Rgb): number {
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

/** The readable one of black and white on a colour. */
export function inkOn(rgb: Rgb): "#000000" | "#FFFFFF" {
  return contrast(rgb, [0, 0, 0]) >= contrast(rgb, [255, 255, 255]) ? "#000000" : "#FFFFFF";
}

const STEPS = 512;

/** Colours along a scale. `t` runs from −1 to 1 where the scale diverges, from 0 to 1 where it does not; outside it is held at the end. */
export class ColourMap {
  private readonly table: Rgb[];

  constructor(readonly kind: ScaleKind, theme: ThemeName) {
    const stops = STOPS[kind][theme].split(" ").map((hex) => toOklab(parseHex(hex)));
    this.table = Array.from({ length: STEPS + 1 }, (_, i) => {
      const at = (i / STEPS) * (stops.length - 1);
      const low = Math.min(Math.floor(at), stops.length - 2);
      const [from, to, f] = [stops[low] as Rgb, stops[low + 1] as Rgb, at - low];
      return fromOklab([from[0] + f * (to[0] - from[0]), from[1] + f * (to[1] - from[1]), from[2] + f * (to[2] - from[2])]);
    });
  }

  at(t: number): Rgb {
    const share = this.kind === "diverging" ? (t + 1) / 2 : t;
    return this.table[Math.round(STEPS * Math.min(1, Math.max(0, share)))] as Rgb;
  }

  css(t: number): string {
    return `rgb(${this.at(t).join(" ")})`;
  }

  /** 256 colours from the low end to the high one, packed as ImageData's 32-bit pixels, for pictures with many cells. */
  pixels(): Uint32Array {
    return Uint32Array.from({ length: 256 }, (_, i) => packed(this.table[Math.round((i / 255) * STEPS)] as Rgb));
  }
}

/** One opaque pixel of ImageData, seen as a little-endian 32-bit number. */
export function packed(rgb: Rgb): number {
  return ((255 << 24) | (rgb[2] << 16) | (rgb[1] << 8) | rgb[0]) >>> 0;
}

const maps = new Map<string, ColourMap>();

/** The scale for a theme; built once. */
export function colourMap(kind: ScaleKind, theme: ThemeName): ColourMap {
  const key = `${kind} ${theme}`;
  let map = maps.get(key);
  if (!map) maps.set(key, (map = new ColourMap(kind, theme)));
  return map;
}

export type Mark = "" | "×" | "+" | "−";

/** Where a value lies on its scale, and the mark its cell carries: × NaN, + clipped above, − clipped below. */
export function place(value: number, limit: number, kind: ScaleKind): { t: number; mark: Mark } {
  if (Number.isNaN(value)) return { t: 0, mark: "×" };
  const low = kind === "diverging" ? -limit : 0;
  const t = limit > 0 ? Math.min(1, Math.max(low / limit, value / limit)) : 0;
  // Floats come back from float32 a little beyond a limit that was taken from the data themselves.
  const slack = 1e-6 * Math.abs(limit);
  return { t, mark: value > limit + slack ? "+" : value < low - slack ? "−" : "" };
}
