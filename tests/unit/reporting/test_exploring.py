"""One outcome at a time: nothing on the page that the gate withheld, and the same in a notebook."""

import html
import re

import pytest

from mirabal_toolkit.core.results import ReleasableResults
from mirabal_toolkit.disclosure.release import release
from mirabal_toolkit.errors import UsageError
from mirabal_toolkit.notebooks.widgets import in_words, look, lost_in_words, outcome
from mirabal_toolkit.reporting.edition import Edition
from mirabal_toolkit.reporting.exploring.chart import _x, render_chart
from mirabal_toolkit.reporting.exploring.page import render_explore_page
from mirabal_toolkit.reporting.exploring.views import outcome_views
from mirabal_toolkit.reporting.words import numbers


@pytest.fixture(scope="module")
def edition(released: ReleasableResults) -> Edition:
    return Edition(released)


@pytest.fixture(scope="module")
def views(edition):
    return outcome_views(edition)


@pytest.fixture(scope="module")
def page(edition):
    return render_explore_page(edition).decode()


def article(page, view):
    return re.search(rf'<article class="outcome" id="{view.id}".*?</article>', page, flags=re.DOTALL).group()


def withheld(results, released):
    """(outcome, estimand, wave, true percent, true count) of everything of one wave that the gate hid."""
    shown = released.estimates.frame
    true = results.estimates.frame
    hidden = shown["flags"].map(lambda flags: "suppressed" in flags) & (shown["analysis"] == "prevalence")
    columns = ["outcome", "estimand", "wave"]
    keys = set(shown.loc[hidden, columns].itertuples(index=False, name=None))
    for row in true[true["analysis"] == "prevalence"].itertuples():
        if (row.outcome, row.estimand, row.wave) in keys:
            yield row.outcome, row.estimand, int(row.wave), row.estimate, int(row.count)


def test_every_outcome_of_the_plan_is_there_once(edition, views, page):
    assert len(views) == len({view.id for view in views}) == len(edition.indicators)
    for view in views:
        assert page.count(f'<article class="outcome" id="{view.id}"') == 1
        assert html.escape(view.sentence, quote=False)[:40] in html.escape(
            html.unescape(article(page, view)), quote=False
        )


@pytest.mark.parametrize("profile", ["funder", "public"])
def test_what_was_withheld_is_nowhere_on_the_page(results, profile):
    released = release(results, profile)
    edition = Edition(released)
    page = render_explore_page(edition).decode()
    cases = list(withheld(results, released))
    assert len(cases) > {"funder": 1, "public": 4}[profile], "without hidden numbers this test shows nothing"
    by_id = {view.id: view for view in outcome_views(edition)}
    for name, estimand, wave, percent, count in cases:
        view = by_id[f"{name}-{estimand}".replace("_", "-")]
        text = article(page, view)
        place = edition.waves.index(wave)
        said = view.waves[place].sentence.partition(" Since")[0]
        row = re.findall(r"<tr>.*?</tr>", text, flags=re.DOTALL)
        row = next(line for line in row if f'class="label">{view.waves[place].name}<' in line)
        for part in (said, row):
            assert f">{numbers.percent(percent, sign='')}<" not in part
            assert f"({count} of" not in part
        x = _x(view.panel.points[place])
        assert f'cx="{x}"' not in text, "a dot would show the hidden value by its height"
        assert f'class="bar" x1="{x}"' not in text
        assert 'class="hidden-wave"' in text


def test_every_number_of_women_is_a_rounded_one(page):
    text = html.unescape(re.sub(r"<[^>]+>", " ", page))
    pairs = re.findall(r"\((\d+) of (\d+)[;)]", text) + re.findall(r"\((\d+) women\)()", text)
    counted = [int(number) for pair in pairs for number in pair if number]
    assert len(counted) > 100
    assert {number for number in counted if number % 5} == set()


def test_the_page_is_one_file_that_fetches_nothing(page):
    assert re.findall(r'(?:src|href)="(?!#)', page) == []
    assert "default-src 'none'" in page
    assert re.search(r"\b(?:fetch|XMLHttpRequest|import)\b", page) is None


def test_an_internal_page_says_so_first(internal):
    text = render_explore_page(Edition(internal)).decode()
    assert 'class="banner urgent"' in text
    assert text.index("not for release") < text.index('class="choose"')


def test_equal_results_give_equal_pages(edition, page):
    assert render_explore_page(edition).decode() == page


def test_a_line_breaks_where_a_wave_is_hidden(views, edition):
    view = next(view for view in views if any(point.hidden for point in view.panel.points))
    drawn = render_chart(view, edition)
    shown = [point for point in view.panel.points if point.value is not None]
    assert drawn.count("<circle") == len(shown)
    assert "hidden" in re.search(r'aria-label="([^"]*)"', drawn).group(1)


def test_a_notebook_shows_one_outcome_with_the_wave_pointed_out(released, edition):
    card = outcome(released, "space_score", edition.waves[1])
    assert card.text in html.unescape(card._repr_html_())
    assert card._repr_html_().count("chosen") > outcome(released, "space_score")._repr_html_().count("chosen")
    assert "0–100" in repr(card)


@pytest.mark.parametrize(("name", "wave"), [("no_such", None), ("space_score", 99)])
def test_what_is_not_there_is_refused_with_what_is(released, name, wave):
    with pytest.raises(UsageError, match="there is no") as refused:
        outcome(released, name, wave)
    assert "use one of" in str(refused.value)


def test_choosing_in_a_widget_changes_what_is_shown(released):
    box = look(released)
    which, when, shown = box.children
    before = shown.value
    which.value = which.options[-1][1]
    after = shown.value
    when.value = when.options[0][1]
    assert len({before, after, shown.value}) == 3


def test_the_summary_in_words_is_that_of_the_report(released):
    said = in_words(released)
    assert "interviewed at the start" in repr(said)
    assert said._repr_html_().count("<h4>") == sum(bool(heading) for heading, _ in said.groups)
    assert "women" in repr(lost_in_words(released))


def test_a_table_in_a_notebook_has_its_own_style(released):
    from mirabal_toolkit.reporting.tables import build_table

    assert 'class="mirabal-explore cell"' in build_table(released, "before-after")._repr_html_()
