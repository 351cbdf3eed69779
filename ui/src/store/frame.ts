// Collects changes and shows them together, at most once in an animation frame.

/** Returns a function that runs `work` once in the next frame, however often it is called. */
export function oncePerFrame(work: () => void): () => void {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    // A hidden page has no frames, but must stay up to date.
    const soon = document.visibilityState === "hidden" ? (then: () => void) => setTimeout(then, 250) : requestAnimationFrame;
    soon(() => {
      asked = false;
      work();
    });
  };
}
