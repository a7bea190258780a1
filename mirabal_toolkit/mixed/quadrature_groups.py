"""Rows of persons laid out for fast sums: persons of equal size side by side, identical persons once.

A sum over the rows of a person is the innermost operation of every mixed model with quadrature. Persons are
therefore sorted by their number of rows and stored *slot-major*: a block of G persons with n rows each is an
(n, G) array, and the sum over a person's rows is a sum over its first axis, which the processor does for many
persons at once.

Persons whose rows are identical (same design, same answers) have the same likelihood. They are kept once with
a count. With waves and covariates that are categories, a million people become a few thousand patterns.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mirabal_toolkit.mixed.families import FloatArray

IntArray = NDArray[np.intp]

#: Up to here each number of rows has its own blocks; above, sizes are rounded up and padded with rows of weight 0.
LARGEST_EXACT_SIZE = 12
#: Numbers held at once at all nodes of a block: small enough for the processor's cache.
BLOCK_NUMBERS = 60_000
#: Below this share of persons who could have a twin, looking for twins costs more than it saves.
SMALLEST_TWIN_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class GroupedRows:
    """The data of a mixed model as plain arrays, one entry a row, in any order.

    Parameters
    ----------
    X : array, shape (n_rows, p)
        Design of the population terms.
    Z : array, shape (n_rows, q)
        Design of the person-specific terms.
    y, offset, weight : array, shape (n_rows,)
        Answers, known part of the linear predictor, frequency weights (a row of weight 3 stands for three
        identical rows of the same person).
    codes : array of int, shape (n_rows,)
        Person of each row, 0 ... n_groups - 1, each number used.
    """

    X: FloatArray
    Z: FloatArray
    y: FloatArray
    offset: FloatArray
    weight: FloatArray
    codes: IntArray


@dataclass(frozen=True, slots=True)
class Block:
    """Persons with the same number of rows; arrays have the slot first and the person last.

    Parameters
    ----------
    start, stop : int
        Rows of the layout this block covers; ``stop - start == n_slots * n_groups``.
    y : array, shape (n_slots, n_groups)
    weight : array, shape (n_slots, n_groups), or None
        None when every weight is 1.
    Z : array, shape (q, n_slots, n_groups) or (q, 1, 1)
        The short form when the only person-specific term is the intercept.
    counts : array, shape (n_groups,)
        How many persons each column stands for.
    """

    start: int
    stop: int
    y: FloatArray
    weight: FloatArray | None
    Z: FloatArray
    counts: FloatArray

    @property
    def shape(self) -> tuple[int, int]:
        """Slots and persons."""
        n_slots, n_groups = self.y.shape
        return n_slots, n_groups


@dataclass(frozen=True, slots=True)
class Layout:
    """All blocks, with the arrays that are multiplied over all rows at once.

    Parameters
    ----------
    X : array, shape (n_kept, p)
    offset, y, weight : array, shape (n_kept,)
        `weight` includes the count of the person and is 0 for padding.
    blocks : tuple of Block
    group_position : array of int, shape (n_groups,)
        Column, counted through all blocks, at which each person of the data is kept.
    n_groups : int
        Persons in the data, before identical ones were joined.
    """

    X: FloatArray
    offset: FloatArray
    y: FloatArray
    weight: FloatArray
    blocks: tuple[Block, ...]
    group_position: IntArray
    n_groups: int

    @property
    def n_kept(self) -> int:
        """Distinct persons."""
        return sum(block.shape[1] for block in self.blocks)


def _hash_rows(rows: GroupedRows) -> NDArray[np.uint64]:
    """Mix every row into 64 bits, column by column so that no copy of the design is made."""
    generator = np.random.default_rng(0)
    columns = [*rows.X.T, *rows.Z.T, rows.y, rows.offset, rows.weight]
    mixed = np.zeros(len(rows.y), dtype=np.uint64)
    for column in columns:
        # adding 0.0 turns -0.0 into 0.0, which is the same number with other bits
        bits = (np.ascontiguousarray(column) + 0.0).view(np.uint64)
        odd = np.uint64(int(generator.integers(1, 2**62)) * 2 + 1)
        mixed = (mixed ^ bits) * odd
        mixed ^= mixed >> np.uint64(29)
    return mixed


def _same_rows(rows: GroupedRows, twin: IntArray) -> bool:
    """Whether each row equals the row it is taken for: hashes can collide, numbers cannot."""
    columns = [*rows.X.T, *rows.Z.T, rows.y, rows.offset, rows.weight]
    return all(bool(np.array_equal(column, column[twin])) for column in columns)


def _hash_people(row_id: IntArray, starts: IntArray, sizes: IntArray) -> NDArray[np.uint64]:
    """Add up a random number for each row, so that the order of a person's rows does not matter."""
    scrambled = np.random.default_rng(1).integers(1, 2**63, size=int(row_id.max()) + 1, dtype=np.uint64)
    return np.asarray(np.add.reduceat(scrambled[row_id], starts) + sizes.astype(np.uint64))


def _find_twins(rows: GroupedRows, order: IntArray, starts: IntArray, sizes: IntArray) -> tuple[IntArray, IntArray]:
    """Which persons to keep, and which kept person stands for each.

    `order` sorts rows by person; it is sorted further, in place, so that equal persons have their rows in
    equal order.
    """
    everyone = np.arange(len(sizes), dtype=np.intp)
    _, first_row, row_id, seen = np.unique(_hash_rows(rows), return_index=True, return_inverse=True, return_counts=True)
    only_seen_once = np.add.reduceat((seen[row_id] == 1)[order].astype(np.intp), starts)
    if np.mean(only_seen_once == 0) < SMALLEST_TWIN_SHARE or not _same_rows(rows, first_row[row_id]):
        return everyone, everyone
    key = rows.codes.astype(np.int64) * len(seen) + row_id
    order[:] = np.argsort(key, kind="stable")
    sorted_id = row_id[order]
    _, kept, stands_for = np.unique(_hash_people(sorted_id, starts, sizes), return_index=True, return_inverse=True)
    twin = kept[stands_for]
    place = np.arange(len(order)) - np.repeat(starts, sizes)
    twin_rows = np.minimum(np.repeat(starts[twin], sizes) + place, len(order) - 1)
    if not (np.array_equal(sizes, sizes[twin]) and np.array_equal(sorted_id, sorted_id[twin_rows])):
        return everyone, everyone
    return kept, stands_for


def _slots_for(sizes: IntArray) -> IntArray:
    """Round large sizes up by at most an eighth, so that few distinct sizes remain."""
    grain = 2 ** np.maximum(np.floor(np.log2(np.maximum(sizes, 1))).astype(np.intp) - 3, 0)
    rounded = -(-sizes // grain) * grain
    return np.where(sizes <= LARGEST_EXACT_SIZE, sizes, rounded).astype(np.intp)


def _share_small_sizes(slots: IntArray, n_nodes: int) -> IntArray:
    """Pad small classes of sizes up to the next larger one while all fit into one block.

    A block costs a hundred calls whatever its size; with few people those calls are all the time there is.
    """
    shared, sizes = slots.copy(), np.unique(slots)[::-1]
    target, members = int(sizes[0]), 0
    for size in sizes:
        own = int(np.count_nonzero(slots == size))
        if (members + own) * target * n_nodes > BLOCK_NUMBERS:
            target, members = int(size), 0
        members += own
        shared[slots == size] = target
    return shared


def _plan_blocks(slots: IntArray, n_nodes: int) -> list[tuple[int, IntArray]]:
    """Split kept persons into blocks of equal slots, each small enough for the cache."""
    plan: list[tuple[int, IntArray]] = []
    for n_slots in np.unique(slots):
        members = np.flatnonzero(slots == n_slots)
        per_block = max(1, BLOCK_NUMBERS // (n_nodes * int(n_slots)))
        n_parts = -(-len(members) // per_block)
        plan.extend((int(n_slots), part) for part in np.array_split(members, n_parts))
    return plan


def _row_table(n_slots: int, starts: IntArray, sizes: IntArray) -> IntArray:
    """Row of each slot of each person, shape (n_slots, n_groups); -1 where the person has fewer rows."""
    slot = np.arange(n_slots, dtype=np.intp)[:, None]
    return np.where(slot < sizes[None, :], starts[None, :] + slot, -1)


def lay_out(rows: GroupedRows, n_nodes: int, *, join_twins: bool = True) -> Layout:
    """Sort rows into blocks and join identical persons.

    Parameters
    ----------
    rows : GroupedRows
    n_nodes : int
        Nodes at which each row will be evaluated; decides the size of blocks.
    join_twins : bool
        Keep identical persons once, with a count.

    Returns
    -------
    Layout

    Examples
    --------
    >>> one = np.ones(4)
    >>> y, codes = np.array([0.0, 1.0, 1.0, 0.0]), np.array([0, 0, 1, 1])
    >>> rows = GroupedRows(one[:, None], one[:, None], y, 0 * one, one, codes)
    >>> layout = lay_out(rows, n_nodes=9)
    >>> layout.n_groups, layout.n_kept, layout.blocks[0].counts
    (2, 1, array([2.]))
    """
    sizes = np.bincount(rows.codes).astype(np.intp)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.intp)
    order = np.argsort(rows.codes, kind="stable").astype(np.intp)
    everyone = np.arange(len(sizes), dtype=np.intp)
    kept, stands_for = _find_twins(rows, order, starts, sizes) if join_twins else (everyone, everyone)
    counts = np.bincount(stands_for, minlength=len(kept)).astype(np.float64)
    plan = _plan_blocks(_share_small_sizes(_slots_for(sizes[kept]), n_nodes), n_nodes)
    position = np.empty(len(kept), dtype=np.intp)
    position[np.concatenate([part for _, part in plan])] = np.arange(len(kept))
    shapes = [(n_slots, len(part)) for n_slots, part in plan]
    tables = (_row_table(n_slots, starts[kept[part]], sizes[kept[part]]).ravel() for n_slots, part in plan)
    source = np.concatenate(list(tables))
    padding = np.flatnonzero(source < 0)
    source[padding] = 0
    source = order[source]
    return _assemble(rows, (source, padding), shapes, [counts[part] for _, part in plan], position[stands_for])


def _assemble(
    rows: GroupedRows,
    source: tuple[IntArray, IntArray],
    shapes: list[tuple[int, int]],
    counts: list[FloatArray],
    position: IntArray,
) -> Layout:
    """Take rows from the data: `source` holds the row of each entry, and which entries are padding."""
    entries, padding = source
    y = rows.y[entries]
    weight = rows.weight[entries]
    weight[padding] = 0.0
    plain = bool(np.all(weight == 1.0))
    only_intercept = bool(rows.Z.shape[1] == 1 and np.all(rows.Z == 1.0))
    Z = np.ones((1, 1)) if only_intercept else np.ascontiguousarray(rows.Z[entries].T)
    blocks, total_weight, start = [], weight if plain else np.empty_like(weight), 0
    for shape, count in zip(shapes, counts, strict=True):
        stop = start + shape[0] * shape[1]
        z = np.ones((1, 1, 1)) if only_intercept else Z[:, start:stop].reshape(-1, *shape)
        own = None if plain else weight[start:stop].reshape(shape)
        total_weight[start:stop].reshape(shape)[:] = count if own is None else own * count
        blocks.append(Block(start, stop, y[start:stop].reshape(shape), own, z, count))
        start = stop
    offset = rows.offset[entries] if rows.offset.any() else np.broadcast_to(0.0, len(entries))
    return Layout(rows.X[entries], offset, y, total_weight, tuple(blocks), position, len(position))
