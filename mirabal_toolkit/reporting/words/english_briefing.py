"""Phrases of the briefing for boards."""

from __future__ import annotations

from collections.abc import Mapping

BRIEFING: Mapping[str, str] = {
    "briefing_title": "{title}: briefing",
    "briefing_skip": "Skip to the six panels",
    "briefing_panels": "What changed",
    "briefing_rest": "What this rests on",
    "briefing_read": "How to read the numbers",
    "briefing_limits": "What these numbers cannot say",
    "briefing_compared": "The two groups side by side",
    "briefing_lost": "Those who were not reached",
    "briefing_more": "The whole report has every indicator, every wave, the methods, and what remains uncertain.",
    "briefing_chosen": "Each panel shows the first headline indicator of its measure, in the order of the plan, whose "
    "numbers may be shown. It was not chosen by its result.",
    "briefing_reading": "The large numbers are of all women who answered at that time. The change is of the same women "
    "both times, so it can differ from what the large numbers suggest. The likely range is the {level} interval of "
    "the change: smaller studies give wider ranges.",
    "briefing_sentence": "{ends}; {change}.",
    "briefing_change": "among the {n} who answered both times, {change} (likely range: {interval})",
    "briefing_change_unclear": "among the {n} who answered both times, {change} (likely range: {interval}), so no "
    "clear change",
    "briefing_change_hidden": "the change among those who answered both times is hidden to protect them",
    "briefing_change_none": "too few women answered both times to speak of a change",
    "briefing_unknown": "not shown",
    "briefing_source": "Questionnaire {instrument}, plan {plan}, disclosure profile {profile}, seed {seed}.",
}
