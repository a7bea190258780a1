"""E-values: how strong an unmeasured difference between the arms would have to be to explain what was found.

References
----------
VanderWeele & Ding (2017), Annals of Internal Medicine 167, 268-274 (table 2).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class EValue:
    """E-values of an estimate and of the end of its interval that is nearer to no difference."""

    estimate: float
    limit: float


def e_value(ratio: float) -> float:
    """Return the E-value of a risk ratio; ratios below 1 are turned over.

    Examples
    --------
    >>> round(e_value(3.9), 2)
    7.26
    """
    above = max(ratio, 1 / ratio)
    return float(above + np.sqrt(above * (above - 1)))


def e_value_of_odds_ratio(log_ratio: float, log_low: float, log_high: float, *, common: bool) -> EValue:
    """Return the E-values of an odds ratio, given by logarithms.

    Parameters
    ----------
    common : bool
        Whether the outcome is common (15 to 85 %): then the root of the odds ratio stands for the risk ratio.
    """
    power = 0.5 if common else 1.0
    return _from_logs(power * log_ratio, power * log_low, power * log_high)


def e_value_of_standardised(difference: float, low: float, high: float, *, spread: float) -> EValue:
    """Return the E-values of a difference of means, in units of `spread` (a standard deviation).

    The interval becomes that of exp(0.91 d), as a standardised difference corresponds to a risk ratio.
    """
    if spread == 0:
        return EValue(1.0, 1.0)
    return _from_logs(*(0.91 * value / spread for value in (difference, low, high)))


def _from_logs(log_ratio: float, log_low: float, log_high: float) -> EValue:
    if log_low <= 0 <= log_high:
        return EValue(e_value(float(np.exp(log_ratio))), 1.0)
    nearer = log_low if log_low > 0 else log_high
    return EValue(e_value(float(np.exp(log_ratio))), e_value(float(np.exp(nearer))))
