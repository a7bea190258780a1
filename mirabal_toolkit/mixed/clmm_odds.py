"""Test of proportional odds: whether a term moves all thresholds by the same amount."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import stats

from mirabal_toolkit.mixed.clmm_model import ordinal_rows, ordinal_task
from mirabal_toolkit.mixed.families_ordinal import PartialLogit, PartialProbit
from mirabal_toolkit.mixed.quadrature_fit import best_likelihood

if TYPE_CHECKING:
    from collections.abc import Callable

    from mirabal_toolkit.mixed.clmm_results import ClmmFit
    from mirabal_toolkit.mixed.design import Design
    from mirabal_toolkit.mixed.families import FloatArray, RowFamily

_PARTIAL: dict[str, Callable[[int, FloatArray], RowFamily]] = {"logit": PartialLogit, "probit": PartialProbit}
#: What formulaic adds to the name of a term for one of its columns: "[T.2]" of a category, "[3]" of a spline.
_LEVEL = re.compile(r"\[[^\[\]]*\]")


def proportional_odds(fit: ClmmFit) -> pd.DataFrame:
    """Likelihood-ratio test for each term against the model in which it has its own value at every threshold.

    The person-specific terms stay in both models, so this is the mixed-model form of ``ordinal::nominal_test``.

    Parameters
    ----------
    fit : ClmmFit
        An unpenalised fit.

    Returns
    -------
    pandas.DataFrame
        One row a term: `statistic`, `df`, `p_value`, and `converged`, which is False where the wider model has no
        finite maximum (a category that nobody chose at some level of the term); its statistic is then a lower bound.

    References
    ----------
    Peterson & Harrell (1990), Partial proportional odds models for ordinal response variables, Applied Statistics 39.
    Christensen (2018), Cumulative link models for ordinal regression with the R package ordinal, section 2.3.
    """
    terms = columns_by_term(fit.known_design, fit.columns)
    rows = [_test(fit, columns) for columns in terms.values()]
    return pd.DataFrame(rows, index=list(terms), columns=["statistic", "df", "p_value", "converged"])


def columns_by_term(design: Design, columns: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
    """Columns of the design that belong to each term: names without the level in brackets.

    Parameters
    ----------
    design : Design
    columns : tuple of int
        Columns to sort; the intercept is not among them.
    """
    found: dict[str, tuple[int, ...]] = {}
    for k in columns:
        term = _LEVEL.sub("", design.names[k])
        found[term] = (*found.get(term, ()), k)
    return found


def _test(fit: ClmmFit, columns: tuple[int, ...]) -> tuple[float, int, float, bool]:
    design, size = fit.known_design, len(fit.levels)
    table, pattern = np.unique(design.X[:, list(columns)], axis=0, return_inverse=True)
    rest = tuple(k for k in fit.columns if k not in columns)
    rows = ordinal_rows(design, rest)
    rows = replace(rows, y=rows.y + (size + 1.0) * pattern)
    narrow = ordinal_task(design, fit.link, fit.n_quad, None)
    start = np.concatenate([narrow.aux, np.zeros(len(columns) * (size - 1))])
    task = replace(narrow, family=_PARTIAL[fit.link](size, table), aux=start)
    llf, converged = best_likelihood(rows, task)
    statistic = max(0.0, 2.0 * (llf - fit.llf))
    df = len(columns) * (size - 2)
    return statistic, df, float(stats.chi2.sf(statistic, df)) if df else np.nan, converged
