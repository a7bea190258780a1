"""How a table is laid on paper: upright or on its side, as it is or folded, in usual or small text."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from mirabal_toolkit.reporting.tables.folding import fold
from mirabal_toolkit.reporting.tables.spec import Table, begins_span

TWIPS_PER_POINT = 20
#: Space before the first column under a spanning header, and before words beside a number, in points.
SPAN_GAP, WORDS_GAP = 9, 8
#: Where there is room, what more is wished for before such a column, in points: numbers of one group stand together.
SPAN_WISH = 40
#: Average width of a sign and height of a line in points, in the text of tables and in the small one.
SIGN, LINE = {False: 4.75, True: 3.95}, {False: 10.0, True: 8.3}
#: Signs of the narrowest first column, and of words that are short enough to stand on three lines at most.
NARROWEST_LABEL, SHORT = 22, 24
#: Signs of what stands in brackets behind a number and is not broken.
SHORT_BRACKET, NO_BREAK = 14, "\N{NO-BREAK SPACE}"
#: How wide a usual sign is beside the average one that columns are measured by.
USUAL = 0.88
#: Both sides' padding of a cell, and what a row adds above and below its text, in points.
CELL_PADDING, ROW_PADDING = 7, 2
#: What a heading, a caption and notes take of a table's pages, and its repeated header of each, in points.
AROUND, HEADER = 130, 40
#: A last page filled less than this is worth small text, if that saves it.
HARDLY_FILLED = 0.4


@dataclass(frozen=True, slots=True)
class Paper:
    """A sheet with its margins, upright, in twips; A4 unless said otherwise.

    Parameters
    ----------
    width, height : int
    side, top : int
        Margins left and right, and above and below, of an upright page.
    side_lying, top_lying : int
        The same of a page on its side.
    own_margins : bool
        Whether the margins come from a template and stay as they are.
    """

    width: int = 11906
    height: int = 16838
    side: int = 1134
    top: int = 1134
    side_lying: int = 1020
    top_lying: int = 850
    own_margins: bool = False

    def text_width(self, *, landscape: bool) -> int:
        """Return the width of the text in twips."""
        return self.height - 2 * self.side_lying if landscape else self.width - 2 * self.side

    def text_height(self, *, landscape: bool) -> int:
        """Return the height of the text in twips."""
        return self.width - 2 * self.top_lying if landscape else self.height - 2 * self.top


A4 = Paper()


@dataclass(frozen=True, slots=True)
class Fit:
    """How a table is laid on paper.

    Parameters
    ----------
    table : Table
        As it was, or folded.
    landscape : bool
        Whether the page must lie on its side.
    small : bool
        Whether the text must be small.
    widths : tuple of int
        Width of each column, in twips.
    height : float
        About how high it is, in points, without notes.
    """

    table: Table
    landscape: bool
    small: bool
    widths: tuple[int, ...]
    height: float


def fit_table(table: Table, paper: Paper = A4) -> Fit:
    """Return the layout of a table: the first that fits the width.

    It is small, or small and upright instead of lying, where that saves a page with hardly anything.
    """
    # However it is called, a layout is remembered once.
    return _fit(table, paper)


@lru_cache(maxsize=128)
def _fit(table: Table, paper: Paper) -> Fit:
    usual = next(_fitting(table, paper), None)
    if usual is None:
        return _laid(fold(table), paper, landscape=True, small=True)
    best = usual
    if 0 < _pages(usual, paper) % 1 < HARDLY_FILLED:
        best = _shorter(_laid(usual.table, paper, landscape=usual.landscape, small=True), best, paper)
    if usual.landscape and _fits(table, paper, landscape=False, small=True):
        best = _shorter(_laid(table, paper, landscape=False, small=True), best, paper)
    return best


def _shorter(other: Fit, fit: Fit, paper: Paper) -> Fit:
    """Return another layout if it takes fewer pages."""
    return other if math.ceil(_pages(other, paper)) < math.ceil(_pages(fit, paper)) else fit


def _pages(fit: Fit, paper: Paper) -> float:
    """Return about how many pages a table takes that begins on a new one."""
    room = paper.text_height(landscape=fit.landscape) / TWIPS_PER_POINT - HEADER
    return (fit.height + AROUND) / room


def _fitting(table: Table, paper: Paper) -> Iterator[Fit]:
    for folded, landscape, small in (
        (False, False, False),
        (False, True, False),
        (True, True, False),
        (True, True, True),
    ):
        form = fold(table) if folded else table
        if _fits(form, paper, landscape=landscape, small=small):
            yield _laid(form, paper, landscape=landscape, small=small)


def _fits(table: Table, paper: Paper, *, landscape: bool, small: bool) -> bool:
    return sum(_needs(table, small=small)) <= paper.text_width(landscape=landscape)


def _laid(table: Table, paper: Paper, *, landscape: bool, small: bool) -> Fit:
    widths = _shared(table, _needs(table, small=small), paper.text_width(landscape=landscape))
    return Fit(table, landscape, small, widths, _height(table, widths, small=small))


def _height(table: Table, widths: Sequence[int], *, small: bool) -> float:
    # Widths are meant for wide signs; a line of usual ones holds more.
    signs = [max(int((width / TWIPS_PER_POINT - CELL_PADDING) / (USUAL * SIGN[small])), 1) for width in widths]
    lines = [_lines([(column.header, column.under) for column in table.columns], signs)]
    lines += [_lines([(cell.text, cell.under) for cell in row.cells], signs) for row in table.rows]
    headings = sum(1 for group in table.groups if group.label)
    lines += [1] * (headings + bool(table.spans))
    return sum(number * LINE[small] + ROW_PADDING for number in lines)


def _lines(cells: Sequence[tuple[str, str]], signs: Sequence[int]) -> int:
    """Return how many lines a row takes: the most of its cells, each a text and what is under it."""
    return max(
        max(-(-len(text) // most), 1) + -(-len(under) // most) for (text, under), most in zip(cells, signs, strict=True)
    )


def _shared(table: Table, needs: Sequence[int], total: int) -> tuple[int, ...]:
    """Return widths that sum to `total`; what is over goes to texts by their length and between groups, then to all."""
    widths = list(needs)
    over = total - sum(needs)
    if over < 0:
        widths = [int(need * total / sum(needs)) for need in needs]
        widths[0] += total - sum(widths)
        return tuple(widths)
    wishes = [
        max(_wish(table, position) - need, 0)
        if column.kind in ("label", "text")
        else begins_span(table, position) * SPAN_WISH * TWIPS_PER_POINT
        for position, (need, column) in enumerate(zip(needs, table.columns, strict=True))
    ]
    share = min(1.0, over / sum(wishes)) if sum(wishes) else 0.0
    widths = [width + int(wish * share) for width, wish in zip(widths, wishes, strict=True)]
    rest = total - sum(widths)
    widths = [width + rest // len(widths) for width in widths]
    widths[0] += total - sum(widths)
    return tuple(widths)


def _needs(table: Table, *, small: bool) -> list[int]:
    """Return the least width of each column, in twips."""
    return [
        int((longest * SIGN[small] + CELL_PADDING + _gap(table, position)) * TWIPS_PER_POINT)
        for position, longest in enumerate(_longest(table))
    ]


def _gap(table: Table, position: int) -> int:
    return SPAN_GAP if begins_span(table, position) else WORDS_GAP if beside_a_number(table, position) else 0


@lru_cache(maxsize=128)
def _longest(table: Table) -> tuple[float, ...]:
    """Return how many signs of each column must stand on a line."""
    return tuple(_longest_of(table, position) for position in range(len(table.columns)))


def _longest_of(table: Table, position: int) -> float:
    """Return the length of a column's longest word, or for short numbers of its longest text."""
    column = table.columns[position]
    texts = {text for row in table.rows for text in (row.cells[position].text, row.cells[position].under)}
    words = [word[:20] for text in texts for word in unbroken(text).split(" ")]
    whole = [_on_three_lines(text) for text in texts] if column.kind == "text" else []
    whole += [] if column.kind in ("label", "text") else [_on_as_few_lines(text) for text in texts]
    bold = max((_bold(word) for word in f"{column.header} {column.under}".split()), default=0.0)
    longest = max(max((len(text) for text in (*words, *whole)), default=3), bold)
    return max(longest, NARROWEST_LABEL) if position == 0 else longest


def _bold(word: str) -> float:
    """Return how many usual signs a word of a header is as wide as; “Women” is wider than most of five letters."""
    return 1.12 * len(word) + sum(sign in "WM" for sign in word)


def unbroken(text: str) -> str:
    r"""Return a number with a short interval or count behind it so that only the brackets may go to the next line.

    Examples
    --------
    >>> unbroken("−38 (−49 to −27)").split(" ")
    ['−38', '(−49\xa0to\xa0−27)']
    >>> unbroken("Any physical harm (while in contact with him)") == "Any physical harm (while in contact with him)"
    True
    """
    number, bracket, other = text.partition(" (")
    if not bracket or number[:1].isalpha() or len(other) > SHORT_BRACKET:
        return text
    return f"{number} ({other.replace(' ', NO_BREAK)}"


def beside_a_number(table: Table, position: int) -> bool:
    """Whether a column of words stands right of a number, which it would touch without a gap."""
    left = position > 0 and table.columns[position - 1].kind not in ("label", "text")
    return left and table.columns[position].kind in ("label", "text")


def _on_as_few_lines(text: str) -> str:
    """Return the part of a text that must fit on a line: all of a number, half of words among numbers."""
    return text[: len(text) // 2 + 2] if text[:1].isalpha() else text


def _on_three_lines(text: str) -> str:
    """Return the part of a few words that must fit on a line; nothing of a longer text."""
    return text[: len(text) // 3 + 3] if len(text) <= SHORT else ""


def _wish(table: Table, position: int) -> int:
    """Return the width at which no text of a column breaks, in twips."""
    texts = [row.cells[position].text for row in table.rows]
    return int((max((len(text) for text in texts), default=0) * SIGN[False] + CELL_PADDING) * TWIPS_PER_POINT)
