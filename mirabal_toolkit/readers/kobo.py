"""KoboToolbox and ODK exports: names with their groups in front, and questions with several answers."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from mirabal_toolkit.core.data import Finding
from mirabal_toolkit.readers.grid import Grid, renamed
from mirabal_toolkit.readers.raw import plain_name

#: Columns that only these programs write.
_OWN = frozenset(
    ("_uuid", "_submission_time", "_validation_status", "formhub/uuid", "meta/instanceid", "__version__", "instanceid")
)
_CENTRAL = frozenset(("submissiondate", "key", "submitterid", "submittername", "instanceid"))


def from_kobo(grid: Grid, name: str) -> Grid | None:
    """Return a Kobo or ODK export as a plain table, or None when it is none.

    Groups before the names of questions are taken off; the columns of a question with several answers keep
    its name, ``help/police``, and are known as belonging together.

    Parameters
    ----------
    grid : Grid
    name : str
        Of the file.
    """
    columns = list(grid.frame.columns)
    plain = {plain_name(column) for column in columns}
    central = len(plain & _CENTRAL) >= 2
    if not central and not plain & _OWN:
        return None
    sign = "/" if any("/" in column for column in columns) or not central else "-"
    sets = _several_answers(columns, sign)
    boxes = {box: question for question, members in sets.items() for box in members}
    short = {
        column: sign.join(column.split(sign)[-2:]) if column in boxes else column.rsplit(sign, 1)[-1]
        for column in columns
    }
    often = Counter(plain_name(new) for new in short.values())
    short = {old: new for old, new in short.items() if often[plain_name(new)] == 1}
    grid = replace(grid, multiple={short.get(question, question): members for question, members in sets.items()})
    labels = {column: column for column in columns if " " in column}
    grid = renamed(replace(grid, labels={**labels, **grid.labels}), short)
    said = Finding(
        "note",
        "survey_program",
        f"{name} was exported by Kobo or ODK; {len(short)} name(s) are used without their groups",
    )
    return grid.saying(said)


def _several_answers(columns: list[str], sign: str) -> dict[str, tuple[str, ...]]:
    """Return question → its columns, one an answer: those whose beginning is a column too."""
    known = set(columns)
    sets: dict[str, list[str]] = {}
    for column in columns:
        question, _, answer = column.rpartition(sign)
        if answer and question in known:
            sets.setdefault(question, []).append(column)
    return {question: tuple(members) for question, members in sets.items()}
