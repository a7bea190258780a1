"""Files without labels: CSV, Excel, Parquet. What codes mean stands in a codebook beside them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from mirabal_toolkit.errors import UsageError
from mirabal_toolkit.file_safety import csv_bytes, spreadsheet_text, steady_archive
from mirabal_toolkit.safekeeping.private import library_files_in
from mirabal_toolkit.writers.spec import WrittenTable

MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384
_APOSTROPHE = "text(s) that a spreadsheet program would run begin with an apostrophe in the file"


def write_csv(table: WrittenTable, path: Path) -> list[str]:
    """Write as UTF-8 CSV; texts that spreadsheet programs would run get an apostrophe in front."""
    frame, changed = _defused(table)
    frame.to_csv(path, index=False, date_format="%Y-%m-%d", lineterminator="\r\n")
    return [*_plain_losses(), *([f"{changed} {_APOSTROPHE}"] if changed else [])]


def write_parquet(table: WrittenTable, path: Path) -> list[str]:
    """Write as Parquet that any program reads; study files are those of `mirabal import`."""
    table.whole_numbers().to_parquet(path, index=False, compression="zstd")
    return _plain_losses(empty=False)


def write_xlsx(table: WrittenTable, path: Path) -> list[str]:
    """Write one sheet, of data; no cell is a formula.

    Raises
    ------
    UsageError
        If a sheet cannot hold so many rows or columns.
    """
    frame, changed = _defused(table)
    if len(frame) + 1 > MOST_ROWS or len(frame.columns) > MOST_COLUMNS:
        raise UsageError(
            f"an Excel sheet holds {MOST_ROWS:,} rows and {MOST_COLUMNS:,} columns; these data have "
            f"{len(frame):,} and {len(frame.columns):,}",
            fix="write .csv or .parquet instead, or --long",
        )
    with library_files_in(path.parent):  # openpyxl keeps the sheet, which holds answers, in a file of its own at first
        _write_sheet(frame, path)
    path.write_bytes(steady_archive(path.read_bytes()))
    return [*_plain_losses(), *([f"{changed} {_APOSTROPHE}"] if changed else [])]


def _write_sheet(frame: pd.DataFrame, path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("data")
    sheet.append([spreadsheet_text(str(name)) for name in frame.columns])
    for row in frame.astype(object).itertuples(index=False, name=None):
        sheet.append([_cell(value) for value in row])
    book.save(path)


def _cell(value: object) -> object:
    if value is None or value is pd.NaT or value is pd.NA or value != value:  # noqa: PLR0124  (NaN)
        return None
    return value.to_pydatetime().date() if isinstance(value, pd.Timestamp) else value


def _defused(table: WrittenTable) -> tuple[pd.DataFrame, int]:
    """Return the frame with texts that no spreadsheet program runs, and how many had to be changed."""
    frame, changed = table.whole_numbers(), 0
    for name in table.texts():
        safe = frame[name].map(spreadsheet_text, na_action="ignore")
        changed += int((safe != frame[name]).where(frame[name].notna(), other=False).sum())
        frame[name] = safe
    return frame, changed


def _plain_losses(*, empty: bool = True) -> list[str]:
    losses = ["labels and what codes mean: they stand in the codebook and the mapping beside the file"]
    return [*losses, "the difference between an empty text and none"] if empty else losses


def codebook_bytes(table: WrittenTable) -> bytes:
    """Return one line a code and one a variable without codes, as CSV."""
    header = ("variable", "label", "item", "wave", "kind", "lowest", "highest", "code", "code_label", "missing_reason")
    return csv_bytes([header, *_codebook_rows(table)], bom=True)


def _codebook_rows(table: WrittenTable) -> Iterator[tuple[str, ...]]:
    for variable in table.variables:
        limits = ("" if limit is None else f"{limit:g}" for limit in (variable.lowest, variable.highest))
        about = (variable.name, variable.label, variable.item, str(variable.wave or ""), variable.kind, *limits)
        if not variable.value_labels:
            yield (*about, "", "", "")
        for code, label in variable.value_labels.items():
            reason = variable.missing.get(code)
            yield (*about, f"{code:g}", label, "" if reason is None else reason.value)
