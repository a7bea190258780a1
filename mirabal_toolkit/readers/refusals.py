"""What the child process refuses, in words: it tells a reason and a place, never what stands there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mirabal_toolkit.errors import InputError

#: Reason → what is wrong, and how to mend it.
REFUSALS: Mapping[str, tuple[str, str]] = {
    "formula": (
        "a formula has no result in the file, because the program that wrote it did not compute it",
        "open the workbook in Excel or LibreOffice, save it, and try again",
    ),
    "error_value": (
        "a cell holds an error such as #REF! or #DIV/0!",
        "mend the formula, or empty the cell",
    ),
    "merged": (
        "cells are merged; which rows or columns they belong to is a guess",
        "unmerge them, and write the value into every cell it belongs to",
    ),
    "no_header": (
        "something stands outside the table, in a column without a name in the first row",
        "name the column, or remove what stands there; a title above the names of the columns must go",
    ),
    "too_wide": (
        "the sheet says that it has more columns than can be read",
        "delete the empty columns to the right of the table, or save the sheet as CSV",
    ),
    "unpacks": (
        "the file unpacks to far more than its size can explain",
        "open it in the program that made it, and save it again",
    ),
    "locked": (
        "the workbook is locked with a password",
        "open it with its password, and save it without one in a safe place",
    ),
    "no_sheet": ("there is no sheet of this name", "see the names at the foot of the workbook, and say --sheet NAME"),
    "empty_sheet": ("the sheet is empty", "name the sheet with the answers: --sheet NAME"),
    "nested": (
        "a column holds lists or tables, which have no place in a table of answers",
        "save the file without it",
    ),
    "two_columns_one_name": ("two columns have the same name", "rename one of them"),
}


def refusal(told: Mapping[str, Any], name: str) -> InputError:
    """Return the error for what the child tells.

    Parameters
    ----------
    told : mapping
        ``refused`` (a key of `REFUSALS`) and ``at`` (a place within the file).
    name : str
        Of the file.
    """
    what, fix = REFUSALS.get(str(told["refused"]), ("the file cannot be read", "export it again"))
    place = str(told.get("at") or "")
    return InputError(what, where=f"{name}, {place}" if place else name, fix=fix)
