// The table of all comms.
import { useEffect, useRef, useState } from "preact/hooks";
import { Button } from "../parts/Button";
import { EmptyState } from "../parts/EmptyState";
import { commsLoading, watchActivity } from "../store/comms";
import { connection } from "../store/connection";
import type { Comm } from "../store/comm_table";
import { Bar } from "./Bar";
import { CloseDialog } from "./CloseDialog";
import { clearFilters, Filters } from "./Filters";
import { Grid, inView } from "./Grid";
import { followList, listed } from "./listed";
import { keyOf } from "./row";
import { only } from "./selection";
import { chosen, matches, rows, selection, wanted } from "./state";
import styles from "./table.module.css";

export function CommsTable() {
  const [closing, setClosing] = useState<readonly Comm[]>();
  useEffect(watchActivity, []);
  useEffect(() => followList(inView, () => void rows.value), []);
  usePruning();
  return (
    <div class={styles.view}>
      <div class={styles.heading}>
        <h1>Comms</h1>
        <p class="muted">All open comms of the server's kernels: widgets and others</p>
      </div>
      <Filters />
      <Bar onClose={() => setClosing(chosen.value)} />
      <p id="table-keys" class="unseen">
        Arrow keys move, Space selects, Shift and arrows select a range, Control and A select all that meet the conditions, Enter opens, Escape selects nothing.
      </p>
      {matches.value.length ? <Grid /> : <Nothing />}
      {closing && <CloseDialog comms={closing} onEnd={() => setClosing(undefined)} />}
    </div>
  );
}

/** Deselect comms that new conditions hide, so that nobody closes hidden comms by mistake. */
function usePruning(): void {
  const filter = JSON.stringify(wanted.value.filter);
  const before = useRef(filter);
  useEffect(() => {
    if (before.current !== filter && selection.peek().selected.size) selection.value = only(selection.peek(), chosen.peek().map(keyOf));
    before.current = filter;
  }, [filter]);
}

function Nothing() {
  if (listed.value.comms.length) {
    return (
      <div class={`card ${styles.nothing}`}>
        <EmptyState title="No comm meets these conditions">
          <p>Comms that meet them later appear here at once.</p>
          <Button onClick={clearFilters}>Show all comms</Button>
        </EmptyState>
      </div>
    );
  }
  if (commsLoading.value) {
    const away = connection.value === "lost" || connection.value === "signed out" || connection.value === "not allowed";
    return (
      <div class={`card ${styles.nothing}`} aria-busy={!away}>
        <EmptyState title={away ? "The comms are not known" : "Loading the comms…"}>{away && <p>They appear here when the server answers.</p>}</EmptyState>
      </div>
    );
  }
  return (
    <div class={`card ${styles.nothing}`}>
      <EmptyState title="No comm is open on this server">
        <p>Run a cell that shows a widget, in a notebook of this server. It appears here at once.</p>
      </EmptyState>
    </div>
  );
}
