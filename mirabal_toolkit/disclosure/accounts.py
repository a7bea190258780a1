"""Protect a second account, and above all the table of both: nothing by which one partner learns the other's answers.

He knows what he said. Were there no couple in which he says yes and she says no, he would know what she said. So in a
table of two accounts a cell of nobody is as dangerous as a small one, and one such cell hides the whole table.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import replace
from typing import Any

import pandas as pd

from mirabal_toolkit.core.frames import SealedFrame, rows_of
from mirabal_toolkit.core.results import DisclosureProfile, Results, estimates_frame
from mirabal_toolkit.disclosure.estimates import BASES, NUMBERS, Row, protect_estimates, rounded_numbers
from mirabal_toolkit.disclosure.rules import missing, round_count
from mirabal_toolkit.disclosure.secondary import withhold
from mirabal_toolkit.mixed.agreement import cohen_kappa, prevalence_adjusted_kappa
from mirabal_toolkit.mixed.counts import PairedCounts, mcnemar_exact, wilson

SECOND, DYADS = "second_", "agreement"
CELLS = ("both_yes", "first_only", "second_only", "neither")
#: Fewest couples for limits of agreement and correlations.
FEWEST_COUPLES = 30
#: Limits of agreement closer together than this (in points of 0–100) place one answer by the other.
NARROWEST_LIMITS = 20.0
CLOSEST_CORRELATION = 0.95

Group = tuple[str, str, Any]


def split_accounts(results: Results) -> tuple[Results, pd.Series]:
    """Return the results of the first account alone, and which rows of the estimates those are."""
    estimates = results.estimates.frame
    first = ~(estimates["analysis"].str.startswith(SECOND) | (estimates["analysis"] == DYADS))
    return replace(results, estimates=SealedFrame(estimates[first].reset_index(drop=True))), first


def join_accounts(
    protected: pd.DataFrame, first: pd.Series, results: Results, rules: DisclosureProfile
) -> pd.DataFrame:
    """Return the protected first account with the second, and the tables of both, protected beside it.

    Parameters
    ----------
    protected : DataFrame
        Estimates of the first account, after protection.
    first : Series of bool
        Which rows of the estimates of `results` those are.
    """
    if first.all():
        return protected
    estimates = results.estimates.frame
    second = estimates["analysis"].str.startswith(SECOND)
    parts = [protected.set_axis(estimates.index[first])]
    parts.append(_protect_second(estimates[second], results, rules))
    parts.append(_protect_dyads(estimates[~first & ~second], rules))
    return pd.concat([part for part in parts if len(part)]).sort_index()


def _protect_second(estimates: pd.DataFrame, results: Results, rules: DisclosureProfile) -> pd.DataFrame:
    """Protect the second account by the very rules of the first."""
    if estimates.empty:
        return estimates
    named = estimates.assign(analysis=estimates["analysis"].str.removeprefix(SECOND)).reset_index(drop=True)
    alone = replace(results, estimates=SealedFrame(named))
    found = protect_estimates(named, rules, results.plan, withhold(alone, rules))
    return found.assign(analysis=SECOND + found["analysis"]).set_axis(estimates.index)


def _protect_dyads(estimates: pd.DataFrame, rules: DisclosureProfile) -> pd.DataFrame:
    if estimates.empty:
        return estimates
    rows = rows_of(estimates)
    groups: dict[Group, list[Row]] = defaultdict(list)
    for row in rows:
        groups[_group(row)].append(row)
    released = {group: _released(members, rules) for group, members in groups.items()}
    taken = {group: iter(members) for group, members in released.items()}
    return estimates_frame([next(taken[_group(row)]) for row in rows]).set_axis(estimates.index)


def _group(row: Row) -> Group:
    return row["outcome"], row["indicator"], None if missing(row["wave"]) else int(row["wave"])


def _released(rows: list[Row], rules: DisclosureProfile) -> list[Row]:
    """Release a table of two accounts whole, or hide it whole."""
    cells = {row["term"]: row["count"] for row in rows if row["term"] in CELLS}
    if rules.hide_zeros or not (_cells_safe(cells, rules) if cells else _scores_safe(rows, rules)):
        return [_hidden(row) for row in rows]
    if not cells:
        return [rounded_numbers(row, rules) for row in rows]
    counts = PairedCounts(*(round_count(float(cells[term]), rules) for term in CELLS))
    return [_recomputed(row, counts) for row in rows]


def _cells_safe(cells: dict[str, Any], rules: DisclosureProfile) -> bool:
    """Say whether every one of the four cells counts enough couples; nobody is not enough."""
    counts = [0.0 if missing(cells.get(term)) else float(cells[term]) for term in CELLS]
    return min(counts) >= max(rules.threshold, 1) and sum(counts) >= rules.minimum_base


def _scores_safe(rows: list[Row], rules: DisclosureProfile) -> bool:
    """Say whether one score leaves enough doubt about the other."""
    couples = [float(row["n_persons"]) for row in rows if not missing(row["n_persons"])]
    if not couples or min(couples) < max(rules.minimum_base, FEWEST_COUPLES):
        return False
    found = {row["term"]: row["estimate"] for row in rows if not missing(row["estimate"])}
    if "limit_low" in found and found["limit_high"] - found["limit_low"] < NARROWEST_LIMITS:
        return False
    return all(abs(found.get(term, 0.0)) < CLOSEST_CORRELATION for term in ("correlation", "rm_correlation"))


def _hidden(row: Row) -> Row:
    emptied: Row = dict.fromkeys((*NUMBERS, *BASES))
    return {**row, **emptied, "model": "", "flags": ("suppressed",)}


def _recomputed(row: Row, counts: PairedCounts) -> Row:
    """Return a row of a two-by-two table as it follows from the rounded cells."""
    shown: Row = {**row, "n_obs": counts.n, "n_persons": counts.n, "flags": (*row["flags"], "rounded")}
    shown |= dict.fromkeys(NUMBERS)
    agreed, term = counts.both + counts.neither, row["term"]
    if term in CELLS:
        cells = dict(zip(CELLS, (counts.both, counts.stopped, counts.started, counts.neither), strict=True))
        return {**shown, "count": cells[term], "estimate": float(cells[term])}
    if term == "percent_agreement":
        share = wilson(agreed, counts.n)
        numbers = {"estimate": 100 * share.estimate, "conf_low": 100 * share.low, "conf_high": 100 * share.high}
        return {**shown, **numbers, "count": agreed}
    if term == "kappa":
        kappa = cohen_kappa(counts)
        names = ("estimate", "conf_low", "conf_high")
        return {**shown, **{name: round(value, 2) for name in names if math.isfinite(value := getattr(kappa, name))}}
    if term == "pabak":
        return {**shown, "estimate": round(prevalence_adjusted_kappa(counts), 2)}
    return {**shown, "p_value": round(mcnemar_exact(counts.stopped, counts.started), 3)}
