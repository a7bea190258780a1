"""What a manifest says, and that it notices what was changed in it."""

import json

import pytest

from mirabal_toolkit.errors import InputError
from mirabal_toolkit.safekeeping import manifest
from mirabal_toolkit.safekeeping.hashes import code_hash, file_hash


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "a.csv").write_text("1")
    manifest.write_manifest(tmp_path, {"command": {"command": "analyse"}, "versions": {"pandas": "0.0"}})
    return tmp_path


def test_every_file_and_package_is_in_it(folder):
    told = manifest.read_manifest(folder)
    assert told["outputs"] == {"tables/a.csv": file_hash(folder / "tables" / "a.csv")}
    assert told["code"]["sha256"] == code_hash()
    assert told["versions"]["pandas"] == "0.0"  # what computed is told, not what writes
    assert {"python", "numpy", "scipy", "matplotlib", "typer", "pyreadstat"} <= set(told["versions"])
    assert "pytest" not in told["versions"]


def test_it_knows_when_it_was_changed(folder):
    told = manifest.read_manifest(folder)
    assert told[manifest.OWN_HASH] == manifest.own_hash(told)
    told["command"]["command"] = "import"
    assert told[manifest.OWN_HASH] != manifest.own_hash(told)


def test_no_path_stands_in_it(folder):
    assert str(folder) not in (folder / manifest.MANIFEST).read_text()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"outputs": []}'])
def test_what_is_no_manifest_is_refused(tmp_path, text):
    (tmp_path / manifest.MANIFEST).write_text(text)
    with pytest.raises(InputError, match="not a complete report"):
        manifest.read_manifest(tmp_path)


def test_one_of_a_newer_version_is_refused(tmp_path):
    (tmp_path / manifest.MANIFEST).write_text(json.dumps({"schema": manifest.MANIFEST_VERSION + 1, "outputs": {}}))
    with pytest.raises(InputError, match="newer version"):
        manifest.read_manifest(tmp_path)


def test_which_files_are_ours_is_said_by_the_manifest_alone(folder, tmp_path_factory):
    (folder / "notes.txt").write_text("mine")
    assert set(manifest.files_of(folder)) == {"tables/a.csv", manifest.MANIFEST}
    assert manifest.files_of(tmp_path_factory.mktemp("empty")) == ()
