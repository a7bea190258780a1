"""A file as it was read: values untouched, with everything the file says about them."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from mirabal_toolkit.core.data import Finding, Source
from mirabal_toolkit.core.frames import SealedFrame

#: A code as it stands in a file: most are numbers, some are text.
Code = float | str


@dataclass(frozen=True, slots=True)
class Variable:
    """A column of a file and what the file says about it.

    Parameters
    ----------
    name : str
        As written in the file.
    label : str
        Variable label; empty when there is none.
    kind : str
        ``number`` or ``text``.
    value_labels : mapping
        Code → label.
    missing_ranges : tuple of (float, float)
        User-missing ranges, ends included; a single code is a range of one.
    missing_texts : tuple of str
        User-missing values of text variables.
    print_format : str
        As SPSS names it, e.g. ``F8.2``, ``DATE11``, ``N8``, ``A20``.
    measure : str
        ``nominal``, ``ordinal``, ``scale`` or ``unknown``.
    own_format : str
        The format as the file writes it, where it had to be changed; else empty.
    texts : tuple of str
        Words that stand in the cells of a text variable, where they are few: answers may be written out.
    decimal : str
        Sign before the decimals in numbers that are written as text.
    """

    name: str
    label: str = ""
    kind: Literal["number", "text"] = "number"
    value_labels: Mapping[Code, str] = field(default_factory=dict)
    missing_ranges: tuple[tuple[float, float], ...] = ()
    missing_texts: tuple[str, ...] = ()
    print_format: str = ""
    measure: str = "unknown"
    own_format: str = ""
    texts: tuple[str, ...] = ()
    decimal: str = "."

    def is_missing(self, values: pd.Series) -> pd.Series:
        """Return where `values` are user-missing: a Series of bool."""
        if self.kind == "text":
            return values.isin(list(self.missing_texts))
        numbers = values.to_numpy()
        marked: npt.NDArray[np.bool_] = numbers >= SPECIAL if self.missing_texts else np.zeros(len(numbers), dtype=bool)
        for low, high in self.missing_ranges:
            marked |= (numbers >= low - TOLERANCE) & (numbers <= high + TOLERANCE)
        return pd.Series(marked, index=values.index)


#: Stata and SAS have 26 further missing codes, `.a` to `.z` (SAS `._` too). Stata keeps them above this number,
#: where no number can be; here they are kept as Stata keeps them, whatever the file, and named ``.a`` in
#: `missing_texts`.
SPECIAL = 2.0**1023
_SPECIAL_SIGNS = "abcdefghijklmnopqrstuvwxyz_"
_STEP = SPECIAL / 4096


def special_number(code: str) -> float:
    """Return the number that stands for a missing code such as ``.a``; NaN for other texts.

    Examples
    --------
    >>> special_code(special_number(".b"))
    '.b'
    """
    sign = code.strip().lower()
    if len(sign) != 2 or sign[0] != "." or sign[1] not in _SPECIAL_SIGNS:
        return float("nan")
    return SPECIAL + _STEP * (1 + _SPECIAL_SIGNS.index(sign[1]))


def special_code(number: float) -> str:
    """Return the name of a missing code, ``.a`` to ``.z`` or ``._``; empty for other numbers."""
    place = round((number - SPECIAL) / _STEP) - 1 if SPECIAL < number < math.inf else -1
    return f".{_SPECIAL_SIGNS[place]}" if 0 <= place < len(_SPECIAL_SIGNS) else ""


#: Codes are compared with this tolerance: arithmetic in SPSS leaves 97.00000000001 behind.
TOLERANCE = 1e-6


@dataclass(frozen=True)
class RawTable:
    """One file, read.

    Parameters
    ----------
    frame : SealedFrame
        Columns as in the file, in order: floats for numbers (dates counted as SPSS does, in seconds since
        14 October 1582, whatever the file; user-missing codes kept, NaN for system-missing) and text.
    variables : tuple of Variable
        One a column, in order.
    encoding : str
        By which its text was read.
    sha256, kind : str
        Of the file; `kind` as in `sniff.KINDS`.
    warnings : tuple of Finding
        What reading noticed.
    multiple : mapping
        Multiple-response sets: name → variables.
    """

    frame: SealedFrame
    variables: tuple[Variable, ...]
    encoding: str
    sha256: str
    kind: str
    name: str
    warnings: tuple[Finding, ...] = ()
    multiple: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def variable_by_name(self) -> dict[str, Variable]:
        """Variables by name, in order."""
        return {variable.name: variable for variable in self.variables}

    @property
    def source(self) -> Source:
        """What later stages remember of the file."""
        return Source(self.sha256, self.kind, len(self.frame), len(self.variables))


def plain_name(name: str) -> str:
    """Return a name in the form in which names are compared: composed, lower case, without spaces around.

    Examples
    --------
    >>> plain_name(" C1_W3 ")
    'c1_w3'
    """
    return unicodedata.normalize("NFC", name).strip().casefold()
