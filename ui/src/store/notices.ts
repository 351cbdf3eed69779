// What the page has to tell whoever looks at it: failures with what to do, and what ended under their eyes.
import { signal } from "@preact/signals";
import { ApiError } from "../api/request";

export interface Notice {
  readonly id: number;
  readonly tone: "bad" | "good" | "plain";
  readonly text: string;
  /** What to do about it. */
  readonly advice?: string;
}

/** Those that stand, the latest last. */
export const notices = signal<readonly Notice[]>([]);

/** More than so many are not kept: the oldest go. */
const MOST = 4;
/** What is no failure goes by itself, after so many milliseconds. */
const SHOWN = 8000;
let count = 0;

/** Tell something. The same text is told once. */
export function tell(notice: Omit<Notice, "id">): void {
  if (notices.value.some((each) => each.text === notice.text)) return;
  const id = ++count;
  notices.value = [...notices.value, { ...notice, id }].slice(-MOST);
  if (notice.tone !== "bad") setTimeout(() => dismiss(id), SHOWN);
}

/** Tell that something failed: what was tried, why not, what to do. */
export function tellFailure(tried: string, failure: unknown): void {
  const error = failure instanceof ApiError ? failure : undefined;
  // The connection's own mark says it already, and goes away by itself.
  if (error?.isUnreachable || error?.isSignedOut) return;
  const why = failure instanceof Error ? failure.message : String(failure);
  tell({ tone: "bad", text: `${tried}: ${why}`, ...(error ? advice(error) : {}) });
}

/** Take one away. */
export function dismiss(id: number): void {
  notices.value = notices.value.filter((each) => each.id !== id);
}

function advice(error: ApiError): { advice?: string } {
  if (typeof error.facts.setting === "string") return { advice: `The setting is ${error.facts.setting}.` };
  if (error.status === 403 && error.reason === "not authorized") return { advice: "Ask whoever runs the server for the right." };
  if (error.status === 404 || error.status === 410) return { advice: "It is gone; the list shows what lives now." };
  if (error.status === 503) return { advice: "The kernel takes no messages now; restart it, or try again." };
  if (error.status >= 500) return { advice: "The server's log says more." };
  return {};
}
