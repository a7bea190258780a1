"""Run a plan on a panel."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain

import pandas as pd

from mirabal_toolkit.core.data import Finding, PanelData
from mirabal_toolkit.core.frames import SealedFrame
from mirabal_toolkit.core.plan import AnalysisPlan
from mirabal_toolkit.core.results import Results, estimates_frame
from mirabal_toolkit.models.across_groups import across_groups
from mirabal_toolkit.models.arms import compare_arms
from mirabal_toolkit.models.background import ARM
from mirabal_toolkit.models.balance import baseline_balance
from mirabal_toolkit.models.baseline import baseline
from mirabal_toolkit.models.checks import check_panel
from mirabal_toolkit.models.describe import Record, by_wave, cochran_q, distributions, retention
from mirabal_toolkit.models.endorsement import endorsements
from mirabal_toolkit.models.informants import two_accounts
from mirabal_toolkit.models.measured import Measured, all_measured, started
from mirabal_toolkit.models.measurement import measurement
from mirabal_toolkit.models.missing_waves.analysing import LostWaves, estimate_lost, lost_waves, study_of_loss
from mirabal_toolkit.models.multiplicity import adjust
from mirabal_toolkit.models.over_waves import among_completers, model_over_waves
from mirabal_toolkit.models.paired import first_to_last
from mirabal_toolkit.models.panel_records import covariates_over_time, panel_records
from mirabal_toolkit.models.reliable_change import reliable_change
from mirabal_toolkit.models.sites import change_across_sites
from mirabal_toolkit.models.subgroups import change_by_subgroup
from mirabal_toolkit.models.transitions import item_transitions, transitions
from mirabal_toolkit.models.versions import flag_versions
from mirabal_toolkit.safekeeping.finished import kept_now
from mirabal_toolkit.safekeeping.processes import in_processes

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class WholePanel:
    """What is estimated of the panel, not of one outcome.

    Parameters
    ----------
    estimates : callable
        Of the panel, the plan and the people of its population; a function of a module, so that it reaches
        another process.
    panel : PanelData
    plan : AnalysisPlan
    people : Index
    """

    estimates: Callable[[PanelData, AnalysisPlan, pd.Index], Iterator[Record]]
    panel: PanelData
    plan: AnalysisPlan
    people: pd.Index


#: A piece of work: an outcome as it was seen, what those who were lost could change about it, or the whole panel.
Task = Measured | LostWaves | WholePanel
#: In the order of their estimates.
OF_THE_WHOLE = (baseline, distributions, item_transitions, endorsements, covariates_over_time, measurement)


def analyse(
    panel: PanelData,
    plan: AnalysisPlan,
    *,
    versions: Mapping[str, str],
    jobs: int = 1,
    progress: Progress | None = None,
    second: PanelData | None = None,
) -> Results:
    """Estimate everything the plan asks for.

    Parameters
    ----------
    panel : PanelData
    plan : AnalysisPlan
    versions : mapping
        Package → version, kept with the results.
    jobs : int
        Processes to use; the numbers do not depend on it.
    progress : callable, optional
        Told (outcome, done, in all) as each outcome is done.
    second : PanelData, optional
        A second account of the same people, as ``plan.informants`` expects it; never pooled with the first.

    Raises
    ------
    FindingsError
        If the plan asks what the instrument or the data cannot give: see `check_panel`.
    """
    plan.check_against(panel.instrument)
    panel, plan = _without_absent_arm(panel, plan)
    people = started(panel)
    check_panel(panel, plan, people)
    records = _records(panel, plan, people, jobs, progress)
    if second is not None:
        records += two_accounts(panel, second, plan)
    records = flag_versions(records, panel.bridges)
    contrast = f"w{panel.waves[-1]} - w{panel.waves[0]}"
    return Results(
        instrument=panel.instrument,
        plan=plan,
        estimates=SealedFrame(estimates_frame(adjust(records, plan, panel.instrument, contrast=contrast))),
        flow=panel.flow,
        months=panel.months,
        trail=panel.trail,
        sources=panel.sources,
        findings=panel.findings,
        fingerprint=panel.fingerprint,
        versions=dict(versions),
    )


def _records(
    panel: PanelData, plan: AnalysisPlan, people: pd.Index, jobs: int, progress: Progress | None
) -> list[Record]:
    """Return the estimates of the first account, in the order they are kept."""
    measured = all_measured(panel, plan, people)
    lost = lost_waves(panel, plan, measured)
    whole = [WholePanel(estimates, panel, plan, people) for estimates in OF_THE_WHOLE]
    # The whole panel comes first: its pieces are long, and no process should be left alone with one at the end.
    found = _all_estimated([*whole, *measured, *lost], jobs, progress)
    return [
        *retention(panel, plan, people),
        *chain.from_iterable(found[len(whole) :]),
        *study_of_loss(panel, plan, measured),
        *baseline_balance(measured),
        *chain.from_iterable(found[: len(whole)]),
    ]


def _all_estimated(work: list[Task], jobs: int, progress: Progress | None) -> list[list[Record]]:
    """Return the estimates of each piece of work, telling of each as it is done."""
    found = []
    for done, (task, estimates) in enumerate(zip(work, _estimated(work, jobs), strict=True), start=1):
        found.append(estimates)
        if progress is not None:
            progress(_name(task), done, len(work))
    return found


def _estimated(tasks: list[Task], jobs: int) -> Iterator[list[Record]]:
    """Yield the estimates of each task, in order; what a run that was cut off had finished is not done again."""
    kept = kept_now()
    names = [f"{number} {type(task).__name__}" for number, task in enumerate(tasks)]
    known = {} if kept is None else {name: found for name in names if (found := kept.get(name)) is not None}
    missing = [task for name, task in zip(names, tasks, strict=True) if name not in known]
    fresh = iter(in_processes(_estimate_task, missing, jobs))
    for name in names:
        if name in known:
            yield known[name]
            continue
        records = next(fresh)
        if kept is not None:
            kept.put(name, records)
        yield records
    next(fresh, None)


def _name(task: Task) -> str:
    """Say what a piece of work is about, as progress tells it."""
    if isinstance(task, WholePanel):
        return task.estimates.__name__.replace("_", " ")
    return (task.measured if isinstance(task, LostWaves) else task).outcome.id


def _estimate_task(task: Task) -> list[Record]:
    if isinstance(task, WholePanel):
        return list(task.estimates(task.panel, task.plan, task.people))
    return estimate_lost(task) if isinstance(task, LostWaves) else estimate(task)


def estimate(measured: Measured) -> list[Record]:
    """Describe, pair and model one outcome under one estimand."""
    if measured.plan.design == "cross_sectional":
        return [*by_wave(measured), *across_groups(measured)]
    records = [*by_wave(measured), *cochran_q(measured), *first_to_last(measured)]
    records += reliable_change(measured)
    records += transitions(measured)
    records += model_over_waves(measured)
    records += panel_records(measured)
    return [
        *records,
        *among_completers(measured),
        *compare_arms(measured),
        *change_by_subgroup(measured),
        *change_across_sites(measured),
    ]


def _without_absent_arm(panel: PanelData, plan: AnalysisPlan) -> tuple[PanelData, AnalysisPlan]:
    """Leave the comparison out, and say so, where the plan's second arm is a file that was not given."""
    if plan.comparison is None or not plan.comparison.by_file or ARM in panel.people.frame:
        return panel, plan
    told = Finding(
        "note",
        "no_second_arm",
        "the plan compares two files, and one was given: the report speaks of change in these people only",
        advice="name the other file with --comparison",
    )
    return panel.with_findings(told), replace(plan, comparison=None)
