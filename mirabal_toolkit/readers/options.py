"""How files are read, where they do not say it themselves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from mirabal_toolkit.readers.limits import DEFAULT_LIMITS, ReadLimits

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How files are read.

    Parameters
    ----------
    encoding : str or None
        Of the text in the files, where they do not declare the right one.
    delimiter : str or None
        Between the fields of a text file; found when not given.
    decimal : str or None
        ``.`` or ``,``, in numbers written as text; found when not given.
    sheets : tuple of str
        Sheets of a workbook, in the order of waves; found when empty.
    limits : ReadLimits
        How much a file may ask for.
    progress : callable or None
        Is told, in words, how far reading has come.
    """

    encoding: str | None = None
    delimiter: str | None = None
    decimal: Literal[".", ","] | None = None
    sheets: tuple[str, ...] = ()
    limits: ReadLimits = DEFAULT_LIMITS
    progress: Progress | None = None
