"""Propose a mapping: ids, waves, and every variable that can be recognised, each with a confidence and a reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Mapping as Mapping_
from dataclasses import dataclass, replace

import pandas as pd

from mirabal_toolkit.core.instrument import Instrument
from mirabal_toolkit.errors import InputError
from mirabal_toolkit.readers.mapping import Guess, Ignored, Mapping, VariableMatch
from mirabal_toolkit.readers.naming import match_variables
from mirabal_toolkit.readers.raw import Code, RawTable, Variable, plain_name
from mirabal_toolkit.readers.waves import find_wave_column, wave_in_file_name, waves_of_values
from mirabal_toolkit.readers.words import plain_words

#: Names under which ids are looked for, after the instrument's own, in this order.
ID_NAMES = (
    "person_id", "personid", "pid", "participant_id", "participantid", "participant", "respondent_id", "respondentid",
    "respondent", "respid", "client_id", "clientid", "study_id", "studyid", "subject_id", "subjectid", "subject",
    "record_id", "recordid", "case_id", "caseid", "idno", "id_no", "idnumber", "id_number", "id", "uid", "pseudonym",
    "code", "case_no", "caseno", "case",
)  # fmt: skip

#: Names among them that may stand for other things too, such as a number of the interview.
_WEAK_ID_NAMES = frozenset(("id", "uid", "code", "case", "case_no", "caseno", "record_id", "recordid", "pseudonym"))

#: Variable labels of ids.
_ID_WHO = ("person", "participant", "respondent", "study", "client", "case", "subject", "research", "unique", "woman")
_ID_WHAT = ("id", "identifier", "number", "code", "pseudonym", "id number")
_ID_LABELS = frozenset(f"{who} {what}" for who in _ID_WHO for what in _ID_WHAT)

_HOW_TO_SAY_WAVE = "say it: --wave N for one file, or give a mapping with `wave_column` or `file_waves`"


@dataclass(frozen=True)
class _FileProposal:
    """What one file seems to hold."""

    id_column: str
    matches: tuple[VariableMatch, ...]
    wave_column: str
    wave_values: dict[Code, int]
    file_wave: int | None
    ignored: tuple[Ignored, ...]
    guesses: tuple[Guess, ...] = ()


def propose(tables: Sequence[RawTable], instrument: Instrument, waves: Sequence[int] = ()) -> Mapping:
    """Propose how the variables of the files become items and waves.

    Parameters
    ----------
    tables : sequence of RawTable
        One file, or several in order.
    instrument : Instrument
    waves : sequence of int
        Wave of each file, when the user says it; else empty.

    Raises
    ------
    InputError
        If no id is recognised, nothing is an item, or a wave cannot be found out.
    """
    if waves and len(waves) != len(tables):
        raise InputError(
            f"{len(tables)} files and {len(waves)} wave numbers were given", fix="give one --wave for each file"
        )
    files = [_propose_file(table, instrument, waves[place] if waves else None) for place, table in enumerate(tables)]
    if not any(file.matches for file in files):
        raise InputError(
            f"no variable is recognised as an item of {instrument.reference}",
            fix="is it the right instrument? Else map the variables by hand: --mapping FILE",
        )
    file_waves = tuple(file.file_wave for file in files)
    values: dict[Code, int] = {}
    for file in files:
        values |= file.wave_values
    return Mapping(
        instrument=instrument.reference,
        id_columns=tuple(dict.fromkeys(file.id_column for file in files)),
        variables=_merged(files),
        wave_column=next((file.wave_column for file in files if file.wave_column), ""),
        wave_values=values,
        file_waves=file_waves if any(wave is not None for wave in file_waves) else (),
        ignored=tuple({entry.variable: entry for file in files for entry in file.ignored}.values()),
        guesses=tuple(dict.fromkeys(guess for file in files for guess in file.guesses)),
        proposed=True,
    )


def _merged(files: Sequence[_FileProposal]) -> tuple[VariableMatch, ...]:
    """Join the matches of files; one that differs between files is kept for each of them."""
    by_name: dict[str, dict[int, VariableMatch]] = {}
    for number, file in enumerate(files, start=1):
        for match in file.matches:
            by_name.setdefault(match.variable, {})[number] = match
    merged: list[VariableMatch] = []
    for versions in by_name.values():
        distinct = list(versions.values())
        if all(match == distinct[0] for match in distinct):
            merged.append(distinct[0])
        else:
            merged += [replace(match, file=number) for number, match in versions.items()]
    return tuple(merged)


def find_id_column(table: RawTable, instrument: Instrument | None = None) -> str:
    """Return the variable that holds the id of a person.

    Raises
    ------
    InputError
        Listing the names looked for, if there is none.
    """
    by_plain = {plain_name(variable.name): variable.name for variable in reversed(table.variables)}
    own = (plain_name(instrument.roles.person_id),) if instrument is not None else ()
    wanted = list(dict.fromkeys([*own, *ID_NAMES]))
    for name in wanted:
        if name in by_plain:
            return by_plain[name]
    labelled = [variable.name for variable in table.variables if plain_words(variable.label) in _ID_LABELS]
    if len(labelled) == 1:
        return labelled[0]
    raise InputError(
        "no variable is recognised as the id of a person",
        where=table.name,
        fix=f"names looked for: {', '.join(wanted)}. Rename it, or name it in a mapping file: id: NAME",
    )


def _propose_file(table: RawTable, instrument: Instrument, wave: int | None) -> _FileProposal:
    id_column = find_id_column(table, instrument)
    guesses = list(_id_guess(id_column, instrument))
    others = [variable for variable in table.variables if variable.name != id_column]
    wave_column = find_wave_column(others)
    matches = match_variables((variable for variable in others if variable.name != wave_column), instrument)
    kept, ignored = _one_layout(matches, instrument)
    kept, doubles = _without_doubles(kept)
    rows_need_wave = any(_wave_in_rows(match, instrument) for match in kept)
    if not rows_need_wave:
        _check_said_wave(table, kept, wave)
        ignored += [Ignored(wave_column, "waves are in the names of the variables")] if wave_column else []
        return _FileProposal(id_column, tuple(kept), "", {}, None, (*ignored, *doubles), tuple(guesses))
    values: dict[Code, int] = {}
    if wave_column and wave is None:
        values = _values_of(table, table.variable_by_name[wave_column], instrument)
        guesses += _wave_guess(wave_column, values)
    file_wave = None if values else _wave_of_file(table, instrument, wave)
    if file_wave is not None and wave is None and len(instrument.waves) > 1:
        guesses.append(Guess(f"a file was taken for wave {file_wave}", 0.85, "by its name"))
    set_aside = (*ignored, *doubles)
    return _FileProposal(
        id_column, tuple(kept), wave_column if values else "", values, file_wave, set_aside, tuple(guesses)
    )


def _id_guess(id_column: str, instrument: Instrument) -> Iterator[Guess]:
    """Say how the id was found, where its name is not the instrument's own."""
    plain = plain_name(id_column)
    if plain == plain_name(instrument.roles.person_id):
        return
    by_name = plain in ID_NAMES
    sure = 0.6 if not by_name else 0.75 if plain in _WEAK_ID_NAMES else 0.95
    yield Guess(f"{id_column} was taken for the id of a person", sure, "by its name" if by_name else "by its label")


def _wave_guess(wave_column: str, values: Mapping_[Code, int]) -> Iterator[Guess]:
    """Say how the values of a wave column were understood, where they are not the numbers of the waves."""
    if values and any(isinstance(value, str) or value != wave for value, wave in values.items()):
        said = ", ".join(f"wave {wave}" for wave in sorted(set(values.values())))
        yield Guess(f"the values of {wave_column} were taken for {said}", 0.9, "by their labels, months or order")


def _wave_in_rows(match: VariableMatch, instrument: Instrument) -> bool:
    return match.wave is None and not instrument.item(match.item).per_person


def _one_layout(matches: Iterable[VariableMatch], instrument: Instrument) -> tuple[list[VariableMatch], list[Ignored]]:
    """Decide between waves in names and waves in rows by the majority of variables; set the rest aside."""
    listed = list(matches)
    in_rows = [match for match in listed if _wave_in_rows(match, instrument)]
    in_names = [match for match in listed if match.wave is not None]
    if not in_rows or not in_names:
        return listed, []
    left_out = in_rows if len(in_names) >= len(in_rows) else in_names
    why = "has no wave in its name, as others have" if left_out is in_rows else "has a wave in its name, unlike others"
    dropped = {match.variable for match in left_out}
    kept = [match for match in listed if match.variable not in dropped]
    return kept, [Ignored(match.variable, f"looks like {match.item}, but {why}") for match in left_out]


def _without_doubles(matches: Iterable[VariableMatch]) -> tuple[list[VariableMatch], list[Ignored]]:
    """Keep the surest variable for each item and wave."""
    best: dict[tuple[str, int | None], VariableMatch] = {}
    listed = list(matches)
    for match in listed:
        place = (match.item, match.wave)
        if place not in best or match.confidence > best[place].confidence:
            best[place] = match
    kept = [match for match in listed if best[match.item, match.wave] is match]
    ignored = [
        Ignored(match.variable, f"{best[match.item, match.wave].variable} fits {match.item} better")
        for match in listed
        if best[match.item, match.wave] is not match
    ]
    return kept, ignored


def _check_said_wave(table: RawTable, matches: Iterable[VariableMatch], wave: int | None) -> None:
    found = {match.wave for match in matches if match.wave is not None}
    if wave is not None and found and found != {wave}:
        raise InputError(
            f"wave {wave} was given, but the names of the variables hold wave {', '.join(map(str, sorted(found)))}",
            where=table.name,
            fix="leave --wave out",
        )


def _values_of(table: RawTable, column: Variable, instrument: Instrument) -> dict[Code, int]:
    present: list[Code] = [
        value if isinstance(value, str) else float(value)
        for value in pd.unique(table.frame.frame[column.name].dropna())
        if value != ""
    ]
    return waves_of_values(present, column.value_labels, instrument)


def _wave_of_file(table: RawTable, instrument: Instrument, wave: int | None) -> int:
    if wave is not None:
        return instrument.wave(wave).number
    if len(instrument.waves) == 1:
        return instrument.waves[0].number
    named = wave_in_file_name(table.name, instrument)
    if named is None:
        raise InputError(
            "the wave of these answers is not in the names of the variables, in a column, or in the name of the file",
            where=table.name,
            fix=_HOW_TO_SAY_WAVE,
        )
    return named
