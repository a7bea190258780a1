"""What must hold of the scales, outcomes and worked examples of one instrument."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mirabal_toolkit.core.missing import MissingReason
from mirabal_toolkit.errors import Problem

if TYPE_CHECKING:
    from mirabal_toolkit.core.instrument import Instrument, Item, Outcome, ResponseSet, Scale

#: Indicator → kinds of outcome it can be; and which indicators need a scale, which an item.
_KINDS = {
    "any": {"binary"},
    "severe": {"binary"},
    "category": {"binary"},
    "variety": {"count"},
    "score": {"score"},
    "at_least": {"binary"},
    "value": {"ordinal", "score", "count"},
}
_OF_A_SCALE = {"severe", "variety", "score", "at_least"}
_OF_AN_ITEM = {"category", "value"}


def find_score_problems(instrument: Instrument) -> Iterator[Problem]:
    """Yield every contradiction in scales, outcomes and worked examples."""
    yield from _scales(instrument)
    yield from _outcomes(instrument)
    yield from _examples(instrument)


def _scales(instrument: Instrument) -> Iterator[Problem]:
    items = {item.id: item for item in instrument.items}
    sets = {rs.id: rs for rs in instrument.response_sets}
    for scale in instrument.scales:
        where = f"scale {scale.id}"
        for name in scale.items:
            if name not in items:
                yield Problem(f"names the unknown item “{name}”", where)
            else:
                yield from _scale_range(scale, items[name], sets, where)
        for name in sorted(set(scale.reversed) - set(scale.items)):
            yield Problem(f"calls “{name}” reversed, which is not one of its items", where)
        for name in scale.severe:
            if name not in items:
                yield Problem(f"names the unknown item “{name}”", where)
        if not 0 < scale.minimum_answered <= 1:
            yield Problem("minimum_answered must lie above 0 and not above 1", where)
        if scale.minimum >= scale.maximum:
            yield Problem("its minimum is not below its maximum", where)
        yield from _scale_score(scale, where)


def _scale_score(scale: Scale, where: str) -> Iterator[Problem]:
    if scale.score_range[0] >= scale.score_range[1]:
        yield Problem("its score_range does not rise", where)
    if scale.reliability is not None and not 0 < scale.reliability.value < 1:
        yield Problem("its reliability must lie above 0 and below 1", where)


def _scale_range(scale: Scale, item: Item, sets: dict[str, ResponseSet], where: str) -> Iterator[Problem]:
    response_set = sets.get(item.response_set or "")
    codes: list[float] = [option.code for option in response_set.valid] if response_set else []
    if not item.is_numeric:
        yield Problem(f"item {item.id} is a {item.type} and cannot be added up", where)
    elif item.type != "choice":
        codes = [edge for edge in (item.minimum, item.maximum) if edge is not None]
    if codes and (min(codes) < scale.minimum or max(codes) > scale.maximum):
        codes_text, range_text = f"{min(codes):g} to {max(codes):g}", f"{scale.minimum:g} to {scale.maximum:g}"
        which = "the reversed item" if item.id in scale.reversed else "item"
        yield Problem(f"{which} {item.id} has codes {codes_text}, outside {range_text}", where)


def _outcomes(instrument: Instrument) -> Iterator[Problem]:
    scales = {scale.id for scale in instrument.scales}
    items = {item.id: item for item in instrument.items}
    names_of_sets = {rs.id: {option.name for option in rs.valid} for rs in instrument.response_sets}
    measures = {measure.number for measure in instrument.measures_of_success}
    for outcome in instrument.outcomes:
        where = f"outcome {outcome.id}"
        if (outcome.scale is None) == (outcome.item is None):
            yield Problem("must name either a scale or an item", where)
        if outcome.scale is not None and outcome.scale not in scales:
            yield Problem(f"names the unknown scale “{outcome.scale}”", where)
        if outcome.item is not None and outcome.item not in items:
            yield Problem(f"names the unknown item “{outcome.item}”", where)
        if outcome.measure is not None and outcome.measure not in measures:
            yield Problem(f"names the unknown measure of success {outcome.measure}", where)
        if not outcome.estimands:
            yield Problem("has no estimand", where)
        yield from _indicator(outcome, instrument, where)
        yield from _outcome_categories(outcome, items, names_of_sets, where)


def _indicator(outcome: Outcome, instrument: Instrument, where: str) -> Iterator[Problem]:
    """Indicator, kind and source must fit one another."""
    indicator = outcome.indicator
    if outcome.kind not in _KINDS[indicator]:
        fitting = " or ".join(sorted(_KINDS[indicator]))
        yield Problem(f"is “{indicator}”, which is {fitting}, not {outcome.kind}", where)
    if indicator in _OF_A_SCALE and outcome.scale is None:
        yield Problem(f"“{indicator}” is computed from a scale, not from an item", where)
    if indicator in _OF_AN_ITEM and outcome.item is None:
        yield Problem(f"“{indicator}” is computed from an item, not from a scale", where)
    if outcome.categories and indicator != "category":
        yield Problem(f"has categories, which “{indicator}” does not use", where)
    if (outcome.threshold is None) == (indicator == "at_least"):
        yield Problem("“at_least” needs a threshold, and nothing else has one", where)
    scale = next((scale for scale in instrument.scales if scale.id == outcome.scale), None)
    if scale is not None and outcome.threshold is not None:
        low, high = scale.score_range
        if not low < outcome.threshold <= high:
            yield Problem(f"its threshold lies outside the scores of {scale.id}, {low:g} to {high:g}", where)
    if indicator == "severe" and scale is not None and not scale.severe:
        yield Problem(f"counts severe items, but the scale {scale.id} has none", where)


def _outcome_categories(
    outcome: Outcome, items: dict[str, Item], names_of_sets: dict[str, set[str]], where: str
) -> Iterator[Problem]:
    if outcome.indicator == "category" and not outcome.categories:
        yield Problem("is a category without categories", where)
    item = items.get(outcome.item or "")
    known = names_of_sets.get(item.response_set or "", set()) if item else set()
    for name in outcome.categories:
        if name not in known:
            yield Problem(f"names the unknown answer “{name}”", where)


def _examples(instrument: Instrument) -> Iterator[Problem]:
    """Worked examples must give possible answers and expect scores that exist."""
    items = {item.id: item for item in instrument.items}
    sets = {rs.id: rs for rs in instrument.response_sets}
    scores = {f"{outcome.id}.{estimand}" for outcome in instrument.outcomes for estimand in outcome.estimands}
    for example in instrument.tests:
        where = f"example “{example.title}”"
        for name, answer in example.answers.items():
            if name not in items:
                yield Problem(f"answers the unknown item “{name}”", where)
            elif not _is_answer(answer, items[name], sets.get(items[name].response_set or "")):
                yield Problem(f"gives {name} an answer that it cannot have", where, "use a code, an option or a reason")
        for name in example.expected:
            if name not in scores:
                yield Problem(f"expects the unknown score “{name}”", where, "write outcome.estimand")


def _is_answer(answer: float | str, item: Item, response_set: ResponseSet | None) -> bool:
    options = response_set.options if response_set else ()
    if isinstance(answer, str):
        reasons = {reason.value for reason in MissingReason}
        return answer in reasons or answer in {option.name for option in options} or not item.is_numeric
    if item.type == "choice" or answer in {option.code for option in options}:
        return answer in {option.code for option in options}
    low = float("-inf") if item.minimum is None else item.minimum
    high = float("inf") if item.maximum is None else item.maximum
    return item.is_numeric and low <= answer <= high
