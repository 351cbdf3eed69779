// The latest messages of a recording, limited in number.
import { writtenPath } from "./paths";
import type { RecordedMessage, TailAnswer } from "./questions";

/** The most messages that are kept. */
export const MOST_SHOWN = 500;

export interface TailLog {
  readonly messages: readonly RecordedMessage[];
  /** The start of the recording. Another recording counts from 1 again. */
  readonly since: string | null;
  readonly last: number;
  /** How many messages were dropped before they could be read. */
  readonly missed: number;
}

export const EMPTY: TailLog = { messages: [], since: null, last: 0, missed: 0 };

/** Add an answer; `undefined` if it belongs to another recording than the request. */
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

/** The messages from one side that contain a text. */
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

/** The method of a widget's message, or the type of another message. */
export function purpose(message: RecordedMessage): string {
  const method = (message.data as { method?: unknown } | null)?.method;
  if (message.msg_type === "comm_msg" && typeof method === "string") return method;
  return message.msg_type.replace("comm_", "");
}

/** The data in one line. */
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
