"""The roads that data take beside the one to a report: made up, imported, checked, written back.

Like `workflow`, this joins rooms and computes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from mirabal_toolkit import workflow
from mirabal_toolkit.core.data import SEVERITIES, CleanedData, PanelData, ScoredData, WaveData
from mirabal_toolkit.core.frames import SealedFrame
from mirabal_toolkit.core.instrument import Instrument
from mirabal_toolkit.core.plan import AnalysisPlan
from mirabal_toolkit.core.quality import DataCheck, ReleasableCheck
from mirabal_toolkit.core.results import Results, estimates_frame
from mirabal_toolkit.errors import FindingsError, Problem, UsageError
from mirabal_toolkit.file_safety import with_folder
from mirabal_toolkit.instruments.loading import load_instrument
from mirabal_toolkit.safekeeping.files import all_at_once, only_writer, whole_file
from mirabal_toolkit.workflow import Progress
from mirabal_toolkit.workflow_protect import Protected, ProtectRequest, protect, pseudonymous_links
from mirabal_toolkit.workflow_reading import DataRequest, read_files

if TYPE_CHECKING:
    from mirabal_toolkit.cleaning import Link
    from mirabal_toolkit.readers import Import, Mapping
    from mirabal_toolkit.writers import Layout, Written, WrittenTable

CHECK_STEPS = 4
WRITE_STEPS = 4


@dataclass(frozen=True, slots=True)
class CheckRequest:
    """What `mirabal check` was asked for.

    Parameters
    ----------
    data : DataRequest
    out : Path or None
        Folder for the report on data; nothing is written when None.
    profile : str
        Disclosure profile: ``internal`` unless the report shall leave the team.
    """

    data: DataRequest
    out: Path | None = None
    profile: str = "internal"

    def described(self) -> dict[str, object]:
        """Return the request for the manifest: no paths, since names of files can name people."""
        return {"command": "check", "files": len(self.data.files), "profile": self.profile}


def run_check(request: CheckRequest, progress: Progress) -> ReleasableCheck:
    """Read and clean data, and report everything doubtful about it.

    Parameters
    ----------
    request : CheckRequest
    progress : callable
        Is told each step.

    Returns
    -------
    ReleasableCheck
        Findings (the most serious first), participant flow, missing answers, labels.

    Raises
    ------
    MirabalError
        With its exit code; ``request.out`` is then as it was.
    """
    from mirabal_toolkit.disclosure.checks import release_check
    from mirabal_toolkit.reporting.delivery import deliver_check, writing_to

    with writing_to(request.out):
        found = release_check(check_data(request.data, progress), request.profile)
        if request.out is not None:
            progress("Writing", 3, CHECK_STEPS)
            deliver_check(found, request.out, command=request.described())
    return found


def check_data(request: DataRequest, progress: Progress) -> DataCheck:
    """Read and clean data, and return everything there is to know about its quality."""
    from mirabal_toolkit.panel import missing_by_item
    from mirabal_toolkit.readers import compare_labels

    progress("Reading", 0, CHECK_STEPS)
    found = read_files(request, lambda text: progress(text, 0, CHECK_STEPS))
    progress("Cleaning", 1, CHECK_STEPS)
    cleaned = workflow.clean(found.waves, links=request.links)
    progress("Looking through the answers", 2, CHECK_STEPS)
    missing = missing_by_item(cleaned)
    panel = workflow.score(cleaned).to_panel()
    agreement = compare_labels(found.variables, found.mapping, panel.instrument) if found.mapping else ()
    return DataCheck(_as_results(panel), SealedFrame(missing), agreement)


def _as_results(panel: PanelData) -> Results:
    """Return who was reached, what was cleaned and found, as results without outcomes."""
    from mirabal_toolkit.models.describe import retention
    from mirabal_toolkit.panel import starters

    plan = AnalysisPlan("data-check", "1.0.0", "", "", panel.instrument.id, ())
    people = starters(panel)
    records = list(retention(panel, plan, people)) if len(people) else []
    findings = sorted(panel.findings, key=lambda finding: SEVERITIES.index(finding.severity))
    return Results(
        instrument=panel.instrument,
        plan=plan,
        estimates=SealedFrame(estimates_frame(records)),
        flow=panel.flow,
        months=panel.months,
        trail=panel.trail,
        sources=panel.sources,
        findings=tuple(findings),
        fingerprint=panel.fingerprint,
        versions=workflow.versions(),
    )


def write(
    data: CleanedData | ScoredData, path: str | Path, *, layout: Layout = "wide", scores: bool = False
) -> Written:
    """Write cleaned data as a file of another program, with labels and missing reasons.

    Parameters
    ----------
    data : CleanedData or ScoredData
        What `clean` or `score` returned.
    path : path
        Its ending says the format: ``.sav``, ``.zsav``, ``.dta``, ``.csv``, ``.xlsx``, ``.parquet``.
    layout : str
        ``wide``, a row a person, or ``long``, a row a person and wave.
    scores : bool
        Whether to add the outcomes, for which `data` must be scored.

    Returns
    -------
    Written
        The file, the codebook and mapping beside it, and in words what the format cannot hold.

    Raises
    ------
    UsageError
        If the format is none of these or cannot hold so much, or scores are asked for and there are none.
    InputError
        If the file cannot be written.
    """
    from mirabal_toolkit.readers import write_mapping
    from mirabal_toolkit.writers import as_written, check_format, lay_out, write_table

    place = Path(path)
    check_format(place)
    if scores and not isinstance(data, ScoredData):
        raise UsageError("there are no scores in cleaned data", fix="score them first: mt.score(clean)")
    table = lay_out(data, layout, scores=scores)
    beside = place.with_name(f"{place.name}.mapping.yaml")
    with only_writer(place), all_at_once(place.parent):
        written = write_table(table, place)
        write_mapping(_mapping_of(as_written(table, place), extended=place.suffix.lower() == ".dta"), beside)
    return replace(written, beside=(*written.beside, beside))


def _mapping_of(table: WrittenTable, *, extended: bool) -> Mapping:
    """Return the mapping by which the written file is read back exactly.

    Parameters
    ----------
    extended : bool
        Whether missing reasons are Stata's ``.a`` to ``.z``.
    """
    from mirabal_toolkit.readers import Ignored, Mapping, VariableMatch
    from mirabal_toolkit.writers.stata import LETTERS

    names = [one.name for one in table.variables]
    matches = [
        VariableMatch(
            one.name,
            one.item,
            one.wave,
            reason="written by mirabal write",
            missing={f".{LETTERS[reason]}" if extended else code: reason for code, reason in one.missing.items()},
        )
        for one in table.variables
        if one.item
    ]
    waves = next((one for one in table.variables if one.name == table.wave_column), None)
    others = [one.name for one in table.variables if not one.item and one.name not in (names[0], table.wave_column)]
    return Mapping(
        table.instrument,
        (names[0],),
        tuple(matches),
        wave_column=table.wave_column,
        wave_values={code: int(code) for code in waves.value_labels} if waves else {},
        ignored=tuple(Ignored(name, "a score") for name in others),
    )


@dataclass(frozen=True, slots=True)
class WriteRequest:
    """What `mirabal write` was asked for; see `write`."""

    data: DataRequest
    to: Path
    layout: Layout = "wide"
    scores: bool = False


def run_write(request: WriteRequest, progress: Progress) -> Written:
    """Read, clean and, if asked for, score data, and write them as a file of another program.

    Raises
    ------
    MirabalError
        With its exit code; what stood at the place before is then as it was.
    """
    from mirabal_toolkit.writers import check_format

    check_format(request.to)
    progress("Reading", 0, WRITE_STEPS)
    found = read_files(request.data, lambda text: progress(text, 0, WRITE_STEPS))
    progress("Cleaning", 1, WRITE_STEPS)
    cleaned = workflow.clean(found.waves, links=request.data.links)
    progress("Scoring", 2, WRITE_STEPS)
    data = workflow.score(cleaned) if request.scores else cleaned
    progress("Writing", 3, WRITE_STEPS)
    return write(data, request.to, layout=request.layout, scores=request.scores)


@dataclass(frozen=True)
class DraftedInstrument:
    """A first instrument made from an export, its file, and what to look at."""

    instrument: Instrument
    yaml: str
    notes: tuple[str, ...]


def draft_instrument(files: Sequence[Path], name: str, *, language: str = "en", today: str) -> DraftedInstrument:
    """Make a first instrument from the labels, codes and waves of an export.

    Parameters
    ----------
    files : sequence of Path
        One file, or one a wave.
    name : str
        From which the id is made.
    language : str
        Of the labels.
    today : str
        ``YYYY-MM-DD``.

    Raises
    ------
    InputError
        If a file cannot be read, or no id is recognised.
    """
    from mirabal_toolkit.instruments.drafts import complete_draft
    from mirabal_toolkit.readers import draft, read_table

    found = draft([read_table(Path(path)) for path in files], language)
    instrument, text = complete_draft(found.raw, name, language, today)
    return DraftedInstrument(instrument, text, found.notes)


def check_leaving(folder: str | Path) -> list[Problem]:
    """Look through an output folder that is about to leave; see `disclosure.leaving.problems_of`."""
    from mirabal_toolkit.disclosure.leaving import problems_of

    return problems_of(Path(folder))


def simulate_file(instrument: str, out: Path, *, people: int, waves: int, seed: int) -> dict[str, int | str]:
    """Write artificial waves to `out` and say what was written.

    Raises
    ------
    UsageError
        If the instrument is unknown or has fewer waves, or the file's ending is not one that is written.
    """
    from mirabal_toolkit.synthetic import simulate
    from mirabal_toolkit.synthetic.export import write_study

    study = simulate(load_instrument(instrument), people=people, waves=waves, seed=seed)
    write_study(study, with_folder(out))
    return {"instrument": study.instrument.reference, "people": people, "waves": waves, "seed": seed, "file": str(out)}


@dataclass(frozen=True)
class Imported:
    """What `import_study` made."""

    waves: WaveData
    mapping: Path
    links: Path | None = None
    key: Path | None = None
    made_key: bool = False
    earlier_mapping: Path | None = None
    undecided: bool = False

    @property
    def people(self) -> int:
        """How many different ids there are."""
        return int(self.waves.answers.frame["person_id"].nunique())

    @property
    def protection(self) -> tuple[str, ...]:
        """What was kept out or changed so that the file points to nobody, in words."""
        told = ("kept_out", "dates_relative", "pseudonymised", "banded")
        return tuple(finding.message for finding in self.waves.findings if finding.code in told)


def import_study(
    request: DataRequest, out: Path, progress: Progress, protection: ProtectRequest | None = None
) -> Imported:
    """Write exports as one study file, with the mapping by which they were read beside it.

    People who asked to be erased are taken out before anything is written, and so is what points to
    people. Ids that may be slips of others are proposed in a links file; where ids become pseudonyms,
    it lies beside the key.

    Raises
    ------
    UsageError
        If `out` does not end in ``.parquet``, or a key would lie beside it.
    FindingsError
        If the import is strict and something is not sure (the mapping file to correct is written), or
        ids are names or numbers of people.
    """
    from mirabal_toolkit.cleaning import propose_links, read_links, without_erased
    from mirabal_toolkit.readers import write_mapping, write_study

    if out.suffix != ".parquet":
        raise UsageError("a study file ends in .parquet", fix=f"--out {out.with_suffix('.parquet')}")
    with only_writer(out):
        progress("Reading", 0, 2)
        said = read_links(request.links) if request.links else ()
        found = _of_one_version(request, progress)
        progress("Writing", 1, 2)
        beside = request.mapping or out.with_suffix(".mapping.yaml")
        proposed = found.mapping if request.mapping is None else None
        _refuse_doubts(found.mapping, proposed, request.strict, beside)
        waves = replace(without_erased(found.waves, said), protection=found.waves.protection)
        safe = protect(waves, protection or ProtectRequest(), out)
        links = propose_links(waves, links=said)
        with all_at_once(out.parent):
            earlier = None
            if proposed is not None:
                earlier = _keep_another(beside, proposed)
                write_mapping(proposed, beside)
            write_study(safe.waves, out, mapping=found.mapping)
            written = _write_links(links, said, out, safe)
    undecided = any(link.same == "?" for link in links)
    return Imported(
        safe.waves, beside, written or request.links, safe.key_file, safe.made_key, earlier, undecided=undecided
    )


def _keep_another(beside: Path, proposed: Mapping) -> Path | None:
    """Keep a mapping file that differs from the one about to take its place: somebody may have corrected it."""
    from mirabal_toolkit.readers.mapping_file import format_mapping

    if not beside.is_file() or beside.read_bytes() == format_mapping(proposed).encode():
        return None
    kept = beside.with_suffix(".old.yaml")
    with whole_file(kept) as place:
        place.write_bytes(beside.read_bytes())
    return kept


def _of_one_version(request: DataRequest, progress: Progress) -> Import:
    """Read exports that were collected with one version of an instrument."""
    found = read_files(replace(request, strict=None), lambda text: progress(text, 0, 2))
    if found.variables and found.mapping is None:
        raise UsageError(
            f"these exports were collected with several versions of {found.waves.instrument.id}",
            fix="import those of each version by themselves; `mirabal analyse` takes all study files at once",
        )
    return found


def _refuse_doubts(mapping: Mapping | None, proposed: Mapping | None, strict: float | None, beside: Path) -> None:
    """Refuse what is not sure, where the import is strict; a proposed mapping is still written, to be corrected."""
    from mirabal_toolkit.readers import write_mapping

    if mapping is None or strict is None:
        return
    try:
        mapping.refuse_doubts(strict)
    except FindingsError:
        if proposed is not None:
            write_mapping(proposed, beside)
        raise


def _write_links(links: Sequence[Link], said: Sequence[Link], out: Path, safe: Protected) -> Path | None:
    """Write proposed links, where there are any; return the file in which to decide."""
    from mirabal_toolkit.cleaning import write_links

    beside = out.with_suffix(".links.yaml")
    if safe.key is None or safe.key_file is None:
        return write_links(links, beside) if len(links) > len(said) else None
    decided = pseudonymous_links(said, safe.key)
    if decided:
        write_links(decided, beside)
    # these hold ids as in the export, so they lie where the key lies
    return write_links(links, safe.key_file.with_name(f"{out.stem}.links.yaml")) if len(links) > len(said) else None
