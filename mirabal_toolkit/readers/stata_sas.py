"""Stata (.dta), SAS (.xpt, .sas7bdat) and SPSS portable (.por) files; `spss` reads .sav and .zsav."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any

import pyarrow as pa

from mirabal_toolkit.core.data import Finding
from mirabal_toolkit.core.frames import SealedFrame
from mirabal_toolkit.errors import InputError
from mirabal_toolkit.readers.calendars import spss_seconds
from mirabal_toolkit.readers.child import ChildAnswer, ChildRequest, EncodingError, run_child
from mirabal_toolkit.readers.described import label_warnings, special_codes_used, to_frame, variables_of
from mirabal_toolkit.readers.endings import check_end, check_rows
from mirabal_toolkit.readers.options import ReadOptions
from mirabal_toolkit.readers.raw import RawTable, Variable
from mirabal_toolkit.readers.sniff import SniffedFile, check_unchanged, sha256_of


@dataclass(frozen=True, slots=True)
class _Way:
    """How a kind of file is read: function of the child, its arguments, and what the format has lost."""

    function: str
    arguments: dict[str, Any] = field(default_factory=dict)
    takes_encoding: bool = True
    lost: tuple[str, str] = ("", "")


#: How pyreadstat reads text of Stata before version 14, which names no encoding.
ASSUMED = "windows-1252"

_RAW = {"disable_datetime_conversion": True}
_CHECK = "check in the mapping that codes are read as you mean them"
_NO_LABELS = ("files of this kind keep no value labels", _CHECK)
_WAYS = {
    "dta": _Way("stata", {**_RAW, "user_missing": True}),
    "sas7bdat": _Way("read_sas7bdat", {**_RAW, "user_missing": True}, lost=_NO_LABELS),
    "xpt": _Way(
        "read_xport",
        _RAW,
        lost=("files of this kind keep no value labels, and why an answer is missing cannot be read from them", _CHECK),
    ),
    "por": _Way(
        "read_por",
        _RAW,
        takes_encoding=False,
        lost=(
            "codes that SPSS treats as missing (refused, don’t know …) cannot be read from this kind of file",
            "save it in SPSS as .sav; else those codes are taken from the questionnaire alone",
        ),
    ),
}


def read_statistics_file(
    file: SniffedFile,
    options: ReadOptions = ReadOptions(),  # noqa: B008  (frozen)
) -> tuple[RawTable, ...]:
    """Read a file of Stata or SAS, or a portable one of SPSS.

    Parameters
    ----------
    file : SniffedFile
        Of kind ``dta``, ``sas7bdat``, ``xpt`` or ``por``.
    options : ReadOptions

    Raises
    ------
    InputError
        If the file is damaged or cut short, too large, or its encoding is not known.
    """
    sha256 = sha256_of(file.path)
    check_end(file)
    answer = _read(file, options)
    check_unchanged(file)
    check_rows(file, answer.meta, answer.table.num_rows)
    described = variables_of(answer.meta, file)
    table, variables = _with_calendar(answer.table, _with_special(answer.table, described), file.kind)
    found = RawTable(
        SealedFrame(to_frame(table, [variable.name for variable in variables])),
        variables,
        str(options.encoding or answer.meta.get("file_encoding") or _encoding_of(file)),
        sha256,
        file.kind,
        file.path.name,
        (*_losses(file), *label_warnings(variables)),
    )
    return (replace(found, warnings=(*found.warnings, *_undeclared_encoding(found, options))),)


def _undeclared_encoding(table: RawTable, options: ReadOptions) -> tuple[Finding, ...]:
    """Say how letters beyond ASCII were read where a file cannot say how they are written: Stata before version 14."""
    if table.kind != "dta" or table.encoding != ASSUMED or options.encoding:
        return ()
    said = [text for v in table.variables for text in (v.label, *v.value_labels.values())]
    frame = table.frame.frame
    cells = sum(int((~frame[v.name].str.isascii()).sum()) for v in table.variables if v.kind == "text")
    if not cells and all(text.isascii() for text in said):
        return ()
    return (
        Finding(
            "warning",
            "encoding",
            f"{table.name} is of a version of Stata that does not say how letters are written; read as {ASSUMED}",
            count=cells + sum(not text.isascii() for text in said),
            advice="look at a few labels with accents; if they are wrong, say --encoding, e.g. windows-1250 or UTF-8",
        ),
    )


def _encoding_of(file: SniffedFile) -> str:
    """Return the encoding that a kind of file has when it does not name one."""
    if file.kind != "dta":
        return "UTF-8"
    with file.path.open("rb") as opened:
        head = opened.read(200)
    release = re.search(rb"<release>(\d+)</release>", head)
    return "UTF-8" if release is not None and int(release[1]) >= 118 else ASSUMED


def _read(file: SniffedFile, options: ReadOptions) -> ChildAnswer:
    way = _WAYS[file.kind]
    extra = {"encoding": options.encoding} if options.encoding and way.takes_encoding else {}
    request = ChildRequest(file.path, way.function, {**way.arguments, **extra})
    try:
        return run_child(request, options.limits, options.progress)
    except EncodingError:
        raise InputError(
            f"the file holds text that is not {options.encoding or 'in the encoding it declares'}",
            where=file.path.name,
            fix="say which it is: --encoding windows-1252 (western Europe), windows-1250 (Romania, central Europe)"
            if way.takes_encoding
            else "save it in SPSS as .sav",
        ) from None


def _with_special(table: pa.Table, variables: tuple[Variable, ...]) -> tuple[Variable, ...]:
    """Note the missing codes `.a` to `.z` that stand in the cells, and move the file's own format to its place."""
    used = special_codes_used(table, variables)
    return tuple(
        replace(variable, missing_texts=codes, own_format=variable.print_format, print_format="")
        for variable, codes in zip(variables, used, strict=True)
    )


def _with_calendar(
    table: pa.Table, variables: tuple[Variable, ...], kind: str
) -> tuple[pa.Table, tuple[Variable, ...]]:
    if kind == "por":  # already counted as SPSS does
        return table, tuple(replace(v, print_format=v.own_format or v.print_format, own_format="") for v in variables)
    changed = list(variables)
    for place, variable in enumerate(variables):
        if variable.kind == "number" and variable.own_format:
            numbers, changed[place] = spss_seconds(table.column(place).to_numpy(), variable, kind)
            if changed[place].print_format:
                table = table.set_column(place, table.schema.field(place), pa.array(numbers, from_pandas=True))
    return table, tuple(changed)


def _losses(file: SniffedFile) -> tuple[Finding, ...]:
    what, advice = _WAYS[file.kind].lost
    if not what:
        return ()
    severity = "warning" if file.kind == "por" else "note"
    return (Finding(severity, "format_loses", f"{file.path.name}: {what}", count=1, advice=advice),)  # type: ignore[arg-type]
