// What a page does that came after one that hung. Run by ui's vitest.
import { mayShow } from "../../labextension/static/first_look.js";

describe("outputs are shown", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    sessionStorage.clear();
  });
  afterEach(() => vi.useRealTimers());

  it("once more after a page that was left as pages are left", () => {
    expect(mayShow("a.ipynb")).toBe(true);
    window.dispatchEvent(new Event("pagehide"));
    expect(mayShow("a.ipynb")).toBe(true);
  });

  it("once more after a page that lived", () => {
    expect(mayShow("a.ipynb")).toBe(true);
    vi.advanceTimersByTime(10_000);
    expect(mayShow("a.ipynb")).toBe(true);
  });

  it("not after a page that hung, until it is tried again", () => {
    expect(mayShow("a.ipynb")).toBe(true);
    expect(mayShow("b.ipynb")).toBe(true);
    expect(mayShow("a.ipynb")).toBe(false);
    expect(mayShow("a.ipynb")).toBe(true);
  });

  it("where there is no storage", () => {
    vi.stubGlobal("sessionStorage", {
      getItem: () => {
        throw new Error("forbidden");
      },
    });
    expect(mayShow("a.ipynb")).toBe(true);
    expect(mayShow("a.ipynb")).toBe(true);
    vi.unstubAllGlobals();
  });
});
