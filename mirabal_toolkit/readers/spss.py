"""SPSS files (.sav and .zsav): every code kept, dates left as numbers, nothing lost without a word."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mirabal_toolkit.core.data import Finding
from mirabal_toolkit.core.frames import SealedFrame
from mirabal_toolkit.errors import InputError
from mirabal_toolkit.readers.child import ChildAnswer, ChildRequest, EncodingError, run_child
from mirabal_toolkit.readers.described import label_warnings, to_frame, variables_of
from mirabal_toolkit.readers.limits import ReadLimits
from mirabal_toolkit.readers.options import ReadOptions
from mirabal_toolkit.readers.raw import RawTable
from mirabal_toolkit.readers.sniff import SniffedFile, check_unchanged, sha256_of
from mirabal_toolkit.readers.spss_header import SpssHeader, read_header

#: With these, codes that SPSS treats as missing and dates of impossible years arrive as they stand.
_ARGUMENTS = {"user_missing": True, "disable_datetime_conversion": True}


def read_spss(
    file: SniffedFile,
    options: ReadOptions = ReadOptions(),  # noqa: B008  (frozen)
) -> tuple[RawTable, ...]:
    """Read an SPSS file.

    Parameters
    ----------
    file : SniffedFile
        Of kind ``sav`` or ``zsav``.
    options : ReadOptions

    Raises
    ------
    InputError
        If the file is damaged, too large, holds fewer rows than it promises, or its encoding is not known.
    """
    sha256 = sha256_of(file.path)
    header = read_header(file.path)
    _check_size(file, header, options.limits)
    answer, warnings = _read_text_right(file, header, options)
    check_unchanged(file)
    _check_rows(file, header, answer.table.num_rows)
    variables = variables_of(answer.meta, file)
    frame = to_frame(answer.table, [variable.name for variable in variables])
    table = RawTable(
        SealedFrame(frame),
        variables,
        str(answer.meta.get("file_encoding") or "unknown"),
        sha256,
        file.kind,
        file.path.name,
        (*warnings, *label_warnings(variables), *_set_warnings(answer.meta)),
        {name: tuple(members) for name, members in answer.meta["mr_sets"].items()},
    )
    return (table,)


def _check_size(file: SniffedFile, header: SpssHeader | None, limits: ReadLimits) -> None:
    if header is None:
        raise InputError(
            "the file is cut short: even its header is not complete", where=file.path.name, fix="export it again"
        )
    if header.rows is not None and header.rows * header.row_bytes > limits.unpacked_bytes:
        raise InputError(
            f"the file unpacks to more than {limits.unpacked_bytes // 1_000_000:,} MB",
            where=file.path.name,
            fix="export only the variables of the questionnaire, or split the file",
        )


def _check_rows(file: SniffedFile, header: SpssHeader | None, rows: int) -> None:
    if header is not None and header.rows is not None and header.rows != rows:
        raise InputError(
            f"the file is cut short: it promises {header.rows:,} rows and holds {rows:,}",
            where=file.path.name,
            fix="export it again",
        )


def _read_text_right(
    file: SniffedFile, header: SpssHeader | None, options: ReadOptions
) -> tuple[ChildAnswer, list[Finding]]:
    """Read with the encoding given, or declared, or UTF-8 if everything fits it; else ask."""
    request = ChildRequest(file.path, "read_sav", _ARGUMENTS)
    declared = header.encoding if header is not None else None
    encoding = options.encoding
    attempts: list[str | None] = [encoding] if encoding else [None, "UTF-8"] if declared else ["UTF-8"]
    for attempt in attempts:
        arguments = _ARGUMENTS if attempt is None else {**_ARGUMENTS, "encoding": attempt}
        try:
            answer = run_child(replace(request, arguments=arguments), options.limits, options.progress)
        except EncodingError:
            continue
        return answer, _encoding_warnings(file, attempt, declared, asked=encoding is not None)
    raise InputError(
        _encoding_problem(encoding, declared),
        where=file.path.name,
        fix="say which it is: --encoding windows-1252 (western Europe), windows-1250 (Romania, central Europe), "
        "windows-1253 (Greece), or save the file in SPSS in Unicode mode",
    )


def _encoding_problem(encoding: str | None, declared: str | None) -> str:
    if encoding:
        return f"the file holds text that is not {encoding}"
    if declared:
        return f"the file says that its text is {declared}, but it is not"
    return "the file does not say in which encoding its text is, and there are letters beyond ASCII"


def _encoding_warnings(file: SniffedFile, used: str | None, declared: str | None, *, asked: bool) -> list[Finding]:
    if asked or used is None or declared is None:
        return []
    return [
        Finding(
            "warning",
            "encoding",
            f"{file.path.name} says that its text is {declared}; it was read as {used}, which fits all of it",
            count=1,
            advice="look at a few labels with accents",
        )
    ]


def _set_warnings(meta: dict[str, Any]) -> list[Finding]:
    known = set(meta["column_names"])
    broken = sum(not set(names) <= known for names in meta["mr_sets"].values())
    if not broken:
        return []
    return [
        Finding("note", "multiple_response", f"{broken} multiple-response set(s) name unknown variables", count=broken)
    ]
