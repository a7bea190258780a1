"""The scoring rules, on arrays: rows are person-waves, columns the items of one outcome."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mirabal_toolkit.core.instrument import Estimand

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

#: 0.7 × 10 items is 7.000000000000001 in some orders of arithmetic; seven answers must be enough.
_SLACK = 1e-9


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers to the items of one outcome, and who was meant to give them.

    Parameters
    ----------
    values : ndarray, shape (n_rows, n_items)
        Codes; NaN where there is no answer.
    no_contact, routed : ndarray of bool, same shape
        Cells not asked because there was no contact; cells rightly not asked for any reason,
        those without contact included.
    """

    values: Array
    no_contact: Mask
    routed: Mask

    def columns(self, places: list[int]) -> Answers:
        """Return the answers to some of the items."""
        return Answers(self.values[:, places], self.no_contact[:, places], self.routed[:, places])


@dataclass(frozen=True, slots=True)
class Counted:
    """Answers as an estimand counts them.

    Parameters
    ----------
    values : ndarray, shape (n_rows, n_items)
        NaN where nothing counts as answered.
    applicable : ndarray of bool, same shape
        Cells that had to be answered.
    """

    values: Array
    applicable: Mask


def counted(answers: Answers, estimand: Estimand, zero: float | None) -> Counted:
    """Return the answers as an estimand counts them.

    Under ``experienced`` an act that needs his presence and was not asked for want of contact did
    not happen: it counts as answered, with `zero`. Under the other estimands it does not apply.

    Parameters
    ----------
    answers : Answers
    estimand : str
        See `mirabal_toolkit.core.instrument.Estimand`.
    zero : float or None
        What no contact stands for under ``experienced``; None: it never stands for anything.

    Examples
    --------
    >>> no_contact = np.array([[False, True]])
    >>> seen = Answers(np.array([[2.0, np.nan]]), no_contact, no_contact)
    >>> counted(seen, "experienced", 0.0).values.tolist()
    [[2.0, 0.0]]
    >>> counted(seen, "while_in_contact", 0.0).applicable.tolist()
    [[True, False]]
    """
    if estimand == "experienced" and zero is not None:
        return Counted(np.where(answers.no_contact, zero, answers.values), ~answers.routed | answers.no_contact)
    return Counted(answers.values, ~answers.routed | ~np.isnan(answers.values))


def enough_answered(cells: Counted, share: float) -> Mask:
    """Rows in which at least `share` (0–1) of the applicable items is answered, and one at least is applicable."""
    answered = (~np.isnan(cells.values)).sum(axis=1)
    applicable = cells.applicable.sum(axis=1)
    enough: Mask = (applicable > 0) & (answered >= share * applicable - _SLACK)
    return enough


def any_above(cells: Counted, minimum: float, share: float) -> Array:
    """1 if any answer lies above `minimum`; 0 if none does and enough is answered; else NaN.

    One report is enough for yes, whatever else was left out; "no" must be said often enough.
    """
    above = (cells.values > minimum).any(axis=1)
    return np.where(above, 1.0, np.where(enough_answered(cells, share), 0.0, np.nan))


def variety(cells: Counted, minimum: float, share: float) -> Array:
    """Number of items above `minimum`, where enough is answered; else NaN."""
    above = (cells.values > minimum).sum(axis=1).astype(float)
    return np.where(enough_answered(cells, share), above, np.nan)


def mean_score(
    cells: Counted, minimum: float, maximum: float, share: float, score_range: tuple[float, float] = (0.0, 100.0)
) -> Array:
    """``low + (high - low) * (mean - minimum) / (maximum - minimum)`` of the answered items, where enough is answered.

    `low` and `high` are the `score_range`; NaN where not enough is answered.
    """
    answered = ~np.isnan(cells.values)
    count = answered.sum(axis=1)
    total = np.where(answered, cells.values, 0.0).sum(axis=1)
    mean = total / np.maximum(count, 1)
    low, high = score_range
    score = low + (high - low) * (mean - minimum) / (maximum - minimum)
    return np.where(enough_answered(cells, share) & (count > 0), score, np.nan)


def reaches(scores: Array, threshold: float) -> Array:
    """1 where the score is `threshold` or more, 0 where it is less, NaN without a score.

    Examples
    --------
    >>> reaches(np.array([6.0, 5.0, np.nan]), 6.0)
    array([ 1.,  0., nan])
    """
    return np.where(np.isnan(scores), np.nan, (scores >= threshold - _SLACK).astype(float))


def in_category(values: Array, codes: list[float]) -> Array:
    """1 if the answer is one of `codes`, 0 if it is another, NaN without an answer; shape (n_rows,)."""
    return np.where(np.isnan(values), np.nan, np.isin(values, codes).astype(float))
