import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, describe, expect, it } from "vitest";
import type { RunPage, RunView } from "../api/shapes";
import { runs } from "../store/runs";
import { Runs } from "./Runs";

const place = document.body.appendChild(document.createElement("div"));
const EVIL = "<img src=x onerror=alert(1)>\u202e\u0000";
const run = (more: Partial<RunView>) => ({ msg_id: "r", state: "running", cell_id: "cell-1", execution_count: 3, prompt: null, last_lines: [], sent_at: new Date().toISOString(), began_at: null, ...more }) as RunView;

async function draw(total: number, ...requests: RunView[]): Promise<string> {
  runs.value = new Map([["k", { kernel_id: "k", requests, next: null, total } as RunPage]]);
  await act(() => render(<Runs kernelId="k" />, place));
  return place.textContent ?? "";
}
afterEach(() => act(() => render(null, place)));

describe("Runs", () => {
  it("show the cell that runs with its last lines, and how many wait", async () => {
    const text = await draw(4, run({ last_lines: ["epoch 1", "epoch 2"] }), run({ msg_id: "q", state: "queued" }));
    expect(text).toContain("Cell [3] cell-1");
    expect(text).toContain("epoch 1epoch 2");
    expect(text).toContain("3 cells wait");
  });

  it("show a question that waits, and a cell whose number is not known", async () => {
    const text = await draw(1, run({ prompt: "name? ", execution_count: null, cell_id: null }));
    expect(text).toContain("Cell [*]");
    expect(text).toContain("It asks: name?");
    expect(text).not.toContain("wait");
  });

  it("interpret nothing that a kernel or a page chose", async () => {
    const text = await draw(1, run({ cell_id: EVIL, prompt: EVIL, last_lines: [EVIL] }));
    expect(place.querySelector("img")).toBeNull();
    expect(text).toContain("<img src=x onerror=alert(1)>U+202EU+0000");
  });

  it("show nothing of a kernel of which nothing is known", async () => {
    expect(await draw(0)).toBe("");
    await act(() => render(<Runs kernelId="other" />, place));
    expect(place.textContent).toBe("");
  });
});
