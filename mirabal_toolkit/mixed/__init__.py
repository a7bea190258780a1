"""Estimators for repeated measures: arrays and formulas in, frozen fits out; knows nothing of surveys."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mirabal_toolkit.mixed.gee_model import gee as gee
    from mirabal_toolkit.mixed.lmm import lmm as lmm

# Where each public name lives; modules load when first asked for, so that importing the room is cheap.
_HOMES = {
    "gee": "gee_model",
    "lmm": "lmm",
}

__all__ = ["gee", "lmm"]


def __getattr__(name: str) -> object:
    """Load a public name from its module when first asked for (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
