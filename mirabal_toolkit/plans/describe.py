"""A plan in plain words, and as a record."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Any

from mirabal_toolkit.core.instrument import Instrument, in_language
from mirabal_toolkit.core.plan import AnalysisPlan, PlannedOutcome

#: What each model is called where no statistician reads.
MODELS = {
    "gee": "women on average (GEE)",
    "glmm": "the single woman (mixed model)",
    "clmm": "the single woman (mixed ordinal model)",
    "lmm": "a level for each woman (linear mixed model)",
    "mmrm": "free covariance between waves (MMRM)",
}
_FAMILIES = {
    "holm": "p values are adjusted by Holm’s method within each family",
    "bh": "p values are adjusted by Benjamini and Hochberg’s method within each family",
    "none": "p values are not adjusted",
}


#: Characters of a line on a terminal.
WIDTH = 80


def summary(plan: AnalysisPlan) -> dict[str, Any]:
    """Return what a list of plans shows of one."""
    return {
        "id": plan.id,
        "version": plan.version,
        "title": plan.title,
        "instrument": plan.instrument,
        "outcomes": len(plan.outcomes),
        "design": plan.design,
        "sha256": plan.fingerprint,
    }


def list_text(plans: list[AnalysisPlan]) -> str:
    """Return the plans one below the other, no wider than `WIDTH`."""
    width = max(len(plan.id) for plan in plans)
    lines = []
    for plan in plans:
        told = [*textwrap.wrap(plan.title, WIDTH - width - 2), f"for {plan.instrument}"]
        lines += [f"{name:{width}}  {text}" for name, text in zip([plan.id, *[""] * len(told)], told, strict=False)]
    return "\n".join(lines)


def as_text(plan: AnalysisPlan, instrument: Instrument) -> str:
    """Return a plan in plain words.

    Parameters
    ----------
    plan : AnalysisPlan
    instrument : Instrument
        Of the plan, for labels.
    """
    return "\n".join(_lines(plan, instrument))


def _lines(plan: AnalysisPlan, instrument: Instrument) -> Iterator[str]:
    yield f"{plan.title}\n"
    yield from (plan.description, "") if plan.description else ()
    yield f"Plan         {plan.id} {plan.version}{f', fixed on {plan.date}' if plan.date else ''}"
    yield f"SHA-256      {plan.fingerprint}"
    yield f"Instrument   {plan.instrument} ({in_language(instrument.title)})"
    yield f"Who          {_who(plan)}"
    yield f"Intervals    {100 * plan.confidence_level:g} %; {_FAMILIES[plan.multiplicity]}"
    yield f"Released as  {plan.disclosure_profile}{', with rules of its own' if plan.disclosure_rules else ''}"
    yield ""
    yield from _outcome_lines(plan, instrument)
    yield from _section_lines(plan, instrument)
    for amendment in plan.amendments:
        yield f"Amended on {amendment.date}: {amendment.reason}"


def _who(plan: AnalysisPlan) -> str:
    if plan.design == "cross_sectional":
        return "everybody who answered, once"
    also = "; then those seen at every wave" if plan.completers else ""
    return f"everybody interviewed at the first wave{also}"


def _outcome_lines(plan: AnalysisPlan, instrument: Instrument) -> Iterator[str]:
    for headline, heading in ((True, "In the summary"), (False, "In the tables")):
        chosen = [planned for planned in plan.outcomes if planned.headline == headline]
        if chosen:
            yield heading
            yield from (f"  - {_outcome(planned, instrument)}" for planned in chosen)
            yield ""


def _outcome(planned: PlannedOutcome, instrument: Instrument) -> str:
    label = in_language(instrument.outcome(planned.outcome).label)
    if planned.model is None:
        return f"{label}: described"
    beside = f", beside it {' and '.join(MODELS[model] for model in planned.beside)}" if planned.beside else ""
    family = f"; family {planned.family}" if planned.family else ""
    return f"{label}: {MODELS[planned.model]}{beside}{family}"


def _section_lines(plan: AnalysisPlan, instrument: Instrument) -> Iterator[str]:
    def named(items: tuple[str, ...]) -> str:
        known = instrument.item_by_id
        return ", ".join(in_language(known[item].label) if item in known else item for item in items)

    if plan.group:
        yield f"Compared by {named((plan.group,))}: each by itself, every pair, one joint test"
    if plan.comparison:
        yield _comparison(plan, instrument)
    if plan.covariates:
        yield f"In every model of change: {named(plan.covariates)}"
    if plan.cluster:
        yield f"Sites ({named((plan.cluster,))}) are clusters: CR2, site averages, spread between sites"
    if plan.subgroups:
        yield f"Subgroups, by one joint test each: {named(plan.subgroups)}"
    if plan.missing_data:
        yield f"Missed waves: {plan.missing_data.imputations} imputations, and how far those lost could turn the result"
    if plan.measurement != "none":
        which = "all scales" if plan.measurement == "all" else ", ".join(plan.measurement)
        yield f"Reliability of: {which}"
    if plan.informants:
        yield f"Second account: {plan.informants.instrument}, beside the first and never pooled with it"


def _comparison(plan: AnalysisPlan, instrument: Instrument) -> str:
    comparison = plan.comparison
    if comparison is None:
        return ""
    source = "two files" if comparison.by_file else in_language(instrument.item(comparison.arm).label)
    weights = "; weighted to be alike at the start" if comparison.weights == "overlap" else ""
    return f"Two groups ({source}): {comparison.treated} minus {comparison.reference}, {comparison.design}{weights}"


def full_record(plan: AnalysisPlan) -> dict[str, Any]:
    """Return everything a plan says, for programs."""
    from dataclasses import asdict

    return asdict(plan)
