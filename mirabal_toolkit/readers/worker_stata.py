"""Stata files, read twice: pyreadstat keeps `.a` to `.z` and labels, pandas says which cells are missing.

Each alone is wrong somewhere. pyreadstat has read `.` beside `.a` as 0, and takes the missing numbers of
Stata before version 8 for answers; pandas knows the missing numbers of every version, but not what `.a` means.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

_SPECIAL = 2.0**1023


def parts(request: dict[str, Any]) -> Iterator[Any]:
    """Yield (description, schema), then lists of arrays that both readers agree on."""
    worker = sys.modules["__main__"]
    with pd.io.stata.StataReader(
        request["path"], convert_dates=False, convert_categoricals=False, preserve_dtypes=True
    ) as second:
        coming = worker.statistics_parts(request, "read_dta")
        description, schema = next(coming)
        yield description, schema
        for arrays in coming:
            rows = len(arrays[0]) if arrays else 0
            if not rows:
                yield arrays
                continue
            other: pd.DataFrame = second.read(nrows=rows)  # type: ignore[attr-defined]
            if other.shape != (rows, len(arrays)):
                raise ValueError
            yield [_agreed(array, other.iloc[:, place]) for place, array in enumerate(arrays)]


def _agreed(array: Any, other: pd.Series) -> Any:
    """Return the cells of pyreadstat, missing where pandas says so; refuse when they hold other numbers."""
    if array.type != pa.float64():
        return array
    numbers = array.to_numpy(zero_copy_only=False)
    second = other.to_numpy(dtype=float, na_value=np.nan)
    gone = np.isnan(second) & ~(numbers > _SPECIAL)
    same = gone | (numbers > _SPECIAL) | np.isclose(numbers, second, rtol=1e-6, atol=0.0)
    if not (same | (np.isnan(numbers) & np.isnan(second)) | (np.isinf(numbers) & np.isinf(second))).all():
        raise ValueError
    return pa.array(np.where(gone, np.nan, numbers), from_pandas=True)
