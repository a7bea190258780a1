"""A questionnaire as LimeSurvey's tab-separated structure file (.txt), with all its languages.

Format: LimeSurvey manual, “Tab Separated Value survey structure”: rows of class S (settings), SL (settings per
language), G (group), Q (question), A (answer); the same names in every language. Texts there are HTML, and
braces begin an expression, so both are written as entities.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from mirabal_toolkit.core.instrument import Instrument, Item, Text, in_language
from mirabal_toolkit.file_safety import clean_text, csv_bytes
from mirabal_toolkit.instruments.exports.dialects import Dialect, limesurvey, plain_number
from mirabal_toolkit.instruments.exports.layout import Section, gate_passed, sections, shown, waves_of
from mirabal_toolkit.instruments.exports.logic import Every, Statement, every
from mirabal_toolkit.instruments.exports.names import short_names
from mirabal_toolkit.instruments.exports.phrases import phrase
from mirabal_toolkit.instruments.exports.xlsform import allowed_text, hint_text, offered_missing

COLUMNS = (
    *("class", "type/scale", "name", "relevance", "text", "help", "language", "validation", "mandatory", "other"),
    *("default", "same_default", "em_validation_q", "em_validation_q_tip", "date_format"),
)
PERSON, WAVE, GATE_END = "personid", "wave", "gateended"
LONGEST_CODE = 20
_TYPES = {"choice": "L", "integer": "N", "number": "N", "date": "D", "text": "T"}
_FORMULA = "=+-@"


def limesurvey_files(instrument: Instrument, language: str) -> dict[str, bytes]:
    """Return the file for LimeSurvey: end of the file name → content.

    Parameters
    ----------
    instrument : Instrument
    language : str
        The base language; the others follow it.
    """
    writer = _Writer(instrument, language)
    writer.settings()
    writer.beginning()
    for number, section in enumerate(sections(instrument), start=2):
        writer.section(section, number)
    rows = [COLUMNS, *([row.get(column, "") for column in COLUMNS] for row in writer.rows)]
    return {"limesurvey.txt": csv_bytes(rows, bom=True, delimiter="\t")}


@dataclass
class _Writer:
    instrument: Instrument
    language: str
    rows: list[dict[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        codes = [one.code for one in self.instrument.languages]
        self.languages = sorted(codes, key=lambda code: code != self.language)
        self.names: Mapping[str, str] = short_names(self.instrument, "a-z0-9", LONGEST_CODE)
        self.dialect: Dialect = limesurvey(self.instrument, self.names)

    def settings(self) -> None:
        others = " ".join(self.languages[1:])
        for name, value in (("language", self.languages[0]), ("additional_languages", others), ("format", "G")):
            self.rows.append({"class": "S", "name": name, "text": value})
        for code in self.languages:
            title = in_language(self.instrument.title, code)
            about = in_language(self.instrument.description, code)
            for name, value in (("surveyls_title", title), ("surveyls_description", about)):
                self.rows.append({"class": "SL", "name": name, "text": _html(value), "language": code})

    def put(self, kind: str, scale: str, name: str, texts: Text, **cells: str | Mapping[str, str]) -> None:
        """Add a row in every language; a cell may differ by language."""
        for code in self.languages:
            own = {key: value if isinstance(value, str) else value[code] for key, value in cells.items()}
            text = _html(in_language(texts, code))
            self.rows.append({"class": kind, "type/scale": scale, "name": name, "text": text, "language": code, **own})

    def group(self, number: int, title: Text, intro: Text, relevance: str) -> None:
        for code in self.languages:
            name = _html(in_language(title, code)) or f"{number}"
            cells = {"relevance": relevance or "1", "text": _html(in_language(intro, code)), "language": code}
            self.rows.append({"class": "G", "type/scale": str(number), "name": name, **cells})

    def phrases(self, name: str) -> dict[str, str]:
        return {code: phrase(name, code) for code in self.languages}

    def beginning(self) -> None:
        """Who and when."""
        self.group(1, self.phrases("office"), {}, "")
        hint = {code: _html(text) for code, text in self.phrases("person_number_hint").items()}
        self.put("Q", "S", PERSON, self.phrases("person_number"), relevance="1", mandatory="Y", help=hint)
        if len(self.instrument.waves) > 1:
            self.put("Q", "L", WAVE, self.phrases("wave"), relevance="1", mandatory="Y", other="N")
            for wave in self.instrument.waves:
                self.put("A", "0", str(wave.number), wave.label)

    def section(self, section: Section, number: int) -> None:
        office = {"office": "office", "closing": "office_after"}.get(section.part)
        gated: Statement = gate_passed(self.instrument) if section.part == "questions" else every(())
        title: Text = self.phrases(office) if office else section.block.title
        intro: Text = {} if office else section.block.intro
        self.group(number, title, intro, self.dialect.rendered(gated))
        for item in section.items:
            self.item(item, gated)
        if section.part == "gate":
            self.put("Q", "X", GATE_END, self.phrases("gate_ends"), relevance=self.gate_failed())

    def gate_failed(self) -> str:
        gate = self.instrument.gate
        codes = self.instrument.option_codes
        passed = {self.names[name]: plain_number(codes[name][gate.pass_option]) for name in gate.items} if gate else {}
        return " or ".join(f'({name}.NAOK != "" and {name}.NAOK != "{code}")' for name, code in passed.items())

    def item(self, item: Item, gated: Statement) -> None:
        own = shown(item, self.instrument)
        passed = gated.parts if isinstance(gated, Every) else (gated,)
        if isinstance(own, Every):
            own = every(part for part in own.parts if part not in passed)
        elif own in passed:
            own = every(())
        cells: dict[str, str | Mapping[str, str]] = {
            "relevance": self.relevance(item, own),
            "mandatory": "Y" if item.required else "N",
            "help": {code: _html(hint_text(item, self.instrument, code)) for code in self.languages},
            **self.limits(item),
        }
        if item.type == "choice":
            cells["other"] = "N"
        if item.type == "date":
            cells["date_format"] = "yyyy-mm-dd"
        self.put("Q", _TYPES[item.type], self.names[item.id], item.text or item.label, **cells)
        for option in self.instrument.options(item.id) if item.type == "choice" else ():
            if not option.retired:
                self.put("A", "0", str(option.code), option.label)

    def relevance(self, item: Item, own: Statement) -> str:
        parts = [self.dialect.rendered(own)]
        waves = waves_of(item, self.instrument)
        if 1 < len(self.instrument.waves) > len(waves):
            parts.insert(0, " or ".join(f'{WAVE}.NAOK == "{number}"' for number in waves))
        parts = [part for part in parts if part]
        return (parts[0] if len(parts) == 1 else " and ".join(f"({part})" for part in parts)) or "1"

    def limits(self, item: Item) -> dict[str, str | Mapping[str, str]]:
        ends = [(">=", item.minimum), ("<=", item.maximum)]
        parts = [f"self.NAOK {sign} {plain_number(end)}" for sign, end in ends if end is not None]
        if item.type not in ("integer", "number") or not parts:
            return {}
        codes = [f"self.NAOK == {code}" for code in offered_missing(item, self.instrument)]
        tips = {code: _html(allowed_text(item, self.instrument, code)) for code in self.languages}
        inside = " and ".join(parts)
        return {"em_validation_q": " or ".join([f"({inside})", *codes]), "em_validation_q_tip": tips}


def _html(text: str) -> str:
    """Text as HTML that begins no formula and no expression."""
    text = html.escape(clean_text(text).strip(), quote=False).replace("{", "&#123;").replace("}", "&#125;")
    text = re.sub(r"\s*\n\s*", "<br />", text)
    return f"&#{ord(text[0])};{text[1:]}" if text[:1] and text[0] in _FORMULA else text
