"""Value labels against the answers of an item."""

import pytest

from mirabal_toolkit.core.missing import MissingReason
from mirabal_toolkit.readers.codes import propose_codes, reason_in_label, reasons_of
from mirabal_toolkit.readers.raw import Variable

FREQUENCY = {0.0: "Never", 1.0: "Once", 2.0: "Two to five times", 3.0: "Most weeks", 4.0: "Most days"}


@pytest.fixture
def proposal(instrument):
    def propose(labels, item="C1", **facts):
        return propose_codes(Variable("x", value_labels=labels, **facts), instrument.item(item), instrument)

    return propose


def test_the_same_codes_need_nothing(proposal):
    found = proposal({**FREQUENCY, 97.0: "Does not apply"})
    assert (found.codes, found.missing, found.agreement, found.reason) == ({}, {}, 1.0, "")


def test_a_reversed_variable_is_turned_round_and_said(proposal):
    found = proposal({4 - code: label for code, label in FREQUENCY.items()})
    assert found.codes == {4.0: 0.0, 3.0: 1.0, 1.0: 3.0, 0.0: 4.0}
    assert "other way round" in found.reason


def test_a_reversed_variable_with_labels_at_the_ends_only(proposal):
    found = proposal({4.0: "Never", 0.0: "Most days"})
    assert found.codes == {4.0: 0.0, 0.0: 4.0, 1.0: 3.0, 2.0: 2.0, 3.0: 1.0}


def test_shifted_codes(proposal):
    found = proposal({code + 1: label for code, label in FREQUENCY.items()})
    assert found.codes == {1.0: 0.0, 2.0: 1.0, 3.0: 2.0, 4.0: 3.0, 5.0: 4.0}
    # 0 is an answer of the item, but under this recoding nobody can say which
    assert found.missing == {0.0: MissingReason.UNEXPLAINED}
    assert "other codes" in found.reason


def test_missing_answers_under_other_codes(proposal):
    found = proposal({**FREQUENCY, 8.0: "Don't know", 9.0: "Prefer not to say"})
    assert found.missing == {8.0: MissingReason.DONT_KNOW, 9.0: MissingReason.REFUSED}
    assert found.codes == {}


def test_swapped_missing_codes(proposal):
    found = proposal({98.0: "Prefer not to say", 99.0: "Don’t know"})
    assert found.missing == {98.0: MissingReason.REFUSED, 99.0: MissingReason.DONT_KNOW}


def test_a_label_shared_by_two_codes_says_nothing(proposal):
    found = proposal({1.0: "Never", 2.0: "Never", 0.0: "Never"})
    assert (found.codes, found.missing) == ({}, {})


def test_user_missing_codes_without_a_known_meaning_are_written_down(proposal):
    found = proposal({**FREQUENCY, 9.0: "Interviewer error"}, missing_ranges=((9.0, 9.0), (99.0, 99.0)))
    assert found.missing == {9.0: MissingReason.UNEXPLAINED}


def test_user_missing_codes_with_a_telling_label(proposal):
    found = proposal({-1.0: "Refused", -2.0: "Not asked at this wave"}, missing_ranges=((-9.0, -1.0),))
    assert found.missing == {-1.0: MissingReason.REFUSED, -2.0: MissingReason.NOT_ASKED}


def test_other_labels_lower_the_agreement_except_for_sites(proposal):
    assert proposal({1.0: "Blue", 2.0: "Green"}).agreement == 0.0
    assert proposal({1.0: "North", 2.0: "South"}, item="P1").agreement is None
    assert proposal({}).agreement is None


def test_text_labels_of_a_text_variable(instrument):
    variable = Variable("x", kind="text", value_labels={"N": "Never", "D": "Most days"})
    assert propose_codes(variable, instrument.item("C1"), instrument).codes["N"] == 0.0


def test_text_and_dates_have_no_codes(proposal):
    assert proposal({1.0: "Never"}, item="N1").codes == {}


def test_missing_codes_of_numbers_come_from_all_response_sets(instrument):
    known = reasons_of(instrument.item("K0"), instrument)
    assert set(known.values()) >= {MissingReason.DONT_KNOW, MissingReason.REFUSED}


@pytest.mark.parametrize(
    ("label", "reason"),
    [
        ("Refused", MissingReason.REFUSED),
        ("PNTS – prefer not to say", MissingReason.REFUSED),
        ("N/A", MissingReason.NOT_APPLICABLE),
        ("Not sure", MissingReason.DONT_KNOW),
        ("no contact with him", MissingReason.NO_CONTACT),
        ("Canal", None),
        ("Never", None),
    ],
)
def test_reasons_in_labels(label, reason):
    assert reason_in_label(label) is reason


def test_labels_with_slips_are_recognised_with_doubt(proposal):
    near = {4: "Very save", 3: "Quite safe", 2: "Not very safe", 1: "Not safe at al", 99: "Prefer not to say"}
    found = proposal(near, item="H1")
    assert found.codes == {4.0: 1.0, 3.0: 2.0, 2.0: 3.0, 1.0: 4.0}
    assert found.by_likeness == 2


def test_labels_like_two_answers_are_like_none(proposal):
    assert proposal({1: "Very safe", 2: "Quite safe", 7: "Safe"}, item="H1").by_likeness == 0
