"""Phrases about other models of the same change, about measurement, and about two accounts, in English."""

from __future__ import annotations

from collections.abc import Mapping

MEASURING: Mapping[str, str] = {
    "table_other_models": "Other ways of modelling the same change, {first} to {last}",
    "header_main_model": "Main model",
    "header_panel-entity": "Each woman her own level",
    "header_panel-random_effects": "Levels drawn by chance",
    "header_panel-first_differences": "From wave to wave",
    "header_own_levels": "p (Hausman’s test)",
    "note_other_models": "Change in percentage points, or points of a score, with its {level} interval. Each woman "
    "her own level (entity and time dummies): only change within a woman counts. Levels drawn by chance: the "
    "levels of women vary about one mean. From wave to wave: differences between neighbouring waves, both seen, "
    "added up. Percents are modelled as they stand (linear probability). Errors are robust and clustered by "
    "woman. Last column: if small, women with another level were seen at other waves, and the first of the three "
    "is the safer one (Mundlak’s form of Hausman’s test).",
    "note_panel_disagree": "These ways do not agree on the direction of change for: {indicators}. Rely on none of "
    "them.",
    "table_within_between": "What goes with change in her circumstances",
    "header_within": "Within the same woman",
    "header_between": "Between women",
    "header_ever": "Women ever so",
    "note_within_between": "Within: the same woman at waves when this held against waves when it did not. Between: "
    "women for whom it held more often against others. Points of the score, or ratios of odds for percents, at "
    "the same wave, against the commonest answer. Where contact with him is looked at, only waves with contact "
    "count, as no contact counts as no harm by definition. These are associations.",
    "scale_in_points": "{label} (points)",
    "scale_in_odds": "{label} (ratio of odds)",
    "section_measurement": "How well the scales measure",
    "lead_measurement": "A scale is only as good as its items hang together, and only comparable over time if women "
    "with the same score answer the items alike at every wave.",
    "table_reliability": "Reliability of the scales at every wave",
    "header_alpha": "Alpha",
    "header_inter_item": "Mean correlation of items",
    "header_omega": "Omega",
    "header_floor": "Lowest score, %",
    "header_ceiling": "Highest score, %",
    "note_reliability": "n: women who answered every item of the scale. Alpha with Feldt’s {level} interval; the "
    "mean correlation of two items with a bootstrap interval. Lowest and highest score: share at the end of the "
    "scale, where change for the worse, or the better, can no longer show.",
    "note_no_factor_model": "Omega needs a factor model, and with fewer than 200 women factors are found that are "
    "not there; so it is not given.",
    "omega_refused": "n < 200",
    "table_items": "Items: how each goes with the others, and whether it is answered alike",
    "header_item_rest": "With the others, {wave}",
    "header_alpha_without": "Alpha without it",
    "header_dif_wave": "Answered alike, first and last wave",
    "header_dif_site": "Answered alike across sites",
    "note_items": "With the others: correlation of the item with the sum of the others. Answered alike: at the same "
    "score on the scale, change of McFadden’s R² when wave or site is added (uniform), and then their product "
    "with the score (non-uniform); {limit} or more with p below 0.01 is named “differs”. By wave two answers of "
    "one woman count as two women’s, so p is approximate. A dash: too few women (under 100, or under 20 in a "
    "group) to tell.",
    "works_alike": "{uniform}; {nonuniform}",
    "works_differently": "differs ({uniform}; {nonuniform})",
    "section_accounts": "Two accounts side by side",
    "lead_accounts": "What two people say of the same thing is shown side by side and never added together. Neither "
    "account is taken as the right one. A man who says more than before may do more, or may have become more "
    "honest.",
    "table_accounts": "Before and after in both accounts",
    "account_first": "{instrument}",
    "account_second": "Second account ({instrument})",
    "note_accounts": "Before, after and change among those who gave this account both times; change in points with "
    "its {level} interval.",
    "table_agreement": "How far the two accounts agree: yes or no",
    "table_agreement_scores": "How far the two accounts agree: scores",
    "header_couples": "Couples",
    "header_agree": "Agree, %",
    "header_kappa": "Kappa",
    "header_pabak": "Adjusted kappa",
    "header_mcnemar": "p, one says more",
    "header_bias": "Second minus first",
    "header_limits": "Limits of agreement",
    "header_correlation": "Correlation",
    "header_rm_correlation": "Move together",
    "note_agreement": "Couples who both answered at that wave. Kappa: agreement beyond chance, 0 none, 1 full, with "
    "its {level} interval; where nearly all, or nearly none, say yes it is low even when most agree, so the "
    "prevalence- and bias-adjusted kappa stands beside it. p: exact McNemar test of whether one account says yes "
    "more often where they disagree.",
    "note_agreement_scores": "Second minus first: mean difference with its {level} interval. Limits of agreement "
    "(Bland and Altman): about 95% of couples differ by no more. Move together: correlation of the two scores "
    "over the waves within a couple.",
    "note_couples_hidden": "A table of couples is hidden whole if any of its four cells counts few couples or none, "
    "so that nobody can learn from it what the other said.",
    "flag_no_factor_model": "n < 200: too few women for a factor model.",
    "flag_works_differently": "Differs: at another wave or site, women with the same score answer the item "
    "differently.",
}
