"""Steps that notebooks take and that commands take too: one line each, and a result that shows itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from mirabal_toolkit import workflow_data, workflow_power
from mirabal_toolkit.core.data import WaveData
from mirabal_toolkit.core.power import PowerStudy
from mirabal_toolkit.core.quality import ReleasableCheck
from mirabal_toolkit.errors import UsageError
from mirabal_toolkit.reporting.edition import Edition
from mirabal_toolkit.workflow_reading import DataRequest

if TYPE_CHECKING:
    from mirabal_toolkit.reporting.figures.spec import Figure
    from mirabal_toolkit.reporting.tables.spec import Table
    from mirabal_toolkit.workflow_data import Imported

Files = str | Path | Sequence[str | Path]
Kind = TypeVar("Kind")


def _no_progress(text: str, done: int, total: int) -> None:
    """Show nothing: a notebook shows that a cell runs."""


def _request(files: Files, instrument: str | None, mapping: str | Path | None) -> DataRequest:
    paths = (Path(files),) if isinstance(files, str | Path) else tuple(Path(path) for path in files)
    return DataRequest(paths, instrument, Path(mapping) if mapping is not None else None)


def simulate(instrument: str, out: str | Path, *, people: int = 100, waves: int = 5, seed: int = 1) -> Path:
    """Write artificial waves that follow a questionnaire into a file, and return its path.

    Parameters
    ----------
    instrument : str
        Id, ``id@version`` or path.
    out : path
        Ends in ``.sav``, ``.csv`` or ``.parquet``.

    Raises
    ------
    UsageError
        If the instrument is unknown or has fewer waves, or the file's ending is not one that is written.
    """
    place = Path(out)
    place.parent.mkdir(parents=True, exist_ok=True)
    workflow_data.simulate_file(instrument, place, people=people, waves=waves, seed=seed)
    return place


def import_study(
    files: Files, out: str | Path, *, mapping: str | Path | None = None, instrument: str | None = None
) -> Imported:
    """Write exports as one study file; ``.mapping`` is the file that says how each variable was understood.

    Parameters
    ----------
    files : path or sequence of paths
        One export, or one a wave.
    out : path
        Ends in ``.parquet``.
    mapping : path, optional
        A mapping file that somebody looked through; proposed when not given.
    instrument : str, optional
        Id, ``id@version`` or path; recognised by names and labels when not given.

    Raises
    ------
    UsageError
        If `out` does not end in ``.parquet``.
    InputError
        If a file cannot be read.
    """
    place = Path(out)
    place.parent.mkdir(parents=True, exist_ok=True)
    return workflow_data.import_study(_request(files, instrument, mapping), place, _no_progress)


@dataclass(frozen=True)
class Checked:
    """What a check of data found; ``.table(name)`` and ``.figure(name)`` show it."""

    found: ReleasableCheck

    def __repr__(self) -> str:
        return f"{len(self.found.findings)} finding(s) about the data"

    def table(self, name: str) -> Table:
        """Return a table by name, e.g. ``findings``; UsageError lists the names."""
        from mirabal_toolkit.reporting.checking.writing import check_tables

        return _named(name, check_tables(self.found, Edition(self.found.released)), "table")

    def figure(self, name: str) -> Figure:
        """Return a figure by name, e.g. ``missing-1``; UsageError lists the names."""
        from mirabal_toolkit.reporting.checking.writing import check_figures

        return _named(name, check_figures(self.found, Edition(self.found.released)), "figure")


def check(
    files: Files, *, profile: str = "internal", mapping: str | Path | None = None, instrument: str | None = None
) -> Checked:
    """Return what is doubtful in data, before anybody looks at results.

    Parameters
    ----------
    files : path or sequence of paths
    profile : str
        Disclosure profile: ``internal`` unless what is shown shall leave the team.
    mapping : path, optional
        As `import_study` writes it; proposed when not given.
    instrument : str, optional
        Id, ``id@version`` or path; recognised by names and labels when not given.

    Raises
    ------
    InputError
        If a file cannot be read.
    """
    request = workflow_data.CheckRequest(_request(files, instrument, mapping), None, profile)
    return Checked(workflow_data.run_check(request, _no_progress))


@dataclass(frozen=True)
class Powered:
    """What studies of several sizes would find; ``.table(name)`` and ``.figure(name)`` show it."""

    study: PowerStudy

    def __repr__(self) -> str:
        from mirabal_toolkit.reporting.power.curves import finding

        return finding(self.study, self._edition)

    @property
    def _edition(self) -> Edition:
        from mirabal_toolkit.reporting.power.tables import edition_of

        return edition_of(self.study)

    def table(self, name: str = "power") -> Table:
        """Return ``power`` or ``power-assumed``."""
        from mirabal_toolkit.reporting.power.tables import assumptions_table, power_table

        built = (power_table(self.study, self._edition), assumptions_table(self.study, self._edition))
        return _named(name, {table.id: table for table in built}, "table")

    def figure(self, name: str = "power-curves") -> Figure:
        """Return the curves."""
        from mirabal_toolkit.reporting.figures.spec import draw
        from mirabal_toolkit.reporting.power.curves import power_curves

        return draw(_named(name, {sheet.id: sheet for sheet in power_curves(self.study, self._edition)}, "figure"))


def power(
    plan: str,
    *,
    people: Sequence[int] = (),
    outcomes: Sequence[str] = (),
    simulations: int | None = None,
    jobs: int = 1,
) -> Powered:
    """Simulate studies of several sizes and analyse each as the plan would.

    Parameters
    ----------
    plan : str
        Id or path.
    people : sequence of int
        Numbers of people at the start; as the plan says when empty.
    outcomes : sequence of str
        Ids of planned outcomes; as the plan says when empty.
    simulations : int, optional
        Studies of each size; as the plan says when not given.
    jobs : int
        Processes to use; the numbers do not depend on it.

    Raises
    ------
    UsageError
        If there is no such plan, or the sizes are impossible.
    """
    request = workflow_power.PowerRequest(plan, tuple(people), simulations, None, jobs, None, tuple(outcomes))
    return Powered(workflow_power.power(request, _no_progress)[0].study)


def _named(name: str, known: Mapping[str, Kind], what: str) -> Kind:
    if name not in known:
        raise UsageError(f"there is no {what} “{name}”", fix=f"use one of: {', '.join(known)}")
    return known[name]


def about(waves: WaveData) -> str:
    """Return in one line what was read: questionnaire, people, waves."""
    frame = waves.answers.frame
    people, numbers = frame["person_id"].nunique(), sorted({int(wave) for wave in frame["wave"]})
    return f"{waves.instrument.reference}: {people} people, waves {', '.join(map(str, numbers))}"
