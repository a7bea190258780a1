"""What a plan may ask of an instrument; each check yields every problem it finds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from mirabal_toolkit.core.plan_sections import FIRST_WAVE
from mirabal_toolkit.errors import Problem

if TYPE_CHECKING:
    from mirabal_toolkit.core.instrument import Instrument, Item
    from mirabal_toolkit.core.plan import AnalysisPlan, PlannedOutcome, WaveModel
    from mirabal_toolkit.core.plan_sections import Comparison

#: Kinds of outcome each model is for.
SUITS: dict[WaveModel, tuple[str, ...]] = {
    "gee": ("binary",),
    "glmm": ("binary", "count"),
    "clmm": ("ordinal",),
    "lmm": ("score", "count"),
    "mmrm": ("score", "count"),
}


def find_plan_problems(plan: AnalysisPlan, instrument: Instrument) -> list[Problem]:
    """Return everything `plan` asks that `instrument` cannot give, in the order of the plan.

    For another instrument that is all there is to say: nothing would be mended by renaming its outcomes.
    """
    if plan.instrument != instrument.id:
        what = f"is for the instrument “{plan.instrument}”, the data are {instrument.reference}"
        return [Problem(what, "instrument", f"use a plan for {instrument.id}: see `mirabal plans list`")]
    checks = (
        _outcomes,
        _distributions,
        _person_items,
        _comparison,
        _missing_data,
        _measurement,
        _design,
        _informants,
        _power,
    )
    return [problem for check in checks for problem in check(plan, instrument)]


def _outcomes(plan: AnalysisPlan, instrument: Instrument) -> Iterator[Problem]:
    named = [planned.outcome for planned in plan.outcomes]
    for name in sorted({name for name in named if named.count(name) > 1}):
        yield Problem(f"names the outcome “{name}” twice", "outcomes", "keep one of the two lines")
    for planned in plan.outcomes:
        yield from _outcome(planned, instrument)


def _outcome(planned: PlannedOutcome, instrument: Instrument) -> Iterator[Problem]:
    where = f"outcome {planned.outcome}"
    outcome = instrument.outcome_by_id.get(planned.outcome)
    if outcome is None:
        known = ", ".join(instrument.outcome_by_id)
        yield Problem(f"names the unknown outcome “{planned.outcome}”", "outcomes", f"use one of: {known}")
        return
    for estimand in planned.estimands:
        if estimand not in outcome.estimands:
            fix = f"use one of: {', '.join(outcome.estimands)}"
            yield Problem(f"asks for the estimand “{estimand}”, which this outcome does not have", where, fix)
    for model in planned.models:
        if outcome.kind not in SUITS[model]:
            better = ", ".join(other for other, kinds in SUITS.items() if outcome.kind in kinds)
            what = f"asks for {model}, which is for {' and '.join(SUITS[model])} outcomes"
            yield Problem(what, where, f"use {better}")


def _distributions(plan: AnalysisPlan, instrument: Instrument) -> Iterator[Problem]:
    for item in plan.distributions:
        if item not in instrument.item_by_id:
            yield Problem(f"names the unknown item “{item}”", "distributions")


def _unknown_item(item: str, instrument: Instrument, where: str) -> Problem:
    once = ", ".join(known.id for known in instrument.items if known.per_person)
    fix = f"items asked once a person: {once}" if once else "this instrument has no item asked once a person"
    return Problem(f"names the unknown item “{item}”", where, fix)


def _person_item(item: str, instrument: Instrument, where: str) -> Iterator[Problem]:
    """Yield what is wrong with an item that must be asked once a person and be a number or a choice."""
    found = instrument.item_by_id.get(item)
    if found is None:
        yield _unknown_item(item, instrument, where)
    elif not found.per_person:
        yield Problem(f"names “{item}”, which is asked at every wave", where, "name an item asked once a person")
    elif not found.is_numeric:
        yield Problem(f"names “{item}”, which is a {found.type}", where, "name a number or a choice")


def _person_items(plan: AnalysisPlan, instrument: Instrument) -> Iterator[Problem]:
    for item in plan.covariates:
        yield from _person_item(item, instrument, "covariates")
    for item in plan.subgroups:
        yield from _chosen(item, instrument, "subgroups")
    if plan.cluster is not None:
        yield from _person_item(plan.cluster, instrument, "cluster")
    for item in plan.time_varying:
        found = instrument.item_by_id.get(item)
        if found is None:
            yield Problem(f"names the unknown item “{item}”", "time_varying", "name an item asked at every wave")
        elif found.per_person:
            yield Problem(f"names “{item}”, which is asked once a person", "time_varying", "put it under covariates")
        elif not found.is_numeric:
            yield Problem(f"names “{item}”, which is a {found.type}", "time_varying", "name a number or a choice")


def _chosen(item: str, instrument: Instrument, where: str) -> Iterator[Problem]:
    problems = list(_person_item(item, instrument, where))
    yield from problems
    found = instrument.item_by_id.get(item)
    if not problems and found is not None and found.type != "choice":
        yield Problem(f"names “{item}”, which has no answers to choose from", where, "name a choice with few answers")


def _comparison(plan: AnalysisPlan, instrument: Instrument) -> Iterator[Problem]:
    comparison = plan.comparison
    if comparison is None:
        return
    if comparison.reference == comparison.treated:
        yield Problem("gives both arms the same name", "comparison", "reference and treated must differ")
    if comparison.by_file:
        if instrument.id not in (comparison.reference, comparison.treated):
            fix = f"one of the two must be {instrument.id}"
            yield Problem("compares two files, neither of which is of the plan's instrument", "comparison", fix)
    else:
        yield from _arm(comparison, instrument)
    for item in comparison.propensity:
        if item != FIRST_WAVE:
            yield from _person_item(item, instrument, "comparison, propensity")
    if comparison.weights == "overlap" and not comparison.propensity:
        yield Problem("asks for weights without naming what they balance", "comparison", "list items under propensity")


def _arm(comparison: Comparison, instrument: Instrument) -> Iterator[Problem]:
    problems = list(_chosen(comparison.arm, instrument, "comparison, arm"))
    yield from problems
    if problems:
        return
    names = [option.name for option in instrument.options(comparison.arm) if option.kind == "valid"]
    if len(names) != 2:
        what = f"names the arm “{comparison.arm}”, which has {len(names)} answers; an arm has two"
        yield Problem(what, "comparison, arm", "name an item with two answers")
    for key, name in (("reference", comparison.reference), ("treated", comparison.treated)):
        if name not in names:
            fix = f"use one of: {', '.join(names)}"
            yield Problem(f"names the unknown answer “{name}” of {comparison.arm}", f"comparison, {key}", fix)


def _known_outcomes(names: Iterable[str], plan: AnalysisPlan, where: str) -> Iterator[Problem]:
    planned = {outcome.outcome for outcome in plan.outcomes}
    for name in names:
        if name not in planned:
            fix = "add it to the outcomes of the plan, or take it out here"
            yield Problem(f"names “{name}”, which is no outcome of this plan", where, fix)


def _missing_data(plan: AnalysisPlan, instrument: Instrument) -> Iterator[Problem]:
    missing = plan.missing_data
    if missing is None:
        return
    if not isinstance(missing.outcomes, str):
        yield from _known_outcomes(missing.outcomes, plan, "missing_data, outcomes")
    for name in missing.auxiliaries:
        item: Item | None = instrument.item_by_id.get(name)
        if item is None and name not in instrument.outcome_by_id:
            yield Problem(f"names “{name}”, which is no item and no outcome", "missing_data, auxiliaries")
        elif item is not None and not item.is_numeric:
            yield Problem(f"names “{name}”, which is a {item.type}", "missing_data, auxiliaries")
    if missing.reference_based and plan.comparison is None:
        yield Problem("asks for reference-based imputation without arms", "missing_data", "declare a comparison")


def _measurement(plan: AnalysisPlan, instrument: Instrument) -> Iterator[Problem]:
    for name in () if isinstance(plan.measurement, str) else plan.measurement:
        if name not in instrument.scale_by_id:
            fix = f"use one of: {', '.join(instrument.scale_by_id)}"
            yield Problem(f"names the unknown scale “{name}”", "measurement", fix)


def _design(plan: AnalysisPlan, instrument: Instrument) -> Iterator[Problem]:
    if plan.group is not None:
        item = instrument.item_by_id.get(plan.group)
        if item is None:
            yield Problem(f"names the unknown item “{plan.group}”", "group")
        elif item.type != "choice":
            yield Problem(f"names “{plan.group}”, which has no answers to choose from", "group", "name a choice")
        if plan.design != "cross_sectional":
            yield Problem("groups people in a plan over several waves", "group", "use subgroups, or cross_sectional")
    elif plan.design == "cross_sectional":
        yield Problem("asks one wave only and names no group", "design", "name one, e.g. group: the country item")
    if plan.design == "longitudinal" and len(instrument.waves) < 2:
        fix = "design: cross_sectional"
        yield Problem(f"looks for change, but {instrument.reference} is asked once", "design", fix)


def _informants(plan: AnalysisPlan, instrument: Instrument) -> Iterator[Problem]:
    if plan.informants is not None:
        for first, _second in plan.informants.pairs:
            if first not in instrument.outcome_by_id:
                yield Problem(f"names the unknown outcome “{first}”", "informants, pairs")


def _power(plan: AnalysisPlan, _instrument: Instrument) -> Iterator[Problem]:
    if plan.power is None:
        return
    if not isinstance(plan.power.outcomes, str):
        yield from _known_outcomes(plan.power.outcomes, plan, "power, outcomes")
    yield from _known_outcomes(plan.power.change, plan, "power, change")
