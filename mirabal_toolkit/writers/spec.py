"""A table about to be written: columns, what each holds, and what the words and codes in it mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pandas as pd

from mirabal_toolkit.core.frames import SealedFrame
from mirabal_toolkit.core.missing import MissingReason

Kind = Literal["code", "number", "date", "text"]
Measure = Literal["nominal", "ordinal", "scale"]


@dataclass(frozen=True, slots=True)
class WrittenVariable:
    """One column.

    Parameters
    ----------
    name : str
        In the file.
    label : str
    kind : str
        ``code``, ``number``, ``date`` or ``text``.
    item : str
        Item of the instrument; empty for keys and scores.
    wave : int or None
        In wide tables the wave of a column; None for what holds for a person or a row.
    value_labels : mapping
        Code → label, missing codes included.
    missing : mapping
        Code → missing reason.
    lowest, highest : float or None
        Of the answers that may stand in it.
    measure : str
        As SPSS names it.
    decimals : int
        Of its numbers.
    """

    name: str
    label: str
    kind: Kind
    item: str = ""
    wave: int | None = None
    value_labels: Mapping[float, str] = field(default_factory=dict)
    missing: Mapping[float, MissingReason] = field(default_factory=dict)
    lowest: float | None = None
    highest: float | None = None
    measure: Measure = "nominal"
    decimals: int = 0


@dataclass(frozen=True)
class WrittenTable:
    """A table with its columns described.

    Parameters
    ----------
    frame : SealedFrame
        Floats for codes and numbers (missing codes written in), datetime64 for dates, text.
    variables : tuple of WrittenVariable
        One a column, in order.
    instrument : str
        ``id@version``.
    wave_column : str
        Column that says the wave of a row; empty in wide tables.
    losses : tuple of str
        What this table cannot hold of the data, in words.
    """

    frame: SealedFrame
    variables: tuple[WrittenVariable, ...]
    instrument: str
    wave_column: str = ""
    losses: tuple[str, ...] = ()

    def texts(self) -> list[str]:
        """Return the names of the columns that hold text."""
        return [variable.name for variable in self.variables if variable.kind == "text"]

    def whole_numbers(self) -> pd.DataFrame:
        """Return the frame with whole numbers as such, so that files say 1 and not 1.0."""
        frame = self.frame.frame
        numbers = frame.select_dtypes("float64")
        whole = [name for name in numbers.columns if (numbers[name].dropna() % 1 == 0).all()]
        return frame.astype(dict.fromkeys(whole, "Int64"))


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: the file, those beside it, and what the format cannot hold, in words."""

    file: Path
    beside: tuple[Path, ...]
    losses: tuple[str, ...]
