// How the page's connection to the server does, for the mark in the header.
import { computed, signal } from "@preact/signals";
import type { Reading } from "../api/events";

/** What the reader of events last said of itself. */
export const reading = signal<Reading>({ state: "connecting" });

/** Counts the answers that say the connection is not what it seems: the login is over, the server away. */
export const doubts = signal(0);

/** The same in the words of somebody who looks at the page. */
export type Connection = "connecting" | "live" | "lost" | "signed out" | "not allowed" | "resting";

export const connection = computed<Connection>(() => {
  const now = reading.value;
  if (now.state === "over") return "resting";
  if (now.state !== "lost") return now.state;
  if (now.error.isSignedOut) return "signed out";
  return now.error.status === 403 ? "not allowed" : "lost";
});
