"""Sealed files open with the passphrase or key, with no other, and leave nothing open behind."""

import io
from pathlib import Path

import pyrage
import pytest

from mirabal_toolkit.errors import InputError, UsageError
from mirabal_toolkit.protecting import sealing
from mirabal_toolkit.protecting.sealing import Keyring, is_sealed, opened, read_recipients, seal, unseal

SECRET = b"W001,1,4"
PASSPHRASE = "five words that go nowhere"  # noqa: S105  (opens files of this test only)
IN_MEMORY = sealing._IN_MEMORY


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    """A file to seal."""
    path = tmp_path / "study.csv"
    path.write_bytes(SECRET)
    return path


@pytest.fixture
def pair(tmp_path: Path) -> tuple[str, Path]:
    """A public key, and the file with its secret half, as age-keygen writes it."""
    identity = pyrage.x25519.Identity.generate()
    path = tmp_path / "secret.txt"
    path.write_text(f"# created: today\n# public key: {identity.to_public()}\n{identity}\n")
    return str(identity.to_public()), path


def folders_in_memory() -> set[Path]:
    """What lies open in memory."""
    return set(IN_MEMORY.glob(".mirabal-*")) if IN_MEMORY.is_dir() else set()


def test_a_passphrase_opens_what_it_sealed_is_asked_for_once_and_no_other_opens_it(plain: Path) -> None:
    sealed = seal(plain, passphrase=PASSPHRASE)
    assert sealed.name == "study.csv.age"
    assert not plain.exists()
    assert SECRET not in sealed.read_bytes()
    assert sealed.stat().st_mode & 0o777 == 0o600
    asked: list[str] = []
    keyring = Keyring(lambda name: asked.append(name) or PASSPHRASE)
    with opened([sealed, sealed], keyring) as (first, second):
        assert first.read_bytes() == second.read_bytes() == SECRET
    assert asked == ["study.csv.age"]
    with pytest.raises(InputError, match="passphrase is another") as refused, opened([sealed], Keyring(lambda _: "no")):
        pass
    assert PASSPHRASE not in str(refused.value)


def test_a_key_opens_what_was_sealed_for_it_and_no_other_does(plain: Path, pair: tuple[str, Path]) -> None:
    other = plain.with_name("other.txt")
    other.write_text(str(pyrage.x25519.Identity.generate()))
    sealed = seal(plain, recipients=[pair[0]])
    for wrong in (other, plain.with_name("study.csv.age")):
        with pytest.raises(InputError, match="other keys"), opened([sealed], Keyring(identity=wrong)):
            pass
    assert unseal(sealed, Keyring(identity=pair[1])).read_bytes() == SECRET
    assert plain.stat().st_mode & 0o777 == 0o600
    assert sealed.exists()


def test_what_was_opened_is_private_and_gone_afterwards_even_after_an_error(
    plain: Path, pair: tuple[str, Path]
) -> None:
    sealed = seal(plain, recipients=[pair[0]])
    before, seen = folders_in_memory(), []

    def work() -> None:
        with opened([sealed], Keyring(identity=pair[1])) as (path,):
            seen.append((path, path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        work()
    ((path, mode, folder_mode),) = seen
    assert (path.name, mode, folder_mode) == ("study.csv", 0o600, 0o700)
    assert not path.parent.exists()
    assert folders_in_memory() == before


def test_without_room_in_memory_the_folder_lies_beside_the_file(
    plain: Path, pair: tuple[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "_IN_MEMORY", plain.parent / "nowhere")
    sealed = seal(plain, recipients=[pair[0]])
    with opened([sealed], Keyring(identity=pair[1])) as (path,):
        assert path.parent.parent == plain.parent
    assert not list(plain.parent.glob(".mirabal-*"))


def test_plain_files_pass_through(plain: Path) -> None:
    with opened([plain], Keyring()) as files:
        assert files == (plain,)


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({}, "passphrase, or for public keys"),
        ({"passphrase": PASSPHRASE, "recipients": ["age1x"]}, "passphrase, or for public keys"),
        ({"passphrase": "short"}, "fewer than 12"),
        ({"recipients": ["age1nonsense"]}, "no public key"),
    ],
)
def test_a_seal_that_would_not_hold_is_refused_and_the_file_stays(
    plain: Path, how: dict[str, object], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        seal(plain, **how)  # type: ignore[arg-type]
    assert plain.read_bytes() == SECRET
    assert list(plain.parent.iterdir()) == [plain]


def test_nothing_is_sealed_twice_or_unsealed_over_a_plain_file(plain: Path, pair: tuple[str, Path]) -> None:
    sealed = seal(plain, recipients=[pair[0]])
    with pytest.raises(UsageError, match="sealed already"):
        seal(sealed, recipients=[pair[0]])
    unseal(sealed, Keyring(identity=pair[1]))
    with pytest.raises(UsageError, match="plain file beside it"):
        unseal(sealed, Keyring(identity=pair[1]))
    with pytest.raises(UsageError, match="only sealed files"):
        unseal(plain, Keyring())


def test_a_damaged_file_is_refused(plain: Path, pair: tuple[str, Path]) -> None:
    sealed = seal(plain, recipients=[pair[0]])
    content = bytearray(sealed.read_bytes())
    content[-1] ^= 1
    sealed.write_bytes(content)
    with pytest.raises(InputError, match="damaged"), opened([sealed], Keyring(identity=pair[1])):
        pass


def test_where_nobody_can_be_asked_the_way_out_is_said(plain: Path, pair: tuple[str, Path]) -> None:
    sealed = seal(plain, recipients=[pair[0]])
    with pytest.raises(UsageError, match="certain people"), opened([sealed], Keyring()):
        pass
    assert is_sealed(sealed)
    assert not is_sealed(sealed.with_name("gone"))


def test_recipients_from_files_and_from_themselves(tmp_path: Path) -> None:
    (tmp_path / "team.txt").write_text("# the team\nage1aaa\n\nage1bbb\n")
    assert read_recipients(["age1bbb", str(tmp_path / "team.txt")]) == ("age1bbb", "age1aaa")
    with pytest.raises(InputError):
        read_recipients([str(tmp_path / "gone.txt")])


def test_in_a_notebook_the_notebook_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    def ask(prompt: str) -> str:
        return prompt

    monkeypatch.setattr("getpass.getpass", ask)
    assert sealing.ask_unseen("study.parquet.age") == "Passphrase for study.parquet.age: "


def test_without_a_terminal_a_line_is_read_and_nothing_is_no_passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSPHRASE}\n"))
    assert sealing.ask_unseen("a file") == PASSPHRASE
    with pytest.raises(UsageError, match="no passphrase"):
        sealing.ask_unseen("a file")
