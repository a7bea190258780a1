"""What a generalized linear mixed model answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy import special

from mirabal_toolkit.errors import UsageError
from mirabal_toolkit.mixed.quadrature_results import AVERAGING_NODES, QuadratureModelFit
from mirabal_toolkit.mixed.quadrature_rule import gauss_hermite
from mirabal_toolkit.mixed.row_pieces import slices

if TYPE_CHECKING:
    import pandas as pd

    from mirabal_toolkit.mixed.families import FloatArray, RowFamily

Which = Literal["population", "typical", "person"]

#: Rows averaged over people at once: with all nodes they stay in the processor's cache.
ROWS_AT_NODES = 1024
#: Variance of the residual of the latent scale, by link.
LATENT_VARIANCE = {"logit": np.pi**2 / 3.0, "probit": 1.0, "cloglog": np.pi**2 / 6.0}


def average_over_people(family: RowFamily, link: str, eta: FloatArray, sd: FloatArray) -> FloatArray:
    """Mean answer over the distribution of people, for each row.

    Parameters
    ----------
    family : RowFamily
    link : str
        Closed forms are used for "log" and "probit", quadrature otherwise.
    eta : array, shape (n,)
        Population part of the linear predictor.
    sd : array, shape (n,)
        Standard deviation of the person-specific part.

    Returns
    -------
    array, shape (n,)

    References
    ----------
    Zeger, Liang & Albert (1988), Models for longitudinal data: a generalized estimating equation approach,
    Biometrics 44,
    section 3.

    Examples
    --------
    >>> from mirabal_toolkit.mixed.families import BinomialLogit
    >>> average_over_people(BinomialLogit(), "logit", np.array([1.0, 1.0]), np.array([0.0, 2.0])).round(3)
    array([0.731, 0.648])
    """
    if link == "log":
        return np.asarray(family.mean(eta + 0.5 * sd**2))
    if link == "probit":
        return np.asarray(special.ndtr(eta / np.sqrt(1.0 + sd**2)))
    rule = gauss_hermite(AVERAGING_NODES)
    weights = np.exp(rule.log_weights - 0.5 * rule.nodes[0] ** 2)
    nodes, total = rule.nodes[0], np.empty_like(eta)
    for rows in slices(len(eta), ROWS_AT_NODES):
        total[rows] = weights @ family.mean(eta[rows] + np.outer(nodes, sd[rows]))
    return total


@dataclass(frozen=True, slots=True, kw_only=True)
class GlmmFit(QuadratureModelFit):
    """A generalized linear mixed model fitted by quadrature.

    Parameters
    ----------
    family : {"binomial", "poisson", "negative_binomial"}
    link : {"logit", "probit", "cloglog", "log"}
    row_family : RowFamily
        The family as the numerics know it.
    separated : tuple of str
        Terms whose unpenalised estimate is infinite.
    """

    family: str
    link: str
    row_family: RowFamily
    separated: tuple[str, ...] = ()

    @property
    def scale(self) -> float:
        """1: these families have no free scale."""
        return 1.0

    @property
    def dispersion(self) -> float:
        """Theta of the negative binomial: the variance is mean + mean² / theta; infinite for other families."""
        return float(np.exp(self.core.aux[0])) if len(self.core.aux) else np.inf

    @property
    def icc(self) -> float:
        """Share of the latent variance that lies between people (binomial models with an intercept only).

        References
        ----------
        Goldstein, Browne & Rasbash (2002), Partitioning variation in multilevel models, Understanding
        Statistics 1, method D.
        """
        if self.link not in LATENT_VARIANCE or len(self.core.factor) != 1:
            raise UsageError(
                "The ICC is defined here for binomial models whose only person-specific term is the intercept."
            )
        between = float(self.core.factor[0, 0] ** 2)
        return between / (between + LATENT_VARIANCE[self.link])

    @property
    def fittedvalues(self) -> pd.Series[float]:
        """Expected answers of the people in the data, at their conditional modes; the caller's rows."""
        mean = self.row_family.mean(self.population_eta() + self._person_part())
        return self.known_design.to_user(mean, "fitted")

    @property
    def resid(self) -> pd.Series[float]:
        """Answers minus `fittedvalues`; the caller's rows."""
        design = self.known_design
        mean = self.row_family.mean(self.population_eta() + self._person_part())
        return design.to_user(design.y - mean, "resid")

    def predict(self, data: pd.DataFrame | None = None, *, which: Which = "population") -> FloatArray:
        """Expected answers, on the response scale.

        Parameters
        ----------
        data : pandas.DataFrame, optional
            New rows with the columns of the formula; the rows of the fit (in the order of its design) by default.
        which : {"population", "typical", "person"}
            Averaged over the distribution of people; for a person whose terms are all zero; or for the people
            of the data, at their conditional modes (new rows must then hold the groups column; people who were
            not in the fit are taken as typical).

        Returns
        -------
        array, shape (n,)
            Probabilities or expected counts.
        """
        eta = self.population_eta(data)
        if which == "typical":
            return self.row_family.mean(eta)
        if which == "person":
            return self.row_family.mean(eta + self._known_person_part(data))
        return average_over_people(self.row_family, self.link, eta, self.person_sd(data))

    def _known_person_part(self, data: pd.DataFrame | None) -> FloatArray:
        design = self.known_design
        if data is None or design.z_recipe is None:
            return self._person_part()
        keys = design.roles.groups.split("/")
        wanted = data[keys[0]].tolist() if len(keys) == 1 else list(zip(*(data[k] for k in keys), strict=True))
        place = {label: row for row, label in enumerate(design.groups.labels.tolist())}
        rows = np.array([place.get(label, -1) for label in wanted], dtype=np.intp)
        modes = np.where(rows[:, None] >= 0, self.core.modes[rows], 0.0)
        return np.asarray(np.sum(design.z_recipe.matrix(data) * modes, axis=1))

    def _more_lines(self) -> list[str]:
        lines = self._person_lines()
        if len(self.core.aux):
            lines.append(f"Dispersion theta {self.dispersion:.4g} (variance = mean + mean²/theta).")
        if self.penalty is not None:
            lines.append(f"Penalised likelihood: {self.penalty}.")
        return lines
