"""Answers with a better and a worse end, wave by wave: worse to the left of a line, better to the right.

A middle answer is neither, so it stands apart, beside the bars; why answers lack stands in columns at the right.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mirabal_toolkit.reporting.figures import style
from mirabal_toolkit.reporting.figures.canvas import Box, Canvas
from mirabal_toolkit.reporting.figures.page import Page, new_page
from mirabal_toolkit.reporting.figures.stacked import (
    BAR,
    HIDDEN_WIDTH,
    LABEL_WIDTH,
    N_WIDTH,
    STEP,
    Bar,
    Stack,
    draw_legend,
    draw_piece,
    fills,
    head_height,
    legend_rows,
    side_places,
    stack_note,
    write_heads,
    write_sides,
)
from mirabal_toolkit.reporting.figures.text import width_of
from mirabal_toolkit.reporting.wording import Wording

GAP = 0.18


@dataclass(frozen=True, slots=True)
class Sides:
    """Which answers (by place) stand where: worse from the line outwards, better from the line outwards, neither."""

    worse: tuple[int, ...]
    better: tuple[int, ...]
    middle: tuple[int, ...]


def sides_of(stack: Stack) -> Sides:
    """Return on which side each answer stands; with an odd number of answers the one in between on neither.

    Examples
    --------
    >>> sides_of(Stack(("never", "sometimes", "often"), "higher_is_worse", ()))
    Sides(worse=(2,), better=(0,), middle=(1,))
    """
    number = len(stack.answers)
    half = number // 2
    low, high = tuple(range(half))[::-1], tuple(range(number - half, number))
    middle = tuple(range(half, number - half))
    return Sides(low, high, middle) if stack.direction == "higher_is_better" else Sides(high, low, middle)


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where things stand, in inches: the line, the middle answer, the columns at the right; inches a percent."""

    sides: Sides
    line: float
    scale: float
    middle: float
    ends: tuple[float, ...]


def draw_diverging(wording: Wording, stack: Stack, title: str, subtitle: str) -> Page:
    """Draw the bars from the first wave down to the last."""
    legend = legend_rows(stack)
    head = head_height(stack, legend)
    sides = sides_of(stack)
    note = stack_note(wording, stack, "caption_diverging_middle" if sides.middle else "caption_diverging")
    page = new_page(title, subtitle, note, head + STEP * len(stack.bars))
    canvas = page.canvas()
    layout = _layout(stack, sides, page.width)
    colours = fills(stack.direction, len(stack.answers))
    draw_legend(canvas, legend, colours)
    write_heads(canvas, stack, wording.say("column_n"), layout.ends, head - 0.12)
    _write_ends(canvas, wording, layout, head - 0.12)
    for number, bar in enumerate(stack.bars):
        _draw_bar(canvas, bar, head + number * STEP, layout, colours)
        write_sides(canvas, bar, head + number * STEP + BAR / 2, layout.ends)
    bottom = head + STEP * len(stack.bars) - (STEP - BAR)
    canvas.line([layout.line] * 2, [head - 0.05, bottom + 0.05], color=style.INK, linewidth=0.9, zorder=5)
    return page


def _width(share: float | None) -> float:
    return HIDDEN_WIDTH if share is None else share


def _extent(stack: Stack, places: Sequence[int]) -> float:
    """Return the most percent that answers of one side have at any wave."""
    return max((sum(_width(bar.shares[place]) for place in places) for bar in stack.bars), default=0.0)


def _layout(stack: Stack, sides: Sides, width: float) -> _Layout:
    ends = side_places(stack, width)
    parts = [_extent(stack, places) for places in (sides.worse, sides.better, sides.middle)]
    room = ends[0] - N_WIDTH - LABEL_WIDTH - (GAP if sides.middle else 0.0)
    scale = room / max(1.0, sum(parts))
    line = LABEL_WIDTH + parts[0] * scale
    return _Layout(sides, line, scale, line + parts[1] * scale + GAP, ends)


def _write_ends(canvas: Canvas, wording: Wording, layout: _Layout, y: float) -> None:
    """Write which side is which, where there is room above it."""
    right = layout.middle - GAP if layout.sides.middle else layout.ends[0] - N_WIDTH
    for x, side, key, room in (
        (layout.line - 0.07, "right", "head_worse", layout.line),
        (layout.line + 0.07, "left", "head_better", right - layout.line),
    ):
        text = wording.say(key)
        if width_of(text, style.SMALL) + 0.1 <= room:
            canvas.text(x, y, text, fontsize=style.SMALL, color=style.QUIET, ha=side, va="center_baseline")


def _draw_bar(canvas: Canvas, bar: Bar, top: float, layout: _Layout, colours: Sequence[str]) -> None:
    canvas.text(0, top + BAR / 2, bar.label, fontsize=style.LABEL, va="center_baseline")
    for place, left, width in _pieces(bar, layout):
        draw_piece(canvas, bar.shares[place], Box(left, top, width, BAR), colours[place])


def _pieces(bar: Bar, layout: _Layout) -> Iterator[tuple[int, float, float]]:
    """Yield (answer, left, width) of every piece of a bar, in inches."""
    x = layout.line
    for place in layout.sides.worse:
        width = _width(bar.shares[place]) * layout.scale
        x -= width
        yield place, x, width
    for places, start in ((layout.sides.better, layout.line), (layout.sides.middle, layout.middle)):
        x = start
        for place in places:
            width = _width(bar.shares[place]) * layout.scale
            yield place, x, width
            x += width
