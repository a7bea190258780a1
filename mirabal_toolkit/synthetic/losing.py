"""What a study loses of the complete lives: people, waves, answers; and how that shows in the data.

Loss for good depends on what was said at the last interview, never on what nobody heard: the
answers are missing at random in the sense of Rubin.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mirabal_toolkit.core.instrument import Instrument, Item
from mirabal_toolkit.core.missing import MissingReason
from mirabal_toolkit.synthetic.answering import NO_REASON, REASON_CODES, Lives
from mirabal_toolkit.synthetic.design import Dropout
from mirabal_toolkit.synthetic.streams import Streams

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Codes = NDArray[np.int8]

INTERVIEWED = np.int8(NO_REASON)
MISSED = REASON_CODES[MissingReason.WAVE_MISSED.value]
UNSAFE = REASON_CODES[MissingReason.UNSAFE_TO_CONTACT.value]
WITHDRAWN = REASON_CODES[MissingReason.WITHDRAWN.value]

#: Shares of unsafe contacts at which the gate was begun and not passed; at the others nobody answered.
SHARE_AT_GATE = 0.5


def wave_statuses(lives: Lives, streams: Streams, dropout: Dropout) -> Codes:
    """Return how every person-wave ended, shape (people, waves): `INTERVIEWED` or the code of a reason.

    Everybody is interviewed at the first wave. From then on a person still in the study is lost
    for good with log odds ``logit(hazard) + on_harm × harm`` of her last interview, or misses
    single waves at random.
    """
    shape = (streams.people, len(lives.waves))
    statuses = np.full(shape, INTERVIEWED, dtype=np.int8)
    hazard = _hazard(dropout, len(lives.waves))
    can_be_unsafe = _can_be_unsafe(lives.instrument)
    harm_told, lost = lives.harm[:, 0], np.zeros(streams.people, dtype=bool)
    for place, number in enumerate(lives.waves[1:], start=1):
        odds = hazard / (1 - hazard) * np.exp(dropout.on_harm * harm_told)
        newly = ~lost & (streams.uniform("lost", number) < odds / (1 + odds))
        away = streams.uniform("away", number)
        status = np.where(away < dropout.missed, MISSED, INTERVIEWED).astype(np.int8)
        if can_be_unsafe:
            status[away > 1 - dropout.unsafe] = UNSAFE
        leaving = np.where(streams.uniform("leaving", number) < dropout.withdrawn, WITHDRAWN, MISSED)
        status = np.where(lost, statuses[:, place - 1], np.where(newly, leaving, status))
        statuses[:, place] = status
        lost |= newly
        harm_told = np.where(status == INTERVIEWED, lives.harm[:, place], harm_told)
    return statuses


def _hazard(dropout: Dropout, waves: int) -> float:
    """Return the share lost for good between two waves so that `retention` is left at the last."""
    present = 1 - dropout.missed - dropout.unsafe
    staying = min(1.0, dropout.retention / present) if present > 0 else 1.0
    return float(min(1 - staying ** (1 / max(waves - 1, 1)), 1 - 1e-9))


def _can_be_unsafe(instrument: Instrument) -> bool:
    by_gate = instrument.gate is not None and instrument.gate.reason is MissingReason.UNSAFE_TO_CONTACT
    return by_gate or MissingReason.UNSAFE_TO_CONTACT in instrument.roles.wave_reasons.values()


@dataclass(frozen=True, slots=True)
class _Loss:
    """What every item needs to know while answers are lost."""

    instrument: Instrument
    waves: tuple[int, ...]
    streams: Streams
    dropout: Dropout
    statuses: Codes
    last_item: NDArray[np.int64]


def lose_answers(lives: Lives, statuses: Codes, streams: Streams, dropout: Dropout) -> None:
    """Take out of `lives` (in place) what the study did not hear, and write down how each wave ended."""
    instrument = lives.instrument
    loss = _Loss(instrument, lives.waves, streams, dropout, statuses, _last_items(lives, statuses, streams, dropout))
    for order, item in enumerate(instrument.items):
        if item.id == instrument.roles.wave_outcome:
            lives.answers[item.id] = _wave_outcomes(item, loss)
        elif item.per_person:
            _refuse(lives, item, loss, once=True)
        elif instrument.gate and item.id in instrument.gate.items:
            lives.answers[item.id] = _gate_answers(lives.answers[item.id], item, loss)
        else:
            if item.id != instrument.roles.interview_date:
                _refuse(lives, item, loss, once=False)
            _silence(lives, item, (statuses != INTERVIEWED) | (loss.last_item < order))


def _last_items(lives: Lives, statuses: Codes, streams: Streams, dropout: Dropout) -> NDArray[np.int64]:
    """Return the place of the last item asked at each person-wave; interviews broken off end early."""
    items = lives.instrument.items
    last = np.full(statuses.shape, len(items), dtype=np.int64)
    if len(_interview_outcomes(lives.instrument)) < 2:
        return last
    steering = {*(lives.instrument.gate.items if lives.instrument.gate else ()), lives.instrument.roles.interview_date}
    first = 1 + max((place for place, item in enumerate(items) if item.id in steering or item.per_person), default=0)
    broken = (streams.uniform_by_wave("broken off", lives.waves) < dropout.broken_off) & (statuses == INTERVIEWED)
    ends = first + np.floor(streams.uniform_by_wave("breaks off at", lives.waves) * (len(items) - first))
    return np.where(broken, ends.astype(np.int64), last)


def _silence(lives: Lives, item: Item, unheard: Flags) -> None:
    lives.answers[item.id][unheard] = np.nan
    lives.reasons[item.id][unheard] = NO_REASON


def _refuse(lives: Lives, item: Item, loss: _Loss, *, once: bool) -> None:
    """Turn some answers into “prefer not to say” and “don’t know”, where the item allows that."""
    kinds = {option.kind for option in loss.instrument.options(item.id)}
    if item.type == "text" or not kinds & {"refused", "dont_know"}:
        return
    chance = loss.streams.uniform_by_wave(f"silence {item.id}", loss.waves)
    if once:
        chance = np.repeat(chance[:, :1], len(loss.waves), axis=1)
    asked = ~np.isnan(lives.answers[item.id])
    refused = asked & (chance < loss.dropout.refused) & ("refused" in kinds)
    unknown = asked & (chance > 1 - loss.dropout.dont_know) & ("dont_know" in kinds)
    for cells, reason in ((refused, MissingReason.REFUSED), (unknown, MissingReason.DONT_KNOW)):
        lives.answers[item.id][cells] = np.nan
        lives.reasons[item.id][cells] = REASON_CODES[reason.value]


def _gate_answers(passed: Array, item: Item, loss: _Loss) -> Array:
    """Return answers to a gate item: passed in interviews; else asked up to the first that is not passed."""
    gate = loss.instrument.gate
    if gate is None:
        return passed
    place = gate.items.index(item.id)
    reached = loss.streams.uniform_by_wave("gate reached", loss.waves) < SHARE_AT_GATE
    fails_at = np.floor(loss.streams.uniform_by_wave("gate fails at", loss.waves) * len(gate.items))
    failing = next(
        float(option.code)
        for option in loss.instrument.options(item.id)
        if option.kind == "valid" and option.name != gate.pass_option
    )
    begun = (loss.statuses == UNSAFE) & reached
    answers = np.where(loss.statuses == INTERVIEWED, passed, np.nan)
    answers[begun & (place < fails_at)] = passed[begun & (place < fails_at)]
    answers[begun & (place == fails_at)] = failing
    return answers


def _interview_outcomes(instrument: Instrument) -> list[float]:
    """Codes of the wave outcome that mean interviewed: to the end, and (second) broken off."""
    name = instrument.roles.wave_outcome
    if name is None:
        return []
    codes = instrument.option_codes[name]
    return [code for option, code in codes.items() if option not in instrument.roles.wave_reasons]


def _wave_outcomes(item: Item, loss: _Loss) -> Array:
    """Return how the attempt to interview ended, as the office writes it down."""
    instrument, interviewed = loss.instrument, _interview_outcomes(loss.instrument)
    outcomes = np.full(loss.statuses.shape, interviewed[0])
    outcomes[loss.last_item < len(instrument.items)] = interviewed[-1]
    chance = loss.streams.uniform_by_wave("outcome", loss.waves)
    for reason in np.unique(loss.statuses[loss.statuses != INTERVIEWED]):
        codes = np.array([
            instrument.option_codes[item.id][name]
            for name, meaning in instrument.roles.wave_reasons.items()
            if REASON_CODES[meaning.value] == reason
        ])  # fmt: skip
        if not len(codes):
            continue
        # The first word for a reason is the commonest: squaring a uniform draw favours low places.
        cells = loss.statuses == reason
        outcomes[cells] = codes[np.floor(chance[cells] ** 2 * len(codes)).astype(int)]
    return outcomes
