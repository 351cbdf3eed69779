// What the user may do, so that buttons can say why they are off.
import { signal } from "@preact/signals";
import { fetchPermissions } from "../api/broker";
import type { Permissions } from "../api/shapes";

/** Until the server has answered, the user may change nothing. */
export const permissions = signal<Permissions>({ read: true, write: false, execute: false, kernels: false });

/** Ask the server again. */
export async function refreshPermissions(): Promise<void> {
  permissions.value = await fetchPermissions();
}

/** Return why an action is not allowed; undefined if it is. */
export function forbidden(action: "write" | "execute"): string | undefined {
  if (permissions.value[action]) return undefined;
  return action === "write" ? "You may look at comms, not send on them (no write permission)." : "You may not open or close comms (no execute permission).";
}
