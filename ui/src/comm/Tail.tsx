// The latest messages of a comm in both directions. They can be recorded, followed, paused and filtered.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { Button } from "../parts/Button";
import { bytes, count, counted } from "../parts/format";
import { Mark } from "../parts/Mark";
import { forbidden } from "../store/permissions";
import styles from "./comm.module.css";
import type { RecordedMessage } from "./questions";
import { filtered, type Direction } from "./tail_log";
import { TailRow } from "./TailRow";
import type { TailWatch } from "./tail_watch";

const DIRECTIONS: readonly (readonly [Direction, string])[] = [
  ["both", "Both"],
  ["kernel", "From kernel"],
  ["frontend", "From pages"],
];

export function Tail({ tail, offBecause }: { readonly tail: TailWatch; readonly offBecause: string | undefined }) {
  const [direction, setDirection] = useState<Direction>("both");
  const [text, setText] = useState("");
  const [paused, setPaused] = useState<typeof log>();
  const recording = tail.recording.value;
  const log = tail.log.value;
  const shown = paused ?? log;
  const messages = useMemo(() => filtered(shown.messages, direction, text), [shown, direction, text]);
  const isOn = recording?.on ?? false;
  const waiting = paused ? log.last - paused.last : 0;
  return (
    <section class={`card ${styles.card}`} aria-labelledby="messages">
      <div class={styles.cardTop}>
        <h2 id="messages">Messages</h2>
        {isOn && <Mark tone="busy">Recording</Mark>}
        <span class={styles.end}>
          {shown.messages.length > 0 && (
            <Button pressed={paused !== undefined} onClick={() => setPaused(paused ? undefined : log)}>
              {paused ? `Go on${waiting > 0 ? ` (${count(waiting)} new)` : ""}` : "Pause"}
            </Button>
          )}
          <Button offBecause={offBecause ?? forbidden("write")} onClick={() => void tail.record(!isOn)}>
            {isOn ? "Stop recording" : "Record"}
          </Button>
        </span>
      </div>
      <p class={styles.latest}>
        {isOn && recording ? (
          <>
            Since {new Date(recording.since ?? "").toLocaleTimeString()} the server keeps the last {count(recording.messages)} messages of this comm, at most {bytes(recording.payload_bytes)} of each, for all users who may read comms. It goes on
            when this page is closed.
          </>
        ) : shown.messages.length > 0 ? (
          "The recording was switched off. These are its last messages."
        ) : (
          "Nothing is recorded. While recording is on, the server keeps this comm's latest messages in its memory, for all users who may read comms."
        )}
      </p>
      {shown.messages.length > 0 && (
        <div class={styles.filters}>
          <span class={styles.group} role="group" aria-label="Direction">
            {DIRECTIONS.map(([each, word]) => (
              <Button key={each} pressed={direction === each} onClick={() => setDirection(each)}>
                {word}
              </Button>
            ))}
          </span>
          <input type="search" class={styles.search} aria-label="Filter messages" placeholder="Filter messages" value={text} onInput={(event) => setText(event.currentTarget.value)} />
        </div>
      )}
      {shown.messages.length > 0 || isOn ? <Messages messages={messages} tail={tail} isEmpty={!shown.messages.length} isPaused={paused !== undefined} /> : null}
      {log.missed > 0 && <p class={styles.none}>{counted(log.missed, "message")} passed too fast to be shown here.</p>}
    </section>
  );
}

interface ListProps {
  readonly messages: readonly RecordedMessage[];
  readonly tail: TailWatch;
  readonly isEmpty: boolean;
  readonly isPaused: boolean;
}

function Messages({ messages, tail, isEmpty, isPaused }: ListProps) {
  const place = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  useEffect(() => {
    const element = place.current;
    // A reader who has scrolled up stays there.
    if (element && isAtEnd.current && !isPaused) element.scrollTop = element.scrollHeight;
  }, [messages, isPaused]);
  if (!messages.length) return <p class={styles.none}>{isEmpty ? "No messages yet." : "No message matches."}</p>;
  return (
    <div
      ref={place}
      class={styles.messages}
      role="group"
      aria-label="Messages, oldest first"
      tabIndex={0}
      onScroll={(event) => {
        const { scrollTop, scrollHeight, clientHeight } = event.currentTarget;
        isAtEnd.current = scrollHeight - scrollTop - clientHeight < 24;
      }}
    >
      <ol class={styles.list}>
        {messages.map((each) => (
          <TailRow key={each.number} message={each} kernelId={tail.kernelId} />
        ))}
      </ol>
    </div>
  );
}
