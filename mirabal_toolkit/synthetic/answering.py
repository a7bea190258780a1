"""The complete lives of simulated people: what each would answer at every wave, nothing lost.

A person's answers hang together: one latent severity runs through everything she answers, each
block and each item has a lasting part of its own, and each occasion colours all answers of the
day. With ``z`` the standard normal sum of these, a choice with lowest answer 0 is the number of
thresholds ``z`` exceeds, ``-Φ⁻¹(p) + k · gap``, so that P(answer above the lowest) is exactly the ``p``
of its `Course` at that wave.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from mirabal_toolkit.core.expressions import evaluate
from mirabal_toolkit.core.instrument import Instrument, Item
from mirabal_toolkit.core.missing import REASON_DTYPE, MissingReason
from mirabal_toolkit.synthetic.design import (
    Change,
    course_by_wave,
    course_of,
    number_range,
    polarity_of,
    progress_of,
)
from mirabal_toolkit.synthetic.streams import Streams

Array = NDArray[np.float64]
Codes = NDArray[np.int8]

#: Missing reason → its code in `REASON_DTYPE`; −1 stands for "no reason".
REASON_CODES: dict[str, int] = {name: code for code, name in enumerate(REASON_DTYPE.categories)}
NO_REASON = -1

#: Days from 1 January 1970 to the first day anybody joins (8 January 2024), and days until the last does.
FIRST_DAY, INTAKE_DAYS = 19730.0, 270.0
DAYS_A_MONTH = 365.25 / 12

#: What people write when a question asks for words; plainly artificial, so that nobody quotes it.
SENTENCES = (
    "Artificial text: things are calmer than they were.",
    "Artificial text: nothing has changed much.",
    "Artificial text: I have more time for myself.",
    "Artificial text: we agreed how to hand over the children.",
)
SHARE_WRITING = 0.4

#: Standard deviation of a person's mean answer about its expectation, on the 0–1 scale of answers; about 0.2
#: with the weights below (0.84 to 1.02 of it over the waves of the bundled instrument).
HARM_SPREAD = 0.2

#: Weights of the latent parts: severity, block, occasion and item; the rest is noise.
SHARED_WEIGHTS = (0.55, 0.45, 0.30, 0.35)
#: The same for items that are neither good nor bad: circumstances last, and have nothing to do with severity.
NEUTRAL_WEIGHTS = (0.0, 0.60, 0.0, 0.70)


@dataclass
class Lives:
    """Complete answers, filled item by item in the order of the questionnaire.

    Parameters
    ----------
    answers : dict
        Item id → (people, waves); codes and numbers, dates as days since 1970, texts as places in
        `SENTENCES`; NaN where there is no answer.
    reasons : dict
        Item id → (people, waves) codes of `REASON_CODES`, −1 where there is an answer or nothing.
    days : ndarray, shape (people, waves)
        Days of the interviews.
    harm : ndarray, shape (people, waves)
        How much worse than expected the answers are; mean 0, standard deviation about 1.
    """

    instrument: Instrument
    waves: tuple[int, ...]
    days: Array
    harm: Array
    answers: dict[str, Array] = field(default_factory=dict)
    reasons: dict[str, Codes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Setting:
    """What every item needs while answering."""

    instrument: Instrument
    waves: tuple[int, ...]
    streams: Streams
    change: Change
    progress: Array
    severity: Array
    occasion: Array
    blocks: dict[str, Array]


def live(
    instrument: Instrument,
    waves: tuple[int, ...],
    streams: Streams,
    change: Change,
    only: frozenset[str] | None = None,
) -> Lives:
    """Return the complete answers of ``streams.people`` people at `waves`.

    With `only` they answer these items, and no others; their answers to them are the same. The items that decide
    whether these are asked must be among them.
    """
    setting = _setting(instrument, waves, streams, change)
    shape = (streams.people, len(waves))
    lives = Lives(instrument, waves, days=_interview_days(setting), harm=np.zeros(shape))
    counted = np.zeros(shape)
    for item in instrument.items:
        if only is not None and item.id not in only:
            continue
        answers, worse = _answers(item, setting, lives.days)
        reasons = _routing(item, setting, lives.answers, shape)
        answers[reasons != NO_REASON] = np.nan
        lives.answers[item.id], lives.reasons[item.id] = answers, reasons
        if worse is not None:
            asked = reasons == NO_REASON
            lives.harm += np.where(asked, worse, 0.0)
            counted += asked
    lives.harm /= np.maximum(counted, 1) * HARM_SPREAD
    return lives


def _setting(instrument: Instrument, waves: tuple[int, ...], streams: Streams, change: Change) -> _Setting:
    months = np.array([instrument.wave(number).months for number in waves])
    return _Setting(
        instrument,
        waves,
        streams,
        change,
        progress_of(months, max(wave.months for wave in instrument.waves)),
        severity=streams.normal("severity")[:, None],
        occasion=streams.normal_by_wave("occasion", waves),
        blocks={block.id: streams.normal(f"block {block.id}")[:, None] for block in instrument.blocks},
    )


def _interview_days(setting: _Setting) -> Array:
    joined = FIRST_DAY + np.floor(INTAKE_DAYS * setting.streams.uniform("joined"))
    days = [joined]
    for number in setting.waves[1:]:
        wave = setting.instrument.wave(number)
        off = np.clip(setting.streams.normal("day", number) * wave.window_days / 3, -wave.window_days, wave.window_days)
        days.append(joined + np.round(wave.months * DAYS_A_MONTH) + np.trunc(off))
    return np.column_stack(days)


def _answers(item: Item, setting: _Setting, days: Array) -> tuple[Array, Array | None]:
    """Return the answers were she asked, and how much worse than expected they are (None: not a matter of worse)."""
    if item.type == "date":
        return _dates(item, setting, days), None
    if item.type == "text":
        return _texts(item, setting), None
    if item.type == "choice":
        answers, worse = _choices(item, setting)
    else:
        answers, worse = _numbers(item, setting), None
    if item.per_person:
        answers = np.repeat(answers[:, :1], len(setting.waves), axis=1)
    return answers, worse


def _dates(item: Item, setting: _Setting, days: Array) -> Array:
    if item.id == setting.instrument.roles.interview_date:
        return days.copy()
    if item.per_person:
        before = days[:, :1] - 3 - np.floor(25 * setting.streams.uniform(item.id))[:, None]
        return np.repeat(before, len(setting.waves), axis=1)
    return days - np.floor(60 * setting.streams.uniform_by_wave(item.id, setting.waves))


def _texts(item: Item, setting: _Setting) -> Array:
    place = np.floor(setting.streams.uniform_by_wave(item.id, setting.waves) * len(SENTENCES) / SHARE_WRITING)
    return np.where(place < len(SENTENCES), place, np.nan)


def _latent(item: Item, setting: _Setting) -> Array:
    """Return the standard normal that stands behind the answers to one item, shape (people, waves)."""
    polarity = polarity_of(setting.instrument, item)
    weights = SHARED_WEIGHTS if polarity else NEUTRAL_WEIGHTS
    severity, block, occasion, own = weights
    # Items that count the same thing (children at the start, children now) share their lasting part.
    purpose = f"{item.unit} {item.minimum} {item.maximum}" if item.unit else item.id
    shared = severity * setting.severity + block * setting.blocks[item.block] + occasion * setting.occasion
    lasting = own * setting.streams.normal(f"lasting {purpose}")[:, None]
    noise = np.sqrt(1 - sum(weight**2 for weight in weights))
    drawn = setting.streams.normal_by_wave(f"noise {item.id}", setting.waves)
    return np.asarray((polarity or 1) * shared + lasting + noise * drawn)


def _choices(item: Item, setting: _Setting) -> tuple[Array, Array | None]:
    instrument = setting.instrument
    codes = np.array([option.code for option in instrument.options(item.id) if option.kind == "valid"], dtype=float)
    if item.id == instrument.roles.site:
        places = np.floor(setting.streams.uniform(item.id) * len(codes)).astype(int)
        return np.repeat(codes[places][:, None], len(setting.waves), axis=1), None
    given = fixed_code(instrument, item)
    if given is not None:
        return np.full((setting.streams.people, len(setting.waves)), given), None
    course = setting.change.courses.get(item.id) or course_of(instrument, item)
    location = ndtri(course_by_wave(course, setting.progress, setting.change.strength))
    latent = _latent(item, setting) + location
    steps = range(len(codes) - 1)
    place = np.zeros(latent.shape, dtype=np.int64)
    for step in steps:
        place += latent > step * course.gap
    polarity = polarity_of(instrument, item)
    if polarity == 0 or len(codes) < 2:
        return codes[place], None
    expected = sum(ndtr(location - step * course.gap) for step in steps)
    return codes[place], polarity * (place - expected) / (len(codes) - 1)


def fixed_code(instrument: Instrument, item: Item) -> float | None:
    """Return the code of an item that is the same in every completed interview, else None.

    The gate is passed, and the wave ended with the first outcome that counts as an interview.
    """
    codes = instrument.option_codes[item.id]
    if instrument.gate and item.id in instrument.gate.items:
        return codes[instrument.gate.pass_option]
    if item.id == instrument.roles.wave_outcome:
        return next(code for name, code in codes.items() if name not in instrument.roles.wave_reasons)
    return None


def _numbers(item: Item, setting: _Setting) -> Array:
    minimum, maximum = number_range(item)
    course = setting.change.courses.get(item.id) or course_of(setting.instrument, item)
    median = ndtri(course_by_wave(course, setting.progress, setting.change.strength))
    value = minimum + (maximum - minimum) * ndtr(median + course.gap * _latent(item, setting))
    return np.asarray(np.floor(value + 0.5) if item.type == "integer" else np.round(value, 1))


def _routing(item: Item, setting: _Setting, answers: dict[str, Array], shape: tuple[int, int]) -> Codes:
    """Return why each person-wave is not asked an item; −1 where it is."""
    reasons = np.full(shape, NO_REASON, dtype=np.int8)
    if item.ask_if is not None:
        asked = evaluate(item.ask_if, answers.__getitem__, setting.instrument.option_codes)
        reasons[np.broadcast_to(asked == 0, shape)] = REASON_CODES[item.otherwise.value]
    if item.waves:
        unasked = [number not in item.waves for number in setting.waves]
        reasons[:, unasked] = REASON_CODES[MissingReason.NOT_ASKED.value]
    return reasons
