"""A small questionnaire, tables as files give them, and made-up SPSS files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pyreadstat
import pytest

from mirabal_toolkit.core.frames import SealedFrame
from mirabal_toolkit.core.instrument import Instrument
from mirabal_toolkit.instruments.loading import load_instrument
from mirabal_toolkit.readers.raw import RawTable, Variable

ITEMS = ("P1", "P2", "P4", "A0", "A_date", "B2", "K0", "C1", "C2", "C4", "H1", "H2", "N1")

FREQUENCY = {0: "Never", 1: "Once", 2: "Two to five times", 3: "Most weeks", 4: "Most days"}

MakeTable = Callable[..., RawTable]
MakeExport = Callable[..., Path]


@pytest.fixture(scope="session")
def instrument() -> Instrument:
    """Partner safety, shortened to a few items of every kind."""
    whole = load_instrument("partner-safety")
    items = tuple(item for item in whole.items if item.id in ITEMS)
    return replace(whole, items=items, gate=None, scales=(), outcomes=(), tests=())


@pytest.fixture(scope="session")
def table() -> MakeTable:
    """Return a function that makes a `RawTable` of columns, and of facts about them by name."""

    def build(
        columns: Mapping[str, Any], facts: Mapping[str, Mapping[str, Any]] | None = None, name: str = "made-up.sav"
    ) -> RawTable:
        frame = pd.DataFrame({key: pd.Series(values) for key, values in columns.items()})
        known = facts or {}
        variables = tuple(
            Variable(key, kind="number" if pd.api.types.is_numeric_dtype(frame[key]) else "text", **known.get(key, {}))
            for key in frame.columns
        )
        numbers = [variable.name for variable in variables if variable.kind == "number"]
        return RawTable(
            SealedFrame(frame.astype(dict.fromkeys(numbers, float))), variables, "UTF-8", "0" * 64, "sav", name
        )

    return build


@pytest.fixture
def export(tmp_path: Path) -> MakeExport:
    """Return a function that writes columns as an SPSS file and returns its path."""

    def write(columns: Mapping[str, Any], name: str = "export.sav", **how: Any) -> Path:
        path = tmp_path / name
        pyreadstat.write_sav(pd.DataFrame(columns), path, compress=name.endswith(".zsav"), **how)
        return path

    return write


@pytest.fixture
def wide() -> dict[str, Any]:
    """Three people, two waves, side by side."""
    return {
        "person_id": ["007", "010", "a 3"],
        "site": [1.0, 2.0, 1.0],
        "c1_w1": [4.0, 3.0, 98.0],
        "c2_w1": [0.0, 1.0, None],
        "h1_w1": [4.0, 3.0, 99.0],
        "c1_w2": [0.0, None, 7.0],
        "c2_w2": [0.0, None, 97.0],
        "h1_w2": [1.0, None, 2.0],
    }
