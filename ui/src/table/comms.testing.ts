// Comms for tests. A test sets the fields that matter to it.
import type { Comm } from "../store/comm_table";

/** Make a comm. A comm with a model's name is a widget. */
export function comm(id: string, told: Partial<Omit<Comm, "model">> & { readonly model?: string } = {}): Comm {
  const { model, ...rest } = told;
  return {
    kernel_id: "k1",
    comm_id: id,
    target_name: "jupyter.widget",
    opened_by: "kernel",
    opened_at: "2026-01-01T00:00:00Z",
    last_activity: "2026-01-01T00:00:00Z",
    age_seconds: 0,
    idle_seconds: 0,
    caption: null,
    parents: [],
    references: [],
    frontends: [],
    messages: { from_kernel: 0, from_frontends: 0 },
    bytes: { from_kernel: 0, from_frontends: 0, state: 0 },
    knowledge: "clean",
    checked_at: null,
    dirty_because: null,
    pending: false,
    sequence: 0,
    callback_errors: 0,
    ...rest,
    model: model === undefined ? null : { name: model, module: "", version: "" },
  };
}

/** Comms that refer to each other: `{box: ["a", "b"]}`. Their parents follow from it. */
export function family(references: Readonly<Record<string, readonly string[]>>): Comm[] {
  const ids = [...new Set([...Object.keys(references), ...Object.values(references).flat()])];
  return ids.map((id) =>
    comm(id, {
      references: references[id] ?? [],
      parents: ids.filter((each) => references[each]?.includes(id)),
    }),
  );
}

/** The names of kernels. */
export const titleOf = (kernelId: string) => ({ k1: "Alpha.ipynb", k2: "beta.ipynb" })[kernelId] ?? kernelId;
