"""Study files: what goes in comes out, also in pandas alone, and never half of it."""

import contextlib
import json
import random
import stat

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mirabal_toolkit.cleaning import clean
from mirabal_toolkit.errors import InputError, MirabalError
from mirabal_toolkit.readers import read, read_study, read_with_mapping, write_study
from mirabal_toolkit.readers.mapping_file import mapping_hash
from mirabal_toolkit.readers.study import study_history


@pytest.fixture
def imported(export, wide, instrument):
    return read_with_mapping([export(wide)], instrument)


def test_a_round_trip_changes_nothing(imported, instrument, tmp_path):
    path = write_study(imported.waves, tmp_path / "study.parquet", mapping=imported.mapping)
    back = read([path], instrument)
    pd.testing.assert_frame_equal(back.answers.frame, imported.waves.answers.frame)
    pd.testing.assert_frame_equal(back.reasons.frame, imported.waves.reasons.frame)
    assert back.sources == imported.waves.sources
    assert back.findings == imported.waves.findings


def test_pandas_alone_reads_it(imported, tmp_path):
    frame = pd.read_parquet(write_study(imported.waves, tmp_path / "study.parquet"))
    assert list(frame.columns[:6]) == ["person_id", "wave", "P1", "P1__missing", "C1", "C1__missing"]
    row = frame[(frame["person_id"] == "a 3") & (frame["wave"] == 1)].iloc[0]
    assert pd.isna(row["C1"])
    assert row["C1__missing"] == "dont_know"


def test_the_history_is_in_the_schema(imported, tmp_path):
    path = write_study(imported.waves, tmp_path / "study.parquet", mapping=imported.mapping)
    history = json.loads(pq.read_schema(path).metadata[b"mirabal"])
    assert (history["instrument"], history["version"]) == ("partner-safety", "1.0.0")
    assert history["mapping_sha256"] == mapping_hash(imported.mapping)
    assert history["sources"][0]["sha256"] == imported.waves.sources[0].sha256
    assert str(tmp_path) not in str(history)


def test_cleaned_data_are_written_with_the_state_of_each_wave(imported, instrument, tmp_path):
    cleaned = clean(imported.waves)
    path = write_study(cleaned, tmp_path / "clean.parquet")
    frame = pd.read_parquet(path)
    assert len(frame) == len(cleaned.answers)
    assert frame["wave_status"].tolist() == cleaned.status.frame["status"].tolist()
    assert study_history(path)["cleaned"]
    back = read_study(path, [instrument])
    assert back.reasons.frame["C1"].tolist() == cleaned.reasons.frame["C1"].tolist()


def test_only_the_owner_may_read_it(imported, tmp_path):
    path = write_study(imported.waves, tmp_path / "study.parquet")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_failure_leaves_the_old_file_and_nothing_else(imported, tmp_path, monkeypatch):
    path = tmp_path / "study.parquet"
    path.write_bytes(b"the old one")

    def full(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pq, "write_table", full)
    with pytest.raises(InputError, match="the disk is full"):
        write_study(imported.waves, path)
    assert path.read_bytes() == b"the old one"
    assert [entry.name for entry in tmp_path.iterdir() if entry.suffix != ".sav"] == ["study.parquet"]


def test_a_folder_that_is_not_there(imported, tmp_path):
    with pytest.raises(InputError, match="no such folder"):
        write_study(imported.waves, tmp_path / "nowhere" / "study.parquet")


def test_other_and_damaged_parquet_files(imported, instrument, tmp_path):
    other = tmp_path / "other.parquet"
    pd.DataFrame({"person_id": ["1"]}).to_parquet(other)
    with pytest.raises(InputError, match="not a study file"):
        read_study(other, [instrument])
    whole = write_study(imported.waves, tmp_path / "study.parquet").read_bytes()
    for share in (0.1, 0.5, 0.99):
        other.write_bytes(whole[: int(len(whole) * share)])
        with pytest.raises(InputError, match="damaged"):
            read_study(other, [instrument])
    with pytest.raises(InputError, match="no such file"):
        read_study(tmp_path / "nowhere.parquet", [instrument])


def test_a_study_of_an_instrument_that_is_not_among_the_candidates(imported, tmp_path):
    path = write_study(imported.waves, tmp_path / "study.parquet")
    with pytest.raises(InputError, match=r"the study is of partner-safety@1\.0\.0"):
        read_study(path, [])


def test_a_study_file_made_to_fill_the_memory_is_refused(imported, tmp_path, monkeypatch):
    path = write_study(imported.waves, tmp_path / "study.parquet", mapping=imported.mapping)
    history = pq.read_schema(path).metadata[b"mirabal"]
    bomb = pa.table({"person_id": pa.array(["1"] * 400_000), "wave": pa.array([1] * 400_000)})
    pq.write_table(bomb.replace_schema_metadata({b"mirabal": history}), path)
    monkeypatch.setattr("mirabal_toolkit.readers.study._MOST_UNPACKED", 3_000_000)
    with pytest.raises(InputError, match="unpacks to more than"):
        read_study(path, [imported.waves.instrument])


def test_study_files_with_bytes_flipped_end_in_rows_or_a_clean_error(imported, tmp_path):
    path = write_study(imported.waves, tmp_path / "study.parquet", mapping=imported.mapping)
    whole, chance = path.read_bytes(), random.Random(7)  # noqa: S311  (the same on every run)
    for _ in range(5):
        spoilt = bytearray(whole)
        for _ in range(3):
            spoilt[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
        path.write_bytes(spoilt)
        with contextlib.suppress(MirabalError):
            read_study(path, [imported.waves.instrument])


def test_a_study_file_is_opened_in_a_process_of_its_own(imported, tmp_path, monkeypatch):
    path = write_study(imported.waves, tmp_path / "study.parquet", mapping=imported.mapping)

    def opened_here(*_, **__):
        raise AssertionError("opened in our own process")

    for name in ("read_table", "read_schema", "ParquetFile"):
        monkeypatch.setattr(pq, name, opened_here)
    assert len(read_study(path, [imported.waves.instrument]).answers) == len(imported.waves.answers)
