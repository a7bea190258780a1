"""A table of texts, as CSV files and sheets give it, on its way to a `RawTable`.

Nothing is converted here: 0012 stays 0012, NA stays NA. What the words and numbers in a column look
like is noted beside it, and the instrument decides what they are.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import pandas as pd

from mirabal_toolkit.core.data import Finding
from mirabal_toolkit.core.frames import SealedFrame
from mirabal_toolkit.errors import InputError
from mirabal_toolkit.readers.described import label_warnings
from mirabal_toolkit.readers.raw import RawTable, Variable, plain_name
from mirabal_toolkit.readers.sniff import SniffedFile
from mirabal_toolkit.readers.words import some_names

#: Texts by which programs and people say that there is no answer.
NO_ANSWER = frozenset(("na", "n/a", "n.a.", "#n/a", "nan", "null", "#null!", "-", "–", "—", ".", "..", "?"))
#: Cells that are empty because the question was not asked of that row: the survey program says so by its design.
NOT_ASKED = "(not asked)"

#: A column with more different words than this holds free text, not answers in words.
_MOST_WORDS = 60
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_WITH_COMMA = re.compile(r"[+-]?\d*,\d+")
_WHOLE = re.compile(r"[+-]?\d+")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+")
_SPOILT = "Ã[\u0080-\u00bf]|â€|\ufffd"  # not compiled, so that whole columns are searched at once


@dataclass(frozen=True)
class Grid:
    """Cells as texts (empty where nothing stands), with what is known of the columns.

    Parameters
    ----------
    frame : DataFrame
        Text columns by name.
    labels : mapping
        Name → variable label.
    multiple : mapping
        Multiple-response sets: name → columns.
    missing : mapping
        Name → text that means “no answer”, with what it means.
    findings : tuple of Finding
    """

    frame: pd.DataFrame
    labels: Mapping[str, str] = field(default_factory=dict)
    multiple: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    missing: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()

    def saying(self, *findings: Finding) -> Grid:
        """Return the grid with further findings."""
        return replace(self, findings=(*self.findings, *findings))


def checked_names(header: Sequence[str], frame: pd.DataFrame, where: str) -> Grid:
    """Name the columns of `frame` by the header, if every column has a name of its own.

    Columns without a name and without content are dropped, and so is a first one that only counts rows.

    Raises
    ------
    InputError
        If a column with content has no name, or two have the same.
    """
    names = [unicodedata.normalize("NFC", name.replace("\u00a0", " ")).strip() for name in header]
    names = _numbered(names, "Complete?")  # REDCap’s labelled exports end every form with this
    kept, findings = [], []
    for place, name in enumerate(names):
        if name:
            kept.append(place)
        elif place == 0 and _counts_rows(frame.iloc[:, 0]):
            findings.append(Finding("note", "row_numbers", f"{where}: the first column only counts rows; left out"))
        elif (frame.iloc[:, place].str.strip() != "").any():
            raise InputError(f"column {place + 1} has no name", where=where, fix="name it in the first row")
    often = Counter(names[place] for place in kept)
    repeated = [name for name, times in often.items() if times > 1]
    if repeated:
        raise InputError(
            f"{len(repeated)} column name(s) stand twice: {some_names(repeated)}",
            where=where,
            fix="rename one of each pair, or leave it out",
        )
    chosen = frame.iloc[:, kept]
    chosen.columns = [names[place] for place in kept]
    return Grid(chosen, findings=tuple(findings))


def _numbered(names: list[str], repeated: str) -> list[str]:
    places = [place for place, name in enumerate(names) if name == repeated]
    return [f"{name} ({places.index(place) + 1})" if place in places else name for place, name in enumerate(names)]


def _counts_rows(column: pd.Series) -> bool:
    written = column.tolist()
    return len(written) > 0 and any(written == [str(n) for n in range(a, a + len(written))] for a in (0, 1))


def renamed(grid: Grid, names: Mapping[str, str]) -> Grid:
    """Return the grid with columns renamed, where the new name is free."""
    wanted = {old: new for old, new in names.items() if old in grid.frame.columns and new and new != old}
    often = Counter(plain_name(wanted.get(name, name)) for name in grid.frame.columns)
    changed = {old: new for old, new in wanted.items() if often[plain_name(new)] == 1}
    return replace(
        grid,
        frame=grid.frame.rename(columns=changed),
        labels={changed.get(name, name): label for name, label in grid.labels.items()},
        missing={changed.get(name, name): texts for name, texts in grid.missing.items()},
        multiple={key: tuple(changed.get(name, name) for name in members) for key, members in grid.multiple.items()},
    )


def to_table(grid: Grid, file: SniffedFile, facts: tuple[str, str, str], decimal: str | None) -> RawTable:
    """Return the grid as a `RawTable`.

    Parameters
    ----------
    grid : Grid
    file : SniffedFile
    facts : (str, str, str)
        SHA-256, encoding, and the name by which findings call the table.
    decimal : str or None
        Sign before decimals; found column by column when None.
    """
    sha256, encoding, name = facts
    variables, thousands, commas = [], [], []
    for column in grid.frame.columns:
        different = _different(grid.frame[column])
        sign, doubtful = _decimal_of(different, decimal)
        commas += [column] if sign == "," else []
        thousands += [column] if doubtful else []
        variables.append(_variable(column, grid, different, sign))
    findings = (*grid.findings, *_on_numbers(name, commas, thousands), *_on_signs(name, grid.frame))
    return RawTable(
        SealedFrame(grid.frame),
        tuple(variables),
        encoding,
        sha256,
        file.kind,
        name,
        (*findings, *label_warnings(tuple(variables))),
        grid.multiple,
    )


def _different(column: pd.Series) -> list[str]:
    return [text for text in pd.unique(column.str.strip()) if isinstance(text, str) and text]


def _variable(name: str, grid: Grid, different: list[str], decimal: str) -> Variable:
    known = grid.missing.get(name, {})
    absent = [text for text in different if text.casefold() in NO_ANSWER or text in known]
    words = [text for text in different if text not in absent and not _NUMBER.fullmatch(text)] if decimal == "." else []
    as_written: list[str] = list(pd.unique(grid.frame[name])) if absent else []
    labels: dict[float | str, str] = {text: meaning for text, meaning in known.items()}  # noqa: C416  (wider keys)
    return Variable(
        name=name,
        label=grid.labels.get(name, ""),
        kind="text",
        value_labels=labels,
        missing_texts=tuple(text for text in as_written if isinstance(text, str) and text.strip() in absent),
        texts=tuple(words) if len(words) <= _MOST_WORDS else (),
        decimal=decimal,
    )


def _decimal_of(different: list[str], said: str | None) -> tuple[str, bool]:
    """Return the sign before decimals in a column, and whether its commas may stand between thousands."""
    given = [text for text in different if text.casefold() not in NO_ANSWER]
    with_comma = [text for text in given if _WITH_COMMA.fullmatch(text)]
    if said == "." or not with_comma:
        return ".", False
    if not all(_WITH_COMMA.fullmatch(text) or _WHOLE.fullmatch(text) for text in given):
        return ".", False
    if said is None and all(_THOUSANDS.fullmatch(text) for text in with_comma):
        return ".", True
    return ",", False


def _on_numbers(where: str, commas: Sequence[str], thousands: Sequence[str]) -> list[Finding]:
    findings = []
    if commas:
        findings.append(
            Finding(
                "note",
                "decimal_comma",
                f"{where}: numbers are written with a decimal comma in {len(commas)} column(s): {some_names(commas)}",
                count=len(commas),
                advice="if that is wrong, say --decimal .",
            )
        )
    if thousands:
        findings.append(
            Finding(
                "warning",
                "comma_in_numbers",
                f"{where}: it cannot be told whether commas stand before decimals or between thousands in "
                f"{len(thousands)} column(s): {some_names(thousands)}; such numbers were set aside",
                count=len(thousands),
                advice="say --decimal , if they are decimals; else export without a sign between thousands",
            )
        )
    return findings


def _on_signs(where: str, frame: pd.DataFrame) -> list[Finding]:
    """Say how many columns hold letters spoilt before the export, or spaces that only look like spaces."""
    spoilt, odd_spaces = 0, 0
    for name in frame.columns:
        if frame[name].str.isascii().all():
            continue
        spoilt += bool(frame[name].str.contains(_SPOILT).any())
        odd_spaces += bool(frame[name].str.contains("\u00a0", regex=False).any())
    findings = []
    if spoilt:
        findings.append(
            Finding(
                "warning",
                "spoilt_letters",
                f"{where}: {spoilt} column(s) hold wrongly decoded letters (as in “PeÃ±a”)",
                count=spoilt,
                advice="export again as UTF-8; or say the encoding: --encoding windows-1252",
            )
        )
    if odd_spaces:
        findings.append(
            Finding("note", "odd_spaces", f"{where}: {odd_spaces} column(s) hold no-break spaces", count=odd_spaces)
        )
    return findings
