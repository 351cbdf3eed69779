// Links to the widgets that this one refers to, and to those that refer to it.
import { useState } from "preact/hooks";
import type { CommView } from "../api/shapes";
import { Button } from "../parts/Button";
import { count } from "../parts/format";
import styles from "./comm.module.css";
import { Reference } from "./TreeRow";

/** The most links shown at first. */
const PORTION = 10;

export function Relations({ facts }: { readonly facts: CommView }) {
  if (!facts.model) return null;
  return (
    <section class={`card ${styles.card}`} aria-labelledby="relations">
      <div class={styles.cardTop}>
        <h2 id="relations">Related widgets</h2>
      </div>
      <List title="Part of" none="No widget refers to it." kernelId={facts.kernel_id} ids={facts.parents} />
      <List title="Refers to" none="It refers to no widget." kernelId={facts.kernel_id} ids={facts.references} />
    </section>
  );
}

function List({ title, none, kernelId, ids }: { readonly title: string; readonly none: string; readonly kernelId: string; readonly ids: readonly string[] }) {
  const [most, setMost] = useState(PORTION);
  return (
    <div class={styles.relation}>
      <h3>
        {title} {ids.length > 0 && <span class="muted small">{count(ids.length)}</span>}
      </h3>
      {!ids.length && <p class="muted small">{none}</p>}
      <ul class={styles.list}>
        {ids.slice(0, most).map((id) => (
          <li key={id}>
            <Reference kernelId={kernelId} commId={id} tabIndex={0} />
          </li>
        ))}
      </ul>
      {ids.length > most && (
        <Button tone="quiet" onClick={() => setMost(most * 10)}>
          Show more ({count(ids.length - most)})
        </Button>
      )}
    </div>
  );
}
