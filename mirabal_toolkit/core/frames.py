"""A DataFrame that its holder can share without fear of change, and its rows one by one."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import pandas as pd


class SealedFrame:
    """Keep a DataFrame and hand out copies that callers cannot write back into it.

    With copy on write (pandas >= 3) a shallow copy costs nothing, and a caller who changes it
    changes only that copy.

    Parameters
    ----------
    frame : DataFrame
        Any frame; a shallow copy is kept.

    Examples
    --------
    >>> sealed = SealedFrame(pd.DataFrame({"a": [1, 2]}))
    >>> mine = sealed.frame
    >>> mine.loc[0, "a"] = 9
    >>> int(sealed.frame.loc[0, "a"])
    1
    """

    __slots__ = ("_frame",)

    def __init__(self, frame: pd.DataFrame) -> None:
        self._frame = frame.copy(deep=False)

    @property
    def frame(self) -> pd.DataFrame:
        """The frame, as a copy the caller may change."""
        return self._frame.copy(deep=False)

    @property
    def columns(self) -> list[str]:
        """Column names in order."""
        return [str(column) for column in self._frame.columns]

    def __len__(self) -> int:
        return len(self._frame)

    def __repr__(self) -> str:
        rows, columns = self._frame.shape
        return f"SealedFrame({rows} rows, {columns} columns)"

    def fingerprint(self) -> str:
        """SHA-256 over labels and values; equal frames give equal fingerprints whatever their row order."""
        return frame_fingerprint(self._frame)


def frame_fingerprint(frame: pd.DataFrame) -> str:
    """SHA-256 of a frame's columns, index and values, independent of row order.

    Parameters
    ----------
    frame : DataFrame

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    digest = hashlib.sha256("\x1f".join(str(column) for column in frame.columns).encode())
    rows = np.sort(pd.util.hash_pandas_object(frame, index=True, categorize=True).to_numpy())
    digest.update(rows.tobytes())
    return digest.hexdigest()


def rows_of(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a frame, in their order, as mappings from column name to value."""
    # By columns, since pandas asks of every value of a row what it is.
    columns = {str(name): values for name, values in frame.to_dict("list").items()}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
