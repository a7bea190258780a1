"""`mirabal notebooks`: the bundled notebooks, where the user wants them."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mirabal_toolkit.cli.output import Voice
from mirabal_toolkit.cli.reading import JSON, Quiet
from mirabal_toolkit.errors import UsageError

if TYPE_CHECKING:
    from mirabal_toolkit.notebooks.copying import Copied

LAB_OPTIONS = (
    "--ServerApp.ip=127.0.0.1",
    "--LabApp.check_for_updates_class=jupyterlab.handlers.announcements.NeverCheckForUpdate",
)
USUAL_FOLDER = Path("mirabal-notebooks")


def notebooks(
    copy: Annotated[Path | None, typer.Option("--copy", metavar="DIR", help="Folder to copy the notebooks to.")] = None,
    open_them: Annotated[
        bool, typer.Option("--open", help="Open them in JupyterLab, in the browser of this computer.")
    ] = False,
    strip: Annotated[
        list[Path] | None,
        typer.Option("--strip", metavar="FILE", help="Take the results out of a notebook; once a file."),
    ] = None,
    as_json: JSON = False,
    quiet: Quiet = False,
) -> None:
    """List the bundled notebooks, copy them to a folder of yours, open them.

    They run offline, on the bundled artificial data or on your file. Saved with JupyterLab, they keep no results.
    """
    from mirabal_toolkit.notebooks.copying import bundled_notebooks, copy_notebooks
    from mirabal_toolkit.notebooks.stripping import strip_file

    voice = Voice(as_json, quiet, progress=False)
    if strip:
        changed = [str(path) for path in strip if strip_file(path)]
        voice.data("\n".join(changed), {"stripped": changed})
        voice.say(f"Results taken out of {len(changed)} of {len(strip)} file(s).")
        return
    if copy is None and not open_them:
        known = bundled_notebooks()
        text = "\n".join(f"{one.title}\n{textwrap.indent(textwrap.fill(one.about, 76), '    ')}" for one in known)
        voice.data(text, [{"file": one.path.name, "title": one.title, "about": one.about} for one in known])
        voice.say(f"\nTo have them: mirabal notebooks --copy {USUAL_FOLDER} --open")
        return
    if open_them:
        _check_jupyter()
    copied = copy_notebooks(copy or USUAL_FOLDER)
    _tell(copied, voice)
    if open_them:
        _open(copied.folder)


def _tell(copied: Copied, voice: Voice) -> None:
    names = {name: [str(path) for path in getattr(copied, name)] for name in ("written", "kept")}
    voice.data("\n".join(names["written"]), {"folder": str(copied.folder), **names})
    if copied.kept:
        voice.say(f"{len(copied.kept)} file(s) were there already and stay as they are.")
    voice.say(f"Open them: mirabal notebooks --copy {copied.folder} --open")


def _check_jupyter() -> None:
    import importlib.util

    if importlib.util.find_spec("jupyterlab") is None:
        fix = (
            'python -m pip install "mirabal-toolkit[notebooks]"   (in a checkout: python -m pip install ".[notebooks]")'
        )
        raise UsageError("opening notebooks needs JupyterLab, which is not installed", fix=fix)


def _open(folder: Path) -> None:
    """Run JupyterLab on this computer only, until the user stops it: without results in files, news and updates."""
    import os
    import subprocess
    import sys

    from mirabal_toolkit.bundled import bundled_folder

    first = min(folder.glob("*.ipynb"))
    # What strips results is found here too where the wheel's own file is not looked at (a user's own site-packages).
    places = (str(bundled_folder("notebooks")), os.environ.get("JUPYTER_CONFIG_PATH", ""))
    subprocess.run(  # noqa: S603 — our own interpreter, on a folder the user named
        [sys.executable, "-m", "jupyterlab", *LAB_OPTIONS, "--", str(first.absolute())],
        env={**os.environ, "JUPYTER_CONFIG_PATH": os.pathsep.join(filter(None, places))},
        check=False,
    )
