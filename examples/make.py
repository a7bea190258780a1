"""Make the bundled example, `five-waves.sav`: artificial people, and the mess real exports come in.

    python examples/make.py

Nobody in the file exists. `README.md` beside this file lists every mistake that was put in on purpose.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from mirabal_toolkit.instruments.loading import load_instrument
from mirabal_toolkit.synthetic import Change, Course, Dropout, simulate
from mirabal_toolkit.synthetic.export import WideExport, wide_export, write_wide

HERE = Path(__file__).parent
PEOPLE, SEED = 120, 2015

#: Probability of an answer above the lowest at the first and at the last wave, among those asked.
COURSES = {
    "B1": Course(0.60, 0.78, 0.6),
    "B2": Course(0.45, 0.72, 0.9),
    "B4": Course(0.50, 0.98, 1.7),
    "B7": Course(0.62, 0.18),
    "C1": Course(0.85, 0.14),
    "C2": Course(0.66, 0.06),
    "C3": Course(0.58, 0.03),
    "C4": Course(0.42, 0.02),
    "C5": Course(0.30, 0.01),
    "C6": Course(0.40, 0.03),
    "C7": Course(0.36, 0.00),
    "C8": Course(0.74, 0.04),
    "D1": Course(0.36, 0.05),
    "D2": Course(0.27, 0.01),
    "D3": Course(0.20, 0.00),
    "E2": Course(0.58, 0.16),
    "E3": Course(0.45, 0.20),
    "E4": Course(0.70, 0.42),
    "E5": Course(0.58, 0.36),
    "E7": Course(0.64, 0.55),
    "E8": Course(0.55, 0.42),
    "F2": Course(0.62, 0.57),
    "F4": Course(0.60, 0.28),
    "F8": Course(0.78, 0.60),
    "H1": Course(0.91, 0.53, 0.9),
    "K3": Course(0.56, 0.37),
    "K4": Course(0.66, 0.40),
}
DROPOUT = Dropout(retention=0.57, on_harm=0.3, missed=0.04, unsafe=0.02)

#: Cells that get the code 7, which their answers 0 to 4 do not have: (variable, how manyth valid answer).
IMPOSSIBLE_CODES = (("c2_w1", 10), ("f3_w2", 20), ("g5_w4", 5))


def clean_export() -> WideExport:
    """Return the wide export before anything went wrong."""
    study = simulate(
        load_instrument("partner-safety"),
        people=PEOPLE,
        seed=SEED,
        dropout=DROPOUT,
        change=Change(courses=COURSES),
    )
    return wide_export(study)


def messy_export() -> WideExport:
    """Return the wide export as a study office would send it."""
    export = clean_export()
    frame = export.frame
    frame["person_id"] = [
        f"{number:04d}{letter}" for number, letter in zip(range(1, 121), _letters(frame), strict=True)
    ]
    for variable, place in IMPOSSIBLE_CODES:
        frame.loc[frame.index[frame[variable].between(0, 4)][place], variable] = 7
    frame = _spoil_dates(frame)
    frame = _spoil_rows(frame)
    return _relabel(_add_office_columns(_rename_at_wave_3(replace(export, frame=frame))))


def _letters(frame: pd.DataFrame) -> list[str]:
    """Return the letter of the site at the end of each id, X where it is not recorded."""
    return ["ABCD"[int(site) - 1] if site <= 4 else "X" for site in frame["site"]]


def _spoil_dates(frame: pd.DataFrame) -> pd.DataFrame:
    """Put one wave before the one it follows, and one interview in a year that has not come."""
    frame = frame.copy()
    second, third = (frame.columns.get_loc(f"a_date_w{wave}") for wave in (2, 3))
    seen = np.flatnonzero(frame["a_date_w2"].notna() & frame["a_date_w3"].notna())
    frame.iloc[seen[7], third] = frame.iloc[seen[7], second] - pd.Timedelta(days=11)
    frame.iloc[seen[12], second] = frame.iloc[seen[12], second].replace(year=2204)
    return frame


def _spoil_rows(frame: pd.DataFrame) -> pd.DataFrame:
    """Mistype ids and enter rows twice."""
    everywhere = np.flatnonzero(frame["a0_w5"] == 1)
    by_space, by_case, by_letter, twice, twice_too, half = everywhere[[4, 11, 19, 26, 33, 41]]
    last = [name for name in frame.columns if name.endswith("_w5")]
    earlier = [name for name in frame.columns if "_w" in name and not name.endswith("_w5")]
    second_half = [name for name in frame.columns if name.endswith("_w4")][60:]

    frame = frame.copy()
    id_column = frame.columns.get_loc("person_id")
    frame.iloc[by_space, id_column] = " " + frame.iloc[by_space, id_column]
    # The last wave of two people was typed in apart, under a mistyped id, and never joined up.
    late = frame.iloc[[by_case, by_letter]].copy()
    late[earlier] = _empty(late[earlier])
    late["person_id"] = [
        late["person_id"].iloc[0].lower(),
        "0O" + late["person_id"].iloc[1][2:],
    ]
    rows = frame.index[[by_case, by_letter]]
    frame.loc[rows, last] = _empty(frame.loc[rows, last])
    doubles = frame.iloc[[twice, twice_too]]
    unfinished = frame.iloc[[half]].copy()
    unfinished[second_half + last] = _empty(unfinished[second_half + last])
    return pd.concat([frame, unfinished, doubles, late], ignore_index=True)


def _empty(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.apply(lambda column: pd.Series([None] * len(column), index=column.index, dtype=column.dtype))


def _rename_at_wave_3(export: WideExport) -> WideExport:
    """Let somebody have renamed one variable half way through; its label stayed."""
    names = {f"c5_w{wave}": f"burned_w{wave}" for wave in (3, 4, 5)}

    def renamed(table: dict) -> dict:
        return {names.get(name, name): entry for name, entry in table.items()}

    return WideExport(
        export.frame.rename(columns=names),
        renamed(export.labels),
        renamed(export.value_labels),
        renamed(export.missing),
        renamed(export.measures),
        renamed(export.formats),
    )


def _add_office_columns(export: WideExport) -> WideExport:
    """Add what the office keeps beside the answers and no questionnaire knows."""
    frame = export.frame.copy()
    rows = np.arange(len(frame))
    frame.insert(0, "case_no", (rows + 1).astype(float))
    frame["interviewer"] = np.array(["Int. 1", "Int. 2", "Int. 3"])[rows % 3]
    frame["notes_w2"] = np.where(rows % 29 == 5, "Artificial note – rang twice, café noise in the background", "")
    frame["selected"] = (frame["a0_w1"] == 1).astype(float)
    labels = export.labels | {
        "case_no": "Case number – running",
        "interviewer": "Who rang her",
        "notes_w2": "Interviewer’s notes (wave 2)",
        "selected": "a0_w1 = 1 (FILTER)",
    }
    return replace(
        export,
        frame=frame,
        labels=labels,
        value_labels=export.value_labels | {"selected": {0.0: "Not selected", 1.0: "Selected"}},
        formats=export.formats | {"case_no": "F5.0", "selected": "F1.0"},
    )


def _relabel(export: WideExport) -> WideExport:
    """Label some variables as this office does, with signs that only Windows-1252 or Unicode has."""
    labels = dict(export.labels)
    for wave in range(1, 6):
        labels[f"f2_w{wave}"] = f"Controlled her money – £ (wave {wave})"
        labels[f"e6_w{wave}"] = f"Checked her phone or “whereabouts” (wave {wave})"
    sites = {1.0: "Site A – Café Nord", 2.0: "Site B – St Anne’s", 3.0: "Site C", 4.0: "Site D"}
    return replace(
        export, labels=labels, value_labels=export.value_labels | {"site": export.value_labels["site"] | sites}
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=HERE / "five-waves.sav")
    write_wide(messy_export(), parser.parse_args().out)


if __name__ == "__main__":
    main()
