"""A run that was cut off goes on from where it was, with the same numbers, and leaves nothing behind."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from mirabal_toolkit import workflow_analysis, workflow_reading
from mirabal_toolkit.models import run
from mirabal_toolkit.reporting.choices import Choices
from mirabal_toolkit.safekeeping import finished
from mirabal_toolkit.safekeeping.finished import finished_work, folder_for, keeping_finished, left_behind
from mirabal_toolkit.workflow_data import simulate_file

PLAN = """
format: "1"
id: small
version: 1.0.0
title: A small plan
instrument: partner-safety-short
outcomes:
  - {outcome: feels_safe, model: gee, headline: true}
  - {outcome: injured, model: gee}
  - {outcome: harm_score, model: lmm}
"""


WHOLE = [estimates.__name__.replace("_", " ") for estimates in run.OF_THE_WHOLE]
BEFORE = [*WHOLE, "feels_safe", "injured", "injured"]  # by two estimands
LAST = "harm_score"
AFTER = [LAST, LAST]


def request(place, out, **options):
    data = workflow_reading.DataRequest((place / "waves.sav",))
    return workflow_analysis.AnalysisRequest(data, out, str(place / "plan.yaml"), choices=Choices(("html",)), **options)


def quiet(*_):
    """Tell nobody."""


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    place = tmp_path_factory.mktemp("resume")
    simulate_file("partner-safety-short", place / "waves.sav", people=60, waves=2, seed=1)
    (place / "plan.yaml").write_text(PLAN)
    return place


@pytest.fixture(scope="module")
def prepared(place):
    return workflow_analysis.prepare(request(place, place / "out"), quiet)


@pytest.fixture
def estimated(monkeypatch):
    """The outcomes that were estimated; the run can be cut off at one."""

    class Estimated(list):
        cut_at = None

    done, plain = Estimated(), run._estimate_task

    def estimate(task):
        outcome = run._name(task)
        if done.cut_at == outcome:
            raise KeyboardInterrupt
        done.append(outcome)
        return plain(task)

    monkeypatch.setattr(run, "_estimate_task", estimate)
    return done


def estimate(prepared, out, origin=None, *, resume):
    with keeping_finished(out, origin or prepared.origin(), resume=resume):
        return run.analyse(prepared.panel, prepared.plan, versions={})


@pytest.fixture
def cut(prepared, tmp_path, estimated):
    """A run into `out` that was cut off at its last outcome."""
    estimated.cut_at = LAST
    with pytest.raises(KeyboardInterrupt):
        estimate(prepared, tmp_path / "out", resume=False)
    assert estimated == BEFORE
    estimated.clear()
    estimated.cut_at = None
    return folder_for(tmp_path / "out")


def test_what_was_finished_is_not_done_again_and_the_numbers_are_the_same(prepared, tmp_path, estimated, cut):
    assert cut.stat().st_mode & 0o077 == 0
    again = estimate(prepared, tmp_path / "out", resume=True)
    assert estimated == AFTER
    whole = run.analyse(prepared.panel, prepared.plan, versions={})
    pd.testing.assert_frame_equal(again.estimates.frame, whole.estimates.frame, check_exact=True)
    assert list(tmp_path.iterdir()) == []


def test_without_being_asked_everything_is_done_again(prepared, tmp_path, estimated, cut):
    estimate(prepared, tmp_path / "out", resume=False)
    assert estimated == [*BEFORE, *AFTER]


@pytest.mark.parametrize("what", ["data", "plan", "second account", "program", "packages"])
def test_of_another_origin_nothing_is_used(prepared, tmp_path, cut, monkeypatch, what):
    origin = prepared.origin()
    other = {
        "data": replace(origin, panel="another"),
        "plan": replace(origin, plan=repr(replace(prepared.plan, seed=9))),
        "second account": replace(origin, second="another"),
    }.get(what, origin)
    if what == "program":
        monkeypatch.setattr(finished, "code_hash", lambda: "another")
    if what == "packages":
        monkeypatch.setattr(finished, "dependency_versions", dict)
    assert len(finished_work(tmp_path / "out", other, resume=True).pieces()) == 0


def test_a_damaged_piece_is_done_again(prepared, tmp_path, estimated, cut):
    piece = finished_work(tmp_path / "out", prepared.origin(), resume=True).pieces()[0]
    piece.write_text(piece.read_text()[:-20])
    estimate(prepared, tmp_path / "out", resume=True)
    assert len(estimated) == 1 + len(AFTER)


def test_where_nothing_can_be_kept_the_run_goes_on_without(prepared, tmp_path, estimated):
    folder_for(tmp_path / "out").write_text("a file of that name")
    assert len(estimate(prepared, tmp_path / "out", resume=True).estimates.frame)


def test_erasing_somebody_finds_what_an_unfinished_run_left(prepared, tmp_path, cut):
    sources = frozenset(source.sha256 for source in prepared.panel.sources)
    for folder in (tmp_path, tmp_path / "out"):
        assert set(left_behind([folder], sources)) == set(cut.iterdir())
    assert not list(left_behind([tmp_path], frozenset({"0" * 64})))


def test_a_whole_run_goes_on_and_leaves_nothing_behind(place, tmp_path, estimated):
    estimated.cut_at = LAST
    with pytest.raises(KeyboardInterrupt):
        workflow_analysis.run_analysis(request(place, tmp_path / "out"), quiet)
    assert {path.name for path in tmp_path.iterdir()} == {".out.unfinished"}
    estimated.clear()
    estimated.cut_at = None
    workflow_analysis.run_analysis(request(place, tmp_path / "out", resume=True), quiet)
    assert estimated == AFTER
    assert {path.name for path in tmp_path.iterdir()} == {"out"}


PROGRAM = """
import sys
from pathlib import Path
from mirabal_toolkit.safekeeping.processes import in_processes
import time
if __name__ == "__main__":
    for number in in_processes(time.sleep, [0.01, 0.01, 60, 60], 2):
        print("working", flush=True)
"""


@pytest.mark.usefixtures("interrupts_are_heard")
@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_no_process_outlives_the_one_it_works_for(tmp_path, how):
    (tmp_path / "program.py").write_text(PROGRAM)
    with subprocess.Popen(
        [sys.executable, "program.py"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as program:
        assert program.stdout.readline() == b"working\n"
        os.kill(program.pid, how)
        program.wait(timeout=20)
        end = time.monotonic() + 20
        while _of_session(program.pid) and time.monotonic() < end:
            time.sleep(0.05)
        assert _of_session(program.pid) == []


def _of_session(number):
    """Return the processes of a session that are alive."""
    found = []
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            try:
                told = Path(entry.path, "stat").read_text(encoding="utf-8")
            except OSError:
                continue
            state, _parent, _group, session = told.rpartition(")")[2].split()[:4]
            if int(session) == number and state != "Z":
                found.append(int(entry.name))
    return found
