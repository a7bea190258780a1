"""The codebook of an instrument: one card an item, what the scores are made of, and, with data, how it was answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mirabal_toolkit.core.data import CleanedData
from mirabal_toolkit.core.instrument import Instrument, Item, Outcome, Scale, in_language
from mirabal_toolkit.core.results import DisclosureProfile
from mirabal_toolkit.errors import UsageError
from mirabal_toolkit.instruments.codebook_numbers import CodebookNumbers, Row, WaveTable, codebook_numbers
from mirabal_toolkit.instruments.describe import spans
from mirabal_toolkit.instruments.exports.dialects import plain_number
from mirabal_toolkit.instruments.exports.layout import waves_of
from mirabal_toolkit.instruments.exports.names import file_stem
from mirabal_toolkit.instruments.exports.scores_in_words import derivation_words
from mirabal_toolkit.instruments.exports.variables import score_variables, variable_name
from mirabal_toolkit.instruments.exports.words import routing_words

FORMATS = ("html", "docx")
_TYPES = {"choice": "one answer", "integer": "whole number", "number": "number", "date": "date", "text": "free text"}

_SENSITIVITY = {
    "none": "none",
    "personal": "personal",
    "quasi": "could help to recognise somebody",
    "sensitive": "sensitive",
    "free_text": "own words; never printed",
}
#: What a code that is no answer counts as in the data.
_MISSING = {
    "refused": "missing: refused",
    "dont_know": "missing: don’t know",
    "not_applicable": "missing: not applicable",
    "no_contact": "missing: no contact",
}


@dataclass(frozen=True, slots=True)
class CodeLine:
    """A code of an item: what it means, and whether it is a missing reason or no longer offered."""

    code: str
    label: str
    remark: str


@dataclass(frozen=True, slots=True)
class ItemCard:
    """What a codebook says of an item: `facts` are pairs of name and text."""

    id: str
    label: str
    text: str
    note: str
    facts: tuple[tuple[str, str], ...]
    codes: tuple[CodeLine, ...]
    numbers: WaveTable | None


@dataclass(frozen=True, slots=True)
class ScaleCard:
    """What a codebook says of a scale."""

    id: str
    label: str
    facts: tuple[tuple[str, str], ...]
    outcomes: tuple[tuple[str, str], ...]
    numbers: WaveTable | None


@dataclass(frozen=True, slots=True)
class BlockCards:
    """The items of a block."""

    id: str
    title: str
    intro: str
    attribution: str
    items: tuple[ItemCard, ...]


@dataclass(frozen=True, slots=True)
class Codebook:
    """A whole codebook, ready to be printed."""

    language: str
    title: str
    reference: str
    description: str
    facts: tuple[tuple[str, str], ...]
    reading: tuple[str, ...]
    blocks: tuple[BlockCards, ...]
    scales: tuple[ScaleCard, ...]
    single: tuple[tuple[str, str], ...]
    numbers: CodebookNumbers | None
    wave_names: tuple[str, ...]


def codebook_files(
    instrument: Instrument,
    language: str,
    formats: Sequence[str],
    cleaned: CleanedData | None = None,
    profile: DisclosureProfile | None = None,
) -> dict[str, bytes]:
    """Return the codebook of an instrument: file name → content, the same bytes every time.

    Parameters
    ----------
    instrument : Instrument
    language : str
    formats : sequence of str
        Some of `FORMATS`.
    cleaned : CleanedData, optional
        Answers to it; without them the codebook says only what was asked.
    profile : DisclosureProfile, optional
        By which rules numbers may be shown; must be given with `cleaned`.

    Raises
    ------
    UsageError
        If a format or language is unknown, or data come without a profile or from another instrument.
    """
    from mirabal_toolkit.instruments.codebook_docx import codebook_docx
    from mirabal_toolkit.instruments.codebook_html import codebook_html

    _check(instrument, language, formats, cleaned, profile)
    numbers = codebook_numbers(cleaned, profile, language) if cleaned is not None and profile is not None else None
    book = codebook(instrument, language, numbers)
    renderers = {"html": codebook_html, "docx": codebook_docx}
    return {f"{file_stem(instrument)}.codebook.{name}": renderers[name](book) for name in dict.fromkeys(formats)}


def _check(
    instrument: Instrument,
    language: str,
    formats: Sequence[str],
    cleaned: CleanedData | None,
    profile: DisclosureProfile | None,
) -> None:
    unknown = [name for name in formats if name not in FORMATS]
    if unknown or not formats:
        raise UsageError(f"there is no codebook as “{', '.join(unknown)}”", fix=f"use some of: {', '.join(FORMATS)}")
    codes = [known.code for known in instrument.languages]
    if language not in codes:
        raise UsageError(f"{instrument.reference} is not in “{language}”", fix=f"use one of: {', '.join(codes)}")
    if cleaned is not None and profile is None:
        raise UsageError("numbers need a disclosure profile", fix="name one: --profile funder")
    if cleaned is not None and cleaned.instrument.reference != instrument.reference:
        raise UsageError(
            f"the data are {cleaned.instrument.reference}, the codebook is of {instrument.reference}",
            fix=f"ask for the codebook of {cleaned.instrument.reference}",
        )


def codebook(instrument: Instrument, language: str, numbers: CodebookNumbers | None = None) -> Codebook:
    """Lay a codebook out."""
    return _Layout(instrument, language, numbers).whole()


@dataclass(frozen=True)
class _Layout:
    instrument: Instrument
    language: str
    numbers: CodebookNumbers | None

    def text(self, text: object) -> str:
        return in_language(text, self.language)  # type: ignore[arg-type]

    def whole(self) -> Codebook:
        instrument = self.instrument
        waves = tuple(self.text(wave.label) for wave in instrument.waves)
        return Codebook(
            language=self.language,
            title=self.text(instrument.title),
            reference=instrument.reference,
            description=self.text(instrument.description),
            facts=self.facts(),
            reading=self.reading(),
            blocks=tuple(self.block(block.id) for block in instrument.blocks),
            scales=tuple(self.scale(scale) for scale in instrument.scales),
            single=tuple(self.outcome(outcome) for outcome in instrument.outcomes if outcome.scale is None),
            numbers=self.numbers,
            wave_names=waves,
        )

    def facts(self) -> tuple[tuple[str, str], ...]:
        instrument = self.instrument
        months = ", ".join(plain_number(wave.months) for wave in instrument.waves)
        waves = f"{len(instrument.waves)}, at {months} months" if len(instrument.waves) > 1 else ""
        languages = ", ".join(f"{one.name} ({one.status})" for one in instrument.languages)
        facts = [
            ("Version", f"{instrument.version} ({instrument.status}), from {instrument.effective}"),
            ("Authors", ", ".join(instrument.authors)),
            ("Waves", waves),
            ("Looks back on", self.text(instrument.reference_period)),
            ("Items", str(len(instrument.items))),
            ("Languages", languages),
            ("Validation", instrument.validation),
            ("Rights", f"{instrument.rights.holder}, {instrument.rights.licence}. {instrument.rights.notice}"),
            ("Cite as", instrument.citation),
            ("File", f"SHA-256 {instrument.fingerprint}" if instrument.fingerprint else ""),
        ]
        if self.numbers:
            facts.append(("People in the data", self.numbers.people))
        return tuple((name, text) for name, text in facts if text)

    def reading(self) -> tuple[str, ...]:
        if self.numbers is None:
            return ()
        profile = self.numbers.profile
        rules = []
        if profile.threshold > 1:
            rules.append(f"counts of fewer than {profile.threshold} people, or of all but so few, are hidden (·)")
        if profile.rounding > 1:
            rules.append(f"other counts are rounded to multiples of {profile.rounding}")
        if profile.minimum_base > 1:
            rules.append(f"nothing is said of fewer than {profile.minimum_base} people")
        protected = "; ".join(rules)
        ruled = f"Rules of the profile “{profile.name}”: {protected}." if rules else ""
        notes = [
            ruled,
            "" if profile.releasable else "Not for release: exact numbers.",
            "Counts are of people interviewed at a wave; percentages are of those who answered.",
            "Reasons for having no answer stand below them, in grey.",
            "Alpha has Feldt’s interval, omega one from resampling people; both from people who answered all items.",
        ]
        return tuple(note for note in notes if note)

    def block(self, block_id: str) -> BlockCards:
        block = next(one for one in self.instrument.blocks if one.id == block_id)
        return BlockCards(
            id=block.id,
            title=self.text(block.title),
            intro=self.text(block.intro),
            attribution=block.attribution,
            items=tuple(self.item(item) for item in self.instrument.items_in_block(block_id)),
        )

    def item(self, item: Item) -> ItemCard:
        return ItemCard(
            id=item.id,
            label=self.text(item.label),
            text=self.text(item.text),
            note=self.text(item.note),
            facts=self.item_facts(item),
            codes=self.codes(item),
            numbers=self.numbers.items.get(item.id) if self.numbers else None,
        )

    def item_facts(self, item: Item) -> tuple[tuple[str, str], ...]:
        names = list(dict.fromkeys(variable_name(item, wave) for wave in waves_of(item, self.instrument)))
        variables = ", ".join(names) if len(names) < 3 else f"{names[0]} … {names[-1]}"
        scales = [scale for scale in self.instrument.scales if item.id in (*scale.items, *scale.severe)]
        used = ", ".join(scale.id + (" (turned round)" if item.id in scale.reversed else "") for scale in scales)
        asked = (
            "staff fill it in" if item.office else routing_words(item, self.instrument, self.language) or "everybody"
        )
        condition = f"{item.ask_if.source}; else {item.otherwise.value}" if item.ask_if else ""
        marks = [("severe", item.severe), ("may be left out", not item.required)]
        facts = [
            ("Variable", variables),
            ("Type", ", ".join([_TYPES[item.type], *(name for name, holds in marks if holds)])),
            ("Range", self.range(item)),
            ("Asked", asked),
            ("Condition", condition),
            ("Scales", used),
            ("Sensitivity", _SENSITIVITY[item.sensitivity]),
        ]
        return tuple((name, text) for name, text in facts if text)

    def range(self, item: Item) -> str:
        if item.minimum is None or item.maximum is None:
            return ""
        return f"{plain_number(item.minimum)} to {plain_number(item.maximum)} {item.unit}".strip()

    def codes(self, item: Item) -> tuple[CodeLine, ...]:
        lines = []
        for option in self.instrument.options(item.id):
            remarks = [_MISSING[option.kind]] if option.kind != "valid" else []
            remarks += ["no longer offered"] if option.retired else []
            lines.append(CodeLine(str(option.code), self.text(option.label), ", ".join(remarks)))
        return tuple(lines)

    def scale(self, scale: Scale) -> ScaleCard:
        order = [item.id for item in self.instrument.items]
        low, high = (plain_number(end) for end in scale.score_range)
        facts = [
            ("Items", spans(scale.items, order)),
            ("Turned round", spans(scale.reversed, order)),
            ("Severe", spans(scale.severe, order)),
            ("Answers", f"{plain_number(scale.minimum)} to {plain_number(scale.maximum)}; score {low} to {high}"),
            ("Direction", scale.direction.replace("_", " ")),
            ("Source", scale.source),
        ]
        return ScaleCard(
            id=scale.id,
            label=self.text(scale.label),
            facts=tuple((name, text) for name, text in facts if text),
            outcomes=tuple(self.outcome(one) for one in self.instrument.outcomes if one.scale == scale.id),
            numbers=self.numbers.scales.get(scale.id) if self.numbers else None,
        )

    def outcome(self, outcome: Outcome) -> tuple[str, str]:
        """An outcome with its variables, and how it is computed."""
        first = self.instrument.waves[0].number
        stems = {one.estimand: one.stem for one in score_variables(self.instrument)
                 if one.outcome == outcome.id and one.wave == first}  # fmt: skip
        rules = [
            f"{stems[estimand]}_w…: {derivation_words(outcome, estimand, self.instrument)}"
            for estimand in outcome.estimands
        ]
        return f"{self.text(outcome.label)} ({outcome.id})", "\n".join(rules)


__all__ = ["Codebook", "Row", "WaveTable", "codebook", "codebook_files"]
