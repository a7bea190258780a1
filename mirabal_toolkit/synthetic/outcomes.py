"""Outcomes of many artificial studies at once, without files, for power: arrays in which what was lost is missing.

Items that no outcome needs are left out, and the people of many studies are drawn together and then dealt out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from mirabal_toolkit.core.instrument import Estimand, Instrument, Outcome
from mirabal_toolkit.errors import Problem, UsageError
from mirabal_toolkit.synthetic.answering import live
from mirabal_toolkit.synthetic.design import Change, Course, Dropout, course_of
from mirabal_toolkit.synthetic.losing import INTERVIEWED, wave_statuses
from mirabal_toolkit.synthetic.streams import Streams
from mirabal_toolkit.synthetic.truth import outcome_values

Array = NDArray[np.float64]
Wanted = tuple[str, Estimand]

#: People by which the course of an assumed change is found, and by which the truth is known: the standard error of a
#: change is then below 0.25 and 0.15 percentage points.
PILOT, POPULATION = 60_000, 200_000
#: Largest shift of an item's answers that is tried, in standard deviations.
FARTHEST = 6.0
#: How much the odds of being lost rise with every standard deviation of harm, where those worse off leave.
WORSE_LEAVE = 0.8


def dropout_of(share: float, pattern: str) -> Dropout:
    """Return the drop-out in which `share` of those who started is not seen at the last wave.

    Parameters
    ----------
    share : float
        0 to below 1.
    pattern : str
        ``at_random``, or ``worse_leave``: those who told of more harm at their last interview leave more often.
    """
    on_harm = WORSE_LEAVE if pattern == "worse_leave" else 0.0
    return Dropout(
        retention=1 - share,
        on_harm=on_harm,
        missed=min(0.05, share / 4),
        unsafe=min(0.02, share / 10),
        withdrawn=0.15,
        refused=0.0,
        dont_know=0.0,
        broken_off=0.0,
    )


@dataclass(frozen=True, slots=True)
class Draw:
    """Which people to draw.

    Parameters
    ----------
    waves : tuple of int
        Wave numbers.
    """

    people: int
    seed: int
    waves: tuple[int, ...]
    dropout: Dropout = field(default_factory=Dropout.none)
    change: Change = field(default_factory=Change)


def draw_outcomes(instrument: Instrument, wanted: Iterable[Wanted], draw: Draw) -> dict[Wanted, Array]:
    """Return outcome and estimand → values, shape (people, waves); NaN where lost, or where it does not apply to her.

    Parameters
    ----------
    wanted : iterable of (str, str)
        Outcome id and estimand; not ordinal outcomes.
    """
    asked = list(wanted)
    # Whom harm makes leave, all items tell; where loss is at random, those of the outcomes do.
    needed = None if draw.dropout.on_harm else needed_items(instrument, [outcome for outcome, _ in asked])
    streams = Streams(draw.seed, draw.people)
    lives = live(instrument, draw.waves, streams, draw.change, needed)
    seen = wave_statuses(lives, streams, draw.dropout) == INTERVIEWED
    return {
        (name, estimand): np.where(seen, outcome_values(lives, instrument.outcome(name), estimand), np.nan)
        for name, estimand in asked
    }


def needed_items(instrument: Instrument, outcomes: Iterable[str]) -> frozenset[str]:
    """Return the items of outcomes, and those that decide whether these are asked."""
    found: set[str] = set()
    waiting = [item for name in outcomes for item in items_of(instrument, instrument.outcome(name))]
    while waiting:
        name = waiting.pop()
        item = instrument.item_by_id.get(name)
        if item is not None and name not in found:
            found.add(name)
            waiting += item.ask_if.names if item.ask_if else ()
    return frozenset(found)


def items_of(instrument: Instrument, outcome: Outcome) -> tuple[str, ...]:
    """Return the items an outcome is computed from."""
    if outcome.item is not None:
        return (outcome.item,)
    scale = instrument.scale_by_id[outcome.scale or ""]
    return tuple(dict.fromkeys((*scale.items, *scale.severe)))


def true_change(instrument: Instrument, wanted: Wanted, waves: tuple[int, ...], change: Change) -> tuple[float, float]:
    """Return the level at the first wave and the change to the last, in percent or points, among everybody."""
    ends = (waves[0], waves[-1])
    values = draw_outcomes(instrument, [wanted], Draw(POPULATION, 0, ends, change=change))[wanted]
    return _ends(values, instrument.outcome(wanted[0]))


def _ends(values: Array, outcome: Outcome) -> tuple[float, float]:
    factor = 100.0 if outcome.kind == "binary" else 1.0
    first, last = factor * float(np.nanmean(values[:, 0])), factor * float(np.nanmean(values[:, -1]))
    return first, last - first


def change_by(instrument: Instrument, points: Mapping[Wanted, float], waves: tuple[int, ...]) -> Change:
    """Return the change of lives under which each outcome changes by so many points from first to last wave.

    The answers to the items of an outcome are shifted, all by as many standard deviations.

    Parameters
    ----------
    points : mapping
        Outcome and estimand → change in percentage points, or points of the score.

    Raises
    ------
    UsageError
        If two of the outcomes share items, or a change cannot be reached.
    """
    change = Change()
    taken: dict[str, str] = {}
    problems = []
    for wanted, target in points.items():
        items = items_of(instrument, instrument.outcome(wanted[0]))
        shared = sorted({taken[item] for item in items if item in taken})
        if shared:
            what = f"{wanted[0]} and {shared[0]} are made of the same questions"
            problems.append(Problem(what, "power, change", "assume the change of one of them"))
            continue
        taken |= dict.fromkeys(items, wanted[0])
        found = _course_to(instrument, wanted, target, waves, change)
        if found is None:
            problems.append(Problem(f"{wanted[0]} cannot change by {target:g} points", "power, change"))
        else:
            change = found
    if problems:
        raise UsageError("these changes cannot be simulated", problems=problems)
    return change


def _course_to(
    instrument: Instrument, wanted: Wanted, target: float, waves: tuple[int, ...], change: Change
) -> Change | None:
    """Find by bisection the shift that gives the change; None where none does."""
    low, high = -FARTHEST, FARTHEST
    ends = [_change_at(instrument, wanted, waves, _shifted(instrument, wanted, change, end)) for end in (low, high)]
    if not min(ends) - 1e-9 <= target <= max(ends) + 1e-9:
        return None
    rising = ends[1] > ends[0]
    for _ in range(14):
        middle = (low + high) / 2
        above = _change_at(instrument, wanted, waves, _shifted(instrument, wanted, change, middle)) > target
        low, high = (low, middle) if above == rising else (middle, high)
    return _shifted(instrument, wanted, change, (low + high) / 2)


def _change_at(instrument: Instrument, wanted: Wanted, waves: tuple[int, ...], change: Change) -> float:
    ends = (waves[0], waves[-1])
    values = draw_outcomes(instrument, [wanted], Draw(PILOT, 0, ends, change=change))[wanted]
    return _ends(values, instrument.outcome(wanted[0]))[1]


def _shifted(instrument: Instrument, wanted: Wanted, change: Change, shift: float) -> Change:
    outcome = instrument.outcome(wanted[0])
    reversed_items = instrument.scale_by_id[outcome.scale].reversed if outcome.scale else ()
    courses = dict(change.courses)
    for name in items_of(instrument, outcome):
        course = courses.get(name) or course_of(instrument, instrument.item(name))
        moved = ndtr(ndtri(course.first) + (-shift if name in reversed_items else shift))
        courses[name] = Course(course.first, float(np.clip(moved, 1e-9, 1 - 1e-9)), course.gap)
    return Change(change.strength, courses)
