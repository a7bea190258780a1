"""Tables as Excel files: headers that span, numbers as numbers, notes underneath."""

from __future__ import annotations

import io
from typing import Any

from mirabal_toolkit.file_safety import clean_text, steady_archive
from mirabal_toolkit.reporting.tables.flat import FlatValue, flatten
from mirabal_toolkit.reporting.tables.spec import Table

_FIRST_ROW = 3


def render_xlsx(table: Table) -> bytes:
    """Return the table as the bytes of a workbook with one sheet; the same bytes every time."""
    from openpyxl import Workbook

    workbook = Workbook()
    sheet: Any = workbook.active
    sheet.title = table.id[:31]
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
