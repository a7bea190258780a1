"""The fit of a linear mixed model, on the caller's scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mirabal_toolkit.errors import ModelError
from mirabal_toolkit.mixed.linear_fit import LinearFit
from mirabal_toolkit.mixed.lmm_information import kenward_roger_parts, to_user, variance_information
from mirabal_toolkit.mixed.lmm_nested import nested_information
from mirabal_toolkit.mixed.lmm_pass import person_crosses, person_squares

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mirabal_toolkit.mixed.degrees_of_freedom import KenwardRoger, VarianceInformation
    from mirabal_toolkit.mixed.design import Design
    from mirabal_toolkit.mixed.linear_core import Solution
    from mirabal_toolkit.mixed.linear_newton import Minimum
    from mirabal_toolkit.mixed.lmm_criterion import ProfiledDeviance
    from mirabal_toolkit.mixed.lmm_nested import NestedDeviance, SiteTerms
    from mirabal_toolkit.mixed.lmm_statistics import LinearMixedStatistics

    FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinearMixedFit(LinearFit):
    """A fitted linear mixed model.

    Parameters
    ----------
    cov_re_values : ndarray, shape (q, q)
        Covariance of the person-specific terms.
    scale : float
        Residual variance.
    statistics : LinearMixedStatistics
        The sums the fit was made from.
    criterion : ProfiledDeviance
        The function that was minimised, in the basis of the statistics.
    minimum : Minimum
        Where it ended: relative Cholesky factor, gradient, Hessian.
    nested : NestedDeviance or None
        The function that was minimised, for people within sites.
    sites : SiteTerms or None
        Sums of the sites at the minimum.
    """

    cov_re_values: FloatArray
    scale: float
    statistics: LinearMixedStatistics
    criterion: ProfiledDeviance
    minimum: Minimum[Solution]
    nested: NestedDeviance | None = None
    sites: SiteTerms | None = None

    @property
    def outer_variance(self) -> float:
        """Variance between sites; zero for models without."""
        return 0.0 if self.nested is None else float(self.minimum.theta[-1] ** 2) * self.scale

    @property
    def factor(self) -> FloatArray:
        """Relative Cholesky factor of the person-specific terms in the basis of the statistics, (q, q)."""
        q = len(self.statistics.z_names)
        return self.criterion.factor.matrix(self.minimum.theta[: q * (q + 1) // 2])

    @property
    def cov_re(self) -> pd.DataFrame:
        """Covariance of the person-specific terms, shape (q, q)."""
        names = list(self.statistics.z_names)
        return pd.DataFrame(self.cov_re_values.copy(), index=names, columns=names)

    def variance_information(self) -> VarianceInformation:
        """How the covariance of the estimates hangs on the variance parameters."""
        if self.nested is not None:
            return nested_information(self.nested, self.minimum, to_user(self))
        return variance_information(self)

    def kenward_roger(self) -> KenwardRoger:
        """Pieces of the Kenward-Roger approximation."""
        if self.nested is not None:
            raise ModelError(
                "Kenward-Roger degrees of freedom are not available for people within sites.",
                fix='Use `df="satterthwaite"`.',
            )
        return kenward_roger_parts(self)

    @property
    def random_effects(self) -> pd.DataFrame:
        """Conditional modes of the person-specific terms: one row a person."""
        design = self._rows()
        values = conditional_modes(self, design)
        return pd.DataFrame(values, index=_index(design.groups.labels), columns=list(design.z_names))

    @property
    def outer_effects(self) -> pd.Series[float]:
        """Conditional modes of the sites; empty for models without."""
        labels = self._rows().groups.outer_labels
        return pd.Series(site_modes(self), index=pd.Index([] if labels is None else labels), name="site")

    @property
    def fittedvalues(self) -> pd.Series[float]:
        """Population and person-specific part together, in the caller's rows."""
        design = self._rows()
        return design.to_user(self._fitted(design), "fitted")

    @property
    def resid(self) -> pd.Series[float]:
        """Outcome minus fitted values, in the caller's rows."""
        design = self._rows()
        return design.to_user(design.y - self._fitted(design), "resid")

    def _fitted(self, design: Design) -> FloatArray:
        modes, codes = conditional_modes(self, design), design.groups.codes
        Z = np.zeros((design.n_rows, 0)) if design.Z is None else design.Z
        own = np.einsum("ij,ij->i", Z, modes[codes])
        if design.groups.outer_codes is not None:
            own = own + site_modes(self)[design.groups.outer_codes][codes]
        return np.asarray(design.X @ self.estimates + own)

    def _recipes(self) -> Design:
        return self.statistics.design

    def _more_lines(self) -> list[str]:
        name = "restricted maximum likelihood" if self.reml else "maximum likelihood"
        spread = ", ".join(
            f"{name_} {value:.5g}"
            for name_, value in zip(self.statistics.z_names, np.sqrt(np.diag(self.cov_re_values)), strict=True)
        )
        first = f"Estimated by {name}; degrees of freedom: {self.df_method}."
        sites = "" if self.nested is None else f"; between sites {np.sqrt(self.outer_variance):.5g}"
        rest = f"; residual {np.sqrt(self.scale):.5g}."
        return [first, f"Standard deviations between people: {spread}{sites}{rest}"]


def conditional_modes(fit: LinearMixedFit, design: Design) -> FloatArray:
    """Most likely person-specific terms given the data.

    Parameters
    ----------
    fit : LinearMixedFit
    design : Design
        Rows of the people wanted.

    Returns
    -------
    ndarray, shape (G, q)

    References
    ----------
    Bates et al. (2015), JSS 67, section 3.6.
    """
    left = fit.statistics.basis.left
    Z = (np.zeros((design.n_rows, 0)) if design.Z is None else design.Z) @ left
    L = fit.factor
    D = L @ L.T
    rest = design.y - design.X @ fit.estimates
    if design.groups.outer_codes is not None:
        rest = rest - site_modes(fit)[design.groups.outer_codes][design.groups.codes]
    pulled = person_crosses(Z, rest[:, None], design.groups.starts)
    whole = np.eye(len(D)) + person_squares(Z, design.groups.starts) @ D
    return np.asarray((D @ np.linalg.solve(whole, pulled))[:, :, 0] @ left.T)


def site_modes(fit: LinearMixedFit) -> FloatArray:
    """Most likely terms of the sites given the data, shape (S,); empty for models without."""
    if fit.sites is None:
        return np.zeros(0)
    w2 = fit.minimum.theta[-1] ** 2
    v = np.append(-fit.minimum.state.beta, 1.0)
    y_scale = 1.0 / fit.statistics.basis.right[-1, -1]
    return np.asarray(w2 / (1.0 + w2 * fit.sites.g) * (fit.sites.c @ v) * y_scale)


def _index(labels: NDArray[np.generic]) -> pd.Index:
    """Labels as an index; pairs of site and person become two levels."""
    if len(labels) and isinstance(labels[0], tuple):
        pairs: pd.Index = pd.MultiIndex.from_tuples(list(labels))
        return pairs
    plain: pd.Index = pd.Index(labels)
    return plain
