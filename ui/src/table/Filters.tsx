// The conditions above the table. Each is in the URL, so that a view can be shared.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { conditions, go, refine } from "../address";
import { Button } from "../parts/Button";
import { count, duration } from "../parts/format";
import { plain, shortened } from "../parts/inert_text";
import { kernels } from "../store/kernels";
import { KNOWN, TITLES } from "./columns";
import { choices, type Choice } from "./filter";
import { listed } from "./listed";
import { narrow } from "./sizes";
import { titleOf, wanted } from "./state";
import { COLUMNS, filterCount, KNOWLEDGE, sortAfter, unfiltered } from "./wanted";
import styles from "./table.module.css";

const IDLE = [60, 300, 900, 3600, 6 * 3600, 86_400] as const;

export function Filters() {
  const { filter } = wanted.value;
  const [open, setOpen] = useState(false);
  const { comms } = listed.value;
  const on = filterCount(filter);
  const idle = filter.idle !== undefined && !IDLE.some((each) => each === filter.idle) ? [...IDLE, filter.idle].sort((a, b) => a - b) : IDLE;
  return (
    <search class={styles.filters} aria-label="Conditions">
      <Search />
      {narrow.value && (
        <span class={styles.more}>
          <Button onClick={() => setOpen(!open)} pressed={open}>
            Filter and sort{on > 0 && ` (${on})`}
          </Button>
        </span>
      )}
      {(open || !narrow.value) && (
        <>
          <Choose name="kernel" title="Kernel" value={filter.kernel} found={kernelChoices(choices(comms, (each) => each.kernel_id))} write={titleOf} />
          <Choose name="target" title="Target" value={filter.target} found={choices(comms, (each) => each.target_name)} />
          <Choose name="model" title="Model" value={filter.model} found={choices(comms, (each) => each.model?.name)} />
          <Select name="knowledge" title="State" value={filter.knowledge} any="Any">
            {KNOWLEDGE.map((each) => (
              <option key={each} value={each}>
                {KNOWN[each][1]}
              </option>
            ))}
          </Select>
          <Select name="attached" title="Pages" value={filter.attached === undefined ? undefined : filter.attached ? "yes" : "no"} any="Any">
            <option value="yes">Attached to a page</option>
            <option value="no">On no page</option>
          </Select>
          <Select name="idle" title="Idle" value={filter.idle === undefined ? undefined : String(filter.idle)} any="Any">
            {idle.map((each) => (
              <option key={each} value={String(each)}>
                Over {duration(each)}
              </option>
            ))}
          </Select>
          {narrow.value && <SortChoice />}
        </>
      )}
    </search>
  );
}

/** Show all comms again. */
export function clearFilters(): void {
  go("comms", unfiltered(conditions.value));
}

/** Kernels without comms can be chosen too, so that a link to one shows its name. */
function kernelChoices(found: readonly Choice[]): readonly Choice[] {
  const known = new Set(found.map((each) => each.value));
  return [...found, ...kernels.value.flatMap(({ kernel_id }) => (known.has(kernel_id) ? [] : [{ value: kernel_id, count: 0 }]))];
}

/** Milliseconds from the last letter until the URL is updated. Browsers refuse too many updates. */
const PAUSE = 150;

function Search() {
  const { text } = wanted.value.filter;
  const [typed, setTyped] = useState(text);
  const told = useRef(text);
  useEffect(() => {
    // The user went back, or cleared the filters.
    if (text !== told.current) setTyped((told.current = text));
  }, [text]);
  useEffect(() => {
    if (typed.trim() === told.current) return;
    const timer = setTimeout(() => {
      told.current = typed.trim();
      refine({ text: told.current || undefined });
    }, PAUSE);
    return () => clearTimeout(timer);
  }, [typed]);
  return (
    <label class={`${styles.field} ${styles.search}`}>
      <span>Search</span>
      <input
        type="search"
        value={typed}
        placeholder="Name, id or notebook"
        autocomplete="off"
        spellcheck={false}
        onInput={(event) => setTyped(event.currentTarget.value)}
      />
    </label>
  );
}

interface SelectProps {
  readonly name: string;
  readonly title: string;
  readonly value: string | undefined;
  readonly any: string;
  readonly children: ComponentChildren;
}

function Select({ name, title, value, any, children }: SelectProps) {
  return (
    <label class={`${styles.field} ${value === undefined ? "" : styles.set}`}>
      <span>{title}</span>
      <select
        value={value ?? ""}
        onChange={(event) => {
          // undefined removes the condition from the URL.
          const chosen = event.currentTarget.value || undefined;
          go("comms", { ...conditions.value, [name]: chosen });
        }}
      >
        <option value="">{any}</option>
        {children}
      </select>
    </label>
  );
}

interface ChooseProps {
  readonly name: string;
  readonly title: string;
  readonly value: string | undefined;
  readonly found: readonly Choice[];
  readonly write?: (value: string) => string;
}

function Choose({ name, title, value, found, write = (each) => each }: ChooseProps) {
  const all = value === undefined || found.some((each) => each.value === value) ? found : [{ value, count: 0 }, ...found];
  return (
    <Select name={name} title={title} value={value} any="All">
      {all.map((each) => (
        <option key={each.value} value={each.value}>
          {plain(shortened(write(each.value), 60))} ({count(each.count)})
        </option>
      ))}
    </Select>
  );
}

/** The choice of the order on a phone, where the table has no head. */
function SortChoice() {
  const { sort, down } = wanted.value;
  return (
    <label class={styles.field}>
      <span>Sort by</span>
      <select
        value={`${down ? "-" : ""}${sort}`}
        onChange={(event) => go("comms", { ...conditions.value, sort: event.currentTarget.value })}
      >
        {COLUMNS.flatMap((column) =>
          [sortAfter({ ...wanted.value, sort: column === "name" ? "id" : "name" }, column), ""].flatMap((first) => (first ? [first, first.startsWith("-") ? column : `-${column}`] : [])),
        ).map((each) => (
          <option key={each} value={each}>
            {TITLES[COLUMNS.find((column) => column === each.replace("-", ""))!]} {each.startsWith("-") ? "↓" : "↑"}
          </option>
        ))}
      </select>
    </label>
  );
}
