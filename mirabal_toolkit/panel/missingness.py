"""Which answers lack, at which wave, and why: counts of people."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mirabal_toolkit.core.data import INTERVIEWED, WAVE, CleanedData
from mirabal_toolkit.core.instrument import Item
from mirabal_toolkit.core.missing import REASON_DTYPE
from mirabal_toolkit.core.quality import ANSWERED, ITEM_REASONS, MISSING_COLUMNS


def missing_by_item(cleaned: CleanedData) -> pd.DataFrame:
    """Count, for each item and wave, the interviewed people who answered and why others did not.

    Parameters
    ----------
    cleaned : CleanedData

    Returns
    -------
    DataFrame
        Columns `MISSING_COLUMNS`; one row an item and wave at which the item is asked, in the order
        of the instrument. Items asked once a person stand at the first wave. Staff's own notes are
        left out.
    """
    status = cleaned.status.frame["status"].astype("str").to_numpy()
    wave_of = cleaned.answers.frame.index.get_level_values(WAVE).to_numpy()
    reasons = cleaned.reasons.frame
    rows = []
    for wave in cleaned.waves:
        here = (status == INTERVIEWED) & (wave_of == wave)
        rows += [
            (item.id, wave, int(here.sum()), *_counts(reasons[item.id], here))
            for item in cleaned.instrument.items
            if _asked(item, wave, cleaned.waves[0])
        ]
    frame = pd.DataFrame(rows, columns=list(MISSING_COLUMNS))
    place = {item.id: number for number, item in enumerate(cleaned.instrument.items)}
    order = np.lexsort((frame["wave"], frame["item"].map(place)))
    return frame.iloc[order].reset_index(drop=True)


def _asked(item: Item, wave: int, first: int) -> bool:
    if item.office:
        return False
    return wave == first if item.per_person else not item.waves or wave in item.waves


def _counts(reasons: pd.Series, here: np.ndarray) -> list[int]:
    """Return how many answered, then how many gave each reason."""
    codes = reasons.array.codes[here] if reasons.dtype == REASON_DTYPE else _codes(reasons)[here]
    counted = np.bincount(codes.astype(np.intp) + 1, minlength=len(REASON_DTYPE.categories) + 1)
    by_name = dict(zip((ANSWERED, *REASON_DTYPE.categories), counted, strict=True))
    return [int(by_name[name]) for name in (ANSWERED, *ITEM_REASONS)]


def _codes(reasons: pd.Series) -> np.ndarray:
    return pd.Categorical(reasons, dtype=REASON_DTYPE).codes
