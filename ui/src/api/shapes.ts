// The answers of REST, as GET /api/comms/openapi.json describes them (jupyter_comm_broker/inspection/views.py).

/** How far a mirrored state can be trusted. */
export type Knowledge = "clean" | "dirty" | "unknown" | "too_large";
export type Side = "kernel" | "frontend" | "unknown";
/** Dict keys and list indices that lead to a value. */
export type Path = readonly (string | number)[];

export interface ModelView {
  readonly name: string;
  readonly module: string;
  readonly version: string;
}

/** How much passed, by the side that sent it. */
export interface Passed {
  readonly from_kernel: number;
  readonly from_frontends: number;
}

/** Bytes of one comm; null if they include a secret, whose size is hidden. */
export interface CommBytes {
  readonly from_kernel: number | null;
  readonly from_frontends: number | null;
  readonly state: number | null;
}

/** An open comm, as lists show it. */
export interface CommView {
  readonly kernel_id: string;
  readonly comm_id: string;
  readonly target_name: string;
  readonly opened_by: Side;
  readonly opened_at: string;
  readonly last_activity: string;
  readonly age_seconds: number;
  readonly idle_seconds: number;
  readonly model: ModelView | null;
  /** What its user sees of a widget: its description, label, text or value. */
  readonly caption: string | null;
  readonly parents: readonly string[];
  readonly references: readonly string[];
  /** Aliases of the pages that have the comm. */
  readonly frontends: readonly string[];
  readonly messages: Passed;
  readonly bytes: CommBytes;
  readonly knowledge: Knowledge;
  /** When the kernel itself last said the whole state. */
  readonly checked_at: string | null;
  readonly dirty_because: string | null;
  readonly pending: boolean;
  readonly sequence: number;
  readonly callback_errors: number;
}

export interface CommPage {
  readonly comms: readonly CommView[];
  readonly next: string | null;
  readonly total: number;
}

export interface BufferView {
  readonly path: Path;
  /** Null if it is a secret. */
  readonly length: number | null;
  /** Missing if buffers were not asked for, or are secrets. */
  readonly encoding?: "base64";
  readonly data?: string;
}

/** An open comm with its state. */
export interface WholeComm extends CommView {
  readonly state: Readonly<Record<string, unknown>> | null;
  readonly buffers: readonly BufferView[];
  readonly redacted: readonly Path[];
}

/** What a kernel runs. */
export interface Busy {
  readonly msg_id: string | null;
  readonly msg_type: string | null;
  readonly seconds: number | null;
}

/** A page, and what waits for it. */
export interface FrontendView {
  readonly session_id: string;
  readonly attached: boolean;
  readonly since: string;
  /** The age of the oldest message that waits; null if none waits. */
  readonly lag_seconds: number | null;
  readonly waiting_messages: number;
  readonly waiting_bytes: number;
  readonly peak_bytes: number;
  readonly conflated: number;
  readonly dropped: number;
  readonly received: number;
  readonly restoring: boolean;
}

export interface RestoresView {
  readonly answered: number;
  readonly seconds: number;
}

/** A kernel as the broker sees it. */
export interface KernelView {
  readonly kernel_id: string;
  readonly link: "connecting" | "proven" | "assumed" | "broken" | "released" | "lost";
  readonly answers_control: boolean | null;
  readonly execution_state: string;
  readonly running: Busy | null;
  readonly language: string | null;
  readonly frontends: readonly FrontendView[];
  readonly comms: number;
  readonly targets: Readonly<Record<string, number>>;
  readonly states: Readonly<Record<Knowledge, number>>;
  readonly messages: Passed;
  readonly bytes: Passed;
  readonly restores: RestoresView;
  readonly state_bytes: number;
  readonly run_bytes: number;
  readonly states_given_up: number;
  readonly registry_complete: boolean;
  readonly verification: string;
  readonly pending_updates: number;
  readonly requests_under_way: number;
  readonly epoch: number;
  readonly counters: Readonly<Record<string, number>>;
  readonly transport: string;
}

/** A restore strategy that another package has for a target. */
export interface StrategyView {
  readonly target_name: string;
  readonly strategy: string;
  readonly package: string | null;
  readonly loaded: boolean;
  readonly reason: string | null;
}

/** Whether every kernel WebSocket goes through the broker, and the health of each kernel's link. */
export interface BrokerView {
  readonly version: string;
  readonly in_path: boolean;
  readonly mode: string;
  readonly reason: string | null;
  readonly connection_class: string | null;
  readonly limits: Readonly<Record<string, unknown>>;
  readonly strategies: readonly StrategyView[];
  /** Kernels that cannot be connected to, and the reason. */
  readonly unlinked: Readonly<Record<string, string>>;
  readonly kernels: readonly KernelView[];
  readonly counters: Readonly<Record<string, number>>;
}

/** A session of jupyter_server, which names the document of a kernel. */
export interface SessionView {
  readonly id: string;
  readonly path: string;
  readonly name: string;
  readonly type: string;
  readonly kernel: { readonly id: string; readonly name: string } | null;
}

/** A run: a cell that a kernel runs, will run or ran. */
export interface RunView {
  readonly kernel_id: string;
  readonly msg_id: string;
  readonly cell_id: string | null;
  readonly session_id: string;
  readonly state: "queued" | "running" | "ended" | "lost";
  readonly lost: string | null;
  readonly sent_at: string;
  readonly began_at: string | null;
  readonly ended_at: string | null;
  readonly changed_at: string;
  readonly seconds: number;
  readonly execution_count: number | null;
  readonly status: string | null;
  /** What input() asks; null if no question waits. */
  readonly prompt: string | null;
  readonly messages: number;
  readonly bytes: number;
  readonly bytes_dropped: number;
  readonly is_saved: boolean;
  /** Missing if it was not asked for. */
  readonly code?: string | null;
  /** Missing if they were not asked for. */
  readonly last_lines?: readonly string[];
}

export interface RunPage {
  readonly kernel_id: string;
  readonly requests: readonly RunView[];
  readonly next: string | null;
  readonly total: number;
}

export interface Permissions {
  readonly read: boolean;
  readonly write: boolean;
  readonly execute: boolean;
  /** Whether the user may read kernels, and so what their cells print. */
  readonly kernels: boolean;
}
