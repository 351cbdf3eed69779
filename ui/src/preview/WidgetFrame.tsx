// The widget in a frame that has neither the page's cookies nor its origin.
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { baseUrl } from "../api/urls";
import { kernelPort } from "./kernel";
import { FRAME_PATIENCE, LEAST_HEIGHT } from "./limits";
import { HELLO, type ToFrame } from "./messages";
import styles from "./preview.module.css";
import type { Said } from "./said";
import { PreviewSession } from "./session";

export interface WidgetFrameProps {
  readonly kernelId: string;
  readonly commId: string;
  readonly name: string;
  readonly mayWrite: boolean;
}

export function WidgetFrame({ kernelId, commId, name, mayWrite }: WidgetFrameProps) {
  const frame = useRef<HTMLIFrameElement>(null);
  const [isShown, setShown] = useState(false);
  const [height, setHeight] = useState(LEAST_HEIGHT);
  const [note, setNote] = useState("");
  const [ended, setEnded] = useState("");

  const say = useCallback((said: Said): void => {
    if (said.kind === "shown") setShown(true);
    else if (said.kind === "height") setHeight(said.pixels);
    else if (said.kind === "note") setNote(said.text);
    else setEnded(said.text);
  }, []);

  const session = useRef<PreviewSession>(undefined);
  const may = useRef(mayWrite);
  useEffect(() => {
    may.current = mayWrite;
    session.current?.allow(mayWrite);
  }, [mayWrite]);

  useEffect(() => {
    const abort = new AbortController();
    let port: MessagePort | undefined;
    const end = (text: string): void => {
      session.current?.stop();
      say({ kind: "ended", text });
    };
    const silence = setTimeout(() => end("The preview's frame did not load. Check that the server is running and that you are logged in."), FRAME_PATIENCE);

    const onMessage = (event: MessageEvent): void => {
      // Any window may send messages here. The frame is recognised by its window and by having no origin.
      if (event.source !== frame.current?.contentWindow || event.origin !== "null" || event.data !== HELLO) return;
      clearTimeout(silence);
      // The loaded document says this once. If it comes again, another document has replaced it.
      if (port) return end("The widget's code has left the preview's page.");
      const channel = new MessageChannel();
      port = channel.port1;
      session.current = new PreviewSession(kernelPort(kernelId, abort.signal), commId, may.current, (message: ToFrame) => port?.postMessage(message), say);
      port.onmessage = ({ data }) => session.current?.fromFrame(data);
      // A document without an origin can only be reached with this target.
      frame.current.contentWindow?.postMessage(HELLO, "*", [channel.port2]);
      void session.current.start();
    };
    window.addEventListener("message", onMessage);
    return () => {
      window.removeEventListener("message", onMessage);
      clearTimeout(silence);
      session.current?.stop();
      port?.close();
      abort.abort();
    };
  }, [kernelId, commId, say]);

  const loads = useRef(0);
  const onLoad = (): void => {
    loads.current += 1;
    if (loads.current > 1) say({ kind: "ended", text: "The widget's code has left the preview's page." });
  };

  if (ended) {
    return (
      <p class={styles.words} role="status">
        {ended}
      </p>
    );
  }
  return (
    <div class={styles.frame} data-shown={isShown}>
      {isShown ? null : (
        <p class={styles.words} role="status">
          Drawing the widget…
        </p>
      )}
      {/* Without allow-same-origin its document has no origin: no cookies, no storage, no way to this page but messages. */}
      <iframe
        ref={frame}
        title={`Preview of ${name}`}
        src={`${baseUrl()}comm-broker/preview/frame`}
        sandbox="allow-scripts"
        referrerpolicy="no-referrer"
        style={{ height: `${height}px` }}
        onLoad={onLoad}
      />
      <p class={styles.words} role="status">
        {note}
      </p>
    </div>
  );
}
