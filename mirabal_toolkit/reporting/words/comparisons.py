"""What a report says of two arms: the only place where the word effect may stand, as the plan declares."""

from __future__ import annotations

from mirabal_toolkit.core.plan import FIRST_WAVE
from mirabal_toolkit.reporting.edition import Edition, Indicator
from mirabal_toolkit.reporting.lookup import Estimate
from mirabal_toolkit.reporting.tables.arms import arm_names, compared
from mirabal_toolkit.reporting.tables.parts import arm_label, is_clear, item_label, last_difference
from mirabal_toolkit.reporting.values import decimals_of
from mirabal_toolkit.reporting.words import numbers
from mirabal_toolkit.reporting.words.summary import by_chance


def comparison_leads(edition: Edition) -> tuple[str, ...]:
    """Return the paragraphs before the comparison: what it can and cannot show."""
    comparison = edition.released.plan.comparison
    if comparison is None:
        return ()
    leads = [edition.say(f"lead_comparison_{comparison.design.replace('-', '_')}")]
    if comparison.weights == "overlap":
        items = [
            edition.say("first_value") if item == FIRST_WAVE else item_label(item, edition).lower()
            for item in comparison.propensity
        ]
        leads.append(edition.say("lead_comparison_weights", items=", ".join(items)))
    return (*leads, edition.say("lead_comparison_pooled"))


def comparison_sentences(edition: Edition) -> tuple[str, ...]:
    """Return a sentence for every headline indicator: change in both arms, the difference, its interval."""
    return tuple(_sentence(one, edition) for one in compared(edition) if one.headline and one.first)


def _sentence(one: Indicator, edition: Edition) -> str:
    label = edition.label(one)
    difference = last_difference(one, edition)
    if difference is not None and difference.hidden:
        return edition.say("comparison_hidden", label=label)
    if difference is None or difference.estimate is None:
        return edition.say("comparison_none", label=label)
    decimals = decimals_of(one, edition)
    changes = [_change(one, name, edition) for name in arm_names(edition)]
    written = [numbers.signed(None if change is None else change.estimate, decimals) for change in changes]
    names = [arm_label(name, edition).lower() for name in arm_names(edition)]
    return edition.say(
        "comparison_sentence",
        label=label,
        reference_name=names[0],
        reference=written[0],
        treated_name=names[1],
        treated=written[1],
        **edition.first_and_last,
        difference=numbers.signed(difference.estimate, decimals),
        level=edition.level,
        interval=numbers.interval(difference.conf_low, difference.conf_high, decimals, plus=True),
        verdict=_verdict(difference, edition),
    )


def _verdict(difference: Estimate, edition: Edition) -> str:
    if not is_clear(difference):
        return edition.say("comparison_unclear")
    if by_chance(difference, edition):
        told = edition.say("unclear_together", p=numbers.p_value(difference.p_adjusted))
        return f"{edition.say('comparison_leaves_out')} {told}"
    return edition.say("comparison_clear")


def _change(one: Indicator, arm: str, edition: Edition) -> Estimate | None:
    ends = (edition.waves[-1], edition.waves[0])
    rows = edition.lookup.rows("arm_change", one.outcome.id, one.estimand)
    return next((row for row in rows if row.term == arm and row.waves == ends), None)
