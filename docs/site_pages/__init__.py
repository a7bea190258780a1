"""Pages of the site that are written from the program and its files just before each build."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from site_pages import checked, commands, decisions, results_format, shared

#: Name of the page → what writes it.
PAGES: dict[str, Callable[[], str]] = {
    "commands": commands.page,
    "results-format": results_format.page,
    "how-the-numbers-were-checked": checked.page,
    "decisions": decisions.page,
    **{name: partial(shared.page, file) for file, name in shared.SHARED.items()},
}


def write_pages(folder: Path) -> list[Path]:
    """Write every generated page into `folder`, and return their paths; a page that has not changed is left alone."""
    folder.mkdir(exist_ok=True)
    written = []
    for name, page in PAGES.items():
        path, text = folder / f"{name}.md", page()
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
        written.append(path)
    return written
