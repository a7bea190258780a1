"""Qualtrics exports: three rows of names, and what Qualtrics adds of its own."""

from __future__ import annotations

import re
from dataclasses import replace

from mirabal_toolkit.core.data import Finding
from mirabal_toolkit.readers.grid import Grid

_IMPORT_ID = re.compile(r'^\s*\{\s*"ImportId"\s*:')
#: Columns by which an export with two rows of names (the older form) is known.
_OWN = frozenset(("ResponseId", "ResponseID", "RecordedDate", "DistributionChannel", "UserLanguage", "ResponseSet"))
_PREVIEWS = frozenset(("survey preview", "survey test", "spam", "1", "2", "4", "8", "9", "12"))


def from_qualtrics(grid: Grid, name: str) -> Grid | None:
    """Return a Qualtrics export as a plain table, or None when it is none.

    Parameters
    ----------
    grid : Grid
        With the second and third row of names still among the rows.
    name : str
        Of the file.
    """
    rows = _rows_of_names(grid)
    if not rows:
        return None
    questions = grid.frame.iloc[0]
    labels = {column: " ".join(str(questions[column]).split()) for column in grid.frame.columns}
    frame = grid.frame.iloc[rows:].reset_index(drop=True)
    findings = [Finding("note", "survey_program", f"{name} was exported by Qualtrics")]
    previews = _previews(frame["Status"].tolist()) if "Status" in frame.columns else 0
    if previews:
        findings.append(
            Finding(
                "warning",
                "preview_rows",
                f"{name}: {previews} row(s) are previews, tests or spam, not people; they were kept",
                count=previews,
                advice="delete them in Qualtrics, and export again",
            )
        )
    labels = {column: label for column, label in labels.items() if label != column}
    return replace(grid, frame=frame, labels={**labels, **grid.labels}).saying(*findings)


def _rows_of_names(grid: Grid) -> int:
    """Return how many rows below the first hold names: two where an ImportId row is seen, one in older exports."""
    frame = grid.frame
    for row in (0, 1):
        if (
            row < len(frame)
            and sum(bool(_IMPORT_ID.match(str(cell))) for cell in frame.iloc[row]) > len(frame.columns) // 2
        ):
            return row + 1
    first = frame.iloc[0].tolist() if len(frame) else []
    own = [column for column in frame.columns if column in _OWN]
    return int(len(own) >= 2 and all(" " in str(first[list(frame.columns).index(column)]) for column in own))


def _previews(statuses: list[str]) -> int:
    return sum(status.strip().casefold() in _PREVIEWS for status in statuses)
