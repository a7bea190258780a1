"""Random numbers by purpose: who else is simulated, or what else is asked, changes nobody's draws.

Every purpose (an item, a block, a wave) has a stream of its own, and a person takes the draw at her
place in it. So the first hundred of a thousand people are the same as a hundred people alone, and
a new item leaves all others as they were.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Streams:
    """Draws for `people` people under one seed.

    Examples
    --------
    >>> few, many = Streams(seed=1, people=3), Streams(seed=1, people=9)
    >>> bool((few.normal("C1", wave=2) == many.normal("C1", wave=2)[:3]).all())
    True
    """

    seed: int
    people: int

    def normal(self, purpose: str, wave: int = 0) -> Array:
        """Return standard normal draws, shape (people,)."""
        return self._generator(purpose, wave).standard_normal(self.people)

    def uniform(self, purpose: str, wave: int = 0) -> Array:
        """Return uniform draws from [0, 1), shape (people,)."""
        return self._generator(purpose, wave).random(self.people)

    def normal_by_wave(self, purpose: str, waves: tuple[int, ...]) -> Array:
        """Return standard normal draws, shape (people, waves)."""
        return np.column_stack([self.normal(purpose, wave) for wave in waves])

    def uniform_by_wave(self, purpose: str, waves: tuple[int, ...]) -> Array:
        """Return uniform draws from [0, 1), shape (people, waves)."""
        return np.column_stack([self.uniform(purpose, wave) for wave in waves])

    def _generator(self, purpose: str, wave: int) -> np.random.Generator:
        return np.random.default_rng([self.seed, wave, stable_number(purpose)])


def stable_number(text: str) -> int:
    """Return a number below 2**32 that belongs to `text` on every machine (unlike ``hash``)."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4])
