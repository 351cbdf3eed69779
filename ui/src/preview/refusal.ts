// Why there is no preview, in a sentence for people.

/** Why a widget is not shown, or no longer. */
export class Refusal extends Error {
  override name = "Refusal";
}
