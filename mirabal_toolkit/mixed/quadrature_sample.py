"""A systematic sample of the persons of a layout: with many people the search begins on a tenth of them."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby

import numpy as np

from mirabal_toolkit.mixed.families import FloatArray
from mirabal_toolkit.mixed.quadrature_groups import BLOCK_NUMBERS, Block, IntArray, Layout


def sample_layout(layout: Layout, every: int, n_nodes: int) -> Layout:
    """Keep every so-manieth distinct person, with their counts.

    Parameters
    ----------
    layout : Layout
    every : int
    n_nodes : int
        Nodes at which each row will be evaluated; decides the size of blocks.

    Returns
    -------
    Layout
        `group_position` is that of the kept persons in the sample, one entry each.
    """
    blocks: list[Block] = []
    picked: list[IntArray] = []
    start = 0
    for n_slots, same in groupby(layout.blocks, key=lambda block: block.shape[0]):
        joined, rows = _join(list(same), every)
        largest = max(1, BLOCK_NUMBERS // (n_nodes * n_slots))
        for part in np.array_split(np.arange(joined.shape[1]), -(-joined.shape[1] // largest)):
            piece = _columns(joined, part, start)
            start = piece.stop
            blocks.append(piece)
            picked.append(rows[:, part].ravel())
    source = np.concatenate(picked)
    n_kept = sum(block.shape[1] for block in blocks)
    return Layout(
        X=layout.X[source],
        offset=layout.offset[source],
        y=layout.y[source],
        weight=layout.weight[source],
        blocks=tuple(blocks),
        group_position=np.arange(n_kept),
        n_groups=n_kept,
    )


def _join(blocks: list[Block], every: int) -> tuple[Block, IntArray]:
    """Sampled columns of blocks of equal slots as one block, and their rows in the layout."""
    columns = [np.arange(0, block.shape[1], every) for block in blocks]
    rows = [
        block.start + np.arange(block.shape[0])[:, None] * block.shape[1] + own
        for block, own in zip(blocks, columns, strict=True)
    ]
    first = blocks[0]
    short = all(block.Z.shape == (1, 1, 1) for block in blocks)
    Z = first.Z if short else np.concatenate([b.Z[:, :, own] for b, own in zip(blocks, columns, strict=True)], axis=2)
    weights = [b.weight[:, own] for b, own in zip(blocks, columns, strict=True) if b.weight is not None]
    joined = Block(
        start=0,
        stop=0,
        y=np.hstack([b.y[:, own] for b, own in zip(blocks, columns, strict=True)]),
        weight=np.hstack(weights) if weights else None,
        Z=Z,
        counts=np.concatenate([b.counts[own] for b, own in zip(blocks, columns, strict=True)]),
    )
    return joined, np.hstack(rows)


def _columns(block: Block, part: IntArray, start: int) -> Block:
    y = block.y[:, part]
    return replace(
        block,
        start=start,
        stop=start + y.size,
        y=y,
        weight=None if block.weight is None else block.weight[:, part],
        Z=_person_columns(block.Z, part),
        counts=block.counts[part],
    )


def _person_columns(Z: FloatArray, part: IntArray) -> FloatArray:
    return Z if Z.shape == (1, 1, 1) else Z[:, :, part]
