"""Jobs, contestants and measurements of the mixed-model benchmark.

A job is a model and its data at several sizes; a contestant is one program that fits it. To add a job, write a
module `mixed_<name>.py` beside this one that calls `register(Job(...))`; `mixed.py` finds it.
"""

from __future__ import annotations

import gc
import math
import multiprocessing
import shutil
import subprocess
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Answer:
    """What a program found: log-likelihood (NaN when it has none), estimates and their standard errors by name."""

    llf: float
    estimates: dict[str, float]
    std_errors: dict[str, float]


@dataclass(frozen=True)
class Contestant:
    """A program: `fit(data)` gives an `Answer`; or `r_script` names a file in `benchmarks/r`.

    `limit` is the number of seconds after which a run is ended, and the table says "more than".
    """

    name: str
    fit: Callable[[pd.DataFrame], Answer] | None = None
    r_script: str = ""
    largest: int = 10**9
    repeats: Callable[[int], int] = lambda n: 9 if n <= 1_000 else 3 if n <= 100_000 else 1
    limit: float | None = None


@dataclass(frozen=True)
class Job:
    """A model, data of n people, the sizes, ours, the others, and the shape of the design matrix."""

    name: str
    title: str
    make: Callable[[int], pd.DataFrame]
    sizes: tuple[int, ...]
    ours: Contestant
    others: tuple[Contestant, ...]
    n_columns: int
    pass_over: Callable[[pd.DataFrame], float] | None = None
    targets: dict[str, float] = field(default_factory=dict)


@dataclass
class Measurement:
    """One contestant at one size."""

    job: str
    people: int
    rows: int
    contestant: str
    seconds: float
    llf_difference: float = float("nan")
    estimate_difference: float = float("nan")
    error_difference: float = float("nan")
    peak_ratio: float = float("nan")
    gram_seconds: float = float("nan")
    ended_early: bool = False

    def record(self) -> dict[str, object]:
        """Plain values for JSON."""
        missing = {key for key, value in asdict(self).items() if isinstance(value, float) and math.isnan(value)}
        return {key: None if key in missing else value for key, value in asdict(self).items()}


JOBS: dict[str, Job] = {}


def register(job: Job) -> None:
    """Make a job known."""
    JOBS[job.name] = job


def has_r() -> bool:
    """Whether R can be run beside us."""
    return shutil.which("Rscript") is not None


def timed(call: Callable[[], Answer], repeats: int) -> tuple[float, Answer]:
    """Median seconds of some runs, and the last answer."""
    seconds = []
    for _ in range(repeats):
        gc.collect()
        start = time.perf_counter()
        answer = call()
        seconds.append(time.perf_counter() - start)
    return float(np.median(seconds)), answer


def peak_bytes(call: Callable[[], object]) -> int:
    """Most memory held beyond what was held before."""
    gc.collect()
    tracemalloc.start()
    call()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


def limited(call: Callable[[], tuple[float, Answer]], seconds: float) -> tuple[float, Answer]:
    """Run in a process of its own, which is ended after some seconds; TimeoutError then."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("fork")) as pool:
        # only a global can be handed to the child; it inherits the memory of this process
        _CALLS.append(call)
        try:
            return pool.submit(_last_call).result(timeout=seconds)
        except TimeoutError:
            for process in multiprocessing.active_children():
                process.terminate()
            raise
        finally:
            _CALLS.pop()


_CALLS: list[Callable[[], tuple[float, Answer]]] = []


def _last_call() -> tuple[float, Answer]:
    return _CALLS[-1]()


def run_r(script: str, data: pd.DataFrame, repeats: int, limit: float | None = None) -> tuple[float, Answer]:
    """Run a script of `benchmarks/r`; it times itself and writes seconds, llf, estimates and errors."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "data.csv", Path(folder) / "answer.csv"
        data.to_csv(source, index=False)
        command = ["Rscript", str(FOLDER / "r" / script), str(source), str(target), str(repeats)]
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=limit)
        except subprocess.TimeoutExpired:
            raise TimeoutError from None
        table = pd.read_csv(target)
    of = {kind: rows.set_index("name")["value"].to_dict() for kind, rows in table.groupby("kind")}
    answer = Answer(of["llf"]["llf"], of["estimate"], of["std_error"])
    return float(of["seconds"]["seconds"]), answer


def measure(job: Job, n: int, *, with_r: bool, only_ours: bool = False) -> list[Measurement]:
    """All contestants of a job at one size, in one run."""
    data = job.make(n)
    base = {"job": job.name, "people": n, "rows": len(data)}
    seconds, ours = _run(job.ours, data, n)
    first = Measurement(**base, contestant=job.ours.name, seconds=seconds)
    first.peak_ratio = memory(job, n)
    if job.pass_over is not None:
        first.gram_seconds = job.pass_over(data)
    found = [first]
    for other in () if only_ours else job.others:
        if n > other.largest or (other.r_script and not with_r):
            continue
        print(f"  {other.name} …", flush=True)
        try:
            seconds, answer = _run(other, data, n)
        except TimeoutError:
            found.append(Measurement(**base, contestant=other.name, seconds=float(other.limit or 0), ended_early=True))
            continue
        found.append(_compared(Measurement(**base, contestant=other.name, seconds=seconds), ours, answer))
    return found


def memory(job: Job, n: int) -> float:
    """Most memory our fit holds, as a multiple of the design matrix."""
    data = job.make(n)
    return peak_bytes(lambda: _fit(job.ours, data)) / (8.0 * len(data) * job.n_columns)


def _fit(contestant: Contestant, data: pd.DataFrame) -> Answer:
    if contestant.fit is None:
        raise ValueError(f"{contestant.name} has no Python call")
    return contestant.fit(data)


def _run(contestant: Contestant, data: pd.DataFrame, n: int) -> tuple[float, Answer]:
    if contestant.r_script:
        return run_r(contestant.r_script, data, contestant.repeats(n), contestant.limit)
    if contestant.limit is not None:
        return limited(lambda: timed(lambda: _fit(contestant, data), contestant.repeats(n)), contestant.limit)
    return timed(lambda: _fit(contestant, data), contestant.repeats(n))


def _compared(found: Measurement, ours: Answer, theirs: Answer) -> Measurement:
    """Differences relative to the log-likelihood, in standard errors, and relative to the standard error."""
    found.llf_difference = abs(theirs.llf - ours.llf) / max(abs(ours.llf), 1e-300)
    shared = [name for name in ours.estimates if name in theirs.estimates]
    if len(shared) < len(ours.estimates):
        raise ValueError(f"{found.contestant} lacks {set(ours.estimates) - set(shared)}")
    errors = np.array([ours.std_errors[name] for name in shared])
    moved = np.array([theirs.estimates[name] - ours.estimates[name] for name in shared])
    their_errors = np.array([theirs.std_errors[name] for name in shared])
    found.estimate_difference = float(np.max(np.abs(moved) / errors))
    found.error_difference = float(np.max(np.abs(their_errors / errors - 1.0)))
    return found
