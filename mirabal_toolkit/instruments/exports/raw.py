"""An instrument as the plain data that its file holds: the way back from `building`, for JSON and YAML."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from typing import Any

from mirabal_toolkit.core.instrument import Instrument, Item, Option, Scale

Raw = dict[str, Any]
_WHOLE = ("id", "version", "status", "effective", "derived_from")
_TEXTS = ("title", "description")
_TOLD = ("citation", "validation", "reference_period", "minutes", "default_plan", "people")
_FORMAT = "1"


def as_raw(instrument: Instrument) -> Raw:
    """Return what a file of the instrument holds, everything written out (no defaults of blocks, no shared codes).

    Building it again gives an equal instrument, but for its fingerprint.
    """
    raw: Raw = {"format": _FORMAT, **_present(instrument, (*_WHOLE, *_TEXTS))}
    raw |= {"authors": list(instrument.authors), **_present(instrument, _TOLD)}
    raw["rights"] = _rights(instrument)
    raw["languages"] = {
        language.code: {"name": language.name, "status": language.status} for language in instrument.languages
    }
    raw["roles"] = _roles(instrument)
    if instrument.gate:
        gate = instrument.gate
        raw["gate"] = {"items": list(gate.items), "pass_option": gate.pass_option, "reason": gate.reason.value}
    raw["waves"] = [_plain(wave) for wave in instrument.waves]
    raw["measures_of_success"] = [_plain(measure) for measure in instrument.measures_of_success]
    raw["response_sets"] = {
        response_set.id: {
            "direction": response_set.direction,
            "add_missing_codes": False,
            "options": [option_raw(option) for option in response_set.options],
        }
        for response_set in instrument.response_sets
    }
    raw["variable"] = "{item}_w{wave}"
    raw["blocks"] = [_block(instrument, position) for position in range(len(instrument.blocks))]
    raw["scales"] = [_scale(scale) for scale in instrument.scales]
    raw["outcomes"] = [_plain(outcome) for outcome in instrument.outcomes]
    raw["changes"] = [_plain(change) for change in instrument.changes]
    raw["tests"] = [_plain(test) for test in instrument.tests]
    return {key: value for key, value in raw.items() if value or key == "changes"}


def item_raw(item: Item) -> Raw:
    """Return an item as its entry in a block."""
    raw = {key: value for key, value in _plain(item).items() if key != "block"}
    raw["ask_if"] = item.ask_if.source if item.ask_if else None
    if item.ask_if is None:
        raw.pop("otherwise", None)
    order = ("id", "variable", "type", "response_set", "ask_if", "otherwise")
    return {key: raw[key] for key in (*order, *raw) if raw.get(key) is not None}


def option_raw(option: Option) -> Raw:
    """Return an option as its entry in a response set."""
    return _plain(option)


def _plain(value: Any) -> Raw:
    """Return a record's settings that differ from what is meant when they are left out."""
    raw: Raw = {}
    for field in dataclasses.fields(value):
        own = getattr(value, field.name)
        default = field.default
        if default is dataclasses.MISSING and field.default_factory is not dataclasses.MISSING:
            default = field.default_factory()
        if default is dataclasses.MISSING or own != default:
            raw[field.name] = _simple(own)
    return {key: part for key, part in raw.items() if part is not None}


def _simple(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _simple(part) for key, part in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_simple(part) for part in value]
    return value if value is None or isinstance(value, bool | int | float) else str(value)


def _present(instrument: Instrument, names: Sequence[str]) -> Raw:
    return {name: _simple(getattr(instrument, name)) for name in names if getattr(instrument, name)}


def _rights(instrument: Instrument) -> Raw:
    raw = _plain(instrument.rights)
    return {"class": raw.pop("class_"), **raw}


def _roles(instrument: Instrument) -> Raw:
    return {"person_id": instrument.roles.person_id, **_plain(instrument.roles)}


def _block(instrument: Instrument, position: int) -> Raw:
    block = instrument.blocks[position]
    return {**_plain(block), "items": [item_raw(item) for item in instrument.items_in_block(block.id)]}


def _scale(scale: Scale) -> Raw:
    """A scale always names its severe items: left out, they would be those marked severe."""
    published = {} if scale.reliability is None else {"reliability": dataclasses.asdict(scale.reliability)}
    return {**_plain(scale), "severe": list(scale.severe), **published}


def json_text(instrument: Instrument) -> str:
    """Return the instrument as JSON, which is YAML too: it can be loaded as it is."""
    return json.dumps(as_raw(instrument), ensure_ascii=False, indent=2, allow_nan=False) + "\n"
