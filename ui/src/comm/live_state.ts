// Follows a state: it is fetched once, and then changed by events.
import type { StateChanged } from "../api/event_shapes";
import type { BufferView, Path, WholeComm } from "../api/shapes";

/** A state as the page knows it. */
export interface Held {
  readonly state: Readonly<Record<string, unknown>> | null;
  readonly buffers: readonly BufferView[];
  readonly redacted: readonly Path[];
  readonly sequence: number;
}

/** The state after an event, and whether the event told too little. */
export interface Followed {
  readonly held: Held;
  readonly isToBeAsked: boolean;
}

/** The state in an answer. */
export function heldOf(comm: WholeComm): Held {
  return { state: comm.state, buffers: comm.buffers, redacted: comm.redacted, sequence: comm.sequence };
}

/** Apply one change. */
export function follow(held: Held, change: StateChanged): Followed {
  if (change.sequence <= held.sequence) return { held, isToBeAsked: false };
  if (change.whole) {
    const { attributes: state, buffers, redacted, sequence } = change;
    return { held: { state, buffers, redacted, sequence }, isToBeAsked: change.omitted.length > 0 };
  }
  if (held.state === null) return { held, isToBeAsked: true };
  const changed = new Set<string | number | undefined>([...Object.keys(change.attributes), ...change.buffers.map((each) => each.path[0])]);
  const stays = (path: Path) => !changed.has(path[0]);
  const kept = held.buffers.filter((each) => stays(each.path));
  return {
    held: {
      state: { ...held.state, ...change.attributes },
      buffers: [...kept, ...change.buffers],
      redacted: [...held.redacted.filter(stays), ...change.redacted],
      sequence: change.sequence,
    },
    // The buffers have new numbers in REST, and only REST tells them.
    isToBeAsked: change.omitted.length > 0 || change.buffers.length > 0 || kept.length < held.buffers.length,
  };
}
