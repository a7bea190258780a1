"""The roads that data take beside the one to a report: checked, written back, erased.

Like `workflow`, this joins rooms and computes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mirabal_toolkit import workflow
from mirabal_toolkit.core.data import PanelData
from mirabal_toolkit.core.frames import SealedFrame
from mirabal_toolkit.core.plan import AnalysisPlan
from mirabal_toolkit.core.quality import DataCheck, ReleasableCheck
from mirabal_toolkit.core.results import Results, estimates_frame
from mirabal_toolkit.workflow import SEVERITIES, DataRequest, Progress

CHECK_STEPS = 4


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
    from mirabal_toolkit.reporting.delivery import check_destination, deliver_check

    if request.out is not None:
        check_destination(request.out)
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
    found = workflow.read_files(request, lambda text: progress(text, 0, CHECK_STEPS))
    progress("Cleaning", 1, CHECK_STEPS)
    cleaned = workflow.clean(found.waves)
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
