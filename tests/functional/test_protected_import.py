"""`mirabal import` as people use it: what points to somebody does not reach the study file, and the key stays away."""

import json
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from pandas.testing import assert_frame_equal

from mirabal_toolkit.cleaning import read_links
from mirabal_toolkit.cli.main import exit_code_of
from mirabal_toolkit.erasing import look_through
from mirabal_toolkit.readers import texts_in
from mirabal_toolkit.workflow import clean, read, score
from mirabal_toolkit.workflow_data import simulate_file

INSTRUMENT = "partner-safety-short"


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An export with ids of the study, and a name, a number and a story nobody asked for."""
    path = tmp_path_factory.mktemp("raw") / "export.csv"
    simulate_file(INSTRUMENT, path, people=12, waves=3, seed=4)
    rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    rows["first_name"] = "Ana Pop"
    rows["q99"] = "she rang 07700 900123 twice"
    rows.to_csv(path, index=False)
    return path


@pytest.fixture
def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings of a user who has no key yet."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "settings"))
    (tmp_path / "study").mkdir()
    return tmp_path / "settings" / "mirabal"


def run(*arguments: object) -> int:
    """The exit code of a command."""
    return exit_code_of([str(argument) for argument in arguments])


def holding(places: list[Path], texts: list[str]) -> tuple[Path, ...]:
    """The files in which one of the texts stands, or into which nobody can look."""
    found = look_through(places, texts, texts_in)
    return (*found.holding, *found.unseen)


def test_what_nobody_asked_for_is_left_out_and_said(
    export: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    study = tmp_path / "study.parquet"
    assert run("import", export, "--instrument", INSTRUMENT, "--out", study, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert any("days since each person’s first interview" in line for line in told["protection"])
    history = json.loads(pq.read_schema(study).metadata[b"mirabal"])
    seen = next(finding for finding in history["findings"] if finding["code"] == "identifying_seen")
    assert "first_name (names of people), q99 (phone numbers)" in seen["message"]
    assert holding([study, study.with_suffix(".mapping.yaml")], ["07700 900123", "Ana Pop"]) == ()
    frame = pq.read_table(study).to_pandas()
    assert pd.api.types.is_integer_dtype(frame["A_date"].dtype)
    assert frame.loc[frame["wave"] == 1, "A_date"].dropna().eq(0).all()


def test_pseudonyms_are_the_same_next_time_and_their_key_lies_elsewhere(
    export: Path, tmp_path: Path, own_settings: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ids = []
    for name in ("one", "two"):
        study = tmp_path / "study" / f"{name}.parquet"
        assert run("import", export, "--instrument", INSTRUMENT, "--out", study, "--pseudonymise") == 0
        ids.append(pq.read_table(study, columns=["person_id"])["person_id"].to_pylist())
    assert ids[0] == ids[1]
    assert capsys.readouterr().err.count("A new key was made") == 1
    plain = set(pd.read_csv(export, dtype=str)["person_id"])
    assert holding([tmp_path / "study"], plain) == ()
    assert not list((tmp_path / "study").rglob("*.key"))
    assert (own_settings / "pseudonyms.key").stat().st_mode & 0o077 == 0


def test_a_key_in_the_folder_of_the_study_is_refused(export: Path, tmp_path: Path) -> None:
    options = ("--instrument", INSTRUMENT, "--pseudonymise", "--key", tmp_path / "my.key")
    assert run("import", export, "--out", tmp_path / "study.parquet", *options) == 2
    assert not (tmp_path / "study.parquet").exists()
    assert not (tmp_path / "my.key").exists()


def test_a_new_key_keeps_people_together_and_goes_on_to_match_exports(
    export: Path, tmp_path: Path, own_settings: Path
) -> None:
    study, later = tmp_path / "study" / "study.parquet", tmp_path / "study" / "later.parquet"
    importing = ("import", export, "--instrument", INSTRUMENT, "--pseudonymise", "--quiet", "--out")
    assert run(*importing, study) == 0
    before = pq.read_table(study).to_pandas()
    assert run("rotate-key", study, "--quiet") == 0
    after = pq.read_table(study).to_pandas()
    assert not set(before["person_id"]) & set(after["person_id"])
    together = set(zip(before["person_id"], after["person_id"], strict=True))
    assert len(together) == len(set(before["person_id"])) == len(set(after["person_id"])) == 12
    assert_frame_equal(before.drop(columns="person_id"), after.drop(columns="person_id"))
    assert run(*importing, later) == 0
    assert pq.read_table(later)["person_id"].to_pylist() == after["person_id"].tolist()


def test_a_change_of_key_that_was_cut_off_is_finished_by_the_next(
    export: Path, tmp_path: Path, own_settings: Path
) -> None:
    study, other = tmp_path / "study" / "study.parquet", tmp_path / "study" / "other.parquet"
    importing = ("import", export, "--instrument", INSTRUMENT, "--pseudonymise", "--quiet", "--out")
    assert run(*importing, study) == run(*importing, other) == 0
    assert run("rotate-key", study, "--quiet") == 0  # as if `other` had not been reached
    assert run("rotate-key", study, other, "--quiet") == 0
    secrets = json.loads((own_settings / "pseudonyms.key").read_text())["secrets"]
    assert len(secrets) == 2
    assert pq.read_table(study)["person_id"] == pq.read_table(other)["person_id"]


def test_what_was_said_of_two_ids_holds_under_a_new_key(export: Path, tmp_path: Path, own_settings: Path) -> None:
    study = tmp_path / "study" / "study.parquet"
    beside, ids = study.with_suffix(".links.yaml"), tmp_path / "ids.yaml"
    first, second = pd.read_csv(export, dtype=str)["person_id"].iloc[[1, 2]]
    ids.write_text(f'links: [{{late: "{second}", other: "{first}", same: no}}]', encoding="utf-8")
    asked = ("import", export, "--instrument", INSTRUMENT, "--pseudonymise", "--links", ids, "--quiet", "--out", study)
    assert run(*asked) == 0
    before = read_links(beside)
    assert run("rotate-key", study, "--quiet") == 0
    (after,) = read_links(beside)
    people = set(pq.read_table(study)["person_id"].to_pylist())
    assert {after.late, after.other} <= people
    assert not {before[0].late, before[0].other} & people
    assert after.same == before[0].same == "no"


def test_a_study_file_is_never_opened_in_our_own_process(
    export: Path, tmp_path: Path, own_settings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = tmp_path / "study" / "study.parquet"
    run("import", export, "--instrument", INSTRUMENT, "--pseudonymise", "--quiet", "--out", study)
    her = pd.read_csv(export, dtype=str)["person_id"].iloc[3]

    def opened_here(*_: object, **__: object) -> None:
        raise AssertionError("opened in our own process")

    for name in ("read_table", "read_schema", "read_metadata", "ParquetFile"):
        monkeypatch.setattr(pq, name, opened_here)
    assert run("rotate-key", study, "--quiet") == 0
    assert run("erase", study, "--person", her, "--quiet") == 0
    monkeypatch.undo()
    assert len(set(pq.read_table(study)["person_id"].to_pylist())) == 11


@pytest.mark.parametrize("harm", [{"partners": ["nobody"]}, {"partners": 5}, {"partners": ["wave"]}])
def test_a_study_file_that_was_made_to_do_harm_leaves_the_key_as_it_was(
    export: Path, tmp_path: Path, own_settings: Path, harm: dict[str, object], capsys: pytest.CaptureFixture[str]
) -> None:
    study = tmp_path / "study" / "study.parquet"
    run("import", export, "--instrument", INSTRUMENT, "--pseudonymise", "--quiet", "--out", study)
    table = pq.read_table(study)
    history = json.loads(table.schema.metadata[b"mirabal"])
    history["protection"] |= harm
    told = {**table.schema.metadata, b"mirabal": json.dumps(history).encode()}
    pq.write_table(table.replace_schema_metadata(told), study)
    key, bytes_before = own_settings / "pseudonyms.key", study.read_bytes()
    before = key.read_bytes()
    assert run("rotate-key", study, "--quiet") == 5
    assert "the study file is damaged" in capsys.readouterr().err
    assert (key.read_bytes(), study.read_bytes()) == (before, bytes_before)


def test_who_asks_to_be_erased_is_found_by_her_own_id(export: Path, tmp_path: Path, own_settings: Path) -> None:
    study, key = tmp_path / "study" / "study.parquet", tmp_path / "keys" / "my.key"
    run("import", export, "--instrument", INSTRUMENT, "--pseudonymise", "--key", key, "--quiet", "--out", study)
    her, other = pd.read_csv(export, dtype=str)["person_id"].iloc[[3, 4]]
    ids = key.with_name("study.links.yaml")
    ids.write_text(f'links: [{{late: "{her}", other: "{other}", same: no}}]', encoding="utf-8")
    assert run("erase", study, "--person", her, "--quiet") == 2  # the usual key is not the one that made them
    assert run("erase", study, "--person", her, "--key", key, "--quiet") == 0
    assert len(set(pq.read_table(study)["person_id"].to_pylist())) == 11
    assert holding([tmp_path / "study", tmp_path / "keys"], [her]) == ()


def test_the_usual_key_needs_no_mention(export: Path, tmp_path: Path, own_settings: Path) -> None:
    study = tmp_path / "study" / "study.parquet"
    run("import", export, "--instrument", INSTRUMENT, "--pseudonymise", "--quiet", "--out", study)
    her = pd.read_csv(export, dtype=str)["person_id"].iloc[3]
    assert run("erase", study, "--person", her, "--quiet") == 0
    assert len(set(pq.read_table(study)["person_id"].to_pylist())) == 11


def test_the_numbers_are_those_of_the_export(export: Path, tmp_path: Path, own_settings: Path) -> None:
    study = tmp_path / "study" / "study.parquet"
    run("import", export, "--instrument", INSTRUMENT, "--pseudonymise", "--quiet", "--out", study)
    from_export, from_study = (score(clean(read(path, instrument=INSTRUMENT))).to_panel() for path in (export, study))
    assert_frame_equal(from_export.flow.frame, from_study.flow.frame)
    found = [panel.scores.frame.reset_index(drop=True) for panel in (from_export, from_study)]
    assert_frame_equal(*(frame.sort_values(list(frame.columns), ignore_index=True) for frame in found))


def test_ids_that_are_names_are_refused(export: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = pd.read_csv(export, dtype=str, keep_default_na=False)
    given = ["Ana", "Eva", "Ioana", "Elena", "Maria", "Irina"]
    rows["person_id"] = [f"{given[place % 6]} Po{'abcdefghijkl'[place]}" for place in range(len(rows))]
    named = tmp_path / "named.csv"
    rows.to_csv(named, index=False)
    study = tmp_path / "study.parquet"
    assert run("import", named, "--instrument", INSTRUMENT, "--out", study) == 3
    said = capsys.readouterr().err
    assert "names of people" in said
    assert "Ana" not in said
    assert not study.exists()
    assert run("import", named, "--instrument", INSTRUMENT, "--out", study, "--keep", "person_id", "--quiet") == 0
