// Templates for a message: earlier messages to the same model, and updates of current values.
import { signal } from "@preact/signals";
import { escaped } from "./pretty";
import type { RecordedMessage } from "./questions";

export interface Template {
  readonly name: string;
  readonly text: string;
}

/** The messages sent from this page, by model or target. They are forgotten with the page. */
const sent = signal<ReadonlyMap<string, readonly string[]>>(new Map());
const MOST = 8;
/** The most characters of a template. Nobody edits a longer message in a form. */
const LONGEST = 20_000;

/** Remember what was sent to a model. */
export function remember(model: string, text: string): void {
  if (text.length > LONGEST) return;
  const before = sent.value.get(model) ?? [];
  sent.value = new Map(sent.value).set(model, [text, ...before.filter((each) => each !== text)].slice(0, MOST));
}

/** The templates for a comm: sent from here, recorded, and made from its state. */
export function templatesFor(model: string, messages: readonly RecordedMessage[], state: Readonly<Record<string, unknown>> | null, latest: readonly string[], secrets: ReadonlySet<string>): Template[] {
  const found = new Map<string, Template>();
  const add = (name: string, text: string) => {
    if (text.length <= LONGEST && !found.has(text)) found.set(text, { name: `${name}: ${text.replace(/\s+/g, " ").slice(0, 60)}`, text });
  };
  for (const text of sent.value.get(model) ?? []) add("Sent from here", text);
  for (const message of [...messages].reverse()) {
    if (found.size >= 2 * MOST) break;
    // The text that replaces a secret must not be sent.
    if (message.data === null || message.redacted || message.msg_type !== "comm_msg") continue;
    add(message.side === "kernel" ? "From the kernel" : "From a page", escaped(message.data));
  }
  if (state) {
    const names = [...latest, ...["value", "index", "description"]].filter((each) => !each.startsWith("_") && !secrets.has(each) && Object.hasOwn(state, each));
    for (const name of new Set(names)) {
      if (typeof state[name] !== "object") add("Update", escaped({ method: "update", state: { [name]: state[name] }, buffer_paths: [] }));
    }
    if ("_model_name" in state) add("Custom message", escaped({ method: "custom", content: {} }));
  }
  if (!found.size) add("Empty", "{}");
  return [...found.values()];
}
