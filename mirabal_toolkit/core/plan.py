"""What will be analysed, declared before anybody looks: the analysis plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mirabal_toolkit.core.instrument import Estimand, Instrument
from mirabal_toolkit.errors import FindingsError, Problem

WaveModel = Literal["gee", "lmm", "mmrm", "glmm", "clmm"]

#: Kinds of outcome each model is for.
SUITS: dict[WaveModel, tuple[str, ...]] = {
    "gee": ("binary",),
    "glmm": ("binary", "count"),
    "clmm": ("ordinal",),
    "lmm": ("score", "count"),
    "mmrm": ("score", "count"),
}


@dataclass(frozen=True, slots=True)
class PlannedOutcome:
    """One outcome of the plan.

    Parameters
    ----------
    outcome : str
        Id of an outcome of the instrument.
    estimands : tuple of str
        Estimands to report, the first is the headline; empty means all that the instrument gives.
    model : str or None
        The main model: ``gee`` or ``glmm`` (yes or no), ``lmm`` or ``mmrm`` (scores), ``glmm`` (counts),
        ``clmm`` (ordered answers), or None for description only.
    beside : tuple of str
        Models shown beside the main one, which other assumptions lead to.
    headline : bool
        Whether it stands in the summary and the headline table.
    family : str
        Family for multiplicity; p values are adjusted within it.
    """

    outcome: str
    estimands: tuple[Estimand, ...] = ()
    model: WaveModel | None = None
    headline: bool = False
    family: str = ""
    beside: tuple[WaveModel, ...] = ()

    @property
    def models(self) -> tuple[WaveModel, ...]:
        """Return the main model and those beside it."""
        return () if self.model is None else (self.model, *self.beside)

    def estimands_of(self, instrument: Instrument) -> tuple[Estimand, ...]:
        """Return the estimands to report, the headline first."""
        return self.estimands or instrument.outcome(self.outcome).estimands


@dataclass(frozen=True, slots=True)
class Amendment:
    """A change to a plan after it was first written."""

    date: str
    reason: str


@dataclass(frozen=True)
class AnalysisPlan:
    """A declared analysis.

    Parameters
    ----------
    instrument : str
        Instrument id the plan is for.
    population : str
        Who is analysed: ``all_started`` (everybody interviewed at the first wave).
    outcomes : tuple of PlannedOutcome
    distributions : tuple of str
        Items whose answers are shown wave by wave (stacked bars).
    confidence_level : float
        Of every interval, 0.95 by convention.
    multiplicity : str
        ``holm``, ``bh`` or ``none``, within each family.
    disclosure_profile : str
        Profile used unless the user names another.
    fingerprint : str
        SHA-256 of the plan file.
    """

    id: str
    version: str
    title: str
    description: str
    instrument: str
    outcomes: tuple[PlannedOutcome, ...]
    population: Literal["all_started"] = "all_started"
    distributions: tuple[str, ...] = ()
    confidence_level: float = 0.95
    multiplicity: Literal["holm", "bh", "none"] = "holm"
    disclosure_profile: str = "funder"
    seed: int = 1
    date: str = ""
    amendments: tuple[Amendment, ...] = ()
    fingerprint: str = ""

    def check_against(self, instrument: Instrument) -> None:
        """Raise FindingsError, naming every problem, if the plan asks what the instrument cannot give."""
        problems = [
            *(problem for planned in self.outcomes for problem in _outcome_problems(planned, instrument)),
            *(
                Problem(f"names the unknown item “{item}”", "distributions")
                for item in self.distributions
                if item not in instrument.item_by_id
            ),
        ]
        if self.instrument != instrument.id:
            problems.insert(
                0, Problem(f"is for the instrument “{self.instrument}”, the data are {instrument.reference}")
            )
        if problems:
            raise FindingsError(f"the plan {self.id} cannot be run on {instrument.reference}", problems=problems)


def _outcome_problems(planned: PlannedOutcome, instrument: Instrument) -> list[Problem]:
    where = f"outcome {planned.outcome}"
    outcome = instrument.outcome_by_id.get(planned.outcome)
    if outcome is None:
        known = ", ".join(instrument.outcome_by_id)
        return [Problem(f"names the unknown outcome “{planned.outcome}”", "outcomes", f"use one of: {known}")]
    problems = [
        Problem(f"asks for the estimand “{estimand}”, which this outcome does not have", where)
        for estimand in planned.estimands
        if estimand not in outcome.estimands
    ]
    for model in planned.models:
        if outcome.kind not in SUITS[model]:
            better = ", ".join(other for other, kinds in SUITS.items() if outcome.kind in kinds)
            problems.append(
                Problem(f"asks for {model}, which is for {' and '.join(SUITS[model])} outcomes", where, f"use {better}")
            )
    return problems
