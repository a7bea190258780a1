"""What somebody decided once, which ids are one woman's and how variables are read, is neither asked again nor lost."""

import pandas as pd
import pytest

import mirabal_toolkit as mt
from mirabal_toolkit.cleaning import Link, read_links, write_links
from mirabal_toolkit.cli.main import exit_code_of
from mirabal_toolkit.errors import UsageError
from mirabal_toolkit.workflow_data import simulate_file
from mirabal_toolkit.workflow_reading import links_beside

SHORT = "partner-safety-short"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An export with one woman under two ids, A10 and A1O, imported."""
    simulate_file(SHORT, tmp_path / "all.csv", people=12, waves=3, seed=8)
    frame = pd.read_csv(tmp_path / "all.csv", dtype=str, keep_default_na=False)
    later = [name for name in frame.columns if name.endswith(("_w2", "_w3"))]
    frame["person_id"] = [f"K{number:02}ZQ" for number in range(11)] + ["A10"]
    again = frame.iloc[[11]].assign(person_id="A1O")
    again.loc[:, [name for name in frame.columns if name.endswith("_w1")]] = ""
    frame.loc[11, later] = ""
    again.loc[:, "pss_a0_w2"] = "1"
    pd.concat([frame, again]).to_csv(tmp_path / "export.csv", index=False)
    monkeypatch.chdir(tmp_path)
    assert brought() == 0
    return tmp_path


def brought(*more):
    return exit_code_of(["import", "export.csv", "--instrument", SHORT, "--out", "study.parquet", *more])


def people(capsys):
    capsys.readouterr()
    assert exit_code_of(["write", "study.parquet", "--to", "back.csv", "--long"]) == 0
    said = capsys.readouterr().err
    return set(pd.read_csv("back.csv", dtype=str)["person_id"]), said


def test_links_beside_a_study_file_are_used_without_being_named_and_that_is_said(folder, capsys):
    before, _ = people(capsys)
    assert {"A10", "A1O"} <= before
    (folder / "study.links.yaml").unlink(missing_ok=True)
    write_links([Link("A1O", "A10", same="yes")], folder / "study.links.yaml")
    after, said = people(capsys)
    assert before - after == {"A1O"}
    assert "study.links.yaml" in said


def test_links_beside_a_study_file_hold_in_a_notebook_too(folder):
    write_links([Link("A1O", "A10", same="yes")], folder / "study.links.yaml")
    write_links([], folder / "nobody.yaml")
    brought_in = mt.read(folder / "study.parquet")
    assert "A1O" not in set(mt.clean(brought_in).answers.frame.index.get_level_values("person_id"))
    as_it_was = mt.clean(brought_in, links=folder / "nobody.yaml")
    assert "A1O" in set(as_it_was.answers.frame.index.get_level_values("person_id"))


def test_importing_again_keeps_what_was_decided(folder, capsys):
    write_links([Link("A1O", "A10", same="no")], folder / "study.links.yaml")
    assert brought() == 0
    assert {(link.late, link.same) for link in read_links(folder / "study.links.yaml")} >= {("A1O", "no")}
    assert "slips of others" not in capsys.readouterr().err.split("beside the study file")[-1]


def test_importing_again_keeps_a_mapping_that_was_corrected(folder, capsys):
    mapping = folder / "study.mapping.yaml"
    corrected = mapping.read_bytes() + b"# mine\n"
    mapping.write_bytes(corrected)
    capsys.readouterr()
    assert brought() == 0
    assert (folder / "study.mapping.old.yaml").read_bytes() == corrected
    assert "study.mapping.old.yaml" in capsys.readouterr().err
    (folder / "study.mapping.old.yaml").unlink()
    assert brought() == 0  # the same proposal again: nothing to keep
    assert not (folder / "study.mapping.old.yaml").exists()


def test_two_links_files_are_not_chosen_between(tmp_path):
    studies = [tmp_path / "a.parquet", tmp_path / "b.parquet", tmp_path / "export.csv"]
    assert links_beside(studies) is None
    for name in ("a", "export"):
        (tmp_path / f"{name}.links.yaml").write_text("links: []\n", encoding="utf-8")
    assert links_beside(studies) == tmp_path / "a.links.yaml"
    (tmp_path / "b.links.yaml").write_text("links: []\n", encoding="utf-8")
    with pytest.raises(UsageError, match="2 links files"):
        links_beside(studies)
