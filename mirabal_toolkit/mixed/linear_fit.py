"""What linear fits share: degrees of freedom, joint tests, predictions."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from mirabal_toolkit.errors import ModelError
from mirabal_toolkit.mixed.degrees_of_freedom import (
    JointTest,
    KenwardRoger,
    VarianceInformation,
    as_contrasts,
    kenward_roger_df,
    kenward_roger_test,
    satterthwaite_df,
    satterthwaite_test,
)
from mirabal_toolkit.mixed.results import Fit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mirabal_toolkit.mixed.design import Design

    FloatArray = NDArray[np.float64]

DfMethod = Literal["satterthwaite", "kenward-roger", "normal"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinearFit(Fit, ABC):
    """Base of `LinearMixedFit` and `MmrmFit`.

    Parameters
    ----------
    df_method : {"satterthwaite", "kenward-roger", "normal"}
        What `df`, `pvalues` and `conf_int` use. With "kenward-roger" the standard errors are the
        adjusted ones.
    reml : bool
        Whether the likelihood is the restricted one.
    """

    df_method: DfMethod
    reml: bool

    @abstractmethod
    def variance_information(self) -> VarianceInformation:
        """How the covariance of the estimates hangs on the variance parameters."""

    @abstractmethod
    def kenward_roger(self) -> KenwardRoger:
        """Pieces of the Kenward-Roger approximation."""

    @property
    def df_satterthwaite(self) -> pd.Series[float]:
        """Satterthwaite's degrees of freedom of each term."""
        return self._by_name(satterthwaite_df(self.variance_information()), "df")

    @property
    def df_kenward_roger(self) -> pd.Series[float]:
        """Kenward and Roger's degrees of freedom of each term."""
        return self._by_name(kenward_roger_df(self.kenward_roger()), "df")

    @property
    def df(self) -> pd.Series[float]:
        """Degrees of freedom by `df_method`."""
        return self._by_name(self.contrast_df(None), "df")

    def contrast_df(self, contrasts: FloatArray | None) -> FloatArray:
        """Degrees of freedom of contrasts by `df_method`.

        Parameters
        ----------
        contrasts : ndarray, shape (r, p), or None
            Rows are contrasts of `params`; None means each term.

        Returns
        -------
        ndarray, shape (r,)
        """
        if self.df_method == "satterthwaite":
            return satterthwaite_df(self.variance_information(), contrasts)
        if self.df_method == "kenward-roger":
            return kenward_roger_df(self.kenward_roger(), contrasts)
        return np.full(len(as_contrasts(contrasts, len(self.names))), np.inf)

    def f_test(self, contrasts: FloatArray) -> JointTest:
        """Test that all contrasts are zero, by `df_method`.

        Parameters
        ----------
        contrasts : ndarray, shape (r, p)
            Linearly independent rows.

        Returns
        -------
        JointTest
        """
        if self.df_method == "kenward-roger":
            return kenward_roger_test(self.kenward_roger(), self.estimates, contrasts)
        if self.df_method == "satterthwaite":
            return satterthwaite_test(self.variance_information(), self.estimates, contrasts)
        L = as_contrasts(contrasts, len(self.names))
        value = L @ self.estimates
        f = float(value @ np.linalg.solve(L @ self.covariance @ L.T, value)) / len(L)
        return JointTest.of(f, len(L), np.inf)

    def predict(self, data: pd.DataFrame | None = None) -> pd.Series[float]:
        """Population part of the outcome.

        Parameters
        ----------
        data : pandas.DataFrame, optional
            New rows; those of the fit when not given.
        """
        if data is None:
            design = self._rows()
            return design.to_user(design.X @ self.estimates, "predicted")
        values = self._recipes().matrix(data) @ self.estimates
        return pd.Series(values, index=data.index, name="predicted")

    def _recipes(self) -> Design:
        """Design that knows how columns are made, with or without rows."""
        return self._rows()

    def _rows(self) -> Design:
        if self.design is None:
            raise ModelError("This fit was made from sums and holds no rows.", fix="Use `predict(data)` with rows.")
        return self.design
