"""``python -m docs.generate``: write the reference."""

from __future__ import annotations

import sys

from docs.generate.pages import REFERENCE, pages

if __name__ == "__main__":
    REFERENCE.mkdir(exist_ok=True)
    for name, text in pages().items():
        (REFERENCE / name).write_text(text)
        sys.stdout.write(f"wrote {REFERENCE.name}/{name}\n")
