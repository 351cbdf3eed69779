import { afterEach, describe, expect, it, vi } from "vitest";
import { ApiError, request } from "./request";

function answers(status: number, body: unknown): ReturnType<typeof vi.fn> {
  const fetched = vi.fn(async () => new Response(typeof body === "string" ? body : JSON.stringify(body), { status }));
  vi.stubGlobal("fetch", fetched);
  return fetched;
}

async function failure(ask: Promise<unknown>): Promise<ApiError> {
  const error = await ask.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ApiError);
  return error as ApiError;
}

afterEach(() => {
  vi.unstubAllGlobals();
  document.head.innerHTML = "";
});

describe("request", () => {
  it("asks below the base_url, each part of the path encoded, lists with commas", async () => {
    document.head.innerHTML = '<meta name="jupyter-base-url" content="/user/x y/" />';
    const fetched = answers(200, { ok: true });
    await request(["api", "kernels", "k", "comms", "a/b?c"], { query: { fields: ["x", "y"], none: undefined } });
    expect(fetched.mock.calls[0]?.[0]).toBe("/user/x y/api/kernels/k/comms/a%2Fb%3Fc?fields=x%2Cy");
  });

  it("sends the XSRF token with each request, because a JupyterHub wants it", async () => {
    document.cookie = "_xsrf=2|abc";
    const fetched = answers(200, {});
    await request(["x"]);
    await request(["x"], { method: "POST", body: { a: 1 } });
    const headers = fetched.mock.calls.map((call) => (call[1] as { headers: Record<string, string> }).headers);
    expect(headers[0]).toMatchObject({ "X-XSRFToken": "2|abc" });
    expect(headers[1]).toMatchObject({ "X-XSRFToken": "2|abc", "Content-Type": "application/json" });
  });

  it("tells an error in the server's words, with its facts", async () => {
    answers(413, { message: "too large", reason: "TooLargeError", setting: "CommBroker.x" });
    const error = await failure(request(["x"]));
    expect(error).toMatchObject({ status: 413, message: "too large", reason: "TooLargeError" });
    expect(error.facts.setting).toBe("CommBroker.x");
  });

  it("makes do with a proxy's page, and with no answer at all", async () => {
    answers(502, "<html>bad gateway</html>");
    expect((await failure(request(["x"]))).isUnreachable).toBe(true);
    vi.stubGlobal("fetch", async () => Promise.reject(new TypeError("Failed to fetch")));
    expect(await failure(request(["x"]))).toMatchObject({ status: 0, isUnreachable: true });
  });

  it("tells who is signed out from who may not, and from who lacks the XSRF token", async () => {
    answers(403, { message: "Forbidden", reason: "Forbidden" });
    expect((await failure(request(["x"]))).isSignedOut).toBe(true);
    answers(403, { message: "x may not read comms", reason: "not authorized" });
    expect((await failure(request(["x"]))).isSignedOut).toBe(false);
    answers(403, { message: "'_xsrf' argument missing from POST", reason: "Forbidden" });
    expect((await failure(request(["x"]))).isSignedOut).toBe(false);
  });

  it("does not take a kernel that is away for a server that is", async () => {
    answers(503, { message: "the kernel is dead", reason: "KernelUnavailableError" });
    expect((await failure(request(["x"]))).isUnreachable).toBe(false);
  });
});
