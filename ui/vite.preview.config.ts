// How the preview's frame is built: a document of its own, which shares nothing with the dashboard.
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";

const inFrame = (path: string): string => fileURLToPath(new URL(`src/preview/frame/${path}`, import.meta.url));

/**
 * Takes out of the HTML manager what the frame loads by itself when it needs it: the class that the frame's own manager is made of
 * would bring ipywidgets 7 and JupyterLab's outputs with it otherwise.
 */
function slimManager(): Plugin {
  const INSTEAD: Readonly<Record<string, string>> = {
    "\0nothing": "export default {};",
    "\0no-renderers": "export class RenderMimeRegistry { addFactory() {} }\nexport const standardRendererFactories = [];",
  };
  return {
    name: "slim-html-manager",
    enforce: "pre",
    resolveId(source, importer) {
      if (!importer?.endsWith("html-manager/lib/htmlmanager.js")) return undefined;
      if (source === "@jupyterlab/rendermime") return "\0no-renderers";
      return source === "./output" || /^@jupyter-widgets\/(base7|controls7?)/.test(source) ? "\0nothing" : undefined;
    },
    load: (id) => INSTEAD[id],
  };
}

export default defineConfig({
  root: inFrame(""),
  base: "./",
  plugins: [slimManager()],
  build: {
    outDir: fileURLToPath(new URL("../jupyter_comm_broker/static/preview", import.meta.url)),
    emptyOutDir: true,
    // Who wrote what is packed with it, and on which terms: goes into the wheel.
    license: { fileName: "licenses.md" },
    target: "es2022",
    // The icons of JupyterLab: eighty small files otherwise. The policy lets styles hold pictures.
    assetsInlineLimit: 4096,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1000,
  },
});
