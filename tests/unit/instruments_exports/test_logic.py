"""Conditions in other programs mean what they mean here, for every combination of answers."""

import itertools
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from mirabal_toolkit.core.expressions import evaluate, parse_condition
from mirabal_toolkit.errors import FindingsError
from mirabal_toolkit.instruments.exports.dialects import limesurvey, redcap, xpath
from mirabal_toolkit.instruments.exports.logic import ALWAYS, NEVER, Among, Not, asked, every, negated, some, truth
from mirabal_toolkit.instruments.exports.names import short_names

CONDITIONS = (
    "B2 in (together, apart)",
    "B2 in (together, apart) and K0 > 0",
    "B2 not in (together, apart) or not K0 == 0",
    "K0 > 0 and B3 in (lives_with, sees_them, supervised, remote)",
    "not (B2 == together and K0 > 2)",
    "not answered(B2) or B2 == none",
    "answered(B2, K0) and K0 >= 3",
    "max(K0, P2) > 40",
    "min(K0, P2) <= 2",
    "max(K0, P2) == 20",
    "min(K0, P2) != 0",
    "40 < max(K0, P2)",
    "count(B2 == together, K0 > 0, B6 == yes) >= 2",
    "not count(B2 == together, K0 > 0) == 1",
    "K0 + 2 * P2 > 40",
    "P2 / K0 > 10",
    "K0 == P2",
    "-K0 < 0 - 2",
    "B6",
    "K0 and B6",
    "1 == 1",
    "1 == 2 or K0 > 0",
    "K0 >= 0",
)
#: No answer, answers, missing codes; None is an empty field.
VALUES = {"B2": (None, 1, 2, 3, 4, 98), "B3": (None, 1, 5, 97), "B6": (None, 0, 1, 99), "K0": (None, 0, 1, 3, 20, 97)}
VALUES["P2"] = (None, 16, 41, 998)


def rows(names):
    return [dict(zip(names, values, strict=True)) for values in itertools.product(*(VALUES[name] for name in names))]


def expected(condition, instrument, row):
    """Asked unless surely not."""
    codes = {name: {o.code for o in instrument.options(name) if o.kind != "valid"} for name in row}
    answers = {n: np.array([np.nan if v is None or v in codes[n] else float(v)]) for n, v in row.items()}
    found = evaluate(condition, answers.__getitem__, instrument.option_codes)
    return bool(np.atleast_1d(found)[0] != 0)


def by_xpath(text, row, instrument, reference):
    """Evaluate with a real XPath engine; ``if(a, 1, 0)`` of ODK becomes a number of a truth."""
    if not text:
        return True
    text = reference(text)
    text = re.sub(r"if\((.*?), 1, 0\)", r"number(boolean(\1))", text)
    document = etree.Element("d")
    for name, value in row.items():
        etree.SubElement(document, name).text = None if value is None else str(value)
    return bool(document.xpath(text))


def xform(text):
    return re.sub(r"\$\{(\w+)\}", r"string(/d/\1)", text) if "sum" not in text else text


@pytest.mark.parametrize("source", CONDITIONS)
def test_xpath_asks_the_same_people(source, partner):
    condition = parse_condition(source)
    text = xpath(partner).rendered(asked(condition, partner))
    for row in rows(list(condition.looked_up(partner.option_codes))):
        assert by_xpath(text, row, partner, xform) == expected(condition, partner, row), (text, row)


@pytest.mark.parametrize("source", CONDITIONS)
def test_redcap_asks_the_same_people(source, partner):
    condition = parse_condition(source)
    names = short_names(partner, "a-z0-9_", 26)
    back = {name: item for item, name in names.items()}
    text = redcap(partner, names).rendered(asked(condition, partner))

    def reference(text):
        text = re.sub(r"\[(\w+)\]", lambda match: f"string(/d/{back[match[1]]})", text).replace("<>", "!=")
        text = re.sub(r"\) / \(?string", ") div string", text).replace(" / string", " div string")
        return re.sub(
            r"sum\((.*)\)( [<>!=]+ \d+)", lambda m: f"({m[1].replace(', 1, 0), ', ', 1, 0) + ')}){m[2]}", text
        )

    for row in rows(list(condition.looked_up(partner.option_codes))):
        assert by_xpath(text, row, partner, reference) == expected(condition, partner, row), (text, row)


@pytest.mark.parametrize("source", [s for s in CONDITIONS if "count" not in s])
def test_limesurvey_asks_the_same_people(source, partner):
    condition = parse_condition(source)
    names = short_names(partner, "a-z0-9", 20)
    back = {name: item for item, name in names.items()}
    text = limesurvey(partner, names).rendered(asked(condition, partner))

    def reference(text):
        text = {"1": "true()", "0": "false()"}.get(text, text)
        text = re.sub(r"(\w+)\.NAOK", lambda match: f"string(/d/{back[match[1]]})", text)
        return text.replace("==", "=").replace("!(", "not(").replace(" / string", " div string")

    for row in rows(list(condition.looked_up(partner.option_codes))):
        assert by_xpath(text, row, partner, reference) == expected(condition, partner, row), (text, row)


@given(st.recursive(
    st.sampled_from(["B2 == together", "B2 in (apart, none)", "K0 > 1", "B6 == yes", "answered(B2)", "K0 + P2 > 40"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda p: f"({p[0]}) {p[1]} ({p[2]})"),
        inner.map(lambda part: f"not ({part})"),
    ),
    max_leaves=4,
))  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_any_condition_asks_the_same_people(partner, source):
    condition = parse_condition(source)
    text = xpath(partner).rendered(asked(condition, partner))
    for row in rows(list(condition.looked_up(partner.option_codes))):
        assert by_xpath(text, row, partner, xform) == expected(condition, partner, row), (source, text, row)


def test_conditions_on_one_item_are_short(partner):
    said = xpath(partner).rendered(asked(parse_condition("B2 in (together, apart) and K0 > 0"), partner))
    assert said == "${B2} != '3' and ${B2} != '4' and ${K0} != 0"


def test_what_no_other_program_understands_is_refused(partner):
    for source in ("max(K0, P2) > B6", "(K0 > 1) + B2 > P2", "min(K0, P2) > max(B2, B3)"):
        with pytest.raises(FindingsError, match="computes with truths"):
            truth(parse_condition(source), partner)


def test_statements_simplify():
    one, two = Among("a", (1,)), Among("b", (2,))
    assert every([]) == ALWAYS
    assert some([]) == NEVER
    assert every([one, ALWAYS, one]) == one
    assert some([one, NEVER]) == one
    assert every([one, NEVER]) == NEVER
    assert some([one, ALWAYS]) == ALWAYS
    assert negated(negated(every([one, two]))) == every([one, two])
    assert negated(ALWAYS) == NEVER
    assert negated(Not(one)) == one
