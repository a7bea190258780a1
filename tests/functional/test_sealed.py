"""Sealed files in the hands of a user: sealed, read as they are, and unsealed again."""

import io
from pathlib import Path

import pytest

from mirabal_toolkit.cli.main import exit_code_of
from mirabal_toolkit.workflow_data import simulate_file

PASSPHRASE = "five words that go nowhere"  # noqa: S105  (opens files of this test only)


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """A small export."""
    simulate_file("partner-safety-short", tmp_path / "export.csv", people=12, waves=3, seed=4)
    return tmp_path / "export.csv"


def typed(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    """Let standard input be these lines."""
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))


def test_sealed_data_are_read_with_the_passphrase_and_not_without(
    export: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    plain = export.read_bytes()
    typed(monkeypatch, PASSPHRASE)
    assert exit_code_of(["seal", str(export), "--passphrase"]) == 0
    sealed = export.with_name("export.csv.age")
    assert list(export.parent.iterdir()) == [sealed]
    typed(monkeypatch, PASSPHRASE)
    analysis = ["analyse", str(sealed), "--instrument", "partner-safety-short", "--dry-run"]
    assert exit_code_of(analysis) == 0
    assert "interviewed: [12" in capsys.readouterr().out
    typed(monkeypatch, "")
    assert exit_code_of(analysis) == 2
    assert PASSPHRASE not in "".join(capsys.readouterr())
    assert list(export.parent.iterdir()) == [sealed]
    typed(monkeypatch, PASSPHRASE)
    assert exit_code_of(["unseal", str(sealed)]) == 0
    assert export.read_bytes() == plain


@pytest.mark.parametrize("command", [("erase", "--person", "1"), ("instruments", "draft", "--out", "x.yaml")])
def test_what_cannot_work_on_a_sealed_file_says_what_to_do(
    command: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sealed = tmp_path / "study.parquet.age"
    sealed.write_bytes(b"age-encryption.org/v1\n-> scrypt x 18\n")
    place = 2 if command[0] == "instruments" else 1
    assert exit_code_of([*command[:place], str(sealed), *command[place:]]) in (2, 5)
    assert "mirabal unseal" in capsys.readouterr().err


def test_how_to_seal_must_be_said(export: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert exit_code_of(["seal", str(export)]) == 2
    typed(monkeypatch)
    assert exit_code_of(["seal", str(export), "--passphrase"]) == 2
    assert export.exists()
