// The state as a tree that highlights the last change, with search and copy. If it is not known, the reason.
import { useMemo, useState } from "preact/hooks";
import { Button } from "../parts/Button";
import { Copy } from "../parts/Copy";
import { bytes } from "../parts/format";
import { Inert } from "../parts/Inert";
import styles from "./comm.module.css";
import { writtenPath } from "./paths";
import { pretty } from "./pretty";
import { Tree } from "./Tree";
import type { Change, CommWatch } from "./watch";

export function StateCard({ watch }: { readonly watch: CommWatch }) {
  const [search, setSearch] = useState("");
  const held = watch.held.value;
  const facts = watch.facts.value;
  const huge = watch.huge.value;
  const places = useMemo(() => held?.buffers.map((each) => each.path) ?? [], [held]);
  return (
    <section class={`card ${styles.card}`} aria-labelledby="state">
      <div class={styles.cardTop}>
        <h2 id="state">State</h2>
        {held?.state && (
          <span class={styles.end}>
            <input type="search" class={styles.search} aria-label="Search names and values" placeholder="Search names and values" value={search} onInput={(event) => setSearch(event.currentTarget.value)} />
            <Copy what="all of the state" word="Copy all" text={() => pretty(held.state)} />
          </span>
        )}
      </div>
      {held?.state && <Latest change={watch.change.value} isOver={watch.ended.value !== undefined} />}
      {held?.state ? (
        <Tree value={held.state} label="State" isState kernelId={watch.kernelId} secrets={held.redacted} buffers={places} change={watch.change.value} search={search} model={facts?.model?.name ?? ""} />
      ) : huge !== undefined && !held ? (
        <div class={styles.none}>
          <p>The state has {bytes(huge)}, so it is not fetched automatically.</p>
          <Button onClick={() => watch.askHuge()}>Fetch {bytes(huge)}</Button>
        </div>
      ) : (
        <p class={styles.none}>{held ? <Missing knowledge={facts?.knowledge ?? "unknown"} isWidget={facts?.model != null} /> : "Fetching the state…"}</p>
      )}
    </section>
  );
}

function Latest({ change, isOver }: { readonly change: Change | undefined; readonly isOver: boolean }) {
  if (!change && isOver) return null;
  if (!change) return <p class={styles.latest}>Changed values will be highlighted here.</p>;
  const names = [...change.at].slice(0, 4).map((key) => writtenPath(JSON.parse(key) as string[]));
  return (
    <p class={styles.latest}>
      Last change {change.when.toLocaleTimeString()}:{" "}
      {names.map((name, index) => (
        <>
          {index > 0 && ", "}
          <span class="mono">
            <Inert text={name || "all of it"} most={60} />
          </span>
        </>
      ))}
      {change.at.size > names.length && ` and ${change.at.size - names.length} more`}
    </p>
  );
}

function Missing({ knowledge, isWidget }: { readonly knowledge: string; readonly isWidget: boolean }) {
  if (knowledge === "too_large") return <>The state is over the server's limit (CommBroker.comm_state_bytes), so only the kernel has it.</>;
  if (!isWidget) return <>This comm is not a widget: it has messages, but no state that can be followed.</>;
  if (knowledge === "clean" || knowledge === "dirty") return <>The state is nested too deeply to be shown. The kernel and its pages have it unchanged.</>;
  return <>The server has not seen the whole state yet. It asks the kernel as soon as the kernel is idle.</>;
}
