// Asks before many comms are closed, with the server's list of what would be closed. Then it shows the result.
import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { Button } from "../parts/Button";
import { counted, duration } from "../parts/format";
import { Inert } from "../parts/Inert";
import { Notice } from "../parts/Notice";
import { commList, commOf } from "../store/comms";
import type { Comm } from "../store/comm_table";
import { tell } from "../store/notices";
import { KernelName } from "./columns";
import { byKernel, closeAll, countOf, goingOf, type Closings, type Outcome, type Staying } from "./closing";
import { nameOf, usedOnlyBy } from "./facts";
import { only } from "./selection";
import { selection } from "./state";
import styles from "./dialog.module.css";

type Stage = { readonly at: "asking" } | { readonly at: "sure?"; readonly look: Outcome } | { readonly at: "closing"; readonly look: Outcome } | { readonly at: "done"; readonly done: Outcome };

/** The most comms that are listed. The others are counted. */
const LISTED = 1000;

export function CloseDialog({ comms, onEnd }: { readonly comms: readonly Comm[]; readonly onEnd: () => void }) {
  const place = useRef<HTMLDialogElement>(null);
  const [stage, setStage] = useState<Stage>({ at: "asking" });
  const [takesAlong, setTakesAlong] = useState(false);
  const more = useMemo(() => usedOnlyBy(comms, commList.peek()), [comms]);
  useEffect(() => place.current?.showModal(), []);
  useEffect(() => {
    const abort = new AbortController();
    closeAll(byKernel(takesAlong ? [...comms, ...more] : comms), true, abort.signal).then(
      (look) => setStage({ at: "sure?", look }),
      () => undefined,
    );
    return () => abort.abort();
  }, [takesAlong]);

  const close = async (look: Outcome) => {
    setStage({ at: "closing", look });
    const done = await closeAll(goingOf(look), false);
    selection.value = only(selection.peek(), []);
    const closed = done.answers.reduce((sum, each) => sum + each.closed, 0);
    if (!done.failures.length && closed === countOf(goingOf(look))) {
      tell({ tone: "good", text: `${counted(closed, "comm")} closed.` });
      onEnd();
    } else setStage({ at: "done", done });
  };

  return (
    <dialog ref={place} class={styles.dialog} aria-labelledby="closing-title" onClose={onEnd}>
      {stage.at === "asking" && <Asking count={comms.length} onEnd={onEnd} />}
      {(stage.at === "sure?" || stage.at === "closing") && (
        <Sure look={stage.look} isClosing={stage.at === "closing"} onYes={() => void close(stage.look)} onEnd={onEnd}>
          {more.length > 0 && (
            <label class={styles.along}>
              <input type="checkbox" checked={takesAlong} disabled={stage.at === "closing"} onChange={(event) => setTakesAlong(event.currentTarget.checked)} />
              <span>Also close what only these use: {counted(more.length, "comm")}, mostly layouts and styles</span>
            </label>
          )}
        </Sure>
      )}
      {stage.at === "done" && <Done done={stage.done} onEnd={onEnd} />}
    </dialog>
  );
}

function Asking({ count, onEnd }: { readonly count: number; readonly onEnd: () => void }) {
  return (
    <>
      <h2 id="closing-title">Close {counted(count, "comm")}?</h2>
      <p class="muted" role="status">
        Asking the kernels what would be closed…
      </p>
      <p class={styles.buttons}>
        <Button onClick={onEnd}>Cancel</Button>
      </p>
    </>
  );
}

interface SureProps {
  readonly look: Outcome;
  readonly isClosing: boolean;
  readonly onYes: () => void;
  readonly onEnd: () => void;
  readonly children: ComponentChildren;
}

function Sure({ look, isClosing, onYes, onEnd, children }: SureProps) {
  const going = countOf(goingOf(look));
  return (
    <>
      <h2 id="closing-title">{going ? `Close ${counted(going, "comm")}?` : "Nothing can be closed"}</h2>
      {going > 0 && <p class="muted">These comms are closed in their kernels and disappear from all pages. This cannot be undone.</p>}
      <div class={styles.lists} tabIndex={0} role="region" aria-label="Comms that would be closed, and comms that stay open">
        {look.answers.map((each) => each.comms.length > 0 && <GoingList key={each.kernel_id} closings={each} />)}
        <StayingList outcome={look} />
      </div>
      {children}
      <p class={styles.buttons}>
        <Button onClick={onEnd}>{going ? "Cancel" : "Done"}</Button>
        {going > 0 && (
          <Button tone="danger" onClick={onYes} offBecause={isClosing ? "They are being closed." : undefined}>
            {isClosing ? "Closing…" : `Close ${counted(going, "comm")}`}
          </Button>
        )}
      </p>
    </>
  );
}

function Done({ done, onEnd }: { readonly done: Outcome; readonly onEnd: () => void }) {
  const closed = done.answers.reduce((sum, each) => sum + each.closed, 0);
  return (
    <>
      <h2 id="closing-title">{closed ? `${counted(closed, "comm")} closed, not all` : "Nothing was closed"}</h2>
      <div class={styles.lists} tabIndex={0} role="region" aria-label="Comms that were not closed">
        <StayingList outcome={done} />
      </div>
      <p class={styles.buttons}>
        <Button tone="main" onClick={onEnd}>
          Done
        </Button>
      </p>
    </>
  );
}

function GoingList({ closings }: { readonly closings: Closings }) {
  const { kernel_id, comms } = closings;
  return (
    <section>
      <h3>
        <KernelName kernelId={kernel_id} /> <span class="muted">{counted(comms.length, "comm")}</span>
      </h3>
      <ul class={styles.list}>
        {comms.slice(0, LISTED).map((each) => (
          <li key={each.comm_id} data-going={each.comm_id}>
            <span class={styles.name}>
              <Inert text={each.model || each.target_name || "(without a name)"} most={60} brief />
            </span>
            <span class="mono muted">
              <Inert text={each.comm_id.slice(0, 8)} />
            </span>
            <span class="muted">idle {duration(Math.max(1, Math.round(each.idle_seconds)))}</span>
          </li>
        ))}
      </ul>
      {comms.length > LISTED && <p class="muted">and {counted(comms.length - LISTED, "more", "more")}</p>}
    </section>
  );
}

function StayingList({ outcome }: { readonly outcome: Outcome }) {
  const staying = outcome.answers.flatMap(({ kernel_id, staying: found }) => found.map((each) => ({ kernel_id, ...each })));
  return (
    <>
      {outcome.failures.map((each) => (
        <Notice key={each.kernelId} tone="bad">
          <strong>
            {counted(each.count, "comm")} of <KernelName kernelId={each.kernelId} />
          </strong>
          : <Inert text={each.why} most={300} brief />
        </Notice>
      ))}
      {staying.length > 0 && (
        <section>
          <h3>
            Not closed <span class="muted">{counted(staying.length, "comm")}</span>
          </h3>
          <ul class={styles.list}>
            {staying.slice(0, LISTED).map((each) => (
              <li key={`${each.kernel_id} ${each.comm_id}`} data-staying={each.comm_id}>
                <span class={styles.name}>
                  <Called kernelId={each.kernel_id} commId={each.comm_id} />
                </span>
                <span class="mono muted">
                  <Inert text={each.comm_id.slice(0, 8)} />
                </span>
                <span class="muted">
                  <Why kernelId={each.kernel_id} staying={each} />
                </span>
              </li>
            ))}
          </ul>
          {staying.length > LISTED && <p class="muted">and {counted(staying.length - LISTED, "more", "more")}</p>}
        </section>
      )}
    </>
  );
}

function Why({ kernelId, staying }: { readonly kernelId: string; readonly staying: Staying }) {
  if (staying.reason === "closed") return <>closed already</>;
  if (staying.reason === "unknown") return <>the kernel has no such comm</>;
  if (!staying.held_by) return <>another widget needs it</>;
  return (
    <>
      <Called kernelId={kernelId} commId={staying.held_by} /> <Inert text={staying.held_by.slice(0, 8)} /> needs it; select that one too
    </>
  );
}

/** The name of a comm, if it is known. */
function Called({ kernelId, commId }: { readonly kernelId: string; readonly commId: string }) {
  const comm = commOf(kernelId, commId);
  return <Inert text={comm ? nameOf(comm) || "(without a name)" : "a comm"} most={60} brief />;
}
