// One row of the grid. It is drawn again only when its content changes.
import { Component, type ComponentChildren } from "preact";
import { bytes, counted } from "../parts/format";
import { Inert } from "../parts/Inert";
import { plain, shortened } from "../parts/inert_text";
import { Link } from "../parts/Link";
import { cell, isNumeric, KernelName, TITLES } from "./columns";
import { nameOf } from "./facts";
import type { CommRow, GroupRow, Row } from "./row";
import { COLUMNS, type Column, type Group } from "./wanted";
import styles from "./table.module.css";

export interface RowProps {
  readonly row: Row;
  readonly id: string;
  readonly index: number;
  readonly height: number;
  readonly selected: "all" | "some" | "none";
  readonly cursor: boolean;
  readonly closed: boolean;
  readonly group: Group;
}

/** The deepest indentation, so that the name has room. */
const DEEPEST = 10;

export class GridRow extends Component<RowProps> {
  override shouldComponentUpdate(next: RowProps) {
    const now = this.props;
    for (const name of ["id", "index", "height", "selected", "cursor", "closed", "group"] as const) if (next[name] !== now[name]) return true;
    return !isSame(next.row, now.row);
  }

  override render({ row, id, index, height, selected, cursor, closed, group }: RowProps) {
    const isTree = group !== "none";
    const look = [styles.row, row.kind === "group" && styles.group, cursor && styles.cursor, selected !== "none" && styles.selected, closed && styles.closed];
    return (
      <div
        role="row"
        id={id}
        class={look.filter(Boolean).join(" ")}
        style={{ transform: `translateY(${index * height}px)`, height: `${height}px`, "--deep": row.kind === "group" ? 0 : Math.min(row.level, DEEPEST) - 1 }}
        data-row={row.key}
        data-comm={row.kind === "comm" ? row.comm.comm_id : undefined}
        aria-rowindex={index + 2}
        aria-selected={closed ? undefined : selected === "all"}
        aria-level={isTree ? (row.kind === "group" ? 1 : row.level) : undefined}
        aria-posinset={isTree ? row.position : undefined}
        aria-setsize={isTree ? row.of : undefined}
        aria-expanded={isTree ? row.open : undefined}
      >
        {row.kind === "group" ? <GroupCells row={row} selected={selected} group={group} /> : <CommCells row={row} selected={selected} closed={closed} />}
      </div>
    );
  }
}

function isSame(one: Row, other: Row): boolean {
  if (one === other) return true;
  if (one.kind === "group" || other.kind === "group") return false;
  const names = ["key", "comm", "level", "open", "position", "of", "context", "again"] as const;
  return names.every((name) => one[name] === other[name]);
}

function CommCells({ row, selected, closed }: { readonly row: CommRow; readonly selected: string; readonly closed: boolean }) {
  const { comm } = row;
  const name = plain(shortened(nameOf(comm), 60)) || "a comm without a name";
  return (
    <>
      <div role="gridcell" aria-colindex={1} class={styles.check}>
        {!closed && !row.context && <Check selected={selected} label={`Select ${name} ${plain(comm.comm_id.slice(0, 8))}`} />}
      </div>
      <div role="gridcell" aria-colindex={2} class={styles.name}>
        <Fold open={row.open} />
        {closed ? (
          <span class={styles.was}>
            <Name row={row} />
          </span>
        ) : (
          <Link to="comm" wanted={{ kernel: comm.kernel_id, comm: comm.comm_id }} class={row.context ? styles.contextName : styles.link} tabIndex={-1}>
            <Name row={row} />
          </Link>
        )}
        {closed && <span class={styles.tag}>Closed</span>}
        {row.again && (
          <span class={styles.tag} title="It is also shown under another widget above.">
            again
          </span>
        )}
        {(comm.caption || comm.model?.name) && (
          <span class={comm.caption ? styles.caption : styles.target}>
            <Inert text={comm.caption || comm.target_name} most={60} brief />
          </span>
        )}
      </div>
      {COLUMNS.slice(1).map((column, index) => (
        <Cell key={column} column={column} index={index + 3}>
          {cell(column as Exclude<Column, "name">, comm)}
        </Cell>
      ))}
    </>
  );
}

function Name({ row }: { readonly row: CommRow }) {
  const name = nameOf(row.comm);
  return name ? <Inert text={name} most={100} brief /> : <em>(without a name)</em>;
}

function Cell({ column, index, children }: { readonly column: Column; readonly index: number; readonly children: ComponentChildren }) {
  return (
    <div role="gridcell" aria-colindex={index} class={`${styles[column]} ${isNumeric(column) ? styles.numeric : ""}`} data-title={TITLES[column]}>
      {children}
    </div>
  );
}

function GroupCells({ row, selected, group }: { readonly row: GroupRow; readonly selected: string; readonly group: Group }) {
  const size = row.comms.reduce((sum, each) => sum + (each.bytes.state ?? 0), 0);
  return (
    <>
      <div role="gridcell" aria-colindex={1} class={styles.check}>
        <Check selected={selected} label={`Select all of this ${group}`} />
      </div>
      <div role="gridcell" aria-colindex={2} aria-colspan={COLUMNS.length} class={styles.groupName}>
        <Fold open={row.open} />
        <strong>
          {group === "kernel" ? <KernelName kernelId={row.value} /> : row.value ? <Inert text={row.value} most={100} brief /> : group === "model" ? "No widget model" : "(without a name)"}
        </strong>
        <span class="muted">
          {counted(row.comms.length, "comm")} · {bytes(size)}
        </span>
      </div>
    </>
  );
}

/** A checkbox that shows the selection. The grid handles clicks and keys. */
function Check({ selected, label }: { readonly selected: string; readonly label: string }) {
  return (
    <input
      type="checkbox"
      tabIndex={-1}
      data-act="select"
      aria-label={label}
      checked={selected === "all"}
      ref={(place) => {
        if (place) place.indeterminate = selected === "some";
      }}
    />
  );
}

function Fold({ open }: { readonly open: boolean | undefined }) {
  return (
    <span class={`${styles.fold} ${open === undefined ? styles.leaf : ""}`} data-act={open === undefined ? undefined : "fold"} aria-hidden="true">
      {open !== undefined && (
        <svg viewBox="0 0 16 16" width="16" height="16" class={open ? styles.open : undefined}>
          <path d="M6 4l4 4-4 4" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round" />
        </svg>
      )}
    </span>
  );
}
