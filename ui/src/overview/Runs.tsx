// The cells that a kernel runs now, with their last lines of output, and how many wait.
import type { RunView } from "../api/shapes";
import { now } from "../parts/clock";
import { counted, duration, secondsSince } from "../parts/format";
import { Inert } from "../parts/Inert";
import { runs } from "../store/runs";
import styles from "./overview.module.css";

/** The most characters of a line. */
const WIDE = 160;

export function Runs({ kernelId }: { readonly kernelId: string }) {
  const page = runs.value.get(kernelId);
  if (!page?.total) return null;
  const running = page.requests.filter((each) => each.state === "running");
  const waiting = page.total - running.length;
  return (
    <ul class={styles.runs} aria-label="Running cells">
      {running.map((each) => (
        <Running key={each.msg_id} run={each} />
      ))}
      {waiting > 0 && <li class="muted">{counted(waiting, "cell waits", "cells wait")}</li>}
    </ul>
  );
}

function Running({ run }: { readonly run: RunView }) {
  const lines = run.last_lines ?? [];
  return (
    <li class={styles.run}>
      <p>
        <span>
          Cell <span class="mono">[{run.execution_count ?? "*"}]</span>{" "}
          {run.cell_id !== null && (
            <span class="muted mono">
              <Inert text={run.cell_id} most={13} brief />
            </span>
          )}
        </span>
        <span class="muted">for {duration(secondsSince(run.began_at ?? run.sent_at, now.value))}</span>
      </p>
      {lines.length > 0 && (
        <pre class={styles.lines}>
          {lines.map((line, index) => (
            <div key={index}>
              <Inert text={line} most={WIDE} brief />
            </div>
          ))}
        </pre>
      )}
      {run.prompt !== null && (
        <p class={styles.warn}>
          <span>
            It asks: <Inert text={run.prompt} most={WIDE} brief />
          </span>
        </p>
      )}
    </li>
  );
}
