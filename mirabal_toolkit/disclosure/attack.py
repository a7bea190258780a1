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
from scipy import sparse
from scipy.optimize import linprog

from mirabal_toolkit.disclosure.ledger import Key
from mirabal_toolkit.errors import MirabalError

#: Counts are whole; the solver's are not quite.
_SLACK = 1e-6

#: More people than any study counts; stands for “anything”, so that no problem is unbounded.
_MOST = 1e7

Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Island:
    """Counts that equations tie together, and nothing ties to others.

    Parameters
    ----------
    keys : tuple of Key
    twice : sparse array, shape (2 n_equations, 2 n_keys)
        Coefficients, for two sets of counts that know nothing of each other; each row times the counts is 0.
    """

    keys: tuple[Key, ...]
    twice: sparse.csc_array


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
    return Island(keys, sparse.block_diag([sparse.csc_array(matrix)] * 2, format="csc"))


@dataclass(frozen=True, slots=True)
class Ends:
    """What some counts can be when they are made as small as they can be together, and as large.

    Parameters
    ----------
    reached : dict
        Key → the smaller and the larger of the two numbers that a count then is; whole.
    by : frozenset of Key
        Counts whose limits stand in the way.
    """

    reached: dict[Key, Range]
    by: frozenset[Key]


def ends_of(targets: Sequence[Key], island: Island, known: Mapping[Key, Range]) -> Ends:
    """Return how small and how large `targets` can be together, given what is `known` of each count.

    Of one target these are its bounds, and nobody can know it better. Of several they say what each can be for
    certain; that one of them reaches no further here says nothing against it.

    Parameters
    ----------
    targets : sequence of Key
        Counts of the island.
    known : mapping
        Key → (least, most); a count that is not there may be anything from 0 up.

    Raises
    ------
    MirabalError
        If the solver finds no answer.
    """
    asked = set(targets)
    wanted = np.array([float(key in asked) for key in island.keys])
    found = linprog(
        np.concatenate([wanted, -wanted]),
        A_eq=island.twice,
        b_eq=np.zeros(island.twice.shape[0]),
        bounds=[known.get(key, (0.0, _MOST)) for key in island.keys] * 2,
        method="highs",
    )
    if found.status != 0:
        raise MirabalError(f"the check of hidden counts did not end: {found.message}")
    counts = found.x.reshape(2, -1)
    low, high = np.ceil(counts.min(axis=0) - _SLACK), np.floor(counts.max(axis=0) + _SLACK)
    binds = ((found.lower.marginals != 0) | (found.upper.marginals != 0)).reshape(2, -1).any(axis=0)
    return Ends(
        reached=dict(zip(island.keys, zip(low.tolist(), high.tolist(), strict=True), strict=True)),
        by=frozenset(key for key, bound in zip(island.keys, binds, strict=True) if bound),
    )
