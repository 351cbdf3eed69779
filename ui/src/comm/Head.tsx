// The head of a comm's page: its model, its notebook, its id, and its counts and times.
import type { ComponentChildren } from "preact";
import { baseUrl } from "../api/urls";
import type { CommView } from "../api/shapes";
import { now } from "../parts/clock";
import { Copy } from "../parts/Copy";
import { bytes, count, counted, duration, secondsSince } from "../parts/format";
import { Inert } from "../parts/Inert";
import { plain, shortened } from "../parts/inert_text";
import { Link } from "../parts/Link";
import { Mark, type Tone } from "../parts/Mark";
import { kernelById, kernelTitle } from "../store/kernels";
import styles from "./comm.module.css";

const KNOWLEDGE: Readonly<Record<string, readonly [Tone, string, string]>> = {
  clean: ["good", "Known", "The state is as the kernel has it."],
  dirty: ["warn", "In doubt", "The state may differ from the kernel's. The kernel is asked when it is idle."],
  unknown: ["warn", "Not known", "The broker has never seen the whole state."],
  too_large: ["warn", "Too large", "The state is over the server's limit, so it is not kept."],
};

interface Props {
  readonly facts: CommView;
  /** When it was closed. Ages do not grow after that. */
  readonly until: number | undefined;
  readonly children: ComponentChildren;
}

export function Head({ facts, until, children }: Props) {
  const { kernel_id: kernelId, comm_id: commId, model, target_name: target } = facts;
  const kernel = kernelById.value.get(kernelId);
  return (
    <header class={styles.head}>
      <div class={styles.titles}>
        <p class={styles.crumbs}>
          <Link to="comms">Comms</Link>
          <span aria-hidden="true"> / </span>
          <Link to="comms" wanted={{ kernel: kernelId }}>
            <Inert text={kernelTitle(kernelId)} most={60} />
          </Link>
          {kernel?.path?.endsWith(".ipynb") && (
            <a class={styles.notebook} href={`${baseUrl()}lab/tree/${kernel.path.split("/").map(encodeURIComponent).join("/")}`} target="_blank" rel="noopener">
              open notebook<span class="unseen"> in a new tab</span> ↗
            </a>
          )}
        </p>
        <h1>
          <Inert text={shortened(model?.name ?? target, 120)} />
        </h1>
        <p class={styles.ids}>
          {model && (
            <span class="muted" title={plain(`${model.module} ${model.version}`)}>
              <Inert text={shortened(`${model.module} ${model.version}`, 80)} />
            </span>
          )}
          <span class="muted">
            target <Inert text={shortened(target, 80)} />
          </span>
          <span class={styles.id}>
            <span class="mono">
              <Inert text={commId} most={64} />
            </span>
            <Copy what="the comm's id" text={commId} />
          </span>
        </p>
      </div>
      <div class={styles.actions}>{children}</div>
      <Facts facts={facts} until={until} />
    </header>
  );
}

function Facts({ facts, until }: { readonly facts: CommView; readonly until: number | undefined }) {
  const isOver = until !== undefined;
  const moment = until ?? now.value;
  const [tone, word, meaning] = KNOWLEDGE[facts.knowledge] ?? ["plain", facts.knowledge, ""];
  const pages = facts.frontends.length;
  return (
    <dl class={`card ${styles.facts}`}>
      <Fact name="State">
        {isOver ? (
          <Mark tone="plain">Closed</Mark>
        ) : (
          <Mark tone={facts.model ? tone : "plain"} title={facts.model ? meaning : "Only widgets have a state."}>
            {facts.model ? word : "None"}
          </Mark>
        )}
        {facts.bytes.state !== 0 && <span class="muted small"> {bytes(facts.bytes.state)}</span>}
        {facts.checked_at && !isOver && (
          <div class="muted small" title={`The kernel itself said the state at ${new Date(facts.checked_at).toLocaleString()}. Later changes without a message are not known.`}>
            checked {duration(secondsSince(facts.checked_at, moment))} ago
          </div>
        )}
        {facts.pending && !isOver && <div class="muted small">an update waits for the kernel</div>}
      </Fact>
      <Fact name="Age">
        <span title={new Date(facts.opened_at).toLocaleString()}>{duration(secondsSince(facts.opened_at, moment))}</span>
        <span class="muted small">{facts.opened_by === "unknown" ? "" : ` by ${facts.opened_by === "kernel" ? "the kernel" : "a page"}`}</span>
      </Fact>
      <Fact name="Idle">
        <span title={new Date(facts.last_activity).toLocaleString()}>{idle(secondsSince(facts.last_activity, moment))}</span>
      </Fact>
      <Fact name="Pages">
        <span title={plain(facts.frontends.slice(0, 20).join("\n"))}>{pages ? `${count(pages)} attached` : "none attached"}</span>
      </Fact>
      <Fact name="From kernel">
        <Passed messages={facts.messages.from_kernel} size={facts.bytes.from_kernel} />
      </Fact>
      <Fact name="From pages">
        <Passed messages={facts.messages.from_frontends} size={facts.bytes.from_frontends} />
      </Fact>
      {facts.dirty_because && !isOver && (
        <div class={styles.wide}>
          <dt>In doubt because</dt>
          <dd>
            <Inert text={facts.dirty_because} most={300} />
          </dd>
        </div>
      )}
      {facts.callback_errors > 0 && <Fact name="Callback errors">{counted(facts.callback_errors, "error")}</Fact>}
    </dl>
  );
}

function Passed({ messages, size }: { readonly messages: number; readonly size: number | null }) {
  return (
    <>
      {messages ? count(messages) : "nothing"} {messages > 0 && <span class="muted small">{bytes(size)}</span>}
    </>
  );
}

/** Times below a second change too fast to be read. */
function idle(seconds: number): string {
  return seconds < 2 ? "active now" : duration(Math.floor(seconds));
}

function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
