import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "../api/request";
import type { BrokerView } from "../api/shapes";
import { reading } from "../store/connection";
import { broker } from "../store/kernels";
import { ConnectionMark } from "./ConnectionMark";
import { SelfCheck } from "./SelfCheck";
import { Trouble } from "./Trouble";

const place = document.body.appendChild(document.createElement("div"));
const well = { version: "1", in_path: true, mode: "broker", reason: null, strategies: [], kernels: [] } as unknown as BrokerView;

async function draw(check: BrokerView | undefined, error?: ApiError): Promise<string> {
  await act(() => {
    broker.value = check;
    reading.value = error ? { state: "lost", error, nextTry: Date.now() + 3000 } : { state: "live" };
    render(
      <>
        <SelfCheck />
        <ConnectionMark />
        <main>
          <Trouble />
        </main>
      </>,
      place,
    );
  });
  return place.textContent ?? "";
}

beforeEach(() => vi.stubGlobal("fetch", async () => new Response("{}")));
afterEach(async () => {
  await act(() => render(null, place));
  vi.unstubAllGlobals();
});

describe("trouble", () => {
  it("is not spoken of while all is well", async () => {
    expect(await draw(well)).toBe("In the pathLive");
    expect(await draw(undefined)).toBe("Live");
  });

  it("says that the server is away, when it is tried again, and lets one try now", async () => {
    const said = await draw(well, new ApiError("", 0, "unreachable"));
    expect(said).toContain("Reconnecting");
    expect(said).toContain("The server does not answer.");
    expect(said).toMatch(/next try in [1-4] s/);
    expect(place.querySelector('[role="alert"] button')?.textContent).toBe("Try now");
  });

  it("leads who is signed out to this page, which leads to the login", async () => {
    const said = await draw(well, new ApiError("Forbidden", 403, "Forbidden"));
    expect(said).toContain("You are signed out.");
    expect(place.querySelector("a")?.getAttribute("href")).toBe(location.pathname + location.search);
  });

  it("tells who may not look which right it takes", async () => {
    const said = await draw(well, new ApiError("x may not read comms", 403, "not authorized"));
    expect(said).toContain("x may not read comms");
    expect(said).toContain("read on comms");
  });

  it("says that the broker is not in the path and why", async () => {
    const said = await draw({ ...well, in_path: false, mode: "observer", reason: "other.Class is set; \u202eunset it" });
    expect(said).toContain("Not in the path");
    expect(said).toContain("other.Class is set; U+202Eunset it");
  });

  it("names a strategy that was not loaded", async () => {
    const strategies = [
      { target_name: "good", strategy: "a:b", package: "p", loaded: true, reason: null },
      { target_name: "my.target", strategy: "a:c", package: "some_package", loaded: false, reason: "ImportError: no" },
    ];
    const said = await draw({ ...well, strategies });
    expect(said).toContain("Comms of my.target are not restored as some_package would: ImportError: no");
    expect(said).not.toContain("good");
  });
});
