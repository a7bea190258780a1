"""Standard errors with few clusters: CR2 and Satterthwaite degrees of freedom.

References
----------
Bell & McCaffrey (2002). Bias reduction in standard errors for linear regression with multi-stage samples.
Survey Methodology 28, 169-181.
Pustejovsky & Tipton (2018). Small-sample methods for cluster-robust variance estimation and hypothesis testing
in fixed effects models. Journal of Business & Economic Statistics 36, 672-683.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_NO_ROOM = 1e-10


@dataclass(frozen=True, slots=True)
class ClusterTest:
    """A linear combination of estimates with its standard error and degrees of freedom."""

    std_error: float
    df: float


@dataclass(frozen=True)
class Cr2:
    """What CR2 needs of a regression whose rows are whitened (divided by their standard deviation).

    Parameters
    ----------
    bread : ndarray, shape (p, p)
        Inverse of X'X.
    scores : ndarray, shape (clusters, p)
        X_i' A_i e_i, with A_i = (I − H_ii)^(−1/2).
    leads : tuple of ndarray
        A_i X_i of every cluster, shape (n_i, p).
    designs : tuple of ndarray
        X_i of every cluster.
    """

    bread: Floats
    scores: Floats
    leads: tuple[Floats, ...]
    designs: tuple[Floats, ...]

    @property
    def covariance(self) -> Floats:
        """CR2 covariance of the estimates, shape (p, p)."""
        return np.asarray(self.bread @ (self.scores.T @ self.scores) @ self.bread)

    def test(self, contrast: Floats) -> ClusterTest:
        """Return the standard error of ``contrast @ estimates`` and its Satterthwaite degrees of freedom.

        The degrees of freedom take the working model (independent rows of equal variance) for true.

        Parameters
        ----------
        contrast : ndarray, shape (p,)
        """
        direction = self.bread @ contrast
        parts = [lead @ direction for lead in self.leads]
        inside = np.array([design.T @ part for design, part in zip(self.designs, parts, strict=True)])
        gram = np.diag([float(part @ part) for part in parts]) - inside @ self.bread @ inside.T
        variance = float(((self.scores @ direction) ** 2).sum())
        return ClusterTest(float(np.sqrt(variance)), float(np.trace(gram) ** 2 / (gram * gram).sum()))


def cr2(X: Floats, e: Floats, cluster: NDArray[np.intp]) -> Cr2:
    """Prepare CR2 for a least-squares fit, or for a weighted one whose rows were whitened.

    Parameters
    ----------
    X : ndarray, shape (n, p)
        Design of full rank.
    e : ndarray, shape (n,)
        Residuals.
    cluster : ndarray of int, shape (n,)
    """
    bread: Floats = np.asarray(np.linalg.inv(X.T @ X), dtype=np.float64)
    designs, leads, scores = [], [], []
    for code in np.unique(cluster):
        rows = cluster == code
        lead = _adjusted(X[rows], bread)
        designs.append(X[rows])
        leads.append(lead)
        scores.append(lead.T @ e[rows])
    return Cr2(bread, np.array(scores), tuple(leads), tuple(designs))


def _adjusted(X: Floats, bread: Floats) -> Floats:
    """Return (I − X M X')^(−1/2) X, by the p × p eigenvectors that X M X' and L'X'X L share (M = L L')."""
    lower = np.linalg.cholesky(bread)
    values, vectors = np.linalg.eigh(lower.T @ (X.T @ X) @ lower)
    left = 1.0 - values
    factors = np.where(left < _NO_ROOM, 0.0, np.where(left < _NO_ROOM, 1.0, left) ** -0.5)
    narrow = X @ lower @ vectors
    return np.asarray((narrow * factors) @ vectors.T @ np.linalg.inv(lower))
