"""The one place where the rooms are joined: files in, a report out.

Each function takes what the one before gives; `run_analysis` goes the whole road. Nothing here
computes: the rooms do.
"""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from mirabal_toolkit.bundled import bundled_folder
from mirabal_toolkit.core.cleaning_rules import CleaningRules
from mirabal_toolkit.core.data import CleanedData, PanelData, ScoredData, WaveData
from mirabal_toolkit.core.instrument import Instrument
from mirabal_toolkit.core.plan import AnalysisPlan
from mirabal_toolkit.core.results import DisclosureProfile, ReleasableResults, Results
from mirabal_toolkit.errors import FindingsError, UsageError
from mirabal_toolkit.instruments.harmonising import harmonise
from mirabal_toolkit.instruments.index import find_candidates
from mirabal_toolkit.plans.choosing import default_plan
from mirabal_toolkit.plans.loading import load_plan
from mirabal_toolkit.reporting.choices import USUAL, Choices
from mirabal_toolkit.safekeeping.finished import Origin, keeping_finished
from mirabal_toolkit.safekeeping.hashes import file_hash
from mirabal_toolkit.version import __version__

if TYPE_CHECKING:
    from mirabal_toolkit.cleaning import Step
    from mirabal_toolkit.protecting.sealing import Keyring
    from mirabal_toolkit.readers import Import
    from mirabal_toolkit.reporting.figures.spec import Figure
    from mirabal_toolkit.reporting.tables.spec import Table

#: What a long function tells of itself: step in words, steps done, steps in all.
Progress = Callable[[str, int, int], None]

VERSIONED_PACKAGES = ("pandas", "numpy", "scipy", "statsmodels", "linearmodels", "pyreadstat", "matplotlib")
EXAMPLE = "five-waves.sav"
REGISTER = "register.json"


def example_export() -> Path:
    """Return the bundled (artificial) five-wave SPSS export."""
    return bundled_folder("examples") / EXAMPLE


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


def as_kind(kind: type[Any], value: Any) -> Any:
    """Return `value` as its subclass `kind`: same fields, more methods."""
    return kind(**{field.name: getattr(value, field.name) for field in fields(value)})


@dataclass(frozen=True, slots=True)
class DataRequest:
    """Which files to read, and how where they do not say it themselves.

    Parameters
    ----------
    files : tuple of Path
    instrument : str, Instrument or None
        Id, ``id@version``, path or the instrument itself; detected when None.
    mapping : Path or None
        A mapping file; proposed from names and labels when None.
    waves : tuple of int
        The wave of the file, or of each file.
    encoding : str or None
        Of texts in files that declare a wrong one.
    links : Path or None
        A links file: which ids somebody said to be one person's.
    strict : float or None
        Refuse what was recognised with less confidence than this, 0–1; take it, and say so, when None.
    sheets : tuple of str
        Sheets of workbooks, in the order of waves; found when empty.
    decimal, delimiter : str or None
        In text files: the sign before decimals, ``.`` or ``,``, and the sign between fields (``tab`` for tabs);
        found when None.
    keyring : Keyring or None
        What opens sealed files; they are refused when None.
    """

    files: tuple[Path, ...]
    instrument: str | Instrument | None = None
    mapping: Path | None = None
    waves: tuple[int, ...] = ()
    encoding: str | None = None
    links: Path | None = None
    strict: float | None = None
    sheets: tuple[str, ...] = ()
    decimal: Literal[".", ","] | None = None
    delimiter: str | None = None
    keyring: Keyring | None = None


def read(
    data: str | Path | Sequence[str | Path],
    *,
    instrument: str | Instrument | None = None,
    mapping: str | Path | None = None,
    wave: int | Sequence[int] = (),
    encoding: str | None = None,
    sheet: str | Sequence[str] = (),
) -> WaveData:
    """Read one export, one file a wave, or a study file.

    For a sealed file the passphrase is asked for, unseen, so that it stands in no notebook.

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
    """
    from mirabal_toolkit.protecting.sealing import Keyring, ask_unseen

    files = (Path(data),) if isinstance(data, str | Path) else tuple(Path(path) for path in data)
    waves = (wave,) if isinstance(wave, int) else tuple(wave)
    sheets = (sheet,) if isinstance(sheet, str) else tuple(sheet)
    where = Path(mapping) if mapping else None
    request = DataRequest(files, instrument, where, waves, encoding, sheets=sheets, keyring=Keyring(ask_unseen))
    return read_files(request).waves


def read_files(request: DataRequest, progress: Callable[[str], None] | None = None) -> Import:
    """Read what was asked for, with the mapping by which it was read."""
    from mirabal_toolkit.protecting.sealing import Keyring, opened
    from mirabal_toolkit.readers import ReadOptions, read_by_version

    options = ReadOptions(
        encoding=request.encoding,
        delimiter="\t" if request.delimiter == "tab" else request.delimiter,
        decimal=request.decimal,
        sheets=request.sheets,
        progress=progress,
    )
    candidates = find_candidates(request.instrument)
    with opened(request.files, request.keyring or Keyring()) as files:
        parts = read_by_version(files, candidates, mapping=request.mapping, wave=request.waves or None, options=options)
    for part in parts:
        if request.strict is not None and part.mapping is not None:
            part.mapping.refuse_doubts(request.strict)
    return parts[0] if len(parts) == 1 else _as_one_version(parts)


def _as_one_version(parts: Sequence[Import]) -> Import:
    """Return data collected with several versions of an instrument as collected with the newest of them."""
    from mirabal_toolkit.protecting import fitting_together, protection_of
    from mirabal_toolkit.readers import Import

    fitting = fitting_together([part.waves for part in parts])
    waves = replace(harmonise(fitting), protection=protection_of(fitting))
    return Import(waves, None, tuple(variables for part in parts for variables in part.variables))


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
        A links file, as `mirabal import` proposes it and somebody decided in it.
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

    said = read_links(Path(links)) if links is not None else ()
    return clean_waves(waves, DEFAULT_STEPS if steps is None else steps, rules=rules, links=said)


def score(cleaned: CleanedData) -> Scored:
    """Compute outcome indicators; ``.to_panel()`` goes on."""
    from mirabal_toolkit.scoring import score as score_answers

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

    register = Path(after) / REGISTER if after is not None else None
    past = read_register(register.read_text(encoding="utf-8")) if register and register.is_file() else ()
    released: Released = as_kind(Released, protect(results, profile, past))
    return released


def versions() -> dict[str, str]:
    """Return the version of the toolkit and of the packages that compute."""
    return {"mirabal-toolkit": __version__} | {name: importlib.metadata.version(name) for name in VERSIONED_PACKAGES}


@dataclass(frozen=True, slots=True)
class AnalysisRequest:
    """What `mirabal analyse` was asked for; None means "as the data and instrument say"."""

    data: DataRequest
    out: Path
    plan: str | None = None
    profile: str | None = None
    choices: Choices = USUAL
    seed: int | None = None
    jobs: int = 1
    comparison: Path | None = None
    beside: Path | None = None
    resume: bool = False

    def described(self) -> dict[str, Any]:
        """Return the request for the manifest: no paths, since names of files can name people."""
        return {
            "command": "analyse",
            "files": len(self.data.files),
            "instrument": None if self.data.instrument is None else Path(str(self.data.instrument)).name,
            "plan": Path(self.plan).name if self.plan else None,
            "mapping": self.data.mapping and file_hash(self.data.mapping),
            "links": self.data.links and file_hash(self.data.links),
            "waves": list(self.data.waves),
            "encoding": self.data.encoding,
            "comparison": self.comparison is not None,
            "beside": self.beside is not None,
            "profile": self.profile,
            **self.choices.described(),
            "seed": self.seed,
        }


@dataclass(frozen=True)
class Prepared:
    """A panel ready for models, with the plan it will be analysed by, and a second account if there is one."""

    panel: PanelData
    plan: AnalysisPlan
    second: PanelData | None = None

    def origin(self) -> Origin:
        """Return what the estimates depend on, for a run that is continued."""
        second = "" if self.second is None else self.second.fingerprint
        inputs = (*self.panel.sources, *(() if self.second is None else self.second.sources))
        return Origin(self.panel.fingerprint, repr(self.plan), second, tuple(source.sha256 for source in inputs))


def prepare(request: AnalysisRequest, progress: Progress) -> Prepared:
    """Read, clean, score and assemble; find the plan and check that it can be run.

    Raises
    ------
    InputError
        If the data or the plan cannot be read.
    FindingsError
        If the plan asks what the data cannot give.
    """
    plan = load_plan(request.plan) if request.plan else None
    progress("Reading", 0, STEPS)
    files = [read_files(request.data, lambda text: progress(text, 0, STEPS)).waves]
    if request.comparison is not None:
        files.append(
            read_files(
                DataRequest((request.comparison,), keyring=request.data.keyring), lambda text: progress(text, 0, STEPS)
            ).waves
        )
    plan = plan or default_plan([waves.instrument for waves in files])
    if request.seed is not None:
        plan = replace(plan, seed=request.seed)
    # The file of the plan's own instrument comes first, in whichever order they were named.
    files.sort(key=lambda waves: waves.instrument.id != plan.instrument)
    plan.check_against(files[0].instrument)
    progress("Cleaning", 1, STEPS)
    cleaned = [clean(waves, rules=plan.cleaning, links=request.data.links) for waves in files]
    progress("Scoring", 2, STEPS)
    panels = [score(part).to_panel() for part in cleaned]
    panel = panels[0] if len(panels) == 1 else _both_arms(panels, plan)
    return Prepared(panel, plan, _second_account(request, plan, progress))


def _second_account(request: AnalysisRequest, plan: AnalysisPlan, progress: Progress) -> PanelData | None:
    """Read, clean and score the second account, if one was given; it keeps a panel of its own."""
    if request.beside is None:
        return None
    instrument = None if plan.informants is None else plan.informants.instrument
    waves = read_files(
        DataRequest((request.beside,), instrument, keyring=request.data.keyring), lambda text: progress(text, 2, STEPS)
    ).waves
    return score(clean(waves)).to_panel()


def _both_arms(panels: list[PanelData], plan: AnalysisPlan) -> PanelData:
    """Put the two files of a comparison into one panel."""
    from mirabal_toolkit.panel import combine

    if plan.comparison is None or not plan.comparison.by_file:
        fix = "use a plan whose comparison has `arm: file`, such as comparison-site"
        raise UsageError(f"the plan {plan.id} does not compare two files", fix=fix)
    asked = {plan.comparison.reference, plan.comparison.treated}
    given = {panel.instrument.id for panel in panels}
    if given != asked:
        told = f"the plan {plan.id} compares {' and '.join(sorted(asked))}, and the files are of"
        raise FindingsError(f"{told} {' and '.join(sorted(given))}", fix="give one file of each")
    return combine(panels[0], panels[1])


SEVERITIES = ("error", "warning", "note")

#: Steps of `run_analysis` that progress counts, the models being one.
STEPS = 6


def run_analysis(request: AnalysisRequest, progress: Progress) -> tuple[Released, tuple[Path, ...]]:
    """Go the whole road from files to a report in ``request.out``.

    Returns
    -------
    released : Released
        What the report shows.
    files : tuple of Path
        The files written.

    Raises
    ------
    MirabalError
        With its exit code; ``request.out`` is then as it was.
    """
    from mirabal_toolkit.disclosure.profiles import profile_of
    from mirabal_toolkit.reporting.delivery import deliver, writing_to

    with writing_to(request.out):
        prepared = prepare(request, progress)
        profile = request.profile or profile_of(prepared.plan)
        progress("Estimating", 3, STEPS)
        with keeping_finished(request.out, prepared.origin(), resume=request.resume):
            results = analyse(
                prepared.panel,
                prepared.plan,
                jobs=request.jobs,
                second=prepared.second,
                progress=lambda text, _done, _total: progress(f"Estimating: {text}", 3, STEPS),
            )
            progress("Protecting", 4, STEPS)
            released = release(results, profile, after=request.out)
            progress("Writing the report", 5, STEPS)
            files = deliver(released, request.out, request.choices, command=request.described())
    return released, files
