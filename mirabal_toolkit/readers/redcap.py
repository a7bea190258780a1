"""REDCap exports, raw or labelled: events are waves, repeats are joined, blanks by design are not missing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mirabal_toolkit.core.data import Finding
from mirabal_toolkit.readers.grid import NOT_ASKED, Grid, renamed
from mirabal_toolkit.readers.words import some_names

_EVENT, _FORM, _INSTANCE = "redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance"
_ID, _WAVE, _ARM = "record_id", "wave", "redcap_arm"
#: What the labelled export calls them.
_LABELLED = {
    "Record ID": _ID,
    "Event Name": _EVENT,
    "Repeat Instrument": _FORM,
    "Repeat Instance": _INSTANCE,
    "Data Access Group": "redcap_data_access_group",
    "Survey Identifier": "redcap_survey_identifier",
}
_KEYS = frozenset((_EVENT, _FORM, _INSTANCE, _ARM, _WAVE, _ID, "redcap_data_access_group", "redcap_survey_identifier"))
_ARM_OF_EVENT = re.compile(r"(?:_arm_(\d+)[a-z]?|\s*\(Arm (\d+):[^)]*\))$")
_CHECKBOX = re.compile(r"^(?P<set>.+?)(?:___(?P<raw>.+)|\s*\(choice=(?P<labelled>.+)\))$")
_STATE = re.compile(r"^(?:.+_complete|Complete\?(?: \(\d+\))?)$")
_CHECKED = {"Checked": "1", "Unchecked": "0"}


def from_redcap(grid: Grid, name: str) -> Grid | None:
    """Return a REDCap export as a plain table, or None when it is none.

    Parameters
    ----------
    grid : Grid
    name : str
        Of the file.
    """
    if not _is_redcap(list(grid.frame.columns)):
        return None
    questions = {column: column for column in grid.frame.columns if " " in column and column not in _LABELLED}
    labels = {**questions, **grid.labels}
    grid = renamed(replace(grid, labels=labels), _LABELLED)
    grid = renamed(grid, {grid.frame.columns[0]: _ID}) if _ID not in grid.frame.columns else grid
    grid = _with_checkboxes(_with_waves(_without_repeats(grid, name)))
    grid = _by_design(grid, name)
    return grid.saying(Finding("note", "survey_program", f"{name} was exported by REDCap"))


def _is_redcap(names: Sequence[str]) -> bool:
    known = {_EVENT, _FORM, "Event Name", "Repeat Instrument", "redcap_survey_identifier"} & set(names)
    return bool(known) or (any("___" in one for one in names) and any(one.endswith("_complete") for one in names))


def _with_waves(grid: Grid) -> Grid:
    """Take arms out of the names of events, and call the column of events what it is."""
    frame = grid.frame
    if _EVENT not in frame.columns:
        return grid
    events = frame[_EVENT].str.strip()
    arms = events.str.extract(_ARM_OF_EVENT)
    arm = arms[0].fillna(arms[1])
    frame = frame.assign(**{_EVENT: events.str.replace(_ARM_OF_EVENT, "", regex=True)})
    if len(set(arm.dropna())) > 1:
        frame[_ARM] = arm.fillna("").astype("str")
    grid = replace(grid, frame=frame)
    return renamed(grid, {_EVENT: _WAVE}) if (events != "").any() and _WAVE not in frame.columns else grid


def _without_repeats(grid: Grid, name: str) -> Grid:
    """Join the rows of repeated forms with the row of their person and event, or let them be waves."""
    frame = grid.frame
    if _INSTANCE not in frame.columns:
        return grid
    instance = pd.to_numeric(frame[_INSTANCE], errors="coerce")
    forms = frame[_FORM].str.strip() if _FORM in frame.columns else pd.Series("", index=frame.index, dtype="str")
    repeated = instance.notna()
    has_events = _EVENT in frame.columns and len(set(frame[_EVENT])) > 1
    if not repeated.any():
        return replace(grid, frame=frame.drop(columns=[n for n in (_FORM, _INSTANCE) if n in frame.columns]))
    if not has_events and len(set(forms[repeated])) == 1 and _WAVE not in frame.columns:
        return _repeats_are_waves(grid, repeated, name)
    return _latest_repeat(grid, instance, forms, name)


def _repeats_are_waves(grid: Grid, repeated: pd.Series, name: str) -> Grid:
    """Give each repeat its wave, and what was asked once of a person to all her rows."""
    frame = grid.frame.drop(columns=[n for n in (_FORM, _EVENT) if n in grid.frame.columns])
    once = [c for c in frame.columns if c not in _KEYS and (frame.loc[repeated, c].str.strip() == "").all()]
    base = frame.loc[~repeated].drop_duplicates(_ID).set_index(_ID)
    rows = frame[repeated | ~frame[_ID].isin(frame.loc[repeated, _ID])].copy()
    for column in once:
        rows[column] = rows[_ID].map(base[column]).fillna("").astype("str")
    said = Finding(
        "note",
        "repeats_are_waves",
        f"{name}: the repeats of its one repeated form were taken for waves",
        count=int(repeated.sum()),
        advice="if they are not, name the column of waves in the mapping: wave_column",
    )
    return renamed(replace(grid, frame=rows.reset_index(drop=True)), {_INSTANCE: _WAVE}).saying(said)


def _latest_repeat(grid: Grid, instance: pd.Series, forms: pd.Series, name: str) -> Grid:
    """Fill the row of a person and event from the latest repeat of each form; earlier ones are left out and counted."""
    frame = grid.frame
    keys = [_ID, *([_EVENT] if _EVENT in frame.columns else [])]
    blank = frame.apply(lambda column: column.str.strip() == "")
    order = frame[keys].assign(_form=forms, _instance=instance.fillna(0))
    latest = order.sort_values([*keys, "_form", "_instance"]).groupby([*keys, "_form"], sort=False).tail(1).index
    kept = frame.mask(blank).loc[frame.index.isin(latest)]
    joined = kept.groupby(keys, sort=False, as_index=False).first()[list(frame.columns)]
    joined = joined.drop(columns=[n for n in (_FORM, _INSTANCE) if n in joined.columns]).fillna("").astype("str")
    left_out = len(frame) - len(kept)
    said = Finding(
        "warning" if left_out else "note",
        "repeats_joined",
        f"{name}: forms are repeated within an event; the latest of each was taken, {left_out} earlier row(s) left out",
        count=left_out,
        advice="if each repeat is a report of its own, export that form alone",
    )
    return replace(grid, frame=joined).saying(said)


def _with_checkboxes(grid: Grid) -> Grid:
    """Note which columns are the boxes of one question, ticked as 1 and not ticked as 0."""
    sets: dict[str, list[str]] = {}
    frame = grid.frame.copy()
    for column in frame.columns:
        match = _CHECKBOX.match(column)
        if match is None:
            continue
        sets.setdefault(match["set"], []).append(column)
        frame[column] = frame[column].replace(_CHECKED)
    return replace(grid, frame=frame, multiple={**grid.multiple, **{key: tuple(val) for key, val in sets.items()}})


@dataclass(frozen=True)
class _Designed:
    """Cells of columns that a whole event leaves empty, though other events do not."""

    frame: pd.DataFrame
    columns: tuple[str, ...]
    cells: int


def _by_design(grid: Grid, name: str) -> Grid:
    """Mark cells that are empty because the form belongs to other events: not asked, not missing."""
    if _WAVE not in grid.frame.columns or grid.frame[_WAVE].nunique() < 2:
        return grid
    found = _not_designed(grid.frame, {box for boxes in grid.multiple.values() for box in boxes})
    if not found.columns:
        return grid
    said = Finding(
        "note",
        "not_asked_by_design",
        f"{name}: {len(found.columns)} field(s) are empty in whole events and count as not asked there: "
        f"{some_names(found.columns)}",
        count=found.cells,
    )
    meaning = {column: {NOT_ASKED: "not asked"} for column in found.columns}
    return replace(grid, frame=found.frame, missing={**grid.missing, **meaning}).saying(said)


def _not_designed(frame: pd.DataFrame, boxes: set[str]) -> _Designed:
    """Mark the fields of forms in which nothing stands in a whole event; without forms, field by field."""
    waves, _ = pd.factorize(frame[_WAVE])
    changed, columns, cells = frame.copy(), [], 0
    for form in _forms([column for column in frame.columns if column not in _KEYS]):
        filled = sum(
            (np.bincount(waves, weights=~_empty(frame[field], boxes)) for field in form), np.zeros(waves.max() + 1)
        )
        if filled.any() and not filled.all():
            here = pd.Series((filled == 0)[waves], index=frame.index)
            for field in form:
                changed[field] = changed[field].mask(here, NOT_ASKED)
            columns += form
            cells += int(here.sum()) * len(form)
    return _Designed(changed, tuple(columns), cells)


def _empty(column: pd.Series, boxes: set[str]) -> NDArray[np.bool_]:
    """Return where nothing stands; boxes of forms that are not there come as not ticked."""
    stripped = column.str.strip()
    empty = stripped == ""
    return (empty | (stripped == "0") if column.name in boxes else empty).to_numpy(dtype=bool)


def _forms(fields: Sequence[str]) -> list[list[str]]:
    """Return the fields of each form, which ends with its state; fields by themselves where there are no states."""
    if not any(_STATE.match(field) for field in fields):
        return [[field] for field in fields]
    forms: list[list[str]] = [[]]
    for field in fields:
        forms[-1].append(field)
        if _STATE.match(field):
            forms.append([])
    return [form for form in forms if form]
