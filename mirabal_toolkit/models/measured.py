"""One outcome under one estimand, laid out for estimation: a person × wave table of numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from mirabal_toolkit.core.data import INTERVIEWED, PERSON, WAVE, PanelData, score_name
from mirabal_toolkit.core.instrument import Estimand, Instrument, Outcome
from mirabal_toolkit.core.plan import AnalysisPlan, PlannedOutcome
from mirabal_toolkit.models.background import Background, background
from mirabal_toolkit.models.versions import not_comparable_waves


@dataclass(frozen=True)
class Measured:
    """An outcome of the people of the plan's population.

    Parameters
    ----------
    values : DataFrame
        Index person_id, columns wave numbers in order; NaN where there is no value.
    universe : DataFrame of bool
        Same shape; True where the outcome was meant to be asked of her.
    background : Background
        Covariates of the same people.
    reliability : float or None
        Published reliability of a scale's score.
    """

    outcome: Outcome
    planned: PlannedOutcome
    estimand: Estimand
    plan: AnalysisPlan
    values: pd.DataFrame
    universe: pd.DataFrame
    background: Background = field(default_factory=lambda: Background(pd.DataFrame()))
    reliability: float | None = None

    @property
    def first(self) -> int:
        """The first wave of the study."""
        return int(self.values.columns[0])

    @property
    def last(self) -> int:
        """The last wave of the study."""
        return int(self.values.columns[-1])

    @property
    def contrast(self) -> str:
        """Last against first wave, as contrasts are written."""
        return f"w{self.last} - w{self.first}"

    def record(self, analysis: str, **parts: Any) -> dict[str, Any]:
        """Return an estimate of this outcome, with the parts every estimate has filled in."""
        return {
            "analysis": analysis,
            "outcome": self.outcome.id,
            "indicator": self.outcome.indicator,
            "estimand": self.estimand,
            "population": self.plan.population,
            **parts,
        }

    @property
    def is_first_estimand(self) -> bool:
        """Whether this is the outcome under its headline estimand."""
        return self.estimand == (self.planned.estimands or self.outcome.estimands)[0]

    def pairs(self) -> tuple[np.ndarray, np.ndarray]:
        """Return values at the first and last wave of the people who have both; each (n_pairs,)."""
        both = self.values[[self.first, self.last]].dropna()
        return both[self.first].to_numpy(), both[self.last].to_numpy()

    def long(self) -> pd.DataFrame:
        """Return observed person-waves in rows: columns person_id, wave, value, then the covariates."""
        ordered = self.values.sort_index()
        matrix = ordered.to_numpy(np.float64)
        person, wave = np.nonzero(~np.isnan(matrix))
        waves = ordered.columns.to_numpy(np.int64)
        long = pd.DataFrame({PERSON: ordered.index[person], WAVE: waves[wave], "value": matrix[person, wave]})
        return long.join(self.background.frame, on=PERSON) if self.background.terms else long


def started(panel: PanelData) -> pd.Index:
    """Return the ids of everybody interviewed at the first wave of the study."""
    status = panel.status.frame["status"].xs(panel.waves[0], level=WAVE)
    return status.index[status == INTERVIEWED]


@dataclass(frozen=True)
class Ground:
    """What all outcomes of a panel stand on, laid out once.

    Parameters
    ----------
    panel : PanelData
    plan : AnalysisPlan
    people : Index
        Of the plan's population.
    background : Background
    scores, universe : DataFrame
        Index person_id, columns (score, wave).
    """

    panel: PanelData
    plan: AnalysisPlan
    people: pd.Index
    background: Background
    scores: pd.DataFrame
    universe: pd.DataFrame


def ground(panel: PanelData, plan: AnalysisPlan, people: pd.Index) -> Ground:
    """Lay out what all outcomes of `people` stand on."""
    scores, universe = (pd.DataFrame(frame.unstack(WAVE)) for frame in (panel.scores.frame, panel.universe.frame))
    return Ground(panel, plan, people, background(panel, plan, people), scores, universe)


def all_measured(panel: PanelData, plan: AnalysisPlan, people: pd.Index) -> list[Measured]:
    """Lay out every planned outcome under every estimand, in the order of the plan."""
    laid = ground(panel, plan, people)
    return [
        measure_on(laid, planned, estimand)
        for planned in plan.outcomes
        for estimand in planned.estimands_of(panel.instrument)
    ]


def measure(
    panel: PanelData, plan: AnalysisPlan, planned: PlannedOutcome, estimand: Estimand, people: pd.Index
) -> Measured:
    """Lay out one planned outcome under one estimand, for `people`; see `measure_on`."""
    return measure_on(ground(panel, plan, people), planned, estimand)


def measure_on(laid: Ground, planned: PlannedOutcome, estimand: Estimand) -> Measured:
    """Lay out one planned outcome under one estimand.

    Waves of an earlier version of the instrument whose scores cannot be compared with later ones are empty.
    """
    panel, outcome = laid.panel, laid.panel.instrument.outcome(planned.outcome)
    column, waves = score_name(planned.outcome, estimand), list(panel.waves)
    set_aside = not_comparable_waves(panel.bridges, planned.outcome)

    def wide(frame: pd.DataFrame) -> pd.DataFrame:
        table = pd.DataFrame(frame[column])
        kept = [wave for wave in table.columns if int(wave) not in set_aside]
        return table[kept].reindex(index=laid.people, columns=waves)

    return Measured(
        outcome=outcome,
        planned=planned,
        estimand=estimand,
        plan=laid.plan,
        values=wide(laid.scores).astype(float),
        universe=wide(laid.universe).eq(True),
        background=laid.background,
        reliability=_published_reliability(panel.instrument, outcome),
    )


def _published_reliability(instrument: Instrument, outcome: Outcome) -> float | None:
    """Return what was published of the score itself; shares and counts made from it have none."""
    scale = instrument.scale_by_id.get(outcome.scale or "")
    published = None if scale is None or outcome.indicator != "score" else scale.reliability
    return None if published is None else published.value
