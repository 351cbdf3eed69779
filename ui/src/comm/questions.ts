// The requests to REST about one comm, and their answers.
import { request, send } from "../api/request";
import type { Busy, CommPage, CommView, Path, Side } from "../api/shapes";

/** A message of a recording. */
export interface RecordedMessage {
  readonly number: number;
  readonly at: string;
  readonly side: Side;
  readonly session_id: string;
  readonly msg_id: string;
  readonly parent_msg_id: string;
  readonly msg_type: string;
  readonly bytes: number | null;
  readonly data: unknown;
  readonly text: string | null;
  readonly buffers: readonly (number | null)[];
  readonly redacted: boolean;
}

export interface Recording {
  readonly on: boolean;
  readonly since: string | null;
  readonly messages: number;
  readonly payload_bytes: number;
  readonly recorded: number;
  readonly dropped: number;
}

export interface TailAnswer {
  readonly recording: Recording;
  readonly messages: readonly RecordedMessage[];
}

export interface CommMessage {
  readonly msg_type: string;
  readonly comm_id: string;
  readonly data: unknown;
  readonly buffers: readonly { readonly length?: number }[];
  readonly redacted: readonly Path[];
}

/** The result of a message: its answers, or that it is on its way. */
export interface SendAnswer {
  readonly msg_id: string;
  readonly queued_behind?: Busy | null;
  readonly seconds?: number;
  readonly comm_messages?: readonly CommMessage[];
  readonly errors?: readonly { readonly ename: string; readonly evalue: string; readonly traceback: readonly string[] }[];
  readonly streams?: readonly { readonly name: string; readonly text: string }[];
  readonly truncated?: boolean;
}

export type Wait = "none" | "processed" | "reply";

const at = (kernelId: string, commId: string, ...rest: string[]) => ["api", "kernels", kernelId, "comms", commId, ...rest];

/** A comm without its state, which may be large; undefined if it is not open. */
export async function fetchFacts(kernelId: string, commId: string): Promise<CommView | undefined> {
  const page = await request<CommPage>(["api", "kernels", kernelId, "comms"], { query: { text: commId, limit: 100 } });
  return page.comms.find((each) => each.comm_id === commId);
}

/** The messages of a recording after a number. */
export function fetchTail(kernelId: string, commId: string, after: number): Promise<TailAnswer> {
  return request(at(kernelId, commId, "messages"), { query: { after, limit: 1000 } });
}

/** Switch a recording on or off. */
export function record(kernelId: string, commId: string, on: boolean): Promise<Recording> {
  return request(at(kernelId, commId, "recording"), { method: "PUT", body: { on, messages: 500, payload_bytes: 16_384 } });
}

/** Send a message. */
export function sendMessage(kernelId: string, commId: string, body: { data: unknown; buffers: readonly string[] }, wait: Wait, signal: AbortSignal): Promise<SendAnswer> {
  return request(at(kernelId, commId, "messages"), { method: "POST", query: { wait, timeout: 30 }, body, signal });
}

/** Close a comm. */
export function closeComm(kernelId: string, commId: string): Promise<{ readonly queued_behind: Busy | null }> {
  return request(at(kernelId, commId), { method: "DELETE" });
}

/** The bytes of a buffer. */
export async function fetchBuffer(kernelId: string, commId: string, index: number, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
  const response = await send(at(kernelId, commId, "buffers", String(index)), { headers: { Accept: "*/*" }, signal });
  return new Uint8Array(await response.arrayBuffer());
}
