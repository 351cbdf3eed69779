// One buffer: its hash, and its bytes as a picture, as text or as hex. Only raster pictures are drawn.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { Button } from "../parts/Button";
import { bytes as inBytes } from "../parts/format";
import { Notice } from "../parts/Notice";
import { hexRows, kindOf, PAGE, textOf } from "./bytes_view";
import { LongText, Pager } from "./Chosen";
import styles from "./comm.module.css";
import { fetchBuffer } from "./questions";
import { sha256 } from "./sha256";

type Look = "picture" | "text" | "hex";

/** The least milliseconds between two fetches of a buffer that changes all the time. */
const AGAIN = 2000;

interface Props {
  readonly kernelId: string;
  readonly commId: string;
  readonly index: number;
  readonly sequence: number;
  readonly isOver: boolean;
}

export function BufferContent({ kernelId, commId, index, sequence, isOver }: Props) {
  const [bytes, setBytes] = useState<Uint8Array<ArrayBuffer>>();
  const [failure, setFailure] = useState("");
  const fetchedAt = useRef(0);
  useEffect(() => {
    if (isOver && bytes) return;
    const abort = new AbortController();
    const fetchIt = async (): Promise<void> => {
      fetchedAt.current = Date.now();
      try {
        setBytes(await fetchBuffer(kernelId, commId, index, abort.signal));
        setFailure("");
      } catch (problem) {
        if (!abort.signal.aborted) setFailure(problem instanceof Error ? problem.message : String(problem));
      }
    };
    const timer = setTimeout(() => void fetchIt(), Math.max(0, fetchedAt.current + AGAIN - Date.now()));
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [kernelId, commId, index, sequence]);
  if (failure && !bytes) return <Notice tone="bad">The buffer could not be fetched: {failure}</Notice>;
  if (!bytes) return <p class="muted small">Fetching it…</p>;
  return <Bytes bytes={bytes} index={index} />;
}

function Bytes({ bytes, index }: { readonly bytes: Uint8Array<ArrayBuffer>; readonly index: number }) {
  const kind = useMemo(() => kindOf(bytes), [bytes]);
  const [wish, setWish] = useState<Look>();
  const [isBroken, setBroken] = useState(false);
  useEffect(() => setBroken(false), [bytes]);
  const look: Look = wish ?? (kind.picture && !isBroken ? "picture" : kind.isText ? "text" : "hex");
  const noPicture = !kind.picture ? (kind.isSvg ? "SVG can hold scripts, so it is shown as text only." : "It is not a picture that can be drawn safely.") : isBroken ? "The browser cannot draw it: it is damaged." : undefined;
  const looks: readonly (readonly [Look, string, string | undefined])[] = [
    ["picture", "Picture", noPicture],
    ["text", "Text", kind.isText ? undefined : "It is not UTF-8 text."],
    ["hex", "Hex", undefined],
  ];
  return (
    <div class={styles.bytes}>
      <div class={styles.looks}>
        <span class={styles.group} role="group" aria-label={`How buffer ${index} is shown`}>
          {looks.map(([each, word, why]) => (
            <Button key={each} pressed={look === each} offBecause={why} onClick={() => setWish(each)}>
              {word}
            </Button>
          ))}
        </span>
        <span class="muted small">
          {kind.name}, {inBytes(bytes.length)}
        </span>
      </div>
      {kind.isSvg && <p class="small muted">SVG can hold scripts: it is shown as text, never drawn.</p>}
      {isBroken && <p class="small muted">It begins like a {kind.name}, but the browser cannot draw it.</p>}
      {look === "picture" && kind.picture && <Picture bytes={bytes} type={kind.picture} index={index} onBroken={() => setBroken(true)} />}
      {look === "text" && <LongText text={textOf(bytes) ?? ""} />}
      {look === "hex" && <Hex bytes={bytes} />}
      <Hash bytes={bytes} />
    </div>
  );
}

function Picture({ bytes, type, index, onBroken }: { readonly bytes: Uint8Array<ArrayBuffer>; readonly type: string; readonly index: number; readonly onBroken: () => void }) {
  const [address, setAddress] = useState("");
  useEffect(() => {
    // The bytes say the type, never the widget.
    const made = URL.createObjectURL(new Blob([bytes], { type }));
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [bytes, type]);
  return address ? <img class={styles.picture} src={address} alt={`Buffer ${index} as a picture`} onError={onBroken} /> : null;
}

function Hex({ bytes }: { readonly bytes: Uint8Array }) {
  const [page, setPage] = useState(0);
  const last = Math.max(0, Math.ceil(bytes.length / PAGE) - 1);
  const at = Math.min(page, last);
  if (!bytes.length) return <p class="muted small">It is empty.</p>;
  return (
    <>
      <div class={styles.hex} tabIndex={0} role="group" aria-label="Bytes in hex">
        {hexRows(bytes, at).map((row) => (
          <div key={row.offset}>
            <span class={styles.offset}>{row.offset}</span>
            <span>{row.hex.padEnd(47)}</span>
            <span class={styles.characters}>{row.text}</span>
          </div>
        ))}
      </div>
      {last > 0 && <Pager at={at} last={last} what="bytes" size={PAGE} total={bytes.length} onTurn={setPage} />}
    </>
  );
}

function Hash({ bytes }: { readonly bytes: Uint8Array<ArrayBuffer> }) {
  const [text, setText] = useState("…");
  useEffect(() => {
    let isWanted = true;
    void sha256(bytes).then((hash) => isWanted && setText(hash ?? "not computed: without https this buffer is too large"));
    return () => {
      isWanted = false;
    };
  }, [bytes]);
  return (
    <p class={styles.hash}>
      <span class="muted">SHA-256</span> <span class="mono">{text}</span>
    </p>
  );
}
