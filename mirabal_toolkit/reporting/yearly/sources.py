"""The sources of a yearly report: released results of case files, of partners and of clients."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mirabal_toolkit.core.results import ReleasableResults
from mirabal_toolkit.errors import UsageError
from mirabal_toolkit.reporting.edition import Edition

#: Source → the instruments its results may come from.
INSTRUMENTS = {
    "cases": frozenset({"case-record"}),
    "partners": frozenset({"partner-safety", "partner-safety-short"}),
    "clients": frozenset({"client-account"}),
}


@dataclass(frozen=True)
class Sources:
    """What a yearly report is written from; case files must be there, and one who was asked.

    Parameters
    ----------
    cases : ReleasableResults
    partners, clients : ReleasableResults or None
    language : str

    Raises
    ------
    UsageError
        If results come from another questionnaire, nobody was asked, or profiles differ: a number hidden in one
        source could follow from another that was released by milder rules.
    """

    cases: ReleasableResults
    partners: ReleasableResults | None = None
    clients: ReleasableResults | None = None
    language: str = "en"

    def __post_init__(self) -> None:
        if self.partners is None and self.clients is None:
            raise UsageError("a yearly report needs what partners or clients said", fix="add --partners or --clients")
        for name, released in self.given():
            if released.instrument.id not in INSTRUMENTS[name]:
                raise UsageError(
                    f"--{name} was given results of the questionnaire {released.instrument.reference}",
                    fix=f"use results of: {', '.join(sorted(INSTRUMENTS[name]))}",
                )
            if released.profile != self.cases.profile:
                raise UsageError(
                    f"--{name} was released under the disclosure profile “{released.profile.name}”, --cases under "
                    f"“{self.cases.profile.name}”",
                    fix="write all of them with the same --profile",
                )

    def given(self) -> Iterator[tuple[str, ReleasableResults]]:
        """Yield name and results of the sources there are."""
        every = {"cases": self.cases, "partners": self.partners, "clients": self.clients}
        return ((name, released) for name, released in every.items() if released is not None)

    @property
    def couples(self) -> bool:
        """Whether both of a couple may recognise what they said."""
        return self.partners is not None and self.clients is not None

    def edition(self, released: ReleasableResults) -> Edition:
        """Return one source as a report reads it."""
        return Edition(released, self.language)
