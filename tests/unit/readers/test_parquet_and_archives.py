"""Parquet files of other programs, and archives with one file in them."""

import datetime as dt
import tempfile
import zipfile

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mirabal_toolkit.errors import InputError
from mirabal_toolkit.readers import read, read_study, write_study
from mirabal_toolkit.readers.dates import to_dates
from mirabal_toolkit.readers.formats import read_table
from mirabal_toolkit.readers.limits import ReadLimits
from mirabal_toolkit.readers.options import ReadOptions
from mirabal_toolkit.readers.study import is_study


@pytest.fixture
def parquet(tmp_path):
    def write(columns, name="export.parquet"):
        path = tmp_path / name
        pq.write_table(pa.table(columns), path)
        return path

    return write


@pytest.fixture
def archive(tmp_path):
    def write(members, name="export.zip"):
        path = tmp_path / name
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as opened:
            for member, data in members.items():
                opened.writestr(member, data)
        return path

    return write


def refusal(path, **how):
    with pytest.raises(InputError) as caught:
        read_table(path, ReadOptions(**how))
    return str(caught.value)


def test_columns_of_every_plain_kind(parquet):
    path = parquet(
        {
            "id": ["001", None],
            "long": pa.array([2**60 + 1, 5], pa.int64()),
            "c1": pa.array([1, None], pa.int8()),
            "size": [1.5, None],
            "yes": [True, None],
            "site": pa.array(["A", None]).dictionary_encode(),
            "day": pa.array([dt.date(2024, 3, 4), None]),
            "time": pa.array([dt.datetime(2024, 3, 4, 10, 30), None], pa.timestamp("ns")),  # noqa: DTZ001
            "none": pa.nulls(2),
        }
    )
    table = read_table(path)
    frame = table.frame.frame
    assert frame["id"].tolist() == ["001", ""]
    assert frame["long"].tolist() == [str(2**60 + 1), "5"]
    assert [frame[name].tolist()[0] for name in ("c1", "size", "yes", "site")] == [1.0, 1.5, 1.0, "A"]
    assert str(to_dates(frame["day"], table.variable_by_name["day"]).values[0].date()) == "2024-03-04"
    assert table.variable_by_name["time"].print_format == "DATETIME20"
    assert frame.iloc[1].drop(["id", "long", "site"]).isna().all()
    assert [finding.code for finding in table.warnings] == ["format_loses"]


def test_lists_and_structures_are_refused_by_name(parquet):
    assert "column tags" in refusal(parquet({"id": ["a"], "tags": [["x", "y"]]}))


@pytest.mark.parametrize("tenths", range(1, 10))
def test_parquet_cut_off_is_refused(parquet, tenths):
    path = parquet({"id": ["a"] * 500, "x": list(range(500))})
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * tenths // 10])
    assert "damaged" in refusal(path)


def test_study_files_and_foreign_files_are_told_apart(parquet, instrument, tmp_path):
    foreign = parquet({"person_id": ["a", "b"], "c1_w1": [1.0, 2.0]})
    assert not is_study(foreign)
    waves = read([foreign], instrument)
    assert waves.answers.frame["C1"].tolist() == [1.0, 2.0]
    study = write_study(waves, tmp_path / "study.parquet")
    assert is_study(study)
    assert read_study(study, [instrument]).answers.frame["C1"].tolist() == [1.0, 2.0]


def test_an_archive_with_one_file_is_read_as_that_file(archive, tmp_path, monkeypatch):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    table = read_table(archive({"../../deep/export.csv": "id,x\n007,1\n", "__MACOSX/._export.csv": "x"}))
    assert table.frame.frame["id"].tolist() == ["007"]
    assert (table.kind, len(table.sha256)) == ("text", 64)
    assert list(scratch.iterdir()) == []


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"__MACOSX/x": "x"}, "holds 0 files"),
        ({"a.csv": "id,x\n1,2\n", "b.csv": "id,x\n1,2\n"}, "holds 2 files"),
        ({"a.docx": b"\x00\x01\x02"}, "cannot be read"),
        ({"a.zip": b"PK\x03\x04" + b"\0" * 100}, "holds another archive"),
        ({"a.csv": b"0" * 60_000_000}, "unpacks to far more"),
    ],
)
def test_other_archives_are_refused_with_the_reason(archive, members, reason):
    assert reason in refusal(archive(members))


def test_an_archive_that_lies_about_its_size_is_refused(archive):
    path = archive({"a.csv": "id,x\n" + "1,2\n" * 50_000})
    assert "unpacks to far more" in refusal(path, limits=ReadLimits(file_bytes=100_000))


@pytest.mark.parametrize("tenths", [1, 5, 9])
def test_archives_cut_off_are_refused(archive, tenths):
    path = archive({"export.csv": pd.DataFrame({"id": range(500)}).to_csv(index=False)})
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * tenths // 10])
    assert "damaged" in refusal(path)
