import { signal } from "@preact/signals";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Comm } from "../store/comm_table";
import { comm } from "./comms.testing";

const list = signal<readonly Comm[]>([]);
vi.mock("../store/comms", () => ({
  get commList() {
    return list;
  },
}));
const { FAREWELL, followList, listed } = await import("./listed");

const ids = () => listed.value.comms.map((each) => each.comm_id).join("");
let stop: () => void;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  list.value = [..."abc"].map((id) => comm(id));
});
afterEach(() => {
  stop();
  vi.useRealTimers();
});

describe("the list", () => {
  it("shows what closes in view a moment longer, and nothing else", () => {
    stop = followList(
      () => new Set(["k1 b"]),
      () => undefined,
    );
    expect(ids()).toBe("abc");
    list.value = list.value.slice(0, 1);
    expect([ids(), [...listed.value.closed]]).toEqual(["ab", ["k1 b"]]);
    vi.advanceTimersByTime(FAREWELL);
    expect([ids(), listed.value.closed.size]).toEqual(["a", 0]);
  });

  it("shows it where it was", () => {
    stop = followList(
      () => new Set(["k1 a", "k1 b"]),
      () => undefined,
    );
    list.value = list.value.slice(2);
    expect(ids()).toBe("abc");
    list.value = [];
    expect([...ids()].sort().join("")).toBe("ab");
  });

  it("forgets a farewell where the comm is opened again", () => {
    stop = followList(
      () => new Set(["k1 b"]),
      () => undefined,
    );
    list.value = [comm("a")];
    list.value = [comm("a"), comm("b")];
    expect([ids(), listed.value.closed.size]).toEqual(["ab", 0]);
    vi.advanceTimersByTime(FAREWELL);
    expect(ids()).toBe("ab");
  });

  it("rests after what took long, and then shows the latest", () => {
    stop = followList(
      () => new Set(),
      () => vi.advanceTimersByTime(50),
    );
    expect(ids()).toBe("abc");
    list.value = [comm("a")];
    list.value = [comm("a"), comm("z")];
    expect(ids()).toBe("abc");
    vi.advanceTimersByTime(300);
    expect(ids()).toBe("az");
  });
});
