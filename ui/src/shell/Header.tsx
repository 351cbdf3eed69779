// The top of the page: the views, whether the broker is in the path, and whether the page is up to date.
import { view } from "../address";
import { count } from "../parts/format";
import { Link } from "../parts/Link";
import { broker } from "../store/kernels";
import { ConnectionMark } from "./ConnectionMark";
import { SelfCheck } from "./SelfCheck";
import styles from "./shell.module.css";

export function Header() {
  const here = view.value;
  const comms = broker.value?.kernels.reduce((sum, each) => sum + each.comms, 0);
  return (
    <header class={styles.header}>
      <span class={styles.brand}>
        <svg viewBox="0 0 32 32" width="24" height="24" aria-hidden="true">
          <rect width="32" height="32" rx="8" class={styles.glyphGround} />
          <path d="M9 11h9m-4-4 4 4-4 4M23 21h-9m4-4-4 4 4 4" class={styles.glyph} />
        </svg>
        Comm broker
      </span>
      <nav class={styles.navigation} aria-label="Views">
        <Link to="overview" current={here === "overview"}>
          Overview
        </Link>
        <Link to="comms" current={here !== "overview"}>
          Comms{comms !== undefined && <span class={styles.badge}>{count(comms)}</span>}
        </Link>
      </nav>
      <div class={styles.marks}>
        <SelfCheck />
        <ConnectionMark />
      </div>
    </header>
  );
}
