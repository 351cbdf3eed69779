// Text of others, shown and never interpreted: what would not be seen is named, what is long is cut.
import { useState } from "preact/hooks";
import { count } from "./format";
import { pieces, plain, shortened } from "./inert_text";
import styles from "./parts.module.css";

interface Props {
  readonly text: string;
  /** Characters that are shown before "show more"; each click shows ten times as many. */
  readonly most?: number;
  /** Cut for good, as within a link, which holds no button; the title has more of it. */
  readonly brief?: boolean;
}

export function Inert({ text, most = 500, brief = false }: Props) {
  const [shown, setShown] = useState(most);
  const part = shortened(text, shown);
  return (
    // Isolated: its direction ends where it ends.
    <bdi class={styles.inert} title={brief && part.length < text.length ? plain(shortened(text, 1000)) : undefined}>
      {pieces(part).map((each) => (each.escaped ? <span class={styles.escaped}>{each.text}</span> : each.text))}
      {brief && part.length < text.length && "…"}
      {!brief && part.length < text.length && (
        <button type="button" class={styles.more} onClick={() => setShown(shown * 10)}>
          … show more ({count(text.length - part.length)} characters)
        </button>
      )}
    </bdi>
  );
}
