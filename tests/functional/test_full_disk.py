"""No room left while writing: a plain message, nothing half written, what was there before as it was."""

import resource
from contextlib import contextmanager

import pytest

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
