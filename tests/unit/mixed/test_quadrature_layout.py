"""People laid out side by side, small matrices, and designs on any scale."""

from __future__ import annotations

import numpy as np
import pytest

from mirabal_toolkit.mixed.families import BinomialLogit
from mirabal_toolkit.mixed.quadrature import evaluate
from mirabal_toolkit.mixed.quadrature_groups import GroupedRows, lay_out
from mirabal_toolkit.mixed.quadrature_modes import cholesky, lower_inverse
from mirabal_toolkit.mixed.quadrature_optimise import is_positive, positive
from mirabal_toolkit.mixed.quadrature_rule import Parameters, gauss_hermite
from mirabal_toolkit.mixed.quadrature_scaling import standardise, standardise_person_terms

# ---- people side by side -----------------------------------------------------------------------------


def twin_rows(copies: int) -> GroupedRows:
    """Three kinds of people, each `copies` times, with their rows in other orders."""
    rng = np.random.default_rng(3)
    kinds = [
        (np.array([[1.0, 0.0], [1.0, 1.0]]), np.array([0.0, 1.0])),
        (np.array([[1.0, 0.0], [1.0, 1.0]]), np.array([1.0, 1.0])),
        (np.array([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]]), np.array([0.0, 1.0, 1.0])),
    ]
    X, y, codes = [], [], []
    for person in range(3 * copies):
        design, answers = kinds[person % 3]
        order = rng.permutation(len(answers))
        X.append(design[order])
        y.append(answers[order])
        codes += [person] * len(answers)
    n = len(codes)
    return GroupedRows(np.vstack(X), np.ones((n, 1)), np.concatenate(y), np.zeros(n), np.ones(n), np.array(codes))


def test_twins_are_joined_and_change_nothing() -> None:
    rows = twin_rows(20)
    joined, apart = lay_out(rows, 9), lay_out(rows, 9, join_twins=False)
    assert (joined.n_kept, apart.n_kept) == (3, 60)
    assert sorted(np.concatenate([block.counts for block in joined.blocks])) == [20, 20, 20]
    at = Parameters(np.array([0.2, 0.4]), np.zeros(0), np.array([[1.1]]))
    one, other = (evaluate(layout, BinomialLogit(), gauss_hermite(9), at) for layout in (joined, apart))
    assert one.llf == pytest.approx(other.llf, rel=1e-13)
    np.testing.assert_allclose(joined.X.T @ one.row_slopes, apart.X.T @ other.row_slopes, rtol=1e-11)
    for found, layout in ((one, joined), (other, apart)):
        modes = np.hstack(found.modes)[0][layout.group_position]
        np.testing.assert_allclose(modes, np.tile(modes[:3], 20), rtol=1e-9)


def test_rows_that_only_look_alike_are_kept_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """A collision of hashes must never join different people."""
    rows = twin_rows(4)
    monkeypatch.setattr(
        "mirabal_toolkit.mixed.quadrature_groups._hash_rows", lambda rows: np.zeros(len(rows.y), dtype=np.uint64)
    )
    assert lay_out(rows, 9).n_kept == 12


def test_people_whose_hashes_collide_are_kept_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = twin_rows(4)
    monkeypatch.setattr(
        "mirabal_toolkit.mixed.quadrature_groups._hash_people",
        lambda row_id, starts, sizes: np.zeros(len(sizes), dtype=np.uint64),
    )
    assert lay_out(rows, 9).n_kept == 12


def test_minus_zero_is_zero() -> None:
    one = np.ones(4)
    X = np.array([[0.0], [1.0], [-0.0], [1.0]])
    rows = GroupedRows(X, one[:, None], np.array([0.0, 1.0, 0.0, 1.0]), 0 * one, one, np.array([0, 0, 1, 1]))
    assert lay_out(rows, 9).n_kept == 1


def test_large_groups_are_padded_without_weight() -> None:
    rng = np.random.default_rng(5)
    sizes = np.array([3, 30, 31, 200])
    codes = np.repeat(np.arange(4), sizes)
    n = len(codes)
    X = np.column_stack([np.ones(n), rng.normal(size=n)])
    rows = GroupedRows(X, np.ones((n, 1)), rng.integers(0, 2, n).astype(float), np.zeros(n), np.ones(n), codes)
    layout = lay_out(rows, 9)
    # few people: all are padded to the largest size, in one block
    assert [block.shape for block in layout.blocks] == [(208, 4)]
    assert layout.weight.sum() == n
    # with many nodes they do not fit into one, but 3, 30 and 31 rows still do
    assert [block.shape[0] for block in lay_out(rows, 225).blocks] == [32, 208]
    at = Parameters(np.array([0.2, 0.4]), np.zeros(0), np.array([[1.1]]))
    whole = evaluate(layout, BinomialLogit(), gauss_hermite(9), at)
    parts = 0.0
    for person in range(4):
        own = codes == person
        one = np.ones(own.sum())
        single = GroupedRows(X[own], one[:, None], rows.y[own], 0 * one, one, np.zeros(own.sum(), dtype=np.intp))
        parts += evaluate(lay_out(single, 9), BinomialLogit(), gauss_hermite(9), at).llf
    assert whole.llf == pytest.approx(parts, rel=1e-12)


# ---- small matrices, scaling, search ------------------------------------------------------------------


def test_small_factors_against_numpy() -> None:
    rng = np.random.default_rng(1)
    root = rng.normal(size=(5, 3, 3))
    H = root @ root.transpose(0, 2, 1) + np.eye(3)
    L = cholesky(H.transpose(1, 2, 0))
    np.testing.assert_allclose(L.transpose(2, 0, 1), np.linalg.cholesky(H))
    np.testing.assert_allclose(lower_inverse(L).transpose(2, 0, 1), np.linalg.inv(np.linalg.cholesky(H)), atol=1e-12)


@pytest.mark.parametrize("thresholds", [False, True])
def test_standardised_design_says_the_same(thresholds: bool) -> None:
    rng = np.random.default_rng(1)
    n = 200
    columns = [1e6 * rng.random(n), 19000 + rng.random(n)]
    X = np.column_stack(columns if thresholds else [np.ones(n), *columns])
    one = np.ones(n)
    rows = GroupedRows(X, one[:, None], one, 0 * one, one, np.arange(n) // 4)
    layout = lay_out(rows, 9)
    scaled, scaling = standardise(layout, thresholds=thresholds)
    gamma = rng.normal(size=X.shape[1])
    eta = layout.X @ (scaling.transform @ gamma) - scaling.threshold_shift @ gamma
    np.testing.assert_allclose(scaled.X @ gamma, eta, rtol=1e-6)
    np.testing.assert_allclose(scaled.X.T @ scaled.X / n, np.eye(X.shape[1]), atol=1e-8)
    again, _ = standardise(layout, thresholds=thresholds, overwrite=True)
    assert again.X is layout.X
    np.testing.assert_array_equal(again.X, scaled.X)


def test_a_design_without_intercept_is_not_centred() -> None:
    rng = np.random.default_rng(1)
    one = np.ones(40)
    rows = GroupedRows(5 + rng.random((40, 1)), one[:, None], one, 0 * one, one, np.arange(40) // 4)
    layout = lay_out(rows, 9)
    scaled, scaling = standardise(layout, thresholds=False)
    np.testing.assert_allclose(scaled.X, layout.X * scaling.transform[0, 0])


def test_person_terms_are_decorrelated() -> None:
    day = 19000 + np.arange(50.0)
    Z = np.column_stack([np.ones(50), day])
    new, back = standardise_person_terms(Z)
    np.testing.assert_allclose(new.T @ new / 50, np.eye(2), atol=1e-10)
    np.testing.assert_allclose(Z @ back, new, rtol=1e-6, atol=1e-6)


def test_positive_mirrors_negative_curvature() -> None:
    crooked = np.diag([2.0, -3.0, 0.0])
    fixed = positive(crooked)
    np.testing.assert_allclose(np.diag(fixed)[:2], [2.0, 3.0])
    assert is_positive(np.eye(2))
    assert not is_positive(crooked)
    assert not is_positive(np.array([[1.0, 1.0], [1.0, 1.0]]))
    assert not is_positive(np.full((2, 2), np.nan))
