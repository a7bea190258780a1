"""The whole road: from files to numbers that may leave, and to the report of them.

Like `workflow`, whose steps it goes one after the other, this joins rooms and computes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mirabal_toolkit import workflow
from mirabal_toolkit.core.data import PanelData
from mirabal_toolkit.core.plan import AnalysisPlan
from mirabal_toolkit.errors import FindingsError, UsageError
from mirabal_toolkit.plans.choosing import default_plan
from mirabal_toolkit.plans.loading import load_plan
from mirabal_toolkit.reporting.choices import USUAL, Choices
from mirabal_toolkit.safekeeping.finished import Origin, keeping_finished
from mirabal_toolkit.safekeeping.hashes import file_hash
from mirabal_toolkit.safekeeping.processes import together
from mirabal_toolkit.workflow import Progress, Released
from mirabal_toolkit.workflow_reading import DataRequest, read_files

#: Steps of the road that progress counts, the models being one.
STEPS = 6
#: What other processes need to help.
_FOR_ESTIMATES_AND_FIGURES = (
    "mirabal_toolkit.models",
    "linearmodels.panel",
    "mirabal_toolkit.reporting.writing",
    "mirabal_toolkit.reporting.figures.drawing",
)


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
    UsageError
        If there is no such plan or disclosure profile.
    FindingsError
        If the plan asks what the data cannot give.
    """
    plan = load_plan(request.plan) if request.plan else None
    if request.profile:
        from mirabal_toolkit.disclosure.profiles import profile_named

        profile_named(request.profile)  # a slip is said now, and not when all models are fitted
    progress("Reading", 0, STEPS)
    asked = [request.data]
    if request.comparison is not None:
        asked.append(DataRequest((request.comparison,), keyring=request.data.keyring))
    files = [read_files(data, lambda text: progress(text, 0, STEPS)).waves for data in asked]
    plan = plan or default_plan([waves.instrument for waves in files])
    if request.seed is not None:
        plan = replace(plan, seed=request.seed)
    # The file of the plan's own instrument comes first, in whichever order they were named.
    files.sort(key=lambda waves: waves.instrument.id != plan.instrument)
    plan.check_against(files[0].instrument)
    progress("Cleaning", 1, STEPS)
    cleaned = [workflow.clean(waves, rules=plan.cleaning, links=request.data.links) for waves in files]
    progress("Scoring", 2, STEPS)
    panels = [workflow.score(part).to_panel() for part in cleaned]
    panel = panels[0] if len(panels) == 1 else _both_arms(panels, plan)
    return Prepared(panel, plan, _second_account(request, plan, progress))


def _second_account(request: AnalysisRequest, plan: AnalysisPlan, progress: Progress) -> PanelData | None:
    """Read, clean and score the second account, if one was given; it keeps a panel of its own."""
    if request.beside is None:
        return None
    instrument = None if plan.informants is None else plan.informants.instrument
    data = DataRequest((request.beside,), instrument, keyring=request.data.keyring)
    waves = read_files(data, lambda text: progress(text, 2, STEPS)).waves
    return workflow.score(workflow.clean(waves)).to_panel()


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


def released_from(prepared: Prepared, request: AnalysisRequest, progress: Progress) -> Released:
    """Estimate what the plan asks for, and let through what may leave, after all that left to ``request.out`` before.

    Raises
    ------
    FindingsError
        If the plan asks what the panel cannot give.
    DisclosureError
        If the profile cannot keep a small count from being worked out.
    """
    from mirabal_toolkit.disclosure.profiles import profile_of

    progress("Estimating", 3, STEPS)
    results = workflow.analyse(
        prepared.panel,
        prepared.plan,
        jobs=request.jobs,
        second=prepared.second,
        progress=lambda text, _done, _total: progress(f"Estimating: {text}", 3, STEPS),
    )
    progress("Protecting", 4, STEPS)
    return workflow.release(results, request.profile or profile_of(prepared.plan), after=request.out)


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
    from mirabal_toolkit.reporting.delivery import deliver, writing_to

    with writing_to(request.out), together(request.jobs, _FOR_ESTIMATES_AND_FIGURES):
        prepared = prepare(request, progress)
        with keeping_finished(request.out, prepared.origin(), resume=request.resume):
            released = released_from(prepared, request, progress)
            progress("Writing the report", 5, STEPS)
            files = deliver(released, request.out, request.choices, command=request.described())
    return released, files
