// A box that says what happened and what to do.
import type { ComponentChildren } from "preact";
import styles from "./parts.module.css";

interface Props {
  readonly tone: "good" | "plain" | "warn" | "bad";
  readonly children: ComponentChildren;
  /** Whether screen readers read it out when it appears. */
  readonly loud?: boolean;
}

export function Notice({ tone, children, loud }: Props) {
  return (
    <div class={`${styles.notice} ${styles[tone]}`} role={loud ? (tone === "bad" ? "alert" : "status") : undefined}>
      {children}
    </div>
  );
}
