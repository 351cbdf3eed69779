// The addresses of the server, below the base_url that it wrote into the page.

/** The server's base_url, with a slash at both ends. */
export function baseUrl(): string {
  const written = document.querySelector<HTMLMetaElement>('meta[name="jupyter-base-url"]')?.content;
  // Empty if Vite serves the sources.
  return written || "/";
}

/** The address of a path below the base_url, its parts encoded. */
export function address(parts: readonly string[], query: Query = {}): string {
  const path = parts.map(encodeURIComponent).join("/");
  const text = queryText(query);
  return baseUrl() + path + (text && `?${text}`);
}

export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** A query as REST takes it. Lists have commas, and undefined values are left out. */
export function queryText(query: Query): string {
  const found = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) found.set(name, Array.isArray(value) ? value.join(",") : String(value));
  }
  return found.toString();
}
