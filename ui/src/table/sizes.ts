// The height of rows. It is the same for all, so each position is known without drawing. table.module.css has the other sizes.
import { computed, signal } from "@preact/signals";

const query = matchMedia("(max-width: 640px)");
/** Whether rows are cards, as on a phone. */
export const narrow = signal(query.matches);
query.addEventListener("change", () => {
  narrow.value = query.matches;
});

export const rowHeight = computed(() => (narrow.value ? 64 : 38));
/** The height of the head, which stays at the top. A phone has none. */
export const headHeight = computed(() => (narrow.value ? 0 : 38));
