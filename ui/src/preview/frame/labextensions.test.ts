// Widgets of third parties: how a labextension's module is found, and what is said where it is not.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Labextensions, type Labextension } from "./labextensions";

const REGISTRY = { name: "jupyter.extensions.jupyterWidgetRegistry" };
const extension = (name: string): Labextension => ({ name, load: "static/remoteEntry.js", extension: "./extension" });

let loaded: string[] = [];

beforeEach(() => {
  loaded = [];
  window._JUPYTERLAB = {};
  vi.spyOn(console, "warn").mockReturnValue();
  vi.spyOn(document.head, "append").mockImplementation((element) => {
    const script = element as HTMLScriptElement;
    loaded.push(script.src);
    queueMicrotask(() => (script.src.includes("broken") ? script.onerror?.("") : script.onload?.(new Event("load"))));
  });
});
afterEach(() => delete window._JUPYTERLAB);

/** What a labextension's script leaves behind it. */
function built(name: string, plugin: unknown, scope?: (given: unknown) => void): void {
  if (!window._JUPYTERLAB) return;
  window._JUPYTERLAB[name] = { init: (given) => scope?.(given), get: () => Promise.resolve(() => ({ default: plugin })) };
}

function registers(name: string, version: string, exports: unknown = { Model: name }) {
  return { requires: [REGISTRY], activate: (_app: unknown, registry: { registerWidget: (data: unknown) => void }) => registry.registerWidget({ name, version, exports }) };
}

const all = (...names: string[]) => new Labextensions(names.map(extension), { base: true });

describe("a module", () => {
  it("is that of the labextension of the same name, and no other is loaded", async () => {
    built("bqplot", [registers("bqplot", "0.5.0", () => Promise.resolve({ Model: 1 }))]);
    await expect(all("other", "bqplot").exports("bqplot", "^0.5.0")).resolves.toEqual({ Model: 1 });
    expect(loaded.map((each) => new URL(each).pathname.split("/extensions/")[1])).toEqual(["bqplot/static/remoteEntry.js"]);
  });

  it("may be another labextension's", async () => {
    built("some-maps", registers("jupyter-maps", "1.2.0"));
    await expect(all("broken", "some-maps").exports("jupyter-maps", "*")).resolves.toEqual({ Model: "jupyter-maps" });
  });

  it("is built on the same base of widgets as all others", async () => {
    const scopes: Record<string, Record<string, { get: () => Promise<() => unknown> }>>[] = [];
    built("bqplot", registers("bqplot", "1.0.0"), (given) => scopes.push(given as never));
    await all("bqplot").exports("bqplot", "*");
    const [base] = Object.values(scopes[0]?.["@jupyter-widgets/base"] ?? {});
    expect((await base?.get())?.()).toEqual({ base: true });
    expect(Object.keys(scopes[0]?.["@jupyter-widgets/base"] ?? {})[0]).toMatch(/^6\./);
  });

  it("is loaded once", async () => {
    built("bqplot", registers("bqplot", "1.0.0"));
    const extensions = all("bqplot");
    await Promise.all([extensions.exports("bqplot", "*"), extensions.exports("bqplot", "*")]);
    expect(loaded).toHaveLength(1);
  });
});

describe("what is said of a module that cannot be had", () => {
  it("is to install it, where no labextension has it", async () => {
    await expect(all().exports("some-maps", "*")).rejects.toThrow("no labextension of this server has its code");
  });

  it("names both versions, where they do not fit", async () => {
    built("bqplot", registers("bqplot", "0.4.0"));
    await expect(all("bqplot").exports("bqplot", "^0.5.0")).rejects.toThrow("the server has bqplot 0.4.0, but the kernel's side needs ^0.5.0");
  });

  it("names what of JupyterLab it needs", async () => {
    const plugin = { ...registers("bqplot", "1.0.0"), requires: [REGISTRY, { name: "@jupyterlab/notebook:INotebookTracker" }] };
    built("bqplot", plugin);
    await expect(all("bqplot").exports("bqplot", "*")).rejects.toThrow("need more of JupyterLab (@jupyterlab/notebook:INotebookTracker)");
  });

  it("names the labextension that does not load, or does not work", async () => {
    await expect(all("broken").exports("broken", "*")).rejects.toThrow(/labextension broken does not work here: .* cannot be loaded/);
    built("bqplot", { requires: [REGISTRY], activate: () => Promise.reject(new Error("no document registry")) });
    await expect(all("bqplot").exports("bqplot", "*")).rejects.toThrow("no document registry");
  });

  it("is not what a plug-in says that draws no widgets", async () => {
    built("bqplot", [{ requires: [{ name: "a" }], activate: () => expect.unreachable() }, registers("bqplot", "1.0.0")]);
    await expect(all("bqplot").exports("bqplot", "*")).resolves.toEqual({ Model: "bqplot" });
  });
});
