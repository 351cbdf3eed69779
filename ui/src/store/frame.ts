// Gathers changes, and shows them together: at most once in an animation frame.

/** Returns a function that, however often it is called, runs `work` once in the next frame. */
export function oncePerFrame(work: () => void): () => void {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    // A page that nobody sees has no frames, and what it knows must not grow stale.
    const soon = document.visibilityState === "hidden" ? (then: () => void) => setTimeout(then, 250) : requestAnimationFrame;
    soon(() => {
      asked = false;
      work();
    });
  };
}
