"""Pages that stand beside the code, taken into the site with their links turned to the site's pages."""

from __future__ import annotations

import os
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
GENERATED = ROOT / "docs" / "generated"

#: File beside the code → its page in `docs/generated`.
SHARED = {
    "LIMITATIONS.md": "limitations",
    "SECURITY.md": "security",
    "ARCHITECTURE.md": "architecture",
    "CONTRIBUTING.md": "contributing",
    "CHANGELOG.md": "changelog",
    "instruments/README.md": "questionnaires",
    "examples/README.md": "example",
}

_LINK = re.compile(r"(!?\[[^\]]*\])\(([^)\s]+)\)")


def page(name: str) -> str:
    """Return the text of a shared file as the page `generated/<its page>`."""
    source = ROOT / name
    return with_links(source.read_text(encoding="utf-8"), source, GENERATED / f"{SHARED[name]}.md")


def with_links(text: str, source: Path, page: Path) -> str:
    """Return `text` of `source` with links that work from `page` of the site.

    Links to shared files lead to their pages; links to folders and to other Markdown outside `docs/`, which the site
    does not hold, become their words.
    """

    def turned(match: re.Match[str]) -> str:
        words, target = match.groups()
        place, mark, anchor = target.partition("#")
        if not place or re.match(r"[a-z]+:", place):
            return match[0]
        file = (source.parent / place).resolve()
        shared = SHARED.get(os.path.relpath(file, ROOT).replace(os.sep, "/"))
        if shared:
            file = GENERATED / f"{shared}.md"
        elif not file.is_relative_to(ROOT / "docs") and (file.is_dir() or file.suffix == ".md"):
            return words.strip("[]")
        return f"{words}({os.path.relpath(file, page.parent).replace(os.sep, '/')}{mark}{anchor})"

    return _LINK.sub(turned, text)
