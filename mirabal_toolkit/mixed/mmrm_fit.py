"""The fit of a model for repeated measures, on the caller's scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mirabal_toolkit.mixed.degrees_of_freedom import KenwardRoger, VarianceInformation
from mirabal_toolkit.mixed.linear_core import slopes
from mirabal_toolkit.mixed.linear_fit import LinearFit
from mirabal_toolkit.mixed.linear_sums import contract
from mirabal_toolkit.mixed.lmm_information import assemble, entry_directions
from mirabal_toolkit.mixed.mmrm_covariance import ByArm, Unstructured

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mirabal_toolkit.mixed.linear_core import Solution
    from mirabal_toolkit.mixed.linear_newton import Minimum
    from mirabal_toolkit.mixed.mmrm_criterion import WaveDeviance

    FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class MmrmFit(LinearFit):
    """A fitted model for repeated measures.

    Parameters
    ----------
    cov : str
        Covariance structure.
    cov_waves_values : ndarray, shape (n_arms, T, T)
        Covariance of the waves; one for all people when `arms` is empty.
    waves : tuple
        The waves, in order.
    arms : tuple
        Arms with their own covariance.
    to_caller : ndarray, shape (p, p)
        Takes standardised estimates to the caller's scale.
    criterion : WaveDeviance
        The function that was minimised, in standardised columns.
    minimum : Minimum
        Where it ended.
    """

    cov: str
    cov_waves_values: FloatArray
    waves: tuple[object, ...]
    arms: tuple[object, ...]
    to_caller: FloatArray
    criterion: WaveDeviance
    minimum: Minimum[Solution]

    @property
    def cov_waves(self) -> pd.DataFrame:
        """Covariance of the waves, shape (T, T); stacked by arm when each arm has its own."""
        waves = pd.Index(self.waves, name="wave")
        frames = [pd.DataFrame(values, index=waves, columns=waves) for values in self.cov_waves_values]
        return pd.concat(frames, keys=self.arms) if self.arms else frames[0]

    @property
    def resid(self) -> pd.Series[float]:
        """Outcome minus population part, in the caller's rows."""
        design = self._rows()
        return design.to_user(design.y - design.X @ self.estimates, "resid")

    @property
    def fittedvalues(self) -> pd.Series[float]:
        """Population part, in the caller's rows."""
        return self.predict().rename("fitted")

    def variance_information(self) -> VarianceInformation:
        """How the covariance of the estimates hangs on the covariance of the waves."""
        solution, T = self.minimum.state, self.to_caller
        directions = self.criterion.structure.directions(self.minimum.theta)
        at = slopes(self.criterion.sums, solution, directions, reml=self.reml)
        p = len(solution.beta)
        derivatives = -solution.inverse @ at.d_cross[:, :p, :p] @ solution.inverse
        return VarianceInformation(T @ solution.inverse @ T.T, T @ derivatives @ T.T, self.minimum.hessian)

    def kenward_roger(self) -> KenwardRoger:
        """Pieces of the Kenward-Roger approximation.

        Structures that are linear in their parameters (unstructured, cs, toeplitz) have no term with second
        derivatives; for csh and ar1 that term is left out ("linear" Kenward-Roger).
        """
        solution, sums = self.minimum.state, self.criterion.sums
        S, p = solution.weighted.P, len(solution.beta)
        E = self._linear_directions()
        J = len(E)
        SE = S[None] @ E[:, None]
        first = -contract(sums, SE @ S[None])[:, :p, :p]
        second = np.empty((J, J, p, p))
        for i in range(J):
            second[i] = contract(sums, SE[i][None] @ SE @ S[None])[:, :p, :p]
        traces = np.einsum("k,ikab,jkba->ij", sums.counts, SE, SE, optimize=True)
        return assemble(solution.inverse, first, second, traces, self.to_caller)

    def _linear_directions(self) -> FloatArray:
        """Entries of an unstructured covariance; otherwise the derivatives at the estimate."""
        structure, d = self.criterion.structure, len(self.waves)
        one = structure.one if isinstance(structure, ByArm) else structure
        if not isinstance(one, Unstructured):
            return structure.directions(self.minimum.theta)
        entries, n_arms = entry_directions(d), len(self.cov_waves_values)
        out = np.zeros((len(entries) * n_arms, d * n_arms, d * n_arms))
        for a in range(n_arms):
            waves = slice(a * d, (a + 1) * d)
            out[a * len(entries) : (a + 1) * len(entries), waves, waves] = entries
        return out

    def _more_lines(self) -> list[str]:
        name = "restricted maximum likelihood" if self.reml else "maximum likelihood"
        per = " for each arm" if self.arms else ""
        return [f"Estimated by {name}; covariance of waves: {self.cov}{per}; df: {self.df_method}."]
