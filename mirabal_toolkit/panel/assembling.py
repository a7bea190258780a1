"""`ScoredData` → `PanelData`: what every model takes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pandas as pd

from mirabal_toolkit.core.data import INTERVIEWED, PERSON, WAVE, Finding, PanelData, ScoredData
from mirabal_toolkit.core.frames import SealedFrame
from mirabal_toolkit.panel.flow import flow_by_wave


def assemble(scored: ScoredData) -> PanelData:
    """Assemble the person × wave panel with its participant flow.

    Parameters
    ----------
    scored : ScoredData

    Returns
    -------
    PanelData
        ``answers`` and ``reasons`` hold the items with numbers or codes; ``people`` the items
        asked once a person; ``findings`` what reading, cleaning and assembling noticed. The
        fingerprint does not depend on the order of the rows it was read from.
    """
    cleaned = scored.cleaned
    instrument, answers = cleaned.instrument, cleaned.answers.frame
    numeric = [item.id for item in instrument.items if item.is_numeric]
    once = [item.id for item in instrument.items if item.per_person]
    flow = flow_by_wave(cleaned.status.frame)
    return PanelData(
        instrument=instrument,
        scores=scored.scores,
        universe=scored.universe,
        answers=SealedFrame(answers[numeric]),
        reasons=SealedFrame(cleaned.reasons.frame[numeric]),
        status=cleaned.status,
        people=SealedFrame(answers[once].groupby(level=PERSON).first()),
        flow=SealedFrame(flow),
        trail=cleaned.trail,
        sources=cleaned.sources,
        findings=(*cleaned.findings, *_findings(scored, flow)),
        fingerprint=_fingerprint(scored),
        bridges=cleaned.bridges,
    )


def _fingerprint(scored: ScoredData) -> str:
    """SHA-256 over instrument, answers, why they are missing, how waves ended, and scores."""
    cleaned = scored.cleaned
    parts = (cleaned.answers, cleaned.reasons, cleaned.status, scored.scores, scored.universe)
    text = "\x1f".join([cleaned.instrument.reference, *(part.fingerprint() for part in parts)])
    return hashlib.sha256(text.encode()).hexdigest()


def _findings(scored: ScoredData, flow: pd.DataFrame) -> Iterator[Finding]:
    yield from _wave_findings(scored, flow)
    yield from _people_findings(scored, flow)
    yield from _outcome_findings(scored)


def _wave_findings(scored: ScoredData, flow: pd.DataFrame) -> Iterator[Finding]:
    planned = len(scored.cleaned.instrument.waves)
    if len(flow) < 2 <= planned:
        text = "there is only one wave, so no change can be described"
        advice = "add the data of a later wave, or check that the wave is recognised in the variable names"
        yield Finding("error", "only_one_wave", text, wave=int(flow.index[0]), advice=advice)
    for wave in flow.index[flow[INTERVIEWED] == 0]:
        text = f"nobody was interviewed at wave {wave}"
        yield Finding("warning", "nobody_interviewed", text, wave=int(wave))


def _people_findings(scored: ScoredData, flow: pd.DataFrame) -> Iterator[Finding]:
    status = scored.cleaned.status.frame["status"]
    people = pd.DataFrame({"seen": status == INTERVIEWED, "wave": status.index.get_level_values(WAVE)})
    first = people[people["wave"] == flow.index[0]].droplevel(WAVE)["seen"]
    ever = people.groupby(level=PERSON)["seen"].any()
    later = int((ever & ~first.reindex(ever.index)).sum())
    never = int((~ever).sum())
    if later:
        text = f"{later} person(s) were first interviewed after the first wave; they are not among those who started"
        advice = "check their ids: a mistyped id looks like a new woman"
        yield Finding("warning", "appears_later", text, count=later, advice=advice)
    if never:
        text = f"{never} person(s) were never interviewed; they are in the participant flow only"
        yield Finding("note", "never_interviewed", text, count=never)


def _outcome_findings(scored: ScoredData) -> Iterator[Finding]:
    scores, universe = scored.scores.frame, scored.universe.frame
    for name in scores.columns[scores.isna().all().to_numpy()]:
        people = int(universe[name].groupby(level=PERSON).any().sum())
        text = f"the outcome {name} is missing for everybody at every wave ({people} were meant to be asked)"
        advice = "check that its items are in the file and mapped"
        yield Finding("warning" if people else "note", "outcome_missing", text, count=people, advice=advice)
