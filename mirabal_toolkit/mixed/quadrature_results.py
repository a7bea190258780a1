"""What fits by quadrature have in common: person-specific terms, their covariance, and tests of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import stats

from mirabal_toolkit.errors import ModelError
from mirabal_toolkit.mixed.results import Fit

if TYPE_CHECKING:
    from mirabal_toolkit.mixed.design import Design
    from mirabal_toolkit.mixed.families import FloatArray
    from mirabal_toolkit.mixed.quadrature_fit import QuadratureFit

#: Nodes for averages over the distribution of people; plain (not adaptive), so many.
AVERAGING_NODES = 101


@dataclass(frozen=True, slots=True)
class VarianceTest:
    """Likelihood-ratio test that people do not differ.

    Parameters
    ----------
    statistic : float
        Twice the difference of log-likelihoods, not negative.
    p_value : float
        From the mixture that holds on the boundary.
    mixture : str
        The mixture in words.
    """

    statistic: float
    p_value: float
    mixture: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuadratureModelFit(Fit):
    """Base of `GlmmFit` and `ClmmFit`.

    Parameters
    ----------
    core : QuadratureFit
        The fit on arrays.
    n_quad : int
        Nodes in each dimension.
    penalty : str or None
        Penalty used.
    """

    core: QuadratureFit
    n_quad: int
    penalty: str | None = None

    @property
    def known_design(self) -> Design:
        """The design; these fits always have one."""
        if self.design is None:
            raise ModelError("This fit holds no rows.", fix="Fit it from data.")
        return self.design

    @property
    def cov_re(self) -> pd.DataFrame:
        """Covariance of the person-specific terms, shape (q, q)."""
        names = list(self.known_design.z_names)
        return pd.DataFrame(self.core.factor @ self.core.factor.T, index=names, columns=names)

    @property
    def sd_re(self) -> pd.Series[float]:
        """Standard deviations of the person-specific terms, shape (q,)."""
        values = np.sqrt(np.diag(self.core.factor @ self.core.factor.T))
        return pd.Series(values, index=list(self.known_design.z_names), name="sd")

    @property
    def random_effects(self) -> pd.DataFrame:
        """Conditional modes of the person-specific terms, one row a person."""
        return self._per_person(self.core.modes)

    @property
    def random_effects_sd(self) -> pd.DataFrame:
        """Conditional standard deviations belonging to `random_effects`."""
        return self._per_person(np.sqrt(np.einsum("gaa->ga", self.core.mode_covariance)))

    @property
    def joint_estimates(self) -> FloatArray:
        """Population terms, auxiliary parameters, triangle of the search's Lambda: the order of `joint_covariance`."""
        triangle = np.tril_indices(len(self.core.search_factor))
        return np.concatenate([self.core.beta, self.core.aux, self.core.search_factor[triangle]])

    @property
    def joint_covariance(self) -> FloatArray:
        """Covariance of `joint_estimates`; for delta-method intervals of what depends on the variances too."""
        return self.core.covariance.copy()

    def variance_test(self) -> VarianceTest:
        """Test all person-specific terms together against none.

        With one term the statistic is 0 in half of all samples without variance (Self & Liang 1987, JASA 82,
        case 5): a 50:50 mixture of chi-squared with 0 and 1 degree of freedom. With two correlated terms
        (against none) no simple mixture is exact; chi-squared with 2 and 3 degrees of freedom are mixed 50:50,
        which is conservative.

        Returns
        -------
        VarianceTest
        """
        statistic = max(0.0, 2.0 * (self.core.llf - self.core.llf_flat))
        q = len(self.core.factor)
        low, high = (0, 1) if q == 1 else (q * (q + 1) // 2 - 1, q * (q + 1) // 2)
        low_tail = float(statistic == 0.0) if low == 0 else float(stats.chi2.sf(statistic, low))
        p_value = 0.5 * low_tail + 0.5 * float(stats.chi2.sf(statistic, high))
        return VarianceTest(statistic, p_value, f"50:50 mixture of chi-squared with {low} and {high} df")

    def person_sd(self, data: pd.DataFrame | None = None) -> FloatArray:
        """Standard deviation of z'Lambda u for each row, shape (n,).

        Parameters
        ----------
        data : pandas.DataFrame, optional
            New rows; the rows of the fit by default.
        """
        design = self.known_design
        if data is None or design.z_recipe is None:
            Z = np.ones((design.n_rows, 1)) if design.Z is None else design.Z
        else:
            Z = design.z_recipe.matrix(data)
        return np.asarray(np.sqrt(np.sum((Z @ self.core.factor) ** 2, axis=1)))

    def population_eta(self, data: pd.DataFrame | None = None) -> FloatArray:
        """Population part of the linear predictor with its offset, shape (n,).

        Parameters
        ----------
        data : pandas.DataFrame, optional
            New rows; the rows of the fit by default. A column used as offset must be there.
        """
        design = self.known_design
        if data is None:
            return np.asarray(self._population_columns(design.X) + (0.0 if design.offset is None else design.offset))
        eta = self._population_columns(design.matrix(data))
        if design.roles.offset is None:
            return eta
        if design.roles.offset not in data.columns:
            raise ModelError(f"The new rows lack the offset `{design.roles.offset}`.", fix="Add the column.")
        return np.asarray(eta + data[design.roles.offset].to_numpy(dtype=np.float64))

    def _population_columns(self, X: FloatArray) -> FloatArray:
        return np.asarray(X @ self.core.beta)

    def _person_part(self) -> FloatArray:
        """Return z'Lambda u at the conditional modes, for the rows of the fit."""
        design = self.known_design
        modes = self.core.modes[design.groups.codes]
        Z = np.ones((design.n_rows, 1)) if design.Z is None else design.Z
        return np.asarray(np.sum(Z * modes, axis=1))

    def _per_person(self, values: FloatArray) -> pd.DataFrame:
        design = self.known_design
        index = pd.Index(design.groups.labels.tolist(), name=design.roles.groups, tupleize_cols=False)
        return pd.DataFrame(values, index=index, columns=list(design.z_names))

    def _person_lines(self) -> list[str]:
        """Lines of the summary about person-specific terms."""
        method = "Laplace approximation" if self.n_quad == 1 else f"adaptive Gauss-Hermite, {self.n_quad} nodes"
        sds = "; ".join(f"{name} {sd:.4g}" for name, sd in self.sd_re.items())
        kept = f"{self.core.n_kept} distinct patterns of {self.n_groups} people"
        return [f"Maximum likelihood by {method} ({kept}).", f"SD of person-specific terms: {sds}."]
