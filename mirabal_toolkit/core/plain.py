"""Types of the toolkit as plain data that JSON knows, and back.

What a report says of a study (its instrument, its plan) must lie beside the numbers, so that the report can be
written again. Fields that hold what they hold anyway are left out; types say how to read the others.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from mirabal_toolkit.core.expressions import Condition, parse_condition

T = TypeVar("T")


def as_plain(thing: Any) -> Any:
    """Return a frozen type, or a container of such, as mappings, lists, texts and numbers.

    Examples
    --------
    >>> from mirabal_toolkit.core.instrument import Option
    >>> as_plain(Option(1, "never", {"en": "never"}))
    {'code': 1, 'name': 'never', 'label': {'en': 'never'}}
    """
    if isinstance(thing, Condition):
        return thing.source
    if isinstance(thing, Enum):
        return thing.value
    if is_dataclass(thing):
        kind: Any = type(thing)
        held = ((name, getattr(thing, name), usual) for name, usual in _usual(kind).items())
        return {name: as_plain(value) for name, value, usual in held if value != usual}
    if isinstance(thing, Mapping):
        return {str(as_plain(key)): as_plain(value) for key, value in thing.items()}
    if isinstance(thing, tuple | list):
        return [as_plain(part) for part in thing]
    # 3 and 3.0 are one number, and must be one text.
    return int(thing) if isinstance(thing, float) and thing.is_integer() else thing


def from_plain(kind: type[T], plain: Any) -> T:
    """Return what `as_plain` wrote as its type again.

    Parameters
    ----------
    kind : type
        A frozen type of `core`.
    plain : mapping
        Keys are fields; fields not named hold what they usually do.

    Raises
    ------
    ValueError
        If `plain` is not of that type: a field is unknown or lacking, or its value is of another kind.
    MirabalError
        If the type refuses what is said.

    Examples
    --------
    >>> from mirabal_toolkit.core.instrument import Option
    >>> from_plain(Option, {"code": 1, "name": "never", "label": {"en": "never"}})
    Option(code=1, name='never', label={'en': 'never'}, kind='valid', retired=False)
    """
    read: T = _read(kind, plain)
    return read


@cache
def _usual(kind: type) -> dict[str, Any]:
    """Return what each field holds that nobody says; MISSING where it must be said."""
    return {field.name: _default(field) for field in fields(kind) if field.init}


def _default(field: Field[Any]) -> Any:
    if field.default is not MISSING:
        return field.default
    return field.default_factory() if field.default_factory is not MISSING else MISSING


def _read(kind: Any, plain: Any) -> Any:
    if kind is Condition:
        return parse_condition(_of(str, plain))
    if is_dataclass(kind):
        return _fields(kind, plain)
    reader = _READERS.get(get_origin(kind))
    if reader is not None:
        return reader(get_args(kind), plain)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(plain)
    return _of(kind, plain)


def _of(kind: type, plain: Any) -> Any:
    """Return a number, text or truth; a whole number may stand for a float, truth for nothing but itself."""
    if kind is float and isinstance(plain, int) and not isinstance(plain, bool):
        return float(plain)
    if not isinstance(plain, kind) or (isinstance(plain, bool) and kind is not bool):
        raise ValueError(f"{type(plain).__name__} stands where {kind.__name__} is meant")
    return plain


@cache
def _kinds(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _fields(kind: Any, plain: Any) -> Any:
    kinds, known, plain = _kinds(kind), _usual(kind), _of(Mapping, plain)
    needed = {name for name, usual in known.items() if usual is MISSING}
    if plain.keys() - known.keys() or needed - plain.keys():
        odd = sorted((plain.keys() - known.keys()) | (needed - plain.keys()))
        raise ValueError(f"{kind.__name__} has fields that are unknown or lacking: {', '.join(odd)}")
    return kind(**{name: _read(kinds[name], value) for name, value in plain.items()})


def _literal(options: tuple[Any, ...], plain: Any) -> Any:
    if plain not in options:
        raise ValueError(f"a value is none of {', '.join(map(str, options))}")
    return plain


def _either(kinds: tuple[Any, ...], plain: Any) -> Any:
    # What is the very kind comes first: True is no number, and 1 no truth.
    for kind in sorted(kinds, key=lambda kind: type(plain) is not kind):
        try:
            return None if kind is type(None) and plain is None else _read(kind, plain)
        except ValueError:
            continue
    raise ValueError("a value is of none of its kinds")


def _tuple(kinds: tuple[Any, ...], plain: Any) -> tuple[Any, ...]:
    plain = _of(list, plain)
    each = (kinds[0],) * len(plain) if kinds[1:] == (Ellipsis,) else kinds
    return tuple(_read(kind, part) for kind, part in zip(each, plain, strict=True))


def _mapping(kinds: tuple[Any, ...], plain: Any) -> dict[Any, Any]:
    # Keys of JSON are texts; those of the toolkit are texts or whole numbers.
    key = int if kinds[0] is int else lambda text: _read(kinds[0], text)
    return {key(name): _read(kinds[1], value) for name, value in _of(Mapping, plain).items()}


_READERS: dict[Any, Callable[[tuple[Any, ...], Any], Any]] = {
    Literal: _literal,
    Union: _either,
    types.UnionType: _either,
    tuple: _tuple,
    Mapping: _mapping,
}
