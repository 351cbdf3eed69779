import { beforeEach, describe, expect, it } from "vitest";
import { conditions, dropToken, go, href, refine, view } from "./address";

beforeEach(() => go("overview"));

describe("the address", () => {
  it("holds the view and its conditions", () => {
    go("comm", { kernel: "k", comm: "a&b" });
    expect(location.search).toBe("?view=comm&kernel=k&comm=a%26b");
    expect([view.value, conditions.value]).toEqual(["comm", { kernel: "k", comm: "a&b" }]);
  });

  it("leaves out what is not set, and shows the overview for what it does not know", () => {
    expect(href("comms", { text: "", target: undefined })).toBe("?view=comms");
    history.replaceState(null, "", "?view=nonsense");
    window.dispatchEvent(new PopStateEvent("popstate"));
    expect(view.value).toBe("overview");
  });

  it("goes back a view at a time, not a letter at a time", () => {
    const before = history.length;
    go("comms");
    refine({ text: "s" });
    refine({ text: "sl", target: "t" });
    refine({ target: undefined });
    expect(conditions.value).toEqual({ text: "sl" });
    expect(history.length).toBe(before + 1);
  });

  it("keeps no token", () => {
    history.replaceState(null, "", "?token=secret&view=comms");
    window.dispatchEvent(new PopStateEvent("popstate"));
    dropToken();
    expect([location.search, view.value]).toEqual(["?view=comms", "comms"]);
  });
});
