// A widget that shows a sentence, in place of a widget that cannot be drawn.
import { DOMWidgetModel, DOMWidgetView } from "@jupyter-widgets/base";
import { GONE, LOOP, referenceIn } from "../graph";

export const MODULE = "comm-broker/preview";
/** The most characters of a state that are shown below the sentence. */
const MOST_SHOWN = 2000;

export class WordsModel extends DOMWidgetModel {
  // Only declared: a field would be cleared after initialize() has set it.
  declare words: string | undefined;
}

export class WordsView extends DOMWidgetView {
  override render(): void {
    super.render();
    this.update();
    this.listenTo(this.model, "change", () => this.update());
  }

  override update(): void {
    const { words } = this.model as WordsModel;
    const sentence = document.createElement("p");
    sentence.textContent = words ?? String(this.model.get("words"));
    this.el.classList.add("preview-words");
    this.el.replaceChildren(sentence);
    if (words === undefined) return;
    const state = document.createElement("pre");
    state.textContent = written(this.model.attributes);
    this.el.append(state);
  }

  /** It has no layout, because that may be missing too. */
  override setLayout(): void {}
  override setStyle(): void {}
}

/** A view that says why the widget is not drawn. */
export function asError(words: string): unknown {
  return class extends WordsView {
    override update(): void {
      this.el.classList.add("preview-words");
      this.el.textContent = words;
    }
  };
}

interface StandIn {
  readonly id: string;
  readonly name: string;
  readonly state: never;
}

/** The stand-ins for widgets that are not drawn. */
export function standIns(): StandIn[] {
  const made = (id: string, words: string): StandIn => ({
    id,
    name: "WordsModel",
    state: { words, _view_module: MODULE, _view_name: "WordsView", _view_module_version: "*" } as never,
  });
  return [made(LOOP, "This widget contains itself. It is drawn once."), made(GONE, "The widget that was here is closed.")];
}

function written(attributes: Record<string, unknown>): string {
  const own = Object.fromEntries(Object.entries(attributes).filter(([key, value]) => !key.startsWith("_") && value !== null && referenceIn(value) === undefined));
  const text = JSON.stringify(own, (_key, value: unknown) => (typeof value === "string" && value.length > 200 ? `${value.slice(0, 200)}…` : value), 1) ?? "";
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text;
}
