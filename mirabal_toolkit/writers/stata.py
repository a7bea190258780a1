"""Stata files: missing reasons become the extended missing values .a to .z, each with its label."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mirabal_toolkit.core.missing import MissingReason
from mirabal_toolkit.writers.spec import WrittenTable, WrittenVariable

#: Stata takes names of 32 signs; pyreadstat names each set of labels by its variable and a number of up to five digits.
LONGEST_NAME, LONGEST_LABEL, LONGEST_VALUE_LABEL = 27, 80, 32_000

#: Letter of each reason.
LETTERS: Mapping[MissingReason, str] = {
    MissingReason.REFUSED: "r",
    MissingReason.DONT_KNOW: "d",
    MissingReason.NOT_APPLICABLE: "n",
    MissingReason.NO_CONTACT: "c",
    MissingReason.NOT_ASKED: "q",
    MissingReason.UNEXPLAINED: "u",
    MissingReason.WAVE_MISSED: "m",
    MissingReason.UNSAFE_TO_CONTACT: "s",
    MissingReason.WITHDRAWN: "w",
    MissingReason.DIED: "x",
}
_RESERVED = frozenset(
    ("_all", "_b", "_coef", "_cons", "_n", "_pi", "_pred", "_rc", "_skip", "byte", "double", "float")
) | {"if", "in", "int", "long", "using", "with"}


def write_dta(table: WrittenTable, path: Path) -> list[str]:
    """Write a Stata file (version 15, read by 14 and later); return what it cannot hold, in words."""
    import pyreadstat

    named = stata_names(table)
    frame = named.frame.frame
    for one in named.variables:
        frame[one.name] = _column(frame[one.name], one)
    pyreadstat.write_dta(
        frame,
        path,
        file_label=table.instrument[:LONGEST_LABEL],
        column_labels={one.name: one.label[:LONGEST_LABEL] for one in named.variables},
        variable_value_labels={one.name: _labels(one) for one in named.variables if one.value_labels},
        missing_user_values={one.name: sorted(_letters(one)) for one in named.variables if one.missing},
        variable_format={one.name: "%td" for one in named.variables if one.kind == "date"},
    )
    return _losses(table, named)


def stata_names(table: WrittenTable) -> WrittenTable:
    """Return the table with names that Stata takes: 27 letters, digits and low lines, each once."""
    names: dict[str, str] = {}
    for one in table.variables:
        names[one.name] = _stata_name(one.name, set(names.values()))
    frame = table.frame.frame.rename(columns=names)
    variables = tuple(replace(one, name=names[one.name]) for one in table.variables)
    return replace(table, frame=type(table.frame)(frame), variables=variables)


def _stata_name(name: str, taken: set[str]) -> str:
    plain = re.sub(r"\W", "_", name, flags=re.ASCII) or "v"
    if plain[0].isdigit() or plain in _RESERVED:
        plain = f"v_{plain}"
    ending = re.search(r"_w\d+$", plain)
    tail = ending[0] if ending else ""
    short, number = (
        plain[: LONGEST_NAME - len(tail)].removesuffix(tail) + tail if len(plain) > LONGEST_NAME else plain,
        2,
    )
    while short in taken:
        mark = f"_{number}{tail}"
        short, number = plain.removesuffix(tail)[: LONGEST_NAME - len(mark)] + mark, number + 1
    return short


def _column(values: pd.Series, one: WrittenVariable) -> Any:
    if one.kind == "date":
        return pd.Series([None if pd.isna(day) else day.date() for day in values], dtype=object)
    if one.kind == "text" or not one.missing:
        return values
    numbers = values.to_numpy(dtype=float)
    cells = numbers.astype(object)
    cells[np.isnan(numbers)] = None
    for code, letter in _letter_by_code(one).items():
        cells[numbers == code] = letter
    return pd.Series(cells, dtype=object)


def _letter_by_code(one: WrittenVariable) -> dict[float, str]:
    return {code: LETTERS[reason] for code, reason in one.missing.items()}


def _letters(one: WrittenVariable) -> set[str]:
    return set(_letter_by_code(one).values())


def _labels(one: WrittenVariable) -> dict[float | str, str]:
    letters = _letter_by_code(one)
    return {letters.get(code, code): label[:LONGEST_VALUE_LABEL] for code, label in one.value_labels.items()}


def _losses(table: WrittenTable, named: WrittenTable) -> list[str]:
    losses = ["the difference between an empty text and none"] if table.texts()[1:] else []
    renamed = sum(old.name != new.name for old, new in zip(table.variables, named.variables, strict=True))
    if renamed:
        losses.append(f"{renamed} name(s) were changed: here they have at most {LONGEST_NAME} plain letters and digits")
    cut = sum(len(one.label) > LONGEST_LABEL for one in table.variables)
    if cut:
        losses.append(f"{cut} label(s) were cut: Stata keeps {LONGEST_LABEL} signs")
    if any(one.missing for one in table.variables):
        losses.append("the numbers of missing codes: they are .a to .z, and the codebook says which is which")
    return losses
