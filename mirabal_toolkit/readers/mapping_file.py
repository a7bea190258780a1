"""Write a mapping for people to correct, and read it back."""

from __future__ import annotations

import hashlib
import json
import math
from collections import abc
from pathlib import Path
from typing import Any

from mirabal_toolkit.core.missing import MissingReason
from mirabal_toolkit.errors import InputError, Problem
from mirabal_toolkit.readers.mapping import SURE, Ignored, Mapping, VariableMatch
from mirabal_toolkit.readers.raw import Code
from mirabal_toolkit.readers.sniff import cannot_open
from mirabal_toolkit.safe_yaml import ParsedYaml, parse_yaml
from mirabal_toolkit.safekeeping.files import whole_file

_HEAD = """\
# Which variable of your data is which question, at which wave. The toolkit proposed this.
#
# HOW TO CORRECT IT
#   * Change an item or a wave, or move a line to `ignored` (only the variable and a reason).
#   * `confidence` and `reason` say why a line is here; they change nothing. Look at the first lines first.
#   * codes:   {"1": 4}          code 1 in your data is code 4 in the questionnaire
#   * missing: {"9": refused}    code 9 in your data means that she refused
#     reasons: refused, dont_know, not_applicable, no_contact, not_asked, unexplained
#   * date_order: dmy            for dates written as text: day, month, year (or mdy, ymd)
#   * Put codes and names in quotes. Then run the command again with   --mapping THIS-FILE
"""

#: Larger whole numbers are no waves.
_MOST_WHOLE = 1_000_000
_KNOWN = {"instrument", "id", "wave_column", "wave_values", "file_waves", "variables", "ignored"}
_KNOWN_IN_VARIABLE = {
    "variable", "item", "wave", "confidence", "reason", "codes", "missing", "date_order", "file",
}  # fmt: skip


def write_mapping(mapping: Mapping, path: Path) -> Path:
    """Write a mapping file.

    Raises
    ------
    InputError
        If it cannot be written.
    """
    with whole_file(path) as place:
        place.write_text(format_mapping(mapping), encoding="utf-8")
    return path


def mapping_hash(mapping: Mapping) -> str:
    """Return the SHA-256 of what a mapping does: comments, confidence and reasons do not count."""
    facts = format_mapping(mapping, explained=False)
    return hashlib.sha256(facts.encode()).hexdigest()


def format_mapping(mapping: Mapping, *, explained: bool = True) -> str:
    """Return a mapping as YAML, doubtful lines first.

    Parameters
    ----------
    mapping : Mapping
    explained : bool
        With comments, confidence and reasons.
    """
    lines = [_HEAD] if explained else []
    lines.append(f"instrument: {_quoted(mapping.instrument)}")
    ids = mapping.id_columns
    lines.append(f"id: {_quoted(ids[0]) if len(ids) == 1 else json.dumps(list(ids), ensure_ascii=False)}")
    if mapping.wave_column:
        lines.append(f"wave_column: {_quoted(mapping.wave_column)}")
        lines.append(f"wave_values: {_flow(mapping.wave_values)}")
    if mapping.file_waves:
        lines.append(f"file_waves: {json.dumps(list(mapping.file_waves))}   # in the order the files are given")
    lines += ["", "variables:"] if mapping.variables else ["", "variables: []"]
    lines += (
        _variable_lines(mapping.variables)
        if explained
        else [_line(match, explained=False) for match in mapping.variables]
    )
    if mapping.guesses and explained:
        lines.insert(1, "\n".join(f"# {guess.what}: {guess.confidence:g}, {guess.reason}" for guess in mapping.guesses))
    if mapping.ignored:
        lines += ["", "ignored:"]
        lines += [
            f"  - {{variable: {_quoted(entry.variable)}"
            + (f", reason: {_quoted(entry.reason)}}}" if explained else "}")
            for entry in mapping.ignored
        ]
    return "\n".join(lines) + "\n"


def _variable_lines(matches: abc.Sequence[VariableMatch]) -> abc.Iterator[str]:
    """Yield the variables in three parts: not sure, called otherwise than in the questionnaire, and the others."""
    parts = (
        ("Please look at these: the toolkit is not sure.", 0.0, SURE),
        ("These are not called as in the questionnaire, and were recognised all the same.", SURE, 1.0),
        ("The toolkit is sure of these.", 1.0, math.inf),
    )
    for words, least, most in parts:
        part = [match for match in matches if least <= match.confidence < most]
        if part and len(part) < len(matches):
            yield f"  # {words}"
        yield from (_line(match, explained=True) for match in part)


def _quoted(text: str) -> str:
    """Return text in double quotes; JSON strings are YAML strings."""
    return json.dumps(text, ensure_ascii=False)


def _code_key(code: Code) -> str:
    """Return a code as a key: numbers as written by people, text with a mark in front, so that both come back."""
    return _quoted(f"text:{code}") if isinstance(code, str) else _quoted(f"{code:.12g}")


def _flow(codes: abc.Mapping[Code, Any]) -> str:
    inner = ", ".join(f"{_code_key(code)}: {_flow_value(value)}" for code, value in codes.items())
    return f"{{{inner}}}"


def _flow_value(value: Any) -> str:
    if isinstance(value, MissingReason):
        return value.value
    return f"{value:.12g}"


def _line(match: VariableMatch, *, explained: bool) -> str:
    parts = [f"variable: {_quoted(match.variable)}", f"item: {_quoted(match.item)}"]
    parts += [f"wave: {match.wave}"] if match.wave is not None else []
    parts += [f"file: {match.file}"] if match.file is not None else []
    parts += [f"codes: {_flow(match.codes)}"] if match.codes else []
    parts += [f"missing: {_flow(match.missing)}"] if match.missing else []
    parts += [f"date_order: {match.date_order}"] if match.date_order else []
    if explained:
        parts += [f"confidence: {match.confidence:g}", f"reason: {_quoted(match.reason)}"]
    return f"  - {{{', '.join(parts)}}}"


def read_mapping(path: Path) -> Mapping:
    """Read a mapping file.

    Raises
    ------
    InputError
        If it is not there, not YAML (with the line), or holds something that no mapping has;
        everything is listed at once, each with its line.
    """
    try:
        text = path.read_bytes()
    except OSError as error:
        raise cannot_open(error, path) from None
    return parse_mapping(text, path.name)


def parse_mapping(text: str | bytes, where: str) -> Mapping:
    r"""Return the mapping that a YAML text holds; see `read_mapping`.

    Examples
    --------
    >>> parse_mapping('instrument: "a@1"\nid: pid\nvariables: []', "an example").id_columns
    ('pid',)
    """
    document = parse_yaml(text, where)
    return _MappingFile(document, where).build()


class _Wrong(Exception):  # noqa: N818  (internal signal, becomes a Problem)
    """A part of the file is not what it should be."""


class _MappingFile:
    """Builds a `Mapping` from parsed YAML, collecting everything that is wrong."""

    def __init__(self, document: ParsedYaml, where: str) -> None:
        self.document, self.where = document, where
        self.problems: list[Problem] = []

    def build(self) -> Mapping:
        top = self.document.value
        if not isinstance(top, dict):
            raise InputError(
                "the mapping file does not look like a mapping", where=self.where, fix="write one: mirabal import"
            )
        for key in top.keys() - _KNOWN:
            self._wrong((key,), f"there is no “{key}” in a mapping", f"use: {', '.join(sorted(_KNOWN))}")
        mapping = Mapping(
            instrument=self._take(("instrument",), _text, ""),
            id_columns=self._take(("id",), _texts, ()),
            variables=tuple(self._variables(top.get("variables"))),
            wave_column=self._take(("wave_column",), _text, "", required=False),
            wave_values=self._take(("wave_values",), _wave_values, {}, required=False),
            file_waves=self._take(("file_waves",), _file_waves, (), required=False),
            ignored=tuple(self._ignored(top.get("ignored"))),
        )
        if self.problems:
            raise InputError(
                f"the mapping file has {len(self.problems)} mistake(s)", where=self.where, problems=self.problems
            )
        return mapping

    def _wrong(self, path: tuple[str | int, ...], what: str, fix: str = "") -> None:
        self.problems.append(Problem(what, f"{self.where}, line {self.document.line(path)}", fix))

    def _take(self, path: tuple[str | int, ...], convert: Any, default: Any, *, required: bool = True) -> Any:
        value = self.document.value
        for key in path:
            value = value.get(key) if isinstance(value, dict) else value[key]
        if value is None:
            if required:
                self._wrong(path, f"“{path[-1]}” is lacking")
            return default
        try:
            return convert(value)
        except _Wrong as problem:
            self._wrong(path, f"“{path[-1]}” {problem}")
            return default

    def _entries(self, name: str, entries: Any) -> abc.Iterable[tuple[int, dict[str, Any]]]:
        if entries is not None and not isinstance(entries, list):
            self._wrong((name,), f"“{name}” should be a list")
            return
        for place, entry in enumerate(entries or ()):
            if isinstance(entry, dict):
                yield place, entry
            else:
                self._wrong((name, place), f'a line of “{name}” should look like  {{variable: "…"}}')

    def _variables(self, entries: Any) -> abc.Iterable[VariableMatch]:
        for place, entry in self._entries("variables", entries):
            path = ("variables", place)
            for key in entry.keys() - _KNOWN_IN_VARIABLE:
                self._wrong((*path, key), f"there is no “{key}” in a variable")
            yield VariableMatch(
                variable=self._take((*path, "variable"), _text, ""),
                item=self._take((*path, "item"), _text, ""),
                wave=self._take((*path, "wave"), _whole, None, required=False),
                confidence=self._take((*path, "confidence"), _share, 1.0, required=False),
                reason=self._take((*path, "reason"), _text, "", required=False),
                codes=self._take((*path, "codes"), _codes, {}, required=False),
                missing=self._take((*path, "missing"), _missing, {}, required=False),
                date_order=self._take((*path, "date_order"), _date_order, None, required=False),
                file=self._take((*path, "file"), _whole, None, required=False),
            )

    def _ignored(self, entries: Any) -> abc.Iterable[Ignored]:
        for place, _ in self._entries("ignored", entries):
            path = ("ignored", place)
            yield Ignored(
                self._take((*path, "variable"), _text, ""), self._take((*path, "reason"), _text, "", required=False)
            )


def _text(value: Any) -> str:
    if isinstance(value, bool | list | dict):
        raise _Wrong("should be text; put it in quotes")
    return str(value)


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(_text(entry) for entry in value) if isinstance(value, list) else (_text(value),)


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > _MOST_WHOLE:
        raise _Wrong("should be a whole number")
    return value


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _Wrong("should give numbers")
    return float(value)


def _share(value: Any) -> float:
    number = _number(value)
    if not 0 <= number <= 1:
        raise _Wrong("should lie between 0 and 1")
    return number


def _code(key: str) -> Code:
    if key.startswith("text:"):
        return key.removeprefix("text:")
    try:
        number = float(key)
    except ValueError:
        return key
    return number if math.isfinite(number) else key


def _coded(value: Any, convert: Any) -> dict[Code, Any]:
    if not isinstance(value, dict):
        raise _Wrong('should look like  {"1": 4}')
    return {_code(key): convert(entry) for key, entry in value.items()}


def _codes(value: Any) -> dict[Code, float]:
    return _coded(value, _number)


def _wave_values(value: Any) -> dict[Code, int]:
    return _coded(value, _whole)


def _file_waves(value: Any) -> tuple[int | None, ...]:
    if not isinstance(value, list):
        raise _Wrong("should be a list such as  [1, 2, 3]")
    return tuple(None if entry is None else _whole(entry) for entry in value)


def _missing(value: Any) -> dict[Code, MissingReason]:
    return _coded(value, _reason)


def _reason(value: Any) -> MissingReason:
    try:
        return MissingReason(value)
    except ValueError:
        raise _Wrong(f"should give reasons: {', '.join(reason.value for reason in MissingReason)}") from None


def _date_order(value: Any) -> str:
    if value not in ("dmy", "mdy", "ymd"):
        raise _Wrong("should be dmy, mdy or ymd")
    return str(value)
