"""Artificial waves as a file: wide, one row a person, as SPSS users have it.

Cells a person was routed past hold the code for "does not apply", refusals and don't-knows theirs;
waves and questions that were not reached are empty.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mirabal_toolkit.core.data import PERSON, WAVE
from mirabal_toolkit.core.instrument import Instrument, Item, in_language
from mirabal_toolkit.core.missing import REASON_DTYPE
from mirabal_toolkit.errors import UsageError
from mirabal_toolkit.safekeeping.files import whole_file
from mirabal_toolkit.synthetic.simulating import SimulatedStudy

#: Where a .sav header holds the day and time of writing, and what is put there instead, so that the
#: same study gives the same bytes (PSPP manual, "System File Format", file header record).
STAMP_AT, STAMP = 92, b"01 Jan 2600:00:00"

#: SPSS allows three single codes a variable as user-missing, or one range.
MOST_MISSING_CODES = 3

MEASURES = {"integer": "scale", "number": "scale", "date": "scale", "text": "nominal"}
FORMATS = {"choice": "F3.0", "integer": "F3.0", "number": "F8.1", "date": "DATE11"}


@dataclass(frozen=True)
class WideExport:
    """A wide table with everything SPSS keeps beside it.

    Parameters
    ----------
    frame : DataFrame
        One row a person; numbers as floats, dates as ``datetime64``, text.
    labels : dict
        Variable → label, e.g. ``She was injured (wave 3)``.
    value_labels : dict
        Variable → {code: label}.
    missing : dict
        Variable → codes that are user-missing (at most three), or one range ``{"lo", "hi"}``.
    measures, formats : dict
        Variable → ``nominal``, ``ordinal`` or ``scale``; variable → SPSS format.
    """

    frame: pd.DataFrame
    labels: dict[str, str]
    value_labels: dict[str, dict[float, str]]
    missing: dict[str, list[float | dict[str, float]]]
    measures: dict[str, str]
    formats: dict[str, str]


def wide_export(study: SimulatedStudy, language: str = "en") -> WideExport:
    """Return a simulated study as a wide table, labelled in a language."""
    instrument = study.instrument
    answers, reasons = study.waves.answers.frame, study.waves.reasons.frame
    people, who = np.unique(answers[PERSON].to_numpy(dtype=object).astype(str), return_inverse=True)
    rows = {0: np.empty(0, dtype=np.int64)} | {
        int(wave): _rows_of_wave(who, (answers[WAVE] == wave).to_numpy(), len(people))
        for wave in np.unique(answers[WAVE])
    }
    rows[0] = np.max(list(rows.values())[1:], axis=0)  # what is asked once stands in all rows of a person
    columns: dict[str, Any] = {PERSON: pd.Series(people, dtype="str")}
    export = WideExport(pd.DataFrame(), {PERSON: "Person"}, {}, {}, {PERSON: "nominal"}, {})
    for wave, item in _variables(instrument, [wave for wave in rows if wave]):
        name = item.variable.format(wave=wave)
        coded = _coded(item, answers[item.id], reasons[item.id], instrument)
        columns[name] = pd.api.extensions.take(coded.array, rows[wave], allow_fill=True)
        label = in_language(item.label, language)
        export.labels[name] = label if item.per_person else f"{label} (wave {wave})"
        _describe(export, name, item, instrument, language)
    return replace(export, frame=pd.DataFrame(columns))


def _rows_of_wave(who: NDArray[np.int64], here: NDArray[np.bool_], people: int) -> NDArray[np.int64]:
    """Return the row of each person at one wave, −1 where she has none."""
    rows = np.full(people, -1, dtype=np.int64)
    rows[who[here]] = np.flatnonzero(here)
    return rows


def _variables(instrument: Instrument, waves: list[int]) -> list[tuple[int, Item]]:
    """Return what stands in the file, in order: people's own items, then wave by wave."""
    once = [(0, item) for item in instrument.items if item.per_person]
    return once + [
        (wave, item)
        for wave in waves
        for item in instrument.items
        if not item.per_person and (not item.waves or wave in item.waves)
    ]


def _coded(item: Item, answers: pd.Series[Any], reasons: pd.Series[Any], instrument: Instrument) -> pd.Series[Any]:
    """Return answers with the codes of their missing reasons written in, as the item knows them."""
    if not item.is_numeric:
        return answers
    codes: dict[str, float] = {str(o.kind): float(o.code) for o in reversed(instrument.options(item.id))}
    codes.setdefault("no_contact", codes.get("not_applicable", float("nan")))
    by_reason = np.array([codes.get(name, float("nan")) for name in REASON_DTYPE.categories])
    why = reasons.cat.codes.to_numpy()
    return pd.Series(np.where(why < 0, answers.to_numpy(), by_reason[why]))


def _describe(export: WideExport, name: str, item: Item, instrument: Instrument, language: str) -> None:
    options = instrument.options(item.id)
    ordered = any(rs.id == item.response_set and rs.direction != "neutral" for rs in instrument.response_sets)
    export.measures[name] = MEASURES.get(item.type, "ordinal" if ordered else "nominal")
    if item.type in FORMATS:
        export.formats[name] = FORMATS[item.type]
    if options:
        export.value_labels[name] = {float(o.code): in_language(o.label, language) for o in options}
    missing = sorted(float(option.code) for option in options if option.kind != "valid")
    if len(missing) > MOST_MISSING_CODES:
        export.missing[name] = [{"lo": missing[0], "hi": missing[-1]}]
    elif missing:
        export.missing[name] = list(missing)


def write_study(study: SimulatedStudy, path: str | Path, language: str = "en") -> None:
    """Write a simulated study as a wide file; its ending says which: ``.sav``, ``.zsav``, ``.csv``, ``.parquet``.

    Raises
    ------
    UsageError
        If the ending is another.
    InputError
        If the file cannot be written; an earlier file of that name is then as it was.
    """
    write_wide(wide_export(study, language), path)


def write_wide(export: WideExport, path: str | Path) -> None:
    """Write a wide table, see `write_study`.

    Raises
    ------
    UsageError, InputError
        As in `write_study`.
    """
    path = Path(path)
    writers: dict[str, Callable[[WideExport, Path], None]] = {
        ".sav": _write_spss,
        ".zsav": _write_spss,
        ".csv": _write_csv,
        ".parquet": _write_parquet,
    }
    writer = writers.get(path.suffix.lower())
    if writer is None:
        raise UsageError(
            f"files ending in “{path.suffix}” cannot be written", fix="use one of: " + ", ".join(writers)
        )  # fmt: skip
    with whole_file(path) as place:
        writer(export, place)


def _write_spss(export: WideExport, path: Path) -> None:
    import pyreadstat

    frame = export.frame.copy()
    for name in frame.select_dtypes("datetime").columns:
        # pyreadstat writes datetime64 with a time of day; SPSS users expect plain dates.
        frame[name] = pd.Series([None if pd.isna(day) else day.date() for day in frame[name]], dtype=object)
    pyreadstat.write_sav(
        frame,
        path,
        file_label="Artificial data",
        column_labels=export.labels,
        variable_value_labels=export.value_labels,
        missing_ranges=export.missing,
        variable_measure=export.measures,
        variable_format=export.formats,
        compress=path.suffix == ".zsav",
        row_compress=path.suffix == ".sav",
    )
    with path.open("r+b") as file:
        file.seek(STAMP_AT)
        file.write(STAMP)


def _write_csv(export: WideExport, path: Path) -> None:
    _whole_numbers(export.frame).to_csv(path, index=False, date_format="%Y-%m-%d")


def _write_parquet(export: WideExport, path: Path) -> None:
    _whole_numbers(export.frame).to_parquet(path, index=False)


def _whole_numbers(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the table with codes as whole numbers, so that files say 1 and not 1.0."""
    numbers = frame.select_dtypes("float64")
    whole = [name for name in numbers.columns if (numbers[name].dropna() % 1 == 0).all()]
    return frame.astype(dict.fromkeys(whole, "Int64"))
