"""Econometric panel models of one outcome: other assumptions than those of the mixed models, beside them.

Wave is a category in all of them, and a yes-or-no outcome is modelled as a linear probability: its changes are
read in percentage points as they stand. Standard errors are robust and clustered by person.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from mirabal_toolkit.core.data import PERSON, WAVE
from mirabal_toolkit.errors import ModelError
from mirabal_toolkit.models.over_waves import NO_ERROR

Array = NDArray[np.float64]
#: An outcome (n,), its design (n, k), and whose rows they are (n,).
_Regression = tuple[Array, Array, NDArray[np.intp]]
PanelModel = Literal["entity", "random_effects", "first_differences"]

#: Fewest people at a wave for standard errors that are robust and clustered by person.
FEWEST_AT_A_WAVE = 5
_APART = "the waves of this panel cannot be told apart"


@dataclass(frozen=True, slots=True)
class PanelFit:
    """Changes from the first wave by one panel model.

    Parameters
    ----------
    waves : tuple of int
        The later waves, in order.
    estimate, std_error : ndarray, shape (n_later_waves,)
        In the unit of the outcome.
    df : float
        Degrees of freedom of t: people − 1.
    n_obs, n_persons : int
        What the model rests on; people seen once tell nothing about change within a person.
    """

    waves: tuple[int, ...]
    estimate: Array
    std_error: Array
    df: float
    n_obs: int
    n_persons: int

    def interval(self, level: float) -> tuple[Array, Array]:
        """Return the lower and upper ends of t intervals."""
        half = stats.t.ppf((1 + level) / 2, self.df) * self.std_error
        return self.estimate - half, self.estimate + half

    @property
    def p_value(self) -> Array:
        """Two-sided p values of no change."""
        return np.asarray(2 * stats.t.sf(np.abs(self.estimate / self.std_error), self.df))


@dataclass(frozen=True, slots=True)
class WaldTest:
    """A joint test: χ² over its degrees of freedom as F."""

    statistic: float
    df: float
    p_value: float
    n_obs: int
    n_persons: int


def fit_panel_model(model: PanelModel, data: pd.DataFrame) -> PanelFit:
    """Fit one panel model to observed person-waves.

    Parameters
    ----------
    model : str
        ``entity``: a level of its own for every person and an average for every wave (entity and time effects), so
        that only change within a person counts. ``random_effects``: levels drawn from one distribution (Swamy and
        Arora). ``first_differences``: changes between two neighbouring waves, both seen.
    data : DataFrame
        Columns person_id, wave (integer), value (number); one row an observed person-wave.

    Raises
    ------
    ModelError
        If too few people were seen twice, or a wave cannot be compared with the first.

    References
    ----------
    Baltagi (2021), Econometric Analysis of Panel Data, 6th ed., chapters 2, 3 and 9. Arellano (1987), Oxford
    Bulletin of Economics and Statistics 49, 431–434 (standard errors).

    Examples
    --------
    >>> values = [1.0, 3, 2, 5, 0, 1, 3, 5, 4, 6]
    >>> rows = pd.DataFrame({"person_id": list("aabbccddee"), "wave": [1, 2] * 5, "value": values})
    >>> fit_panel_model("entity", rows).estimate.round(3).tolist()
    [2.0]
    """
    if model != "random_effects":
        data = data[data.groupby(PERSON)["value"].transform("size") > 1]
    rows = _layout(data)
    _check(rows)
    y, X, person = _TRANSFORMED[model](rows)
    estimate, covariance = _regress(y, X, person)
    return _panel_fit(rows, estimate, covariance, len(y))


def correlated_effects_test(data: pd.DataFrame) -> WaldTest:
    """Test whether people's own levels go with the waves at which they were seen (a robust Hausman test).

    Person averages of the wave indicators are added to a pooled regression, which then gives the changes of the
    entity-effects model; if they matter, levels and being seen hang together, and the model with entity effects is to
    be preferred to that with random effects. Unlike Hausman's own form it holds where observations of a person are
    dependent, and never turns negative.

    Raises
    ------
    ModelError
        If everybody was seen at the same waves, so that the two models are one.

    References
    ----------
    Mundlak (1978), Econometrica 46, 69–85. Wooldridge (2010), Econometric Analysis of Cross Section and Panel Data,
    2nd ed., section 10.7.3; (2019), Journal of Econometrics 211, 137–150 (unequal numbers of waves).
    """
    rows = _layout(data)
    _check(rows)
    constant = _with_constant(rows.waves)
    averages = rows.averages(rows.waves)[rows.person]
    kept = _independent(constant, averages)
    if not kept:
        raise ModelError("everybody was seen at the same waves: the models with and without own levels are the same")
    estimate, covariance = _regress(rows.value, np.hstack([constant, averages[:, kept]]), rows.person)
    beta, spread = estimate[-len(kept) :], covariance[-len(kept) :, -len(kept) :]
    try:
        wald = float(beta @ np.linalg.solve(spread, beta)) / len(kept)
    except np.linalg.LinAlgError as error:
        raise ModelError(_APART) from error
    p_value = float(stats.f.sf(wald, len(kept), rows.people - 1))
    return WaldTest(wald, float(len(kept)), p_value, len(rows.value), rows.people)


@dataclass(frozen=True, slots=True)
class _Rows:
    """Observed person-waves.

    Parameters
    ----------
    value : ndarray, shape (n,)
    place : ndarray of int, shape (n,)
        Which of the waves each row is of.
    person : ndarray of int, shape (n,)
        Whose it is, counted from 0.
    numbers : tuple of int
        Wave numbers, in order.
    """

    value: Array
    place: NDArray[np.intp]
    person: NDArray[np.intp]
    numbers: tuple[int, ...]

    @property
    def waves(self) -> Array:
        """Indicators of every wave but the first, shape (n, later waves)."""
        return np.asarray(self.place[:, None] == np.arange(1, len(self.numbers)), dtype=np.float64)

    @property
    def people(self) -> int:
        """How many people there are."""
        return int(self.person.max(initial=-1)) + 1

    @property
    def seen(self) -> Array:
        """At how many waves each person was seen, shape (people, 1)."""
        return np.bincount(self.person).astype(np.float64)[:, None]

    def averages(self, columns: Array) -> Array:
        """Return the average of each column in each person, shape (people, columns)."""
        return _sums(columns, self.person) / self.seen


def _layout(data: pd.DataFrame) -> _Rows:
    person = pd.factorize(data[PERSON])[0]
    numbers, place = np.unique(data[WAVE].to_numpy(), return_inverse=True)
    return _Rows(data["value"].to_numpy(dtype=np.float64), place, person, tuple(int(number) for number in numbers))


def _check(rows: _Rows) -> None:
    later = len(rows.numbers) - 1
    if later < 1 or rows.people <= later + 1:
        raise ModelError("too few people were seen twice")
    if np.ptp(rows.value) == 0:
        raise ModelError("the outcome does not vary")
    # Standard errors by person are sums over people: at a wave of one or two of them they are next to nothing.
    if np.bincount(rows.place).min() < FEWEST_AT_A_WAVE:
        raise ModelError("too few people were seen at a wave")


def _with_constant(waves: Array) -> Array:
    return np.hstack([waves, np.ones((len(waves), 1))])


def _sums(columns: Array, person: NDArray[np.intp]) -> Array:
    """Return the sum of each column over the rows of each person, shape (people, columns)."""
    sums = np.zeros((int(person.max()) + 1, columns.shape[1]))
    np.add.at(sums, person, columns)
    return sums


def _within(rows: _Rows) -> _Regression:
    """Return deviations from the averages of each person."""
    both = np.column_stack([rows.value, rows.waves])
    both -= rows.averages(both)[rows.person]
    return both[:, 0], both[:, 1:], rows.person


def _partly_within(rows: _Rows) -> _Regression:
    """Return deviations from a share of the averages of each person: the more, the more people differ."""
    both = np.column_stack([rows.value, _with_constant(rows.waves)])
    both -= (_shares(rows) * rows.averages(both))[rows.person]
    return both[:, 0], both[:, 1:], rows.person


def _shares(rows: _Rows) -> Array:
    """Return the share of her average that is taken from each person's values, shape (people, 1).

    Swamy and Arora's variances; where people were seen at different numbers of waves, with the terms of Baltagi and
    Chang (1994, Journal of Econometrics 62, 67–89), which are plm's too.
    """
    y, X, _ = _within(rows)
    left, rank = _residuals(y, X)
    room = len(y) - rows.people - rank
    levels = rows.averages(np.column_stack([rows.value, _with_constant(rows.waves)]))
    unequal = np.ptp(rows.seen) > 0
    # A person's average weighs as many times as she was seen.
    root = np.sqrt(rows.seen) if unequal else np.ones((1, 1))
    between, rank = _residuals(root[:, 0] * levels[:, 0], root * levels[:, 1:])
    room_between = rows.people - rank
    if min(room, room_between) <= 0:
        raise ModelError(_APART)
    noise = float(left @ left) / room
    if unequal:
        weighted = (rows.seen * levels[:, 1:]).T
        trace = float(np.trace(np.linalg.pinv(weighted @ levels[:, 1:], hermitian=True) @ (weighted @ weighted.T)))
        spread = (float(between @ between) - room_between * noise) / (len(y) - trace)
    else:
        spread = float(between @ between) / room_between - noise / float(rows.seen[0, 0])
    total = rows.seen * max(0.0, spread) + noise
    if not total.all():
        raise ModelError(_APART)
    return 1.0 - np.sqrt(noise / total)


def _residuals(y: Array, X: Array) -> tuple[Array, int]:
    """Return what a regression leaves, and how many coefficients it has."""
    beta, _, rank, _ = np.linalg.lstsq(X, y, rcond=None)
    return np.asarray(y - X @ beta, dtype=np.float64), int(rank)


def _differences(rows: _Rows) -> _Regression:
    """Return changes between two neighbouring waves, of those seen at both."""
    order = np.lexsort((rows.place, rows.person))
    person, place = rows.person[order], rows.place[order]
    both = np.column_stack([rows.value, rows.waves])[order]
    next_to = (np.diff(person) == 0) & (np.diff(place) == 1)
    change = np.diff(both, axis=0)[next_to]
    return change[:, 0], change[:, 1:], pd.factorize(person[1:][next_to])[0]


def _regress(y: Array, X: Array, person: NDArray[np.intp]) -> tuple[Array, Array]:
    """Return least-squares coefficients and their covariance, robust and clustered by person.

    With the small-sample factor of Stata and of plm ("sss"): G / (G - 1) * (n - 1) / (n - k).
    """
    n, k = X.shape
    if n <= k or np.linalg.matrix_rank(X) < k:
        raise ModelError(_APART)
    bread = np.linalg.inv(X.T @ X)
    beta = np.asarray(np.linalg.lstsq(X, y, rcond=None)[0], dtype=np.float64)
    scores = _sums(X * (y - X @ beta)[:, None], person)
    factor = len(scores) / (len(scores) - 1) * (n - 1) / (n - k)
    return beta, np.asarray(factor * bread @ (scores.T @ scores) @ bread, dtype=np.float64)


#: What each model regresses on what: transformed values and waves, and whose rows they are.
_TRANSFORMED: dict[PanelModel, Callable[[_Rows], _Regression]] = {
    "entity": _within,
    "random_effects": _partly_within,
    "first_differences": _differences,
}


def _independent(known: Array, further: Array) -> list[int]:
    """Return the columns of `further` that add something to `known` and to one another."""
    basis = np.linalg.qr(known)[0]
    kept = []
    for place, column in enumerate(further.T):
        rest = column - basis @ (basis.T @ column)
        rest -= basis @ (basis.T @ rest)
        size = float(np.linalg.norm(rest))
        if size > 1e-8 * np.sqrt(len(column)):
            basis = np.column_stack([basis, rest / size])
            kept.append(place)
    return kept


def _panel_fit(rows: _Rows, estimate: Array, covariance: Array, n_obs: int) -> PanelFit:
    later = len(rows.numbers) - 1
    error = np.sqrt(np.diag(covariance)[:later])
    if not (np.isfinite(error).all() and (error > NO_ERROR).all()):
        raise ModelError("the panel model gives no standard errors")
    return PanelFit(
        waves=rows.numbers[1:],
        estimate=estimate[:later],
        std_error=error,
        df=float(rows.people - 1),
        n_obs=n_obs,
        n_persons=rows.people,
    )
