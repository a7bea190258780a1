"""The gallery shows every kind of figure and every table there is, and its pictures are there."""

import re

import pytest

import mirabal_toolkit as mt
from mirabal_toolkit.reporting.edition import Edition
from mirabal_toolkit.reporting.figures.gallery import FAMILIES
from mirabal_toolkit.reporting.tables.shelf import BUILDERS

HEAVIEST = 200_000


@pytest.fixture(scope="module")
def page(root):
    return (root / "docs" / "gallery.md").read_text(encoding="utf-8")


def headings(text):
    return re.findall(r"^### (\S+)$", text, flags=re.MULTILINE)


def test_every_kind_of_figure_is_shown(page):
    figures = page.partition("## Figures")[2].partition("## Tables")[0]
    assert headings(figures) == [*FAMILIES, "missingness", "power-curves"], "run: python docs/make_gallery.py"


def test_every_table_is_shown(page, root):
    edition = Edition(mt.open_results(root / "tests" / "data" / "results-version-1"))
    names = [build(edition).id for build in BUILDERS]
    assert headings(page.partition("## Tables")[2]) == [*names, "answers"], "run: python docs/make_gallery.py"
    assert page.count("<table") == len(names) + 1


def test_every_picture_is_there_is_light_and_is_described(page, root):
    shown = re.findall(r"!\[([^\]]+)\]\((images/gallery/[a-z-]+\.png)\)", page)
    files = {path.name for path in (root / "docs" / "images" / "gallery").iterdir()}
    assert {name.rpartition("/")[2] for _, name in shown} == files
    assert len(shown) == len(FAMILIES) + 2
    for alt, name in shown:
        assert len(alt) > 40, name
        assert 2_000 < (root / "docs" / name).stat().st_size < HEAVIEST, name


def test_it_says_nothing_of_the_machine_that_made_it(page):
    assert "/tmp" not in page  # noqa: S108 - looked for, not used
    assert "/home" not in page
