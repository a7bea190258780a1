"""Before → after: one line an indicator, the change in points and n beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mirabal_toolkit.reporting.edition import Edition, Indicator
from mirabal_toolkit.reporting.figures import style
from mirabal_toolkit.reporting.figures.canvas import Canvas, Dashes, Paper
from mirabal_toolkit.reporting.figures.page import Page, new_page
from mirabal_toolkit.reporting.figures.text import height_of, width_of, wrap
from mirabal_toolkit.reporting.lookup import Estimate
from mirabal_toolkit.reporting.values import write_value
from mirabal_toolkit.reporting.wording import Wording
from mirabal_toolkit.reporting.words import numbers
from mirabal_toolkit.reporting.words.verdicts import Verdict, verdict_of

LABEL_WIDTH, CHANGE_WIDTH, N_WIDTH, PLOT_GAP = 2.35, 1.45, 0.35, 0.28
ROW_PAD, GROUP_PAD, HEAD = 0.13, 0.1, 0.42
#: The rows of one figure fill no more than this; a heading takes about so much. In inches.
MOST_HEIGHT, HEADING_HEIGHT = 8.2, 0.3
_LOOKS: dict[Verdict, tuple[str, Dashes]] = {
    "better": (style.BLUE, ()),
    "worse": (style.ORANGE, (4, 1.6)),
    "unclear": (style.GREY, (1, 1.4)),
    "neutral": (style.INK, ()),
    "unknown": (style.INK, ()),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One row: values are None where hidden or not estimated."""

    label: str
    before: float | None
    after: float | None
    before_text: str
    after_text: str
    change: str
    n: str
    verdict: Verdict


def make_line(one: Indicator, edition: Edition) -> Line:
    """Return the row of an indicator."""
    paired = edition.paired(one)
    change = paired.change
    return Line(
        label=edition.label(one),
        before=_value(paired.before),
        after=_value(paired.after),
        before_text=_text(paired.before, one, edition),
        after_text=_text(paired.after, one, edition),
        change=_change_text(change, edition),
        n=numbers.NO_VALUE if change is None or change.n_obs is None else f"{change.n_obs:.0f}",
        verdict=verdict_of(one, change),
    )


def _value(estimate: Estimate | None) -> float | None:
    return None if estimate is None else estimate.estimate


def _text(estimate: Estimate | None, one: Indicator, edition: Edition) -> str:
    if estimate is None or estimate.estimate is None:
        return ""
    return write_value(estimate.estimate, one, edition)


def _change_text(change: Estimate | None, edition: Edition) -> str:
    if change is None:
        return numbers.NO_VALUE
    if change.hidden:
        return edition.say("hidden")
    if change.estimate is None:
        return numbers.NO_VALUE
    around = numbers.interval(change.conf_low, change.conf_high, edition.decimals, plus=True)
    return f"{numbers.signed(change.estimate, edition.decimals)}  ({around})"


_BEHIND_HEADING, _BEHIND_END = Paper(pad=1.0), Paper(pad=0.6, alpha=0.85)
Groups = Sequence[tuple[str, Sequence[Line]]]


def draw_dumbbell(wording: Wording, groups: Groups, title: str, subtitle: str) -> Page:
    """Draw groups of lines, from the top down."""
    body = HEAD + sum(_group_height(heading, lines) for heading, lines in groups) + 0.22
    page = new_page(title, subtitle, wording.say("caption_before_after", level=wording.level), body)
    canvas = page.canvas()
    plot_left = LABEL_WIDTH + PLOT_GAP
    plot_width = page.width - plot_left - PLOT_GAP - CHANGE_WIDTH - N_WIDTH
    scale = _Scale(plot_left, plot_width)
    _write_head(canvas, wording, groups, page)
    _draw_grid(canvas, scale, HEAD, body - 0.2)
    top = HEAD
    for heading, lines in groups:
        names = wrap(heading, page.width, style.LABEL, "bold") if heading else ()
        canvas.lines(0, top + GROUP_PAD, names, fontweight="bold", va="top", bbox=_BEHIND_HEADING)
        top += _heading_height(heading)
        for line in lines:
            height = line_height(line)
            _draw_line(canvas, line, top, height, scale)
            _write_numbers(canvas, line, top + height / 2, page.width)
            top += height
    return page


@dataclass(frozen=True, slots=True)
class _Scale:
    left: float
    width: float

    def x(self, value: float) -> float:
        return self.left + self.width * value / 100


def _heading_height(heading: str) -> float:
    if not heading:
        return 0.0
    lines = wrap(heading, style.WIDTH - 2 * style.MARGIN, style.LABEL, "bold")
    return GROUP_PAD + height_of(len(lines), style.LABEL) + 0.04


def line_height(line: Line) -> float:
    """Return the height of a row, in inches."""
    return height_of(len(wrap(line.label, LABEL_WIDTH, style.LABEL)), style.LABEL) + ROW_PAD


def _group_height(heading: str, lines: Sequence[Line]) -> float:
    return _heading_height(heading) + sum(line_height(line) for line in lines)


def _draw_grid(canvas: Canvas, scale: _Scale, top: float, bottom: float) -> None:
    for value in (0, 25, 50, 75, 100):
        canvas.line([scale.x(value)] * 2, [top, bottom], color=style.FAINT, linewidth=0.6, zorder=0)
        canvas.text(
            scale.x(value), bottom + 0.04, f"{value}", fontsize=style.SMALL, color=style.QUIET, ha="center", va="top"
        )


def _draw_line(canvas: Canvas, line: Line, top: float, height: float, scale: _Scale) -> None:
    middle = top + height / 2
    labels = wrap(line.label, LABEL_WIDTH, style.LABEL)
    first = middle - height_of(len(labels) - 1, style.LABEL) / 2
    canvas.lines(0, first, labels, va="center_baseline")
    colour, dashes = _LOOKS[line.verdict]
    if line.before is not None and line.after is not None:
        ends = [scale.x(line.before), scale.x(line.after)]
        canvas.line(ends, [middle] * 2, color=colour, dashes=dashes, linewidth=2.2, capstyle="butt", zorder=2)
    for value, filled in ((line.before, False), (line.after, True)):
        if value is not None:
            _draw_dot(canvas, scale.x(value), middle, colour, filled=filled)
    _write_ends(canvas, line, middle, scale)


def _draw_dot(canvas: Canvas, x: float, y: float, colour: str, *, filled: bool) -> None:
    fill = colour if filled else style.PAPER
    canvas.dot(x, y, facecolor=fill, color=colour, edgewidth=1.4, zorder=4 if filled else 3)


def _write_ends(canvas: Canvas, line: Line, middle: float, scale: _Scale) -> None:
    """Write both values outside their dots, the lower to the left."""
    ends = [
        (value, text)
        for value, text in ((line.before, line.before_text), (line.after, line.after_text))
        if value is not None
    ]
    ends.sort(key=lambda end: end[0] or 0.0)
    if len(ends) == 2:
        _write_end(canvas, scale.x(ends[0][0] or 0.0) - 0.075, middle, ends[0][1], "right")
    if ends:
        _write_end(canvas, scale.x(ends[-1][0] or 0.0) + 0.075, middle, ends[-1][1], "left")


def _write_end(canvas: Canvas, x: float, y: float, text: str, side: str) -> None:
    canvas.text(
        x,
        y,
        text,
        fontsize=style.SMALL,
        ha=side,
        va="center_baseline",
        color=style.INK,
        zorder=3,
        bbox=_BEHIND_END,
    )


def _write_numbers(canvas: Canvas, line: Line, middle: float, width: float) -> None:
    canvas.text(width - N_WIDTH, middle, line.change, fontsize=style.SMALL, ha="right", va="center_baseline")
    canvas.text(width, middle, line.n, fontsize=style.SMALL, ha="right", va="center_baseline", color=style.QUIET)


def _write_head(canvas: Canvas, wording: Wording, groups: Groups, page: Page) -> None:
    """Write the legend, and the heads of the columns at the right."""
    y = 0.07
    first, last = (wording.wave_name(wave) for wave in (wording.waves[0], wording.waves[-1]))
    x = 0.06
    for text, filled in ((first, False), (last, True)):
        _draw_dot(canvas, x, y, style.INK, filled=filled)
        canvas.text(x + 0.1, y, text, fontsize=style.SMALL, va="center_baseline")
        x += 0.3 + width_of(text, style.SMALL)
    met = {line.verdict for _, lines in groups for line in lines}
    for verdict, (colour, dashes) in _LOOKS.items():
        if verdict in met and verdict != "unknown":
            text = wording.say(f"legend_{verdict}")
            canvas.line([x, x + 0.3], [y, y], color=colour, dashes=dashes, linewidth=2.2)
            canvas.text(x + 0.36, y, text, fontsize=style.SMALL, va="center_baseline")
            x += 0.56 + width_of(text, style.SMALL)
    heads = ((page.width - N_WIDTH, wording.say("column_change")), (page.width, wording.say("column_n")))
    for right, text in heads:
        canvas.text(right, HEAD - 0.1, text, fontsize=style.SMALL, fontweight="bold", ha="right", va="center_baseline")
