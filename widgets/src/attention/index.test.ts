import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { encode } from "../shared/buffers";
import { fakeModel, IDLE, type Fake } from "../shared/fake";
import view from "./index";
import type { AttentionTraits, Effect } from "./traits";
import { rowStart } from "./unpack";

const WORDS = ["When", " Mary", " and", " <script>"];
const LAYERS = 3;
const PER_LAYER = 2;
const HEADS = LAYERS * PER_LAYER;

/** Every head looks at the token before with a weight of its own; the rest falls on position 0. */
function patterns(): Uint8Array {
  const out = new Uint8Array(HEADS * rowStart(WORDS.length));
  for (let head = 0; head < HEADS; head++) {
    for (let query = 0; query < WORDS.length; query++) {
      const start = head * rowStart(WORDS.length) + rowStart(query);
      const before = query > 1 ? 51 * (head % 6) : 0;
      if (query > 1) out[start + query - 1] = before;
      out[start] = 255 - before;
    }
  }
  return out;
}

const EFFECT: Effect = {
  heads: [[2, 1], [0, 1]], base: { guessed: 22, n: 24, surprise: 1.6 }, muted: { guessed: 3, n: 24, surprise: 9, low: 7.9, high: 10.2 },
  draws: { guessed: [21, 20, 22], surprise: [1.7, 2.1, 1.6] }, of: 8,
};

function traits(): AttentionTraits {
  const induction = encode("float32", [HEADS], [0.1, 0.9, 0.2, 0.3, 0.4, 0.95]);
  return {
    ...IDLE, title: "Heads", text: "When Mary and", mode: "continue", muted: [], focus: [2, 1], locked: -1, sort: "",
    examples: [{ label: "A list", text: "red, blue", mode: "continue" }], has_chat: false, grid: [LAYERS, PER_LAYER],
    tokens: WORDS.map((text) => ({ text, special: false })), patterns: encode("uint8", [HEADS, rowStart(WORDS.length)], patterns()),
    sink: encode("float32", [HEADS], Array(HEADS).fill(0.5)), scores: { induction }, score_control: { induction: encode("float32", [HEADS], Array(HEADS).fill(0.05)) },
    score_low: {}, score_high: {}, protocol: "8 seeds", next: [{ text: " <b>", p: 0.92 }], effect: null,
    surprise: encode("float32", [2, WORDS.length], [Number.NaN, 1, 2, 6, Number.NaN, Number.NaN, Number.NaN, Number.NaN]),
  };
}

let stop: AbortController;
let host: HTMLElement;
const drawn = (): Promise<void> => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())));

beforeEach(() => {
  stop = new AbortController();
  host = document.createElement("div");
  document.body.replaceChildren(host);
});
afterEach(() => stop.abort());

async function make(changes: Partial<AttentionTraits> = {}): Promise<Fake<AttentionTraits>> {
  const fake = fakeModel<AttentionTraits>({ ...traits(), ...changes });
  view.render({ model: fake.model, el: host, signal: stop.signal } as unknown as Parameters<typeof view.render>[0]);
  await drawn();
  return fake;
}

function find<E extends HTMLElement = HTMLElement>(selector: string): E {
  const found = host.querySelector<E>(selector);
  if (!found) throw new Error(`nothing at ${selector}`);
  return found;
}
const text = (selector: string): string => find(selector).textContent ?? "";
const button = (label: string): HTMLButtonElement => {
  const found = [...host.querySelectorAll("button")].find((one) => one.textContent?.startsWith(label));
  if (!found) throw new Error(`no button ${label}`);
  return found;
};
const tokens = (): HTMLElement[] => [...host.querySelectorAll<HTMLElement>(".mikit-att-token")];
async function press(selector: string, ...keys: string[]): Promise<void> {
  for (const key of keys) {
    find(selector).dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    await drawn();
  }
}
async function pointAt(token: number): Promise<void> {
  tokens()[token]!.dispatchEvent(new PointerEvent("pointerover", { bubbles: true }));
  await drawn();
}

describe("reading", () => {
  it("shows tokens as text, also those that look like markup", async () => {
    await make();
    expect(host.querySelector("script")).toBeNull();
    expect(tokens().map((span) => span.textContent)).toEqual(["When", "·Mary", "·and", "·<script>"]);
    expect(text(".mikit-att-next")).toContain("·<b> 92 %");
  });

  it("rests on the last token, follows the pointer, and comes back", async () => {
    await make();
    expect(text(".mikit-att-readout")).toBe("L2H1: “·<script>” looks 100 % at “·and”, 0 % at the first position (a sink), left out of the picture.");
    await pointAt(2);
    expect(text(".mikit-att-readout")).toContain("“·and” looks 100 % at “·Mary”");
    find(".mikit-att-line").dispatchEvent(new PointerEvent("pointerleave"));
    await drawn();
    expect(text(".mikit-att-readout")).toContain("“·<script>” looks");
  });

  it("tints what the reader looks at and hatches the first position", async () => {
    await make();
    expect(tokens()[2]!.style.backgroundColor).not.toBe("");
    expect(tokens()[1]!.style.backgroundColor).toBe("");
    expect(tokens()[0]!.classList.contains("mikit-tint-out")).toBe(true);
  });

  it("locks by click, unlocks by a second click and by Escape", async () => {
    const fake = await make();
    tokens()[1]!.click();
    expect(fake.model.get("locked")).toBe(1);
    tokens()[1]!.click();
    expect(fake.model.get("locked")).toBe(-1);
    await press(".mikit-att-line", "ArrowLeft", "Enter");
    expect(fake.model.get("locked")).toBe(2);
    await press(".mikit-att-line", "Escape");
    expect(fake.model.get("locked")).toBe(-1);
  });

  it("keeps the chat template grey under a faint tint", async () => {
    await make({ focus: [0, 1], tokens: WORDS.map((text) => ({ text, special: true })), patterns: encode("uint8", [HEADS, rowStart(WORDS.length)], Array(60).fill(20)) });
    expect(tokens()[2]!.style.backgroundColor).not.toBe("");
    expect(tokens()[2]!.style.color).toBe("");
  });

  it("drops a lock that an older, longer text left behind", async () => {
    await make({ locked: 60 });
    expect(text(".mikit-att-readout")).toContain("“·<script>” looks");
  });
});

describe("the head map", () => {
  it("peeks with arrows in the browser alone, Enter sets the focus", async () => {
    const fake = await make({ focus: [0, 0] });
    await press(".mikit-att-field", "ArrowRight", "ArrowDown");
    expect(text(".mikit-att-card-name")).toBe("L1H1");
    expect(fake.saved).toEqual([]);
    await press(".mikit-att-field", "Enter");
    expect(fake.model.get("focus")).toEqual([1, 1]);
  });

  it("counts every key, also those that come before the next drawing", async () => {
    await make({ focus: [0, 0] });
    for (const key of ["ArrowRight", "ArrowRight", "ArrowDown"]) {
      find(".mikit-att-field").dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    }
    await drawn();
    expect(text(".mikit-att-card-name")).toBe("L2H1");
  });

  it("switches the head under the cursor off with M", async () => {
    const fake = await make();
    await press(".mikit-att-field", "m");
    expect(fake.model.get("muted")).toEqual([[2, 1]]);
    expect(fake.model.get("asked")).toEqual({ mute: 1 });
  });

  it("moves in order of score when it is sorted", async () => {
    await make({ sort: "induction" });
    await press(".mikit-att-field", "ArrowRight");
    expect(text(".mikit-att-card-name")).toBe("L0H1");
  });
});

describe("switching off", () => {
  it("has a switch on the head card that says its state", async () => {
    const fake = await make();
    const knob = find(".mikit-att-switch");
    expect([knob.getAttribute("role"), knob.getAttribute("aria-checked"), knob.textContent])
      .toEqual(["switch", "false", "switch off L2H1 (ablate)"]);
    knob.click();
    await drawn();
    expect(fake.model.get("muted")).toEqual([[2, 1]]);
    expect(knob.getAttribute("aria-checked")).toBe("true");
  });

  it("switches the best heads off together, and all on", async () => {
    const fake = await make();
    button("Switch off top").click();
    expect(fake.model.get("muted")).toEqual([[2, 1], [0, 1], [2, 0], [1, 1], [1, 0], [0, 0]]);
    await drawn();
    button("Switch all on").click();
    expect(fake.model.get("muted")).toEqual([]);
  });

  it("shows the number beside as is and the random draws that came so far", async () => {
    await make({ muted: EFFECT.heads, effect: EFFECT });
    expect(text(".mikit-number-value")).toBe("3 of 24");
    expect(text(".mikit-att-effect-table")).toContain("n = 3 of 8 draws");
    expect(text(".mikit-att-effect-table")).toContain("21 (20 to 22)");
    expect(text(".mikit-att-effect-table")).toContain("9.00 [7.90, 10.20]");
    expect(host.querySelectorAll(".mikit-att-draw")).toHaveLength(3);
  });

  it("draws the random heads under the effect", async () => {
    await make({ muted: EFFECT.heads, effect: EFFECT });
    const marks = [...host.querySelectorAll(".mikit-att-strip circle")].map((mark) => mark.getAttribute("class"));
    expect(marks.at(-1)).toBe("mikit-att-effect");
  });

  it("shows as is alone before that", async () => {
    const fake = await make();
    expect(text(".mikit-number")).toContain("3.00");
    fake.receive({ effect: { ...EFFECT, heads: [] } });
    await drawn();
    expect(text(".mikit-number")).toContain("22 of 24");
    expect(text(".mikit-att-effect-table tbody")).toBe("heads off––as is221.60random heads––");
  });

  it("is off in a saved page, and says why; hovering still works", async () => {
    await make({ frozen: true });
    expect(find<HTMLButtonElement>(".mikit-att-switch").disabled).toBe(true);
    expect(button("Switch off top").disabled).toBe(true);
    expect(text(".mikit-att-sentence")).toContain("needs the model");
    expect(text(".mikit-att-hint")).not.toContain("switches");
    await pointAt(2);
    expect(text(".mikit-att-readout")).toContain("“·and” looks");
  });
});

describe("a kernel that died", () => {
  it("turns the switches off and leaves the picture", async () => {
    await make();
    host.classList.add("jupyter-widgets-disconnected");
    await drawn();
    await drawn();
    expect(find<HTMLButtonElement>(".mikit-att-switch").disabled).toBe(true);
    expect(find<HTMLInputElement>(".mikit-input").disabled).toBe(true);
    await pointAt(2);
    expect(text(".mikit-att-readout")).toContain("“·and” looks");
  });
});

describe("the prompt", () => {
  it("sends every keystroke and marks what hangs on it as asked anew", async () => {
    const fake = await make();
    const box = find<HTMLInputElement>(".mikit-input");
    box.value = "When Mary and J";
    box.dispatchEvent(new Event("input"));
    expect(fake.model.get("text")).toBe("When Mary and J");
    expect(fake.model.get("asked")).toEqual({ attention: 1, mute: 1 });
  });

  it("does not take letters away from someone who types", async () => {
    const fake = await make();
    const box = find<HTMLInputElement>(".mikit-input");
    box.focus();
    box.value = "When Mary and Jo";
    fake.receive({ text: "When Mary and J" });
    await drawn();
    expect(box.value).toBe("When Mary and Jo");
  });

  it("chooses the mode, and offers Chat only where there is a template", async () => {
    const fake = await make();
    expect(button("Chat").disabled).toBe(true);
    button("Random, twice").click();
    await drawn();
    expect(fake.model.get("mode")).toBe("repeat");
    expect(button("Random, twice").getAttribute("aria-checked")).toBe("true");
    expect(find<HTMLInputElement>(".mikit-input").disabled).toBe(true);
    expect(find<HTMLInputElement>(".mikit-input").value).toBe("");
    button("Continue").click();
    await drawn();
    expect(find<HTMLInputElement>(".mikit-input").value).toBe("When Mary and");
  });

  it("takes an example", async () => {
    const fake = await make();
    const examples = find<HTMLSelectElement>("select[aria-label=Examples]");
    examples.value = "0";
    examples.dispatchEvent(new Event("change"));
    expect(fake.model.get("text")).toBe("red, blue");
  });
});

describe("nothing to show yet", () => {
  const empty = {
    tokens: [], patterns: encode("uint8", [HEADS, 0], []), sink: encode("float32", [0], []), scores: {}, score_control: {}, next: [],
    surprise: encode("float32", [2, 0], []),
  };

  it("offers layer order before any score came", async () => {
    await make(empty);
    expect(find<HTMLSelectElement>("select[aria-label^=Order]").options[0]?.textContent).toBe("Layer order");
  });

  it("draws without tokens, scores or effect", async () => {
    await make(empty);
    expect(text(".mikit-att-readout")).toContain("Type a text");
    expect(text(".mikit-att-card")).toContain("being measured");
    expect(button("Switch off top").disabled).toBe(true);
    await press(".mikit-att-line", "ArrowRight", "Enter");
    await press(".mikit-att-square", "ArrowDown", "Enter");
  });

  it("fills in when numbers come", async () => {
    const fake = await make(empty);
    fake.receive(traits());
    await drawn();
    expect(tokens()).toHaveLength(4);
  });
});

describe("the text twin", () => {
  it("lists heads, and where a locked token looks", async () => {
    const fake = await make();
    button("Read as a table").click();
    const rows = (): string[][] => [...host.querySelectorAll(".mikit-twin tbody tr")].map((row) => [...row.children].map((cell) => cell.textContent ?? ""));
    expect(rows()).toHaveLength(HEADS);
    expect(rows()[5]!.slice(0, 5)).toEqual(["L2H1", "on", "0.50", "0.95", "0.05"]);
    fake.receive({ locked: 2 });
    await drawn();
    expect(rows()).toEqual([["0", "When", "0.00"], ["1", "·Mary", "1.00"], ["2", "·and", "0.00"]]);
  });
});
