"""Whether the conclusions depend on those who were lost, in words written from what was found."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mirabal_toolkit.mixed.adjust import adjust_p_values
from mirabal_toolkit.reporting.edition import Edition, Indicator
from mirabal_toolkit.reporting.lookup import Estimate
from mirabal_toolkit.reporting.standing import Standing, is_known, looked_at, sign_of, standing_of
from mirabal_toolkit.reporting.tables.parts import item_label
from mirabal_toolkit.reporting.values import decimals_of, write_value
from mirabal_toolkit.reporting.words import numbers

#: So many indicators, at most, are named in whose last answers those lost differed.
MOST_NAMED = 4
#: From so many points on it is said that allowing for loss moves a change; rounded counts alone move one by five.
MOVED, MOVED_ROUNDED = 5.0, 10.0


def who_was_lost(edition: Edition) -> str:
    """Return how many were lost, and whether they had been doing worse before: what the data can tell."""
    parts = [_how_many(edition), *_groups(edition)]
    ever = next((row for row in edition.lookup.every("worse_off_before") if row.term == "ever"), None)
    last = _last_step(edition)
    if is_known(ever) and ever is not None:
        parts.append(_worse(ever, edition))
        if is_known(last) and last is not None:
            parts.append(_next(last, ever, edition))
        named = _clearest(edition)
        pattern = sign_of(ever) != 0 or sign_of(last) != 0 or bool(named)
        parts += [named, edition.say("lost_pattern") if pattern else _no_pattern(ever, edition)]
    return " ".join(part for part in parts if part)


def _how_many(edition: Edition) -> str:
    at_last = edition.at_wave(edition.waves[-1])
    row = next(iter(edition.lookup.every("attrition")), None)
    if row is None:
        return ""
    if row.count is None or row.n_obs is None:
        return edition.say("lost_hidden", at_last=at_last)
    return edition.say(
        "lost_overall",
        lost=numbers.count(row.count),
        started=numbers.count(row.n_obs),
        share=numbers.percent(row.estimate, edition.decimals),
        at_last=at_last,
    )


def _groups(edition: Edition) -> list[str]:
    """Say of each group item whether loss differed."""
    found = []
    for row in edition.lookup.every("attrition"):
        if row.term == "differs" and row.p_value is not None:
            key = "lost_differs" if row.p_value < 1 - edition.released.plan.confidence_level else "lost_alike"
            found.append(edition.say(key, item=item_label(row.outcome, edition), p=numbers.p_value(row.p_value)))
    return found


def _no_pattern(ever: Estimate, edition: Edition) -> str:
    most = max(abs(ever.conf_low or 0.0), abs(ever.conf_high or 0.0))
    return edition.say("lost_no_pattern", most=numbers.number(most, 2))


def _last_step(edition: Edition) -> Estimate | None:
    rows = [row for row in edition.lookup.every("worse_off_before") if row.term == "next"]
    return rows[-1] if rows else None


def _worse(row: Estimate, edition: Edition) -> str:
    key = {1: "worse_off", -1: "better_off", 0: "not_worse_off"}[sign_of(row)]
    return edition.say(key, level=edition.level, **_size(row, signed=key == "not_worse_off"))


def _next(row: Estimate, ever: Estimate, edition: Edition) -> str:
    before, after = edition.waves[-2:]
    plain = "next_not_worse_off" if sign_of(ever) == 0 else "next_not_clear"
    key = {1: "next_worse_off", -1: "next_better_off", 0: plain}[sign_of(row)]
    return edition.say(
        key,
        before=edition.wave_name(before).lower(),
        after=edition.wave_name(after).lower(),
        at_before=edition.at_wave(before),
        **_size(row, signed=sign_of(row) == 0),
    )


def _size(row: Estimate, *, signed: bool) -> dict[str, str]:
    """Return a difference in standard deviations and its interval; the direction is in the words or the sign."""
    if row.estimate is None or row.conf_low is None or row.conf_high is None:
        return {"size": numbers.NO_VALUE, "interval": numbers.NO_VALUE}
    if signed:
        return {
            "size": numbers.signed(row.estimate, 2),
            "interval": numbers.interval(row.conf_low, row.conf_high, 2, plus=True),
        }
    ends = sorted((abs(row.conf_low), abs(row.conf_high)))
    return {"size": numbers.number(abs(row.estimate), 2), "interval": numbers.interval(ends[0], ends[1], 2)}


def _clearest(edition: Edition) -> str:
    """Name the indicators in whose last answers those lost clearly differed, allowing for how many are looked at."""
    rows = [
        (edition.label(one), row)
        for one in looked_at(edition)
        for row in edition.lookup.rows("last_answer", one.outcome.id, one.estimand)
        if row.p_value is not None and row.estimate is not None
    ]
    adjusted = adjust_p_values(np.array([row.p_value for _, row in rows], dtype=np.float64), "holm")
    clear = [
        (abs(row.estimate or 0.0), label, row.estimate or 0.0)
        for (label, row), p_value in zip(rows, adjusted, strict=True)
        if p_value < 1 - edition.released.plan.confidence_level
    ]
    named = [
        edition.say("lost_indicator", label=label, size=numbers.signed(size, 2))
        for _, label, size in sorted(clear, reverse=True)[:MOST_NAMED]
    ]
    return edition.say("lost_indicators", indicators=edition.listed(named)) if named else ""


def what_it_changes(edition: Edition) -> tuple[str, ...]:
    """Return what those lost could do to the conclusions: counts first, then one sentence for each that can turn."""
    standings = [(one, standing_of(one, edition)) for one in looked_at(edition)]
    by_verdict = {name: [one for one, found in standings if found.verdict == name] for name in VERDICTS}
    clear = len(by_verdict["holds"]) + len(by_verdict["turns"])
    say = edition.say
    counted = [
        say(
            "conclusions_counted",
            all=len(standings),
            clear=clear,
            holds=len(by_verdict["holds"]),
            turns=len(by_verdict["turns"]),
        )
    ]
    counted += [
        say(f"conclusions_{name}", labels=_labels(by_verdict[name], edition))
        for name in ("method", "open", "unknown")
        if by_verdict[name]
    ]
    moved = _moved(standings, edition)
    return (" ".join(counted), *([moved] if moved else []))


VERDICTS = ("holds", "turns", "method", "open", "unknown")


def turning_points(edition: Edition) -> tuple[str, ...]:
    """Return a sentence for each indicator that can turn, the most easily turned first; then those that cannot."""
    turning: list[tuple[float, str]] = []
    steady: list[Indicator] = []
    for one in looked_at(edition):
        found = standing_of(one, edition)
        if found.verdict == "holds":
            steady.append(one)
        elif found.verdict == "turns" and found.shift is not None and found.shift.estimate is not None:
            turning.append((abs(found.shift.estimate), turn_sentence(one, found, edition)))
    sentences = [sentence for _, sentence in sorted(turning)]
    if steady:
        sentences.append(edition.say("holds_all", labels=_labels(steady, edition)))
    return tuple(sentences)


def turn_sentence(one: Indicator, found: Standing, edition: Edition) -> str:
    """Return “… the conclusion would turn if those lost had … points more …”."""
    points = 0.0 if found.shift is None or found.shift.estimate is None else found.shift.estimate
    kind = "share" if one.outcome.kind == "binary" else "score"
    levels = {
        name: write_value(None if row is None else row.estimate, one, edition)
        for name, row in (("expected", found.expected), ("at_turn", found.at_turn))
    }
    return edition.say(
        f"turn_{'more' if points > 0 else 'less'}_{kind}",
        label=edition.label(one),
        points=numbers.number(abs(points), decimals_of(one, edition)),
        at_last=edition.at_wave(edition.waves[-1]),
        **levels,
    )


def _moved(standings: Sequence[tuple[Indicator, Standing]], edition: Edition) -> str:
    """Name the indicators whose change moves when loss is allowed for."""
    found, least = [], MOVED if edition.released.profile.rounding == 1 else MOVED_ROUNDED
    for one, standing in standings:
        pairs, imputed = standing.pairs, standing.imputed
        if pairs is None or imputed is None or pairs.estimate is None or imputed.estimate is None:
            continue
        # Counts of kinds and single answers have scales of a few steps: five points mean nothing there.
        if decimals_of(one, edition) == edition.decimals and abs(pairs.estimate - imputed.estimate) >= least:
            found.append(
                edition.say(
                    "shifted_method",
                    label=edition.label(one),
                    pairs=numbers.signed(pairs.estimate, edition.decimals),
                    imputed=numbers.signed(imputed.estimate, edition.decimals),
                )
            )
    return edition.say("shifted_methods", points=f"{least:g}", labels=edition.listed(found)) if found else ""


def _labels(indicators: Sequence[Indicator], edition: Edition) -> str:
    return edition.listed([edition.label(one) for one in indicators])


def depends_on_lost(edition: Edition) -> bool:
    """Whether for any indicator the conclusion depends on how those lost are treated."""
    return any(standing_of(one, edition).verdict == "method" for one in looked_at(edition))
