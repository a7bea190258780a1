"""Those who were lost beside those who stayed, by what was known of both.

References
----------
Austin (2009), Balance diagnostics for comparing the distribution of baseline covariates between treatment groups in
propensity-score matched samples, Statistics in Medicine 28, 3083-3107 (standardised differences and their variance).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special, stats

from mirabal_toolkit.core.data import INTERVIEWED
from mirabal_toolkit.core.missing import MissingReason
from mirabal_toolkit.core.plan import AnalysisPlan
from mirabal_toolkit.models.background import NOT_KNOWN
from mirabal_toolkit.models.describe import Record, common_spread, percent_record, score_scale, small_sample_flags
from mirabal_toolkit.models.measured import Measured
from mirabal_toolkit.models.missing_waves.layout import People

Floats = NDArray[np.float64]

#: The name under which the headline outcomes taken together stand.
TOGETHER = "all_headline_outcomes"


class Difference(NamedTuple):
    """A standardised difference with its interval; missing where nothing varies or a group has one person."""

    estimate: float
    std_error: float
    low: float
    high: float

    @property
    def p_value(self) -> float:
        """Two-sided p of no difference, by the normal distribution."""
        return float(2 * special.ndtr(-abs(self.estimate / self.std_error)))


def standardised_difference(one: Floats, other: Floats, level: float = 0.95) -> Difference:
    """Return the difference of two means (or shares of 0 and 1) in standard deviations, `one` minus `other`.

    Parameters
    ----------
    one, other : ndarray, shape (n,) and (k,)
    level : float
        Of the interval (normal, Hedges & Olkin 1985).

    Examples
    --------
    >>> lost, stayed = np.array([1.0, 1.0, 0.0, 1.0]), np.array([0.0, 0.0, 1.0, 0.0])
    >>> round(standardised_difference(lost, stayed).estimate, 3)
    1.155
    """
    none = Difference(np.nan, np.nan, np.nan, np.nan)
    if min(len(one), len(other)) < 2:
        return none
    spread = common_spread(one, other)
    if spread == 0:
        return none
    estimate = float((one.mean() - other.mean()) / spread)
    error = float(np.sqrt(1 / len(one) + 1 / len(other) + estimate**2 / (2 * (len(one) + len(other)))))
    half = float(special.ndtri((1 + level) / 2)) * error
    return Difference(estimate, error, estimate - half, estimate + half)


def _difference_record(base: Record, lost: Floats, stayed: Floats, level: float) -> Record:
    found = standardised_difference(lost, stayed, level)
    people = len(lost) + len(stayed)
    row = {
        **base,
        "term": "difference",
        "model": "standardised-difference",
        "scale": "standard_deviations",
        "n_obs": people,
    }
    row |= {"n_persons": people, "flags": small_sample_flags(people)}
    if np.isnan(found.estimate):
        return {**row, "flags": ("not_estimable",)}
    return {
        **row,
        "estimate": found.estimate,
        "std_error": found.std_error,
        "conf_low": found.low,
        "conf_high": found.high,
        "p_value": found.p_value,
    }


def _mean_record(base: Record, term: str, values: Floats, scale: str) -> Record:
    row = {**base, "term": term, "scale": scale, "n_obs": len(values), "n_persons": len(values)}
    if len(values) < 2:
        return {**row, "flags": ("not_estimable",)}
    flags = small_sample_flags(len(values))
    return {**row, "estimate": float(values.mean()), "count": int((values != 0).sum()), "flags": flags}


def _share_record(base: Record, term: str, values: Floats, level: float) -> Record:
    row = {**base, "term": term}
    if not len(values):
        return {**row, "scale": "percent", "n_obs": 0, "n_persons": 0, "flags": ("not_estimable",)}
    return percent_record(row, int(values.sum()), len(values), level)


def still_in(people: People, wave: int) -> tuple[pd.Series, pd.Series]:
    """Return who was lost at a wave and who stayed; those who had died are neither."""
    status = people.status[wave]
    lost = (status != INTERVIEWED) & (status != MissingReason.DIED.value)
    return lost, status == INTERVIEWED


def lost_and_retained(people: People, plan: AnalysisPlan, outcomes: Sequence[Measured]) -> Iterator[Record]:
    """Yield those lost at the last wave beside those retained: who they were, and what they said at the first wave."""
    last = int(people.status.columns[-1])
    lost, stayed = still_in(people, last)
    base: Record = {"analysis": "lost_and_retained", "population": plan.population, "wave": last}
    level = plan.confidence_level
    for item in people.numbers.columns:
        groups = [people.numbers[item][who].dropna().to_numpy() for who in (lost, stayed)]
        row = {**base, "outcome": item, "estimand": "as_reported"}
        yield from _beside(row, groups, level, scale="answer")
    for item in people.categories.columns:
        known = people.categories[item] != NOT_KNOWN
        for option in sorted(people.categories.loc[known, item].unique()):
            chosen = (people.categories[item] == option).astype(float)
            groups = [chosen[who & known].to_numpy() for who in (lost, stayed)]
            yield from _beside({**base, "outcome": item, "estimand": option}, groups, level, scale="percent")
    for measured in outcomes:
        first = measured.values[measured.first]
        groups = [first[who].dropna().to_numpy() for who in (lost, stayed)]
        scale = "percent" if measured.outcome.kind == "binary" else score_scale(measured)
        yield from _beside({**measured.record(base["analysis"]), "wave": last}, groups, level, scale=scale)


def _beside(base: Record, groups: list[Floats], level: float, *, scale: str) -> Iterator[Record]:
    """Yield both groups and their standardised difference; nothing where nobody was lost."""
    if not len(groups[0]):
        return
    for term, values in zip(("lost", "retained"), groups, strict=True):
        if scale == "percent":
            yield _share_record(base, term, values, level)
        else:
            yield _mean_record(base, term, values, scale)
    yield _difference_record(base, groups[0], groups[1], level)


def attrition(people: People, plan: AnalysisPlan) -> Iterator[Record]:
    """Yield the share of those who started who were lost at the last wave: overall, and by category."""
    last = int(people.status.columns[-1])
    lost, stayed = still_in(people, last)
    base: Record = {"analysis": "attrition", "population": plan.population, "wave": last}
    level = plan.confidence_level
    counted = lost | stayed
    yield _share_record({**base, "outcome": "interviewed"}, "lost", lost[counted].to_numpy(float), level)
    for item in people.categories.columns:
        for option in sorted(set(people.categories[item]) - {NOT_KNOWN}):
            members = counted & (people.categories[item] == option)
            row = {**base, "outcome": item, "estimand": option}
            yield _share_record(row, "lost", lost[members].to_numpy(float), level)
        yield _homogeneity({**base, "outcome": item}, lost[counted], people.categories.loc[counted, item])


def _homogeneity(base: Record, lost: pd.Series, groups: pd.Series) -> Record:
    """Return whether loss differs between the groups: Fisher's exact test for two, else Pearson's chi-square."""
    known = groups != NOT_KNOWN
    table = pd.crosstab(groups[known], lost[known]).to_numpy()
    row = {**base, "term": "differs", "n_obs": int(table.sum()), "n_persons": int(table.sum())}
    if min(table.shape) < 2:
        return {**row, "flags": ("not_estimable",)}
    if table.shape == (2, 2):
        return {**row, "model": "fisher", "p_value": float(stats.fisher_exact(table)[1])}
    test = stats.chi2_contingency(table, correction=False)
    return {**row, "model": "chi-square", "statistic": float(test[0]), "df": float(test[2]), "p_value": float(test[1])}


def badness(outcomes: Sequence[Measured]) -> pd.DataFrame:
    """Return how badly off each woman was at each wave, all `outcomes` taken together; higher is worse.

    Each outcome is turned so that higher is worse and standardised at each wave; the mean of those answered is
    standardised again. Outcomes of which neither way is better are left out.
    """
    turned = []
    for measured in outcomes:
        sign = {"higher_is_worse": 1.0, "higher_is_better": -1.0}.get(measured.outcome.direction)
        if sign is not None:
            values = measured.values.sort_index()
            turned.append(sign * _standardised(values))
    if not turned:
        return pd.DataFrame()
    stacked = np.stack([one.to_numpy() for one in turned])
    answered = (~np.isnan(stacked)).sum(axis=0)
    mean = np.where(answered > 0, np.nansum(stacked, axis=0) / np.maximum(answered, 1), np.nan)
    return _standardised(pd.DataFrame(mean, index=turned[0].index, columns=turned[0].columns))


def _standardised(values: pd.DataFrame) -> pd.DataFrame:
    spread = values.std()
    return (values - values.mean()) / spread.where(spread > 0)


def worse_off_before(people: People, plan: AnalysisPlan, outcomes: Sequence[Measured]) -> Iterator[Record]:
    """Yield how much worse off those not seen at a wave had been, before, than those seen.

    For the last wave twice: in all who started, at the last interview before it (term ``ever``); and at every later
    wave in those seen at the wave before (term ``next``). Positive: those lost had been worse off.
    """
    together = badness(outcomes)
    if together.empty:
        return
    waves = [int(wave) for wave in people.status.columns]
    base: Record = {"analysis": "worse_off_before", "population": plan.population, "outcome": TOGETHER}
    lasting = together.ffill(axis=1)
    for before, wave in pairwise(waves):
        seen = people.status[before] == INTERVIEWED
        yield _worse_record({**base, "wave": wave}, "next", together[before].where(seen), still_in(people, wave), plan)
    last = waves[-1]
    ended = lasting[waves[-2]]
    yield _worse_record({**base, "wave": last}, "ever", ended, still_in(people, last), plan)


def _worse_record(
    base: Record, term: str, before: pd.Series, groups: tuple[pd.Series, pd.Series], plan: AnalysisPlan
) -> Record:
    lost, stayed = (before[who].dropna().to_numpy() for who in groups)
    row = _difference_record(base, lost, stayed, plan.confidence_level)
    return {**row, "term": term, "count": len(lost)}


def last_answers(people: People, measured: Measured) -> Iterator[Record]:
    """Yield how the last earlier answer of those lost at the last wave differed from that of those who stayed.

    Answers are standardised at the wave they were given: those lost early would look worse off merely because
    everybody was, early.
    """
    values = _standardised(measured.values.sort_index())
    earlier = values.iloc[:, :-1].ffill(axis=1).iloc[:, -1]
    groups = still_in(people, measured.last)
    lost, stayed = (earlier[who.reindex(earlier.index)].dropna().to_numpy() for who in groups)
    base = {**measured.record("last_answer"), "wave": measured.last}
    if len(lost):
        yield {**_difference_record(base, lost, stayed, measured.plan.confidence_level), "count": len(lost)}
