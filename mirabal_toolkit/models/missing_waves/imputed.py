"""The change in everybody who started, from tables filled in many times; and how far it bends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from mirabal_toolkit.mixed.predictions_table import interval_within
from mirabal_toolkit.models.describe import Record, score_scale, small_sample_flags
from mirabal_toolkit.models.measured import Measured
from mirabal_toolkit.models.missing_waves.chains import SETTLED, Imputed
from mirabal_toolkit.models.missing_waves.completed import changes, means
from mirabal_toolkit.models.missing_waves.layout import Layout
from mirabal_toolkit.models.missing_waves.rubin import Pooled, pool

Floats = NDArray[np.float64]

MODELS = {"binary": "imputation-logit", "ordinal": "imputation-ordered-logit", "score": "imputation-matching"}


@dataclass(frozen=True)
class Filled:
    """One outcome with its gaps filled, ready to be told.

    Parameters
    ----------
    measured : Measured
    layout : Layout
    imputed : Imputed
    """

    measured: Measured
    layout: Layout
    imputed: Imputed

    @property
    def factor(self) -> float:
        """What brings a value of the outcome to the unit it is reported in."""
        return unit_of(self.measured)[1]

    @property
    def scale(self) -> str:
        """The unit of a change."""
        return unit_of(self.measured)[0]

    @property
    def level_scale(self) -> str:
        """The unit of a percent or mean."""
        return "percent" if self.measured.outcome.kind == "binary" else self.scale

    def change(self, last: Floats) -> Pooled:
        """Return the pooled change from the first wave to `last`, (m, n), in the unit of the outcome."""
        found = changes(self.imputed.values[:, :, 0], last, self.layout.ends)
        return pool(found.estimates, found.variances, found.people - 1)

    def limits(self, pooled: Pooled) -> tuple[float, float]:
        """Return the interval of a change, within what a change can be."""
        low, high = pooled.limits(self.measured.plan.confidence_level)
        width = self.layout.limits[1] - self.layout.limits[0]
        return max(low, -width), min(high, width)


def unit_of(measured: Measured) -> tuple[str, float]:
    """Return the scale in which a change of an outcome is reported, and the factor that brings it there."""
    return ("percentage_points", 100.0) if measured.outcome.kind == "binary" else (score_scale(measured), 1.0)


def imputed_records(filled: Filled) -> Iterator[Record]:
    """Yield percents or means per wave, the change, and how well the chains did."""
    measured, layout = filled.measured, filled.layout
    people = int(layout.ends.any(axis=1).sum())
    flags = small_sample_flags(people)
    if filled.imputed.r_hat >= SETTLED:
        flags = (*flags, "chains_apart")
    base = {
        **measured.record("imputed_change", contrast=measured.contrast, model=MODELS[layout.kinds[0]]),
        "n_obs": people,
        "n_persons": people,
        "flags": flags,
    }
    yield from _levels(base, filled)
    pooled = filled.change(filled.imputed.values[:, :, -1])
    yield _change(base, pooled, filled)
    for term, value in (
        ("missing_information", pooled.missing_information),
        ("monte_carlo_error", filled.factor * pooled.monte_carlo_error),
        ("chains_apart", filled.imputed.r_hat),
    ):
        scale = filled.scale if term == "monte_carlo_error" else "ratio"
        yield {**base, "term": term, "scale": scale, "estimate": value}
    lost = int(layout.lost[:, -1].sum())
    yield {**base, "term": "filled_in", "scale": "people", "count": lost, "estimate": float(lost)}
    yield from _trace(base, filled)


def _levels(base: Record, filled: Filled) -> Iterator[Record]:
    """Yield the percent or mean at every wave of everybody the outcome applies to."""
    mean, variance = means(filled.imputed.values, filled.layout.counts)
    n = filled.layout.counts.sum(axis=0)
    bounds: Literal["unit", "none"] = "unit" if filled.measured.outcome.kind == "binary" else "none"
    for place, wave in enumerate(filled.layout.waves):
        pooled = pool(mean[:, place], variance[:, place], max(int(n[place]) - 1, 1))
        low, high = pooled.limits(filled.measured.plan.confidence_level)
        ends = interval_within(bounds, np.array([pooled.estimate]), np.array([(high - low) / 2]))
        yield {
            **base,
            "analysis": "imputed_prediction",
            "contrast": "",
            "wave": wave,
            "scale": filled.level_scale,
            "estimate": filled.factor * pooled.estimate,
            "std_error": filled.factor * pooled.std_error,
            "df": pooled.df,
            "conf_low": filled.factor * float(np.clip(ends[0], *filled.layout.limits)[0]),
            "conf_high": filled.factor * float(np.clip(ends[1], *filled.layout.limits)[0]),
            "n_obs": int(n[place]),
            "n_persons": int(n[place]),
        }


def _change(base: Record, pooled: Pooled, filled: Filled) -> Record:
    if pooled.std_error == 0:
        return {**base, "term": "change", "scale": filled.scale, "flags": ("not_estimable",)}
    low, high = filled.limits(pooled)
    return {
        **base,
        "term": "change",
        "scale": filled.scale,
        "estimate": filled.factor * pooled.estimate,
        "std_error": filled.factor * pooled.std_error,
        "df": pooled.df,
        "statistic": pooled.estimate / pooled.std_error,
        "p_value": pooled.p_value,
        "conf_low": filled.factor * low,
        "conf_high": filled.factor * high,
    }


def _trace(base: Record, filled: Filled) -> Iterator[Record]:
    """Yield, round by round, the mean of what was filled in at the last wave: over chains, and their range."""
    if not filled.layout.lost[:, -1].any():
        return
    for turn, chains in enumerate(filled.factor * filled.imputed.trace, start=1):
        yield {
            **base,
            "analysis": "imputation_trace",
            "wave": filled.layout.waves[-1],
            "contrast": "",
            "term": str(turn),
            "scale": filled.level_scale,
            "estimate": float(chains.mean()),
            "conf_low": float(np.quantile(chains, 0.025)),
            "conf_high": float(np.quantile(chains, 0.975)),
        }
