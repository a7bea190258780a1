"""Person ids: text, exactly as the file shows them."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt
import pandas as pd

from mirabal_toolkit.errors import InputError
from mirabal_toolkit.readers.raw import SPECIAL, Variable

#: Above this, numbers of an SPSS file no longer tell neighbours apart with certainty.
_MOST_DIGITS = 15

_FORMAT = re.compile(r"^([A-Z]+)(\d+)(?:\.(\d+))?$")


def to_identifiers(values: pd.Series, variable: Variable) -> pd.Series:
    """Return ids as text; missing where there is none.

    Text is kept as it is, spaces and case included: cleaning decides about those, and counts them.
    Numbers are written out as the print format shows them, so that ``N8`` keeps its leading zeros.

    Parameters
    ----------
    values : Series
        The id column.
    variable : Variable
        Whose column it is.

    Raises
    ------
    InputError
        If numeric ids have more than 15 digits: some of them would be the same number.

    Examples
    --------
    >>> to_identifiers(pd.Series([12.0, 7.0]), Variable("id", print_format="N4")).tolist()
    ['0012', '0007']
    """
    if variable.kind == "number":
        values = values.mask(values >= SPECIAL)  # missing codes of Stata and SAS are nobody's id
        too_long = int((np.abs(values.to_numpy(dtype=float, na_value=np.nan)) >= 10.0**_MOST_DIGITS).sum())
        if too_long:
            raise InputError(
                f"{too_long:,} ids have more than {_MOST_DIGITS} digits; stored as numbers, some of them are the same",
                where=f"variable {variable.name}",
                fix="export the id as text",
            )
    return to_text(values, variable)


def to_text(values: pd.Series, variable: Variable) -> pd.Series:
    """Return a column as text; numbers as the print format shows them; missing where nothing stands."""
    if variable.kind == "text":
        texts = values.astype("str")
        return texts.mask(texts.str.strip() == "")
    numbers = values.to_numpy(dtype=float, na_value=np.nan)
    present = np.isfinite(numbers) & (numbers < SPECIAL)
    written = np.full(len(numbers), None, dtype=object)
    written[present] = _written_out(numbers[present], variable.print_format)
    return pd.Series(written, index=values.index, dtype="str")


def _written_out(numbers: npt.NDArray[np.float64], print_format: str) -> list[str]:
    kind, width, decimals = _parsed(print_format)
    if (np.round(numbers) != numbers).any():
        return [f"{number:.{max(1, decimals)}f}" for number in numbers]
    least = width if kind == "N" else 0
    return [f"{number:.0f}".zfill(least) for number in numbers]


def _parsed(print_format: str) -> tuple[str, int, int]:
    match = _FORMAT.match(print_format.upper())
    return ("", 0, 0) if match is None else (match[1], int(match[2]), int(match[3] or 0))
