"""Estimators for repeated measures: arrays and formulas in, frozen fits out; knows nothing of surveys."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mirabal_toolkit.mixed.adjust import adjust_p_values as adjust_p_values
    from mirabal_toolkit.mixed.clmm_model import clmm as clmm
    from mirabal_toolkit.mixed.contrasts_table import contrasts as contrasts
    from mirabal_toolkit.mixed.gee_model import gee as gee
    from mirabal_toolkit.mixed.glmm_model import glmm as glmm
    from mirabal_toolkit.mixed.lmm_chunks import statistics_from_chunks as statistics_from_chunks
    from mirabal_toolkit.mixed.lmm_explained import explained as explained
    from mirabal_toolkit.mixed.lmm_model import fit_from_statistics as fit_from_statistics
    from mirabal_toolkit.mixed.lmm_model import lmm as lmm
    from mirabal_toolkit.mixed.lmm_profile import profile_conf_int as profile_conf_int
    from mirabal_toolkit.mixed.lmm_statistics import LinearMixedStatistics as LinearMixedStatistics
    from mirabal_toolkit.mixed.lmm_tests import likelihood_ratio_test as likelihood_ratio_test
    from mirabal_toolkit.mixed.lmm_tests import variance_test as variance_test
    from mirabal_toolkit.mixed.mmrm_model import mmrm as mmrm
    from mirabal_toolkit.mixed.predictions_table import predictions as predictions

# Where each public name lives; modules load when first asked for, so that importing the room is cheap.
# No module is called like a public name: once imported it would hide the function behind it.
_HOMES = {
    "explained": "lmm_explained",
    "likelihood_ratio_test": "lmm_tests",
    "profile_conf_int": "lmm_profile",
    "variance_test": "lmm_tests",
    "LinearMixedStatistics": "lmm_statistics",
    "adjust_p_values": "adjust",
    "clmm": "clmm_model",
    "contrasts": "contrasts_table",
    "fit_from_statistics": "lmm_model",
    "gee": "gee_model",
    "glmm": "glmm_model",
    "lmm": "lmm_model",
    "mmrm": "mmrm_model",
    "predictions": "predictions_table",
    "statistics_from_chunks": "lmm_chunks",
}

__all__ = [
    "LinearMixedStatistics",
    "adjust_p_values",
    "clmm",
    "contrasts",
    "explained",
    "fit_from_statistics",
    "gee",
    "glmm",
    "likelihood_ratio_test",
    "lmm",
    "mmrm",
    "predictions",
    "profile_conf_int",
    "statistics_from_chunks",
    "variance_test",
]


def __getattr__(name: str) -> object:
    """Load a public name from its module when first asked for (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
