// The bar on top of the grid: the number of comms, what can be done with the selected ones, and the grouping.
import { conditions, go } from "../address";
import { Button } from "../parts/Button";
import { bytes, count, counted } from "../parts/format";
import { commsLoading } from "../store/comms";
import { forbidden } from "../store/permissions";
import { clearFilters } from "./Filters";
import { listed } from "./listed";
import { narrow } from "./sizes";
import { only } from "./selection";
import { chosen, foldAll, matches, rows, selection, wanted } from "./state";
import { filterCount, GROUPS } from "./wanted";
import styles from "./table.module.css";

const ARRANGED = { none: "One list", kernel: "By kernel", target: "By target", model: "By model", tree: "As a tree" } as const;

export function Bar({ onClose }: { readonly onClose: () => void }) {
  const picked = chosen.value;
  return (
    <div class={`${styles.bar} ${picked.length ? styles.active : ""}`}>
      <div class={styles.said}>
        {picked.length ? (
          <>
            <strong role="status">{count(picked.length)} selected</strong>
            <span class={styles.raised}>
              <Button tone="danger" onClick={onClose} offBecause={forbidden("execute")}>
                Close {counted(picked.length, "comm")}…
              </Button>
            </span>
            <Button tone="quiet" label="Clear selection" onClick={() => (selection.value = only(selection.value, []))}>
              {narrow.value ? "Clear" : "Clear selection"}
            </Button>
          </>
        ) : (
          <Total />
        )}
      </div>
      <Arrangement />
    </div>
  );
}

function Total() {
  const { comms, closed } = listed.value;
  const on = filterCount(wanted.value.filter);
  const all = comms.length - closed.size;
  const shown = matches.value;
  const size = shown.reduce((sum, each) => sum + (each.bytes.state ?? 0), 0);
  if (commsLoading.value && !all) return null;
  return (
    <>
      <span role="status">
        <strong>{on ? `${count(shown.length)} of ${counted(all, "comm")}` : counted(all, "comm")}</strong>
        {size > 0 && <span class={`muted ${styles.seldom}`}> · {bytes(size)} of state</span>}
      </span>
      {on > 0 && (
        <Button tone="quiet" onClick={clearFilters}>
          Clear {on === 1 ? "filter" : `${on} filters`}
        </Button>
      )}
    </>
  );
}

function Arrangement() {
  const { group } = wanted.value;
  const some = group !== "none" && rows.value.some((row) => row.open !== undefined);
  return (
    <div class={styles.arrangement}>
      {some && (
        <>
          <Button tone="quiet" onClick={() => foldAll(true)}>
            Fold all
          </Button>
          <Button tone="quiet" onClick={() => foldAll(false)}>
            Unfold all
          </Button>
        </>
      )}
      <label class={styles.inline}>
        <span>Show</span>
        <select
          aria-label="Show"
          value={group}
          onChange={(event) => {
            const wish = event.currentTarget.value;
            go("comms", { ...conditions.value, group: wish === "none" ? undefined : wish });
          }}
        >
          {(["none", ...GROUPS] as const).map((each) => (
            <option key={each} value={each}>
              {ARRANGED[each]}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}
