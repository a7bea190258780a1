"""Find the wave in the names of variables (``q1_w3``, ``T3_q1``, ``q1.3`` …), of files, and in a column."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from mirabal_toolkit.core.instrument import Instrument, Wave
from mirabal_toolkit.errors import InputError
from mirabal_toolkit.readers.raw import TOLERANCE, Code, plain_name
from mirabal_toolkit.readers.words import plain_words


@dataclass(frozen=True, slots=True)
class WavePattern:
    """A habit of writing the wave into a name; `name` shows it on an example."""

    name: str
    expression: re.Pattern[str]
    unit: Literal["number", "months"] = "number"

    def split(self, name: str) -> tuple[str, int] | None:
        """Return (stem, number) of a variable name, or None when it is not written so.

        Examples
        --------
        >>> PATTERNS[0].split("C1_w3")
        ('c1', 3)
        """
        match = self.expression.fullmatch(plain_name(name))
        return None if match is None else (match["stem"], int(match["wave"]))


def _pattern(name: str, expression: str, unit: Literal["number", "months"] = "number") -> WavePattern:
    return WavePattern(name, re.compile(expression), unit)


PATTERNS = (
    _pattern("q1_w3", r"(?P<stem>.+?)[_.]?w(?:ave)?_?(?P<wave>\d{1,2})"),
    _pattern("w3_q1", r"w(?:ave)?_?(?P<wave>\d{1,2})[_.]?(?P<stem>[^\W\d_].*)"),
    _pattern("T3_q1", r"t(?:ime)?_?(?P<wave>\d{1,2})[_.]?(?P<stem>[^\W\d_].*)"),
    _pattern("q1_T3", r"(?P<stem>.+?)[_.]t(?:ime)?_?(?P<wave>\d{1,2})"),
    _pattern("q1.3", r"(?P<stem>.+)\.(?P<wave>\d{1,2})"),
    _pattern("q1_3", r"(?P<stem>.+)_(?P<wave>\d{1,2})"),
    _pattern("q1_12m", r"(?P<stem>.+?)[_.](?P<wave>\d{1,2})m(?:o|onths?)?", "months"),
    _pattern("q1_m12", r"(?P<stem>.+?)[_.]m(?P<wave>\d{1,2})", "months"),
    _pattern("m12_q1", r"m(?P<wave>\d{1,2})[_.](?P<stem>.+)", "months"),
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


def waves_of_numbers(
    numbers: set[int], waves: tuple[Wave, ...], unit: Literal["number", "months"] = "number"
) -> tuple[dict[int, int], bool]:
    """Return (number as written → wave number, whether they count from zero)."""
    if unit == "months":
        return {int(wave.months): wave.number for wave in waves if wave.months == int(wave.months)}, False
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
WAVE_COLUMNS = ("wave", "wave_number", "wave_no", "survey_wave", "timepoint", "time_point", "time", "round", "visit")


def find_wave_column(names: Iterable[str]) -> str:
    """Return the variable that says the wave of a row; empty when there is none."""
    by_plain = {plain_name(name): name for name in names}
    return next((by_plain[name] for name in WAVE_COLUMNS if name in by_plain), "")


def waves_of_values(values: Iterable[Code], labels: Mapping[Code, str], instrument: Instrument) -> dict[Code, int]:
    """Return value of a wave column → wave number, by value label, number, or months.

    Values that say nothing about a wave are left out.
    """
    present = list(values)
    by_label = {value: wave for value in present if (wave := _wave_of_text(labels.get(value, ""), instrument))}
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
    texts = {value: wave for value in present if isinstance(value, str) and (wave := _wave_of_text(value, instrument))}
    return by_number | texts


def _number_of(value: Code) -> int | None:
    if isinstance(value, str):
        match = re.fullmatch(r"\s*(?:wave|w|time|t|round|r)?[\s_]*(\d{1,2})\s*", value.casefold())
        return int(match[1]) if match else None
    return round(value) if abs(value - round(value)) < TOLERANCE else None


def _wave_of_text(text: str, instrument: Instrument) -> int | None:
    words = plain_words(text)
    if not words:
        return None
    for wave in instrument.waves:
        if any(plain_words(label) == words for label in wave.label.values()):
            return wave.number
    if words == "baseline":
        return instrument.waves[0].number
    match = re.fullmatch(r"(?:wave|w|time|t|round) ?(\d{1,2})", words)
    if match and any(wave.number == int(match[1]) for wave in instrument.waves):
        return int(match[1])
    match = re.fullmatch(r"(?:month |m)?(\d{1,2}) ?(?:months?|m)?", words)
    if match and ("m" in words):
        return next((wave.number for wave in instrument.waves if wave.months == int(match[1])), None)
    return None


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
    numbers = {int(number) for number in re.findall(_FILE_WAVE, name.casefold())}
    own = numbers & {wave.number for wave in instrument.waves}
    return own.pop() if len(own) == 1 and len(numbers) == 1 else None


_FILE_WAVE = r"(?<![a-z0-9])(?:wave|w|t|time)[ _-]?(\d{1,2})(?![a-z0-9])"
