"""Names that other programs accept: each different, each as close to ours as it can be."""

from __future__ import annotations

import re
from collections.abc import Iterable

from mirabal_toolkit.core.instrument import Instrument, Item


def distinct(wanted: Iterable[str], longest: int) -> list[str]:
    """Return names of at most `longest` signs, numbered where they would be the same but for case.

    Examples
    --------
    >>> distinct(["weapon_used", "Weapon_used", "harm"], 8)
    ['weapon_u', 'Weapon_2', 'harm']
    """
    taken: set[str] = set()
    names = []
    for name in wanted:
        short, number = name[:longest], 1
        while short.lower() in taken:
            number += 1
            short = f"{name[: longest - len(str(number))]}{number}"
        taken.add(short.lower())
        names.append(short)
    return names


def without_wave(item: Item) -> str:
    """Return the variable of an item without its wave: ``c1_w{wave}`` → ``c1``.

    Examples
    --------
    >>> from mirabal_toolkit.instruments.loading import load_instrument
    >>> without_wave(load_instrument("partner-safety@1.0.0").item("C1"))
    'c1'
    """
    if item.per_person:
        return item.variable
    return re.sub(r"(_?(w|wave|t)?_?)\{wave\}(_?)", "", item.variable, flags=re.IGNORECASE) or item.id.lower()


def short_names(instrument: Instrument, pattern: str, longest: int) -> dict[str, str]:
    """Return item id → its variable without wave, small, only signs that `pattern` (a set of signs) allows."""
    names = [re.sub(rf"[^{pattern}]", "", without_wave(item).lower()) for item in instrument.items]
    names = [name if name[:1].isalpha() else f"q{name}" for name in names]
    return dict(zip((item.id for item in instrument.items), distinct(names, longest), strict=True))


def file_stem(instrument: Instrument) -> str:
    """Return the beginning of file names: id and version."""
    return f"{instrument.id}-{instrument.version}"
