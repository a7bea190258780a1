"""The formulas, on arrays."""

from __future__ import annotations

import numpy as np
import pytest

from mirabal_toolkit.scoring.rules import (
    Answers,
    Counted,
    any_above,
    counted,
    enough_answered,
    in_category,
    mean_score,
    reaches,
    variety,
)

NAN = np.nan


def answered(*rows: list[float]) -> Counted:
    values = np.array(rows, dtype=float)
    return Counted(values, np.ones(values.shape, dtype=bool))


@pytest.mark.parametrize("n_items", range(1, 41))
@pytest.mark.parametrize("tenths", range(1, 11))
def test_the_share_that_must_be_answered_is_exact(n_items, tenths):
    """In whole numbers: answered / items >= tenths / 10, whatever binary fractions make of it."""
    rows = np.full((n_items + 1, n_items), NAN)
    for n_answered in range(n_items + 1):
        rows[n_answered, :n_answered] = 1.0
    enough = enough_answered(Counted(rows, np.ones(rows.shape, dtype=bool)), tenths / 10)
    assert enough.tolist() == [10 * n_answered >= tenths * n_items for n_answered in range(n_items + 1)]


def test_without_applicable_items_nothing_is_enough():
    none = Counted(np.array([[NAN, NAN]]), np.zeros((1, 2), dtype=bool))
    assert not enough_answered(none, 0.7)[0]
    assert np.isnan(any_above(none, 0.0, 0.7)[0])
    assert np.isnan(mean_score(none, 0.0, 4.0, 0.7)[0])


def test_any_needs_one_yes_or_enough_noes():
    cells = answered([0, 0, 0], [0, NAN, 2], [NAN, NAN, 1], [0, NAN, NAN], [0, 0, NAN], [NAN, NAN, NAN])
    np.testing.assert_array_equal(any_above(cells, 0.0, 0.7), [0, 1, 1, NAN, NAN, NAN])
    np.testing.assert_array_equal(any_above(cells, 0.0, 0.6), [0, 1, 1, NAN, 0, NAN])


def test_items_that_do_not_apply_are_not_in_the_base():
    values = np.array([[4.0, 2.0, NAN, NAN]])
    applicable = np.array([[True, True, False, False]])
    assert mean_score(Counted(values, applicable), 0.0, 4.0, 0.7)[0] == pytest.approx(75.0)
    assert np.isnan(mean_score(Counted(values, np.ones((1, 4), dtype=bool)), 0.0, 4.0, 0.7)[0])


def test_score_runs_from_0_to_100_over_the_range_of_the_scale():
    np.testing.assert_allclose(mean_score(answered([1, 1], [4, 4], [1, 4]), 1.0, 4.0, 0.7), [0, 100, 50])


def test_variety_counts_what_is_above_the_minimum():
    np.testing.assert_array_equal(variety(answered([1, 2, 3], [1, 1, NAN]), 1.0, 0.7), [2, NAN])


def test_category_keeps_missing_missing():
    np.testing.assert_array_equal(in_category(np.array([1.0, 2.0, NAN]), [2.0]), [0, 1, NAN])


def test_no_contact_under_the_three_estimands():
    no_contact = np.array([[True, False, False]])
    routed = np.array([[True, True, False]])
    answers = Answers(np.array([[NAN, NAN, 3.0]]), no_contact, routed)
    experienced = counted(answers, "experienced", 0.0)
    np.testing.assert_array_equal(experienced.values, [[0, NAN, 3]])
    np.testing.assert_array_equal(experienced.applicable, [[True, False, True]])
    for estimand, zero in (("as_reported", 0.0), ("while_in_contact", 0.0), ("experienced", None)):
        plain = counted(answers, estimand, zero)
        np.testing.assert_array_equal(plain.values, [[NAN, NAN, 3]])
        np.testing.assert_array_equal(plain.applicable, [[False, False, True]])


def test_scores_can_have_the_range_that_their_makers_publish():
    fifteen = answered([1.0] * 7 + [0.0] * 8)
    assert mean_score(fifteen, 0.0, 5.0, 0.7, (0.0, 75.0))[0] == pytest.approx(7.0)
    assert mean_score(answered([2.0, 4.0]), 1.0, 5.0, 0.7, (1.0, 5.0))[0] == pytest.approx(3.0)


def test_a_threshold_is_reached_by_the_score_itself_whatever_binary_fractions_make_of_it():
    sevenths = mean_score(answered(*([1.0] * n + [0.0] * (15 - n) for n in (6, 7, 8))), 0.0, 5.0, 0.7, (0.0, 75.0))
    np.testing.assert_array_equal(reaches(np.append(sevenths, NAN), 7.0), [0, 1, 1, NAN])
