"""The `mirabal` command."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from mirabal_toolkit.cli.analyse import analyse, demo
from mirabal_toolkit.cli.data import check, import_data, simulate
from mirabal_toolkit.cli.everywhere import with_options_everywhere
from mirabal_toolkit.cli.explore import explore
from mirabal_toolkit.cli.first_hour import doctor, init
from mirabal_toolkit.cli.instruments import app as instruments_app
from mirabal_toolkit.cli.keeping import erase_person, write_data
from mirabal_toolkit.cli.leaving import check_outputs
from mirabal_toolkit.cli.notebooks import notebooks
from mirabal_toolkit.cli.output import print_error, speak_utf8
from mirabal_toolkit.cli.plans import app as plans_app
from mirabal_toolkit.cli.power import power
from mirabal_toolkit.cli.protecting import rotate_key
from mirabal_toolkit.cli.report import report
from mirabal_toolkit.cli.sealing import seal_files, unseal_files
from mirabal_toolkit.cli.stopping import STOPPED_EXIT, say_no_memory, say_stopped, stop_gently
from mirabal_toolkit.cli.strictness import with_usual_strictness
from mirabal_toolkit.cli.verifying import verify
from mirabal_toolkit.cli.yearly import yearly
from mirabal_toolkit.errors import MirabalError
from mirabal_toolkit.version import __version__

#: Whatever a command writes is for the user alone; others get what is given to them.
PRIVATE = 0o077

START = """Three things most people want:

  mirabal demo                    see a report made from the bundled (artificial) data
  mirabal analyse waves.sav       your own export in, a report out
  mirabal instruments list        the open questionnaires

Then: mirabal init my-study makes a folder to work in, mirabal notebooks shows
notebooks to click through, mirabal doctor says what this computer lacks.
Every command answers to --help."""

app = typer.Typer(
    help="From survey waves to a report: outcome surveys for programmes for men who use violence.",
    no_args_is_help=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(demo)
app.command()(analyse)
app.command()(report)
app.command()(explore)
app.command("import")(import_data)
app.command()(check)
app.command("write")(write_data)
app.command("erase")(erase_person)
app.command("seal")(seal_files)
app.command("unseal")(unseal_files)
app.command("rotate-key")(rotate_key)
app.command("check-outputs")(check_outputs)
app.command()(verify)
app.command()(simulate)
app.command()(power)
app.command()(yearly)
app.command()(init)
app.command()(notebooks)
app.command()(doctor)
app.add_typer(instruments_app, name="instruments")
app.add_typer(plans_app, name="plans")
with_options_everywhere(app)


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"mirabal-toolkit {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def start(
    context: typer.Context,
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Say the version and stop.")
    ] = False,
) -> None:
    """From survey waves to a report: outcome surveys for programmes for men who use violence."""
    if context.invoked_subcommand is None:
        typer.echo(START)


def run(arguments: list[str] | None = None) -> None:
    """Run the command line; every way out has its exit code (see `errors`)."""
    stop_gently()
    sys.exit(exit_code_of(arguments))


def exit_code_of(arguments: list[str] | None = None) -> int:
    """Run the command line on `arguments` and return the exit code.

    An unexpected error is told without its text: the text of a foreign error may hold a respondent's answer.
    """
    usual = os.umask(PRIVATE)
    speak_utf8()
    try:
        app(args=with_usual_strictness(sys.argv[1:] if arguments is None else arguments))
    except SystemExit as stop:
        # Typer turns Ctrl-C into this exit, and says nothing.
        return say_stopped() if stop.code == STOPPED_EXIT else stop.code if isinstance(stop.code, int) else 0
    except MirabalError as error:
        print_error(error)
        return error.exit_code
    except KeyboardInterrupt:
        return say_stopped()
    except MemoryError:
        return say_no_memory()
    except Exception as error:  # noqa: BLE001  (the last net: no traceback may show data)
        return _internal_error(error)
    finally:
        os.umask(usual)
    return 0


def _internal_error(error: Exception) -> int:
    if os.environ.get("MIRABAL_DEBUG"):
        raise error
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = f"{place.tb_frame.f_globals.get('__name__')}, line {place.tb_lineno}" if place else "unknown place"
    sys.stderr.write(
        f"Error: something went wrong inside the toolkit ({type(error).__name__} in {where}).\n"
        "  Nothing that existed was changed. Please report this line; it holds none of your data.\n"
        "  Developers: set MIRABAL_DEBUG=1 to see the traceback. It may show data, so do not send it on.\n"
    )
    return 1
