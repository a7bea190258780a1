"""What a report was written from, opened again: whole, or refused."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mirabal_toolkit.core.frames import SealedFrame
from mirabal_toolkit.core.results import ReleasableResults
from mirabal_toolkit.errors import InputError
from mirabal_toolkit.reporting.opening import NEEDED, open_folder, read_records
from mirabal_toolkit.reporting.records import AUDIT, FLOW, RESULTS, STUDY, record_files
from mirabal_toolkit.safekeeping.manifest import write_manifest


@pytest.fixture(scope="module")
def files(few: ReleasableResults) -> dict[str, bytes]:
    return record_files(few)


@pytest.fixture
def folder(files: dict[str, bytes], tmp_path: Path) -> Path:
    place = tmp_path / "report"
    place.mkdir()
    for name, content in files.items():
        (place / name).write_bytes(content)
    write_manifest(place, {"command": {"command": "test"}})
    return place


def test_everything_comes_back(few: ReleasableResults, folder: Path) -> None:
    opened = open_folder(folder)
    for field in fields(few):
        was, now = getattr(few, field.name), getattr(opened, field.name)
        if isinstance(was, SealedFrame):
            pd.testing.assert_frame_equal(now.frame, was.frame, rtol=1e-11, check_dtype=field.name == "estimates")
        else:
            assert now == was, field.name


def test_what_is_opened_is_written_the_same(files: dict[str, bytes]) -> None:
    assert record_files(read_records(files)) == files


def test_an_infinite_number_stays_infinite(few: ReleasableResults) -> None:
    frame = few.estimates.frame
    frame.loc[frame.index[:2], ["conf_low", "conf_high"]] = [[-np.inf, np.inf], [0.5, np.inf]]
    written = record_files(replace(few, estimates=SealedFrame(frame)))
    first, second, third = json.loads(written[RESULTS])["estimates"][:3]
    assert (first["conf_low"], first["infinite"]) == (None, {"conf_low": -1.0, "conf_high": 1.0})
    assert second["infinite"] == {"conf_high": 1.0}
    assert "infinite" not in third
    opened = read_records(written).estimates.frame
    assert opened.loc[:1, ["conf_low", "conf_high"]].to_numpy().tolist() == [[-np.inf, np.inf], [0.5, np.inf]]


@pytest.mark.parametrize("name", NEEDED)
def test_a_file_changed_by_hand_is_refused(folder: Path, name: str) -> None:
    (folder / name).write_bytes((folder / name).read_bytes().replace(b"1", b"2", 1))
    with pytest.raises(InputError, match="was changed after the toolkit wrote it"):
        open_folder(folder)


@pytest.mark.parametrize("name", [*NEEDED, "manifest.json"])
def test_a_folder_that_lacks_a_file_is_refused(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(InputError, match=name):
        open_folder(folder)


def test_another_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not a complete report"):
        open_folder(tmp_path)
    shutil.rmtree(tmp_path)
    with pytest.raises(InputError, match="not a complete report"):
        open_folder(tmp_path)


def changed(files: dict[str, bytes], name: str, change: Callable[[dict], object]) -> dict[str, bytes]:
    content = json.loads(files[name])
    change(content)
    return {**files, name: json.dumps(content).encode()}


@pytest.mark.parametrize(
    ("name", "change", "says"),
    [
        (RESULTS, lambda content: content.update(schema=99), "newer toolkit"),
        (RESULTS, lambda content: content.pop("schema"), "not of the toolkit"),
        (RESULTS, lambda content: content["estimates"][0].update(analysis="odd"), "do not hold what they should"),
        (RESULTS, lambda content: content["profile"].update(threshold="5"), "do not hold what they should"),
        (FLOW, lambda content: content.pop("waves"), "do not hold what they should"),
        (AUDIT, lambda content: content.update(steps=3), "do not hold what they should"),
        (STUDY, lambda content: content["plan"].update(outcomes="all"), "do not hold what they should"),
    ],
)
def test_what_is_not_of_the_toolkit_is_refused(
    files: dict[str, bytes], name: str, change: Callable[[dict], object], says: str
) -> None:
    with pytest.raises(InputError, match=says):
        read_records(changed(files, name, change))


def test_what_is_no_json_is_refused(files: dict[str, bytes]) -> None:
    for content in (b"", b"[]", b"{", b"\xff", b"[" * 100_000):
        with pytest.raises(InputError):
            read_records({**files, STUDY: content})
