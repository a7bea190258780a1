"""A small questionnaire, and rows written by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from mirabal_toolkit.core.data import WaveData
from mirabal_toolkit.core.frames import SealedFrame
from mirabal_toolkit.core.instrument import Instrument
from mirabal_toolkit.instruments.loading import load_instrument

ITEMS = (
    "P1",
    "P2",
    "A0",
    "A_date",
    "A1",
    "A2",
    "B2",
    "K0",
    "B3",
    "C1",
    "C4",
    "C8",
    "C8a",
    "E2",
    "I1",
    "K1",
    "K7",
    "L1",
    "N1",
)

Rows = Callable[..., WaveData]


@pytest.fixture(scope="session")
def instrument() -> Instrument:
    """Partner safety, shortened to a few items of every kind."""
    whole = load_instrument("partner-safety@1.0.0")
    scales = tuple(
        replace(
            scale,
            items=tuple(name for name in scale.items if name in ITEMS),
            severe=tuple(name for name in scale.severe if name in ITEMS),
        )
        for scale in whole.scales
        if scale.id in ("physical", "children")
    )
    assert whole.gate is not None
    return replace(
        whole,
        items=tuple(item for item in whole.items if item.id in ITEMS),
        gate=replace(whole.gate, items=("A1", "A2")),
        scales=scales,
        outcomes=tuple(outcome for outcome in whole.outcomes if outcome.scale in ("physical", "children")),
        tests=(),
    )


@pytest.fixture(scope="session")
def rows(instrument: Instrument) -> Rows:
    """Return a function that makes `WaveData` of dictionaries; items not named are empty, not absent."""

    def build(*given: dict[str, Any], of: Instrument = instrument, absent: tuple[str, ...] = ()) -> WaveData:
        items = [item for item in of.items if item.id not in absent]
        table: dict[str, Any] = {
            "person_id": pd.Series([row.get("person_id") for row in given], dtype="str"),
            "wave": [row.get("wave", 1) for row in given],
        }
        for item in items:
            values = [row.get(item.id) for row in given]
            dtype = {"date": "datetime64[us]", "text": "str"}.get(item.type, "float64")
            table[item.id] = pd.Series(pd.to_datetime(values) if item.type == "date" else values, dtype=dtype)
        reasons = {item.id: pd.Series([row.get(f"{item.id}?") for row in given], dtype="str") for item in items}
        return WaveData(of, SealedFrame(pd.DataFrame(table)), SealedFrame(pd.DataFrame(reasons)))

    return build


@pytest.fixture(scope="session")
def interview() -> Callable[..., dict[str, Any]]:
    """Return a function that makes one complete interview, with changes."""

    def build(person_id: str | None = "01", wave: Any = 1, **changes: Any) -> dict[str, Any]:
        answers: dict[str, Any] = {"A0": 1, "A1": 1, "A2": 1, "B2": 1, "K0": 1, "B3": 1, "C1": 0, "C4": 0, "C8": 0}
        answers |= {"E2": 0, "I1": 2, "K1": 0, "K7": 2, "L1": 2, "P1": 1, "P2": 30}
        return {"person_id": person_id, "wave": wave, **answers, **changes}

    return build


@pytest.fixture
def cell() -> Callable[..., tuple[float | None, str | None]]:
    """Return a function that looks up the answer and the reason of one cell."""

    def look(cleaned: Any, item: str, person: str = "01", wave: int = 1) -> tuple[float | None, str | None]:
        answer, reason = (
            cleaned.answers.frame.loc[(person, wave), item],
            cleaned.reasons.frame.loc[(person, wave), item],
        )
        return (None if pd.isna(answer) else float(answer), None if pd.isna(reason) else str(reason))

    return look


@pytest.fixture
def found() -> Callable[..., dict[str, int]]:
    """Return a function that gives the findings of a result as code → count (summed)."""

    def look(cleaned: Any) -> dict[str, int]:
        counts: dict[str, int] = {}
        for finding in cleaned.findings:
            counts[finding.code] = counts.get(finding.code, 0) + finding.count
        return counts

    return look
