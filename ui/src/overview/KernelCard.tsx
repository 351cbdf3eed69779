// One kernel: its notebook, what it runs and for how long, its comms, and its attached pages.
import { now } from "../parts/clock";
import { bytes, count, counted, duration } from "../parts/format";
import { Inert } from "../parts/Inert";
import { Link } from "../parts/Link";
import { Mark } from "../parts/Mark";
import { brokerAt, type Kernel } from "../store/kernels";
import { Pages } from "./Pages";
import { Runs } from "./Runs";
import { DOUBTS, status } from "./sums";
import styles from "./overview.module.css";

export function KernelCard({ kernel }: { readonly kernel: Kernel }) {
  return (
    <li class={`card ${styles.kernel}`} data-kernel={kernel.kernel_id}>
      <div class={styles.kernelTop}>
        <h3 class={styles.kernelName}>
          <Link to="comms" wanted={{ kernel: kernel.kernel_id }}>
            <Inert text={kernel.title} most={80} brief />
          </Link>
        </h3>
        <Doing kernel={kernel} />
      </div>
      <p class="muted small">
        {kernel.path !== undefined && kernel.path !== kernel.title && (
          <>
            <Inert text={kernel.path} most={120} /> ·{" "}
          </>
        )}
        <Inert text={[kernel.language, kernel.spec].filter((each) => each).join(" · ") || "language not known yet"} /> ·{" "}
        <span class="mono" title={kernel.kernel_id}>
          {kernel.kernel_id.slice(0, 8)}
        </span>
      </p>
      <p class={styles.facts}>
        {kernel.comms ? <Lives kernel={kernel} /> : <span class="muted">No comms. Run a cell that shows a widget.</span>}
      </p>
      <Runs kernelId={kernel.kernel_id} />
      <Pages kernel={kernel} />
    </li>
  );
}

function Doing({ kernel }: { readonly kernel: Kernel }) {
  const { tone, text, meaning } = status(kernel);
  const running = kernel.running;
  const seconds = running?.seconds;
  const since = seconds === null || seconds === undefined ? undefined : seconds + Math.max(0, now.value - brokerAt.value) / 1000;
  const what = running?.msg_type && running.msg_type !== "execute_request" ? ` with ${running.msg_type}` : "";
  return (
    <Mark tone={tone} {...(meaning ? { title: meaning } : {})}>
      {text}
      {what}
      {since !== undefined && ` for ${duration(since)}`}
    </Mark>
  );
}

function Lives({ kernel }: { readonly kernel: Kernel }) {
  const wanted = { kernel: kernel.kernel_id };
  const doubts = DOUBTS.filter(([kind]) => kernel.states[kind]);
  return (
    <>
      <Link to="comms" wanted={wanted}>
        {counted(kernel.comms, "comm")}
      </Link>
      <span>{bytes(kernel.state_bytes)} of state</span>
      {doubts.map(([kind, word, meaning]) => (
        <Link key={kind} to="comms" wanted={{ ...wanted, knowledge: kind }} title={meaning} class={styles.warn}>
          {count(kernel.states[kind])} {word}
        </Link>
      ))}
      {kernel.states_given_up > 0 && (
        <span class={styles.warn} title="These states are over CommBroker.kernel_state_bytes and are not kept. A page that comes back asks the kernel.">
          {counted(kernel.states_given_up, "state")} given up
        </span>
      )}
      {!kernel.registry_complete && (
        <span class={styles.warn} title="The kernel ran before the broker did. It is busy, so the broker could not ask it yet.">
          list not complete yet
        </span>
      )}
      {kernel.restores.answered > 0 && (
        <span>
          {counted(kernel.restores.answered, "restore")}, {duration(kernel.restores.seconds / kernel.restores.answered)} each
        </span>
      )}
    </>
  );
}
