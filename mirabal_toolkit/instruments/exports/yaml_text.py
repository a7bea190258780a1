"""Plain data as YAML that people can go on editing: one setting a line, every text in quotes that needs them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

#: Texts that every reader of YAML takes as text without quotes.
_BARE = re.compile(r"[A-Za-z][A-Za-z0-9_]*(?:[ -][A-Za-z0-9_]+)*")
_NOT_TEXT = frozenset({"yes", "no", "on", "off", "true", "false", "null", "y", "n", "inf", "nan"})
_LONG = 88


def yaml_text(value: Mapping[str, Any]) -> str:
    """Return plain data (mappings, lists, text, numbers, true/false) as YAML.

    Examples
    --------
    >>> print(yaml_text({"id": "C1", "label": {"en": "Slapped her: once"}, "waves": [1, 2]}), end="")
    id: C1
    label: {en: "Slapped her: once"}
    waves: [1, 2]
    """
    return "\n".join(_mapping(value, 0)) + "\n"


def _mapping(value: Mapping[str, Any], depth: int) -> Iterator[str]:
    indent = "  " * depth
    for key, part in value.items():
        head = f"{indent}{_scalar(str(key))}:"
        flow = _flow(part)
        if flow is not None and len(head) + len(flow) < _LONG:
            yield f"{head} {flow}"
        elif isinstance(part, Mapping):
            yield head
            yield from _mapping(part, depth + 1)
        elif isinstance(part, Sequence) and not isinstance(part, str):
            yield head
            yield from _sequence(part, depth + 1)
        else:
            yield f"{head} {_scalar(part)}"


def _sequence(value: Sequence[Any], depth: int) -> Iterator[str]:
    indent = "  " * depth
    for part in value:
        flow = _flow(part)
        if flow is not None and len(indent) + len(flow) < _LONG:
            yield f"{indent}- {flow}"
        elif isinstance(part, Mapping):
            first, *rest = _mapping(part, depth + 1)
            yield f"{indent}- {first.lstrip()}"
            yield from rest
        else:
            yield f"{indent}- {_scalar(part)}"


def _flow(value: Any) -> str | None:
    """Return a small mapping or list on one line; None for what needs lines of its own."""
    if isinstance(value, Mapping):
        parts = [f"{_scalar(str(key))}: {_flow_part(part)}" for key, part in value.items()]
        return (
            None
            if any(isinstance(part, Mapping) and part for part in value.values()) and len(parts) > _FEW
            else ("{" + ", ".join(parts) + "}")
        )
    if isinstance(value, Sequence) and not isinstance(value, str):
        if any(isinstance(part, Mapping | list) for part in value):
            return None
        return "[" + ", ".join(_scalar(part) for part in value) + "]"
    return None


_FEW = 6


def _flow_part(part: Any) -> str:
    flow = _flow(part)
    return _scalar(part) if flow is None else flow


def _scalar(value: Any) -> str:
    if isinstance(value, str) and _BARE.fullmatch(value) and value.lower() not in _NOT_TEXT:
        return value
    return json.dumps(value, ensure_ascii=False)
