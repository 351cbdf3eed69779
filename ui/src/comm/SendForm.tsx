// A form that sends a message on the comm. It checks the JSON while it is typed, offers templates, and shows the result.
import { useId, useMemo, useRef, useState } from "preact/hooks";
import type { Busy } from "../api/shapes";
import { ApiError } from "../api/request";
import { Button } from "../parts/Button";
import { duration } from "../parts/format";
import { Inert } from "../parts/Inert";
import { plain } from "../parts/inert_text";
import { kernelById } from "../store/kernels";
import { forbidden } from "../store/permissions";
import styles from "./comm.module.css";
import { base64Of, Files } from "./Files";
import { checkJson } from "./json_check";
import { escaped } from "./pretty";
import { sendMessage, type RecordedMessage, type SendAnswer, type Wait } from "./questions";
import { Reply } from "./Reply";
import { remember, templatesFor } from "./templates";
import type { CommWatch } from "./watch";

/** The result of the last message. */
export type Outcome = { readonly answer: SendAnswer } | { readonly failure: ApiError } | { readonly waits: true };

interface Props {
  readonly watch: CommWatch;
  readonly messages: readonly RecordedMessage[];
  readonly offBecause: string | undefined;
}

export function SendForm({ watch, messages, offBecause }: Props) {
  const [typed, setTyped] = useState<string>();
  const [wait, setWait] = useState<Wait>("reply");
  const [files, setFiles] = useState<readonly File[]>([]);
  const [outcome, setOutcome] = useState<Outcome>();
  const [begun, setBegun] = useState(0);
  const under = useRef<AbortController>(undefined);
  const area = useRef<HTMLTextAreaElement>(null);
  const ids = { text: useId(), said: useId(), template: useId(), wait: useId() };

  const facts = watch.facts.value;
  const kind = facts?.model?.name ?? facts?.target_name ?? "";
  const state = watch.held.value?.state ?? null;
  const change = watch.change.value;
  // Made when the list is opened, so that a state that changes does not change the list under the cursor.
  const [choice, setChoice] = useState(0);
  const templates = useMemo(() => {
    const latest = [...(change?.at ?? [])].map((key) => String((JSON.parse(key) as unknown[])[0]));
    // The text that replaces a secret must not be sent.
    const secrets = new Set((watch.held.value?.redacted ?? []).map((path) => String(path[0])));
    return templatesFor(kind, messages, state, latest, secrets);
  }, [kind, choice, state === null, outcome]);
  const text = typed ?? templates[0]?.text ?? "{}";
  const checked = useMemo(() => checkJson(text), [text]);
  const running = kernelById.value.get(watch.kernelId)?.running;
  const isWaiting = outcome !== undefined && "waits" in outcome;
  const off = offBecause ?? forbidden("write") ?? (checked.ok ? undefined : "First put the JSON right.");

  const send = async (): Promise<void> => {
    if (!checked.ok) return;
    const abort = (under.current = new AbortController());
    setBegun(Date.now());
    setOutcome({ waits: true });
    try {
      const buffers = await Promise.all(files.map(base64Of));
      const answer = await sendMessage(watch.kernelId, watch.commId, { data: checked.value, buffers }, wait, abort.signal);
      remember(kind, text);
      setOutcome({ answer });
    } catch (failure) {
      if (abort.signal.aborted) setOutcome(undefined);
      else setOutcome({ failure: failure instanceof ApiError ? failure : new ApiError(failure instanceof Error ? failure.message : String(failure), 0, "failed") });
    }
  };

  return (
    <section class={`card ${styles.card}`} aria-labelledby="send">
      <div class={styles.cardTop}>
        <h2 id="send">Send a message</h2>
      </div>
      <div class={styles.form}>
        <label for={ids.template}>Begin with</label>
        <select
          id={ids.template}
          value=""
          onFocus={() => setChoice(choice + 1)}
          onChange={(event) => {
            const found = templates[Number(event.currentTarget.value)];
            if (found) setTyped(found.text);
            event.currentTarget.value = "";
            area.current?.focus();
          }}
        >
          <option value="">Choose a template…</option>
          {templates.map((each, index) => (
            <option key={each.text} value={index}>
              {plain(each.name)}
            </option>
          ))}
        </select>
        <label for={ids.text}>Data (JSON)</label>
        <textarea
          id={ids.text}
          ref={area}
          class={styles.json}
          rows={Math.min(16, Math.max(7, text.split("\n").length + 1))}
          spellcheck={false}
          value={text}
          aria-invalid={!checked.ok}
          aria-describedby={ids.said}
          onInput={(event) => setTyped(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !off && !isWaiting) void send();
          }}
        />
        <p id={ids.said} class={styles.said} data-wrong={!checked.ok} aria-live="polite">
          {checked.ok ? (
            "Valid JSON."
          ) : (
            <>
              Line {checked.line}, column {checked.column}: <Inert text={checked.message} />
            </>
          )}
        </p>
        <Files files={files} onFiles={setFiles} />
        <label for={ids.wait}>Then</label>
        <select id={ids.wait} value={wait} onChange={(event) => setWait(event.currentTarget.value as Wait)}>
          <option value="reply">wait for the kernel's answers</option>
          <option value="processed">wait until the kernel is done with it</option>
          <option value="none">wait for nothing</option>
        </select>
      </div>
      <div class={styles.buttons}>
        {isWaiting ? (
          <Button onClick={() => under.current?.abort()}>Wait no longer</Button>
        ) : (
          <Button tone="main" offBecause={off} onClick={() => void send()}>
            Send
          </Button>
        )}
        <Button tone="quiet" offBecause={checked.ok ? undefined : "First put the JSON right."} onClick={() => checked.ok && setTyped(escaped(checked.value))}>
          Tidy up
        </Button>
      </div>
      {running && !offBecause && !isWaiting && <p class={styles.hint}>The kernel is busy{ranFor(running)}: a message waits until it is done.</p>}
      {outcome && <Reply outcome={outcome} begun={begun} wait={wait} running={running ?? null} kernelId={watch.kernelId} />}
    </section>
  );
}

/** " with execute_request for 12 s". */
export function ranFor(busy: Busy): string {
  return `${busy.msg_type ? ` with ${plain(busy.msg_type)}` : ""}${busy.seconds === null ? "" : ` for ${duration(busy.seconds)}`}`;
}
