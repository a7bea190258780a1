"""Where women went from wave to wave: headline yes-or-no indicators, and the answers to single questions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

from mirabal_toolkit.core.instrument import in_language
from mirabal_toolkit.core.results import NOT_KNOWN, STATE_TO_STATE
from mirabal_toolkit.reporting.edition import Edition, Indicator
from mirabal_toolkit.reporting.figures import style
from mirabal_toolkit.reporting.figures.alluvial import (
    UNKNOWN_FILL,
    Band,
    State,
    Stream,
    draw_heading,
    draw_stream,
    heading_height,
)
from mirabal_toolkit.reporting.figures.canvas import Box, Canvas
from mirabal_toolkit.reporting.figures.page import Page, new_page
from mirabal_toolkit.reporting.figures.spec import Sheet
from mirabal_toolkit.reporting.figures.text import width_of
from mirabal_toolkit.reporting.lookup import Estimate
from mirabal_toolkit.reporting.tables import cells
from mirabal_toolkit.reporting.tables.spec import Cell, Column, Row, RowGroup, Table, label_cell
from mirabal_toolkit.reporting.words import numbers

PANEL_HEIGHT, TICKS, GAP, ROW_GAP, LEGEND = 1.3, 0.22, 0.3, 0.2, 0.26
MOST_COLUMNS, MOST_ROWS, NARROWEST_STEP = 3, 4, 0.42
#: Colours of the better and the worse answer, the better one the darker in grey.
BETTER, WORSE = "#0b4a7a", "#e07b39"
Moves = dict[tuple[str, str], Estimate]


def transitions(edition: Edition) -> tuple[Sheet, ...]:
    """Return where women went from wave to wave, so many indicators a figure as stay legible."""
    chosen = [one for one in edition.indicators if one.first and _stream(one, edition) is not None]
    waves = max((len(_waves(one.outcome.id, one.estimand, edition)) for one in chosen), default=2)
    size = _columns(waves, len(chosen)) * MOST_ROWS
    parts = [chosen[start : start + size] for start in range(0, len(chosen), size)]
    return tuple(_sheet(part, number, edition) for number, part in enumerate(parts, start=1))


def _columns(waves: int, panels: int) -> int:
    room = style.WIDTH - 2 * style.MARGIN
    fitting = int((room + GAP) // (NARROWEST_STEP * (waves - 1) + 0.1 + GAP))
    return max(1, min(MOST_COLUMNS, fitting, panels))


def moves_of(outcome: str, estimand: str, edition: Edition) -> dict[tuple[int, int], Moves]:
    """Return (earlier wave, later wave) → (answer, answer) → how many."""
    found: dict[tuple[int, int], Moves] = {}
    for row in edition.lookup.rows("transition", outcome, estimand):
        if row.waves is not None:
            later, earlier = row.waves
            start, _, end = row.term.partition(STATE_TO_STATE)
            found.setdefault((earlier, later), {})[start, end] = row
    return dict(sorted(found.items()))


def _waves(outcome: str, estimand: str, edition: Edition) -> list[int]:
    ends = moves_of(outcome, estimand, edition)
    return sorted({wave for pair in ends for wave in pair})


def bands_of(moves: dict[tuple[int, int], Moves], waves: Sequence[int], names: Sequence[str]) -> Iterator[Band]:
    """Yield the bands that are shown; `names` are the answers of a column from top to bottom."""
    for column, ends in enumerate(pairwise(waves)):
        for (start, end), row in moves.get(ends, {}).items():
            if row.count:
                yield Band(column, names.index(start), names.index(end), row.count)


def _stream(one: Indicator, edition: Edition) -> Stream | None:
    """Return the panel of an indicator; None where nothing of it may be shown."""
    moves = moves_of(one.outcome.id, one.estimand, edition)
    waves = sorted({wave for pair in moves for wave in pair})
    names = ("no", "yes", NOT_KNOWN) if one.outcome.direction == "higher_is_worse" else ("yes", "no", NOT_KNOWN)
    bands = tuple(bands_of(moves, waves, names))
    if not bands:
        return None
    columns = tuple(_column(one, wave, names, moves, edition) for wave in waves)
    ticks = tuple(f"{edition.released.months[wave]:g}" for wave in waves)
    return Stream(edition.label(one), "", columns, bands, ticks)


def _column(
    one: Indicator, wave: int, names: Sequence[str], moves: dict[tuple[int, int], Moves], edition: Edition
) -> tuple[State, ...]:
    """Return yes, no and not known at one wave, from the share shown of that wave."""
    share = edition.series(one).get(wave)
    started = next((row.n_obs for cells in moves.values() for row in cells.values() if row.n_obs), None)
    asked = None if share is None else share.n_obs
    counts: dict[str, float | None] = {"yes": _yes(share), "no": _no(share)}
    counts[NOT_KNOWN] = None if started is None or asked is None else max(started - asked, 0.0)
    fills = dict(zip(names, (BETTER, WORSE, UNKNOWN_FILL), strict=True))
    if one.outcome.direction == "neutral":
        fills = {"yes": style.LOW_TO_HIGH[4], "no": style.LOW_TO_HIGH[1], NOT_KNOWN: UNKNOWN_FILL}
    return tuple(State(name, fills[name], counts[name]) for name in names)


def _yes(share: Estimate | None) -> float | None:
    """Return how many said yes; everybody where all but a few did, as the tables say it too."""
    if share is None:
        return None
    return share.n_obs if "all_but_few" in share.flags else share.count


def _no(share: Estimate | None) -> float | None:
    if share is None or share.n_obs is None:
        return None
    if "few" in share.flags:
        return share.n_obs
    return None if share.count is None else share.n_obs - share.count


def _sheet(part: Sequence[Indicator], number: int, edition: Edition) -> Sheet:
    name = "transitions" if number == 1 else f"transitions-part-{number}"
    streams = [stream for one in part if (stream := _stream(one, edition)) is not None]
    title = _finding(part, edition)
    legend = [(edition.say("legend_state_better"), BETTER), (edition.say("legend_state_worse"), WORSE)]
    legend.append((edition.say("legend_state_not_known"), UNKNOWN_FILL))
    words = (title, edition.say("subtitle_transitions"), caption_of("caption_transitions", edition))
    caption = edition.say("figure_transitions")
    told = " ".join(spoken(edition.label(one), one.outcome.id, one.estimand, edition) for one in part)
    return Sheet(
        name,
        caption,
        title,
        f"{title}. {edition.say('alt_transitions')} {told}",
        moves_table(name, caption, [(edition.label(one), one.outcome.id, one.estimand) for one in part], edition),
        partial(_draw, streams, words, legend),
    )


@dataclass(frozen=True, slots=True)
class Balance:
    """How many moved the better way and the worse way: the least it can be, and the most (None: unknown)."""

    better: tuple[float, float | None]
    worse: tuple[float, float | None]

    @property
    def clearly_better(self) -> bool:
        """Whether more moved the better way, whatever the hidden numbers are."""
        return self.worse[1] is not None and self.better[0] > self.worse[1]

    @property
    def clearly_worse(self) -> bool:
        """Whether more moved the worse way, whatever the hidden numbers are."""
        return self.better[1] is not None and self.worse[0] > self.better[1]


def balance_of(moves: dict[tuple[int, int], Moves], order: Sequence[str], threshold: int) -> Balance:
    """Return how many moved up and down `order`, best answer first, all waves together."""
    sums = {"better": (0.0, 0.0), "worse": (0.0, 0.0)}
    for pairs in moves.values():
        for (start, end), row in pairs.items():
            if start == end or start not in order or end not in order:
                continue
            way = "better" if order.index(end) < order.index(start) else "worse"
            low, high = _limits(row, threshold)
            sums[way] = (sums[way][0] + low, sums[way][1] + high)
    ends = {way: (low, None if high == float("inf") else high) for way, (low, high) in sums.items()}
    return Balance(ends["better"], ends["worse"])


def _limits(row: Estimate, threshold: int) -> tuple[float, float]:
    if row.count is not None:
        return row.count, row.count
    return 0.0, float(threshold - 1) if "few" in row.flags else float("inf")


def _finding(part: Sequence[Indicator], edition: Edition) -> str:
    threshold = edition.released.profile.threshold
    judged = [one for one in part if one.outcome.direction != "neutral"]
    found = [
        balance_of(
            moves_of(one.outcome.id, one.estimand, edition),
            ("no", "yes") if one.outcome.direction == "higher_is_worse" else ("yes", "no"),
            threshold,
        )
        for one in judged
    ]
    better, worse = sum(one.clearly_better for one in found), sum(one.clearly_worse for one in found)
    if not judged or not better + worse:
        return edition.say("finding_transitions_unclear")
    text = edition.say("finding_transitions", better=better, all=len(judged))
    return edition.say("finding_transitions_worse", base=text, number=worse) if worse else text


def spoken(label: str, outcome: str, estimand: str, edition: Edition) -> str:
    """Return the moves that are shown, in words."""
    lines = []
    for (earlier, later), moves in moves_of(outcome, estimand, edition).items():
        moved = [
            f"{state_name(start, outcome, edition)} → {state_name(end, outcome, edition)} {row.count:.0f}"
            for (start, end), row in moves.items()
            if row.count
        ]
        between = f"{edition.wave_name(earlier)} → {edition.wave_name(later)}"
        lines.append(f"{between}: {', '.join(moved) or edition.say('hidden')}")
    return f"{label}: {'; '.join(lines)}."


def state_name(state: str, outcome: str, edition: Edition) -> str:
    """Return what an answer is called: yes, no, not known, or its label."""
    if state == NOT_KNOWN:
        return edition.say("state_not_known")
    if outcome not in edition.instrument.item_by_id:
        return edition.say(f"state_{state}")
    labels = {known.name: in_language(known.label, edition.language) for known in edition.instrument.options(outcome)}
    return labels.get(state, state)


def moves_table(name: str, caption: str, parts: Sequence[tuple[str, str, str]], edition: Edition) -> Table:
    """Return one row a move, a column each two waves."""
    pairs = sorted({ends for _, outcome, estimand in parts for ends in moves_of(outcome, estimand, edition)})
    marks = cells.Marks(edition)
    columns = [Column("from", edition.say("header_from"), "label"), Column("to", edition.say("header_to"), "text")]
    columns += [Column(f"w{a}_w{b}", f"{edition.wave_name(a)} → {edition.wave_name(b)}") for a, b in pairs]
    groups = []
    for label, outcome, estimand in parts:
        moves = moves_of(outcome, estimand, edition)
        kinds = dict.fromkeys(kind for met in moves.values() for kind in met)
        rows = []
        for start, end in kinds:
            names = (label_cell(state_name(state, outcome, edition)) for state in (start, end))
            rows.append(
                Row((*names, *(_count(moves.get(ends, {}).get((start, end)), edition, marks) for ends in pairs)))
            )
        groups.append(RowGroup(label, tuple(rows)))
    return Table(f"{name}-numbers", caption, tuple(columns), tuple(groups), marks.notes())


def _count(row: Estimate | None, edition: Edition, marks: cells.Marks) -> Cell:
    return cells.value(row, edition, marks, numbers.count)


def caption_of(key: str, edition: Edition) -> str:
    """Return the note under the figure: that bands may lack, where numbers are protected."""
    return edition.say(key if edition.released.profile.releasable else f"{key}_internal")


def _draw(streams: Sequence[Stream], words: tuple[str, str, str], legend: Sequence[tuple[str, str]]) -> Page:
    columns = _columns(max(len(stream.columns) for stream in streams), len(streams))
    width = (style.WIDTH - 2 * style.MARGIN - (columns - 1) * GAP) / columns
    rows = [streams[start : start + columns] for start in range(0, len(streams), columns)]
    heads = [max(heading_height(stream, width) for stream in row) for row in rows]
    body = LEGEND + sum(heads) + len(rows) * (PANEL_HEIGHT + TICKS) + (len(rows) - 1) * ROW_GAP
    page = new_page(*words, body)
    canvas = page.canvas()
    draw_legend(canvas, legend)
    top = LEGEND
    for row, head in zip(rows, heads, strict=True):
        for place, stream in enumerate(row):
            left = place * (width + GAP)
            draw_heading(canvas, stream, left, top, width)
            draw_stream(canvas, stream, Box(left, top + head, width, PANEL_HEIGHT))
        top += head + PANEL_HEIGHT + TICKS + ROW_GAP
    return page


def draw_legend(canvas: Canvas, legend: Sequence[tuple[str, str]]) -> None:
    """Write what the colours mean, in one row."""
    x = 0.0
    for text, fill in legend:
        canvas.box(Box(x, 0.02, 0.14, 0.11), facecolor=fill)
        canvas.text(x + 0.19, 0.075, text, fontsize=style.SMALL, va="center_baseline")
        x += width_of(text, style.SMALL) + 0.38
