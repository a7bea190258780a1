"""How answers start, where they go, and what is lost: the knobs of the simulation.

Nothing here knows a particular questionnaire. What an item is (harm in person, harm from a
distance, something good, something neutral) is read off the instrument: its scales, its routing
by contact, and which end of its answers is worse.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from mirabal_toolkit.core.instrument import Instrument, Item
from mirabal_toolkit.core.missing import MissingReason
from mirabal_toolkit.errors import Problem, UsageError
from mirabal_toolkit.synthetic.streams import stable_number

Array = NDArray[np.float64]

#: +1 where a higher code is worse, −1 where it is better, 0 where it is neither.
Polarity = Literal[-1, 0, 1]

#: How much of the change is early: most of it has happened half way through.
FRONT_LOADING = 2.0
#: Largest shift, up or down, by which items of one kind differ from each other (standard deviations).
TILT = 0.25
#: Numbers whose range is wider than this are drawn near its lower end (ages, counts of children).
WIDE_RANGE = 12.0
#: Probabilities are kept this far from 0 and 1, so that their normal quantile is finite.
NEVER = 1e-12


@dataclass(frozen=True, slots=True)
class Course:
    """Where the answers to one item start and end.

    Parameters
    ----------
    first, last : float
        For choices: the probability of an answer above the lowest, at the first and at the last
        wave, among those who are asked. For numbers: the median, as a share of the allowed
        range. Both 0–1.
    gap : float
        For choices: distance between the thresholds of neighbouring answers, in standard
        deviations; the larger, the rarer the high answers. For numbers: how widely people differ.
    """

    first: float
    last: float
    gap: float = 0.5


@dataclass(frozen=True, slots=True)
class Change:
    """How lives change over the waves.

    Parameters
    ----------
    strength : float
        1 is the whole change from `Course.first` to `Course.last`, 0 none; negative turns it round.
    courses : mapping
        Item id → `Course`, for items that should not follow the rules of `course_of`.
    """

    strength: float = 1.0
    courses: Mapping[str, Course] = field(default_factory=dict)

    def check_against(self, instrument: Instrument) -> None:
        """Raise UsageError, naming every problem, if a course is impossible or its item unknown."""
        problems = [
            Problem(f"a course is given for “{name}”, which is no item of {instrument.reference}")
            for name in self.courses
            if name not in instrument.item_by_id
        ]
        problems += [
            Problem(f"the course of {name} leaves 0 to 1, or its gap is not above 0")
            for name, course in self.courses.items()
            if not (0 <= course.first <= 1 and 0 <= course.last <= 1 and course.gap > 0)
        ]
        if problems:
            raise UsageError("these changes cannot be simulated", problems=problems)


@dataclass(frozen=True, slots=True)
class Dropout:
    """What is lost: people, waves and single answers.

    Parameters
    ----------
    retention : float
        Share of people interviewed at the last wave, about; 0–1.
    on_harm : float
        How much the loss depends on the answers of the last interview: the log odds of being lost
        for good rise by this for every standard deviation of harm. 0 is loss at random.
    missed, unsafe : float
        Share of people still in the study who miss a wave and come back, or cannot be reached
        safely at it.
    withdrawn : float
        Share of those lost for good who withdrew; the others are no longer reached.
    refused, dont_know, broken_off : float
        Share of answers refused or not known, and of interviews that end early.

    Examples
    --------
    >>> Dropout.none().retention
    1.0
    """

    retention: float = 0.5
    on_harm: float = 0.4
    missed: float = 0.05
    unsafe: float = 0.02
    withdrawn: float = 0.15
    refused: float = 0.012
    dont_know: float = 0.012
    broken_off: float = 0.01

    def __post_init__(self) -> None:
        shares = {name: getattr(self, name) for name in self.__slots__ if name != "on_harm"}
        problems = [
            Problem(f"{name} must be a share from 0 to 1") for name, share in shares.items() if not 0 <= share <= 1
        ]
        if self.retention == 0:
            problems.append(Problem("retention must be above 0: somebody has to remain"))
        if problems:
            raise UsageError("this drop-out cannot be simulated", problems=problems)

    @classmethod
    def none(cls) -> Dropout:
        """Return a study that loses nothing: the complete answers of the same people."""
        return cls(retention=1.0, on_harm=0.0, missed=0.0, unsafe=0.0, withdrawn=0.0,
                   refused=0.0, dont_know=0.0, broken_off=0.0)  # fmt: skip


def progress_of(months: Array, whole: float) -> Array:
    """Return the share of the change that has happened by `months`, front-loaded.

    Parameters
    ----------
    months : ndarray
        Months since the start.
    whole : float
        Months at which the change is complete; 0 where there is only one wave.

    Examples
    --------
    >>> progress_of(np.array([0.0, 6.0, 12.0]), 12.0).round(2)
    array([0.  , 0.73, 1.  ])
    """
    if whole <= 0:
        return np.zeros_like(months)
    return np.asarray(np.expm1(-FRONT_LOADING * months / whole) / np.expm1(-FRONT_LOADING))


def course_by_wave(course: Course, progress: Array, strength: float) -> Array:
    """Return the probability (or median share) of a course at every wave, shape (waves,)."""
    level = course.first + strength * (course.last - course.first) * progress
    return np.clip(level, NEVER, 1 - NEVER)


def polarity_of(instrument: Instrument, item: Item) -> Polarity:
    """Return which end of an item's answers is worse, as its scales, answers or outcomes say."""
    for scale in instrument.scales:
        if item.id in (*scale.items, *scale.severe) and scale.direction != "neutral":
            worse = scale.direction == "higher_is_worse"
            return 1 if worse != (item.id in scale.reversed) else -1
    response_set = instrument.response_set_by_id.get(item.response_set or "")
    directions = [response_set.direction] if response_set else []
    directions += [o.direction for o in instrument.outcomes if o.item == item.id and o.indicator == "value"]
    for direction in directions:
        if direction != "neutral":
            return 1 if direction == "higher_is_worse" else -1
    return 0


def course_of(instrument: Instrument, item: Item) -> Course:
    """Return the course an item takes unless the user gives another.

    Harm that needs his presence falls steeply, severe harm almost to nothing; harassment, control
    and what children live through fall less; freedom and respect grow; contact loosens; the rest stays.
    Items of one kind differ a little, always in the same way.
    """
    if item.id == instrument.roles.contact:
        return Course(0.50, 0.75, 0.9)
    polarity = polarity_of(instrument, item)
    plain = _number_course(item, polarity) if item.type != "choice" else _choice_course(instrument, item, polarity)
    if polarity == 0:
        return plain
    tilt = TILT * (2 * stable_number(item.id) / 2**32 - 1)
    return Course(float(ndtr(ndtri(plain.first) + tilt)), float(ndtr(ndtri(plain.last) + tilt)), plain.gap)


def _choice_course(instrument: Instrument, item: Item, polarity: Polarity) -> Course:
    if polarity == 0:
        return Course(0.6, 0.6, 0.6)
    if polarity < 0:
        return Course(0.72, 0.92, 0.6)
    in_person = item.ask_if is not None and item.otherwise is MissingReason.NO_CONTACT
    scales = [scale for scale in instrument.scales if item.id in (*scale.items, *scale.severe)]
    if any(item.id in scale.severe for scale in scales):
        return Course(0.30, 0.02) if in_person else Course(0.42, 0.15)
    if in_person:
        return Course(0.62, 0.08)
    if any(scale.no_contact_is_zero for scale in scales):
        return Course(0.72, 0.50)
    return Course(0.62, 0.38)


def _number_course(item: Item, polarity: Polarity) -> Course:
    minimum, maximum = number_range(item)
    if maximum - minimum > WIDE_RANGE:
        return Course(0.065, 0.065, 0.6) if minimum == 0 else Course(0.2, 0.2, 0.5)
    return Course(0.5 + 0.07 * polarity, 0.5 - 0.07 * polarity, 0.5)


def number_range(item: Item) -> tuple[float, float]:
    """Return the allowed range of a number; 0 to 10 above its minimum where no maximum is given."""
    minimum = 0.0 if item.minimum is None else item.minimum
    return minimum, minimum + 10.0 if item.maximum is None else item.maximum
