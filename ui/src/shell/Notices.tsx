// The notices at the foot of the page. They do not move the view.
import { Inert } from "../parts/Inert";
import { dismiss, notices } from "../store/notices";
import styles from "./shell.module.css";

export function Notices() {
  return (
    <section class={styles.notices} aria-label="Notices" aria-live="polite">
      {notices.value.map((each) => (
        <div key={each.id} class={`${styles.toast} ${styles[each.tone]}`}>
          <p>
            <Inert text={each.text} most={300} />
            {each.advice && <span class="muted"> {each.advice}</span>}
          </p>
          <button type="button" class={styles.dismiss} aria-label="Dismiss" onClick={() => dismiss(each.id)}>
            ×
          </button>
        </div>
      ))}
    </section>
  );
}
