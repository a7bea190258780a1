"""Run a command with so much memory more than the toolkit takes by itself: ``python scarce.py MEGABYTES COMMAND…``."""

import os
import resource
import sys
from pathlib import Path

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MPLBACKEND="Agg")

# What the command loads late is loaded before: the limit is for what it computes, not for loading libraries.
import matplotlib.backends.backend_agg
import matplotlib.textpath  # noqa: F401
import numpy as np
import pyarrow.parquet  # noqa: F401
import scipy.optimize
import scipy.stats  # noqa: F401

from mirabal_toolkit import cleaning, disclosure, models, panel, readers, reporting, scoring, workflow  # noqa: F401
from mirabal_toolkit.cli.main import exit_code_of


def main() -> None:
    """Load everything, take away the memory that is left, run the command."""
    _ = np.ones((500, 500)) @ np.ones((500, 500))  # OpenBLAS takes room of its own, and ends the program without it
    taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    most = taken + int(float(sys.argv[1]) * 1_000_000)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    sys.exit(exit_code_of(sys.argv[2:]))


if __name__ == "__main__":
    main()
