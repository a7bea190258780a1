"""What stands in the cells of a data file: to look whether somebody who was erased is still in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mirabal_toolkit.errors import InputError
from mirabal_toolkit.readers.formats import READERS
from mirabal_toolkit.readers.options import ReadOptions
from mirabal_toolkit.readers.sniff import KINDS, sniff

#: Files that keep cells otherwise than as a text that can be searched: packed, cut into pieces, or as binary numbers.
_WITH_CELLS = frozenset({"sav", "zsav", "por", "dta", "xpt", "sas7bdat", "parquet"})
#: Files that nobody can look into as they are.
_SHUT = frozenset({"sav_encrypted", "gzip", "pdf", "sealed"})
#: Larger numbers are no ids, and not exact.
_MOST = 1e15


def texts_in(path: Path) -> Iterator[str]:
    """Yield the texts and whole numbers in the cells of a data file, each once for every column.

    Parameters
    ----------
    path : Path
        Of any kind; nothing is yielded of files that can be searched byte by byte.

    Raises
    ------
    InputError
        If it is locked, packed or damaged, so that nobody can say what stands in it.
    """
    file = sniff(path)
    if file.kind in _SHUT:
        raise InputError(
            f"this is {KINDS[file.kind]}", where=path.name, fix="save it open and unpacked, in a safe place"
        )
    if file.kind in _WITH_CELLS:
        for table in READERS[file.kind](file, ReadOptions()):
            frame = table.frame.frame
            for place in range(frame.shape[1]):
                yield from _texts(frame.iloc[:, place])


def _texts(column: pd.Series[Any]) -> Iterator[str]:
    values = column.dropna().unique()
    if not pd.api.types.is_numeric_dtype(column.dtype):
        yield from (str(value) for value in values)
        return
    numbers = np.asarray(values, dtype=float)
    yield from (f"{number:.0f}" for number in numbers[(np.abs(numbers) < _MOST) & (numbers == np.round(numbers))])
