// A value as a tree. It can be searched and used by keyboard, and highlights changes. The chosen row is shown in full below.
import { useMemo, useRef, useState } from "preact/hooks";
import { count } from "../parts/format";
import type { Path } from "../api/shapes";
import styles from "./comm.module.css";
import { isContainer, keyOf, namesOf, sizeOf, valueAt, type Container } from "./paths";
import { Chosen } from "./Chosen";
import { search as find } from "./search";
import { TreeRow } from "./TreeRow";
import { PORTION, rowsOf, type Row } from "./tree_rows";
import type { Change } from "./watch";

interface Props {
  readonly value: unknown;
  readonly label: string;
  readonly kernelId: string;
  readonly secrets?: readonly Path[];
  /** The paths of buffers, by their numbers. */
  readonly buffers?: readonly Path[];
  readonly change?: Change | undefined;
  readonly search?: string;
  readonly model?: string;
  readonly isState?: boolean;
  /** Whether small containers on the first level are open at first. */
  readonly isBegun?: boolean;
}

const NOTHING: readonly Path[] = [];

/** The keys of the first small containers. */
function smallIn(value: Container): string[] {
  const isSmall = (name: string | number) => {
    const child = valueAt(value, [name]);
    return isContainer(child) && sizeOf(child) <= 10;
  };
  return namesOf(value, 20).filter(isSmall).map((name) => keyOf([name]));
}

export function Tree({ value, label, kernelId, secrets = NOTHING, buffers = NOTHING, change, search = "", model = "", isState = false, isBegun = false }: Props) {
  const [open, setOpen] = useState<ReadonlySet<string>>(() => new Set(isBegun && isContainer(value) ? smallIn(value) : []));
  const [most, setMost] = useState<ReadonlyMap<string, number>>(new Map());
  const [chosen, setChosen] = useState<string>();
  const tree = useRef<HTMLDivElement>(null);
  const hidden = useMemo(() => new Set(secrets.map(keyOf)), [secrets]);
  const numbers = useMemo(() => new Map(buffers.map((each, index) => [keyOf(each), index])), [buffers]);
  const found = useMemo(() => (search ? find(value, search, hidden) : undefined), [value, search, hidden]);
  const rows = useMemo(() => rowsOf(value, { open, most, secrets: hidden, buffers: numbers, found, isState }), [value, open, most, hidden, numbers, found, isState]);
  const current = rows.find((each) => each.key === chosen);
  // Tab reaches one row: the chosen one, or the first.
  const reachable = current?.key ?? rows[0]?.key;

  const setOpenTo = (row: Row, isOpen: boolean): void => {
    const next = new Set(open);
    if (isOpen) next.add(row.key);
    else next.delete(row.key);
    setOpen(next);
  };
  const showMore = (row: Row): void => {
    const key = keyOf(row.path);
    setMost(new Map(most).set(key, (most.get(key) ?? PORTION) + PORTION * 5));
  };
  const act = (row: Row): void => {
    if (row.kind === "more") return showMore(row);
    setChosen(row.key);
    if (row.kind === "container") setOpenTo(row, !row.isOpen);
  };
  const goTo = (index: number): void => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, index))];
    if (!row) return;
    setChosen(row.key);
    const places = tree.current?.querySelectorAll<HTMLElement>('[role="treeitem"]');
    places?.[rows.indexOf(row)]?.focus();
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    if ((event.target as HTMLElement).getAttribute("role") !== "treeitem" || event.altKey || event.ctrlKey || event.metaKey) return;
    const at = rows.findIndex((each) => each.key === reachable);
    const row = rows[at];
    if (!row) return;
    const steps: Readonly<Record<string, () => void>> = {
      ArrowDown: () => goTo(at + 1),
      ArrowUp: () => goTo(at - 1),
      Home: () => goTo(0),
      End: () => goTo(rows.length - 1),
      ArrowRight: () => (row.kind === "container" && !row.isOpen ? setOpenTo(row, true) : row.isOpen && goTo(at + 1)),
      ArrowLeft: () => (row.isOpen && !found ? setOpenTo(row, false) : goTo(rows.findLastIndex((each, index) => index < at && each.level < row.level))),
      Enter: () => {
        const link = (event.target as HTMLElement).querySelector("a");
        if (link) link.click();
        else act(row);
      },
      " ": () => act(row),
    };
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    step();
  };

  if (!rows.length) return <p class={styles.none}>{!found ? "It is empty." : found.isCut ? "Nothing matches in the part that was searched. The value is too large to be searched as a whole." : "Nothing in it matches."}</p>;
  return (
    <>
      <div ref={tree} role="tree" aria-label={label} class={styles.tree} onKeyDown={onKeyDown}>
        {rows.map((row) => (
          <TreeRow key={row.key} row={row} kernelId={kernelId} isChosen={row.key === current?.key} isReachable={row.key === reachable} change={change} onClick={() => act(row)} model={model} />
        ))}
      </div>
      {found?.isCut && <p class={styles.none}>Only the first {count(found.matches.size)} are shown: search for more letters.</p>}
      {current && current.kind !== "more" && <Chosen row={current} model={model} onClose={() => setChosen(undefined)} />}
    </>
  );
}
