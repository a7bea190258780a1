"""Draw the lost values of one column from a model of the others, for all imputations at once.

Each function takes the predictors of every imputation as one array (imputation, person, term), the first
term an intercept, and random numbers that were drawn before, so that a result depends on nothing else.

References
----------
Rubin (1987), Multiple Imputation for Nonresponse in Surveys, ch. 4 and 5 (bootstrap; normal and logistic models).
Clogg, Rubin, Schenker, Schultz & Weidman (1991), Multiple imputation of industry and occupation codes in census
public-use samples using Bayesian logistic regression, JASA 86, 68-78 (priors where answers are rare).
van Buuren & Groothuis-Oudshoorn (2011), mice, Journal of Statistical Software 45(3) (as R's mice does it).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

Floats = NDArray[np.float64]

DONORS = 5
#: Added to the diagonal of a cross-product, relative to it, as in mice: two columns may say the same.
RIDGE = 1e-5
#: A step that moves nobody's log odds by more than this is the last: the error that is left is about its square.
MOST_STEPS, SMALLEST_STEP = 40, 1e-2
#: Standard deviation of the normal prior on slopes of standardised predictors: an odds ratio of 4.5, or a fourth
#: part of it, for one standard deviation.
PRIOR = 1.5
#: The most by which one step may move anybody's log odds, against overshooting.
LONGEST_STEP = 3.0
_LEAST_SHARE = 1e-12


class Noise(NamedTuple):
    """Random numbers of one draw by matching.

    Attributes
    ----------
    normal : ndarray, shape (m, p)
        For the coefficients.
    chi_square : ndarray, shape (m,)
        With as many degrees of freedom as the regression leaves.
    uniform, tie : ndarray, shape (m, k) and (m, n)
        For the lost values, and for the order of equally good donors.
    """

    normal: Floats
    chi_square: Floats
    uniform: Floats
    tie: Floats


class Ordered(NamedTuple):
    """An ordered logit model: thresholds (m, K - 1), linear predictors of the lost (m, k), all parameters."""

    thresholds: Floats
    linear: Floats
    params: Floats


def draw_matches(seen: Floats, y: Floats, lost: Floats, noise: Noise) -> Floats:
    """Draw by predictive mean matching: each lost value is that of one of the five nearest donors.

    Parameters
    ----------
    seen, lost : ndarray, shape (m, n, p) and (m, k, p)
        Predictors of those who answered, and of those who did not.
    y : ndarray, shape (n,)
    noise : Noise

    Returns
    -------
    ndarray, shape (m, k)

    References
    ----------
    Little (1988), Missing-data adjustments in large surveys, JBES 6, 287-296; type 1 matching of van Buuren (2018),
    Flexible Imputation of Missing Data, 2nd ed., section 3.4.
    """
    cross = _with_ridge(np.swapaxes(seen, 1, 2) @ seen)
    right = y @ seen
    inverse = _inverse(cross)
    coefficients = np.einsum("mpq,mq->mp", inverse, right)
    fitted = _predicted(seen, coefficients)
    spread = np.sqrt(((y - fitted) ** 2).sum(axis=1) / noise.chi_square)
    moved = coefficients + spread[:, None] * _turned(inverse, noise.normal)
    return y[_donors(fitted, _predicted(lost, moved), noise)]


def varying(seen: Floats, lost: Floats) -> tuple[Floats, Floats]:
    """Return the predictors with those emptied that do not vary among the seen: they can tell nothing."""
    flat = (seen == seen[:, :1]).all(axis=1)
    flat[:, 0] = False
    if not flat.any():
        return seen, lost
    return np.where(flat[:, None, :], 0.0, seen), np.where(flat[:, None, :], 0.0, lost)


def _with_ridge(cross: Floats) -> Floats:
    """Return cross-products that can be inverted; an emptied column stands alone."""
    diagonal = np.einsum("mpp->mp", cross)
    return cross + np.where(diagonal > 0, RIDGE * diagonal, 1.0)[:, :, None] * np.eye(cross.shape[1])


def _turned(covariance: Floats, normal: Floats) -> Floats:
    """Return normal draws with the given covariance, shape (m, p)."""
    lower = np.linalg.cholesky((covariance + np.swapaxes(covariance, 1, 2)) / 2)
    turned: Floats = np.einsum("mpq,mq->mp", lower, normal)
    return turned


def _inverse(information: Floats) -> Floats:
    return np.asarray(np.linalg.inv(information), dtype=np.float64)


def _donors(fitted: Floats, wanted: Floats, noise: Noise) -> NDArray[np.intp]:
    """Return for each lost value one of the `DONORS` people whose prediction is nearest, shape (m, k)."""
    m, n = fitted.shape
    near = min(DONORS, n)
    order = np.lexsort((noise.tie, fitted), axis=1)
    ranked = np.take_along_axis(fitted, order, axis=1)
    place = np.stack([np.searchsorted(ranked[i], wanted[i]) for i in range(m)])
    width = min(2 * near, n)
    first = np.clip(place - near, 0, n - width)
    window = first[:, :, None] + np.arange(width)
    rows = np.arange(m)[:, None, None]
    distance = np.abs(ranked[rows, window] - wanted[:, :, None])
    nearest = np.argsort(distance, axis=2, kind="stable")[:, :, :near]
    chosen = np.minimum((noise.uniform * near).astype(np.intp), near - 1)
    best = np.take_along_axis(window, np.take_along_axis(nearest, chosen[:, :, None], axis=2), axis=2)[:, :, 0]
    return np.take_along_axis(order, best, axis=1)


def draw_logit(seen: Floats, y: Floats, lost: Floats, weights: Floats, start: Floats) -> tuple[Floats, Floats]:
    """Fit a logit model to each bootstrap sample, and say what it gives for the lost values.

    Slopes have a normal prior (standard deviation `PRIOR`), so that they stay finite where a predictor tells yes
    from no without error; half a person on either side keeps the level finite where nobody, or everybody, said
    yes. A rare answer stays as rare as it was among the seen; of the rows that mice adds, half say yes.

    Parameters
    ----------
    seen, lost, y
        As in `draw_matches`; `y` is 0 or 1.
    weights : ndarray, shape (m, n)
        How often each person was drawn.
    start : ndarray, shape (m, p)
        Where the search begins.

    Returns
    -------
    linear : ndarray, shape (m, k)
        Log odds of every lost value; it is 1 where ``uniform < expit(linear)``.
    coefficients : ndarray, shape (m, p)
        The maximum, for the next search.
    """
    beta, linear = start.copy(), _predicted(seen, start)
    prior = np.full(seen.shape[2], PRIOR**-2)
    prior[0] = 0.0
    across = np.ascontiguousarray(np.swapaxes(seen, 1, 2))
    for _ in range(MOST_STEPS):
        chance, middle = expit(linear), expit(beta[:, 0])
        information = (across * (weights * chance * (1 - chance))[:, None, :]) @ seen + np.diag(prior)
        information[:, 0, 0] += middle * (1 - middle)
        score = (across @ (weights * (y - chance))[:, :, None])[:, :, 0] - prior * beta
        score[:, 0] += 0.5 - middle
        step = np.linalg.solve(information, score[:, :, None])[:, :, 0]
        moves = _predicted(seen, step)
        size, longest = _bounded(np.abs(moves).max(axis=1))
        beta, linear = beta + size * step, linear + size * moves
        if longest < SMALLEST_STEP:
            break
    return _predicted(lost, beta), beta


def _predicted(X: Floats, coefficients: Floats) -> Floats:
    """Return linear predictors, shape (m, n)."""
    return np.asarray((X @ coefficients[:, :, None])[:, :, 0], dtype=np.float64)


def _bounded(longest: Floats) -> tuple[Floats, float]:
    """Return by what a step is shortened in each imputation, (m, 1), and the longest step of all."""
    return np.minimum(1.0, LONGEST_STEP / np.maximum(longest, LONGEST_STEP))[:, None], float(longest.max())


def draw_ordered(seen: Floats, place: NDArray[np.intp], lost: Floats, weights: Floats, start: Floats) -> Ordered:
    """Fit a cumulative logit model to each bootstrap sample, and say what it gives for the lost values.

    Priors as in `draw_logit`; half a person in every category keeps the thresholds finite and apart.

    Parameters
    ----------
    seen, lost, weights
        As in `draw_logit`.
    place : ndarray of int, shape (n,)
        Place of each answer among the K ordered ones.
    start : ndarray, shape (m, K - 1 + p - 1)
        Thresholds and slopes from which the search begins.

    References
    ----------
    McCullagh (1980), Regression models for ordinal data, JRSS B 42, 109-142.
    """
    X, terms = seen[:, :, 1:], seen.shape[2] - 1
    params, cut = start.copy(), start.shape[1] - terms
    prior = np.concatenate([np.zeros(cut), np.full(terms, PRIOR**-2)])
    middle, whole = np.zeros((cut + 1, terms)), np.arange(cut + 1)
    for _ in range(MOST_STEPS):
        found = [
            _ordered_pass(
                np.vstack([X[i], middle]), np.append(place, whole), np.append(weights[i], middle[:, 0] + 0.5), params[i]
            )
            for i in range(len(X))
        ]
        information = np.stack([one for one, _ in found]) + np.diag(prior)
        score = np.stack([one for _, one in found]) - prior * params
        step = np.linalg.solve(information, score[:, :, None])[:, :, 0]
        moves = np.hstack(
            [np.abs(_predicted(X, np.asarray(step[:, cut:], dtype=np.float64))), np.abs(step[:, :cut])]
        ).max(axis=1)
        size, longest = _bounded(moves)
        params = params + size * step
        params[:, :cut] = np.sort(params[:, :cut], axis=1)
        if longest < SMALLEST_STEP:
            break
    return Ordered(params[:, :cut], _predicted(lost[:, :, 1:], params[:, cut:]), params)


def _ordered_pass(X: Floats, place: NDArray[np.intp], weights: Floats, params: Floats) -> tuple[Floats, Floats]:
    """Return expected information (q, q) and score (q,) of thresholds and slopes."""
    cut = len(params) - X.shape[1]
    below = expit(params[:cut] - (X @ params[cut:])[:, None])
    density = below * (1 - below)
    edge = np.zeros((len(X), 1))
    share = np.maximum(np.diff(np.hstack([edge, below, edge + 1]), axis=1), _LEAST_SHARE)
    rise = np.zeros((len(X), cut + 1, cut))
    for c in range(cut):
        rise[:, c, c], rise[:, c + 1, c] = density[:, c], -density[:, c]
    along = -np.diff(np.hstack([edge, density, edge]), axis=1)
    slope = np.concatenate([rise, along[:, :, None] * X[:, None, :]], axis=2)
    scaled = slope * (weights[:, None] / share)[:, :, None]
    flat = slope.reshape(-1, len(params))
    information = flat.T @ scaled.reshape(flat.shape)
    return information, scaled[np.arange(len(X)), place].sum(axis=0)


def ordered_values(drawn: Ordered, uniform: Floats, categories: Floats, shift: float = 0.0) -> Floats:
    """Return the codes drawn, shape (m, k); `shift` is added to the log odds of a higher answer."""
    below = expit(drawn.thresholds[:, None, :] - (drawn.linear + shift)[:, :, None])
    codes: Floats = categories[(uniform[:, :, None] > below).sum(axis=2)]
    return codes
