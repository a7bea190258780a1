"""Sums by pattern say the same as the people they were made from."""

import numpy as np
import pytest

from mirabal_toolkit.mixed.linear_sums import (
    add_sums,
    contract,
    find_patterns,
    plan_patterns,
    project,
    rotate_sums,
    sum_people,
)


def people(seed, d=2, m=4, n=60):
    random = np.random.default_rng(seed)
    roots = random.normal(size=(5, 3, d))
    which = random.permutation(np.repeat(np.arange(5), [30, 18, 8, 3, 1]))
    squares = np.einsum("gra,grb->gab", roots[which], roots[which])
    return squares, random.normal(size=(n, d, m)), random.integers(1, 4, n).astype(float)


def sums_of(squares, crosses, weights):
    plan = plan_patterns(squares, weights, crosses.shape[2])
    half = len(squares) // 2
    parts = [(slice(0, half), crosses[:half]), (slice(half, None), crosses[half:])]
    return plan, sum_people(plan, weights, parts)


def directly(pattern_matrices, codes, crosses, weights):
    return np.einsum("g,gaj,gab,gbl->jl", weights, crosses, pattern_matrices[codes], crosses)


@pytest.fixture
def sample():
    return people(4)


def test_both_kinds_of_pattern_occur(sample):
    _, sums = sums_of(*sample)
    assert 0 < sums.n_dense < len(sums.counts)
    assert sums.counts.sum() == sample[2].sum()


def test_contract_is_the_sum_over_people(sample):
    plan, sums = sums_of(*sample)
    weights = np.random.default_rng(1).normal(size=(3, len(sums.counts), 2, 2))
    weights = weights + weights.transpose(0, 1, 3, 2)
    for j, total in enumerate(contract(sums, weights)):
        np.testing.assert_allclose(total, directly(weights[j], plan.pattern, *sample[1:]), atol=1e-10)


def test_project_is_the_sum_over_people(sample):
    plan, sums = sums_of(*sample)
    omega = np.eye(4) + 0.3
    own = np.einsum("g,gaj,jl,gbl->gab", sample[2], sample[1], omega, sample[1])
    reference = np.zeros_like(sums.squares)
    np.add.at(reference, plan.pattern, own)
    np.testing.assert_allclose(project(sums, omega), reference, atol=1e-10)


def test_adding_parts_is_summing_the_whole(sample):
    squares, crosses, weights = sample
    _, whole = sums_of(*sample)
    parts = [sums_of(squares[k::3], crosses[k::3], weights[k::3])[1] for k in range(3)]
    added = add_sums(add_sums(parts[0], parts[1]), parts[2])
    assert len(added.counts) == len(whole.counts)
    place = {tuple(np.round(a.ravel(), 6)): k for k, a in enumerate(added.squares)}
    match = [place[tuple(np.round(a.ravel(), 6))] for a in whole.squares]
    np.testing.assert_allclose(added.counts[match], whole.counts)
    omega = np.eye(4)
    np.testing.assert_allclose(project(added, omega)[match], project(whole, omega), atol=1e-9)


def test_rotating_is_rotating_the_people(sample):
    squares, crosses, weights = sample
    left, right = np.array([[2.0, 0.5], [0.0, 0.25]]), np.triu(np.ones((4, 4)))
    _, sums = sums_of(*sample)
    _, reference = sums_of(left.T @ squares @ left, left.T @ crosses @ right, weights)
    rotated = rotate_sums(sums, left, right)
    omega = np.eye(4)
    np.testing.assert_allclose(project(rotated, omega).sum(axis=0), project(reference, omega).sum(axis=0))
    np.testing.assert_allclose(rotated.squares, left.T @ sums.squares @ left)


def test_patterns_that_agree_in_one_direction_are_told_apart():
    squares = np.random.default_rng(0).normal(size=(40, 2, 2))
    codes, firsts = find_patterns(np.concatenate([squares, squares[::-1]]))
    assert len(firsts) == 40
    np.testing.assert_array_equal(codes[:40], codes[40:][::-1])


def test_rounding_does_not_split_a_pattern():
    squares = np.full((3, 1, 1), 0.1 + 0.2)
    squares[1] = 0.3
    assert len(find_patterns(squares)[1]) == 1
