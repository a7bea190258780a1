"""`mirabal erase`: not a byte of her remains in what the toolkit wrote, and nobody learns who it was."""

import json
import os
import re
import shutil
import zipfile

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import mirabal_toolkit as mt
from mirabal_toolkit.cleaning import Link, read_links, write_links
from mirabal_toolkit.erasing import log as removal_log
from mirabal_toolkit.erasing import read_log
from mirabal_toolkit.errors import InputError, UsageError
from mirabal_toolkit.safekeeping.finished import Origin, finished_work, folder_for
from mirabal_toolkit.workflow_data import CheckRequest, import_study, run_check, simulate_file
from mirabal_toolkit.workflow_reading import DataRequest

HER, SLIP, OTHER = "XYZZY-4711", "xyzzy 47l1", "QWERT-0815"


def silent(*_):
    """Show no progress."""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A study with her in it: study file, mapping, links, a check of the data, files written back."""
    folder = tmp_path_factory.mktemp("made")
    simulate_file("partner-safety-short", folder / "all.csv", people=40, waves=3, seed=8)
    frame = pd.read_csv(folder / "all.csv", dtype=str, keep_default_na=False)
    ids = frame["person_id"].tolist()
    frame["person_id"] = [HER, SLIP, OTHER, *ids[3:]]
    study = folder / "study"
    study.mkdir()
    frame.to_csv(folder / "export.csv", index=False)
    (folder / "all.csv").unlink()
    import_study(DataRequest((folder / "export.csv",), "partner-safety-short"), study / "study.parquet", silent)
    write_links([Link(SLIP, HER, same="yes"), Link(OTHER, ids[5], same="no")], study / "study.links.yaml")
    data = DataRequest((study / "study.parquet",))
    run_check(CheckRequest(data, folder / "outputs" / "check"), silent)
    cleaned = mt.clean(mt.read(study / "study.parquet"))
    for ending in ("sav", "csv", "xlsx"):
        mt.write(cleaned, folder / "outputs" / f"back.{ending}", layout="long")
    again = DataRequest((folder / "outputs" / "back.sav",), "partner-safety-short")
    run_check(CheckRequest(again, folder / "outputs" / "second"), silent)
    shutil.move(folder / "export.csv", folder.parent / f"{folder.name}.csv")
    return folder


@pytest.fixture
def kept(made, tmp_path):
    """A copy of it to work on."""
    return shutil.copytree(made, tmp_path / "work")


def every_byte(folder):
    """Yield what stands in every file, packed things unpacked too."""
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        yield path, path.read_bytes()
        if path.suffix == ".parquet":
            table = pq.read_table(path)
            yield path, str(table.schema.metadata).encode()
            for column in table.columns:
                yield path, "\n".join(map(str, column.to_pylist())).encode()
                for chunk in column.chunks:
                    if pa.types.is_dictionary(chunk.type):
                        yield path, "\n".join(map(str, chunk.dictionary.to_pylist())).encode()
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                for name in archive.namelist():
                    yield path, archive.read(name)


def holding(folder, *names):
    wanted = [re.compile(re.escape(name.encode()), re.IGNORECASE) for name in names]
    wanted += [re.compile(re.escape(name.encode("utf-16-le"))) for name in names]
    return {path.name for path, content in every_byte(folder) if any(one.search(content) for one in wanted)}


def test_not_a_byte_of_her_remains(kept):
    assert {"study.parquet", "study.links.yaml", "back.csv", "back.xlsx"} <= holding(kept, HER, SLIP)
    before = mt.read(kept / "study" / "study.parquet")
    done = mt.erase(kept / "study" / "study.parquet", HER, also=[kept / "outputs"])
    assert holding(kept, HER, SLIP) == set()
    after = mt.read(kept / "study" / "study.parquet")
    hers = before.answers.frame["person_id"].isin([HER, SLIP])
    assert done.rows == hers.sum() > 1
    pd.testing.assert_frame_equal(after.answers.frame, before.answers.frame[~hers].reset_index(drop=True))
    pd.testing.assert_frame_equal(after.reasons.frame, before.reasons.frame[~hers].reset_index(drop=True))
    assert [link.late for link in read_links(kept / "study" / "study.links.yaml")] == [OTHER]


def test_what_counts_her_is_removed_and_can_be_made_again(kept):
    done = mt.erase(kept / "study" / "study.parquet", HER, also=[kept / "outputs"])
    check = kept / "outputs" / "check"
    assert done.folders == (check, kept / "outputs" / "second")
    assert [path.name for path in check.rglob("*") if path.is_file()] == ["manifest.json"]
    assert json.loads((check / "manifest.json").read_text())["outputs"] == {}
    run_check(CheckRequest(DataRequest((kept / "study" / "study.parquet",)), check), silent)
    assert (check / "check.html").is_file()


def test_what_an_unfinished_run_left_goes_with_her(kept):
    study = kept / "study" / "study.parquet"
    waves = mt.read(study)
    for place, inputs in ((kept / "outputs" / "report", waves.sources), (kept / "outputs" / "other", ())):
        origin = Origin("data", "plan", inputs=tuple(source.sha256 for source in inputs))
        finished_work(place, origin, resume=False).put("a model", [{"estimate": 1.0}])
    done = mt.erase(study, HER, also=[kept / "outputs"])
    assert list(folder_for(kept / "outputs" / "report").iterdir()) == []
    assert len(list(folder_for(kept / "outputs" / "other").iterdir())) == 2
    assert sum(path.parent == folder_for(kept / "outputs" / "report") for path in done.removed) == 2


def test_the_record_says_when_and_never_of_whom(kept):
    study = kept / "study" / "study.parquet"
    mt.erase(study, HER)
    mt.erase(study, OTHER)
    lines = read_log(kept / "study" / "removals.jsonl")
    first, second = (json.loads(line) for line in lines)
    assert first["studies"][0]["after"] == second["studies"][0]["before"]
    assert set(first) == {"when", "what", "studies", "links_files", "outputs_removed", "previous"}
    assert not re.search(rb"study\.parquet|xyzzy|qwert", b"".join(lines), re.IGNORECASE)


@pytest.mark.parametrize(
    "change", [lambda lines: lines[1:], lambda lines: lines[::-1], lambda lines: [b"{}", lines[1]]]
)
def test_a_record_that_was_changed_is_refused(kept, change):
    study, log = kept / "study" / "study.parquet", kept / "study" / "removals.jsonl"
    mt.erase(study, HER)
    mt.erase(study, OTHER)
    log.write_bytes(b"\n".join(change(log.read_bytes().splitlines())) + b"\n")
    with pytest.raises(InputError, match="record of removals was changed"):
        read_log(log)


def contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_wrong_id_changes_nothing_and_is_not_repeated(kept):
    before = contents(kept)
    with pytest.raises(UsageError) as caught:
        mt.erase(kept / "study" / "study.parquet", "NOBODY-99", also=[kept / "outputs"])
    assert "NOBODY" not in str(caught.value)
    assert contents(kept) == before


def test_when_anything_fails_nothing_is_changed(kept, monkeypatch):
    before = contents(kept)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("mirabal_toolkit.erasing.outputs.Outputs.emptied_manifest", full)
    with pytest.raises((InputError, OSError)):
        mt.erase(kept / "study" / "study.parquet", HER, also=[kept / "outputs"])
    monkeypatch.undo()
    monkeypatch.setattr("mirabal_toolkit.erasing.study.Rewritten.write", full)
    with pytest.raises(InputError, match="disk is full"):
        mt.erase(kept / "study" / "study.parquet", HER, also=[kept / "outputs"])
    assert contents(kept) == before


def test_a_dry_run_says_what_would_be_done(kept):
    before = contents(kept)
    done = mt.erase(kept / "study" / "study.parquet", HER, also=[kept / "outputs"], dry_run=True)
    assert done.rows
    assert done.removed
    assert contents(kept) == before


def test_a_raw_export_is_refused_with_advice(kept):
    pd.DataFrame({"person_id": [HER]}).to_parquet(kept / "raw.parquet")
    with pytest.raises(InputError, match="not a study file"):
        mt.erase(kept / "raw.parquet", HER)


def test_the_command_reads_the_id_from_its_input_and_tells_what_still_holds_it(kept, mirabal):
    (kept / "study" / "notes.txt").write_text(f"Called {HER} in May\n")
    finished = mirabal("erase", "study/study.parquet", "--person", HER.lower(), "--json", cwd=kept)
    assert finished.returncode == 3
    told = json.loads(finished.stdout)
    assert [os.path.basename(path) for path in told["still"]] == ["notes.txt"]  # noqa: PTH119
    assert "XYZZY" not in finished.stdout.upper() + finished.stderr.upper()


def test_nobody_but_the_owner_reads_what_is_written(kept):
    mt.erase(kept / "study" / "study.parquet", HER)
    for name in ("study.parquet", "removals.jsonl", "study.links.yaml"):
        assert (kept / "study" / name).stat().st_mode & 0o077 == 0
    assert removal_log.LOG_NAME == "removals.jsonl"
