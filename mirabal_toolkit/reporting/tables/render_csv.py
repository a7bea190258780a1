"""Tables as CSV: UTF-8 with a mark that Excel knows, numbers in full, text that cannot become a formula."""

from __future__ import annotations

import csv
import io

from mirabal_toolkit.file_safety import spreadsheet_text
from mirabal_toolkit.reporting.tables.flat import FlatValue, flatten
from mirabal_toolkit.reporting.tables.spec import Table
from mirabal_toolkit.reporting.words.numbers import machine


def render_csv(table: Table) -> bytes:
    """Return the table as CSV bytes (RFC 4180, UTF-8 with byte order mark)."""
    flat = flatten(table)
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([_field(header) for header in flat.headers])
    writer.writerows([_field(value) for value in row] for row in flat.rows)
    return buffer.getvalue().encode("utf-8-sig")


def _field(value: FlatValue) -> str:
    if value is None:
        return ""
    return spreadsheet_text(value) if isinstance(value, str) else machine(value)
