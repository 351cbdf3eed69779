// One row of the tree: a name and a short form of its value.
import { useEffect, useRef } from "preact/hooks";
import { count, counted } from "../parts/format";
import { Inert } from "../parts/Inert";
import { Link } from "../parts/Link";
import { shortened } from "../parts/inert_text";
import { commOf } from "../store/comms";
import styles from "./comm.module.css";
import { isContainer, referenceIn, sizeOf, type Container } from "./paths";
import type { Row } from "./tree_rows";
import type { Change } from "./watch";

/** The most characters of a text in a row. The chosen row is shown in full. */
const LINE = 160;

interface Props {
  readonly row: Row;
  readonly kernelId: string;
  readonly isChosen: boolean;
  readonly isReachable: boolean;
  readonly change: Change | undefined;
  readonly onClick: () => void;
  readonly model: string;
}

export function TreeRow({ row, kernelId, isChosen, isReachable, change, onClick, model }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const isLit = change !== undefined && row.kind !== "more" && (change.at.has(row.key) || (row.kind === "container" && !row.isOpen && change.within.has(row.key)));
  const serial = isLit ? change.serial : 0;
  useEffect(() => {
    const element = place.current;
    if (!serial || !element || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    const lit = getComputedStyle(element).getPropertyValue("--warn-soft");
    const light = element.animate([{ backgroundColor: lit }, { backgroundColor: lit, offset: 0.3 }, { backgroundColor: "transparent" }], { duration: 1600, easing: "ease-out" });
    return () => light.cancel();
  }, [serial]);

  return (
    <div
      ref={place}
      role="treeitem"
      tabIndex={isReachable ? 0 : -1}
      aria-level={row.level}
      aria-setsize={row.siblings}
      aria-posinset={row.position}
      aria-expanded={row.kind === "container" ? row.isOpen : undefined}
      aria-selected={isChosen}
      class={styles.row}
      data-lit={isLit || undefined}
      data-match={row.isMatch || undefined}
      data-path={row.key}
      style={{ "--level": row.level - 1 }}
      onClick={onClick}
    >
      <span class={styles.arrow} aria-hidden="true">
        {row.kind === "container" ? (row.isOpen ? "▾" : "▸") : ""}
      </span>
      {row.kind === "more" ? (
        <span class={styles.moreRows}>show more ({count(row.count)} not shown)</span>
      ) : (
        <>
          <span class={styles.name}>{typeof row.name === "number" ? row.name : <Inert text={shortened(row.name, 80) || '""'} />}</span>
          <span class={styles.value}>
            <Value row={row} kernelId={kernelId} model={model} />
          </span>
          {isLit && <span class="unseen">changed last</span>}
        </>
      )}
    </div>
  );
}

function Value({ row, kernelId, model }: { readonly row: Row; readonly kernelId: string; readonly model: string }) {
  const { value } = row;
  if (row.kind === "secret") return <span class={styles.secret}>hidden: {whySecret(model)}</span>;
  if (row.kind === "buffer") return <span class={styles.note}>buffer {row.count}, see Buffers</span>;
  if (row.kind === "container") {
    const size = sizeOf(value as Container);
    return <span class={styles.note}>{Array.isArray(value) ? `[ ] ${counted(size, "item")}` : `{ } ${counted(size, "name")}`}</span>;
  }
  if (isContainer(value)) return <span class={styles.note}>{Array.isArray(value) ? "[ ]" : "{ }"}</span>;
  if (typeof value === "string") {
    const target = referenceIn(value);
    if (target !== undefined) return <Reference kernelId={kernelId} commId={target} />;
    return (
      <>
        <span class={styles.text}>
          "<Inert text={shortened(value, LINE)} />"
        </span>
        {value.length > LINE && <span class={styles.note}> … show more ({count(value.length)} characters)</span>}
      </>
    );
  }
  return <span class={value === null ? styles.note : styles.literal}>{String(value)}</span>;
}

/** A link to another widget, with the name of its model if it is known. */
export function Reference({ kernelId, commId, tabIndex = -1 }: { readonly kernelId: string; readonly commId: string; readonly tabIndex?: number }) {
  const model = commOf(kernelId, commId)?.model?.name;
  return (
    <span class={styles.reference} onClick={(event) => event.stopPropagation()}>
      <Link to="comm" wanted={{ kernel: kernelId, comm: commId }} tabIndex={tabIndex}>
        {model ? <Inert text={shortened(model, 60)} /> : "widget"}
      </Link>{" "}
      <span class="muted mono">
        <Inert text={shortened(commId, 8)} />
      </span>
    </span>
  );
}

/** Why something is not shown, in plain words. */
export function whySecret(model: string): string {
  if (model === "PasswordModel") return "a password is never shown";
  if (model === "FileUploadModel") return "uploaded files are never shown";
  return "it may be a password or an uploaded file";
}
