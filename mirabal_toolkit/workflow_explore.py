"""The road from data, or from a report that is there already, to a page on which to look around.

Like `workflow`, this joins rooms and computes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mirabal_toolkit.errors import UsageError
from mirabal_toolkit.workflow import (
    STEPS,
    AnalysisRequest,
    DataRequest,
    Progress,
    Released,
    analyse,
    as_kind,
    prepare,
    release,
)


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
    from mirabal_toolkit.disclosure.profiles import profile_of
    from mirabal_toolkit.reporting.opening import open_folder

    if request.report is not None:
        if request.plan or request.profile:
            fix = "leave --plan and --profile out, or name the data"
            raise UsageError("the numbers of a report are released already, by its plan and profile", fix=fix)
        opened: Released = as_kind(Released, open_folder(request.report))
        return opened
    prepared = prepare(AnalysisRequest(request.data, request.out, request.plan, request.profile), progress)
    progress("Estimating", 3, STEPS)
    results = analyse(
        prepared.panel,
        prepared.plan,
        jobs=request.jobs,
        progress=lambda text, _done, _total: progress(f"Estimating: {text}", 3, STEPS),
    )
    progress("Protecting", 4, STEPS)
    return release(results, request.profile or profile_of(prepared.plan), after=request.out)
