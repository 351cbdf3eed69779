// What became of a message: on its way, handled, answered or refused, and what it waits for.
import type { ComponentChildren } from "preact";
import type { Busy } from "../api/shapes";
import { now } from "../parts/clock";
import { bytes, counted, duration } from "../parts/format";
import { Inert } from "../parts/Inert";
import { Mark } from "../parts/Mark";
import { Notice } from "../parts/Notice";
import styles from "./comm.module.css";
import type { SendAnswer, Wait } from "./questions";
import { ranFor, type Outcome } from "./SendForm";
import { Tree } from "./Tree";

interface Props {
  readonly outcome: Outcome;
  readonly begun: number;
  readonly wait: Wait;
  readonly running: Busy | null;
  readonly kernelId: string;
}

export function Reply({ outcome, begun, wait, running, kernelId }: Props) {
  if ("waits" in outcome) {
    return (
      <div class={styles.reply} role="status">
        <Mark tone="busy">{wait === "none" ? "Sending" : `Waiting for the kernel, ${duration(Math.max(0, Math.round((now.value - begun) / 1000)))}`}</Mark>
        {running && <p class="small">It is queued behind what the kernel runs{ranFor(running)}.</p>}
      </div>
    );
  }
  if ("failure" in outcome) {
    const { failure } = outcome;
    const isOnItsWay = failure.reason === "UnansweredError";
    return (
      <div class={styles.reply}>
        <Notice tone={isOnItsWay ? "warn" : "bad"} loud>
          <strong>{isOnItsWay ? "No answer in time." : "Not sent."}</strong> <Inert text={failure.message} most={1000} />
          {isOnItsWay && " The message is not taken back: the kernel handles it when it is free."}
          {typeof failure.facts.setting === "string" && (
            <>
              {" "}
              The setting is <Inert text={failure.facts.setting} />.
            </>
          )}
        </Notice>
      </div>
    );
  }
  return (
    <div class={styles.reply}>
      <Answer answer={outcome.answer} wait={wait} kernelId={kernelId} />
    </div>
  );
}

function Answer({ answer, wait, kernelId }: { readonly answer: SendAnswer; readonly wait: Wait; readonly kernelId: string }) {
  if (answer.seconds === undefined) {
    return (
      <p role="status">
        <Mark tone="good">On its way</Mark>{" "}
        <span class="small">{answer.queued_behind ? `It is queued behind what the kernel runs${ranFor(answer.queued_behind)}.` : "The kernel is idle and takes it at once."}</span>
      </p>
    );
  }
  const { comm_messages: messages = [], errors = [], streams = [] } = answer;
  const isSilent = wait === "reply" && !messages.length && !errors.length && !streams.length;
  return (
    <>
      <p role="status">
        <Mark tone={errors.length ? "bad" : "good"}>{errors.length ? "The kernel raised an error" : "Done"}</Mark> <span class="small muted">after {duration(answer.seconds)}</span>
        {isSilent && <span class="small muted">. The kernel sent nothing in answer.</span>}
      </p>
      {errors.map((error, index) => (
        <Part key={`error ${index}`} title={`${error.ename}: ${error.evalue}`}>
          {error.traceback.length > 0 && <Lines text={withoutColours(error.traceback.join("\n"))} />}
        </Part>
      ))}
      {streams.map((stream, index) => (
        <Part key={`stream ${index}`} title={stream.name}>
          <Lines text={withoutColours(stream.text)} />
        </Part>
      ))}
      {messages.map((message, index) => (
        <Part key={`message ${index}`} title={message.msg_type}>
          <Tree value={message.data} label={`Answer ${index + 1}`} kernelId={kernelId} secrets={message.redacted} isBegun />
          {message.buffers.length > 0 && (
            <p class="small muted">
              {counted(message.buffers.length, "buffer")}: {message.buffers.map((each) => bytes(each.length ?? null)).join(", ")}
            </p>
          )}
        </Part>
      ))}
      {answer.truncated && <p class="small">There were more answers than are collected.</p>}
    </>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  return (
    <div class={styles.part}>
      <h3>
        <Inert text={title} most={300} />
      </h3>
      {children}
    </div>
  );
}

function Lines({ text }: { readonly text: string }) {
  return (
    <pre class={styles.longText} tabIndex={0} role="group" aria-label="Output">
      <Inert text={text} most={5000} />
    </pre>
  );
}

/** A text for a terminal, without its colour codes. */
export function withoutColours(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/\u001b\[[0-9;]*m/g, "");
}
