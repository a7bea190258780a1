"""Types as plain data and back: nothing is lost, nothing wrong is taken."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mirabal_toolkit.bundled import bundled_folder
from mirabal_toolkit.core.cleaning_rules import CleaningRules
from mirabal_toolkit.core.instrument import Instrument, Option
from mirabal_toolkit.core.plain import as_plain, from_plain
from mirabal_toolkit.core.plan import AnalysisPlan
from mirabal_toolkit.core.plan_sections import MissingData, Power
from mirabal_toolkit.errors import FindingsError, InputError
from mirabal_toolkit.instruments.loading import load_instrument
from mirabal_toolkit.plans.loading import load_plan

INSTRUMENTS = sorted(path for path in bundled_folder("instruments").rglob("*.yaml") if path.stem[:1].isdigit())


def again(thing: Any) -> Any:
    return from_plain(type(thing), json.loads(json.dumps(as_plain(thing))))


@pytest.mark.parametrize("path", INSTRUMENTS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_instrument_comes_back_whole(path: Any) -> None:
    instrument = load_instrument(str(path))
    assert again(instrument) == instrument


@pytest.mark.parametrize("path", sorted(bundled_folder("analyses").glob("*.yaml")), ids=lambda path: path.stem)
def test_every_plan_comes_back_whole(path: Any) -> None:
    plan = load_plan(str(path))
    assert again(plan) == plan


def test_truth_stays_truth_and_a_number_a_number() -> None:
    rules = CleaningRules(parameters={"step": {"flag": True, "most": 1.0, "name": "x"}})
    found = again(rules).parameters["step"]
    assert found == {"flag": True, "most": 1.0, "name": "x"}
    assert [type(value) for value in found.values()] == [bool, float, str]
    assert again(MissingData(outcomes=("a", "b"))).outcomes == ("a", "b")
    assert again(Power(people=(60,), change={"a": -3.5})) == Power(people=(60,), change={"a": -3.5})


@pytest.mark.parametrize(
    ("kind", "plain", "says"),
    [
        (Option, {"code": 1, "name": "never"}, "label"),
        (Option, {"code": 1, "name": "never", "label": {}, "colour": "red"}, "colour"),
        (Option, {"code": "1", "name": "never", "label": {}}, "str stands where int"),
        (Option, {"code": True, "name": "never", "label": {}}, "bool stands where int"),
        (Option, {"code": 1, "name": "never", "label": {}, "kind": "odd"}, "none of"),
        (Option, ["code"], "list stands where Mapping"),
        (MissingData, {"outcomes": 3}, "none of its kinds"),
    ],
)
def test_what_is_not_of_the_type_is_refused(kind: Any, plain: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        from_plain(kind, plain)


def test_what_contradicts_itself_is_refused() -> None:
    plain = as_plain(load_instrument("partner-safety"))
    with pytest.raises(FindingsError):
        from_plain(Instrument, {**plain, "items": plain["items"] * 2})
    bad = {**plain["items"][-1], "ask_if": "__import__('os')"}
    with pytest.raises(InputError):
        from_plain(Instrument, {**plain, "items": [*plain["items"][:-1], bad]})


def test_a_plan_needs_what_it_needs() -> None:
    with pytest.raises(ValueError, match="outcomes"):
        from_plain(AnalysisPlan, {"id": "x"})
