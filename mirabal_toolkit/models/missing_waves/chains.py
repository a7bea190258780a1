"""Multiple imputation by chained equations, all imputations at once.

Each column with gaps is drawn in turn from a model of all others, again and again. The random numbers of an
imputation come from its own stream, spawned from the seed of the plan and the name of the outcome: the numbers
depend neither on how many processes work nor on how many imputations there are beside it.

References
----------
van Buuren & Groothuis-Oudshoorn (2011), mice: multivariate imputation by chained equations in R, Journal of
Statistical Software 45(3).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from mirabal_toolkit.models.missing_waves.draws import (
    Noise,
    draw_logit,
    draw_matches,
    draw_ordered,
    ordered_values,
    varying,
)
from mirabal_toolkit.models.missing_waves.layout import Layout

Floats = NDArray[np.float64]
#: Chains further apart than this go on, at most so many times the planned rounds; then they are flagged.
SETTLED, MOST_TURNS = 1.1, 3
#: Gives the last wave of every imputation, (m, n), had its lost answers been higher by a shift.
Shifted = Callable[[float], Floats]


@dataclass(frozen=True)
class Imputed:
    """Completed tables of one outcome.

    Parameters
    ----------
    values : ndarray, shape (m, n, waves)
    trace : ndarray, shape (iterations, m)
        Mean of what was filled in at the last wave, after every round.
    shifted : callable
        Given a shift (on the log odds for yes-or-no and ordered answers, in the unit of the outcome for
        others), the last wave with the lost answers moved by it, from the same random numbers.
    """

    values: Floats
    trace: Floats
    shifted: Shifted

    @property
    def r_hat(self) -> float:
        """How far the chains lie apart, see `chains_apart`."""
        return chains_apart(self.trace)


def chains_apart(trace: Floats) -> float:
    """Return how far chains lie apart beside how far each moves, near 1 where they have settled.

    Parameters
    ----------
    trace : ndarray, shape (rounds, m)
        The second half is looked at.

    References
    ----------
    Gelman & Rubin (1992), Inference from iterative simulation using multiple sequences, Statistical Science 7,
    457-472.
    """
    late = trace[len(trace) // 2 :]
    rounds = len(late)
    within = late.var(axis=0, ddof=1).mean() if rounds > 1 else 0.0
    between = late.mean(axis=0).var(ddof=1)
    return 1.0 if within <= 0 else float(np.sqrt((rounds - 1) / rounds + between / within))


def seeds_of(seed: int, name: str, imputations: int) -> list[np.random.Generator]:
    """Return one stream of random numbers for each imputation of the outcome `name`."""
    words = np.frombuffer(hashlib.sha256(name.encode()).digest()[:16], dtype="<u4")
    sequence = np.random.SeedSequence([seed, *(int(word) for word in words)])
    return [np.random.default_rng(child) for child in sequence.spawn(imputations)]


def impute(layout: Layout, streams: list[np.random.Generator], iterations: int) -> Imputed:
    """Fill the gaps of a table as many times as there are streams.

    Where the chains have not settled after the planned rounds they go on, up to `MOST_TURNS` times as long.

    Parameters
    ----------
    layout : Layout
        With at least two answers in every column.
    streams : list of Generator
        One an imputation.
    iterations : int
        Rounds through the columns.
    """
    m, gaps = len(streams), np.isnan(layout.values)
    filled = _first_fill(layout.values, streams)
    design = _Design.of(filled, layout.fixed)
    order = _visits(gaps, len(layout.waves))
    starts: dict[int, Floats] = {}
    last, trace = len(layout.waves) - 1, np.zeros((0, m))
    keep = layout.lost[gaps[:, last], last] if gaps[:, last].any() else np.zeros(0, dtype=bool)
    shifted: Shifted = _unmoved(filled, last)
    while len(trace) < iterations * MOST_TURNS and not _settled(trace, iterations):
        for column in order:
            found = _Draw(layout, design, column, gaps[:, column], starts).run(streams)
            filled[:, gaps[:, column], column] = found(0.0)
            design.take(filled[:, :, column], column)
            if column == last:
                shifted = _shifted(filled, gaps[:, last], last, found, layout)
        lost = filled[:, gaps[:, last], last][:, keep]
        trace = np.vstack([trace, lost.mean(axis=1) if lost.shape[1] else np.zeros(m)])
    return Imputed(filled[:, :, : last + 1], trace, shifted)


def _settled(trace: Floats, iterations: int) -> bool:
    """Whether the planned rounds are done (or done again) and the chains lie together."""
    rounds = len(trace)
    return rounds > 0 and rounds % iterations == 0 and chains_apart(trace) < SETTLED


def _first_fill(values: Floats, streams: list[np.random.Generator]) -> Floats:
    """Fill every gap with an answer somebody gave, drawn at random."""
    filled = np.repeat(values[None], len(streams), axis=0)
    for column in range(values.shape[1]):
        gap = np.isnan(values[:, column])
        seen = np.sort(values[~gap, column])
        for chain, stream in zip(filled, streams, strict=True):
            chain[gap, column] = stream.choice(seen, gap.sum())
    return filled


def _visits(gaps: NDArray[np.bool_], waves: int) -> list[int]:
    """Return the columns with gaps, those with fewest first and the last wave at the end."""
    counts = gaps.sum(axis=0)
    return sorted((int(c) for c in np.flatnonzero(counts)), key=lambda c: (c == waves - 1, counts[c], c))


def _unmoved(filled: Floats, last: int) -> Shifted:
    return lambda _shift: filled[:, :, last]


def _shifted(
    filled: Floats, gap: NDArray[np.bool_], last: int, found: Callable[[float], Floats], layout: Layout
) -> Shifted:
    """Return the last wave with what was lost there moved; within what the outcome can be."""

    def moved(shift: float) -> Floats:
        values = filled[:, :, last].copy()
        values[:, gap] = np.clip(found(shift), *layout.limits)
        return values

    return moved


@dataclass(frozen=True, slots=True)
class _Design:
    """What predicts: an intercept, all columns and the fixed ones, standardised; shape (m, n, 1 + c + q)."""

    terms: Floats

    @classmethod
    def of(cls, filled: Floats, fixed: Floats) -> _Design:
        """Lay out tables that are filled for the first time, (m, n, c), and the columns without gaps, (n, q)."""
        m, n, columns = filled.shape
        beside = np.broadcast_to(fixed, (m, n, fixed.shape[1]))
        design = cls(np.concatenate([np.ones((m, n, 1)), filled, beside], axis=2))
        for column in range(columns):
            design.take(filled[:, :, column], column)
        return design

    def take(self, values: Floats, column: int) -> None:
        """Take in the values, (m, n), of a column that was drawn; the others are as they were."""
        centred = values - _mean(values)
        spread = np.sqrt(_mean(centred**2))
        self.terms[:, :, 1 + column] = centred / (spread if spread > 0 else 1.0)

    def without(self, column: int, most: int) -> Floats:
        """Return what predicts a column: the first `most` of the others, the waves before what helps."""
        return np.delete(self.terms, 1 + column, axis=2)[:, :, :most]


def _mean(values: Floats) -> float:
    """Return the mean, values added in their order: donors are often equally good, and rounding chooses among them."""
    return float(np.cumsum(values)[-1] / values.size)


@dataclass(frozen=True)
class _Draw:
    """One column about to be drawn."""

    layout: Layout
    design: _Design
    column: int
    gap: NDArray[np.bool_]
    starts: dict[int, Floats]

    def run(self, streams: list[np.random.Generator]) -> Callable[[float], Floats]:
        """Draw the gaps of the column; the function returned moves the draws by a shift."""
        y = self.layout.values[~self.gap, self.column]
        kind, people = self.layout.kinds[self.column], len(y)
        # Where few answered, the waves come first: they tell most.
        X = self.design.without(self.column, max(2, people - 2))
        seen, lost = varying(X[:, ~self.gap], X[:, self.gap])
        uniform = np.stack([stream.random(lost.shape[1]) for stream in streams])
        if kind == "score":
            values = draw_matches(seen, y, lost, _matching_noise(streams, seen, uniform))
            return lambda shift: values + shift
        chances = np.full(people, 1 / people)
        weights = np.stack([stream.multinomial(people, chances) for stream in streams]).astype(float)
        if kind == "binary":
            start = self.starts.get(self.column, np.zeros((len(seen), seen.shape[2])))
            linear, self.starts[self.column] = draw_logit(seen, y, lost, weights, start)
            return lambda shift: (uniform < expit(linear + shift)).astype(float)
        categories, place = np.unique(y, return_inverse=True)
        if len(categories) == 1:
            return lambda _shift: np.full(uniform.shape, categories[0])
        start = self.starts.get(self.column, _ordered_start(place, seen))
        drawn = draw_ordered(seen, place, lost, weights, start)
        self.starts[self.column] = drawn.params
        return lambda shift: ordered_values(drawn, uniform, categories, shift)


def _matching_noise(streams: list[np.random.Generator], seen: Floats, uniform: Floats) -> Noise:
    people, terms = seen.shape[1:]
    return Noise(
        np.stack([stream.standard_normal(terms) for stream in streams]),
        np.array([stream.chisquare(max(people - terms, 1)) for stream in streams]),
        uniform,
        np.stack([stream.random(people) for stream in streams]),
    )


def _ordered_start(place: NDArray[np.intp], seen: Floats) -> Floats:
    """Return thresholds at the shares met, and no slopes; shape (m, K - 1 + p - 1)."""
    shares = np.cumsum(np.bincount(place))[:-1] / len(place)
    at = np.concatenate([logit(shares), np.zeros(seen.shape[2] - 1)])
    return np.tile(at, (len(seen), 1))
