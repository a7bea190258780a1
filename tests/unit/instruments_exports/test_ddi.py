"""DDI-Codebook: valid by the part of the schema that is used, whole, and true to the instrument."""

from pathlib import Path

import pytest
from lxml import etree

from mirabal_toolkit.instruments.catalogue import bundled_instruments
from mirabal_toolkit.instruments.exports.ddi import ddi
from mirabal_toolkit.instruments.exports.variables import score_variables
from mirabal_toolkit.instruments.loading import load_instrument

DDI = {"d": "ddi:codebook:2_5"}
LANG = "{http://www.w3.org/XML/1998/namespace}lang"


@pytest.fixture(scope="module")
def schema():
    return etree.XMLSchema(etree.parse(Path(__file__).with_name("ddi-codebook-subset.xsd")))


def dangling(document):
    """References to variables that there are not: the schema says IDREFS, which lxml does not follow."""
    referred = {name for names in document.xpath("//@var") for name in names.split()}
    return referred - set(document.xpath("//@ID"))


@pytest.mark.parametrize("instrument", bundled_instruments(), ids=lambda one: one.reference)
def test_every_bundled_questionnaire_is_valid(instrument, schema):
    document = etree.fromstring(ddi(instrument, instrument.languages[0].code))
    assert schema.validate(document), schema.error_log.last_error
    assert dangling(document) == set()


def test_who_wrote_parts_of_the_questionnaire_stands_in_one_place():
    document = etree.fromstring(ddi(load_instrument("wellbeing"), "en"))
    (sources,) = document.xpath("//d:dataColl/d:sources", namespaces=DDI)
    assert len(sources.xpath("d:dataSrc", namespaces=DDI)) == 2


def test_a_reference_to_nothing_is_noticed(partner):
    content = ddi(partner, "en").replace(b'var="V_site', b'var="V_nothing V_site', 1)
    assert dangling(etree.fromstring(content)) == {"V_nothing"}


def test_the_schema_refuses_what_is_wrong(schema, partner):
    whole = ddi(partner, "en")
    wrong = (
        whole.replace(b'type="section"', b'type="chapter"', 1),
        whole.replace(b"<qstn ", b"<question ", 1).replace(b"</qstn>", b"</question>", 1),
        whole.replace(b'ID="V_c1_w1"', b'ID="V_c2_w1"', 1),
        whole.replace(b' name="c1_w1"', b"", 1),
    )
    assert [schema.validate(etree.fromstring(content)) for content in wrong] == [False] * len(wrong)


def test_one_variable_an_item_and_wave_and_a_score(partner):
    document = etree.fromstring(ddi(partner, "en"))
    names = document.xpath("//d:var/@name", namespaces=DDI)
    items = [item.variable.replace("{wave}", str(w)) for item in partner.items
             for w in ((1,) if item.per_person else range(1, 6))]  # fmt: skip
    assert names == [*items, *(one.name for one in score_variables(partner))]
    one = document.xpath("//d:var[@name='c1_w2']", namespaces=DDI)[0]
    assert one.xpath("string(d:labl)", namespaces=DDI) == "Pushed, grabbed, threw something at her (3 months)"
    assert one.xpath("d:catgry[@missing='Y']/d:catValu/text()", namespaces=DDI) == ["97", "98", "99"]
    assert "B2 (Contact with him)" in one.xpath("string(d:universe)", namespaces=DDI)
    group = document.xpath("//d:varGrp[@ID='G_C1']", namespaces=DDI)[0]
    assert (group.get("type"), group.get("var")) == ("repetition", "V_c1_w1 V_c1_w2 V_c1_w3 V_c1_w4 V_c1_w5")


def test_every_language_stands_in_it(traps):
    document = etree.fromstring(ddi(traps, "en"))
    words = document.xpath("//d:var[@name='q1_w1']/d:qstn/d:qstnLit", namespaces=DDI)
    assert [(one.get(LANG), one.text) for one in words] == [
        ("en", "-Did <b>he</b> & `why` $x?"),
        ("ro", "+Da?"),
    ]


def test_control_signs_do_not_break_the_document(traps):
    from dataclasses import replace

    odd = replace(traps, description={"en": "a\x00b\x1fc"})
    assert etree.fromstring(ddi(odd, "en")).xpath("string(//d:abstract)", namespaces=DDI) == "abc"
    assert ddi(odd, "en") == ddi(odd, "en")
