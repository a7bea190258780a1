"""Every link between files of the project leads somewhere, headings included; nothing is fetched from the network."""

import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "docs"))

from site_pages import PAGES  # noqa: E402  (the pages that are written when the site is built)
from site_pages.shared import GENERATED, SHARED, with_links  # noqa: E402

FILES = sorted(
    path
    for folder in (".", "docs", "instruments", "examples", "benchmarks", "notebooks", ".github")
    for path in (ROOT / folder).glob("*.md" if folder == "." else "**/*.md")
    if not {"_build", "generated"} & set(path.relative_to(ROOT).parts)
)
LINK = re.compile(r"\]\(([^)\s]+)\)")


def slug(heading):
    """The anchor of a heading, as forges and the site make it."""
    words = re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
    return re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", words))


def anchors_of(path):
    outside_code = re.sub(r"^```.*?^```", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    return {slug(heading) for heading in re.findall(r"^#+ (.*)$", outside_code, flags=re.MULTILINE)}


def dead_links(path):
    """Targets in a file that lead nowhere."""
    for target in LINK.findall(path.read_text(encoding="utf-8")):
        place, _, anchor = target.partition("#")
        if re.match(r"(https?|mailto):", target):
            continue
        to = (path.parent / place).resolve() if place else path
        written = to.parent == GENERATED and to.stem in PAGES
        if not (to.exists() or written) or (
            anchor and to.suffix == ".md" and not written and anchor not in anchors_of(to)
        ):
            yield target


def test_there_are_pages():
    assert len(FILES) > 50


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(path):
    assert list(dead_links(path)) == []


def test_a_dead_link_is_noticed(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(
        "# Here we are\n[a](#here-we-are) [b](page.md#nowhere) [c](gone.md) [d](https://example.org)", "utf-8"
    )
    assert list(dead_links(page)) == ["page.md#nowhere", "gone.md"]


def test_shared_pages_keep_their_links_on_the_site():
    for name in SHARED:
        source = ROOT / name
        turned = with_links(source.read_text(encoding="utf-8"), source, GENERATED / "page.md")
        for target in LINK.findall(turned):
            to = (GENERATED / target.partition("#")[0]).resolve()
            assert re.match("https?:", target) or to.exists() or (to.parent == GENERATED and to.stem in PAGES), target


def test_links_of_shared_pages_are_turned():
    source = ROOT / "instruments" / "README.md"
    text = "[a](../docs/formats.md) [b](partner-safety/) [c](../LIMITATIONS.md#x) [d](LICENSE) [e](https://example.org)"
    assert with_links(text, source, GENERATED / "page.md") == (
        "[a](../formats.md) b [c](limitations.md#x) [d](../../instruments/LICENSE) [e](https://example.org)"
    )


def test_every_page_of_docs_stands_in_the_contents():
    contents = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    for path in (ROOT / "docs").rglob("*.md"):
        name = path.relative_to(ROOT / "docs").with_suffix("").as_posix()
        if not name.startswith(("_build", "generated", "decisions", "index")):
            assert f"\n{name}\n" in contents, f"docs/index.md does not list {name}"
    for name in PAGES:
        assert f"\ngenerated/{name}\n" in contents, name
