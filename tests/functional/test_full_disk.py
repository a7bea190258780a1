"""No room left, on the disk or in memory: a plain message, nothing half written, what was there before as it was."""

import resource
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest

import mirabal_toolkit as mt
from mirabal_toolkit.cli.main import exit_code_of
from mirabal_toolkit.errors import InputError, UsageError
from mirabal_toolkit.instruments.loading import load_instrument
from mirabal_toolkit.readers import write_study
from mirabal_toolkit.synthetic import simulate
from mirabal_toolkit.workflow_data import CheckRequest, run_check
from mirabal_toolkit.workflow_reading import DataRequest


@contextmanager
def room_for(size):
    """Let no file grow above so many bytes, as on a disk that fills up."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture(scope="module")
def waves():
    return simulate(load_instrument("partner-safety-short"), people=30, waves=2, seed=1).waves


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_study_file_is_whole_or_as_it_was(waves, tmp_path):
    path = write_study(waves, tmp_path / "study.parquet")
    before = contents(tmp_path)
    with room_for(3000), pytest.raises(InputError, match="disk is full"):
        write_study(waves, path)
    assert contents(tmp_path) == before


def test_a_folder_of_outputs_is_whole_or_as_it_was(waves, tmp_path):
    study = write_study(waves, tmp_path / "study.parquet")
    out = tmp_path / "check"
    out.mkdir()
    (out / "manifest.json").write_text('{"outputs": {}}')
    before = contents(tmp_path)
    with room_for(30_000), pytest.raises(UsageError, match="disk is full"):
        run_check(CheckRequest(DataRequest((study,)), out), lambda *_: None)
    assert contents(tmp_path) == before
    assert {path.name for path in tmp_path.iterdir()} == {"study.parquet", "check"}


def test_without_permission_nothing_is_begun(waves, tmp_path):
    study = write_study(waves, tmp_path / "study.parquet")
    with pytest.raises(UsageError, match="file, not a folder"):
        run_check(CheckRequest(DataRequest((study,)), study), lambda *_: None)
    with pytest.raises(InputError, match="no such folder"):
        write_study(waves, tmp_path / "nowhere" / "study.parquet")


PLAN = """
format: "1"
id: small
version: 1.0.0
title: A small plan
instrument: partner-safety-short
outcomes:
  - {outcome: feels_safe, model: gee, headline: true}
"""
OLD = {"manifest.json": b'{"outputs": {}}', "notes.txt": b"the user's own"}
SCARCE = Path(__file__).with_name("scarce.py")


@pytest.fixture
def study(waves, tmp_path):
    """A study, a plan, and an older report."""
    write_study(waves, tmp_path / "study.parquet")
    (tmp_path / "plan.yaml").write_text(PLAN)
    (tmp_path / "out").mkdir()
    for name, content in OLD.items():
        (tmp_path / "out" / name).write_bytes(content)
    return tmp_path


def analysing(folder, *more):
    study, plan, out = (str(folder / name) for name in ("study.parquet", "plan.yaml", "out"))
    return ["analyse", study, "--plan", plan, "--out", out, "--formats", "html", "--quiet", *more]


def in_order(folder):
    """Nothing but what was there, and finished work for --resume."""
    names = {path.name for path in folder.iterdir()}
    assert names - {".out.unfinished"} == {"study.parquet", "plan.yaml", "out"}
    return contents(folder / "out")


@pytest.mark.slow
@pytest.mark.parametrize("size", [500, 5_000, 60_000])
def test_an_analysis_on_a_full_disk_leaves_the_old_report(study, capsys, size):
    with room_for(size):
        assert exit_code_of(analysing(study)) == 2
    assert "the disk is full" in capsys.readouterr().err
    assert in_order(study) == OLD


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/statm").is_file(), reason="the system does not say how much memory is taken")
@pytest.mark.parametrize("megabytes", [30, 50])
def test_an_analysis_without_memory_leaves_the_old_report_and_goes_on_later(study, megabytes):
    """Mostly it says what lacks; a library may end the program itself, or tell of it by an error of its own."""
    command = [sys.executable, str(SCARCE), str(megabytes), *analysing(study)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode != 0, ended.stderr
    assert "Traceback" not in ended.stderr
    assert in_order(study) == OLD
    assert exit_code_of(analysing(study, "--resume")) == 0
    assert {"report.html", "notes.txt"} <= set(in_order(study))


def test_answers_wait_nowhere_else_while_a_workbook_is_written(waves, tmp_path, monkeypatch):
    """A run that is killed must not leave them in the folder of everybody's temporary files."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "not there"))
    mt.write(mt.clean(waves), tmp_path / "back.xlsx", layout="long")
    assert (tmp_path / "back.xlsx").is_file()


def test_a_disk_that_fills_up_while_a_workbook_is_written_is_told_in_plain_words(waves, tmp_path):
    with room_for(3000), pytest.raises(InputError, match="disk is full"):
        mt.write(mt.clean(waves), tmp_path / "back.xlsx", layout="long")
    assert list(tmp_path.iterdir()) == []
