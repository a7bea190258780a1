"""Power curves: one small panel an indicator, percent of simulated studies that find the change by their size."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from mirabal_toolkit.core.instrument import in_language
from mirabal_toolkit.core.power import Assumption, PowerLine, PowerStudy
from mirabal_toolkit.mixed.counts import wilson
from mirabal_toolkit.reporting.edition import Edition
from mirabal_toolkit.reporting.figures import style
from mirabal_toolkit.reporting.figures.page import Page, new_page
from mirabal_toolkit.reporting.figures.spec import Sheet
from mirabal_toolkit.reporting.figures.text import height_of, wrap
from mirabal_toolkit.reporting.power.tables import heading, outcome_of, power_table
from mirabal_toolkit.reporting.words import numbers

AIM = 80.0
GAP, AXIS_ROOM, PLOT_HEIGHT, TICK_ROOM, ROW_GAP, WIDEST = 0.24, 0.42, 1.3, 0.22, 0.22, 3.0
MOST_COLUMNS, MOST_ROWS = 3, 4
MARKS: dict[str, dict[str, Any]] = {
    "model": {"marker": "o", "color": style.BLUE, "markerfacecolor": style.BLUE, "linestyle": "-"},
    "paired": {"marker": "s", "color": style.GREY, "markerfacecolor": style.PAPER, "linestyle": ":"},
}


def power_curves(study: PowerStudy, edition: Edition) -> tuple[Sheet, ...]:
    """Return the curves, as many figures as are needed for panels to stay legible, undrawn."""
    size = MOST_COLUMNS * MOST_ROWS
    parts = [study.assumptions[start : start + size] for start in range(0, len(study.assumptions), size)]
    return tuple(_sheet(study, part, number, edition) for number, part in enumerate(parts, start=1))


def _sheet(study: PowerStudy, part: Sequence[Assumption], number: int, edition: Edition) -> Sheet:
    name = "power-curves" if number == 1 else f"power-curves-part-{number}"
    title = finding(study, edition)
    lines = " ".join(_in_words(study, one, edition) for one in part)
    return Sheet(
        name,
        edition.say("figure_power"),
        title,
        f"{title}. {edition.say('alt_power')} {lines}",
        power_table(study, edition),
        partial(_draw, study, part, title, edition),
    )


def finding(study: PowerStudy, edition: Edition) -> str:
    """Return how many indicators the largest study would find often enough."""
    largest = study.power.people[-1]
    best = [_best(study, one, largest) for one in study.assumptions]
    return edition.say("finding_power", people=largest, reached=sum(power >= AIM for power in best), all=len(best))


def _best(study: PowerStudy, one: Assumption, people: int) -> float:
    """Return the power of the main model, or of pairs where the plan has no model, in percent."""
    lines = study.of(one.outcome, "model") or study.of(one.outcome, "paired")
    return next((100 * line.power for line in lines if line.people == people), 0.0)


def _in_words(study: PowerStudy, one: Assumption, edition: Edition) -> str:
    lines = study.of(one.outcome, "model") or study.of(one.outcome, "paired")
    points = ", ".join(
        edition.say("alt_power_point", power=numbers.percent(100 * line.power), people=line.people) for line in lines
    )
    return edition.say("alt_power_line", label=heading(one, study, edition), points=points)


def _draw(study: PowerStudy, part: Sequence[Assumption], title: str, edition: Edition) -> Page:
    columns = min(MOST_COLUMNS, len(part))
    width = min((style.WIDTH - 2 * style.MARGIN - AXIS_ROOM - (columns - 1) * GAP) / columns, WIDEST)
    rows = [part[start : start + columns] for start in range(0, len(part), columns)]
    heads = [max(len(_label(one, study, edition, width)) for one in row) for row in rows]
    above = [height_of(lines, style.LABEL) + height_of(1, style.SMALL) + 0.1 for lines in heads]
    body = sum(above) + len(rows) * (PLOT_HEIGHT + TICK_ROOM) + (len(rows) - 1) * ROW_GAP
    level = edition.level
    page = new_page(title, edition.say("subtitle_power", level=level), edition.say("caption_power", level=level), body)
    canvas = page.canvas()
    top = 0.0
    for row, head in zip(rows, above, strict=True):
        for place, one in enumerate(row):
            left = AXIS_ROOM + place * (width + GAP)
            _write_heading(canvas, one, study, edition, (left, top, width))
            axes = page.axes(left, top + head, width, PLOT_HEIGHT)
            _panel(axes, one, study, labelled=place == 0)
        _name_axis(canvas, edition, top + head + PLOT_HEIGHT)
        top += head + PLOT_HEIGHT + TICK_ROOM + ROW_GAP
    return page


def _label(one: Assumption, study: PowerStudy, edition: Edition, width: float) -> tuple[str, ...]:
    return wrap(in_language(outcome_of(one, study).label, edition.language), width, style.LABEL, "bold")


def _write_heading(
    canvas: Any, one: Assumption, study: PowerStudy, edition: Edition, place: tuple[float, float, float]
) -> None:
    left, top, width = place
    lines = _label(one, study, edition, width)
    for number, line in enumerate(lines):
        y = top + height_of(number, style.LABEL)
        canvas.text(left, y, line, fontsize=style.LABEL, fontweight="bold", va="top")
    assumed = heading(one, study, edition).rpartition(": ")[2]
    below = top + height_of(len(lines), style.LABEL)
    canvas.text(left, below, assumed, fontsize=style.SMALL, color=style.QUIET, va="top")


def _name_axis(canvas: Any, edition: Edition, top: float) -> None:
    text = edition.say("axis_people")
    canvas.text(AXIS_ROOM - 0.06, top + 0.05, text, fontsize=6.2, color=style.QUIET, ha="right", va="top")


def _panel(axes: Any, one: Assumption, study: PowerStudy, *, labelled: bool) -> None:
    people = study.power.people
    margin = max(0.12 * (people[-1] - people[0]), 1.0)
    axes.set_xlim(people[0] - margin, people[-1] + margin)
    axes.set_ylim(-4, 104)
    axes.set_xticks(people, [str(size) for size in people])
    axes.set_yticks([0, 20, 40, 60, 80, 100], [f"{tick}%" if labelled else "" for tick in (0, 20, 40, 60, 80, 100)])
    axes.grid(axis="y")
    axes.axhline(AIM, color=style.INK, linewidth=0.9, linestyle="--")
    for method in ("paired", "model"):
        _curve(axes, study.of(one.outcome, method), MARKS[method])


def _curve(axes: Any, lines: Sequence[PowerLine], mark: dict[str, Any]) -> None:
    for line in lines:
        around = wilson(round(line.power * line.simulations), line.simulations)
        ends = [100 * around.low, 100 * around.high]
        axes.plot([line.people] * 2, ends, color=mark["color"], linewidth=3.0, alpha=0.28, solid_capstyle="butt")
    powers = [100 * line.power for line in lines]
    axes.plot([line.people for line in lines], powers, linewidth=1.5, markersize=4.2, clip_on=False, zorder=4, **mark)
