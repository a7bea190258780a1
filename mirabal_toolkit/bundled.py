"""Where the instruments, plans, examples and notebooks that come with the toolkit are."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Literal

from mirabal_toolkit.errors import MirabalError

Kind = Literal["instruments", "analyses", "examples", "notebooks"]


def bundled_folder(kind: Kind) -> Path:
    """Return the folder of bundled `kind`, installed or in a checkout.

    In a wheel the folders lie under ``mirabal_toolkit/data``; in a checkout they are the
    top-level folders beside the package.

    Raises
    ------
    MirabalError
        If the installation is incomplete.
    """
    package = Path(str(resources.files("mirabal_toolkit")))
    for folder in (package / "data" / kind, package.parent / kind):
        if folder.is_dir():
            return folder
    raise MirabalError(
        f"the folder of bundled {kind} is missing from this installation",
        fix="install the toolkit again: python -m pip install --force-reinstall mirabal-toolkit",
    )
