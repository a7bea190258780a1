"""Tables as Excel files: headers that span, numbers as numbers, notes underneath."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from typing import Any

from mirabal_toolkit.file_safety import clean_text, steady_archive
from mirabal_toolkit.reporting.tables.flat import FlatValue, flatten
from mirabal_toolkit.reporting.tables.spec import Table

_FIRST_ROW = 3
#: The longest name Excel takes for a sheet, and that of the first sheet.
LONGEST_NAME, CONTENTS = 31, "contents"


def render_xlsx(table: Table) -> bytes:
    """Return the table as the bytes of a workbook with one sheet; the same bytes every time."""
    from openpyxl import Workbook

    workbook: Any = Workbook()
    workbook.active.title = table.id[:LONGEST_NAME]
    _fill(workbook.active, table)
    return _bytes(workbook)


def render_workbook(tables: Sequence[Table], title: str) -> bytes:
    """Return all tables as one workbook: a sheet that lists them, then a sheet a table; the same bytes every time.

    Parameters
    ----------
    tables : sequence of Table
    title : str
        What they are tables of.
    """
    from openpyxl import Workbook

    workbook: Any = Workbook()
    contents = workbook.active
    names = _sheet_names(tables)
    contents.title = CONTENTS
    _put(contents.cell(1, 1), title).font = _font(bold=True, size=12)
    for offset, (table, name) in enumerate(zip(tables, names, strict=True)):
        _put(contents.cell(_FIRST_ROW + offset, 1), name).hyperlink = _inside(name)
        _put(contents.cell(_FIRST_ROW + offset, 2), table.title)
        _fill(workbook.create_sheet(name), table)
    contents.column_dimensions["A"].width = LONGEST_NAME + 2
    contents.column_dimensions["B"].width = 90
    return _bytes(workbook)


def _sheet_names(tables: Sequence[Table]) -> list[str]:
    """Return a name a table that Excel takes: short, and each once."""
    names: list[str] = []
    for table in tables:
        name, number = table.id[:LONGEST_NAME], 2
        while name in (*names, CONTENTS):
            name, number = f"{table.id[: LONGEST_NAME - 3]}-{number}", number + 1
        names.append(name)
    return names


def _inside(name: str) -> Any:
    from openpyxl.worksheet.hyperlink import Hyperlink

    return Hyperlink(ref="A1", location=f"'{name}'!A1", display=name)


def _fill(sheet: Any, table: Table) -> None:
    _put(sheet.cell(1, 1), table.title).font = _font(bold=True, size=12)
    flat = flatten(table)
    for position, header in enumerate(flat.headers, start=1):
        cell = _put(sheet.cell(_FIRST_ROW, position), header)
        cell.font = _font(bold=True)
        cell.border = _header_lines()
    for offset, row in enumerate(flat.rows, start=1):
        for position, value in enumerate(row, start=1):
            _put(sheet.cell(_FIRST_ROW + offset, position), value)
    _put_notes(sheet, table, _FIRST_ROW + len(flat.rows) + 2)
    _set_widths(sheet, flat.headers, flat.rows)
    _set_up_printing(sheet)


def _bytes(workbook: Any) -> bytes:
    buffer = io.BytesIO()
    workbook.save(buffer)
    return steady_archive(buffer.getvalue())


def _set_up_printing(sheet: Any) -> None:
    """Keep the headers in sight, on the screen and on every printed page."""
    sheet.freeze_panes = sheet.cell(_FIRST_ROW + 1, 2)
    sheet.print_title_rows = f"{_FIRST_ROW}:{_FIRST_ROW}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _put(cell: Any, value: FlatValue) -> Any:
    if value is not None and not isinstance(value, str) and not math.isfinite(value):
        value = "" if math.isnan(value) else "∞" if value > 0 else "−∞"  # workbooks know no such numbers
    if isinstance(value, str):
        cell.value = clean_text(value)
        cell.data_type = "s"
        cell.quotePrefix = True
    elif value is not None:
        cell.value = round(value, 8)
        cell.number_format = _number_format(value)
    return cell


def _number_format(value: float) -> str:
    if value == int(value):
        return "0"
    return "0.0" if abs(value) >= 1 else "0.000"


def _put_notes(sheet: Any, table: Table, first: int) -> None:
    for offset, note in enumerate(table.notes):
        text = f"{note.mark} {note.text}" if note.mark else note.text
        _put(sheet.cell(first + offset, 1), text).font = _font(size=9)


def _set_widths(sheet: Any, headers: tuple[str, ...], rows: tuple[tuple[FlatValue, ...], ...]) -> None:
    from openpyxl.utils import get_column_letter

    for position, header in enumerate(headers):
        texts = [header, *(row[position] for row in rows if isinstance(row[position], str))]
        width = max(len(str(text)) for text in texts) + 2
        sheet.column_dimensions[get_column_letter(position + 1)].width = min(max(width, 10), 60)


def _font(*, bold: bool = False, size: int = 11) -> Any:
    from openpyxl.styles import Font

    return Font(bold=bold, size=size)


def _header_lines() -> Any:
    from openpyxl.styles import Border, Side

    return Border(top=Side(style="medium"), bottom=Side(style="thin"))
