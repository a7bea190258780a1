"""Questions behind indicators of “any”: a row a question, a column a wave, the darker the more said yes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import groupby
from typing import TYPE_CHECKING

from mirabal_toolkit.reporting.edition import Edition, Indicator
from mirabal_toolkit.reporting.figures import style
from mirabal_toolkit.reporting.figures.canvas import Box, Canvas
from mirabal_toolkit.reporting.figures.page import Page, new_page, split_evenly
from mirabal_toolkit.reporting.figures.spec import Sheet
from mirabal_toolkit.reporting.figures.stacked import HIDDEN_LOOK, ink_on
from mirabal_toolkit.reporting.figures.text import height_of, wrap
from mirabal_toolkit.reporting.lookup import Estimate
from mirabal_toolkit.reporting.tables import cells
from mirabal_toolkit.reporting.tables.parts import item_label
from mirabal_toolkit.reporting.tables.spec import Cell, Column, Row, RowGroup, Table, label_cell
from mirabal_toolkit.reporting.words import numbers

if TYPE_CHECKING:
    from matplotlib.colors import Colormap

LABEL_WIDTH, HEAD, PAD, MOST_COLUMN, MOST_HEIGHT = 3.0, 0.24, 0.1, 0.95, 8.0
#: A question answered by less than this share of those the indicator is known of was asked of some only.
FEWER = 0.85


@dataclass(frozen=True, slots=True)
class Line:
    """A question with its percent at each wave, or the heading of several, with how many were asked at each wave.

    Percents are None where nobody was asked; `hidden` says where they are hidden.
    """

    label: str
    shares: tuple[float | None, ...] = ()
    hidden: tuple[bool, ...] = ()
    texts: tuple[str, ...] = ()

    @property
    def is_heading(self) -> bool:
        """Whether it stands above questions."""
        return not self.shares

    @property
    def lines(self) -> tuple[str, ...]:
        """Its label, as it is wrapped."""
        return wrap(self.label, LABEL_WIDTH - 0.12, style.LABEL, "bold" if self.is_heading else "normal")

    @property
    def height(self) -> float:
        """Inches it takes."""
        return height_of(len(self.lines), style.LABEL) + (0.16 if self.is_heading else PAD)


def endorsement(edition: Edition) -> tuple[Sheet, ...]:
    """Return the figures of the questions behind each indicator of “any”, as many as stay legible."""
    questions = _questions(edition)

    def height(part: list[tuple[Indicator, str]]) -> float:
        return sum(line.height for line in _lines(part, edition))

    pages = split_evenly(questions, height, MOST_HEIGHT)
    return tuple(_sheet(part, number, edition) for number, part in enumerate(pages, start=1))


def _questions(edition: Edition) -> list[tuple[Indicator, str]]:
    """Return (indicator, question), in the order of the plan."""
    found = []
    for one in edition.indicators:
        if one.first and one.outcome.indicator == "any" and one.outcome.scale is not None:
            scale = edition.instrument.scale_by_id[one.outcome.scale]
            items = dict.fromkeys((*scale.items, *scale.severe))
            found += [(one, item) for item in items if _shares(one, item, edition)]
    return found


def _shares(one: Indicator, item: str, edition: Edition) -> dict[int, Estimate]:
    return edition.lookup.by_wave("endorsement", item, one.estimand)


def _lines(part: Sequence[tuple[Indicator, str]], edition: Edition) -> list[Line]:
    found: list[Line] = []
    above: Indicator | None = None
    for one, item in part:
        if one != above:
            series = edition.series(one)
            bases = (series.get(wave) for wave in edition.waves)
            texts = tuple(edition.say("n_is", n=numbers.count(row.n_obs)) if row is not None else "" for row in bases)
            found.append(Line(edition.label(one), texts=texts))
            above = one
        found.append(_line(one, item, edition))
    return found


def _line(one: Indicator, item: str, edition: Edition) -> Line:
    rows = [_shares(one, item, edition).get(wave) for wave in edition.waves]
    shares = tuple(None if row is None else row.estimate for row in rows)
    texts = tuple("" if share is None else numbers.percent(share, edition.decimals) for share in shares)
    hidden = tuple(row is not None and row.hidden for row in rows)
    return Line(_label(one, item, edition), shares, hidden, texts)


def _label(one: Indicator, item: str, edition: Edition) -> str:
    """Return the label of a question; where only some were asked it, that its percents are of those."""
    label, series = item_label(item, edition), edition.series(one)
    for wave, row in _shares(one, item, edition).items():
        whole = series.get(wave)
        if whole is not None and whole.n_obs and row.n_obs is not None and row.n_obs < FEWER * whole.n_obs:
            return edition.say("label_of_those_asked", label=label)
    return label


def _sheet(part: Sequence[tuple[Indicator, str]], number: int, edition: Edition) -> Sheet:
    name = "endorsement" if number == 1 else f"endorsement-part-{number}"
    lines = _lines(part, edition)
    title = _title(part, edition)
    caption = edition.say("figure_endorsement")
    note = edition.say("caption_endorsement")
    if any(any(line.hidden) for line in lines):
        note += " " + edition.say("caption_endorsement_hidden")
    waves = [edition.wave_name(wave) for wave in edition.waves]
    hidden = edition.say("hidden")
    told = " ".join(_spoken(line, waves, hidden) for line in lines if not line.is_heading)
    words = (title, edition.say("subtitle_endorsement"), note)
    numbers_of = _numbers(f"{name}-numbers", part, edition)
    alt = f"{title}. {edition.say('alt_endorsement')} {told}"
    return Sheet(name, caption, title, alt, numbers_of, partial(_draw, lines, waves, words))


def _spoken(line: Line, waves: Sequence[str], hidden: str) -> str:
    told = [
        f"{wave} {hidden if is_hidden else text}"
        for wave, text, is_hidden in zip(waves, line.texts, line.hidden, strict=True)
        if text or is_hidden
    ]
    return f"{line.label}: {', '.join(told)}."


def _title(part: Sequence[tuple[Indicator, str]], edition: Edition) -> str:
    """Return which of the questions most women said yes to at the last wave."""
    last = edition.waves[-1]
    shown = [
        (row.estimate, item)
        for one, item in part
        if (row := _shares(one, item, edition).get(last)) is not None and row.estimate is not None
    ]
    if not shown or max(shown)[0] == 0:
        return edition.say("finding_endorsement_none")
    share, item = max(shown)
    percent = numbers.percent(share, edition.decimals)
    return edition.say(
        "finding_endorsement", item=item_label(item, edition), share=percent, at_last=edition.at_wave(last)
    )


def _numbers(name: str, part: Sequence[tuple[Indicator, str]], edition: Edition) -> Table:
    """Return percent and n of every question at every wave."""
    marks = cells.Marks(edition)
    columns = [Column("question", edition.say("header_item"), "label")]
    for wave in edition.waves:
        span = edition.wave_name(wave)
        columns += [
            Column(f"w{wave}", edition.say("header_percent"), span=span),
            Column(f"n_w{wave}", edition.say("header_n"), span=span),
        ]
    groups = []
    for label, members in groupby(part, key=lambda pair: edition.label(pair[0])):
        groups.append(RowGroup(label, tuple(_number_row(one, item, edition, marks) for one, item in members)))
    return Table(name, edition.say("figure_endorsement"), tuple(columns), tuple(groups), marks.notes())


def _number_row(one: Indicator, item: str, edition: Edition, marks: cells.Marks) -> Row:
    shares = _shares(one, item, edition)
    found: list[Cell] = [label_cell(_label(one, item, edition))]
    for wave in edition.waves:
        found += [cells.share(shares.get(wave), edition, marks), cells.base(shares.get(wave))]
    return Row(tuple(found))


def _draw(lines: Sequence[Line], waves: Sequence[str], words: tuple[str, str, str]) -> Page:
    page = new_page(*words, HEAD + sum(line.height for line in lines) + 0.04)
    canvas = page.canvas()
    column = min((page.width - LABEL_WIDTH) / len(waves), MOST_COLUMN)
    lefts = [LABEL_WIDTH + number * column for number in range(len(waves))]
    for left, wave in zip(lefts, waves, strict=True):
        x, names = left + column / 2, wrap(wave, column - 0.04, style.SMALL, "bold")[:2]
        canvas.lines(x, 0.06, names, fontsize=style.SMALL, fontweight="bold", ha="center", va="center_baseline")
    top = HEAD
    for line in lines:
        _draw_line(canvas, line, top, lefts, column)
        top += line.height
    return page


def _draw_line(canvas: Canvas, line: Line, top: float, lefts: Sequence[float], column: float) -> None:
    bottom = top + line.height - height_of(len(line.lines), style.LABEL) / 2 - 0.04
    middle = bottom if line.is_heading else top + line.height / 2
    first = middle - height_of(len(line.lines) - 1, style.LABEL) / 2
    weight = "bold" if line.is_heading else "normal"
    canvas.lines(0, first, line.lines, fontweight=weight, va="center_baseline")
    for left, cell in zip(lefts, _cells(line), strict=True):
        _draw_cell(canvas, cell, (left, top, column, line.height))


def _cells(line: Line) -> Iterator[tuple[float | None, bool, str]]:
    blank: tuple[None, ...] = (None,) * len(line.texts)
    yield from zip(line.shares or blank, line.hidden or (False,) * len(line.texts), line.texts, strict=True)


def _draw_cell(canvas: Canvas, cell: tuple[float | None, bool, str], place: tuple[float, float, float, float]) -> None:
    share, hidden, text = cell
    left, top, width, height = place
    box = Box(left + 0.015, top + 0.012, width - 0.03, height - 0.024)
    ink = style.QUIET
    if hidden:
        canvas.box(box, **HIDDEN_LOOK)
    elif share is not None:
        fill = shade(share)
        canvas.box(box, facecolor=fill)
        ink = ink_on(fill)
    bottom = top + height - height_of(1, style.LABEL) / 2 - 0.04
    y = top + height / 2 if share is not None else bottom
    canvas.text(left + width / 2, y, text, fontsize=style.SMALL, color=ink, ha="center", va="center_baseline")


def shade(share: float) -> str:
    """Return the fill of a percent: the more, the darker, in colour and in grey.

    Examples
    --------
    >>> shade(0.0), shade(100.0)
    ('#f1f6fb', '#062d4d')
    """
    from matplotlib.colors import to_hex

    return str(to_hex(_shades()(share / 100)))


@lru_cache(maxsize=1)
def _shades() -> Colormap:
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("shares", ["#f1f6fb", *style.LOW_TO_HIGH[1:]])
