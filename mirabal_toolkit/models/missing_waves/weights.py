"""The change with women who answered standing for those like them who were lost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mirabal_toolkit.core.data import PERSON, WAVE
from mirabal_toolkit.errors import ModelError
from mirabal_toolkit.mixed import contrasts, gee
from mirabal_toolkit.models.describe import Record, small_sample_flags
from mirabal_toolkit.models.measured import Measured
from mirabal_toolkit.models.missing_waves.dropout import Chances, drop_out_records, model_drop_out
from mirabal_toolkit.models.missing_waves.imputed import unit_of
from mirabal_toolkit.models.missing_waves.layout import People
from mirabal_toolkit.models.over_waves import scale_of, told
from mirabal_toolkit.models.propensity import effective_size

Floats = NDArray[np.float64]

#: Weights above this quantile are cut back to it, and none may exceed `MOST`.
CUT_QUANTILE, MOST = 0.99, 10.0


class Weights(NamedTuple):
    """Stabilised weights of the person-waves with an answer.

    Attributes
    ----------
    values : ndarray, shape (n,)
    cut : int
        How many were cut back.
    """

    values: Floats
    cut: int

    @property
    def effective(self) -> float:
        """How many rows of equal weight would be as informative (Kish 1965)."""
        return effective_size(self.values)


def path_weights(rows: pd.DataFrame) -> Floats:
    """Return the stabilised weight of every person-wave, shape (n,).

    Each wave up to it gives a factor: the share of women who did as she did (answered, or did not), given only
    whether they had answered at the wave before, over her own chance of that. So a woman still there at the last
    wave stands for those like her who left at any wave, not only for those who left at the last.

    Parameters
    ----------
    rows : DataFrame
        As in `Chances`; ascending waves of each person.

    References
    ----------
    Robins, Rotnitzky & Zhao (1995), JASA 90, 106-121 (loss for good); Robins, Hernan & Brumback (2000), Epidemiology
    11, 550-560 (stabilised weights of a history, here of answers and gaps).

    Examples
    --------
    Half of the women stayed each time; she had a chance of a quarter.

    >>> rows = pd.DataFrame({"person_id": "a", "seen": [1.0, 1.0], "chance": [0.25, 0.25], "share": [0.5, 0.5]})
    >>> path_weights(rows).tolist()
    [2.0, 4.0]
    """
    here = rows["seen"] == 1
    alike, own = (np.where(here, rows[name], 1 - rows[name]) for name in ("share", "chance"))
    factors = pd.Series(np.where(alike == own, 1.0, alike / np.where(own > 0, own, 1.0)), index=rows.index)
    return np.asarray(factors.groupby(rows[PERSON]).cumprod(), dtype=np.float64)


def cut_back(raw: Floats) -> Weights:
    """Return weights, the largest cut back.

    References
    ----------
    Cole & Hernan (2008), American Journal of Epidemiology 168, 656-664.

    Examples
    --------
    >>> cut_back(np.array([0.5, 1.0, 40.0])).values.tolist()
    [0.5, 1.0, 10.0]
    """
    most = min(float(np.quantile(raw, CUT_QUANTILE)), MOST)
    return Weights(np.minimum(raw, most), int((raw > most).sum()))


def weighted_rows(measured: Measured, chances: Chances) -> tuple[pd.DataFrame, Weights]:
    """Return the observed person-waves with their weights (1 at the first wave), and the weights after it."""
    here = (chances.rows["seen"] == 1).to_numpy()
    seen, weights = chances.rows[here], cut_back(path_weights(chances.rows)[here])
    rows = measured.long().merge(
        seen[[PERSON, WAVE]].assign(weight=weights.values), on=[PERSON, WAVE], how="left", validate="one_to_one"
    )
    return rows.fillna({"weight": 1.0}), weights


def weighted_records(measured: Measured, people: People) -> Iterator[Record]:
    """Yield the drop-out model, the distribution of the weights, and the weighted change."""
    scale, _ = unit_of(measured)
    base = measured.record("weighted_change", contrast=measured.contrast, model="weighted-gee")
    try:
        chances = model_drop_out(measured, people)
        rows, weights = weighted_rows(measured, chances)
        found = _weighted_change(measured, rows)
    except ModelError:
        yield {**base, "term": "change", "scale": scale, "flags": ("not_estimable",)}
        return
    yield from drop_out_records(measured, chances)
    people_seen = int(rows[PERSON].nunique())
    base = {**base, "n_obs": len(rows), "n_persons": people_seen}
    flags = (*(("penalised",) if chances.fit.penalty else ()), *small_sample_flags(people_seen))
    yield told({**base, "term": "change", "flags": flags}, found.to_dict(), scale_of(measured))
    yield from _distribution({**base, "analysis": "weights", "scale": "ratio"}, weights)


def _weighted_change(measured: Measured, rows: pd.DataFrame) -> pd.Series:
    """Return the change from first to last wave by a weighted GEE.

    Independence as working correlation: with weights that differ between the waves of a woman any other would mix
    answers that were weighted for different losses.
    """
    family: Literal["binomial", "gaussian"] = "binomial" if measured.outcome.kind == "binary" else "gaussian"
    levels = rows.groupby(WAVE)["value"].mean()
    empty = family == "binomial" and bool(levels.isin([0.0, 1.0]).any())
    fit = gee(
        f"value ~ C({WAVE})",
        rows,
        groups=PERSON,
        family=family,
        corr="independence",
        weights="weight",
        penalty="firth" if empty else None,
    )
    table = contrasts(fit, WAVE, adjust="none", level=measured.plan.confidence_level)
    waves = sorted(levels.index)
    if waves[-1] != measured.last or waves[0] != measured.first:
        raise ModelError("nobody answered at the first or the last wave")
    return table.iloc[len(waves) - 2]


def _distribution(base: Record, weights: Weights) -> Iterator[Record]:
    values = {
        "smallest": float(weights.values.min()),
        "median": float(np.median(weights.values)),
        "largest": float(weights.values.max()),
        "effective": weights.effective,
    }
    for term, value in values.items():
        yield {**base, "term": term, "estimate": value, "n_obs": len(weights.values)}
    yield {**base, "term": "cut", "scale": "people", "count": weights.cut, "estimate": float(weights.cut)}
