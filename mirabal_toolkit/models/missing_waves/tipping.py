"""How much worse those who were lost would have to be for the conclusion to turn.

References
----------
Rubin (1987), Multiple Imputation for Nonresponse in Surveys, section 6.3; Cro, Morris, Kenward & Carpenter (2020),
Sensitivity analysis for clinical trials with missing continuous outcome data using controlled multiple imputation,
Statistics in Medicine 39, 2815-2842; Liublinska & Rubin (2014), Sensitivity analysis for a partially missing binary
outcome in a two-arm randomized clinical trial, Statistics in Medicine 33, 4170-4185.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy.optimize import bisect

from mirabal_toolkit.models.describe import Record
from mirabal_toolkit.models.missing_waves.imputed import Filled
from mirabal_toolkit.models.missing_waves.rubin import Pooled

#: Log odds by which a yes-or-no answer is moved at most: nobody, or everybody.
FURTHEST = 20.0
#: Points of the curve on the way to the furthest shift, and in the other direction.
POINTS, OTHER_POINTS = 10, 3
#: How exact a turning point is, as a share of the furthest shift.
EXACT = 1e-3


@dataclass(frozen=True, slots=True)
class Turn:
    """Where a conclusion turns.

    Parameters
    ----------
    expected : float
        Mean of the lost at the last wave as imputed, in the unit of the report.
    level : float or None
        Mean at which the interval of the change reaches zero; None if it never does.
    clear : bool
        Whether the interval leaves zero out before any shift.
    """

    expected: float
    level: float | None
    clear: bool


def shifted_change(filled: Filled, shift: float) -> Pooled:
    """Return the change had those lost at the last wave been moved by `shift`; first-wave gaps stay as imputed."""
    return filled.change(filled.imputed.shifted(shift))


def level_at(filled: Filled, shift: float) -> float:
    """Return the mean of the lost at the last wave at a shift, in the unit of the report."""
    lost = filled.layout.lost[:, -1]
    return float(filled.factor * filled.imputed.shifted(shift)[:, lost].mean())


def furthest(filled: Filled) -> float:
    """Return the shift that brings everybody lost to one end of what the outcome can be."""
    latent = filled.layout.kinds[0] in ("binary", "ordinal")
    return FURTHEST if latent else filled.layout.limits[1] - filled.layout.limits[0]


def _room(filled: Filled, sign: float, shift: float) -> float:
    """Return how far the interval stays from zero on its side; negative once it reaches it."""
    low, high = filled.limits(shifted_change(filled, shift))
    return -high if sign < 0 else low


def find_turn(filled: Filled) -> Turn:
    """Find the shift, against the direction of the change, at which its interval reaches zero."""
    sign = float(np.sign(shifted_change(filled, 0.0).estimate))
    expected = level_at(filled, 0.0)
    room = partial(_room, filled, sign)
    if sign == 0 or room(0.0) <= 0:
        return Turn(expected, None, clear=False)
    end = -sign * furthest(filled)
    if room(end) > 0:
        return Turn(expected, None, clear=True)
    turn = bisect(room, 0.0, end, xtol=abs(end) * EXACT)
    return Turn(expected, level_at(filled, float(turn)), clear=True)


def tipping_records(filled: Filled) -> Iterator[Record]:
    """Yield where the conclusion turns, and the change along the way."""
    lost, people = int(filled.layout.lost[:, -1].sum()), int(filled.layout.ends.any(axis=1).sum())
    measured = filled.measured
    base = {
        **measured.record("tipping_point", contrast=measured.contrast, model="shifted-imputation"),
        "n_obs": people,
        "n_persons": people,
    }
    if lost == 0 or shifted_change(filled, 0.0).std_error == 0:
        return
    turn = find_turn(filled)
    flags = () if turn.level is not None else ("never_turns",) if turn.clear else ("no_clear_change",)
    points = None if turn.level is None else turn.level - turn.expected
    yield {**base, "term": "shift", "scale": filled.scale, "estimate": points, "flags": flags}
    for term, level in (("expected", turn.expected), ("at_turn", turn.level)):
        row = {**base, "term": term, "scale": filled.level_scale, "estimate": level, "flags": flags}
        yield {**row, "n_obs": lost, "n_persons": lost}
    yield from _curve({**base, "analysis": "shifted_change"}, filled, turn)


def _curve(base: Record, filled: Filled, turn: Turn) -> Iterator[Record]:
    """Yield the change along levels of the lost from one end of what is possible to the other."""
    for shift in _shifts(filled):
        pooled = shifted_change(filled, shift)
        low, high = filled.limits(pooled)
        yield {
            **base,
            "term": _step(level_at(filled, shift) - turn.expected, filled),
            "scale": filled.scale,
            "estimate": filled.factor * pooled.estimate,
            "conf_low": filled.factor * low,
            "conf_high": filled.factor * high,
        }


def _step(points: float, filled: Filled) -> str:
    """Return a shift as text, no finer than a change is told: finer steps would tell how many were lost."""
    return f"{points:+.{0 if filled.scale == 'percentage_points' else 1}f}"


def _shifts(filled: Filled) -> list[float]:
    """Return shifts whose levels lie about evenly between the two ends."""
    end = furthest(filled)
    grid = np.linspace(-end, end, 161)
    levels = np.array([level_at(filled, float(shift)) for shift in grid])
    wanted = np.linspace(levels[0], levels[-1], POINTS + OTHER_POINTS)
    places = {int(np.abs(levels - level).argmin()) for level in wanted} | {80}
    return [float(grid[place]) for place in sorted(places)]
