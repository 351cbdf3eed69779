// The controls of ipywidgets 8, with their looks.
import "@jupyter-widgets/controls/css/widgets-base.css";

export * from "@jupyter-widgets/controls";
