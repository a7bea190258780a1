"""Missingness by wave and item: a line an item, a small bar a wave, filled by why answers lack."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mirabal_toolkit.reporting.figures import style
from mirabal_toolkit.reporting.figures.canvas import AreaLook, Box, Canvas
from mirabal_toolkit.reporting.figures.page import Page, new_page
from mirabal_toolkit.reporting.figures.text import height_of, width_of, wrap
from mirabal_toolkit.reporting.wording import Wording

LINE, BAR, HEADING = 0.158, 0.098, 0.24
LABEL_WIDTH, PERCENT_WIDTH, MOST_COLUMN = 2.55, 0.27, 1.5
#: Narrowest slice of a bar, in inches.
NARROWEST = 0.022
HEAD, LEGEND = 0.2, 0.2

#: Fills by kind of cell, from pale to dark so that they differ in grey; the one to worry about is hatched too.
FILLS: dict[str, AreaLook] = {
    "answered": {"facecolor": "#d6e4f0"},
    "routed": {"facecolor": style.PAPER},
    "dont_know": {"facecolor": "#7ab3d9"},
    "refused": {"facecolor": "#0b4a7a"},
    "unexplained": {"facecolor": style.ORANGE, "edgecolor": style.INK, "hatch": "//////", "linewidth": 0.0},
    "absent": {"facecolor": style.PAPER, "edgecolor": style.GREY, "hatch": "....", "linewidth": 0.0},
    "hidden": {"facecolor": style.BAND, "edgecolor": style.GREY, "hatch": "xxxx", "linewidth": 0.0},
}


@dataclass(frozen=True, slots=True)
class Gap:
    """One item at one wave: shares (0–1) by kind of `FILLS`, in its order; None where nobody was asked.

    `text` is the percent without an answer of those asked; empty where that is nobody.
    """

    shares: tuple[tuple[str, float], ...]
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """An item with its gaps, one a wave (None: not asked at that wave), or a heading without any."""

    label: str
    gaps: tuple[Gap | None, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """Its label, as it is wrapped; a heading may be as wide as the page."""
        if self.gaps:
            return wrap(self.label, LABEL_WIDTH - 0.1, style.SMALL)
        return wrap(self.label, style.WIDTH - 2 * style.MARGIN, style.SMALL, "bold")

    @property
    def height(self) -> float:
        """Inches it takes."""
        return (LINE if self.gaps else HEADING) + height_of(len(self.lines) - 1, style.SMALL)


def draw_missingness(wording: Wording, lines: Sequence[Line], waves: Sequence[tuple[str, str]], title: str) -> Page:
    """Draw the lines under the names of the waves.

    Parameters
    ----------
    lines : sequence of Line
    waves : sequence of (str, str)
        Name of each wave, and how many were interviewed.
    """
    body = LEGEND + HEAD + 0.06 + sum(line.height for line in lines)
    page = new_page(title, wording.say("subtitle_missing"), wording.say("caption_missing"), body)
    canvas = page.canvas()
    _draw_legend(canvas, wording, lines)
    column = min((page.width - LABEL_WIDTH) / len(waves), MOST_COLUMN)
    for number, (name, n) in enumerate(waves):
        left = LABEL_WIDTH + number * column
        canvas.text(left, LEGEND + 0.06, name, fontsize=style.SMALL, fontweight="bold", va="center_baseline")
        canvas.text(left, LEGEND + 0.19, n, fontsize=style.SMALL, color=style.QUIET, va="center_baseline")
    top = LEGEND + HEAD + 0.06
    for line in lines:
        _draw_line(canvas, line, top, column)
        top += line.height
    return page


def _draw_line(canvas: Canvas, line: Line, top: float, column: float) -> None:
    weight, first = ("normal", top + LINE / 2) if line.gaps else ("bold", top + HEADING - 0.08)
    canvas.lines(0, first, line.lines, fontsize=style.SMALL, fontweight=weight, va="center_baseline")
    middle = top + line.height / 2
    for number, gap in enumerate(line.gaps):
        if gap is not None:
            _draw_gap(canvas, gap, LABEL_WIDTH + number * column, middle, column - PERCENT_WIDTH - 0.06)


def _draw_gap(canvas: Canvas, gap: Gap, left: float, middle: float, width: float) -> None:
    x = left
    for kind, share in _visible(gap, width):
        canvas.box(Box(x, middle - BAR / 2, share * width, BAR), **FILLS[kind])
        x += share * width
    canvas.box(Box(left, middle - BAR / 2, width, BAR), edgecolor=style.FAINT, linewidth=0.5)
    if gap.text:
        canvas.text(left + width + 0.03, middle, gap.text, fontsize=6.2, color=style.QUIET, va="center_baseline")


def _visible(gap: Gap, width: float) -> list[tuple[str, float]]:
    """Return the shares that are not zero, the small ones as wide as the eye needs, in all 1."""
    shown = [(kind, max(share, NARROWEST / width)) for kind, share in gap.shares if share > 0]
    whole = sum(share for _, share in shown)
    return [(kind, share / whole) for kind, share in shown]


def _draw_legend(canvas: Canvas, wording: Wording, lines: Sequence[Line]) -> None:
    met = {kind for line in lines for gap in line.gaps if gap is not None for kind, share in gap.shares if share > 0}
    x = 0.0
    for kind, fill in FILLS.items():
        if kind not in met:
            continue
        place = Box(x, 0.0, 0.2, 0.11)
        canvas.box(place, **fill)
        canvas.box(place, edgecolor=style.GREY, linewidth=0.5)
        text = wording.say(f"missing_{kind}")
        canvas.text(x + 0.25, 0.055, text, fontsize=style.SMALL, va="center_baseline")
        x += width_of(text, style.SMALL) + 0.42
