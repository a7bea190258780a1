"""Whatever stands in a file or an expression: it is read as it is, or refused in our own words, in reasonable time.

The default run tries a few cases of each; ``pytest -m slow tests/fuzz`` as many as fit into FUZZ_SECONDS for each,
from FUZZ_SEED on.
"""

from __future__ import annotations

import math
import os
import sys
import time
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from mutating import Target, cases, enough, in_time

from mirabal_toolkit.bundled import bundled_folder
from mirabal_toolkit.core.expressions import evaluate, parse_condition
from mirabal_toolkit.errors import MirabalError
from mirabal_toolkit.instruments.loading import read_instrument
from mirabal_toolkit.plans.loading import load_plan
from mirabal_toolkit.readers import read_table
from mirabal_toolkit.readers.mapping_file import format_mapping, parse_mapping
from mirabal_toolkit.safe_yaml import parse_yaml
from mirabal_toolkit.workflow_data import simulate_file

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the clock of a case needs signals")


def condition(data: bytes, _place: Path) -> None:
    read = parse_condition(data.decode(errors="replace"))
    rows = {name: np.array([1.0, math.nan]) for name in read.names}
    assert evaluate(read, rows.__getitem__, {}).shape in ((), (2,))


def instrument(data: bytes, _place: Path) -> None:
    read = read_instrument(data, "an instrument")
    written = parse_yaml(data, "an instrument").value
    assert len(read.items) == sum(len(block["items"]) for block in written["blocks"])
    assert len(read.waves) == len(written["waves"])


def plan(data: bytes, place: Path) -> None:
    file = place / "plan.yaml"
    file.write_bytes(data)
    read = load_plan(file)
    written = parse_yaml(data, "a plan").value
    assert [one.outcome for one in read.outcomes] == [one["outcome"] for one in written["outcomes"]]


def mapping(data: bytes, _place: Path) -> None:
    read = parse_mapping(data, "a mapping")
    again = parse_mapping(format_mapping(read), "a mapping")
    assert format_mapping(again) == format_mapping(read)


def delimited(data: bytes, place: Path) -> None:
    file = place / "waves.csv"
    file.write_bytes(data)
    table = read_table(file)
    plain = data.decode("ascii", errors="ignore")
    if plain.encode() == data and '"' not in plain and plain.isprintable() is False and "\x00" not in plain:
        lines = [line for line in plain.replace("\r\n", "\n").replace("\r", "\n").split("\n") if line]
        assert len(table.frame) == len(lines) - 1


def spss(data: bytes, place: Path) -> None:
    file = place / "waves.sav"
    file.write_bytes(data)
    table = read_table(file)
    told = int.from_bytes(data[80:84], "little", signed=True)
    assert told < 0 or len(table.frame) == told


@cache
def simulated(ending: str) -> bytes:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        simulate_file("partner-safety-short", Path(folder, f"waves{ending}"), people=4, waves=2, seed=1)
        return Path(folder, f"waves{ending}").read_bytes()


MAPPING = """
instrument: partner-safety-short@1.0.0
id: [woman]
wave_column: wave
wave_values: {"0": 1, "follow up": 2}
variables:
  - {variable: E1, item: E1, confidence: 1, reason: name,
     codes: {"1": 0, "2": 1}, missing: {"9": refused, ".a": dont_know}}
  - {variable: "date of birth", item: P3, wave: 1, date_order: dmy}
ignored:
  - {variable: notes, reason: free text}
"""


def targets() -> dict[str, Target]:
    """Return everything that reads what others wrote."""
    yaml = (
        b": ",
        b"- ",
        b"{",
        b"}",
        b"[",
        b"&a",
        b"*a",
        b"!!python/object",
        b"<<: ",
        b"? ",
        b"|",
        b"> ",
        b"%YAML 1.1",
        b"no",
    )
    analyses, instruments = bundled_folder("analyses"), bundled_folder("instruments")
    return {
        "expression": Target(
            condition,
            (
                b"B2 in (together, apart) and K0 > 0",
                b"not (a == 1 or b >= -2.5) and max(a, b, 3) != 4",
                b"answered(A1) / 2",
            ),
            (b"and ", b"or ", b"not ", b"in ", b"(", b")", b",", b"==", b"max(", b"answered(", b"__class__", b"."),
            200,
        ),
        "instrument": Target(
            instrument,
            ((instruments / "casr-sf" / "1.0.0.yaml").read_bytes(),),
            (*yaml, b"items:", b"ask_if: ", b"response_set: ", b"code: 98"),
            20,
        ),
        "plan": Target(
            plan,
            tuple((analyses / f"{name}.yaml").read_bytes() for name in ("children", "training-feedback")),
            (*yaml, b"outcome: ", b"model: gee", b"headline: true", b"missing_data: "),
            40,
        ),
        "mapping": Target(
            mapping, (MAPPING.encode(),), (*yaml, b"variable: ", b"codes: ", b"missing: ", b"wave: ", b"refused"), 100
        ),
        "csv": Target(
            delimited,
            (b"id,wave,a\n1,1,0\n2,1,3\n", b'id;a\r\n"x;y";"1,5"\r\n"z";2\r\n', simulated(".csv")),
            (b",", b";", b"\t", b"|", b'"', b'""', b"\n", b"=cmd|' /C calc'!A0"),
            60,
        ),
        "sav": Target(spss, (simulated(".sav"),), (b"$FL2", b"$FL3", b"\x02\x00\x00\x00", b"\xff\xff\xff\x7f"), 3),
    }


NAMES = ("expression", "instrument", "plan", "mapping", "csv", "sav")


def attack(name: str, place: Path, seconds: float | None) -> dict[str, int]:
    """Try cases on a target; return how many were read and how many refused."""
    target = targets()[name]
    until = None if seconds is None else time.monotonic() + seconds
    seed = os.environ.get("FUZZ_SEED", "1")
    found = {"read": 0, "refused": 0}
    for number, data in enumerate(cases(target, f"{name} {seed}")):
        if enough(number, target.few, until):
            return found
        try:
            with in_time():
                target.read(data, place)
            found["read"] += 1
        except MirabalError:
            found["refused"] += 1
        except BaseException:
            Path(place, "case").write_bytes(data)
            print(f"case {number} of {name}, seed {seed}: {data!r:.2000}")
            raise
    return found


@pytest.mark.parametrize("name", NAMES)
def test_a_few_cases(name, tmp_path, record_property):
    found = attack(name, tmp_path, None)
    assert found["read"] >= 1
    assert found["refused"] >= 1
    record_property(f"cases tried on {name}", sum(found.values()))


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_minutes_of_cases(name, tmp_path, record_property):
    seconds = float(os.environ.get("FUZZ_SECONDS", "600"))
    found = attack(name, tmp_path, seconds)
    assert found["read"] >= 1
    assert found["refused"] >= 1
    record_property(f"cases tried on {name}", sum(found.values()))
    record_property(f"seconds on {name}", round(seconds))
