// The small pure parts: buffers, numbers, tokens, cursor, CSV.
import { describe, expect, it } from "vitest";
import { decode, encode } from "./buffers";
import { csv, fileName } from "./export";
import { fixed, interval, percent, signed } from "./format";
import { moved } from "./keyboard";
import { middle, pieces, tokenLabel, tokenSpan } from "./tokens";

describe("decode", () => {
  const wire = encode("float32", [2, 2], [1, -2.5, 0, 4]);

  it("gives back what was encoded", () => {
    expect([...decode(wire)]).toEqual([1, -2.5, 0, 4]);
    expect([...decode(encode("int32", [2], [-1, 7]))]).toEqual([-1, 7]);
    expect([...decode(encode("uint8", [2], [0, 255]))]).toEqual([0, 255]);
  });

  it("reads a view that starts off the type's grid", () => {
    const bytes = new Uint8Array(17);
    bytes.set(new Uint8Array((wire.data as DataView<ArrayBuffer>).buffer), 1);
    expect([...decode({ ...wire, data: new DataView(bytes.buffer, 1, 16) })]).toEqual([1, -2.5, 0, 4]);
  });

  it("reads a bare buffer and a byte array", () => {
    const buffer = (wire.data as DataView<ArrayBuffer>).buffer;
    expect([...decode({ ...wire, data: buffer })]).toEqual([1, -2.5, 0, 4]);
    expect([...decode({ ...wire, data: new Uint8Array(buffer) })]).toEqual([1, -2.5, 0, 4]);
  });

  it("refuses bytes that do not fit the shape, with both numbers", () => {
    expect(() => decode({ ...wire, shape: [3] })).toThrow(/12 bytes, 16 came/);
  });
});

describe("numbers", () => {
  it("have a real minus and their sign", () => {
    expect(signed(4.5)).toBe("+4.50");
    expect(signed(-1.2)).toBe("\u22121.20");
    expect(signed(0)).toBe("0.00");
    expect(fixed(-0.0001)).toBe("\u22121.0e-4");
    expect(fixed(12345.6)).toBe("12346");
    expect(fixed(Number.NaN)).toBe("NaN");
    expect(signed(Number.NEGATIVE_INFINITY)).toBe("\u2212∞");
  });

  it("are whole per cent unless there are many", () => {
    expect(percent(0.871)).toBe("87 %");
    expect([percent(0), percent(0.004), percent(0.006), percent(0.384)]).toEqual(["0 %", "<1 %", "1 %", "38 %"]);
  });

  it("come with their interval", () => {
    expect(interval(4.52, 4.07, 4.91)).toBe("4.5 [4.1, 4.9]");
  });
});

describe("tokens", () => {
  it.each([
    [" Mary", "·Mary"],
    ["   x", "···x"],
    ["a b", "a b"],
    ["\n\n", "⏎⏎"],
    [".\n", ".⏎"],
    ["\t", "⇥"],
    ["⟨E2⟩⟨80⟩", "⟨E2 80⟩"],
    ["", "∅"],
  ])("shows %j as %s", (raw, shown) => expect(tokenLabel(raw)).toBe(shown));

  it("mutes the marks, not the words", () => {
    expect(pieces(" Mary")).toEqual([{ text: "·", muted: true }, { text: "Mary", muted: false }]);
    expect(pieces("⟨E2⟩a")).toEqual([{ text: "⟨E2⟩", muted: true }, { text: "a", muted: false }]);
  });

  it("are data, never markup", () => {
    const span = tokenSpan({ text: "<script>alert(1)</script>", special: false });
    expect(span.children.length).toBe(0);
    expect(span.textContent).toBe("<script>alert(1)</script>");
  });

  it("lose their middle, not their ends", () => {
    expect(middle("internationalisation", 8)).toBe("inte…ion");
    expect(middle("short", 8)).toBe("short");
  });
});

describe("the grid cursor", () => {
  it("stays inside, and follows the screen when layers go up", () => {
    expect(moved("ArrowRight", [0, 2], 3, 3)).toEqual([0, 2]);
    expect(moved("ArrowDown", [0, 0], 3, 3)).toEqual([1, 0]);
    expect(moved("ArrowDown", [2, 0], 3, 3, true)).toEqual([1, 0]);
    expect(moved("End", [1, 0], 3, 4)).toEqual([1, 3]);
    expect(moved("d", [1, 0], 3, 4)).toBeNull();
  });
});

describe("files", () => {
  it("quote what CSV would break on, and keep every digit", () => {
    expect(csv({ caption: "", columns: ["a", 'b"c'], rows: [["x,y", 0.1 + 0.2], ["\n", Number.NaN]] }))
      .toBe('a,"b""c"\n"x,y",0.30000000000000004\n"\n",NaN\n');
  });

  it("are named after the title", () => {
    expect(fileName("Where heads look: L18H6?", "png")).toBe("where-heads-look-l18h6.png");
    expect(fileName("…", "csv")).toBe("mikit.csv");
  });
});
