"""Participant flow: a box a stage, from those approached to those analysed, and beside it why others are not in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot

from mirabal_toolkit.reporting.figures import style
from mirabal_toolkit.reporting.figures.canvas import DASHED, AreaLook, Box, Canvas
from mirabal_toolkit.reporting.figures.page import Page, new_page
from mirabal_toolkit.reporting.figures.text import POINTS, height_of, wrap
from mirabal_toolkit.reporting.wording import Wording

BOX_WIDTH, SIDE_LEFT, GAP, PAD = 3.1, 3.7, 0.26, 0.1


@dataclass(frozen=True, slots=True)
class Step:
    """One stage: its name, who is in it (a line a row), and the lines of those who are not."""

    wave: str
    interviewed: str
    lost: tuple[str, ...]


def draw_flow(wording: Wording, steps: Sequence[Step], title: str, subtitle: str) -> Page:
    """Draw the waves from the top down."""
    side_width = style.WIDTH - 2 * style.MARGIN - SIDE_LEFT - 0.02
    wrapped = [_lines(step, side_width) for step in steps]
    heights = [max(_height(lines) for lines in (main, side)) for main, side in wrapped]
    body = sum(heights) + GAP * (len(steps) - 1)
    page = new_page(title, subtitle, wording.say("caption_flow"), body)
    canvas = page.canvas()
    top = 0.0
    for number, ((main, side), height) in enumerate(zip(wrapped, heights, strict=True)):
        _draw_box(canvas, Box(0.01, top, BOX_WIDTH, height), main, filled=True)
        if side:
            _draw_box(canvas, Box(SIDE_LEFT, top, side_width, height), side, filled=False)
            _draw_arrow(canvas, (BOX_WIDTH, top + height / 2), (SIDE_LEFT, top + height / 2))
        if number < len(steps) - 1:
            _draw_arrow(canvas, (BOX_WIDTH / 2, top + height), (BOX_WIDTH / 2, top + height + GAP))
        top += height + GAP
    return page


def _lines(step: Step, side_width: float) -> tuple[tuple[str, ...], tuple[str, ...]]:
    main = (
        *wrap(step.wave, BOX_WIDTH - 2 * PAD, style.LABEL, "bold"),
        *(line for text in step.interviewed.split("\n") for line in wrap(text, BOX_WIDTH - 2 * PAD, style.LABEL)),
    )
    side = tuple(line for text in step.lost for line in wrap(text, side_width - 2 * PAD, style.LABEL, "bold"))
    return main, side


def _height(lines: Sequence[str]) -> float:
    return height_of(len(lines), style.LABEL) + 2 * PAD if lines else 0.0


def _draw_box(canvas: Canvas, place: Box, lines: Sequence[str], *, filled: bool) -> None:
    look: AreaLook = (
        {"facecolor": "#eef4f9", "edgecolor": style.BLUE, "linewidth": 0.9}
        if filled
        else {"facecolor": style.PAPER, "edgecolor": style.GREY, "linewidth": 0.9, "dashes": DASHED}
    )
    canvas.box(place, **look)
    size = style.LABEL
    first = place.top + (place.height - height_of(len(lines) - 1, size)) / 2
    for number, line in enumerate(lines):
        weight, y = "bold" if number == 0 else "normal", first + height_of(number, size)
        canvas.text(place.left + PAD, y, line, fontsize=size, fontweight=weight, va="center_baseline")


def _draw_arrow(canvas: Canvas, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Draw a line with a filled head whose very tip, with the edge around it, is the end."""
    far = hypot(end[0] - start[0], end[1] - start[1])
    along = ((end[0] - start[0]) / far, (end[1] - start[1]) / far)

    def place(back: float, aside: float) -> tuple[float, float]:
        back, aside = back / POINTS, aside / POINTS
        return end[0] - back * along[0] - aside * along[1], end[1] - back * along[1] + aside * along[0]

    neck = place(4.2, 0)
    canvas.line((start[0], neck[0]), (start[1], neck[1]), color=style.GREY, linewidth=0.9, capstyle="butt")
    head = (place(1.0, 0), place(4.2, 1.6), place(4.2, -1.6))
    canvas.area(head, facecolor=style.GREY, edgecolor=style.GREY, linewidth=0.9)
