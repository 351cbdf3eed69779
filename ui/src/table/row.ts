// One row of the table: a comm, or a group of them.
import { commKey, type Comm } from "../store/comm_table";

export interface CommRow {
  readonly kind: "comm";
  /** Unique in the table: a comm can stand under several parents. */
  readonly key: string;
  readonly commKey: string;
  readonly comm: Comm;
  /** From 1; what stands in a group or below a parent is deeper. */
  readonly level: number;
  /** Whether what it refers to is shown below it; undefined where there is nothing. */
  readonly open: boolean | undefined;
  /** Its place among its neighbours of the same level, from 1. */
  readonly position: number;
  readonly of: number;
  /** It does not meet the conditions, but something below it does. */
  readonly context: boolean;
  /** It stands above already, with all that is below it. */
  readonly again: boolean;
}

export interface GroupRow {
  readonly kind: "group";
  readonly key: string;
  /** A kernel's id, a target or a model; empty where they have none. */
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
