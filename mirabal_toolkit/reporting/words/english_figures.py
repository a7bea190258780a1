"""Phrases of where women went from wave to wave, what stopped and began, question by question, who started: in English.

Part of the catalogue in `english`.
"""

from __future__ import annotations

from collections.abc import Mapping

MORE_FIGURES: Mapping[str, str] = {
    "figure_transitions": "Where women went from wave to wave",
    "finding_transitions": "More women moved to the better answer than away from it in {better} of {all} indicators",
    "finding_transitions_worse": "{base}; away from it in {number}",
    "finding_transitions_unclear": "Where women went from wave to wave: no clear direction",
    "subtitle_transitions": "All women who started, at each wave; bands join the same women at neighbouring waves",
    "caption_transitions": "Numbers are women; the better answer is on top; under each column, months since the start. "
    "Not known: not interviewed, not asked, or no answer. Bands of few women are not drawn, so that bands can fill "
    "less than their column. Hatched: a number hidden to protect the women counted; its height says nothing.",
    "caption_transitions_internal": "Numbers are women; the better answer is on top; under each column, months since "
    "the start. Not known: not interviewed, not asked, or no answer.",
    "figure_answer_moves": "{item}: where women went between the first and the last wave",
    "finding_answer_moves": "{better} women moved to a better answer, {worse} to a worse one",
    "finding_answer_moves_more": "More women moved to a better answer than to a worse one",
    "finding_answer_moves_fewer": "More women moved to a worse answer than to a better one",
    "finding_answer_moves_part": "About {better} women or more moved to a better answer; how many to a worse one is "
    "hidden",
    "finding_answer_moves_unclear": "Where women went between the first and the last wave",
    "subtitle_answer_moves": "{item}: all women who started, {first} and {last}",
    "caption_answer_moves": "Numbers are women. Not known: not interviewed, not asked, or no answer. Bands of few "
    "women are not drawn, so that bands can fill less than their column. Hatched: a number hidden to protect the women "
    "counted; its height says nothing.",
    "caption_answer_moves_internal": "Numbers are women. Not known: not interviewed, not asked, or no answer.",
    "figure_changes": "Change from the first to the last wave, by the main models",
    "subtitle_changes": "Change from {first} to {last} in everybody who started, in points, by the main models",
    "caption_changes": "Bars: {level} intervals, from the models, which use every answer of every woman. Filled "
    "circle: clear change for the better; orange diamond: for the worse; hollow: the interval holds 0. n: women in "
    "the model.",
    "figure_course": "Who stopped, who began, in whom it came back",
    "finding_course": "In {most} of {all} indicators clearly more than half of those concerned were free of it at the "
    "end",
    "finding_course_none": "Who stopped, who began, in whom it came back",
    "subtitle_course": "Percent of the women each column speaks of, and how many they are",
    "caption_course": "Bars: {level} intervals. Stopped: of those it had happened to at the start, it had not at their "
    "last two waves. Began: of the others, it had at the last wave. Came back: of those it had stopped for, it had "
    "happened again.",
    "alt_course": "Three columns of dots with intervals, one row for each indicator.",
    "caption_diverging": "Worse answers to the left of the line, better ones to the right. n: women who answered. At "
    "the right: women interviewed who gave no answer, and why.",
    "caption_diverging_middle": "Worse answers to the left of the line, better ones to the right, the one in between "
    "apart. n: women who answered. At the right: women interviewed who gave no answer, and why.",
    "head_worse": "← worse",
    "head_better": "better →",
    "figure_endorsement": "Question by question: percent who said yes, wave by wave",
    "finding_endorsement": "Said most often {at_last}: {item} ({share})",
    "finding_endorsement_none": "Question by question: percent who said yes",
    "subtitle_endorsement": "Percent of the women asked who gave more than the lowest answer (“never”, “no”)",
    "caption_endorsement": "The darker, the more. n: women of whom the indicator in bold is known. Of those asked: a "
    "question that was asked only of some.",
    "caption_endorsement_hidden": "Hatched: hidden to protect the women counted.",
    "alt_endorsement": "A table of shaded cells, one row for each question, one column for each wave.",
    "n_is": "n {n}",
    "label_of_those_asked": "{label} (of those asked)",
    "table_baseline": "Who started: what is known of them at the start",
    "header_characteristic": "Characteristic",
    "header_percent_or_average": "% or average (SD)",
    "header_of_how_many": "Of how many",
    "headline_at_start": "Headline indicators at the start",
    "mean_and_sd": "Average (SD)",
    "mean_sd": "{mean} ({sd})",
    "note_baseline": "Everybody interviewed at the first wave; indicators, of those who answered. SD: standard "
    "deviation.",
    "legend_state_better": "the better answer",
    "legend_state_worse": "the worse answer",
    "legend_state_not_known": "not known",
    "alt_transitions": "Columns of answers, one a wave, joined by bands of women who went from one to the other.",
    "state_yes": "yes",
    "state_no": "no",
    "state_not_known": "not known",
    "header_from": "From",
    "header_to": "To",
}
