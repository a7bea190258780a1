"""The bundled notebooks: which there are, and a copy where the user wants them."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from mirabal_toolkit.bundled import bundled_folder
from mirabal_toolkit.errors import UsageError


@dataclass(frozen=True, slots=True)
class Notebook:
    """A bundled notebook: its file, its title, and for whom it is."""

    path: Path
    title: str
    about: str


@dataclass(frozen=True, slots=True)
class Copied:
    """What copying did: the folder, the files written, and those that were there and stay as they are."""

    folder: Path
    written: tuple[Path, ...]
    kept: tuple[Path, ...]


def bundled_notebooks() -> tuple[Notebook, ...]:
    """Return the bundled notebooks in their order."""
    return tuple(_described(path) for path in sorted(bundled_folder("notebooks").glob("*.ipynb")))


def _described(path: Path) -> Notebook:
    first = json.loads(path.read_text(encoding="utf-8"))["cells"][0]["source"]
    lines = [line.strip() for line in "".join(first).splitlines() if line.strip()]
    return Notebook(path, lines[0].lstrip("# "), lines[1].strip("*"))


def copy_notebooks(folder: Path) -> Copied:
    """Copy the notebooks, and what they read, into `folder`; files that are there already stay as they are.

    Raises
    ------
    UsageError
        If `folder` is a file or cannot be written.
    """
    source = bundled_folder("notebooks")
    written, kept = [], []
    try:
        for path in sorted(source.rglob("*")):
            if path.suffix not in (".ipynb", ".csv") or ".ipynb_checkpoints" in path.parts:
                continue
            target = folder / path.relative_to(source)
            if target.exists():
                kept.append(target)
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
            written.append(target)
    except OSError as error:
        text = f"the notebooks cannot be copied into {folder} ({error.strerror})"
        raise UsageError(text, fix="choose a folder of your own: --copy DIR") from None
    return Copied(folder, tuple(written), tuple(kept))
