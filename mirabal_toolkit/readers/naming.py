"""Match variables of one file with items by their names and labels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from mirabal_toolkit.core.instrument import Instrument, Item
from mirabal_toolkit.readers.codes import CodeProposal, propose_codes, turned
from mirabal_toolkit.readers.mapping import VariableMatch
from mirabal_toolkit.readers.raw import Variable, plain_name
from mirabal_toolkit.readers.waves import WaveNames, find_waves_in_names, own_stem, stems_of, wave_in_label
from mirabal_toolkit.readers.words import similarity, without_wave

#: A label must be at least this like an item's, and better than the next by the margin.
_LABEL_THRESHOLD, _LABEL_MARGIN = 0.72, 0.08
#: A label less like its own item than this makes a match by name doubtful, if another item fits it.
_LABEL_DOUBT = 0.2
_SAME_LABEL = 0.95


@dataclass(frozen=True)
class NameBook:
    """The names by which an instrument's items can be known."""

    instrument: Instrument

    @cached_property
    def own(self) -> dict[str, tuple[str, int | None]]:
        """Variable name as the instrument writes it → (item id, wave)."""
        names: dict[str, tuple[str, int | None]] = {}
        for item in self.instrument.items:
            if item.per_person:
                names[item.variable] = (item.id, None)
            for wave in () if item.per_person else self.instrument.waves:
                names[item.variable.replace("{wave}", str(wave.number))] = (item.id, wave.number)
        return names

    @cached_property
    def own_plain(self) -> dict[str, tuple[str, int | None]]:
        """The same in lower case."""
        return {plain_name(name): place for name, place in self.own.items()}

    @cached_property
    def stems(self) -> dict[str, str]:
        """Stem of items asked at every wave → item id."""
        return stems_of(self.instrument)

    @cached_property
    def person_names(self) -> dict[str, str]:
        """Names of items asked once → item id."""
        names: dict[str, str] = {}
        for item in self.instrument.items:
            if item.per_person:
                names.setdefault(own_stem(item.variable), item.id)
                names.setdefault(plain_name(item.id), item.id)
        return names

    @cached_property
    def texts(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Item id and its labels and wordings in every language."""
        return tuple(
            (item.id, tuple(dict.fromkeys([*item.label.values(), *item.text.values()])))
            for item in self.instrument.items
        )

    @cached_property
    def words_of_labels(self) -> dict[str, str]:
        """Plain words of a label → item id, where they fit one item only."""
        items: dict[str, set[str]] = {}
        for item_id, texts in self.texts:
            for text in texts:
                items.setdefault(without_wave(text), set()).add(item_id)
        return {words: ids.pop() for words, ids in items.items() if len(ids) == 1 and words}


def match_variables(variables: Iterable[Variable], instrument: Instrument) -> list[VariableMatch]:
    """Return a match for every variable that can be recognised.

    Parameters
    ----------
    variables : iterable of Variable
        Those of one file, without the id and the wave column.
    instrument : Instrument

    Raises
    ------
    InputError
        If the names follow two wave patterns equally well.
    """
    book = NameBook(instrument)
    listed = list(variables)
    waves = find_waves_in_names((variable.name for variable in listed), instrument)
    matches = {
        variable.name: _doubt(match, variable, book)
        for variable in listed
        if (match := _by_name(variable, book, waves)) is not None
    }
    rest = [variable for variable in listed if variable.name not in matches]
    matches |= {match.variable: match for match in _by_label(rest, list(matches.values()), book, waves)}
    return [_with_codes(matches[v.name], v, instrument) for v in listed if v.name in matches]


def _by_name(variable: Variable, book: NameBook, waves: WaveNames) -> VariableMatch | None:
    name, plain = variable.name, plain_name(variable.name)
    if name in book.own:
        return VariableMatch(name, *book.own[name], 1.0, "the instrument’s own name")
    if plain in book.own_plain:
        return VariableMatch(name, *book.own_plain[plain], 0.98, "the instrument’s own name but for capital letters")
    parts = waves.names.get(name)
    if parts is not None and parts.stem in book.stems:
        why = f"name and wave, written as in {parts.pattern}"
        sure = 0.95 if parts.pattern == waves.pattern else 0.85
        if parts.counted_from_zero:
            why, sure = f"{why}, waves counted from 0", min(sure, 0.9)
        return VariableMatch(name, book.stems[parts.stem], parts.wave, sure, why)
    if plain in book.person_names:
        return VariableMatch(name, book.person_names[plain], None, 0.95, "the name of the item")
    if plain in book.stems:
        return VariableMatch(name, book.stems[plain], None, 0.95, "the name of the item, without a wave")
    return None


def _doubt(match: VariableMatch, variable: Variable, book: NameBook) -> VariableMatch:
    """Lower the confidence of a match by name when the label says that it is another item."""
    if not variable.label:
        return match
    other = book.words_of_labels.get(without_wave(variable.label))
    if other is None or other == match.item:
        return match
    own = dict(book.texts)[match.item]
    if max((similarity(variable.label, text) for text in own), default=0.0) > _LABEL_DOUBT:
        return match
    return replace(match, confidence=0.5, reason=f"{match.reason}; but its label is that of {other}")


def _by_label(
    variables: list[Variable], found: list[VariableMatch], book: NameBook, waves: WaveNames
) -> Iterator[VariableMatch]:
    """Match what has no known name by its label; only items that are not found yet at that wave."""
    taken = {(match.item, match.wave) for match in found}
    in_rows = {match.item for match in found if match.wave is None}
    used_waves = sorted({match.wave for match in found if match.wave is not None})
    for variable in variables:
        best = _best_label(variable, book)
        if best is None:
            continue
        item, alike, why = book.instrument.item(best[0]), best[1], best[2]
        parts = waves.names.get(variable.name)
        said = parts.wave if parts is not None else wave_in_label(variable.label, book.instrument)
        wave, certainty, how = _wave_for(item, said, taken, used_waves)
        if (item.id, wave) in taken or item.id in in_rows or certainty == 0.0:
            continue
        taken.add((item.id, wave))
        confidence = round(min(0.9, (0.5 + 0.4 * alike) * certainty), 2)
        yield VariableMatch(variable.name, item.id, wave, confidence, f"{why}{how}")


def _best_label(variable: Variable, book: NameBook) -> tuple[str, float, str] | None:
    """Return the item that a variable's label, or failing that its answers, point to; how sure, and why."""
    likes = _likenesses(variable, book)
    if likes and likes[0][0] >= _LABEL_THRESHOLD:
        best, item = likes[0]
        rivals = [(like, name) for like, name in likes[1:] if best - like < _LABEL_MARGIN]
        if not rivals:
            return item, best, f"its label is like that of {item}"
        return _by_answers(variable, [item, *(name for _, name in rivals)], book, best)
    if not variable.label:
        named = _by_answers(variable, [item.id for item in book.instrument.items if item.type == "choice"], book, 0.0)
        return None if named is None else (named[0], 0.25, f"no other item has the answers of {named[0]}")
    return None


def _likenesses(variable: Variable, book: NameBook) -> list[tuple[float, str]]:
    """Return (likeness of the label, item id), the most alike first."""
    if not variable.label:
        return []
    likes = [
        (max((similarity(variable.label, text) for text in texts), default=0.0), item) for item, texts in book.texts
    ]
    return sorted(likes, key=lambda pair: -pair[0])


def _by_answers(variable: Variable, items: list[str], book: NameBook, alike: float) -> tuple[str, float, str] | None:
    """Return the only one of the items whose answers are the variable's value labels."""
    if not variable.value_labels:
        return None
    proposals = {item: propose_codes(variable, book.instrument.item(item), book.instrument) for item in items}
    fitting = [item for item, proposal in proposals.items() if proposal.agreement == 1.0]
    if len(fitting) != 1:
        return None
    item = fitting[0]
    return item, alike, f"its label is like that of {item} and others, its answers are those of {item}"


def _wave_for(
    item: Item, said: int | None, taken: set[tuple[str, int | None]], used_waves: list[int]
) -> tuple[int | None, float, str]:
    """Return the wave of a variable found by its label, how certain that is (0: not at all), and why."""
    if item.per_person:
        return None, 1.0, ""
    if said is not None:
        return said, 1.0, ""
    if not used_waves:
        return None, 1.0, ""
    gaps = [wave for wave in used_waves if (item.id, wave) not in taken]
    if len(gaps) == 1:
        return gaps[0], 0.8, f", and wave {gaps[0]} is the only one where that is lacking"
    return None, 0.0, ""


def _with_codes(match: VariableMatch, variable: Variable, instrument: Instrument) -> VariableMatch:
    """Add the code map; labels that are not answers of the item make a match doubtful."""
    proposal: CodeProposal = propose_codes(variable, instrument.item(match.item), instrument)
    confidence, reason = match.confidence, match.reason
    if proposal.reason:
        confidence, reason = min(confidence, 0.85), f"{reason}; {proposal.reason}"
    if proposal.agreement is not None and proposal.agreement < 0.5:
        confidence, reason = (
            round(confidence * 0.7, 2),
            f"{reason}; few of its value labels are answers of {match.item}",
        )
    if proposal.by_likeness:
        confidence = min(confidence, 0.75)
        reason = f"{reason}; {proposal.by_likeness} of its value labels are only like an answer"
    if turned(proposal.codes) == "reversed":
        confidence = min(confidence, 0.75)
    return replace(match, confidence=confidence, reason=reason, codes=proposal.codes, missing=proposal.missing)
