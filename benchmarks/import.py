"""From a large SPSS file to a clean panel, beside pyreadstat's own multi-process read of the same file.

    python benchmarks/import.py                       all sizes, up to a million rows of sixty variables
    python benchmarks/import.py --rows 10000 100000   these sizes; the rest of the report stays
    python benchmarks/import.py --rows                none: only write the report from what was measured

Writes benchmarks/results/import.json, import.md and import.png. Each measurement is a process of its own; its
memory is the largest sum, over it and its children, of the memory the system counts as theirs (PSS).
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

FOLDER = Path(__file__).parent
RESULTS = FOLDER / "results"
SIZES = (10_000, 30_000, 100_000, 300_000, 1_000_000)
COLUMNS, WAVES, MOST_SIMULATED = 60, 5, 10_000
TIME_TARGET, MEMORY_TARGET = 3.0, 4.0


def make_file(rows: int, path: Path) -> None:
    """Write artificial answers to `client-account`, a row a person and wave, with variables of no meaning beside."""
    import numpy as np
    import pandas as pd
    import pyreadstat

    import mirabal_toolkit as mt
    from mirabal_toolkit.instruments.loading import load_instrument
    from mirabal_toolkit.synthetic import simulate
    from mirabal_toolkit.writers import lay_out

    people = rows // WAVES
    some = min(people, MOST_SIMULATED)
    study = simulate(load_instrument("client-account"), people=some, waves=WAVES, seed=1)
    table = lay_out(mt.clean(study.waves), "long")
    copies = -(-people // some)
    frame = pd.concat([table.frame.frame] * copies, ignore_index=True).iloc[:rows]
    frame["person_id"] = [f"{number:07d}" for number in np.repeat(np.arange(people), WAVES)]
    for number in range(COLUMNS - len(frame.columns)):
        frame[f"extra_{number + 1}"] = np.random.default_rng(number).normal(size=len(frame))
    for one in table.variables:
        if one.kind == "date":
            frame[one.name] = [None if pd.isna(day) else day.date() for day in frame[one.name]]
    pyreadstat.write_sav(
        frame,
        path,
        column_labels={one.name: one.label for one in table.variables},
        variable_value_labels={one.name: dict(one.value_labels) for one in table.variables if one.value_labels},
        missing_ranges={
            one.name: [{"lo": min(one.missing), "hi": max(one.missing)}] for one in table.variables if one.missing
        },
        variable_format={one.name: "DATE11" for one in table.variables if one.kind == "date"},
        row_compress=True,
    )


def ours(path: Path) -> dict[str, float]:
    """Read and clean; then score and assemble, which the target does not count."""
    import mirabal_toolkit as mt

    begun = time.perf_counter()
    waves = mt.read(path, instrument="client-account")
    read = time.perf_counter()
    cleaned = mt.clean(waves)
    clean = time.perf_counter()
    frame = cleaned.answers.frame
    return {
        "read": read - begun,
        "clean": clean - read,
        "seconds": clean - begun,
        "rows": float(len(frame)),
        "frame_bytes": float(frame.memory_usage(deep=True).sum()),
    }


def theirs(path: Path) -> dict[str, float]:
    """Read with pyreadstat, with as many processes as there are processors."""
    import pyreadstat

    begun = time.perf_counter()
    processes = os.cpu_count() or 2
    frame, _ = pyreadstat.read_file_multiprocessing(pyreadstat.read_sav, str(path), num_processes=processes)
    seconds = time.perf_counter() - begun
    return {"seconds": seconds, "frame_bytes": float(frame.memory_usage(deep=True).sum())}


def idle(path: Path) -> dict[str, float]:  # noqa: ARG001  (all that are measured take a file)
    """Load what reading and cleaning load, and stop: the memory that no data need."""
    import mirabal_toolkit as mt
    from mirabal_toolkit.cleaning import pipeline  # noqa: F401
    from mirabal_toolkit.instruments.loading import load_instrument
    from mirabal_toolkit.readers import reading  # noqa: F401

    load_instrument("client-account")
    mt.read  # noqa: B018  (loaded when asked for)
    time.sleep(0.5)  # for the watcher
    return {"seconds": 0.0}


CONTESTANTS = {"ours": ours, "pyreadstat": theirs}
MEASURED = {**CONTESTANTS, "idle": idle}


def measure(name: str, path: Path) -> dict[str, float]:
    """Run one contestant in a process of its own, and watch its memory."""
    command = [sys.executable, __file__, "--only", name, "--file", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        peak = [0.0]
        watcher = threading.Thread(target=_watch, args=(process, peak), daemon=True)
        watcher.start()
        told, _ = process.communicate()
        watcher.join()
    if process.returncode:
        raise SystemExit(f"{name} ended with {process.returncode}")
    return {**json.loads(told), "peak_bytes": peak[0]}


def _watch(process: subprocess.Popen[str], peak: list[float]) -> None:
    while process.poll() is None:
        peak[0] = max(peak[0], sum(_memory(number) for number in _family(process.pid)))
        time.sleep(0.1)


def _family(number: int) -> list[int]:
    """Return a process and all that descend from it."""
    found, open_ = [number], [number]
    while open_:
        children = Path(f"/proc/{open_[0]}/task/{open_[0]}/children")
        young = [int(child) for child in children.read_text().split()] if children.exists() else []
        found, open_ = found + young, open_[1:] + young
    return found


def _memory(number: int) -> float:
    try:
        lines = Path(f"/proc/{number}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((float(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0.0)


def read_store() -> list[dict[str, float]]:
    path = RESULTS / "import.json"
    return json.loads(path.read_text()) if path.exists() else []


def run(sizes: list[int], rounds: int) -> None:
    records = {int(record["rows"]): record for record in read_store()}
    with tempfile.TemporaryDirectory() as folder:
        for rows in sizes:
            path = Path(folder) / "large.sav"
            make_file(rows, path)
            best: dict[str, dict[str, float]] = {}
            for _ in range(rounds):  # by turns, so that both meet the same machine
                for name in CONTESTANTS:
                    found = measure(name, path)
                    if name not in best or found["seconds"] < best[name]["seconds"]:
                        best[name] = {**found, "peak_bytes": max(found["peak_bytes"], 0.0)}
            best["idle"] = measure("idle", path)
            records[rows] = as_record(rows, path.stat().st_size, best)
            print(json.dumps(records[rows]))
            RESULTS.mkdir(exist_ok=True)
            ordered = [records[size] for size in sorted(records)]
            (RESULTS / "import.json").write_text(json.dumps(ordered, indent=1) + "\n")
    write_report([records[size] for size in sorted(records)])


def as_record(rows: int, size: int, best: dict[str, dict[str, float]]) -> dict[str, float]:
    mine, other = best["ours"], best["pyreadstat"]
    return {
        "rows": rows,
        "file_bytes": size,
        "read": round(mine["read"], 3),
        "clean": round(mine["clean"], 3),
        "seconds": round(mine["seconds"], 3),
        "pyreadstat": round(other["seconds"], 3),
        "frame_bytes": mine["frame_bytes"],
        "peak_bytes": mine["peak_bytes"],
        "idle_bytes": best["idle"]["peak_bytes"],
        "busy": round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else 0.0,
        "pyreadstat_frame_bytes": other["frame_bytes"],
        "pyreadstat_peak_bytes": other["peak_bytes"],
    }


def write_report(records: list[dict[str, float]]) -> None:
    lines = [
        "# From a large SPSS file to a clean panel",
        "",
        (
            f"Artificial answers, {COLUMNS} variables, {WAVES} rows a person (`benchmarks/import.py`), on "
            f"{os.cpu_count()} processors of a shared machine, {platform.python_implementation()} "
            f"{platform.python_version()}. Ours: file to cleaned person × wave panel with a reason for every gap and "
            "an audit trail. pyreadstat: its own multi-process read of the same file, nothing else. Both by turns, "
            f"best of the rounds. {how_busy(records)} Idle: Python with all that reading and cleaning load, and no "
            "data; it and the reading process weigh most in small files, so the last column leaves it out. Peak: the "
            "largest sum over all processes, the reading one among them."
        ),
        "",
        (
            "| rows | file, MB | read, s | clean, s | ours, s | pyreadstat, s | times pyreadstat | "
            "load | peak, MB | idle, MB | frame, MB | times frame | times frame above idle |"
        ),
        "|---|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for one in records:
        peak, frame, idle_mb = (one.get(f"{name}_bytes", 0.0) / 1e6 for name in ("peak", "frame", "idle"))
        above = f"{(peak - idle_mb) / frame:.1f}" if idle_mb else "–"
        lines.append(
            f"| {one['rows']:,.0f} | {one['file_bytes'] / 1e6:.0f} | {one['read']:.1f} | {one['clean']:.1f} | "
            f"{one['seconds']:.1f} | {one['pyreadstat']:.1f} | {one['seconds'] / one['pyreadstat']:.1f} | "
            f"{one['busy'] if idle_mb else '–'} | {peak:,.0f} | {f'{idle_mb:,.0f}' if idle_mb else '–'} | "
            f"{frame:,.0f} | {peak / frame:.1f} | {above} |"
        )
    lines += [
        "",
        (
            f"Targets: at most {TIME_TARGET:g} times the time and {MEMORY_TARGET:g} times the memory of the frame at a "
            f"million rows; {verdict(records[-1])}. Small files "
            "are dominated by what is done once: starting Python and the reading process, "
            "finding the instrument, the mapping."
        ),
        "",
        "![Seconds against rows](import.png)",
        "",
    ]
    (RESULTS / "import.md").write_text("\n".join(lines))
    draw(records)


def how_busy(records: list[dict[str, float]]) -> str:
    """Say whether the machine had other work, and which rows are of an earlier version."""
    loads = [one["busy"] for one in records if "busy" in one]
    said = "Load: how many programs wanted a processor at the end, ours among them."
    if loads and max(loads) > (os.cpu_count() or 1):
        said += " The machine was busy with other work: seconds are long, and only ratios and memory say something."
    if len(loads) < len(records):
        said += " Rows without a load were measured earlier, with an earlier version."
    return said


def verdict(one: dict[str, float]) -> str:
    """Say which target the largest file meets."""
    time_ok = one["seconds"] <= TIME_TARGET * one["pyreadstat"]
    memory_ok = one["peak_bytes"] <= MEMORY_TARGET * one["frame_bytes"]
    return f"here time is {'met' if time_ok else 'not met'}, memory is {'met' if memory_ok else 'not met'}"


def draw(records: list[dict[str, float]]) -> None:
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    rows = [one["rows"] for one in records]
    figure, axes = plt.subplots(figsize=(6.4, 4.2), layout="constrained")
    for key, label, marker, colour in (
        ("seconds", "ours: read and clean", "o", "#0072B2"),
        ("pyreadstat", "pyreadstat: read only", "s", "#D55E00"),
    ):
        axes.plot(rows, [one[key] for one in records], marker=marker, color=colour, label=label)
    last = records[-1]
    line = [last["seconds"] * size / last["rows"] for size in rows]
    axes.plot(rows, line, color="#6e7781", linestyle=":", label="in proportion to rows")
    axes.set(xscale="log", yscale="log", xlabel="rows of 60 variables", ylabel="seconds")
    axes.legend(frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(RESULTS / "import.png", dpi=130, metadata={"Software": None})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="*", default=list(SIZES))
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--only", choices=MEASURED)
    parser.add_argument("--file", type=Path)
    chosen = parser.parse_args()
    if chosen.only:
        print(json.dumps(MEASURED[chosen.only](chosen.file)))
    else:
        run(chosen.rows, chosen.rounds)


if __name__ == "__main__":
    main()
