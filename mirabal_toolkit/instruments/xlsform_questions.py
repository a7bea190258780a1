"""The sheet `survey` of an XLSForm: groups become blocks, questions items."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mirabal_toolkit.errors import Problem
from mirabal_toolkit.instruments.exports.phrases import PHRASES
from mirabal_toolkit.instruments.exports.xlsform import (
    BLOCK_PREFIX,
    CLOSING,
    GATE_END,
    INTRO_SUFFIX,
    OFFICE,
    PERSON,
    WAVE,
)
from mirabal_toolkit.instruments.xlsform_choices import FormChoices, FormTexts, slug
from mirabal_toolkit.instruments.xlsform_workbook import SheetRow

_TYPES = {"integer": "integer", "int": "integer", "decimal": "number", "date": "date", "text": "text", "string": "text"}
_METADATA = frozenset(
    {"start", "end", "today", "deviceid", "username", "email", "phonenumber", "audit", "subscriberid", "simserial"}
)
_ITEM_ID = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,31}")
_LIMIT = re.compile(r"\.\s*(>=|<=|>|<)\s*(-?\d+(?:\.\d+)?)")
_MISSING_CODE = re.compile(r"\.\s*=\s*\d+")
_UNSPEAKABLE = ("calculation", "choice_filter", "repeat_count", "trigger", "media::image", "media::audio")


@dataclass
class Question:
    """An item, and what the form says of who is asked."""

    raw: dict[str, Any]
    row: SheetRow
    groups: tuple[str, ...]
    relevant: str


@dataclass
class FormBlock:
    """A block as it is found."""

    raw: dict[str, Any]
    office: list[Question] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)


class FormQuestions:
    """Goes through the rows once and keeps what it finds.

    Parameters
    ----------
    rows : list of SheetRow
    texts : FormTexts
    sets : mapping
        Lists of answers by our name.
    kept : mapping
        What the sheet ``mirabal`` holds.
    problems : list of Problem
        Problems are added here.
    """

    def __init__(
        self,
        rows: list[SheetRow],
        texts: FormTexts,
        sets: Mapping[str, FormChoices],
        kept: Mapping[str, Any],
        problems: list[Problem],
    ) -> None:
        self.texts, self.sets, self.problems = texts, sets, problems
        self.notes: list[str] = []
        self.found: dict[str, FormBlock] = {block["id"]: FormBlock(dict(block)) for block in kept.get("block", ())}
        self.from_us = bool(self.found)
        self.groups: list[tuple[str, str]] = []
        self.order: list[str] = []
        for row in rows:
            self.read(row)
        if self.groups:
            problems.append(Problem(f"the group “{self.groups[-1][0]}” is not ended", "sheet survey"))

    @property
    def questions(self) -> list[Question]:
        """All questions, in the order of our file."""
        return [one for block in self.found.values() for one in (*block.office, *block.questions)]

    def blocks(self) -> list[dict[str, Any]]:
        """Return the blocks as entries of our file; those without questions are left out."""
        filled = [block for block in self.ordered() if block.office or block.questions]
        return [{**block.raw, "items": [one.raw for one in (*block.office, *block.questions)]} for block in filled]

    def ordered(self) -> list[FormBlock]:
        """Blocks that were known keep their order; a new one follows the block before it in the form."""
        return list(self.found.values())

    def read(self, row: SheetRow) -> None:
        """Take one row in."""
        kind = re.sub(r"\s+", " ", row.get("type")).lower().replace("begin group", "begin_group")
        kind = kind.replace("end group", "end_group").replace("select one", "select_one")
        name = row.get("name")
        if not kind or kind in _METADATA:
            return
        if kind == "begin_group":
            self.begin(row, name)
        elif kind == "end_group":
            if self.groups:
                self.groups.pop()
        elif kind == "note":
            self.note(row, name)
        elif not (self.from_us and name in (PERSON, WAVE)):
            self.question(row, kind, name)

    def begin(self, row: SheetRow, name: str) -> None:
        """Open a group."""
        self.groups.append((name, row.get("relevant")))
        block_id = row.get("m_block") or slug(name.removeprefix(BLOCK_PREFIX))
        if not self.is_office():
            block = self.block(block_id)
            title = self.texts.of(row, "label")
            if title:
                block.raw["title"] = title
            block.raw.setdefault("title", {self.texts.default: name})
        self.order.append(block_id)

    def is_office(self) -> bool:
        """Whether the innermost group gathers what staff fill in, which stands in other blocks of ours."""
        return bool(self.groups) and self.from_us and self.groups[-1][0].startswith((f"{OFFICE}_", f"{CLOSING}_"))

    def block(self, block_id: str) -> FormBlock:
        """Return a block, made behind the one before it in the form if it is new."""
        if block_id not in self.found:
            names = list(self.found)
            place = names.index(self.order[-1]) + 1 if self.order and self.order[-1] in names else len(names)
            entries = list(self.found.items())
            entries.insert(place, (block_id, FormBlock({"id": block_id})))
            self.found = dict(entries)
        return self.found[block_id]

    def note(self, row: SheetRow, name: str) -> None:
        """A note at the head of a group introduces its block; others have no place with us."""
        if self.from_us and name == GATE_END:
            return
        block = self.found.get(self.order[-1]) if self.order and self.groups else None
        own = block is not None and (name.endswith(INTRO_SUFFIX) or not block.questions)
        if block is None or not own or row.get("relevant"):
            self.notes.append(f"{row.place}: a note between questions has no place in our format; it was left out")
        elif not self.is_office():
            block.raw["intro"] = self.texts.of(row, "label")

    def question(self, row: SheetRow, kind: str, name: str) -> None:
        """Take a question in, or say why not."""
        item_type, response_set = self.kind_of(row, kind)
        if not _ITEM_ID.fullmatch(name):
            fix = "a letter, then letters, digits or _, at most 32"
            self.problems.append(Problem(f"“{name}” cannot be the id of an item", row.place, fix))
            return
        if not item_type:
            return
        text = self.texts.of(row, "label")
        raw: dict[str, Any] = {"id": name, "type": item_type, "response_set": response_set}
        raw |= {"label": self.short_label(row, text, name), "text": text}
        raw |= self.settings(row, item_type)
        hint = self.hint(row, raw)
        if hint:
            raw["note"] = hint
        self.report_unsaid(row)
        relevants = tuple(relevant for _, relevant in self.groups if relevant)
        question = Question(
            {key: value for key, value in raw.items() if value not in (None, "", {})}, row, relevants, ""
        )
        question.relevant = row.get("relevant")
        self.keep(question)

    def keep(self, question: Question) -> None:
        """Put a question into its block."""
        own = question.row.get("m_block")
        if self.is_office() and own in self.found:
            block, closing = self.found[own], self.groups[-1][0].startswith(f"{CLOSING}_")
            block.office.insert(0 if closing else len(block.office), question)
            return
        if not self.groups:
            block = self.block("form")
            block.raw.setdefault("title", {self.texts.default: "Questions"})
            self.order.append("form")
        else:
            block = self.found[self.order[-1]] if self.order[-1] in self.found else self.block(self.order[-1])
        block.questions.append(question)

    def kind_of(self, row: SheetRow, kind: str) -> tuple[str, str]:
        """Return our type and response set; "" with a problem or note where we have none."""
        if kind.startswith("select_one "):
            name = slug(kind.removeprefix("select_one ").split(" ")[0])
            if name not in self.sets:
                self.problems.append(Problem(f"names the list “{name}”, which the sheet choices lacks", row.place))
            if kind.endswith(" or_other"):
                self.notes.append(f"{row.place}: “or_other” was left out; add an answer “other”")
            return "choice", name
        if kind in _TYPES:
            return _TYPES[kind], row.get("m_response_set")
        if kind in ("calculate", "hidden"):
            self.notes.append(f"{row.place}: “{kind}” has no place in our format; it was left out")
            return "", ""
        fix = "questions with several answers become one yes-or-no question each" if "multiple" in kind else ""
        self.problems.append(Problem(f"our format has no questions of the type “{kind}”", row.place, fix))
        return "", ""

    def short_label(self, row: SheetRow, text: Mapping[str, str], name: str) -> dict[str, str]:
        """The label for tables; without one, the question itself."""
        own = {code: row.get(f"m_label ({code})") for code in self.texts.languages}
        own = {code: label for code, label in own.items() if label}
        return own or {code: words[:80] for code, words in text.items()} or {self.texts.default: name}

    def settings(self, row: SheetRow, item_type: str) -> dict[str, Any]:
        """Return the settings of an item that stand in cells of their own."""
        settings: dict[str, Any] = {
            "variable": row.get("m_variable"),
            "unit": row.get("m_unit"),
            "sensitivity": row.get("m_sensitivity"),
            "severe": row.get("m_severe") == "yes" or None,
            "office": row.get("m_office") == "yes" or None,
            "required": None if row.get("required").lower() in ("yes", "true", "true()") else False,
            "ask_if": row.get("m_ask_if"),
            "otherwise": row.get("m_otherwise"),
        }
        if row.get("m_waves"):
            settings["waves"] = [int(number) for number in row.get("m_waves").split() if number.isdigit()]
        constraint = row.get("constraint")
        limits = _limits(constraint) if item_type in ("integer", "number") else None
        if constraint and limits is None:
            self.notes.append(f"{row.place}: this constraint has no place in our format; it was left out")
        return settings | (limits or {})

    def hint(self, row: SheetRow, raw: Mapping[str, Any]) -> dict[str, str]:
        """The note for interviewers, without the line of codes that an export adds to numbers."""
        hints = self.texts.of(row, "hint")
        if raw["type"] not in ("integer", "number"):
            return hints
        starts = tuple(text.partition("{")[0] for text in PHRASES["or_write"].values())
        kept = {
            code: "\n".join(line for line in text.split("\n") if not line.startswith(starts))
            for code, text in hints.items()
        }
        return {code: text for code, text in kept.items() if text}

    def report_unsaid(self, row: SheetRow) -> None:
        """Note what our format has no word for."""
        for column in _UNSPEAKABLE:
            if row.get(column):
                self.notes.append(f"{row.place}: “{column}” has no place in our format; it was left out")


def _limits(constraint: str) -> dict[str, float] | None:
    """Return the range in a constraint such as ``(. >= 0 and . <= 20) or . = 97``; None if it says more."""
    rest = _MISSING_CODE.sub("", _LIMIT.sub("", constraint))
    if re.sub(r"\band\b|\bor\b|[()\s]", "", rest):
        return None
    limits: dict[str, float] = {}
    for sign, number in _LIMIT.findall(constraint):
        if sign not in (">=", "<="):
            return None
        value = float(number)
        limits["minimum" if sign == ">=" else "maximum"] = int(value) if value.is_integer() else value
    return limits
