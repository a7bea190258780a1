"""The page about plans is the one the schema gives; the schema describes all settings and knows what the types take."""

from collections.abc import Iterator
from dataclasses import MISSING, fields
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from mirabal_toolkit.core.plan import AnalysisPlan, Comparison, MissingData, PlannedOutcome, Power
from mirabal_toolkit.disclosure.profiles import PROFILES
from mirabal_toolkit.instruments.loading import load_instrument
from mirabal_toolkit.plans.format_page import format_page
from mirabal_toolkit.plans.loading import load_plan, plan_schema
from mirabal_toolkit.plans.starting import new_plan

SETTINGS = plan_schema()["properties"]


def test_the_page_is_current(root):
    fix = "python -m mirabal_toolkit.plans.format_page > docs/plan-format.md"
    assert (root / "docs" / "plan-format.md").read_text(encoding="utf-8") == format_page(), f"to mend it: {fix}"


def settings(part: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every setting anywhere in the schema."""
    if isinstance(part, dict):
        for name, setting in part.get("properties", {}).items():
            yield f"{path}.{name}", setting
        for name, inner in part.items():
            yield from settings(inner, f"{path}.{name}")


def test_every_setting_is_described():
    schema = plan_schema()
    Draft202012Validator.check_schema(schema)
    for path, setting in settings(schema):
        target = schema["$defs"].get(setting.get("$ref", "").rpartition("/")[2], {})
        assert setting.get("description") or target.get("description"), path


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        (AnalysisPlan, SETTINGS),
        (PlannedOutcome, SETTINGS["outcomes"]["items"]["properties"]),
        (Comparison, SETTINGS["comparison"]["properties"]),
        (MissingData, SETTINGS["missing_data"]["properties"]),
        (Power, SETTINGS["power"]["properties"]),
    ],
)
def test_what_is_left_out_is_what_the_types_take(kind, told):
    defaults = {field.name: field.default for field in fields(kind)}
    assert set(told) == set(defaults) - {"fingerprint"} | ({"format"} if kind is AnalysisPlan else set())
    for name, setting in told.items():
        if "default" in setting:
            assert setting["default"] == defaults[name], name
        elif name != "format":
            assert defaults[name] in (MISSING, None, "", (), (60, 100, 150), "headline"), name


def test_a_plan_may_ask_for_every_profile_there_is(tmp_path):
    assert set(SETTINGS["disclosure_profile"]["enum"]) == set(PROFILES)
    plan = tmp_path / "plan.yaml"
    text = new_plan(load_instrument("partner-safety-short"), "mine", plan.name)
    plan.write_text(text.replace("disclosure_profile: funder", "disclosure_profile: public"), encoding="utf-8")
    assert load_plan(plan).disclosure_profile == "public"
