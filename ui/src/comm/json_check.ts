// Checks whether a typed text is a JSON object. If not, it says where the error is and what is expected there.

export type Checked =
  | { readonly ok: true; readonly value: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly message: string; readonly line: number; readonly column: number };

/** Check a text. */
export function checkJson(text: string): Checked {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const { offset, message } = new Scanner(text).mistake();
    return { ok: false, message, ...placeOf(text, offset) };
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ok: true, value: value as Record<string, unknown> };
  return { ok: false, message: "a message's data is an object: { ... }", ...placeOf(text, text.search(/\S/)) };
}

function placeOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, Math.max(0, offset)).split("\n");
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

interface Mistake {
  readonly offset: number;
  readonly message: string;
}

/** Reads JSON up to the first error. Browsers' own parsers do not always say where that is. */
class Scanner {
  #at = 0;

  constructor(private readonly text: string) {}

  mistake(): Mistake {
    const open: ("{" | "[")[] = [];
    // What may come next: a value, a name, or what follows a value. After an opening bracket it may also be the closing one.
    let wanted: "value" | "name" | "after" | "first value" | "first name" = "value";
    for (;;) {
      this.#skip();
      const character = this.text[this.#at];
      if (wanted === "after") {
        const inside = open.at(-1);
        if (inside === undefined) return this.#at < this.text.length ? this.#found("nothing more", character) : this.#found("valid JSON", character);
        if (character === ",") wanted = inside === "{" ? "name" : "value";
        else if (character === (inside === "{" ? "}" : "]")) open.pop();
        else return this.#found(`"," or "${inside === "{" ? "}" : "]"}"`, character);
        this.#at += 1;
        continue;
      }
      if ((wanted === "first name" && character === "}") || (wanted === "first value" && character === "]")) {
        open.pop();
        this.#at += 1;
        wanted = "after";
        continue;
      }
      if (wanted === "name" || wanted === "first name") {
        if (character !== '"') return this.#found(`a name in double quotes${wanted === "first name" ? ' or "}"' : ""}`, character);
        const wrong = this.#string();
        if (wrong) return wrong;
        this.#skip();
        if (this.text[this.#at] !== ":") return this.#found('":"', this.text[this.#at]);
        this.#at += 1;
        wanted = "value";
        continue;
      }
      if (character === "{" || character === "[") {
        open.push(character);
        this.#at += 1;
        wanted = character === "{" ? "first name" : "first value";
        continue;
      }
      const wrong = character === '"' ? this.#string() : this.#word(character);
      if (wrong) return wrong;
      wanted = "after";
    }
  }

  #skip(): void {
    while (/[ \t\r\n]/.test(this.text[this.#at] ?? "")) this.#at += 1;
  }

  #word(character: string | undefined): Mistake | undefined {
    const known = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.+-])/y;
    known.lastIndex = this.#at;
    const match = known.exec(this.text);
    if (!match) return this.#found("a value", character);
    this.#at = known.lastIndex;
    return undefined;
  }

  #string(): Mistake | undefined {
    const begin = this.#at;
    this.#at += 1;
    for (;;) {
      const character = this.text[this.#at];
      if (character === undefined || character === "\n") return { offset: begin, message: "this text has no closing double quote" };
      if (character < " ") return { offset: this.#at, message: "a control character has to be written as \\u and four digits" };
      if (character === "\\") {
        const escape = /\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/y;
        escape.lastIndex = this.#at;
        if (!escape.test(this.text)) return { offset: this.#at, message: "unknown escape: JSON has \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \\uXXXX" };
        this.#at = escape.lastIndex;
        continue;
      }
      this.#at += 1;
      if (character === '"') return undefined;
    }
  }

  #found(wanted: string, character: string | undefined): Mistake {
    const hints: Readonly<Record<string, string>> = { "'": ": JSON has double quotes", "/": ": JSON has no comments" };
    const isAfterComma = (character === "}" || character === "]") && this.text.slice(0, this.#at).trimEnd().endsWith(",");
    if (character === undefined) return { offset: this.text.length, message: `${wanted} is missing at the end` };
    return { offset: this.#at, message: `${wanted} is expected here, not ${character}${isAfterComma ? ": is there a comma too many?" : (hints[character] ?? "")}` };
  }
}
