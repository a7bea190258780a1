"""The road in its steps: `read` → `clean` → `score` → `to_panel` → `analyse` → `release`.

Each takes what the one before gives, and asks one room to do it; nothing here computes. What leaves is written by
`workflow_report`; `workflow_analysis` goes the whole road.
"""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mirabal_toolkit.bundled import bundled_folder
from mirabal_toolkit.core.cleaning_rules import CleaningRules
from mirabal_toolkit.core.data import CleanedData, PanelData, ScoredData, WaveData
from mirabal_toolkit.core.instrument import Instrument
from mirabal_toolkit.core.plan import AnalysisPlan
from mirabal_toolkit.core.results import DisclosureProfile, ReleasableResults, Results
from mirabal_toolkit.errors import UsageError
from mirabal_toolkit.version import __version__
from mirabal_toolkit.workflow_reading import DataRequest, links_beside, read_files

if TYPE_CHECKING:
    from mirabal_toolkit.cleaning import Step
    from mirabal_toolkit.reporting.figures.spec import Figure
    from mirabal_toolkit.reporting.tables.spec import Table

#: What a long function tells of itself: step in words, steps done, steps in all.
Progress = Callable[[str, int, int], None]

VERSIONED_PACKAGES = ("pandas", "numpy", "scipy", "statsmodels", "linearmodels", "pyreadstat", "matplotlib")
EXAMPLE = "five-waves.sav"
#: The steps as they are written in a notebook, and which of them gives what the next one takes.
ROAD = "read(…) → clean(…) → score(…).to_panel() → analyse(…, plan=load_plan(…)) → release(…) → report(…)"
_GIVEN_BY: dict[type[Any], str] = {
    WaveData: "what `read` gives",
    CleanedData: "what `clean` gives",
    PanelData: "what `score(…).to_panel()` gives",
    AnalysisPlan: "a plan from `load_plan`",
    Results: "what `analyse` gives",
    ReleasableResults: "what `release` gives",
}
REGISTER = "register.json"


def example_export() -> Path:
    """Return the bundled (artificial) five-wave SPSS export."""
    return bundled_folder("examples") / EXAMPLE


@dataclass(frozen=True, repr=False)
class Waves(WaveData):
    """`WaveData` that knows the links file beside its study file: what was decided there holds in notebooks, too."""

    links: Path | None = None


class Scored(ScoredData):
    """`ScoredData` that knows the next step, for use in notebooks."""

    def to_panel(self) -> PanelData:
        """Assemble the person × wave panel with its participant flow."""
        return to_panel(self)


class Released(ReleasableResults):
    """`ReleasableResults` that can show a table or a figure, for use in notebooks."""

    def table(self, name: str) -> Table:
        """Return a table by name, e.g. ``before-after``; UsageError lists the names."""
        from mirabal_toolkit.reporting.tables import build_table

        return build_table(self, name)

    def figure(self, name: str) -> Figure:
        """Return a figure by name, e.g. ``trajectories``; UsageError lists the names."""
        from mirabal_toolkit.reporting.figures import build_figure

        return build_figure(self, name)


def as_kind(kind: type[Any], value: Any, **more: Any) -> Any:
    """Return `value` as its subclass `kind`: same fields, more methods, and `more` fields."""
    return kind(**{field.name: getattr(value, field.name) for field in fields(value)}, **more)


def expect(value: object, kind: type[Any], step: str) -> None:
    """Raise UsageError, naming the road, if `value` is not what `step` takes: cells of a notebook get out of order."""
    if not isinstance(value, kind):
        what = f"`{step}` takes {_GIVEN_BY[kind]}, and was given something else ({type(value).__name__})"
        raise UsageError(what, fix=f"the road is {ROAD}")


def read(
    data: str | Path | Sequence[str | Path],
    *,
    instrument: str | Instrument | None = None,
    mapping: str | Path | None = None,
    wave: int | Sequence[int] = (),
    encoding: str | None = None,
    sheet: str | Sequence[str] = (),
) -> Waves:
    """Read one export, one file a wave, or a study file.

    For a sealed file the passphrase is asked for, unseen, so that it stands in no notebook. Which ids are one person's
    is taken from the links file beside a study file, as commands do.

    Parameters
    ----------
    data : path or sequence of paths
    instrument : str or Instrument, optional
        Id, ``id@version`` or path; detected from variable names and labels when not given.
    mapping : path, optional
        A mapping file, as `mirabal import` proposes it.
    wave : int or sequence of int, optional
        The wave of the file, or of each file, where the files do not say.
    encoding : str, optional
        Of texts in files that declare a wrong one, e.g. ``windows-1252``.
    sheet : str or sequence of str, optional
        Sheet of a workbook, or one a wave; found when not given.

    Raises
    ------
    InputError
        If a file cannot be read, or no instrument or no ids are recognised.
    UsageError
        If several links files lie beside the study files.
    """
    from mirabal_toolkit.protecting.sealing import Keyring, ask_unseen

    files = (Path(data),) if isinstance(data, str | Path) else tuple(Path(path) for path in data)
    waves = (wave,) if isinstance(wave, int) else tuple(wave)
    sheets = (sheet,) if isinstance(sheet, str) else tuple(sheet)
    where = Path(mapping) if mapping else None
    request = DataRequest(files, instrument, where, waves, encoding, sheets=sheets, keyring=Keyring(ask_unseen))
    # First, since of several links files it complains, and reading takes a while.
    links = links_beside(files)
    brought: Waves = as_kind(Waves, read_files(request).waves, links=links)
    return brought


def clean(
    waves: WaveData,
    *,
    rules: CleaningRules | None = None,
    links: str | Path | None = None,
    steps: Sequence[Step] | None = None,
) -> CleanedData:
    """Run the cleaning steps; what they did is in ``.trail``.

    Parameters
    ----------
    waves : WaveData
    rules : CleaningRules, optional
        What differs from the usual cleaning: ``plan.cleaning``.
    links : path, optional
        A links file, as `mirabal import` proposes it and somebody decided in it; that beside the study file when not
        given.
    steps : sequence of Step, optional
        Other steps than the usual ones: see `docs/cleaning.md`.

    Raises
    ------
    FindingsError
        If the rules cannot be followed, or nothing is left to clean.
    InputError
        If the links file cannot be read.
    """
    from mirabal_toolkit.cleaning import DEFAULT_STEPS, read_links
    from mirabal_toolkit.cleaning import clean as clean_waves

    expect(waves, WaveData, "clean")
    if links is None and isinstance(waves, Waves):
        links = waves.links
    said = read_links(Path(links)) if links is not None else ()
    return clean_waves(waves, DEFAULT_STEPS if steps is None else steps, rules=rules, links=said)


def score(cleaned: CleanedData) -> Scored:
    """Compute outcome indicators; ``.to_panel()`` goes on."""
    from mirabal_toolkit.scoring import score as score_answers

    expect(cleaned, CleanedData, "score")
    scored: Scored = as_kind(Scored, score_answers(cleaned))
    return scored


def to_panel(scored: ScoredData) -> PanelData:
    """Assemble the person × wave panel with its participant flow."""
    from mirabal_toolkit.panel import assemble

    return assemble(scored)


def analyse(
    panel: PanelData,
    plan: AnalysisPlan,
    *,
    jobs: int = 1,
    progress: Progress | None = None,
    second: PanelData | None = None,
) -> Results:
    """Estimate everything the plan asks for.

    Parameters
    ----------
    jobs : int
        Processes to use; the numbers do not depend on it.
    second : PanelData, optional
        A second account of the same people, as ``plan.informants`` expects it; never pooled with the first.

    Raises
    ------
    FindingsError
        If the plan asks what the panel cannot give.
    """
    from mirabal_toolkit.models import analyse as estimate

    expect(panel, PanelData, "analyse")
    expect(plan, AnalysisPlan, "analyse")
    return estimate(panel, plan, versions=versions(), jobs=jobs, progress=progress, second=second)


def release(
    results: Results, profile: str | DisclosureProfile = "funder", *, after: str | Path | None = None
) -> Released:
    """Hide and round what the profile asks for; only this can be shown or reported.

    Parameters
    ----------
    after : path, optional
        The folder of an earlier report on these people: nothing may follow from both together.

    Raises
    ------
    DisclosureError
        If the profile cannot keep a small count from being worked out.
    InputError
        If the register of the earlier report cannot be read.
    """
    from mirabal_toolkit.disclosure.register import read_register
    from mirabal_toolkit.disclosure.release import release as protect

    expect(results, Results, "release")
    register = Path(after) / REGISTER if after is not None else None
    past = read_register(register.read_text(encoding="utf-8")) if register and register.is_file() else ()
    released: Released = as_kind(Released, protect(results, profile, past))
    return released


def versions() -> dict[str, str]:
    """Return the version of the toolkit and of the packages that compute."""
    return {"mirabal-toolkit": __version__} | {name: importlib.metadata.version(name) for name in VERSIONED_PACKAGES}
