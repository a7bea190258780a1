"""Kill what the toolkit does to files at chosen and at random moments, and say what was found afterwards.

A program of its own, since it forks: ``python faults.py SEED OPERATION=TRIALS…`` prints one JSON line an operation.
Half of the trials end just before one of the operation's own changes to the disk (Python tells of each by an
audit event; every second of them before a file moves or goes), the others at a moment drawn from its whole time.
No trial lets the process clean up.
"""

import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
from dataclasses import dataclass
from pathlib import Path

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MPLBACKEND="Agg")

import pyarrow.compute  # noqa: F401
import pyarrow.parquet as pq
import pyrage
import pyreadstat  # noqa: F401

# What operations load late is loaded before forking, so that trials cost little.
from mirabal_toolkit import (
    cleaning,  # noqa: F401
    erasing,  # noqa: F401
    models,  # noqa: F401
    panel,  # noqa: F401
    readers,  # noqa: F401
    scoring,  # noqa: F401
    workflow_analysis,
    workflow_data,
    workflow_erase,
    workflow_reading,
    workflow_report,
    writers,  # noqa: F401
)
from mirabal_toolkit.protecting.sealing import seal
from mirabal_toolkit.reporting import delivery
from mirabal_toolkit.reporting.choices import Choices
from mirabal_toolkit.reporting.opening import open_folder
from mirabal_toolkit.safekeeping.files import only_writer
from mirabal_toolkit.safekeeping.hashes import file_hash
from mirabal_toolkit.safekeeping.manifest import write_manifest

EXAMPLE = Path(__file__).parents[1] / "data" / "results-version-1"
INSTRUMENT = "partner-safety-short"
KEY = pyrage.x25519.Identity.generate()
PLAN = """
format: "1"
id: small
version: 1.0.0
title: A small plan
instrument: partner-safety-short
outcomes:
  - {outcome: feels_safe, model: gee, headline: true}
"""
MOVES = {"os.rename", "os.remove"}
CHANGES = {*MOVES, "os.mkdir", "os.rmdir", "os.chmod", "os.link"}
SLOWEST = 120


def quiet(*_):
    """Tell nobody."""


def request(folder, *files):
    return workflow_reading.DataRequest(tuple(folder / name for name in files), INSTRUMENT)


def old_data(folder):
    for name, seed in (("old.csv", 1), ("new.csv", 2)):
        workflow_data.simulate_file(INSTRUMENT, folder / name, people=12, waves=2, seed=seed)
    workflow_data.import_study(request(folder, "old.csv"), folder / "study.parquet", quiet)


def import_new(folder):
    workflow_data.import_study(request(folder, "new.csv"), folder / "study.parquet", quiet)


def old_written(folder):
    old_data(folder)
    write(folder, "old.csv")


def write(folder, name="new.csv"):
    workflow_data.run_write(workflow_data.WriteRequest(request(folder, name), folder / "written.sav"), quiet)


def old_erasable(folder):
    """A study, and two folders of outputs that say they were made from it."""
    old_data(folder)
    for name in ("first", "second"):
        (folder / name).mkdir()
        for file in ("a.csv", "b.csv"):
            (folder / name / file).write_text("counts")
        facts = {"command": {"command": "check"}, "inputs": [{"sha256": file_hash(folder / "study.parquet")}]}
        write_manifest(folder / name, facts)


def erase(folder):
    person = pq.read_table(folder / "study.parquet", columns=["person_id"])["person_id"][0].as_py()
    workflow_erase.erase(folder / "study.parquet", person, also=[folder / "first", folder / "second"])


def old_report(folder):
    (folder / "out").mkdir()
    for name in ("manifest.json", "results.json"):
        shutil.copy(EXAMPLE / name, folder / "out")
    (folder / "out" / "report.html").write_text("old")
    (folder / "out" / "notes.txt").write_text("the user's own")
    shutil.copytree(EXAMPLE, folder / "from")


def report(folder):
    request = workflow_report.ReportRequest(folder / "from", folder / "out", ("html",))
    workflow_report.run_report(request, quiet)


def report_of_copies(folder):
    """Put a report in place as the toolkit does; its files are those of the example, which costs no drawing."""

    def copy(_released, place, _choices):
        shutil.copytree(folder / "from", place, dirs_exist_ok=True)
        (place / "manifest.json").unlink()

    delivery.write_report = copy
    delivery.deliver(open_folder(folder / "from"), folder / "out", Choices(("html",)), command={"command": "report"})


def old_analysis(folder):
    (folder / "plan.yaml").write_text(PLAN)
    workflow_data.simulate_file(INSTRUMENT, folder / "new.csv", people=60, waves=2, seed=2)


def analyse(folder):
    asked = workflow_analysis.AnalysisRequest(
        request(folder, "new.csv"), folder / "out", str(folder / "plan.yaml"), choices=Choices(("html",)), resume=True
    )
    workflow_analysis.run_analysis(asked, quiet)


def seal_study(folder):
    seal(folder / "study.parquet", recipients=[str(KEY.to_public())])


OPERATIONS = {
    "import": (old_data, import_new),
    "clean and write": (old_written, write),
    "erase": (old_erasable, erase),
    "seal": (old_data, seal_study),
    "put in place": (old_report, report_of_copies),
    "report": (old_report, report),
    "analyse": (old_analysis, analyse),
}


def in_child(work, folder, prepare=quiet):
    """Run `work` in a process of its own; return how that ended."""
    child = os.fork()
    if child == 0:
        try:
            os.setsid()
            os.umask(0o077)
            sys.stdin = open(os.devnull)  # noqa: PTH123, SIM115
            prepare()
            work(folder)
        except BaseException:  # noqa: BLE001
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    return os.waitstatus_to_exitcode(status)


def changes_of(work, folder):
    """Return which changes to the disk `work` makes, in their order, and how long it takes."""
    told = folder.with_suffix(".told")
    changes = []

    def note():
        sys.addaudithook(lambda event, facts: changes.append(event) if is_change(event, facts) else None)

    def noted(place):
        work(place)
        told.write_text(json.dumps(changes))

    began = time.monotonic()
    assert in_child(noted, folder, note) == 0
    return json.loads(told.read_text()), time.monotonic() - began


def is_change(event, facts):
    if event == "open":
        return isinstance(facts[2], int) and bool(facts[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
    return event in CHANGES


def before_change(number):
    """Kill this process just before its change of that number, counted from 0."""

    def prepare():
        seen = [-1]

        def hook(event, facts):
            seen[0] += is_change(event, facts)
            if seen[0] >= number:
                seen[0] = -1_000_000  # the kill is heard here too, and would wait for itself
                os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(hook)

    return prepare


def after(seconds):
    """Let the system end this process after so long; the alarm's usual action leaves no time to clean up."""

    def prepare():
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.001))

    return prepare


def moment(number, changes, seconds, draw):
    """Return when to end a trial: before a file moves or goes, before any change, or at any time."""
    moves = [place for place, event in enumerate(changes) if event in MOVES]
    if number % 4 == 0 and moves:
        return before_change(draw.choice(moves))
    if number % 4 == 2:
        return before_change(draw.randrange(len(changes)))
    return after(draw.uniform(0, seconds))


def state(folder):
    """Return what a user sees in a folder, without clocks and without what a cipher draws at random."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and not any(part.startswith(".") for part in Path(name).parts):
            found[name] = content(path)
    return found


def content(path):
    data = path.read_bytes()
    if path.name == "manifest.json":
        told = json.loads(data)
        return json.dumps({key: value for key, value in told.items() if key not in ("created", "sha256", "code")})
    if path.name == "removals.jsonl":
        told = [json.loads(line) for line in data.splitlines()]
        return json.dumps([{key: value for key, value in line.items() if key != "when"} for line in told])
    if path.suffix == ".age":
        return pyrage.decrypt(data, [KEY])
    return data


def leftovers(folder):
    """Return hidden files with anything in them; work kept for --resume is meant to be there."""
    hidden = (
        path for path in folder.rglob("*") if any(part.startswith(".") for part in path.relative_to(folder).parts)
    )
    return [path.name for path in hidden if path.is_file() and path.stat().st_size and not is_kept(path)]


def is_kept(path):
    return path.parent.name == ".out.unfinished"


@dataclass
class Found:
    """What became of the trials of one operation."""

    trials: int = 0
    old: int = 0
    new: int = 0
    finished_by_the_next: int = 0
    mixed: int = 0
    left_over: int = 0
    not_repeatable: int = 0


def next_start(folder):
    """Do what the next command does first."""
    for name in ("out", "study.parquet", "written.sav", "first/report", "second/report"):
        if (folder / name).parent.is_dir():
            with only_writer(folder / name):
                pass


def survive(name, trials, seed):
    """Cut an operation off so many times, each time from the old state."""
    setup, work = OPERATIONS[name]
    draw, found = random.Random(f"{name} {seed}"), Found()  # noqa: S311
    with tempfile.TemporaryDirectory() as top:
        old, new = Path(top, "old"), Path(top, "new")
        old.mkdir()
        assert in_child(setup, old) == 0
        shutil.copytree(old, new)
        changes, seconds = changes_of(work, new)
        states = state(old), state(new)
        assert states[0] != states[1]
        for number in range(trials):
            place = Path(shutil.copytree(old, Path(top, f"trial{number}")))
            ended = in_child(work, place, moment(number, changes, seconds, draw))
            assert ended != 1, f"{name}: the trial ended with an error of its own, not by being killed"
            judge(found, place, states, work)
            shutil.rmtree(place)
    return found


def judge(found, place, states, work):
    found.trials += 1
    at_once = state(place)
    assert in_child(next_start, place) == 0
    now = state(place)
    found.old += now == states[0]
    found.new += now == states[1]
    found.mixed += now not in states
    found.finished_by_the_next += at_once != now
    found.left_over += bool(leftovers(place))
    if now == states[0]:
        found.not_repeatable += in_child(work, place) != 0 or state(place) != states[1]


if __name__ == "__main__":
    for asked in sys.argv[2:]:
        operation, _, trials = asked.partition("=")
        print(json.dumps({"operation": operation, **vars(survive(operation, int(trials), sys.argv[1]))}), flush=True)
