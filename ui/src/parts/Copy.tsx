// Copies a text, and says that it did.
import { useState } from "preact/hooks";
import { Button } from "./Button";

export function Copy({ text, what }: { readonly text: string | (() => string); readonly what: string }) {
  const [said, setSaid] = useState("Copy");
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(typeof text === "string" ? text : text());
      setSaid("Copied");
    } catch {
      // Without https browsers may refuse it.
      setSaid("Not allowed here");
    }
    setTimeout(() => setSaid("Copy"), 2000);
  };
  return (
    <Button tone="quiet" label={said === "Copy" ? `Copy ${what}` : said} onClick={() => void copy()}>
      <span aria-live="polite">{said}</span>
    </Button>
  );
}
