"""What every fit of this room offers, named as in statsmodels, and whether it can be trusted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import special

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mirabal_toolkit.mixed.design import Design

    FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Trust:
    """Whether a fit can be relied upon, in words.

    Parameters
    ----------
    problems : tuple of str
        Reasons not to rely on the fit: not converged, information not positive definite, separation.
    notes : tuple of str
        What a reader should know of a fit that can be relied upon: a variance of zero, rows left out.

    Examples
    --------
    >>> print(Trust(notes=("The variance of `months` is zero.",)))
    This fit can be relied upon.
      note: The variance of `months` is zero.
    >>> Trust(problems=("The optimiser stopped early.",)).ok
    False
    """

    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """True when there are no problems."""
        return not self.problems

    def __str__(self) -> str:
        head = "This fit can be relied upon." if self.ok else "DO NOT RELY ON THIS FIT."
        lines = [head, *(f"  problem: {text}" for text in self.problems)]
        return "\n".join([*lines, *(f"  note: {text}" for text in self.notes)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """Base of all fits: population terms with their covariance, and the likelihood.

    Parameters
    ----------
    estimates : ndarray, shape (p,)
        Population terms on the caller's scale.
    covariance : ndarray, shape (p, p)
        Their covariance.
    names : tuple of str, length p
        Their names.
    llf : float
        Log-likelihood (restricted, where the fit says so); NaN for models without one.
    n_parameters : int
        All parameters counted by AIC and BIC, variances and thresholds among them.
    nobs, n_groups : int
        Rows and people used.
    converged : bool
        Gradient near zero and information positive definite.
    singular : bool
        A variance lies on its boundary.
    trust : Trust
        What is wrong, in words.
    title : str
        First words of the summary.
    design : Design or None
        Where the rows came from; None when the fit was made from statistics alone.
    """

    estimates: FloatArray
    covariance: FloatArray
    names: tuple[str, ...]
    llf: float
    n_parameters: int
    nobs: int
    n_groups: int
    converged: bool
    singular: bool
    trust: Trust
    title: str
    design: Design | None = None

    @property
    def params(self) -> pd.Series[float]:
        """Estimates by name."""
        return self._by_name(self.estimates, "estimate")

    @property
    def bse(self) -> pd.Series[float]:
        """Standard errors by name."""
        return self._by_name(np.sqrt(np.diag(self.covariance)), "std_error")

    @property
    def df(self) -> pd.Series[float]:
        """Degrees of freedom of the t tests; infinite where the normal distribution is used."""
        return self._by_name(np.full(len(self.names), np.inf), "df")

    @property
    def tvalues(self) -> pd.Series[float]:
        """Estimates divided by their standard errors."""
        return (self.params / self.bse).rename("statistic")

    @property
    def pvalues(self) -> pd.Series[float]:
        """Two-sided p values, from t with `df`."""
        return self.table()["p_value"]

    @property
    def aic(self) -> float:
        """Akaike's criterion, −2 log-likelihood + 2 parameters."""
        return -2.0 * self.llf + 2.0 * self.n_parameters

    @property
    def bic(self) -> float:
        """Schwarz's criterion, with the number of rows as R counts it."""
        return float(-2.0 * self.llf + np.log(self.nobs) * self.n_parameters)

    def cov_params(self) -> pd.DataFrame:
        """Covariance of the estimates, shape (p, p)."""
        return pd.DataFrame(self.covariance.copy(), index=list(self.names), columns=list(self.names))

    def conf_int(self, alpha: float = 0.05) -> pd.DataFrame:
        """Wald intervals.

        Parameters
        ----------
        alpha : float
            One minus the coverage.

        Returns
        -------
        pandas.DataFrame
            Columns `conf_low` and `conf_high`, one row a term.
        """
        return self.table(alpha)[["conf_low", "conf_high"]]

    def table(self, alpha: float = 0.05) -> pd.DataFrame:
        """Tidy table: estimate, std_error, df, statistic, p_value, conf_low, conf_high; one row a term."""
        df, error = _array(self.df), np.sqrt(np.diag(self.covariance))
        with np.errstate(divide="ignore", invalid="ignore"):
            statistic = self.estimates / error
        half = t_quantile(1 - alpha / 2, df) * error
        columns = {
            "estimate": self.estimates,
            "std_error": error,
            "df": df,
            "statistic": statistic,
            "p_value": two_sided(statistic, df),
            "conf_low": self.estimates - half,
            "conf_high": self.estimates + half,
        }
        return pd.DataFrame(columns, index=list(self.names))

    def summary(self) -> str:
        """Text for a reader: whether to trust the fit first, then the table."""
        lines = [str(self.trust), "", self.title, f"Rows: {self.nobs}; people: {self.n_groups}."]
        if self.design is not None and self.design.n_rows_dropped:
            rows, persons = self.design.n_rows_dropped, self.design.n_persons_dropped
            lines.append(f"Left out because something was missing: {rows} rows; {persons} people altogether.")
        if np.isfinite(self.llf):
            lines.append(f"Log-likelihood {self.llf:.4f}; AIC {self.aic:.2f}; BIC {self.bic:.2f}.")
        table = self.table().to_string(float_format=lambda value: f"{value:.5g}")
        return "\n".join([*lines, *self._more_lines(), "", table])

    def _more_lines(self) -> list[str]:
        """Lines of the summary that a kind of fit adds: variances, thresholds."""
        return []

    def _by_name(self, values: FloatArray, name: str) -> pd.Series[float]:
        return pd.Series(values, index=list(self.names), name=name)


def two_sided(statistic: FloatArray | float, df: FloatArray | float) -> FloatArray:
    """Two-sided p values of t statistics; infinite `df` means the normal distribution.

    Parameters
    ----------
    statistic, df : ndarray, shape (p,)

    Returns
    -------
    ndarray, shape (p,)
    """
    return np.asarray(2.0 * special.stdtr(df, -np.abs(statistic)), dtype=np.float64)


def t_quantile(probability: float, df: FloatArray | float) -> FloatArray:
    """Quantiles of t; infinite `df` means the normal distribution.

    Parameters
    ----------
    probability : float
    df : ndarray, shape (p,)

    Returns
    -------
    ndarray, shape (p,)
    """
    return np.asarray(special.stdtrit(df, probability), dtype=np.float64)


def _array(values: pd.Series[float]) -> FloatArray:
    return np.asarray(values, dtype=np.float64)
