"""What a cleaning step is: a name, a reason, a rule in words, and a pure function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from mirabal_toolkit.cleaning.cells import Cells
from mirabal_toolkit.core.data import AuditStep, Finding
from mirabal_toolkit.core.instrument import Instrument


@dataclass(frozen=True)
class StepResult:
    """What a step hands on: new cells, what it did, what the user should know."""

    cells: Cells
    audit: tuple[AuditStep, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One named step of cleaning.

    Parameters
    ----------
    name : str
        Short and stable; stands in the audit trail.
    what : str
        What it does in a few words; stands in the audit trail.
    why : str
        Why it is done, in one sentence.
    rule : str
        What exactly it does, in words a reader of the report can check.
    run : callable
        Takes `Cells` and the `Instrument`, returns a `StepResult`; changes nothing it was given,
        and gives the same result whatever the order of the rows.
    """

    name: str
    what: str
    why: str
    rule: str
    run: Callable[[Cells, Instrument, Step], StepResult]

    def __call__(self, cells: Cells, instrument: Instrument) -> StepResult:
        """Run the step."""
        return self.run(cells, instrument, self)

    def counted(
        self,
        unit: Literal["cells", "rows", "people"],
        before: int,
        after: int,
        changed: int | None = None,
        *,
        item: str = "",
        what: str = "",
    ) -> AuditStep:
        """Return the entry for the audit trail; without `changed`, the difference of the counts."""
        touched = abs(before - after) if changed is None else changed
        return AuditStep(self.name, what or self.what, self.why, unit, before, after, touched, item)
