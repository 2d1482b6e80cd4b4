import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { encode } from "../shared/buffers";
import { fakeModel, IDLE, type Fake } from "../shared/fake";
import repair from ".";
import { rowsOf } from "./bars";
import { names, reach, ticks } from "./scatter";
import { backward, sceneOf, type FoundWire, type RepairTraits } from "./traits";

const N = Number.NaN;

/** Two layers of two heads: L0H1 writes 1 and 0.2 is lost, L1H0 loses more than it writes. */
const FOUND: FoundWire = {
  difference: encode("float32", [1, 3], [4, N, N]),
  effects: encode("float32", [4, 4, 3], [
    [0.0003, N, N, 0.02, N, N, 0, -0.1, 0.1, 0, 0, 0], [1, N, N, 0.2, N, N, 1, 0.9, 1.1, 0.2, 0.1, 0.3],
    [-0.2, N, N, 0.9, N, N, 0, 0, 0, 0, 0, 0], [0.5, N, N, 0.5, N, N, 0, 0, 0, 0, 0, 0],
  ].flat()),
  draws: 2,
  split: {
    heads: ["L1H0", "L0H1", "L1H1"], by: ["L1H0", "other heads", "L1 MLP", "norms", "sum"],
    back: encode("float32", [3, 5, 3], [[0, 0, -1.1, 0, -1.1], [0.6, -0.1, 0.05, 0.25, 0.8], [0, 0, 0, 0, 0]].flat().flatMap((value) => [value, N, N])),
  },
  pairs: {
    names: ["L0H1 + L1H0", "L0H1 + L1H1"], values: encode("float32", [2, 3], [-0.3, N, N, 0.4, N, N]), random_names: ["L0H0 + L1H1"],
    random: encode("float32", [1, 3], [0.02, N, N]),
  },
};

const EMPTY: RepairTraits = {
  ...IDLE, prompt: "a rose is a", changed: "a dog is a", answer: " flower", foil: " animal", brought: "mean", prompts: 1, chosen: null, grid: [2, 2], found: null,
};

const frame = (): Promise<unknown> => new Promise((done) => requestAnimationFrame(done));

describe("the scene", () => {
  it("chooses the head of which most comes back", () => {
    const { chosen, parts, sum, pairs } = sceneOf(fakeModel({ ...EMPTY, found: FOUND }).model);
    expect([chosen!.name, backward(chosen!) > 0.79]).toEqual(["L0H1", true]);
    expect(parts.map(({ name }) => name)).toEqual(["L1H0", "norms", "other heads", "L1 MLP"]);
    expect([sum.value, pairs[0]!.name]).toEqual([Math.fround(0.8), "L0H1 + L1H1"]);
  });

  it("splits the head that a hand chose, and not those that are not split", () => {
    expect(sceneOf(fakeModel<RepairTraits>({ ...EMPTY, found: FOUND, chosen: [1, 0] as [number, number] }).model).sum.value).toBeCloseTo(-1.1);
    expect(sceneOf(fakeModel<RepairTraits>({ ...EMPTY, found: FOUND, chosen: [0, 0] as [number, number] }).model)).toMatchObject({ parts: [], chosen: { name: "L0H0", row: -1 } });
  });
});

describe("the charts", () => {
  it("have rows that add up", () => {
    const { parts, sum } = sceneOf(fakeModel({ ...EMPTY, found: FOUND }).model);
    const rows = rowsOf(parts, sum, 2);
    expect(rows.map(({ name }) => name)).toEqual(["L1H0", "norms", "2 more parts", "sum"]);
    expect(rows.slice(0, -1).reduce((all, { value }) => all + value, 0)).toBeCloseTo(rows[3]!.value, 5);
  });

  it("name a head where no line crosses its name", () => {
    const { heads } = sceneOf(fakeModel({ ...EMPTY, found: FOUND }).model);
    const left = (...lines: [number, number, number, number][]): string | null => names([[heads[1]!, 100, 50]], lines, 400, null)[0]!.getAttribute("x");
    expect([left(), Number(left([100, 50, 130, 50])) < 100]).toEqual(["107", true]);
  });

  it("reach beyond every head, alike on both axes, with round ticks", () => {
    const [low, high] = reach(sceneOf(fakeModel({ ...EMPTY, found: FOUND }).model).heads);
    expect([low < -0.2, high > 1, ticks(low, high).some((value) => value === 0)]).toEqual([true, true, true]);
    expect(ticks(-1.5, 3.2)).toEqual([-1, 0, 1, 2, 3]);
  });
});

describe("the view", () => {
  let stop: AbortController;
  let host: HTMLElement;
  let fake: Fake<RepairTraits>;

  beforeEach(async () => {
    stop = new AbortController();
    host = document.createElement("div");
    document.body.replaceChildren(host);
    fake = fakeModel<RepairTraits>({ ...EMPTY });
    repair.render({ model: fake.model, el: host, signal: stop.signal } as never);
    await frame();
  });
  afterEach(() => stop.abort());

  const text = (selector: string): string => host.querySelector(selector)?.textContent ?? "";

  it("shows what comes back, beside other draws and random pairs", async () => {
    expect(host.textContent).toContain("No numbers yet");
    fake.receive({ found: FOUND });
    await frame();
    expect([text(".mikit-number-value"), text(".mikit-number-label")]).toEqual(["+0.80", "brought back without L0H1"]);
    expect(host.textContent).toContain("It writes +1.00, the model loses +0.20: later parts make up for it. Set to places of ordinary texts instead (2 draws): +0.90 to +1.10, and +0.10 to +0.30.");
    expect(host.textContent).toContain("Grey: 1 random pairs, +0.02 to +0.02.");
    expect(host.querySelectorAll("circle.mikit-rep-dot").length).toBe(3 + 1);
    expect(text(".mikit-number-below")).toBe("random heads \u22121.10 to +0.80 (95 %)\nmost of 3 split, n = 1, model +4.00");
    expect(host.querySelectorAll(".mikit-rep-draws").length).toBe(2 * 3);
  });

  it("leaves draws of ordinary texts out of the chart where heads are set to something else", async () => {
    fake.receive({ found: FOUND, brought: "other prompt" });
    await frame();
    expect(host.querySelectorAll(".mikit-rep-draws").length).toBe(0);
    expect(host.textContent).not.toContain("draws of ordinary");
  });

  it("says that an interval which holds 0 tells nothing apart from it", async () => {
    const back = encode("float32", [3, 5, 3], Array.from({ length: 15 }, () => [0.6, -0.2, 1.4]).flat());
    fake.receive({ prompts: 4, found: { ...FOUND, split: { ...FOUND.split!, back } } });
    await frame();
    expect(text(".mikit-number-label")).toBe("direct less total of L0H1, not told apart from 0 with 4 prompts");
    expect(host.textContent).toContain("the difference is not told apart from 0 with 4 prompts");
    expect(host.textContent).not.toContain("make up for it");
  });

  it("says that a head was not split, in two decimals", async () => {
    fake.receive({ found: FOUND, chosen: [0, 0] });
    await frame();
    expect(text(".mikit-rep-title")).toBe("L0H0 was not split");
    expect(host.querySelector<HTMLSelectElement>('select[aria-label="head that is split"]')!.selectedOptions[0]!.text).toBe("L0H0: direct 0.00, total +0.02");
  });

  it("splits another head by its list, without the kernel, and says where more is lost", async () => {
    fake.receive({ found: FOUND });
    await frame();
    const list = host.querySelector<HTMLSelectElement>('select[aria-label="head that is split"]')!;
    list.value = "L1H0";
    list.dispatchEvent(new Event("change"));
    await frame();
    expect(fake.model.get("chosen")).toEqual([1, 0]);
    expect(text(".mikit-number-label")).toBe("direct less total of L1H0");
    expect(host.textContent).toContain("later parts lose what they had from it");
    expect(fake.model.get("asked")).toEqual({});
  });

  it("asks anew for another way to switch off, and needs the other prompt then", async () => {
    const other = (): boolean => host.querySelector<HTMLElement>(".mikit-rep-of-changed")!.hasAttribute("hidden");
    expect(other()).toBe(true);
    const how = host.querySelector<HTMLSelectElement>(".mikit-rep-of-how select")!;
    how.value = "other prompt";
    how.dispatchEvent(new Event("change"));
    await frame();
    expect([fake.model.get("brought"), fake.model.get("asked"), other()]).toEqual(["other prompt", { repair: 1 }, false]);
  });
});
