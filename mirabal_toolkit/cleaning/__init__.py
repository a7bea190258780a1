"""`WaveData` → `CleanedData` and an audit trail.

Where to look: `pipeline` runs the steps; `step` says what a step is; `cells` is what steps work
on; each other file holds the steps of one idea.
"""

from mirabal_toolkit.cleaning.arranging import arranged, with_step
from mirabal_toolkit.cleaning.cells import NO_REASON, REASON_CODE, Cells
from mirabal_toolkit.cleaning.consent import without_erased
from mirabal_toolkit.cleaning.links import Link, read_links, write_links
from mirabal_toolkit.cleaning.pipeline import DEFAULT_STEPS, clean, propose_links, reopen
from mirabal_toolkit.cleaning.step import Step, StepResult

__all__ = [
    "DEFAULT_STEPS",
    "NO_REASON",
    "REASON_CODE",
    "Cells",
    "Link",
    "Step",
    "StepResult",
    "arranged",
    "clean",
    "propose_links",
    "read_links",
    "reopen",
    "with_step",
    "without_erased",
    "write_links",
]
