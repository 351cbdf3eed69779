// What is shown in place of an empty list: what that means, and what to do.
import type { ComponentChildren } from "preact";
import styles from "./parts.module.css";

export function EmptyState({ title, children }: { readonly title: string; readonly children?: ComponentChildren }) {
  return (
    <div class={styles.empty}>
      <p class={styles.emptyTitle}>{title}</p>
      {children && <div class={styles.emptyText}>{children}</div>}
    </div>
  );
}
