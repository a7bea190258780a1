"""Our mixed models beside others, in one run: seconds, agreement, memory, and how cost grows.

    python benchmarks/mixed.py                          all jobs, all sizes
    python benchmarks/mixed.py --jobs lmm --sizes 1000  one job, one size; the rest of the report stays

Writes benchmarks/results/mixed.json, mixed.md and mixed.png. R takes part where Rscript is installed.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import sys
from pathlib import Path

FOLDER = Path(__file__).parent
RESULTS = FOLDER / "results"
# one thread for everybody: what is compared is the method, not the machine's idle cores
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path.insert(0, str(FOLDER))

from mixed_registry import JOBS, has_r, measure, memory  # noqa: E402 - after the threads are set


def load_jobs() -> None:
    """Import every module `mixed_*.py` beside this file; each registers its jobs."""
    for path in sorted(FOLDER.glob("mixed_*.py")):
        importlib.import_module(path.stem)


def store() -> Path:
    return RESULTS / "mixed.json"


def read_store() -> list[dict[str, object]]:
    return json.loads(store().read_text()) if store().exists() else []


def write_store(records: list[dict[str, object]]) -> None:
    RESULTS.mkdir(exist_ok=True)
    ordered = sorted(records, key=lambda r: (str(r["job"]), int(str(r["people"])), str(r["contestant"])))
    store().write_text(json.dumps(ordered, indent=1) + "\n")


def number(value: object, form: str) -> str:
    return "" if value is None else format(value, form)


def table(job: str, records: list[dict[str, object]]) -> list[str]:
    """Rows of one job in Markdown."""
    mine = [record for record in records if record["job"] == job]
    ours = JOBS[job].ours.name
    head = "| people | rows | program | seconds | ours is faster by | llf, relative | estimates, in SE | SE, relative |"
    lines = [f"## {JOBS[job].title}", "", head, "|---|---|---|---|---|---|---|---|"]
    own = {record["people"]: record["seconds"] for record in mine if record["contestant"] == ours}
    for r in mine:
        ratio = "" if r["contestant"] == ours else f"{float(str(r['seconds'])) / float(str(own[r['people']])):.1f} ×"
        least = "more than " if r.get("ended_early") else ""
        seconds = least + number(r["seconds"], ".4g")
        cells = [f"{r['people']:,}", f"{r['rows']:,}", str(r["contestant"]), seconds, least + ratio]
        cells += [number(r[k], ".1e") for k in ("llf_difference", "estimate_difference", "error_difference")]
        lines.append("| " + " | ".join(cells) + " |")
    lines += [
        "",
        "| people | seconds | one pass, X'X | times one pass | peak memory / design matrix |",
        "|---|---|---|---|---|",
    ]
    for r in mine:
        if r["contestant"] == ours and r["gram_seconds"]:
            times = f"{float(str(r['seconds'])) / float(str(r['gram_seconds'])):.0f}"
            peak = number(r["peak_ratio"], ".2f")
            seconds, gram = number(r["seconds"], ".4g"), number(r["gram_seconds"], ".3g")
            lines.append(f"| {r['people']:,} | {seconds} | {gram} | {times} | {peak} |")
    return [*lines, ""]


def write_report(records: list[dict[str, object]]) -> None:
    jobs = [job for job in JOBS if any(record["job"] == job for record in records)]
    intro = [
        "# Mixed models: cost and agreement",
        "",
        "Written by `benchmarks/mixed.py`; medians of wall time, one thread, all programs in the same run.",
        f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores.",
        "Other work on the machine moves all times; the ratios are what counts.",
        "Differences are to ours: log-likelihoods relative, estimates in standard errors, standard errors relative.",
        "“More than” stands where a program was ended: after 900 s (ordinal) or 600 s (statsmodels) of wall time.",
        "",
        "Memory is the most that a fit holds beside the caller's table (tracemalloc), as a multiple of the design",
        "matrix in double precision; three is the aim from 100,000 people on. What holds it: the design itself, kept",
        "by the fit; a second copy in the order of the quadrature or of GEE's blocks (`glmm`, `clmm`, `gee`; linear",
        "models have none); a few columns (outcome, people, positions); and buffers of 10 to 20 MB that do not grow",
        "with the data, which is why small data show larger multiples. Formulas with splines or other functions are",
        "made by formulaic, whose own copies come to 2.9 matrices while the design is made.",
        "",
        "![cost against rows](mixed.png)",
        "",
    ]
    lines = intro + [line for job in jobs for line in table(job, records)]
    (RESULTS / "mixed.md").write_text("\n".join(lines))
    plot(jobs, records)


def plot(jobs: list[str], records: list[dict[str, object]]) -> None:
    """Seconds against rows, one panel a job."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, len(jobs), figsize=(5 * len(jobs), 4), squeeze=False, layout="constrained")
    for axis, job in zip(axes[0], jobs, strict=True):
        names = dict.fromkeys(record["contestant"] for record in records if record["job"] == job)
        for name in names:
            mine = [r for r in records if r["job"] == job and r["contestant"] == name]
            axis.loglog([r["rows"] for r in mine], [r["seconds"] for r in mine], "o-", label=name)
        axis.set(title=job, xlabel="rows", ylabel="seconds")
        axis.legend()
    figure.savefig(RESULTS / "mixed.png", dpi=110)


def with_memory(name: str, n: int) -> list[dict[str, object]]:
    """The stored records, with the memory of one of ours measured anew."""
    peak = memory(JOBS[name], n)
    ours = (name, n, JOBS[name].ours.name)
    records = read_store()
    return [r | {"peak_ratio": peak} if (r["job"], r["people"], r["contestant"]) == ours else r for r in records]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", default="", help="comma-separated; all when empty")
    parser.add_argument("--sizes", default="", help="people, comma-separated; those of the job when empty")
    parser.add_argument("--without-r", action="store_true")
    parser.add_argument("--only-ours", action="store_true")
    parser.add_argument("--only-memory", action="store_true", help="times stay as they are")
    chosen = parser.parse_args()
    load_jobs()
    with_r = has_r() and not chosen.without_r
    if not with_r:
        print("Rscript is not used: comparing with Python programs only")
    for name in chosen.jobs.split(",") if chosen.jobs else JOBS:
        job = JOBS[name]
        for n in map(int, chosen.sizes.split(",")) if chosen.sizes else job.sizes:
            print(f"{name}: {n} people", flush=True)
            if chosen.only_memory:
                write_store(with_memory(name, n))
                continue
            new = [m.record() for m in measure(job, n, with_r=with_r, only_ours=chosen.only_ours)]
            done = {(r["job"], r["people"], r["contestant"]) for r in new}
            # read again: another run may have written its jobs meanwhile
            kept = [r for r in read_store() if (r["job"], r["people"], r["contestant"]) not in done]
            write_store(kept + new)
    write_report(read_store())


if __name__ == "__main__":
    main()
