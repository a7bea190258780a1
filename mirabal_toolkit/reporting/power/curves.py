"""Power curves: one small panel an indicator, percent of simulated studies that find the change by their size."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from mirabal_toolkit.core.instrument import in_language
from mirabal_toolkit.core.power import Assumption, PowerLine, PowerStudy
from mirabal_toolkit.mixed.counts import wilson
from mirabal_toolkit.reporting.edition import Edition
from mirabal_toolkit.reporting.figures import style
from mirabal_toolkit.reporting.figures.canvas import DASHED, DOTTED, Box, Canvas, Dashes, DotLook
from mirabal_toolkit.reporting.figures.page import Page, new_page
from mirabal_toolkit.reporting.figures.plot import Plot
from mirabal_toolkit.reporting.figures.spec import Sheet
from mirabal_toolkit.reporting.figures.text import height_of, wrap
from mirabal_toolkit.reporting.power.tables import heading, outcome_of, power_table
from mirabal_toolkit.reporting.words import numbers

AIM = 80.0
GAP, AXIS_ROOM, PLOT_HEIGHT, TICK_ROOM, ROW_GAP, WIDEST = 0.24, 0.42, 1.3, 0.22, 0.22, 3.0
MOST_COLUMNS, MOST_ROWS = 3, 4
MARKS: dict[str, tuple[Dashes, DotLook]] = {
    "model": ((), {"marker": "o", "color": style.BLUE, "markersize": 4.2, "zorder": 4}),
    "paired": (DOTTED, {"marker": "s", "color": style.GREY, "facecolor": style.PAPER, "markersize": 4.2, "zorder": 4}),
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
            box = Box(left, top + head, width, PLOT_HEIGHT)
            _panel(canvas, box, one, study, labelled=place == 0)
        _name_axis(canvas, edition, top + head + PLOT_HEIGHT)
        top += head + PLOT_HEIGHT + TICK_ROOM + ROW_GAP
    return page


def _label(one: Assumption, study: PowerStudy, edition: Edition, width: float) -> tuple[str, ...]:
    return wrap(in_language(outcome_of(one, study).label, edition.language), width, style.LABEL, "bold")


def _write_heading(
    canvas: Canvas, one: Assumption, study: PowerStudy, edition: Edition, place: tuple[float, float, float]
) -> None:
    left, top, width = place
    lines = _label(one, study, edition, width)
    canvas.lines(left, top, lines, fontweight="bold", va="top")
    assumed = heading(one, study, edition).rpartition(": ")[2]
    below = top + height_of(len(lines), style.LABEL)
    canvas.text(left, below, assumed, fontsize=style.SMALL, color=style.QUIET, va="top")


def _name_axis(canvas: Canvas, edition: Edition, top: float) -> None:
    text = edition.say("axis_people")
    canvas.text(AXIS_ROOM - 0.06, top + 0.05, text, fontsize=6.2, color=style.QUIET, ha="right", va="top")


def _panel(canvas: Canvas, place: Box, one: Assumption, study: PowerStudy, *, labelled: bool) -> None:
    people = study.power.people
    margin = max(0.12 * (people[-1] - people[0]), 1.0)
    plot = Plot(canvas, place, (people[0] - margin, people[-1] + margin), (-4.0, 104.0))
    ticks = (0, 20, 40, 60, 80, 100)
    plot.grid(ticks)
    plot.base()
    plot.name_below(people, [str(size) for size in people])
    if labelled:
        plot.name_left(ticks, [f"{tick}%" for tick in ticks])
    plot.level(AIM, color=style.INK, linewidth=0.9, dashes=DASHED)
    for method in ("paired", "model"):
        _curve(plot, study.of(one.outcome, method), *MARKS[method])


def _curve(plot: Plot, lines: Sequence[PowerLine], dashes: Dashes, dot: DotLook) -> None:
    for line in lines:
        around = wilson(round(line.power * line.simulations), line.simulations)
        ends = [100 * around.low, 100 * around.high]
        plot.line([line.people] * 2, ends, color=dot["color"], linewidth=3.0, alpha=0.28, capstyle="butt")
    people, powers = [line.people for line in lines], [100 * line.power for line in lines]
    plot.line(people, powers, color=dot["color"], linewidth=1.5, dashes=dashes, zorder=4)
    for x, y in zip(people, powers, strict=True):
        plot.canvas.dot(plot.x(x), plot.y(y), **dot)
