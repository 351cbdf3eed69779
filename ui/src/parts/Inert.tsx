// Text from kernels and pages, which is never interpreted. Invisible characters are named, and long texts are cut.
import { useState } from "preact/hooks";
import { count } from "./format";
import { pieces, plain, shortened } from "./inert_text";
import styles from "./parts.module.css";

interface Props {
  readonly text: string;
  /** Characters before "show more". Each click shows ten times as many. */
  readonly most?: number;
  /** Cut without a button, for example in a link. The title has more of the text. */
  readonly brief?: boolean;
}

export function Inert({ text, most = 500, brief = false }: Props) {
  const [shown, setShown] = useState(most);
  const part = shortened(text, shown);
  return (
    // Isolated, so that the text's direction does not affect what follows.
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
