// Widgets of third parties, from the server's labextensions. Modules are shared as in JupyterLab.
//
// A labextension registers its widgets with a plug-in that needs one thing from JupyterLab, the registry of widgets. A plug-in
// that needs more does not work without JupyterLab.
import { satisfies } from "semver";
import { shared } from "./shared";

const REGISTRY = "jupyter.extensions.jupyterWidgetRegistry";

export interface Labextension {
  readonly name: string;
  /** Addresses and names as the labextension's build wrote them. */
  readonly load: string;
  readonly extension: string;
  readonly style?: string | null;
}

type Exports = Record<string, unknown>;
type Registered = { readonly name: string; readonly version: string; readonly exports: unknown };

interface Container {
  init(scope: unknown): Promise<void> | void;
  get(name: string): Promise<() => unknown>;
}

interface Plugin {
  readonly id?: string;
  readonly requires?: readonly { readonly name: string }[];
  readonly optional?: readonly { readonly name: string }[];
  readonly activate?: (...needed: unknown[]) => unknown;
}

declare global {
  interface Window {
    _JUPYTERLAB?: Record<string, Container>;
  }
}

/** The labextensions with widgets, which the server wrote into this document. */
export function listed(): Labextension[] {
  const written = document.querySelector<HTMLMetaElement>('meta[name="labextensions"]')?.content;
  return JSON.parse(written || "[]") as Labextension[];
}

export class Labextensions {
  #registered: Registered[] = [];
  #loading = new Map<string, Promise<void>>();
  #scope: ReturnType<typeof shared>;
  /** By name of a labextension, why it could not register its widgets. */
  #trouble = new Map<string, string>();

  constructor(
    private readonly all: readonly Labextension[],
    base: unknown,
  ) {
    this.#scope = shared(base);
  }

  /** The exports of a module. Throws an error that says why it is not available. */
  async exports(moduleName: string, range: string): Promise<Exports> {
    // Most labextensions have the name of their module. The others are loaded only if none has it.
    const [named, others] = [this.all.filter((each) => each.name === moduleName), this.all.filter((each) => each.name !== moduleName)];
    for (const group of [named, others]) {
      await Promise.all(group.map((each) => this.#load(each)));
      const found = this.#registered.filter((each) => each.name === moduleName);
      if (!found.length) continue;
      const fitting = found.find((each) => satisfies(each.version, range, { includePrerelease: true }));
      if (!fitting) throw new Error(`the server has ${moduleName} ${found.map((each) => each.version).join(", ")}, but the kernel's side needs ${range}.`);
      const { exports } = fitting;
      return (await (typeof exports === "function" ? (exports as () => unknown)() : exports)) as Exports;
    }
    const [trouble] = named.map((each) => this.#trouble.get(each.name));
    throw new Error(trouble ?? `no labextension of this server has its code. Install the package with ${moduleName} in the server's environment too.`);
  }

  #load(extension: Labextension): Promise<void> {
    const loading = this.#loading.get(extension.name) ?? this.#register(extension);
    this.#loading.set(extension.name, loading);
    return loading;
  }

  async #register(extension: Labextension): Promise<void> {
    try {
      await script(new URL(`extensions/${extension.name}/${extension.load}`, document.baseURI).href);
      const container = window._JUPYTERLAB?.[extension.name];
      if (!container) throw new Error("its script names no module.");
      await container.init(this.#scope);
      if (extension.style) (await container.get(extension.style))();
      const module = (await container.get(extension.extension))() as { default?: unknown };
      for (const plugin of [module.default ?? module].flat() as Plugin[]) await this.#activate(plugin);
    } catch (error) {
      this.#trouble.set(extension.name, `the server's labextension ${extension.name} does not work here: ${error instanceof Error ? error.message : String(error)}`);
      console.warn(error);
    }
  }

  async #activate(plugin: Plugin): Promise<void> {
    const requires = plugin.requires ?? [];
    const needed = [...requires, ...(plugin.optional ?? [])];
    if (!needed.some((token) => token.name === REGISTRY)) return;
    const more = requires.filter((token) => token.name !== REGISTRY);
    if (more.length) throw new Error(`its widgets need more of JupyterLab (${more.map((token) => token.name).join(", ")}).`);
    const registry = { registerWidget: (data: Registered) => void this.#registered.push(data) };
    await plugin.activate?.({}, ...needed.map((token) => (token.name === REGISTRY ? registry : null)));
  }
}

function script(address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const element = document.createElement("script");
    element.onload = () => resolve();
    element.onerror = () => reject(new Error(`${address} cannot be loaded.`));
    element.src = address;
    document.head.append(element);
  });
}
