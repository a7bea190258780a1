"""How many changed by more than the error of the scale, where somebody published how reliable the scale is."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from mirabal_toolkit.models.describe import Record, percent_record
from mirabal_toolkit.models.measured import Measured

#: A change further from zero than this many standard errors of a difference is called reliable.
CRITERION = 1.96


def reliable_change(measured: Measured) -> Iterator[Record]:
    """Yield the percent of people improved, unchanged and deteriorated, of those seen at both ends.

    Nothing where the scale has no published reliability, or no end of it is better.
    """
    better = {"higher_is_better": 1, "higher_is_worse": -1}.get(measured.outcome.direction, 0)
    if measured.reliability is None or not better:
        return
    before, after = measured.pairs()
    base = measured.record("reliable_change", contrast=measured.contrast)
    index = reliable_change_index(before, after, measured.reliability)
    if index.size == 0:
        flags = ("not_estimable",)
        yield {**base, "scale": "percent", "n_obs": before.size, "n_persons": before.size, "flags": flags}
        return
    improved, deteriorated = (index * better > CRITERION).sum(), (index * better < -CRITERION).sum()
    counts = {"improved": improved, "unchanged": index.size - improved - deteriorated, "deteriorated": deteriorated}
    for term, count in counts.items():
        yield percent_record({**base, "term": term}, int(count), index.size, measured.plan.confidence_level)


def reliable_change_index(before: np.ndarray, after: np.ndarray, reliability: float) -> np.ndarray:
    """Return each person's change over the standard error of a difference between two scores.

    Parameters
    ----------
    before, after : ndarray, shape (n,)
        Scores of the same people.
    reliability : float
        Published reliability of the score, above 0 and below 1.

    Returns
    -------
    ndarray, shape (n,)
        Empty where there are fewer than two people, or all had the same score before.

    References
    ----------
    Jacobson and Truax (1991), Journal of Consulting and Clinical Psychology 59, 12-19.

    Examples
    --------
    >>> import numpy as np
    >>> before = np.array([40.0, 50.0, 60.0])
    >>> reliable_change_index(before, before - 20, 0.8).round(4).tolist()
    [-3.1623, -3.1623, -3.1623]
    """
    spread = before.std(ddof=1) if before.size > 1 else 0.0
    if spread == 0:
        return np.empty(0)
    index: np.ndarray = (after - before) / (spread * np.sqrt(2) * np.sqrt(1 - reliability))
    return index
