"""Find the wave in the names of variables (``q1_w3``, ``T3_q1``, ``q1.3`` …), of files, and in a column."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from mirabal_toolkit.core.instrument import Instrument, Wave
from mirabal_toolkit.errors import InputError
from mirabal_toolkit.readers.raw import TOLERANCE, Code, Variable, plain_name
from mirabal_toolkit.readers.wave_words import follow_up_in, wave_of_text, waves_of_follow_ups, waves_of_texts
from mirabal_toolkit.readers.words import plain_words

#: How the wave is written: its number, months since the start, which follow-up, or a letter.
Unit = Literal["number", "months", "follow_up", "letter"]


@dataclass(frozen=True, slots=True)
class WavePattern:
    """A habit of writing the wave into a name; `name` shows it on an example."""

    name: str
    expression: re.Pattern[str]
    unit: Unit = "number"

    def split(self, name: str) -> tuple[str, int] | None:
        """Return (stem, number) of a variable name, or None when it is not written so.

        Examples
        --------
        >>> PATTERNS[0].split("C1_w3")
        ('c1', 3)
        """
        match = self.expression.fullmatch(plain_name(name))
        if match is None:
            return None
        number = _READ_AS[self.unit](match["wave"])
        return None if number is None else (match["stem"], number)


_READ_AS: Mapping[Unit, Callable[[str], int | None]] = {
    "number": int,
    "months": int,
    "follow_up": lambda text: 1 if text in ("post", "after") else follow_up_in(text.replace("_", " ")),
    "letter": lambda text: ord(text) - ord("a") + 1,
}


def _pattern(name: str, expression: str, unit: Unit = "number") -> WavePattern:
    return WavePattern(name, re.compile(expression), unit)


#: The words for rounds before and after, and for follow-ups with a number.
_FOLLOW_UPS = r"(?P<wave>baseline|base|bl|start|intake|pre|before|post|after|(?:fup|fu|follow_?up)_?\d{1,2})"
#: Words before the number of a round that are no word of their own in names of items.
_ROUNDS = r"(?:round|rd|r|visit|vis|v|survey|phase|interview|int|s)_?(?P<wave>\d{1,2})"


PATTERNS = (
    _pattern("q1_w3", r"(?P<stem>.+?)[_.]?w(?:ave)?_?(?P<wave>\d{1,2})"),
    _pattern("w3_q1", r"w(?:ave)?_?(?P<wave>\d{1,2})[_.]?(?P<stem>[^\W\d_].*)"),
    _pattern("T3_q1", r"t(?:ime)?_?(?P<wave>\d{1,2})[_.]?(?P<stem>[^\W\d_].*)"),
    _pattern("q1_T3", r"(?P<stem>.+?)[_.]t(?:ime)?_?(?P<wave>\d{1,2})"),
    _pattern("q1.3", r"(?P<stem>.+)\.(?P<wave>\d{1,2})"),
    _pattern("q1_3", r"(?P<stem>.+)_(?P<wave>\d{1,2})"),
    _pattern("q1_12m", r"(?P<stem>.+?)[_.](?P<wave>\d{1,2})m(?:o|onths?)?", "months"),
    _pattern("q1_m12", r"(?P<stem>.+?)[_.]m(?:o|onths?)?_?(?P<wave>\d{1,2})", "months"),
    _pattern("m12_q1", r"m(?:o|onths?)?_?(?P<wave>\d{1,2})[_.](?P<stem>.+)", "months"),
    _pattern("12m_q1", r"(?P<wave>\d{1,2})m(?:o|onths?)?[_.](?P<stem>.+)", "months"),
    _pattern("q1_fu1", rf"(?P<stem>.+?)[_.]{_FOLLOW_UPS}", "follow_up"),
    _pattern("fu1_q1", rf"{_FOLLOW_UPS}[_.](?P<stem>.+)", "follow_up"),
    _pattern("q1_r3", rf"(?P<stem>.+?)[_.]{_ROUNDS}"),
    _pattern("r3_q1", rf"{_ROUNDS}[_.](?P<stem>.+)"),
    _pattern("3_q1", r"(?P<wave>\d{1,2})[_.](?P<stem>[^\W\d_].*)"),
    _pattern("q1#3", r"(?P<stem>.+?)(?:#|\(|\[)(?P<wave>\d{1,2})(?:\)|\])?"),
    _pattern("a_q1", r"(?P<wave>[a-i])[_.](?P<stem>.+)", "letter"),
    _pattern("q1_a", r"(?P<stem>.+)[_.](?P<wave>[a-i])", "letter"),
)


@dataclass(frozen=True, slots=True)
class SplitName:
    """A variable name taken apart; `pattern` is how, `counted_from_zero` whether wave 1 is called 0."""

    stem: str
    wave: int
    pattern: str
    counted_from_zero: bool = False


@dataclass(frozen=True)
class WaveNames:
    """What the names of a file say about waves.

    Parameters
    ----------
    names : mapping
        Variable → its parts; only names that hold a wave of the instrument.
    pattern : str
        The pattern most of them follow; empty when there is none.
    """

    names: Mapping[str, SplitName] = field(default_factory=dict)
    pattern: str = ""

    @property
    def waves(self) -> tuple[int, ...]:
        """Waves that occur."""
        return tuple(sorted({parts.wave for parts in self.names.values()}))


def own_stem(variable: str) -> str:
    """Return the part of an instrument's variable pattern that stays the same over waves.

    Examples
    --------
    >>> own_stem("c1_w{wave}"), own_stem("T{wave}_c1"), own_stem("site")
    ('c1', 'c1', 'site')
    """
    name = plain_name(variable)
    name = re.sub(r"[_.]?(?:w|wave|t|time|m)?_?\{wave\}$", "", name)
    return re.sub(r"^(?:w|wave|t|time|m)?_?\{wave\}[_.]?", "", name)


def stems_of(instrument: Instrument) -> dict[str, str]:
    """Return stem → item id, for items asked at every wave."""
    stems: dict[str, str] = {}
    for item in instrument.items:
        if not item.per_person:
            stems.setdefault(own_stem(item.variable), item.id)
    for item in instrument.items:
        if not item.per_person:
            stems.setdefault(plain_name(item.id), item.id)
    return stems


def find_waves_in_names(names: Iterable[str], instrument: Instrument) -> WaveNames:
    """Take the names of a file apart by the pattern that explains most of them.

    Names that follow another pattern than most are taken apart too, where that finds an item that
    is not there yet.

    Raises
    ------
    InputError
        If two patterns explain equally many names and contradict each other.
    """
    stems = stems_of(instrument)
    readings = [(pattern, _read_by(pattern, names := list(names), instrument)) for pattern in PATTERNS]
    ranked = sorted(readings, key=lambda pair: (-_known(pair[1], stems), -_repeated(pair[1])))
    best, found = ranked[0]
    known = _known(found, stems)
    if not known and _repeated(found) < 2:
        return WaveNames()
    _refuse_tie(known, ranked, stems)
    taken = dict(found)
    cells = {(parts.stem, parts.wave) for parts in found.values()}
    for _, reading in ranked[1:]:
        for name, parts in reading.items():
            if name not in taken and parts.stem in stems and (parts.stem, parts.wave) not in cells:
                taken[name] = parts
    return WaveNames(taken, best.name)


def _read_by(pattern: WavePattern, names: Iterable[str], instrument: Instrument) -> dict[str, SplitName]:
    split = {name: parts for name in names if (parts := pattern.split(name)) is not None}
    numbers = {number for _, number in split.values()}
    waves, from_zero = waves_of_numbers(numbers, instrument.waves, pattern.unit)
    return {
        name: SplitName(stem, waves[number], pattern.name, from_zero)
        for name, (stem, number) in split.items()
        if number in waves
    }


def waves_of_numbers(numbers: set[int], waves: tuple[Wave, ...], unit: Unit = "number") -> tuple[dict[int, int], bool]:
    """Return (number as written → wave number, whether they count from zero)."""
    if unit == "months":
        return {int(wave.months): wave.number for wave in waves if wave.months == int(wave.months)}, False
    if unit == "follow_up":
        return waves_of_follow_ups(numbers, waves), False
    own = {wave.number for wave in waves}
    if 0 in numbers and 0 not in own and {number + 1 for number in numbers} <= own:
        return {number: number + 1 for number in numbers}, True
    return {number: number for number in own}, False


def _known(reading: Mapping[str, SplitName], stems: Mapping[str, str]) -> int:
    return sum(parts.stem in stems for parts in reading.values())


def _repeated(reading: Mapping[str, SplitName]) -> int:
    """Count names whose stem occurs at two waves or more."""
    waves: dict[str, set[int]] = {}
    for parts in reading.values():
        waves.setdefault(parts.stem, set()).add(parts.wave)
    return sum(len(waves[parts.stem]) > 1 for parts in reading.values())


def _refuse_tie(known: int, ranked: list[tuple[WavePattern, dict[str, SplitName]]], stems: Mapping[str, str]) -> None:
    (best, first), (other, second) = ranked[:2]
    if not known or _known(second, stems) != known:
        return
    same_name = any(
        parts.stem in stems
        and first[name].stem in stems
        and (parts.stem, parts.wave) != (first[name].stem, first[name].wave)
        for name, parts in second.items()
        if name in first
    )
    cells = {(parts.stem, parts.wave): name for name, parts in first.items() if parts.stem in stems}
    same_cell = any(cells.get((parts.stem, parts.wave), name) != name for name, parts in second.items())
    if same_name or same_cell:
        raise InputError(
            f"the wave can be read from the names in two ways, {best.name} and {other.name}, equally well",
            fix="leave one of the two sets of variables out of the export, or say which is which with --mapping FILE",
        )


#: Names under which long files keep the wave, in the order in which they are looked for.
WAVE_COLUMNS = (
    "wave", "wave_number", "wave_no", "survey_wave", "timepoint", "time_point", "time", "round", "visit",
    "redcap_event_name", "event_name", "event", "assessment", "phase", "survey_round", "data_collection", "collection",
)  # fmt: skip

#: Labels of such a column, in plain words.
_WAVE_LABELS = frozenset(
    ("wave", "wave number", "wave of data collection", "survey wave", "time point", "timepoint", "round", "event name",
     "round of interviews", "round of data collection", "number of the interview", "interview number")
)  # fmt: skip


def find_wave_column(variables: Iterable[Variable]) -> str:
    """Return the variable that says the wave of a row, by its name or label; empty when there is none."""
    listed = list(variables)
    by_plain = {plain_name(variable.name): variable.name for variable in listed}
    named = next((by_plain[name] for name in WAVE_COLUMNS if name in by_plain), "")
    labelled = [variable.name for variable in listed if plain_words(variable.label) in _WAVE_LABELS]
    return named or (labelled[0] if len(labelled) == 1 else "")


def waves_of_values(values: Iterable[Code], labels: Mapping[Code, str], instrument: Instrument) -> dict[Code, int]:
    """Return value of a wave column → wave number, by value label, number, or months.

    Values that say nothing about a wave are left out.
    """
    present = list(values)
    by_text = waves_of_texts([labels.get(value, "") for value in present], instrument)
    by_label = {value: by_text[labels[value]] for value in present if labels.get(value, "") in by_text}
    if len(by_label) == len(present) and len(set(by_label.values())) == len(present):
        return by_label
    numbers = {value: number for value in present if (number := _number_of(value)) is not None}
    own = {wave.number for wave in instrument.waves}
    months = {int(wave.months): wave.number for wave in instrument.waves}
    found = set(numbers.values())
    if 0 in found and not found <= own and found <= set(months) and not {number + 1 for number in found} <= own:
        return {value: months[number] for value, number in numbers.items()}
    waves, _ = waves_of_numbers(found, instrument.waves)
    by_number: dict[Code, int] = {value: waves[number] for value, number in numbers.items() if number in waves}
    written = waves_of_texts([value for value in present if isinstance(value, str)], instrument)
    texts: dict[Code, int] = {value: wave for value, wave in written.items()}  # noqa: C416  (the key is wider)
    return texts | by_number


def _number_of(value: Code) -> int | None:
    if isinstance(value, str):
        match = re.fullmatch(r"\s*(?:wave|w|time|t|round|r)?[\s_]*(\d{1,2})\s*", value.casefold())
        return int(match[1]) if match else None
    return round(value) if abs(value - round(value)) < TOLERANCE else None


def wave_in_label(label: str, instrument: Instrument) -> int | None:
    """Return the wave that a variable label says (“Slapped her (wave 3)”), if it says one only."""
    numbers = {int(number) for number in re.findall(r"\b(?:wave|w|time|t) ?(\d{1,2})\b", plain_words(label))}
    own = numbers & {wave.number for wave in instrument.waves}
    return own.pop() if len(numbers) == 1 and own else None


def wave_in_file_name(name: str, instrument: Instrument) -> int | None:
    """Return the wave that the name of a file says (``wave3.sav``, ``T3-answers.sav``).

    Examples
    --------
    >>> import re
    >>> re.findall(_FILE_WAVE, "partners_wave3.sav".casefold())
    ['3']
    """
    own_numbers = [wave.number for wave in instrument.waves]
    numbers = {int(number) for number in re.findall(_FILE_WAVE, name.casefold())}
    if numbers:
        own = numbers & set(own_numbers)
        return own.pop() if len(own) == len(numbers) == 1 else None
    stem = name.rsplit(".", 1)[0]
    parts = [part for part in re.split(r"[\s_.()-]+", stem) if part]
    pieces = [" ".join(parts[at : at + size]) for size in (1, 2, 3) for at in range(len(parts) - size + 1)]
    said = {wave for piece in pieces if not piece.isdigit() and (wave := wave_of_text(piece, instrument)) is not None}
    return said.pop() if len(said) == 1 else None


_FILE_WAVE = r"(?<![a-z0-9])(?:wave|w|t|time)[ _-]?(\d{1,2})(?![a-z0-9])"
