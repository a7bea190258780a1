"""What a GEE fit holds and answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from mirabal_toolkit.errors import ModelError
from mirabal_toolkit.mixed.gee_correlation import correlation_matrix
from mirabal_toolkit.mixed.gee_df import satterthwaite_df
from mirabal_toolkit.mixed.results import Fit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mirabal_toolkit.mixed.design import Design
    from mirabal_toolkit.mixed.gee_covariance import CovType, Root

    FloatArray = NDArray[np.float64]

DfMethod = Literal["clusters-minus-parameters", "satterthwaite", "normal"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GeeFit(Fit):
    """A population-averaged model fitted by generalized estimating equations.

    Parameters
    ----------
    root : Root
        The solved equations: people in blocks, estimates, working correlation, bread, scale.
    cov_type : {"robust", "mancl-derouen", "kauermann-carroll", "fay-graubard", "naive"}
        How the covariance was computed.
    df_method : {"clusters-minus-parameters", "satterthwaite", "normal"}
        How degrees of freedom are computed.
    penalty : {"firth"} or None
        Penalty on the estimating equations.
    separated : tuple of str
        Terms whose unpenalised estimate is infinite, because the answer never varies in some cell.
    n_iterations : int
        Steps of Fisher scoring, the start included.
    term_df : ndarray, shape (p,)
        Degrees of freedom of each term.
    """

    root: Root
    cov_type: CovType
    df_method: DfMethod
    penalty: str | None
    separated: tuple[str, ...]
    n_iterations: int
    term_df: FloatArray

    @property
    def family(self) -> str:
        """Family of the outcome; each has its canonical link."""
        return self.root.family.name

    @property
    def scale(self) -> float:
        """Mean squared Pearson residual (1 in a penalised fit)."""
        return self.root.scale

    @property
    def working_correlation(self) -> pd.DataFrame:
        """Working correlation of the waves (positions within the person when no time is known)."""
        design = self._design()
        levels = None if design.time_levels is None else list(design.time_levels)
        matrix = correlation_matrix(self.root.corr, design.time_levels)
        return pd.DataFrame(matrix, index=levels, columns=levels)

    @property
    def df(self) -> pd.Series[float]:
        """Degrees of freedom of the t tests, one a term."""
        return self._by_name(self.term_df.copy(), "df")

    def contrast_df(self, contrasts: FloatArray | None = None) -> FloatArray:
        """Degrees of freedom of linear combinations of the estimates, by `df_method`.

        Parameters
        ----------
        contrasts : ndarray, shape (k, p), optional
            Rows are contrasts of `params`; each term when left out.

        Returns
        -------
        ndarray, shape (k,)
        """
        if contrasts is None:
            return self.term_df.copy()
        rows = np.atleast_2d(contrasts).astype(np.float64)
        return degrees_of_freedom(self.root, self.cov_type, self.df_method, rows)

    def predict(
        self, data: pd.DataFrame | None = None, *, scale: Literal["response", "link"] = "response"
    ) -> pd.Series[float]:
        """Population-averaged means, or linear predictors.

        Parameters
        ----------
        data : pandas.DataFrame, optional
            New rows; the rows of the fit when left out.
        scale : {"response", "link"}

        Returns
        -------
        pandas.Series
            One value a row of the caller's frame; rows left out of the fit are missing.
        """
        design = self._design()
        eta = design.X @ self.estimates if data is None else design.matrix(data) @ self.estimates
        offset = design.offset if data is None else _offset(data, design.roles.offset)
        eta = eta if offset is None else eta + offset
        values = eta if scale == "link" else self.root.family.mean(eta)
        if data is None:
            return design.to_user(values, "predicted")
        return pd.Series(values, index=data.index, name="predicted")

    @property
    def fittedvalues(self) -> pd.Series[float]:
        """Population-averaged mean of each row."""
        return self.predict()

    @property
    def resid(self) -> pd.Series[float]:
        """Answer minus fitted mean, one a row."""
        design = self._design()
        observed = design.to_user(design.y, "residual")
        return (observed - self.predict()).rename("residual")

    def _design(self) -> Design:
        if self.design is None:
            raise ModelError("This fit was made without its rows.", fix="Fit it again with gee().")
        return self.design

    def _more_lines(self) -> list[str]:
        corr = self.root.corr
        lines = [
            f"Family {self.family}; working correlation {corr.kind}; scale {self.scale:.5g}.",
            f"Standard errors {self.cov_type}; degrees of freedom {self.df_method}"
            + (f"; penalty {self.penalty}." if self.penalty else "."),
        ]
        if corr.kind in ("exchangeable", "ar1"):
            lines.append(f"Working correlation parameter {corr.rho:.4f}.")
        return lines


def _offset(data: pd.DataFrame, name: str | None) -> FloatArray | None:
    if name is None:
        return None
    if name not in data.columns:
        raise ModelError(f"The new rows lack the offset `{name}`.", fix="Add the column.")
    return data[name].to_numpy(dtype=np.float64)


def degrees_of_freedom(root: Root, cov_type: CovType, method: DfMethod, contrasts: FloatArray) -> FloatArray:
    """Degrees of freedom of contrasts by one of the methods of `gee`.

    Parameters
    ----------
    root : Root
    cov_type : str
    method : {"clusters-minus-parameters", "satterthwaite", "normal"}
    contrasts : ndarray, shape (k, p)

    Returns
    -------
    ndarray, shape (k,)
    """
    if method == "normal":
        return np.full(len(contrasts), np.inf)
    if method == "satterthwaite":
        return satterthwaite_df(root, cov_type, contrasts)
    people = sum(float(block.counts.sum()) for block in root.blocks)
    return np.full(len(contrasts), people - len(root.params))
