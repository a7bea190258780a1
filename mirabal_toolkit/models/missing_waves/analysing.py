"""Everything a plan asks about the waves that were missed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mirabal_toolkit.core.data import PanelData
from mirabal_toolkit.core.plan import AnalysisPlan, MissingData
from mirabal_toolkit.models.describe import Record
from mirabal_toolkit.models.measured import Measured
from mirabal_toolkit.models.missing_waves.attrition import (
    attrition,
    last_answers,
    lost_and_retained,
    worse_off_before,
)
from mirabal_toolkit.models.missing_waves.chains import impute, seeds_of
from mirabal_toolkit.models.missing_waves.extremes import bound_records
from mirabal_toolkit.models.missing_waves.imputed import Filled, imputed_records, unit_of
from mirabal_toolkit.models.missing_waves.layout import Layout, People, know_people, lay_out
from mirabal_toolkit.models.missing_waves.reference import reference_records
from mirabal_toolkit.models.missing_waves.tipping import tipping_records
from mirabal_toolkit.models.missing_waves.weights import weighted_records

#: Fewest people for an imputation: below, the models of drop-out and of answers have nothing to rest on.
FEWEST = 10


@dataclass(frozen=True)
class LostWaves:
    """One outcome whose missed waves are looked at; a piece of work of its own."""

    measured: Measured
    people: People
    asked: MissingData


def lost_waves(panel: PanelData, plan: AnalysisPlan, outcomes: Sequence[Measured]) -> list[LostWaves]:
    """Return the outcomes, under their first estimand, that the plan wants looked at.

    Parameters
    ----------
    outcomes : sequence of Measured
        Every planned outcome under every estimand, in the order of the plan.
    """
    if plan.missing_data is None or not outcomes:
        return []
    people = know_people(panel, plan, outcomes)
    return [LostWaves(measured, people, plan.missing_data) for measured in _chosen(plan, plan.missing_data, outcomes)]


def _chosen(plan: AnalysisPlan, asked: MissingData, outcomes: Sequence[Measured]) -> list[Measured]:
    wanted = {planned.outcome for planned in plan.outcomes_of(asked.outcomes)}
    first: dict[str, Measured] = {}
    for measured in outcomes:
        first.setdefault(measured.outcome.id, measured)
    return [measured for name, measured in first.items() if name in wanted]


def study_of_loss(panel: PanelData, plan: AnalysisPlan, outcomes: Sequence[Measured]) -> list[Record]:
    """Return who was lost, and how they differed before: for the study as a whole."""
    if plan.missing_data is None or not outcomes:
        return []
    people = know_people(panel, plan, outcomes)
    chosen = _chosen(plan, plan.missing_data, outcomes)
    return [
        *attrition(people, plan),
        *lost_and_retained(people, plan, chosen),
        *worse_off_before(people, plan, chosen),
    ]


def estimate_lost(task: LostWaves) -> list[Record]:
    """Return the change of one outcome under other assumptions about those who were lost."""
    layout = lay_out(task.measured, task.people)
    if not _can_be_looked_at(task.measured, layout):
        scale, _ = unit_of(task.measured)
        row = task.measured.record("imputed_change", contrast=task.measured.contrast, term="change", scale=scale)
        return [{**row, "flags": ("not_estimable",)}]
    return [*last_answers(task.people, task.measured), *_assumptions(task, layout)]


def _can_be_looked_at(measured: Measured, layout: Layout) -> bool:
    ends = layout.waves[:1] + layout.waves[-1:]
    return (
        ends == (measured.first, measured.last) and len(layout.values) >= FEWEST and bool(layout.ends.any(axis=0).all())
    )


def _assumptions(task: LostWaves, layout: Layout) -> Iterator[Record]:
    """Yield what each assumption gives: missing at random twice, then not at random, then none."""
    measured, asked = task.measured, task.asked
    if asked.imputations > 1:
        name = f"{measured.outcome.id}.{measured.estimand}"
        streams = seeds_of(measured.plan.seed, name, asked.imputations)
        filled = Filled(measured, layout, impute(layout, streams, asked.iterations))
        yield from imputed_records(filled)
        if asked.tipping_point:
            yield from tipping_records(filled)
        if asked.reference_based:
            yield from _by_arms(filled)
    if asked.weights:
        yield from weighted_records(measured, task.people)
    if asked.bounds:
        yield from bound_records(measured, layout)


def _by_arms(filled: Filled) -> Iterator[Record]:
    """Yield the reference-based estimates, where the plan compares two arms with two people each at least."""
    arms = filled.measured.background.treated
    if arms is None:
        return
    treated = arms.reindex(filled.layout.people).to_numpy() == 1
    if min(treated.sum(), (~treated).sum()) >= 2:
        yield from reference_records(filled, treated)
