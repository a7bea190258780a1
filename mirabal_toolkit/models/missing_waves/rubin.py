"""Pool estimates of several completed data sets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mirabal_toolkit.mixed.results import t_quantile, two_sided

Floats = NDArray[np.float64]


#: A variance between data sets this small beside that within is rounding: nothing was missing.
ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class Pooled:
    """One estimate from several completed data sets.

    Parameters
    ----------
    estimate, std_error : float
        `std_error` holds both the uncertainty within data sets and that between them.
    df : float
        Degrees of freedom of its t interval.
    missing_information : float
        Fraction of the information lost with the missing values, 0–1.
    monte_carlo_error : float
        By how much the estimate would differ with other random numbers (standard error).
    """

    estimate: float
    std_error: float
    df: float
    missing_information: float
    monte_carlo_error: float

    def limits(self, level: float) -> tuple[float, float]:
        """Return the ends of the t interval."""
        half = float(t_quantile((1 + level) / 2, self.df)) * self.std_error
        return self.estimate - half, self.estimate + half

    @property
    def p_value(self) -> float:
        """Two-sided p of no change; missing without a standard error."""
        if self.std_error == 0:
            return float("nan")
        return float(two_sided(self.estimate / self.std_error, self.df))


def pool(estimates: Floats, variances: Floats, df_complete: float) -> Pooled:
    """Pool by Rubin's rules with the degrees of freedom of Barnard and Rubin.

    Parameters
    ----------
    estimates, variances : ndarray, shape (m,)
        Of each completed data set; m ≥ 2.
    df_complete : float
        Degrees of freedom had nothing been missing.

    References
    ----------
    Rubin (1987), Multiple Imputation for Nonresponse in Surveys, section 3.1.
    Barnard & Rubin (1999), Small-sample degrees of freedom with multiple imputation, Biometrika 86, 948-955.

    Examples
    --------
    Without a difference between the data sets nothing is lost.

    >>> pool(np.array([2.0, 2.0]), np.array([0.25, 0.25]), 59)
    Pooled(estimate=2.0, std_error=0.5, df=59.0, missing_information=0.0, monte_carlo_error=0.0)
    """
    m = len(estimates)
    within, between = float(variances.mean()), float(estimates.var(ddof=1))
    total = within + (1 + 1 / m) * between
    df, lost = float(df_complete), 0.0
    if between > ROUNDING * within:
        share = (1 + 1 / m) * between / total
        ratio = (1 + 1 / m) * between / within if within > 0 else np.inf
        seen = (df_complete + 1) / (df_complete + 3) * df_complete * (1 - share)
        old = (m - 1) / share**2
        df = old * seen / (old + seen) if within > 0 else old
        lost = (ratio + 2 / (df + 3)) / (ratio + 1) if within > 0 else 1.0
    return Pooled(float(estimates.mean()), float(np.sqrt(total)), float(df), float(lost), float(np.sqrt(between / m)))
