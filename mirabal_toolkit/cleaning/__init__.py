"""`WaveData` → `CleanedData` and an audit trail.

Where to look: `pipeline` runs the steps; `step` says what a step is; `cells` is what steps work
on; each other file holds the steps of one idea.
"""

from mirabal_toolkit.cleaning.cells import NO_REASON, REASON_CODE, Cells
from mirabal_toolkit.cleaning.pipeline import DEFAULT_STEPS, clean, reopen
from mirabal_toolkit.cleaning.step import Step, StepResult

__all__ = ["DEFAULT_STEPS", "NO_REASON", "REASON_CODE", "Cells", "Step", "StepResult", "clean", "reopen"]
