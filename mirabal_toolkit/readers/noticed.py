"""What reading noticed, as findings: names of variables and counts, never a value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from mirabal_toolkit.core.data import WAVE, Finding, Severity
from mirabal_toolkit.core.instrument import Instrument
from mirabal_toolkit.readers.apply import PersonWaves
from mirabal_toolkit.readers.codes import turned
from mirabal_toolkit.readers.mapping import SURE, Mapping
from mirabal_toolkit.readers.noticed_ids import find_spoilt_ids
from mirabal_toolkit.readers.noticed_people import find_people_in_others
from mirabal_toolkit.readers.raw import RawTable
from mirabal_toolkit.readers.words import some_names

#: Findings on single cells: severity, what `count` of them are, what to do.
_CELLS: dict[str, tuple[Severity, str, str]] = {
    "impossible_date": ("error", "date(s) that cannot be, such as a day outside 1900–2100", "look them up and correct"),
    "ambiguous_date": (
        "error",
        "date(s) written as text in which day and month cannot be told apart; set aside",
        "say it in the mapping: date_order: dmy (or mdy)",
    ),
    "two_digit_year": (
        "error",
        "date(s) whose year has two digits, which can be of any century; set aside",
        "write years with four digits (format the column so before exporting)",
    ),
    "date_without_format": (
        "error",
        "date(s) that stand as numbers without a date format, which can be counted from many days; set aside",
        "give the variable a date format in the program it was made in, and export it again",
    ),
    "day_number": (
        "warning",
        "date(s) stand as numbers of days without a date format, and were read as Excel counts days",
        "look at a few: workbooks made on old Macs count from 1904, four years later",
    ),
    "undeclared_missing_code": (
        "warning",
        "code(s) that the file declares missing without saying why",
        "name the reason under `missing` in the mapping",
    ),
    "turned_into_date": (
        "error",
        "answer(s) that a spreadsheet seems to have turned into dates, as it does with “1-2”; set aside",
        "export again from the survey program, without opening the file in a spreadsheet",
    ),
    "not_a_number": ("error", "answer(s) that are text where a number belongs; set aside", "correct them in the file"),
    "infinite": ("error", "answer(s) that are infinite; set aside", "look at the computation in the file"),
}


#: How codes in the file differ from the questionnaire's: name of the finding, severity, in words.
_RECODED: dict[str, tuple[str, Severity, str]] = {
    "reversed": ("codes_reversed", "error", "run the other way round than in the questionnaire"),
    "shifted": ("codes_shifted", "warning", "stand under codes that are all moved by as much"),
    "other": ("recoded", "warning", "stand under other codes"),
}


def find_noticed(
    tables: Sequence[RawTable], mapping: Mapping, rows: PersonWaves, instrument: Instrument
) -> tuple[Finding, ...]:
    """Return the findings of reading, in the order of the way from file to rows."""
    return (
        *(finding for table in tables for finding in table.warnings),
        *find_spoilt_ids(tables, mapping),
        *find_people_in_others(tables, mapping),
        *_on_variables(tables, mapping),
        *_on_codes(mapping),
        *_on_cells(rows),
        *_on_rows(rows),
        *_on_waves(rows, instrument),
        *_on_items(rows, mapping, instrument),
    )


def _on_variables(tables: Sequence[RawTable], mapping: Mapping) -> Iterator[Finding]:
    used = {match.variable for match in mapping.variables} | {mapping.wave_column, *mapping.id_columns}
    ignored = dict.fromkeys(entry.variable for entry in mapping.ignored)
    names = dict.fromkeys(variable.name for table in tables for variable in table.variables)
    unknown = [name for name in names if name not in used and name not in ignored]
    told = f"are no item of {mapping.instrument} and were left out"
    advice = "map those that should be in, list the others under `ignored`"
    yield from _named("note", "unknown_variable", unknown, told, advice)
    if mapping.proposed:
        why = "the mapping file says why for each"
        renamed = [match.variable for match in mapping.variables if SURE <= match.confidence <= 0.9]
        yield from _named("warning", "set_aside", ignored, "look like items but were set aside", why)
        told = "have other names than the instrument’s and were matched by label or pattern"
        yield from _named("note", "other_name", renamed, told, why)
    for guess in mapping.guesses:
        advice = "if that is wrong, correct the mapping file (`mirabal import`), and give it with --mapping"
        severity: Severity = "note" if guess.confidence >= SURE else "warning"
        yield Finding(severity, "found_out", f"{guess.what}, {guess.reason}", count=1, advice=advice)
    if mapping.proposed:
        doubtful = [match.variable for match in mapping.unsure]
        advice = "check them in the mapping file (`mirabal import`), correct it, and give it with --mapping"
        yield from _named("warning", "uncertain_match", doubtful, "were matched with some doubt", advice)


def _named(severity: Severity, code: str, names: Collection[str], told: str, advice: str) -> Iterator[Finding]:
    """Yield what is told of variables, with how many there are and the names of some; nothing where there are none."""
    if names:
        text = f"{len(names)} variable(s) {told}: {some_names(names)}"
        yield Finding(severity, code, text, count=len(names), advice=advice)


def _on_codes(mapping: Mapping) -> Iterator[Finding]:
    in_words = sum(any(isinstance(code, str) for code in match.codes) for match in mapping.variables)
    if in_words and mapping.proposed:
        yield Finding(
            "note",
            "answers_in_words",
            f"the answers of {in_words} variable(s) stand in words, and became the codes of {mapping.instrument}",
            count=in_words,
            advice="the mapping file says which word became which code",
        )
    changed = [match for match in mapping.variables if any(not isinstance(code, str) for code in match.codes)]
    kinds = Counter((match.item, turned(match.codes)) for match in changed)
    for (item, kind), count in kinds.items():
        waves = {match.wave for match in changed if match.item == item and match.wave and turned(match.codes) == kind}
        code, severity, what = _RECODED[kind]
        yield Finding(
            severity if mapping.proposed else "note",
            code,
            f"the value labels of {item} {what} in {count} variable(s); recoded as the mapping says",
            item=item,
            wave=waves.pop() if len(waves) == 1 else None,
            count=count,
            advice="check that the value labels in the file are right",
        )


def _on_cells(rows: PersonWaves) -> Iterator[Finding]:
    for (code, item, wave), count in rows.tally.cells.items():
        severity, what, advice = _CELLS[code]
        yield Finding(severity, code, f"{count} {what}", item=item, wave=wave, count=count, advice=advice)


def _on_rows(rows: PersonWaves) -> Iterator[Finding]:
    both = rows.tally.in_two_files
    if both:
        yield Finding(
            "warning",
            "in_two_files",
            f"{both} person(s) stand in two files at the same wave; each counts once, by the more complete answers",
            count=both,
            advice="a woman with two programmes counts once; if ids were given out twice, make them differ",
        )
    for wave, files in rows.tally.files_of_a_wave.items():
        yield Finding(
            "warning",
            "several_files_of_a_wave",
            f"wave {wave} was put together from {files} files of different people with the same variables",
            wave=wave,
            advice="right for two sites; else say the wave of each with --wave, or leave an earlier export out",
        )
    count = rows.tally.rows_without_wave
    if count:
        yield Finding(
            "error",
            "rows_without_wave",
            f"{count} row(s) have answers but no known wave, and were left out",
            count=count,
            advice="complete the wave in the file, or `wave_values` in the mapping",
        )


def _on_waves(rows: PersonWaves, instrument: Instrument) -> Iterator[Finding]:
    present = set(rows.answers[WAVE].unique())
    for wave in instrument.waves:
        if wave.number not in present:
            yield Finding(
                "warning",
                "wave_without_rows",
                f"wave {wave.number} has no rows",
                wave=wave.number,
                advice="is a file lacking?",
            )
    if len(present) == 1 and len(instrument.waves) > 1:
        yield Finding(
            "warning",
            "one_wave",
            "the data hold one wave only: no change can be seen",
            count=1,
            advice="add the other waves",
        )


def _on_items(rows: PersonWaves, mapping: Mapping, instrument: Instrument) -> Iterator[Finding]:
    lacking = [item.id for item in instrument.items if item.id not in rows.items]
    if lacking:
        yield Finding(
            "warning",
            "item_not_in_file",
            f"{len(lacking)} item(s) of {instrument.reference} are in no file: {some_names(lacking)}",
            count=len(lacking),
            advice="if they were asked under other names, map them",
        )
    empty = [item for item in rows.items if not rows.answers[item].notna().any()]
    for item in empty:
        yield Finding(
            "warning", "item_all_missing", f"{item} has no answer in any row", item=item, count=len(rows.answers)
        )
    yield from _on_item_waves(mapping, instrument, rows)


def _on_item_waves(mapping: Mapping, instrument: Instrument, rows: PersonWaves) -> Iterator[Finding]:
    """Find items that are in the file at some waves and lacking at others."""
    named = {wave for match in mapping.variables if (wave := match.wave) is not None}
    if not named:
        return
    present: dict[str, set[int]] = {}
    for match in mapping.variables:
        if match.wave is not None:
            present.setdefault(match.item, set()).add(match.wave)
    for item_id, waves in present.items():
        asked = set(instrument.item(item_id).waves) or named
        for wave in sorted((asked & named) - waves):
            yield Finding(
                "warning",
                "item_not_in_wave",
                f"{item_id} is not in the file at wave {wave}",
                item=item_id,
                wave=wave,
                count=int((rows.answers[WAVE] == wave).sum()),
                advice="if it has another name there, map it",
            )
