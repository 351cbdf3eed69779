// The traffic per second in each direction, live.
import { bytes, perSecond } from "../parts/format";
import { rates } from "../store/kernels";
import type { Rates } from "../store/rates";
import { Plot } from "./Plot";
import styles from "./overview.module.css";

export function Traffic() {
  const latest = rates.value.at(-1);
  return (
    <section class={styles.traffic} aria-label="Traffic">
      <TrafficPlot title="Messages per second" of={(each) => each.messages} latest={latest} write={perSecond} />
      <TrafficPlot title="Bytes per second" of={(each) => each.bytes} latest={latest} write={bytes} />
    </section>
  );
}

interface Props {
  readonly title: string;
  readonly of: (moment: Rates) => Rates["messages"];
  readonly latest: Rates | undefined;
  readonly write: (value: number) => string;
}

function TrafficPlot({ title, of, latest, write }: Props) {
  const fromKernels = write(latest ? of(latest).from_kernel : 0);
  const fromPages = write(latest ? of(latest).from_frontends : 0);
  return (
    <figure class={`card ${styles.plot}`}>
      <figcaption>
        <h2>{title}</h2>
        <span class={styles.legend}>
          <span class={styles.first}>
            from kernels <strong>{fromKernels}</strong>
          </span>
          <span class={styles.second}>
            from pages <strong>{fromPages}</strong>
          </span>
        </span>
      </figcaption>
      <Plot of={of} write={write} label={`${title}, the last five minutes: ${fromKernels} from kernels, ${fromPages} from pages now`} />
    </figure>
  );
}
