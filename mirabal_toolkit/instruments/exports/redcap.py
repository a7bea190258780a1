"""A questionnaire as a REDCap data dictionary, with events for its waves.

Three files, uploaded in this order: the dictionary (Designer → Data Dictionary), the events, and which form
belongs to which event (Project Setup → Define My Events / Designate Instruments). Format: REDCap's help page
on the data dictionary, 18 columns, one row a field, the record id first.
"""

from __future__ import annotations

import re

from mirabal_toolkit.core.instrument import Instrument, Item, in_language
from mirabal_toolkit.file_safety import clean_text, csv_bytes
from mirabal_toolkit.instruments.exports.dialects import Dialect, plain_number, redcap
from mirabal_toolkit.instruments.exports.layout import Section, sections, shown, waves_of
from mirabal_toolkit.instruments.exports.names import distinct, short_names
from mirabal_toolkit.instruments.exports.phrases import phrase
from mirabal_toolkit.instruments.exports.xlsform import hint_text

COLUMNS = (
    "Variable / Field Name",
    "Form Name",
    "Section Header",
    "Field Type",
    "Field Label",
    "Choices, Calculations, OR Slider Labels",
    "Field Note",
    "Text Validation Type OR Show Slider Number",
    "Text Validation Min",
    "Text Validation Max",
    "Identifier?",
    "Branching Logic (Show field only if...)",
    "Required Field?",
    "Custom Alignment",
    "Question Number (surveys only)",
    "Matrix Group Name",
    "Matrix Ranking?",
    "Field Annotation",
)
EVENT_COLUMNS = (
    *("event_name", "arm_num", "day_offset", "offset_min", "offset_max"),
    *("unique_event_name", "custom_event_label"),
)
MAPPING_COLUMNS = ("arm_num", "unique_event_name", "form")
RECORD_ID = "person_id"
LONGEST_NAME, LONGEST_FORM = 26, 50
DAYS_A_MONTH = 365.25 / 12
_TYPES = {"choice": "radio", "integer": "text", "number": "text", "date": "text", "text": "notes"}
_CHECKS = {"integer": "integer", "number": "number", "date": "date_ymd"}
_IDENTIFYING = frozenset({"quasi", "free_text"})


def event_name(wave: int) -> str:
    """Return REDCap's own name of the event of a wave."""
    return f"wave_{wave}_arm_1"


def redcap_files(instrument: Instrument, language: str) -> dict[str, bytes]:
    """Return the files for REDCap: end of the file name → content.

    Parameters
    ----------
    instrument : Instrument
    language : str
        REDCap's dictionary holds one language.
    """
    writer = _Writer(instrument, language)
    return {
        "redcap-dictionary.csv": csv_bytes([COLUMNS, *writer.rows()]),
        "redcap-events.csv": csv_bytes([EVENT_COLUMNS, *_events(instrument, language)]),
        "redcap-forms-by-event.csv": csv_bytes([MAPPING_COLUMNS, *writer.mapping()]),
    }


class _Writer:
    def __init__(self, instrument: Instrument, language: str) -> None:
        self.instrument, self.language = instrument, language
        self.names = short_names(instrument, "a-z0-9_", LONGEST_NAME)
        self.dialect: Dialect = redcap(instrument, self.names)
        self.sections = sections(instrument)
        wanted = [_form_name(section, language) for section in self.sections]
        self.forms = distinct(wanted, LONGEST_FORM)

    def rows(self) -> list[list[str]]:
        label = phrase("person_number", self.language)
        note = phrase("person_number_hint", self.language)
        record = self.row(RECORD_ID, self.forms[0], label, {"Field Type": "text", "Field Note": note})
        fields = [
            self.field(item, form, section if place == 0 else None)
            for section, form in zip(self.sections, self.forms, strict=True)
            for place, item in enumerate(section.items)
        ]
        return [record, *fields]

    def row(self, name: str, form: str, label: str, cells: dict[str, str]) -> list[str]:
        whole = {COLUMNS[0]: name, COLUMNS[1]: form, "Field Label": _flat(label), **cells}
        return [whole.get(column, "") for column in COLUMNS]

    def field(self, item: Item, form: str, heading: Section | None) -> list[str]:
        numeric = item.type in ("integer", "number")
        cells = {
            "Section Header": _flat(self.heading(heading)) if heading else "",
            "Field Type": _TYPES[item.type],
            COLUMNS[5]: self.choices(item),
            "Field Note": _flat(hint_text(item, self.instrument, self.language)),
            COLUMNS[7]: _CHECKS.get(item.type, ""),
            "Text Validation Min": plain_number(item.minimum) if numeric and item.minimum is not None else "",
            "Text Validation Max": plain_number(item.maximum) if numeric and item.maximum is not None else "",
            "Identifier?": "y" if item.sensitivity in _IDENTIFYING else "",
            COLUMNS[11]: self.logic(item),
            "Required Field?": "y" if item.required else "",
            "Question Number (surveys only)": item.id,
        }
        text = in_language(item.text, self.language) or in_language(item.label, self.language)
        return self.row(self.names[item.id], form, text, cells)

    def heading(self, section: Section) -> str:
        if section.part == "office":
            return phrase("office", self.language)
        if section.part == "closing":
            return phrase("office_after", self.language)
        title, intro = (in_language(text, self.language) for text in (section.block.title, section.block.intro))
        return f"{title}\n{intro}" if intro else title

    def choices(self, item: Item) -> str:
        if item.type != "choice":
            return ""
        options = [option for option in self.instrument.options(item.id) if not option.retired]
        labels = [_flat(in_language(option.label, self.language)).replace("|", "/") for option in options]
        return " | ".join(f"{option.code}, {label}" for option, label in zip(options, labels, strict=True))

    def logic(self, item: Item) -> str:
        parts = [self.dialect.rendered(shown(item, self.instrument))]
        waves = waves_of(item, self.instrument)
        if set(waves) < set(self.form_waves(self.section_of(item))):
            parts.append(" or ".join(f"[event-name] = '{event_name(wave)}'" for wave in waves))
        parts = [part for part in parts if part]
        return parts[0] if len(parts) == 1 else " and ".join(f"({part})" for part in parts)

    def section_of(self, item: Item) -> Section:
        return next(section for section in self.sections if item in section.items)

    def form_waves(self, section: Section) -> tuple[int, ...]:
        asked = {wave for item in section.items for wave in waves_of(item, self.instrument)}
        return tuple(wave.number for wave in self.instrument.waves if wave.number in asked)

    def mapping(self) -> list[list[str]]:
        return [
            ["1", event_name(wave.number), form]
            for wave in self.instrument.waves
            for section, form in zip(self.sections, self.forms, strict=True)
            if wave.number in self.form_waves(section)
        ]


def _form_name(section: Section, language: str) -> str:
    prefix = {"office": "office_", "closing": "office_after_"}.get(section.part, "")
    title = "" if prefix else in_language(section.block.title, language)
    name = re.sub(r"[^a-z0-9]+", "_", f"{prefix}{section.block.id} {title}".lower()).strip("_")
    return name if name[:1].isalpha() else f"form_{name}"


def _events(instrument: Instrument, language: str) -> list[list[str]]:
    return [
        [
            f"Wave {wave.number}",
            "1",
            str(round(wave.months * DAYS_A_MONTH)),
            str(wave.window_days),
            str(wave.window_days),
            event_name(wave.number),
            in_language(wave.label, language),
        ]
        for wave in instrument.waves
    ]


def _flat(text: str) -> str:
    """Text for a field: `<` opens a tag in REDCap, and a line break would end the row in older versions."""
    text = clean_text(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"\s*\n\s*", "<br>", text)
