"""Labels as people write them."""

import pytest

from mirabal_toolkit.readers.words import plain_words, similarity, some_names


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("W3: Slapped her", "Slapped her"),
        ("Slapped her (wave 3)", "slapped HER"),
        ("Slapped her – 3 months", "Slapped her"),
        ("Don't know", "Don’t know"),
        ("1 = Very safe", "Very safe"),
        ("Violenţă fizică", "violenta fizica"),
    ],
)
def test_the_same_in_other_clothes(first, second):
    assert similarity(first, second) == 1.0


def test_a_label_that_a_program_cut_off():
    whole = "In the last three months, how often have you been afraid of him"
    assert similarity(whole[:40], whole) == 0.95


def test_different_things_stay_different():
    assert similarity("Slapped her", "Choked or smothered her") < 0.5
    assert similarity("", "Slapped her") == 0.0


def test_leading_numbers_that_are_the_label_stay():
    assert plain_words("2 to 5 times") == "2 to 5 times"
    assert plain_words("12") == "12"


def test_names_are_listed_up_to_a_number():
    assert some_names(["a"]) == "a"
    assert some_names(list("abcdefghijkl")).endswith("j and 2 more")
