"""A questionnaire as DDI-Codebook 2.5, the XML that data archives exchange.

Elements and their order follow the published schema (DDI Alliance, codebook.xsd 2.5.1, namespace
``ddi:codebook:2_5``). One ``var`` a variable of the data file: what is asked at five waves has five, joined in a
group of the type “repetition”; what the toolkit computes has a derivation. Texts stand in all languages.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable

from mirabal_toolkit.core.instrument import Estimand, Instrument, Item, Outcome, Text, in_language
from mirabal_toolkit.file_safety import clean_text
from mirabal_toolkit.instruments.exports.dialects import plain_number
from mirabal_toolkit.instruments.exports.layout import waves_of
from mirabal_toolkit.instruments.exports.scores_in_words import derivation_words
from mirabal_toolkit.instruments.exports.variables import score_variables, variable_name
from mirabal_toolkit.instruments.exports.words import routing_words

NAMESPACE = "ddi:codebook:2_5"
SCHEMA = "http://www.ddialliance.org/Specification/DDI-Codebook/2.5/XMLSchema/codebook.xsd"
LANGUAGE = "xml:lang"
_REPRESENTED = {"choice": "code", "integer": "numeric", "number": "numeric", "date": "datetime", "text": "text"}
_DOMAINS = {"choice": "category", "integer": "numeric", "number": "numeric", "date": "datetime", "text": "text"}
_CODED = ("choice", "integer", "number")


def ddi(instrument: Instrument, language: str) -> bytes:
    """Return the questionnaire as a DDI-Codebook document.

    Parameters
    ----------
    instrument : Instrument
    language : str
        Language of what stands there once only, such as the title.
    """
    root = ET.Element("codeBook", {"xmlns": NAMESPACE, "version": "2.5", LANGUAGE: language})
    root.set("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance")
    root.set("xsi:schemaLocation", f"{NAMESPACE} {SCHEMA}")
    root.set("ID", f"mirabal-{instrument.id}-{instrument.version}")
    writer = _Writer(instrument, language)
    writer.document(root)
    writer.study(_sub(root, "stdyDscr"))
    writer.data(_sub(root, "dataDscr"))
    ET.indent(root)
    body: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=False)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + body + b"\n"


def _sub(parent: ET.Element, tag: str, text: str = "", **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, tag, {key: clean_text(value) for key, value in attributes.items() if value})
    if text:
        element.text = clean_text(text)
    return element


class _Writer:
    """Writes the parts of the document, in the order of the schema."""

    def __init__(self, instrument: Instrument, language: str) -> None:
        self.instrument, self.language = instrument, language

    def texts(self, parent: ET.Element, tag: str, text: Text, **attributes: str) -> None:
        """One element a language."""
        for code, words in text.items():
            _sub(parent, tag, words, **attributes).set(LANGUAGE, code)

    def document(self, root: ET.Element) -> None:
        citation = _sub(_sub(root, "docDscr"), "citation")
        titles = _sub(citation, "titlStmt")
        title = in_language(self.instrument.title, self.language)
        _sub(titles, "titl", f"{title} {self.instrument.version}: documentation of the variables")
        _sub(_sub(citation, "prodStmt"), "software", "Mirabal toolkit")

    def study(self, study: ET.Element) -> None:
        self.citation(_sub(study, "citation"))
        information = _sub(study, "stdyInfo")
        self.texts(information, "abstract", self.instrument.description)
        summary = _sub(information, "sumDscr")
        self.texts(summary, "timePrd", self.instrument.reference_period, event="single")
        _sub(summary, "anlyUnit", "Person at a wave")
        _sub(summary, "dataKind", "Survey data")
        if self.instrument.validation:
            _sub(information, "notes", self.instrument.validation, type="validation")
        self.method(_sub(_sub(study, "method"), "dataColl"))
        use = _sub(_sub(study, "dataAccs"), "useStmt")
        _sub(
            use, "restrctn", "Answers about abuse: access only under the rules of the study; the questionnaire is open."
        )
        _sub(use, "citReq", self.instrument.citation)
        _sub(use, "conditions", f"Questionnaire: {self.instrument.rights.licence}. {self.instrument.rights.notice}")

    def citation(self, citation: ET.Element) -> None:
        instrument = self.instrument
        titles = _sub(citation, "titlStmt")
        _sub(titles, "titl", in_language(instrument.title, self.language))
        for code, words in instrument.title.items():
            if code != self.language:
                _sub(titles, "parTitl", words).set(LANGUAGE, code)
        _sub(titles, "IDNo", instrument.reference, agency="Mirabal toolkit")
        responsible = _sub(citation, "rspStmt")
        for author in instrument.authors:
            _sub(responsible, "AuthEnty", author)
        production = _sub(citation, "prodStmt")
        _sub(production, "copyright", f"{instrument.rights.holder}, {instrument.rights.licence}")
        version = _sub(citation, "verStmt")
        _sub(version, "version", instrument.version, date=instrument.effective, type=instrument.status)
        if instrument.derived_from:
            _sub(version, "notes", f"derived from {instrument.derived_from}")
        _sub(citation, "biblCit", instrument.citation)

    def method(self, collection: ET.Element) -> None:
        waves = self.instrument.waves
        if len(waves) > 1:
            months = ", ".join(plain_number(wave.months) for wave in waves)
            _sub(collection, "timeMeth", f"Panel: {len(waves)} waves at {months} months")
        _sub(collection, "resInstru", f"Structured questionnaire: {self.instrument.reference}")
        attributions = [block.attribution for block in self.instrument.blocks if block.attribution]
        if attributions:
            sources = _sub(collection, "sources")
            for words in attributions:
                _sub(sources, "dataSrc", words)

    def data(self, data: ET.Element) -> None:
        for block in self.instrument.blocks:
            names = [name for item in self.instrument.items_in_block(block.id) for name in self.names(item)]
            self.group(data, f"B_{block.id}", "section", block.title, names, block.intro)
        for item in self.instrument.items:
            if len(self.names(item)) > 1:
                self.group(data, f"G_{item.id}", "repetition", item.label, self.names(item))
        scores = score_variables(self.instrument)
        for outcome in self.instrument.outcomes:
            own = [entry.name for entry in scores if entry.outcome == outcome.id]
            self.group(data, f"S_{outcome.id}", "analysis", outcome.label, own)
        for item in self.instrument.items:
            for wave in waves_of(item, self.instrument):
                self.item(data, item, wave)
        for entry in scores:
            outcome = self.instrument.outcome(entry.outcome)
            self.score(data, entry.name, outcome, entry.estimand, entry.wave)

    def names(self, item: Item) -> list[str]:
        waves = waves_of(item, self.instrument)
        return list(dict.fromkeys(variable_name(item, wave) for wave in waves))

    def group(
        self, data: ET.Element, name: str, kind: str, label: Text, variables: Iterable[str], text: Text | None = None
    ) -> None:
        members = " ".join(f"V_{variable}" for variable in variables)
        group = _sub(data, "varGrp", ID=name, type=kind, var=members)
        self.texts(group, "labl", label)
        self.texts(group, "txt", text or {})

    def item(self, data: ET.Element, item: Item, wave: int) -> None:
        name = variable_name(item, wave)
        variable = _sub(
            data,
            "var",
            ID=f"V_{name}",
            name=name,
            intrvl="contin" if item.type in ("integer", "number") else "discrete",
            nature=self.nature(item),
            measUnit=item.unit,
            representationType=_REPRESENTED[item.type],
        )
        several = len(self.instrument.waves) > 1 and not item.per_person
        labels = {
            code: f"{words} ({self.wave_label(wave, code)})" if several else words for code, words in item.label.items()
        }
        self.texts(variable, "labl", labels)
        self.question(variable, item)
        self.values(variable, item)
        universe = {code: routing_words(item, self.instrument, code) for code in self.codes()}
        self.texts(variable, "universe", {code: words for code, words in universe.items() if words}, clusion="I")
        for option in self.instrument.options(item.id):
            missing = {"missing": "Y", "missType": option.kind} if option.kind != "valid" else {}
            category = _sub(variable, "catgry", **missing)
            _sub(category, "catValu", str(option.code))
            self.texts(category, "labl", option.label)
        _sub(variable, "varFormat", type="numeric" if item.type in _CODED else "character", category=_category(item))
        _sub(variable, "notes", f"sensitivity: {item.sensitivity}", type="sensitivity")

    def nature(self, item: Item) -> str:
        if item.type != "choice":
            return "ratio" if item.type in ("integer", "number") else "other"
        direction = self.instrument.response_set_by_id[str(item.response_set)].direction
        scaled = any(item.id in scale.items for scale in self.instrument.scales)
        return "ordinal" if scaled or direction != "neutral" else "nominal"

    def wave_label(self, wave: int, language: str) -> str:
        return in_language(self.instrument.wave(wave).label, language)

    def codes(self) -> list[str]:
        return [language.code for language in self.instrument.languages]

    def question(self, variable: ET.Element, item: Item) -> None:
        question = _sub(variable, "qstn", seqNo=item.id, responseDomainType=_DOMAINS[item.type])
        self.texts(question, "qstnLit", item.text)
        self.texts(question, "ivuInstr", item.note)

    def values(self, variable: ET.Element, item: Item) -> None:
        """The range of numbers, and the codes outside it that mean missing."""
        if item.type not in ("integer", "number"):
            return
        limits = {
            key: plain_number(end) for key, end in (("min", item.minimum), ("max", item.maximum)) if end is not None
        }
        if limits:
            _sub(_sub(variable, "valrng"), "range", UNITS="INT" if item.type == "integer" else "REAL", **limits)
        missing = [option for option in self.instrument.options(item.id) if option.kind != "valid"]
        if missing:
            invalid = _sub(variable, "invalrng")
            for option in missing:
                _sub(invalid, "item", UNITS="INT", VALUE=str(option.code))

    def score(self, data: ET.Element, name: str, outcome: Outcome, estimand: Estimand, wave: int) -> None:
        continuous = outcome.kind in ("score", "count")
        kind = {"binary": "nominal", "ordinal": "ordinal"}.get(outcome.kind, "interval")
        variable = _sub(
            data,
            "var",
            ID=f"V_{name}",
            name=name,
            intrvl="contin" if continuous else "discrete",
            nature=kind,
            representationType="numeric",
        )
        label = in_language(outcome.label, self.language)
        _sub(variable, "labl", f"{label} ({estimand}, {self.wave_label(wave, self.language)})")
        if outcome.kind == "binary":
            for value, words in (("0", "No"), ("1", "Yes")):
                category = _sub(variable, "catgry")
                _sub(category, "catValu", value)
                _sub(category, "labl", words)
        _sub(_sub(variable, "derivation"), "drvdesc", derivation_words(outcome, estimand, self.instrument))
        _sub(variable, "varFormat", type="numeric", category="other")


def _category(item: Item) -> str:
    return "date" if item.type == "date" else "other"
