"""Answers to one item, wave by wave: bars that fill 100 percent, in the order of the answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mirabal_toolkit.core.instrument import Direction
from mirabal_toolkit.reporting.figures import style
from mirabal_toolkit.reporting.figures.canvas import AreaLook, Box, Canvas
from mirabal_toolkit.reporting.figures.page import Page, new_page
from mirabal_toolkit.reporting.figures.text import height_of, width_of, wrap
from mirabal_toolkit.reporting.wording import Wording
from mirabal_toolkit.reporting.words import numbers

#: Width of a hidden answer, in percent of the bar.
HIDDEN_WIDTH = 6.0
BAR, STEP, LABEL_WIDTH, N_WIDTH, REASON_WIDTH = 0.34, 0.48, 0.95, 0.4, 0.7

HIDDEN_LOOK: AreaLook = {"facecolor": style.BAND, "edgecolor": style.GREY, "hatch": "////", "linewidth": 0.0}


@dataclass(frozen=True, slots=True)
class Bar:
    """One wave: the percent of each answer (None where hidden), n, and how many gave no answer, reason by reason."""

    label: str
    shares: tuple[float | None, ...]
    n: str
    missing: tuple[str, ...]

    @property
    def hidden(self) -> bool:
        """Whether any share is hidden."""
        return any(share is None for share in self.shares)


@dataclass(frozen=True, slots=True)
class Stack:
    """All bars of an item, with the labels of its answers, which end is better, and the reasons why answers lack."""

    answers: tuple[str, ...]
    direction: Direction
    bars: tuple[Bar, ...]
    reasons: tuple[str, ...] = ()


def fills(direction: Direction, number: int) -> tuple[str, ...]:
    """Return the colours of `number` ordered answers; good and bad ends differ where there are such."""
    if direction == "neutral":
        return _spread(style.LOW_TO_HIGH, number)
    colours = _spread(style.GOOD_TO_BAD_OF_FOUR if number == 4 else style.GOOD_TO_BAD, number)
    return colours if direction == "higher_is_worse" else colours[::-1]


def _spread(colours: Sequence[str], number: int) -> tuple[str, ...]:
    """Return `number` colours evenly spaced along `colours`."""
    from matplotlib.colors import LinearSegmentedColormap, to_hex

    if number == len(colours):
        return tuple(colours)
    steps = LinearSegmentedColormap.from_list("answers", list(colours))
    return tuple(to_hex(steps(position / max(number - 1, 1))) for position in range(number))


def ink_on(fill: str) -> str:
    """Return black or white, whichever is read better on `fill` (WCAG relative luminance)."""
    from matplotlib.colors import to_rgb

    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(fill)]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    # Contrast of white, and of the dark ink, whose luminance is 0.013.
    return style.PAPER if 1.05 / (luminance + 0.05) > (luminance + 0.05) / 0.063 else style.INK


def draw_stack(wording: Wording, stack: Stack, title: str, subtitle: str) -> Page:
    """Draw the bars from the first wave down to the last, the answers' names on top."""
    legend = legend_rows(stack)
    head = head_height(stack, legend)
    page = new_page(title, subtitle, stack_note(wording, stack, "caption_answers"), head + STEP * len(stack.bars))
    canvas = page.canvas()
    colours = fills(stack.direction, len(stack.answers))
    draw_legend(canvas, legend, colours)
    ends = side_places(stack, page.width)
    write_heads(canvas, stack, wording.say("column_n"), ends, head - 0.12)
    for number, bar in enumerate(stack.bars):
        _draw_bar(canvas, bar, head + number * STEP, ends[0] - N_WIDTH, colours)
        write_sides(canvas, bar, head + number * STEP + BAR / 2, ends)
    return page


def stack_note(wording: Wording, stack: Stack, key: str) -> str:
    """Return the note under the bars: what stands at the right, and what is hidden."""
    note = wording.say(key)
    if any(bar.hidden for bar in stack.bars):
        note += " " + wording.say("caption_answers_hidden")
    return note


def head_height(stack: Stack, legend: Sequence[Sequence[object]]) -> float:
    """Return the inches above the first bar: the answers' names, then the heads of the columns at the right."""
    lines = max([len(head) for head in _heads(stack)] + [1])
    return height_of(len(legend), style.SMALL) * 1.25 + 0.16 + height_of(lines, style.SMALL) + 0.06


def side_places(stack: Stack, width: float) -> tuple[float, ...]:
    """Return where the columns at the right end, in inches: n, then one a reason why answers lack."""
    first = width - REASON_WIDTH * len(stack.reasons)
    return tuple(first + REASON_WIDTH * number for number in range(len(stack.reasons) + 1))


def _heads(stack: Stack) -> list[tuple[str, ...]]:
    return [wrap(reason, REASON_WIDTH - 0.06, style.SMALL, "bold") for reason in stack.reasons]


def write_heads(canvas: Canvas, stack: Stack, n: str, ends: Sequence[float], bottom: float) -> None:
    """Write the heads of the columns at the right, their last lines at `bottom`."""
    for x, lines in zip(ends, [(n,), *_heads(stack)], strict=True):
        top = bottom - height_of(len(lines) - 1, style.SMALL)
        canvas.lines(x, top, lines, fontsize=style.SMALL, fontweight="bold", ha="right", va="center_baseline")


def write_sides(canvas: Canvas, bar: Bar, middle: float, ends: Sequence[float]) -> None:
    """Write n and how many gave no answer beside a bar."""
    for x, text in zip(ends, (bar.n, *bar.missing), strict=True):
        canvas.text(x, middle, text, fontsize=style.SMALL, ha="right", va="center_baseline")


def legend_rows(stack: Stack) -> list[list[tuple[int, str]]]:
    """Return the answers' names in rows that fit the page, each with its place among the answers."""
    rows: list[list[tuple[int, str]]] = [[]]
    used = 0.0
    room = style.WIDTH - 2 * style.MARGIN
    for number, answer in enumerate(stack.answers):
        text = wrap(answer, room - 0.4, style.SMALL)[0]
        width = width_of(text, style.SMALL) + 0.38
        if rows[-1] and used + width > room:
            rows.append([])
            used = 0.0
        rows[-1].append((number, text))
        used += width
    return rows


def draw_legend(canvas: Canvas, rows: list[list[tuple[int, str]]], colours: Sequence[str]) -> None:
    """Write what each colour means."""
    for line, row in enumerate(rows):
        x, y = 0.0, 0.08 + line * height_of(1, style.SMALL) * 1.25
        for number, text in row:
            canvas.box(Box(x, y - 0.055, 0.14, 0.11), facecolor=colours[number])
            canvas.text(x + 0.19, y, text, fontsize=style.SMALL, va="center_baseline")
            x += width_of(text, style.SMALL) + 0.38


def _draw_bar(canvas: Canvas, bar: Bar, top: float, right: float, colours: Sequence[str]) -> None:
    canvas.text(0, top + BAR / 2, bar.label, fontsize=style.LABEL, va="center_baseline")
    x = LABEL_WIDTH
    pieces = _pieces(bar)
    scale = (right - LABEL_WIDTH - 0.08) / (sum(pieces) or 1.0)
    for share, piece, colour in zip(bar.shares, pieces, colours, strict=True):
        width = piece * scale
        draw_piece(canvas, share, Box(x, top, width, BAR), colour)
        x += width


def draw_piece(canvas: Canvas, share: float | None, place: Box, colour: str) -> None:
    """Draw one answer of a bar, and write its percent into it, if it fits."""
    if not place.width:
        return
    if share is None:
        canvas.box(place, **HIDDEN_LOOK)
        return
    canvas.box(place, facecolor=colour, edgecolor=style.PAPER, linewidth=0.8)
    text = numbers.percent(share)
    if place.width > width_of(text, style.SMALL) + 0.06:
        x, y, ink = place.left + place.width / 2, place.top + place.height / 2, ink_on(colour)
        canvas.text(x, y, text, fontsize=style.SMALL, color=ink, ha="center", va="center_baseline")


def _pieces(bar: Bar) -> list[float]:
    """Return the width of each answer; a hidden one has a fixed width, so that it tells nothing.

    Shares of rounded counts need not add to 100, so the caller stretches the bar to its full width.
    """
    shown = sum(share for share in bar.shares if share is not None)
    fixed = HIDDEN_WIDTH if shown else 100.0
    return [fixed if share is None else share for share in bar.shares]
