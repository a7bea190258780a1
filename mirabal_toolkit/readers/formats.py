"""Which function reads which kind of file. A new format is one new file and one line here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from mirabal_toolkit.errors import InputError
from mirabal_toolkit.readers.child import damaged
from mirabal_toolkit.readers.delimited import read_delimited
from mirabal_toolkit.readers.identifying import without_identifying
from mirabal_toolkit.readers.options import ReadOptions
from mirabal_toolkit.readers.parquet import read_parquet
from mirabal_toolkit.readers.raw import RawTable
from mirabal_toolkit.readers.sniff import KINDS, SniffedFile, sha256_of, sniff
from mirabal_toolkit.readers.spss import read_spss
from mirabal_toolkit.readers.stata_sas import read_statistics_file
from mirabal_toolkit.readers.workbooks import read_workbook
from mirabal_toolkit.readers.zipped import unpacked


class Reader(Protocol):
    """What a format provides: read a file of its kind into tables, one a sheet."""

    def __call__(self, file: SniffedFile, options: ReadOptions) -> tuple[RawTable, ...]:
        """Read a file."""


def _read_zipped(file: SniffedFile, options: ReadOptions) -> tuple[RawTable, ...]:
    """Read the one file in an archive; what is known of it is that of the archive."""
    with unpacked(file, options.limits) as path:
        inside = sniff(path, options.limits)
        if inside.kind == "zip":
            raise InputError("the archive holds another archive", where=file.path.name, fix="unpack it first")
        tables = _read(inside, options)
    sha256 = sha256_of(file.path)
    return tuple(replace(table, sha256=sha256) for table in tables)


#: Kind of file, as `sniff` tells it → its reader.
READERS: Mapping[str, Reader] = {
    "sav": read_spss,
    "zsav": read_spss,
    "por": read_statistics_file,
    "dta": read_statistics_file,
    "xpt": read_statistics_file,
    "sas7bdat": read_statistics_file,
    "text": read_delimited,
    "xlsx": read_workbook,
    "ods": read_workbook,
    "parquet": read_parquet,
    "zip": _read_zipped,
}

#: Ending of a name → kinds that it may have.
ENDINGS: Mapping[str, tuple[str, ...]] = {
    ".sav": ("sav", "zsav"),
    ".zsav": ("sav", "zsav"),
    ".por": ("por",),
    ".dta": ("dta",),
    ".xpt": ("xpt",),
    ".sas7bdat": ("sas7bdat",),
    ".csv": ("text",),
    ".tsv": ("text",),
    ".txt": ("text", "por"),
    ".xlsx": ("xlsx",),
    ".xlsm": ("xlsx",),
    ".ods": ("ods",),
    ".parquet": ("parquet",),
    ".zip": ("zip",),
}


#: Workbooks are archives; one that does not hold a workbook is not whole.
_WITH_SHEETS = ("xlsx", "ods", "zip")
_ARCHIVES = (".xlsx", ".xlsm", ".ods")


def read_tables(path: Path, options: ReadOptions = ReadOptions()) -> tuple[RawTable, ...]:  # noqa: B008  (frozen)
    """Read one file of any known kind: one table, or one a sheet where each wave has its own.

    Raises
    ------
    InputError
        If it cannot be opened, is of another kind than its name says, or is damaged.
    """
    return _read(sniff(path, options.limits), options)


def _read(file: SniffedFile, options: ReadOptions) -> tuple[RawTable, ...]:
    reader = READERS.get(file.kind)
    if file.kind == "zip" and file.path.suffix.lower() in _ARCHIVES:
        raise damaged(file.path)
    if reader is None or file.kind not in ENDINGS.get(file.path.suffix.lower(), (file.kind,)):
        raise InputError(_not_readable(file), where=file.path.name, fix=_what_to_do(file.kind))
    if options.sheets and file.kind not in _WITH_SHEETS:
        raise InputError("only workbooks have sheets", where=file.path.name, fix="leave --sheet out")
    tables = tuple(without_identifying(table) for table in reader(file, options))
    for table in tables:
        _check_not_empty(table)
    return tables


def _check_not_empty(table: RawTable) -> None:
    if not table.variables:
        raise InputError("the file holds no variables", where=table.name, fix="is it the right file?")
    if not len(table.frame):
        raise InputError(
            f"the file names {len(table.variables)} variable(s) and holds no rows",
            where=table.name,
            fix="is it the right file? An export with a filter that lets nobody through looks like this",
        )


def read_table(path: Path, options: ReadOptions = ReadOptions()) -> RawTable:  # noqa: B008  (frozen)
    """Read one file that holds one table; parameters and errors are those of `read_tables`."""
    tables = read_tables(path, options)
    if len(tables) > 1:
        raise InputError("the workbook has a table on several sheets", where=path.name, fix="name one: --sheet NAME")
    return tables[0]


def _not_readable(file: SniffedFile) -> str:
    ending = file.path.suffix.lower()
    if file.kind not in ENDINGS.get(ending, (file.kind,)):
        return f"the file is named {ending}, but it is {KINDS[file.kind]}"
    return f"this is {KINDS[file.kind]}, which cannot be read"


def _what_to_do(kind: str) -> str:
    if kind in READERS:
        endings = [ending for ending, kinds in ENDINGS.items() if kind in kinds]
        return f"if it is the right file, rename it to end in {endings[0]}; else export it again"
    if kind == "sav_encrypted":
        return "open it in SPSS with its password, and save it without one in a safe place"
    if kind == "ole":
        return "open it in Excel or LibreOffice, with its password if it has one, and save it as .xlsx without one"
    if kind == "gzip":
        return "unpack it first"
    return "open it in the program that made it, and save it as .sav, .dta, .xlsx or .csv"
