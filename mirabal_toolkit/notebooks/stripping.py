"""A notebook without its results: what is saved holds questions, never answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mirabal_toolkit.errors import InputError
from mirabal_toolkit.safekeeping.files import whole_file

#: Cell metadata that programs write when a cell runs, or that says how its result is shown.
_OF_RUNNING = ("execution", "collapsed", "scrolled", "ExecuteTime")
TOOLKIT = "mirabal_toolkit"


def stripped(notebook: Mapping[str, Any]) -> dict[str, Any]:
    """Return a notebook (as JSON has it) without results, counters, times and states of widgets.

    Examples
    --------
    >>> ran = {"cell_type": "code", "source": "1 + 1", "outputs": [{"text": "2"}], "execution_count": 7}
    >>> stripped({"cells": [ran], "metadata": {"widgets": {"state": 1}}})["cells"][0]["outputs"]
    []
    """
    metadata = {key: value for key, value in notebook.get("metadata", {}).items() if key != "widgets"}
    return {**notebook, "cells": [_stripped_cell(cell) for cell in notebook.get("cells", [])], "metadata": metadata}


def _stripped_cell(cell: Mapping[str, Any]) -> dict[str, Any]:
    metadata = {key: value for key, value in cell.get("metadata", {}).items() if key not in _OF_RUNNING}
    kept = {**cell, "metadata": metadata}
    return {**kept, "outputs": [], "execution_count": None} if cell.get("cell_type") == "code" else kept


def uses_the_toolkit(notebook: Mapping[str, Any]) -> bool:
    """Say whether any code of a notebook names the toolkit."""
    return any(
        TOOLKIT in "".join(cell.get("source", "")) for cell in notebook.get("cells", []) if cell["cell_type"] == "code"
    )


def strip_file(path: Path) -> bool:
    """Take the results out of a notebook file; return whether there were any.

    Raises
    ------
    InputError
        If it is no notebook.
    """
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        clean = stripped(notebook)
    except (OSError, ValueError, AttributeError, TypeError):
        raise InputError(f"{path.name} cannot be read as a notebook", fix="give files that end in .ipynb") from None
    if clean == notebook:
        return False
    with whole_file(path) as place:
        place.write_text(as_text(clean), encoding="utf-8", newline="\n")
    return True


def as_text(notebook: Mapping[str, Any]) -> str:
    """Return a notebook as the text of its file."""
    return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"
