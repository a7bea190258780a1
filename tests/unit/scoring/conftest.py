"""Interviews as tables of answers and reasons."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from mirabal_toolkit.core.data import AuditTrail, CleanedData
from mirabal_toolkit.core.frames import SealedFrame
from mirabal_toolkit.core.instrument import Instrument
from mirabal_toolkit.core.missing import REASON_DTYPE
from mirabal_toolkit.instruments.loading import load_instrument


@pytest.fixture(scope="session")
def instrument() -> Instrument:
    return load_instrument("partner-safety@1.0.0")


@pytest.fixture(scope="session")
def cleaned(instrument: Instrument) -> Callable[..., CleanedData]:
    """Return a function: dictionaries of item → answer, or name of a missing reason, become `CleanedData`.

    Items that are not named are `not_asked`, or what `otherwise` says.
    """

    def build(*given: dict[str, Any], otherwise: str = "not_asked", status: str = "interviewed") -> CleanedData:
        index = pd.MultiIndex.from_tuples(
            [(f"{place:03d}", 1) for place in range(len(given))], names=["person_id", "wave"]
        )
        answers, reasons = {}, {}
        for item in instrument.items:
            cells = [row.get(item.id, otherwise) for row in given]
            dtype = {"date": "datetime64[us]", "text": "str"}.get(item.type, "float64")
            answers[item.id] = pd.Series([None if isinstance(cell, str) else cell for cell in cells], dtype=dtype)
            reasons[item.id] = pd.Categorical(
                [cell if isinstance(cell, str) else None for cell in cells], dtype=REASON_DTYPE
            )
        return CleanedData(
            instrument,
            SealedFrame(pd.DataFrame(answers).set_axis(index)),
            SealedFrame(pd.DataFrame(reasons).set_axis(index)),
            SealedFrame(pd.DataFrame({"status": [row.get("status", status) for row in given]}, index=index)),
            AuditTrail(),
        )

    return build
