// The view and its conditions, kept in the URL. So a view can be linked, and the back button works.
import { computed, signal } from "@preact/signals";

export type View = "overview" | "comms" | "comm";
const VIEWS: readonly View[] = ["overview", "comms", "comm"];

/** Conditions by name. undefined removes a condition. */
export type Conditions = Readonly<Record<string, string | undefined>>;

const query = signal(location.search);
window.addEventListener("popstate", () => {
  query.value = location.search;
});

const params = computed(() => new URLSearchParams(query.value));

/** The view that is shown. */
export const view = computed<View>(() => VIEWS.find((each) => each === params.value.get("view")) ?? "overview");

/** The conditions of the view, by name. A component that reads it is updated with it. */
export const conditions = computed<Readonly<Record<string, string>>>(() => {
  const found = Object.fromEntries(params.value);
  delete found.view;
  return found;
});

/** The address of a view with only these conditions, relative to the page. */
export function href(to: View, wanted: Conditions = {}): string {
  const found = new URLSearchParams();
  if (to !== "overview") found.set("view", to);
  for (const [name, value] of Object.entries(wanted)) if (value !== undefined && value !== "") found.set(name, value);
  const text = found.toString();
  return text ? `?${text}` : location.pathname;
}

/** Go to a view. The back button undoes it. */
export function go(to: View, wanted: Conditions = {}): void {
  move(href(to, wanted), "push");
}

/** Change some conditions of the shown view. The back button does not stop at each typed letter. */
export function refine(changes: Conditions): void {
  move(href(view.peek(), { ...conditions.peek(), ...changes }), "replace");
}

function move(address: string, how: "push" | "replace"): void {
  if (how === "push") history.pushState(null, "", address);
  else history.replaceState(null, "", address);
  query.value = location.search;
}

/** Remove a token from the address: it opens the server, and people share addresses. */
export function dropToken(): void {
  if (!params.peek().has("token")) return;
  const found = new URLSearchParams(params.peek());
  found.delete("token");
  const text = found.toString();
  move(text ? `?${text}` : location.pathname, "replace");
}
