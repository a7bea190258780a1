"""What can be wrong with a GEE fit, in words."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mirabal_toolkit.mixed.gee_covariance import CovType, Root
from mirabal_toolkit.mixed.gee_solve import Estimate
from mirabal_toolkit.mixed.results import Trust

FEW_PEOPLE = 40
"""Below this the plain sandwich is markedly too small (Mancl & DeRouen 2001, tables 2 and 3)."""
_EXTREME = 1e-6


class Flaws(NamedTuple):
    """What was found before and beside the iterations.

    Attributes
    ----------
    separated : tuple of str
        Terms without a finite unpenalised estimate.
    saturated : float
        People whose data are fitted perfectly in some direction.
    penalised : bool
    """

    separated: tuple[str, ...]
    saturated: float
    penalised: bool


def judge(root: Root, estimate: Estimate, cov_type: CovType, flaws: Flaws) -> Trust:
    """Say whether a GEE fit can be relied upon.

    Parameters
    ----------
    root : Root
    estimate : Estimate
    cov_type : str
    flaws : Flaws

    Returns
    -------
    Trust
    """
    problems, notes = _on_separation(flaws)
    if not estimate.converged and not (flaws.separated and not flaws.penalised):
        problems.append(
            f"The iterations did not settle: after {estimate.iterations} steps the last was still "
            f"{estimate.last_step:.1e} standard errors long."
        )
    if root.corr.bounded:
        notes.append(
            f"The estimated {root.corr.kind} correlation lay outside what is possible and was moved to its edge."
        )
    if root.corr.kind == "unstructured" and _unseen_pairs(root):
        notes.append("Some pairs of waves were seen together by nobody; their correlation is set to 0.")
    notes += _on_people(root, cov_type, flaws)
    return Trust(tuple(problems), tuple(notes))


def _on_separation(flaws: Flaws) -> tuple[list[str], list[str]]:
    if not flaws.separated:
        return [], []
    terms = ", ".join(f"`{name}`" for name in flaws.separated)
    cell = f"n some cell of {terms} the answer never varies (0 or all)"
    if flaws.penalised:
        note = (
            f"I{cell}. The penalty gives finite estimates, and no variance is taken below the model-based "
            "one. Show an exact test beside them."
        )
        return [], [note]
    problem = (
        f"Separation: i{cell}, so these estimates are infinite and have no standard error. The others are "
        "those of the independence model. Fit again with penalty='firth', and show an exact test beside it."
    )
    return [problem], []


def _on_people(root: Root, cov_type: CovType, flaws: Flaws) -> list[str]:
    notes = []
    people = sum(float(block.counts.sum()) for block in root.blocks)
    if cov_type == "robust" and people < FEW_PEOPLE:
        notes.append(
            f"The robust covariance is too small with {people:.0f} people; "
            "cov_type='kauermann-carroll' or 'mancl-derouen' corrects it."
        )
    if flaws.saturated:
        notes.append(
            f"{flaws.saturated:.0f} people determine a term alone; they say nothing about its error, "
            "and the small-sample correction leaves them out there."
        )
    if root.family.name != "gaussian" and not flaws.separated and _extreme_means(root):
        notes.append("Some fitted means are so near their bound that they rest on the model's shape alone.")
    return notes


def _extreme_means(root: Root) -> bool:
    for block in root.blocks:
        if np.any(root.family.variance(root.family.mean(block.eta(root.params))) < _EXTREME):
            return True
    return False


def _unseen_pairs(root: Root) -> bool:
    size = len(root.corr.level_times)
    seen = np.zeros((size, size), dtype=bool)
    for block in root.blocks:
        if block.levels is not None:
            seen[np.ix_(block.levels, block.levels)] = True
    return not seen.all()
