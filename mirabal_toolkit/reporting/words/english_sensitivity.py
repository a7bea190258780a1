"""Phrases about those who were lost, in English; part of the catalogue in `english`."""

from __future__ import annotations

from collections.abc import Mapping

SENSITIVITY: Mapping[str, str] = {
    "section_sensitivity": "Those who were lost, and what they could change",
    "table_sensitivity": "The same change under other assumptions about those who were lost",
    "table_attrition": "Who was lost at the last wave",
    "table_lost_and_retained": "Those lost {at_last} beside those interviewed, at the start",
    "table_worse_off": "How those who were lost had been doing before",
    "table_drop_out": "What foretold that a woman answered at the next wave",
    "table_imputation": "How the lost answers were filled in",
    "header_main": "Main model",
    "header_pairs": "Answered both times",
    "header_imputed": "Filled in from what is known",
    "header_weighted": "Weighted for loss",
    "header_turns": "Turns if those lost differ by",
    "header_bounds": "Anything possible",
    "header_conclusion": "Does it depend on those lost?",
    "header_if_lost_differ": "If those lost differ",
    "header_change_interval": "change ({level} interval)",
    "header_lowest_highest": "lowest to highest",
    "header_points": "points",
    "header_who": "Who",
    "header_lost": "Lost",
    "header_lost_percent": "Lost, %",
    "header_retained": "Interviewed",
    "header_difference_sd": "Difference, SD",
    "header_wave_lost": "Lost at",
    "header_compared": "Compared with",
    "header_odds_ratio": "Odds ratio of an answer",
    "header_thing": "What was known before",
    "header_filled_in": "Answers filled in at the last wave",
    "header_missing_information": "Information lost",
    "header_monte_carlo": "Simulation error, points",
    "header_r_hat": "R-hat",
    "header_weights": "Median weight",
    "header_effective": "Worth so many interviews, of",
    "header_cut": "Weights cut back",
    "everybody": "Everybody who started",
    "group_of": "{item}: {option}",
    "groups_compared": "Difference between these",
    "compared_next": "those interviewed then, of all interviewed at the wave before",
    "compared_ever": "all interviewed then, at the last interview before",
    "seen_before": "An answer at the wave before",
    "drop_out_step": "{thing}, {step} more",
    "drop_out_answer": "{thing}: yes, at her last answer",
    "drop_out_answer_step": "{thing}, {step} points more at her last answer",
    "standing_holds": "holds",
    "standing_turns": "turns at {points}",
    "standing_method": "depends on the method",
    "standing_open": "no clear change",
    "standing_unknown": "–",
    "turns_never": "never",
    "turns_open": "no clear change",
    "note_sensitivity": "From left to right fewer assumptions. Main model: everybody who answered at any wave; loss"
    " may depend on what was answered before. Answered both times: loss is by chance. Filled in: {m} times, from all "
    "other waves, site and background, for everybody who started. Weighted: women who answered stand for those like "
    "them who were lost. n: women.",
    "note_turns": "Turns: by how many points the women without an answer at the last wave would have to differ from"
    " what is filled in for them, for the {level} interval of the filled-in change to reach zero. Never: not even if "
    "all of them were at the far end.",
    "note_bounds_change": "Anything possible: the change if all answers that were lost were at one end, or the "
    "other; the truth lies between.",
    "note_if_lost_differ": "If those lost differ: by how many points women without a last answer would have to "
    "differ from what is expected of them for the change to be no longer clear; “holds”: no difference could do that.",
    "note_lost_and_retained": "Difference: lost minus interviewed, in standard deviations, with its {level} "
    "interval. Up to 0.2 either way is commonly called small.",
    "note_worse_off": "All headline indicators together, each turned so that more is worse and compared with the "
    "other women at the same wave. Positive: those lost had been worse off.",
    "note_drop_out": "Logit model of an answer at each later wave. Above 1: more likely to answer. One model for "
    "each headline indicator: its last answer is shown from each, background from the first. A "
    "group is set against the one with most women.",
    "note_imputation": "Information lost: share of the information on the change that went with the lost answers. "
    "Simulation error: by how much the change would differ with other random numbers. R-hat near 1: the chains of "
    "imputations lie together. Weights are stabilised, and cut back at their 99th percentile (at most 10).",
    "note_extremes_hidden": "Smallest and largest weights are not shown: each is that of one woman.",
    "note_chains_apart": "The chains of imputations had not settled; do not rely on this number.",
    "figure_tipping_points": "How the changes depend on those who were lost",
    "tipping_title": "Of {all} changes, {turning} could be turned by what those lost might have said",
    "turns_never_long": "never turns",
    "subtitle_tipping_point": "Change from {first} to {last} in everybody who started, in points, with its {level} "
    "interval",
    "caption_tipping_point": "From left to right: women without an answer at the last wave moved by so many points "
    "from what is filled in for them (0). Dashed: where the interval of the change reaches zero. n: women in "
    "the analysis.",
    "axis_shift": "points by which those lost differ from what is expected of them",
    "alt_tipping_points": "Small line charts, one for each headline indicator: the change, with its interval, along"
    " the points by which those lost are moved.",
    "header_round": "Round",
    "header_central": "Central 95% of chains",
    "caption_trace": "From left to right: rounds of imputation. n: women in the analysis.",
    "figure_imputation_trace": "What was filled in at the last wave, round by round",
    "trace_title": "The imputations settle after a few rounds",
    "trace_title_apart": "Some imputations had not settled",
    "subtitle_trace": "Average of the answers filled in at the last wave; band: the central 95% of {m} chains",
    "alt_trace": "Small line charts, one for each headline indicator, that show the average of what was filled in "
    "at the last wave in each round of imputation.",
    "lost_overall": "{lost} of the {started} women who started ({share}) were not interviewed {at_last}.",
    "lost_hidden": "How many women were not interviewed {at_last} is hidden to protect them.",
    "lost_differs": "Loss differed between groups ({item}, p = {p}).",
    "lost_alike": "Loss did not clearly differ between groups ({item}, p = {p}).",
    "worse_off": "They had been worse off at their last interview before (by {size} standard deviations, all "
    "headline indicators together; {level} interval: {interval}): chance alone hardly explains this loss, and figures "
    "of those who answered, taken alone, can look too good.",
    "better_off": "They had been better off at their last interview before (by {size} standard deviations, all "
    "headline indicators together; {level} interval: {interval}): chance alone hardly explains this loss, and figures "
    "of those who answered, taken alone, can look too bad.",
    "not_worse_off": "At their last interview before they had not been doing clearly worse or better than the "
    "others (difference {size} standard deviations, all headline indicators together; {level} interval: {interval}).",
    "next_worse_off": "Those lost between {before} and {after} alone had been worse off {at_before} (by {size}; "
    "{interval}).",
    "next_better_off": "Those lost between {before} and {after} alone had been better off {at_before} (by {size}; "
    "{interval}).",
    "next_not_worse_off": "Nor is there a clear difference for those lost between {before} and {after} alone "
    "({size}; {interval}).",
    "next_not_clear": "For those lost between {before} and {after} alone there is no clear difference ({size}; "
    "{interval}).",
    "lost_pattern": "So it seems that loss went with how women were doing. Filling in and weighting"
    " allow for that as far as earlier answers show it; if those lost fared worse than their earlier answers "
    "foretell, only what would turn the conclusions, and the bounds, speak of it.",
    "lost_no_pattern": "So the data do not show that loss went with how women were doing, though a difference of up"
    " to {most} standard deviations would fit them. They cannot show that it did not: what became of women after "
    "their last interview is not in them.",
    "lost_indicators": "They differed clearly in their last answers on: {indicators}.",
    "lost_indicator": "{label} ({size} SD)",
    "conclusions_counted": "Of {all} headline indicators, {clear} show a clear change whichever way lost answers "
    "are treated. {holds} of these would stay clear whatever the women lost would have said; {turns} would turn if "
    "they differed enough from what is expected of them.",
    "conclusions_method": "For some it depends on the way lost answers are treated: {labels}.",
    "conclusions_open": "Some show no clear change to begin with: {labels}.",
    "turn_more_share": "{label}: the conclusion would turn if among those lost it were {points} percentage points more "
    "{at_last} than is expected ({at_turn} instead of {expected}).",
    "turn_less_share": "{label}: the conclusion would turn if among those lost it were {points} percentage points "
    "fewer {at_last} than is expected ({at_turn} instead of {expected}).",
    "turn_more_score": "{label}: the conclusion would turn if the average of those lost were {points} points higher "
    "{at_last} than is expected of them ({at_turn} instead of {expected}).",
    "turn_less_score": "{label}: the conclusion would turn if the average of those lost were {points} points lower "
    "{at_last} than is expected of them ({at_turn} instead of {expected}).",
    "holds_all": "Whatever the women lost would have said, the change stays clear for: {labels}.",
    "shifted_methods": "Allowing for loss moves the change by {points} points or more for: {labels}.",
    "shifted_method": "{label} ({pairs} among those who answered both times, {imputed} filled in)",
    "methods_lost": "Lost answers: the main models treat them as missing at random, given what was answered. Beside"
    " them, answers that were lost (wave missed, not safe to contact, withdrawn, refused, not known) were filled in "
    "{m} times by chained equations, each woman’s waves as columns, with site, background and the plan’s auxiliaries "
    "(logit models for yes or no, ordered logit models, predictive mean matching for scores and counts; {rounds} "
    "rounds, more where chains had not settled), and combined by Rubin’s rules with Barnard and Rubin’s degrees of "
    "freedom. Questions that did not apply were not filled in; neither was anything after a death.",
    "methods_weighted": "Women who answered were weighted by the inverse of the chance of their answers and gaps, wave "
    "by wave up to that one (logit model from the last answer, the wave before, site and background; stabilised, cut "
    "back at the 99th percentile), with robust standard errors.",
    "methods_tipping": "Filled-in answers at the last wave were then moved, on the log odds or in points, until the"
    " interval of the change reached zero.",
    "limit_depends": "For some indicators the conclusion depends on how those lost are treated; see the section on "
    "those who were lost.",
    "flag_chains_apart": "Chains apart: the imputations had not settled.",
    "flag_never_turns": "Holds, never: no answers of those lost could turn the conclusion.",
    "flag_no_clear_change": "No clear change: there is no conclusion that could turn.",
    "conclusions_unknown": "Of others it cannot be said, because numbers are hidden or nothing could be estimated: "
    "{labels}.",
    "note_conclusion": "Depends on the method: some of the intervals include zero, others do not.",
    "table_reference_based": "The difference between the groups, if those lost had gone the way of the comparison "
    "group",
    "header_reference_rule": "Women lost in the programme group",
    "header_reference_difference": "Difference in change ({level} interval)",
    "reference_missing_at_random": "as others like them in their group",
    "reference_jump_to_reference": "as the comparison group from then on",
    "reference_copy_increments": "stayed ahead, but changed like the comparison group from then on",
    "note_reference_based": "Lost answers filled in; for women of the programme group who did not come back, in "
    "three ways.",
}
