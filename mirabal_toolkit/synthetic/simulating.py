"""An instrument in, artificial waves and the truth behind them out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mirabal_toolkit.core.data import PERSON, WAVE, WaveData
from mirabal_toolkit.core.frames import SealedFrame
from mirabal_toolkit.core.instrument import Instrument, Item
from mirabal_toolkit.core.missing import REASON_DTYPE
from mirabal_toolkit.errors import Problem, UsageError
from mirabal_toolkit.synthetic.answering import SENTENCES, Lives, live
from mirabal_toolkit.synthetic.design import Change, Dropout
from mirabal_toolkit.synthetic.losing import INTERVIEWED, lose_answers, wave_statuses
from mirabal_toolkit.synthetic.streams import Streams
from mirabal_toolkit.synthetic.truth import true_outcomes

#: Digits of a person id; more only when there are more people.
ID_DIGITS = 4
#: People simulated at once for `long_run_truth`, so that memory stays small.
CHUNK = 10_000


@dataclass(frozen=True)
class SimulatedStudy:
    """Artificial waves, as a clean export would hold them, and what is true of the people in them.

    Parameters
    ----------
    waves : WaveData
        One row a person-wave, sorted; also for waves that nobody was interviewed at, where the
        instrument writes down how a wave ended.
    truth : SealedFrame
        See `true_outcomes`: percentages and means among everybody, before anything was lost, and
        among those interviewed.
    """

    instrument: Instrument
    waves: WaveData
    truth: SealedFrame
    seed: int
    dropout: Dropout
    change: Change


def simulate(
    instrument: Instrument,
    *,
    people: int = 100,
    waves: int | None = None,
    seed: int = 1,
    dropout: Dropout | None = None,
    change: Change | None = None,
) -> SimulatedStudy:
    """Simulate a study with an instrument.

    Routing is followed, answers hang together within a person, lives change over the waves, and
    people are lost, some for reasons that depend on what they said before. The same seed gives
    the same people whatever their number; `Dropout.none` gives their complete answers.

    Parameters
    ----------
    instrument : Instrument
    people : int
        How many start.
    waves : int, optional
        How many of the instrument's waves, from the first; all when not given.
    seed : int
        0 or more.
    dropout : Dropout, optional
        What is lost; about half of the people by the last wave when not given.
    change : Change, optional
        How lives change; see `course_of` for what happens when not given.

    Returns
    -------
    SimulatedStudy

    Raises
    ------
    UsageError
        If there are no people, more waves than the instrument has, or impossible changes.
    """
    dropout, change = dropout or Dropout(), change or Change()
    numbers = _checked_waves(instrument, people, waves, seed)
    change.check_against(instrument)
    streams = Streams(seed, people)
    lives = live(instrument, numbers, streams, change)
    statuses = wave_statuses(lives, streams, dropout)
    truth = true_outcomes(lives, statuses == INTERVIEWED)
    lose_answers(lives, statuses, streams, dropout)
    data = _wave_data(lives, statuses == INTERVIEWED)
    return SimulatedStudy(instrument, data, SealedFrame(truth), seed, dropout, change)


def long_run_truth(
    instrument: Instrument,
    *,
    people: int = 100_000,
    waves: int | None = None,
    seed: int = 0,
    change: Change | None = None,
) -> pd.DataFrame:
    """Return what the outcomes come to in a very large population, nothing lost.

    Parameters
    ----------
    instrument, waves, seed, change
        As in `simulate`.
    people : int
        Size of the population; the standard error of a percentage is at most ``50 / sqrt(people)`` points.

    Returns
    -------
    DataFrame
        As `SimulatedStudy.truth`, for ``everybody``.

    Raises
    ------
    UsageError
        As in `simulate`.
    """
    numbers, change = _checked_waves(instrument, people, waves, seed), change or Change()
    change.check_against(instrument)
    parts = []
    for chunk, start in enumerate(range(0, people, CHUNK)):
        streams = Streams(seed * people + chunk, min(CHUNK, people - start))
        lives = live(instrument, numbers, streams, change)
        parts.append(true_outcomes(lives, np.ones((streams.people, len(numbers)), dtype=bool)))
    whole = pd.concat(parts)
    whole = whole[whole["population"] == "everybody"]
    whole["estimate"] = (whole["estimate"] * whole["n"]).fillna(0.0)
    sums = whole.groupby(["outcome", "estimand", "wave", "population"], sort=False, as_index=False).sum()
    sums["estimate"] /= sums["n"].where(sums["n"] > 0)
    return sums


def _checked_waves(instrument: Instrument, people: int, waves: int | None, seed: int) -> tuple[int, ...]:
    numbers = tuple(wave.number for wave in instrument.waves)
    problems = []
    if people < 1:
        problems.append(Problem("there must be at least one person", fix="--people 100"))
    if seed < 0:
        problems.append(Problem("the seed must be 0 or more"))
    if waves is not None and not 1 <= waves <= len(numbers):
        problems.append(Problem(f"{instrument.reference} has {len(numbers)} wave(s)", fix=f"--waves {len(numbers)}"))
    if problems:
        raise UsageError("this study cannot be simulated", problems=problems)
    return numbers[:waves]


def _wave_data(lives: Lives, interviewed: NDArray[np.bool_]) -> WaveData:
    people, waves = interviewed.shape
    # Without an item that says how a wave ended, a wave nobody was interviewed at leaves no trace.
    kept = interviewed.ravel() if lives.instrument.roles.wave_outcome is None else np.ones(people * waves, dtype=bool)
    width = max(ID_DIGITS, len(str(people)))
    ids = np.repeat([f"{number:0{width}d}" for number in range(1, people + 1)], waves)
    answers = {PERSON: pd.Series(ids[kept], dtype="str"), WAVE: np.tile(lives.waves, people)[kept]}
    answers |= {item.id: _column(item, lives.answers[item.id].ravel()[kept]) for item in lives.instrument.items}
    reasons = {
        name: pd.Categorical.from_codes(codes.ravel()[kept], dtype=REASON_DTYPE)
        for name, codes in lives.reasons.items()
    }
    return WaveData(lives.instrument, SealedFrame(pd.DataFrame(answers)), SealedFrame(pd.DataFrame(reasons)))


def _column(item: Item, values: NDArray[np.float64]) -> pd.Series[Any]:
    """Return the answers to an item as they stand in a frame: floats, dates or text."""
    if item.type == "date":
        return pd.Series(pd.to_datetime(values, unit="D", origin="unix")).astype("datetime64[us]")
    if item.type == "text":
        texts = np.array([*SENTENCES, None], dtype=object)
        return pd.Series(texts[np.nan_to_num(values, nan=len(SENTENCES)).astype(int)], dtype="str")
    return pd.Series(values)
