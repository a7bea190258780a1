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
    wanted = np.array([[float(key == target) for key in island.keys] for target in targets])
    values, binding = _solved(np.concatenate([wanted, -wanted]), island, known)
    least, most = ((half * wanted).sum(axis=1) for half in np.split(values, 2))
    return [
        Bounds(
            float(np.ceil(low - _SLACK)),
            float(np.floor(high + _SLACK)),
            frozenset(key for key, binds in zip(island.keys, by, strict=True) if binds),
        )
        for low, high, by in zip(least, most, np.logical_or(*np.split(binding, 2)), strict=True)
    ]


def reached_by(targets: Sequence[Key], island: Island, known: Mapping[Key, Range]) -> dict[Key, Range]:
    """Return two numbers that each target can be for certain; how far apart they are says nothing against it.

    All are made as small together as they can be, and as large: far less work than the ends of each, and for most
    enough to see that they are safe.
    """
    wanted = set(targets)
    here = np.array([float(key in wanted) for key in island.keys])
    values, _ = _solved(np.array([here, -here]), island, known)
    return {
        key: (float(np.ceil(low - _SLACK)), float(np.floor(high + _SLACK)))
        for key, low, high in zip(island.keys, values.min(axis=0), values.max(axis=0), strict=True)
        if key in wanted
    }


def _solved(costs: _Floats, island: Island, known: Mapping[Key, Range]) -> tuple[_Floats, _Flags]:
    """Return for each row of costs the counts that make it least, and which of their limits hold them there.

    Both are (n_costs, n_keys). One problem with a copy of the island for each: solving many small ones costs far more.
    """
    copies, n_keys = costs.shape
    found = linprog(
        costs.ravel(),
        A_eq=sparse.kron(sparse.eye_array(copies), island.matrix, format="csr"),
        b_eq=np.zeros(copies * len(island.matrix)),
        bounds=[known.get(key, (0.0, _MOST)) for key in island.keys] * copies,
        method="highs",
    )
    if found.status != 0:
        raise MirabalError(f"the check of hidden counts did not end: {found.message}")
    binding = (found.lower.marginals != 0) | (found.upper.marginals != 0)
    return found.x.reshape(copies, n_keys), binding.reshape(copies, n_keys)
