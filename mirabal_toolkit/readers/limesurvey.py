"""LimeSurvey exports: codes and questions in one name, subquestions in brackets, its own columns in front."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

from mirabal_toolkit.core.data import Finding
from mirabal_toolkit.readers.grid import Grid, renamed
from mirabal_toolkit.readers.raw import plain_name

_CODE_AND_TEXT = re.compile(r"^(?P<code>[A-Za-z_][A-Za-z0-9_\[\]]*)\s*[.:]\s+(?P<text>\S.*)$", re.DOTALL)
_SUBQUESTION = re.compile(r"^(?P<question>[A-Za-z_][A-Za-z0-9_]*)\[(?P<sub>[A-Za-z0-9_]+)\](?:\[\w+\])?$")
_OWN = frozenset(("submitdate", "lastpage", "startlanguage", "seed", "datestamp"))
#: Its number of an answer; a person has another one at every wave.
_RESPONSE, _TOKEN = "id", "token"


def from_limesurvey(grid: Grid, name: str) -> Grid | None:
    """Return a LimeSurvey export as a plain table, or None when it is none.

    Parameters
    ----------
    grid : Grid
    name : str
        Of the file.
    """
    parts = {column: match for column in grid.frame.columns if (match := _CODE_AND_TEXT.match(column))}
    codes = {column: parts[column]["code"] if column in parts else column for column in grid.frame.columns}
    plain = {plain_name(code) for code in codes.values()}
    if len(plain & _OWN) < 2:
        return None
    labels = {column: " ".join(match["text"].split()) for column, match in parts.items()}
    grid = renamed(replace(grid, labels={**labels, **grid.labels}), codes)
    grid = _with_people(_with_subquestions(grid))
    findings = [Finding("note", "survey_program", f"{name} was exported by LimeSurvey")]
    column = next((one for one in grid.frame.columns if plain_name(one) == "submitdate"), None)
    unfinished = int((grid.frame[column].str.strip() == "").sum()) if column else 0
    if unfinished:
        findings.append(
            Finding(
                "note",
                "unfinished_rows",
                f"{name}: {unfinished} questionnaire(s) were not sent off to the end; their answers are kept",
                count=unfinished,
            )
        )
    return grid.saying(*findings)


def _with_people(grid: Grid) -> Grid:
    """Take the access code for the person, where there is one, and not the number of the answer."""
    by_plain = {plain_name(column): column for column in grid.frame.columns}
    if _TOKEN not in by_plain or _RESPONSE not in by_plain:
        return grid
    return renamed(grid, {by_plain[_RESPONSE]: "response_number", by_plain[_TOKEN]: "participant_id"})


def _with_subquestions(grid: Grid) -> Grid:
    """Use the code in brackets as the name where it is the only one of that name; note what belongs together."""
    found = {column: match for column in grid.frame.columns if (match := _SUBQUESTION.match(column))}
    sets: dict[str, list[str]] = {}
    for column, match in found.items():
        sets.setdefault(match["question"], []).append(column)
    often = Counter(plain_name(match["sub"]) for match in found.values())
    generic = re.compile(r"^(SQ|A)?\d+$", re.IGNORECASE)
    short = {
        column: match["sub"]
        for column, match in found.items()
        if often[plain_name(match["sub"])] == 1 and not generic.match(match["sub"])
    }
    grid = replace(grid, multiple={key: tuple(members) for key, members in sets.items() if len(members) > 1})
    return renamed(grid, short)
