"""What about people who were lost may leave: groups that add up to a shown whole, weights, bounds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mirabal_toolkit.core.results import DisclosureProfile
from mirabal_toolkit.disclosure.rules import Verdict, judge, missing, round_count

Row = dict[str, Any]

#: Protected like models: hidden with the percent or mean of a wave they would give back.
ASSUMED = frozenset(
    {
        "imputed_prediction",
        "imputed_change",
        "imputation_trace",
        "tipping_point",
        "shifted_change",
        "weighted_change",
        "weights",
        "bounds",
        "drop_out_model",
        "reference_change",
    }
)
#: Counts of people lost, and of those retained: together they are everybody who started.
GROUPS = frozenset({"attrition", "lost_and_retained"})
#: A smallest or largest weight is that of one woman.
EXTREMES = ("smallest", "largest")


def is_mean(row: Row) -> bool:
    """Whether a row gives the mean of one group, so that its count is of people whose score is not zero."""
    return row["analysis"] in GROUPS | {"baseline"} and row["scale"] not in ("percent", "people")


def hidden_together(rows: Sequence[Row], profile: DisclosureProfile) -> frozenset[int]:
    """Return the rows that are hidden because another part of the same whole is.

    Those lost and those retained, in all categories of an item, add up to everybody: where one part counts few
    people, its whole table is hidden.
    """
    small = {(row["analysis"], row["outcome"]) for row in rows if row["analysis"] in GROUPS and _is_small(row, profile)}
    return frozenset(place for place, row in enumerate(rows) if (row["analysis"], row["outcome"]) in small)


def _is_small(row: Row, profile: DisclosureProfile) -> bool:
    n, count = row["n_obs"], row["count"]
    if not missing(n) and n < profile.minimum_base:
        return True
    if missing(count):
        return False
    return judge(float(count), float("nan") if is_mean(row) else float(n), profile) != "shown"


def verdict_of_extreme(row: Row, profile: DisclosureProfile) -> Verdict:
    """Judge what only one or few people stand behind: extreme weights, counts of people filled in or cut back."""
    if row["analysis"] == "weights" and row["term"] in EXTREMES:
        return "few"
    if row["scale"] == "people" and not missing(row["count"]):
        return judge(float(row["count"]), float("nan"), profile)
    return "shown"


def rounded_bound(row: Row, profile: DisclosureProfile) -> Row:
    """Return a bound in percentage points recomputed from rounded counts; it is made of nothing but counts."""
    n = float(row["n_obs"])
    people = abs(row["estimate"]) * n / 100
    sign = -1.0 if row["estimate"] < 0 else 1.0
    return {**row, "estimate": sign * 100 * min(1.0, round_count(people, profile) / round_count(n, profile))}
