"""Sums of a model for repeated measures: each person's rows stand in the slots of their waves."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from mirabal_toolkit.errors import ModelError
from mirabal_toolkit.mixed.linear_sums import PatternSums, plan_patterns, sum_people
from mirabal_toolkit.mixed.lmm_pass import (
    Standard,
    chunks_of_people,
    person_weights,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from mirabal_toolkit.mixed.design import Design

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.intp]


def wave_sums(design: Design, slots: IntArray, n_slots: int, standard: Standard) -> PatternSums:
    """Sum the rows of a design by pattern of waves seen.

    Parameters
    ----------
    design : Design
    slots : ndarray of int, shape (n,)
        Slot of each row: its wave, or its wave within its arm.
    n_slots : int
    standard : Standard
        Shifts and scales of the columns.

    Returns
    -------
    PatternSums
        With ``B_i`` the rows of [X y] in their slots, and A_i one where a slot is filled.
    """
    codes, m = design.groups.codes, len(design.names) + 1
    seen = np.zeros((design.n_groups, n_slots))
    seen[codes, slots] = 1.0
    if int(seen.sum()) != design.n_rows:
        raise ModelError(
            f"Someone has two rows at the same `{design.roles.time}`.",
            where=f"time=`{design.roles.time}`",
            fix="Keep one row a person and time.",
        )
    weights = person_weights(design)
    # people are alike when they have the same slots; a square matrix each would be larger than the design
    plan = plan_patterns(seen[:, :, None], weights, m)
    plan = replace(plan, squares=plan.squares * np.eye(n_slots))

    def crosses() -> Iterator[tuple[slice, FloatArray]]:
        for people, rows in chunks_of_people(design.groups):
            out = np.zeros((people.stop - people.start, n_slots, m))
            out[codes[rows] - people.start, slots[rows]] = standard.columns(design, rows)
            yield people, out

    return sum_people(plan, weights, crosses())
