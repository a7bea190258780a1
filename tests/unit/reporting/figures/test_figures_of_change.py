"""Figures of moves, course, changes, questions and those lost: every text has room, and nothing hidden shows."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pytest

from mirabal_toolkit.core.frames import SealedFrame
from mirabal_toolkit.core.instrument import Instrument
from mirabal_toolkit.core.plan import MissingData
from mirabal_toolkit.core.results import NOT_KNOWN, STATE_TO_STATE, ReleasableResults, estimates_frame
from mirabal_toolkit.disclosure.estimates import protect_estimates
from mirabal_toolkit.disclosure.profiles import PROFILES
from mirabal_toolkit.mixed.counts import wilson
from mirabal_toolkit.reporting.checking.picture import Gap, Line, draw_missingness
from mirabal_toolkit.reporting.edition import Edition
from mirabal_toolkit.reporting.figures.alluvial import State, Stream, places_of
from mirabal_toolkit.reporting.figures.answer_moves import answer_moves
from mirabal_toolkit.reporting.figures.canvas import Box, Outline, Text
from mirabal_toolkit.reporting.figures.changes import changes
from mirabal_toolkit.reporting.figures.course import course_drawn
from mirabal_toolkit.reporting.figures.diverging import sides_of
from mirabal_toolkit.reporting.figures.endorsement import endorsement, shade
from mirabal_toolkit.reporting.figures.gallery import all_figures, answers_by_wave
from mirabal_toolkit.reporting.figures.page import Page, split_evenly
from mirabal_toolkit.reporting.figures.spec import Sheet, draw
from mirabal_toolkit.reporting.figures.stacked import Stack
from mirabal_toolkit.reporting.figures.text import drawable
from mirabal_toolkit.reporting.figures.tipping_point import imputation_traces, tipping_points
from mirabal_toolkit.reporting.figures.transitions import balance_of, moves_of, transitions

Record = dict[str, Any]
Check = Callable[[Sheet], None]
Made = Callable[..., ReleasableResults]
STATES = ("yes", "no", NOT_KNOWN)
ANSWERS = ("very", "quite", "not_very", "not_at_all", NOT_KNOWN)


def percent(base: Record, count: int, n: int) -> Record:
    found = wilson(count, n)
    ends = {"estimate": 100 * found.estimate, "conf_low": 100 * found.low, "conf_high": 100 * found.high}
    return {**base, "scale": "percent", **ends, "count": count, "n_obs": n, "n_persons": n}


def moves(base: Record, states: tuple[str, ...], ends: tuple[int, int], people: int, seed: int) -> Iterator[Record]:
    kinds = [f"{start}{STATE_TO_STATE}{end}" for start in states for end in states]
    counts = np.random.default_rng(seed).multinomial(people, np.full(len(kinds), 1 / len(kinds)))
    for kind, count in zip(kinds, counts.tolist(), strict=True):
        yield {
            **base,
            "analysis": "transition",
            "wave": ends[1],
            "contrast": f"w{ends[1]} - w{ends[0]}",
            "term": kind,
            "scale": "people",
            "count": count,
            "estimate": float(count),
            "n_obs": people,
            "n_persons": people,
        }


def of_outcome(outcome: str, waves: int, people: int, seed: int) -> Iterator[Record]:
    base = {"outcome": outcome, "estimand": "as_reported", "population": "all_started"}
    for wave in range(1, waves):
        yield from moves(base, STATES, (wave, wave + 1), people, seed + wave)
    for part, count in (("cessation", people // 3), ("onset", 2), ("recurrence", people // 5)):
        yield percent({**base, "analysis": part, "contrast": f"w{waves} - w1"}, count, people // 2)
    lost = {**base, "contrast": f"w{waves} - w1", "scale": "percentage_points", "n_persons": people}
    yield {**lost, "analysis": "imputed_change", "term": "change", "estimate": -30, "conf_low": -41, "conf_high": -20}
    yield {**lost, "analysis": "tipping_point", "term": "shift", "estimate": 41.5, "conf_low": 30, "conf_high": 50}
    for shift in range(-100, 101, 20):
        change = {"estimate": shift / 3 - 20, "conf_low": shift / 3 - 35, "conf_high": shift / 3 - 5}
        yield {**lost, "analysis": "shifted_change", "term": str(shift), **change}
    for turn in range(1, 11):
        trace = {"estimate": 40 + turn % 3, "conf_low": 30, "conf_high": 55, "wave": waves}
        yield {**lost, "analysis": "imputation_trace", "term": str(turn), **trace}


def of_questions(instrument: Instrument, waves: int, people: int) -> Iterator[Record]:
    scale = instrument.scale_by_id["physical"]
    for place, item in enumerate(dict.fromkeys((*scale.items, *scale.severe))):
        base = {"analysis": "endorsement", "outcome": item, "indicator": "physical_any", "estimand": "experienced"}
        for wave in range(1, waves + 1):
            n = people // 3 if place == 2 else people - wave
            yield percent({**base, "wave": wave}, n // (place + 1), n)


@pytest.fixture(scope="session")
def made(
    instrument: Instrument,
    release_of: Made,
    with_long_labels: Callable[[Instrument, int], Instrument],
    labels: tuple[str, ...],
) -> Made:
    """Return a function that makes results with everything these figures show, under labels as long as may be."""

    def build(outcomes: int, waves: int, people: int, profile: str = "internal") -> ReleasableResults:
        known = instrument.outcome("physical_any")
        stressed = with_long_labels(instrument, outcomes)
        items = tuple(
            replace(item, label={"en": labels[place % len(labels)]}) for place, item in enumerate(instrument.items)
        )
        stressed = replace(stressed, items=items, outcomes=(*stressed.outcomes, known))
        months = {number + 1: month for number, month in enumerate((0.0, 1.0, 3.0, 6.0, 12.0, 18.0, 24.0)[:waves])}
        found = release_of(stressed, people=people, months=months)
        records: list[Record] = []
        for place in range(outcomes):
            records += of_outcome(f"x{place}", waves, people, place)
        base = {"outcome": "H1", "estimand": "as_reported"}
        records += moves(base, ANSWERS, (1, waves), people, 7)
        records += of_questions(stressed, waves, people)
        frame = found.estimates.frame
        whole = estimates_frame([*({str(k): v for k, v in row.items()} for row in frame.to_dict("records")), *records])
        plan = replace(found.plan, missing_data=MissingData(imputations=10))
        rules = PROFILES[profile]
        shown = protect_estimates(whole, rules, plan) if rules.releasable else whole
        return replace(found, plan=plan, profile=rules, estimates=SealedFrame(shown))

    return build


def new_figures(edition: Edition) -> list[Sheet]:
    return [
        *transitions(edition),
        *course_drawn(edition),
        *changes(edition),
        *endorsement(edition),
        *tipping_points(edition),
        *imputation_traces(edition),
        *answer_moves(edition, "H1"),
        answers_by_wave(edition, "H1"),
    ]


@pytest.mark.parametrize(
    ("outcomes", "waves", "people", "profile"),
    [(1, 2, 40, "funder"), (4, 7, 1500, "internal"), (5, 5, 120, "funder"), (3, 3, 90, "public")],
)
def test_no_text_is_cut_or_covered_in_figures_of_change(
    made: Made, check: Check, outcomes: int, waves: int, people: int, profile: str
) -> None:
    sheets = new_figures(Edition(made(outcomes, waves, people, profile)))
    # Where small numbers are hidden, no move of 25 kinds may be left to show.
    assert len({sheet.id.partition("-part-")[0] for sheet in sheets}) >= (7 if profile == "public" else 8)
    for sheet in sheets:
        check(sheet)


@pytest.mark.slow
def test_no_text_is_cut_or_covered_with_forty_outcomes(made: Made, check: Check) -> None:
    for sheet in all_figures(Edition(made(40, 5, 120, "funder"))):
        check(sheet)


def test_every_figure_of_change_has_words_and_numbers(made: Made) -> None:
    for sheet in new_figures(Edition(made(2, 3, 200, "funder"))):
        assert len(sheet.alt) > 80, sheet.id
        assert not sheet.numbers.is_empty
        assert sheet.title
        assert sheet.caption


def test_hidden_moves_are_in_neither_words_nor_numbers_nor_bands(made: Made) -> None:
    edition = Edition(made(1, 2, 40, "public"))
    shown = moves_of("x0", "as_reported", edition)[1, 2]
    hidden = [pair for pair, row in shown.items() if row.hidden]
    assert hidden
    for sheet in transitions(edition):
        for row in sheet.numbers.rows:
            pair = tuple(cell.text.replace("not known", NOT_KNOWN) for cell in row.cells[:2])
            assert (row.cells[2].text == "hidden") == (pair in hidden)
            assert row.cells[2].value is None or pair not in hidden


def test_a_column_is_as_high_as_everybody_in_it() -> None:
    everybody = (State("yes", "#000000", 30.0), State("no", "#000000", 50.0), State("unknown", "#000000", 20.0))
    later = (State("yes", "#000000", 0.0), State("no", "#000000", 40.0), State("unknown", "#000000", None))
    first, second = places_of(Stream("", "", (everybody, later), (), ("0", "3")), Box(0.0, 0.0, 2.0, 1.1))
    assert sum(height for _, height in first) == pytest.approx(1.0)
    assert [height for _, height in first] == pytest.approx([0.3, 0.5, 0.2])
    assert second[0][1] == 0.0
    assert second[2][1] == pytest.approx(0.03)


def test_moves_are_counted_the_better_way_and_bounded_where_hidden(made: Made) -> None:
    edition = Edition(made(1, 2, 1000))
    found = moves_of("x0", "as_reported", edition)
    counts = {pair: row.count or 0.0 for pair, row in found[1, 2].items()}
    exact = balance_of(found, ("no", "yes"), 5)
    assert exact.better == (counts["yes", "no"],) * 2
    assert exact.worse == (counts["no", "yes"],) * 2
    flagged = {pair: replace(row, count=None, flags=("suppressed", "few")) for pair, row in found[1, 2].items()}
    assert balance_of({(1, 2): flagged}, ("no", "yes"), 5).better == (0.0, 4.0)
    unknown = {pair: replace(row, flags=("suppressed", "withheld")) for pair, row in flagged.items()}
    nothing = balance_of({(1, 2): unknown}, ("no", "yes"), 5)
    assert nothing.better == (0.0, None)
    assert not nothing.clearly_better
    assert not nothing.clearly_worse


@pytest.mark.parametrize(
    ("number", "direction", "worse", "better", "middle"),
    [
        (4, "higher_is_worse", (2, 3), (1, 0), ()),
        (5, "higher_is_better", (1, 0), (3, 4), (2,)),
        (2, "higher_is_better", (0,), (1,), ()),
    ],
)
def test_each_answer_stands_on_its_side(
    number: int, direction: Any, worse: tuple[int, ...], better: tuple[int, ...], middle: tuple[int, ...]
) -> None:
    sides = sides_of(Stack(tuple("abcdefgh"[:number]), direction, ()))
    assert (sides.worse, sides.better, sides.middle) == (worse, better, middle)


def test_reasons_why_answers_lack_stand_beside_the_bars(made: Made, texts_of: Callable[[Sheet], Any]) -> None:
    edition = Edition(made(1, 3, 200))
    found, _ = texts_of(answers_by_wave(edition, "H1"))
    texts = " ".join(text for text, _ in found)
    assert "Preferred" in texts
    assert "← worse" in texts
    assert "better →" in texts


def test_more_is_darker() -> None:
    from matplotlib.colors import to_rgb

    light = [sum(to_rgb(shade(share))) for share in (0.0, 20.0, 40.0, 60.0, 80.0, 100.0)]
    assert light == sorted(light, reverse=True)


def test_parts_are_as_few_as_fit_and_about_alike() -> None:
    def height(part: list[float]) -> float:
        return sum(part)

    parts = split_evenly([1.0] * 25, height, 20.0)
    assert [len(part) for part in parts] == [13, 12]
    assert split_evenly([], height, 20.0) == []
    assert split_evenly([30.0, 1.0], height, 20.0) == [[30.0], [1.0]]


def test_a_drawn_figure_leaves_nothing_behind(made: Made) -> None:
    """No page and no mark stays in memory once it is drawn, even without a round of garbage collection."""
    edition = Edition(made(2, 3, 200, "funder"))
    gc.collect()
    gc.disable()
    try:
        for _ in range(2):
            drawn = draw(course_drawn(edition)[0])
            assert drawn.png[:4] == b"\x89PNG"
            assert not [one for one in gc.get_objects() if isinstance(one, (Page, Text, Outline))]
    finally:
        gc.enable()


@pytest.mark.slow
def test_forty_outcomes_are_drawn_in_under_a_minute(made: Made) -> None:
    edition = Edition(made(40, 5, 120, "funder"))
    begun = time.process_time()
    for sheet in all_figures(edition):
        assert draw(sheet).svg
    assert time.process_time() - begun < 60


@pytest.mark.parametrize("waves", [2, 7])
def test_labels_of_missing_answers_are_whole(
    made: Made, check: Check, texts_of: Callable[[Sheet], Any], labels: tuple[str, ...], waves: int
) -> None:
    edition = Edition(made(1, 2, 40))
    gaps = (Gap((("answered", 0.8), ("refused", 0.1), ("unexplained", 0.1)), "20%"),) * waves
    lines = [Line("A heading"), *(Line(f"C{place}  {label}", gaps) for place, label in enumerate(labels))]
    heads = [(f"{month} months", "120") for month in range(waves)]
    sheet = Sheet(
        "missingness",
        "",
        "",
        "",
        changes(edition)[0].numbers,
        partial(draw_missingness, edition.wording, lines, heads, "Title"),
    )
    check(sheet)
    found = " ".join(text for text, _ in texts_of(sheet)[0])
    assert drawable(labels[2]).split()[-1] in found
    assert "…" not in found
