// The chosen row of a tree: its path, its value page by page, and buttons to copy both.
import { useEffect, useState } from "preact/hooks";
import { Button } from "../parts/Button";
import { Copy } from "../parts/Copy";
import { count, counted } from "../parts/format";
import { Inert } from "../parts/Inert";
import { shortened } from "../parts/inert_text";
import styles from "./comm.module.css";
import { isContainer, sizeOf, writtenPath } from "./paths";
import { pretty } from "./pretty";
import { whySecret } from "./TreeRow";
import type { Row } from "./tree_rows";

/** The most characters on a page of a text. Browsers freeze over megabytes. */
const PIECE = 10_000;
/** The characters that are shown at first. */
const BEGIN = 600;

export function Chosen({ row, model, onClose }: { readonly row: Row; readonly model: string; readonly onClose: () => void }) {
  const path = writtenPath(row.path);
  return (
    <section class={styles.chosen} aria-label="Chosen value">
      <div class={styles.chosenTop}>
        <p class={`mono ${styles.path}`}>
          <Inert text={path} most={200} />
        </p>
        <span class="muted small">{kindOf(row)}</span>
        <span class={styles.end}>
          {row.kind !== "secret" && row.kind !== "buffer" && <Copy what="value" word="Copy value" text={() => (typeof row.value === "string" ? row.value : pretty(row.value))} />}
          <Copy what="path" word="Copy path" text={path} />
          <Button tone="quiet" label="Close this value" onClick={onClose}>
            ×
          </Button>
        </span>
      </div>
      {row.kind === "secret" && <p class="small">Not shown because {whySecret(model)}. Passwords and uploaded files stay out of every list, stream and log; the kernel has them unchanged.</p>}
      {row.kind === "buffer" && <p class="small">Binary: look at it under Buffers.</p>}
      {row.kind === "leaf" && (typeof row.value === "string" ? <LongText key={row.key} text={row.value} /> : <p class="mono">{JSON.stringify(row.value)}</p>)}
    </section>
  );
}

function kindOf(row: Row): string {
  if (row.kind === "secret") return "secret";
  if (row.kind === "buffer") return "buffer";
  if (isContainer(row.value)) return counted(sizeOf(row.value), Array.isArray(row.value) ? "item" : "name");
  if (typeof row.value === "string") return `text, ${counted(row.value.length, "character")}`;
  return row.value === null ? "null" : typeof row.value;
}

/** A long text: first its beginning, then page by page. */
export function LongText({ text }: { readonly text: string }) {
  const [isAll, setAll] = useState(text.length <= BEGIN);
  const [at, setAt] = useState(0);
  const last = Math.max(0, Math.ceil(text.length / PIECE) - 1);
  // The text may be shorter now.
  useEffect(() => setAt(Math.min(at, last)), [last]);
  const shown = isAll ? text.slice(at * PIECE, (at + 1) * PIECE) : shortened(text, BEGIN);
  return (
    <div class={styles.long}>
      <pre class={styles.longText} tabIndex={0} role="group" aria-label="Text">
        <Inert text={shown} most={PIECE} />
        {!isAll && text.length > BEGIN && "…"}
      </pre>
      {!isAll && text.length > BEGIN && (
        <Button tone="quiet" onClick={() => setAll(true)}>
          Show more ({count(text.length - BEGIN)} characters)
        </Button>
      )}
      {isAll && last > 0 && <Pager at={at} last={last} what="characters" size={PIECE} total={text.length} onTurn={setAt} />}
    </div>
  );
}

interface PagerProps {
  readonly at: number;
  readonly last: number;
  readonly what: string;
  readonly size: number;
  readonly total: number;
  readonly onTurn: (to: number) => void;
}

/** Buttons to turn the pages of a long value. */
export function Pager({ at, last, what, size, total, onTurn }: PagerProps) {
  const first = at === 0 ? "This is the beginning." : undefined;
  const end = at === last ? "This is the end." : undefined;
  return (
    <div class={styles.pager}>
      <Button tone="quiet" offBecause={first} onClick={() => onTurn(0)}>
        First
      </Button>
      <Button tone="quiet" offBecause={first} onClick={() => onTurn(at - 1)}>
        Previous
      </Button>
      <span class="small">
        {what} {count(at * size + 1)} to {count(Math.min(total, (at + 1) * size))} of {count(total)}
      </span>
      <Button tone="quiet" offBecause={end} onClick={() => onTurn(at + 1)}>
        Next
      </Button>
      <Button tone="quiet" offBecause={end} onClick={() => onTurn(last)}>
        Last
      </Button>
    </div>
  );
}
