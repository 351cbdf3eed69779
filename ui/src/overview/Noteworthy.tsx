// What was refused, merged, cut off or corrected since the kernels started.
import { count } from "../parts/format";
import { broker } from "../store/kernels";
import { noteworthy } from "./counters";
import styles from "./overview.module.css";

export function Noteworthy() {
  const found = noteworthy(broker.value?.counters ?? {});
  return (
    <section aria-labelledby="noteworthy">
      <h2 id="noteworthy">Since the kernels started</h2>
      <div class={`card ${styles.targets}`}>
        {!found.length && <p class="muted">Nothing was refused, dropped, cut off or corrected.</p>}
        <dl class={styles.noteworthy}>
          {found.map(({ name, count: times, text, meaning }) => (
            <div key={name}>
              <dt>{text}</dt>
              <dd class="number">{count(times)}</dd>
              <dd class="muted small">{meaning}</dd>
            </div>
          ))}
        </dl>
      </div>
    </section>
  );
}
