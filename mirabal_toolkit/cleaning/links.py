"""The links file: ids that may be one person's, for somebody who knows the records to decide.

It holds ids, so it is written for its owner alone and stays beside the study file.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from mirabal_toolkit.errors import InputError, Problem
from mirabal_toolkit.safe_yaml import ParsedYaml, parse_yaml
from mirabal_toolkit.safekeeping.files import whole_file

Decision = Literal["yes", "no", "?"]

_HEAD = """\
# Ids that may be two spellings of one woman's. Nothing is merged until you say so.
#
# HOW TO DECIDE
#   * Look both ids up in the contact records.
#   * same: yes    they are one woman: her later answers go under `other`
#   * same: no     they are two: not asked again
#   * same: "?"    not decided yet
#   * `slips` and `agree` say why they are here; they change nothing.
#   * Then run the command again with   --links THIS-FILE
# This file holds ids. Keep it where the data are, and pass it on to nobody.
"""


@dataclass(frozen=True, slots=True)
class Link:
    """Two ids that may be one person's.

    Parameters
    ----------
    late : str
        The id that first appears after the first wave.
    other : str
        The id it may be a slip of; under it the answers go.
    slips : int
        How many slips of typing lie between them.
    agree : tuple of str
        What is asked once and is the same under both.
    same : str
        ``yes``, ``no``, or ``?`` where nobody has decided.
    """

    late: str
    other: str
    slips: int = 1
    agree: tuple[str, ...] = ()
    same: Decision = "?"


def pairs_said(links: Iterable[Link], decision: Decision) -> frozenset[tuple[str, str]]:
    """Return (late, other) of the links with a decision."""
    return frozenset((link.late, link.other) for link in links if link.same == decision)


def format_links(links: Sequence[Link]) -> str:
    """Return a links file as YAML."""
    lines = [_HEAD, "links:" if links else "links: []", *(_line(link) for link in links)]
    return "\n".join(lines) + "\n"


def _line(link: Link) -> str:
    same = '"?"' if link.same == "?" else link.same
    agree = ", ".join(_quoted(name) for name in link.agree)
    ids = f"late: {_quoted(link.late)}, other: {_quoted(link.other)}"
    return f"  - {{{ids}, slips: {link.slips}, agree: [{agree}], same: {same}}}"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def write_links(links: Sequence[Link], path: Path) -> Path:
    """Write a links file that only its owner can read; an older one is replaced once this is complete.

    Raises
    ------
    InputError
        If it cannot be written.
    """
    with whole_file(path) as place:
        place.write_text(format_links(links), encoding="utf-8")
    return path


def read_links(path: Path) -> tuple[Link, ...]:
    """Read a links file.

    Raises
    ------
    InputError
        If it cannot be read, or a line is not as it should be; every problem with its line.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(
            f"the links file cannot be read: {error.strerror}",
            where=path.name,
            fix="look at the spelling and the folder",
        ) from None
    return parse_links(content, path.name)


def parse_links(content: str | bytes, where: str) -> tuple[Link, ...]:
    """Return the links in a YAML text; see `read_links`.

    Examples
    --------
    >>> parse_links('links: [{late: "A1O", other: "A10", same: yes}]', "an example")[0].same
    'yes'
    """
    document = parse_yaml(content, where)
    value = document.value
    if not isinstance(value, dict) or set(value) != {"links"} or not isinstance(value["links"] or [], list):
        raise InputError("this is not a links file", where=where, fix="mirabal import writes one beside the study file")
    problems = list(_wrong(document, where))
    if problems:
        raise InputError(f"the links file has {len(problems)} mistake(s)", where=where, problems=problems)
    return tuple(
        Link(
            entry["late"],
            entry["other"],
            entry.get("slips", 1),
            tuple(entry.get("agree", ())),
            _decision(entry.get("same", "?")),
        )
        for entry in value["links"] or []
    )


def _wrong(document: ParsedYaml, where: str) -> Iterator[Problem]:
    """Yield what is wrong with each line; never with the ids in it."""
    for place, entry in enumerate(document.value["links"] or []):
        line = f"{where}, line {document.line(('links', place))}"
        if not isinstance(entry, dict):
            yield Problem("this line is not a link", line, 'write  {late: "…", other: "…", same: yes}')
            continue
        for key in entry.keys() - {"late", "other", "slips", "agree", "same"}:
            yield Problem(f"there is no “{key}” in a link", line, "use: late, other, slips, agree, same")
        for key in ("late", "other"):
            if not isinstance(entry.get(key), str) or not entry[key].strip():
                yield Problem(f"“{key}” should be an id in quotes", line)
        if _decision(entry.get("same", "?")) is None:
            yield Problem("“same” should be yes, no or ?", line)
        if not isinstance(entry.get("slips", 1), int) or not _is_texts(entry.get("agree", [])):
            yield Problem("“slips” should be a number and “agree” a list", line, "leave both out")


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(name, str) for name in value)


def _decision(value: Any) -> Any:
    said: dict[Any, Decision] = {True: "yes", False: "no", "yes": "yes", "no": "no", "?": "?", "": "?", None: "?"}
    return said.get(value.strip().casefold() if isinstance(value, str) else value) if not _is_number(value) else None


def _is_number(value: Any) -> bool:
    return not isinstance(value, bool | str) and value is not None
