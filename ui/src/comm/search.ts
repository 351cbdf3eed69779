// Searches the names and values of a state. The search is limited, because a state may be very large.
import { isContainer, keyOf, namesOf } from "./paths";

export interface Found {
  /** By the key of a path, the names below it that match or lead to a match. */
  readonly children: ReadonlyMap<string, (string | number)[]>;
  readonly matches: ReadonlySet<string>;
  /** Whether there may be more. */
  readonly isCut: boolean;
}

/** The most values searched, the most matches, and the deepest level. */
export const MOST = { visited: 400_000, matches: 200, depth: 400 };

/** Find a text in names and values, ignoring case. Secrets are not searched. */
export function search(root: unknown, text: string, secrets: ReadonlySet<string>, most = MOST): Found {
  // A pattern does not copy the text, which may have many megabytes.
  const pattern = new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"), "iu");
  const children = new Map<string, (string | number)[]>();
  const matches = new Set<string>();
  let visited = 0;
  let isCut = false;

  const visit = (value: unknown, path: (string | number)[]): boolean => {
    if (!isContainer(value)) return false;
    let any = false;
    const here: (string | number)[] = [];
    if (path.length > most.depth) isCut = true;
    else {
      for (const name of namesOf(value, most.visited - visited)) {
        if (matches.size >= most.matches || visited >= most.visited) break;
        visited += 1;
        path.push(name);
        const child = (value as Readonly<Record<string | number, unknown>>)[name];
        const isSecret = secrets.size > 0 && secrets.has(keyOf(path));
        const isMatch = pattern.test(String(name)) || (!isContainer(child) && !isSecret && pattern.test(String(child)));
        if (isMatch) matches.add(keyOf(path));
        const leads = !isSecret && visit(child, path);
        if (isMatch || leads) {
          here.push(name);
          any = true;
        }
        path.pop();
      }
    }
    if (any) children.set(keyOf(path), here);
    return any;
  };

  visit(root, []);
  if (!children.size) children.set(keyOf([]), []);
  return { children, matches, isCut: isCut || visited >= most.visited || matches.size >= most.matches };
}
