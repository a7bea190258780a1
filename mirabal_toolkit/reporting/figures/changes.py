"""Forest of changes: what the main models estimate from the first to the last wave, all on one axis."""

from __future__ import annotations

from collections.abc import Sequence

from mirabal_toolkit.reporting.edition import Edition, Indicator
from mirabal_toolkit.reporting.figures import style
from mirabal_toolkit.reporting.figures.dots import DotPlot, Dots, dot_sheet
from mirabal_toolkit.reporting.figures.page import split_evenly
from mirabal_toolkit.reporting.figures.spec import Sheet
from mirabal_toolkit.reporting.lookup import Estimate
from mirabal_toolkit.reporting.standing import main_change
from mirabal_toolkit.reporting.values import decimals_of
from mirabal_toolkit.reporting.words import numbers
from mirabal_toolkit.reporting.words.findings import counted_verdicts
from mirabal_toolkit.reporting.words.verdicts import verdict_of

#: The rows of one figure take no more than so many inches.
MOST_HEIGHT = 8.0


def changes(edition: Edition) -> tuple[Sheet, ...]:
    """Return the forest of changes, as many figures as are needed for rows to stay legible."""
    chosen = [one for one in edition.indicators if one.first and _is_in_points(main_change(one, edition))]

    def height(part: list[Indicator]) -> float:
        return sum(row.height for row in _rows(part, edition))

    pages = split_evenly(chosen, height, MOST_HEIGHT)
    return tuple(_sheet(part, number, edition) for number, part in enumerate(pages, start=1))


def _is_in_points(change: Estimate | None) -> bool:
    return change is not None and change.scale in ("percentage_points", "points")


def _rows(part: Sequence[Indicator], edition: Edition) -> tuple[Dots, ...]:
    rows: list[Dots] = []
    for heading, members in edition.groups(tuple(part)):
        rows += [Dots(heading, None, None, None, "", heading=True)] if heading else []
        rows += [_row(one, edition) for one in members]
    return tuple(rows)


def _row(one: Indicator, edition: Edition) -> Dots:
    found = main_change(one, edition)
    if found is None or found.estimate is None or found.conf_low is None or found.conf_high is None:
        text = edition.say("hidden") if found is not None and found.hidden else numbers.NO_VALUE
        return Dots(edition.label(one), None, None, None, text)
    people = () if found.n_persons is None else (found.n_persons,)
    verdict, decimals = verdict_of(one, found), decimals_of(one, edition)
    around = numbers.interval(found.conf_low, found.conf_high, decimals, plus=True)
    text = f"{numbers.signed(found.estimate, decimals)}  ({around})"
    colour = {"better": style.BLUE, "worse": style.ORANGE, "unclear": style.GREY}.get(verdict, style.INK)
    marker = "D" if verdict == "worse" else "o"
    hollow, filled = (found.estimate, None) if verdict == "unclear" else (None, found.estimate)
    return Dots(
        edition.label(one), hollow, filled, (found.conf_low, found.conf_high), text, colour, marker, people=people
    )


def _sheet(part: Sequence[Indicator], number: int, edition: Edition) -> Sheet:
    found: list[tuple[Indicator, Estimate | None]] = [(one, main_change(one, edition)) for one in part]
    plot = DotPlot(
        title=counted_verdicts(found, edition),
        subtitle=edition.say("subtitle_changes", **edition.first_and_last),
        note=edition.say("caption_changes", level=edition.level),
        rows=_rows(part, edition),
        lines=(),
        value=edition.say("header_change"),
        heads=(edition.say("header_n"),),
    )
    name = "changes" if number == 1 else f"changes-part-{number}"
    return dot_sheet(name, edition.say("figure_changes"), plot, edition)
