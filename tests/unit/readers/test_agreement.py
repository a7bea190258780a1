"""Labels of files beside those of the instrument."""

import pytest

from mirabal_toolkit.instruments.loading import load_instrument
from mirabal_toolkit.readers.agreement import compare_labels
from mirabal_toolkit.readers.mapping import Mapping, VariableMatch
from mirabal_toolkit.readers.raw import Variable


@pytest.fixture(scope="module")
def instrument():
    return load_instrument("partner-safety@1.0.0")


def compared(instrument, variables, matches):
    mapping = Mapping(instrument.reference, ("person_id",), tuple(matches))
    return compare_labels([variables], mapping, instrument)


def labels(instrument, item):
    return {float(option.code): option.label["en"] for option in instrument.options(item)}


def test_the_instruments_own_labels_agree(instrument):
    own = Variable("c8_w1", "She was injured (wave 1)", value_labels=labels(instrument, "C8"))
    (found,) = compared(instrument, [own], [VariableMatch("c8_w1", "C8", 1)])
    assert found.likeness == 1.0
    assert (found.codes_same, found.codes_other, found.codes_unknown) == (8, (), ())


def test_reversed_labels_are_told_and_those_recoded_are_not(instrument):
    own = labels(instrument, "C8")
    turned = {code: own[4 - code] if code < 5 else label for code, label in own.items()}
    variable = Variable("c8_w1", "Injury", value_labels=turned)
    (found,) = compared(instrument, [variable], [VariableMatch("c8_w1", "C8", 1)])
    assert found.codes_same == 4  # the middle one and the three missing codes
    assert len(found.codes_other) == 4
    assert found.codes_other[0] == f"0: “{own[4.0]}”, not “{own[0.0]}”"
    recoded = VariableMatch("c8_w1", "C8", 1, codes={float(code): 4.0 - code for code in range(5)})
    (mended,) = compared(instrument, [variable], [recoded])
    assert mended.codes_other == ()


def test_the_wave_that_agrees_least_is_shown(instrument):
    good = Variable("c8_w1", "She was injured", value_labels=labels(instrument, "C8"))
    odd = Variable("c8_w2", "She was injured", value_labels={**labels(instrument, "C8"), 7.0: "Lost the form"})
    (found,) = compared(instrument, [good, odd], [VariableMatch("c8_w1", "C8", 1), VariableMatch("c8_w2", "C8", 2)])
    assert found.variables == ("c8_w1", "c8_w2")
    assert found.codes_unknown == ("7: “Lost the form”",)


def test_a_file_without_labels_has_nothing_to_compare(instrument):
    (found,) = compared(instrument, [Variable("c8_w1")], [VariableMatch("c8_w1", "C8", 1)])
    assert found.likeness is None
    assert found.codes_same == 0
