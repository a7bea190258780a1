"""The index of decisions, written from their first lines."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parents[1] / "decisions"


def page() -> str:
    """Return the index as Markdown, with every decision in the contents."""
    head = (FOLDER / "README.md").read_text(encoding="utf-8")
    names = [path.stem for path in sorted(FOLDER.glob("*.md")) if path.stem != "README"]
    entries = "\n".join(f"../decisions/{name}" for name in names)
    return f"{head}\n```{{toctree}}\n:maxdepth: 1\n\n{entries}\n```\n"
