// The controls of ipywidgets 8, with their styles.
import "@jupyter-widgets/controls/css/widgets-base.css";

export * from "@jupyter-widgets/controls";
