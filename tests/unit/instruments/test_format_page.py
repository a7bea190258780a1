"""The page about the file format is the one the schema gives, and the schema describes every setting."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from mirabal_toolkit.core.instrument import Block, Item, Outcome, Roles, Scale, Wave
from mirabal_toolkit.instruments.format_page import format_page
from mirabal_toolkit.instruments.loading import instrument_schema

PAGE = Path(__file__).parents[3] / "docs" / "instrument-format.md"


def test_the_page_is_current() -> None:
    fix = "python -m mirabal_toolkit.instruments.format_page > docs/instrument-format.md"
    assert PAGE.read_text(encoding="utf-8") == format_page(), f"to mend it: {fix}"


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(instrument_schema())


def settings(part: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every setting anywhere in the schema."""
    if isinstance(part, dict):
        for name, setting in part.get("properties", {}).items():
            yield f"{path}.{name}", setting
        for name, inner in part.items():
            yield from settings(inner, f"{path}.{name}")


def test_every_setting_is_described_for_editors() -> None:
    defs = instrument_schema()["$defs"]
    found = dict(settings(instrument_schema()))
    assert len(found) > 100
    for path, setting in found.items():
        target = defs.get(setting.get("$ref", "").rpartition("/")[2], {})
        assert setting.get("description") or target.get("description"), path


def test_nothing_but_known_settings_is_allowed_anywhere() -> None:
    groups = [part for part in _parts(instrument_schema()) if "properties" in part and part.get("type") == "object"]
    assert len(groups) > 15
    assert all(part.get("additionalProperties") is False for part in groups)


def _parts(part: Any) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        yield part
        for inner in part.values():
            yield from _parts(inner)


def test_the_schema_knows_the_fields_of_the_types() -> None:
    defs = instrument_schema()["$defs"]
    for name, kind in (("wave", Wave), ("scale", Scale), ("outcome", Outcome)):
        assert set(defs[name]["properties"]) == {field.name for field in fields(kind)}
    assert set(defs["block"]["properties"]) == {field.name for field in fields(Block)} | {"defaults", "items"}
    assert set(defs["item"]["properties"]) == {field.name for field in fields(Item)} - {"block"}
    assert set(instrument_schema()["properties"]["roles"]["properties"]) == {field.name for field in fields(Roles)}


def test_what_is_left_out_is_what_the_types_take() -> None:
    item = instrument_schema()["$defs"]["item"]["properties"]
    defaults = {field.name: field.default for field in fields(Item)}
    for name in ("otherwise", "required", "severe", "sensitivity"):
        assert item[name]["default"] == defaults[name], name
    scale = instrument_schema()["$defs"]["scale"]["properties"]
    for field in fields(Scale):
        if "default" in scale[field.name]:
            assert scale[field.name]["default"] == field.default, field.name
