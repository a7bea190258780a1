"""Phrases of figures that came after the first ones, in English; part of the catalogue in `english`."""

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
