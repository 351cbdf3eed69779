// The pages of one kernel: since when they are attached, how far they lag, and what waits for them.
import type { FrontendView } from "../api/shapes";
import { now } from "../parts/clock";
import { bytes, count, counted, duration, secondsSince } from "../parts/format";
import { Mark } from "../parts/Mark";
import type { Kernel } from "../store/kernels";
import { worstFirst } from "./sums";
import styles from "./overview.module.css";

/** Seconds from which a page is said to lag. */
const LAGS = 2;

/** The most rows. More would push the next kernel out of view. */
const MOST = 10;

export function Pages({ kernel }: { readonly kernel: Kernel }) {
  const shown = worstFirst(kernel.frontends).slice(0, MOST);
  const more = kernel.frontends.length - shown.length;
  if (!shown.length) return <p class="muted small">No page is attached.</p>;
  return (
    <div class={styles.scroll} role="region" aria-label={`Pages of ${kernel.title}`} tabIndex={0}>
      <table class={styles.pages}>
        <thead>
          <tr>
            <th scope="col">Page</th>
            <th scope="col">State</th>
            <th scope="col" class={`number ${styles.seldom}`}>
              Since
            </th>
            <th scope="col" class="number">
              Lag
            </th>
            <th scope="col" class="number">
              Waiting
            </th>
            <th scope="col" class={`number ${styles.seldom}`}>
              Merged
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map((each) => (
            <Page key={each.session_id} page={each} />
          ))}
        </tbody>
      </table>
      {more > 0 && <p class={`muted small ${styles.more}`}>and {counted(more, "page")} that lag less</p>}
    </div>
  );
}

function Page({ page }: { readonly page: FrontendView }) {
  const lag = page.lag_seconds ?? 0;
  const lags = page.attached && lag > LAGS;
  return (
    <tr>
      <td class="mono" title={page.session_id}>
        {page.session_id.slice(0, 8)}
      </td>
      <td>
        {page.attached ? (
          <Mark tone={lags ? "warn" : "good"}>{page.restoring ? "Restoring" : lags ? "Lags" : "Up to date"}</Mark>
        ) : (
          <Mark tone="plain" title="Its socket is closed. What it misses is kept for a while.">
            Away
          </Mark>
        )}
      </td>
      <td class={`number ${styles.seldom}`}>{duration(secondsSince(page.since, now.value))}</td>
      <td class="number">{page.lag_seconds === null ? "none" : duration(lag)}</td>
      <td class="number" title={`at most ${bytes(page.peak_bytes)} waited`}>
        {page.waiting_messages ? `${counted(page.waiting_messages, "message")}, ${bytes(page.waiting_bytes)}` : "nothing"}
      </td>
      <td class={`number ${styles.seldom}`} title="Updates that were merged into a later one while this page lagged">
        {count(page.conflated)}
        {page.dropped > 0 && `, ${counted(page.dropped, "output")} dropped`}
      </td>
    </tr>
  );
}
