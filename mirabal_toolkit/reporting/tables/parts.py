"""How the parts of a whole are called and found: arms, groups, subgroups, sites."""

from __future__ import annotations

from mirabal_toolkit.core.instrument import in_language
from mirabal_toolkit.reporting.edition import Edition, Indicator
from mirabal_toolkit.reporting.lookup import Estimate


def option_label(item: str, option: str, edition: Edition) -> str:
    """Return the label of an answer by its name, or the name itself."""
    if item not in edition.instrument.item_by_id:
        return option
    labels = {known.name: in_language(known.label, edition.language) for known in edition.instrument.options(item)}
    return labels.get(option, option)


def item_label(name: str, edition: Edition) -> str:
    """Return the label of an item, of ``item=answer``, or of an outcome, by its id."""
    item, _, option = name.partition("=")
    if name in edition.instrument.outcome_by_id:
        return in_language(edition.instrument.outcome(name).label, edition.language)
    if item not in edition.instrument.item_by_id:
        return name
    found = edition.instrument.item(item)
    label = in_language(found.label or found.text, edition.language)
    return f"{label}: {option_label(item, option, edition)}" if option else label


def arm_label(name: str, edition: Edition) -> str:
    """Return what an arm is called: the answer's label, or whether the file is that of a programme."""
    comparison = edition.released.plan.comparison
    if comparison is None or comparison.by_file:
        return edition.say_or(f"arm_{name}", name)
    return option_label(comparison.arm, name, edition)


def last_difference(
    one: Indicator, edition: Edition, *, weighted: bool = False, population: str = "all_started"
) -> Estimate | None:
    """Return the difference between the changes of two arms, first to last wave."""
    ends = (edition.waves[-1], edition.waves[0])
    rows = edition.lookup.rows("arm_difference", one.outcome.id, one.estimand)
    return next(
        (
            row
            for row in rows
            if row.waves == ends and row.population == population and (row.model == "overlap-weighted") == weighted
        ),
        None,
    )


def level_of(analysis: str, one: Indicator, part: str, wave: int, edition: Edition) -> Estimate | None:
    """Return the percent or mean of one part at one wave."""
    rows = edition.lookup.rows(analysis, one.outcome.id, one.estimand)
    return next((row for row in rows if row.term == part and row.wave == wave), None)


def is_clear(estimate: Estimate | None) -> bool:
    """Say whether an interval lies on one side of 0."""
    if estimate is None or estimate.conf_low is None or estimate.conf_high is None:
        return False
    return estimate.conf_low > 0 or estimate.conf_high < 0
