// One comm: its state, its messages, and what can be done with it.
import { useEffect, useMemo } from "preact/hooks";
import { EmptyState } from "../parts/EmptyState";
import { Inert } from "../parts/Inert";
import { Notice } from "../parts/Notice";
import { Preview } from "../preview/Preview";
import { Buffers } from "./Buffers";
import { CloseComm } from "./CloseComm";
import styles from "./comm.module.css";
import { EndNotice, NoComm } from "./EndNotice";
import { Head } from "./Head";
import { Relations } from "./Relations";
import { SendForm } from "./SendForm";
import { StateCard } from "./StateCard";
import { Tail } from "./Tail";
import { TailWatch } from "./tail_watch";
import { CommWatch } from "./watch";

export function CommPage({ kernelId, commId }: { readonly kernelId: string; readonly commId: string }) {
  const watch = useMemo(() => new CommWatch(kernelId, commId), [kernelId, commId]);
  const tail = useMemo(() => new TailWatch(kernelId, commId), [kernelId, commId]);
  useEffect(() => {
    watch.start();
    tail.start();
    return () => {
      watch.stop();
      tail.stop();
    };
  }, [watch, tail]);

  const facts = watch.facts.value;
  const held = watch.held.value;
  const ended = watch.ended.value;
  const failure = watch.failure.value;
  useEffect(() => {
    // Nothing is requested about a comm that is closed.
    if (ended) tail.stop();
  }, [tail, ended]);
  if (!facts) {
    return (
      <>
        <h1>Comm</h1>
        {ended ? (
          <NoComm ended={ended} kernelId={kernelId} />
        ) : failure ? (
          <Notice tone="bad" loud>
            The comm could not be fetched: <Inert text={failure.message} />
          </Notice>
        ) : (
          <EmptyState title="Asking for the comm…" />
        )}
      </>
    );
  }
  const over = ended ? "This comm is closed." : undefined;
  return (
    <>
      {ended && (
        <div class={styles.ended}>
          <EndNotice ended={ended} kernelId={kernelId} />
        </div>
      )}
      <Head facts={facts} until={ended && (ended.at ? Date.parse(ended.at) : Date.now())}>
        <CloseComm facts={facts} offBecause={over} />
      </Head>
      <div class={styles.columns}>
        <div class={styles.column}>
          {facts.model && (
            <div class={`card ${styles.card}`}>
              <Preview kernelId={kernelId} commId={commId} model={facts.model} offBecause={over} />
            </div>
          )}
          <StateCard watch={watch} />
          {held !== undefined && held.buffers.length > 0 && <Buffers kernelId={kernelId} commId={commId} buffers={held.buffers} sequence={held.sequence} model={facts.model?.name ?? ""} offBecause={over} />}
          <Tail tail={tail} offBecause={over} />
        </div>
        <div class={styles.column}>
          <SendForm watch={watch} messages={tail.log.value.messages} offBecause={over} />
          <Relations facts={facts} />
        </div>
      </div>
    </>
  );
}
