"""Ids are text, exactly as the file shows them."""

import numpy as np
import pandas as pd
import pytest

from mirabal_toolkit.errors import InputError
from mirabal_toolkit.readers.identifiers import to_identifiers, to_text
from mirabal_toolkit.readers.raw import Variable


@pytest.mark.parametrize(
    ("number", "print_format", "text"),
    [
        (12.0, "F8.0", "12"),
        (12.0, "F8.2", "12"),
        (12.0, "N8", "00000012"),
        (12.5, "F8.2", "12.50"),
        (12.5, "", "12.5"),
        (999_999_999_999_999.0, "F20", "999999999999999"),
        (100_000.0, "E8", "100000"),
        (-7.0, "F8", "-7"),
    ],
)
def test_numbers_are_written_out(number, print_format, text):
    assert to_identifiers(pd.Series([number]), Variable("id", print_format=print_format)).tolist() == [text]


def test_text_keeps_spaces_zeros_and_case():
    texts = pd.Series([" 007", "007 ", "a7", "A7", "1E05", "", "  ", None], dtype="str")
    ids = to_identifiers(texts, Variable("id", kind="text"))
    assert ids.tolist()[:5] == [" 007", "007 ", "a7", "A7", "1E05"]
    assert ids.isna().tolist() == [False] * 5 + [True] * 3


def test_system_missing_and_infinite_numbers_are_no_ids():
    assert to_identifiers(pd.Series([1.0, np.nan]), Variable("id")).isna().tolist() == [False, True]
    assert to_text(pd.Series([1.0, np.inf]), Variable("id")).isna().tolist() == [False, True]


def test_long_numbers_are_refused_without_showing_them():
    with pytest.raises(InputError, match="2 ids have more than 15 digits") as caught:
        to_identifiers(pd.Series([9_007_199_254_740_993.0, -1e300, 5.0]), Variable("nhs"))
    assert "nhs" in str(caught.value)
    assert "9007" not in str(caught.value)
