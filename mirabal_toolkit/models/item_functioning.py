"""Differential item functioning: whether an item works alike in every group and at every wave.

People with the same score on the whole scale should answer an item alike, whichever group they are in. Three ordinal
regressions of the item are compared: on the score; on score and group; on score, group and their product.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from mirabal_toolkit.errors import ModelError
from mirabal_toolkit.models.ordinal_regression import OrdinalFit, fit_ordinal

Array = NDArray[np.float64]

#: From this change of McFadden's R² on an item is said to work differently, if it is surer than this p value; smaller
#: changes, however sure, do not matter, and in small groups large ones come about by chance.
NOTABLE_CHANGE, SURE = 0.02, 0.01
#: Fewest people in a group, and in all, for such a comparison.
FEWEST_IN_GROUP, FEWEST = 20, 100


@dataclass(frozen=True, slots=True)
class ItemFunctioning:
    """One comparison of two nested regressions.

    Parameters
    ----------
    change : float
        Change of McFadden's R².
    statistic, df, p_value : float
        Likelihood ratio.
    """

    change: float
    statistic: float
    df: float
    p_value: float

    @property
    def notable(self) -> bool:
        """Whether the item works differently by so much that it matters, and not by chance."""
        return self.change >= NOTABLE_CHANGE and self.p_value < SURE


def item_functioning(item: Array, score: Array, group: NDArray[np.int64]) -> tuple[ItemFunctioning, ItemFunctioning]:
    """Compare groups in how they answer an item, at the same score.

    Parameters
    ----------
    item : ndarray, shape (n,)
        Answers, ordered codes.
    score : ndarray, shape (n,)
        Sum or mean of all items of the scale.
    group : ndarray, shape (n,)
        Group numbers from 0; every one occurs.

    Returns
    -------
    uniform : ItemFunctioning
        The item is easier in one group at every score.
    non_uniform : ItemFunctioning
        How much easier depends on the score.

    Raises
    ------
    ModelError
        If there are too few people, in all or in a group, or a regression has no maximum.

    References
    ----------
    Swaminathan and Rogers (1990), Journal of Educational Measurement 27, 361–370. Zumbo (1999), A Handbook on the
    Theory and Methods of Differential Item Functioning. Choi, Gibbons and Crane (2011), Journal of Statistical
    Software 39(8), section 2.2 (McFadden's R² and its threshold).
    """
    counts = np.bincount(group)
    if len(item) < FEWEST or len(counts) < 2 or counts.min() < FEWEST_IN_GROUP:
        raise ModelError("too few people in a group to compare how an item works")
    centred = ((score - score.mean()) / max(score.std(), 1e-12))[:, None]
    dummies = (group[:, None] == np.arange(1, len(counts))).astype(float)
    designs = (centred, np.hstack([centred, dummies]), np.hstack([centred, dummies, centred * dummies]))
    fits = [fit_ordinal(item, design) for design in designs]
    df = float(dummies.shape[1])
    return _compare(fits[0], fits[1], df), _compare(fits[1], fits[2], df)


def _compare(smaller: OrdinalFit, larger: OrdinalFit, df: float) -> ItemFunctioning:
    statistic = max(2 * (larger.llf - smaller.llf), 0.0)
    return ItemFunctioning(larger.mcfadden - smaller.mcfadden, statistic, df, float(special.chdtrc(df, statistic)))
