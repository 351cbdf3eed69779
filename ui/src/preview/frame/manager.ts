// Builds and draws widgets like the HTML manager, only with code of our own bundle and of the server's labextensions.
import { HTMLManager } from "@jupyter-widgets/html-manager/lib/htmlmanager";
import * as base from "@jupyter-widgets/base";
import type { NumberedChange, ShownModel } from "../messages";
import { FrameComm } from "./comm";
import { Labextensions, listed } from "./labextensions";
import { type Page } from "./page";
import { asError, MODULE as WORDS, standIns, WordsModel, WordsView } from "./words";

type Exports = Record<string, unknown>;
type Load = (manager: FrameManager) => Promise<Exports>;

/** The modules of our own bundle, by the major version of the kernel's side. */
const OWN: Readonly<Record<string, Readonly<Record<string, Load>>>> = {
  "@jupyter-widgets/base": {
    2: () => Promise.resolve(base as unknown as Exports),
    // The code of ipywidgets 7.
    1: async () => (await import("./seven")).base,
  },
  "@jupyter-widgets/controls": {
    2: async () => (await import("./controls")) as unknown as Exports,
    1: async () => (await import("./seven")).controls,
  },
  "@jupyter-widgets/output": {
    1: async (manager) => {
      const output = await import("./output");
      manager.renderMime ??= output.renderers(manager);
      return output as unknown as Exports;
    },
  },
};

export class FrameManager extends HTMLManager {
  #comms = new Map<string, FrameComm>();
  #labextensions = new Labextensions(listed(), base);
  /** The names of models whose code was not found, with the reason. */
  #missing = new Map<string, string>();

  constructor(private readonly page: Page) {
    super();
    // Loaded with the first output.
    (this as { renderMime: unknown }).renderMime = undefined;
    for (const model of standIns()) void this.new_model({ model_id: model.id, model_name: model.name, model_module: WORDS, model_module_version: "*" }, model.state);
  }

  /** Build models. They refer to each other, so one may need all others. */
  async add(models: readonly ShownModel[]): Promise<void> {
    await Promise.all(
      models.map((model) => {
        const comm = new FrameComm(model.id, this.page);
        this.#comms.set(model.id, comm);
        const state = { ...model.state } as Exports;
        base.put_buffers(
          state as never,
          model.buffers.map((each) => [...each.path]),
          model.buffers.map((each) => new DataView(each.data)),
        );
        const options = { model_id: model.id, model_name: model.name, model_module: model.module, model_module_version: model.version, comm: comm as never };
        return this.new_model(options, state as never).catch((error: unknown) => console.error(error));
      }),
    );
  }

  /** Draw a model. */
  async show(id: string, element: HTMLElement): Promise<void> {
    const model = await this.get_model(id);
    await this.display_view(this.create_view(model), element);
  }

  async change(changes: readonly NumberedChange[]): Promise<void> {
    await Promise.all(changes.map((change) => this.#comms.get(change.id)?.changed(change)));
  }

  custom(id: string, content: unknown): void {
    void this.#comms.get(id)?.received({ method: "custom", content }, []);
  }

  closed(id: string): void {
    this.#comms.get(id)?.closed();
    this.#comms.delete(id);
  }

  override async loadClass(className: string, moduleName: string, version: string): Promise<never> {
    try {
      const found = await this.#class(className, moduleName, version);
      return found as never;
    } catch (error) {
      // The model's code is looked up first. If it is missing, the view says why.
      const reason = error instanceof Error ? error.message : String(error);
      this.#missing.set(`${moduleName} ${className}`, reason);
      return standIn(className, moduleName, reason) as never;
    }
  }

  async #class(className: string, moduleName: string, version: string): Promise<unknown> {
    if (moduleName === WORDS) return className === "WordsModel" ? WordsModel : WordsView;
    const own = OWN[moduleName];
    const major = /\d+/.exec(version)?.[0] ?? "";
    const load = own?.[major];
    if (own && !load) throw new Error(`This preview has no code for version ${version} of ${moduleName}.`);
    const exports = load ? await load(this) : await this.#labextensions.exports(moduleName, version);
    const found = exports[className];
    if (!found) throw new Error(`${moduleName} has no ${className}.`);
    return found;
  }
}

/** A model that is drawn as a sentence and its state, because its own code is missing. */
function standIn(className: string, moduleName: string, reason: string): unknown {
  if (/View$/.test(className)) return asError(`${moduleName}: ${reason}`);
  return class extends WordsModel {
    override initialize(attributes: never, options: never): void {
      super.initialize(attributes, options);
      this.set({ _view_module: WORDS, _view_name: "WordsView", _view_module_version: "*" });
      this.words = `${className} of ${moduleName} is not drawn: ${reason}`;
    }
  };
}
