"""What will be analysed, declared before anybody looks: the analysis plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mirabal_toolkit.core.cleaning_rules import CleaningRules
from mirabal_toolkit.core.instrument import Estimand, Instrument
from mirabal_toolkit.core.plan_checks import SUITS, find_plan_problems
from mirabal_toolkit.core.plan_sections import (
    BY_FILE,
    FIRST_WAVE,
    Comparison,
    Design,
    DisclosureRules,
    Informants,
    MissingData,
    PairedInterval,
    PanelModel,
    Power,
    Which,
)
from mirabal_toolkit.errors import FindingsError

__all__ = [
    "BY_FILE",
    "FIRST_WAVE",
    "SUITS",
    "Amendment",
    "AnalysisPlan",
    "Comparison",
    "Design",
    "DisclosureRules",
    "Informants",
    "MissingData",
    "PairedInterval",
    "PanelModel",
    "PlannedOutcome",
    "Power",
    "WaveModel",
    "Which",
]

WaveModel = Literal["gee", "lmm", "mmrm", "glmm", "clmm"]


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
    disclosure_rules : DisclosureRules or None
        What this plan asks in place of rules of that profile.
    fingerprint : str
        SHA-256 of the plan file.
    design : str
        ``longitudinal`` (several waves), or ``cross_sectional`` (one wave, people compared by `group`).
    group : str or None
        Item by which a cross-sectional plan compares, e.g. the country.
    cluster : str or None
        Person-level item that says where she was asked: the site.
    covariates : tuple of str
        Person-level items that stand in every model of change.
    time_varying : tuple of str
        Items by wave for models that tell differences between people from changes within them.
    panel_models : tuple of str
        Models of econometrics shown beside the main ones.
    comparison : Comparison or None
        Two arms, if there are any.
    subgroups : tuple of str
        Person-level items by which change may differ; tested by interaction with wave.
    completers : bool
        Whether the headline changes are shown again for those seen at every wave.
    paired_interval : str
        Interval of a paired change in percentage points: ``newcombe`` or ``tango``.
    missing_data : MissingData or None
    measurement : str or tuple of str
        ``all``, ``none``, or ids of the scales whose reliability is reported.
    informants : Informants or None
    power : Power or None
    cleaning : CleaningRules or None
        What differs from the usual cleaning.
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
    disclosure_rules: DisclosureRules | None = None
    seed: int = 1
    date: str = ""
    amendments: tuple[Amendment, ...] = ()
    fingerprint: str = ""
    design: Design = "longitudinal"
    group: str | None = None
    cluster: str | None = None
    covariates: tuple[str, ...] = ()
    time_varying: tuple[str, ...] = ()
    panel_models: tuple[PanelModel, ...] = ()
    comparison: Comparison | None = None
    subgroups: tuple[str, ...] = ()
    completers: bool = False
    paired_interval: PairedInterval = "newcombe"
    missing_data: MissingData | None = None
    measurement: Which | Literal["none"] = "none"
    informants: Informants | None = None
    power: Power | None = None
    cleaning: CleaningRules | None = None

    def outcomes_of(self, which: Which) -> tuple[PlannedOutcome, ...]:
        """Return the planned outcomes a section is for: ``headline``, ``all``, or those named."""
        if which == "all":
            return self.outcomes
        if which == "headline":
            return tuple(planned for planned in self.outcomes if planned.headline)
        return tuple(planned for planned in self.outcomes if planned.outcome in which)

    def check_against(self, instrument: Instrument) -> None:
        """Raise FindingsError, naming every problem, if the plan asks what the instrument cannot give."""
        problems = find_plan_problems(self, instrument)
        if problems:
            raise FindingsError(f"the plan {self.id} cannot be run on {instrument.reference}", problems=problems)
