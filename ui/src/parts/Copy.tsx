// Copies a text, and says that it did.
import { useState } from "preact/hooks";
import { Button } from "./Button";

interface Props {
  readonly text: string | (() => string);
  readonly what: string;
  /** The text of the button, if "Copy" does not say enough. */
  readonly word?: string;
}

export function Copy({ text, what, word = "Copy" }: Props) {
  const [said, setSaid] = useState("");
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(typeof text === "string" ? text : text());
      setSaid("Copied");
    } catch {
      // Without https, browsers may refuse to copy.
      setSaid("Not allowed here");
    }
    setTimeout(() => setSaid(""), 2000);
  };
  return (
    <Button tone="quiet" label={said || `Copy ${what}`} onClick={() => void copy()}>
      <span aria-live="polite">{said || word}</span>
    </Button>
  );
}
