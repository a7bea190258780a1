"""The command line as a user runs it."""

import os
import signal
import subprocess
import sys

import pytest


@pytest.fixture
def mirabal(tmp_path):
    """Run `mirabal …` in an empty folder; returns the finished process with text output."""

    def run(*arguments, cwd=None, **environment):
        return subprocess.run(
            [sys.executable, "-m", "mirabal_toolkit", *map(str, arguments)],
            cwd=cwd or tmp_path,
            env={**os.environ, "NO_COLOR": "1", "MPLBACKEND": "Agg", **environment},
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=300,
            check=False,
        )

    return run


@pytest.fixture
def interrupts_are_heard():
    """Undo what shells do to programs in the background: they are told to ignore Ctrl-C, and hand that on."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
