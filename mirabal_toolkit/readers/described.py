"""What a file of SPSS, Stata or SAS says about its variables, and its rows as a frame."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from mirabal_toolkit.core.data import Finding
from mirabal_toolkit.readers.child import damaged
from mirabal_toolkit.readers.raw import SPECIAL, Variable, plain_name, special_code
from mirabal_toolkit.readers.sniff import SniffedFile
from mirabal_toolkit.readers.words import some_names

_MOJIBAKE = re.compile("Ã[\u0080-\u00bf]|â€|\ufffd")


def to_frame(table: pa.Table, names: Sequence[str]) -> Any:
    """Return the rows as a frame; the table is given back to the system on the way, so that both never stand whole."""
    frame = table.to_pandas(split_blocks=True, self_destruct=True)
    frame.columns = list(names)
    pa.default_memory_pool().release_unused()
    return frame


def variables_of(meta: dict[str, Any], file: SniffedFile) -> tuple[Variable, ...]:
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
    known: dict[float | str, str] = {float(code): str(label) for code, label in pairs if _is_number(code)}
    return known | {f".{code.lower()}": str(label) for code, label in pairs if isinstance(code, str) and len(code) == 1}


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


def label_warnings(variables: tuple[Variable, ...]) -> list[Finding]:
    """Warn of labels that were spoilt when the file was written, labels used twice, and names that are nearly one."""
    return [*_spoilt_letters(variables), *_names_nearly_one(variables), *_shared_labels(variables)]


def _spoilt_letters(variables: tuple[Variable, ...]) -> Iterator[Finding]:
    texts = ("\n".join([variable.label, *variable.value_labels.values()]) for variable in variables)
    spoilt = sum(bool(_MOJIBAKE.search(text)) for text in texts)
    if spoilt:
        yield Finding(
            "warning",
            "spoilt_letters",
            f"the labels of {spoilt} variable(s) hold wrongly decoded letters (as in “PeÃ±a”)",
            count=spoilt,
            advice="they were spoilt before this export; labels are only compared, answers are not touched",
        )


def _names_nearly_one(variables: tuple[Variable, ...]) -> Iterator[Finding]:
    alike = Counter(plain_name(variable.name) for variable in variables)
    twins = [variable.name for variable in variables if alike[plain_name(variable.name)] > 1]
    if twins:
        yield Finding(
            "warning",
            "names_differ_by_case",
            f"{len(twins)} variable(s) have names that differ only by capital letters: {some_names(twins)}",
            count=len(twins),
            advice="say in the mapping which is meant",
        )


def _shared_labels(variables: tuple[Variable, ...]) -> Iterator[Finding]:
    shared = [v.name for v in variables if len(set(v.value_labels.values())) < len(v.value_labels)]
    if shared:
        yield Finding(
            "note",
            "shared_label",
            f"two codes share one label in {len(shared)} variable(s): {some_names(shared)}; codes are kept apart",
            count=len(shared),
        )


def special_codes_used(table: pa.Table, variables: Sequence[Variable]) -> tuple[tuple[str, ...], ...]:
    """Return, for each variable, the missing codes `.a` to `.z` that stand in its cells."""
    found: list[tuple[str, ...]] = []
    for variable, column in zip(variables, table.columns, strict=True):
        if variable.kind == "text":
            found.append(())
            continue
        numbers = column.to_numpy()
        special = np.unique(numbers[numbers > SPECIAL])
        found.append(tuple(code for number in special if (code := special_code(float(number)))))
    return tuple(found)
