"""SPSS files, with labels, user-missing codes, measures and formats."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from mirabal_toolkit.writers.spec import WrittenTable, WrittenVariable

#: SPSS keeps three single codes a variable as user-missing, or one range.
MOST_SINGLE = 3
LONGEST_LABEL, LONGEST_VALUE_LABEL = 255, 120
#: Where a header holds the day and time of writing, and what is put there instead: equal data, equal bytes.
_STAMP_AT, _STAMP = 92, b"01 Jan 2600:00:00"
_FORMATS = {"date": "DATE11"}


def write_sav(table: WrittenTable, path: Path) -> list[str]:
    """Write an SPSS file, compressed as its ending says; return what it cannot hold, in words."""
    import pyreadstat

    frame = table.frame.frame
    missing, undeclared = _missing(table)
    pyreadstat.write_sav(
        _plain_dates(frame, table),
        path,
        file_label=table.instrument,
        column_labels={one.name: one.label[:LONGEST_LABEL] for one in table.variables},
        variable_value_labels=_value_labels(table),
        missing_ranges=missing,
        variable_measure={one.name: one.measure for one in table.variables},
        variable_format={one.name: _format(one) for one in table.variables if one.kind != "text"},
        compress=path.suffix.lower() == ".zsav",
        row_compress=path.suffix.lower() == ".sav",
    )
    with path.open("r+b") as file:
        file.seek(_STAMP_AT)
        file.write(_STAMP)
    return _losses(table, undeclared)


def _plain_dates(frame: pd.DataFrame, table: WrittenTable) -> pd.DataFrame:
    """Return dates as days: with a time of day they would be another format."""
    for one in table.variables:
        if one.kind == "date":
            days = [None if pd.isna(day) else day.date() for day in frame[one.name]]
            frame[one.name] = pd.Series(days, dtype=object)
    return frame


def _format(one: WrittenVariable) -> str:
    if one.kind in _FORMATS:
        return _FORMATS[one.kind]
    return f"F8.{one.decimals}"


def _value_labels(table: WrittenTable) -> dict[str, dict[float, str]]:
    return {
        one.name: {code: label[:LONGEST_VALUE_LABEL] for code, label in one.value_labels.items()}
        for one in table.variables
        if one.value_labels
    }


def _missing(table: WrittenTable) -> tuple[dict[str, list[Any]], int]:
    """Return the user-missing codes of each variable as SPSS takes them, and how many could not be declared."""
    found: dict[str, list[Any]] = {}
    undeclared = 0
    for one in table.variables:
        codes = sorted(one.missing)
        if not codes:
            continue
        if len(codes) <= MOST_SINGLE:
            found[one.name] = list(codes)
        elif any(codes[0] <= code <= codes[-1] for code in one.value_labels if code not in one.missing):
            found[one.name] = list(codes[:MOST_SINGLE])
            undeclared += len(codes) - MOST_SINGLE
        else:
            found[one.name] = [{"lo": codes[0], "hi": codes[-1]}]
    return found, undeclared


def _losses(table: WrittenTable, undeclared: int) -> list[str]:
    losses = ["the difference between an empty text and none"] if table.texts()[1:] else []
    if undeclared:
        losses.append(f"{undeclared} missing code(s) are labelled but not declared: SPSS keeps three or one range")
    cut = sum(len(one.label) > LONGEST_LABEL for one in table.variables)
    cut += sum(len(label) > LONGEST_VALUE_LABEL for one in table.variables for label in one.value_labels.values())
    if cut:
        losses.append(f"{cut} label(s) were cut: SPSS keeps {LONGEST_LABEL} signs, {LONGEST_VALUE_LABEL} of a code")
    return losses
