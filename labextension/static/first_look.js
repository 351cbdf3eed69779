// An output that makes a page unusable must not come again at each reload.

const LONG_ENOUGH_MS = 10_000;

/** Whether to show outputs: not if the page before this one hung when it had got them. */
export function mayShow(path) {
  const key = `jupyter_comm_broker:showing:${path}`;
  const end = () => sessionStorage.removeItem(key);
  try {
    const hung = sessionStorage.getItem(key);
    end();
    if (hung) return false;
    sessionStorage.setItem(key, "now");
    window.addEventListener("pagehide", end, { once: true });
    setTimeout(end, LONG_ENOUGH_MS);
  } catch {} // Storage is full or forbidden.
  return true;
}
