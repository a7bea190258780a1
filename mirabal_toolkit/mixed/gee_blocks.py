"""People grouped into blocks of equal shape, so that one array operation serves thousands of them.

Generalized estimating equations need, for every person, products of a small design matrix with a
small inverse correlation matrix. People who were seen at the same number of waves (or, where the
working correlation asks for it, at the same waves) share that correlation matrix; they are stacked
into one array with the wave as the first axis. People whose design and answers are identical are
kept once, with a count.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

MAX_LEVELS = 62
"""Distinct waves that still fit in one 64-bit mask; beyond that times are treated as real numbers."""

_CHUNK_BYTES = 2**21
"""Working size of one chunk: small enough to stay in the processor's cache."""

_COLLAPSE_BELOW = 0.5
"""Identical people are collapsed when fewer than this share of them is distinct."""


class Observations(NamedTuple):
    """The rows of a fit as plain arrays, in any order.

    Attributes
    ----------
    X : ndarray, shape (N, p)
    y : ndarray, shape (N,)
    person : ndarray of int, shape (N,)
        Code of the person, 0 .. K-1, every code used.
    level : ndarray of int, shape (N,) or None
        Code of the wave, 0 .. T-1, in time order; None when the working correlation needs no time.
    time : ndarray, shape (N,) or None
        The time itself, in any unit.
    weight : ndarray, shape (N,) or None
        Weight of the person-wave.
    offset : ndarray, shape (N,) or None
        Added to the linear predictor.
    """

    X: Floats
    y: Floats
    person: Integers
    level: Integers | None = None
    time: Floats | None = None
    weight: Floats | None = None
    offset: Floats | None = None


@dataclass(frozen=True, slots=True)
class ClusterBlock:
    """People of equal shape, the wave as the first axis.

    Attributes
    ----------
    X : ndarray, shape (m, n, p)
        Row j of person i is ``X[j, i]``.
    y : ndarray, shape (m, n)
    counts : ndarray, shape (n,)
        How many identical people each stands for.
    first : ndarray of int, shape (n,)
        Code of the (first) person each stands for.
    weight : ndarray, shape (m, n) or None
    levels : ndarray of int, shape (m,) or None
        The waves, when all people of the block share them.
    times : ndarray, shape (m, n) or None
        The times, when they differ from person to person.
    offset : ndarray, shape (m, n) or None
    """

    X: Floats
    y: Floats
    counts: Floats
    first: Integers
    weight: Floats | None = None
    levels: Integers | None = None
    times: Floats | None = None
    offset: Floats | None = None

    def eta(self, params: Floats) -> Floats:
        """Linear predictor of every row, shape (m, n)."""
        plain = self.X @ params
        return plain if self.offset is None else plain + self.offset

    def chunks(self) -> Iterator[ClusterBlock]:
        """Yield the block in pieces that fit the processor's cache."""
        m, n, p = self.X.shape
        step = max(1, _CHUNK_BYTES // (8 * m * (p + 1)))
        if step >= n:
            yield self
            return
        for start in range(0, n, step):
            part = slice(start, start + step)
            yield ClusterBlock(
                X=self.X[:, part],
                y=self.y[:, part],
                counts=self.counts[part],
                first=self.first[part],
                weight=None if self.weight is None else self.weight[:, part],
                levels=self.levels,
                times=None if self.times is None else self.times[:, part],
                offset=None if self.offset is None else self.offset[:, part],
            )


def build_blocks(rows: Observations, *, collapse: bool = True) -> tuple[ClusterBlock, ...]:
    """Group people into blocks of equal shape.

    Parameters
    ----------
    rows : Observations
        With ``level`` given, people share a block when they were seen at the same waves; with only
        ``time`` given, or neither, when they have the same number of rows.
    collapse : bool
        Keep identical people once, with a count, where that saves work.

    Returns
    -------
    tuple of ClusterBlock
        Ordered by number of rows, then by waves.

    Examples
    --------
    >>> rows = Observations(X=np.ones((3, 1)), y=np.array([0.0, 1.0, 1.0]), person=np.array([0, 0, 1]))
    >>> [block.X.shape for block in build_blocks(rows)]
    [(1, 1, 1), (2, 1, 1)]
    """
    order = _person_then_time(rows)
    sizes = np.bincount(rows.person)
    starts = np.concatenate(([0], np.cumsum(sizes)[:-1]))
    hashes = _row_hashes(rows) if collapse else None
    blocks = []
    for people in _people_of_equal_shape(rows, order, starts, sizes):
        size = int(sizes[people[0]])
        index = order[starts[people][None, :] + np.arange(size)[:, None]]
        counts, kept = _identical_people(index, hashes)
        block = _gather(rows, index[:, kept], counts, people[kept])
        if hashes is not None and len(kept) < len(people) and not _same_rows(rows, index, hashes, kept):
            block = _gather(rows, index, np.ones(len(people)), people)
        blocks.append(block)
    return tuple(blocks)


def _person_then_time(rows: Observations) -> Integers:
    """Row order by person, and by time within the person."""
    key = rows.level if rows.level is not None else rows.time
    if key is None:
        return np.argsort(rows.person, kind="stable")
    return np.lexsort((key, rows.person))


def _people_of_equal_shape(rows: Observations, order: Integers, starts: Integers, sizes: Integers) -> list[Integers]:
    """Person codes, one array for each shape."""
    if rows.level is not None:
        bits = np.left_shift(np.int64(1), rows.level[order])
        masks = np.bitwise_or.reduceat(bits, starts)
        keys = np.lexsort((masks, sizes))
        changes = (np.diff(masks[keys]) != 0) | (np.diff(sizes[keys]) != 0)
    else:
        keys = np.argsort(sizes, kind="stable")
        changes = np.diff(sizes[keys]) != 0
    return np.split(keys, np.flatnonzero(changes) + 1)


def _mix(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Scramble 64-bit integers (the finaliser of SplitMix64: Steele, Lea & Flood 2014)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def _row_hashes(rows: Observations) -> NDArray[np.uint64]:
    """One 64-bit hash for everything a row brings to the estimating equations."""
    total = np.zeros(len(rows.y), dtype=np.uint64)
    extra = [column for column in (rows.level, *_extras(rows)) if column is not None]
    for column in (rows.y, *rows.X.T, *extra):
        # Adding 0.0 turns -0.0 into 0.0, which compares equal but has other bits.
        bits = (np.asarray(column, dtype=np.float64) + 0.0).view(np.uint64)
        total = _mix(total + bits + np.uint64(0x9E3779B97F4A7C15))
    return total


def _identical_people(index: Integers, hashes: NDArray[np.uint64] | None) -> tuple[Floats, Integers]:
    """Counts and positions of distinct people; every person when too few are alike to pay."""
    n = index.shape[1]
    everyone = np.ones(n), np.arange(n)
    if hashes is None or n < 2:
        return everyone
    _, kept, counts = np.unique(_person_hashes(index, hashes), return_index=True, return_counts=True)
    if len(kept) > _COLLAPSE_BELOW * n:
        return everyone
    return counts.astype(np.float64), kept


def _person_hashes(index: Integers, hashes: NDArray[np.uint64]) -> NDArray[np.uint64]:
    total = np.zeros(index.shape[1], dtype=np.uint64)
    for row in index:
        total = _mix(total + hashes[row] + np.uint64(0x9E3779B97F4A7C15))
    return total


def _same_rows(rows: Observations, index: Integers, hashes: NDArray[np.uint64], kept: Integers) -> bool:
    """Whether people with equal hashes are equal indeed (hashes can collide, once in a great while)."""
    _, inverse = np.unique(_person_hashes(index, hashes), return_inverse=True)
    stand_in = index[:, kept[inverse]]
    columns = [rows.y, *rows.X.T, *_extras(rows)]
    return all(np.array_equal(column[index], column[stand_in]) for column in columns)


def _extras(rows: Observations) -> list[Floats]:
    return [column for column in (rows.time, rows.weight, rows.offset) if column is not None]


def _gather(rows: Observations, index: Integers, counts: Floats, first: Integers) -> ClusterBlock:
    # Column by column: designs come column-major, and a row-major copy would double the memory.
    X = np.empty((*index.shape, rows.X.shape[1]))
    for k, column in enumerate(rows.X.T):
        X[:, :, k] = column[index]
    return ClusterBlock(
        X=X,
        y=rows.y[index],
        counts=counts,
        first=first,
        weight=None if rows.weight is None else rows.weight[index],
        levels=None if rows.level is None else rows.level[index[:, 0]],
        times=None if rows.time is None or rows.level is not None else rows.time[index],
        offset=None if rows.offset is None else rows.offset[index],
    )
