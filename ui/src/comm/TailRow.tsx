// One recorded message: its time, side, type and data. Opened, it shows all of them.
import { useState } from "preact/hooks";
import { bytes, counted } from "../parts/format";
import { Inert } from "../parts/Inert";
import { plain, shortened } from "../parts/inert_text";
import styles from "./comm.module.css";
import type { RecordedMessage } from "./questions";
import { gist, purpose } from "./tail_log";
import { Tree } from "./Tree";

export function TailRow({ message, kernelId }: { readonly message: RecordedMessage; readonly kernelId: string }) {
  const [isOpen, setOpen] = useState(false);
  const isFromKernel = message.side === "kernel";
  return (
    <li class={styles.message} data-side={message.side}>
      <button type="button" class={styles.messageTop} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <span class={styles.time}>{clock(message.at)}</span>
        <span class={styles.side}>
          <span aria-hidden="true">{isFromKernel ? "←" : "→"}</span> {isFromKernel ? "kernel" : "page"}
        </span>
        <span class={styles.purpose}>
          <Inert text={shortened(purpose(message), 24)} />
        </span>
        <span class={styles.gist}>{plain(shortened(gist(message), 240))}</span>
        <span class={styles.size}>{bytes(message.bytes)}</span>
      </button>
      {isOpen && (
        <div class={styles.payload}>
          <p class="small muted">
            <Inert text={message.msg_type} /> · message <span class="mono"><Inert text={shortened(message.msg_id, 60)} /></span>
            {message.session_id && (
              <>
                {" "}
                · sent by <span class="mono"><Inert text={shortened(message.session_id, 60)} /></span>
              </>
            )}
          </p>
          {message.redacted && <p class="small">It contains a secret, which is not recorded.</p>}
          {message.data === null && message.text !== null ? (
            <>
              <p class="small">It is too long to be kept. It begins:</p>
              <pre class={styles.longText}>
                <Inert text={message.text} most={4000} />
              </pre>
            </>
          ) : (
            <Tree value={message.data} label={`Payload of message ${message.number}`} kernelId={kernelId} isBegun />
          )}
          {message.buffers.length > 0 && (
            <p class="small">
              {counted(message.buffers.length, "buffer")}: {message.buffers.slice(0, 20).map((each) => bytes(each)).join(", ")}
              {message.buffers.length > 20 && " …"}
            </p>
          )}
        </div>
      )}
    </li>
  );
}

function clock(at: string): string {
  const date = new Date(at);
  return `${date.toLocaleTimeString("en-GB")}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}
