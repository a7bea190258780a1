"""What stands in a report, in which order: the same for every format."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import count
from string import ascii_uppercase

from mirabal_toolkit.core.instrument import in_language
from mirabal_toolkit.reporting.documents.blocks import (
    Block,
    Bullets,
    FigureBlock,
    Outline,
    Paragraph,
    Section,
    Subheading,
    TableBlock,
)
from mirabal_toolkit.reporting.documents.references import with_references
from mirabal_toolkit.reporting.edition import Edition
from mirabal_toolkit.reporting.figures.gallery import measure_figure_ids
from mirabal_toolkit.reporting.figures.spec import Figure
from mirabal_toolkit.reporting.standing import looked_at
from mirabal_toolkit.reporting.tables.answers import answers_id
from mirabal_toolkit.reporting.tables.cells import general_notes
from mirabal_toolkit.reporting.tables.spec import Table
from mirabal_toolkit.reporting.words.comparisons import comparison_leads, comparison_sentences
from mirabal_toolkit.reporting.words.languages.reading import read_language
from mirabal_toolkit.reporting.words.limitations import limitations
from mirabal_toolkit.reporting.words.methods import methods, references
from mirabal_toolkit.reporting.words.sensitivity import turning_points, what_it_changes, who_was_lost
from mirabal_toolkit.reporting.words.summary import opening, summary

__all__ = [
    "Block",
    "Bullets",
    "FigureBlock",
    "Outline",
    "Paragraph",
    "Section",
    "Shelf",
    "Subheading",
    "TableBlock",
    "banners",
    "make_outline",
    "subtitle",
]


class Shelf:
    """Gives out tables and figures, numbered in the order they are taken; absent ones are passed over.

    Notes of `once` stand under the first table that has them and are not said again under every other.
    """

    def __init__(
        self, tables: Mapping[str, Table], figures: Mapping[str, Figure], *, once: Collection[str] = ()
    ) -> None:
        self.tables, self.figures = tables, figures
        self._once, self._said = frozenset(once), set[str]()
        self._table_numbers, self._figure_numbers = count(1), count(1)

    def table(self, name: str) -> Iterator[Block]:
        """Yield the table of that name, if there is one."""
        if name in self.tables:
            yield TableBlock(self._with_new_notes(self.tables[name]), next(self._table_numbers))

    def _with_new_notes(self, table: Table) -> Table:
        notes = tuple(note for note in table.notes if note.text not in self._said)
        self._said |= {note.text for note in notes} & self._once
        return replace(table, notes=notes)

    def figure(self, name: str) -> Iterator[Block]:
        """Yield the figure of that name and its further parts, if there are any."""
        parts = [figure for key, figure in self.figures.items() if key == name or key.startswith(f"{name}-part-")]
        for part, figure in enumerate(parts, start=1):
            yield FigureBlock(figure, next(self._figure_numbers), (part, len(parts)))


def make_outline(edition: Edition, tables: Mapping[str, Table], figures: Mapping[str, Figure]) -> Outline:
    """Return the report.

    Parameters
    ----------
    edition : Edition
    tables, figures : mapping
        By id, as `shelf.all_tables` and `gallery.all_figures` give them.
    """
    place = Shelf(tables, figures, once=general_notes(edition))
    # One after the other, since tables are numbered as they are taken.
    sections = with_references((*_main_sections(edition, place), *_appendices(edition, place)), edition)
    return Outline(
        title=edition.released.plan.title or edition.released.plan.id,
        subtitle=subtitle(edition),
        banners=banners(edition),
        urgent=not edition.released.profile.releasable,
        language=edition.language,
        sections=sections,
    )


def _main_sections(edition: Edition, place: Shelf) -> Iterator[Section]:
    """Yield what everybody should read: what was found, among whom, and what it cannot say."""
    sections = (
        _section(edition, "summary", _summary(edition, place)),
        _section(edition, "reached", _led(edition, "reached", _reached(place))),
        _section(edition, "sensitivity", _sensitivity(edition, place)),
        _section(edition, "comparison", _comparison(edition, place)),
        _section(edition, "groups", _groups(edition, place)),
        _section(edition, "before_after", _before_after(edition, place)),
        _section(edition, "measures", _led(edition, "measures", _measures(edition, place))),
        _section(edition, "answers", _led(edition, "answers", _answers(edition, place))),
        _section(edition, "accounts", _led(edition, "accounts", _accounts(place))),
        _section(edition, "limitations", [Bullets(limitations(edition))]),
        _section(edition, "flags", _flags(edition)),
        _section(edition, "methods", [Paragraph(text) for text in methods(edition)]),
        _section(edition, "references", [Bullets(references(edition))]),
    )
    return (section for section in sections if section.blocks)


def _appendices(edition: Edition, place: Shelf) -> Iterator[Section]:
    """Yield what specialists look up, each under its letter."""
    sections = (
        _section(edition, "every_wave", _led(edition, "every_wave", _every_wave(place))),
        _section(edition, "models", _models(edition, place)),
        _section(edition, "subgroups", _led(edition, "subgroups", place.table("subgroups"))),
        _section(edition, "sites", _led(edition, "sites", place.table("sites"))),
        _section(edition, "loss", _led(edition, "loss", _loss(place))),
        _section(edition, "measurement", _led(edition, "measurement", _measurement(place))),
        _section(edition, "data", _data(edition, place)),
        _section(edition, "provenance", _led(edition, "provenance", place.table("provenance"))),
    )
    shown = (section for section in sections if section.blocks)
    for letter, section in zip(ascii_uppercase, shown, strict=False):
        yield replace(section, title=edition.say("appendix", letter=letter, title=section.title), own_page=True)


def _section(edition: Edition, name: str, blocks: Iterable[Block]) -> Section:
    return Section(name.replace("_", "-"), edition.say(f"section_{name}"), tuple(blocks))


def subtitle(edition: Edition) -> str:
    """Return the line under the title: which questionnaire, how many waves."""
    title = in_language(edition.instrument.title, edition.language)
    key = "report_subtitle" if len(edition.waves) > 1 else "report_subtitle_once"
    return edition.say(key, instrument=f"{title} {edition.instrument.version}", waves=len(edition.waves))


def banners(edition: Edition) -> tuple[str, ...]:
    """Return what a reader must know before anything else, the weightiest first."""
    profile = edition.released.profile
    key = "banner_release" if profile.releasable else "banner_internal"
    found = [edition.say(key, profile=profile.name, base=profile.rounding)]
    if edition.released.untrusted:
        found.append(edition.say("banner_untrusted"))
    if read_language(edition.language).draft:
        found.append(edition.say("banner_draft"))
    return tuple(found)


def _summary(edition: Edition, place: Shelf) -> Iterator[Block]:
    yield Paragraph(opening(edition))
    yield Paragraph(edition.say("lead_summary" if len(edition.waves) > 1 else "lead_summary_once"), lead=True)
    compared = comparison_sentences(edition)
    if compared:
        yield Subheading(edition.say("section_comparison"))
        yield Paragraph(edition.say("summary_compared"))
        yield Bullets(compared)
    for heading, sentences in summary(edition):
        yield Subheading(heading)
        yield Bullets(sentences)
    if looked_at(edition):
        yield Subheading(edition.say("heading_depends"))
        yield Paragraph(f"{what_it_changes(edition)[0]} {edition.say('depends_more')}")
    if edition.released.plan.comparison is None and len(edition.waves) > 1:
        yield Paragraph(edition.say("limit_no_comparison"))
    yield from place.table("headline")


def _comparison(edition: Edition, place: Shelf) -> Iterator[Block]:
    tables = tuple(place.table("arms"))
    if not tables:
        return
    yield from (Paragraph(text, lead=number == 0) for number, text in enumerate(comparison_leads(edition)))
    yield from place.figure("forest")
    yield from tables
    yield from place.table("arms-sensitivity")
    yield from place.figure("love-plot")
    yield from place.table("balance")


def _groups(edition: Edition, place: Shelf) -> Iterator[Block]:
    yield from _led(edition, "groups", (*place.table("groups"), *place.table("group-differences")))


def _led(edition: Edition, name: str, blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield blocks after the paragraph that leads to them, if there are any."""
    found = tuple(blocks)
    if found:
        yield Paragraph(edition.say(f"lead_{name}"), lead=True)
    yield from found


def _reached(place: Shelf) -> Iterator[Block]:
    yield from place.figure("participant-flow")
    yield from place.table("participant-flow")
    yield from place.table("baseline")


def _before_after(edition: Edition, place: Shelf) -> Iterator[Block]:
    figures = (*place.figure("before-after"), *place.figure("before-after-scores"))
    if figures:
        yield Paragraph(edition.say("lead_before_after"), lead=True)
    yield from figures
    yield from place.figure("transitions")
    yield from place.figure("course")
    yield from place.table("course")
    yield from place.table("reliable-change")


def _every_wave(place: Shelf) -> Iterator[Block]:
    for name in ("before-after", "before-after-scores", "by-wave", "by-wave-scores"):
        yield from place.table(name)


def _measures(edition: Edition, place: Shelf) -> Iterator[Block]:
    for heading, name in measure_figure_ids(edition):
        blocks = tuple(place.figure(name))
        if blocks:
            if heading:
                yield Subheading(heading)
            yield from blocks


def _answers(edition: Edition, place: Shelf) -> Iterator[Block]:
    yield from place.figure("endorsement")
    for item in edition.lookup.outcomes("distribution"):
        name = answers_id(item, edition)
        yield from place.figure(name)
        yield from place.figure(f"transitions-{name}")
        yield from place.table(f"answers-{name}")


def _models(edition: Edition, place: Shelf) -> Iterator[Block]:
    tables = (*place.table("model"), *place.table("model-parameters"), *place.table("model-beside"))
    tables += (*place.table("other-models"), *place.table("within-between"))
    if tables:
        yield Paragraph(edition.say("lead_models"), lead=True)
    yield from place.figure("changes")
    yield from tables
    yield from place.table("completers")


def _accounts(place: Shelf) -> Iterator[Block]:
    for name in ("accounts", "agreement-accounts", "agreement-scores"):
        yield from place.table(name)


def _measurement(place: Shelf) -> Iterator[Block]:
    yield from place.table("reliability")
    yield from place.table("items")


def _sensitivity(edition: Edition, place: Shelf) -> Iterator[Block]:
    if not looked_at(edition):
        return
    yield Paragraph(who_was_lost(edition))
    for text in what_it_changes(edition):
        yield Paragraph(text)
    sentences = turning_points(edition)
    if sentences:
        yield Bullets(sentences)
    yield from place.table("reference-based")


def _loss(place: Shelf) -> Iterator[Block]:
    for name in ("sensitivity", "bounds"):
        yield from place.table(name)
    yield from place.figure("tipping-point")
    for name in ("attrition", "worse-off-before", "lost-and-retained", "drop-out", "imputation"):
        yield from place.table(name)
    yield from place.figure("imputation-trace")


def _data(edition: Edition, place: Shelf) -> Iterator[Block]:
    tables = (*place.table("cleaning"), *place.table("findings"))
    if tables:
        yield Paragraph(edition.say("lead_data"), lead=True)
    yield from tables


def _flags(edition: Edition) -> Iterator[Block]:
    met = {flag for flags in edition.released.estimates.frame["flags"] for flag in flags}
    known = [flag for flag in FLAG_ORDER if flag in met]
    if known:
        yield Paragraph(edition.say("lead_flags"), lead=True)
        yield Bullets(tuple(edition.say(f"flag_{flag}") for flag in known))


FLAG_ORDER = (
    "suppressed",
    "rounded",
    "zero_cell",
    "penalised",
    "boundary",
    "few_people",
    "chains_apart",
    "never_turns",
    "no_clear_change",
    "not_estimable",
    "not_converged",
    "not_comparable",
    "partly_comparable",
)
