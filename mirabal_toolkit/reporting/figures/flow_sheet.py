"""What the drawing of the participant flow says: from those approached to those analysed, adding up at every wave."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import pandas as pd

from mirabal_toolkit.core.data import INTERVIEWED, WAVE_STATUSES
from mirabal_toolkit.core.missing import MissingReason
from mirabal_toolkit.reporting.edition import Edition
from mirabal_toolkit.reporting.figures.flow import Step, draw_flow
from mirabal_toolkit.reporting.figures.spec import Sheet
from mirabal_toolkit.reporting.lookup import Estimate
from mirabal_toolkit.reporting.tables.by_wave import participant_flow
from mirabal_toolkit.reporting.words import numbers

#: Why somebody approached could not be asked at all at the start; the others could have said no.
NOT_ELIGIBLE = (MissingReason.UNSAFE_TO_CONTACT.value, MissingReason.DIED.value)
LOST = tuple(status for status in WAVE_STATUSES if status != INTERVIEWED)


def participant_flow_drawn(edition: Edition) -> Sheet:
    """Return the participant flow."""
    steps = flow_steps(edition)
    title = _title(edition)
    lines = [f"{step.wave}: {step.interviewed}; {', '.join(step.lost) or '–'}." for step in steps]
    return Sheet(
        "participant-flow",
        edition.say("figure_flow"),
        title,
        " ".join([title + ".", edition.say("alt_flow"), *lines]),
        participant_flow(edition),
        partial(draw_flow, edition.wording, steps, title, edition.say("subtitle_flow")),
    )


def flow_steps(edition: Edition) -> tuple[Step, ...]:
    """Return the boxes from the top down: approached, eligible, each wave, analysed.

    Approached and eligible are boxes of their own only where somebody was lost before the start.
    """
    return (*_before_the_start(edition), *(_wave(edition, wave) for wave in edition.waves), *_analysed(edition))


def _before_the_start(edition: Edition) -> Iterator[Step]:
    first = edition.waves[0]
    lost = {status: _value(edition, status, first) for status in LOST}
    if all(value == 0 for value in lost.values()):
        return
    approached = _value(edition, "eligible", first)
    barred = [lost[status] for status in NOT_ELIGIBLE]
    others = tuple(status for status in LOST if status not in NOT_ELIGIBLE)
    if any(value != 0 for value in barred):
        side = _side(edition, first, NOT_ELIGIBLE, "flow_box_barred")
        yield Step(edition.say("flow_approached"), _people(edition, approached), side)
        eligible = _difference(approached, barred)
        yield Step(
            edition.say("flow_eligible_box"),
            _people(edition, eligible),
            _side(edition, first, others, "flow_box_not_started"),
        )
    else:
        side = _side(edition, first, others, "flow_box_not_started")
        yield Step(edition.say("flow_approached_eligible"), _people(edition, approached), side)


def _wave(edition: Edition, wave: int) -> Step:
    interviewed = _counted(edition, INTERVIEWED, wave) or "0"
    kept = _retained(edition, wave)
    first = wave == edition.waves[0]
    joined = kept is not None and kept.count is not None and kept.count != _value(edition, INTERVIEWED, wave)
    share_key = "flow_box_late" if joined else "flow_box_share"
    key = "flow_box_started" if first else "flow_box_interviewed" if kept is None else share_key
    share = "" if kept is None or kept.estimate is None else numbers.percent(kept.estimate, edition.decimals)
    count = "" if kept is None or kept.count is None else numbers.count(kept.count)
    text = edition.say(key, interviewed=interviewed, kept=count, share=share)
    # Who was lost before the start stands beside the boxes above it.
    return Step(edition.wave_name(wave), text, () if first else _side(edition, wave, LOST, "flow_box_lost"))


def _analysed(edition: Edition) -> Iterator[Step]:
    """Yield who is in the analysis: everybody who started, whatever became of her later."""
    first, last = edition.waves[0], edition.waves[-1]
    started, kept = _retained(edition, first), _retained(edition, last)
    if started is None or started.count is None:
        return
    texts = [edition.say("flow_box_analysed", n=numbers.count(started.count))]
    if first != last and kept is not None and kept.count is not None:
        texts.append(edition.say("flow_box_both", n=numbers.count(kept.count), at_last=edition.at_wave(last)))
    yield Step(edition.say("flow_analysed"), "\n".join(texts), ())


def _side(edition: Edition, wave: int, statuses: Sequence[str], key: str) -> tuple[str, ...]:
    """Return how many were lost, then the reasons; empty if nobody was lost."""
    reasons = []
    for status in statuses:
        n = _counted(edition, status, wave)
        if n is not None:
            reasons.append(edition.say("flow_reason", reason=edition.say(f"flow_{status}"), n=n))
    if not reasons:
        return ()
    n = _total(edition, wave, statuses)
    return (edition.say(f"{key}_hidden") if n is None else edition.say(key, n=n), *reasons)


def _total(edition: Edition, wave: int, statuses: Sequence[str]) -> str | None:
    """Return how many were lost as text; None where that is hidden."""
    values = [_value(edition, status, wave) for status in statuses]
    if len(statuses) == len(LOST):
        # The difference is exact where a reason is hidden; both are rounded where numbers are protected.
        lost = _difference(_value(edition, "eligible", wave), [_value(edition, INTERVIEWED, wave)])
        if lost is None:
            return None
        return numbers.count(lost) if lost > 0 else edition.say("few")
    lost = None if any(value is None for value in values) else sum(value or 0.0 for value in values)
    return None if lost is None else numbers.count(lost)


def _difference(whole: float | None, parts: Sequence[float | None]) -> float | None:
    if whole is None or any(part is None for part in parts):
        return None
    return whole - sum(part or 0.0 for part in parts)


def _value(edition: Edition, status: str, wave: int) -> float | None:
    """Return a number of the flow; None where it is hidden."""
    value = edition.released.flow.frame[status].get(wave)
    return None if value is None or pd.isna(value) else float(value)


def _people(edition: Edition, n: float | None) -> str:
    return edition.say("flow_box_people_hidden") if n is None else edition.say("flow_box_people", n=numbers.count(n))


def _counted(edition: Edition, status: str, wave: int) -> str | None:
    """Return a number of the flow as text; None where it is 0."""
    value = _value(edition, status, wave)
    if value is None:
        return edition.say("hidden")
    return numbers.count(value) if value else None


def _retained(edition: Edition, wave: int) -> Estimate | None:
    outcomes = edition.lookup.outcomes("retention")
    found = edition.lookup.by_wave("retention", outcomes[0]).get(wave) if outcomes else None
    return None if found is None or found.estimate is None else found


def _title(edition: Edition) -> str:
    last = edition.waves[-1]
    found = _retained(edition, last)
    if found is None or found.count is None or found.n_obs is None:
        return edition.say("finding_retention_hidden")
    return edition.say(
        "finding_retention",
        kept=numbers.count(found.count),
        started=numbers.count(found.n_obs),
        at_last=edition.at_wave(last),
    )
