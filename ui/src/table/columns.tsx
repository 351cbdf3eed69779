// The columns: their titles and their contents.
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

/** Whether a column has numbers, which are aligned to the right. */
export const isNumeric = (column: Column) => ["age", "idle", "size", "messages", "pages"].includes(column);

/** The title and the meaning of each level of knowledge. */
export const KNOWN: Readonly<Record<Knowledge, readonly [Tone, string, string]>> = {
  clean: ["good", "Clean", "The state is as the kernel has it."],
  dirty: ["warn", "Dirty", "The state may differ from the kernel's. The kernel is asked when it has time."],
  unknown: ["warn", "Unknown", "The broker has never seen the whole state. The kernel is asked when it has time."],
  too_large: ["warn", "Too large", "The state is over a limit and not kept. A page that comes back asks the kernel."],
};

/** The time since something. It ticks by itself. */
export function Ago({ at }: { readonly at: string }) {
  return <>{duration(Math.max(1, Math.round(secondsSince(at, now.value))))}</>;
}

/** The content of a column. The row itself shows the name. */
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
      return comm.frontends.length ? count(comm.frontends.length) : <span class="muted" title="No connected page has it.">none</span>;
    case "knowledge": {
      if (!isWidget(comm)) return <span class="muted" title="The broker keeps only the states of widgets.">not kept</span>;
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
