"""Killed at any moment, the toolkit leaves what was there or what was to be; and other faults end in plain words."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mirabal_toolkit.cli.main import exit_code_of
from mirabal_toolkit.errors import MirabalError
from mirabal_toolkit.safekeeping.processes import in_processes
from mirabal_toolkit.workflow_data import simulate_file

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the system cannot fork")

PROGRAM = Path(__file__).with_name("faults.py")
FEW = {"import": 3, "erase": 4, "put in place": 4}
MANY = {
    "import": 40, "erase": 40, "seal": 30, "clean and write": 30, "put in place": 30, "report": 15, "analyse": 15,
}  # fmt: skip


def survived(trials, seed=1):
    """Return what was found for each operation, cut off so many times."""
    asked = [f"{operation}={number}" for operation, number in trials.items()]
    told = subprocess.run([sys.executable, PROGRAM, str(seed), *asked], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr[-2000:]
    return [json.loads(line) for line in told.stdout.splitlines()]


def judge(found, trials, record_property):
    for one in found:
        assert one["old"] + one["new"] == one["trials"] == trials[one["operation"]], one
        assert (one["mixed"], one["left_over"], one["not_repeatable"]) == (0, 0, 0), one
    record_property("kills survived", sum(one["trials"] for one in found))
    record_property("of these", ", ".join(f"{one['operation']} {one['trials']}" for one in found))


def test_a_killed_run_leaves_the_old_or_the_new(record_property):
    judge(survived(FEW), FEW, record_property)


def killed_itself(number):
    """End this process, if it is not the first piece, as a system does that is out of memory."""
    if number:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def test_a_process_ended_by_the_system_is_told_in_plain_words():
    with pytest.raises(MirabalError, match="ended by the system, probably for lack of memory"):
        list(in_processes(killed_itself, [0, 1, 2, 3], 2))


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [(MemoryError(), 1, "too little free memory"), (KeyboardInterrupt(), 130, "Stopped. Nothing that existed")],
)
def test_an_early_end_is_told_in_plain_words(monkeypatch, capsys, error, code, message):
    def ends(_):
        raise error

    monkeypatch.setattr("mirabal_toolkit.workflow_verify.verify", ends)
    assert exit_code_of(["verify", "anything"]) == code
    told = capsys.readouterr().err
    assert message in told
    assert "Traceback" not in told


def contents(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    place = tmp_path_factory.mktemp("data") / "waves.csv"
    simulate_file("partner-safety-short", place, people=12, waves=2, seed=1)
    return place


def run(*arguments):
    """Run a command here; its messages go where tests look."""
    return exit_code_of([*map(str, arguments), "--instrument", "partner-safety-short"])


def test_a_place_that_nobody_may_write_to_is_refused_before_any_work(data, capsys):
    for command, out in (("analyse", "/proc/report"), ("check", "/proc/report"), ("import", "/proc/study.parquet")):
        assert run(command, data, "--out", out) in (2, 5)
        assert "cannot be written" in capsys.readouterr().err


def test_rights_that_are_lost_while_working_leave_everything_as_it_was(data, tmp_path, monkeypatch, capsys):
    assert run("import", data, "--out", tmp_path / "study.parquet") == 0
    before = contents(tmp_path)
    monkeypatch.setattr(os, "access", lambda _, mode: not mode & os.W_OK)
    assert run("import", data, "--out", tmp_path / "study.parquet") == 5
    assert "you may not write there" in capsys.readouterr().err
    assert contents(tmp_path) == before


@pytest.mark.parametrize("command", ["import", "check", "analyse"])
def test_two_runs_into_one_place_are_refused(data, tmp_path, capsys, command):
    out = tmp_path / ("study.parquet" if command == "import" else "report")
    program = "import sys, time; from pathlib import Path; from mirabal_toolkit.safekeeping.locks import only_run\n"
    program += "with only_run(Path(sys.argv[1])): print(1, flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", program, out], stdout=subprocess.PIPE) as other:
        other.stdout.readline()
        assert run(command, data, "--out", out) == 2
        other.kill()
    assert f"another run is writing to {out.name}" in capsys.readouterr().err
    assert not out.exists()


@pytest.mark.usefixtures("interrupts_are_heard")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_stopped_leaves_nothing_half_done(data, tmp_path, how):
    """Stopped while it reads: reading waits for the data to come."""
    os.mkfifo(tmp_path / "waves.csv")
    command = [sys.executable, "-m", "mirabal_toolkit", "import", "waves.csv", "--out", "study.parquet"]
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as stopped:
        try:
            end = time.monotonic() + 60
            while not list(tmp_path.glob(".study.parquet.lock")) and time.monotonic() < end:
                time.sleep(0.05)
            stopped.send_signal(how)
            told = stopped.communicate(timeout=60)[1]
        finally:
            stopped.kill()
    assert (stopped.returncode, told) == (130, "Stopped. Nothing that existed was changed.\n")
    assert [path.name for path in tmp_path.iterdir()] == ["waves.csv"]


@pytest.mark.slow
def test_two_hundred_killed_runs_leave_the_old_or_the_new(record_property):
    assert sum(MANY.values()) == 200
    judge(survived(MANY, seed=os.environ.get("FAULT_SEED", "1")), MANY, record_property)
