// One row of the table: a comm, or a group of them.
import { commKey, type Comm } from "../store/comm_table";

export interface CommRow {
  readonly kind: "comm";
  /** Unique in the table, also if a comm is shown under several parents. */
  readonly key: string;
  readonly commKey: string;
  readonly comm: Comm;
  /** From 1. Rows in a group or below a parent are deeper. */
  readonly level: number;
  /** Whether the rows below it are shown; undefined if it has none. */
  readonly open: boolean | undefined;
  /** Its place among the rows of its level, from 1. */
  readonly position: number;
  readonly of: number;
  /** It does not meet the conditions, but a row below it does. */
  readonly context: boolean;
  /** It is already shown above, with the rows below it. */
  readonly again: boolean;
}

export interface GroupRow {
  readonly kind: "group";
  readonly key: string;
  /** A kernel's id, a target or a model; empty for comms without one. */
  readonly value: string;
  readonly comms: readonly Comm[];
  readonly open: boolean;
  readonly position: number;
  readonly of: number;
}

export type Row = CommRow | GroupRow;

export function keyOf(comm: Comm): string {
  return commKey(comm.kernel_id, comm.comm_id);
}
