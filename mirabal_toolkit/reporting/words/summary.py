"""The summary in plain words: for each headline indicator before, after, change, interval, of how many."""

from __future__ import annotations

from mirabal_toolkit.reporting.edition import Edition, Indicator, Paired
from mirabal_toolkit.reporting.lookup import Estimate
from mirabal_toolkit.reporting.values import decimals_of, write_value
from mirabal_toolkit.reporting.words import numbers


def opening(edition: Edition) -> str:
    """Return who was asked and reached: the first sentence of the summary."""
    last = edition.waves[-1]
    retention = edition.lookup.outcomes("retention")
    kept = edition.lookup.by_wave("retention", retention[0]).get(last) if retention else None
    if kept is None or kept.count is None or kept.n_obs is None:
        return edition.say("opening_hidden")
    return edition.say(
        "opening" if len(edition.waves) > 1 else "opening_one",
        started=numbers.count(kept.n_obs),
        kept=numbers.count(kept.count),
        share=numbers.percent(kept.estimate, edition.decimals),
        at_last=edition.at_wave(last),
    )


def summary(edition: Edition) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return (measure of success, sentences) for the headline indicators."""
    chosen = tuple(one for one in edition.indicators if one.headline and one.first)
    return tuple(
        (heading, tuple(indicator_sentences(one, edition) for one in members))
        for heading, members in edition.groups(chosen)
    )


def indicator_sentences(one: Indicator, edition: Edition) -> str:
    """Return the sentences of one indicator: both ends of all who answered, then the change of those seen twice."""
    paired = edition.paired(one)
    first, last = edition.ends(paired)
    text = ends_sentence(one, edition)
    return f"{text} {change_sentence(one, paired, edition)}" if first != last else text


def ends_sentence(one: Indicator, edition: Edition) -> str:
    """Return the sentence on the first and the last wave, of all who answered then."""
    first, last = edition.ends(edition.paired(one))
    series = edition.series(one)
    write = _share_sentence if one.outcome.kind == "binary" else _score_sentence
    text = write(one, edition, (first, last), (series.get(first), series.get(last)))
    return text[:1].upper() + text[1:]


def _share_sentence(
    one: Indicator, edition: Edition, waves: tuple[int, int], ends: tuple[Estimate | None, Estimate | None]
) -> str:
    # Half a sentence in another language would be none.
    statement = one.outcome.statement.get(edition.language, "")
    known = all(end is not None and end.estimate is not None for end in ends)
    key = "summary_share" if statement and known else "summary_share_label"
    return edition.say(
        key if waves[0] != waves[1] else f"{key}_one",
        label=edition.label(one),
        statement=statement,
        before=share_in_words(ends[0], edition),
        after=share_in_words(ends[1], edition),
        at_first=edition.at_wave(waves[0]),
        at_last=edition.at_wave(waves[1]),
    )


def share_in_words(estimate: Estimate | None, edition: Edition) -> str:
    """Return ``61% (73 of 120)``; with its upper limit where nobody was counted."""
    if estimate is None or (estimate.estimate is None and not estimate.hidden):
        return edition.say("not_known")
    if estimate.hidden or estimate.estimate is None:
        return _hidden_in_words(estimate, edition)
    text = numbers.percent(estimate.estimate, edition.decimals)
    if estimate.count is None or estimate.n_obs is None:
        return text
    parts = {"share": text, "count": numbers.count(estimate.count), "n": numbers.count(estimate.n_obs)}
    if estimate.estimate == 0 and estimate.conf_high is not None:
        return edition.say("share_zero", **parts, upper=numbers.percent(estimate.conf_high, edition.decimals))
    return edition.say("share_at", **parts)


def _hidden_in_words(estimate: Estimate, edition: Edition) -> str:
    for flag in ("few", "all_but_few"):
        if flag in estimate.flags and estimate.n_obs:
            threshold = edition.released.profile.threshold
            return edition.say(f"hidden_{flag}", threshold=threshold, n=numbers.count(estimate.n_obs))
    return edition.say("share_hidden")


def _score_sentence(
    one: Indicator, edition: Edition, waves: tuple[int, int], ends: tuple[Estimate | None, Estimate | None]
) -> str:
    before, after = (_mean_in_words(one, end, edition) for end in ends)
    direction = one.outcome.direction
    return edition.say(
        "summary_score" if waves[0] != waves[1] else "summary_score_one",
        label=edition.label(one),
        direction="" if direction == "neutral" else f" ({edition.say(f'direction_{direction}')})",
        before=before,
        after=after,
        at_first=edition.at_wave(waves[0]),
        at_last=edition.at_wave(waves[1]),
    )


def _mean_in_words(one: Indicator, estimate: Estimate | None, edition: Edition) -> str:
    if estimate is None or (estimate.estimate is None and not estimate.hidden):
        return edition.say("not_known")
    if estimate.hidden or estimate.estimate is None:
        return edition.say("share_hidden")
    mean = write_value(estimate.estimate, one, edition)
    return edition.say("mean_at", mean=mean, n=numbers.count(estimate.n_obs))


def change_sentence(one: Indicator, paired: Paired, edition: Edition) -> str:
    """Return the change among those seen both times, with its interval, in words."""
    change = paired.change
    if change is None or (change.estimate is None and not change.hidden):
        return edition.say("summary_paired_none")
    if change.hidden or change.estimate is None:
        return edition.say("summary_paired_hidden")
    binary = one.outcome.kind == "binary"
    decimals = decimals_of(one, edition)
    text = edition.say(
        "summary_paired",
        n=numbers.count(change.n_obs),
        before=_end_in_words(one, paired.before, edition),
        after=_end_in_words(one, paired.after, edition),
        change=change_in_words(change.estimate, decimals, edition, binary=binary),
        level=edition.level,
        interval=interval_in_words((change.conf_low, change.conf_high), decimals, edition, binary=binary),
    )
    return " ".join([text, *_doubts(change, edition)])


def _doubts(change: Estimate, edition: Edition) -> list[str]:
    """Return the sentence that takes a change back: its interval holds 0, or the test for all of a family says so."""
    if is_unclear(change):
        return [edition.say("unclear")]
    return [edition.say("unclear_together", p=numbers.p_value(change.p_adjusted))] if by_chance(change, edition) else []


def by_chance(change: Estimate, edition: Edition) -> bool:
    """Whether a test that allows for all indicators of the family does not call a change or difference clear."""
    adjusted = change.p_adjusted
    return adjusted is not None and adjusted >= 1 - edition.released.plan.confidence_level


def is_unclear(change: Estimate) -> bool:
    """Whether the interval of a change includes no change at all."""
    return change.conf_low is not None and change.conf_high is not None and change.conf_low <= 0 <= change.conf_high


def _end_in_words(one: Indicator, estimate: Estimate | None, edition: Edition) -> str:
    if estimate is None or estimate.estimate is None:
        return edition.say("hidden")
    return write_value(estimate.estimate, one, edition)


def change_in_words(change: float, decimals: int, edition: Edition, *, binary: bool) -> str:
    """Return ``49 percentage points fewer``; for scores ``12 points higher``."""
    size = numbers.number(abs(change), decimals)
    kind = "share" if binary else "score"
    if numbers.is_zero(change, decimals):
        return edition.say(f"change_same_{kind}")
    one = "_one" if size == "1" else ""
    return edition.say(f"change_{'less' if change < 0 else 'more'}_{kind}{one}", points=size)


def interval_in_words(ends: tuple[float | None, float | None], decimals: int, edition: Edition, *, binary: bool) -> str:
    """Return ``37 to 59 fewer``, nearer end first; ``3 fewer to 9 more`` where it holds 0."""
    low, high = ends
    if low is None or high is None:
        return edition.say("not_known")
    kind = "share" if binary else "score"
    near, far = (low, high) if low >= 0 else (high, low)
    parts = {"low": numbers.number(abs(near), decimals), "high": numbers.number(abs(far), decimals)}
    if low < 0 < high:
        parts = {"low": numbers.number(abs(low), decimals), "high": numbers.number(high, decimals)}
        return edition.say(f"interval_both_{kind}", **parts)
    return edition.say(f"interval_{'less' if high <= 0 else 'more'}_{kind}", **parts)
