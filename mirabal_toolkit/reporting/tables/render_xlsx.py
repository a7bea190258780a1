"""Tables as Excel files: headers that span, numbers as numbers, notes underneath."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from mirabal_toolkit.file_safety import clean_text, steady_archive
from mirabal_toolkit.reporting.tables.flat import FlatValue, flat_cell
from mirabal_toolkit.reporting.tables.spec import Column, Row, Table
from mirabal_toolkit.safekeeping.private import library_files_in

_FIRST_ROW = 3
#: The longest name Excel takes for a sheet, and that of the first sheet.
LONGEST_NAME, CONTENTS = 31, "contents"
#: The style of a text, which is never a formula; all others are formats of numbers.
TEXT = "@"
#: Heights of a line of a note and of a header, in points.
NOTE_LINE, HEADER_LINE = 12.5, 14.0
_BELOW = re.compile(r"<0\.0*1")


@dataclass(frozen=True, slots=True)
class Look:
    """How the text of a cell looks and where in it it stands; wherever Excel puts it where `side` is empty."""

    bold: bool = False
    size: int = 10
    side: str = ""
    vertical: str = "top"
    wraps: bool = False
    indent: int = 0

    def put_on(self, cell: Any) -> None:
        """Give a cell this look."""
        from openpyxl.styles import Alignment, Font

        cell.font = Font(name="Arial", bold=self.bold, size=self.size)
        if self.side or self.wraps:
            cell.alignment = Alignment(
                horizontal=self.side or None, vertical=self.vertical, wrap_text=self.wraps, indent=self.indent
            )


TITLE, HEADING, NOTE = Look(bold=True, size=12), Look(bold=True), Look(size=9, wraps=True)


class Book:
    """A workbook that is being written: an openpyxl one, and the styles its cells have so far.

    openpyxl compares a style with all others whenever a cell gets one, which took most of the time of a report.
    """

    def __init__(self) -> None:
        from openpyxl import Workbook

        self.workbook: Any = Workbook()
        self._styles: dict[tuple[Look, str], Any] = {}

    def put(self, cell: Any, value: FlatValue, look: Look, *, shown: str = "") -> Any:
        """Write a value into a cell, a number as `shown` if that is not empty; return the cell."""
        if value is not None and not isinstance(value, str) and not math.isfinite(value):
            value = "" if math.isnan(value) else "∞" if value > 0 else "−∞"  # workbooks know no such numbers
        if isinstance(value, str):
            cell.value = clean_text(value)
            cell.data_type = "s"
            self._dress(cell, look, TEXT)
            return cell
        if value is not None:
            cell.value = round(value, 8)
            shown = shown or _number_format(value)
        self._dress(cell, look, shown)
        return cell

    def _dress(self, cell: Any, look: Look, number_format: str) -> None:
        style = self._styles.get((look, number_format))
        if style is not None:
            cell._style = copy(style)  # noqa: SLF001 — how openpyxl itself copies styles
            return
        cell.quotePrefix = number_format == TEXT
        if number_format not in ("", TEXT):
            cell.number_format = number_format
        look.put_on(cell)
        self._styles[look, number_format] = copy(cell._style)  # noqa: SLF001


def render_xlsx(table: Table) -> bytes:
    """Return the table as the bytes of a workbook with one sheet; the same bytes every time."""
    book = Book()
    book.workbook.active.title = table.id[:LONGEST_NAME]
    _fill(book, book.workbook.active, table)
    return _bytes(book)


def render_workbook(tables: Sequence[Table], title: str) -> bytes:
    """Return all tables as one workbook: a sheet that lists them, then a sheet a table; the same bytes every time.

    Parameters
    ----------
    tables : sequence of Table
    title : str
        What they are tables of.
    """
    book = Book()
    contents = book.workbook.active
    names = _sheet_names(tables)
    contents.title = CONTENTS
    book.put(contents.cell(1, 1), title, TITLE)
    for offset, (table, name) in enumerate(zip(tables, names, strict=True)):
        book.put(contents.cell(_FIRST_ROW + offset, 1), name, Look()).hyperlink = _inside(name)
        book.put(contents.cell(_FIRST_ROW + offset, 2), table.title, Look())
        _fill(book, book.workbook.create_sheet(name), table)
    contents.page_setup.orientation = "landscape"
    contents.column_dimensions["A"].width = LONGEST_NAME + 2
    contents.column_dimensions["B"].width = 90
    return _bytes(book)


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


def _fill(book: Book, sheet: Any, table: Table) -> None:
    """Write a table as the report shows it: spanning headers, headings of groups, an interval as two numbers."""
    book.put(sheet.cell(1, 1), table.title, TITLE)
    places = _places(table)
    row = _put_headers(book, sheet, table, places)
    first = row
    for group in table.groups:
        if group.label:
            book.put(sheet.cell(row, 1), group.label, HEADING)
            row += 1
        for cells in group.rows:
            _put_row(book, sheet, row, table, cells)
            row += 1
    _set_widths(sheet, table, places)
    _set_header_height(sheet, table, places, first - 1)
    _put_notes(book, sheet, table, row + 1, places[-1][1])
    _set_up_printing(sheet, first)


def _places(table: Table) -> list[tuple[int, int]]:
    """Return the first and last column on the sheet of every column of the table."""
    last = list(accumulate(_width(column) for column in table.columns))
    return list(zip((1, *(end + 1 for end in last)), last, strict=False))


def _put_headers(book: Book, sheet: Any, table: Table, places: Sequence[tuple[int, int]]) -> int:
    """Write the headers; return the row below them."""
    row, column = _FIRST_ROW, 0
    for span in table.spans:
        ends = places[column][0], places[column + span.width - 1][1]
        _put_header(book, sheet.cell(row, ends[0]), span.label, "center", ends)
        column += span.width
    row += bool(table.spans)
    for place, one in zip(places, table.columns, strict=True):
        side = "left" if one.kind in ("label", "text") else "center" if one.kind == "interval" else "right"
        _put_header(book, sheet.cell(row, place[0]), one.header, side, place)
    for position in range(1, places[-1][1] + 1):
        for line in range(_FIRST_ROW, row + 1):
            sheet.cell(line, position).border = _rule(above=line == _FIRST_ROW, below=line == row)
    return row + 1


def _put_header(book: Book, cell: Any, text: str, side: str, ends: tuple[int, int]) -> None:
    book.put(cell, text, Look(bold=True, side=side, vertical="bottom", wraps=True))
    if ends[1] > ends[0]:
        cell.parent.merge_cells(start_row=cell.row, end_row=cell.row, start_column=ends[0], end_column=ends[1])


def _put_row(book: Book, sheet: Any, row: int, table: Table, cells: Row) -> None:
    position = 0
    for number, (column, one) in enumerate(zip(table.columns, cells.cells, strict=True)):
        words = column.kind in ("label", "text")
        look = Look(side="left" if words else "right", wraps=words, indent=int(words and number > 0))
        # The number stays a number, and is read as people read it.
        shown = f'"{one.text}"' if _BELOW.fullmatch(one.text) else ""
        for value in flat_cell(column, one):
            position += 1
            book.put(sheet.cell(row, position), value, look, shown=shown)


def _width(column: Column) -> int:
    return 2 if column.kind == "interval" else 1


def _bytes(book: Book) -> bytes:
    buffer = io.BytesIO()
    with library_files_in(None):  # released numbers only
        book.workbook.save(buffer)
    return steady_archive(buffer.getvalue())


def _set_up_printing(sheet: Any, first: int) -> None:
    """Keep the headers in sight, on the screen and on every printed page."""
    sheet.freeze_panes = sheet.cell(first, 2)
    sheet.print_title_rows = f"{_FIRST_ROW}:{first - 1}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _number_format(value: float) -> str:
    if value == int(value):
        return "0"
    return "0.0" if abs(value) >= 1 else "0.000"


def _put_notes(book: Book, sheet: Any, table: Table, first: int, width: int) -> None:
    """Write the notes over the width of the table, in as many lines as they need."""
    from openpyxl.utils import get_column_letter

    signs = sum(sheet.column_dimensions[get_column_letter(place)].width for place in range(1, width + 1))
    for row, note in enumerate(table.notes, start=first):
        text = f"{note.mark} {note.text}" if note.mark else note.text
        book.put(sheet.cell(row, 1), text, NOTE)
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


def _rule(*, above: bool, below: bool) -> Any:
    from openpyxl.styles import Border, Side

    return Border(top=Side(style="medium") if above else None, bottom=Side(style="thin") if below else None)
