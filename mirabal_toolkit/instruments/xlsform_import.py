"""An XLSForm workbook → an instrument file, so that a questionnaire can be edited in Excel.

What XLSForm has no word for (scores, waves, rights …) comes from the columns and the sheet that `exports.xlsform`
adds; a form by others gets what must be there, to be filled in. Whatever our format has no word for is named.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mirabal_toolkit.core.instrument import Instrument
from mirabal_toolkit.errors import FindingsError, InputError, Problem
from mirabal_toolkit.instruments.exports.yaml_text import yaml_text
from mirabal_toolkit.instruments.loading import is_version, read_instrument
from mirabal_toolkit.instruments.xlsform_choices import FormTexts, response_sets_of
from mirabal_toolkit.instruments.xlsform_questions import FormQuestions
from mirabal_toolkit.instruments.xlsform_relevance import settle_conditions
from mirabal_toolkit.instruments.xlsform_workbook import SheetRow, read_sheets

#: What a form by others does not say, and a file of ours must.
UNKNOWN: Mapping[str, Any] = {
    "version": "0.1.0",
    "status": "draft",
    "authors": ["to be filled in"],
    "citation": "to be filled in",
    "validation": "none: nobody has validated this questionnaire yet",
    "rights": {
        "class": "own",
        "holder": "to be filled in",
        "licence": "to be filled in",
        "notice": "to be filled in",
        "wording_redistributable": True,
    },
    "waves": [{"number": 1, "months": 0, "window_days": 0, "label": {"en": "Survey"}}],
}
FILE_ORDER = (
    *("format", "id", "version", "status", "effective", "derived_from", "title", "description", "authors"),
    *("citation", "validation", "reference_period", "minutes", "default_plan", "people", "rights", "languages"),
    *("roles", "gate", "waves", "measures_of_success", "response_sets", "variable", "blocks", "scales", "outcomes"),
    *("changes", "tests"),
)


@dataclass(frozen=True, slots=True)
class ImportedForm:
    """A form that was read.

    Parameters
    ----------
    instrument : Instrument
        What it says, checked.
    yaml : str
        Its file.
    notes : tuple of str
        What the form says and our format has no word for.
    """

    instrument: Instrument
    yaml: str
    notes: tuple[str, ...]


def import_xlsform(path: str | Path, today: str) -> ImportedForm:
    """Return the instrument in an XLSForm file.

    Parameters
    ----------
    path : path
        A .xlsx file.
    today : str
        ``YYYY-MM-DD``; from when a form that says nothing holds.

    Raises
    ------
    InputError
        If the file cannot be read or is no XLSForm.
    FindingsError
        If something in it contradicts something else, or cannot be said in our format; all at once, with rows.
    """
    path = Path(path)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(
            f"the form cannot be read: {error.strerror}", where=path.name, fix="look at the spelling and the folder"
        ) from None
    return read_xlsform(content, path.name, today)


def read_xlsform(content: bytes, where: str, today: str) -> ImportedForm:
    """Return the instrument in the bytes of an XLSForm file; see `import_xlsform`."""
    sheets = read_sheets(content, where)
    problems: list[Problem] = []
    kept = _kept(sheets.get("mirabal", []), problems)
    settings = sheets.get("settings", [])
    texts = FormTexts(sheets, settings[0].get("default_language") if settings else "", kept.get("languages", {}))
    sets = response_sets_of(sheets.get("choices", []), texts, kept, problems)
    questions = FormQuestions(sheets["survey"], texts, sets, kept, problems)
    raw = _assembled(kept, settings, texts, questions, today)
    raw["response_sets"] = {name: one.raw for name, one in sets.items()} or {"number": {"options": []}}
    if problems:
        raise FindingsError(f"{where} holds {len(problems)} thing(s) to mend", problems=problems)
    raw = settle_conditions(raw, questions, sets, where)
    text = yaml_text({key: raw[key] for key in FILE_ORDER if key in raw})
    try:
        instrument = read_instrument(text.encode(), where)
    except FindingsError as error:
        rows = {one.raw["id"]: one.row.place for one in questions.questions}
        placed = [_placed(problem, where, rows) for problem in error.problems]
        raise FindingsError(f"{where} holds {len(placed)} thing(s) to mend", problems=placed) from None
    return ImportedForm(instrument, text, tuple(questions.notes))


def _placed(problem: Problem, where: str, rows: Mapping[str, str]) -> Problem:
    """A problem with the row of the form instead of the line of a file that nobody has seen."""
    match = re.search(r"\((.*)\)$", problem.where)
    part = match[1] if match else ""
    item = re.match(r"item (\w+)", part)
    row = rows.get(item[1], "") if item else ""
    return replace(problem, where=", ".join(text for text in (where, row, part) if text))


def _kept(rows: list[SheetRow], problems: list[Problem]) -> dict[str, Any]:
    """What stands in no other sheet."""
    kept: dict[str, Any] = {}
    for row in rows:
        key, entry = row.get("key"), row.get("entry")
        try:
            value = json.loads(row.get("value"))
        except (ValueError, RecursionError):
            problems.append(Problem("this cell was changed so that it is no JSON any more", row.place))
            continue
        if key == "response_set":
            kept.setdefault("response_set", {})[entry] = value
        elif entry:
            kept.setdefault(key, []).append(value)
        else:
            kept[key] = value
    return kept


def _assembled(
    kept: Mapping[str, Any],
    settings: list[SheetRow],
    texts: FormTexts,
    questions: FormQuestions,
    today: str,
) -> dict[str, Any]:
    """Everything but response sets and conditions."""
    cell = settings[0].get if settings else (lambda _name: "")
    title = {**kept.get("title", {})}
    version = cell("version")
    if not is_version(version):
        version = kept.get("version", UNKNOWN["version"])
    named = cell("form_title")
    if named and named not in (title.get(texts.default), f"{title.get(texts.default)} {kept.get('version')}"):
        title[texts.default] = named
    title = title or {texts.default: "Imported form"}
    derived = {"reference_period": {texts.default: "the time the questions name"}, "description": title}
    own = {
        "format": "1",
        "id": kept.get("id") or _name_of(cell("form_id") or title[texts.default]),
        "version": version,
        "title": title,
        "languages": texts.languages,
        "variable": "{item}_w{wave}" if len(kept.get("waves", ())) > 1 else "{item}",
        "blocks": questions.blocks(),
    }
    whole = {key: value for key, value in kept.items() if key in FILE_ORDER}
    return {"effective": today, **derived, **UNKNOWN, **whole, **own}


def _name_of(text: str) -> str:
    name = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    return name[:64].rstrip("-") if name[:1].isalpha() else f"form-{name}"[:64].rstrip("-")
