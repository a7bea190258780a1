"""Econometric panel models of one outcome: other assumptions than those of the mixed models, beside them.

Wave is a category in all of them, and a yes-or-no outcome is modelled as a linear probability: its changes are
read in percentage points as they stand. Standard errors are robust and clustered by person.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from mirabal_toolkit.core.data import PERSON, WAVE
from mirabal_toolkit.errors import ModelError
from mirabal_toolkit.mixed.results import t_quantile, two_sided
from mirabal_toolkit.models.over_waves import NO_ERROR

Array = NDArray[np.float64]
PanelModel = Literal["entity", "random_effects", "first_differences"]

#: Fewest people at a wave for standard errors that are robust and clustered by person.
FEWEST_AT_A_WAVE = 5
_APART = "the waves of this panel cannot be told apart"
#: Stata's and plm's ("sss") small-sample factor: G / (G - 1) * (n - 1) / (n - k).
_ROBUST = {"cov_type": "clustered", "cluster_entity": True, "debiased": True, "group_debias": True}


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
        half = t_quantile((1 + level) / 2, self.df) * self.std_error
        return self.estimate - half, self.estimate + half

    @property
    def p_value(self) -> Array:
        """Two-sided p values of no change."""
        return two_sided(self.estimate / self.std_error, self.df)


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
    from linearmodels.panel import FirstDifferenceOLS, PanelOLS, RandomEffects
    from linearmodels.panel.utility import AbsorbingEffectError

    if model != "random_effects":
        data = data[data.groupby(PERSON)["value"].transform("size") > 1]
    value, waves = _layout(data)
    _check(data, waves)
    try:
        if model == "entity":
            fit = PanelOLS(value, waves, entity_effects=True).fit(**_ROBUST)
        elif model == "random_effects":
            # Baltagi and Chang's (1994) terms for unequal numbers of waves; they are plm's too.
            fit = RandomEffects(value, waves.assign(constant=1.0)).fit(small_sample=True, **_ROBUST)
        else:
            fit = FirstDifferenceOLS(value, waves).fit(**_ROBUST)
        # Covariances are worked out when they are asked for.
        return _panel_fit(fit, waves, data)
    except (ValueError, np.linalg.LinAlgError, AbsorbingEffectError) as error:
        raise ModelError(_APART) from error


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
    from linearmodels.panel import PooledOLS

    value, waves = _layout(data)
    _check(data, waves)
    averages = waves.groupby(level=0).transform("mean").add_prefix("seen_")
    kept = _independent(waves.assign(constant=1.0), averages)
    if not kept:
        raise ModelError("everybody was seen at the same waves: the models with and without own levels are the same")
    design = waves.assign(constant=1.0).join(averages[kept])
    fit = PooledOLS(value, design).fit(**_ROBUST)
    try:
        beta, covariance = fit.params[kept].to_numpy(), fit.cov.loc[kept, kept].to_numpy()
    except np.linalg.LinAlgError as error:
        raise ModelError(_APART) from error
    n_persons = int(data[PERSON].nunique())
    wald = float(beta @ np.linalg.solve(covariance, beta)) / len(kept)
    p_value = float(special.fdtrc(len(kept), n_persons - 1, wald))
    return WaldTest(wald, float(len(kept)), p_value, len(data), n_persons)


def _layout(data: pd.DataFrame) -> tuple[pd.Series[Any], pd.DataFrame]:
    """Return the outcome and an indicator of every wave but the first, indexed by person and wave.

    People are numbered in the order of their ids: linearmodels sorts and groups by them dozens of times a fit, and
    does so with numbers in half the time.
    """
    people = pd.Index(pd.factorize(data[PERSON], sort=True)[0], name=PERSON)
    index = pd.MultiIndex.from_arrays([people, data[WAVE]])
    seen = sorted(data[WAVE].unique())
    waves = {f"w{wave}": (data[WAVE] == wave).to_numpy(dtype=float) for wave in seen[1:]}
    return pd.Series(data["value"].to_numpy(), index=index, name="value"), pd.DataFrame(waves, index=index)


def _check(data: pd.DataFrame, waves: pd.DataFrame) -> None:
    people = data[PERSON].nunique()
    if waves.empty or people <= waves.shape[1] + 1:
        raise ModelError("too few people were seen twice")
    if data["value"].nunique() < 2:
        raise ModelError("the outcome does not vary")
    # Standard errors by person are sums over people: at a wave of one or two of them they are next to nothing.
    if int(data.groupby(WAVE)[PERSON].nunique().min()) < FEWEST_AT_A_WAVE:
        raise ModelError("too few people were seen at a wave")


def _independent(known: pd.DataFrame, further: pd.DataFrame) -> list[str]:
    """Return the columns of `further` that add something to `known` and to one another."""
    basis = np.linalg.qr(known.to_numpy())[0]
    kept = []
    for name in further:
        column = further[name].to_numpy(dtype=float)
        rest = column - basis @ (basis.T @ column)
        rest -= basis @ (basis.T @ rest)
        size = float(np.linalg.norm(rest))
        if size > 1e-8 * np.sqrt(len(column)):
            basis = np.column_stack([basis, rest / size])
            kept.append(str(name))
    return kept


def _panel_fit(fit: Any, waves: pd.DataFrame, data: pd.DataFrame) -> PanelFit:
    names = list(waves.columns)
    n_persons = int(data[PERSON].nunique())
    # Where waves are told without error, rounding can make a variance negative.
    with np.errstate(invalid="ignore"):
        error = fit.std_errors[names].to_numpy(dtype=float)
    if not (np.isfinite(error).all() and (error > NO_ERROR).all()):
        raise ModelError("the panel model gives no standard errors")
    return PanelFit(
        waves=tuple(int(name[1:]) for name in names),
        estimate=fit.params[names].to_numpy(dtype=float),
        std_error=error,
        df=float(n_persons - 1),
        n_obs=int(fit.nobs),
        n_persons=n_persons,
    )
