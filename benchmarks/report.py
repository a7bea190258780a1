"""A whole report from its own numbers: seconds and bytes by format, and the memory it takes.

    python benchmarks/report.py                      the example, analysed first
    python benchmarks/report.py mirabal-demo         a folder that `mirabal analyse` or `demo` wrote

Models are not counted: the results are opened from the folder. One thread, one process; seconds are those of the
processor, the least of so many runs (--runs), each in a process of its own. Every format is written alone, with the
tables, figures and numbers that are always written, then all together. Writes benchmarks/results/report.json and
report.md.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

from mirabal_toolkit.reporting.choices import FORMATS

STORE = Path(__file__).parent / "results" / "report.json"
KINDS = {**{name: (name,) for name in FORMATS}, "all": FORMATS}


def measured(folder: Path, formats: tuple[str, ...]) -> dict[str, float]:
    """Seconds of the processor, the largest memory in MB and MB written, in this process."""
    from mirabal_toolkit.reporting.choices import Choices
    from mirabal_toolkit.reporting.opening import open_folder
    from mirabal_toolkit.reporting.writing import write_report

    released = open_folder(folder)
    with tempfile.TemporaryDirectory() as place:
        begun = time.process_time()
        written = write_report(released, Path(place), Choices(formats))
        seconds = time.process_time() - begun
        size = sum(path.stat().st_size for path in written)
        figures = sum(path.suffix == ".png" for path in written)
        tables = sum(path.suffix == ".csv" and path.parent.name == "tables" for path in written)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": seconds, "memory": memory, "written": size / 1e6, "figures": figures, "tables": tables}


def least(folder: Path, formats: tuple[str, ...], times: int) -> dict[str, float]:
    """The quickest of several runs, each in a process of its own."""
    command = [sys.executable, __file__, str(folder), "--one", ",".join(formats)]
    runs = [json.loads(subprocess.run(command, check=True, capture_output=True).stdout) for _ in range(times)]
    return min(runs, key=lambda run: run["seconds"])


def table(found: dict[str, Any], times: int, load: float) -> str:
    figures, tables = (int(found["all"][name]) for name in ("figures", "tables"))
    lines = [
        "# Writing a report",
        "",
        "Made by `python benchmarks/report.py`: the example's results opened and written again, without models. One",
        f"thread; seconds of the processor, the least of {times} run(s). Every line has {tables} tables and {figures}",
        "figures (SVG, PNG at 300 dpi, CSV, text), and loads the libraries it needs. Other programs that run at the",
        f"same time lengthen these seconds, too: {load:.0f} wanted {os.cpu_count()} processors when this ended.",
        "",
        "| documents | seconds | largest memory, MB | written, MB |",
        "|---|---:|---:|---:|",
        *(
            f"| {name} | {one['seconds']:.1f} | {one['memory']:.0f} | {one['written']:.1f} |"
            for name, one in found.items()
        ),
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--one", default="", help="formats to write once; prints what was measured")
    asked = parser.parse_args()
    if asked.one:
        print(json.dumps(measured(asked.folder, tuple(asked.one.split(",")))))
        return
    with tempfile.TemporaryDirectory() as place:
        folder = asked.folder or Path(place) / "demo"
        if asked.folder is None:
            subprocess.run([sys.executable, "-m", "mirabal_toolkit", "demo", "--out", str(folder)], check=True)
        found = {name: least(folder, formats, asked.runs) for name, formats in KINDS.items()}
    STORE.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    STORE.with_suffix(".md").write_text(table(found, asked.runs, os.getloadavg()[0]), encoding="utf-8")


if __name__ == "__main__":
    main()
