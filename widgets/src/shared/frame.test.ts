import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fakeModel, IDLE, type Fake } from "./fake";
import { frame, type Frame } from "./frame";
import type { FrameTraits } from "./types";

let stop: AbortController;
let host: HTMLElement;

beforeEach(() => {
  stop = new AbortController();
  host = document.createElement("div");
  document.body.replaceChildren(host);
});
afterEach(() => stop.abort());

function make(traits: Partial<FrameTraits> = {}, manager = {}): { fake: Fake<FrameTraits>; view: Frame<FrameTraits> } {
  const fake = fakeModel<FrameTraits>({ ...IDLE, ...traits });
  Object.assign(fake.model, { widget_manager: manager });
  const table = (): { caption: string; columns: string[]; rows: (string | number)[][] } => (
    { caption: "Numbers", columns: ["token", "nats"], rows: [["<b>", 0.25]] });
  return { fake, view: frame(fake.model, host, stop.signal, { name: "test", table }) };
}

const button = (label: string): HTMLButtonElement => {
  const found = [...host.querySelectorAll("button")].find((one) => one.textContent === label);
  if (!found) throw new Error(`no button ${label}`);
  return found;
};
const text = (selector: string): string => host.querySelector(selector)?.textContent ?? "";
const frameDrawn = (): Promise<void> => new Promise((done) => requestAnimationFrame(() => done()));

describe("the frame", () => {
  it("shows what the traits say, and follows them", () => {
    const { fake, view } = make({ shows: "This.", hides: "That." });
    expect(view.root.className).toBe("mikit mikit-test");
    expect(text(".mikit-chip")).toContain("0000abcd");
    expect(text(".mikit-foot")).toBe("Shows: This. Does not show: That.");
    fake.receive({ title: "Other", status: { state: "busy", text: "computing 12/30", done: 0.4 } });
    expect(text(".mikit-title")).toBe("Other");
    expect(view.root.dataset.status).toBe("busy");
    expect(text(".mikit-status-text")).toBe("computing 12/30");
  });

  it("stops the work", () => {
    const { fake } = make({ status: { state: "busy", text: "", done: 0 } });
    button("Stop").click();
    expect(fake.sent).toEqual([{ do: "stop" }]);
    fake.receive({ status: { state: "stopped", text: "", done: 0 } });
    expect(button("Stop").hidden).toBe(true);
    expect(text(".mikit-status-text")).toBe("stopped");
  });

  it("says that it waits when a kernel stays silent, until it speaks", () => {
    vi.useFakeTimers();
    const { fake, view } = make({ asked: { map: 1 }, answers: { map: 1 } });
    view.set({}, ["map"]);
    vi.advanceTimersByTime(900);
    expect(view.root.dataset.status).toBe("idle");
    vi.advanceTimersByTime(200);
    expect(view.root.dataset.status).toBe("waiting");
    expect(text(".mikit-status-text")).toContain("waiting for your cell");
    fake.receive({ status: { state: "busy", text: "computing", done: 0 } });
    expect(view.root.dataset.status).toBe("busy");
    view.set({ note: "" });
    vi.advanceTimersByTime(5000);
    expect(view.root.dataset.status).toBe("busy");
    vi.useRealTimers();
  });

  it("says an error inside the view, as an alert", () => {
    const { fake, view } = make();
    fake.receive({ error: "Type a text first." });
    expect(text('[role="alert"]')).toBe("× Type a text first.");
    expect(view.root.dataset.status).toBe("error");
    fake.receive({ error: "" });
    expect(text('[role="alert"]')).toBe("");
  });

  it("marks numbers that belong to an earlier question", () => {
    const { fake, view } = make({ asked: { map: 1 }, answers: { map: 1 } });
    view.set({}, ["map"]);
    expect(fake.model.get("asked")).toEqual({ map: 2 });
    expect(fake.saved).toEqual([["asked"]]);
    expect(view.stage.classList.contains("mikit-old")).toBe(true);
    fake.receive({ answers: { map: 2 } });
    expect(view.stage.classList.contains("mikit-old")).toBe(false);
  });

  it("fades only what is tied to the lane", () => {
    const { view } = make({ asked: { map: 2, scores: 1 }, answers: { map: 1, scores: 1 } });
    const [map, scores] = [document.createElement("i"), document.createElement("i")];
    view.tie(map, "map");
    view.tie(scores, "scores");
    expect([map, scores, view.stage].map((one) => one.classList.contains("mikit-old"))).toEqual([true, false, false]);
  });

  it("does not call a first, unanswered question old", () => {
    const { view } = make({ asked: { map: 1 }, answers: {} });
    expect(view.root.hasAttribute("data-old")).toBe(false);
  });

  it("keeps keys from the notebook, save those that run a cell", () => {
    const { view } = make();
    const heard = vi.fn();
    document.body.addEventListener("keydown", heard, { signal: stop.signal });
    const press = (key: string, more: KeyboardEventInit = {}): boolean => (
      view.stage.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, ...more })));
    press("d");
    press("ArrowDown");
    expect(heard).toHaveBeenCalledTimes(0);
    press("Enter", { shiftKey: true });
    press("s", { ctrlKey: true });
    expect(heard).toHaveBeenCalledTimes(2);
  });

  it("draws once a frame, however much changed", async () => {
    const { fake, view } = make();
    const draw = vi.fn();
    view.onDraw(draw);
    view.watch(["title", "note"]);
    fake.receive({ title: "a", note: "b" });
    await frameDrawn();
    expect(draw).toHaveBeenCalledTimes(1);
    stop.abort();
    fake.receive({ title: "c" });
    await frameDrawn();
    expect(draw).toHaveBeenCalledTimes(1);
    expect(host.children.length).toBe(0);
  });
});

describe("without a kernel", () => {
  it("keeps the picture and says so when the host marks the view as cut off", async () => {
    const { view } = make();
    const drawn: boolean[] = [];
    view.onDraw(() => drawn.push(view.live));
    host.classList.add("jupyter-widgets-disconnected");
    await vi.waitFor(() => expect(view.root.hasAttribute("data-gone")).toBe(true));
    await vi.waitFor(() => expect(drawn.at(-1)).toBe(false));
    expect(text(".mikit-status-text")).toContain("run the cell again");
    host.classList.remove("jupyter-widgets-disconnected");
    await vi.waitFor(() => expect(drawn.at(-1)).toBe(true));
  });

  it("hears of the kernel's end from JupyterLab's widget manager, and lets go of it", () => {
    const slots = new Set<(sender: unknown, status: string) => void>();
    const statusChanged = {
      connect: (slot: (sender: unknown, status: string) => void) => slots.add(slot),
      disconnect: (slot: (sender: unknown, status: string) => void) => slots.delete(slot),
    };
    const { view } = make({}, { kernel: { statusChanged } });
    for (const status of ["busy", "idle"]) slots.forEach((slot) => slot(null, status));
    expect(view.live).toBe(true);
    slots.forEach((slot) => slot(null, "autorestarting"));
    slots.forEach((slot) => slot(null, "idle"));
    expect(view.live).toBe(false);
    expect(text(".mikit-status-text")).toContain("run the cell again");
    stop.abort();
    expect(slots.size).toBe(0);
  });

  it("names the notebook's cell to run again", () => {
    const cell = document.createElement("div");
    cell.className = "jp-Cell";
    cell.innerHTML = '<div class="jp-InputPrompt">[12]:</div>';
    host.replaceWith(cell);
    cell.append(host);
    const { fake, view } = make();
    fake.model.save_changes = () => {
      throw new Error("comm is dead");
    };
    view.set({ note: "x" } as Partial<FrameTraits>);
    expect(text(".mikit-status-text")).toContain("run cell [12] again");
  });

  it("draws again when a page becomes a saved one", async () => {
    const { fake, view } = make();
    const drawn: boolean[] = [];
    view.onDraw(() => drawn.push(view.live));
    fake.receive({ frozen: true });
    await vi.waitFor(() => expect(drawn.at(-1)).toBe(false));
  });

  it("takes a failing save for a lost kernel", () => {
    const { fake, view } = make();
    fake.model.save_changes = () => {
      throw new Error("comm is dead");
    };
    view.set({ note: "x" } as Partial<FrameTraits>);
    expect(view.root.hasAttribute("data-gone")).toBe(true);
  });

  it("offers a saved page's own record, and nothing that needs a model", () => {
    const { fake, view } = make({ frozen: true, record: "{}", asked: { map: 1 } });
    expect(view.live).toBe(false);
    expect(button("Save page").hidden).toBe(true);
    expect(button("Save record").disabled).toBe(false);
    view.set({}, ["map"]);
    expect(fake.model.get("asked")).toEqual({ map: 1 });
    button("Reset").click();
    expect(fake.sent).toEqual([]);
  });
});

describe("panels", () => {
  it("show the code in the flavours there are", () => {
    const { fake } = make({ code: { mikit: "import mikit" } });
    button("Code").click();
    expect(text(".mikit-code pre")).toBe("import mikit");
    expect(host.querySelectorAll(".mikit-code [aria-pressed]").length).toBe(1);
    fake.receive({ code: { mikit: "import mikit", nnsight: "import nnsight" } });
    button("plain nnsight").click();
    expect(text(".mikit-code pre")).toBe("import nnsight");
  });

  it("read the figure as a table, its texts as text", () => {
    make();
    button("Read as a table").click();
    expect(text(".mikit-twin caption")).toBe("Numbers");
    expect(text(".mikit-twin tbody th")).toBe("<b>");
    expect(text(".mikit-twin td")).toBe("0.25");
  });
});
