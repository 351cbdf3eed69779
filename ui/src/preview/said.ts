// What people are told of a preview, in sentences.

/** What people are told. */
export type Said =
  | { readonly kind: "shown" }
  | { readonly kind: "height"; readonly pixels: number }
  /** Something that is as it is until the next note; empty where that is over. */
  | { readonly kind: "note"; readonly text: string }
  /** There is no preview, or no longer. */
  | { readonly kind: "ended"; readonly text: string };

export const READ_ONLY = "You may look at this widget but not use it: your login has no right to write to comms.";
export const BUSY = "The kernel is busy; what you do here waits until it is free.";
export const TOO_FAST = "The widget sends faster than the kernel takes it; some of its messages were not sent.";
export const NOT_TOLD = "The kernel sent this widget something that a preview is not told: a message with binary parts, or a long one.";
export const UNKNOWN = "The broker does not know this widget's state, so that there is nothing to draw.";
export const NO_LOOKS = "This is a part of other widgets, such as their layout or style: it has no looks of its own.";
export const STRANGER = "The widget's code wrote to a comm that is not part of this preview.";

/** What is said of something that the frame's policy kept from happening. */
export function blocked(address: string): string {
  if (address === "inline") return "A script stands in what this widget shows; it does not run here.";
  return `The widget's code wanted to load ${placeIn(address)}; a preview has no network.`;
}

/** The host of an address, or what it begins with. */
function placeIn(address: string): string {
  try {
    const { protocol, host } = new URL(address);
    return host || protocol;
  } catch {
    return address.slice(0, 40) || "something";
  }
}
