"""How many processes a command works with."""

from __future__ import annotations

import os
from typing import Annotated

import typer

#: More would wait for one another on studies of usual size.
MOST = 4

JobsOption = Annotated[
    int | None,
    typer.Option(
        "--jobs",
        min=1,
        metavar="N",
        envvar="MIRABAL_JOBS",
        show_envvar=False,
        help="Processes to use; the numbers do not depend on it. Default: one a processor, at most four.",
    ),
]


def processes(asked: int | None) -> int:
    """Return how many processes to use: as many as were asked for, or one for each processor there is.

    Examples
    --------
    >>> processes(3)
    3
    """
    if asked is not None:
        return asked
    # Where a machine is shared, a process may not use all of its processors.
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(available, MOST)
