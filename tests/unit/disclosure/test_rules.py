import pandas as pd
import pytest

from mirabal_toolkit.disclosure.profiles import PROFILES, profile_named
from mirabal_toolkit.disclosure.rules import judge, protect_counts, round_count
from mirabal_toolkit.errors import UsageError

FUNDER = PROFILES["funder"]
NAN = float("nan")


@pytest.mark.parametrize(
    ("count", "n", "verdict"),
    [
        (0, 60, "shown"),
        (1, 60, "few"),
        (4, 60, "few"),
        (5, 60, "shown"),
        (55, 60, "shown"),
        (56, 60, "all_but_few"),
        (59, 60, "all_but_few"),
        (60, 60, "shown"),
        (5, 9, "base"),
        (3, NAN, "few"),
        (7, NAN, "shown"),
    ],
)
def test_funder_hides_one_to_four_people_on_either_side(count, n, verdict):
    assert judge(count, n, FUNDER) == verdict


def test_hiding_zeros_hides_nobody_and_everybody():
    from dataclasses import replace

    strict = replace(FUNDER, hide_zeros=True)
    assert judge(0, 60, strict) == "few"
    assert judge(60, 60, strict) == "all_but_few"


def test_rounding_goes_to_the_nearest_multiple():
    assert [round_count(count, FUNDER) for count in range(5, 13)] == [5, 5, 5, 10, 10, 10, 10, 10]


def test_internal_rounds_nothing():
    assert [round_count(count, PROFILES["internal"]) for count in (0, 1, 17)] == [0, 1, 17]


def test_listed_counts_of_few_become_missing():
    protected = protect_counts(pd.Series([0, 3, 12, None]), FUNDER)
    assert protected.tolist() == [0, pd.NA, 10, pd.NA]


def test_unknown_profile_is_a_usage_error_that_lists_the_known():
    with pytest.raises(UsageError, match="no disclosure profile"):
        profile_named("everything")
