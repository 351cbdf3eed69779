// How high rows are: all the same, so that the place of each is known without drawing it. table.module.css has the rest.
import { computed, signal } from "@preact/signals";

const query = matchMedia("(max-width: 640px)");
/** Whether rows are cards, as on a phone. */
export const narrow = signal(query.matches);
query.addEventListener("change", () => {
  narrow.value = query.matches;
});

export const rowHeight = computed(() => (narrow.value ? 64 : 38));
/** The head stays at the top; a phone has none. */
export const headHeight = computed(() => (narrow.value ? 0 : 38));
