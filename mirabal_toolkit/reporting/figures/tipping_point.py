"""The change along what those who were lost might have said, and how the imputations settled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from math import ceil

from mirabal_toolkit.reporting.edition import Edition, Indicator
from mirabal_toolkit.reporting.figures import style
from mirabal_toolkit.reporting.figures.canvas import DASHED, DOTTED, Box, Canvas
from mirabal_toolkit.reporting.figures.page import Page, new_page
from mirabal_toolkit.reporting.figures.plot import Plot
from mirabal_toolkit.reporting.figures.spec import Sheet
from mirabal_toolkit.reporting.figures.text import height_of, wrap
from mirabal_toolkit.reporting.lookup import Estimate
from mirabal_toolkit.reporting.standing import looked_at, standing_of
from mirabal_toolkit.reporting.tables import cells
from mirabal_toolkit.reporting.tables.columns import interval_column
from mirabal_toolkit.reporting.tables.sensitivity import turns_text
from mirabal_toolkit.reporting.tables.spec import Cell, Column, Row, RowGroup, Table, label_cell
from mirabal_toolkit.reporting.values import decimals_of
from mirabal_toolkit.reporting.words import numbers

HEIGHT, TICK_ROOM, FOOT, AXIS_ROOM = 1.25, 0.2, 0.4, 0.3
PER_ROW, GAP, ROW_GAP = 3, 0.3, 0.16
MOST_ROWS = 4
#: Half of the least that the axis of a trace spans, in points.
CALM = 20.0


@dataclass(frozen=True, slots=True)
class Curve:
    """One small panel: its label, a line under it, and points (position, value, low, high)."""

    label: str
    below: str
    points: tuple[tuple[float, float, float, float], ...]
    turn: float | None
    can_turn: bool = True


def tipping_points(edition: Edition) -> tuple[Sheet, ...]:
    """Return the curves of all indicators whose lost answers were moved, in one figure a page."""
    chosen = [one for one in looked_at(edition) if len(_rows(one, edition)) > 1]
    size = panels_a_figure(len(chosen))
    parts = [chosen[start : start + size] for start in range(0, len(chosen), size)]
    return tuple(_tipping_sheet(part, number, edition) for number, part in enumerate(parts, start=1))


def panels_a_figure(panels: int) -> int:
    """Return how many of so many panels go into one figure: figures alike rather than a full one and a single panel.

    Examples
    --------
    >>> [panels_a_figure(panels) for panels in (1, 12, 13, 25)]
    [3, 12, 9, 9]
    """
    rows = max(ceil(panels / PER_ROW), 1)
    return PER_ROW * ceil(rows / ceil(rows / MOST_ROWS))


def _rows(one: Indicator, edition: Edition) -> tuple[Estimate, ...]:
    rows = edition.lookup.rows("shifted_change", one.outcome.id, one.estimand)
    return tuple(row for row in rows if row.estimate is not None and row.conf_low is not None)


def _tipping_sheet(chosen: Sequence[Indicator], number: int, edition: Edition) -> Sheet:
    name = "tipping-point" if number == 1 else f"tipping-point-part-{number}"
    curves = [_curve(one, edition) for one in chosen]
    steady = sum(curve.turn is None for curve in curves)
    title = edition.say("tipping_title", all=len(curves), turning=len(curves) - steady)
    subtitle = edition.say("subtitle_tipping_point", level=edition.level, **edition.first_and_last)
    caption = edition.say("figure_tipping_points")
    alt = " ".join([edition.say("alt_tipping_points"), *(f"{curve.label}: {curve.below}." for curve in curves)])
    note = edition.say("caption_tipping_point")
    return Sheet(
        name,
        caption,
        title,
        alt,
        _numbers(chosen, edition, name, caption),
        partial(draw_curves, curves, (title, subtitle, note)),
    )


def _curve(one: Indicator, edition: Edition) -> Curve:
    standing, decimals = standing_of(one, edition), decimals_of(one, edition)
    shift = standing.shift
    points = tuple(
        (float(row.term), row.estimate or 0.0, row.conf_low or 0.0, row.conf_high or 0.0) for row in _rows(one, edition)
    )
    turn = None if shift is None or shift.hidden else shift.estimate
    text = turns_text(standing, edition, decimals)
    below = text if turn is None else edition.say("standing_turns", points=text)
    if shift is not None and "never_turns" in shift.flags:
        below = edition.say("turns_never_long")
    return Curve(edition.label(one), _with_n(below, _rows(one, edition), edition), tuple(sorted(points)), turn)


def _with_n(below: str, rows: Sequence[Estimate], edition: Edition) -> str:
    """Return what stands under a panel, and of how many women it speaks."""
    people = rows[-1].n_persons
    said = "" if people is None else edition.say("n_is", n=numbers.count(people))
    return edition.listed([part for part in (below, said) if part])


def _numbers(chosen: Sequence[Indicator], edition: Edition, name: str, caption: str) -> Table:
    columns = (
        Column("shift", edition.say("axis_shift")),
        Column("change", edition.say("header_change")),
        interval_column("change_conf", edition),
    )
    groups = tuple(
        RowGroup(edition.label(one), tuple(_number_row(row, decimals_of(one, edition)) for row in _rows(one, edition)))
        for one in chosen
    )
    return Table(name, caption, columns, groups)


def _number_row(row: Estimate, decimals: int) -> Row:
    shift = float(row.term)
    return Row(
        (
            Cell(numbers.signed(shift, decimals), shift),
            Cell(numbers.signed(row.estimate, decimals), row.estimate),
            cells.limits(row, partial(numbers.interval, decimals=decimals, plus=True)),
        )
    )


def draw_curves(curves: Sequence[Curve], words: tuple[str, str, str]) -> Page:
    """Draw small panels, three a row; those that can turn with their line at zero and where the interval reaches it."""
    columns = min(PER_ROW, len(curves))
    width = (style.WIDTH - 2 * style.MARGIN - (columns - 1) * GAP) / columns - AXIS_ROOM
    rows = [curves[start : start + columns] for start in range(0, len(curves), columns)]
    heads = [_head_height(row, width) for row in rows]
    foot = FOOT if any(curve.below for curve in curves) else TICK_ROOM
    page = new_page(*words, sum(heads) + len(rows) * (HEIGHT + foot) + (len(rows) - 1) * ROW_GAP)
    canvas = page.canvas()
    top = 0.0
    for row, head in zip(rows, heads, strict=True):
        for place, curve in enumerate(row):
            left = place * (width + AXIS_ROOM + GAP)
            _write_label(canvas, curve, left, top, width)
            _draw_curve(canvas, Box(left + AXIS_ROOM, top + head, width, HEIGHT), curve)
            y = top + head + HEIGHT + TICK_ROOM + 0.02
            canvas.text(left + AXIS_ROOM, y, curve.below, fontsize=style.SMALL, color=style.QUIET, va="top")
        top += head + HEIGHT + foot + ROW_GAP
    return page


def _label_lines(curve: Curve, width: float) -> tuple[str, ...]:
    return wrap(curve.label, width + AXIS_ROOM, style.LABEL, "bold")


def _head_height(row: Sequence[Curve], width: float) -> float:
    return height_of(max(len(_label_lines(curve, width)) for curve in row), style.LABEL) + 0.1


def _write_label(canvas: Canvas, curve: Curve, left: float, top: float, width: float) -> None:
    canvas.lines(left, top, _label_lines(curve, width), fontweight="bold", va="top")


def _draw_curve(canvas: Canvas, place: Box, curve: Curve) -> None:
    x, y, low, high = (list(part) for part in zip(*curve.points, strict=True))
    across, up = _limits(curve)
    plot = Plot(canvas, place, across, up)
    plot.area([*zip(x, low, strict=True), *zip(x[::-1], high[::-1], strict=True)], facecolor=style.BLUE, alpha=0.18)
    plot.line(x, y, color=style.BLUE, linewidth=1.3)
    if curve.can_turn:
        plot.level(0, color=style.INK, linewidth=0.8)
        plot.upright(0, color=style.FAINT, linewidth=0.8, dashes=DOTTED, zorder=0)
    if curve.turn is not None:
        plot.upright(curve.turn, color=style.ORANGE, linewidth=1.1, dashes=DASHED)
    plot.base()
    for name, limits in ((plot.name_below, across), (plot.name_left, up)):
        ticks = _ticks(limits)
        name(ticks, [numbers.number(tick) for tick in ticks], 2)


def _limits(curve: Curve) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the ends of both axes: a little beyond what is drawn."""
    x, y, low, high = (list(part) for part in zip(*curve.points, strict=True))
    marked = [0.0] if curve.can_turn else []
    across = _beyond([*x, *marked, *([] if curve.turn is None else [curve.turn])], 0.02)
    if curve.can_turn:
        return across, _beyond([*y, *low, *high, *marked], 0.05)
    # Chance alone moves an average by a few points: a closer look would make it look like unrest.
    middle = (min(low) + max(high)) / 2
    half = max(CALM, 0.55 * (max(high) - min(low)))
    return across, (max(middle - half, min(0.0, *low)), middle + half)


def _beyond(values: Sequence[float], share: float) -> tuple[float, float]:
    """Return the least and the largest value, moved apart by a share of what lies between them."""
    least, most = min(values), max(values)
    more = share * (most - least) or 1.0
    return least - more, most + more


def _ticks(limits: tuple[float, float]) -> list[float]:
    from matplotlib.ticker import MaxNLocator

    found = MaxNLocator(4, integer=True).tick_values(*limits)
    return [float(tick) for tick in found if limits[0] <= tick <= limits[1]]


def imputation_traces(edition: Edition) -> tuple[Sheet, ...]:
    """Return how what was filled in settled, round by round, in one figure a page."""
    chosen = [one for one in looked_at(edition) if len(_trace(one, edition)) > 1]
    size = panels_a_figure(len(chosen))
    parts = [chosen[start : start + size] for start in range(0, len(chosen), size)]
    return tuple(_trace_sheet(part, number, edition) for number, part in enumerate(parts, start=1))


def _trace_sheet(chosen: Sequence[Indicator], number: int, edition: Edition) -> Sheet:
    asked = edition.released.plan.missing_data
    apart = any("chains_apart" in row.flags for one in chosen for row in _trace(one, edition))
    title = edition.say("trace_title_apart" if apart else "trace_title")
    subtitle = edition.say("subtitle_trace", m=asked.imputations if asked else 0)
    caption = edition.say("figure_imputation_trace")
    name = "imputation-trace" if number == 1 else f"imputation-trace-part-{number}"
    curves = [
        Curve(
            edition.label(one),
            _with_n("", _trace(one, edition), edition),
            _trace_points(one, edition),
            None,
            can_turn=False,
        )
        for one in chosen
    ]
    columns = (
        Column("round", edition.say("header_round"), "label"),
        Column("mean", edition.say("header_percent_or_mean")),
        Column("range", edition.say("header_central"), "interval"),
    )
    groups = tuple(
        RowGroup(edition.label(one), tuple(_trace_row(row, decimals_of(one, edition)) for row in _trace(one, edition)))
        for one in chosen
    )
    words = (title, subtitle, edition.say("caption_trace"))
    table = Table(name, caption, columns, groups)
    return Sheet(name, caption, title, edition.say("alt_trace"), table, partial(draw_curves, curves, words))


def _trace(one: Indicator, edition: Edition) -> tuple[Estimate, ...]:
    rows = edition.lookup.rows("imputation_trace", one.outcome.id, one.estimand)
    return tuple(row for row in rows if row.estimate is not None)


def _trace_points(one: Indicator, edition: Edition) -> tuple[tuple[float, float, float, float], ...]:
    return tuple(
        (float(row.term), row.estimate or 0.0, row.conf_low or 0.0, row.conf_high or 0.0)
        for row in _trace(one, edition)
    )


def _trace_row(row: Estimate, decimals: int) -> Row:
    write = partial(numbers.interval, decimals=decimals)
    return Row(
        (label_cell(row.term), Cell(numbers.number(row.estimate, decimals), row.estimate), cells.limits(row, write))
    )
