// The sentences that people are told about a preview.

/** A sentence for people. */
export type Said =
  | { readonly kind: "shown" }
  | { readonly kind: "height"; readonly pixels: number }
  /** A state that lasts until the next note; empty if it is over. */
  | { readonly kind: "note"; readonly text: string }
  /** There is no preview, or no longer. */
  | { readonly kind: "ended"; readonly text: string };

export const READ_ONLY = "You may look at this widget but not use it: you do not have the right to write to comms.";
export const BUSY = "The kernel is busy. What you do here waits until it is free.";
export const TOO_FAST = "The widget sends faster than the kernel handles it. Some of its messages were not sent.";
export const NOT_TOLD = "The kernel sent this widget a message that is long or has binary parts. A preview does not receive such messages.";
export const UNKNOWN = "The broker does not know this widget's state, so there is nothing to draw.";
export const NO_LOOKS = "This is a part of other widgets, such as a layout or a style. It has no view of its own.";
export const STRANGER = "The widget's code wrote to a comm that is not part of this preview.";

/** The sentence about something that the frame's policy has blocked. */
export function blocked(address: string): string {
  if (address === "inline") return "This widget's value contains a script. Scripts do not run here.";
  return `The widget's code tried to load ${placeIn(address)}. A preview has no network.`;
}

/** The host of an address, or its beginning. */
function placeIn(address: string): string {
  try {
    const { protocol, host } = new URL(address);
    return host || protocol;
  } catch {
    return address.slice(0, 40) || "something";
  }
}
