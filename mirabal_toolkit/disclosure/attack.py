"""How closely a reader can bound a count from everything that is shown: linear programming.

References
----------
Fischetti & Salazar (2001), Management Science 47, 1008-1027: the attacker's problem of a suppressed table.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import linprog

from mirabal_toolkit.disclosure.ledger import Key
from mirabal_toolkit.errors import MirabalError

#: Counts are whole; the solver's are not quite.
_SLACK = 1e-6

#: More people than any study counts; stands for “anything”, so that no problem is unbounded.
_MOST = 1e7

Range = tuple[float, float]
_Floats = NDArray[np.float64]
_Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Island:
    """Counts that equations tie together, and nothing ties to others.

    Parameters
    ----------
    keys : tuple of Key
    matrix : ndarray of float, shape (n_equations, n_keys)
        Coefficients; each row times the counts is 0.
    """

    keys: tuple[Key, ...]
    matrix: _Floats


def islands(equations: Iterable[Mapping[Key, int]]) -> list[Island]:
    """Split `equations` into those that share no count."""
    equations = list(equations)
    neighbours: dict[Key, list[int]] = defaultdict(list)
    for number, equation in enumerate(equations):
        for key in equation:
            neighbours[key].append(number)
    found: list[Island] = []
    done: set[int] = set()
    for start in range(len(equations)):
        if start not in done:
            members = _reached(start, equations, neighbours)
            done |= members
            found.append(_island([equations[number] for number in sorted(members)]))
    return found


def _reached(start: int, equations: list[Mapping[Key, int]], neighbours: Mapping[Key, list[int]]) -> set[int]:
    reached, waiting = {start}, [start]
    while waiting:
        for key in equations[waiting.pop()]:
            fresh = [number for number in neighbours[key] if number not in reached]
            reached.update(fresh)
            waiting += fresh
    return reached


def _island(equations: list[Mapping[Key, int]]) -> Island:
    keys = tuple(dict.fromkeys(key for equation in equations for key in equation))
    place = {key: number for number, key in enumerate(keys)}
    matrix = np.zeros((len(equations), len(keys)))
    for number, equation in enumerate(equations):
        for key, coefficient in equation.items():
            matrix[number, place[key]] = coefficient
    return Island(keys, matrix)


@dataclass(frozen=True, slots=True)
class Bounds:
    """How closely a count can be known, and by which counts.

    Parameters
    ----------
    least, most : float
        Whole numbers.
    by : frozenset of Key
        Counts without which the bounds would be wider.
    """

    least: float
    most: float
    by: frozenset[Key]


def bounds_of(targets: Sequence[Key], island: Island, known: Mapping[Key, Range]) -> list[Bounds]:
    """Return the least and the most that each target can be, given what is `known` of each count.

    Parameters
    ----------
    targets : sequence of Key
        Counts of the island.
    known : mapping
        Key → (least, most); a count that is not there may be anything from 0 up.
    """
    if not targets:
        return []
    least, by_least = _ends(targets, island, known, 1.0)
    most, by_most = _ends(targets, island, known, -1.0)
    return [
        Bounds(
            float(np.ceil(low - _SLACK)),
            float(np.floor(high + _SLACK)),
            frozenset(key for key, binds in zip(island.keys, by_low | by_high, strict=True) if binds),
        )
        for low, high, by_low, by_high in zip(least, most, by_least, by_most, strict=True)
    ]


def _ends(targets: Sequence[Key], island: Island, known: Mapping[Key, Range], sign: float) -> tuple[_Floats, _Flags]:
    """Return one end of each target, (n_targets,), and which counts hold it there, (n_targets, n_keys).

    One problem with a copy of the island for each target: solving many small ones costs far more.
    """
    n_targets, n_keys = len(targets), len(island.keys)
    place = {key: number for number, key in enumerate(island.keys)}
    cost = np.zeros((n_targets, n_keys))
    cost[np.arange(n_targets), [place[target] for target in targets]] = sign
    found = linprog(
        cost.ravel(),
        A_eq=sparse.kron(sparse.eye_array(n_targets), island.matrix, format="csr"),
        b_eq=np.zeros(n_targets * len(island.matrix)),
        bounds=[known.get(key, (0.0, _MOST)) for key in island.keys] * n_targets,
        method="highs",
    )
    if found.status != 0:
        raise MirabalError(f"the check of hidden counts did not end: {found.message}")
    ends = (found.x.reshape(n_targets, n_keys) * cost * sign).sum(axis=1)
    binding = (found.lower.marginals != 0) | (found.upper.marginals != 0)
    return ends, binding.reshape(n_targets, n_keys)
