"""SPSS files (.sav and .zsav): every code kept, dates left as numbers, nothing lost without a word."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pyarrow as pa

from mirabal_toolkit.core.data import Finding
from mirabal_toolkit.core.frames import SealedFrame
from mirabal_toolkit.errors import InputError
from mirabal_toolkit.readers.child import ChildAnswer, ChildRequest, EncodingError, Progress, damaged, run_child
from mirabal_toolkit.readers.limits import DEFAULT_LIMITS, ReadLimits
from mirabal_toolkit.readers.raw import RawTable, Variable
from mirabal_toolkit.readers.sniff import SniffedFile, check_unchanged, sha256_of
from mirabal_toolkit.readers.spss_header import SpssHeader, read_header
from mirabal_toolkit.readers.words import some_names

#: With these, codes that SPSS treats as missing and dates of impossible years arrive as they stand.
_ARGUMENTS = {"user_missing": True, "disable_datetime_conversion": True}

_MOJIBAKE = re.compile("Ã[\u0080-\u00bf]|â€|\ufffd")


def read_spss(
    file: SniffedFile,
    *,
    encoding: str | None = None,
    limits: ReadLimits = DEFAULT_LIMITS,
    progress: Progress | None = None,
) -> RawTable:
    """Read an SPSS file.

    Parameters
    ----------
    file : SniffedFile
        Of kind ``sav`` or ``zsav``.
    encoding : str, optional
        Encoding of its text, where the file does not declare the right one.
    limits : ReadLimits
    progress : callable, optional

    Raises
    ------
    InputError
        If the file is damaged, too large, holds fewer rows than it promises, or its encoding is not known.
    """
    sha256 = sha256_of(file.path)
    header = read_header(file.path)
    _check_size(file, header, limits)
    answer, warnings = _read_text_right(file, header, encoding, (limits, progress))
    check_unchanged(file)
    _check_rows(file, header, answer.table.num_rows)
    variables = _variables_of(answer.meta, file)
    frame = _to_frame(answer.table, [variable.name for variable in variables])
    return RawTable(
        SealedFrame(frame),
        variables,
        str(answer.meta.get("file_encoding") or "unknown"),
        sha256,
        file.kind,
        file.path.name,
        (*warnings, *_label_warnings(variables), *_set_warnings(answer.meta)),
    )


def _to_frame(table: pa.Table, names: list[str]) -> Any:
    """Return the rows as a frame; the table is given back to the system on the way, so that both never stand whole."""
    frame = table.to_pandas(split_blocks=True, self_destruct=True)
    frame.columns = names
    pa.default_memory_pool().release_unused()
    return frame


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
    file: SniffedFile, header: SpssHeader | None, encoding: str | None, how: tuple[ReadLimits, Progress | None]
) -> tuple[ChildAnswer, list[Finding]]:
    """Read with the encoding given, or declared, or UTF-8 if everything fits it; else ask."""
    request = ChildRequest(file.path, "read_sav", _ARGUMENTS)
    declared = header.encoding if header is not None else None
    attempts: list[str | None] = [encoding] if encoding else [None, "UTF-8"] if declared else ["UTF-8"]
    for attempt in attempts:
        arguments = _ARGUMENTS if attempt is None else {**_ARGUMENTS, "encoding": attempt}
        try:
            answer = run_child(replace(request, arguments=arguments), *how)
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


def _variables_of(meta: dict[str, Any], file: SniffedFile) -> tuple[Variable, ...]:
    """Return what the file says about its variables, if it is a sound description."""
    try:
        return tuple(_variables(meta))
    except (AttributeError, KeyError, TypeError, ValueError):  # a variable without a name, a label that is a number …
        raise damaged(file.path) from None


def _variables(meta: dict[str, Any]) -> Iterable[Variable]:
    labels = meta["column_labels"]
    for name, label in zip(meta["column_names"], labels, strict=True):
        if not isinstance(name, str) or not name.strip():
            raise ValueError
        text = meta["readstat_variable_types"].get(name) == "string"
        ranges, texts = _missing_values(meta["missing_ranges"].get(name, ()))
        yield Variable(
            name=name,
            label=label or "",
            kind="text" if text else "number",
            value_labels=_value_labels(meta["value_labels"].get(name, ()), text=text),
            missing_ranges=ranges,
            missing_texts=texts,
            print_format=meta["original_variable_types"].get(name) or "",
            measure=(meta["variable_measure"] or {}).get(name) or "unknown",
        )


def _value_labels(pairs: Iterable[tuple[Any, Any]], *, text: bool) -> dict[float | str, str]:
    """Return code → label; labels on system-missing, which say nothing about answers, are left out."""
    if text:
        return {str(code): str(label) for code, label in pairs}
    return {float(code): str(label) for code, label in pairs if _is_number(code)}


def _is_number(code: Any) -> bool:
    return isinstance(code, int | float) and not math.isnan(code)


def _missing_values(entries: Iterable[Any]) -> tuple[tuple[tuple[float, float], ...], tuple[str, ...]]:
    ranges: list[tuple[float, float]] = []
    texts: list[str] = []
    for entry in entries:
        low, high = (entry["lo"], entry["hi"]) if isinstance(entry, dict) else (entry, entry)
        if isinstance(low, str):
            texts.append(low)
        elif _is_number(low) and _is_number(high):
            ranges.append((float(low), float(high)))
    return tuple(ranges), tuple(texts)


def _label_warnings(variables: tuple[Variable, ...]) -> list[Finding]:
    """Warn of labels that were already spoilt when the file was written, and of labels used twice."""
    spoilt = sum(
        bool(_MOJIBAKE.search("\n".join([variable.label, *variable.value_labels.values()]))) for variable in variables
    )
    shared = [v.name for v in variables if len(set(v.value_labels.values())) < len(v.value_labels)]
    findings = []
    if spoilt:
        findings.append(
            Finding(
                "warning",
                "spoilt_letters",
                f"the labels of {spoilt} variable(s) hold wrongly decoded letters (as in “PeÃ±a”)",
                count=spoilt,
                advice="they were spoilt before this export; labels are only compared, answers are not touched",
            )
        )
    if shared:
        findings.append(
            Finding(
                "note",
                "shared_label",
                f"two codes share one label in {len(shared)} variable(s): {some_names(shared)}; codes are kept apart",
                count=len(shared),
            )
        )
    return findings


def _set_warnings(meta: dict[str, Any]) -> list[Finding]:
    known = set(meta["column_names"])
    broken = sum(not set(names) <= known for names in meta["mr_sets"].values())
    if not broken:
        return []
    return [
        Finding("note", "multiple_response", f"{broken} multiple-response set(s) name unknown variables", count=broken)
    ]
