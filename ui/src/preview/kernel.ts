// The requests of a preview to the server: a comm with its bytes, messages that wait for the kernel, and events.
import { EventReader } from "../api/events";
import type { BrokerEvent } from "../api/event_shapes";
import { ApiError, request, send } from "../api/request";
import type { WholeComm } from "../api/shapes";
import type { Answer } from "./known";
import { tooLarge } from "./known";
import { MOST_BYTES, PATIENCE } from "./limits";
import type { Outgoing } from "./outgoing";
import { Refusal } from "./refusal";
import type { KernelPort } from "./session";

/** The kernel of a preview, until the signal aborts. */
export function kernelPort(kernelId: string, signal: AbortSignal): KernelPort {
  const comm = (id: string): string[] => ["api", "kernels", kernelId, "comms", id];
  return {
    ask: async (id, room) => bounded(await send(comm(id), { signal }), room),
    send: async ({ id, data, buffers }: Outgoing) => {
      const body = { data, buffers: buffers.map(base64) };
      await request([...comm(id), "messages"], { method: "POST", query: { wait: "processed", timeout: PATIENCE }, body, signal });
    },
    watch: (withMessages, onEvents) => watch(kernelId, withMessages, onEvents),
  };
}

/** Read an answer up to a limit, because it may have a gigabyte. */
async function bounded(response: Response, room: number): Promise<Answer> {
  const reader = response.body?.getReader();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) {
    chunks.push(next.value);
    size += next.value.length;
    if (size > room) {
      void reader?.cancel();
      throw new Refusal(tooLarge(MOST_BYTES));
    }
  }
  return { comm: JSON.parse(await new Blob(chunks).text()) as WholeComm, size };
}

function watch(kernel: string, withMessages: boolean, onEvents: (events: readonly BrokerEvent[]) => void): Promise<() => void> {
  const types = ["state", "closed", "kernel", ...(withMessages ? (["message"] as const) : [])] as const;
  return new Promise((resolve, reject) => {
    let wasLost = false;
    const reader = new EventReader(
      { kernel, types },
      {
        onEvents,
        onReading: (reading) => {
          if (reading.state === "live") {
            resolve(() => reader.stop());
            // Events of the pause come now, or "resync" does. A restarted server sends neither.
            if (wasLost) onEvents([{ type: "resync", data: { reason: "the connection was lost" } }]);
            wasLost = false;
          } else if (reading.state === "lost" || reading.state === "resting") {
            wasLost = true;
            if (reading.state === "lost" && reading.error.status === 404) {
              reader.stop();
              reject(reading.error);
              onEvents([{ type: "kernel", data: { at: "", kernel_id: kernel, state: "gone", reason: "" } }]);
            }
          } else if (reading.state === "over") {
            reject(new ApiError("The preview was closed.", 0, "closed"));
          }
        },
      },
    );
    reader.start();
  });
}

/** Bytes as REST takes them. */
function base64(buffer: ArrayBuffer): string {
  const bytes = new Uint8Array(buffer);
  const pieces: string[] = [];
  // No more arguments than every engine takes.
  for (let at = 0; at < bytes.length; at += 8192) pieces.push(String.fromCharCode(...bytes.subarray(at, at + 8192)));
  return btoa(pieces.join(""));
}
