// The output widget. It needs JupyterLab's renderers, so it is loaded only when a widget uses it.
import { WidgetRenderer, WIDGET_MIMETYPE } from "@jupyter-widgets/html-manager/lib/output_renderers";
import { RenderMimeRegistry, standardRendererFactories } from "@jupyterlab/rendermime";
import type { HTMLManager } from "@jupyter-widgets/html-manager/lib/htmlmanager";

export { OutputModel, OutputView } from "@jupyter-widgets/html-manager/lib/output";

/** The renderers for outputs, also for widgets in outputs. */
export function renderers(manager: HTMLManager): RenderMimeRegistry {
  const found = new RenderMimeRegistry({ initialFactories: standardRendererFactories });
  found.addFactory({ safe: false, mimeTypes: [WIDGET_MIMETYPE], createRenderer: (options) => new WidgetRenderer(options, manager) }, 0);
  return found;
}
