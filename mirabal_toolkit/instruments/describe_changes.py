"""A comparison of two versions as plain data and as plain text, for `mirabal instruments diff`."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from mirabal_toolkit.core.instrument import Comparability
from mirabal_toolkit.instruments.change_log import Comparison, ExplainedDifference, log_problems
from mirabal_toolkit.instruments.differences import UNDECLARED

_MEANING: Mapping[Comparability, str] = {
    "yes": "comparable",
    "partial": "comparable in part: compared, and flagged",
    "no": "not comparable: left out of every change over time",
}
_KINDS = {
    "added": "added",
    "removed": "removed",
    "renamed": "renamed",
    "reworded": "reworded",
    "options_changed": "other answers",
    "routing_changed": "asked of others",
    "split": "split",
    "merged": "merged",
    "scale_changed": "scored otherwise",
    "translated": "translated",
    "described": "described",
    "redesigned": "redesigned",
}


def comparison_record(comparison: Comparison) -> dict[str, Any]:
    """Return a comparison as plain data.

    Examples
    --------
    >>> from mirabal_toolkit.instruments.change_log import compare
    >>> from mirabal_toolkit.instruments.loading import load_instrument
    >>> instrument = load_instrument("partner-safety@1.0.0")
    >>> record = comparison_record(compare(instrument, instrument))
    >>> record["changes"], record["least_step"]
    ([], 'none')
    """
    pair = comparison.pair
    return {
        "id": pair.newer.id,
        "older": pair.older.version,
        "newer": pair.newer.version,
        "least_step": comparison.least_step if comparison.explained else "none",
        "least_version": comparison.least_version if comparison.explained else pair.older.version,
        "changes": [_record(one) for one in comparison.explained],
        "items": _graded(comparison.items),
        "outcomes": _graded(comparison.outcomes),
        "problems": [{"what": p.what, "where": p.where, "fix": p.fix} for p in _problems(comparison)],
    }


def comparison_text(comparison: Comparison, width: int = 80) -> str:
    """Return a comparison as text for a terminal, no line longer than `width` (at least 60)."""
    pair = comparison.pair
    lines = [f"{pair.newer.id}: {pair.older.version} → {pair.newer.version}"]
    lines += ["═" * len(lines[0]), ""]
    if not comparison.explained:
        return "\n".join([*lines, "Nothing differs."]) + "\n"
    asks = f"What changed asks for {comparison.least_step.upper()}, {comparison.least_version} or higher."
    lines += _wrapped(asks, width)
    lines += [line for one in comparison.explained for line in _paragraph(one, width)]
    lines += ["", "Comparing over time", "───────────────────"]
    lines += [line for text in _over_time(comparison) for line in _wrapped(text, width, "  ")]
    problems = _problems(comparison)
    lines += ["", "The change log", "──────────────"]
    lines += [line for problem in problems for line in _wrapped(f"{problem.where}: {problem.what}", width, "  ")]
    lines += [] if problems else ["agrees with the files."]
    return "\n".join(lines) + "\n"


def _problems(comparison: Comparison) -> list[Any]:
    return list(log_problems(comparison)) if comparison.explained else []


def _record(one: ExplainedDifference) -> dict[str, Any]:
    found, declared = one.difference, one.declared
    return {
        "kind": found.kind,
        "subject": found.subject,
        "id": found.id,
        "was": found.was,
        "details": list(found.details),
        "declared": declared is not None,
        "comparability": one.comparability,
        "step": one.step,
        "reason": declared.reason if declared else "",
        "date": declared.date if declared else "",
        "recode": {str(old): new for old, new in declared.recode.items()} if declared else {},
    }


def _graded(grades: Mapping[str, Comparability]) -> dict[str, list[str]]:
    return {grade: [name for name, found in grades.items() if found == grade] for grade in _MEANING}


def _paragraph(one: ExplainedDifference, width: int) -> Iterator[str]:
    found, declared = one.difference, one.declared
    yield ""
    yield from _wrapped(f"{_KINDS[found.kind]}: {found.subject} {found.id}; {'; '.join(found.details)}", width, "  ")
    if found.kind in UNDECLARED:
        return
    said = "has answers in the newer version only" if found.kind == "added" else _MEANING[one.comparability]
    yield from _wrapped(said if declared else f"not in the change log; {said}", width, "    ", "  → ")
    if declared:
        yield from _wrapped(f"{declared.date}: {declared.reason}", width, "    ", "    ")
    if declared and declared.recode:
        codes = ", ".join(f"{old} → {new}" for old, new in declared.recode.items())
        yield from _wrapped(f"recoded: {codes}", width, "    ", "    ")


def _over_time(comparison: Comparison) -> Iterator[str]:
    for what, grades in (("questions", comparison.items), ("outcomes", comparison.outcomes)):
        graded = _graded(grades)
        for grade in ("no", "partial"):
            if graded[grade]:
                yield f"{what} {_MEANING[grade].partition(':')[0]}: {', '.join(graded[grade])}"
        yield f"{what} comparable: {len(graded['yes'])} of {len(grades)}"


def _wrapped(text: str, width: int, rest: str = "", first: str = "") -> list[str]:
    return textwrap.wrap(text, max(width, 60), initial_indent=first, subsequent_indent=rest)
