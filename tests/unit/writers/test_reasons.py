"""Codes of missing reasons: only of reasons that are there, and never one that an answer could have."""

import numpy as np
import pytest

from mirabal_toolkit.core.missing import REASON_DTYPE, MissingReason
from mirabal_toolkit.instruments.loading import load_instrument
from mirabal_toolkit.writers.reasons import met_reasons, reason_codes, written_in


@pytest.fixture(scope="module")
def instrument():
    return load_instrument("partner-safety@1.0.0")


def places(*reasons):
    return np.array([REASON_DTYPE.categories.get_loc(reason) for reason in reasons], dtype=np.int8)


def test_only_reasons_that_stand_in_the_column_are_met():
    column = np.append(places("refused", "refused", "not_asked"), np.int8(-1))
    assert set(met_reasons(column)) == {MissingReason.REFUSED, MissingReason.NOT_ASKED}
    assert met_reasons(np.array([-1, -1], dtype=np.int8)) == []


@pytest.mark.parametrize("span", [(0.0, 40.0), (-500.0, 20.0), (0.0, 2_000.0)])
def test_a_code_lies_outside_all_answers_and_every_reason_has_its_own(instrument, span):
    item = next(one for one in instrument.items if one.type == "integer")
    met = [MissingReason.NOT_ASKED, MissingReason.WAVE_MISSED, MissingReason.REFUSED]
    codes = reason_codes(item, instrument, met, span)
    assert set(codes) >= set(met)
    assert len(set(codes.values())) == len(codes)
    own = {float(option.code) for option in instrument.options(item.id)}
    assert all(code < span[0] or code > span[1] for code in codes.values() if code not in own)


def test_the_codes_of_the_questionnaire_stay(instrument):
    item = next(one for one in instrument.items if any(o.kind == "refused" for o in instrument.options(one.id)))
    own = {MissingReason(o.kind): float(o.code) for o in instrument.options(item.id) if o.kind != "valid"}
    codes = reason_codes(item, instrument, list(MissingReason), (0.0, 4.0))
    assert own.items() <= codes.items()
    assert set(codes) == set(MissingReason)


def test_gaps_take_the_code_of_their_reason_and_answers_stay():
    answers = np.array([2.0, np.nan, np.nan, np.nan])
    reasons = np.append(np.append(np.int8(-1), places("refused", "not_asked")), np.int8(-1))
    found = written_in(answers, reasons, {MissingReason.REFUSED: 99.0})
    np.testing.assert_array_equal(found, [2.0, 99.0, np.nan, np.nan])
