"""Write a table in the format its name asks for, whole or not at all, with a codebook beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from mirabal_toolkit.errors import InputError, MirabalError, UsageError
from mirabal_toolkit.safekeeping.files import all_at_once, whole_file
from mirabal_toolkit.writers.plain import codebook_bytes, write_csv, write_parquet, write_xlsx
from mirabal_toolkit.writers.spec import Written, WrittenTable
from mirabal_toolkit.writers.spss import write_sav
from mirabal_toolkit.writers.stata import stata_names, write_dta

#: Ending of a name → what writes it, and returns what it cannot hold.
FORMATS: Mapping[str, Callable[[WrittenTable, Path], list[str]]] = {
    ".sav": write_sav,
    ".zsav": write_sav,
    ".dta": write_dta,
    ".csv": write_csv,
    ".xlsx": write_xlsx,
    ".parquet": write_parquet,
}


def check_format(path: Path) -> None:
    """Refuse, before any work is done, a name whose ending is none of `FORMATS`.

    Raises
    ------
    UsageError
    """
    if path.suffix.lower() not in FORMATS:
        raise UsageError(f"files ending in “{path.suffix}” cannot be written", fix=f"use one of: {', '.join(FORMATS)}")


def as_written(table: WrittenTable, path: Path) -> WrittenTable:
    """Return the table with the names of variables that the format allows."""
    return stata_names(table) if path.suffix.lower() == ".dta" else table


def write_table(table: WrittenTable, path: Path) -> Written:
    """Write a table and its codebook.

    Parameters
    ----------
    table : WrittenTable
    path : Path
        Its ending says the format; an earlier file of that name is replaced only once the new one is complete.

    Returns
    -------
    Written

    Raises
    ------
    UsageError
        If the ending is none of `FORMATS`, or the format cannot hold so much.
    InputError
        If it cannot be written: no room, no permission.
    """
    check_format(path)
    codebook = path.with_name(f"{path.name}.codebook.csv")
    with all_at_once(path.absolute().parent), whole_file(path) as place, whole_file(codebook) as book:
        try:
            losses = FORMATS[path.suffix.lower()](table, place)
        except (MirabalError, OSError):
            raise
        except Exception:  # noqa: BLE001  (foreign libraries have errors of their own; their text may hold a value)
            raise InputError("the file could not be written to its end", where=str(path), fix="make room") from None
        book.write_bytes(codebook_bytes(as_written(table, path)))
    return Written(path, (codebook,), (*table.losses, *losses))
