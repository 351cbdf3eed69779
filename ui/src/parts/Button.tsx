// A button. If it is off, everybody can find out why: with eye, pointer, keyboard or screen reader.
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import styles from "./parts.module.css";

interface Props {
  readonly onClick: () => void;
  readonly children: ComponentChildren;
  readonly tone?: "plain" | "main" | "danger" | "quiet";
  /** Why the button is off; undefined if it is on. */
  readonly offBecause?: string | undefined;
  readonly pressed?: boolean;
  readonly label?: string;
}

export function Button({ onClick, children, tone = "plain", offBecause, pressed, label }: Props) {
  const reason = useId();
  // An off button can still be reached by keyboard, so that its reason can be read.
  return (
    <span class={styles.buttonPlace}>
      <button
        type="button"
        class={`${styles.button} ${styles[tone]}`}
        aria-disabled={offBecause ? true : undefined}
        aria-describedby={offBecause ? reason : undefined}
        aria-pressed={pressed}
        aria-label={label}
        onClick={() => !offBecause && onClick()}
      >
        {children}
      </button>
      {offBecause && (
        <span id={reason} role="tooltip" class={styles.tip}>
          {offBecause}
        </span>
      )}
    </span>
  );
}
