// The events of the stream (jupyter_comm_broker/events/event_views.py).
import type { BufferView, ModelView, Path, Side } from "./shapes";

interface OnKernel {
  readonly at: string;
  readonly kernel_id: string;
}

interface OnComm extends OnKernel {
  readonly comm_id: string;
  readonly target_name: string;
}

export interface Opened extends OnComm {
  readonly opened_by: Side;
  readonly model: ModelView | null;
}

export interface Closed extends OnComm {
  readonly by: Side;
  readonly reason: string;
}

export interface MessagePassed extends OnComm {
  readonly direction: "from_kernel" | "from_frontend";
  readonly session_id: string | null;
  readonly msg_id: string;
  readonly msg_type: string;
  readonly method: string | null;
  readonly size: number;
  readonly buffers: readonly number[];
  readonly data: unknown;
  readonly cut: string | null;
  readonly redacted: readonly Path[];
}

export interface StateChanged extends OnComm {
  readonly sequence: number;
  readonly whole: boolean;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly buffers: readonly BufferView[];
  readonly omitted: readonly string[];
  readonly redacted: readonly Path[];
  readonly merged: number;
}

export interface FrontendMoved extends OnKernel {
  readonly session_id: string;
}

export interface KernelEnded extends OnKernel {
  readonly state: "restarted" | "stopped" | "dead" | "gone";
  readonly reason: string;
}

/** One event of the stream, with its type. */
export type BrokerEvent =
  | { readonly type: "opened"; readonly data: Opened }
  | { readonly type: "closed"; readonly data: Closed }
  | { readonly type: "message"; readonly data: MessagePassed }
  | { readonly type: "state"; readonly data: StateChanged }
  | { readonly type: "attached" | "detached"; readonly data: FrontendMoved }
  | { readonly type: "kernel"; readonly data: KernelEnded }
  | { readonly type: "resync"; readonly data: { readonly reason: string } };

export type EventType = Exclude<BrokerEvent["type"], "resync">;

/** The types of which few events come. Messages and states come by the thousand. */
export const LIVES: readonly EventType[] = ["opened", "closed", "attached", "detached", "kernel"];
