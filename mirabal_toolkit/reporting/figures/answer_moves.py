"""Where women went between the first and the last wave, answer by answer of one question."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from mirabal_toolkit.core.instrument import Direction, in_language
from mirabal_toolkit.core.results import NOT_KNOWN
from mirabal_toolkit.reporting.edition import Edition
from mirabal_toolkit.reporting.figures import style
from mirabal_toolkit.reporting.figures.alluvial import UNKNOWN_FILL, State, Stream, draw_stream, places_of
from mirabal_toolkit.reporting.figures.canvas import Box, Canvas
from mirabal_toolkit.reporting.figures.page import Page, new_page
from mirabal_toolkit.reporting.figures.spec import Sheet
from mirabal_toolkit.reporting.figures.stacked import fills
from mirabal_toolkit.reporting.figures.text import height_of, wrap
from mirabal_toolkit.reporting.figures.transitions import (
    Moves,
    balance_of,
    bands_of,
    caption_of,
    moves_of,
    moves_table,
    spoken,
    state_name,
)
from mirabal_toolkit.reporting.tables.answers import answer_rows, answers_id, base_at
from mirabal_toolkit.reporting.words import numbers

SIDE, HEIGHT, HEAD = 1.95, 3.1, 0.26


def answer_moves(edition: Edition, item: str) -> tuple[Sheet, ...]:
    """Return the figure of one question; none where nothing of it may be shown."""
    moves = moves_of(item, "as_reported", edition)
    stream = _stream(item, moves, edition)
    if stream is None:
        return ()
    label = in_language(edition.instrument.item(item).label, edition.language)
    first, last = next(iter(moves))
    title = _title(item, moves, edition)
    subtitle = edition.say(
        "subtitle_answer_moves",
        item=label,
        first=edition.wave_name(first).lower(),
        last=edition.wave_name(last).lower(),
    )
    name, caption = f"transitions-{answers_id(item, edition)}", edition.say("figure_answer_moves", item=label)
    alt = f"{title}. {edition.say('alt_transitions')} {spoken(label, item, 'as_reported', edition)}"
    words = (title, subtitle, caption_of("caption_answer_moves", edition))
    numbers_of = moves_table(name, caption, [(label, item, "as_reported")], edition)
    return (Sheet(name, caption, title, alt, numbers_of, partial(_draw, stream, words)),)


def _stream(item: str, moves: dict[tuple[int, int], Moves], edition: Edition) -> Stream | None:
    if not moves:
        return None
    waves = next(iter(moves))
    names = _order(item, edition)
    bands = tuple(bands_of(moves, waves, names))
    if not bands:
        return None
    colours = (*_colours(item, len(names) - 1, edition), UNKNOWN_FILL)
    columns = tuple(
        tuple(
            State(state_name(name, item, edition), colour, _count(item, name, wave, moves[waves], edition))
            for name, colour in zip(names, colours, strict=True)
        )
        for wave in waves
    )
    return Stream("", "", columns, bands, tuple(edition.wave_name(wave) for wave in waves))


def _order(item: str, edition: Edition) -> tuple[str, ...]:
    """Return the answers from top to bottom, the best first where there is one, and not known."""
    names = [option.name for option in edition.instrument.options(item) if option.kind == "valid"]
    return (*(names[::-1] if _direction(item, edition) == "higher_is_better" else names), NOT_KNOWN)


def _direction(item: str, edition: Edition) -> Direction:
    return edition.instrument.response_set_by_id[edition.instrument.item(item).response_set or ""].direction


def _colours(item: str, number: int, edition: Edition) -> tuple[str, ...]:
    direction = _direction(item, edition)
    found = fills(direction, number)
    return found[::-1] if direction == "higher_is_better" else found


def _count(item: str, name: str, wave: int, moves: Moves, edition: Edition) -> float | None:
    """Return how many gave an answer at a wave; None where hidden."""
    if name != NOT_KNOWN:
        found = answer_rows(item, edition, name).get(wave)
        return None if found is None else found.count
    started = next((row.n_obs for row in moves.values() if row.n_obs), None)
    asked = base_at(item, edition, wave)
    return None if started is None or asked is None else max(started - asked, 0.0)


def _title(item: str, moves: dict[tuple[int, int], Moves], edition: Edition) -> str:
    if _direction(item, edition) == "neutral":
        return edition.say("finding_answer_moves_unclear")
    order = _order(item, edition)[:-1]
    found = balance_of(moves, order, edition.released.profile.threshold)
    said = {"better": numbers.count(found.better[0]), "worse": numbers.count(found.worse[0])}
    # Without hidden numbers the counts themselves are the finding.
    if all(low == high for low, high in (found.better, found.worse)):
        return edition.say("finding_answer_moves", **said)
    if found.clearly_better or found.clearly_worse:
        return edition.say(f"finding_answer_moves_{'more' if found.clearly_better else 'fewer'}")
    return edition.say("finding_answer_moves_part" if found.better[0] else "finding_answer_moves_unclear", **said)


def _draw(stream: Stream, words: tuple[str, str, str]) -> Page:
    page = new_page(*words, HEAD + HEIGHT + 0.1)
    canvas = page.canvas()
    box = Box(SIDE, HEAD, page.width - 2 * SIDE, HEIGHT)
    heads = Stream(stream.label, stream.below, stream.columns, stream.bands, tuple("" for _ in stream.ticks))
    draw_stream(canvas, heads, box, counts=False)
    for tick, x in zip(stream.ticks, (box.left, box.left + box.width), strict=True):
        canvas.text(x, 0.08, tick, fontsize=style.LABEL, fontweight="bold", ha="center", va="center_baseline")
    places = places_of(stream, box)
    _write_side(canvas, stream.columns[0], places[0], (box.left - 0.08, "right"))
    _write_side(canvas, stream.columns[-1], places[-1], (box.left + box.width + 0.08, "left"))
    return page


def _write_side(
    canvas: Canvas, column: Sequence[State], places: Sequence[tuple[float, float]], at: tuple[float, str]
) -> None:
    """Write the answers beside their column, moved down where two would touch."""
    x, side = at
    lowest = -1.0
    for state, (top, height) in zip(column, places, strict=True):
        if not height:
            continue
        count = "" if state.count is None else f", {state.count:.0f}"
        lines = wrap(f"{state.label}{count}", SIDE - 0.12, style.LABEL)
        middle = max(top + height / 2, lowest + height_of(len(lines), style.LABEL) / 2)
        first = middle - height_of(len(lines) - 1, style.LABEL) / 2
        canvas.lines(x, first, lines, ha=side, va="center_baseline")
        lowest = middle + height_of(len(lines), style.LABEL) / 2
