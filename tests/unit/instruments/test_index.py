"""The index of variables: as the files are, never believed when they are not, and versions in folders."""

import json
import shutil

import pytest

from mirabal_toolkit.bundled import bundled_folder
from mirabal_toolkit.core.candidates import Candidate
from mirabal_toolkit.errors import UsageError
from mirabal_toolkit.instruments import index
from mirabal_toolkit.instruments.loading import bundled_ids, bundled_versions, load_instrument


def test_the_index_is_as_the_files_are():
    text = (bundled_folder("instruments") / index.INDEX_FILE).read_text(encoding="utf-8")
    assert text == index.index_text(), "write it anew: make docs"


def test_every_version_is_a_candidate_with_its_own_names():
    found = {candidate.reference: candidate for candidate in index.find_candidates()}
    assert set(found) == {f"{name}@{version}" for name in bundled_ids() for version in bundled_versions(name)}
    loaded = Candidate.of(load_instrument("partner-safety@1.1.0"))
    assert found["partner-safety@1.1.0"].names == loaded.names
    assert found["partner-safety@1.1.0"].load() == loaded.load()


def test_nothing_is_read_while_the_index_is_right(monkeypatch):
    monkeypatch.setattr(index, "load_instrument", lambda reference: pytest.fail(f"{reference} was read"))
    assert len(index.find_candidates()) > 10


@pytest.mark.parametrize("damage", ["", "[]", "{not json", '{"casr-sf@1.0.0": {"sha256": "0", "variables": ["x"]}}'])
def test_an_old_or_damaged_index_is_never_believed(damage, monkeypatch, tmp_path):
    shutil.copytree(bundled_folder("instruments") / "casr-sf", tmp_path / "casr-sf")
    (tmp_path / index.INDEX_FILE).write_text(damage, encoding="utf-8")
    monkeypatch.setattr(index, "bundled_folder", lambda _kind: tmp_path)
    (candidate,) = index.find_candidates("casr-sf")
    assert candidate.names == Candidate.of(load_instrument("casr-sf")).names


def test_a_changed_file_is_read_instead(monkeypatch, tmp_path):
    entries = json.loads((bundled_folder("instruments") / index.INDEX_FILE).read_text(encoding="utf-8"))
    entries["casr-sf@1.0.0"] |= {"sha256": "0" * 64, "variables": ["wrong"]}
    (tmp_path / index.INDEX_FILE).write_text(json.dumps(entries), encoding="utf-8")
    monkeypatch.setattr(index, "bundled_folder", lambda _kind: tmp_path)
    (candidate,) = index.find_candidates("casr-sf")
    assert "wrong" not in candidate.names


def test_one_is_named():
    assert [one.reference for one in index.find_candidates("partner-safety@1.0.0")] == ["partner-safety@1.0.0"]
    assert [one.reference for one in index.find_candidates(load_instrument("cas"))] == ["cas@1.0.0"]
    with pytest.raises(UsageError, match="there is no instrument"):
        index.find_candidates("nothing")


def test_a_folder_holds_versions_of_one_instrument(tmp_path):
    source = bundled_folder("instruments")
    for version in ("1.0.0", "1.1.0"):
        shutil.copy(source / "partner-safety" / f"{version}.yaml", tmp_path)
    assert [one.reference for one in index.find_candidates(tmp_path)] == [
        "partner-safety@1.0.0",
        "partner-safety@1.1.0",
    ]
    shutil.copy(source / "cas" / "1.0.0.yaml", tmp_path / "cas.yaml")
    with pytest.raises(UsageError, match="versions of one instrument"):
        index.find_candidates(tmp_path)


def test_an_empty_folder_is_no_instrument(tmp_path):
    with pytest.raises(UsageError, match="versions of one instrument"):
        index.find_candidates(tmp_path)
