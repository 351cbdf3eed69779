// Shows whether the page is up to date.
import { Mark, type Tone } from "../parts/Mark";
import { connection, type Connection } from "../store/connection";

const SAID: Record<Connection, readonly [Tone, string]> = {
  connecting: ["plain", "Connecting"],
  live: ["good", "Live"],
  lost: ["bad", "Reconnecting"],
  "signed out": ["bad", "Signed out"],
  "not allowed": ["bad", "Not allowed"],
  resting: ["plain", "Resting"],
};

export function ConnectionMark() {
  const [tone, text] = SAID[connection.value];
  return (
    <span role="status" data-connection={connection.value}>
      <Mark tone={tone}>{text}</Mark>
    </span>
  );
}
