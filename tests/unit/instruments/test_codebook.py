"""Codebooks: numbers beside plain pandas and psych, what small counts may say, texts that are no markup."""

import io
import re
from dataclasses import replace

import docx
import numpy as np
import pandas as pd
import pytest
from plain import interviewed, read_long

from mirabal_toolkit.core.data import AuditTrail, CleanedData
from mirabal_toolkit.core.frames import SealedFrame
from mirabal_toolkit.core.instrument import Scale
from mirabal_toolkit.core.results import DisclosureProfile
from mirabal_toolkit.errors import UsageError
from mirabal_toolkit.instruments.catalogue import bundled_instruments
from mirabal_toolkit.instruments.codebook import codebook, codebook_files
from mirabal_toolkit.instruments.codebook_html import codebook_html
from mirabal_toolkit.instruments.codebook_numbers import HIDDEN, codebook_numbers
from mirabal_toolkit.instruments.loading import load_instrument

EXACT = DisclosureProfile("internal", 1, False, 1, 1, 1, False)
FUNDER = DisclosureProfile("funder", 5, False, 5, 10, 10, True)
WAVES = (1, 2, 3, 4, 5)


@pytest.fixture(scope="module", autouse=True)
def few_resamples():
    """The interval of omega is tested in tests/golden; here it would only take time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("mirabal_toolkit.instruments.codebook_numbers.RESAMPLES", 20)
        yield


@pytest.fixture(scope="module")
def cleaned():
    from mirabal_toolkit.workflow import clean, example_export, read

    return clean(read(example_export(), instrument="partner-safety@1.0.0"))


@pytest.fixture(scope="module")
def exact(cleaned):
    return codebook_numbers(cleaned, EXACT)


@pytest.fixture(scope="module")
def protected(cleaned):
    return codebook_numbers(cleaned, FUNDER)


@pytest.fixture(scope="module")
def raw():
    from mirabal_toolkit.workflow import example_export

    return interviewed(read_long(example_export()))


def row(table, label):
    return next(one for one in table.rows if one.label == label)


def numbers(cells):
    return [int(cell.split()[0]) for cell in cells]


@pytest.mark.parametrize("item", ["H1", "F1", "F2", "G1", "G9", "B1"])
def test_frequencies_are_those_of_the_raw_file(item, exact, raw):
    instrument = load_instrument("partner-safety@1.0.0")
    column = raw[item.lower()].groupby(level="wave")
    for option in instrument.options(item):
        if option.kind == "valid":
            counted = column.agg(lambda values, code=option.code: int((values == code).sum()))
            assert numbers(row(exact.items[item], option.label["en"]).cells) == counted.tolist()
    valid = [option.code for option in instrument.options(item) if option.kind == "valid"]
    answered = column.agg(lambda values: int(values.isin(valid).sum()))
    assert numbers(row(exact.items[item], "Answered").cells) == answered.tolist()


def test_percentages_are_of_those_who_answered(exact):
    table = exact.items["H1"]
    for place in range(len(WAVES)):
        base = numbers(row(table, "Answered").cells)[place]
        count, share = re.fullmatch(r"(\d+) \((\d+) %\)", row(table, "Very safe").cells[place]).groups()
        assert int(share) == round(100 * int(count) / base)


def test_missing_reasons_stand_below_and_add_up(cleaned, exact):
    table = exact.items["C1"]
    below = [one.label for one in table.rows if one.aside]
    assert {"Preferred not to say", "No contact"} <= set(below)
    people = (cleaned.status.frame["status"] == "interviewed").groupby(level="wave").sum()
    counts = [row(table, label).cells for label in ("Answered", *below)]
    assert np.array([numbers(cells) for cells in counts]).sum(axis=0).tolist() == people.tolist()


def test_means_of_numbers(cleaned, exact):
    ages = cleaned.answers.frame["P2"].xs(1, level="wave").dropna()
    assert row(exact.items["P2"], "Mean").cells == (f"{ages.mean():.1f}",)
    assert row(exact.items["P2"], "Standard deviation").cells == (f"{ages.std(ddof=1):.1f}",)


def test_missing_patterns_count_everybody_once(cleaned, exact):
    assert sum(int(count) for text, count in exact.patterns if text != "other patterns") <= int(exact.people)
    seen = (cleaned.status.frame["status"] == "interviewed").unstack("wave")
    assert dict(exact.patterns)["● ● ● ● ●"] == str(int(seen.all(axis=1).sum()))


def made_up(data):
    """Cleaned data of one wave whose physical scale holds the columns of `data`."""
    instrument = load_instrument("partner-safety@1.0.0")
    names = tuple(f"C{number}" for number in range(1, data.shape[1] + 1))
    scale = Scale("golden", {"en": "Golden"}, names, 0, 4)
    instrument = replace(instrument, scales=(scale, *instrument.scales), tests=())
    index = pd.MultiIndex.from_product([[f"p{n}" for n in range(len(data))], [1]], names=["person_id", "wave"])
    answers = pd.DataFrame(np.nan, index=index, columns=[item.id for item in instrument.items])
    reasons = pd.DataFrame("not_asked", index=index, columns=answers.columns)
    answers[list(names)] = data
    reasons[list(names)] = None
    status = pd.DataFrame({"status": "interviewed"}, index=index)
    frames = [SealedFrame(frame) for frame in (answers, reasons, status)]
    return CleanedData(instrument, *frames, AuditTrail())


@pytest.mark.parametrize("name", ["even", "mixed", "short"])
def test_reliability_is_that_of_psych(name, golden_values):
    data = pd.read_csv(golden_values / f"reliability_data_{name}.csv").to_numpy(float)
    expected = pd.read_csv(golden_values / "reliability.csv", keep_default_na=False).query("scale == @name")
    values = expected.groupby("what")["value"].apply(list)
    table = codebook_numbers(made_up(data - data.min()), EXACT).scales["golden"]
    low, high = values["alpha_low"][0], values["alpha_high"][0]
    assert row(table, "Alpha").cells == (f"{values['alpha'][0]:.2f} [{low:.2f}, {high:.2f}]".replace("-", "−"),)
    assert row(table, "Omega").cells[0].startswith(f"{values['omega'][0]:.2f} [")
    assert row(table, "Mean correlation of two items").cells == (f"{values['average_r'][0]:.2f}",)
    rests = [one.cells[0] for one in table.rows if one.label.endswith("with the rest")]
    assert rests == [f"{value:.2f}".replace("-", "−") for value in values["item_rest"]]


def test_a_reversed_item_is_turned_round_first(golden_values):
    data = pd.read_csv(golden_values / "reliability_data_even.csv").to_numpy(float)
    data = data - data.min()
    straight = codebook_numbers(made_up(data), EXACT).scales["golden"]
    data[:, 1] = 4 - data[:, 1]
    turned = made_up(data)
    scale = replace(turned.instrument.scales[0], reversed=("C2",))
    instrument = replace(turned.instrument, scales=(scale, *turned.instrument.scales[1:]))
    table = codebook_numbers(replace(turned, instrument=instrument), EXACT).scales["golden"]
    assert row(table, "Alpha").cells == row(straight, "Alpha").cells
    assert row(table, "C2 with the rest (turned round)").cells == row(straight, "C2 with the rest").cells


def test_no_small_count_can_be_read(protected, exact):
    hidden = 0
    for name, table in protected.items.items():
        for shown, true in zip(table.rows, (row(exact.items[name], one.label) for one in table.rows), strict=True):
            if shown.label in ("Mean", "Standard deviation"):
                continue
            for cell, value in zip(shown.cells, numbers(true.cells), strict=True):
                hidden += cell == HIDDEN
                assert cell == HIDDEN or int(cell.split()[0]) % 5 == 0
                assert not 1 <= value <= 4 or cell == HIDDEN, (name, shown.label)
    assert hidden > 50


def test_an_answer_of_all_but_few_is_hidden_too(protected, exact):
    met = 0
    for name, true in exact.items.items():
        for answer in (one for one in true.rows[1:] if not (one.aside or one.total)):
            for place, (base, count) in enumerate(zip(numbers(true.rows[0].cells), numbers(answer.cells), strict=True)):
                if 1 <= base - count <= 4:
                    met += 1
                    assert row(protected.items[name], answer.label).cells[place] == HIDDEN, (name, answer.label)
    assert met > 5


def test_nothing_is_said_of_too_few_people(cleaned):
    few = cleaned.answers.frame.index.get_level_values("person_id").unique()[:8]
    frames = {
        name: SealedFrame(getattr(cleaned, name).frame.loc[few].sort_index())
        for name in ("answers", "reasons", "status")
    }
    found = codebook_numbers(replace(cleaned, **frames), FUNDER)
    assert found.people == HIDDEN
    cells = {
        cell for table in (*found.items.values(), *found.scales.values()) for one in table.rows for cell in one.cells
    }
    assert cells == {HIDDEN}


@pytest.mark.parametrize("instrument", bundled_instruments(), ids=lambda one: one.reference)
def test_every_bundled_instrument_without_data(instrument):
    for language in instrument.languages:
        files = codebook_files(instrument, language.code, ("html", "docx"))
        page, document = files.values()
        words = page.decode()
        paper = docx.Document(io.BytesIO(document))
        said = [*(p.text for p in paper.paragraphs), *(c.text for t in paper.tables for c in t._cells)]
        for item in instrument.items:
            assert f'id="item-{item.id}"' in words or f">{item.id}<" in words, item.id
            assert any(text.startswith(item.id) for text in said), item.id
        assert "Answered" not in said


def test_the_example_export_makes_a_document_for_an_archive(cleaned):
    files = codebook_files(cleaned.instrument, "en", ("html", "docx"), cleaned, FUNDER)
    assert list(files) == ["partner-safety-1.0.0.codebook.html", "partner-safety-1.0.0.codebook.docx"]
    page = files["partner-safety-1.0.0.codebook.html"].decode()
    assert "Rules of the profile “funder”" in page
    assert not re.search(r'(src|href)="(?!#)|url\(|@import', page)  # nothing is fetched
    tables = docx.Document(io.BytesIO(files["partner-safety-1.0.0.codebook.docx"])).tables
    assert sum("Answered" in table._cells[len(table.columns)].text for table in tables if len(table.rows) > 1) == 99


def test_the_same_questionnaire_gives_the_same_bytes():
    instrument = load_instrument("wellbeing")
    assert len({str(codebook_files(instrument, "en", ("html", "docx"))) for _ in range(2)}) == 1


def test_texts_are_no_markup():
    instrument = load_instrument("wellbeing")
    bad = '<script>alert("x")</script> & {{ 1 }} \x00'
    items = tuple(replace(item, label={"en": bad}, text={"en": bad}, note={"en": bad}) for item in instrument.items)
    page = codebook_html(codebook(replace(instrument, items=items, title={"en": bad}), "en"))
    assert b"<script" not in page
    assert b"&lt;script&gt;" in page
    assert b"{{ 1 }}" in page
    files = codebook_files(replace(instrument, items=items, title={"en": bad}), "en", ("docx",))
    assert '<script>alert("x")</script>' in "".join(
        p.text for content in files.values() for p in docx.Document(io.BytesIO(content)).paragraphs
    )


def test_wrong_use_is_named(cleaned):
    instrument = load_instrument("wellbeing")
    for wrong, told in (
        ((instrument, "en", ("pdf",)), "no codebook as"),
        ((instrument, "xx", ("html",)), "not in “xx”"),
        ((instrument, "en", ()), "no codebook as"),
        ((instrument, "en", ("html",), cleaned, FUNDER), "the codebook is of"),
        ((cleaned.instrument, "en", ("html",), cleaned), "disclosure profile"),
    ):
        with pytest.raises(UsageError, match=told):
            codebook_files(*wrong)
