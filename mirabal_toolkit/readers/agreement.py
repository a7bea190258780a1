"""How far the words of a file agree with those of the instrument: labels of variables and of codes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mirabal_toolkit.core.instrument import Instrument, Item, Option
from mirabal_toolkit.core.quality import LabelAgreement
from mirabal_toolkit.readers.mapping import Mapping, VariableMatch
from mirabal_toolkit.readers.raw import Code, Variable
from mirabal_toolkit.readers.words import plain_words, similarity, without_wave

#: Labels of codes at least this alike say the same.
SAME = 0.8


def compare_labels(
    files: Sequence[Sequence[Variable]], mapping: Mapping, instrument: Instrument
) -> tuple[LabelAgreement, ...]:
    """Compare the labels of mapped variables with the instrument, item by item.

    Parameters
    ----------
    files : sequence of sequences of Variable
        The variables of each file, as in `RawTable.variables`.
    mapping : Mapping
        By which the files were read; codes are compared after it has changed them.
    instrument : Instrument

    Returns
    -------
    tuple of LabelAgreement
        In the order of the instrument; items of which no file has a variable are left out.
    """
    holders: dict[str, list[tuple[Variable, VariableMatch]]] = {}
    for number, variables in enumerate(files, start=1):
        here = {variable.name: variable for variable in variables}
        for match in mapping.variables:
            if match.stands_in(number) and match.variable in here:
                holders.setdefault(match.item, []).append((here[match.variable], match))
    return tuple(_item(item, holders[item.id], instrument) for item in instrument.items if item.id in holders)


def _item(item: Item, holders: Sequence[tuple[Variable, VariableMatch]], instrument: Instrument) -> LabelAgreement:
    options = {float(option.code): option for option in instrument.options(item.id)}
    least = min((_codes(variable, match, options) for variable, match in holders), key=_agreeing)
    same, other, unknown = least
    label = next((variable.label for variable, _ in holders if variable.label), "")
    return LabelAgreement(
        item.id, tuple(variable.name for variable, _ in holders), label, _likeness(label, item), same, other, unknown
    )


def _likeness(label: str, item: Item) -> float | None:
    """Return how alike a label is to the best of the item's own words, in any language."""
    if not label:
        return None
    words = without_wave(label)
    return round(max((similarity(words, text) for text in (*item.label.values(), *item.text.values())), default=0), 2)


_Codes = tuple[int, tuple[str, ...], tuple[str, ...]]


def _agreeing(codes: _Codes) -> float:
    same, other, unknown = codes
    return same / max(same + len(other) + len(unknown), 1) - len(other)


def _codes(variable: Variable, match: VariableMatch, options: dict[float, Option]) -> _Codes:
    """Return how many labelled codes say the same, those that say something else, and those unknown."""
    if not options:
        return 0, (), ()
    same, other, unknown = 0, [], []
    for code, label, option in _labelled(variable, match, options):
        if option is None:
            unknown.append(f"{code:g}: “{label}”" if isinstance(code, float) else f"{code}: “{label}”")
        elif _says_the_same(label, option):
            same += 1
        else:
            meant = next(iter(option.label.values()), option.name)
            other.append(f"{option.code}: “{label}”, not “{meant}”")
    return same, tuple(other), tuple(unknown)


def _labelled(
    variable: Variable, match: VariableMatch, options: dict[float, Option]
) -> Iterator[tuple[Code, str, Option | None]]:
    """Yield labelled codes with the option they become; codes mapped to a missing reason are left out."""
    for code, label in variable.value_labels.items():
        if code in match.missing:
            continue
        becomes = match.codes.get(code, code)
        yield code, label, None if isinstance(becomes, str) else options.get(float(round(becomes)))


def _says_the_same(label: str, option: Option) -> bool:
    texts = (*option.label.values(), option.name)
    return any(plain_words(label) == plain_words(text) or similarity(label, text) >= SAME for text in texts)
