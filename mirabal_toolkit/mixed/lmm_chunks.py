"""Statistics of data that never fit into memory at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mirabal_toolkit.errors import ModelError
from mirabal_toolkit.mixed.lmm_statistics import LinearMixedStatistics

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray


def statistics_from_chunks(
    formula: str,
    chunks: Iterable[pd.DataFrame],
    *,
    groups: str,
    re_formula: str = "~ 1",
    weights: str | None = None,
    like: LinearMixedStatistics | None = None,
) -> LinearMixedStatistics:
    """Statistics of data that come in parts; never more than one part is held.

    Parameters
    ----------
    formula, groups, re_formula, weights
        See `LinearMixedStatistics.from_data`.
    chunks : iterable of pandas.DataFrame
        Rows sorted by person: a person may run over the end of one part into the next, but may not
        come back later.
    like : LinearMixedStatistics, optional
        Columns to be made; without it those of the first part, so every category must occur in it or
        be declared by a categorical dtype.

    Returns
    -------
    LinearMixedStatistics

    Raises
    ------
    ModelError
        Someone comes back after other people; or as in `from_data`.
    """
    total: LinearMixedStatistics | None = None
    seen: list[NDArray[np.uint64]] = []
    for part in _whole_people(chunks, groups):
        ids = pd.util.hash_array(part[groups].dropna().unique())
        seen.append(np.asarray(ids))
        own = LinearMixedStatistics.from_data(
            formula, part, groups=groups, re_formula=re_formula, weights=weights, like=total or like
        )
        total = own if total is None else total + own
    if total is None:
        raise ModelError("There are no rows to sum.", fix="Give at least one part with data.")
    everyone = np.concatenate(seen)
    if len(np.unique(everyone)) < len(everyone):
        raise ModelError(f"Someone in `{groups}` comes back after other people.", fix="Sort the data by person first.")
    return total


def _whole_people(chunks: Iterable[pd.DataFrame], groups: str) -> Iterator[pd.DataFrame]:
    """Parts that end where a person ends."""
    carried: pd.DataFrame | None = None
    for chunk in chunks:
        part = chunk if carried is None else pd.concat([carried, chunk], ignore_index=True)
        last = (part[groups] == part[groups].iloc[-1]).to_numpy()
        carried = part[last]
        if not last.all():
            yield part[~last]
    if carried is not None:
        yield carried
