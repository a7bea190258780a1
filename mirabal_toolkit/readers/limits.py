"""How much a file may ask for before it is refused: files can be damaged, or made to do harm."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """Limits on one file.

    Parameters
    ----------
    file_bytes : int
        Largest file that is opened.
    unpacked_bytes : int
        Largest table it may unpack to.
    columns : int
        Most variables it may hold.
    memory_bytes : int
        Memory of the process that reads it.
    seconds, seconds_per_megabyte : float
        Time that process may take: a start, and more for larger files.
    """

    file_bytes: int = 200_000_000
    unpacked_bytes: int = 1_000_000_000
    columns: int = 5_000
    memory_bytes: int = 2_147_483_648
    seconds: float = 60.0
    seconds_per_megabyte: float = 2.0

    def seconds_for(self, size: int) -> float:
        """Return the seconds of computing that a file of `size` bytes may take.

        Examples
        --------
        >>> ReadLimits().seconds_for(10_000_000)
        80.0
        """
        return self.seconds + self.seconds_per_megabyte * size / 1_000_000


DEFAULT_LIMITS = ReadLimits()
