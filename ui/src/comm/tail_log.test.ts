import { describe, expect, it } from "vitest";
import type { RecordedMessage, TailAnswer } from "./questions";
import { EMPTY, filtered, gist, MOST_SHOWN, purpose, taken, type TailLog } from "./tail_log";
import { remember, templatesFor } from "./templates";

const message = (number: number, more: Partial<RecordedMessage> = {}): RecordedMessage => ({
  number, at: "", side: "kernel", session_id: "", msg_id: `m${number}`, parent_msg_id: "", msg_type: "comm_msg", bytes: 9, data: { method: "update", state: { value: number } }, text: null, buffers: [], redacted: false, ...more,
});
const answer = (since: string | null, ...numbers: number[]): TailAnswer => ({
  recording: { on: since !== null, since, messages: 500, payload_bytes: 4096, recorded: 0, dropped: 0 },
  messages: numbers.map((each) => message(each)),
});
const logOf = (...answers: TailAnswer[]) => answers.reduce<TailLog>((log, each) => taken(log, each)!, EMPTY);

describe("the tail", () => {
  it("grows, and keeps the latest only", () => {
    const numbers = Array.from({ length: MOST_SHOWN + 20 }, (_, index) => index + 1);
    const log = logOf(answer("t", 1, 2), answer("t", ...numbers.slice(2)));
    expect([log.messages.length, log.messages[0]?.number, log.last, log.missed]).toEqual([MOST_SHOWN, 21, MOST_SHOWN + 20, 0]);
  });

  it("tells what passed too fast, and not what was before it looked", () => {
    expect(logOf(answer("t", 40, 41)).missed).toBe(0);
    expect(logOf(answer("t", 1), answer("t", 5)).missed).toBe(3);
  });

  it("begins anew with another recording, and stays when that is switched off", () => {
    expect(taken(logOf(answer("t", 1, 2)), answer("u"))).toBeUndefined();
    expect(logOf(answer("t", 1, 2), answer(null)).messages).toHaveLength(2);
  });

  it("is filtered by side and by what messages say", () => {
    const some = [message(1), message(2, { side: "frontend", data: { method: "custom", content: { Event: "CLICK" } } })];
    expect(filtered(some, "both", "")).toBe(some);
    expect(filtered(some, "frontend", "").map((each) => each.number)).toEqual([2]);
    expect(filtered(some, "both", "click").map((each) => each.number)).toEqual([2]);
    expect(filtered(some, "kernel", "click")).toEqual([]);
  });

  it("says of each what it is for and what it carries", () => {
    expect([purpose(message(1)), gist(message(1))]).toEqual(["update", "value: 1"]);
    const opened = message(2, { msg_type: "comm_open", data: null, text: '{"state": {"a' });
    expect([purpose(opened), gist(opened)]).toEqual(["open", '{"state": {"a']);
    expect(gist(message(3, { data: [1, 2] }))).toContain("1");
    expect(gist(message(4, { data: { method: "custom", content: "text" } }))).toBe('"text"');
  });
});

describe("templates", () => {
  const texts = (model: string, messages: RecordedMessage[] = [], state: Record<string, unknown> | null = null) => templatesFor(model, messages, state, [], new Set(["word"])).map((each) => each.text);

  it("are what was sent, what passed, and an update of what is there", () => {
    remember("A", '{"sent": 1}');
    const found = texts("A", [message(1)], { _model_name: "A", value: 7 });
    expect(found[0]).toBe('{"sent": 1}');
    expect(JSON.parse(found[1]!)).toEqual({ method: "update", state: { value: 1 } });
    expect(JSON.parse(found[2]!)).toEqual({ method: "update", state: { value: 7 }, buffer_paths: [] });
    expect(texts("B")).toEqual(["{}"]);
  });

  it("show what would not be seen in a field", () => {
    const [text] = texts("V", [], { value: "a\u202eb\u{e0041}" });
    expect(text).toContain("a\\u202eb\\udb40\\udc41");
    expect(JSON.parse(text!)).toMatchObject({ state: { value: "a\u202eb\u{e0041}" } });
  });

  it("are never what was cut or holds a stand-in for a secret", () => {
    expect(texts("W", [], { word: "[redacted]", rows: 3 })).toEqual(["{}"]);
    expect(texts("C", [message(1, { data: null, text: "{" }), message(2, { redacted: true })])).toEqual(["{}"]);
  });
});
