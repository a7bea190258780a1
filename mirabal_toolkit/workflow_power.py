"""From a plan to what studies of several sizes could show: artificial people, analysed as the plan would.

Like `workflow`, this joins rooms and computes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mirabal_toolkit.core.instrument import Estimand, Instrument
from mirabal_toolkit.core.plan import AnalysisPlan, PlannedOutcome, Power
from mirabal_toolkit.core.power import Assumption, PowerStudy
from mirabal_toolkit.errors import FindingsError, Problem, UsageError
from mirabal_toolkit.instruments.loading import load_instrument
from mirabal_toolkit.models.power import KINDS, Trial, summarise, try_study
from mirabal_toolkit.plans.loading import load_plan
from mirabal_toolkit.safekeeping.processes import in_processes
from mirabal_toolkit.synthetic.design import Change
from mirabal_toolkit.synthetic.outcomes import Draw, Wanted, change_by, draw_outcomes, dropout_of, true_change
from mirabal_toolkit.workflow import Progress

if TYPE_CHECKING:
    from mirabal_toolkit.reporting.tables.spec import Table

#: Simulations a piece of work holds; it does not depend on how many processes there are, so neither do the numbers.
CHUNK = 10
FEWEST_PEOPLE, MOST_PEOPLE = 10, 5_000

Target = tuple[PlannedOutcome, Estimand]
#: (outcome, method, people) of a line.
Key = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class PowerRequest:
    """What `mirabal power` was asked for; None means as the plan says.

    Parameters
    ----------
    plan : str
        Id or path.
    people : tuple of int
        Numbers of people at the start; empty means as the plan says.
    outcomes : tuple of str
        Ids of planned outcomes; empty means as the plan says.
    out : Path or None
        Folder for the table and the curves; nothing is written when None.
    """

    plan: str
    people: tuple[int, ...] = ()
    simulations: int | None = None
    out: Path | None = None
    jobs: int = 1
    seed: int | None = None
    outcomes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Piece:
    """Some of the simulations, ready to be computed anywhere."""

    instrument: Instrument
    plan: AnalysisPlan
    power: Power
    targets: tuple[Target, ...]
    change: Change
    seed: int
    simulations: int


@dataclass(frozen=True)
class PowerFound:
    """A power study as it is shown: the study, its table, and all its numbers as JSON knows them."""

    study: PowerStudy
    table: Table
    as_json: dict[str, Any]


def power(request: PowerRequest, progress: Progress) -> tuple[PowerFound, tuple[Path, ...]]:
    """Simulate studies of every size, analyse each as the plan would, and say how often the change was found.

    Returns
    -------
    found : PowerFound
    files : tuple of Path
        Written into ``request.out``; none without it.

    Raises
    ------
    UsageError
        If there is no such plan, or the sizes or assumptions are impossible.
    FindingsError
        If the plan does not suit its instrument, or names nothing that can be simulated.
    """
    from mirabal_toolkit.reporting.delivery import deliver_power, writing_to
    from mirabal_toolkit.reporting.power.tables import edition_of, power_table
    from mirabal_toolkit.reporting.power.writing import power_json

    plan = load_plan(request.plan)
    instrument = load_instrument(plan.instrument)
    plan.check_against(instrument)
    declared = _declared(request, plan)
    with writing_to(request.out):
        seed = plan.seed if request.seed is None else request.seed
        study = simulate_power(instrument, plan, declared, seed=seed, jobs=request.jobs, progress=progress)
        found = PowerFound(study, power_table(study, edition_of(study)), json.loads(power_json(study)))
        if request.out is None:
            return found, ()
        return found, deliver_power(study, request.out, command=_described(request))


def _described(request: PowerRequest) -> dict[str, Any]:
    """Return the request for the manifest: no paths."""
    return {
        "command": "power",
        "plan": Path(request.plan).name,
        "people": list(request.people),
        "outcomes": list(request.outcomes),
        "simulations": request.simulations,
        "seed": request.seed,
    }


def _declared(request: PowerRequest, plan: AnalysisPlan) -> Power:
    power = plan.power or Power()
    people = tuple(sorted(set(request.people or power.people)))
    simulations = power.simulations if request.simulations is None else request.simulations
    problems = []
    if not people or people[0] < FEWEST_PEOPLE or people[-1] > MOST_PEOPLE:
        problems.append(Problem(f"a study has {FEWEST_PEOPLE} to {MOST_PEOPLE:,} people", fix="--people 60,100,150"))
    if simulations < 2:
        problems.append(Problem("there must be at least two simulations", fix="--simulations 200"))
    planned = [one.outcome for one in plan.outcomes]
    problems += [
        Problem(f"“{name}” is no outcome of this plan", "--outcomes", f"use some of: {', '.join(planned)}")
        for name in request.outcomes
        if name not in planned
    ]
    if problems:
        raise UsageError("these studies cannot be simulated", problems=problems)
    return replace(power, people=people, simulations=simulations, outcomes=request.outcomes or power.outcomes)


def simulate_power(
    instrument: Instrument, plan: AnalysisPlan, declared: Power, *, seed: int, jobs: int, progress: Progress
) -> PowerStudy:
    """Return what studies of the sizes in `declared` could show; the numbers do not depend on `jobs`."""
    plan = replace(plan, covariates=(), cluster=None, subgroups=(), comparison=None)
    targets = _targets(instrument, plan, declared)
    waves = tuple(wave.number for wave in instrument.waves)
    progress("Finding the assumed changes", 0, declared.simulations)
    assumed = {
        _wanted(target): declared.change[target[0].outcome]
        for target in targets
        if target[0].outcome in declared.change
    }
    change = change_by(instrument, assumed, waves)
    assumptions = tuple(
        Assumption(
            *_wanted(target), *true_change(instrument, _wanted(target), waves, change), _wanted(target) in assumed
        )
        for target in targets
    )
    trials: dict[Key, list[Trial]] = {}
    done = 0
    pieces = list(_pieces(_Piece(instrument, plan, declared, targets, change, seed, 0)))
    for piece, found in zip(pieces, _computed(pieces, jobs), strict=True):
        for key, trial in found:
            trials.setdefault(key, []).append(trial)
        done += piece.simulations
        progress("Simulating studies", done, declared.simulations)
    truth = {one.outcome: one.change for one in assumptions}
    lines = [summarise(found, key, truth[key[0]], plan.confidence_level) for key, found in trials.items()]
    order = {target[0].outcome: place for place, target in enumerate(targets)}
    lines.sort(key=lambda line: (order[line.outcome], line.method, line.people))
    return PowerStudy(instrument, plan, declared, assumptions, tuple(lines))


def _targets(instrument: Instrument, plan: AnalysisPlan, declared: Power) -> tuple[Target, ...]:
    """Return the planned outcomes to simulate, each under its headline estimand."""
    if plan.design != "longitudinal":
        raise FindingsError(
            f"the plan {plan.id} looks at one wave; power is for changes between waves",
            fix="name a plan over several waves: see `mirabal plans list`",
        )
    found = tuple(
        (planned, planned.estimands_of(instrument)[0])
        for planned in plan.outcomes_of(declared.outcomes)
        if instrument.outcome(planned.outcome).kind in KINDS
    )
    if not found:
        raise FindingsError(
            f"the plan {plan.id} names no outcome whose change can be simulated",
            fix="name yes-or-no outcomes or scores under power, outcomes",
        )
    return found


def _wanted(target: Target) -> Wanted:
    return target[0].outcome, target[1]


def _pieces(whole: _Piece) -> Iterator[_Piece]:
    """Cut the simulations into pieces, each with a seed of its own."""
    total = whole.power.simulations
    sizes = [min(CHUNK, total - start) for start in range(0, total, CHUNK)]
    seeds = np.random.SeedSequence(whole.seed).spawn(len(sizes))
    for size, seed in zip(sizes, seeds, strict=True):
        yield replace(whole, simulations=size, seed=int(seed.generate_state(1)[0]))


def _computed(pieces: list[_Piece], jobs: int) -> Iterator[list[tuple[Key, Trial]]]:
    yield from in_processes(_compute, pieces, jobs)


def _compute(piece: _Piece) -> list[tuple[Key, Trial]]:
    """Draw the people of all studies of a piece together, and analyse the first so many of each study."""
    largest = piece.power.people[-1]
    waves = tuple(wave.number for wave in piece.instrument.waves)
    dropout = dropout_of(piece.power.dropout, piece.power.dropout_pattern)
    draw = Draw(largest * piece.simulations, piece.seed, waves, dropout, piece.change)
    values = draw_outcomes(piece.instrument, [_wanted(target) for target in piece.targets], draw)
    found: list[tuple[Key, Trial]] = []
    for number in range(piece.simulations):
        for planned, estimand in piece.targets:
            study = values[planned.outcome, estimand][number * largest : (number + 1) * largest]
            for people in piece.power.people:
                trials = try_study(study[:people], planned, estimand, piece.plan, piece.instrument)
                found += [((planned.outcome, method, people), trial) for method, trial in trials.items()]
    return found
