// The notices of the page: failures with what to do, and comms and kernels that have ended.
import { signal } from "@preact/signals";
import { ApiError } from "../api/request";

export interface Notice {
  readonly id: number;
  readonly tone: "bad" | "good" | "plain";
  readonly text: string;
  /** What to do about it. */
  readonly advice?: string;
}

/** The notices that are shown, the latest last. */
export const notices = signal<readonly Notice[]>([]);

/** The most notices. The oldest are removed first. */
const MOST = 4;
/** Milliseconds after which a notice that is not a failure is removed. */
const SHOWN = 8000;
let count = 0;

/** Show a notice. The same text is shown once. */
export function tell(notice: Omit<Notice, "id">): void {
  if (notices.value.some((each) => each.text === notice.text)) return;
  const id = ++count;
  notices.value = [...notices.value, { ...notice, id }].slice(-MOST);
  if (notice.tone !== "bad") setTimeout(() => dismiss(id), SHOWN);
}

/** Show that something failed: what was tried, why it failed, and what to do. */
export function tellFailure(tried: string, failure: unknown): void {
  const error = failure instanceof ApiError ? failure : undefined;
  // The mark of the connection shows it already, and changes by itself.
  if (error?.isUnreachable || error?.isSignedOut) return;
  const why = failure instanceof Error ? failure.message : String(failure);
  tell({ tone: "bad", text: `${tried}: ${why}`, ...(error ? advice(error) : {}) });
}

/** Remove a notice. */
export function dismiss(id: number): void {
  notices.value = notices.value.filter((each) => each.id !== id);
}

function advice(error: ApiError): { advice?: string } {
  if (typeof error.facts.setting === "string") return { advice: `The setting is ${error.facts.setting}.` };
  if (error.status === 403 && error.reason === "not authorized") return { advice: "Ask the server's operator for the right." };
  if (error.status === 404 || error.status === 410) return { advice: "It is closed. The list shows the open comms." };
  if (error.status === 503) return { advice: "The kernel takes no messages now. Restart it, or try again." };
  if (error.status >= 500) return { advice: "The server's log says more." };
  return {};
}
