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


def adjust(records: Sequence[Record], plan: AnalysisPlan, instrument: Instrument, *, contrast: str) -> list[Record]:
    """Return the records with `p_adjusted` filled in.

    Adjusted are, in each family, the changes from first to last wave under the headline estimand: those
    in pairs among themselves, and those of the models among themselves.

    Parameters
    ----------
    contrast : str
        Last against first wave, as ``w5 - w1``.
    """
    families = {planned.outcome: planned for planned in plan.outcomes if planned.family}
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    tested: set[tuple[str, str]] = set()
    for place, record in enumerate(records):
        planned = families.get(record.get("outcome", ""))
        if planned is None or not _is_headline_test(record, contrast):
            continue
        if record["estimand"] == planned.estimands_of(instrument)[0]:
            kind = "model" if record["analysis"] == "model_contrast" else "paired"
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


def _is_headline_test(record: Record, contrast: str) -> bool:
    """Say whether a record tests the change between first and last wave (once an outcome and kind)."""
    if record.get("p_value") is None or record.get("contrast") != contrast:
        return False
    if record["analysis"] in ("paired_change", "paired_mean_change"):
        return bool(record["term"] == "change")
    return bool(record["analysis"] == "model_contrast" and record["scale"] not in ("odds_ratio", "rate_ratio"))
