"""p values adjusted for several tests."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from mirabal_toolkit.errors import UsageError

Floats = NDArray[np.float64]
Adjustment = Literal["holm", "bh", "bonferroni", "none"]


def adjust_p_values(p_values: Floats, method: Adjustment = "holm") -> Floats:
    """Adjust p values for the number of tests; missing ones stay missing and are not counted.

    Parameters
    ----------
    p_values : ndarray, shape (k,)
    method : {"holm", "bh", "bonferroni", "none"}
        Holm (1979) and Bonferroni bound the chance of any false positive; "bh" (Benjamini & Hochberg
        1995) the expected share of false positives.

    Returns
    -------
    ndarray, shape (k,)

    Raises
    ------
    UsageError
        An unknown method.

    References
    ----------
    Holm, S. (1979). A simple sequentially rejective multiple test procedure. Scandinavian Journal of
    Statistics 6, 65-70.
    Benjamini, Y. & Hochberg, Y. (1995). Controlling the false discovery rate. Journal of the Royal
    Statistical Society B 57, 289-300.

    Examples
    --------
    >>> adjust_p_values(np.array([0.01, 0.04, 0.03]), "holm")
    array([0.03, 0.06, 0.06])
    >>> adjust_p_values(np.array([0.01, 0.04, 0.03]), "bh")
    array([0.03, 0.04, 0.04])
    """
    if method not in get_args(Adjustment):
        listed = ", ".join(get_args(Adjustment))
        raise UsageError(f"There is no adjustment {method!r}.", fix=f"Choose one of {listed}.")
    values = np.asarray(p_values, dtype=np.float64)
    result = np.full(values.shape, np.nan)
    known = ~np.isnan(values)
    result[known] = _adjusted(values[known], method)
    return result


def _adjusted(values: Floats, method: Adjustment) -> Floats:
    k = len(values)
    if method == "none" or k == 0:
        return values
    if method == "bonferroni":
        return np.minimum(1.0, k * values)
    order = np.argsort(values)
    ranked = values[order]
    if method == "holm":
        steps = np.maximum.accumulate(ranked * np.arange(k, 0, -1))
    else:
        steps = np.minimum.accumulate((ranked * k / np.arange(1, k + 1))[::-1])[::-1]
    result = np.empty(k)
    result[order] = np.minimum(1.0, steps)
    return result
