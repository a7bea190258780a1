"""The texts, languages and lists of answers of an XLSForm."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mirabal_toolkit.errors import Problem
from mirabal_toolkit.instruments.exports.xlsform import WAVE_LIST
from mirabal_toolkit.instruments.xlsform_conditions import Answers
from mirabal_toolkit.instruments.xlsform_workbook import SheetRow

_COLUMN = re.compile(r"(label|hint|constraint_message)(?:::?(.+))?")
_LANGUAGE = re.compile(r"(?P<name>.*?)\s*\((?P<code>[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})?)\)")
_KINDS = ("refused", "dont_know", "not_applicable", "no_contact")


class FormTexts:
    """Which languages a form is in, and the texts of a row in them.

    Parameters
    ----------
    sheets : mapping
    default : str
        The default language of the form, as its settings say.
    known : mapping
        Languages of the instrument the form was made from: code → name and status.
    """

    def __init__(
        self, sheets: Mapping[str, list[SheetRow]], default: str, known: Mapping[str, Mapping[str, str]]
    ) -> None:
        columns = {name for rows in sheets.values() for row in rows for name in row.cells}
        found = [match[2] or "" for match in map(_COLUMN.fullmatch, sorted(columns)) if match]
        self.codes = {written: _code(written) for written in dict.fromkeys([default, *found]) if written in found}
        self.default = _code(default) if default in self.codes else next(iter(self.codes.values()), "en")
        self.languages = dict(known)
        for written, code in self.codes.items():
            status = "original" if code == self.default else "draft"
            self.languages.setdefault(code, {"name": _name(written, code), "status": status})
        self.original = "en" if "en" in self.languages else next(iter(self.languages), self.default)

    def of(self, row: SheetRow, column: str) -> dict[str, str]:
        """Return a text in the languages it is in, in their order.

        A form shows no gaps: where a translation lacks it shows the original, so a copy of that is no translation,
        unless the row says so.
        """
        found: dict[str, str] = {}
        for written, code in self.codes.items():
            text = row.get(f"{column}::{written}") or row.get(f"{column}:{written}") if written else row.get(column)
            if text:
                found[code] = text
        original = found.get(self.original)
        same = {part.partition(":")[2] for part in row.get("m_same").split() if part.startswith(f"{column}:")}
        own = {self.original, *same}
        kept = {code: text for code, text in found.items() if code in own or text != original}
        return {code: kept[code] for code in self.languages if code in kept}


def _code(written: str) -> str:
    match = _LANGUAGE.fullmatch(written)
    if match:
        return match["code"]
    return written.lower() if re.fullmatch(r"[A-Za-z]{2,3}", written) else {"": "en"}.get(written, "en")


def _name(written: str, code: str) -> str:
    match = _LANGUAGE.fullmatch(written)
    return (match["name"] if match else written) or {"en": "English"}.get(code, code)


@dataclass(frozen=True, slots=True)
class FormChoices:
    """A list of answers: its entry in our file, and how the form names its answers."""

    raw: dict[str, Any]
    answers: Answers


def response_sets_of(
    rows: list[SheetRow], texts: FormTexts, kept: Mapping[str, Any], problems: list[Problem]
) -> dict[str, FormChoices]:
    """Return the lists of answers of a form by our name for them."""
    lists: dict[str, list[SheetRow]] = {}
    for row in rows:
        name = row.get("list_name") or row.get("list name")
        if name and name != WAVE_LIST:
            lists.setdefault(name, []).append(row)
    extra = kept.get("response_set", {})
    sets = {slug(name): _choices(entries, texts, extra.get(name, {}), problems) for name, entries in lists.items()}
    for name, more in extra.items():  # lists whose answers are all retired, or that have none
        sets.setdefault(name, _choices([], texts, more, problems))
    return {name: sets[name] for name in [*extra, *(name for name in sets if name not in extra)]}


def _choices(rows: list[SheetRow], texts: FormTexts, extra: Mapping[str, Any], problems: list[Problem]) -> FormChoices:
    numbered = all(re.fullmatch(r"\d{1,9}", row.get("name")) for row in rows)
    valid: dict[str, str] = {}
    missing: set[str] = set()
    options = []
    for place, row in enumerate(rows, start=1):
        label = texts.of(row, "label")
        if not row.get("name") or not label:
            problems.append(Problem("an answer lacks its name or its label", row.place))
            continue
        name = row.get("m_name") or slug(row.get("name") if not numbered else label[next(iter(label))])
        kind = row.get("m_kind") or (name if name in _KINDS else "valid")
        code = int(row.get("name")) if numbered else place
        option = {"code": code, "name": name, "label": label, "kind": kind}
        options.append({key: value for key, value in option.items() if (key, value) != ("kind", "valid")})
        if kind == "valid":
            valid[row.get("name")] = name
        else:
            missing.add(row.get("name"))
    for one in sorted(extra.get("retired", ()), key=lambda entry: entry["place"]):
        options.insert(one["place"], {**{key: one[key] for key in ("code", "name", "label", "kind")}, "retired": True})
    raw = {"direction": extra.get("direction", "neutral"), "add_missing_codes": False, "options": options}
    return FormChoices(raw, Answers(valid, frozenset(missing)))


def slug(text: str) -> str:
    """Return a text as a name of ours.

    Examples
    --------
    >>> slug("Most weeks!"), slug("1st")
    ('most_weeks', 'n_1st')
    """
    name = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")[:46].rstrip("_")
    return name if name[:1].isalpha() else f"n_{name}".rstrip("_")
