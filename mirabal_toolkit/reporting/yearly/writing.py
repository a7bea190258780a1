"""Write a yearly programme report into a folder: a page, a Word document, tables, and the numbers of the case files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from mirabal_toolkit.core.instrument import in_language
from mirabal_toolkit.reporting.documents.blocks import Block, Bullets, FigureBlock, Outline, Paragraph, Section
from mirabal_toolkit.reporting.documents.docx import render_docx_report
from mirabal_toolkit.reporting.documents.html import render_html_report
from mirabal_toolkit.reporting.documents.outline import Shelf
from mirabal_toolkit.reporting.edition import Edition
from mirabal_toolkit.reporting.figures.gallery import answers_by_wave
from mirabal_toolkit.reporting.figures.spec import Figure, draw
from mirabal_toolkit.reporting.records import record_files
from mirabal_toolkit.reporting.tables.render_csv import render_csv
from mirabal_toolkit.reporting.tables.spec import Table
from mirabal_toolkit.reporting.words import numbers
from mirabal_toolkit.reporting.words.findings import counted_changes
from mirabal_toolkit.reporting.words.languages.reading import read_language
from mirabal_toolkit.reporting.words.summary import share_in_words
from mirabal_toolkit.reporting.writing import figure_files, write_files
from mirabal_toolkit.reporting.yearly.sources import Sources
from mirabal_toolkit.reporting.yearly.tables import STAGE, contact, outcomes, referred, stages

PAGE, DOCUMENT = "programme-report.html", "programme-report.docx"
#: What the summary says of the case files, in this order.
TOLD = ("attending_or_done", "completed", "left", "partner_reached")


def write_yearly(sources: Sources, year: str, folder: Path, template: bytes | None = None) -> tuple[Path, ...]:
    """Write the report; return the files, the page first."""
    with numbers.written_in(read_language(sources.language).numbers):
        edition = sources.edition(sources.cases)
        built = (referred(edition), stages(edition), contact(edition), outcomes(sources))
        tables = {table.id: table for table in built if not table.is_empty}
        asked = STAGE in edition.lookup.outcomes("distribution")
        figures = {sheet.id: draw(sheet) for sheet in ([answers_by_wave(edition, STAGE)] if asked else [])}
        outline = make_yearly_outline(sources, year, tables, figures)
        files = {
            PAGE: render_html_report(outline, edition),
            DOCUMENT: render_docx_report(outline, edition, template),
            **record_files(sources.cases),
        }
    files |= {f"tables/{table.id}.csv": render_csv(table) for table in tables.values()}
    for figure in figures.values():
        files |= figure_files(figure)
    return write_files(folder, files)


def make_yearly_outline(sources: Sources, year: str, tables: dict[str, Table], figures: dict[str, Figure]) -> Outline:
    """Return what stands in the report, in its order."""
    edition, place = sources.edition(sources.cases), Shelf(tables, figures)
    say, profile = edition.say, sources.cases.profile
    blocks: tuple[tuple[str, tuple[Block, ...]], ...] = (
        ("summary", tuple(_summary(sources, edition))),
        ("referred", tuple(place.table("yearly-referred"))),
        ("stages", (*_figures(figures), *place.table("yearly-stages"))),
        ("partners", tuple(place.table("yearly-partners"))),
        ("outcomes", tuple(place.table("yearly-outcomes"))),
        ("read", (Bullets(tuple(_how_to_read(sources, edition))),)),
    )
    names = ", ".join(say(f"yearly_source_{name}") for name, _ in sources.given())
    banner = say(
        "banner_release" if profile.releasable else "banner_internal", profile=profile.name, base=profile.rounding
    )
    draft = (say("banner_draft"),) if read_language(edition.language).draft else ()
    return Outline(
        title=say("yearly_title", year=year).strip(),
        subtitle=say("yearly_subtitle", sources=names),
        banners=(banner, *draft),
        urgent=not profile.releasable,
        language=edition.language,
        sections=tuple(_section(name, found, edition) for name, found in blocks if found),
    )


def _figures(figures: dict[str, Figure]) -> Iterator[Block]:
    return (FigureBlock(figure, number) for number, figure in enumerate(figures.values(), start=1))


def _section(name: str, blocks: tuple[Block, ...], edition: Edition) -> Section:
    lead: tuple[Block, ...] = ()
    if name in ("referred", "stages", "partners", "outcomes"):
        lead = (Paragraph(edition.say(f"lead_yearly_{name}"), lead=True),)
    return Section(name, edition.say(f"section_yearly_{name}"), (*lead, *blocks))


def _summary(sources: Sources, edition: Edition) -> Iterator[Block]:
    yield Paragraph(_recorded(edition))
    said = [_stage(outcome, edition) for outcome in TOLD]
    for name, released in sources.given():
        if name != "cases":
            other = sources.edition(released)
            headline = [one for one in other.indicators if one.headline and one.first]
            speaker = edition.say("yearly_partner" if name == "partners" else "yearly_client")
            said.append(edition.say("yearly_better", source=speaker, finding=counted_changes(headline, other)))
    yield Bullets(tuple(text for text in said if text))
    yield Paragraph(edition.say("yearly_read_change"))


def _recorded(edition: Edition) -> str:
    retention = edition.lookup.outcomes("retention")
    last = edition.waves[-1]
    kept = edition.lookup.by_wave("retention", retention[0]).get(last) if retention else None
    if kept is None or kept.count is None or kept.n_obs is None:
        return edition.say("yearly_recorded_hidden")
    return edition.say(
        "yearly_recorded",
        n=numbers.count(kept.n_obs),
        kept=numbers.count(kept.count),
        share=numbers.percent(kept.estimate, edition.decimals),
        at_last=edition.at_wave(last),
    )


def _stage(outcome: str, edition: Edition) -> str:
    """Return one sentence of the case files at the last wave; nothing where it was not recorded."""
    one = next((one for one in edition.indicators if one.outcome.id == outcome and one.first), None)
    found = edition.series(one).get(edition.waves[-1]) if one is not None else None
    if one is None or found is None:
        return ""
    statement = in_language(one.outcome.statement, edition.language)
    text = edition.say(
        "yearly_stage",
        share=share_in_words(found, edition),
        statement=statement,
        at_last=edition.at_wave(edition.waves[-1]),
    )
    return text[:1].upper() + text[1:]


def _how_to_read(sources: Sources, edition: Edition) -> Iterator[str]:
    for name, _ in sources.given():
        yield edition.say(f"yearly_read_{name}")
    yield edition.say("yearly_read_same", profile=sources.cases.profile.name)
