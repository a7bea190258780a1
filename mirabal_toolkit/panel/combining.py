"""Two panels side by side: people of a programme and people of a comparison site, each with their own instrument."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pandas as pd

from mirabal_toolkit.core.data import PERSON, WAVE, AuditTrail, PanelData
from mirabal_toolkit.core.frames import SealedFrame
from mirabal_toolkit.core.instrument import Instrument
from mirabal_toolkit.core.missing import MissingReason
from mirabal_toolkit.errors import FindingsError

#: Person-level column of a combined panel that holds the instrument id of the file she is in.
ARM = "arm"


def combine(own: PanelData, other: PanelData) -> PanelData:
    """Put two panels under one instrument, with the arm as a person-level column.

    Outcomes are matched by id, items by id where the ids of one instrument are those of the other with
    letters before them (``CS_P2`` and ``P2``). What only one of them asks is ``not_asked`` in the other.

    Parameters
    ----------
    own : PanelData
        Of the instrument the plan is for; the combined panel has this instrument.
    other : PanelData

    Returns
    -------
    PanelData
        Ids begin with the instrument they come from, so that equal ids of two files stay two people.

    Raises
    ------
    FindingsError
        If the waves differ, both are of one instrument, or no outcome has the same id.
    """
    _refuse_unlike(own, other)
    names = _matched(own.instrument, other.instrument)
    scores = [column for column in own.scores.columns if column in other.scores.columns]
    translated = [_of_arm(own, {}, scores), _of_arm(other, names, scores)]
    answers, reasons = _joined(own, translated, "answers"), _joined(own, translated, "reasons")
    reasons = reasons.mask(answers.isna() & reasons.isna(), MissingReason.NOT_ASKED.value)
    return replace(
        own,
        scores=_stacked(translated, "scores"),
        universe=_stacked(translated, "universe"),
        answers=SealedFrame(answers),
        reasons=SealedFrame(reasons),
        status=_stacked(translated, "status"),
        people=SealedFrame(_joined(own, translated, "people", extra=[ARM])),
        flow=SealedFrame(own.flow.frame + other.flow.frame),
        trail=AuditTrail((*own.trail.steps, *other.trail.steps)),
        sources=(*own.sources, *other.sources),
        findings=(*own.findings, *other.findings),
        bridges=(*own.bridges, *other.bridges),
        fingerprint=hashlib.sha256(f"{own.fingerprint}\x1f{other.fingerprint}".encode()).hexdigest(),
    )


def _refuse_unlike(own: PanelData, other: PanelData) -> None:
    if own.instrument.id == other.instrument.id:
        raise FindingsError(
            f"both files are of {own.instrument.id}, so nothing tells the two groups apart",
            fix="give one file with an item for the group, and name it in the plan: comparison, arm",
        )
    if own.months != other.months:
        raise FindingsError(
            f"the waves of the two files differ: {_waves(own)} and {_waves(other)}",
            fix="give the same waves of both",
        )
    if not set(own.scores.columns) & set(other.scores.columns):
        raise FindingsError(
            f"{own.instrument.id} and {other.instrument.id} have no outcome in common",
            fix="give a programme and a comparison site that were asked the same questions",
        )


def _waves(panel: PanelData) -> str:
    return ", ".join(f"wave {wave} at {months:g} months" for wave, months in panel.months.items())


def _matched(own: Instrument, other: Instrument) -> dict[str, str]:
    """Return item of `other` → item of `own`, for items of the same kind."""
    found = {}
    for item in other.items:
        for known in own.items:
            tail, head = sorted((item.id, known.id), key=len)
            same = head == tail or head.endswith(f"_{tail}")
            if same and (item.type, item.per_person) == (known.type, known.per_person):
                found[item.id] = known.id
    return found


def _of_arm(panel: PanelData, names: dict[str, str], scores: list[str]) -> dict[str, pd.DataFrame]:
    """Return the frames of one panel under the ids of the combined one."""
    arm = panel.instrument.id
    frames = {
        "scores": panel.scores.frame[scores],
        "universe": panel.universe.frame[scores],
        "answers": panel.answers.frame.rename(columns=names),
        "reasons": panel.reasons.frame.rename(columns=names),
        "status": panel.status.frame,
        "people": panel.people.frame.rename(columns=names).assign(**{ARM: arm}),
    }
    return {name: _with_prefix(frame, arm) for name, frame in frames.items()}


def _with_prefix(frame: pd.DataFrame, arm: str) -> pd.DataFrame:
    index = frame.index.to_frame(index=False)
    index[PERSON] = arm + ":" + index[PERSON].astype("str")
    keys = [PERSON, WAVE] if WAVE in index else [PERSON]
    return frame.set_axis(pd.MultiIndex.from_frame(index[keys]) if len(keys) > 1 else pd.Index(index[PERSON]))


def _stacked(parts: list[dict[str, pd.DataFrame]], name: str) -> SealedFrame:
    return SealedFrame(pd.concat([part[name] for part in parts]).sort_index())


def _joined(
    own: PanelData, parts: list[dict[str, pd.DataFrame]], name: str, extra: list[str] | None = None
) -> pd.DataFrame:
    """Stack a frame of items; columns are those of the combined instrument."""
    frame: pd.DataFrame = getattr(own, name).frame
    columns = [*frame.columns, *(extra or [])]
    stacked = pd.concat([part[name].reindex(columns=columns) for part in parts]).sort_index()
    return stacked.astype({column: frame[column].dtype for column in frame if frame[column].dtype == float})
