"""What a cumulative link mixed model answers."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from mirabal_toolkit.errors import UsageError
from mirabal_toolkit.mixed.families import BinomialLogit, BinomialProbit, RowFamily
from mirabal_toolkit.mixed.glmm_results import LATENT_VARIANCE, average_over_people
from mirabal_toolkit.mixed.quadrature_results import QuadratureModelFit

if TYPE_CHECKING:
    from mirabal_toolkit.mixed.design import Design
    from mirabal_toolkit.mixed.families import FloatArray

ClmmLink = Literal["logit", "probit"]
Which = Literal["population", "typical", "person"]

#: P(answer <= c) is the mean of a yes/no answer with linear predictor alpha_c - eta.
_CUMULATIVE_MEAN: dict[str, RowFamily] = {"logit": BinomialLogit(), "probit": BinomialProbit()}


def term_columns(design: Design) -> tuple[int, ...]:
    """Columns of the design that are not the intercept, whose place the thresholds take."""
    return tuple(k for k in range(design.X.shape[1]) if not np.all(design.X[:, k] == design.X[0, k]))


@dataclass(frozen=True, slots=True, kw_only=True)
class ClmmFit(QuadratureModelFit):
    """A cumulative link mixed model: P(answer <= c) = F(alpha_c - x'beta - u).

    A positive term means answers in higher categories.

    Parameters
    ----------
    link : {"logit", "probit"}
    columns : tuple of int
        Columns of the design that have a term; the intercept has none.
    separated : tuple of str
        Terms or thresholds without a finite estimate.
    """

    link: ClmmLink
    columns: tuple[int, ...]
    separated: tuple[str, ...] = ()

    @property
    def levels(self) -> tuple[object, ...]:
        """Answer categories, lowest first."""
        return self.known_design.outcome_levels

    @property
    def threshold_names(self) -> tuple[str, ...]:
        """Names of the thresholds: the categories on their two sides."""
        return threshold_names(self.levels)

    @property
    def thresholds(self) -> pd.Series[float]:
        """Thresholds alpha_1 < ... < alpha_(C-1)."""
        return pd.Series(self.core.aux, index=list(self.threshold_names), name="estimate")

    @property
    def thresholds_se(self) -> pd.Series[float]:
        """Standard errors of the thresholds."""
        p, size = len(self.core.beta), len(self.core.aux)
        values = np.sqrt(np.diag(self.core.covariance)[p : p + size])
        return pd.Series(values, index=list(self.threshold_names), name="std_error")

    @property
    def icc(self) -> float:
        """Share of the latent variance that lies between people."""
        if len(self.core.factor) != 1:
            raise UsageError("The ICC is defined here for models whose only person-specific term is the intercept.")
        between = float(self.core.factor[0, 0] ** 2)
        return between / (between + LATENT_VARIANCE[self.link])

    @property
    def fittedvalues(self) -> pd.DataFrame:
        """Probabilities of the categories at the people's conditional modes, one row for each row of the design."""
        eta = self.population_eta() + self._person_part()
        return self._probabilities(eta, np.zeros_like(eta))

    def predict(self, data: pd.DataFrame | None = None, *, which: Which = "population") -> pd.DataFrame:
        """Probabilities of the answer categories.

        Parameters
        ----------
        data : pandas.DataFrame, optional
            New rows with the columns of the formula; the rows of the fit (in the order of its design) by default.
        which : {"population", "typical", "person"}
            Averaged over the distribution of people; for a person whose term is zero; or for the people of the fit at
            their conditional modes (rows of the fit only).

        Returns
        -------
        pandas.DataFrame, shape (n, n_categories)

        Raises
        ------
        UsageError
            ``which="person"`` with new rows.
        """
        if which == "person":
            if data is not None:
                raise UsageError("which='person' is for the rows of the fit.", fix="Leave `data` out.")
            return self.fittedvalues
        eta = self.population_eta(data)
        return self._probabilities(eta, np.zeros_like(eta) if which == "typical" else self.person_sd(data))

    def proportional_odds_test(self) -> pd.DataFrame:
        """Test, term by term, that a term moves all thresholds alike; see `clmm_odds.proportional_odds`."""
        from mirabal_toolkit.mixed.clmm_odds import proportional_odds

        return proportional_odds(self)

    def _probabilities(self, eta: FloatArray, sd: FloatArray) -> pd.DataFrame:
        family = _CUMULATIVE_MEAN[self.link]
        below = [average_over_people(family, self.link, alpha - eta, sd) for alpha in self.core.aux]
        cumulative = np.column_stack([np.zeros_like(eta), *below, np.ones_like(eta)])
        return pd.DataFrame(np.diff(cumulative, axis=1), columns=pd.Index(self.levels, tupleize_cols=False))

    def _population_columns(self, X: FloatArray) -> FloatArray:
        return np.asarray(X[:, list(self.columns)] @ self.core.beta)

    def _more_lines(self) -> list[str]:
        pairs = zip(self.threshold_names, self.core.aux, self.thresholds_se, strict=True)
        text = "; ".join(f"{name} {value:.4g} ({error:.2g})" for name, value, error in pairs)
        lines = [*self._person_lines(), f"Thresholds (std. error): {text}."]
        if self.penalty is not None:
            lines.append(f"Penalised likelihood: {self.penalty}.")
        return lines


def threshold_names(levels: tuple[object, ...]) -> tuple[str, ...]:
    """Name thresholds by the categories on their two sides.

    Examples
    --------
    >>> threshold_names(("never", "once", "often"))
    ('never|once', 'once|often')
    """
    return tuple(f"{low}|{high}" for low, high in pairwise(levels))
