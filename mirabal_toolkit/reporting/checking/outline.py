"""What stands in the report on data, in which order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from mirabal_toolkit.core.instrument import in_language
from mirabal_toolkit.core.quality import ReleasableCheck
from mirabal_toolkit.reporting.checking.tables import by_severity
from mirabal_toolkit.reporting.documents.outline import Block, Bullets, Outline, Paragraph, Section, Shelf
from mirabal_toolkit.reporting.edition import Edition
from mirabal_toolkit.reporting.figures.spec import Figure
from mirabal_toolkit.reporting.tables.spec import Table


def make_check_outline(
    check: ReleasableCheck, edition: Edition, tables: Mapping[str, Table], figures: Mapping[str, Figure]
) -> Outline:
    """Return the report on data."""
    place = Shelf(tables, figures)
    sections = (
        _section(edition, "summary", "check_summary", _summary(check, edition)),
        _section(edition, "findings", "check_findings", _findings(edition, place)),
        _section(edition, "reached", "reached", (*place.figure("participant-flow"), *place.table("participant-flow"))),
        _section(edition, "missing", "check_missing", _missing(edition, place)),
        _section(edition, "labels", "check_labels", _labels(edition, place)),
        _section(edition, "cleaning", "check_cleaning", place.table("cleaning")),
        _section(edition, "provenance", "provenance", place.table("provenance")),
    )
    profile = check.released.profile
    key = "banner_release" if profile.releasable else "banner_internal"
    title = in_language(edition.instrument.title, edition.language)
    return Outline(
        title=edition.say("check_title"),
        subtitle=edition.say(
            "report_subtitle", instrument=f"{title} {edition.instrument.version}", waves=len(edition.waves)
        ),
        banners=(edition.say(key, profile=profile.name, base=profile.rounding),),
        urgent=not profile.releasable,
        language=edition.language,
        sections=tuple(section for section in sections if section.blocks),
    )


def _section(edition: Edition, anchor: str, name: str, blocks: Iterable[Block]) -> Section:
    return Section(anchor, edition.say(f"section_{name}"), tuple(blocks))


def _summary(check: ReleasableCheck, edition: Edition) -> Iterator[Block]:
    counts = by_severity(check)
    key = "check_verdict_error" if counts["error"] else "check_verdict_warning" if counts["warning"] else "check_fine"
    yield Paragraph(edition.say(key))
    yield Bullets(tuple(edition.say(f"check_count_{severity}", n=n) for severity, n in counts.items()))


def _findings(edition: Edition, place: Shelf) -> Iterator[Block]:
    blocks = tuple(place.table("findings"))
    yield from blocks or (Paragraph(edition.say("none_found")),)


def _missing(edition: Edition, place: Shelf) -> Iterator[Block]:
    blocks = tuple(place.figure("missingness"))
    if blocks:
        yield Paragraph(edition.say("lead_missing"), lead=True)
    yield from blocks


def _labels(edition: Edition, place: Shelf) -> Iterator[Block]:
    blocks = tuple(place.table("agreement"))
    yield Paragraph(edition.say("lead_agreement" if blocks else "lead_no_labels"), lead=True)
    yield from blocks
