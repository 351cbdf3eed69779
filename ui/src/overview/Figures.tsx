// The figures at the top of the overview.
import type { ComponentChildren } from "preact";
import { bytes, count, counted, duration } from "../parts/format";
import { Link } from "../parts/Link";
import { kernels } from "../store/kernels";
import { DOUBTS, sums } from "./sums";
import styles from "./overview.module.css";

export function Figures() {
  const all = sums(kernels.value);
  const doubtful = all.states.dirty + all.states.unknown + all.states.too_large;
  return (
    <dl class={styles.figures}>
      <Figure name="Kernels" value={count(all.kernels)}>
        {all.busy ? `${count(all.busy)} busy` : "all idle"}
      </Figure>
      <Figure name="Comms" value={<Link to="comms">{count(all.comms)}</Link>}>
        {bytes(all.stateBytes)} of state
      </Figure>
      <Figure name="Attached pages" value={count(all.attached)} bad={all.lag !== null && all.lag > 5}>
        {all.waitingMessages ? `${counted(all.waitingMessages, "message")} waiting, up to ${duration(all.lag ?? 0)} behind` : "none lags"}
        {all.away > 0 && `, ${count(all.away)} away`}
      </Figure>
      <Figure name="Restores answered" value={count(all.restores)}>
        {all.restoreSeconds === null ? "no page came back yet" : `${duration(all.restoreSeconds)} on average`}
      </Figure>
      <Figure name="Doubtful states" value={count(doubtful)} bad={doubtful > 0}>
        {doubtful
          ? DOUBTS.filter(([kind]) => all.states[kind]).map(([kind, word, meaning], index) => (
              <>
                {index > 0 && ", "}
                <Link to="comms" wanted={{ knowledge: kind }} title={meaning}>
                  {count(all.states[kind])} {word}
                </Link>
              </>
            ))
          : "all as the kernels have them"}
      </Figure>
    </dl>
  );
}

interface FigureProps {
  readonly name: string;
  readonly value: ComponentChildren;
  readonly children: ComponentChildren;
  readonly bad?: boolean;
}

function Figure({ name, value, children, bad }: FigureProps) {
  return (
    <div class={`card ${styles.figure} ${bad ? styles.doubtful : ""}`}>
      <dt>{name}</dt>
      <dd class={styles.value}>{value}</dd>
      <dd class={styles.beside}>{children}</dd>
    </div>
  );
}
