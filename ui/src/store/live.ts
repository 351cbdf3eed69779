// One reader of events for all views, and what is fetched again when it reconnects.
import { effect } from "@preact/signals";
import { EventReader, type Reading } from "../api/events";
import { LIVES, type BrokerEvent } from "../api/event_shapes";
import { followComms, reloadComms } from "./comms";
import { connection, doubts, reading } from "./connection";
import { kernelPoller, kernelTitle } from "./kernels";
import { tell, tellFailure } from "./notices";
import { refreshPermissions } from "./permissions";

const reader = new EventReader({ types: LIVES }, { onEvents: followed, onReading: told });

/** Start. Called once, by the page's entry. */
export function begin(): void {
  reader.start();
  let stopPolling: (() => void) | undefined;
  effect(() => {
    // Without a connection nothing is fetched. The reader finds out when the connection is back.
    if (connection.value === "live") stopPolling ??= kernelPoller.want();
    else {
      stopPolling?.();
      stopPolling = undefined;
    }
  });
  effect(() => {
    // The stream may go on after the login has ended, so the user must be told.
    if (doubts.value) reader.check();
  });
}

/** Connect now, if the page waits for its next attempt. */
export const tryNow = reader.tryNow;

function told(now: Reading): void {
  const before = reading.peek();
  reading.value = now;
  if (now.state === "live" && before.state !== "live") askAnew();
}

function askAnew(): void {
  reloadComms().catch((failure: unknown) => tellFailure("The comms could not be listed", failure));
  refreshPermissions().catch((failure: unknown) => tellFailure("Your permissions could not be fetched", failure));
}

function followed(events: readonly BrokerEvent[]): void {
  followComms(events);
  let isNews = false;
  for (const event of events) {
    if (event.type === "resync") askAnew();
    if (event.type === "kernel") tell({ tone: "plain", text: ended(event.data.kernel_id, event.data.state) });
    isNews = true;
  }
  if (isNews) kernelPoller.now();
}

function ended(kernelId: string, state: string): string {
  const title = kernelTitle(kernelId);
  const how = { restarted: "was restarted", dead: "died", stopped: "was shut down", gone: "is gone" }[state] ?? `ended (${state})`;
  return `The kernel of ${title} ${how}. Its comms ended with it.`;
}
