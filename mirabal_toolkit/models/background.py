"""What is known of each person once: covariates, site, arm and subgroups, as columns that models can take."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from mirabal_toolkit.core.data import PanelData
from mirabal_toolkit.core.plan import AnalysisPlan

#: Category of people whose answer to a choice is not known.
NOT_KNOWN = "not_known"


@dataclass(frozen=True)
class Background:
    """Person-level columns.

    Parameters
    ----------
    frame : DataFrame
        Index person_id; numbers as deviations from their mean, choices as option names; nothing missing.
    terms : tuple of str
        Of the covariates, as a formula takes them.
    filled : bool
        Whether an unknown covariate was filled in: by the mean, or by a category of its own.
    """

    frame: pd.DataFrame
    terms: tuple[str, ...] = ()
    filled: bool = False


def column_of(item: str) -> str:
    """Return the name of an item's column, which no word of a formula can be taken for."""
    return f"x_{item}"


def background(panel: PanelData, plan: AnalysisPlan, people: pd.Index) -> Background:
    """Lay out the covariates of a plan for `people`.

    A number that is not known is set to the mean and a choice to a category of its own, so that nobody is lost
    because of a covariate.

    References
    ----------
    White & Thompson (2005), Statistics in Medicine 24, 993-1007.
    """
    columns = {column_of(item): _column(panel, item, people) for item in plan.covariates}
    filled = any(bool(raw_column(panel, item, people).isna().any()) for item in plan.covariates)
    terms = tuple(name if pd.api.types.is_numeric_dtype(column) else f"C({name})" for name, column in columns.items())
    return Background(pd.DataFrame(columns, index=people), terms, filled)


def raw_column(panel: PanelData, item: str, people: pd.Index) -> pd.Series[float]:
    """Return the answers of `people` to an item asked once a person, as numbers or codes."""
    return panel.people.frame[item].reindex(people).astype(float)


def choice_column(panel: PanelData, item: str, people: pd.Index) -> pd.Series[str]:
    """Return the option names people chose; `NOT_KNOWN` where there is no answer."""
    names = {float(option.code): option.name for option in panel.instrument.options(item)}
    return raw_column(panel, item, people).map(names).fillna(NOT_KNOWN).astype("str")


def _column(panel: PanelData, item: str, people: pd.Index) -> pd.Series[float] | pd.Series[str]:
    if panel.instrument.item(item).type == "choice":
        return choice_column(panel, item, people)
    values = raw_column(panel, item, people)
    return values.fillna(values.mean()) - values.mean()
