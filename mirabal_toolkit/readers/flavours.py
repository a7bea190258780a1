"""Exports of survey programs, told by their columns. A further program is one file and one line here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from mirabal_toolkit.readers.grid import Grid
from mirabal_toolkit.readers.kobo import from_kobo
from mirabal_toolkit.readers.limesurvey import from_limesurvey
from mirabal_toolkit.readers.qualtrics import from_qualtrics
from mirabal_toolkit.readers.redcap import from_redcap

#: Each returns the grid made plain, or None when it is not of that program.
FLAVOURS: tuple[Callable[[Grid, str], Grid | None], ...] = (from_qualtrics, from_redcap, from_limesurvey, from_kobo)


def recognised(grid: Grid, name: str) -> Grid:
    """Return an export of a survey program as a plain table; other tables as they are.

    Parameters
    ----------
    grid : Grid
    name : str
        Of the file or sheet, for findings.
    """
    for flavour in FLAVOURS:
        found = flavour(grid, name)
        if found is not None:
            return found
    return plain(grid)


def plain(grid: Grid) -> Grid:
    """Take names that are whole questions for labels too, since programs export either."""
    return replace(grid, labels={**{name: name for name in grid.frame.columns if " " in name}, **grid.labels})
