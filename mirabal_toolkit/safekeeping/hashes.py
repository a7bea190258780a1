"""SHA-256 of files, and of the toolkit itself: two programs of one version number are not always the same."""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path

from mirabal_toolkit.bundled import bundled_folder

_BLOCK = 1 << 20


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file, as hexadecimal digits.

    Raises
    ------
    OSError
        If it cannot be read.
    """
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def text_hash(text: str) -> str:
    """Return the SHA-256 of a text.

    Examples
    --------
    >>> text_hash("")[:8]
    'e3b0c442'
    """
    return hashlib.sha256(text.encode()).hexdigest()


@functools.cache
def code_hash() -> str:
    """Return one SHA-256 of everything in the toolkit that can change a number: programs, questionnaires, plans.

    It does not depend on where the toolkit is installed, nor on line endings.
    """
    package = Path(__file__).parent.parent
    places = {"code": package, **{name: bundled_folder(name) for name in ("instruments", "analyses")}}
    digest = hashlib.sha256()
    for name, folder in places.items():
        for path in sorted(folder.rglob("*.*"), key=lambda one: one.relative_to(folder).as_posix()):
            if path.suffix in (".py", ".yaml", ".json") and "data" not in path.relative_to(folder).parts[:1]:
                digest.update(f"{name}/{path.relative_to(folder).as_posix()}\0".encode())
                digest.update(hashlib.sha256(path.read_bytes().replace(b"\r\n", b"\n")).digest())
    return digest.hexdigest()
