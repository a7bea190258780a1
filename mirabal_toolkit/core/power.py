"""What a study of a given size could show: the result of `mirabal power`. It rests on artificial people only."""

from __future__ import annotations

from dataclasses import dataclass

from mirabal_toolkit.core.instrument import Estimand, Instrument
from mirabal_toolkit.core.plan import AnalysisPlan, Power


@dataclass(frozen=True, slots=True)
class Assumption:
    """What is assumed of one outcome, under the estimand of the plan.

    Parameters
    ----------
    first, change : float
        Percent or mean at the first wave, and change from there to the last, among everybody who starts.
    assumed_by_plan : bool
        Whether the plan names the change; else it is the generator's own.
    """

    outcome: str
    estimand: Estimand
    first: float
    change: float
    assumed_by_plan: bool


@dataclass(frozen=True, slots=True)
class PowerLine:
    """One outcome, number of people and method.

    Parameters
    ----------
    method : str
        ``model`` (the plan's main model, all waves) or ``paired`` (those seen at both ends).
    people, seen : float
        People at the start; people seen at the last wave, on average.
    estimated : int
        Simulations in which the method gave an estimate; the other numbers are of these.
    power : float
        Share in which the change was told from none at 1 − the plan's confidence level, 0–1; of all simulations.
    power_error : float
        Its Monte-Carlo standard error.
    width, bias, bias_error : float
        Mean width of the interval and mean error of the estimate, in (percentage) points; Monte-Carlo standard error.
    coverage : float
        Share of intervals that hold the true change, 0–1.
    """

    outcome: str
    method: str
    people: int
    seen: float
    simulations: int
    estimated: int
    power: float
    power_error: float
    width: float
    bias: float
    bias_error: float
    coverage: float


@dataclass(frozen=True)
class PowerStudy:
    """A simulated answer to “how many people do we need?”.

    Parameters
    ----------
    assumptions : tuple of Assumption
        One an outcome.
    lines : tuple of PowerLine
        By outcome, method and number of people.
    """

    instrument: Instrument
    plan: AnalysisPlan
    power: Power
    assumptions: tuple[Assumption, ...]
    lines: tuple[PowerLine, ...]

    def of(self, outcome: str, method: str) -> tuple[PowerLine, ...]:
        """Return the lines of one outcome by one method, the smallest study first."""
        found = [line for line in self.lines if line.outcome == outcome and line.method == method]
        return tuple(sorted(found, key=lambda line: line.people))
