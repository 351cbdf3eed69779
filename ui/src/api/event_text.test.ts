import { describe, expect, it } from "vitest";
import { EventText } from "./event_text";

const STREAM = "retry: 1000\nid: a-1\n\nid: a-2\nevent: opened\ndata: {\"x\": 1}\n\n: still here\n\nid: a-3\nevent: message\ndata: 1\ndata: 2\n\n";

describe("EventText", () => {
  it("hands out the same events however the stream is cut", () => {
    for (let cut = 1; cut <= STREAM.length; cut++) {
      const text = new EventText();
      const found = [];
      for (let at = 0; at < STREAM.length; at += cut) found.push(...text.take(STREAM.slice(at, at + cut)));
      expect(found).toEqual([
        { type: "opened", data: '{"x": 1}' },
        { type: "message", data: "1\n2" },
      ]);
      expect(text.lastId).toBe("a-3");
    }
  });

  it("remembers only ids of what was complete, and forgets what was only begun", () => {
    const text = new EventText();
    text.take("id: a-1\nevent: opened\ndata: 1\n\nid: a-2\nevent: opened\ndata: 2\n");
    expect(text.lastId).toBe("a-1");
    text.restart();
    expect(text.take("event: closed\ndata: 3\n\n")).toEqual([{ type: "closed", data: "3" }]);
    expect(text.lastId).toBe("a-1");
  });

  it("moves on by an id alone, and takes line ends of Windows", () => {
    const text = new EventText();
    expect(text.take("id: a-7\r\n\r\ndata: x\r\n\r\n")).toEqual([{ type: "message", data: "x" }]);
    expect(text.lastId).toBe("a-7");
  });
});
