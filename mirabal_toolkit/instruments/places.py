"""Where in a file something stands: “item C1, ask_if” → its line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from mirabal_toolkit.errors import Problem
from mirabal_toolkit.safe_yaml import ParsedYaml

Path = tuple[str | int, ...]

#: “item C1, ask_if” → kind, id, rest. Names may have spaces in quotes only.
_PLACE = re.compile(
    r"(?P<kind>item|variable|block|scale|outcome|response set|example|change|wave)\s+“?(?P<id>[^”,]+)”?"
)


def with_lines(problems: Iterable[Problem], document: ParsedYaml, file: str) -> list[Problem]:
    """Return the problems in the order of the file, each with file, line and place.

    Parameters
    ----------
    problems : iterable of Problem
        Their `where` names a part of an instrument, such as ``item C1, ask_if`` or ``roles``.
    document : ParsedYaml
    file : str
        Name of the file.
    """
    places = _places(document.value)
    found = []
    for problem in problems:
        line = document.line(_path(problem.where, places))
        where = f"{file}, line {line}{f' ({problem.where})' if problem.where else ''}"
        found.append((line, replace(problem, where=where)))
    return [problem for _, problem in sorted(found, key=lambda pair: pair[0])]


def _path(where: str, places: Mapping[tuple[str, str], Path]) -> Path:
    match = _PLACE.match(where)
    first, *rest = re.split(r",\s*", where[match.end() :] if match else where)
    if match is None:
        return (first, *rest)
    start = places.get((match["kind"], match["id"].strip()), ())
    return (*start, *(part for part in (first, *rest) if part)) if start else ()


def _places(raw: Any) -> dict[tuple[str, str], Path]:
    """Kind and id → path; where an id is used twice, the second one."""
    places: dict[tuple[str, str], Path] = {}
    for number, block in enumerate(_list(raw, "blocks")):
        places["block", str(block.get("id"))] = ("blocks", number)
        for place, item in enumerate(_list(block, "items")):
            path = ("blocks", number, "items", place)
            places["item", str(item.get("id"))] = path
            pattern = str(item.get("variable") or (raw.get("variable") or "")).replace("{item}", str(item.get("id")))
            places["variable", pattern.lower()] = path
    for kind, key, name in (("scale", "scales", "id"), ("outcome", "outcomes", "id"), ("example", "tests", "title")):
        for number, entry in enumerate(_list(raw, key)):
            places[kind, str(entry.get(name))] = (key, number)
    for number in range(len(_list(raw, "changes"))):
        places["change", str(number + 1)] = ("changes", number)
    for number, entry in enumerate(_list(raw, "waves")):
        places["wave", str(entry.get("number"))] = ("waves", number)
    sets = raw.get("response_sets") if isinstance(raw, Mapping) else None
    for name in sets if isinstance(sets, Mapping) else ():
        places["response set", str(name)] = ("response_sets", name)
    return places


def _list(raw: Any, key: str) -> list[Mapping[str, Any]]:
    """The groups of settings in a list; nothing where the file holds something else there."""
    entries = raw.get(key) if isinstance(raw, Mapping) else None
    return [entry if isinstance(entry, Mapping) else {} for entry in entries] if isinstance(entries, list) else []
