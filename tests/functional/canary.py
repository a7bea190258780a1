"""Values planted in an export, and a search for them in whatever was written or said."""

import contextlib
import io
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from mirabal_toolkit.cli.main import exit_code_of

#: A number and a day that no answer, count or coordinate is by chance.
NUMBER, DAY = "8675309", "1937-05-11"
WORD = "canaria"
FILE = "canariafile"
#: Ways in which a day is written.
_DAYS = ("1937-05-11", "11/05/1937", "11.05.1937", "11 May 1937", "May 11, 1937", "1937, 5, 11")
TOKENS = re.compile(
    rb"canaria|(?<![\d.])8,?675,?309(?:\.0)?(?!\d)|" + b"|".join(re.escape(day.encode()) for day in _DAYS),
    re.IGNORECASE,
)
_WIDE = re.compile(b"|".join(re.escape(word.encode("utf-16-le")) for word in (WORD, WORD.upper(), NUMBER)))
_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)


def planted(rows: pd.DataFrame) -> pd.DataFrame:
    """Return an export with a text, a number and, among dates, a day in every column that is no person's alone."""
    rows = rows.astype("str").copy()
    for place, name in enumerate(rows.columns):
        text, number = place % len(rows), (place + 1) % len(rows)
        rows.loc[text, name] = f"{WORD} {name}"
        rows.loc[number, name] = DAY if "date" in name or "first_contact" in name else NUMBER
    rows["person_id"] = [f"{WORD.upper()}{place:04d}" for place in range(len(rows))]
    rows["first_name"] = f"Ana {WORD.title()}"
    rows["IPAddress"] = f"{WORD}.example.org"
    rows["remarks"] = f"she said {WORD} to me, and gave 07700 900123 as her number"
    return rows


@dataclass
class World:
    """A folder in which commands were run, and what they said."""

    folder: Path
    said: dict[str, str] = field(default_factory=dict)
    codes: dict[str, int] = field(default_factory=dict)

    def run(self, name: str, *arguments: object) -> int:
        """Run a command; keep what it said on both streams, and its exit code."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = exit_code_of([str(argument) for argument in arguments])
        self.said[name] = out.getvalue() + err.getvalue()
        self.codes[name] = code
        return code


def tokens_in(content: bytes) -> set[str]:
    """Return the planted values that stand in some bytes, packed ones too."""
    found = {match.group().decode("latin-1").casefold() for match in TOKENS.finditer(content)}
    found |= {"in two-byte letters" for _ in _WIDE.finditer(content)}
    if content[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.infolist():
                found |= tokens_in(archive.read(member)) | tokens_in(member.filename.encode())
    if content[:5] == b"%PDF-":
        for packed in _STREAM.findall(content):
            with contextlib.suppress(zlib.error):
                found |= tokens_in(zlib.decompress(packed))
    if content[:4] == b"PAR1":
        found |= _in_parquet(content)
    return found


def _in_parquet(content: bytes) -> set[str]:
    table = pq.read_table(pa.BufferReader(content))
    found = tokens_in(repr(table.schema.metadata).encode())
    for column in table.columns:
        found |= tokens_in(" ".join(map(str, column.unique().to_pylist())).encode())
    return found


def telling_files(folder: Path, but: tuple[str, ...] = ()) -> dict[str, set[str]]:
    """Return the files that hold a planted value or are named by one, with what they hold.

    Parameters
    ----------
    folder : Path
    but : tuple of str
        Beginnings of paths, relative to the folder, that may hold answers.
    """
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if not name.startswith(but):
            held = tokens_in(name.encode()) | (tokens_in(path.read_bytes()) if path.is_file() else set())
            found |= {name: held} if held else {}
    return found
