"""Phrases of the page on power, in English; part of the catalogue in `english`."""

from __future__ import annotations

from collections.abc import Mapping

POWER: Mapping[str, str] = {
    "power_title": "How many people does the study need?",
    "power_subtitle": "Plan {plan}, {instrument}, {waves} waves",
    "power_banner": "Artificial people only: {simulations} studies of each size were simulated and analysed as the "
    "plan would. They can only be as right as what they assume.",
    "section_power": "What studies of different sizes would find",
    "section_power_assumed": "What is assumed",
    "section_power_read": "How to read this",
    "figure_power": "Chance to find the change, by number of people at the start",
    "subtitle_power": "Percent of simulated studies in which the change was told from none ({level} confidence)",
    "caption_power": "Filled dots: the plan’s main model, all waves. Open squares: people seen at both ends only. "
    "Bars: {level} intervals of the simulation. Dashed line: 80%, the usual aim.",
    "axis_people": "people",
    "alt_power": "One small line chart for each indicator: percent of simulated studies that find the change, by "
    "number of people at the start.",
    "alt_power_line": "{label}: {points}.",
    "alt_power_point": "{power} with {people}",
    "finding_power": "With {people} people at the start, {reached} of {all} indicators reach 80%",
    "power_change": "{label}: {first} at the start, {change} to the end",
    "table_power": "Simulated studies by number of people at the start",
    "table_power_assumed": "Assumed start and change",
    "header_power_people": "People at the start",
    "header_power_method": "Analysis",
    "header_power_seen": "Seen at the end",
    "header_power": "Change found, % of studies",
    "header_power_width": "Width of the {level} interval, points",
    "header_power_bias": "Average error, points",
    "header_power_coverage": "Intervals that hold the truth, %",
    "header_power_start": "Start",
    "header_power_assumed_by": "Assumed by",
    "power_by_plan": "the plan",
    "power_by_generator": "the generator of artificial answers",
    "power_method_model": "Main model ({model})",
    "power_method_paired": "Seen at both ends",
    "note_power": "Change found: p below {alpha}, not adjusted for the number of indicators; its simulation error is "
    "at most {error} points. Average error: estimate minus truth, with the simulation’s own standard error. A "
    "study in which the model could not be fitted counts as one that found nothing.",
    "note_power_unfitted": "In some studies ({most} of {all} at most) the analysis gave no estimate; width, error "
    "and coverage are of the others.",
    "power_dropout_at_random": "By the last wave {share} of those who started are not seen. Who is lost does not "
    "depend on how she is.",
    "power_dropout_worse_leave": "By the last wave {share} of those who started are not seen. Those who told of more "
    "harm at their last interview are lost more often.",
    "power_simple": "Covariates, sites and arms of the plan are left out, single answers are not refused, and "
    "everybody follows the questionnaire’s routing.",
    "power_read_power": "Look for the smallest number of people whose line reaches 80%: of ten such studies, eight "
    "would find the change if it is as assumed. A smaller true change needs more people.",
    "power_read_width": "The width says how exactly the change would be known. An interval 30 points wide around −20 "
    "holds both −35 and −5.",
    "power_read_bias": "Errors well beyond twice their simulation error, or intervals that hold the truth in far "
    "fewer studies than {level}, say that the drop-out assumed would mislead this analysis.",
}
