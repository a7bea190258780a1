"""Whether this computer has what is needed, and what to do where it has not."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from mirabal_toolkit.version import __version__
from mirabal_toolkit.workflow import VERSIONED_PACKAGES

#: ``ok``; ``optional``: not there, and only needed for some things; ``problem``: the toolkit does not work without it.
Status = Literal["ok", "optional", "problem"]

OLDEST_PYTHON = (3, 11)
LEAST_SPACE = 500 * 1024**2
#: Part → (modules it needs, what it is for, how to get it).
PARTS: dict[str, tuple[tuple[str, ...], str, str]] = {
    "notebooks": (("jupyterlab", "ipywidgets"), "notebooks in the browser", "notebooks"),
    "pdf": (("typst",), "reports as PDF", "pdf"),
}
PROGRAMS = {
    "R": ("Rscript", "not needed; reads study files and checks numbers (tests/golden)"),
    "LibreOffice": ("soffice", "not needed; opens report.docx where there is no Word"),
}


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at.

    Parameters
    ----------
    name : str
    status : str
        See `Status`.
    found : str
        What is there, or what lacks.
    fix : str
        What to do; empty where nothing needs doing.
    """

    name: str
    status: Status
    found: str
    fix: str = ""


def examine(folder: Path) -> tuple[Check, ...]:
    """Look at Python, packages, optional parts, fonts, other programs, the terminal, and writing into `folder`."""
    return (
        _python(),
        Check("Mirabal toolkit", "ok", __version__),
        *_packages(),
        *(_part(name) for name in PARTS),
        _hook(),
        _fonts(),
        *_programs(),
        _writing("this folder", folder),
        _writing("temporary files", Path(tempfile.gettempdir())),
        _space(folder),
        _terminal(),
    )


def _python() -> Check:
    found = f"{platform.python_version()} on {platform.system() or 'an unknown system'}"
    if sys.version_info < OLDEST_PYTHON:
        return Check("Python", "problem", found, "install Python 3.11 or newer")
    return Check("Python", "ok", found)


def _packages() -> Iterator[Check]:
    for name in VERSIONED_PACKAGES:
        try:
            yield Check(name, "ok", importlib.metadata.version(name))
        except importlib.metadata.PackageNotFoundError:
            yield Check(name, "problem", "not installed", f"python -m pip install {name}")


def _part(name: str) -> Check:
    modules, purpose, extra = PARTS[name]
    missing = [module for module in modules if importlib.util.find_spec(module) is None]
    if not missing:
        return Check(name, "ok", purpose)
    return Check(
        name,
        "optional",
        f"{', '.join(missing)} not installed: no {purpose}",
        f'python -m pip install "mirabal-toolkit[{extra}]"',
    )


def _hook() -> Check:
    """Say whether Jupyter of this environment strips results when it saves."""
    name = "results stay out of saved notebooks"
    places = (sys.prefix, *filter(None, os.environ.get("JUPYTER_CONFIG_PATH", "").split(os.pathsep)))
    found = any(
        (Path(place) / part / "jupyter_server_config.d" / "mirabal.json").is_file()
        for place in places
        for part in ("etc/jupyter", "")
    )
    if found:
        return Check(name, "ok", "by every Jupyter of this environment")
    return Check(name, "optional", "only when opened by `mirabal notebooks --open`", "open notebooks by that command")


def _fonts() -> Check:
    from mirabal_toolkit.reporting.figures.fonts import figure_font

    font = figure_font()
    if font is None:
        fix = "python -m pip install --force-reinstall matplotlib"
        return Check("font of the figures", "problem", "DejaVu Sans was not found", fix)
    return Check("font of the figures", "ok", font)


def _programs() -> Iterator[Check]:
    for name, (program, purpose) in PROGRAMS.items():
        if shutil.which(program) is None:
            yield Check(name, "optional", f"not found ({purpose})")
        else:
            yield Check(name, "ok", f"found ({purpose})")


def _writing(name: str, folder: Path) -> Check:
    try:
        with tempfile.NamedTemporaryFile(dir=folder):
            return Check(f"writing: {name}", "ok", "works")
    except OSError as error:
        why = error.strerror or type(error).__name__
        return Check(f"writing: {name}", "problem", why, "go to a folder of your own, or ask for the right to write")


def _space(folder: Path) -> Check:
    free = shutil.disk_usage(folder).free
    found = f"{free / 1024**3:.1f} GB free"
    if free < LEAST_SPACE:
        return Check("room on the disk", "problem", found, "make room: 500 MB are enough for most studies")
    return Check("room on the disk", "ok", found)


def _terminal() -> Check:
    encoding = sys.stdout.encoding or "unknown"
    if encoding.lower().replace("-", "").replace("_", "") in ("utf8", "cp65001"):
        return Check("signs on the terminal", "ok", encoding)
    return Check(
        "signs on the terminal",
        "optional",
        f"{encoding}: some signs are shown as others",
        "set the variable PYTHONUTF8 to 1",
    )
