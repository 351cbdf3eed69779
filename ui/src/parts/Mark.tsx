// A dot and a word for a state. The colour is never the only sign.
import type { ComponentChildren } from "preact";
import styles from "./parts.module.css";

export type Tone = "good" | "warn" | "bad" | "plain" | "busy";

export function Mark({ tone, children, title }: { readonly tone: Tone; readonly children: ComponentChildren; readonly title?: string }) {
  return (
    <span class={`${styles.mark} ${styles[tone]}`} title={title}>
      <span class={styles.dot} aria-hidden="true" />
      {children}
    </span>
  );
}
