"""What is found in folders of outputs, though their manifests were changed by somebody, or are damaged."""

import json

import pytest

from mirabal_toolkit.erasing.outputs import made_from, written_back

HASH = "ab" * 32
GOOD = {
    "inputs": [{"sha256": HASH}],
    "outputs": {"a.csv": "", "../secret.txt": "", "nul\x00": ""},
    "command": {"command": "x"},
}


def test_only_files_in_the_folder_of_the_manifest_are_removed(tmp_path):
    (tmp_path / "out").mkdir()
    for path in (tmp_path / "secret.txt", tmp_path / "out" / "a.csv"):
        path.write_text("counts")
    (tmp_path / "out" / "manifest.json").write_text(json.dumps(GOOD))
    (found,) = made_from((tmp_path,), frozenset({HASH}))
    assert (found.files, found.command) == ((tmp_path / "out" / "a.csv",), "x")


@pytest.mark.parametrize(
    "manifest",
    [
        "[" * 100_000,
        "\udce9".encode(errors="surrogateescape").decode("latin-1"),
        json.dumps({**GOOD, "inputs": 5}),
        json.dumps({**GOOD, "inputs": {"sha256": HASH}}),
        json.dumps({**GOOD, "outputs": [HASH]}),
    ],
)
def test_a_manifest_that_makes_no_sense_hinders_nobody(tmp_path, manifest):
    (tmp_path / "manifest.json").write_text(manifest, encoding="latin-1")
    assert list(made_from((tmp_path,), frozenset({HASH}))) == []


def test_a_command_that_makes_no_sense_is_left_out(tmp_path):
    (tmp_path / "manifest.json").write_text(json.dumps({**GOOD, "command": "analyse"}))
    (found,) = made_from((tmp_path,), frozenset({HASH}))
    assert found.command == ""


def test_a_mapping_in_another_encoding_is_no_mapping_of_ours(tmp_path):
    for name in ("data.sav", "data.sav.codebook.csv"):
        (tmp_path / name).touch()
    (tmp_path / "data.sav.mapping.yaml").write_bytes(b"\xff\xfe\xe9")
    assert list(written_back((tmp_path,))) == []
