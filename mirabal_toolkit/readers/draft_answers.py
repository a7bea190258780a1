"""The answers of a variable as a draft of a response set, from its value labels and missing codes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from mirabal_toolkit.readers.codes import reason_in_label
from mirabal_toolkit.readers.dates import is_date_format
from mirabal_toolkit.readers.raw import TOLERANCE, Variable
from mirabal_toolkit.readers.words import plain_words

#: Kinds of missing answer a response set has a word for.
_KINDS = ("refused", "dont_know", "not_applicable", "no_contact")

#: Above so many different codes, numbers with a label on some are numbers.
_MOST_OPTIONS = 60


def kind_of(variable: Variable, values: pd.Series) -> str:
    """Return the type of the item that a variable seems to be."""
    if variable.kind == "text":
        return "text"
    if is_date_format(variable.print_format):
        return "date"
    labelled = [code for code in variable.value_labels if not _is_missing(variable, code)]
    if len(labelled) > 1 and len(codes_of([(variable, values)])) <= _MOST_OPTIONS and _whole(labelled):
        return "choice"
    return "integer" if _whole(_given(variable, values)) else "number"


def codes_of(holders: Sequence[tuple[Variable, pd.Series]]) -> dict[int, str]:
    """Return code → label of all answers; empty for those without a label between labelled ones."""
    found: dict[int, str] = {}
    for variable, _ in holders:
        for code, label in variable.value_labels.items():
            if not isinstance(code, str) and not _is_missing(variable, code):
                found[round(code)] = found.get(round(code)) or label
    labelled = list(found)
    for variable, values in holders if labelled else ():
        for code in _given(variable, values):
            # Outside the labelled codes a code is more likely a slip than an answer.
            if min(labelled) <= code <= max(labelled):
                found.setdefault(round(code), "")
    return dict(sorted(found.items()))


def missing_of(variables: Iterable[Variable]) -> dict[int, tuple[str, str]]:
    """Return missing code → (label, kind), for those whose label says why."""
    found: dict[int, tuple[str, str]] = {}
    for variable in variables:
        for code, label in variable.value_labels.items():
            reason = reason_in_label(label)
            if isinstance(code, str) or reason is None or reason.value not in _KINDS or not _whole([code]):
                continue
            if _is_missing(variable, code):
                found.setdefault(round(code), (label, reason.value))
    return dict(sorted(found.items()))


def options_of(codes: dict[int, str], missing: dict[int, tuple[str, str]], language: str) -> list[dict[str, Any]]:
    """Return the options of a response set as an instrument file has them."""
    taken: set[str] = set()
    options: list[dict[str, Any]] = []
    for code, label in codes.items():
        text = label.strip() or f"Code {code} (no label in the file)"
        options.append({"code": code, "name": _name(label, code, taken), "label": {language: text}})
    for code, (label, kind) in missing.items():
        name = kind if kind not in taken else f"{kind}_{abs(code)}"
        taken.add(name)
        options.append({"code": code, "name": name, "kind": kind, "label": {language: label.strip()}})
    return options


def _name(label: str, code: int, taken: set[str]) -> str:
    words = re.sub(r"[^a-z0-9]+", "_", plain_words(label)).strip("_")[:30].rstrip("_")
    plain = words if words[:1].isalpha() else ""
    sign = f"minus_{-code}" if code < 0 else str(code)
    name = plain if plain and plain not in taken else f"{plain or 'code'}_{sign}"
    taken.add(name)
    return name


def _given(variable: Variable, values: pd.Series) -> list[float]:
    numbers = pd.unique(values[~variable.is_missing(values)].dropna())
    return [float(number) for number in numbers if np.isfinite(number)] if variable.kind == "number" else []


def _is_missing(variable: Variable, code: float | str) -> bool:
    return isinstance(code, str) or any(low <= code <= high for low, high in variable.missing_ranges)


def _whole(numbers: Iterable[float | str]) -> bool:
    return all(not isinstance(number, str) and abs(number - round(number)) < TOLERANCE for number in numbers)
