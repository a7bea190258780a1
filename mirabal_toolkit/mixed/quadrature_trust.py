"""What can be wrong with a fit by quadrature, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mirabal_toolkit.mixed.results import Trust

if TYPE_CHECKING:
    from mirabal_toolkit.mixed.design import Design
    from mirabal_toolkit.mixed.quadrature_fit import QuadratureFit

#: Moves by more nodes, in standard errors: beyond the first it is worth knowing, beyond the second the fit is
#: not to be used.
NOTABLE_SHIFT, GRAVE_SHIFT = 0.02, 0.25
#: Standard deviation on the linear predictor beyond which hardly anybody's answers are in doubt.
EXTREME_SD = 8.0
FEW_PEOPLE = 10


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found out beside the numbers.

    Parameters
    ----------
    separated : tuple of str
        Terms without a finite unpenalised estimate.
    categorical : bool
        Answers are yes/no or ordered categories.
    penalty : str or None
    n_quad : int
    parameter_names : tuple of str
        Names of all parameters of the search, for saying which is not determined.
    no_overdispersion : bool
        A negative binomial has become a Poisson.
    """

    separated: tuple[str, ...]
    categorical: bool
    penalty: str | None
    n_quad: int
    parameter_names: tuple[str, ...]
    no_overdispersion: bool = False


def judge(core: QuadratureFit, design: Design, found: Findings) -> Trust:
    """Say whether a fit by quadrature can be relied upon.

    Parameters
    ----------
    core : QuadratureFit
    design : Design
    found : Findings

    Returns
    -------
    Trust
    """
    problems, notes = _on_separation(found)
    problems += _on_persons(core, design, found)
    problems += [] if problems and not core.converged else _on_convergence(core, found)
    more_problems, more_notes = _on_nodes(core, found)
    notes += more_notes + _on_variance(core, design)
    if found.no_overdispersion:
        notes.append("The counts vary no more than Poisson counts would: family='poisson' gives the same fit.")
    if design.n_groups < FEW_PEOPLE:
        notes.append(f"With {design.n_groups} people standard errors from the likelihood are too small.")
    return Trust(tuple(problems + more_problems), tuple(notes))


def _on_separation(found: Findings) -> tuple[list[str], list[str]]:
    if not found.separated:
        return [], []
    terms = ", ".join(f"`{name}`" for name in found.separated)
    cell = f"n some cell of {terms} the answer never varies (0 or all)"
    if found.penalty is not None:
        return [], [f"I{cell}; the penalty makes the estimates finite. Show an exact test beside them."]
    fix = "Fit again with penalty='weakly_informative' (or 'firth'), and show an exact test beside it."
    return [f"Separation: i{cell}, so these estimates are infinite. {fix}"], []


def _on_persons(core: QuadratureFit, design: Design, found: Findings) -> list[str]:
    if int(design.groups.sizes.max()) == 1 and design.weights is None:
        return ["Everybody has one row only: how people differ cannot be told from how answers vary."]
    if not found.categorical or design.Z is None:
        return []
    starts = design.groups.starts
    changes = np.minimum.reduceat(design.y, starts) < np.maximum.reduceat(design.y, starts)
    if not changes.any():
        text = "Nobody's answer differs between rows, so the variance between people has no finite estimate."
        return [text]
    if np.linalg.norm(core.search_factor, ord=2) > EXTREME_SD and found.penalty is None:
        text = (
            "Nearly all people answer the same at every row: the variance between people is very large and poorly "
            "determined, and estimates grow with it. Population-averaged estimates (`gee`) are safer here."
        )
        return [text]
    return []


def _on_convergence(core: QuadratureFit, found: Findings) -> list[str]:
    if core.converged:
        return []
    matrix = core.optimum.information
    values, vectors = np.linalg.eigh(matrix)
    if values[0] <= 0.0 or np.isnan(core.covariance).any():
        name = found.parameter_names[int(np.abs(vectors[:, 0]).argmax())]
        return [f"The likelihood is flat at the estimates, most of all in `{name}`: there are no standard errors."]
    gain = core.optimum.remaining_gain
    return [f"The search did not settle: another step promised {gain:.1e} more log-likelihood."]


def _on_nodes(core: QuadratureFit, found: Findings) -> tuple[list[str], list[str]]:
    shift = core.node_shift
    if not np.isfinite(shift) or shift < NOTABLE_SHIFT:
        return [], []
    more = min(max(9, 2 * found.n_quad + 1), 25)
    text = f"With more quadrature nodes an estimate would move by about {shift:.2f} standard errors; use n_quad={more}."
    return ([text], []) if shift > GRAVE_SHIFT else ([], [text])


def _on_variance(core: QuadratureFit, design: Design) -> list[str]:
    if not core.singular:
        return []
    if len(core.factor) == 1:
        return ["The variance between people is estimated as zero: rows of a person are no more alike than others."]
    names = ", ".join(f"`{name}`" for name in design.z_names)
    return [f"The covariance of {names} is singular (a variance of zero, or a correlation of ±1). Try fewer terms."]
