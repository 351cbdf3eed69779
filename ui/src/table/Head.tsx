// The head of the grid. A click on a column sorts by it.
import { conditions, go } from "../address";
import { isNumeric, TITLES } from "./columns";
import { share, only } from "./selection";
import { choosable, selection, wanted } from "./state";
import { COLUMNS, sortAfter } from "./wanted";
import styles from "./table.module.css";

export function Head() {
  const { sort, down } = wanted.value;
  const keys = choosable.value;
  const all = keys.length ? share(selection.value.selected, keys) : "none";
  return (
    <div role="rowgroup" class={styles.head}>
      <div role="row" aria-rowindex={1} class={styles.headRow}>
        <div role="columnheader" aria-colindex={1} class={styles.check}>
          <input
            type="checkbox"
            aria-label="Select all that meet the conditions"
            checked={all === "all"}
            ref={(place) => {
              if (place) place.indeterminate = all === "some";
            }}
            onChange={() => (selection.value = only(selection.value, all === "all" ? [] : keys))}
          />
        </div>
        {COLUMNS.map((column, index) => (
          <div
            key={column}
            role="columnheader"
            aria-colindex={index + 2}
            aria-sort={sort !== column ? undefined : down ? "descending" : "ascending"}
            class={`${styles[column]} ${isNumeric(column) ? styles.numeric : ""}`}
          >
            <button type="button" class={styles.sort} onClick={() => go("comms", { ...conditions.value, sort: sortAfter(wanted.value, column) })}>
              {TITLES[column]}
              <span class={styles.arrow} aria-hidden="true">
                {sort === column ? (down ? "↓" : "↑") : ""}
              </span>
            </button>
          </div>
        ))}
      </div>
    </div>
  );
}
