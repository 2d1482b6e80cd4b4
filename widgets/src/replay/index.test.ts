import { afterEach, beforeEach, expect, it } from "vitest";
import { fakeModel, IDLE, type Fake } from "../shared/fake";
import replay, { type ReplayTraits } from ".";

let stop: AbortController;
let host: HTMLElement;
let fake: Fake<ReplayTraits>;

const frame = (): Promise<void> => new Promise((done) => requestAnimationFrame(() => done()));

async function open(more: Partial<ReplayTraits> = {}): Promise<void> {
  fake = fakeModel<ReplayTraits>({
    ...IDLE, files: ["a.json", "b.html"], chosen: "", started: false, problem: "", recorded: {}, environment: [], rows: [], outcome: {}, ...more,
  });
  replay.render({ model: fake.model, el: host, signal: stop.signal } as never);
  await frame();
}

beforeEach(() => {
  stop = new AbortController();
  host = document.createElement("div");
  document.body.replaceChildren(host);
});
afterEach(() => stop.abort());

const start = (): HTMLButtonElement => host.querySelector(".mikit-primary") as HTMLButtonElement;

it("asks for the chosen record, and runs nothing before the button", async () => {
  await open();
  expect(start().hidden).toBe(true);
  const files = host.querySelector("select") as HTMLSelectElement;
  files.value = "b.html";
  files.dispatchEvent(new Event("change"));
  expect(fake.sent).toEqual([{ do: "choose", name: "b.html" }]);
  fake.receive({ chosen: "b.html", recorded: { lines: ["Claim: <b>it</b>"] } });
  await frame();
  expect(host.textContent).toContain("Claim: <b>it</b>");
  start().click();
  expect(fake.model.get("asked")).toEqual({ replay: 1 });
});

it("shows differences against tolerances, and what cannot be compared", async () => {
  await open({
    chosen: "a.json", started: true, outcome: { sentence: "Not found again: x moved most.", within: false },
    rows: [{ where: "claim / right", difference: 0.000031, unit: "logits", tolerance: 0.001 }, { where: "x", difference: null, unit: "", tolerance: 0.001 }],
    environment: [["torch", "2.13", "2.14"], ["dtype", "fp32", "fp32"]],
  });
  const cells = [...host.querySelectorAll("td")].map((one) => one.textContent);
  expect(cells).toEqual(["0.000031 logits", "0.001", "cannot be compared", "0.001", "2.13", "2.14", "fp32", "the same"]);
  expect(host.querySelector(".mikit-replay-outcome")?.textContent).toBe("! Not found again: x moved most.");
});

it("a bad file is told of", async () => {
  await open({ problem: "notes.json is JSON, but no record." });
  expect(host.querySelector(".mikit-replay [role=alert]")?.textContent).toContain("no record");
});
