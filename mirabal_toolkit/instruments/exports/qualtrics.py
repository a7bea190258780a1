"""A questionnaire as text that Qualtrics imports (“Advanced Format”), and a table of what to set by hand.

Format: Qualtrics support page “Preparing a simple text file”, section on the advanced format. It has no
words for display logic and none for a code of 0, so both stand in the table beside it, question by question;
the text says in italics who is asked, so that nothing is lost if the table is.
"""

from __future__ import annotations

import html
import re

from mirabal_toolkit.core.instrument import Instrument, Item, in_language
from mirabal_toolkit.file_safety import clean_text, csv_bytes
from mirabal_toolkit.instruments.exports.layout import Section, sections
from mirabal_toolkit.instruments.exports.names import short_names
from mirabal_toolkit.instruments.exports.phrases import phrase
from mirabal_toolkit.instruments.exports.words import quoted, routing_words
from mirabal_toolkit.instruments.exports.xlsform import hint_text

COLUMNS = ("question", "item", "show only if", "choice", "text", "recode value")
_TYPES = {"choice": "MC:SingleAnswer:Vertical", "text": "TE:Essay"}
LONGEST_NAME = 32


def qualtrics_files(instrument: Instrument, language: str) -> dict[str, bytes]:
    """Return the files for Qualtrics: end of the file name → content; in one language."""
    names = short_names(instrument, "a-z0-9_", LONGEST_NAME)
    lines = ["[[AdvancedFormat]]", "", *_question("TE:SingleLine", "person_id", phrase("person_number", language))]
    if len(instrument.waves) > 1:
        lines += _question(_TYPES["choice"], "wave", phrase("wave", language))
        lines += _choices([in_language(wave.label, language) for wave in instrument.waves])
    rows: list[tuple[str, ...]] = [COLUMNS]
    for section in sections(instrument):
        lines += _section(section, instrument, language, names)
        for item in section.items:
            rows += _settings(item, instrument, language, names[item.id])
    return {
        "qualtrics.txt": ("\n".join(lines) + "\n").encode("utf-8"),
        "qualtrics-settings.csv": csv_bytes(rows, bom=True),
    }


def _section(section: Section, instrument: Instrument, language: str, names: dict[str, str]) -> list[str]:
    office = {"office": "office", "closing": "office_after"}.get(section.part)
    title = phrase(office, language) if office else in_language(section.block.title, language)
    lines = [f"[[Block:{_plain(f'{section.block.id} {title}')}]]", ""]
    intro = in_language(section.block.intro, language)
    if intro and not office:
        lines += _question("DB", f"{section.block.id}_intro", intro)
    for item in section.items:
        lines += _item(item, instrument, language, names[item.id])
    if section.part == "gate" and instrument.gate:
        passed = instrument.options(instrument.gate.items[0])
        answer = next(in_language(o.label, language) for o in passed if o.name == instrument.gate.pass_option)
        end = phrase("gate_ends_script", language, answer=answer)
        lines += ["[[PageBreak]]", "", *_question("DB", "gate_ended", f"{end} {phrase('gate_ends', language)}")]
    return lines


def _item(item: Item, instrument: Instrument, language: str, name: str) -> list[str]:
    text = in_language(item.text, language) or in_language(item.label, language)
    asides = [routing_words(item, instrument, language), hint_text(item, instrument, language)]
    lines = _question(_TYPES.get(item.type, "TE:SingleLine"), name, text, [aside for aside in asides if aside])
    if item.type == "choice":
        offered = [option for option in instrument.options(item.id) if not option.retired]
        lines += _choices([in_language(option.label, language) for option in offered])
    return lines


def _question(kind: str, name: str, text: str, asides: list[str] | None = None) -> list[str]:
    more = "".join(f"<br><em>{_html(aside)}</em>" for aside in asides or ())
    return [f"[[Question:{kind}]]", f"[[ID:{_plain(name)}]]", f"{_html(text)}{more}", ""]


def _choices(labels: list[str]) -> list[str]:
    return ["[[Choices]]", *(_html(label) for label in labels), ""]


def _settings(item: Item, instrument: Instrument, language: str, name: str) -> list[tuple[str, ...]]:
    """What must be set by hand: who is asked, and the code of every answer."""
    routing = routing_words(item, instrument, language)
    gate = instrument.gate
    if gate and not item.office and item.id not in gate.items:
        asked = ", ".join(gate.items)
        routing = f"{asked} = {quoted(gate.pass_option, language)}. {routing}".strip()
    offered = [option for option in instrument.options(item.id) if not option.retired] if item.type == "choice" else []
    rows: list[tuple[str, ...]] = [
        (name, item.id, routing, str(place), in_language(option.label, language), str(option.code))
        for place, option in enumerate(offered, start=1)
    ]
    return rows or [(name, item.id, routing, "", "", "")]


def _plain(text: str) -> str:
    """Text for a tag: brackets would end it."""
    return " ".join(re.sub(r"[\[\]]", " ", clean_text(text)).split())


def _html(text: str) -> str:
    """One line of HTML in which no tag of the format can begin."""
    text = html.escape(clean_text(text).strip(), quote=False).replace("[[", "&#91;&#91;").replace("$", "&#36;")
    return re.sub(r"\s*\n\s*", "<br>", text)
