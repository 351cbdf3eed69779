// A clock that ticks once a second, for whatever shows how long something takes.
import { signal } from "@preact/signals";

/** Date.now(), at most a second old. Reading it in a component lets that tick. */
export const now = signal(Date.now());
setInterval(() => {
  if (document.visibilityState !== "hidden") now.value = Date.now();
}, 1000);
