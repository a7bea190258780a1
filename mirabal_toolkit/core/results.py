"""Estimates, tidy: one row each, before and after disclosure control."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from mirabal_toolkit.core.data import AuditTrail, Finding, Source
from mirabal_toolkit.core.frames import SealedFrame
from mirabal_toolkit.core.instrument import Instrument
from mirabal_toolkit.core.plan import AnalysisPlan
from mirabal_toolkit.errors import MirabalError

#: Columns of every estimates frame, in order, with their dtypes. `flags` holds tuples of text.
#: `count` is the number of people an estimate counts (None where it counts nobody);
#: `n_universe` the number who were meant to be asked.
ESTIMATE_COLUMNS: dict[str, str] = {
    "analysis": "str",
    "outcome": "str",
    "indicator": "str",
    "estimand": "str",
    "population": "str",
    "model": "str",
    "term": "str",
    "wave": "Int64",
    "contrast": "str",
    "scale": "str",
    "estimate": "float64",
    "std_error": "float64",
    "df": "float64",
    "statistic": "float64",
    "p_value": "float64",
    "p_adjusted": "float64",
    "conf_low": "float64",
    "conf_high": "float64",
    "count": "Float64",
    "n_universe": "Int64",
    "n_obs": "Int64",
    "n_persons": "Int64",
    "flags": "object",
}

#: A transition is written ``yes > no``; who was not interviewed, not asked or gave no answer is not known.
STATE_TO_STATE = " > "
NOT_KNOWN = "not_known"

#: What the rows of each analysis hold. Scales: ``percent``, ``percentage_points``, ``points`` (of a
#: 0–100 score), ``items``, ``people``, ``odds_ratio``, ``rate_ratio``, ``risk_ratio``, ``ratio``,
#: ``standard_deviations``. A contrast reads
#: ``w5 - w1``.
ANALYSES: dict[str, str] = {
    "retention": "people interviewed at a wave, of those who started (percent, Wilson interval)",
    "baseline": "what is known of each person once, of everybody who started: percent (count) of each answer, or "
    "terms `mean` and `sd`; not with two arms, which `balance` describes",
    "prevalence": "binary outcome at a wave: percent of those who answered, Wilson interval; count, n_universe",
    "mean": "score at a wave; terms `mean` (t interval; count: people whose score is not zero) and `sd`",
    "paired_change": "binary outcome, people seen at both ends; terms `before`, `after` (percent, count), `change` "
    "(percentage points, Newcombe interval, exact McNemar p), `stopped` and `started` (people who changed)",
    "paired_mean_change": "score, people seen at both ends; terms `before`, `after`, `change` (paired t interval, "
    "Wilcoxon p), `standardised` (d_av)",
    "reliable_change": "score of a scale with a published reliability, people seen at both ends; terms `improved`, "
    "`unchanged`, `deteriorated` (percent, count): change beyond 1.96 standard errors of a difference",
    "cochran_q": "binary outcome over all waves, people seen at every wave (n_persons, of n_universe seen at any)",
    "cessation": "of those exposed at the first wave, percent not exposed at their last two observed waves",
    "recurrence": "of those in whom it was present, then absent at a later wave that was not their last, percent in "
    "whom it was present again",
    "onset": "of those not exposed at the first wave, percent exposed at the last wave",
    "transition": "how many of those who started went from one answer to another (term `yes > no`; `not_known`: no "
    "answer; people): headline yes-or-no outcomes from wave to wave, items shown answer by answer from first to last",
    "endorsement": "outcome is the item id, indicator the outcome of `any` it is part of: percent (count) whose answer "
    "lies above the lowest, at a wave; Wilson interval",
    "model_prediction": "percent or mean per wave from the model, for the people of the panel",
    "model_contrast": "change from the first wave from the model; scales percentage_points or points, and odds_ratio "
    "or rate_ratio. The main model of an outcome comes first",
    "ordinal_prediction": "percent of each ordered answer (term: its code) per wave from the model",
    "model_parameters": "variance between and within people, ICC, working correlation",
    "completers_change": "change from first to last wave from the main model, those seen at every wave only",
    "arm_level": "percent (count) or mean at a wave in one arm (term: its name)",
    "arm_change": "change from the first wave within one arm (term), from the model with wave × arm",
    "arm_difference": "change in the treated arm minus change in the reference arm, in points; models: the main one, "
    "and `overlap-weighted`; population `completers` for those seen at every wave",
    "balance": "the arms at the start; outcome is an item, `item=answer`, or an outcome; terms `reference`, `treated` "
    "(means or percents), `difference`, `difference_weighted` (standardised), `effective_reference`, "
    "`effective_treated` (people the weights are worth)",
    "e_value": "how strong something unmeasured would have to be to explain the difference (terms `estimate`, "
    "`limit`), as a risk ratio",
    "group_level": "cross-sectional: percent (count) or mean in one group (term), such as a country",
    "group_test": "cross-sectional: one joint test that all groups are alike",
    "group_difference": "cross-sectional: one group minus another (term), Newcombe or Welch interval, p adjusted for "
    "the number of pairs",
    "subgroup_test": "one joint test that change is the same in all subgroups of an item (term); df is the number of "
    "terms tested",
    "subgroup_change": "change from first to last wave in one subgroup (term `item=answer`); n_obs: seen at both ends",
    "site_change": "change from first to last wave with sites as clusters; models `cr2`, `fay-graubard`, "
    "`site-means` (n_obs: number of sites)",
    "site_variation": "standard deviation of change between sites (term `sd`), with its interval; n_obs: sites",
    "site_estimate": "change at one site (term), shrunken towards the average of all; n_persons: seen at both ends",
    "distribution": "answers to one item at a wave; outcome is the item id, term the answer (percent, count) or a "
    "missing reason (people)",
    "panel_model": "change from the first wave by a panel model (entity, random_effects, first_differences); yes-or-no "
    "outcomes as linear probabilities, in percentage points; errors clustered by person",
    "panel_test": "term `own_levels`: robust Hausman (Mundlak) test between the models entity and random_effects; F",
    "within_between": "term `within X` or `between X`: coefficient of a covariate that changes over time, within "
    "people and between them; odds_ratio or the unit of the score; count: people for whom X was ever other than zero",
    "reliability": "outcome is the scale id; terms `alpha`, `omega`, `inter_item`, at a wave; n_persons: all items; "
    "count: people whose answers are not the commonest set",
    "floor_ceiling": "outcome is the scale id; terms `floor` and `ceiling`: percent with the lowest, highest score",
    "item_statistic": "outcome is the item id, indicator its scale; terms `item_rest` (correlation with the other "
    "items) and `alpha_without`, at a wave; count: people whose answer is not the commonest",
    "dif": "outcome is the item id, indicator its scale; does the item work alike in groups? term `uniform X` or "
    "`nonuniform X` with X the grouping (`wave` or an item); estimate: change of McFadden's R²; statistic, df, p_value "
    "of the likelihood ratio; count: people in the smallest group",
    "agreement": "two accounts at a wave; outcome is the first's, indicator the second's outcome id. Yes or no: counts "
    "`both_yes`, `first_only`, `second_only`, `neither`, then `percent_agreement`, `kappa`, `pabak`, `mcnemar`. "
    "Scores: `bias`, `limit_low`, `limit_high` (Bland and Altman), `correlation`",
    "second_prevalence": "as `prevalence`, of the second account; never pooled with the first",
    "second_mean": "as `mean`, of the second account",
    "second_paired_change": "as `paired_change`, of the second account",
    "second_paired_mean_change": "as `paired_mean_change`, of the second account",
    "attrition": "people not interviewed at the last wave (term `lost`: percent, count), of those who started and had "
    "not died; outcome `interviewed` for all, else an item with its option as estimand; `differs`: test that loss is "
    "the same in all groups of the item",
    "lost_and_retained": "people lost at the last wave beside those retained, by an item (its option is the estimand) "
    "or by an outcome at the first wave; terms `lost`, `retained` (percent with count, or mean), `difference` "
    "(lost minus retained, standard deviations)",
    "last_answer": "by how much the last earlier answer of people lost at the last wave differed from that of people "
    "retained (standard deviations at the wave it was given; count: people lost)",
    "worse_off_before": "how much worse off people not interviewed at a wave had been before, all headline outcomes "
    "together (standard deviations; count: people lost); term `next`: of those interviewed at the wave before; "
    "`ever`: of all who started, at their last earlier interview",
    "drop_out_model": "odds ratio of an answer at the next wave; term `thing:option` or `thing:step`, `seen_before:`",
    "imputed_prediction": "percent or mean per wave of everybody who started, lost answers imputed",
    "imputed_change": "change with lost answers imputed (term `change`); `missing_information` (fraction), "
    "`monte_carlo_error`, `chains_apart` (R-hat), `filled_in` (people imputed at the last wave)",
    "imputation_trace": "mean of what was imputed at the last wave after each round (term): over chains, and their "
    "central 95 %",
    "tipping_point": "terms `shift`: by how much those lost would have to differ from what is imputed for the interval "
    "of the change to reach zero (points); `expected`: their percent or mean as imputed; `at_turn`: at that point",
    "shifted_change": "change with those lost moved by so many points (term)",
    "weighted_change": "change by GEE with inverse-probability weights (term `change`)",
    "weights": "stabilised weights after the first wave: terms `smallest`, `median`, `largest`, `effective` (number "
    "of rows they are worth), `cut` (rows cut back)",
    "bounds": "terms `lowest`, `highest`: change if everybody lost were at one end, or the other, of what is possible",
    "reference_change": "change in the treated arm minus change in the reference arm, with those lost in the treated "
    "arm imputed from the reference arm; model `jump-to-reference` or `copy-increments`",
}

#: Flags an estimate may carry; `untrusted` ones turn the exit code to 6.
FLAGS: dict[str, str] = {
    "zero_cell": "nobody, or everybody, at this wave: the model used a penalty, the interval is exact",
    "penalised": "fitted with a penalised likelihood because a wave had nobody or everybody",
    "boundary": "the variance between people was estimated as zero",
    "not_converged": "the model did not converge; its estimates are not shown",
    "not_estimable": "too few people, or no variation: nothing was estimated",
    "covariate_filled": "where a covariate was not known, its mean or a category of its own stands",
    "no_factor_model": "fewer than 200 people answered all items: too few for a factor model, which omega needs",
    "works_differently": "the item works differently in the groups: McFadden's R² changes by 0.02 or more, p < 0.01",
    "dominated": "one answer makes up nearly all of this sum; only for those who may see answers",
    "few_people": "fewer than 30 people; intervals are approximate",
    "chains_apart": "the imputations had not settled; their number is not to be relied on",
    "never_turns": "the conclusion holds whatever those lost would have said",
    "no_clear_change": "the interval of the change holds zero before those lost are moved",
    "suppressed": "hidden to protect the people counted",
    "few": "hidden because it counts fewer people than the profile's threshold",
    "all_but_few": "hidden because it counts all but fewer people than the profile's threshold",
    "withheld": "hidden because a hidden count could be worked out from it",
    "rounded": "recomputed from rounded counts",
    "partly_comparable": "the question or its answers changed between versions: waves can be compared in part only",
    "not_comparable": "what was asked changed between versions: the earlier waves are left out",
}
UNTRUSTED_FLAGS = frozenset({"not_converged"})


def estimates_frame(records: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Return `records` as a frame with exactly `ESTIMATE_COLUMNS`; absent keys are missing.

    Raises
    ------
    MirabalError
        If a record has a key that is not a column, or an unknown flag or analysis.
    """
    _check_vocabulary(records)
    columns: dict[str, pd.Series[Any]] = {}
    for name, dtype in ESTIMATE_COLUMNS.items():
        if name == "flags":
            columns[name] = pd.Series([tuple(record.get("flags", ())) for record in records], dtype=object)
        elif dtype == "str":
            columns[name] = pd.Series([str(record.get(name, "")) for record in records], dtype="str")
        else:
            columns[name] = pd.Series([record.get(name) for record in records], dtype=dtype)
    return pd.DataFrame(columns)


def _check_vocabulary(records: Sequence[Mapping[str, Any]]) -> None:
    unknown = {key for record in records for key in record} - set(ESTIMATE_COLUMNS)
    unknown |= {flag for record in records for flag in record.get("flags", ())} - set(FLAGS)
    unknown |= {record["analysis"] for record in records} - set(ANALYSES)
    if unknown:
        raise MirabalError(f"an estimate has unknown parts: {sorted(unknown)}")


@dataclass(frozen=True)
class Results:
    """What the models found; not for anybody's eyes but the disclosure gate's.

    Parameters
    ----------
    estimates : SealedFrame
        Columns `ESTIMATE_COLUMNS`.
    flow : SealedFrame
        Participant flow as in `PanelData`.
    months : mapping
        Wave number → months.
    versions : mapping
        Package → version that computed.

    Raises
    ------
    MirabalError
        If the columns are not those of `ESTIMATE_COLUMNS`.
    """

    instrument: Instrument
    plan: AnalysisPlan
    estimates: SealedFrame
    flow: SealedFrame
    months: Mapping[int, float]
    trail: AuditTrail
    sources: tuple[Source, ...] = ()
    findings: tuple[Finding, ...] = ()
    fingerprint: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.estimates.columns != list(ESTIMATE_COLUMNS):
            raise MirabalError("estimates lack their columns")

    @property
    def untrusted(self) -> bool:
        """Whether any model could not be trusted."""
        return any(UNTRUSTED_FLAGS & set(flags) for flags in self.estimates.frame["flags"])


@dataclass(frozen=True, slots=True)
class DisclosureProfile:
    """Rules by which results may leave.

    Parameters
    ----------
    threshold : int
        Counts of 1 … threshold − 1 people (and of all but so many) are hidden.
    hide_zeros : bool
        Whether counts of nobody, and of everybody, are hidden too.
    rounding : int
        Other counts are rounded to multiples of this; 1 leaves them.
    minimum_base : int
        Fewest people a percentage or mean may rest on.
    minimum_df : int
        Fewest residual degrees of freedom of a released model.
    releasable : bool
        False marks every output "not for release".
    """

    name: str
    threshold: int
    hide_zeros: bool
    rounding: int
    minimum_base: int
    minimum_df: int
    releasable: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """One line of the register of outputs: what was hidden or rounded, by which rule, how often."""

    rule: str
    analysis: str
    count: int
    comment: str


@dataclass(frozen=True, slots=True)
class PastRelease:
    """What a release tells of counts of people, to hold later ones against.

    Parameters
    ----------
    panel, plan : str
        SHA-256 of the data and of the plan.
    told : mapping
        Name of a count → the least and the most it can be, from what is shown.
    """

    panel: str
    plan: str
    profile: str
    told: Mapping[str, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Output:
    """One line of the register: what leaves, on how many people it rests, what was done to it.

    Parameters
    ----------
    people, smallest : int or None
        Most people a number rests on, and the smallest count shown; as released.
    """

    what: str
    people: int | None
    smallest: int | None
    rule: str
    decision: str
    comment: str


@dataclass(frozen=True)
class ReleasableResults:
    """Results after disclosure control: the only thing `report` accepts.

    Has the fields of `Results`, every number already hidden or rounded, the profile and
    decisions that made it so, the releases so far (this one included), and the register of outputs.
    """

    instrument: Instrument
    plan: AnalysisPlan
    estimates: SealedFrame
    flow: SealedFrame
    months: Mapping[int, float]
    audit: SealedFrame
    findings: SealedFrame
    profile: DisclosureProfile
    decisions: tuple[Decision, ...]
    sources: tuple[Source, ...] = ()
    fingerprint: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    untrusted: bool = False
    releases: tuple[PastRelease, ...] = ()
    outputs: tuple[Output, ...] = ()
