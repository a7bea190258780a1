"""Separation found where it is, and not where it is not."""

from __future__ import annotations

import numpy as np
import pytest

from mirabal_toolkit.mixed.separation import (
    binary_directions,
    count_directions,
    ordinal_directions,
    separated_columns,
)

CELLS = np.array([[1.0, 0.0], [1.0, 0.0], [1.0, 1.0], [1.0, 1.0]])


def test_overlap_is_not_separation() -> None:
    assert separated_columns(binary_directions(CELLS, np.array([0.0, 1.0, 1.0, 0.0]))) == ()


def test_a_cell_without_yes() -> None:
    assert separated_columns(binary_directions(CELLS, np.array([0.0, 1.0, 0.0, 0.0]))) == (1,)


def test_a_number_that_splits_the_answers_on_any_scale() -> None:
    income = np.array([1e6, 2e6, 3e6, 4e6])
    X = np.column_stack([np.ones(4), income])
    assert 1 in separated_columns(binary_directions(X, np.array([0.0, 0.0, 1.0, 1.0])))
    assert separated_columns(binary_directions(X, np.array([0.0, 1.0, 0.0, 1.0]))) == ()


def test_quasi_separation_with_a_tie_at_the_border() -> None:
    X = np.column_stack([np.ones(5), [1.0, 2.0, 3.0, 3.0, 4.0]])
    assert 1 in separated_columns(binary_directions(X, np.array([0.0, 0.0, 0.0, 1.0, 1.0])))


@pytest.mark.parametrize(("counts", "expected"), [([3, 1, 0, 0], (1,)), ([3, 0, 0, 1], ()), ([3, 1, 2, 1], ())])
def test_counts_run_away_only_where_nothing_is_counted(counts: list[int], expected: tuple[int, ...]) -> None:
    assert separated_columns(count_directions(CELLS, np.array(counts, dtype=float))) == expected


def test_ordered_categories() -> None:
    group = np.array([[0.0], [0.0], [0.0], [1.0], [1.0]])
    # thresholds come first: column 2 is the term
    assert 2 in separated_columns(ordinal_directions(group, np.array([0.0, 1.0, 2.0, 0.0, 0.0]), 3))
    assert separated_columns(ordinal_directions(group, np.array([0.0, 1.0, 2.0, 0.0, 2.0]), 3)) == ()


def test_many_rows_are_added_as_needed() -> None:
    rng = np.random.default_rng(1)
    X = np.column_stack([np.ones(30_000), rng.normal(size=30_000), rng.integers(0, 2, 30_000)])
    y = (rng.random(30_000) < 0.5).astype(float)
    y[X[:, 2] == 1] = 1.0
    assert separated_columns(binary_directions(X, y)) == (2,)
    # a single row in the separated cell that answers otherwise, far from those looked at first
    cell = np.flatnonzero(X[:, 2] == 1)
    y[cell[17]] = 0.0
    assert separated_columns(binary_directions(X, y)) == ()
