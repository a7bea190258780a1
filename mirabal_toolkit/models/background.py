"""What is known of each person once: covariates, site, arm and subgroups, as columns that models can take."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pandas as pd

from mirabal_toolkit.core.data import WAVE, PanelData
from mirabal_toolkit.core.plan import FIRST_WAVE, AnalysisPlan

#: Category of people whose answer to a choice is not known.
NOT_KNOWN = "not_known"
#: Name of the arm among a panel's person-level columns, where the arms came as two files; and in models.
ARM = "arm"


@dataclass(frozen=True)
class Background:
    """Person-level columns; every frame and series has the index person_id.

    Parameters
    ----------
    frame : DataFrame
        Covariates: numbers as deviations from their mean, choices as option names; nothing missing.
    terms : tuple of str
        Of the covariates, as a formula takes them.
    filled : bool
        Whether an unknown covariate was filled in: by the mean, or by a category of its own.
    treated : Series of int or None
        1 in the treated arm, 0 in the reference arm; None where the plan has no arms.
    propensity : DataFrame
        Columns of the propensity model, the first value of the outcome left out.
    subgroups : DataFrame of str
        One column a subgroup item, by its id.
    site : Series of str or None
        Where she was asked; sites of different arms are different sites.
    group : Series of str or None
        The group of a cross-sectional plan, such as the country.
    """

    frame: pd.DataFrame
    terms: tuple[str, ...] = ()
    filled: bool = False
    treated: pd.Series[int] | None = None
    propensity: pd.DataFrame = field(default_factory=pd.DataFrame)
    subgroups: pd.DataFrame = field(default_factory=pd.DataFrame)
    site: pd.Series[str] | None = None
    group: pd.Series[str] | None = None

    def of(self, people: pd.Index) -> Background:
        """Return the same columns of some of the people."""
        return replace(
            self,
            frame=self.frame.reindex(people),
            treated=None if self.treated is None else self.treated.reindex(people),
            propensity=self.propensity.reindex(people),
            subgroups=self.subgroups.reindex(people),
            site=None if self.site is None else self.site.reindex(people),
            group=None if self.group is None else self.group.reindex(people),
        )


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
    names = arm_names(panel, plan, people)
    return Background(
        frame=pd.DataFrame(columns, index=people),
        terms=terms,
        filled=filled,
        treated=None if names is None or plan.comparison is None else (names == plan.comparison.treated).astype(int),
        propensity=_propensity(panel, plan, people),
        subgroups=pd.DataFrame({item: choice_column(panel, item, people) for item in plan.subgroups}, index=people),
        site=_site(panel, plan, people, names),
        group=None if plan.group is None else _named(panel, plan.group, _at_first_wave(panel, plan.group, people)),
    )


def arm_names(panel: PanelData, plan: AnalysisPlan, people: pd.Index) -> pd.Series[str] | None:
    """Return the name of the arm of each of `people`; None where the plan has no arms."""
    if plan.comparison is None:
        return None
    if plan.comparison.by_file:
        return panel.people.frame[ARM].reindex(people).astype("str")
    return choice_column(panel, plan.comparison.arm, people)


def _propensity(panel: PanelData, plan: AnalysisPlan, people: pd.Index) -> pd.DataFrame:
    items = () if plan.comparison is None else plan.comparison.propensity
    # As they are, not as deviations: the table of balance shows their means.
    columns = {item: _filled(panel, item, people) for item in items if item != FIRST_WAVE}
    return pd.DataFrame(columns, index=people)


def _site(panel: PanelData, plan: AnalysisPlan, people: pd.Index, arms: pd.Series[str] | None) -> pd.Series[str] | None:
    if plan.cluster is None:
        return None
    if panel.instrument.item(plan.cluster).type == "choice":
        site = choice_column(panel, plan.cluster, people)
    else:
        site = raw_column(panel, plan.cluster, people).map("{:g}".format).astype("str")
    return site if arms is None else arms.str.cat(site, sep=", ")


def raw_column(panel: PanelData, item: str, people: pd.Index) -> pd.Series[float]:
    """Return the answers of `people` to an item asked once a person, as numbers or codes."""
    return panel.people.frame[item].reindex(people).astype(float)


def choice_column(panel: PanelData, item: str, people: pd.Index) -> pd.Series[str]:
    """Return the option names people chose; `NOT_KNOWN` where there is no answer."""
    return _named(panel, item, raw_column(panel, item, people))


def _named(panel: PanelData, item: str, codes: pd.Series[float]) -> pd.Series[str]:
    names = {float(option.code): option.name for option in panel.instrument.options(item)}
    return codes.map(names).fillna(NOT_KNOWN).astype("str")


def _at_first_wave(panel: PanelData, item: str, people: pd.Index) -> pd.Series[float]:
    """Return the answers to an item at the first wave, or its only answer where it is asked once a person."""
    if item in panel.people.frame:
        return raw_column(panel, item, people)
    return panel.answers.frame[item].xs(panel.waves[0], level=WAVE).reindex(people).astype(float)


def _column(panel: PanelData, item: str, people: pd.Index) -> pd.Series[float] | pd.Series[str]:
    values = _filled(panel, item, people)
    if not pd.api.types.is_numeric_dtype(values):
        return values
    numbers = values.astype(float)
    return numbers - numbers.mean()


def _filled(panel: PanelData, item: str, people: pd.Index) -> pd.Series[float] | pd.Series[str]:
    """Return a column without gaps."""
    if panel.instrument.item(item).type == "choice":
        return choice_column(panel, item, people)
    values = raw_column(panel, item, people)
    return values.fillna(values.mean())
