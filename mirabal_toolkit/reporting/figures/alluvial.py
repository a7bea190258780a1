"""Drawing where people went: columns of answers, one a wave, and bands of people between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mirabal_toolkit.reporting.figures import style
from mirabal_toolkit.reporting.figures.canvas import CUBIC, LINE, MOVE, AreaLook, Box, Canvas
from mirabal_toolkit.reporting.figures.text import height_of, width_of, wrap

NODE, SPACE = 0.1, 0.05
#: A band or an answer this low (inches) has no number written on it.
LOWEST_WITH_TEXT = 0.115
#: Height of an answer whose number is hidden, as a share of everybody; the same for all, so that it tells nothing.
HIDDEN_SHARE = 0.03
HIDDEN_LOOK: AreaLook = {"facecolor": style.BAND, "edgecolor": style.GREY, "hatch": "//////", "linewidth": 0.0}
UNKNOWN_FILL = "#c3cad2"


@dataclass(frozen=True, slots=True)
class State:
    """People with one answer at one wave; `count` is None where hidden, and 0 where there is nobody."""

    label: str
    fill: str
    count: float | None


@dataclass(frozen=True, slots=True)
class Band:
    """People who went from one answer (by its place in the column) to one of the next column."""

    column: int
    start: int
    end: int
    count: float


@dataclass(frozen=True, slots=True)
class Stream:
    """One panel.

    Parameters
    ----------
    label : str
        What it is about; empty for none.
    below : str
        A line under the label.
    columns : tuple of tuple of State
        Answers from top to bottom, a column a wave.
    bands : tuple of Band
        Those that are shown.
    ticks : tuple of str
        What stands under each column.
    """

    label: str
    below: str
    columns: tuple[tuple[State, ...], ...]
    bands: tuple[Band, ...]
    ticks: tuple[str, ...]


def heading_height(stream: Stream, width: float) -> float:
    """Return the inches its label and the line under it take."""
    lines = len(wrap(stream.label, width, style.LABEL, "bold")) if stream.label else 0
    return height_of(lines, style.LABEL) + (height_of(1, style.SMALL) if stream.below else 0) + 0.08


def draw_heading(canvas: Canvas, stream: Stream, left: float, top: float, width: float) -> None:
    """Write the label of a panel and the line under it."""
    lines = wrap(stream.label, width, style.LABEL, "bold") if stream.label else ()
    canvas.lines(left, top, lines, fontweight="bold", va="top")
    if stream.below:
        y = top + height_of(len(lines), style.LABEL)
        canvas.text(left, y, stream.below, fontsize=style.SMALL, color=style.QUIET, va="top")


def draw_stream(canvas: Canvas, stream: Stream, box: Box, *, counts: bool = True) -> None:
    """Draw the columns and bands of one panel into a box, its ticks below it, and its counts beside the columns."""
    places = places_of(stream, box)
    step = (box.width - NODE) / max(len(stream.columns) - 1, 1)
    for band in _stacked(stream, places):
        left = box.left + band.column * step + NODE
        _draw_band(canvas, (left, left + step - NODE), band)
    for number, (column, heights) in enumerate(zip(stream.columns, places, strict=True)):
        left = box.left + number * step
        for state, (top, height) in zip(column, heights, strict=True):
            _draw_node(canvas, state, Box(left, top, NODE, height))
        y = box.top + box.height + 0.05
        canvas.text(
            left + NODE / 2, y, stream.ticks[number], fontsize=style.SMALL, color=style.QUIET, ha="center", va="top"
        )
    if counts:
        _write_counts(canvas, stream, places, box.left, step)


def _sizes(stream: Stream) -> list[list[float]]:
    """Return how many people each answer is drawn for: as shown, or at least those seen to come and go."""
    least = [[0.0] * len(column) for column in stream.columns]
    come = [list(row) for row in least]
    for band in stream.bands:
        least[band.column][band.start] += band.count
        come[band.column + 1][band.end] += band.count
    everybody = max((sum(state.count or 0.0 for state in column) for column in stream.columns), default=0.0)
    hidden = HIDDEN_SHARE * everybody
    return [
        [
            max(hidden if state.count is None else state.count, leaving, coming)
            for state, leaving, coming in zip(column, out, into, strict=True)
        ]
        for column, out, into in zip(stream.columns, least, come, strict=True)
    ]


def places_of(stream: Stream, box: Box) -> list[list[tuple[float, float]]]:
    """Return (top, height) of every answer, in inches; all columns are drawn to one scale."""
    sizes = _sizes(stream)
    gaps = SPACE * max(len(column) - 1 for column in stream.columns)
    scale = (box.height - gaps) / max(1.0, *(sum(column) for column in sizes))
    found = []
    for column in sizes:
        top, row = box.top, []
        for size in column:
            row.append((top, size * scale))
            top += size * scale + (SPACE if size else 0.0)
        found.append(row)
    return found


@dataclass(frozen=True, slots=True)
class _Ribbon:
    """A band with its ends: (top, height) at the left and at the right."""

    column: int
    left: tuple[float, float]
    right: tuple[float, float]
    fill: str


def _stacked(stream: Stream, places: Sequence[Sequence[tuple[float, float]]]) -> Iterator[_Ribbon]:
    """Yield the bands where they begin and end: side by side, in the order of the answers."""
    sizes = _sizes(stream)
    leaving: dict[tuple[int, int], float] = {}
    coming: dict[tuple[int, int], float] = {}
    for band in sorted(stream.bands, key=lambda one: (one.column, one.start, one.end)):
        out, into = (band.column, band.start), (band.column + 1, band.end)
        top, height = places[out[0]][out[1]]
        scale = height / sizes[out[0]][out[1]] if sizes[out[0]][out[1]] else 0.0
        thick = band.count * scale
        begin = top + leaving.get(out, 0.0)
        end = places[into[0]][into[1]][0] + coming.get(into, 0.0)
        leaving[out] = leaving.get(out, 0.0) + thick
        coming[into] = coming.get(into, 0.0) + thick
        fill = stream.columns[out[0]][out[1]].fill
        yield _Ribbon(band.column, (begin, thick), (end, thick), fill)


def _draw_band(canvas: Canvas, ends: tuple[float, float], ribbon: _Ribbon) -> None:
    left, right = ends
    middle = (left + right) / 2
    (top, thick), (end, _) = ribbon.left, ribbon.right
    points = (
        (left, top), (middle, top), (middle, end), (right, end),
        (right, end + thick), (middle, end + thick), (middle, top + thick), (left, top + thick),
    )  # fmt: skip
    curve = (CUBIC, CUBIC, CUBIC)
    canvas.area(points, (MOVE, *curve, LINE, *curve), facecolor=ribbon.fill, alpha=0.42)


def _draw_node(canvas: Canvas, state: State, box: Box) -> None:
    if box.height:
        canvas.box(box, **(HIDDEN_LOOK if state.count is None else {"facecolor": state.fill}))


def _write_counts(
    canvas: Canvas, stream: Stream, places: Sequence[Sequence[tuple[float, float]]], left: float, step: float
) -> None:
    """Write how many gave each answer, beside its node: at the right, in the last column at the left."""
    last = len(stream.columns) - 1
    for number, column in enumerate(stream.columns):
        for state, (top, height) in zip(column, places[number], strict=True):
            if state.count is None or not state.count or height < LOWEST_WITH_TEXT:
                continue
            text = f"{state.count:.0f}"
            if width_of(text, 6.2) > step - NODE - 0.06:
                continue
            x = left + number * step + (-0.03 if number == last else NODE + 0.03)
            side = "right" if number == last else "left"
            canvas.text(x, top + height / 2, text, fontsize=6.2, ha=side, va="center_baseline", color=style.INK)
