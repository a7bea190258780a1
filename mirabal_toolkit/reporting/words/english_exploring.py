"""Phrases of the page that explores one outcome at a time, in English; part of the catalogue in `english`."""

from __future__ import annotations

from collections.abc import Mapping

EXPLORING: Mapping[str, str] = {
    "explore_title": "{title}: one outcome at a time",
    "explore_subtitle": "Plan {plan}, questionnaire {instrument}",
    "explore_how": "Choose an outcome. Everything on this page was made at once, under one disclosure profile: what is "
    "hidden stays hidden, whatever you look at together. Nothing is computed here and nothing is sent anywhere.",
    "explore_choose": "Outcome",
    "explore_wave": "Wave",
    "explore_beside": "Set beside it",
    "explore_nothing_beside": "nothing",
    "explore_previous": "Previous outcome",
    "explore_next": "Next outcome",
    "explore_flow": "Who was reached",
    "explore_unit_binary": "percent of women",
    "explore_unit_score": "average score from 0 to 100",
    "explore_unit_variety": "average number of different acts",
    "explore_unit_value": "average answer",
    "explore_estimand_experienced": "No contact with him counts as none.",
    "explore_estimand_while_in_contact": "Only women in contact with him are counted.",
    "explore_at_wave": "{label} {wave}: {value}.",
    "explore_mean": "{mean} on average ({n} women)",
    "explore_since_start": "Since the start: {change}, by the model, which uses everybody’s answers ({level} interval: "
    "{interval}).",
    "explore_table_waves": "Wave by wave",
    "explore_table_ends": "Before and after",
    "explore_header_wave": "Wave",
    "explore_header_concerned": "Concerned",
    "explore_header_who": "Counted",
    "explore_header_became": "What became of it",
    "explore_header_share": "Women",
    "explore_header_subgroup": "Subgroup",
    "explore_span_since": "Since the start, by the model",
    "explore_all": "All who answered",
    "explore_both": "The same women, both times",
    "explore_note_waves": "Answered: women with an answer at that wave. Concerned: women interviewed whom the question "
    "concerns; those among them without an answer refused, did not know, or were not asked. The model uses the "
    "answers of all waves.",
    "explore_note_waves_plain": "Answered: women with an answer at that wave. Concerned: women interviewed whom the "
    "question concerns; those among them without an answer refused, did not know, or were not asked.",
    "explore_note_ends": "Change: among the same women, both times. Change alone does not show what a "
    "programme did: there is no comparison group.",
    "explore_note_ends_compared": "Change: among the same women, both times, of both groups together.",
    "explore_chart": "{label}, wave by wave. {points}",
    "explore_chart_point": "{wave}: {value}",
    "explore_interval": "bars: {level} interval",
}
