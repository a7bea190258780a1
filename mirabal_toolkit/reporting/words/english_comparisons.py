"""Phrases about arms, countries, subgroups and sites, in English.

Only here may a report speak of an effect, and only where the plan declares how people came into the arms.
"""

from __future__ import annotations

from collections.abc import Mapping

COMPARISONS: Mapping[str, str] = {
    "section_comparison": "The two groups side by side",
    "section_groups": "Group by group",
    "section_subgroups": "Did change differ between subgroups?",
    "section_sites": "Site by site",
    "lead_comparison_non_randomised": "What is compared is how much changed in each group. The groups were not "
    "formed by chance, so a difference may come from who was in which group; an effect can be claimed only as far"
    " as the groups were alike in everything that matters. Trends before the first wave were not measured and "
    "cannot be tested: that both groups would have changed alike without the programme is an assumption.",
    "lead_comparison_randomised": "What is compared is how much changed in each group. The plan declares that "
    "people were put into the groups by chance, so a difference between the changes is an effect of the "
    "programme, as far as those who were lost do not differ.",
    "lead_comparison_weights": "As a check, women were weighted so that both groups are alike, on average, in: "
    "{items}. What was not asked cannot be balanced; the E-value says how strong it would have to be.",
    "lead_comparison_pooled": "Tables and figures outside this section show both groups together.",
    "comparison_sentence": "{label}: {reference_name} {reference}, {treated_name} {treated} from {first} to {last};"
    " the difference between the changes is {difference} ({level} interval {interval}). {verdict}",
    "comparison_leaves_out": "The interval leaves out 0.",
    "comparison_clear": "The interval leaves out 0: the two groups changed clearly differently.",
    "comparison_unclear": "The interval includes 0, no difference at all: no clear difference.",
    "comparison_hidden": "{label}: hidden, to protect the women counted.",
    "comparison_none": "{label}: could not be estimated.",
    "arm_partner-safety": "With a programme",
    "arm_comparison-site": "Without a programme",
    "table_arms": "Both groups: first and last wave, and the difference between the changes",
    "table_arms_sensitivity": "The difference between the changes, analysed in other ways",
    "table_balance": "The two groups at the start",
    "span_difference": "Difference between the changes",
    "span_main": "All who started",
    "span_weighted": "Weighted to be alike",
    "span_completers": "Seen at every wave",
    "header_difference": "Points",
    "header_e_value": "E-value",
    "header_e_value_limit": "E-value, interval",
    "header_standardised": "Difference (SD)",
    "header_standardised_weighted": "Difference, weighted (SD)",
    "note_arms": "Percents and averages: all who answered at that wave. Difference: change {treated} minus "
    "change {reference}, in points, from a model of all waves, with its {level} interval.",
    "note_arms_sensitivity": "Weighted: overlap weights from a model of who is in which group; standard errors take"
    " the weights as known, which as a rule makes the interval a little too wide. Those seen at every wave are "
    "not a fair comparison, since who stays is decided after the start. E-value: how strongly, as a ratio of "
    "risks, something unmeasured would have to go with both the group and the outcome to explain the difference "
    "away; 1 where the interval includes 0.",
    "note_balance": "Differences in standard deviations; above 0.1 (or below −0.1) they are usually thought to "
    "matter. Weighted: with overlap weights.",
    "figure_love": "How alike the two groups were at the start",
    "figure_forest": "Difference between the changes in the two groups",
    "finding_love": "{apart} of {all} characteristics differ by more than 0.1 SD before weighting, {left} after",
    "finding_love_plain": "{apart} of {all} characteristics differ by more than 0.1 SD",
    "finding_forest": "{clear} of {all} indicators changed clearly more in one group than in the other",
    "subtitle_love": "Standardised differences at the start, {treated} minus {reference}",
    "subtitle_forest": "Change {treated} minus change {reference}, in points",
    "caption_love": "Open: as found. Filled: weighted. Lines at ±0.1. n: women of whom it is known, {reference} "
    "and {treated}.",
    "caption_forest": "Bars: {level} intervals. Hollow: the interval includes 0, no clear difference. n: women in the "
    "model, of both groups.",
    "legend_found": "As found",
    "legend_weighted": "Weighted",
    "table_groups": "Each group by itself",
    "table_group_differences": "Differences between groups",
    "lead_groups": "Each group is described with its own numbers. Those who answered are not a sample of everybody "
    "in their country, and countries differ in who could be reached: a difference may be one of who answered.",
    "note_groups": "Percents with the women counted, of all who answered; averages for scores. p: one joint test "
    "that all groups are alike ({test}).",
    "group_tests": "chi-square for percents, Alexander and Govern’s for averages",
    "note_group_differences": "Percentage points with Newcombe’s {level} interval, exact Fisher p; averages with "
    "Welch’s. p, adjusted for the number of pairs.",
    "header_p_joint": "p, joint",
    "table_subgroups": "Change from {first} to {last}, subgroup by subgroup",
    "lead_subgroups": "One joint test an indicator says whether change differed between subgroups at all. The "
    "change in each subgroup stands beside it without a p value of its own: that a change is clear in a large "
    "subgroup and unclear in a small one does not mean that they differ.",
    "note_subgroups": "Change in points with its {level} interval, from the model with wave and subgroup together. "
    "n: women seen at the end with fewer. p: joint test of all wave by subgroup terms.",
    "table_sites": "The same change with sites as clusters",
    "lead_sites": "Women of one site may be alike. With few sites the usual intervals are too narrow; those here "
    "count sites, not women, and are wide where there are few sites.",
    "note_sites": "Change in points from first to last wave with its {level} interval. CR2: standard errors for few"
    " clusters with Satterthwaite’s degrees of freedom. Site averages: one number a site. Spread: standard "
    "deviation of change between sites, with its interval.",
    "span_cr2": "Sites as clusters (CR2)",
    "span_site_means": "One number a site",
    "span_spread": "Spread between sites",
    "header_sites": "Sites",
    "header_df_short": "df",
    "header_sd": "SD",
    "table_site_estimates": "Change at each site, drawn towards the average",
    "note_site_estimates": "Sites with fewer than 10 women seen at both ends are left out. The fewer women a site "
    "has, the more its change is drawn towards the average of all sites.",
    "scale_standard_deviations": "standard deviations",
    "scale_risk_ratio": "risk ratio",
    "at_once": "in this survey",
    "report_subtitle_once": "{instrument}, asked once",
    "lead_summary_once": "Percents are of the women who answered. Those who answered are not a sample of everybody.",
    "limit_cross_sectional": "Everybody was asked once, so nothing is said about change. Those who answered were "
    "reached by different ways in different places; differences between groups may come from that.",
    "limit_non_randomised": "The two groups were not formed by chance. What was known of the women at the start was "
    "balanced by weights where the plan asks for it; what was not asked may differ. Whether both groups would have "
    "changed alike without the programme cannot be tested with these waves.",
    "limit_randomised": "The groups were formed by chance at the start. Those lost later were not lost by chance.",
    "table_course": "In the same women: who stopped, who began, in whom it came back",
    "header_cessation": "Stopped",
    "header_onset": "Began",
    "header_recurrence": "Came back",
    "note_course": "Stopped: of those in whom it was present at the first wave, those in whom it was absent at their "
    "last two waves. Began: of those in whom it was absent at the first wave, those in whom it was present at the last."
    " Came back: of those in whom it was present and later absent, those in whom it was present again.",
    "table_reliable_change": "Who changed by more than the error of the scale",
    "header_improved": "Better",
    "header_unchanged": "No reliable change",
    "header_deteriorated": "Worse",
    "note_reliable_change": "Of those who answered both times. Reliable change (Jacobson and Truax, 1991): one that "
    "would be seen in 5 of 100 people in whom nothing changed. It does not say why somebody changed, "
    "nor who is well now.",
    "note_published_reliability": "{scale}: reliability {value} ({source}).",
    "table_completers": "All who started, and those seen at every wave",
    "note_completers": "Change from first to last wave in points, from the main model. Those seen at every wave come "
    "second: who stays is decided after the start, and those who stay are as a rule better off.",
    "first_value": "the first value of the outcome",
}
