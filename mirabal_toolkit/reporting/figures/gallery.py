"""Which figures a report has, and what each says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial

from mirabal_toolkit.core.instrument import in_language
from mirabal_toolkit.reporting.edition import Edition, Indicator
from mirabal_toolkit.reporting.figures.answer_moves import answer_moves
from mirabal_toolkit.reporting.figures.changes import changes
from mirabal_toolkit.reporting.figures.course import course_drawn
from mirabal_toolkit.reporting.figures.diverging import draw_diverging
from mirabal_toolkit.reporting.figures.dots import forest, love_plot
from mirabal_toolkit.reporting.figures.dumbbell import (
    HEADING_HEIGHT,
    MOST_HEIGHT,
    draw_dumbbell,
    line_height,
    make_line,
)
from mirabal_toolkit.reporting.figures.endorsement import endorsement
from mirabal_toolkit.reporting.figures.flow_sheet import participant_flow_drawn
from mirabal_toolkit.reporting.figures.spec import Sheet
from mirabal_toolkit.reporting.figures.stacked import Bar, Stack, draw_stack
from mirabal_toolkit.reporting.figures.tipping_point import imputation_traces, tipping_points
from mirabal_toolkit.reporting.figures.trajectories import axis_range, draw_trajectories, make_panel, panels_on_a_page
from mirabal_toolkit.reporting.figures.transitions import transitions
from mirabal_toolkit.reporting.tables.answers import answer_rows, answers, answers_id, base_at, reasons_met
from mirabal_toolkit.reporting.tables.figure_numbers import paired_numbers, trajectory_numbers
from mirabal_toolkit.reporting.words import numbers
from mirabal_toolkit.reporting.words.findings import counted_changes, first_to_last

#: Up to so many panels the title tells of the first; above, it counts.
FEW_PANELS = 3
#: Up to so many reasons why answers lack have a column each.
MOST_REASONS = 3


def trajectories(edition: Edition) -> tuple[Sheet, ...]:
    """Return the trajectories of the headline indicators, so many a figure as stay legible."""
    chosen = [one for one in edition.indicators if one.headline and one.first] or _shown(edition)
    return _trajectory_figures(edition, chosen, "trajectories", edition.say("figure_trajectories"))


def trajectories_of_measure(edition: Edition, heading: str, members: Sequence[Indicator]) -> tuple[Sheet, ...]:
    """Return the trajectories of one measure of success (or of those beside the measures)."""
    chosen = [one for one in members if one.first and edition.series(one)]
    return _trajectory_figures(
        edition, chosen, _measure_figure_id(members), _measure_caption(edition, heading, members)
    )


def _measure_caption(edition: Edition, heading: str, members: Sequence[Indicator]) -> str:
    titles = {measure.number: measure.title for measure in edition.instrument.measures_of_success}
    title = titles.get(members[0].outcome.measure or 0)
    text = heading if title is None else in_language(title, edition.language)
    return edition.say("figure_trajectories_measure", title=text or edition.say("all_indicators"))


def _measure_figure_id(members: Sequence[Indicator]) -> str:
    measure = members[0].outcome.measure
    return f"trajectories-{'other' if measure is None else measure}"


def measure_figure_ids(edition: Edition) -> tuple[tuple[str, str], ...]:
    """Return (measure of success, figure id), in order."""
    return tuple((heading, _measure_figure_id(members)) for heading, members in edition.groups(edition.indicators))


def all_figures(edition: Edition) -> tuple[Sheet, ...]:
    """Return every figure the results give, undrawn; a survey asked once has none of change."""
    names = FAMILIES if len(edition.waves) > 1 else ("answers",)
    return tuple(sheet for name in names for sheet in FAMILIES[name](edition))


def _of_each_measure(edition: Edition) -> Iterator[Sheet]:
    for heading, members in edition.groups(edition.indicators):
        yield from trajectories_of_measure(edition, heading, members)


def _of_each_item(edition: Edition) -> Iterator[Sheet]:
    return (answers_by_wave(edition, item) for item in edition.lookup.outcomes("distribution"))


def _moves_of_each_item(edition: Edition) -> Iterator[Sheet]:
    return (sheet for item in edition.lookup.outcomes("distribution") for sheet in answer_moves(edition, item))


def _shown(edition: Edition) -> list[Indicator]:
    return [one for one in edition.indicators if one.first and edition.series(one)]


def _trajectory_figures(edition: Edition, chosen: Sequence[Indicator], figure: str, caption: str) -> tuple[Sheet, ...]:
    sheets = []
    size = panels_on_a_page([make_panel(one, edition) for one in chosen])
    for number, start in enumerate(range(0, len(chosen), size), start=1):
        part = chosen[start : start + size]
        name = figure if number == 1 else f"{figure}-part-{number}"
        sheets.append(_trajectory_figure(edition, part, name, caption))
    return tuple(sheets)


def _trajectory_figure(edition: Edition, chosen: Sequence[Indicator], name: str, caption: str) -> Sheet:
    panels = [make_panel(one, edition) for one in chosen]
    title = first_to_last(chosen[0], edition) if len(chosen) <= FEW_PANELS else counted_changes(chosen, edition)
    subtitle = edition.say(_what_panels_show(edition, chosen))
    lines = [
        edition.say("alt_trajectories", **edition.first_and_last),
        *(first_to_last(one, edition, "alt_line") for one in chosen),
    ]
    return Sheet(
        name,
        caption,
        title,
        " ".join(lines),
        trajectory_numbers(edition, chosen, name, caption),
        partial(draw_trajectories, edition.wording, panels, title, subtitle),
    )


def _what_panels_show(edition: Edition, chosen: Sequence[Indicator]) -> str:
    """Return the key of the line that says what the panels of trajectories measure."""
    if any(axis_range(one, edition) != (0.0, 100.0) for one in chosen):
        return "subtitle_trajectories_other"
    shares = {one.outcome.kind == "binary" for one in chosen}
    if shares == {True}:
        return "subtitle_answers"
    return "subtitle_trajectories" if True in shares else "subtitle_trajectories_scores"


def before_after(edition: Edition) -> tuple[Sheet, ...]:
    """Return the before–after figure of the yes-or-no indicators."""
    chosen = [one for one in edition.indicators if one.first and one.outcome.kind == "binary"]
    return _before_after(edition, chosen, "before-after")


def before_after_scores(edition: Edition) -> tuple[Sheet, ...]:
    """Return the before–after figure of the scores from 0 to 100."""
    chosen = [one for one in edition.indicators if one.first and one.outcome.indicator == "score"]
    return _before_after(
        edition, [one for one in chosen if axis_range(one, edition) == (0.0, 100.0)], "before-after-scores"
    )


def _before_after(edition: Edition, chosen: Sequence[Indicator], name: str) -> tuple[Sheet, ...]:
    known = [one for one in chosen if edition.paired(one).change is not None]
    key = name.replace("-", "_")
    return tuple(
        _before_after_part(edition, part, key, name if number == 1 else f"{name}-part-{number}")
        for number, part in enumerate(_pages(edition, known), start=1)
    )


def _pages(edition: Edition, known: Sequence[Indicator]) -> list[list[Indicator]]:
    """Split indicators, in the order of their measures, into figures no higher than a page."""
    pages: list[list[Indicator]] = []
    room = 0.0
    for _, members in edition.groups(tuple(known)):
        for one in members:
            height = line_height(make_line(one, edition))
            first = one is members[0]
            if not pages or height + first * HEADING_HEIGHT > room:
                pages.append([])
                room, first = MOST_HEIGHT, True
            pages[-1].append(one)
            room -= height + first * HEADING_HEIGHT
    return pages


def _before_after_part(edition: Edition, part: Sequence[Indicator], key: str, name: str) -> Sheet:
    groups = [
        (heading, [make_line(one, edition) for one in members]) for heading, members in edition.groups(tuple(part))
    ]
    title = counted_changes(part, edition)
    first, last = (edition.at_wave(wave) for wave in (edition.waves[0], edition.waves[-1]))
    lines = [
        f"{line.label}: {line.before_text or '–'} → {line.after_text or '–'}, {line.change}, n {line.n}."
        for _, members in groups
        for line in members
    ]
    return Sheet(
        name,
        edition.say(f"figure_{key}"),
        title,
        " ".join([title + ".", edition.say("alt_before_after", at_first=first, at_last=last), *lines]),
        paired_numbers(edition, part, name, edition.say(f"figure_{key}")),
        partial(draw_dumbbell, edition.wording, groups, title, edition.say(f"subtitle_{key}")),
    )


def answers_by_wave(edition: Edition, item: str) -> Sheet:
    """Return the stacked bars of one item."""
    stack = _stack(edition, item)
    label = in_language(edition.instrument.item(item).label, edition.language)
    title = _answers_title(edition, item, stack)
    waves = [
        edition.say("alt_wave", wave=bar.label, answers=", ".join(_spoken(stack, bar, edition)) + f", n {bar.n}")
        for bar in stack.bars
    ]
    return Sheet(
        answers_id(item, edition),
        edition.say("figure_answers", item=label),
        title,
        " ".join([title + ".", edition.say("alt_answers"), *waves]),
        answers(item, edition),
        partial(
            draw_stack if stack.direction == "neutral" else draw_diverging,
            edition.wording,
            stack,
            title,
            f"{label}: {edition.say('subtitle_answers').lower()}",
        ),
    )


def _spoken(stack: Stack, bar: Bar, edition: Edition) -> list[str]:
    return [
        f"{answer} {edition.say('hidden') if share is None else numbers.percent(share, edition.decimals)}"
        for answer, share in zip(stack.answers, bar.shares, strict=True)
    ]


def _stack(edition: Edition, item: str) -> Stack:
    options = [option for option in edition.instrument.options(item) if option.kind == "valid"]
    shares = [answer_rows(item, edition, option.name) for option in options]
    response_set = edition.instrument.response_set_by_id[edition.instrument.item(item).response_set or ""]
    columns, bars = _reason_columns(edition, item), []
    for wave in edition.waves:
        n = base_at(item, edition, wave)
        met = [share.get(wave) for share in shares]
        values = tuple(
            None if one is not None and one.hidden else 0.0 if one is None or one.estimate is None else one.estimate
            for one in met
        )
        text = numbers.NO_VALUE if n is None else f"{n:.0f}"
        missing = tuple(_unanswered(edition, item, wave, reasons) for reasons in columns.values())
        bars.append(Bar(edition.wave_name(wave), values, text, missing))
    labels = tuple(in_language(option.label, edition.language) for option in options)
    return Stack(labels, response_set.direction, tuple(bars), tuple(columns))


def _reason_columns(edition: Edition, item: str) -> dict[str, tuple[str, ...]]:
    """Return heading → reasons of the columns at the right: one a reason, or one for all where they are many."""
    met = reasons_met(item, edition)
    if not 1 <= len(met) <= MOST_REASONS:
        return {edition.say("column_no_answer"): met}
    return {edition.say_or(f"reason_{reason}", reason): (reason,) for reason in met}


def _unanswered(edition: Edition, item: str, wave: int, reasons: Sequence[str]) -> str:
    met = [answer_rows(item, edition, reason).get(wave) for reason in reasons]
    if any(one is not None and one.hidden for one in met):
        return edition.say("hidden")
    return f"{sum(one.count or 0.0 for one in met if one is not None):.0f}"


def _answers_title(edition: Edition, item: str, stack: Stack) -> str:
    """Return the finding of a planned yes-or-no indicator on the same item, else of the best answer."""
    same = [one for one in edition.indicators if one.outcome.item == item and one.outcome.kind == "binary"]
    same.sort(key=lambda one: -len(one.outcome.categories))
    if same:
        return first_to_last(same[0], edition)
    place = -1 if stack.direction == "higher_is_better" else 0
    ends = [bar.shares[place] for bar in (stack.bars[0], stack.bars[-1])]
    before, after = (
        edition.say("hidden") if share is None else numbers.percent(share, edition.decimals) for share in ends
    )
    return edition.say(
        "finding_share" if len(edition.waves) > 1 else "finding_share_one",
        label=stack.answers[place],
        before=before,
        after=after,
        at_first=edition.at_wave(edition.waves[0]),
        at_last=edition.at_wave(edition.waves[-1]),
    )


#: Every kind of figure a report can have, in its order.
FAMILIES: Mapping[str, Callable[[Edition], Iterable[Sheet]]] = {
    "participant-flow": lambda edition: (participant_flow_drawn(edition),),
    "trajectories": trajectories,
    "trajectories-by-measure": _of_each_measure,
    "before-after": before_after,
    "before-after-scores": before_after_scores,
    "transitions": transitions,
    "course": course_drawn,
    "changes": changes,
    "love-plot": love_plot,
    "forest": forest,
    "tipping-point": tipping_points,
    "imputation-trace": imputation_traces,
    "endorsement": endorsement,
    "answers": _of_each_item,
    "answer-moves": _moves_of_each_item,
}
