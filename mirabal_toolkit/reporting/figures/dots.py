"""Rows of dots on one axis: how alike two arms were (love plot), and differences with intervals (forest)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from mirabal_toolkit.reporting.edition import Edition, Indicator
from mirabal_toolkit.reporting.figures import style
from mirabal_toolkit.reporting.figures.canvas import Canvas
from mirabal_toolkit.reporting.figures.page import Page, new_page
from mirabal_toolkit.reporting.figures.spec import Sheet
from mirabal_toolkit.reporting.figures.text import height_of, width_of, wrap
from mirabal_toolkit.reporting.tables import arms
from mirabal_toolkit.reporting.tables.columns import interval_column
from mirabal_toolkit.reporting.tables.parts import arm_label, is_clear, item_label, last_difference
from mirabal_toolkit.reporting.tables.spec import Cell, Column, Row, RowGroup, Table, label_cell
from mirabal_toolkit.reporting.values import decimals_of
from mirabal_toolkit.reporting.words import numbers

LABEL_WIDTH, TEXT_WIDTH, N_GAP, GAP, HEAD, FOOT, PAD = 2.5, 1.35, 0.22, 0.2, 0.3, 0.3, 0.12
MATTERS = 0.1
#: The parts of a table of balance that are of one group each.
ARMS = ("reference", "treated")


@dataclass(frozen=True, slots=True)
class Dots:
    """One row: an open dot, a filled dot, an interval, a text at the right, and how many; None where there is none.

    A row of a `heading` has nothing but its label. `people` is how many women it speaks of, or how many of each group.
    """

    label: str
    open: float | None
    filled: float | None
    interval: tuple[float, float] | None
    text: str
    colour: str = style.BLUE
    marker: str = "o"
    heading: bool = False
    people: tuple[float, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """Its label, as it is wrapped."""
        return wrap(self.label, LABEL_WIDTH, style.LABEL, "bold" if self.heading else "normal")

    @property
    def height(self) -> float:
        """Inches it takes."""
        return height_of(len(self.lines), style.LABEL) + PAD

    @property
    def n(self) -> str:
        """How many women it speaks of, as written at the right."""
        return f"n {', '.join(numbers.count(part) for part in self.people)}" if self.people else ""


@dataclass(frozen=True, slots=True)
class DotPlot:
    """A figure of rows.

    Parameters
    ----------
    lines : tuple of float
        Where faint lines stand, 0 beside them.
    legend : tuple of str
        What open and filled dots mean; empty where a row has one dot, open or filled.
    value : str
        What that one dot is.
    heads : tuple of str
        What the numbers of women of a row are of; in the table of numbers.
    """

    title: str
    subtitle: str
    note: str
    rows: tuple[Dots, ...]
    lines: tuple[float, ...]
    legend: tuple[str, ...] = ()
    value: str = ""
    heads: tuple[str, ...] = ()

    @property
    def n_width(self) -> float:
        """Inches at the right for how many women a row speaks of."""
        widest = max((width_of(row.n, style.SMALL) for row in self.rows), default=0.0)
        return widest + N_GAP if widest else 0.0


def love_plot(edition: Edition) -> tuple[Sheet, ...]:
    """Return the figure of standardised differences at the start, if there are two arms."""
    rows = tuple(_balance_row(name, edition) for name in edition.lookup.outcomes("balance"))
    rows = tuple(row for row in rows if row.open is not None or row.filled is not None)
    if not rows:
        return ()
    names = [arm_label(name, edition).lower() for name in arms.arm_names(edition)]
    apart, left = _apart([row.open for row in rows]), _apart([row.filled for row in rows])
    weighted = any(row.filled is not None for row in rows)
    key = "finding_love" if weighted else "finding_love_plain"
    plot = DotPlot(
        title=edition.say(key, apart=apart, all=len(rows), left=left),
        subtitle=edition.say("subtitle_love", reference=names[0], treated=names[1]),
        note=edition.say("caption_love", reference=names[0], treated=names[1]),
        rows=rows,
        lines=(-MATTERS, MATTERS),
        heads=tuple(edition.say("header_n_at", wave=name) for name in names),
        legend=(edition.say("legend_found"), edition.say("legend_weighted")) if weighted else (),
        value=edition.say("legend_found"),
    )
    return (dot_sheet("love-plot", edition.say("figure_love"), plot, edition),)


def _apart(values: Sequence[float | None]) -> int:
    return sum(value is not None and abs(value) > MATTERS for value in values)


def _balance_row(name: str, edition: Edition) -> Dots:
    terms = arms.balance_terms(name, edition)
    found, weighted = (
        None if term not in terms else terms[term].estimate for term in ("difference", "difference_weighted")
    )
    texts = [numbers.signed(value, 2) for value in (found, weighted) if value is not None]
    sizes = [terms[term].n_persons for term in ARMS if term in terms]
    people = tuple(size for size in sizes if size is not None)
    # One of two numbers alone would not say which group it is of.
    people = people if len(people) == len(ARMS) else ()
    return Dots(item_label(name, edition), found, weighted, None, " → ".join(texts), people=people)


def forest(edition: Edition) -> tuple[Sheet, ...]:
    """Return the figure of differences between the changes of two arms, one for each unit."""
    chosen = [one for one in arms.compared(edition) if one.first]
    sheets = []
    for number, binary in enumerate((True, False), start=1):
        part = [one for one in chosen if (one.outcome.kind == "binary") == binary]
        part = [one for one in part if binary or one.outcome.indicator == "score"]
        rows = tuple(row for one in part for row in [_forest_row(one, edition)] if row.interval is not None)
        if rows:
            sheets.append(_forest(edition, rows, part, "forest" if number == 1 else "forest-part-2"))
    return tuple(sheets)


def _forest(edition: Edition, rows: tuple[Dots, ...], part: Sequence[Indicator], name: str) -> Sheet:
    names = [arm_label(arm, edition).lower() for arm in arms.arm_names(edition)]
    clear = sum(is_clear(last_difference(one, edition)) for one in part)
    plot = DotPlot(
        title=edition.say("finding_forest", clear=clear, all=len(rows)),
        subtitle=edition.say("subtitle_forest", reference=names[0], treated=names[1]),
        note=edition.say("caption_forest", level=edition.level),
        rows=rows,
        lines=(),
        value=edition.say("header_difference"),
        heads=(edition.say("header_n"),),
    )
    return dot_sheet(name, edition.say("figure_forest"), plot, edition)


def _forest_row(one: Indicator, edition: Edition) -> Dots:
    found = last_difference(one, edition)
    if found is None or found.estimate is None or found.conf_low is None or found.conf_high is None:
        return Dots(edition.label(one), None, None, None, "")
    decimals = decimals_of(one, edition)
    around = numbers.interval(found.conf_low, found.conf_high, decimals, plus=True)
    text = f"{numbers.signed(found.estimate, decimals)}  ({around})"
    hollow, filled = (None, found.estimate) if is_clear(found) else (found.estimate, None)
    people = () if found.n_persons is None else (found.n_persons,)
    return Dots(edition.label(one), hollow, filled, (found.conf_low, found.conf_high), text, people=people)


def dot_sheet(name: str, caption: str, plot: DotPlot, edition: Edition) -> Sheet:
    """Return the figure of a plot, with its numbers and its rows in words."""
    alt = " ".join([f"{plot.subtitle}.", *(f"{row.label}: {row.text}." for row in plot.rows if not row.heading)])
    return Sheet(name, caption, plot.title, alt, _numbers(name, caption, plot, edition), partial(draw_dots, plot))


def _numbers(name: str, caption: str, plot: DotPlot, edition: Edition) -> Table:
    """Return the numbers of the rows: both dots where they mean two things, else the one there is."""
    heads = plot.legend or (plot.value,)
    columns = (
        Column("label", edition.say("header_indicator"), "label"),
        *(
            Column(key, head)
            for key, head in zip(("open", "filled") if plot.legend else ("value",), heads, strict=True)
        ),
        interval_column("interval", edition),
        *(Column(f"n_{place}", head) for place, head in enumerate(plot.heads, start=1)),
    )
    rows = tuple(
        Row((label_cell(row.label), *_values(row, plot), _limits(row), *_n(row, plot)))
        for row in plot.rows
        if not row.heading
    )
    return Table(f"{name}-numbers", caption, columns, (RowGroup("", rows),))


def _values(row: Dots, plot: DotPlot) -> tuple[Cell, ...]:
    if plot.legend:
        return _number(row.open), _number(row.filled)
    return (_number(row.open if row.filled is None else row.filled),)


def _number(value: float | None) -> Cell:
    return Cell(numbers.NO_VALUE) if value is None else Cell(numbers.signed(value, 2), value)


def _n(row: Dots, plot: DotPlot) -> tuple[Cell, ...]:
    if not row.people:
        return tuple(Cell(numbers.NO_VALUE) for _ in plot.heads)
    return tuple(Cell(numbers.count(part), part) for part in row.people)


def _limits(row: Dots) -> Cell:
    if row.interval is None:
        return Cell(numbers.NO_VALUE)
    return Cell(numbers.interval(*row.interval, 1, plus=True), bounds=row.interval)


def draw_dots(plot: DotPlot) -> Page:
    """Draw the rows from the top down."""
    head = HEAD if plot.legend else 0.06
    body = head + sum(row.height for row in plot.rows) + FOOT
    page = new_page(plot.title, plot.subtitle, plot.note, body)
    canvas = page.canvas()
    axis = _Axis(plot, LABEL_WIDTH + GAP, page.width - LABEL_WIDTH - TEXT_WIDTH - 2 * GAP - plot.n_width)
    _draw_axis(canvas, axis, plot.lines, (head, body - FOOT + 0.06))
    top = head
    for row in plot.rows:
        _draw_row(canvas, row, top + row.height / 2, axis, page.width - plot.n_width)
        if row.n:
            canvas.text(page.width, top + row.height / 2, row.n, fontsize=style.SMALL, ha="right", va="center_baseline")
        top += row.height
    _draw_legend(canvas, plot.legend)
    return page


class _Axis:
    """Values to inches; 0 is always inside."""

    def __init__(self, plot: DotPlot, left: float, width: float) -> None:
        from matplotlib.ticker import MaxNLocator

        ends = [
            value for row in plot.rows for value in (row.open, row.filled, *(row.interval or ())) if value is not None
        ]
        self.ticks = [
            float(tick)
            for tick in MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]).tick_values(
                min([*ends, *plot.lines, 0.0]), max([*ends, *plot.lines, 0.0])
            )
        ]
        self.left, self.width = left, width

    def x(self, value: float) -> float:
        low, high = self.ticks[0], self.ticks[-1]
        return self.left + self.width * (value - low) / (high - low)


def _draw_axis(canvas: Canvas, axis: _Axis, lines: tuple[float, ...], ends: tuple[float, float]) -> None:
    bottom = ends[1]
    for tick in axis.ticks:
        canvas.line([axis.x(tick)] * 2, list(ends), color=style.FAINT, linewidth=0.6, zorder=0)
        text = numbers.signed(tick, 0 if abs(axis.ticks[1] - axis.ticks[0]) >= 1 else 2)
        canvas.text(axis.x(tick), bottom + 0.05, text, fontsize=style.SMALL, color=style.QUIET, ha="center", va="top")
    canvas.line([axis.x(0)] * 2, list(ends), color=style.INK, linewidth=0.9, zorder=1)
    for line in lines:
        if axis.ticks[0] <= line <= axis.ticks[-1]:
            canvas.line([axis.x(line)] * 2, list(ends), color=style.GREY, linewidth=0.9, dashes=(3, 2))


def _draw_row(canvas: Canvas, row: Dots, middle: float, axis: _Axis, width: float) -> None:
    first = middle - height_of(len(row.lines) - 1, style.LABEL) / 2
    weight = "bold" if row.heading else "normal"
    canvas.lines(0, first, row.lines, fontweight=weight, va="center_baseline")
    if row.interval is not None:
        canvas.line([axis.x(end) for end in row.interval], [middle] * 2, color=row.colour, linewidth=1.8, zorder=2)
    for value, fill in ((row.open, style.PAPER), (row.filled, row.colour)):
        if value is not None:
            _dot(canvas, (axis.x(value), middle), fill, row.colour, row.marker)
    canvas.text(width, middle, row.text, fontsize=style.SMALL, ha="right", va="center_baseline")


def _dot(canvas: Canvas, at: tuple[float, float], fill: str, edge: str = style.BLUE, marker: str = "o") -> None:
    canvas.dot(*at, marker=marker, markersize=5.5, facecolor=fill, color=edge, zorder=3)


def _draw_legend(canvas: Canvas, legend: tuple[str, ...]) -> None:
    x = 0.06
    for text, fill in zip(legend, (style.PAPER, style.BLUE), strict=False):
        _dot(canvas, (x, 0.09), fill)
        canvas.text(x + 0.1, 0.09, text, fontsize=style.SMALL, va="center_baseline")
        x += 0.36 + width_of(text, style.SMALL)
