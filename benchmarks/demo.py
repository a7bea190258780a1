"""The whole of `mirabal demo` by the clock: from the command to the finished report, with one process and with more.

    python benchmarks/demo.py [--runs 3] [--jobs 1 2]

Runs go in turns, so that a machine that slows down slows all of them; the least is shown. Start-up is what
`mirabal demo --help` takes. Writes benchmarks/results/demo.json and demo.md.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

STORE = Path(__file__).parent / "results" / "demo.json"
DEMO = (sys.executable, "-m", "mirabal_toolkit", "demo")


def clock(command: tuple[str, ...]) -> float:
    """Seconds of the clock that a command takes."""
    begun = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - begun


def one_demo(jobs: int) -> float:
    """Seconds of the clock for a whole demo into a folder that is thrown away."""
    with tempfile.TemporaryDirectory() as place:
        return clock((*DEMO, "--out", str(Path(place) / "demo"), "--jobs", str(jobs)))


def table(found: dict[str, float], start_up: float, runs: int) -> str:
    lines = [
        "# The whole demo by the clock",
        "",
        f"Written by `python benchmarks/demo.py`: seconds of the clock, the least of {runs} run(s), on a machine with",
        f"{os.cpu_count()} processors. Start-up is what `mirabal demo --help` takes.",
        "",
        "| processes | seconds | without start-up |",
        "|---:|---:|---:|",
        *(f"| {jobs} | {seconds:.1f} | {seconds - start_up:.1f} |" for jobs, seconds in found.items()),
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--jobs", type=int, nargs="+", default=[1, 2])
    asked = parser.parse_args()
    rounds = [
        {"start-up": clock((*DEMO, "--help")), **{str(jobs): one_demo(jobs) for jobs in asked.jobs}}
        for _ in range(asked.runs)
    ]
    least = {name: min(one[name] for one in rounds) for name in rounds[0]}
    STORE.write_text(json.dumps({"processors": os.cpu_count(), "rounds": rounds}, indent=1) + "\n", encoding="utf-8")
    start_up = least.pop("start-up")
    STORE.with_suffix(".md").write_text(table(least, start_up, asked.runs), encoding="utf-8")


if __name__ == "__main__":
    main()
