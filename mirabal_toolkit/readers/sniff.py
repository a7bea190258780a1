"""What a file is, by its first bytes: the ending of a name is only a claim."""

from __future__ import annotations

import difflib
import errno
import hashlib
import stat
from dataclasses import dataclass
from pathlib import Path

from mirabal_toolkit.errors import InputError
from mirabal_toolkit.readers.limits import DEFAULT_LIMITS, ReadLimits

_HEAD, _TAIL = 4096, 65_536

#: Signatures: (offset, bytes, kind).
_SIGNATURES = (
    (8, b"ENCRYPTEDSAV", "sav_encrypted"),
    (0, b"$FL3", "zsav"),
    (0, b"$FL2", "sav"),
    (0, b"PAR1", "parquet"),
    (0, b"<stata_dta>", "dta"),
    (0, b"HEADER RECORD*******LIBRARY HEADER", "xpt"),
    (0, b"HEADER RECORD*******LIBV8   HEADER", "xpt"),
    (12, b"\xc2\xea\x81\x60\xb3\x14\x11\xcf\xbd\x92\x08\x00\x09\xc7\x31\x8c", "sas7bdat"),
    (0x104, b"PCSPSS", "spss_pc"),
    (0, b"SR\x00\x04", "idl"),
    (0, b"\xd0\xcf\x11\xe0", "ole"),
    (0, b"\x1f\x8b", "gzip"),
    (0, b"%PDF", "pdf"),
    (0, b"RDX", "r"),
    (0, b"age-encryption.org/v1", "sealed"),
)

#: Kinds in words, for messages.
KINDS = {
    "sav": "an SPSS file (.sav)",
    "zsav": "a compressed SPSS file (.zsav)",
    "sav_encrypted": "an SPSS file locked with a password",
    "por": "an SPSS portable file (.por)",
    "spss_pc": "an SPSS/PC+ file (.sys)",
    "dta": "a Stata file (.dta)",
    "xpt": "a SAS transport file (.xpt)",
    "sas7bdat": "a SAS file (.sas7bdat)",
    "parquet": "a Parquet file",
    "xlsx": "an Excel workbook (.xlsx)",
    "ods": "an OpenDocument spreadsheet (.ods)",
    "zip": "a ZIP archive",
    "ole": "an old Excel file (.xls), or a workbook locked with a password",
    "idl": "an IDL file, which only shares the ending .sav with SPSS",
    "gzip": "a compressed archive (.gz)",
    "pdf": "a PDF",
    "r": "an R data file",
    "sealed": "a sealed file (unseal it first: mirabal unseal)",
    "markup": "a web page or XML, perhaps with the ending of another kind",
    "text": "a text file, perhaps CSV",
    "unknown": "not a kind of file this toolkit knows",
}


@dataclass(frozen=True, slots=True)
class SniffedFile:
    """A file that can be opened: what it looks like, and its state, to notice changes."""

    path: Path
    kind: str
    size: int
    modified: int


def sniff(path: Path, limits: ReadLimits = DEFAULT_LIMITS) -> SniffedFile:
    """Return what a file is, judged by its content.

    Raises
    ------
    InputError
        If it is not there, is a folder, is empty, too large, or may not be opened.
    """
    try:
        state = path.stat()
        if stat.S_ISDIR(state.st_mode):
            raise InputError("this is a folder, not a file", where=path.name, fix="name the file inside it")
        if not stat.S_ISREG(state.st_mode):
            raise InputError(
                "the file is not an ordinary file", where=path.name, fix="save what it gives into a file, and name that"
            )
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        raise cannot_open(error, path) from None
    except ValueError:
        raise InputError("this is not a name a file can have", where=repr(path.name), fix="rename the file") from None
    if not head:
        raise InputError("the file is empty (0 bytes)", where=path.name, fix="export it again")
    if state.st_size > limits.file_bytes:
        raise InputError(
            f"the file is larger than {limits.file_bytes // 1_000_000:,} MB",
            where=path.name,
            fix="export only the variables of the questionnaire, or save it as .zsav",
        )
    kind = kind_of(head)
    if kind == "zip":  # what an archive holds is also listed at its end
        kind = _kind_of_archive(_tail(path, state.st_size))
    return SniffedFile(path, kind, state.st_size, state.st_mtime_ns)


def _tail(path: Path, size: int) -> bytes:
    with path.open("rb") as file:
        file.seek(max(0, size - _TAIL))
        return file.read()


def cannot_open(error: OSError, path: Path) -> InputError:
    """Return a plain message for a file that the system does not open."""
    if isinstance(error, FileNotFoundError):
        return InputError("there is no such file", where=str(path), fix=_what_was_meant(path))
    if isinstance(error, PermissionError):
        return InputError(
            "the file may not be read by you", where=path.name, fix="ask for the right to read it, or copy it"
        )
    if error.errno == errno.ELOOP:
        return InputError(
            "this is a link that leads back to itself", where=path.name, fix="name the file it was meant to lead to"
        )
    return InputError(
        f"the file cannot be opened ({errno.errorcode.get(error.errno or 0, 'unknown')})",
        where=path.name,
        fix="look whether the disk is connected, and copy the file to this computer",
    )


def _what_was_meant(path: Path) -> str:
    """Return what to do about a name that is not there, looking at its neighbours."""
    try:
        names = sorted(entry.name for entry in path.parent.iterdir() if entry.is_file())
    except OSError:
        return f"there is no folder “{path.parent}”: look at its spelling"
    broken = [name for name in names if name.startswith(f"{path.name} ")]
    near = broken or difflib.get_close_matches(path.name, names, n=1)
    if broken:
        return f'a name with spaces needs quotation marks: "{path.with_name(broken[0])}"'
    return f"did you mean “{path.with_name(near[0])}”?" if near else "look at the spelling and the folder"


def kind_of(head: bytes) -> str:
    r"""Return the kind that the first bytes of a file show; a key of `KINDS`.

    Examples
    --------
    >>> kind_of(b"$FL2@(#) SPSS DATA FILE"), kind_of(b"id;C1\n001;3\n")
    ('sav', 'text')
    """
    for offset, signature, kind in _SIGNATURES:
        if head[offset : offset + len(signature)] == signature:
            return kind
    if head[:4] == b"PK\x03\x04":
        return _kind_of_archive(head)
    if b"SPSS PORT FILE" in head[:200] or b"\xe2\xd7\xe2\xe2\x40\xd7\xd6\xd9\xe3" in head[:200]:
        return "por"
    if head[0] in range(0x66, 0x74) and head[1:4] in (b"\x01\x01\x00", b"\x02\x01\x00"):
        return "dta"
    if head.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"<":
        return "markup"
    return "text" if _is_text(head) else "unknown"


def _kind_of_archive(head: bytes) -> str:
    if b"opendocument.spreadsheet" in head:
        return "ods"
    if b"word/" in head or b"ppt/" in head:
        return "zip"
    return "xlsx" if b"xl/workbook.xml" in head or b"[Content_Types].xml" in head else "zip"


def _is_text(head: bytes) -> bool:
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return True
    control = sum(byte < 9 or 13 < byte < 32 for byte in head)
    return control == 0 or control == head.count(0) <= max(1, len(head) // 100)  # the reader of text says stray NULs


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, as 64 hexadecimal digits."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise cannot_open(error, path) from None


def check_unchanged(file: SniffedFile) -> None:
    """Refuse a file that was changed while it was being read.

    Raises
    ------
    InputError
        If its size or time of change is not what it was.
    """
    try:
        state = file.path.stat()
    except OSError as error:
        raise cannot_open(error, file.path) from None
    if (state.st_size, state.st_mtime_ns) != (file.size, file.modified):
        raise InputError(
            "the file was changed while it was being read", where=file.path.name, fix="close the program that writes it"
        )
