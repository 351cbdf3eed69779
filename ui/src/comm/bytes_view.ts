// Finds out from its bytes what a buffer is: a picture, a text or other bytes. Writes a page of it as hex.

/** Raster pictures that browsers draw and that cannot hold a script. */
const PICTURES: readonly (readonly [type: string, name: string, at: number, magic: string])[] = [
  ["image/png", "PNG", 0, "\x89PNG\r\n\x1a\n"],
  ["image/jpeg", "JPEG", 0, "\xff\xd8\xff"],
  ["image/gif", "GIF", 0, "GIF8"],
  ["image/webp", "WebP", 8, "WEBP"],
  ["image/bmp", "BMP", 0, "BM"],
];

export interface Kind {
  readonly name: string;
  /** The media type of a picture that may be drawn; undefined for other bytes. */
  readonly picture?: string;
  readonly isText: boolean;
  readonly isSvg: boolean;
}

/** Return what some bytes are, by the bytes alone. */
export function kindOf(bytes: Uint8Array): Kind {
  for (const [type, name, at, magic] of PICTURES) {
    if (bytes.length > magic.length + at + 8 && [...magic].every((each, index) => bytes[at + index] === each.charCodeAt(0))) {
      return { name: `${name} picture`, picture: type, isText: false, isSvg: false };
    }
  }
  const begin = textOf(bytes.subarray(0, 4096));
  if (begin === undefined || !bytes.length) return { name: "bytes", isText: false, isSvg: false };
  const isSvg = /<svg[\s>]/i.test(begin);
  return { name: isSvg ? "SVG" : "text", isText: true, isSvg };
}

/** Bytes as text; undefined if they are not text. */
export function textOf(bytes: Uint8Array): string | undefined {
  // The last character may be cut. Then up to three bytes are left out.
  for (let cut = 0; cut <= 3 && cut <= bytes.length; cut++) {
    try {
      const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(0, bytes.length - cut));
      // eslint-disable-next-line no-control-regex
      return /[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/.test(text) ? undefined : text;
    } catch {
      // Shorter by one.
    }
  }
  return undefined;
}

export const ROW = 16;
export const PAGE = 32 * ROW;

export interface HexRow {
  readonly offset: string;
  readonly hex: string;
  readonly text: string;
}

/** A page of bytes, 16 a row. */
export function hexRows(bytes: Uint8Array, page: number, width: number = ROW): HexRow[] {
  const rows: HexRow[] = [];
  const end = Math.min(bytes.length, (page + 1) * PAGE);
  for (let at = page * PAGE; at < end; at += width) {
    const part = [...bytes.subarray(at, Math.min(end, at + width))];
    rows.push({
      offset: at.toString(16).padStart(8, "0"),
      hex: part.map((each) => each.toString(16).padStart(2, "0")).join(" "),
      text: part.map((each) => (each >= 0x20 && each < 0x7f ? String.fromCharCode(each) : "·")).join(""),
    });
  }
  return rows;
}
