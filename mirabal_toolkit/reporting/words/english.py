"""Every fixed phrase of a report, in English.

Braces are places for values. Say *change*, never effect or impact; give a change in percentage
points with both ends beside it, never a bare reduction in percent.
"""

from __future__ import annotations

from collections.abc import Mapping

from mirabal_toolkit.reporting.words.english_briefing import BRIEFING
from mirabal_toolkit.reporting.words.english_check import CHECK
from mirabal_toolkit.reporting.words.english_checklists import CHECKLISTS
from mirabal_toolkit.reporting.words.english_comparisons import COMPARISONS
from mirabal_toolkit.reporting.words.english_exploring import EXPLORING
from mirabal_toolkit.reporting.words.english_figures import MORE_FIGURES
from mirabal_toolkit.reporting.words.english_measuring import MEASURING
from mirabal_toolkit.reporting.words.english_power import POWER
from mirabal_toolkit.reporting.words.english_sensitivity import SENSITIVITY
from mirabal_toolkit.reporting.words.english_tables import NOTES, PARAMETERS, TABLES
from mirabal_toolkit.reporting.words.english_yearly import YEARLY

GENERAL: Mapping[str, str] = {
    "percent": "{number}%",
    "count_of": "{count} of {n}",
    "hidden": "hidden",
    "few": "few",
    "hidden_few": "fewer than {threshold} of {n}",
    "hidden_all_but_few": "all but fewer than {threshold} of {n}",
    "label_with_estimand": "{label} ({estimand})",
    "estimand_experienced": "no contact counts as none",
    "estimand_while_in_contact": "while in contact with him",
    "estimand_as_reported": "as reported",
    "wave_start": "Start",
    "wave_number": "Wave {wave}",
    "wave_month": "{months} month",
    "wave_months": "{months} months",
    "at_start": "at the start",
    "at_wave": "at {wave}",
    "at_wave_month": "at {months} month",
    "measure_heading": "{number} {title}",
    "other_indicators": "Other indicators",
    "all_indicators": "All indicators",
    "list_and": "{first} and {last}",
    "list_sign": ";",
    "women": "women",
}

FIGURES: Mapping[str, str] = {
    "figure_caption": "Figure {number}. {title}",
    "figure_part": "{title} ({number} of {of})",
    "figure_trajectories": "Headline indicators at every wave",
    "figure_trajectories_measure": "{title}: every wave",
    "figure_before_after": "Before and after, by measure of success",
    "figure_before_after_scores": "Before and after: average scores",
    "figure_answers": "{item}: answers at each wave",
    "figure_flow": "Who was interviewed at each wave",
    "finding_counts": "{better} of {all} indicators moved the better way from {first} to {last}",
    "finding_counts_worse": "{base}; {number} moved the worse way",
    "finding_counts_unclear": "{base}; no clear change in {number}",
    "finding_counts_hidden": "{base}; {number} hidden",
    "finding_none": "No indicator could be compared between the first and the last wave",
    "finding_share": "{label}: {before} {at_first}, {after} {at_last}",
    "finding_share_one": "{label}: {before} {at_first}",
    "finding_retention": "{kept} of the {started} women who started were interviewed {at_last}",
    "finding_retention_hidden": "Who was interviewed at each wave",
    "subtitle_trajectories": "Percent of women who answered at each wave; scores run from 0 to 100",
    "subtitle_trajectories_scores": "Average score, from 0 to 100, of the women who answered at each wave",
    "subtitle_trajectories_other": "Percent of women who answered, or average, at each wave",
    "subtitle_before_after": "Percent of the women who answered both times",
    "subtitle_before_after_scores": "Average score of the women who answered both times",
    "subtitle_answers": "Percent of the women who answered at each wave",
    "subtitle_flow": "How many women were interviewed at each wave, and why others were not",
    "caption_trajectories": "Bars: {level} intervals. Under each wave: months since the start, and n, the women who "
    "answered.",
    "caption_hidden_wave": "Grey bands: hidden to protect the women counted.",
    "caption_before_after": "Change with {level} interval; n: women who answered both times. An interval that "
    "includes 0 shows no clear change.",
    "caption_answers": "n: women who answered. At the right: women interviewed who gave no answer.",
    "caption_answers_hidden": "Hatched: hidden to protect the women counted; its width says nothing about its size.",
    "caption_flow": "A woman who missed a wave may be back at the next.",
    "axis_months": "months",
    "axis_n": "n",
    "axis_percent": "%",
    "direction_higher_is_better": "higher is better",
    "direction_higher_is_worse": "lower is better",
    "legend_before": "{wave}",
    "legend_better": "moved the better way",
    "legend_worse": "moved the worse way",
    "legend_unclear": "no clear change",
    "legend_neutral": "neither way is better",
    "column_change": "Change, points",
    "column_n": "n",
    "column_no_answer": "no answer",
    "flow_box": "{wave}",
    "flow_box_interviewed": "{interviewed} interviewed",
    "flow_box_share": "{interviewed} interviewed ({share} of those who started)",
    "flow_box_started": "{interviewed} agreed and were interviewed",
    "flow_box_lost": "{n} not interviewed",
    "flow_box_late": "{interviewed} interviewed, {kept} of them since the start ({share} of those who started)",
    "flow_box_lost_hidden": "Not interviewed: number hidden",
    "flow_box_barred": "{n} could not be asked",
    "flow_box_barred_hidden": "Could not be asked: number hidden",
    "flow_box_not_started": "{n} not interviewed at the start",
    "flow_box_not_started_hidden": "Not interviewed at the start: number hidden",
    "flow_box_people": "{n} women",
    "flow_box_people_hidden": "number hidden",
    "flow_box_analysed": "{n} women who started",
    "flow_box_both": "{n} of them interviewed at the start and {at_last}",
    "flow_approached": "Approached",
    "flow_eligible_box": "Could be asked",
    "flow_approached_eligible": "Approached; all could be asked",
    "flow_analysed": "Analysed",
    "flow_reason": "{reason}: {n}",
    "alt_trajectories": "Small line charts, one for each indicator, from {first} to {last}.",
    "alt_before_after": "For each indicator a line from the value {at_first} to the value {at_last}.",
    "alt_answers": "One stacked bar for each wave.",
    "alt_flow": "A column of boxes, from the women approached over each wave to those analysed.",
    "alt_line": "{label}: {before} {at_first}, {after} {at_last}.",
    "alt_line_one": "{label}: {before} {at_first}.",
    "alt_wave": "{wave}: {answers}.",
}

SUMMARY: Mapping[str, str] = {
    "not_known": "not known",
    "opening": "{started} women were interviewed at the start; {kept} of them ({share}) were interviewed {at_last}.",
    "opening_one": "{started} women were interviewed.",
    "opening_hidden": "How many of the women who started were interviewed at the end is hidden to protect them.",
    "share_at": "{share} ({count} of {n})",
    "share_zero": "{share} ({count} of {n}; it could be up to {upper})",
    "share_hidden": "a number hidden to protect the women counted",
    "mean_at": "{mean} ({n} women)",
    "summary_share": "{before} {statement} {at_first}, {after} {at_last}.",
    "summary_share_one": "{before} {statement} {at_first}.",
    "summary_share_label": "{label}: {before} {at_first}, {after} {at_last}.",
    "summary_share_label_one": "{label}: {before} {at_first}.",
    "summary_score": "{label}{direction}: on average {before} {at_first}, {after} {at_last}.",
    "summary_score_one": "{label}{direction}: on average {before} {at_first}.",
    "summary_paired": "Among the {n} who answered both times: from {before} to {after}, {change} ({level} interval: "
    "{interval}).",
    "summary_paired_hidden": "The change among the women who answered both times is hidden to protect them.",
    "summary_paired_none": "A change could not be worked out: too few women answered both times.",
    "change_less_share": "{points} percentage points fewer",
    "change_less_share_one": "1 percentage point fewer",
    "change_more_share": "{points} percentage points more",
    "change_more_share_one": "1 percentage point more",
    "change_same_share": "a change of less than one percentage point",
    "change_less_score": "{points} points lower",
    "change_less_score_one": "1 point lower",
    "change_more_score": "{points} points higher",
    "change_more_score_one": "1 point higher",
    "change_same_score": "hardly any change",
    "interval_less_share": "{low} to {high} fewer",
    "interval_more_share": "{low} to {high} more",
    "interval_both_share": "from {low} fewer to {high} more",
    "interval_less_score": "{low} to {high} lower",
    "interval_more_score": "{low} to {high} higher",
    "interval_both_score": "from {low} lower to {high} higher",
    "unclear": "No clear change: no change at all lies within the interval too.",
    "unclear_together": "A stricter test, which allows for all the indicators tested together, does not rule out chance"
    " (adjusted p = {p}).",
}

METHODS: Mapping[str, str] = {
    "methods_asked": "Women answered the questionnaire {instrument} ({reference}) at {waves} waves, planned at "
    "{months} "
    "months; most questions look back over {period}. The analysis follows the plan {plan}, version {version}.",
    "methods_plan_date": "The plan is dated {date}.",
    "methods_amended": "It was amended {number} time(s); the amendments are listed below.",
    "methods_population_all_started": "Everybody interviewed at the first wave is in the analysis, whatever became of "
    "her or of him later.",
    "methods_counted": "At each wave we give the percent of the women who answered, with Wilson’s {level} interval, or "
    "the average score with its t interval.",
    "methods_zero_cell": "Where nobody, or everybody, was counted, the interval is exact.",
    "methods_estimand_experienced": "For acts that need his presence, a woman without contact with him counts as not "
    "having lived through them.",
    "methods_estimand_while_in_contact": "Figures “while in contact with him” leave women without contact out.",
    "methods_missing": "Questions that did not apply are outside the denominator; “don’t know” and “prefer not to "
    "say” are counted and shown, but not as an answer.",
    "methods_paired_change": "Change is worked out among the women who answered at both the first and the last wave, "
    "in "
    "percentage points, with Newcombe’s {level} interval for paired percents and McNemar’s exact test.",
    "methods_paired_mean_change": "For scores it is the average of each woman’s own change with its {level} t "
    "interval, tested by Wilcoxon’s signed-rank test.",
    "methods_adjusted_holm": "p values are also given adjusted for their number within each family of indicators "
    "(Holm).",
    "methods_adjusted_bh": "p values are also given adjusted for their number within each family of indicators "
    "(Benjamini and Hochberg).",
    "methods_adjusted_none": "p values are not adjusted for their number.",
    "methods_gee": "Yes-or-no indicators were modelled over all waves by generalised estimating equations (logit link, "
    "waves as categories, answers of one woman correlated), with standard errors corrected for small samples; results "
    "are turned back into percents.",
    "methods_lmm": "Scores were modelled over all waves by linear mixed models (restricted maximum likelihood, waves "
    "as "
    "categories, a level of her own for each woman).",
    "methods_mmrm": "A model for repeated measures with any covariance between waves was fitted to scores "
    "(restricted maximum likelihood, Kenward–Roger degrees of freedom).",
    "methods_glmm": "Mixed models with a level of her own for each woman (adaptive Gauss–Hermite quadrature; logistic "
    "for yes or no, negative binomial for counts) give person-specific ratios; their percents and means are averaged "
    "over the women.",
    "methods_clmm": "Ordered answers were modelled by a cumulative logit model with a level of her own for each woman.",
    "methods_penalised": "Where a wave had nobody or everybody, the model used a penalised likelihood, since the usual "
    "one has no answer there.",
    "methods_boundary": "In some models the differences between women were estimated as zero; they are marked.",
    "methods_not_converged": "Models that could not be trusted are marked, and their estimates are not shown.",
    "methods_protected": "To protect the women, the disclosure profile “{profile}” hides numbers of fewer than "
    "{threshold} women and what they could be worked out from ({hidden} numbers), rounds other numbers to multiples of "
    "{base}, and gives no percent or average on fewer than {minimum} women.",
    "methods_internal": "Nothing is hidden or rounded (disclosure profile “internal”): this report must not leave the "
    "study team.",
}

LIMITATIONS: Mapping[str, str] = {
    "limit_no_comparison": "There is no comparison group. The report describes change, before and after; it cannot say "
    "what would have happened without the programme.",
    "limit_lost": "Those who could not be interviewed may differ from those who could: among them may be women who are "
    "worse off, or women who have moved on.",
    "limit_bounds": "An example: {label}, {observed} {at_last} among those who answered. Of all {started} women who "
    "started it lies between {lowest} (if it held for none of the others) and {highest} (if it held for all of them).",
    "limit_self_report": "Everything rests on what women chose to tell. Some could not speak freely, and some things "
    "are "
    "told only once there is trust; both can make an early wave look better than it was.",
    "limit_no_contact": "Less violence can mean that she is safer, or that he is elsewhere. Read the figures beside "
    "those of women while in contact with him, where they are given.",
    "limit_validation": "The questionnaire has not been validated yet.",
    "limit_untrusted": "At least one model could not be trusted; it is marked and not interpreted.",
    "limit_rounded": "Numbers of women are rounded to multiples of {base}, so percents can differ a little from those "
    "of exact numbers, more so where few women answered.",
    "limit_rounded_by": "Numbers of women are rounded to multiples of {base}, and percents, those that models predict "
    "too, are worked out from the rounded numbers: where {fewest} women answered, a percent can differ by up to "
    "{points} points from that of exact numbers. The profile “internal” shows exact numbers to those who may see them.",
    "limit_many": "Many indicators are looked at together: one or two clear changes can be there by chance alone. The "
    "size of a change and its interval say more than a p value.",
}

DOCUMENT: Mapping[str, str] = {
    "report_title": "{plan}",
    "report_subtitle": "{instrument}, {waves} waves",
    "skip_link": "Skip to the summary",
    "contents": "Contents",
    "banner_internal": "Internal – not for release. Nothing is hidden or rounded in this report.",
    "header_internal": "Internal – not for release",
    "banner_release": "Disclosure profile “{profile}”: small numbers are hidden, others rounded to multiples of "
    "{base}.",
    "banner_draft": "This translation is a draft that nobody has reviewed yet. What is not translated is in English.",
    "banner_untrusted": "At least one model could not be trusted; it is marked in the tables.",
    "section_summary": "Summary in plain words",
    "section_reached": "Who was reached",
    "section_measures": "The measures of success, wave by wave",
    "section_before_after": "Before and after",
    "section_answers": "Answers wave by wave",
    "section_every_wave": "All indicators in numbers",
    "section_loss": "Those who were lost, in numbers",
    "appendix": "Appendix {letter}. {title}",
    "section_models": "Models over all waves",
    "section_data": "The data and how they were cleaned",
    "section_methods": "Methods",
    "section_limitations": "What this report cannot say",
    "section_references": "References",
    "section_flags": "Marks and words",
    "section_provenance": "Where this report comes from",
    "lead_summary": "Percents are of the women who answered, at the start and at the end. The change is worked out "
    "among those who answered both times, in percentage points; its interval is the range it is likely to lie in.",
    "heading_depends": "How far this depends on those who were lost",
    "summary_compared": "Only these sentences set the two groups side by side; everything else in this summary counts "
    "both together. What the difference can and cannot show is in the section of the same name.",
    "depends_more": "How much they would have to differ is in the section on those who were lost.",
    "lead_reached": "This report can only tell of those who were interviewed. On the left are those who were, wave by "
    "wave; on the right those who were not, and why.",
    "lead_measures": "Each small chart follows one indicator from wave to wave, among all who answered at that wave. "
    "Fewer answer at later waves, so a line can also move because others are asked.",
    "lead_answers": "Every answer, not only the one counted as an indicator.",
    "lead_every_wave": "The numbers behind the figures, indicator by indicator.",
    "lead_loss": "Who was lost, how they differed before, and how lost answers were filled in and weighted.",
    "lead_provenance": "The same files, plan and versions give the same report.",
    "lead_before_after": "Hollow circles are the first wave, full circles the last.",
    "lead_models": "A model uses every answer of every woman, also of those who missed a wave. The change in points "
    "comes first; odds ratios are for specialists and are in the table in full.",
    "lead_data": "Every step that changed something is listed, with how much it changed.",
    "flag_suppressed": "“Hidden”, “fewer than … of …”: not shown, to protect the women counted.",
    "flag_rounded": "Numbers of women are rounded, and percents worked out from the rounded numbers.",
    "flag_zero_cell": "≤, ≥: nobody, or everybody, was counted; the sign gives the far end of the interval.",
    "flag_penalised": "Penalised: a model for an indicator that nobody, or everybody, had at one wave.",
    "flag_boundary": "Boundary: the differences between women were estimated as zero.",
    "flag_few_people": "Few women: fewer than 30, so the interval is approximate.",
    "flag_not_estimable": "–: too few women, or no differences between them, so nothing was estimated.",
    "flag_not_converged": "Not shown: the model could not be trusted.",
    "lead_flags": "Words and marks used in tables:",
    "see_numbers": "All numbers: {where}.",
    "show_numbers": "Show the numbers",
    "numbers_caption": "The numbers of {caption}",
    "figure_scroll": "{title}; can be scrolled sideways",
    "table_scroll": "{title}; can be scrolled sideways",
    "provenance_instrument": "Questionnaire",
    "provenance_instrument_hash": "Questionnaire file, SHA-256",
    "provenance_plan": "Plan",
    "provenance_plan_hash": "Plan file, SHA-256",
    "provenance_amendment": "Amendment of {date}",
    "provenance_source": "Data file {number} ({kind}, {rows} × {columns}), SHA-256",
    "provenance_panel": "Cleaned data, SHA-256",
    "provenance_profile": "Disclosure profile",
    "provenance_version": "Version of {package}",
    "provenance_seed": "Seed",
    "provenance_citation": "Cite the questionnaire as",
    "none_found": "There is nothing to show here.",
}

ENGLISH: Mapping[str, str] = {
    **GENERAL,
    **TABLES,
    **NOTES,
    **PARAMETERS,
    **FIGURES,
    **SUMMARY,
    **METHODS,
    **LIMITATIONS,
    **DOCUMENT,
    **SENSITIVITY,
    **BRIEFING,
    **YEARLY,
    **CHECKLISTS,
    **CHECK,
    **POWER,
    **MEASURING,
    **COMPARISONS,
    **EXPLORING,
    **MORE_FIGURES,
}
