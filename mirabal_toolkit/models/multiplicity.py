"""Adjust p values for how many outcomes were looked at, within the families the plan declares."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np

from mirabal_toolkit.core.instrument import Instrument
from mirabal_toolkit.core.plan import AnalysisPlan
from mirabal_toolkit.mixed.adjust import adjust_p_values

Record = dict[str, Any]
#: How estimates of two arms that check the main one are named.
OVERLAP_WEIGHTED, COMPLETERS = "overlap-weighted", "completers"


def adjust(records: Sequence[Record], plan: AnalysisPlan, instrument: Instrument, *, contrast: str) -> list[Record]:
    """Return the records with `p_adjusted` filled in.

    Adjusted are, in each family, the changes from first to last wave under the headline estimand: those
    in pairs among themselves, those of the models among themselves, and so the differences between two arms and, item
    by item, the tests that subgroups change alike.

    Parameters
    ----------
    contrast : str
        Last against first wave, as ``w5 - w1``.
    """
    families = {planned.outcome: planned for planned in plan.outcomes if planned.family}
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    tested: set[tuple[str, str]] = set()
    for place, record in enumerate(records):
        planned, kind = families.get(record.get("outcome", "")), _kind_of_test(record, contrast)
        if planned is None or kind is None or record["estimand"] != planned.estimands_of(instrument)[0]:
            continue
        # A model shown beside the main one answers the same question: it is no further test.
        if (planned.outcome, kind) not in tested:
            tested.add((planned.outcome, kind))
            groups[planned.family, kind].append(place)
    adjusted = [dict(record) for record in records]
    for places in groups.values():
        p_values = np.array([records[place]["p_value"] for place in places])
        for place, value in zip(places, adjust_p_values(p_values, plan.multiplicity), strict=True):
            adjusted[place]["p_adjusted"] = float(value)
    return adjusted


def _kind_of_test(record: Record, contrast: str) -> str | None:
    """Return which question a record tests, between first and last wave; None where it tests none of the plan's."""
    if record.get("p_value") is None or record.get("contrast") != contrast:
        return None
    analysis = record["analysis"]
    if analysis in ("paired_change", "paired_mean_change"):
        return "paired" if record["term"] == "change" else None
    if analysis == "model_contrast":
        return None if record["scale"] in ("odds_ratio", "rate_ratio") else "model"
    if analysis == "subgroup_test":
        return f"subgroups by {record['term']}"
    # Weighted, and among completers, the same question is asked again.
    asked_once = record.get("model") != OVERLAP_WEIGHTED and record.get("population") != COMPLETERS
    return "arms" if analysis == "arm_difference" and asked_once else None
