"""An Excel sheet holds so many rows and columns and no more."""

import openpyxl
import pandas as pd
import pytest

from mirabal_toolkit.core.frames import SealedFrame
from mirabal_toolkit.errors import UsageError
from mirabal_toolkit.writers import plain
from mirabal_toolkit.writers.spec import WrittenTable, WrittenVariable


def table(rows, columns):
    names = [f"v{number}" for number in range(columns)]
    frame = pd.DataFrame({name: range(rows) for name in names}, dtype=float)
    variables = tuple(WrittenVariable(name, name, "number") for name in names)
    return WrittenTable(SealedFrame(frame), variables, "small@1.0.0")


@pytest.fixture
def small_sheet(monkeypatch):
    """A sheet of five rows, the one with names among them, and three columns."""
    monkeypatch.setattr(plain, "MOST_ROWS", 5)
    monkeypatch.setattr(plain, "MOST_COLUMNS", 3)


def test_as_many_rows_and_columns_as_a_sheet_holds_are_written(small_sheet, tmp_path):
    plain.write_xlsx(table(4, 3), tmp_path / "data.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "data.xlsx").active
    assert (sheet.max_row, sheet.max_column) == (5, 3)


@pytest.mark.parametrize(("rows", "columns"), [(5, 3), (4, 4)])
def test_one_more_is_refused_and_nothing_is_written(small_sheet, tmp_path, rows, columns):
    with pytest.raises(UsageError, match="an Excel sheet holds 5 rows and 3 columns"):
        plain.write_xlsx(table(rows, columns), tmp_path / "data.xlsx")
    assert list(tmp_path.iterdir()) == []
