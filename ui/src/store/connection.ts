// The state of the page's connection to the server, for the mark in the header.
import { computed, signal } from "@preact/signals";
import type { Reading } from "../api/events";

/** The last state of the reader of events. */
export const reading = signal<Reading>({ state: "connecting" });

/** Counts answers that contradict the connection's state: the user is logged out, or the server is away. */
export const doubts = signal(0);

/** The state in the words of the page. */
export type Connection = "connecting" | "live" | "lost" | "signed out" | "not allowed" | "resting";

export const connection = computed<Connection>(() => {
  const now = reading.value;
  if (now.state === "over") return "resting";
  if (now.state !== "lost") return now.state;
  if (now.error.isSignedOut) return "signed out";
  return now.error.status === 403 ? "not allowed" : "lost";
});
