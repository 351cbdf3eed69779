// Comms per target, over all kernels.
import { count } from "../parts/format";
import { Inert } from "../parts/Inert";
import { Link } from "../parts/Link";
import { kernels } from "../store/kernels";
import { targets } from "./sums";
import styles from "./overview.module.css";

/** The most rows. The table has the others. */
const MOST = 12;

/** The most characters of a name in an address. */
const LONGEST = 1000;

export function Targets() {
  const found = targets(kernels.value);
  const most = found[0]?.[1] ?? 1;
  return (
    <section aria-labelledby="targets">
      <h2 id="targets">Comms per target</h2>
      <div class={`card ${styles.targets}`}>
        {!found.length && <p class="muted">No comm is open yet.</p>}
        <ul>
          {found.slice(0, MOST).map(([name, comms]) => (
            <li key={name}>
              {name && name.length <= LONGEST ? (
                <Link to="comms" wanted={{ target: name }}>
                  <Inert text={name} most={60} brief />
                </Link>
              ) : (
                <span>{name ? <Inert text={name} most={60} brief /> : "(without a name)"}</span>
              )}
              <span class="number">{count(comms)}</span>
              <span class={styles.bar} style={{ width: `${(100 * comms) / most}%` }} aria-hidden="true" />
            </li>
          ))}
        </ul>
        {found.length > MOST && (
          <p class="small">
            <Link to="comms">{count(found.length - MOST)} more targets</Link>
          </p>
        )}
      </div>
    </section>
  );
}
