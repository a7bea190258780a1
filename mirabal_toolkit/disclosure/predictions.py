"""Percentages that models predict, no finer than the counts that are shown beside them.

With waves as categories a model predicts nearly the share that was seen: in whole percent it would give away the count
behind a rounded one. So a predicted share is turned into people, these are rounded like any count, and what rests on
the prediction (changes in points, odds ratios) is moved by as much. Intervals are moved too and keep their width.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from scipy.special import logit

from mirabal_toolkit.core.results import DisclosureProfile
from mirabal_toolkit.disclosure.rules import missing, round_count, waves_of

Row = dict[str, Any]
#: Outcome, estimand, model and wave of a prediction.
Cell = tuple[str, str, str, int]

PREDICTED = frozenset({"model_prediction", "ordinal_prediction", "imputed_prediction"})
MOVED = ("estimate", "conf_low", "conf_high")


def coarse_predictions(rows: Iterable[Row], profile: DisclosureProfile) -> list[Row]:
    """Return `rows` with predicted percentages, and changes from them, as coarse as the profile rounds counts.

    Parameters
    ----------
    rows : iterable of dict
        All estimates, before anything is hidden or rounded.
    """
    rows = list(rows)
    if profile.rounding == 1:
        return rows
    shares: dict[Cell, tuple[float, float]] = {}
    for row in rows:
        if row["analysis"] == "model_prediction" and _is_share(row):
            shares[_cell(row, int(row["wave"]))] = (row["estimate"], _coarse(row, profile))
    return [_moved(row, shares, profile) for row in rows]


def _is_share(row: Row) -> bool:
    return row["scale"] == "percent" and not missing(row["estimate"]) and not missing(row["n_obs"])


def _cell(row: Row, wave: int) -> Cell:
    return row["outcome"], row["estimand"], row["model"], wave


def _coarse(row: Row, profile: DisclosureProfile) -> float:
    """Return the percentage that the rounded number of people is of the rounded number of all."""
    n = round_count(row["n_obs"], profile)
    if n == 0:
        return float(row["estimate"])
    return 100.0 * min(round_count(row["estimate"] / 100 * row["n_obs"], profile), n) / n


def _moved(row: Row, shares: dict[Cell, tuple[float, float]], profile: DisclosureProfile) -> Row:
    if row["analysis"] in PREDICTED and _is_share(row):
        return _shifted(row, _coarse(row, profile) - row["estimate"], (0.0, 100.0))
    if row["analysis"] != "model_contrast" or missing(row["estimate"]):
        return row
    ends = [shares[cell] for cell in (_cell(row, wave) for wave in waves_of(row)) if cell in shares]
    if len(ends) != 2:
        return row
    later, first = ends
    if row["scale"] == "percentage_points":
        return _shifted(row, later[1] - later[0] - (first[1] - first[0]), (-100.0, 100.0))
    if row["scale"] == "odds_ratio":
        factor = np.exp(_log_odds_moved(*later) - _log_odds_moved(*first))
        return row | {name: float(row[name] * factor) for name in MOVED if not missing(row[name])}
    return row


def _shifted(row: Row, by: float, limits: tuple[float, float]) -> Row:
    return row | {name: float(np.clip(row[name] + by, *limits)) for name in MOVED if not missing(row[name])}


def _log_odds_moved(exact: float, coarse: float) -> float:
    """Return by how much the log odds of a share move; nobody, or everybody, counts as half a percent from it."""
    return float(np.diff(logit(np.clip([exact, coarse], 0.5, 99.5) / 100))[0])
