"""The briefing: six panels, a sentence each, and no number that the gate did not let through."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path

import docx
import lxml.html
import pandas as pd
import pytest
from openxml_audit import AppPrediction, OpenXmlValidator, predict

from mirabal_toolkit.core.frames import SealedFrame
from mirabal_toolkit.core.results import ReleasableResults
from mirabal_toolkit.reporting.briefing.content import Briefing, chosen, make_briefing
from mirabal_toolkit.reporting.briefing.page import render_html_briefing
from mirabal_toolkit.reporting.briefing.word import render_docx_briefing
from mirabal_toolkit.reporting.edition import Edition
from mirabal_toolkit.reporting.tables.before_after import headline
from mirabal_toolkit.reporting.words.limitations import limitations
from mirabal_toolkit.reporting.words.summary import opening, summary

NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


@pytest.fixture(scope="module")
def edition(released: ReleasableResults) -> Edition:
    return Edition(released)


@pytest.fixture(scope="module")
def briefing(edition: Edition) -> Briefing:
    return make_briefing(edition)


@pytest.fixture(scope="module")
def page(briefing: Briefing, edition: Edition) -> lxml.html.HtmlElement:
    return lxml.html.fromstring(render_html_briefing(briefing, edition))


def hidden_version(released: ReleasableResults) -> ReleasableResults:
    """Every share and change hidden, as a stricter profile would have it."""
    frame = released.estimates.frame.copy()
    gone = frame["analysis"].isin(["prevalence", "mean", "paired_change", "paired_mean_change"])
    columns = ["estimate", "conf_low", "conf_high", "count", "n_obs", "n_persons", "p_value", "std_error", "statistic"]
    for column in columns:
        frame.loc[gone, column] = pd.NA if str(frame[column].dtype).startswith(("Int", "Float")) else float("nan")
    frame.loc[gone, "flags"] = pd.Series([("suppressed",)] * int(gone.sum()), index=frame.index[gone])
    return replace(released, estimates=SealedFrame(frame))


def test_every_measure_of_success_has_one_panel_with_one_sentence(
    page: lxml.html.HtmlElement, edition: Edition
) -> None:
    panels = page.xpath("//article")
    headings = [panel.xpath("string(h3)") for panel in panels]
    assert (
        headings
        == [heading for heading, _ in edition.groups(tuple(one for one in edition.indicators if one.headline))][:6]
    )
    assert len(headings) == 6
    for panel in panels:
        (sentence,) = panel.xpath("p[@class='sentence']")
        assert sentence.text_content().count(". ") == 0
        assert sentence.text_content().endswith(".")


def test_every_number_stands_in_the_report_too(page: lxml.html.HtmlElement, edition: Edition) -> None:
    said = [opening(edition), *limitations(edition), edition.level]
    said += [text for _, sentences in summary(edition) for text in sentences]
    said += [cell.text for row in headline(edition).rows for cell in row.cells]
    said += [edition.released.instrument.reference, edition.released.plan.version, str(edition.released.plan.seed)]
    said += [str(number) for number in (*range(1, 7), len(edition.waves), edition.released.profile.rounding)]
    known = {number for text in said for number in NUMBER.findall(text)}
    for part in page.xpath("//header//*[not(*)] | //main//*[not(*)]"):
        assert set(NUMBER.findall(part.text_content())) <= known, part.text_content()


def test_a_panel_is_not_chosen_by_its_result(edition: Edition) -> None:
    headline_ones = [one for one in edition.indicators if one.headline and one.first]
    for _, one in chosen(edition):
        earlier = headline_ones[: headline_ones.index(one)]
        same = [other for other in earlier if other.outcome.measure == one.outcome.measure]
        assert all((change := edition.paired(other).change) is None or change.estimate is None for other in same), (
            one.outcome.id
        )


def test_what_is_hidden_stays_hidden(released: ReleasableResults) -> None:
    hidden = Edition(hidden_version(released))
    briefing = make_briefing(hidden)
    assert len(briefing.panels) == 6
    for panel in briefing.panels:
        assert all(end.length is None and not NUMBER.search(end.text) for end in panel.ends)
        assert "hidden to protect them" in panel.sentence
        assert panel.moved == "Not shown"
    shown = lxml.html.fromstring(render_html_briefing(briefing, hidden))
    assert shown.xpath("count(//*[local-name()='rect'])") == 0


def test_a_board_reads_first_that_there_is_no_comparison(briefing: Briefing, edition: Edition) -> None:
    assert edition.say("limit_no_comparison") in briefing.opening


def test_an_internal_briefing_must_not_leave(internal: ReleasableResults) -> None:
    edition = Edition(internal)
    page = lxml.html.fromstring(render_html_briefing(make_briefing(edition), edition))
    assert "not for release" in page.xpath("string(//p[@class='banner urgent'])")
    document = docx.Document(io.BytesIO(render_docx_briefing(make_briefing(edition), edition)))
    assert "not for release" in document.sections[0].header.paragraphs[0].text


def test_the_word_briefing_says_the_same_and_opens_without_repair(
    briefing: Briefing, edition: Edition, tmp_path: Path
) -> None:
    path = tmp_path / "briefing.docx"
    path.write_bytes(render_docx_briefing(briefing, edition))
    result = OpenXmlValidator().validate(path)
    assert predict(result).prediction is AppPrediction.OPENS_CLEAN
    document = docx.Document(str(path))
    cells = [cell.text for row in document.tables[0].rows for cell in row.cells]
    assert [panel.sentence for panel in briefing.panels] == [text.splitlines()[-1] for text in cells]
    assert path.read_bytes() == render_docx_briefing(briefing, edition)
