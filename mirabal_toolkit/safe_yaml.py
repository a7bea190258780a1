"""Read YAML that people write by hand, without the traps of YAML.

YAML 1.2 only (``no`` is a word, ``012`` is twelve); a key written twice is refused, since readers
otherwise keep the last silently; anchors, aliases and tags are refused, since a few hundred bytes of
them can fill the memory or make objects nobody asked for; size and depth are limited.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from mirabal_toolkit.errors import InputError

MAX_BYTES = 1_000_000
MAX_DEPTH = 50
#: Larger numbers stand in no questionnaire and no plan, and overflow where something is worked out with them.
LARGEST = 1e15

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class ParsedYaml:
    """A document and where its parts stand.

    Parameters
    ----------
    value : object
        Dictionaries, lists, text, numbers, true/false, None and dates.
    lines : mapping
        Path of keys and positions → line, counted from 1.
    """

    value: Any
    lines: Mapping[Path, int]

    def line(self, path: Sequence[str | int]) -> int:
        r"""Return the line of `path`, or of the nearest thing around it.

        Examples
        --------
        >>> parse_yaml("a: 1\nb:\n  c: 2\n", "an example").line(["b", "c", "unknown"])
        3
        """
        place = tuple(path)
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


def parse_yaml(text: str | bytes, where: str) -> ParsedYaml:
    """Return the one document in `text`.

    Parameters
    ----------
    text : str or bytes
        The YAML; bytes are read as UTF-8.
    where : str
        Name of the file for messages.

    Raises
    ------
    InputError
        If it is too long, too deep, not UTF-8, not YAML, repeats a key, or uses anchors, aliases
        or tags; the line is named.

    Examples
    --------
    >>> parse_yaml("answer: no", "an example").value
    {'answer': 'no'}
    """
    text = _decoded(text, where)
    yaml = YAML(typ="safe", pure=True)
    yaml.Composer = _StrictComposer
    try:
        node = yaml.compose(text)
        value = None if node is None else yaml.constructor.construct_document(node)
    except _Refused as problem:
        raise InputError(problem.what, where=f"{where}, line {problem.line}", fix=problem.fix) from None
    except YAMLError as error:
        raise _as_input_error(error, where) from None
    except (ValueError, OverflowError, RecursionError) as error:
        what = f"holds a number or date that cannot be read ({type(error).__name__})"
        raise InputError(what, where=where, fix="put what is no number in quotes") from None
    lines: dict[Path, int] = {}
    if node is not None:
        _note_lines(node, (), lines, node.start_mark.line + 1)
    _refuse_odd_values(value, (), lines, where)
    return ParsedYaml(value, lines)


def _decoded(text: str | bytes, where: str) -> str:
    size = len(text) if isinstance(text, bytes) else len(text.encode("utf-8", errors="surrogatepass"))
    if size > MAX_BYTES:
        raise InputError(f"is larger than {MAX_BYTES // 1_000_000} MB", where=where, fix="this is not a file to edit")
    if isinstance(text, bytes):
        try:
            return text.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = text.count(b"\n", 0, error.start) + 1
            raise InputError("is not UTF-8 text", where=f"{where}, line {line}", fix="save it as UTF-8") from None
    return text


class _Refused(Exception):  # noqa: N818  (internal signal, becomes an InputError)
    def __init__(self, what: str, line: int, fix: str) -> None:
        self.what, self.line, self.fix = what, line, fix
        super().__init__(what)


class _StrictComposer(Composer):
    """Refuses while composing, before anything is built from the text."""

    def __init__(self, loader: Any = None) -> None:
        super().__init__(loader=loader)
        self._level = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        event = self.parser.peek_event()
        line = event.start_mark.line + 1
        if getattr(event, "anchor", None) is not None:
            raise _Refused("anchors and aliases (& and *) are not allowed", line, "write the text out again")
        if self._level >= MAX_DEPTH:
            raise _Refused(f"is nested deeper than {MAX_DEPTH}", line, "write it in fewer levels")
        if _has_tag(event):
            raise _Refused("tags (!) are not allowed", line, "put the text in quotes")
        self._level += 1
        try:
            return super().compose_node(parent, index)
        finally:
            self._level -= 1


def _has_tag(event: Any) -> bool:
    tag = getattr(event, "ctag", None)
    return tag is not None and str(tag) not in ("", "None", "!")


def _as_input_error(error: YAMLError, where: str) -> InputError:
    if isinstance(error, DuplicateKeyError):
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        return InputError("the same key is written twice", where=f"{where}, line {line}", fix="keep one of them")
    if isinstance(error, MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 0
        what = (error.problem or "cannot be read").strip()
        return InputError(
            f"is not valid YAML: {what}",
            where=f"{where}, line {line}" if line else where,
            fix="look at the indentation, the colons, and texts with : or # that need quotes",
        )
    return InputError("is not valid YAML: it holds signs that are not text", where=where, fix="save it as UTF-8 text")


def _note_lines(node: Node, path: Path, lines: dict[Path, int], line: int) -> None:
    lines[path] = line
    if isinstance(node, MappingNode):
        for key, value in node.value:
            _note_lines(value, (*path, str(key.value)), lines, key.start_mark.line + 1)
    elif isinstance(node, SequenceNode):
        for place, value in enumerate(node.value):
            _note_lines(value, (*path, place), lines, value.start_mark.line + 1)


def _refuse_odd_values(value: Any, path: Path, lines: Mapping[Path, int], where: str) -> None:
    """Refuse numbers nothing can be worked out with, halves of characters, and keys that are not text (``1:``)."""
    line = lines.get(path, 1)
    if isinstance(value, int | float) and not abs(value) <= LARGEST:
        what = "holds a number without an end, or too large to work with"
        raise InputError(what, where=f"{where}, line {line}", fix="write another number, or a text in quotes")
    if isinstance(value, str) and any("\ud800" <= sign <= "\udfff" for sign in value):
        raise InputError("holds half a character", where=f"{where}, line {line}", fix="write the character again")
    if isinstance(value, dict):
        for key, inner in value.items():
            if not isinstance(key, str):
                raise InputError("a key is not text", where=f"{where}, below line {line}", fix="put the key in quotes")
            _refuse_odd_values(inner, (*path, key), lines, where)
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            _refuse_odd_values(inner, (*path, place), lines, where)
