// A clock that ticks once a second, for durations on the page.
import { signal } from "@preact/signals";

/** Date.now(), at most a second old. A component that reads it is updated every second. */
export const now = signal(Date.now());
setInterval(() => {
  if (document.visibilityState !== "hidden") now.value = Date.now();
}, 1000);
