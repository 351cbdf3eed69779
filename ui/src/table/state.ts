// The state of the table, from the comms, the URL and clicks. It is kept while another view is shown.
import { computed, signal } from "@preact/signals";
import { conditions } from "../address";
import { now } from "../parts/clock";
import { kernels } from "../store/kernels";
import { matching } from "./filter";
import { listed } from "./listed";
import { ordered } from "./order";
import { keyOf, type Row } from "./row";
import { arrange } from "./rows";
import { NOTHING, type Selection } from "./selection";
import { wantedOf } from "./wanted";

export const wanted = computed(() => wantedOf(conditions.value));

// The kernels are fetched often, but their names seldom change. So rows are made again only when a name changes.
const titleText = computed(() => JSON.stringify(kernels.value.map((each) => [each.kernel_id, each.title])));
const titles = computed(() => new Map<string, string>(JSON.parse(titleText.value) as [string, string][]));

/** The name of a kernel. */
export function titleOf(kernelId: string): string {
  return titles.value.get(kernelId) ?? `kernel ${kernelId.slice(0, 8)}`;
}

/** The keys of folded rows. */
export const folded = signal<ReadonlySet<string>>(new Set());

/** The comms that meet the conditions. */
export const matches = computed(() => {
  const { filter } = wanted.value;
  return matching(listed.value.comms, filter, titleOf, filter.idle === undefined ? 0 : now.value);
});

const inOrder = computed(() => ordered(matches.value, wanted.value.sort, wanted.value.down, titleOf));

/** The table's rows. */
export const rows = computed<readonly Row[]>(() => arrange(inOrder.value, listed.value.comms, wanted.value.group, folded.value));

/** The index of each row, by its key. */
export const places = computed<ReadonlyMap<string, number>>(() => new Map(rows.value.map((row, index) => [row.key, index])));

export const selection = signal<Selection>(NOTHING);

/** The selected comms that are open and meet the conditions. Hidden comms are never acted upon. */
export const chosen = computed(() => {
  const { selected } = selection.value;
  if (!selected.size) return [];
  return matches.value.filter((each) => selected.has(keyOf(each)) && !listed.value.closed.has(keyOf(each)));
});

/** The keys of all comms that can be selected. */
export const choosable = computed(() => matches.value.map(keyOf));

/** Fold or unfold a row. */
export function fold(key: string, shut: boolean): void {
  const next = new Set(folded.value);
  if (shut) next.add(key);
  else next.delete(key);
  folded.value = next;
}

/** Fold or unfold all rows. */
export function foldAll(shut: boolean): void {
  folded.value = new Set(shut ? rows.value.filter((row) => row.open !== undefined).map((row) => row.key) : []);
}
