"""The road from data, or from a report that is there already, to a page on which to look around.

Like `workflow`, this joins rooms and computes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mirabal_toolkit.errors import UsageError
from mirabal_toolkit.workflow import Progress, Released
from mirabal_toolkit.workflow_analysis import STEPS, AnalysisRequest, prepare, released_from
from mirabal_toolkit.workflow_reading import DataRequest
from mirabal_toolkit.workflow_report import open_results


@dataclass(frozen=True, slots=True)
class ExploreRequest:
    """What `mirabal explore` was asked for.

    Parameters
    ----------
    data : DataRequest
        Files of a study, or one folder that `mirabal analyse` wrote.
    out : Path
        Folder for the page and its numbers.
    plan, profile : str or None
        As the instrument and the plan say when None; not with a folder, whose numbers are released already.
    """

    data: DataRequest
    out: Path
    plan: str | None = None
    profile: str | None = None
    jobs: int = 1

    @property
    def report(self) -> Path | None:
        """The folder of a report, if that is what was named."""
        first = self.data.files[0]
        return first if len(self.data.files) == 1 and first.is_dir() else None

    def described(self) -> dict[str, object]:
        """Return the request for the manifest: no paths, since names of files can name people."""
        return {
            "command": "explore",
            "files": len(self.data.files),
            "from_report": self.report is not None,
            "plan": Path(self.plan).name if self.plan else None,
            "profile": self.profile,
        }


def run_explore(request: ExploreRequest, progress: Progress) -> tuple[Released, tuple[Path, ...]]:
    """Write a page on which to look around; everything on it is released at once.

    Returns
    -------
    released : Released
        What the page shows.
    files : tuple of Path
        The files written, the page first.

    Raises
    ------
    MirabalError
        With its exit code; ``request.out`` is then as it was.
    """
    from mirabal_toolkit.reporting.delivery import deliver_explore, writing_to

    with writing_to(request.out):
        released = _released(request, progress)
        progress("Writing the page", STEPS - 1, STEPS)
        return released, deliver_explore(released, request.out, command=request.described())


def _released(request: ExploreRequest, progress: Progress) -> Released:
    if request.report is None:
        analysis = AnalysisRequest(request.data, request.out, request.plan, request.profile, jobs=request.jobs)
        return released_from(prepare(analysis, progress), analysis, progress)
    if request.plan or request.profile:
        fix = "leave --plan and --profile out, or name the data"
        raise UsageError("the numbers of a report are released already, by its plan and profile", fix=fix)
    return open_results(request.report)
