"""What of an export points to people is not carried into a study file: names, numbers, dates, free text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from mirabal_toolkit.core.data import KEYS, PERSON, Finding, WaveData
from mirabal_toolkit.core.frames import SealedFrame
from mirabal_toolkit.core.instrument import Item
from mirabal_toolkit.core.personal_data import KINDS, suspect_ids, suspect_numbers, suspect_texts
from mirabal_toolkit.errors import FindingsError, Problem, UsageError

#: What may be kept besides single items.
ALL, DATES = "all", "dates"

#: The day from which relative dates are counted where a column must hold dates.
EPOCH = np.datetime64("2000-01-01", "us")


def check_kept(keep: Sequence[str], waves: WaveData) -> None:
    """Refuse to keep what is not there.

    Raises
    ------
    UsageError
        Naming it.
    """
    unknown = [name for name in keep if name not in {*waves.answers.columns, ALL, DATES}]
    if unknown:
        raise UsageError(
            f"there is nothing to keep of the name {unknown[0]}",
            fix=f"--keep with the id of an item, with {PERSON}, {DATES}, or {ALL}",
        )


def refuse_telling_ids(waves: WaveData, keep: Sequence[str]) -> None:
    """Refuse ids that are themselves names or numbers of people.

    Raises
    ------
    FindingsError
        Saying what they look like.
    """
    if {ALL, PERSON} & set(keep):
        return
    found = suspect_ids(waves.answers.frame[PERSON])
    if found is not None:
        raise FindingsError(
            "the ids of people would say in the study file who they are",
            where=waves.instrument.roles.person_id,
            fix=f"--pseudonymise makes pseudonyms of them; --keep {PERSON} if they are none of these",
            problems=[Problem(f"most of them look like {found.words}")],
        )


def kept_out(waves: WaveData, keep: Sequence[str] = ()) -> WaveData:
    """Return the waves without answers that point to people, and say which were left out and why.

    Left out are texts that the instrument calls personal or free text, texts in which something that
    points to people was found, and columns with numbers too long to be answers.

    Parameters
    ----------
    waves : WaveData
    keep : sequence of str
        Items to keep all the same; ``all`` for everything.
    """
    if ALL in keep:
        return waves
    reasons = dict(_reasons(waves, keep))
    if not reasons:
        return waves
    answers = SealedFrame(waves.answers.frame.drop(columns=list(reasons)))
    return replace(
        waves,
        answers=answers,
        reasons=SealedFrame(waves.reasons.frame.drop(columns=list(reasons))),
        findings=(*waves.findings, _said(reasons)),
        protection=replace(waves.protection, kept_out=(*waves.protection.kept_out, *reasons)),
    )


def _reasons(waves: WaveData, keep: Sequence[str]) -> Iterator[tuple[str, str]]:
    partner = waves.instrument.roles.partner_id
    for name in waves.answers.columns:
        if name in KEYS or name in keep or name == partner:
            continue
        why = _why_not(waves.instrument.item(name), waves.answers.frame[name])
        if why:
            yield name, why


def _why_not(item: Item, values: pd.Series) -> str:
    """Say why the answers to an item must not be in a study file; empty if they may."""
    if item.type == "text":
        if item.sensitivity == "free_text":
            return KINDS["free_text"]
        if item.sensitivity == "personal":
            return "personal, as the questionnaire says"
        found = suspect_texts(values)
        return found.words if found else ""
    if item.is_numeric and item.response_set is None:
        found = suspect_numbers(values)
        return found.words if found else ""
    return ""


def _said(reasons: Mapping[str, str]) -> Finding:
    told = ", ".join(f"{name} ({why})" for name, why in reasons.items())
    return Finding(  # without a count: it would be of items, and reports protect counts as if they were of people
        "note",
        "kept_out",
        f"kept out of the study file, since it points to people: {told}",
        advice="import again with --keep and the item, if you must have it there",
    )


def relative_dates(waves: WaveData, keep: Sequence[str] = ()) -> WaveData:
    """Return the waves with dates as days since each person's first interview.

    The days stand as dates after 1 January 2000, the day of her first interview, so that whatever reads
    dates can go on. Without an interview date, her earliest date is the start.

    Parameters
    ----------
    waves : WaveData
    keep : sequence of str
        Items whose dates stay as they are; ``dates`` or ``all`` for all of them.
    """
    items = [name for name in waves.answers.columns if name not in KEYS and waves.instrument.item(name).type == "date"]
    moved = [name for name in items if name not in keep]
    if {ALL, DATES} & set(keep) or not moved or waves.protection.in_days:
        return waves
    frame = waves.answers.frame
    start = _start(waves, items)
    days = {name: EPOCH + (frame[name].dt.normalize() - start) for name in moved}
    which = ", ".join(moved)
    text = f"dates are days since each person’s first interview, counted from the first of January 2000: {which}"
    said = Finding("note", "dates_relative", text, advice="--keep dates leaves them as they are")
    return replace(
        waves,
        answers=SealedFrame(frame.assign(**days)),
        findings=(*waves.findings, said),
        protection=replace(waves.protection, in_days=tuple(moved)),
    )


def _start(waves: WaveData, items: Sequence[str]) -> pd.Series:
    """Return, for each row, the date of the person's first interview."""
    frame = waves.answers.frame
    dates = frame[[PERSON, "wave", *items]].sort_values("wave", kind="stable")
    earliest = dates[items].min(axis=1).groupby(dates[PERSON]).min()
    interview = waves.instrument.roles.interview_date
    if interview is not None and interview in items:
        earliest = dates.groupby(PERSON)[interview].first().fillna(earliest)
    own = frame[PERSON].map(earliest.dt.normalize())
    return own.fillna(frame[list(items)].min(axis=1).dt.normalize())


def banded(waves: WaveData, widths: Mapping[str, int]) -> WaveData:
    """Return the waves with exact numbers, such as ages, as the middles of bands.

    Parameters
    ----------
    waves : WaveData
    widths : mapping
        Item → width of a band; 10 makes 34 of everybody from 30 to 39.

    Raises
    ------
    UsageError
        If an item is not there, or holds answers to choose from.
    """
    frame = waves.answers.frame
    bands = {}
    for name, width in widths.items():
        item = waves.instrument.item_by_id.get(name)
        if item is None or name not in frame.columns or not item.is_numeric or item.response_set is not None:
            raise UsageError(
                f"{name} is no item with numbers in these data", fix="--band ITEM=WIDTH, e.g. --band P2=10"
            )
        bands[name] = np.floor(frame[name] / width) * width + (width - 1) // 2
    if not bands:
        return waves
    told = ", ".join(f"{name} (bands of {width})" for name, width in widths.items())
    said = Finding("note", "banded", f"the middle of a band stands instead of the exact number: {told}")
    return replace(waves, answers=SealedFrame(frame.assign(**bands)), findings=(*waves.findings, said))
