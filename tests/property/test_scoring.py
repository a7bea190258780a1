"""Whatever is answered: scores keep to their range, and the indicators of a scale agree with each other."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from mirabal_toolkit.core.data import AuditTrail, CleanedData, score_name
from mirabal_toolkit.core.frames import SealedFrame
from mirabal_toolkit.core.instrument import Outcome, Scale
from mirabal_toolkit.core.missing import REASON_DTYPE
from mirabal_toolkit.instruments.loading import load_instrument
from mirabal_toolkit.scoring import score

INSTRUMENT = load_instrument("partner-safety@1.0.0")
GAPS = ("refused", "dont_know", "not_applicable", "no_contact", "not_asked", "unexplained")


@st.composite
def interviews(draw: st.DrawFn) -> CleanedData:
    """Many interviews at once, drawn cell by cell from a seed: answers, and every kind of gap."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    share_missing, share_zero = draw(st.floats(0, 1)), draw(st.floats(0, 1))
    n_rows = draw(st.integers(1, 40))
    index = pd.MultiIndex.from_product([[f"{row:03d}" for row in range(n_rows)], [1]], names=["person_id", "wave"])
    answers: dict[str, Any] = {}
    reasons: dict[str, Any] = {}
    for item in INSTRUMENT.items:
        codes = [float(option.code) for option in INSTRUMENT.options(item.id) if option.kind == "valid"]
        values = rng.choice(codes or [0.0, 1.0, 10.0], n_rows)
        values[rng.random(n_rows) < share_zero] = min(codes, default=0.0)
        gap = rng.random(n_rows) < share_missing
        if not item.is_numeric:
            gap[:] = True
        why = np.where(gap, rng.choice(GAPS, n_rows), None)
        dtype = {"date": "datetime64[us]", "text": "str"}.get(item.type, "float64")
        answers[item.id] = pd.Series(np.where(gap, None, values), dtype=dtype)
        reasons[item.id] = pd.Categorical(why, dtype=REASON_DTYPE)
    return CleanedData(
        INSTRUMENT,
        SealedFrame(pd.DataFrame(answers).set_axis(index)),
        SealedFrame(pd.DataFrame(reasons).set_axis(index)),
        SealedFrame(pd.DataFrame({"status": "interviewed"}, index=index)),
        AuditTrail(),
    )


@settings(max_examples=10, deadline=None)
@given(interviews())
def test_indicators_agree_with_each_other(cleaned: CleanedData) -> None:
    scores = score(cleaned).scores.frame
    for column in scores:
        kind = INSTRUMENT.outcome(str(column).partition(".")[0]).kind
        if kind == "binary":
            assert scores[column].dropna().isin([0, 1]).all()
        elif str(column).partition(".")[0].endswith("_score"):
            assert scores[column].dropna().between(0, 100).all()
    for scale in ("physical", "sexual", "intimidation", "coercion"):
        for estimand in ("experienced", "while_in_contact"):
            a, v, s = (scores[f"{scale}_{name}.{estimand}"] for name in ("any", "variety", "score"))
            assert (a[v > 0] == 1).all()
            assert (v[a == 0] == 0).all()
            assert (s[v == 0] == 0).all()
            severe = scores.get(f"{scale}_severe.{estimand}")
            assert severe is None or (a[severe == 1] == 1).all()


@settings(max_examples=10, deadline=None)
@given(interviews())
def test_while_in_contact_is_experienced_among_those_in_contact(cleaned: CleanedData) -> None:
    scored = score(cleaned)
    scores, universe = scored.scores.frame, scored.universe.frame
    for outcome in INSTRUMENT.outcomes:
        if "while_in_contact" not in outcome.estimands:
            continue
        inside = universe[score_name(outcome.id, "while_in_contact")]
        assert not (inside & ~universe[score_name(outcome.id, "experienced")]).any()
        pd.testing.assert_series_equal(
            scores.loc[inside, score_name(outcome.id, "while_in_contact")],
            scores.loc[inside, score_name(outcome.id, "experienced")],
            check_names=False,
        )


def plain_score(row: dict[str, float], reasons: dict[str, str], outcome: Outcome, scale: Scale, estimand: str) -> float:
    """The words of the design, cell by cell in plain Python."""
    codes = []
    applicable = 0
    for item in scale.items:
        value, why = row[item], reasons[item]
        if why == "no_contact" and estimand == "experienced" and scale.no_contact_is_zero:
            codes.append(scale.minimum)
            applicable += 1
        elif why in ("no_contact", "not_applicable", "not_asked"):
            continue
        else:
            applicable += 1
            if not np.isnan(value):
                codes.append(scale.minimum + scale.maximum - value if item in scale.reversed else value)
    if not applicable or round(10 * len(codes)) < round(scale.minimum_answered * 10) * applicable or not codes:
        return float("nan")
    if outcome.indicator == "variety":
        return sum(code > scale.minimum for code in codes)
    return 100 * (sum(codes) / len(codes) - scale.minimum) / (scale.maximum - scale.minimum)


@settings(max_examples=8, deadline=None)
@given(interviews())
def test_scores_are_those_of_plain_python(cleaned: CleanedData) -> None:
    scores = score(cleaned).scores.frame
    for outcome in INSTRUMENT.outcomes:
        if outcome.indicator in ("score", "variety"):
            assert_plain(cleaned, scores, outcome)


def assert_plain(cleaned: CleanedData, scores: pd.DataFrame, outcome: Outcome) -> None:
    scale = INSTRUMENT.scale_by_id[str(outcome.scale)]
    answers = cleaned.answers.frame[list(scale.items)].to_dict("records")
    reasons = cleaned.reasons.frame[list(scale.items)].astype(object).to_dict("records")
    in_person = cleaned.reasons.frame[[*scale.items, *scale.severe]].eq("no_contact").any(axis=1)
    for estimand in outcome.estimands:
        expected = [plain_score(row, why, outcome, scale, estimand) for row, why in zip(answers, reasons, strict=True)]
        if estimand == "while_in_contact":
            expected = [np.nan if out else one for out, one in zip(in_person, expected, strict=True)]
        np.testing.assert_allclose(scores[score_name(outcome.id, estimand)], expected, rtol=1e-12)
