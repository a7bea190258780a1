"""What goes with a covariate that changes over time: between people, and within the same person.

A woman who is in contact with him at most waves may differ from others all along (between); and she may be worse
off at the very waves at which she is in contact (within). One coefficient for both would mix the two up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from mirabal_toolkit.core.data import PERSON, WAVE
from mirabal_toolkit.errors import ModelError
from mirabal_toolkit.mixed import glmm, lmm
from mirabal_toolkit.mixed.glmm_model import PenaltyName
from mirabal_toolkit.models.fitting import with_enough_nodes

Part = Literal["within", "between"]


@dataclass(frozen=True, slots=True)
class WithinBetween:
    """One coefficient; of yes-or-no outcomes it is a logarithm of odds.

    Parameters
    ----------
    covariate : str
        Name of the column.
    part : str
        ``within``: waves of one person compared with each other. ``between``: people compared.
    n_with : int
        People for whom the covariate was ever other than zero.
    """

    covariate: str
    part: Part
    estimate: float
    std_error: float
    df: float
    p_value: float
    conf_low: float
    conf_high: float
    n_with: int
    n_obs: int
    n_persons: int
    flags: tuple[str, ...] = ()


def within_between(
    data: pd.DataFrame, covariates: tuple[str, ...], *, binary: bool, level: float = 0.95
) -> tuple[WithinBetween, ...]:
    """Fit a mixed model with wave, and each covariate split into person average and deviation from it.

    Parameters
    ----------
    data : DataFrame
        Columns person_id, wave, value and the covariates (numbers); rows with a gap are left out.
    covariates : tuple of str
        Numeric columns; indicators of all categories but one for a choice.
    binary : bool
        Mixed logistic model (9 or more nodes) for yes or no, linear mixed model (REML, Satterthwaite) otherwise.
    level : float
        Confidence level.

    Returns
    -------
    tuple of WithinBetween
        In the order of the covariates; a part that does not vary is left out.

    Raises
    ------
    ModelError
        If no covariate varies, or the model cannot be fitted or trusted.

    References
    ----------
    Mundlak (1978), Econometrica 46, 69–85. Bell, Fairbrother and Jones (2019), Quality & Quantity 53, 1051–1074.
    """
    rows = data.dropna(subset=["value", *covariates]).reset_index(drop=True)
    terms = {f"x{place}": name for place, name in enumerate(covariates)}
    split = _split(rows, terms)
    if split.columns.empty:
        raise ModelError("the covariates do not vary")
    table = rows[[PERSON, WAVE, "value"]].join(split)
    formula = " + ".join([f"value ~ C({WAVE})", *split.columns])
    fit, flags = _fit(formula, table, rows, terms, binary=binary)
    if not fit.trust.ok:
        raise ModelError("the model with covariates cannot be trusted")
    told = _told(fit, level)
    return tuple(_coefficient(column, told[column], terms, rows, flags) for column in split.columns)


def _split(rows: pd.DataFrame, terms: Mapping[str, str]) -> pd.DataFrame:
    """Return the deviations from person averages, and these averages, that vary; averages around their mean."""
    parts: dict[str, pd.Series[Any]] = {}
    for short, name in terms.items():
        average = rows.groupby(PERSON)[name].transform("mean")
        parts[f"{short}_within"] = rows[name] - average
        parts[f"{short}_between"] = average - average.mean()
    return pd.DataFrame({name: part for name, part in parts.items() if float(np.ptp(part)) > 1e-9}, index=rows.index)


def _fit(
    formula: str, table: pd.DataFrame, rows: pd.DataFrame, terms: Mapping[str, str], *, binary: bool
) -> tuple[Any, tuple[str, ...]]:
    if not binary:
        linear = lmm(formula, table, groups=PERSON, reml=True)
        return linear, ("boundary",) if linear.singular else ()
    empty = _has_empty_cell(rows, terms)
    penalty: PenaltyName | None = "weakly_informative" if empty else None
    fit = with_enough_nodes(
        lambda nodes: glmm(formula, table, groups=PERSON, family="binomial", n_quad=nodes, penalty=penalty)
    )
    return fit, (("penalised",) if empty else ()) + (("boundary",) if fit.singular else ())


def _has_empty_cell(rows: pd.DataFrame, terms: Mapping[str, str]) -> bool:
    """Say whether a wave, or a value of a covariate with few values, has only yes or only no."""
    columns = [WAVE, *(name for name in terms.values() if rows[name].nunique() <= 2)]
    return any(rows.groupby(column)["value"].mean().isin([0.0, 1.0]).any() for column in columns)


def _coefficient(
    column: str, told: Mapping[str, float], terms: Mapping[str, str], rows: pd.DataFrame, flags: tuple[str, ...]
) -> WithinBetween:
    short, _, part = column.partition("_")
    name = terms[short]
    return WithinBetween(
        covariate=name,
        part="within" if part == "within" else "between",
        estimate=told["estimate"],
        std_error=told["std_error"],
        df=told["df"],
        p_value=told["p_value"],
        conf_low=told["conf_low"],
        conf_high=told["conf_high"],
        n_with=int(rows.loc[rows[name] != 0, PERSON].nunique()),
        n_obs=len(rows),
        n_persons=int(rows[PERSON].nunique()),
        flags=flags,
    )


def _told(fit: Any, level: float) -> dict[str, dict[str, float]]:
    """Return what a fit tells of each of its terms; without degrees of freedom where it is normal."""
    table = fit.table(alpha=1 - level)
    return {
        str(term): row for term, row in table.assign(df=table["df"].replace(np.inf, np.nan)).to_dict("index").items()
    }


def indicators(
    item: str, answers: pd.Series[Any], options: Mapping[float, str]
) -> Iterator[tuple[str, pd.Series[Any]]]:
    """Yield (``item=option``, 0 or 1) for every answer given but the commonest, to which the others are compared.

    Parameters
    ----------
    options : mapping
        Code → name of the allowed answers.

    Examples
    --------
    >>> answers = pd.Series([1.0, 1.0, 2.0, None])
    >>> [(name, column.tolist()) for name, column in indicators("B2", answers, {1.0: "together", 2.0: "apart"})]
    [('B2=apart', [0.0, 0.0, 1.0, nan])]
    """
    counts = answers.value_counts()
    given = [code for code in options if code in counts.index]
    commonest = max(given, key=lambda code: int(counts[code]), default=None)
    for code in given:
        if code != commonest:
            yield f"{item}={options[code]}", answers.eq(code).astype(float).where(answers.notna())
