"""A first instrument from an export: its variables, labels, value labels, missing codes and waves, to be completed."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from mirabal_toolkit.errors import InputError
from mirabal_toolkit.readers.draft_answers import codes_of, kind_of, missing_of, options_of
from mirabal_toolkit.readers.draft_waves import DraftWaves, find_draft_waves
from mirabal_toolkit.readers.propose import find_id_column
from mirabal_toolkit.readers.raw import RawTable, Variable
from mirabal_toolkit.readers.words import some_names, without_wave_words

_LONGEST_LABEL = 57

#: Until somebody says when the waves were, no interview lies outside its wave.
_WIDE_WINDOW = 365


@dataclass(frozen=True)
class Draft:
    """Parts of an instrument file that an export gives, and what to look at."""

    raw: dict[str, Any]
    notes: tuple[str, ...]


@dataclass
class _Holder:
    """The variables of one item, with their columns, and the waves at which they stand."""

    stem: str
    variables: list[tuple[Variable, pd.Series]]
    by_wave: bool

    @property
    def first(self) -> Variable:
        return self.variables[0][0]


def draft(tables: Sequence[RawTable], language: str = "en") -> Draft:
    """Return what an export says about its questionnaire.

    Parameters
    ----------
    tables : sequence of RawTable
        One file, or one a wave.
    language : str
        Of the labels in the files.

    Raises
    ------
    InputError
        If no id is recognised, or there is no other variable.
    """
    waves = find_draft_waves(tables)
    ids = {find_id_column(table) for table in tables}
    holders = _holders(tables, waves, ids)
    if not holders:
        raise InputError("there is no variable besides the id", where=tables[0].name, fix="export the answers too")
    sets = _ResponseSets(language)
    taken: set[str] = set()
    items = [(holder, _item(holder, waves, sets, taken, language)) for holder in holders]
    raw = {
        "reference_period": {language: "the time the questions name"},
        "roles": {"person_id": min(ids), **_roles(items)},
        "waves": _waves(waves, language),
        "response_sets": sets.found or {"number": {"add_missing_codes": False, "options": []}},
        "variable": "{item}_w{wave}",
        "blocks": _blocks(items, language),
    }
    return Draft(raw, tuple(_notes(items, waves, sets)))


def _holders(tables: Sequence[RawTable], waves: DraftWaves, ids: set[str]) -> list[_Holder]:
    found: dict[str, _Holder] = {}
    many = len(waves.months) > 1
    for table in tables:
        frame = table.frame.frame
        for variable in table.variables:
            if variable.name in ids or variable.name == waves.column:
                continue
            stem = waves.stems.get(variable.name, variable.name)
            by_wave = variable.name in waves.stems or (many and not waves.stems)
            holder = found.setdefault(stem, _Holder(stem, [], by_wave))
            holder.variables.append((variable, frame[variable.name]))
    for holder in found.values():
        if waves.column and _once(tables, holder.stem, ids):
            holder.by_wave = False
    return list(found.values())


def _once(tables: Sequence[RawTable], name: str, ids: set[str]) -> bool:
    """Whether a column of a long file never changes within a person, and many people have more than one row."""
    parts = [table.frame.frame for table in tables if name in table.variable_by_name]
    pairs = [
        pd.DataFrame({"id": part[column].astype("str"), "value": part[name].astype("str")})
        for part in parts
        for column in ids & set(part.columns)
    ]
    known = pd.concat(pairs).dropna()
    rows = known.groupby("id")["value"].agg(["size", "nunique"])
    return bool((rows["nunique"] <= 1).all() and (rows["size"] > 1).mean() > 0.5)


class _ResponseSets:
    """Response sets found so far; variables with the same answers share one."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.found: dict[str, dict[str, Any]] = {}
        self.unlabelled: list[str] = []
        self._names: dict[str, str] = {}

    def name_of(self, holder: _Holder, kind: str) -> str | None:
        """Return the name of the response set of an item; None where it has none."""
        variables = [variable for variable, _ in holder.variables]
        codes = codes_of(holder.variables) if kind == "choice" else {}
        missing = missing_of(variables) if kind in ("choice", "integer", "number") else {}
        missing = {code: said for code, said in missing.items() if code not in codes}
        if not codes and not missing:
            return None
        if any(not label for label in codes.values()):
            self.unlabelled.append(holder.stem)
        key = json.dumps([codes, missing])
        if key not in self._names:
            self._names[key] = self._free_name(holder)
            options = options_of(codes, missing, self.language)
            self.found[self._names[key]] = {"add_missing_codes": False, "options": options}
        return self._names[key]

    def _free_name(self, holder: _Holder) -> str:
        base = f"answers_{re.sub(r'[^a-z0-9]+', '_', holder.stem.casefold()).strip('_')}"[:40].rstrip("_")
        return base if base not in self.found else f"{base}_{len(self.found)}"


def _item(holder: _Holder, waves: DraftWaves, sets: _ResponseSets, taken: set[str], language: str) -> dict[str, Any]:
    kinds = [kind_of(variable, values) for variable, values in holder.variables]
    kind = next((one for one in ("text", "date", "choice", "number", "integer") if one in kinds), "number")
    label = without_wave_words(holder.first.label) or holder.stem
    short = label if len(label) <= _LONGEST_LABEL else f"{label[: _LONGEST_LABEL - 1].rstrip()}…"
    raw: dict[str, Any] = {"id": _free_id(holder.stem, taken), "variable": _variable(holder, waves), "type": kind}
    named = sets.name_of(holder, kind)
    raw |= {"response_set": named} if named else {}
    guarded = "free_text" if kind == "text" else "" if holder.by_wave else "quasi"
    raw |= {"sensitivity": guarded} if guarded and (kind == "text" or len(waves.months) > 1) else {}
    at = sorted({waves.wave_of[variable.name] for variable, _ in holder.variables if variable.name in waves.wave_of})
    raw |= {"waves": at} if 0 < len(at) < len(waves.months) else {}
    return {**raw, "required": False, "label": {language: short}, "text": {language: _without_braces(label)}}


def _variable(holder: _Holder, waves: DraftWaves) -> str:
    own = waves.patterns.get(holder.stem, holder.stem)
    if holder.by_wave and "{wave}" not in own:
        own = f"{own}_w{{wave}}"
    return re.sub(r"[^A-Za-z0-9_.{}]", "_", own) if own[:1].isalpha() or own[:1] in "_{" else f"v_{own}"


def _free_id(stem: str, taken: set[str]) -> str:
    plain = re.sub(r"[^A-Za-z0-9_]+", "_", stem).strip("_")
    name = (plain if plain[:1].isalpha() else f"v_{plain}")[:28].rstrip("_")
    unique = name if name.casefold() not in taken else f"{name}_{len(taken)}"
    taken.add(unique.casefold())
    return unique


def _without_braces(text: str) -> str:
    return text.replace("{", "(").replace("}", ")")


def _roles(items: list[tuple[_Holder, dict[str, Any]]]) -> dict[str, str]:
    dates = [raw["id"] for holder, raw in items if raw["type"] == "date" and holder.by_wave]
    return {"interview_date": dates[0]} if len(dates) == 1 else {}


def _waves(waves: DraftWaves, language: str) -> list[dict[str, Any]]:
    return [
        {
            "number": number,
            "months": number - 1 if months is None else months,
            "window_days": _WIDE_WINDOW,
            "label": {language: label},
        }
        for number, (months, label) in enumerate(zip(waves.months, waves.labels, strict=True), start=1)
    ]


def _blocks(items: list[tuple[_Holder, dict[str, Any]]], language: str) -> list[dict[str, Any]]:
    several = any(holder.by_wave for holder, _ in items)
    parts = {
        "P": ("Asked once", [raw for holder, raw in items if several and not holder.by_wave]),
        "A": ("Questions", [raw for holder, raw in items if holder.by_wave or not several]),
    }
    return [{"id": name, "title": {language: title}, "items": raws} for name, (title, raws) in parts.items() if raws]


def _notes(items: list[tuple[_Holder, dict[str, Any]]], waves: DraftWaves, sets: _ResponseSets) -> list[str]:
    count = len(waves.months)
    notes = [
        f"{len(items)} item(s) and {count} wave(s) were found; nothing in the file says which are scales or outcomes"
    ]
    if count > 1 and None in waves.months:
        notes.append("the file does not say when the waves were: correct `months` and `window_days`")
    if sets.unlabelled:
        notes.append(f"codes without a label were given one to be replaced: {some_names(sets.unlabelled)}")
    bare = [holder.stem for holder, _ in items if not holder.first.label]
    if bare:
        notes.append(f"variables without a label are called by their names: {some_names(bare)}")
    texts = [holder.stem for holder, raw in items if raw["type"] == "text"]
    if texts:
        notes.append(f"text is guarded as free text and never printed: {some_names(texts)}")
    return notes
