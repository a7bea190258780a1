"""Keys by which ids become pseudonyms: kept away from the data, readable by their owner alone."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path

from mirabal_toolkit.errors import InputError, UsageError
from mirabal_toolkit.file_safety import unwritable
from mirabal_toolkit.safekeeping.files import whole_file

_BYTES = 32
_LARGEST = 100_000


@dataclass(frozen=True, slots=True, repr=False)
class Key:
    """Secrets in the order in which they came: each makes pseudonyms of what the one before made.

    It is not shown when printed.
    """

    secrets: tuple[bytes, ...]

    @property
    def id(self) -> str:
        """What a study file remembers of the key; the key does not follow from it."""
        return self.id_after(len(self.secrets))

    def id_after(self, count: int) -> str:
        """Return the id that the key had when it held its first `count` secrets."""
        digest = hashlib.sha256(b"mirabal key")
        for secret in self.secrets[:count]:
            digest.update(hashlib.sha256(secret).digest())
        return digest.hexdigest()[:16]

    def changed(self) -> Key:
        """Return the key with one more secret."""
        return Key((*self.secrets, secrets.token_bytes(_BYTES)))


def usual_key() -> Path:
    """Return where the key is kept unless somebody says otherwise: with the settings of the user, not with data."""
    settings = os.environ.get("XDG_CONFIG_HOME") or (os.environ.get("APPDATA") if os.name == "nt" else "")
    return (Path(settings) if settings else Path.home() / ".config") / "mirabal" / "pseudonyms.key"


def refuse_beside(key: Path, study: Path) -> None:
    """Refuse a key that would lie with the data: who takes the folder would take both.

    Raises
    ------
    UsageError
        If the key is in the folder of the study, or anywhere in it.
    """
    if key.resolve().is_relative_to(study.resolve().parent):
        raise UsageError(
            "the key would lie in the folder of the study: who has both knows who is who",
            where=key.name,
            fix="--key FILE outside that folder, best on another disk; or give the study a folder of its own",
        )


def new_key(path: Path) -> Key:
    """Make a key and write it; an existing file is never overwritten."""
    key = Key((secrets.token_bytes(_BYTES),))
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(_as_bytes(key))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise unwritable(error, path) from None
    return key


def replace_key(path: Path, key: Key) -> None:
    """Write a changed key over the old one, all at once."""
    with whole_file(path) as place:
        place.touch(mode=0o600)
        place.write_bytes(_as_bytes(key))


def read_key(path: Path) -> Key:
    """Read a key.

    Raises
    ------
    InputError
        If it is not there, is no key, or others on the computer may read it.
    """
    try:
        found = path.stat()
        content = path.read_bytes() if found.st_size <= _LARGEST else b""
    except OSError as error:
        raise InputError(
            f"the key cannot be opened: {error.strerror}",
            where=path.name,
            fix="without it nobody can be matched with pseudonyms made by it: fetch its backup, and name it with --key",
        ) from None
    if os.name == "posix" and stat.S_IMODE(found.st_mode) & 0o077:
        raise InputError("others on this computer may read the key", where=path.name, fix=f"chmod 600 {path.name}")
    try:
        told = json.loads(content)
        held = tuple(bytes.fromhex(secret) for secret in told["secrets"])
    except (ValueError, KeyError, TypeError):
        held = ()
    if not held or any(len(secret) != _BYTES for secret in held):
        raise InputError(
            "this is not a key of the toolkit", where=path.name, fix="give the file made by --pseudonymise"
        )
    return Key(held)


def _as_bytes(key: Key) -> bytes:
    said = "Who has this file can find out who is who. Keep it away from the data, with a copy in a safe place."
    return (json.dumps({"note": said, "secrets": [secret.hex() for secret in key.secrets]}, indent=1) + "\n").encode()
