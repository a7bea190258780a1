"""Trajectories: one small panel an indicator, every wave with its interval and n."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from mirabal_toolkit.core.instrument import Direction
from mirabal_toolkit.reporting.edition import Edition, Indicator
from mirabal_toolkit.reporting.figures import style
from mirabal_toolkit.reporting.figures.canvas import Box, Canvas
from mirabal_toolkit.reporting.figures.page import Page, new_page
from mirabal_toolkit.reporting.figures.plot import Plot
from mirabal_toolkit.reporting.figures.text import POINTS, height_of, width_of, wrap
from mirabal_toolkit.reporting.lookup import Estimate
from mirabal_toolkit.reporting.values import write_value
from mirabal_toolkit.reporting.wording import Wording
from mirabal_toolkit.reporting.words import numbers

GAP, WIDE_GAP, AXIS_ROOM, PLOT_HEIGHT, TICK_ROOM, ROW_GAP = 0.2, 0.36, 0.38, 1.05, 0.36, 0.2
MOST_COLUMNS, MOST_ROWS = 3, 4
#: Inches between the first or last wave and the end of the axis.
EDGE = 0.16
#: Where less than this share of a panel is left above an interval, its value stands below it.
NO_ROOM = 0.1852


@dataclass(frozen=True, slots=True)
class Point:
    """One wave of a panel; `value` is None where hidden or not estimated."""

    position: float
    tick: str
    n: str
    value: float | None
    low: float | None
    high: float | None
    label: str
    hidden: bool


@dataclass(frozen=True, slots=True)
class Panel:
    """One indicator: its label, which way is better, its points and the top of its axis."""

    label: str
    direction: Direction
    points: tuple[Point, ...]
    bottom: float
    top: float


def make_panel(one: Indicator, edition: Edition) -> Panel:
    """Return the panel of an indicator."""
    series = edition.series(one)
    bottom, top = axis_range(one, edition)
    positions = _positions(edition)
    points = tuple(
        _point(series.get(wave), position, f"{edition.released.months[wave]:g}", _label(series.get(wave), one, edition))
        for wave, position in zip(edition.waves, positions, strict=True)
    )
    return Panel(edition.label(one), one.outcome.direction, points, bottom, top)


def axis_range(one: Indicator, edition: Edition) -> tuple[float, float]:
    """Return the lowest and highest value an indicator can have."""
    outcome, instrument = one.outcome, edition.instrument
    if outcome.kind == "binary":
        return 0.0, 100.0
    if outcome.scale is not None:
        scale = instrument.scale_by_id[outcome.scale]
        return scale.score_range if outcome.indicator == "score" else (0.0, float(len(scale.items)))
    item = instrument.item(outcome.item or "")
    codes = [float(option.code) for option in instrument.options(item.id) if option.kind == "valid"]
    if codes:
        return min(codes), max(codes)
    return item.minimum or 0.0, item.maximum or 100.0


def _positions(edition: Edition) -> list[float]:
    """Return where waves stand, 0–1: by months, unless two of them would touch."""
    months = [edition.released.months[wave] for wave in edition.waves]
    extent = months[-1] - months[0]
    if len(months) < 2 or extent <= 0:
        return [0.5 for _ in months]
    if min(later - earlier for earlier, later in pairwise(months)) < 0.1 * extent:
        return [number / (len(months) - 1) for number in range(len(months))]
    return [(month - months[0]) / extent for month in months]


def _point(estimate: Estimate | None, position: float, tick: str, label: str) -> Point:
    if estimate is None:
        return Point(position, tick, numbers.NO_VALUE, None, None, None, "", hidden=False)
    n = numbers.NO_VALUE if estimate.n_obs is None else f"{estimate.n_obs:.0f}"
    if estimate.hidden or estimate.estimate is None:
        return Point(position, tick, n, None, None, None, "", hidden=estimate.hidden)
    return Point(position, tick, n, estimate.estimate, estimate.conf_low, estimate.conf_high, label, hidden=False)


def _label(estimate: Estimate | None, one: Indicator, edition: Edition) -> str:
    if estimate is None or estimate.estimate is None:
        return ""
    return write_value(estimate.estimate, one, edition)


def draw_trajectories(wording: Wording, panels: Sequence[Panel], title: str, subtitle: str) -> Page:
    """Draw panels row by row; one alone is not named again under a title that names it."""
    if len(panels) == 1 and title.startswith(panels[0].label):
        panels = [replace(panels[0], label="")]
    columns = _columns(panels)
    shared = len({(panel.bottom, panel.top) for panel in panels}) == 1
    gap = GAP if shared else WIDE_GAP
    width = (style.WIDTH - 2 * style.MARGIN - AXIS_ROOM - (columns - 1) * gap) / columns
    rows = [panels[start : start + columns] for start in range(0, len(panels), columns)]
    headings = [_heading_height(row, width) for row in rows]
    body = sum(headings) + len(rows) * (PLOT_HEIGHT + TICK_ROOM) + (len(rows) - 1) * ROW_GAP
    page = new_page(title, subtitle, _note(wording, panels), body)
    canvas = page.canvas()
    top = 0.0
    for row, heading in zip(rows, headings, strict=True):
        for number, panel in enumerate(row):
            left = AXIS_ROOM + number * (width + gap)
            _write_heading(canvas, panel, left, top, width, wording)
            place = Box(left, top + heading, width, PLOT_HEIGHT)
            _draw_panel(canvas, place, panel, labelled=number == 0 or not shared)
        _write_row_names(canvas, wording, top + heading + PLOT_HEIGHT)
        top += heading + PLOT_HEIGHT + TICK_ROOM + ROW_GAP
    return page


def panels_on_a_page(panels: Sequence[Panel]) -> int:
    """Return how many of these panels one figure may hold."""
    return MOST_ROWS * _columns(panels)


def _columns(panels: Sequence[Panel]) -> int:
    """Return as many columns as leave room for every n under its wave."""
    widest = max(
        (sum(width_of(point.n, style.SMALL) + 0.07 for point in panel.points) for panel in panels), default=1.0
    )
    room = style.WIDTH - 2 * style.MARGIN - AXIS_ROOM
    fitting = int((room + WIDE_GAP) // (widest + WIDE_GAP))
    return max(1, min(MOST_COLUMNS, fitting, len(panels)))


def _note(wording: Wording, panels: Sequence[Panel]) -> str:
    note = wording.say("caption_trajectories", level=wording.level)
    if any(point.hidden for panel in panels for point in panel.points):
        note += " " + wording.say("caption_hidden_wave")
    return note


def _heading_lines(panel: Panel, width: float) -> tuple[str, ...]:
    return wrap(panel.label, width, style.LABEL, "bold") if panel.label else ()


def _heading_height(row: Sequence[Panel], width: float) -> float:
    lines = max(len(_heading_lines(panel, width)) for panel in row)
    return height_of(lines, style.LABEL) + height_of(1, style.SMALL) + 0.08


def _write_heading(canvas: Canvas, panel: Panel, left: float, top: float, width: float, wording: Wording) -> None:
    lines = _heading_lines(panel, width)
    canvas.lines(left, top, lines, fontweight="bold", va="top")
    if panel.direction != "neutral":
        below = top + height_of(len(lines), style.LABEL)
        text = wording.say(f"direction_{panel.direction}")
        canvas.text(left, below, text, fontsize=style.SMALL, color=style.QUIET, va="top")


def _draw_panel(canvas: Canvas, place: Box, panel: Panel, *, labelled: bool) -> None:
    edge = EDGE / place.width
    extent = panel.top - panel.bottom
    limits = (panel.bottom - 0.04 * extent, panel.top + 0.04 * extent)
    plot = Plot(canvas, place, (-edge, 1 + edge), limits)
    ticks = [panel.bottom, (panel.bottom + panel.top) / 2, panel.top]
    plot.grid(ticks)
    plot.base()
    if labelled:
        plot.name_left(ticks, [f"{tick:g}" for tick in ticks])
    for point in panel.points:
        if point.hidden:
            left, right = point.position - 0.05, point.position + 0.05
            low, high = limits
            plot.area(((left, low), (right, low), (right, high), (left, high)), facecolor=style.BAND)
    for stretch in _stretches(panel.points):
        plot.line([p.position for p in stretch], [p.value or 0.0 for p in stretch], color=style.BLUE, linewidth=1.6)
    for point in panel.points:
        if point.value is not None:
            _draw_point(plot, point, point.value)
    shown = [point for point in panel.points if point.value is not None]
    for point in {id(point): point for point in (shown[:1] + shown[-1:])}.values():
        _write_value(plot, point)
    _write_ticks(plot, panel.points)


def _draw_point(plot: Plot, point: Point, value: float) -> None:
    if point.low is not None and point.high is not None:
        ends = [point.low, point.high]
        plot.line([point.position] * 2, ends, color=style.BLUE, linewidth=3.4, alpha=0.28, capstyle="butt")
    plot.canvas.dot(plot.x(point.position), plot.y(value), markersize=4.2, color=style.BLUE, zorder=4)


def _write_value(plot: Plot, point: Point) -> None:
    """Write a value above its interval, or below it where there is no room."""
    high = point.high if point.high is not None else point.value or 0.0
    low = point.low if point.low is not None else point.value or 0.0
    above = plot.y(high) - plot.place.top > NO_ROOM * plot.place.height
    plot.canvas.text(
        plot.x(point.position),
        plot.y(high) - 2.5 / POINTS if above else plot.y(low) + 2.5 / POINTS,
        point.label,
        fontsize=style.SMALL,
        fontweight="bold",
        ha="center",
        va="bottom" if above else "top",
    )


def _stretches(points: Sequence[Point]) -> list[list[Point]]:
    """Return runs of neighbouring waves that are shown; the line breaks where one is not."""
    runs: list[list[Point]] = [[]]
    for point in points:
        if point.value is None:
            runs.append([])
        else:
            runs[-1].append(point)
    return [run for run in runs if len(run) > 1]


def _write_ticks(plot: Plot, points: Sequence[Point]) -> None:
    canvas, top = plot.canvas, plot.place.top + plot.place.height
    for point in points:
        x = plot.x(point.position)
        canvas.text(x, top + 0.05, point.tick, fontsize=style.SMALL, color=style.QUIET, ha="center", va="top")
        canvas.text(x, top + 0.19, point.n, fontsize=style.SMALL, color=style.INK, ha="center", va="top")


def _write_row_names(canvas: Canvas, wording: Wording, top: float) -> None:
    for offset, key in ((0.05, "axis_months"), (0.19, "axis_n")):
        canvas.text(
            AXIS_ROOM - 0.02, top + offset, wording.say(key), fontsize=6.2, color=style.QUIET, ha="right", va="top"
        )
