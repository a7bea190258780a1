"""One variable of a file becomes answers and reasons of one item."""

import numpy as np
import pandas as pd
import pytest

from mirabal_toolkit.core.missing import REASON_DTYPE, MissingReason
from mirabal_toolkit.readers.columns import empty_column, read_column
from mirabal_toolkit.readers.mapping import VariableMatch
from mirabal_toolkit.readers.raw import Variable


@pytest.fixture
def column(instrument):
    """Read values as an item; returns (answers, reasons, counts)."""

    def read(values, item, variable=None, **match):
        kind = "text" if any(isinstance(value, str) for value in values) else "number"
        series = pd.Series(values, dtype="str" if kind == "text" else float)
        known = Variable("x", kind=kind, **(variable or {}))
        found = read_column(series, known, VariableMatch("x", item, **match), instrument.item(item), instrument)
        names = [REASON_DTYPE.categories[code] if code >= 0 else "" for code in found.reasons]
        answers = [None if pd.isna(value) else value for value in found.answers]
        return answers, names, {name: count for name, count in found.counts.items() if count}

    return read


def test_own_codes_of_the_mapping_go_first(column):
    answers, reasons, _ = column([1.0, 97.0, 98.0], "C1", codes={97.0: 0.0}, missing={98.0: MissingReason.NO_CONTACT})
    assert answers == [1.0, 0.0, None]
    assert reasons == ["", "", "no_contact"]


def test_codes_may_trade_places(column):
    assert column([0.0, 4.0], "C1", codes={0.0: 4.0, 4.0: 0.0})[0] == [4.0, 0.0]


def test_infinite_numbers_are_no_answers(column):
    answers, reasons, counts = column([np.inf, -np.inf, 2.0], "K0")
    assert (answers, reasons, counts) == ([None, None, 2.0], ["unexplained", "unexplained", ""], {"infinite": 2})


def test_text_codes(column):
    answers, reasons, counts = column(
        ["N", " D ", "x", "4", ""], "C1", codes={"N": 0.0, "D": 4.0}, missing={"x": MissingReason.REFUSED}
    )
    assert (answers, reasons, counts) == ([0.0, 4.0, None, 4.0, None], ["", "", "refused", "", ""], {})


def test_number_codes_reach_numbers_written_as_text_and_text_codes_no_numbers(column):
    assert column(["1", "2"], "C1", codes={1.0: 4.0})[0] == [4.0, 2.0]
    assert column([1.0, 2.0], "C1", codes={"1": 4.0})[0] == [1.0, 2.0]


def test_missing_codes_of_dates(column):
    answers, reasons, counts = column(
        [13_166_064_000.0, 99.0, 98.0],
        "A_date",
        variable={"print_format": "DATE11", "missing_ranges": ((98.0, 99.0),)},
        missing={99.0: MissingReason.REFUSED},
    )
    assert answers == [pd.Timestamp("2000-01-01"), None, None]
    assert reasons == ["", "refused", "unexplained"]
    assert counts == {}


def test_missing_codes_of_text(column):
    answers, reasons, _ = column(
        ["better", "-9", "-8"], "N1", variable={"missing_texts": ("-9", "-8")}, missing={"-9": MissingReason.NOT_ASKED}
    )
    assert (answers, reasons) == (["better", None, None], ["", "not_asked", "unexplained"])


def test_text_items_stored_as_numbers_are_written_out(column):
    assert column([12.0, 999.0], "N1", missing={999.0: MissingReason.REFUSED})[0] == ["12", None]


def test_text_dates_need_an_order(column):
    assert column(["03/04/2024"], "A_date")[2] == {"ambiguous_date": 1}
    assert column(["03/04/2024"], "A_date", date_order="dmy")[0] == [pd.Timestamp("2024-04-03")]


@pytest.mark.parametrize(("item", "dtype"), [("C1", "float64"), ("N1", "str"), ("A_date", "datetime64[us]")])
def test_empty_columns_have_the_type_of_the_item(instrument, item, dtype):
    column = empty_column(instrument.item(item), 2)
    assert column.answers.dtype == dtype
    assert not column.given.any()
