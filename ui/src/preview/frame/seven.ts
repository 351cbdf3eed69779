// The base and the controls of ipywidgets 7, for kernels that use it.
import "@jupyter-widgets/controls7/css/widgets-base.css";
import * as base7 from "@jupyter-widgets/base7";
import * as controls7 from "@jupyter-widgets/controls7";

export const base = base7 as unknown as Record<string, unknown>;
export const controls = controls7 as unknown as Record<string, unknown>;
