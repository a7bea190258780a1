"""A questionnaire as XLSForm, the workbook that ODK, Kobo, Ona and SurveyCTO read.

What XLSForm has no word for stands in columns and in a sheet whose names begin with ``m_`` and ``mirabal``;
those programs leave them alone, and `xlsform_import` reads them, so that a form can be edited in Excel and
come back whole.
"""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from mirabal_toolkit.core.instrument import Instrument, Item, Language, Option, ResponseSet, Text, in_language
from mirabal_toolkit.file_safety import clean_text, steady_archive
from mirabal_toolkit.instruments.exports.dialects import Dialect, plain_number, xpath
from mirabal_toolkit.instruments.exports.layout import Section, gate_passed, sections, shown, waves_of
from mirabal_toolkit.instruments.exports.logic import ALWAYS, Every, Statement, every, missing_codes
from mirabal_toolkit.instruments.exports.phrases import phrase
from mirabal_toolkit.instruments.exports.raw import as_raw

PERSON, WAVE, GATE_END = "person_id", "wave", "gate_ended"
WAVE_LIST = "mirabal_waves"
OFFICE, CLOSING = "office", "closing"
BLOCK_PREFIX, INTRO_SUFFIX = "block_", "_intro"
TYPES = {"integer": "integer", "number": "decimal", "date": "date", "text": "text"}
#: Settings of an item that XLSForm has no word for: column → attribute.
EXTRA = {"m_variable": "variable", "m_unit": "unit", "m_sensitivity": "sensitivity", "m_response_set": "response_set"}
FLAGS = {"m_severe": "severe", "m_office": "office"}
#: Parts of the file that no sheet of the form can say.
KEPT = (
    *("id", "version", "status", "effective", "derived_from", "description", "authors", "citation", "validation"),
    *("reference_period", "minutes", "default_plan", "people", "rights", "languages", "roles", "gate", "waves"),
    *("measures_of_success", "scales", "outcomes", "changes", "tests"),
)
#: A cell of a workbook holds no more.
MOST_SIGNS = 32_000


def language_column(language: Language) -> str:
    """Return a language as XLSForm writes it, ``English (en)``."""
    return f"{language.name} ({language.code})"


@dataclass
class _Sheet:
    """Rows of a sheet; its columns are those that any row has, in a fixed order."""

    columns: Sequence[str]
    rows: list[dict[str, str]] = field(default_factory=list)

    def table(self) -> list[list[str]]:
        return [list(self.columns), *([row.get(name, "") for name in self.columns] for row in self.rows)]


class _Writer:
    """Collects the rows of the form."""

    def __init__(self, instrument: Instrument, language: str) -> None:
        self.instrument, self.default = instrument, language
        self.dialect: Dialect = xpath(instrument)
        self.languages = sorted(instrument.languages, key=lambda one: one.code != language)
        texts = [
            f"{name}::{language_column(one)}"
            for name in ("label", "hint", "constraint_message")
            for one in self.languages
        ]
        labels = [f"m_label ({one.code})" for one in self.languages]
        extras = ["m_ask_if", "m_otherwise", "m_waves", "m_block", *EXTRA, *FLAGS, "m_same"]
        head = ["type", "name", *texts, "required", "relevant", "constraint"]
        self.survey = _Sheet([*head, *labels, *extras])
        self.choices = _Sheet(["list_name", "name", *texts[: len(self.languages)], "m_name", "m_kind", "m_same"])

    def put(self, kind: str, name: str, label: Text | None = None, **cells: str) -> None:
        """Add a row; texts in all languages."""
        row = {"type": kind, "name": name, **cells}
        if label is not None:
            row |= self.texts("label", label)
            row["m_same"] = " ".join((self.same("label", label), cells.get("m_same", ""))).strip()
        self.survey.rows.append(row)

    def texts(self, column: str, text: Text) -> dict[str, str]:
        """A text in all languages of the form; in the original where a language lacks, for a form shows no gaps."""
        return {f"{column}::{language_column(one)}": in_language(text, one.code) for one in self.languages}

    def same(self, column: str, text: Text) -> str:
        """Translations that are the same words as the original, which would look like filled gaps."""
        original = in_language(text, "en")
        return " ".join(f"{column}:{code}" for code in text if text[code] == original)

    def phrases(self, name: str) -> Text:
        return {one.code: phrase(name, one.code) for one in self.languages}

    def head(self) -> None:
        """Who and when: what every program of this kind must ask before anything else."""
        hint = self.texts("hint", self.phrases("person_number_hint"))
        self.put("text", PERSON, self.phrases("person_number"), required="yes", **hint)
        if len(self.instrument.waves) > 1:
            self.put(f"select_one {WAVE_LIST}", WAVE, self.phrases("wave"), required="yes")

    def section(self, section: Section) -> None:
        """One block as a group; behind the gate only where it was passed."""
        block = section.block
        name = {OFFICE: f"{OFFICE}_{block.id}", CLOSING: f"{CLOSING}_{block.id}"}.get(
            section.part, f"{BLOCK_PREFIX}{block.id}"
        )
        gated = gate_passed(self.instrument) if section.part == "questions" else ALWAYS
        office = {OFFICE: "office", CLOSING: "office_after"}.get(section.part)
        title = self.phrases(office) if office else block.title
        self.put("begin_group", name, title, relevant=self.dialect.rendered(gated), m_block=block.id)
        if block.intro and not office:
            self.put("note", f"{name}{INTRO_SUFFIX}", block.intro)
        for item in section.items:
            self.item(item, gated)
        self.put("end_group", "")
        if section.part == "gate":
            self.put("note", GATE_END, self.phrases("gate_ends"), relevant=self.gate_failed())

    def gate_failed(self) -> str:
        """Some question of the gate was answered, and not as it must be."""
        gate = self.instrument.gate
        codes = self.instrument.option_codes
        passed = {name: plain_number(codes[name][gate.pass_option]) for name in gate.items} if gate else {}
        return " or ".join(f"(${{{name}}} != '' and ${{{name}}} != '{code}')" for name, code in passed.items())

    def item(self, item: Item, gated: Statement) -> None:
        own = shown(item, self.instrument)
        if isinstance(gated, Every) and isinstance(own, Every):
            own = every(part for part in own.parts if part not in gated.parts)
        elif own == gated:
            own = ALWAYS
        kind = f"select_one {item.response_set}" if item.type == "choice" else TYPES[item.type]
        text = item.text or item.label
        cells = {
            "m_same": self.same("hint", item.note),
            "required": "yes" if item.required else "",
            "relevant": self.relevant(item, own),
            **self.number_cells(item),
            **self.hints(item),
            **{f"m_label ({one.code})": item.label.get(one.code, "") for one in self.languages},
            **item_extras(item),
        }
        self.put(kind, item.id, text, **cells)

    def relevant(self, item: Item, own: Statement) -> str:
        """The condition, and at which waves the item is asked."""
        waves = waves_of(item, self.instrument)
        parts = [self.dialect.rendered(own)]
        if 1 < len(self.instrument.waves) > len(waves):
            parts.insert(0, " or ".join(f"${{{WAVE}}} = '{number}'" for number in waves))
        parts = [part for part in parts if part]
        return parts[0] if len(parts) == 1 else " and ".join(f"({part})" for part in parts)

    def number_cells(self, item: Item) -> dict[str, str]:
        constraint = number_constraint(item, self.instrument)
        if not constraint:
            return {}
        values = {one.code: allowed_text(item, self.instrument, one.code) for one in self.languages}
        return {"constraint": constraint, **self.texts("constraint_message", values)}

    def hints(self, item: Item) -> dict[str, str]:
        hints = {one.code: hint_text(item, self.instrument, one.code) for one in self.languages}
        return self.texts("hint", hints) if any(hints.values()) else {}

    def choice_rows(self) -> None:
        for response_set in self.instrument.response_sets:
            for option in response_set.offered:
                self.choice(response_set.id, str(option.code), option.label, option)
        if len(self.instrument.waves) > 1:
            for wave in self.instrument.waves:
                self.choice(WAVE_LIST, str(wave.number), wave.label)

    def choice(self, list_name: str, name: str, label: Text, option: Option | None = None) -> None:
        row = {"list_name": list_name, "name": name, **self.texts("label", label)}
        if option:
            row |= {"m_name": option.name, "m_kind": option.kind, "m_same": self.same("label", label)}
        self.choices.rows.append(row)

    def settings(self) -> list[list[str]]:
        default = language_column(self.languages[0])
        title = in_language(self.instrument.title, self.default)
        values = {
            "form_title": f"{title} {self.instrument.version}",
            "form_id": self.instrument.id.replace("-", "_"),
            "version": self.instrument.version,
            "default_language": default,
        }
        return [list(values), list(values.values())]

    def kept(self) -> list[list[str]]:
        """Rows of the sheet ``mirabal``: what stands in no other sheet, as JSON."""
        raw = as_raw(self.instrument)
        rows = [["key", "entry", "value"]]
        for key in KEPT:
            value = raw.get(key)
            entries = enumerate(value) if isinstance(value, list) else [("", value)] if value is not None else []
            rows += [[key, str(entry), json.dumps(part, ensure_ascii=False)] for entry, part in entries]
        rows.append(["title", "", json.dumps(raw["title"], ensure_ascii=False)])
        blocks = [{name: part for name, part in block.items() if name != "items"} for block in raw["blocks"]]
        rows += [["block", str(number), json.dumps(block, ensure_ascii=False)] for number, block in enumerate(blocks)]
        rows += [["response_set", one.id, json.dumps(_not_in_choices(one))] for one in self.instrument.response_sets]
        return rows


def _not_in_choices(response_set: ResponseSet) -> dict[str, object]:
    """What the sheet of choices cannot say of a response set: its direction and the answers no longer offered."""
    retired = [
        {"code": o.code, "name": o.name, "label": dict(o.label), "kind": o.kind, "place": place}
        for place, o in enumerate(response_set.options)
        if o.retired
    ]
    return {"direction": response_set.direction, **({"retired": retired} if retired else {})}


def item_extras(item: Item) -> dict[str, str]:
    """Return what XLSForm has no word for, as cells."""
    cells = {
        "m_ask_if": item.ask_if.source if item.ask_if else "",
        "m_otherwise": item.otherwise.value if item.ask_if else "",
        "m_waves": " ".join(str(wave) for wave in item.waves),
        "m_block": item.block,
    }
    cells |= {column: str(getattr(item, name) or "") for column, name in EXTRA.items()}
    if item.type == "choice":
        cells["m_response_set"] = ""
    return cells | {column: "yes" if getattr(item, name) else "" for column, name in FLAGS.items()}


def number_constraint(item: Item, instrument: Instrument) -> str:
    """Return the range of a number, and its missing codes, as an XPath constraint; "" without limits."""
    limits = [(">=", item.minimum), ("<=", item.maximum)]
    parts = [f". {sign} {plain_number(limit)}" for sign, limit in limits if limit is not None]
    if item.type not in ("integer", "number") or not parts:
        return ""
    inside = " and ".join(parts)
    codes = [f". = {code}" for code in offered_missing(item, instrument)]
    return " or ".join([f"({inside})" if codes else inside, *codes])


def offered_missing(item: Item, instrument: Instrument) -> tuple[int, ...]:
    """Return the missing codes of an item that are still offered."""
    retired = {option.code for option in instrument.options(item.id) if option.retired}
    return tuple(code for code in missing_codes(item.id, instrument) if code not in retired)


def codes_text(item: Item, instrument: Instrument, language: str) -> str:
    """Return the missing codes of a number in words: ``98 Don’t know · 99 Prefer not to say``."""
    labels = {option.code: in_language(option.label, language) for option in instrument.options(item.id)}
    return " · ".join(f"{code} {labels[code]}" for code in offered_missing(item, instrument))


def hint_text(item: Item, instrument: Instrument, language: str) -> str:
    """Return the note for interviewers, and for numbers the codes that may be written instead."""
    parts = [in_language(item.note, language)]
    if item.type in ("integer", "number"):
        codes = codes_text(item, instrument, language)
        parts.append(phrase("or_write", language, codes=codes) if codes else "")
    return "\n".join(part for part in parts if part)


def allowed_text(item: Item, instrument: Instrument, language: str) -> str:
    """Return which numbers are allowed, in words."""
    low, high = item.minimum, item.maximum
    if low is not None and high is not None:
        span = phrase("from_to", language, low=plain_number(low), high=plain_number(high))
    else:
        span = f"≥ {plain_number(low)}" if low is not None else f"≤ {plain_number(high or 0)}"
    codes = codes_text(item, instrument, language)
    return phrase("allowed", language, values=f"{span} · {codes}" if codes else span)


def xlsform_sheets(instrument: Instrument, language: str) -> dict[str, list[list[str]]]:
    """Return the sheets of the form: name → rows, the first of them the columns.

    Parameters
    ----------
    instrument : Instrument
    language : str
        The language shown first; the form holds all.
    """
    writer = _Writer(instrument, language)
    writer.head()
    for section in sections(instrument):
        writer.section(section)
    writer.choice_rows()
    return {
        "survey": writer.survey.table(),
        "choices": writer.choices.table(),
        "settings": writer.settings(),
        "mirabal": writer.kept(),
    }


def xlsform(instrument: Instrument, language: str) -> bytes:
    """Return the questionnaire as an XLSForm workbook; the same bytes every time."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font

    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in xlsform_sheets(instrument, language).items():
        sheet = book.create_sheet(name)
        for number, row in enumerate(rows, start=1):
            for place, text in enumerate(row, start=1):
                if text:
                    cell = sheet.cell(number, place)
                    cell.value = clean_text(text)[:MOST_SIGNS]
                    cell.data_type = "s"  # text that begins like a formula stays text
                    cell.font = Font(bold=number == 1)
                    cell.alignment = Alignment(vertical="top")
        sheet.freeze_panes = "A2"
        for column in range(1, len(rows[0]) + 1):
            sheet.column_dimensions[sheet.cell(1, column).column_letter].width = 18
    buffer = io.BytesIO()
    book.save(buffer)
    return steady_archive(buffer.getvalue())
