// The messages that are shown: the latest, so many and no more.
import { writtenPath } from "./paths";
import type { RecordedMessage, TailAnswer } from "./questions";

/** More are not kept here. */
export const MOST_SHOWN = 500;

export interface TailLog {
  readonly messages: readonly RecordedMessage[];
  /** Of which recording; another one counts anew. */
  readonly since: string | null;
  readonly last: number;
  /** How many passed that were dropped before they could be read. */
  readonly missed: number;
}

export const EMPTY: TailLog = { messages: [], since: null, last: 0, missed: 0 };

/** Take an answer; `undefined` where it belongs to a recording that is not the one that was asked about. */
export function taken(log: TailLog, answer: TailAnswer): TailLog | undefined {
  const { since } = answer.recording;
  if (since !== log.since && log.since !== null && answer.recording.on) return undefined;
  const first = answer.messages[0]?.number;
  const missed = first !== undefined && log.since !== null && first > log.last + 1 ? first - log.last - 1 : 0;
  if (!answer.messages.length && since === log.since) return log;
  return {
    messages: [...log.messages, ...answer.messages].slice(-MOST_SHOWN),
    since: answer.recording.on ? since : log.since,
    last: answer.messages.at(-1)?.number ?? log.last,
    missed: log.missed + missed,
  };
}

export type Direction = "both" | "kernel" | "frontend";

/** Those from one side that say something of it. */
export function filtered(messages: readonly RecordedMessage[], direction: Direction, text: string): readonly RecordedMessage[] {
  const wanted = text.trim().toLowerCase();
  if (direction === "both" && !wanted) return messages;
  return messages.filter((each) => (direction === "both" || each.side === direction) && (!wanted || says(each).includes(wanted)));
}

const said = new WeakMap<RecordedMessage, string>();

function says(message: RecordedMessage): string {
  let text = said.get(message);
  if (text === undefined) {
    text = `${message.msg_type} ${message.session_id} ${message.text ?? JSON.stringify(message.data)}`.toLowerCase();
    said.set(message, text);
  }
  return text;
}

/** What a message is for: a widget's method, else the message's type. */
export function purpose(message: RecordedMessage): string {
  const method = (message.data as { method?: unknown } | null)?.method;
  if (message.msg_type === "comm_msg" && typeof method === "string") return method;
  return message.msg_type.replace("comm_", "");
}

/** A line about what it carries. */
export function gist(message: RecordedMessage): string {
  if (message.data === null) return message.text ?? "";
  const data = message.data as Record<string, unknown>;
  const state = data.method === "update" || data.method === "echo_update" ? data.state : (data.content ?? data);
  if (typeof state !== "object" || state === null) return JSON.stringify(state);
  const parts: string[] = [];
  let length = 0;
  for (const [name, value] of Object.entries(state)) {
    const part = `${writtenPath([name])}: ${(JSON.stringify(value) ?? "").slice(0, 120)}`;
    parts.push(part);
    if ((length += part.length) > 200) break;
  }
  return parts.join(", ") || JSON.stringify(state);
}
