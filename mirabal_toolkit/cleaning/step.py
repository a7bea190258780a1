"""What a cleaning step is: a name, a reason, a rule in words, and a pure function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from mirabal_toolkit.cleaning.cells import Cells
from mirabal_toolkit.core.data import AuditStep, Finding
from mirabal_toolkit.core.instrument import Instrument
from mirabal_toolkit.errors import FindingsError


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
        Short and stable; stands in the audit trail, and in plans that switch the step off or move it.
    what : str
        What it does in a few words; stands in the audit trail.
    why : str
        Why it is done, in one sentence.
    rule : str
        What exactly it does, in words a reader of the report can check.
    run : callable
        Takes `Cells`, the `Instrument` and this step, returns a `StepResult`; changes nothing it was
        given, and gives the same result whatever the order of the rows.
    parameters : mapping
        Name → value, for a plan to change.
    explained : mapping
        Name of a parameter → what it means, with its unit.
    after : tuple of str
        Steps whose work this one builds on: where they run, they run before it.
    needed : bool
        Whether a sound panel cannot be had without it, so that it cannot be switched off.
    """

    name: str
    what: str
    why: str
    rule: str
    run: Callable[[Cells, Instrument, Step], StepResult]
    parameters: Mapping[str, Any] = field(default_factory=dict)
    explained: Mapping[str, str] = field(default_factory=dict)
    after: tuple[str, ...] = ()
    needed: bool = False

    def __call__(self, cells: Cells, instrument: Instrument) -> StepResult:
        """Run the step."""
        return self.run(cells, instrument, self)

    def number(self, parameter: str) -> float:
        """Return a parameter that is a number."""
        return float(self.parameters[parameter])

    def with_parameters(self, **values: Any) -> Step:
        """Return the step with some parameters changed.

        Raises
        ------
        FindingsError
            If it has no such parameter, or a value is of another kind.
        """
        for name, value in values.items():
            if name not in self.parameters:
                known = ", ".join(self.explained) or "none"
                raise FindingsError(
                    f"the cleaning step {self.name} has no parameter “{name}”", fix=f"its parameters: {known}"
                )
            usual = self.parameters[name]
            if isinstance(value, bool) != isinstance(usual, bool) or not _alike(value, usual):
                kind = "yes or no (true, false)" if isinstance(usual, bool) else "a number that is not negative"
                raise FindingsError(f"the parameter {name} of the cleaning step {self.name} should be {kind}")
        return replace(self, parameters={**self.parameters, **values})

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


def _alike(value: Any, usual: Any) -> bool:
    """Whether a value is of the kind of the usual one; numbers are counts, days or shares, so never negative."""
    if isinstance(usual, int | float):
        return isinstance(value, int | float) and value >= 0
    return isinstance(value, type(usual))
