"""What a plan's own analyses make of artificial studies whose truth is known: power, width, bias and coverage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mirabal_toolkit.core.data import PERSON, WAVE
from mirabal_toolkit.core.instrument import Estimand, Instrument
from mirabal_toolkit.core.plan import AnalysisPlan, PlannedOutcome
from mirabal_toolkit.core.power import PowerLine
from mirabal_toolkit.errors import ModelError
from mirabal_toolkit.mixed import contrasts
from mirabal_toolkit.models.fitting import FORMULA, fit_model
from mirabal_toolkit.models.measured import Measured
from mirabal_toolkit.models.over_waves import change_scale
from mirabal_toolkit.models.paired import first_to_last

Array = NDArray[np.float64]
METHODS = ("model", "paired")
#: Kinds of outcome whose change is one number.
KINDS = ("binary", "score", "count")


@dataclass(frozen=True, slots=True)
class Trial:
    """One simulated study by one method; NaN where it gave no estimate.

    Parameters
    ----------
    seen : float
        People seen at the last wave.
    """

    estimate: float
    conf_low: float
    conf_high: float
    p_value: float
    seen: float


def try_study(
    values: Array, planned: PlannedOutcome, estimand: Estimand, plan: AnalysisPlan, instrument: Instrument
) -> dict[str, Trial]:
    """Analyse one simulated outcome as the plan would: by its main model over all waves, and in pairs.

    Parameters
    ----------
    values : ndarray, shape (people, waves)
        NaN where lost.

    Returns
    -------
    dict
        Method → trial; no ``model`` where the plan has none for the outcome.
    """
    measured = _laid_out(values, planned, estimand, plan, instrument)
    seen = float((~np.isnan(values[:, -1])).sum())
    found = {"paired": _paired(measured, seen)}
    if planned.model is not None:
        found["model"] = _modelled(measured, seen)
    return found


def _laid_out(
    values: Array, planned: PlannedOutcome, estimand: Estimand, plan: AnalysisPlan, instrument: Instrument
) -> Measured:
    people = pd.Index(np.arange(len(values)), name=PERSON)
    waves = [wave.number for wave in instrument.waves][: values.shape[1]]
    table = pd.DataFrame(values, index=people, columns=waves)
    table = table[table.notna().any(axis=1)]
    alone = replace(planned, beside=())
    outcome = instrument.outcome(planned.outcome)
    return Measured(outcome, alone, estimand, plan, table, table.notna())


def _paired(measured: Measured, seen: float) -> Trial:
    for record in first_to_last(measured):
        if record["analysis"].startswith("paired") and record["term"] == "change":
            estimate, low, high, p_value = (
                float(record.get(name, float("nan"))) for name in ("estimate", "conf_low", "conf_high", "p_value")
            )
            return Trial(estimate, low, high, p_value, seen)
    return _nothing(seen)


def _modelled(measured: Measured, seen: float) -> Trial:
    """Return the change from first to last wave by the main model; the report computes more from the same fit."""
    data = measured.long()
    varies = data["value"].min() < data["value"].max()
    enough = varies and {measured.first, measured.last} <= set(data[WAVE])
    if not enough or measured.planned.model is None:
        return _nothing(seen)
    try:
        fit = fit_model(measured.planned.model, measured.outcome.kind, data, FORMULA).fit
    except ModelError:
        return _nothing(seen)
    if not fit.trust.ok:
        return _nothing(seen)
    factor = change_scale(measured)[1]
    row = contrasts(fit, WAVE, adjust="none", level=measured.plan.confidence_level).iloc[-1]
    estimate, low, high = (factor * float(row[name]) for name in ("estimate", "conf_low", "conf_high"))
    return Trial(estimate, low, high, float(row["p_value"]), seen)


def _nothing(seen: float) -> Trial:
    return Trial(float("nan"), float("nan"), float("nan"), float("nan"), seen)


def summarise(trials: Sequence[Trial], line: tuple[str, str, int], truth: float, level: float) -> PowerLine:
    """Return power, width, bias and coverage over trials of one outcome, method and number of people.

    A study that gives no estimate does not find the change.

    Parameters
    ----------
    line : tuple
        Outcome, method, people.
    truth : float
        The change among everybody, in the unit of the trials.

    References
    ----------
    Morris, White and Crowther (2019), Statistics in Medicine 38, 2074–2102, table 6 (Monte-Carlo errors).

    Examples
    --------
    >>> trials = [Trial(-9.0, -16.0, -2.0, 0.01, 60), Trial(-5.0, -12.0, 2.0, 0.16, 58)]
    >>> line = summarise(trials, ("injured", "paired", 100), truth=-8.0, level=0.95)
    >>> line.power, line.width, line.bias, line.coverage
    (0.5, 14.0, 1.0, 1.0)
    """
    estimate, low, high, p_value = (
        np.array([getattr(trial, name) for trial in trials])
        for name in ("estimate", "conf_low", "conf_high", "p_value")
    )
    known = np.isfinite(estimate) & np.isfinite(low) & np.isfinite(high)
    n, found = len(trials), int(known.sum())
    power = float((p_value[known] < 1 - level).sum() / n)
    return PowerLine(
        *line,
        seen=float(np.mean([trial.seen for trial in trials])),
        simulations=n,
        estimated=found,
        power=power,
        power_error=float(np.sqrt(power * (1 - power) / n)),
        width=_mean(high[known] - low[known]),
        bias=_mean(estimate[known] - truth),
        bias_error=float(estimate[known].std(ddof=1) / np.sqrt(found)) if found > 1 else float("nan"),
        coverage=_mean((low[known] <= truth) & (truth <= high[known])),
    )


def _mean(values: Array | NDArray[np.bool_]) -> float:
    return float(values.mean()) if values.size else float("nan")
