import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { EventReader, type Reading } from "./events";
import type { BrokerEvent } from "./event_shapes";

/** A server whose connections a test feeds and breaks. */
class Server {
  readonly asked: RequestInit[] = [];
  refuse: (() => Response) | undefined;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;

  readonly fetch = async (_address: string, how: RequestInit): Promise<Response> => {
    this.asked.push(how);
    if (this.refuse) return this.refuse();
    const body = new ReadableStream<Uint8Array>({ start: (controller) => void (this.#controller = controller) });
    how.signal?.addEventListener("abort", () => {
      try {
        this.#controller?.error(new DOMException("aborted", "AbortError"));
      } catch {
        // It had ended before.
      }
    });
    return new Response(body, { status: 200 });
  };

  say(text: string): void {
    this.#controller?.enqueue(new TextEncoder().encode(text));
  }

  breakOff(): void {
    this.#controller?.error(new TypeError("network error"));
  }
}

let server: Server;
let events: BrokerEvent[];
let readings: Reading[];
let reader: EventReader;

beforeEach(() => {
  vi.useFakeTimers();
  server = new Server();
  events = [];
  readings = [];
  vi.stubGlobal("fetch", server.fetch);
  reader = new EventReader({ types: ["opened"] }, { onEvents: (some) => events.push(...some), onReading: (now) => readings.push(now) });
  reader.start();
});

afterEach(() => {
  reader.stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const states = () => readings.map((each) => each.state);
const settle = () => vi.advanceTimersByTimeAsync(1);
const lastId = (index: number) => (server.asked[index]?.headers as Record<string, string>)["Last-Event-ID"];

describe("EventReader", () => {
  it("tells what comes, and that it is live", async () => {
    await settle();
    server.say('id: a-1\nevent: opened\ndata: {"comm_id": "c"}\n\n');
    await settle();
    expect(events).toEqual([{ type: "opened", data: { comm_id: "c" } }]);
    expect(states()).toEqual(["connecting", "live"]);
    expect(lastId(0)).toBeUndefined();
  });

  it("comes back by itself behind what it read last", async () => {
    await settle();
    server.say("id: a-1\nevent: opened\ndata: {}\n\nid: a-2\nevent: opened\ndata: {\"ha");
    await settle();
    server.breakOff();
    await settle();
    expect(states().at(-1)).toBe("lost");
    await vi.advanceTimersByTimeAsync(600);
    expect(states().at(-1)).toBe("live");
    expect(lastId(1)).toBe("a-1");
    server.say('retry: 1000\nid: a-2\nevent: closed\ndata: {}\n\n');
    await settle();
    expect(events.map((each) => each.type)).toEqual(["opened", "closed"]);
  });

  it("waits longer after each failure, though never too long, and says until when", async () => {
    server.refuse = () => new Response("", { status: 502 });
    await settle();
    server.breakOff();
    await settle();
    await vi.advanceTimersByTimeAsync(60_000);
    const pauses = readings.flatMap((each) => (each.state === "lost" ? [each.nextTry] : []));
    expect(pauses.length).toBeGreaterThan(10);
    expect(pauses.length).toBeLessThan(20);
    // It is there again within five seconds of the server.
    server.refuse = undefined;
    await vi.advanceTimersByTimeAsync(5100);
    expect(states().at(-1)).toBe("live");
  });

  it("tries at once when it is told so", async () => {
    await settle();
    server.breakOff();
    await settle();
    const before = server.asked.length;
    reader.tryNow();
    await settle();
    expect(server.asked.length).toBe(before + 1);
  });

  it("tells why it is lost: signed out is not the same as away", async () => {
    await settle();
    server.refuse = () => new Response(JSON.stringify({ message: "Forbidden", reason: "Forbidden" }), { status: 403 });
    server.breakOff();
    await vi.advanceTimersByTimeAsync(3000);
    const last = readings.at(-1);
    expect(last?.state === "lost" && last.error.isSignedOut).toBe(true);
  });

  it("finds out at once that the login is over when it is told to look", async () => {
    await settle();
    server.refuse = () => new Response("{}", { status: 401 });
    reader.check();
    await vi.advanceTimersByTimeAsync(600);
    const last = readings.at(-1);
    expect(last?.state === "lost" && last.error.isSignedOut).toBe(true);
  });

  it("takes a connection without a word for dead", async () => {
    await settle();
    await vi.advanceTimersByTimeAsync(51_000);
    expect(server.asked.length).toBe(2);
  });

  it("gives its connection up while nobody looks, and goes on when somebody does", async () => {
    await settle();
    server.say("id: a-5\n\n");
    const seen = vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden");
    document.dispatchEvent(new Event("visibilitychange"));
    await vi.advanceTimersByTimeAsync(29_000);
    expect(states().at(-1)).toBe("live");
    await vi.advanceTimersByTimeAsync(2000);
    expect(states().at(-1)).toBe("resting");
    await vi.advanceTimersByTimeAsync(600_000);
    expect(server.asked.length).toBe(1);
    seen.mockReturnValue("visible");
    document.dispatchEvent(new Event("visibilitychange"));
    await settle();
    expect(states().at(-1)).toBe("live");
    expect(lastId(1)).toBe("a-5");
  });

  it("reads no more once it is stopped", async () => {
    await settle();
    reader.stop();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(states().at(-1)).toBe("over");
    expect(server.asked.length).toBe(1);
  });
});
