// Closes the comm, after telling the user what that means.
import { useRef, useState } from "preact/hooks";
import type { CommView } from "../api/shapes";
import { Button } from "../parts/Button";
import { counted } from "../parts/format";
import { Inert } from "../parts/Inert";
import { shortened } from "../parts/inert_text";
import { tell, tellFailure } from "../store/notices";
import { forbidden } from "../store/permissions";
import styles from "./comm.module.css";
import { closeComm } from "./questions";
import { ranFor } from "./SendForm";

export function CloseComm({ facts, offBecause }: { readonly facts: CommView; readonly offBecause: string | undefined }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [isClosing, setClosing] = useState(false);
  const close = async (): Promise<void> => {
    setClosing(true);
    try {
      const { queued_behind: busy } = await closeComm(facts.kernel_id, facts.comm_id);
      if (busy) tell({ tone: "plain", text: `It is closed in all pages. The kernel closes it after what it runs now${ranFor(busy)}.` });
    } catch (failure) {
      tellFailure("The comm could not be closed", failure);
    }
    setClosing(false);
    dialog.current?.close();
  };
  return (
    <>
      <Button tone="danger" offBecause={offBecause ?? forbidden("execute")} onClick={() => dialog.current?.showModal()}>
        Close comm
      </Button>
      <dialog ref={dialog} class={styles.dialog} aria-labelledby="close-title">
        <h2 id="close-title">
          Close <Inert text={shortened(facts.model?.name ?? facts.target_name, 60)} />?
        </h2>
        <p>
          {facts.model ? "The widget ends" : "The comm ends"} in the kernel and in {facts.frontends.length ? counted(facts.frontends.length, "page") : "every page"}. This cannot be undone.
        </p>
        {facts.parents.length > 0 && <p>{counted(facts.parents.length, "widget")} that {facts.parents.length === 1 ? "refers" : "refer"} to it cannot be drawn again without it.</p>}
        <div class={styles.buttons}>
          <Button tone="danger" offBecause={isClosing ? "It is being closed." : undefined} onClick={() => void close()}>
            {isClosing ? "Closing…" : "Close it"}
          </Button>
          <Button onClick={() => dialog.current?.close()}>Keep it</Button>
        </div>
      </dialog>
    </>
  );
}
