"""`mirabal demo` and `mirabal analyse`: files in, a report out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mirabal_toolkit.cli.documents import Briefing, LanguageOption, Template, choices_of
from mirabal_toolkit.cli.jobs import JobsOption, processes
from mirabal_toolkit.cli.output import Voice, console
from mirabal_toolkit.cli.reading import JSON, USUAL_FORMATS, Formats, NoProgress, Quiet, reads_data
from mirabal_toolkit.reporting.choices import DOCUMENTS, Choices

if TYPE_CHECKING:
    from mirabal_toolkit.workflow import Released
    from mirabal_toolkit.workflow_analysis import AnalysisRequest, Prepared
    from mirabal_toolkit.workflow_reading import DataRequest


UNTRUSTED_EXIT = 6


def demo(
    out: Annotated[Path, typer.Option("--out", help="Folder for the report.")] = Path("mirabal-demo"),
    formats: Formats = USUAL_FORMATS,
    briefing: Briefing = False,
    template: Template = None,
    language: LanguageOption = "en",
    jobs: JobsOption = None,
    as_json: JSON = False,
    quiet: Quiet = False,
    no_progress: NoProgress = False,
) -> None:
    """See the main job done: the bundled (artificial) five-wave SPSS export in, a report out."""
    from mirabal_toolkit.workflow import example_export
    from mirabal_toolkit.workflow_analysis import AnalysisRequest
    from mirabal_toolkit.workflow_reading import DataRequest

    voice = Voice(as_json, quiet, progress=not no_progress)
    voice.say("The data are artificial: 120 women who do not exist, five waves, with the usual flaws.")
    choices = choices_of(formats, briefing, template, language)
    _analyse(AnalysisRequest(DataRequest((example_export(),)), out, choices=choices, jobs=processes(jobs)), voice)


@reads_data
def analyse(
    data: DataRequest,
    voice: Voice,
    out: Annotated[Path, typer.Option("--out", help="Folder for the report.")] = Path("mirabal-report"),
    plan: Annotated[str | None, typer.Option("--plan", help="Plan id or path. Default: the instrument's own.")] = None,
    comparison: Annotated[
        Path | None, typer.Option("--comparison", help="File of the other group, where a plan compares two files.")
    ] = None,
    beside: Annotated[
        Path | None,
        typer.Option("--beside", help="File of a second account (his), set beside the first and never pooled with it."),
    ] = None,
    profile: Annotated[
        str | None,
        typer.Option(
            "--profile", help="Disclosure profile: internal, funder, public or opensafely. Default: the plan's."
        ),
    ] = None,
    formats: Formats = USUAL_FORMATS,
    briefing: Briefing = False,
    template: Template = None,
    language: LanguageOption = "en",
    seed: Annotated[int | None, typer.Option("--seed", help="Seed. Default: the plan's.")] = None,
    jobs: JobsOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and check everything; write nothing.")] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with a run that was cut off: what it had done stays done.")
    ] = False,
) -> None:
    """Raw files in; cleaned, scored, modelled and reported out.

    Without --plan the instrument's own plan is used; without --instrument it is recognised by its variables.
    """
    from mirabal_toolkit.workflow_analysis import AnalysisRequest

    request = AnalysisRequest(
        data=data,
        out=out,
        plan=plan,
        profile=profile,
        choices=choices_of(formats, briefing, template, language),
        seed=seed,
        jobs=processes(jobs),
        comparison=comparison,
        beside=beside,
        resume=resume,
    )
    if dry_run:
        _dry_run(request, voice)
    else:
        _analyse(request, voice)


def _analyse(request: AnalysisRequest, voice: Voice) -> None:
    from mirabal_toolkit.workflow_analysis import run_analysis

    with voice.working() as progress:
        released, _ = run_analysis(request, progress)
    _say_what_was_found(released, request, voice)
    if released.untrusted:
        raise typer.Exit(UNTRUSTED_EXIT)


def _say_what_was_found(released: Released, request: AnalysisRequest, voice: Voice) -> None:
    from mirabal_toolkit.cli.tables import records, terminal_table
    from mirabal_toolkit.core.data import as_sentence

    headline = released.table("headline" if len(released.months) > 1 else "groups")
    voice.data(terminal_table(headline, console().width), records(headline))
    voice.say(
        f"\nInstrument {released.instrument.reference}, plan {released.plan.id}, profile {released.profile.name}."
    )
    serious = int((released.findings.frame["severity"] != "note").sum()) if len(released.findings.frame) else 0
    if serious:
        told = f"{serious} finding(s) about the data: see `mirabal check` or the report's appendix."
        voice.say(as_sentence(told))
    if released.untrusted:
        voice.say("A model could not be trusted; the report says which, and shows no numbers from it.")
    voice.say(f"Open the report: {request.out / _first_document(request.choices)}")


def _first_document(choices: Choices) -> str:
    """Return the document that is looked at first, or the tables where no document was asked for."""
    named = [name for name in choices.formats if name in DOCUMENTS]
    return f"report.{named[0]}" if named else "tables"


def _dry_run(request: AnalysisRequest, voice: Voice) -> None:
    from mirabal_toolkit.workflow_analysis import prepare

    with voice.working() as progress:
        prepared = prepare(request, progress)
    summary = _prepared_summary(prepared)
    voice.data("\n".join(f"{name}: {value}" for name, value in summary.items()), summary)
    voice.say("Nothing was written.")


def _prepared_summary(prepared: Prepared) -> dict[str, object]:
    panel, plan = prepared.panel, prepared.plan
    return {
        "instrument": panel.instrument.reference,
        "plan": plan.id,
        "waves": list(panel.waves),
        "interviewed": [int(count) for count in panel.flow.frame["interviewed"]],
        "outcomes": len(plan.outcomes),
        "findings": len(panel.findings),
    }
