// The requests of the dashboard.
import { request } from "./request";
import type { BrokerView, CommPage, Permissions, RunPage, SessionView, WholeComm } from "./shapes";

/** The self-check, and every kernel. */
export function fetchBroker(signal?: AbortSignal): Promise<BrokerView> {
  return request(["api", "comms", "broker"], { signal });
}

/** jupyter_server's sessions, which name the notebook of each kernel. */
export function fetchSessions(): Promise<readonly SessionView[]> {
  return request(["api", "sessions"]);
}

export interface ListQuery {
  readonly kernel?: string;
  readonly sort?: string;
  readonly limit?: number;
  readonly cursor?: string;
  readonly fields?: readonly string[];
}

/** One page of the open comms of all kernels. */
export function fetchComms(query: ListQuery): Promise<CommPage> {
  return request(["api", "comms"], { query: { ...query } });
}

/** One comm with its state, without the bytes of buffers. */
export function fetchComm(kernelId: string, commId: string, signal?: AbortSignal): Promise<WholeComm> {
  return request(["api", "kernels", kernelId, "comms", commId], { query: { buffers: "omit" }, signal });
}

/** The cells that a kernel runs or will run, the first ones, each with its last lines of output. */
export function fetchRuns(kernelId: string): Promise<RunPage> {
  return request(["api", "kernels", kernelId, "requests"], { query: { state: ["running", "queued"], lines: 3, limit: 5 } });
}

/** What the user of this page may do with comms, and whether they may read kernels. */
export async function fetchPermissions(): Promise<Permissions> {
  const asked = JSON.stringify({ comms: ["read", "write", "execute"], kernels: ["read"] });
  const said = await request<{ permissions: { comms?: readonly string[]; kernels?: readonly string[] } }>(["api", "me"], { query: { permissions: asked } });
  const may = said.permissions.comms ?? [];
  return { read: may.includes("read"), write: may.includes("write"), execute: may.includes("execute"), kernels: said.permissions.kernels?.includes("read") ?? false };
}
