"""The sheets of an XLSForm workbook as rows of text, read with limits: a workbook can be made to do harm."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from typing import Any

from mirabal_toolkit.errors import InputError

MOST_BYTES = 10_000_000
MOST_UNPACKED = 100_000_000
MOST_ROWS, MOST_COLUMNS = 20_000, 500
SHEETS = ("survey", "choices", "settings", "mirabal")
_DECLARATION = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row of a sheet.

    Parameters
    ----------
    sheet : str
    number : int
        As Excel counts.
    cells : dict
        Column heading → text; empty cells are left out.
    """

    sheet: str
    number: int
    cells: dict[str, str]

    def get(self, column: str) -> str:
        """Return a cell, "" if it is empty."""
        return self.cells.get(column, "")

    @property
    def place(self) -> str:
        """Where it stands, for messages."""
        return f"sheet {self.sheet}, row {self.number}"


def read_sheets(content: bytes, where: str) -> dict[str, list[SheetRow]]:
    """Return the rows of the sheets of an XLSForm.

    Parameters
    ----------
    content : bytes
        A .xlsx file.
    where : str
        Its name, for messages.

    Raises
    ------
    InputError
        If it is no workbook, too large, or has no sheet ``survey``.
    """
    _check_archive(content, where)
    book = _opened(content, where)
    try:
        found = {name.strip().lower(): name for name in book.sheetnames}
        if "survey" not in found:
            raise InputError(
                "has no sheet “survey”, so it is no XLSForm",
                where=where,
                fix="export the form as XLSForm from the program it was made in",
            )
        return {name: _rows(book[found[name]], name, where) for name in SHEETS if name in found}
    finally:
        book.close()


def _check_archive(content: bytes, where: str) -> None:
    if len(content) > MOST_BYTES:
        raise InputError(f"is larger than {MOST_BYTES // 1_000_000} MB", where=where, fix="a form is much smaller")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(member.file_size for member in archive.infolist()) > MOST_UNPACKED:
                raise InputError(
                    "unpacks to more than a form can be",
                    where=where,
                    fix="open it in the program that made it, and save it again",
                )
            for member in archive.infolist():
                if member.filename.endswith((".xml", ".rels")) and _DECLARATION.search(archive.read(member)):
                    raise InputError(
                        "declares XML entities, which no spreadsheet program writes",
                        where=where,
                        fix="open it in a spreadsheet program, and save it again as .xlsx",
                    )
    # zipfile says NotImplementedError of a compression it does not know.
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, RuntimeError, NotImplementedError, zlib.error):
        raise InputError("is no .xlsx workbook, or is damaged", where=where, fix="save it again as .xlsx") from None


def _opened(content: bytes, where: str) -> Any:
    from openpyxl import load_workbook

    try:
        return load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    except Exception:  # noqa: BLE001 - the reader raises whatever its parts raise
        raise InputError("is no .xlsx workbook, or is damaged", where=where, fix="save it again as .xlsx") from None


def _rows(sheet: Any, name: str, where: str) -> list[SheetRow]:
    try:
        table = list(sheet.iter_rows(max_row=MOST_ROWS + 1, max_col=MOST_COLUMNS, values_only=True))
    except Exception:  # noqa: BLE001 - as above
        raise InputError("cannot be read", where=f"{where}, sheet {name}", fix="save it again as .xlsx") from None
    if len(table) > MOST_ROWS:
        raise InputError(
            f"has more than {MOST_ROWS} rows",
            where=f"{where}, sheet {name}",
            fix="take out the empty rows below the form",
        )
    columns = _headings([_text(value) for value in table[0]] if table else [], f"{where}, sheet {name}")
    rows = []
    for number, values in enumerate(table[1:], start=2):
        texts = [_text(value) for value in values]
        cells = {column: text for column, text in zip(columns, texts, strict=False) if column and text}
        if cells:
            rows.append(SheetRow(name, number, cells))
    return rows


def _headings(texts: list[str], where: str) -> list[str]:
    named = [text for text in texts if text]
    twice = sorted({text for text in named if named.count(text) > 1})
    if twice:
        raise InputError(f"has the column “{twice[0]}” twice", where=where, fix="rename or remove one of them")
    return texts


def _text(value: Any) -> str:
    """A cell as text: 1.0 is 1, true is yes, a date is its day."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if hasattr(value, "isoformat"):
        return str(value.isoformat())[:10]
    return str(value).strip()
