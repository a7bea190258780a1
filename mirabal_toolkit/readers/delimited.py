"""CSV and other text files: every cell as it is written; rows that do not fit the header are refused."""

from __future__ import annotations

import csv
import io
import itertools
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.csv as pacsv

from mirabal_toolkit.core.data import Finding
from mirabal_toolkit.errors import InputError, Problem
from mirabal_toolkit.readers.flavours import recognised
from mirabal_toolkit.readers.grid import checked_names, to_table
from mirabal_toolkit.readers.options import ReadOptions
from mirabal_toolkit.readers.raw import RawTable
from mirabal_toolkit.readers.sniff import SniffedFile, check_unchanged, sha256_of

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_LOOKED_AT = 200
_LONGEST_ROW = 16_000_000
_ENCODINGS = (
    "say which it is: --encoding windows-1252 (western Europe), windows-1250 (Romania, central Europe), "
    "windows-1253 (Greece); or save the file as “CSV UTF-8”"
)
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


@dataclass(frozen=True, slots=True)
class _Text:
    """The file as UTF-8 without its marks, how its text was encoded, and what was noticed."""

    data: bytes
    encoding: str
    delimiter: str
    findings: tuple[Finding, ...]


def read_delimited(
    file: SniffedFile,
    options: ReadOptions = ReadOptions(),  # noqa: B008  (frozen)
) -> tuple[RawTable, ...]:
    """Read a text file with a row of names and one row a person or interview.

    Parameters
    ----------
    file : SniffedFile
        Of kind ``text``.
    options : ReadOptions

    Raises
    ------
    InputError
        If its encoding or delimiter is not known, a row does not fit the header, a quotation mark is
        never closed, or two columns have one name.
    """
    sha256 = sha256_of(file.path)
    raw = file.path.read_bytes()
    check_unchanged(file)
    name = file.path.name
    text = _as_utf8(raw, name, options)
    header = _first_row(text, name)
    _check_width(header, name, options)
    cells = _cells(text, len(header), name)
    if options.progress is not None:
        options.progress(f"Reading: {cells.num_rows - 1:,} rows")
    _check_swallowed(cells, text.delimiter, name)
    frame = cells.slice(1).to_pandas(split_blocks=True, self_destruct=True)
    grid = checked_names(header, frame, name).saying(*text.findings)
    return (to_table(recognised(grid, name), file, (sha256, text.encoding, name), options.decimal),)


def _as_utf8(raw: bytes, name: str, options: ReadOptions) -> _Text:
    said: list[Finding] = []
    encoding = options.encoding or "utf-8"
    for mark, marked in _MARKS:
        if raw.startswith(mark):
            raw, encoding = raw[len(mark) :], marked
            said.append(Finding("note", "byte_order_mark", f"{name} begins with a mark of its encoding, {marked}"))
            break
    text = _decoded(raw, encoding, name, asked=options.encoding is not None)
    if b"\0" in text:
        line = text[: text.index(b"\0")].count(b"\n") + 1
        raise InputError(
            "the file holds NUL signs, which no text has; it is probably damaged",
            where=f"{name}, line {line}",
            fix="export it again",
        )
    delimiter = options.delimiter
    first, _, rest = text.partition(b"\n")
    if first.strip().lower().startswith(b"sep=") and len(first.strip()) <= 5:
        said.append(Finding("note", "separator_line", f"{name} says its delimiter in a first line, “sep=”; taken out"))
        delimiter = delimiter or first.strip()[4:].decode() or "\t"
        text = rest
    delimiter = delimiter or _found_delimiter(text, name)
    if len(delimiter) != 1 or delimiter in '"\r\n':
        raise InputError("a delimiter is one sign", where="--delimiter", fix="for tabs, say --delimiter tab")
    said += _on_delimiter(name, delimiter, options)
    return _Text(text, encoding, delimiter, tuple(said))


def _decoded(raw: bytes, encoding: str, name: str, *, asked: bool) -> bytes:
    try:
        return raw.decode(encoding).encode()
    except LookupError:
        raise InputError("there is no encoding of this name", where="--encoding", fix=_ENCODINGS) from None
    except UnicodeError:
        what = (
            f"the file holds text that is not {encoding}" if asked else "the file is not UTF-8, and does not say what"
        )
        raise InputError(what, where=name, fix=_ENCODINGS) from None


def _found_delimiter(text: bytes, name: str) -> str:
    """Return the sign by which most rows fall into as many fields as the first row has names."""
    sample = text[:200_000].decode(errors="ignore")
    scores: list[tuple[float, int, str]] = []
    for sign in DELIMITERS:
        with_sign = csv.reader(io.StringIO(sample, newline=""), delimiter=sign)
        try:
            rows = [row for row in itertools.islice(with_sign, _LOOKED_AT) if row]
        except csv.Error:
            continue
        if rows and len(rows[0]) > 1:
            fitting = sum(len(row) == len(rows[0]) for row in rows) / len(rows)
            scores.append((round(fitting, 1), len(rows[0]), sign))
    if not scores:
        return ","
    best = max(scores)
    rivals = [sign for fitting, fields, sign in scores if (fitting, fields) == best[:2]]
    if len(rivals) > 1:
        raise InputError(
            f"the fields may be separated by {' or '.join(DELIMITERS[sign] for sign in rivals)}",
            where=name,
            fix="say which: --delimiter SIGN",
        )
    return best[2]


def _on_delimiter(name: str, delimiter: str, options: ReadOptions) -> list[Finding]:
    if options.delimiter or delimiter == ",":
        return []
    called = DELIMITERS.get(delimiter, "another sign")
    return [Finding("note", "delimiter", f"the fields of {name} are separated by {called}")]


def _first_row(text: _Text, name: str) -> list[str]:
    lines = io.StringIO(text.data[: min(len(text.data), _LONGEST_ROW)].decode(errors="ignore"), newline="")
    try:
        row = next((row for row in csv.reader(lines, delimiter=text.delimiter) if row), None)
    except csv.Error:
        row = None
    if row is None or not any(cell.strip() for cell in row):
        raise InputError(
            "the first row holds no names of columns", where=name, fix="write the names into the first row"
        )
    return row


def _check_width(header: list[str], name: str, options: ReadOptions) -> None:
    if len(header) > options.limits.columns:
        raise InputError(
            f"the file holds {len(header):,} variables; at most {options.limits.columns:,} are read",
            where=name,
            fix="export only the variables of the questionnaire",
        )


def _cells(text: _Text, width: int, name: str) -> pa.Table:
    """Return all rows, the header among them, as texts."""
    if text.data.count(b'"') % 2:
        _check_quotes(text, name)
    misfits: list[tuple[int, int]] = []

    def note(row: Any) -> str:
        misfits.append((row.number or 0, row.actual_columns))
        return "skip"

    try:
        table = pacsv.read_csv(
            pa.BufferReader(text.data),
            pacsv.ReadOptions(use_threads=False, autogenerate_column_names=True, block_size=_LONGEST_ROW),
            pacsv.ParseOptions(delimiter=text.delimiter, newlines_in_values=True, invalid_row_handler=note),
            pacsv.ConvertOptions(
                column_types={f"f{place}": pa.large_string() for place in range(width)}, strings_can_be_null=False
            ),
        )
    except (pa.ArrowException, ValueError):  # its text would show what stands in the file
        raise InputError("the file is not a table", where=name, fix="export it again as CSV") from None
    if misfits or table.num_columns != width:
        raise _misfit(misfits, width, name)
    return table


def _misfit(misfits: list[tuple[int, int]], width: int, name: str) -> InputError:
    fix = "a text with the delimiter in it must stand in quotation marks; export it again, or save it as .xlsx"
    widths = {fields for _, fields in misfits}
    if len(misfits) > 1 and len(widths) == 1 and min(widths) > width:  # all rows agree, and the first does not
        fix = f"if the first line is a title, take it out: the first line must be the names of the columns; else {fix}"
    return InputError(
        f"{len(misfits):,} row(s) have more or fewer fields than the first row, which has {width}",
        where=name,
        fix=fix,
        problems=[Problem(f"row {number} has {fields} fields") for number, fields in misfits[:5] if number],
    )


def _check_quotes(text: _Text, name: str) -> None:
    """Refuse a quotation mark that is never closed: it would swallow the rest of the file."""
    rows = csv.reader(io.StringIO(text.data.decode(), newline=""), delimiter=text.delimiter, strict=True)
    line = 0
    try:
        for _ in rows:
            line = rows.line_num
    except csv.Error:
        raise InputError(
            "a quotation mark is never closed", where=f"{name}, after line {line}", fix="close it, or export it again"
        ) from None


def _check_swallowed(table: pa.Table, delimiter: str, name: str) -> None:
    """Refuse cells that hold whole rows, because of a quotation mark too many."""
    for column in table.columns:
        texts = column.slice(1).to_pandas()
        lines = texts[texts.str.contains("\n", regex=False)]
        if (
            len(lines)
            and (lines.str.count(delimiter if delimiter != "|" else r"\|") >= max(2, table.num_columns - 1)).any()
        ):
            raise InputError(
                "a cell holds whole rows, because of a quotation mark too many",
                where=name,
                fix="look for a quotation mark that should not be there, or export it again",
            )
