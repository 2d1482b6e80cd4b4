import { afterEach, beforeEach, expect, it } from "vitest";
import { encode } from "../shared/buffers";
import { fakeModel, IDLE, type Fake } from "../shared/fake";
import claim from ".";
import type { CellWire, ClaimTraits } from "./traits";
import { axisOf, figures } from "./whiskers";

let stop: AbortController;
let host: HTMLElement;
let fake: Fake<ClaimTraits>;

const frame = (): Promise<void> => new Promise((done) => requestAnimationFrame(() => done()));
const cell = (more: Partial<CellWire> = {}): CellWire => ({
  wording: "{IO} {S} <b>", names: "names", n: 64, verdict: "rule not met", right: [0.0625, 0.0173, 0.1524], difference: [-2.89, -3.5, -2.2],
  changed: [0, -4.9], shuffled: [0.5, 0.1], told: [0.91, 0.55], ...more,
});
const DOSE = {
  site: "L15 9: John", others: ["L3 a"], curves: encode("float32", [2, 17], Array.from({ length: 34 }, (_, i) => i - 8)), tokens: [" Mary", " John"],
  chances: encode("float32", [17, 2], Array.from({ length: 34 }, (_, i) => (i % 2 ? 0.1 : 0.9))), clean: "a", corrupt: "b", answer: " Mary", foil: " John",
};
const OUTCOME = { verdict: "rule not met", told: "told.", average: "avg.", rule: "the rule", stamps: ["one wording"], cannot: [], needed: [], not_shown: ["why"] };

async function open(more: Partial<ClaimTraits> = {}): Promise<void> {
  const list = { name: "names", names: "Mary, John" };
  fake = fakeModel<ClaimTraits>({
    ...IDLE, title: "Check a claim", answers: {}, asked: {}, locked_at: "", earlier: [], started: false, problem: "", cells: [], outcome: {}, dose: {},
    draft: { claim: "It does.", access: "weights", wordings: ["{IO} {S}"], names: [list], n: 32, measure: "share right", at_least: 0.75 },
    offered: { wordings: ["{IO} then {S}"], names: [list], sizes: [16, 32] }, ...more,
  });
  claim.render({ model: fake.model, el: host, signal: stop.signal } as never);
  await frame();
}

beforeEach(() => {
  stop = new AbortController();
  host = document.createElement("div");
  document.body.replaceChildren(host);
});
afterEach(() => stop.abort());

const button = (label: string): HTMLButtonElement => [...host.querySelectorAll("button")].find((one) => one.textContent === label) as HTMLButtonElement;
const labelled = <T extends HTMLElement>(label: string): T => host.querySelector(`[aria-label="${label}"]`) as T;
const type = (label: string, value: string): void => {
  const input = labelled<HTMLInputElement>(label);
  input.value = value;
  input.dispatchEvent(new Event("input"));
};

it("keeps what is typed until the lock sends it", async () => {
  await open();
  type("The claim", "Another <script>");
  labelled<HTMLSelectElement>("Add a wording").value = "0";
  labelled("Add a wording").dispatchEvent(new Event("change"));
  type("Wording 1", "{S} {IO}");
  expect(fake.saved).toEqual([]);
  button("Lock the rule").click();
  expect(fake.sent).toEqual([{ do: "lock", draft: expect.objectContaining({ claim: "Another <script>", wordings: ["{S} {IO}", "{IO} then {S}"] }) }]);
});

it("a share is typed in per cent, a difference in logits", async () => {
  await open();
  type("At least, %", "90");
  button("Lock the rule").click();
  expect(fake.sent[0]).toMatchObject({ draft: { at_least: 0.9 } });
  expect(host.textContent).toContain("at least 90 % of the prompts");
  const measure = [...host.querySelectorAll("select")].find((select) => select.value === "share right") as HTMLSelectElement;
  measure.value = "mean logit difference";
  measure.dispatchEvent(new Event("change"));
  expect(labelled<HTMLInputElement>("At least, logits").value).toBe("1");
});

it("one wording and one list are stamped", async () => {
  await open();
  expect(host.textContent).toContain("stamped “one wording”, “one name list”");
});

it("after the lock the boxes are closed and Run asks both lanes", async () => {
  await open();
  fake.receive({ locked_at: "2026-01-31T12:00:00Z" });
  await frame();
  expect([...host.querySelectorAll<HTMLInputElement>("textarea, .mikit-claim-list input")].every((input) => input.disabled)).toBe(true);
  expect(button("Lock the rule").hidden).toBe(true);
  button("Run").click();
  expect(fake.model.get("started")).toBe(true);
  expect(fake.model.get("asked")).toEqual({ claim: 1, dose: 1 });
});

it("the last step holds all, and the slider works without a kernel", async () => {
  await open({ frozen: true, record: "{}", locked_at: "2026-01-31T12:00:00Z", started: true, cells: [cell()], outcome: OUTCOME, dose: DOSE });
  expect(host.querySelector(".mikit-claim-word")?.textContent).toBe("rule not met");
  expect(host.querySelector(".mikit-number-value")?.textContent).toBe("rule not met");
  expect(host.textContent).toContain("Does not show");
  expect(host.querySelector(".mikit-claim-scroll th[scope=row]")?.textContent).toBe("{IO} {S} <b>");
  const slider = labelled<HTMLInputElement>("Dose, from changed to original");
  slider.value = "4";
  slider.dispatchEvent(new Event("input"));
  expect(host.querySelector(".mikit-claim-dosed")?.textContent).toContain("dose 0.25: −4.00 logits, ·John ahead");
  expect(slider.disabled).toBe(false);
});

it("writes figures with their interval, and where there are none", () => {
  expect(figures(cell(), "share right")).toBe("4 of 64 · 6 % [2, 15]");
  expect(figures(cell(), "mean logit difference")).toBe("−2.89 [−3.50, −2.20] logits");
  expect(figures(cell({ right: [null, null, null] }), "share right")).toBe("not measured yet");
  expect(axisOf([cell()], "mean logit difference", 1)).toMatchObject({ low: -5, high: 1 });
});

it("without weights it says what is missing", async () => {
  await open({ locked_at: "x", started: true, outcome: { cannot: ["mikit ran nothing"], needed: ["the weights"] } });
  expect(host.textContent).toContain("What mikit cannot test");
  expect(host.querySelector(".mikit-claim-plot")).toBeNull();
});
