// The buffers of a state: where each belongs, its length, and its content on request.
import { useState } from "preact/hooks";
import type { BufferView } from "../api/shapes";
import { Button } from "../parts/Button";
import { bytes, count } from "../parts/format";
import { Inert } from "../parts/Inert";
import { BufferContent } from "./BufferContent";
import styles from "./comm.module.css";
import { writtenPath } from "./paths";
import { whySecret } from "./TreeRow";

interface Props {
  readonly kernelId: string;
  readonly commId: string;
  readonly buffers: readonly BufferView[];
  readonly sequence: number;
  readonly model: string;
  readonly offBecause: string | undefined;
}

/** The most rows shown at first. */
const PORTION = 20;

export function Buffers({ kernelId, commId, buffers, sequence, model, offBecause }: Props) {
  const [most, setMost] = useState(PORTION);
  const [open, setOpen] = useState<number>();
  return (
    <section class={`card ${styles.card}`} aria-labelledby="buffers">
      <div class={styles.cardTop}>
        <h2 id="buffers">Buffers</h2>
        <span class="muted small">{count(buffers.length)}, the state's binary parts</span>
      </div>
      <ul class={styles.list}>
        {buffers.slice(0, most).map((buffer, index) => {
          const isSecret = buffer.length === null;
          return (
            <li key={index} class={styles.buffer}>
              <div class={styles.bufferTop}>
                <span class="muted mono">{index}</span>
                <span class={`mono ${styles.path}`}>
                  <Inert text={writtenPath(buffer.path)} most={120} />
                </span>
                <span class="muted small">{isSecret ? "size hidden" : bytes(buffer.length)}</span>
                <span class={styles.end}>
                  <Button
                    label={open === index ? `Hide buffer ${index}` : `Show buffer ${index}`}
                    offBecause={isSecret ? `Not shown: ${whySecret(model)}.` : open === index ? undefined : offBecause}
                    onClick={() => setOpen(open === index ? undefined : index)}
                  >
                    {open === index ? "Hide" : "Show"}
                  </Button>
                </span>
              </div>
              {open === index && !isSecret && <BufferContent kernelId={kernelId} commId={commId} index={index} sequence={sequence} isOver={offBecause !== undefined} />}
            </li>
          );
        })}
      </ul>
      {buffers.length > most && (
        <Button tone="quiet" onClick={() => setMost(most * 5)}>
          Show more ({count(buffers.length - most)})
        </Button>
      )}
    </section>
  );
}
