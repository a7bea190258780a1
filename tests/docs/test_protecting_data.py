"""Every command of docs/protecting-data.md is run, in its order, in one folder."""

import re

import pyrage
import pytest

from mirabal_toolkit.cli.main import exit_code_of

EXPECTED = {"check": (0, 3)}


def test_every_command_works(root, tmp_path, monkeypatch):
    page = (root / "docs" / "protecting-data.md").read_text(encoding="utf-8")
    for name in ("raw", "study", "keys"):
        (tmp_path / name).mkdir()
    identity = pyrage.x25519.Identity.generate()
    (tmp_path / "keys" / "team.txt").write_text(f"# the team\n{identity.to_public()}\n")
    (tmp_path / "keys" / "my-secret.txt").write_text(f"{identity}\n")
    monkeypatch.chdir(tmp_path)
    shown = [line.split()[1:] for line in re.findall(r"^    (mirabal .*)$", page, flags=re.MULTILINE)]
    assert {command[0] for command in shown} == {
        "simulate", "import", "rotate-key", "erase", "seal", "check", "unseal",
    }  # fmt: skip
    for command in shown:
        assert exit_code_of([*command, "--quiet"]) in EXPECTED.get(command[0], (0,)), command
    assert {path.name for path in (tmp_path / "study").iterdir()} >= {"study.parquet", "study.parquet.age"}


@pytest.mark.parametrize(
    "promise", ["--keep", "--band", "--pseudonymise", "--key", "--to", "--passphrase", "--identity"]
)
def test_every_option_it_names_is_one(root, promise, capsys):
    page = (root / "docs" / "protecting-data.md").read_text(encoding="utf-8")
    assert f"`{promise}" in page or f" {promise} " in page
    for command in ("import", "seal", "unseal"):
        exit_code_of([command, "--help"])
    assert promise in capsys.readouterr().out
