"""Tables as Excel files: headers that span, numbers as numbers, notes underneath."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Sequence
from itertools import accumulate
from typing import Any

from mirabal_toolkit.file_safety import clean_text, steady_archive
from mirabal_toolkit.reporting.tables.flat import FlatValue, flat_cell
from mirabal_toolkit.reporting.tables.spec import Column, Row, Table
from mirabal_toolkit.safekeeping.private import library_files_in

_FIRST_ROW = 3
#: The longest name Excel takes for a sheet, and that of the first sheet.
LONGEST_NAME, CONTENTS = 31, "contents"
#: Heights of a line of a note and of a header, in points.
NOTE_LINE, HEADER_LINE = 12.5, 14.0
_BELOW = re.compile(r"<0\.0*1")


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
    contents.page_setup.orientation = "landscape"
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
    """Write a table as the report shows it: spanning headers, headings of groups, an interval as two numbers."""
    _put(sheet.cell(1, 1), table.title).font = _font(bold=True, size=12)
    places = _places(table)
    row = _put_headers(sheet, table, places)
    first = row
    for group in table.groups:
        if group.label:
            _put(sheet.cell(row, 1), group.label).font = _font(bold=True)
            row += 1
        for cells in group.rows:
            _put_row(sheet, row, table, cells)
            row += 1
    _set_widths(sheet, table, places)
    _set_header_height(sheet, table, places, first - 1)
    _put_notes(sheet, table, row + 1, places[-1][1])
    _set_up_printing(sheet, first)


def _places(table: Table) -> list[tuple[int, int]]:
    """Return the first and last column on the sheet of every column of the table."""
    last = list(accumulate(_width(column) for column in table.columns))
    return list(zip((1, *(end + 1 for end in last)), last, strict=False))


def _put_headers(sheet: Any, table: Table, places: Sequence[tuple[int, int]]) -> int:
    """Write the headers; return the row below them."""
    row, column = _FIRST_ROW, 0
    for span in table.spans:
        ends = places[column][0], places[column + span.width - 1][1]
        _put_header(sheet, row, ends, span.label, "center")
        column += span.width
    row += bool(table.spans)
    for place, one in zip(places, table.columns, strict=True):
        side = "left" if one.kind in ("label", "text") else "center" if one.kind == "interval" else "right"
        _put_header(sheet, row, place, one.header, side)
    for position in range(1, places[-1][1] + 1):
        for line in range(_FIRST_ROW, row + 1):
            sheet.cell(line, position).border = _rule(above=line == _FIRST_ROW, below=line == row)
    return row + 1


def _put_header(sheet: Any, row: int, ends: tuple[int, int], text: str, side: str) -> None:
    from openpyxl.styles import Alignment

    cell = _put(sheet.cell(row, ends[0]), text)
    cell.font, cell.alignment = _font(bold=True), Alignment(horizontal=side, vertical="bottom", wrap_text=True)
    if ends[1] > ends[0]:
        sheet.merge_cells(start_row=row, end_row=row, start_column=ends[0], end_column=ends[1])


def _put_row(sheet: Any, row: int, table: Table, cells: Row) -> None:
    from openpyxl.styles import Alignment

    position = 0
    for number, (column, one) in enumerate(zip(table.columns, cells.cells, strict=True)):
        words = column.kind in ("label", "text")
        for value in flat_cell(column, one):
            position += 1
            cell = _put(sheet.cell(row, position), value)
            cell.font = _font()
            side = "left" if words else "right"
            cell.alignment = Alignment(
                horizontal=side, vertical="top", wrap_text=words, indent=int(words and number > 0)
            )
            if _BELOW.fullmatch(one.text) and not isinstance(value, str):
                # The number stays a number, and is read as people read it.
                cell.number_format = f'"{one.text}"'


def _width(column: Column) -> int:
    return 2 if column.kind == "interval" else 1


def _bytes(workbook: Any) -> bytes:
    buffer = io.BytesIO()
    with library_files_in(None):  # released numbers only
        workbook.save(buffer)
    return steady_archive(buffer.getvalue())


def _set_up_printing(sheet: Any, first: int) -> None:
    """Keep the headers in sight, on the screen and on every printed page."""
    sheet.freeze_panes = sheet.cell(first, 2)
    sheet.print_title_rows = f"{_FIRST_ROW}:{first - 1}"
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


def _put_notes(sheet: Any, table: Table, first: int, width: int) -> None:
    """Write the notes over the width of the table, in as many lines as they need."""
    from openpyxl.styles import Alignment
    from openpyxl.utils import get_column_letter

    signs = sum(sheet.column_dimensions[get_column_letter(place)].width for place in range(1, width + 1))
    for row, note in enumerate(table.notes, start=first):
        text = f"{note.mark} {note.text}" if note.mark else note.text
        cell = _put(sheet.cell(row, 1), text)
        cell.font, cell.alignment = _font(size=9), Alignment(wrap_text=True, vertical="top")
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=width)
        sheet.row_dimensions[row].height = NOTE_LINE * math.ceil(len(text) / signs)


def _set_widths(sheet: Any, table: Table, places: Sequence[tuple[int, int]]) -> None:
    from openpyxl.utils import get_column_letter

    for number, (first, last) in enumerate(places):
        column = table.columns[number]
        words = column.kind in ("label", "text")
        texts = [row.cells[number].text for row in table.rows if words or row.cells[number].text[:1].isalpha()]
        heading = [max(column.header.split(), key=len, default="")]
        signs = max(len(text) for text in (*texts, *heading, "0.000")) + 2
        for place in range(first, last + 1):
            wide = min(max(signs, 28 if number == 0 else 9), 60 if words else 24)
            sheet.column_dimensions[get_column_letter(place)].width = wide


def _set_header_height(sheet: Any, table: Table, places: Sequence[tuple[int, int]], row: int) -> None:
    from openpyxl.utils import get_column_letter

    lines = 1
    for (first, last), column in zip(places, table.columns, strict=True):
        signs = sum(sheet.column_dimensions[get_column_letter(place)].width for place in range(first, last + 1))
        lines = max(lines, math.ceil(1.3 * len(column.header) / signs))
    sheet.row_dimensions[row].height = HEADER_LINE * lines


def _font(*, bold: bool = False, size: int = 10) -> Any:
    from openpyxl.styles import Font

    return Font(name="Arial", bold=bold, size=size)


def _rule(*, above: bool, below: bool) -> Any:
    from openpyxl.styles import Border, Side

    return Border(top=Side(style="medium") if above else None, bottom=Side(style="thin") if below else None)
