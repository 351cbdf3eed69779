// The columns: what they are called, and what stands in them.
import type { ComponentChildren } from "preact";
import type { Knowledge } from "../api/shapes";
import { now } from "../parts/clock";
import { bytes, count, duration, secondsSince } from "../parts/format";
import { Inert } from "../parts/Inert";
import { plain, shortened } from "../parts/inert_text";
import { Mark, type Tone } from "../parts/Mark";
import type { Comm } from "../store/comm_table";
import { isWidget } from "./facts";
import { titleOf } from "./state";
import type { Column } from "./wanted";

export const TITLES: Readonly<Record<Column, string>> = {
  name: "Model or target",
  id: "Comm",
  kernel: "Kernel",
  age: "Age",
  idle: "Idle",
  size: "Size",
  messages: "Messages",
  pages: "Pages",
  knowledge: "State",
};

/** Whether a column has numbers, which stand at its right. */
export const isNumeric = (column: Column) => ["age", "idle", "size", "messages", "pages"].includes(column);

/** What each kind of knowledge is called, and means. */
export const KNOWN: Readonly<Record<Knowledge, readonly [Tone, string, string]>> = {
  clean: ["good", "Clean", "The state is as the kernel has it."],
  dirty: ["warn", "Dirty", "The state may differ from the kernel's; the kernel is asked when it has time."],
  unknown: ["warn", "Unknown", "The state was never seen whole; the kernel is asked when it has time."],
  too_large: ["warn", "Too large", "The state is over a limit and not kept; a page that comes back asks the kernel."],
};

/** How long ago something was; ticks by itself. */
export function Ago({ at }: { readonly at: string }) {
  return <>{duration(Math.max(1, Math.round(secondsSince(at, now.value))))}</>;
}

/** What stands in a column; the name has its own place in the row. */
export function cell(column: Exclude<Column, "name">, comm: Comm): ComponentChildren {
  switch (column) {
    case "id":
      return <span title={plain(shortened(comm.comm_id, 200))}><Inert text={comm.comm_id.slice(0, 8)} /></span>;
    case "kernel":
      return <KernelName kernelId={comm.kernel_id} />;
    case "age":
      return <Ago at={comm.opened_at} />;
    case "idle":
      return <Ago at={comm.last_activity} />;
    case "size":
      return isWidget(comm) ? bytes(comm.bytes.state) : <span class="muted">–</span>;
    case "messages": {
      const { from_kernel, from_frontends } = comm.messages;
      return <span title={`${count(from_kernel)} from the kernel, ${count(from_frontends)} from pages`}>{count(from_kernel + from_frontends)}</span>;
    }
    case "pages":
      return comm.frontends.length ? count(comm.frontends.length) : <span class="muted" title="No page that is there now has it.">none</span>;
    case "knowledge": {
      if (!isWidget(comm)) return <span class="muted" title="Only of widgets it is known what their messages mean.">not kept</span>;
      const [tone, text, meaning] = KNOWN[comm.knowledge];
      return (
        <Mark tone={tone} title={comm.dirty_because ? `${meaning} (${plain(shortened(comm.dirty_because, 200))})` : meaning}>
          {text}
        </Mark>
      );
    }
  }
}

/** The name of a kernel's notebook. */
export function KernelName({ kernelId }: { readonly kernelId: string }) {
  return <Inert text={titleOf(kernelId)} most={80} brief />;
}
