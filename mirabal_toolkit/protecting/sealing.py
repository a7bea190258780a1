"""Files locked in the age format: by a passphrase, or for the keys of certain people.

References
----------
Valsorda & Cox, the age file encryption format, version 1 (age-encryption.org/v1, C2SP).
"""

from __future__ import annotations

import contextlib
import getpass
import re
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from mirabal_toolkit.errors import InputError, UsageError
from mirabal_toolkit.file_safety import unwritable
from mirabal_toolkit.safekeeping.files import all_at_once, whole_file
from mirabal_toolkit.safekeeping.private import clear_dead, private_folder

if TYPE_CHECKING:
    from pyrage import x25519

ENDING = ".age"
#: What every sealed file begins with, and what stands in the next line where a passphrase opens it.
_MAGIC = b"age-encryption.org/v1\n"
_BY_PASSPHRASE = b"-> scrypt "
#: A passphrase shorter than this can be found by trying.
SHORTEST = 12
_LARGEST = 4_000_000_000
#: A folder that lives in memory, where the system has one: what is opened there never reaches a disk.
_IN_MEMORY = Path("/dev/shm")  # noqa: S108  (a folder of our own is made in it, for the user alone)
_SECRET = re.compile(r"^AGE-SECRET-KEY-1[A-Z0-9]+$")


@dataclass(frozen=True, slots=True, repr=False)
class Keyring:
    """What may open sealed files.

    Parameters
    ----------
    ask : callable or None
        Asks for the passphrase of a file, by its name; None where nobody can be asked.
    identity : Path or None
        A file with secret keys, as `age-keygen` writes them.
    known : list of str
        Passphrases that were given already: files of one study often share one.
    """

    ask: Callable[[str], str] | None = None
    identity: Path | None = None
    known: list[str] = field(default_factory=list)


def ask_unseen(name: str) -> str:
    """Ask for a passphrase on the terminal or in a notebook, without showing it.

    Where there is neither, it is the next line of standard input.

    Raises
    ------
    UsageError
        If none is given.
    """
    in_notebook = getpass.getpass.__module__ != "getpass"  # notebooks put their own in its place
    if in_notebook or sys.stdin.isatty():
        given = getpass.getpass(f"Passphrase for {name}: ")
    else:
        given = sys.stdin.readline().rstrip("\r\n")
    if not given:
        raise UsageError(f"no passphrase was given for {name}", fix="type it, or give it as a line of standard input")
    return given


def is_sealed(path: Path) -> bool:
    """Tell whether a file is in the age format; False where it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(len(_MAGIC)) == _MAGIC
    except OSError:
        return False


def seal(path: Path, *, passphrase: str = "", recipients: Sequence[str] = ()) -> Path:
    """Write a sealed file beside a plain one, and remove the plain one once it is whole.

    Parameters
    ----------
    path : Path
    passphrase : str
        By which it can be opened; or
    recipients : sequence of str
        Public keys, ``age1…``, of those who can open it.

    Returns
    -------
    Path
        The sealed file: `path` and ``.age``.

    Raises
    ------
    UsageError
        If neither or both are given, the passphrase is short, a key is none, or the file is sealed already.
    InputError
        If the file cannot be read, or the sealed one cannot be written; the plain one is then still there.
    """
    if bool(passphrase) == bool(recipients):
        raise UsageError(
            "a file is sealed by a passphrase, or for public keys", fix="give one of --passphrase and --to"
        )
    if passphrase and len(passphrase) < SHORTEST:
        raise UsageError(
            f"the passphrase has fewer than {SHORTEST} signs, and could be found by trying",
            fix="take five words that do not belong together",
        )
    if is_sealed(path):
        raise UsageError(
            "this file is sealed already", where=path.name, fix="open it with `mirabal unseal`, or leave it as it is"
        )
    sealed = path.with_name(path.name + ENDING)
    content = _encrypted(_content(path), passphrase, recipients)
    with all_at_once(path.absolute().parent) as together:
        with whole_file(sealed) as place:
            place.write_bytes(content)
        together.remove(path)
    return sealed


def unseal(path: Path, keyring: Keyring) -> Path:
    """Write the plain file beside a sealed one, for its owner alone; the sealed one stays.

    Raises
    ------
    UsageError
        If the file is not sealed, does not end in ``.age``, or a plain file of that name is there.
    InputError
        If it cannot be opened or written.
    """
    plain = path.with_suffix("")
    if path.suffix != ENDING or not is_sealed(path):
        raise UsageError(
            f"only sealed files, ending in {ENDING}, can be unsealed",
            where=path.name,
            fix="name the sealed file; others open as they are",
        )
    if plain.exists():
        raise UsageError("there is a plain file beside it already", where=plain.name, fix="move one of them away")
    content = _decrypted(path, keyring)
    with whole_file(plain) as place:
        place.write_bytes(content)
    return plain


@contextlib.contextmanager
def opened(files: Sequence[Path], keyring: Keyring) -> Iterator[tuple[Path, ...]]:
    """Give files to read, sealed ones opened in a private folder that is gone afterwards.

    The folder is in memory where the system has such a place, else beside the sealed file.

    Yields
    ------
    tuple of Path
        In the order of `files`; those that are not sealed as they are.
    """
    if not any(is_sealed(path) for path in files):
        yield tuple(files)
        return
    with contextlib.ExitStack() as stack:
        yield tuple(_opened(path, keyring, stack) if is_sealed(path) else path for path in files)


def _opened(path: Path, keyring: Keyring, stack: contextlib.ExitStack) -> Path:
    content = _decrypted(path, keyring)
    try:
        room = _room_for(content, path)
        clear_dead(room)
        plain = stack.enter_context(private_folder(room)) / path.with_suffix("").name
        plain.touch(mode=0o600)
        plain.write_bytes(content)
    except OSError as error:
        raise unwritable(error, path) from None
    return plain


def _room_for(content: bytes, path: Path) -> Path:
    with contextlib.suppress(OSError):
        if shutil.disk_usage(_IN_MEMORY).free > 2 * len(content):
            return _IN_MEMORY
    return path.absolute().parent


def _encrypted(content: bytes, passphrase: str, recipients: Sequence[str]) -> bytes:
    import pyrage

    if passphrase:
        return bytes(pyrage.passphrase.encrypt(content, passphrase))
    return bytes(pyrage.encrypt(content, [_recipient(one) for one in recipients]))


def _recipient(text: str) -> x25519.Recipient:
    import pyrage

    try:
        return pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError:
        fix = "a public key begins with age1; age-keygen makes a pair of keys"
        raise UsageError("one of the keys to seal for is no public key", fix=fix) from None


def read_recipients(given: Sequence[str]) -> tuple[str, ...]:
    """Return public keys, from themselves or from files with one a line; lines that begin with # do not count.

    Raises
    ------
    InputError
        If a file cannot be read.
    """
    found: list[str] = []
    for text in given:
        lines = [text] if text.startswith("age1") else _content(Path(text)).decode("utf-8", "replace").splitlines()
        found += [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    return tuple(dict.fromkeys(found))


def _decrypted(path: Path, keyring: Keyring) -> bytes:
    import pyrage

    content = _content(path)
    if not content[len(_MAGIC) :].startswith(_BY_PASSPHRASE):
        return _by_identity(content, path, keyring)
    for passphrase in keyring.known:
        with contextlib.suppress(pyrage.DecryptError):
            return bytes(pyrage.passphrase.decrypt(content, passphrase))
    if keyring.ask is None:
        raise UsageError(
            "this file is sealed by a passphrase", where=path.name, fix="give it, or unseal the file first"
        )
    passphrase = keyring.ask(path.name)
    try:
        plain = bytes(pyrage.passphrase.decrypt(content, passphrase))
    except pyrage.DecryptError:
        raise _not_opened(path, "the passphrase is another, or the file is damaged") from None
    keyring.known.append(passphrase)
    return plain


def _by_identity(content: bytes, path: Path, keyring: Keyring) -> bytes:
    import pyrage

    if keyring.identity is None:
        fix = "--identity with the file that holds your secret key"
        raise UsageError("this file is sealed for the keys of certain people", where=path.name, fix=fix)
    lines = _content(keyring.identity).decode("utf-8", "replace").split()
    keys = [line for line in lines if _SECRET.match(line)]
    try:
        return bytes(pyrage.decrypt(content, [pyrage.x25519.Identity.from_str(key) for key in keys]))
    except (pyrage.DecryptError, pyrage.IdentityError):
        raise _not_opened(path, "it was sealed for other keys, or is damaged") from None


def _not_opened(path: Path, why: str) -> InputError:
    return InputError(
        f"the sealed file cannot be opened: {why}",
        where=path.name,
        fix="try again with the passphrase or key it was sealed with, or a whole copy",
    )


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > _LARGEST:
            raise InputError(
                "the file is larger than 4 GB", where=path.name, fix="keep it on an encrypted disk instead"
            )
        return path.read_bytes()
    except OSError as error:
        raise InputError(
            f"the file cannot be opened: {error.strerror}", where=path.name, fix="look at the spelling and the folder"
        ) from None
