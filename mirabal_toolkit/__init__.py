"""Outcome surveys for programmes for men who use violence: from waves of answers to a report.

>>> import mirabal_toolkit as mt
>>> mt.load_instrument("partner-safety").id
'partner-safety'

The road: `read` → `clean` → `score` → ``.to_panel()`` → `analyse` → `release` → `report`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from mirabal_toolkit.version import __version__ as __version__

if TYPE_CHECKING:
    from mirabal_toolkit.instruments.loading import load_instrument as load_instrument
    from mirabal_toolkit.notebooks.steps import about as about
    from mirabal_toolkit.notebooks.steps import check as check
    from mirabal_toolkit.notebooks.steps import import_study as import_study
    from mirabal_toolkit.notebooks.steps import power as power
    from mirabal_toolkit.notebooks.steps import simulate as simulate
    from mirabal_toolkit.notebooks.widgets import in_words as in_words
    from mirabal_toolkit.notebooks.widgets import look as look
    from mirabal_toolkit.notebooks.widgets import lost_in_words as lost_in_words
    from mirabal_toolkit.notebooks.widgets import outcome as outcome
    from mirabal_toolkit.panel.combining import combine as combine
    from mirabal_toolkit.plans.loading import load_plan as load_plan
    from mirabal_toolkit.workflow import analyse as analyse
    from mirabal_toolkit.workflow import clean as clean
    from mirabal_toolkit.workflow import example_export as example_export
    from mirabal_toolkit.workflow import read as read
    from mirabal_toolkit.workflow import release as release
    from mirabal_toolkit.workflow import score as score
    from mirabal_toolkit.workflow_data import write as write
    from mirabal_toolkit.workflow_erase import erase as erase
    from mirabal_toolkit.workflow_report import open_results as open_results
    from mirabal_toolkit.workflow_report import report as report

# Where each public name lives; loaded when first asked for, so that `mirabal --help` answers at once.
_HOMES = {
    "load_instrument": "instruments.loading",
    "load_plan": "plans.loading",
    "combine": "panel.combining",
    **dict.fromkeys(("about", "check", "import_study", "power", "simulate"), "notebooks.steps"),
    **dict.fromkeys(("in_words", "look", "lost_in_words", "outcome"), "notebooks.widgets"),
    **dict.fromkeys(("read", "clean", "score", "analyse", "release", "example_export"), "workflow"),
    "write": "workflow_data",
    "erase": "workflow_erase",
    **dict.fromkeys(("report", "open_results"), "workflow_report"),
}

__all__ = [
    "__version__",
    "about",
    "analyse",
    "check",
    "clean",
    "combine",
    "erase",
    "example_export",
    "import_study",
    "in_words",
    "load_instrument",
    "load_plan",
    "look",
    "lost_in_words",
    "open_results",
    "outcome",
    "power",
    "read",
    "release",
    "report",
    "score",
    "simulate",
    "write",
]


def __dir__() -> list[str]:
    """Return the public names, so that Tab in a notebook offers them before they are loaded."""
    return sorted(__all__)


def __getattr__(name: str) -> object:
    """Load a public name when first asked for (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
