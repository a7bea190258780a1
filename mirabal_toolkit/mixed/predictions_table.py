"""Predicted percentages, means and counts per wave, standardised over the people of the fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args

import numpy as np
import pandas as pd
from scipy import stats
from scipy.special import expit, logit, ndtri
from scipy.stats import qmc

from mirabal_toolkit.errors import UsageError
from mirabal_toolkit.mixed.predictions_cells import Grid, Over, build_grid
from mirabal_toolkit.mixed.predictions_engines import Bounds, Engine, Scale, Target, engine_of
from mirabal_toolkit.mixed.results import t_quantile

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mirabal_toolkit.mixed.results import Fit

    Floats = NDArray[np.float64]

Interval = Literal["delta", "simulation"]

COLUMNS = (
    "term",
    "estimate",
    "std_error",
    "statistic",
    "df",
    "p_value",
    "p_adjusted",
    "conf_low",
    "conf_high",
    "n_obs",
    "n_persons",
)

SIMULATIONS = 4096
_SEED = 20240229
_EDGE = 1e-12
"""Averages of a probability this near 0 or 1 have no logit; their interval is left on the plain scale."""


class Averages(NamedTuple):
    """Average predictions of all cells with what inference needs.

    Attributes
    ----------
    grid : Grid
    engine : Engine
    labels : tuple of str
        One for each average: the cell, and the answer category of an ordinal outcome.
    values : ndarray, shape (a,)
    gradient : ndarray, shape (a, k)
        Derivatives in the parameters of the engine.
    members : ndarray of bool, shape (a, n)
        Rows of the fit observed in the cell of each average.
    """

    grid: Grid
    engine: Engine
    labels: tuple[str, ...]
    values: Floats
    gradient: Floats
    members: NDArray[np.bool_]


def predictions(  # noqa: PLR0913 - one keyword for each choice of estimand and interval
    fit: Fit,
    by: str | Sequence[str],
    *,
    scale: Scale = "response",
    target: Target = "population",
    over: Over = "people",
    at: Mapping[str, Any] | None = None,
    interval: Interval = "delta",
    level: float = 0.95,
    data: pd.DataFrame | None = None,
    grid: Grid | None = None,
) -> pd.DataFrame:
    """Predict the mean answer per wave (or any other columns), standardised over the sample.

    Everyone in the fit is set to each value of `by` with all other covariates as they are, and the
    predicted means are averaged: the g-formula, which R's marginaleffects calls counterfactual averages.

    Parameters
    ----------
    fit : Fit
        From `gee`, `lmm`, `mmrm`, `glmm` or `clmm`.
    by : str or sequence of str
        Columns of the formula; one row for each combination of their values.
    scale : {"response", "link"}
        Percentages, means and counts, or the linear predictor.
    target : {"population", "typical"}
        Mixed models: averaged over the distribution of people, or for a person whose own terms are zero.
    over : {"people", "rows"}
        Each person counts once whatever the number of waves seen, or each row counts once.
    at : mapping, optional
        Values for other columns, the same for everyone; for a `by` column, the list of values to show.
    interval : {"delta", "simulation"}
        Delta method (on the logit or log scale for means with bounds, so that intervals stay inside
        them), or quantiles over 4,096 draws of the parameters.
    level : float
        Coverage of the intervals.
    data : pandas.DataFrame, optional
        The data the model was fitted to, for fits that do not keep them.
    grid : Grid, optional
        From `build_grid` with the same `by`, `at`, `over` and `data`: several tables of one fit then set everyone
        to the waves once.

    Returns
    -------
    pandas.DataFrame
        One row a cell (and answer category), with the `by` columns and term, estimate, std_error,
        statistic, df, p_value, p_adjusted, conf_low, conf_high, n_obs, n_persons. There is nothing to
        test about a mean, so statistic and p values are missing. ``attrs["trust"]`` says whether the fit can be
        relied upon.

    Raises
    ------
    UsageError
        An unknown choice or column.

    References
    ----------
    Lane, P. W. & Nelder, J. A. (1982). Analysis of covariance and standardization as instances of prediction.
    Biometrics 38, 613-621.
    Arel-Bundock, V., Greifer, N. & Heiss, A. (2024). How to interpret statistical models using
    marginaleffects for R and Python. Journal of Statistical Software 111(9).

    Examples
    --------
    >>> from mirabal_toolkit.mixed.gee_model import gee
    >>> data = pd.DataFrame({"person_id": np.repeat(np.arange(30), 2), "wave": np.tile([1, 2], 30)})
    >>> data["hurt"] = ((data["person_id"] + data["wave"]) % 3 == 0).astype(int)
    >>> fit = gee("hurt ~ C(wave)", data, groups="person_id", family="binomial")
    >>> predictions(fit, "wave")[["term", "estimate", "n_persons"]].round(3)
         term  estimate  n_persons
    0  wave=1     0.333         30
    1  wave=2     0.333         30
    """
    names = [by] if isinstance(by, str) else list(by)
    refuse_unknown_choices({"scale": scale, "target": target, "over": over, "interval": interval}, level)
    found = average_predictions(fit, names, grid or build_grid(fit, names, at, over, data), (scale, target))
    df = contrast_df(fit, found.engine, found.gradient)
    std_error = standard_errors(found.engine, found.gradient)
    if interval == "delta":
        low, high = _bounded_interval(found, std_error, t_quantile(0.5 + level / 2, df))
    else:
        low, high = _quantiles(simulate(fit, found), level)
    none = np.full(len(df), np.nan)
    inferred = {"std_error": std_error, "statistic": none, "df": df, "p_value": none, "p_adjusted": none}
    return _table({**inferred, "conf_low": low, "conf_high": high}, found, fit)


def refuse_unknown_choices(choices: Mapping[str, str], level: float) -> None:
    """Raise a UsageError for a choice that does not exist."""
    allowed = {
        "scale": get_args(Scale),
        "target": get_args(Target),
        "over": get_args(Over),
        "interval": get_args(Interval),
    }
    for name, value in choices.items():
        if value not in allowed[name]:
            listed = ", ".join(repr(choice) for choice in allowed[name])
            raise UsageError(f"There is no {name}={value!r}.", fix=f"Choose one of {listed}.")
    if not 0.0 < level < 1.0:
        raise UsageError("The level of an interval lies between 0 and 1.", fix="0.95 is usual.")


def average_predictions(fit: Fit, by: Sequence[str], grid: Grid, choice: tuple[Scale, Target]) -> Averages:
    """Average predictions of all cells, with their gradients.

    Parameters
    ----------
    fit : Fit
    by : sequence of str
    grid : Grid
    choice : tuple
        Scale and target, as in `predictions`.

    Returns
    -------
    Averages
    """
    engine = engine_of(fit, *choice)
    labels = [", ".join(f"{name}={value}" for name, value in zip(by, cell.levels, strict=True)) for cell in grid.cells]
    if engine.categories:
        labels = [f"{label}: {category}" for label in labels for category in engine.categories]
    return Averages(
        grid=grid,
        engine=engine,
        labels=tuple(labels),
        values=np.concatenate([engine.averages(cell, engine.theta) for cell in grid.cells]),
        gradient=np.concatenate([engine.gradient(cell) for cell in grid.cells]),
        members=np.repeat(grid.members, max(1, len(engine.categories)), axis=0),
    )


def standard_errors(engine: Engine, gradient: Floats) -> Floats:
    """Delta-method standard errors, shape (a,); missing where they rest on a term without one."""
    covariance = engine.covariance
    unknown = np.isnan(np.diag(covariance))
    variance = np.einsum("ij,jk,ik->i", gradient, np.where(np.isnan(covariance), 0.0, covariance), gradient)
    rests = np.any((gradient != 0.0) & unknown, axis=1)
    return np.where(rests, np.nan, np.sqrt(np.maximum(variance, 0.0)))


def contrast_df(fit: Fit, engine: Engine, gradient: Floats) -> Floats:
    """Degrees of freedom of averages, from those of the linear combination with the same gradient.

    Parameters
    ----------
    fit : Fit
        Its ``contrast_df`` is asked; without one the normal distribution is used.
    engine : Engine
    gradient : ndarray, shape (a, k)

    Returns
    -------
    ndarray, shape (a,)
    """
    ask = getattr(fit, "contrast_df", None)
    if ask is None or len(engine.theta) != len(fit.estimates):
        return np.full(len(gradient), np.inf)
    known = np.any(gradient != 0.0, axis=1)
    df = np.full(len(gradient), np.inf)
    if known.any():
        df[known] = ask(gradient[known])
    return df


def _bounded_interval(found: Averages, std_error: Floats, quantile: Floats) -> tuple[Floats, Floats]:
    return interval_within(found.engine.bounds, found.values, std_error * quantile)


def interval_within(bounds: Bounds, values: Floats, half: Floats) -> tuple[Floats, Floats]:
    """Return intervals that stay within the bounds of the averages.

    Parameters
    ----------
    bounds : {"none", "positive", "unit"}
    values, half : ndarray, shape (a,)
        Averages, and half the width of their plain intervals.

    Returns
    -------
    low, high : ndarray, shape (a,)
    """
    low, high = values - half, values + half
    if bounds == "unit":
        inside = (values > _EDGE) & (values < 1.0 - _EDGE)
        safe = np.where(inside, values, 0.5)
        width = half / (safe * (1.0 - safe))
        low = np.where(inside, expit(logit(safe) - width), low)
        high = np.where(inside, expit(logit(safe) + width), high)
    elif bounds == "positive":
        safe = np.where(values > _EDGE, values, 1.0)
        with np.errstate(over="ignore"):
            low = np.where(values > _EDGE, safe * np.exp(-half / safe), low)
            high = np.where(values > _EDGE, safe * np.exp(half / safe), high)
    return low, high


def simulate(fit: Fit, found: Averages) -> Floats:
    """Averages at draws of the parameters from their (t or normal) distribution.

    Parameters
    ----------
    fit : Fit
    found : Averages

    Returns
    -------
    ndarray, shape (draws, a)

    References
    ----------
    King, G., Tomz, M. & Wittenberg, J. (2000). Making the most of statistical analyses: improving
    interpretation and presentation. American Journal of Political Science 44, 347-361.
    """
    engine = found.engine
    covariance = engine.covariance
    if np.isnan(covariance).any():
        return np.full((SIMULATIONS, len(found.values)), np.nan)
    k = len(covariance)
    # A scrambled Sobol sequence: quantiles settle with far fewer draws than random numbers need.
    uniform = qmc.Sobol(k + 1, rng=np.random.default_rng(_SEED)).random(SIMULATIONS).clip(1e-12, 1 - 1e-12)
    values, vectors = np.linalg.eigh(covariance)
    steps = ndtri(uniform[:, :k]) @ (vectors * np.sqrt(np.maximum(values, 0.0))).T
    df = float(np.min(fit.df.to_numpy(np.float64)))
    if np.isfinite(df):
        steps *= np.sqrt(df / stats.chi2.ppf(uniform[:, k:], df))
    draws = engine.theta + steps
    return np.array([np.concatenate([engine.averages(cell, theta) for cell in found.grid.cells]) for theta in draws])


def _quantiles(draws: Floats, level: float) -> tuple[Floats, Floats]:
    low, high = np.quantile(draws, [0.5 - level / 2, 0.5 + level / 2], axis=0)
    return low, high


def _table(inferred: Mapping[str, Floats], found: Averages, fit: Fit) -> pd.DataFrame:
    """Averages with what is inferred of them: which cell (and category), numbers, and who was observed there."""
    categories = found.engine.categories
    cells = [cell for cell in found.grid.cells for _ in range(max(1, len(categories)))]
    columns: dict[str, Any] = {name: [cell.levels[k] for cell in cells] for k, name in enumerate(found.grid.by)}
    columns |= {"category": list(categories) * len(found.grid.cells)} if categories else {}
    columns |= {"term": list(found.labels), "estimate": found.values, **inferred}
    columns |= {"n_obs": [cell.n_obs for cell in cells], "n_persons": [cell.n_persons for cell in cells]}
    table = pd.DataFrame(columns)
    table.attrs["trust"] = str(fit.trust)
    return table
