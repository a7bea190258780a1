"""Sums over people that a linear model needs, kept by pattern, and added without loss.

A person's data enter a linear mixed likelihood only through ``A_i = Z_i'Z_i`` and ``B_i = Z_i'W_i`` with
``W_i = [X_i y_i]``. People with the same ``A_i`` share every small matrix of the model; for them
``T = sum_i vec(B_i) vec(B_i)'`` says all. People with a rare ``A_i`` are kept one by one ("loose").
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.intp]

# Two patterns are one when they differ by less than this share of the largest entry.
SAME_PATTERN = 1e-9
# Numbers handled at a time when people are loose: small enough for the processor's cache.
BLOCK = 1 << 19
# Person-specific columns up to which loops over columns beat loops over people.
FEW = 3


@dataclass(frozen=True, slots=True)
class PatternSums:
    """Sums by pattern; the first `dense` patterns hold summed products, the others people one by one.

    Parameters
    ----------
    squares : ndarray, shape (K, d, d)
        A of each pattern.
    counts : ndarray, shape (K,)
        People of each pattern (sums of frequency weights).
    products : ndarray, shape (K_dense, d, d, m, m)
        ``T[k, a, b, j, l] = sum_i w_i B_i[a, j] B_i[b, l]`` of the dense patterns.
    loose : ndarray, shape (G, d, m)
        ``sqrt(w_i) B_i`` of people in the other patterns, sorted by pattern.
    loose_pattern : ndarray of int, shape (G,)
        Pattern of each of them, from K_dense on.
    loose_weights : ndarray, shape (G,)
        Frequency weight of each of them.
    """

    squares: FloatArray
    counts: FloatArray
    products: FloatArray
    loose: FloatArray
    loose_pattern: IntArray
    loose_weights: FloatArray

    @property
    def n_dense(self) -> int:
        """Number of patterns with summed products."""
        return int(self.products.shape[0])

    @property
    def size(self) -> tuple[int, int]:
        """(d, m): rows and columns of every B."""
        return int(self.loose.shape[1]), int(self.loose.shape[2])


def contract(sums: PatternSums, weights: FloatArray) -> FloatArray:
    """Weighted sum of cross-products, ``sum_i B_i' S_k(i) B_i`` for each of J sets of matrices S.

    Parameters
    ----------
    sums : PatternSums
    weights : ndarray, shape (J, K, d, d)

    Returns
    -------
    ndarray, shape (J, m, m)
    """
    n_sets = weights.shape[0]
    d, m = sums.size
    dense = weights[:, : sums.n_dense].reshape(n_sets, -1)
    total = (dense @ sums.products.reshape(-1, m * m)).reshape(n_sets, m, m)
    step = max(1, BLOCK // (n_sets * d * m))
    for start in range(0, len(sums.loose), step):
        block = sums.loose[start : start + step]
        of_person = weights[:, sums.loose_pattern[start : start + step]]
        if d > FEW:
            total += block.reshape(-1, m).T @ (of_person @ block).reshape(n_sets, -1, m)
            continue
        # a handful of tall products is far quicker than one tiny product for each person
        for a, b in np.ndindex(d, d):
            total += block[:, a].T @ (of_person[:, :, a, b, None] * block[:, b])
    return np.asarray(total)


def project(sums: PatternSums, omega: FloatArray) -> FloatArray:
    """Sum over the people of each pattern of ``B_i Omega B_i'``.

    Parameters
    ----------
    sums : PatternSums
    omega : ndarray, shape (m, m)
        Symmetric.

    Returns
    -------
    ndarray, shape (K, d, d)
    """
    d, m = sums.size
    out = np.zeros_like(sums.squares)
    dense = sums.products.reshape(-1, m * m) @ omega.reshape(-1)
    out[: sums.n_dense] = dense.reshape(-1, d, d)
    step = max(1, BLOCK // (d * m))
    for start in range(0, len(sums.loose), step):
        block = sums.loose[start : start + step]
        own = _squared(block, omega)
        pattern = sums.loose_pattern[start : start + step]
        firsts = np.flatnonzero(np.concatenate([[True], pattern[1:] != pattern[:-1]]))
        out[pattern[firsts]] += np.add.reduceat(own, firsts, axis=0)
    return out


def _squared(block: FloatArray, omega: FloatArray) -> FloatArray:
    """``B Omega B'`` of each person, shape (people, d, d)."""
    _, d, m = block.shape
    half = (block.reshape(-1, m) @ omega).reshape(block.shape)
    if d > FEW:
        return np.asarray(half @ block.transpose(0, 2, 1))
    out = np.empty((len(block), d, d))
    for a, b in np.ndindex(d, d):
        out[:, a, b] = np.einsum("gj,gj->g", half[:, a], block[:, b])
    return out


def find_patterns(squares: FloatArray) -> tuple[IntArray, IntArray]:
    """Group equal matrices.

    Parameters
    ----------
    squares : ndarray, shape (G, d, d)

    Returns
    -------
    codes : ndarray of int, shape (G,)
        Pattern of each matrix; patterns are numbered as they come.
    firsts : ndarray of int, shape (K,)
        First matrix of each pattern.

    Examples
    --------
    >>> codes, firsts = find_patterns(np.array([[[2.0]], [[3.0]], [[2.0]]]))
    >>> codes.tolist(), firsts.tolist()
    ([0, 1, 0], [0, 1])
    """
    import pandas as pd

    flat = squares.reshape(len(squares), -1)
    grain = max(float(np.abs(flat).max(initial=0.0)) * SAME_PATTERN, np.finfo(float).tiny)
    # whole multiples of the grain, hashed with odd 64-bit numbers: different matrices do not meet by accident
    multipliers = np.random.default_rng(20240229).integers(2**62, 2**63, flat.shape[1]).astype(np.uint64) | np.uint64(1)
    keys = (np.rint(flat / grain).astype(np.int64).view(np.uint64) * multipliers).sum(axis=1, dtype=np.uint64)
    codes, _ = pd.factorize(keys)
    firsts = _first_of(codes)
    return codes.astype(np.intp), firsts.astype(np.intp)


def _first_of(codes: IntArray) -> IntArray:
    """First position of each code 0 … K−1."""
    firsts = np.empty(int(codes.max(initial=-1)) + 1, dtype=np.intp)
    firsts[codes[::-1]] = np.arange(len(codes))[::-1]
    return firsts


@dataclass(frozen=True, slots=True)
class PatternPlan:
    """Patterns among people, those with many people first.

    Parameters
    ----------
    squares : ndarray, shape (K, d, d)
    counts : ndarray, shape (K,)
        Sums of frequency weights.
    n_dense : int
        How many patterns deserve summed products.
    pattern : ndarray of int, shape (G,)
        Pattern of each person.
    """

    squares: FloatArray
    counts: FloatArray
    n_dense: int
    pattern: IntArray


def plan_patterns(squares: FloatArray, weights: FloatArray, m: int) -> PatternPlan:
    """Find the patterns and decide which get summed products: those where summing saves memory."""
    codes, firsts = find_patterns(squares)
    people = np.bincount(codes, minlength=len(firsts))
    rank = np.argsort(-people, kind="stable")
    new_code = np.empty_like(rank)
    new_code[rank] = np.arange(len(rank))
    pattern = new_code[codes]
    counts = np.bincount(pattern, weights=weights, minlength=len(firsts)).astype(np.float64)
    n_dense = int((people >= squares.shape[1] * m / 2).sum())
    return PatternPlan(squares[firsts[rank]], counts, n_dense, pattern)


def sum_people(plan: PatternPlan, weights: FloatArray, parts: Iterable[tuple[slice, FloatArray]]) -> PatternSums:
    """Sum people by pattern, some at a time.

    Parameters
    ----------
    plan : PatternPlan
    weights : ndarray, shape (G,)
        Frequency weight of each person.
    parts : iterable of (slice, ndarray of shape (people in the slice, d, m))
        B of all people, in their order.

    Returns
    -------
    PatternSums
    """
    products: FloatArray | None = None
    loose: list[FloatArray] = []
    is_loose = plan.pattern >= plan.n_dense
    for people, crosses in parts:
        rooted = crosses * np.sqrt(weights[people])[:, None, None]
        if products is None:
            d, m = crosses.shape[1:]
            products = np.zeros((plan.n_dense, d * m, d * m))
        loose.append(rooted[is_loose[people]])
        _add_products(products, rooted.reshape(len(rooted), -1), plan.pattern[people])
    if products is None:
        raise ValueError("no people to sum")
    order = np.argsort(plan.pattern[is_loose], kind="stable")
    shaped = products.reshape(plan.n_dense, d, m, d, m).transpose(0, 1, 3, 2, 4)
    return PatternSums(
        plan.squares,
        plan.counts,
        np.ascontiguousarray(shaped),
        np.concatenate(loose)[order],
        plan.pattern[is_loose][order],
        weights[is_loose][order],
    )


def _add_products(products: FloatArray, flat: FloatArray, pattern: IntArray) -> None:
    """Add ``vec(B) vec(B)'`` of some people to the products of their dense patterns, in place."""
    order = np.argsort(pattern, kind="stable")
    edges = np.searchsorted(pattern[order], np.arange(len(products) + 1))
    for k in np.flatnonzero(np.diff(edges)):
        rows = flat[order[edges[k] : edges[k + 1]]]
        products[k] += rows.T @ rows


def add_sums(a: PatternSums, b: PatternSums) -> PatternSums:
    """Sums of both parts together; patterns that occur in both become one.

    Parameters
    ----------
    a, b : PatternSums
        With the same d and m, in the same basis.

    Returns
    -------
    PatternSums
    """
    squares = np.concatenate([a.squares, b.squares])
    codes, firsts = find_patterns(squares)
    code_a, code_b = codes[: len(a.counts)], codes[len(a.counts) :]
    has_products = np.zeros(len(firsts), dtype=bool)
    has_products[code_a[: a.n_dense]] = True
    has_products[code_b[: b.n_dense]] = True
    rank = np.argsort(~has_products, kind="stable")
    place = np.empty_like(rank)
    place[rank] = np.arange(len(rank))
    counts = np.bincount(place[codes], weights=np.concatenate([a.counts, b.counts])).astype(np.float64)
    n_dense = int(has_products.sum())
    d, m = a.size
    products = np.zeros((n_dense, d, d, m, m))
    for part, code in ((a, code_a), (b, code_b)):
        np.add.at(products, place[code[: part.n_dense]], part.products)
    pattern = place[np.concatenate([code_a[a.loose_pattern], code_b[b.loose_pattern]])]
    loose = np.concatenate([a.loose, b.loose])
    weights = np.concatenate([a.loose_weights, b.loose_weights])
    mixed = PatternSums(squares[firsts[rank]], counts, products, loose, pattern, weights)
    return _settle(mixed)


def _settle(sums: PatternSums) -> PatternSums:
    """Move loose people into summed products where their pattern has, or now deserves, them."""
    d, m = sums.size
    order = np.argsort(sums.loose_pattern, kind="stable")
    loose, pattern, weights = sums.loose[order], sums.loose_pattern[order], sums.loose_weights[order]
    people = np.bincount(pattern, minlength=len(sums.counts))
    summed = np.arange(len(sums.counts)) < sums.n_dense
    deserve = summed | (people >= d * m / 2)
    rank = np.argsort(~deserve, kind="stable")
    place = np.empty_like(rank)
    place[rank] = np.arange(len(rank))
    products = np.zeros((int(deserve.sum()), d, d, m, m))
    products[place[: sums.n_dense]] = sums.products
    edges = np.searchsorted(pattern, np.arange(len(sums.counts) + 1))
    for k in np.flatnonzero(deserve & (people > 0)):
        rows = loose[edges[k] : edges[k + 1]].reshape(-1, d * m)
        products[place[k]] += (rows.T @ rows).reshape(d, m, d, m).transpose(0, 2, 1, 3)
    stay = ~deserve[pattern]
    new = place[pattern[stay]]
    again = np.argsort(new, kind="stable")
    return PatternSums(
        sums.squares[rank],
        sums.counts[rank],
        products,
        loose[stay][again],
        new[again],
        weights[stay][again],
    )


def rotate_sums(sums: PatternSums, left: FloatArray, right: FloatArray) -> PatternSums:
    """Sums of ``left' B right`` and ``left' A left`` instead of B and A.

    Parameters
    ----------
    sums : PatternSums
    left : ndarray, shape (d, d_new)
        New person-specific columns, ``Z_new = Z left``.
    right : ndarray, shape (m, m_new)
        New population columns and outcome, ``W_new = W right``.

    Returns
    -------
    PatternSums
    """
    products = np.einsum("kabjl,ax,by->kxyjl", sums.products, left, left, optimize=True)
    products = right.T @ products @ right
    return PatternSums(
        left.T @ sums.squares @ left,
        sums.counts,
        np.ascontiguousarray(products),
        left.T @ sums.loose @ right,
        sums.loose_pattern,
        sums.loose_weights,
    )
