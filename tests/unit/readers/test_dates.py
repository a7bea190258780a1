"""Dates: SPSS seconds and text."""

import numpy as np
import pandas as pd
import pytest

from mirabal_toolkit.readers.dates import to_dates
from mirabal_toolkit.readers.raw import Variable

DAY = 86_400.0


def seconds(day: str) -> float:
    return float((np.datetime64(day, "s") - np.datetime64("1582-10-14", "s")).astype(int))


@pytest.mark.parametrize(
    "print_format", ["DATE11", "ADATE10", "EDATE10", "SDATE10", "JDATE7", "QYR8", "MOYR8", "WKYR10", "DATETIME20"]
)
def test_every_day_format_counts_seconds_since_1582(print_format):
    # 14 October 1582 is day 0 of the Gregorian calendar as SPSS counts; 12 345 678 900 s is in the documentation
    dates = to_dates(pd.Series([seconds("2024-02-29"), np.nan]), Variable("d", print_format=print_format))
    assert dates.values.tolist()[0] == pd.Timestamp("2024-02-29")
    assert dates.values.isna().tolist() == [False, True]
    assert not dates.impossible.any()


def test_the_count_is_that_of_spss():
    # SPSS: DATE.DMY(1,1,2000) = 13166064000
    assert to_dates(pd.Series([13_166_064_000.0]), Variable("d", print_format="DATE11")).values[0] == pd.Timestamp(
        "2000-01-01"
    )


def test_the_time_of_day_is_dropped():
    dates = to_dates(pd.Series([seconds("2024-02-29") + 3600]), Variable("d", print_format="DATETIME20"))
    assert dates.values[0] == pd.Timestamp("2024-02-29")


@pytest.mark.parametrize("number", [6.3e12, 1e300, np.inf, -1.0, 0.0, seconds("2101-01-01"), seconds("1899-12-31")])
def test_impossible_dates_are_set_aside_and_the_rest_is_kept(number):
    dates = to_dates(pd.Series([number, seconds("2024-01-01")]), Variable("d", print_format="DATE11"))
    assert dates.impossible.tolist() == [True, False]
    assert dates.values.isna().tolist() == [True, False]


@pytest.mark.parametrize("print_format", ["F8.2", "TIME8", "DTIME20", "MTIME8", "MONTH9", "WKDAY9"])
def test_numbers_that_are_no_days_are_no_dates(print_format):
    dates = to_dates(pd.Series([45_355.0, np.nan]), Variable("d", print_format=print_format))
    assert dates.impossible.tolist() == [True, False]


def text_dates(*texts, order=None):
    return to_dates(pd.Series(texts, dtype="str"), Variable("d", kind="text"), order)


def test_iso_dates_in_text():
    dates = text_dates("2024-03-04", "2024/12/31 10:00", "", None)
    assert dates.values.tolist()[:2] == [pd.Timestamp("2024-03-04"), pd.Timestamp("2024-12-31")]
    assert dates.impossible.sum() == 0


def test_the_column_itself_can_prove_the_order():
    assert text_dates("03/04/2024", "25/12/2024").values[0] == pd.Timestamp("2024-04-03")
    assert text_dates("03/04/2024", "12/25/2024").values[0] == pd.Timestamp("2024-03-04")


def test_an_ambiguous_order_is_not_guessed():
    dates = text_dates("03/04/2024", "05.06.2024")
    assert dates.values.isna().all()
    assert (dates.ambiguous, int(dates.impossible.sum())) == (2, 2)
    assert text_dates("03/04/2024", order="dmy").values[0] == pd.Timestamp("2024-04-03")


def test_contradicting_orders_are_not_guessed():
    dates = text_dates("25/12/2024", "12/25/2024", "2024-01-02")
    assert dates.values.isna().tolist() == [True, True, False]


def test_two_digit_years_and_days_that_are_not_in_the_calendar_are_set_aside():
    dates = text_dates("25/12/24", "31/02/2024", "soon", "25/12/2024")
    assert dates.impossible.tolist() == [True, True, True, False]
    assert (dates.ambiguous, dates.short_years, dates.bare_numbers) == (0, 1, 0)
