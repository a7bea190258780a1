"""Who stopped, who began, in whom it came back: three percents an indicator, side by side, with their intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from mirabal_toolkit.reporting.edition import Edition, Indicator
from mirabal_toolkit.reporting.figures import style
from mirabal_toolkit.reporting.figures.canvas import Canvas
from mirabal_toolkit.reporting.figures.page import Page, new_page, split_evenly
from mirabal_toolkit.reporting.figures.spec import Sheet
from mirabal_toolkit.reporting.figures.text import height_of, wrap
from mirabal_toolkit.reporting.lookup import Estimate
from mirabal_toolkit.reporting.tables.course import PARTS, course_indicators, course_table
from mirabal_toolkit.reporting.words import numbers

LABEL_WIDTH, GAP, HEAD, FOOT, PAD, TEXT_WIDTH = 2.0, 0.2, 0.26, 0.28, 0.14, 0.66
MOST_HEIGHT = 8.0
#: Marker and colour of each column.
LOOKS: dict[str, tuple[str, str]] = {
    "cessation": ("o", style.BLUE),
    "onset": ("s", style.ORANGE),
    "recurrence": ("D", style.ORANGE),
}


@dataclass(frozen=True, slots=True)
class Share:
    """A percent with its interval and the text beside it; None where hidden or not estimated."""

    value: float | None
    low: float
    high: float
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """An indicator with its three shares; a heading has none."""

    label: str
    shares: tuple[Share, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """Its label, as it is wrapped; a heading may be as wide as the page."""
        if not self.shares:
            return wrap(self.label, style.WIDTH - 2 * style.MARGIN, style.LABEL, "bold")
        return wrap(self.label, LABEL_WIDTH, style.LABEL)

    @property
    def height(self) -> float:
        """Inches it takes."""
        return height_of(max(len(self.lines), 1), style.LABEL) + PAD


def course_drawn(edition: Edition) -> tuple[Sheet, ...]:
    """Return the figures of cessation, onset and recurrence."""
    chosen = [one for one in course_indicators(edition) if one.first]

    def height(part: list[Indicator]) -> float:
        return sum(row.height for row in _lines(part, edition))

    pages = split_evenly(chosen, height, MOST_HEIGHT)
    return tuple(_sheet(part, number, edition) for number, part in enumerate(pages, start=1))


def _lines(part: Sequence[Indicator], edition: Edition) -> list[Line]:
    found: list[Line] = []
    for heading, members in edition.groups(tuple(part)):
        found += [Line(heading)] if heading else []
        for one in members:
            rows = [edition.lookup.rows(name, one.outcome.id, one.estimand) for name in PARTS]
            found.append(Line(edition.label(one), tuple(_share(row[0] if row else None, edition) for row in rows)))
    return found


def _share(found: Estimate | None, edition: Edition) -> Share:
    if found is None or found.estimate is None or found.conf_low is None or found.conf_high is None:
        hidden = found is not None and found.hidden
        return Share(None, 0.0, 0.0, edition.say("hidden") if hidden else numbers.NO_VALUE)
    share, n = numbers.percent(found.estimate, edition.decimals), numbers.count(found.n_obs)
    return Share(found.estimate, found.conf_low, found.conf_high, edition.say("count_of", count=share, n=n))


def _sheet(part: Sequence[Indicator], number: int, edition: Edition) -> Sheet:
    name = "course" if number == 1 else f"course-part-{number}"
    lines = _lines(part, edition)
    heads = tuple(edition.say(f"header_{key}") for key in PARTS)
    title = _title(part, edition)
    told = " ".join(_spoken(line, heads) for line in lines if line.shares)
    caption = edition.say("figure_course")
    words = (title, edition.say("subtitle_course"), edition.say("caption_course", level=edition.level))
    return Sheet(
        name,
        caption,
        title,
        f"{title}. {edition.say('alt_course')} {told}",
        course_table(f"{name}-numbers", part, edition),
        partial(_draw, lines, heads, words),
    )


def _spoken(line: Line, heads: Sequence[str]) -> str:
    parts = (f"{head.lower()} {share.text}" for head, share in zip(heads, line.shares, strict=True))
    return f"{line.label}: {', '.join(parts)}."


def _title(part: Sequence[Indicator], edition: Edition) -> str:
    """Return in how many of the indicators clearly more than half stopped."""
    found = [row for one in part for row in edition.lookup.rows("cessation", one.outcome.id, one.estimand)[:1]]
    shown = [row for row in found if row.conf_low is not None]
    if not shown:
        return edition.say("finding_course_none")
    most = sum(row.conf_low is not None and row.conf_low > 50 for row in shown)
    hidden = len(found) - len(shown)
    text = edition.say("finding_course", most=most, all=len(found))
    return edition.say("finding_counts_hidden", base=text, number=hidden) if hidden else text


def _draw(lines: Sequence[Line], heads: Sequence[str], words: tuple[str, str, str]) -> Page:
    body = HEAD + sum(line.height for line in lines) + FOOT
    page = new_page(*words, body)
    canvas = page.canvas()
    width = (page.width - LABEL_WIDTH - GAP * len(heads)) / len(heads)
    lefts = [LABEL_WIDTH + GAP + number * (width + GAP) for number in range(len(heads))]
    plot = width - TEXT_WIDTH
    for left, head in zip(lefts, heads, strict=True):
        canvas.text(left, 0.08, head, fontsize=style.LABEL, fontweight="bold", va="center_baseline")
    tops = _tops(lines)
    _draw_grids(canvas, lines, tops, (lefts, plot), body - FOOT)
    for line, top in zip(lines, tops, strict=True):
        _write_label(canvas, line, top)
        for key, share, left in zip(PARTS, line.shares, lefts, strict=False):
            _draw_share(canvas, share, (left, top + line.height / 2, plot), LOOKS[key])
    return page


def _tops(lines: Sequence[Line]) -> list[float]:
    tops, top = [], HEAD
    for line in lines:
        tops.append(top)
        top += line.height
    return tops


def _draw_grids(
    canvas: Canvas, lines: Sequence[Line], tops: Sequence[float], places: tuple[Sequence[float], float], bottom: float
) -> None:
    """Draw 0, 50 and 100 percent behind the rows, but not behind headings, which may be as wide as the page."""
    lefts, plot = places
    for left in lefts:
        for tick in (0, 50, 100):
            x = left + plot * tick / 100
            for line, top in zip(lines, tops, strict=True):
                if line.shares:
                    canvas.line([x, x], [top, top + line.height], color=style.FAINT, linewidth=0.6, zorder=0)
            text = f"{tick}"
            canvas.text(x, bottom + 0.05, text, fontsize=style.SMALL, color=style.QUIET, ha="center", va="top")


def _write_label(canvas: Canvas, line: Line, top: float) -> None:
    first = top + line.height / 2 - height_of(len(line.lines) - 1, style.LABEL) / 2
    weight = "normal" if line.shares else "bold"
    canvas.lines(0, first, line.lines, fontweight=weight, va="center_baseline")


def _draw_share(canvas: Canvas, share: Share, place: tuple[float, float, float], look: tuple[str, str]) -> None:
    left, middle, plot = place
    marker, colour = look
    if share.value is not None:
        ends = [left + plot * end / 100 for end in (share.low, share.high)]
        canvas.line(ends, [middle] * 2, color=colour, linewidth=3.0, alpha=0.3, capstyle="butt")
        canvas.dot(left + plot * share.value / 100, middle, marker=marker, markersize=4.6, color=colour, zorder=3)
    canvas.text(left + plot + TEXT_WIDTH, middle, share.text, fontsize=6.6, ha="right", va="center_baseline")
