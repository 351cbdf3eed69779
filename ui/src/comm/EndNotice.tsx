// When, by whom and why the comm was closed. Its last state is shown below.
import { Inert } from "../parts/Inert";
import { Link } from "../parts/Link";
import { Notice } from "../parts/Notice";
import { EmptyState } from "../parts/EmptyState";
import type { Ended } from "./watch";

export function EndNotice({ ended, kernelId }: { readonly ended: Ended; readonly kernelId: string }) {
  return (
    <Notice tone="warn" loud>
      <strong>{said(ended)}</strong>{" "}
      {ended.reason && !isSaid(ended) && (
        <>
          <Inert text={sentence(ended.reason)} most={400} />{" "}
        </>
      )}
      This page shows its last known state. <Link to="comms" wanted={{ kernel: kernelId }}>Show the open comms</Link>.
    </Notice>
  );
}

/** For a comm that was never known. */
export function NoComm({ ended, kernelId }: { readonly ended: Ended; readonly kernelId: string }) {
  return (
    <EmptyState title={ended.what === "comm" ? said(ended) : ended.what === "kernel" ? "This kernel does not run here" : "There is no such comm"}>
      {ended.reason && (
        <p>
          <Inert text={sentence(ended.reason)} most={400} />
        </p>
      )}
      <p>
        {ended.what === "kernel" ? "It was shut down, or it belongs to another server." : "Widgets get a new id each time they are made: run the cell that makes it again, and look for it in the list."}{" "}
        <Link to="comms" wanted={ended.what === "kernel" ? {} : { kernel: kernelId }}>
          Show the open comms
        </Link>
      </p>
    </EmptyState>
  );
}

function said(ended: Ended): string {
  if (ended.what === "kernel") return "The kernel is gone, and this comm with it.";
  if (ended.what === "unknown") return "This comm is gone.";
  const by = ended.by === "kernel" ? " by the kernel" : ended.by === "frontend" ? " by a page or program" : "";
  return `This comm was closed${by}${ended.at ? ` at ${new Date(ended.at).toLocaleTimeString()}` : ""}.`;
}

/** Whether the reason only repeats the sentence before it. */
function isSaid({ by, reason }: Ended): boolean {
  return by === "kernel" && reason === "closed by the kernel";
}

function sentence(text: string): string {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}
