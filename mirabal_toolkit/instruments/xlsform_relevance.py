"""Who is asked, from the column `relevant` of an XLSForm.

Our own forms carry the condition in our language beside its XPath. As long as the XPath is what that condition
gives, the condition stands; where somebody changed the XPath in Excel, the XPath is read instead.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from typing import Any

from mirabal_toolkit.errors import FindingsError, InputError, Problem
from mirabal_toolkit.instruments.exports.xlsform import WAVE, xlsform_sheets
from mirabal_toolkit.instruments.exports.yaml_text import yaml_text
from mirabal_toolkit.instruments.loading import read_instrument
from mirabal_toolkit.instruments.xlsform_choices import FormChoices
from mirabal_toolkit.instruments.xlsform_conditions import Answers, xpath_condition
from mirabal_toolkit.instruments.xlsform_questions import FormQuestions, Question

_WAVE_ONLY = re.compile(rf"\$\{{{WAVE}\}}\s*=\s*'(\d+)'")


def settle_conditions(
    raw: Mapping[str, Any], questions: FormQuestions, sets: Mapping[str, FormChoices], where: str
) -> dict[str, Any]:
    """Return the file with the condition of every item.

    Raises
    ------
    FindingsError
        If a condition cannot be said in our language; all at once, with rows.
    """
    settled: dict[str, Any] = copy.deepcopy(dict(raw))
    expected = _expected(raw, where) if any("m_ask_if" in one.row.cells for one in questions.questions) else {}
    items = {item["id"]: item for block in settled["blocks"] for item in block["items"]}
    gate = _gate_texts(raw)
    answers: dict[str, Answers | None] = {}
    problems: list[Problem] = []
    for question in questions.questions:
        item = items[question.raw["id"]]
        said = (question.groups, question.relevant)
        if expected.get(item["id"]) != said:
            item.pop("ask_if", None)
            try:
                _read_condition(item, question, answers, gate)
            except InputError as error:
                problems.append(
                    Problem(error.problem.what, question.row.place, "say it with and, or, =, != and numbers")
                )
        choices = sets.get(item.get("response_set", "")) if item["type"] == "choice" else None
        answers[item["id"]] = choices.answers if choices else None
    if problems:
        raise FindingsError(f"{where} holds {len(problems)} condition(s) to mend", problems=problems)
    return settled


def _expected(raw: Mapping[str, Any], where: str) -> dict[str, tuple[tuple[str, ...], str]]:
    """What the form would say if nobody had changed a condition: item → relevance of its groups and its own."""
    try:
        instrument = read_instrument(yaml_text(raw).encode(), where)
    except (FindingsError, InputError):
        return {}
    default = next(iter(raw["languages"]))
    head, *rows = xlsform_sheets(instrument, default)["survey"]
    found: dict[str, tuple[tuple[str, ...], str]] = {}
    groups: list[str] = []
    for cells in rows:
        row = dict(zip(head, cells, strict=True))
        if row["type"] == "begin_group":
            groups.append(row["relevant"])
        elif row["type"] == "end_group":
            groups.pop()
        else:
            found[row["name"]] = (tuple(group for group in groups if group), row["relevant"])
    return found


def _gate_texts(raw: Mapping[str, Any]) -> set[str]:
    """The statements of the safety gate, which stand before every question and are no condition of its own."""
    gate = raw.get("gate")
    if not gate:
        return set()
    items = {item["id"]: item for block in raw["blocks"] for item in block["items"]}
    texts = set()
    for name in gate["items"]:
        options = raw["response_sets"].get(items.get(name, {}).get("response_set", ""), {}).get("options", ())
        texts |= {f"${{{name}}} = '{option['code']}'" for option in options if option["name"] == gate["pass_option"]}
    return texts


def _read_condition(
    item: dict[str, Any], question: Question, answers: Mapping[str, Answers | None], gate: set[str]
) -> None:
    """Put what the form says about who is asked into an item."""
    parts: list[str] = []
    for source in (*question.groups, question.relevant):
        for part in _conjuncts(source):
            waves = [int(number) for number in _WAVE_ONLY.findall(part)]
            if waves and not _WAVE_ONLY.sub("", part).replace("or", "").strip(" ()"):
                if "{wave}" in item.get("variable", "{wave}"):
                    item["waves"] = waves
            elif part not in gate:
                parts.append(part)
    if parts:
        text = " and ".join(parts) if len(parts) == 1 else " and ".join(f"({part})" for part in parts)
        item["ask_if"] = xpath_condition(text, answers)


def _conjuncts(source: str) -> Iterator[str]:
    """Parts of a condition joined by “and” at its top; brackets around a whole part are taken off."""
    source = _unwrapped(source)
    depth, start = 0, 0
    for match in re.finditer(r"[()]|'[^']*'|\band\b|\bor\b", source):
        sign = match.group()
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if sign == "or" and depth == 0:
            yield source
            return
    for match in re.finditer(r"[()]|'[^']*'|\band\b", source):
        sign = match.group()
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if sign == "and" and depth == 0:
            yield from _conjuncts(source[start : match.start()])
            start = match.end()
    if start:
        yield from _conjuncts(source[start:])
    elif source:
        yield source


def _unwrapped(source: str) -> str:
    source = source.strip()
    while source.startswith("(") and _closes_at(source) == len(source) - 1:
        source = source[1:-1].strip()
    return source


def _closes_at(source: str) -> int:
    depth = 0
    for match in re.finditer(r"[()]|'[^']*'", source):
        depth += {"(": 1, ")": -1}.get(match.group(), 0)
        if depth == 0:
            return match.start()
    return -1
