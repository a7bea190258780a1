"""Protect a frame of estimates, row by row and pair by pair."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from mirabal_toolkit.core.frames import rows_of
from mirabal_toolkit.core.plan import AnalysisPlan
from mirabal_toolkit.core.results import DisclosureProfile, estimates_frame
from mirabal_toolkit.disclosure.groups import OF_PARTS, PARTS, hidden_parts, is_share, verdict_of_parts
from mirabal_toolkit.disclosure.lost_waves import (
    ASSUMED,
    GROUPS,
    hidden_together,
    is_mean,
    rounded_bound,
    verdict_of_extreme,
)
from mirabal_toolkit.disclosure.predictions import coarse_predictions
from mirabal_toolkit.disclosure.rules import Verdict, judge, judge_row, missing, round_count, waves_of
from mirabal_toolkit.disclosure.secondary import NOTHING_WITHHELD, Withheld
from mirabal_toolkit.mixed.adjust import adjust_p_values
from mirabal_toolkit.mixed.counts import (
    Interval,
    PairedCounts,
    exact_interval,
    mcnemar_exact,
    newcombe_paired,
    tango_paired,
    wilson,
)

Row = dict[str, Any]

#: What is emptied when a row is hidden.
NUMBERS = ("estimate", "std_error", "df", "statistic", "p_value", "p_adjusted", "conf_low", "conf_high", "count")
BASES = ("n_obs", "n_persons", "n_universe")
COUNTED = (
    frozenset(
        {
            "retention",
            "prevalence",
            "cessation",
            "onset",
            "recurrence",
            "distribution",
            "paired_change",
            "reliable_change",
            "floor_ceiling",
            "transition",
            "endorsement",
            "baseline",
        }
    )
    | GROUPS
)
PANEL = frozenset({"panel_model", "panel_test"})
MODELLED = (
    frozenset({"model_prediction", "ordinal_prediction", "model_contrast", "model_parameters", "cochran_q"})
    | ASSUMED
    | PANEL
)

#: Decimals that scales keep once rounded; a finer one would give the exact count behind a rounded one.
DECIMALS = {"percent": 0, "percentage_points": 0, "people": -1, "points": 1, "items": 1, "answer": 1}
DEFAULT_DECIMALS = 2


def protect_estimates(
    estimates: pd.DataFrame, profile: DisclosureProfile, plan: AnalysisPlan, withheld: Withheld = NOTHING_WITHHELD
) -> pd.DataFrame:
    """Return `estimates` with small cells hidden, and everything else rounded.

    Parameters
    ----------
    estimates : DataFrame
        Columns `ESTIMATE_COLUMNS`.
    plan : AnalysisPlan
        For the families within which p values are adjusted.
    withheld : Withheld
        Rows to hide because a hidden count would follow from them.

    Returns
    -------
    DataFrame
        Same rows in the same order.
    """
    rows = coarse_predictions(rows_of(estimates), profile)
    hidden = _hidden_cells(rows, profile) | {_cell(rows[number]) for number in withheld.rows if _is_cell(rows[number])}
    tables = _paired_tables(rows)
    together, protected = hidden_together(rows, profile), []
    parts = hidden_parts(rows, hidden, profile)
    for number, row in enumerate(rows):
        verdict = "few" if number in together else _row_verdict(row, hidden, tables, profile)
        # Why a row is hidden may say too much; that it is withheld says least.
        verdict = "withheld" if number in withheld.rows else verdict
        if verdict == "shown" and number in parts:
            verdict = "withheld"
        released = _protected(row, verdict, tables, profile)
        protected.append({**released, **dict.fromkeys(BASES)} if number in withheld.bases else released)
    return estimates_frame(_readjusted(rows, protected, plan))


def _readjusted(rows: list[Row], protected: list[Row], plan: AnalysisPlan) -> list[Row]:
    """Adjust the p values of paired changes again, from the released ones.

    The adjusted value of an exact p would tell that p. A hidden test takes part as p = 1, which can only make
    the others larger.
    """
    family_of = {planned.outcome: planned.family for planned in plan.outcomes}
    families: dict[str, list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        if row["analysis"].startswith("paired") and not missing(row["p_adjusted"]):
            families[family_of[row["outcome"]]].append(place)
    for places in families.values():
        p_values = [protected[place]["p_value"] for place in places]
        shown = np.array([1.0 if missing(p_value) else float(p_value) for p_value in p_values])
        for place, p_value, adjusted in zip(places, p_values, adjust_p_values(shown, plan.multiplicity), strict=True):
            protected[place]["p_adjusted"] = None if missing(p_value) else round(float(adjusted), 3)
    return protected


Cell = tuple[str, str, int]


def _hidden_cells(rows: Iterable[Row], profile: DisclosureProfile) -> set[Cell]:
    """Find the (outcome, estimand, wave) whose percentage or mean is hidden: models of them must be too."""
    return {_cell(row) for row in rows if _is_cell(row) and _verdict(row, profile) != "shown"}


def _is_cell(row: Row) -> bool:
    return row["analysis"] in ("prevalence", "mean") and row["term"] != "sd"


def _cell(row: Row) -> Cell:
    return row["outcome"], row["estimand"], int(row["wave"])


def _verdict(row: Row, profile: DisclosureProfile) -> Verdict:
    """Judge one row by its own count and base."""
    # A mean tells the answers of the few whose score is not zero; that nearly all have one tells nothing.
    return judge_row(row, profile, alone=row["analysis"] == "mean" or is_mean(row))


def _paired_tables(rows: Iterable[Row]) -> dict[tuple[str, str], PairedCounts]:
    """Rebuild the two-by-two table of every paired change."""
    parts: dict[tuple[str, str], dict[str, int]] = {}
    for row in rows:
        if row["analysis"] == "paired_change" and not missing(row["count"]):
            part = parts.setdefault((row["outcome"], row["estimand"]), {})
            part[row["term"]], part["n"] = int(row["count"]), int(row["n_obs"])
    return {key: _paired_table(part) for key, part in parts.items()}


def _paired_table(part: dict[str, int]) -> PairedCounts:
    both = part["before"] - part["stopped"]
    return PairedCounts(
        both=both,
        stopped=part["stopped"],
        started=part["started"],
        neither=part["n"] - part["before"] - part["started"],
    )


def _protected(
    row: Row, verdict: Verdict, tables: dict[tuple[str, str], PairedCounts], profile: DisclosureProfile
) -> Row:
    if verdict != "shown":
        return _hide(row, verdict, profile)
    if row["analysis"] == "paired_change" and row["term"] == "change":
        return _rounded_change(row, tables.get((row["outcome"], row["estimand"])), profile)
    if row["analysis"] == "bounds" and row["scale"] == "percentage_points" and not missing(row["estimate"]):
        row = rounded_bound(row, profile)
    counted = is_share(row) if row["analysis"] in PARTS else row["analysis"] in COUNTED and not is_mean(row)
    if (counted or row["scale"] == "people") and not missing(row["count"]):
        return _rounded_count(row, profile)
    return rounded_numbers(row, profile)


def _row_verdict(
    row: Row, hidden: set[Cell], tables: dict[tuple[str, str], PairedCounts], profile: DisclosureProfile
) -> Verdict:
    if row["analysis"] in OF_PARTS | PARTS:
        return verdict_of_parts(row, profile)
    if row["analysis"] in MODELLED:
        return _model_verdict(row, hidden, profile)
    if row["analysis"] == "paired_change" and row["term"] == "change":
        table = tables.get((row["outcome"], row["estimand"]))
        ends = [] if table is None else [judge(count, table.n, profile) for count in (table.before, table.after)]
        return next((verdict for verdict in ends if verdict != "shown"), "shown")
    if row["analysis"] in ("mean", "paired_mean_change", "reliable_change"):
        return _mean_verdict(row, hidden, profile)
    return _verdict(row, profile)


def _mean_verdict(row: Row, hidden: set[Cell], profile: DisclosureProfile) -> Verdict:
    """Hide an SD with its mean, and a paired change with either end."""
    waves = waves_of(row)
    if any((row["outcome"], row["estimand"], wave) in hidden for wave in waves):
        return "few"
    return _verdict(row, profile)


def _model_verdict(row: Row, hidden: set[Cell], profile: DisclosureProfile) -> Verdict:
    if any((row["outcome"], row["estimand"], wave) in hidden for wave in waves_of(row)):
        return "few"
    if (extreme := verdict_of_extreme(row, profile)) != "shown":
        return extreme
    too_few = not missing(row["df"]) and row["df"] < profile.minimum_df
    return "base" if too_few or (not missing(row["n_persons"]) and row["n_persons"] < profile.minimum_base) else "shown"


def _hide(row: Row, verdict: Verdict, profile: DisclosureProfile) -> Row:
    flags = ("suppressed",) if verdict == "base" else ("suppressed", verdict)
    emptied: Row = dict.fromkeys(NUMBERS)
    # The other flags of a hidden row (zero_cell, boundary …) would describe what is hidden.
    # So would the interval chosen for a cell of nobody; which model the plan asked for is no secret.
    model = row["model"] if row["analysis"] in MODELLED | OF_PARTS else ""
    return {**row, **emptied, **_rounded_bases(row, profile), "model": model, "flags": flags}


def _rounded_bases(row: Row, profile: DisclosureProfile) -> Row:
    def rounded(n: Any) -> Any:
        return pd.NA if missing(n) or 0 < n < profile.threshold else round_count(float(n), profile)

    return {name: rounded(row[name]) for name in BASES}


def _rounded_count(row: Row, profile: DisclosureProfile) -> Row:
    """Recompute a percentage and its interval from the rounded count and base."""
    bases, count = _rounded_bases(row, profile), round_count(row["count"], profile)
    flags = (*row["flags"], "rounded")
    if row["scale"] == "people":
        return {**row, **bases, "count": count, "estimate": float(count), "flags": flags}
    n = bases["n_obs"]
    count = min(count, n)
    interval = exact_interval(count, n) if count in (0, n) else wilson(count, n)
    return {**row, **bases, **_percent(interval), "count": count, "flags": flags}


def _percent(interval: Interval) -> Row:
    return {"estimate": 100 * interval.estimate, "conf_low": 100 * interval.low, "conf_high": 100 * interval.high}


def _rounded_change(row: Row, table: PairedCounts | None, profile: DisclosureProfile) -> Row:
    """Recompute a paired change from a two-by-two table whose margins and corner are rounded."""
    if table is None:
        return rounded_numbers(row, profile)
    rounded = _rounded_table(table, profile)
    p_value = mcnemar_exact(rounded.stopped, rounded.started)
    return {
        **row,
        **_rounded_bases(row, profile),
        **_percent((tango_paired if row["model"] == "tango" else newcombe_paired)(rounded)),
        "p_value": p_value,
        "p_adjusted": None,
        "flags": (*row["flags"], "rounded"),
    }


def _rounded_table(table: PairedCounts, profile: DisclosureProfile) -> PairedCounts:
    n = round_count(table.n, profile)
    before, after = (min(round_count(count, profile), n) for count in (table.before, table.after))
    both = min(max(round_count(table.both, profile), before + after - n, 0), before, after)
    return PairedCounts(both=both, stopped=before - both, started=after - both, neither=n - before - after + both)


def _rounded_df(df: float, profile: DisclosureProfile) -> float:
    """Round degrees of freedom that count people; small ones count waves or terms."""
    return float(df if df < profile.minimum_df else round_count(df, profile))


def _rounded(value: float, scale: str) -> float:
    """Round to the decimals of the scale; ratios, which may be tiny, to two digits that count."""
    if scale in ("odds_ratio", "rate_ratio"):
        return float(f"{value:.2g}")
    return round(value, DECIMALS.get(scale, DEFAULT_DECIMALS))


def rounded_numbers(row: Row, profile: DisclosureProfile) -> Row:
    """Return a row with its numbers rounded as coarsely as its scale asks, and without its count."""
    shown = {
        name: None if missing(row[name]) else _rounded(float(row[name]), row["scale"])
        for name in ("estimate", "std_error", "conf_low", "conf_high")
    }
    tests = {name: None if missing(row[name]) else round(float(row[name]), 3) for name in ("p_value", "p_adjusted")}
    return {
        **row,
        **shown,
        **tests,
        **_rounded_bases(row, profile),
        "df": None if missing(row["df"]) or not math.isfinite(row["df"]) else _rounded_df(row["df"], profile),
        "statistic": None,
        "count": None,
        "flags": (*row["flags"], "rounded"),
    }
