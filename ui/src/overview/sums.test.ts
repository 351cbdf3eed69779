import { describe, expect, it } from "vitest";
import type { FrontendView, KernelView } from "../api/shapes";
import { status, sums, targets, worstFirst } from "./sums";

const page = (more: Partial<FrontendView>) => ({ attached: true, lag_seconds: null, waiting_messages: 0, waiting_bytes: 0, ...more }) as FrontendView;
const kernel = (more: Partial<KernelView> = {}) =>
  ({
    link: "proven",
    execution_state: "idle",
    running: null,
    frontends: [],
    comms: 1,
    targets: {},
    states: { clean: 1, dirty: 0, unknown: 0, too_large: 0 },
    restores: { answered: 0, seconds: 0 },
    state_bytes: 10,
    ...more,
  }) as KernelView;

describe("sums", () => {
  it("say nothing of lag and restores where there are none", () => {
    expect(sums([kernel()])).toMatchObject({ lag: null, restoreSeconds: null, attached: 0 });
  });

  it("take the page that lags most, and leave out those that are away", () => {
    const found = sums([
      kernel({ frontends: [page({ lag_seconds: 3, waiting_messages: 5 }), page({ attached: false, lag_seconds: 900, waiting_messages: 70 })] }),
      kernel({ frontends: [page({ lag_seconds: 1, waiting_messages: 2 })], restores: { answered: 4, seconds: 2 } }),
    ]);
    expect(found).toMatchObject({ lag: 3, attached: 2, away: 1, waitingMessages: 7, restores: 4, restoreSeconds: 0.5, comms: 2, stateBytes: 20 });
  });

  it("count targets over all kernels, the most first", () => {
    expect(targets([kernel({ targets: { a: 1, b: 5 } }), kernel({ targets: { a: 1, c: 2 } })])).toEqual([
      ["b", 5],
      ["a", 2],
      ["c", 2],
    ]);
  });
});

describe("worstFirst", () => {
  it("puts who lags most first and who is away last", () => {
    const pages = [page({ session_id: "a" }), page({ session_id: "away", attached: false, waiting_bytes: 99 }), page({ session_id: "b", waiting_bytes: 5 }), page({ session_id: "c" })];
    expect(worstFirst(pages).map((each) => each.session_id)).toEqual(["b", "a", "c", "away"]);
  });
});

describe("status", () => {
  it("says first what is wrong, then what runs", () => {
    const running = { msg_id: "m", msg_type: "execute_request", seconds: 1 };
    expect(status(kernel({ execution_state: "dead", running })).text).toBe("Dead");
    expect(status(kernel({ link: "lost" })).text).toBe("Link lost");
    expect(status(kernel({ link: "broken", running })).text).toBe("Not connected");
    expect(status(kernel({ link: "released" })).text).toBe("Unused");
    expect(status(kernel({ running })).text).toBe("Busy");
    expect(status(kernel({ execution_state: "restarting" })).text).toBe("Restarting");
  });

  it("a kernel that answers is idle, also if no page has used it", () => {
    expect(status(kernel({ execution_state: "starting" })).text).toBe("Idle");
    expect(status(kernel({ execution_state: "starting", link: "assumed" })).text).toBe("Starting");
  });

  it("is not called good over a link that nothing was heard on", () => {
    const idle = { execution_state: "idle" } as const;
    const tones = (["proven", "assumed", "connecting", "released", "broken", "lost"] as const).map((link) => status(kernel({ ...idle, link })).tone);
    expect(tones).toEqual(["good", "plain", "plain", "plain", "bad", "bad"]);
  });
});
