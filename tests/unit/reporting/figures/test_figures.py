"""Figures: nothing cut, nothing over something else, the same bytes every time."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import matplotlib as mpl
import pytest

from mirabal_toolkit.core.results import DisclosureProfile, ReleasableResults, Results
from mirabal_toolkit.disclosure.release import release
from mirabal_toolkit.errors import UsageError
from mirabal_toolkit.reporting.edition import Edition
from mirabal_toolkit.reporting.figures import build_figure, style, svg
from mirabal_toolkit.reporting.figures import text as letters
from mirabal_toolkit.reporting.figures.canvas import Box, Outline
from mirabal_toolkit.reporting.figures.gallery import all_figures
from mirabal_toolkit.reporting.figures.page import Page
from mirabal_toolkit.reporting.figures.spec import Sheet
from mirabal_toolkit.reporting.figures.stacked import fills, ink_on
from mirabal_toolkit.reporting.figures.text import UNKNOWN_SIGN, balanced, drawable, width_of, wrap
from mirabal_toolkit.reporting.figures.trajectories import draw_trajectories, make_panel

Check = Callable[[Sheet], None]
Texts = Callable[[Sheet], tuple[list[tuple[str, Box]], Page]]


def test_no_text_is_cut_or_covered(released: ReleasableResults, check: Check) -> None:
    for sheet in all_figures(Edition(released)):
        check(sheet)


@pytest.mark.parametrize(
    ("outcomes", "waves", "people"), [(1, 2, 40), (7, 7, 1500), pytest.param(40, 5, 120, marks=pytest.mark.slow)]
)
def test_no_text_is_cut_or_covered_whatever_the_study(
    stressed: Callable[..., ReleasableResults], check: Check, outcomes: int, waves: int, people: int
) -> None:
    for sheet in all_figures(Edition(stressed(outcomes, waves, people))):
        check(sheet)


@pytest.mark.parametrize("number", [1, 2, 3])
def test_few_panels_fill_the_width_too(internal: ReleasableResults, number: int) -> None:
    edition = Edition(internal)
    panels = [make_panel(one, edition) for one in edition.indicators[:number]]
    page = draw_trajectories(edition.wording, panels, "Title", "Subtitle")
    right = max(one.clip.left + one.clip.width for one in page.marks if isinstance(one, Outline) and one.clip)
    assert right == pytest.approx(style.WIDTH - style.MARGIN)


def test_dollar_signs_are_text(stressed: Callable[..., ReleasableResults], texts_of: Texts) -> None:
    (sheet,) = [one for one in all_figures(Edition(stressed(1, 2, 40))) if one.id == "trajectories"]
    found, _ = texts_of(sheet)
    assert any("$x^2$" in text for text, _ in found)


def test_equal_results_give_equal_bytes_whatever_matplotlib_is_set_to(few: ReleasableResults) -> None:
    before = dict(mpl.rcParams)
    first = build_figure(few, "trajectories")
    assert dict(mpl.rcParams) == before
    others = {"font.style": "italic", "font.weight": "bold", "font.family": ["serif"], "lines.antialiased": False}
    more = {"path.snap": False, "path.sketch": (9, 9, 9), "text.hinting": "force_autohint", "figure.dpi": 50}
    laid_out_anew()
    with mpl.rc_context({**others, **more}):  # type: ignore[arg-type]
        second = build_figure(few, "trajectories")
    laid_out_anew()
    assert first.svg == second.svg
    assert first.png == second.png


def laid_out_anew() -> None:
    """Forget what is kept from one figure for the next."""
    for kept in (letters._font, letters.glyphs_of, letters.measured, letters.outline_of, svg._glyph, svg._uses):
        kept.cache_clear()
    letters._OUTLINES.clear()


def test_svg_has_neither_date_nor_script_nor_outside_fonts(few: ReleasableResults) -> None:
    svg = build_figure(few, "before-after").svg
    assert b"<dc:date>" not in svg
    assert b"<script" not in svg
    assert b"<text" not in svg
    assert b"font-family" not in svg


def test_png_has_300_dots_an_inch(few: ReleasableResults) -> None:
    figure = build_figure(few, "participant-flow")
    width = int.from_bytes(figure.png[16:20], "big")
    assert width == pytest.approx(figure.size[0] * 300, abs=1)


def test_figures_of_a_report(released: ReleasableResults) -> None:
    ids = [sheet.id for sheet in all_figures(Edition(released))]
    assert len(ids) == len(set(ids))
    assert {"participant-flow", "trajectories", "trajectories-1", "before-after", "before-after-scores"} <= set(ids)


def test_every_figure_has_words_and_numbers(released: ReleasableResults) -> None:
    for sheet in all_figures(Edition(released)):
        assert len(sheet.alt) > 80
        assert not sheet.numbers.is_empty
        assert sheet.title
        assert sheet.caption


def test_a_hidden_value_is_in_neither_picture_nor_words_nor_numbers(released: ReleasableResults) -> None:
    edition = Edition(released)
    one = next(one for one in edition.indicators if one.outcome.id == "sexual_severe")
    (sheet,) = [sheet for sheet in all_figures(edition) if sheet.id == "before-after"]
    row = next(row for row in sheet.numbers.rows if row.cells[0].text == edition.label(one))
    assert row.cells[4].text == "hidden"
    assert row.cells[4].value is None
    assert f"{edition.label(one)}: 45% → –, hidden" in sheet.alt


def test_when_everything_is_hidden_the_figures_say_so(few_results: Results, texts_of: Texts) -> None:
    strict = DisclosureProfile("strict", 10**6, True, 5, 10**6, 10, True)
    for sheet in all_figures(Edition(release(few_results, strict))):
        found, _ = texts_of(sheet)
        assert not any(text.rstrip("%").replace(".", "").isdigit() and text.endswith("%") for text, _ in found)


def test_an_unknown_figure_is_refused_with_the_names_there_are(few: ReleasableResults) -> None:
    with pytest.raises(UsageError, match="there is no figure") as caught:
        build_figure(few, "nonsense")
    assert "trajectories" in str(caught.value)


def test_lines_are_no_wider_than_asked(labels: tuple[str, ...]) -> None:
    for label, width in itertools.product(labels, (0.8, 2.0, 5.0)):
        assert all(width_of(line, 8.0) <= width for line in wrap(label, width, 8.0))
        assert "".join(wrap(label, width, 8.0)).replace(" ", "") == drawable(label).replace(" ", "")


def test_balanced_lines_are_as_few_and_less_uneven() -> None:
    text = "Threatened with serious harm or death: 67% at the start, 64% at 12 months"
    lines, plain = balanced(text, 6.9, 12.0, "bold"), wrap(text, 6.9, 12.0, "bold")
    assert len(lines) == len(plain) == 2
    assert len(lines[1]) > len(plain[1])


def test_signs_the_font_lacks_are_shown_as_unknown() -> None:
    assert drawable("a\U0001fae8b") == f"a{UNKNOWN_SIGN}b"


@pytest.mark.parametrize("number", [2, 3, 4, 5, 7])
def test_answers_are_told_apart_in_grey_from_their_neighbours(number: int) -> None:
    from matplotlib.colors import to_rgb

    for direction in ("neutral", "higher_is_worse", "higher_is_better"):
        colours = fills(direction, number)  # type: ignore[arg-type]
        grey = [0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in map(to_rgb, colours)]
        assert all(abs(a - b) > 0.05 for a, b in itertools.pairwise(grey))


def test_the_better_end_has_the_same_colour_whichever_way_codes_run() -> None:
    assert fills("higher_is_better", 4)[-1] == fills("higher_is_worse", 4)[0]


def test_text_on_a_colour_can_be_read() -> None:
    assert ink_on("#08306b") == style.PAPER
    assert ink_on("#f6cba2") == style.INK
