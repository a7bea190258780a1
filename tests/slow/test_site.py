"""The site of documentation is built without a warning and without the network, and no page of it leads nowhere."""

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from urllib.parse import unquote, urldefrag

import pytest

pytestmark = pytest.mark.slow


class Page(HTMLParser):
    """The ids of a page, where its links lead, and what it loads."""

    def __init__(self, text):
        super().__init__()
        self.ids, self.links, self.loaded = set(), set(), set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        told = dict(attrs)
        self.ids.add(told.get("id"))
        if tag == "a" and told.get("href"):
            self.links.add(told["href"])
        self.loaded |= {told[name] for name in ("src", "srcset") if told.get(name)}
        if tag == "link" and told.get("rel") == "stylesheet":
            self.loaded.add(told["href"])


@pytest.fixture(scope="module")
def site(root, tmp_path_factory):
    out = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "--quiet", "--fail-on-warning", "-b", "html", "docs", str(out)]
    nowhere = dict.fromkeys(("http_proxy", "https_proxy"), "http://127.0.0.1:9")
    done = subprocess.run(command, cwd=root, env={**os.environ, **nowhere}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return {
        path.relative_to(out).as_posix(): Page(path.read_text(encoding="utf-8")) for path in out.rglob("*.html")
    }, out


def test_no_link_of_the_site_is_dead(site):
    pages, out = site
    assert len(pages) > 50
    dead = []
    for name, page in pages.items():
        for link in page.links:
            place, anchor = urldefrag(unquote(link))
            if re.match(r"(https?|mailto):", place):
                continue
            to = (out / name).parent / place if place else out / name
            known = pages.get(os.path.relpath(to, out)) if to.suffix == ".html" else None
            if not to.exists() or (anchor and known and anchor not in known.ids):
                dead.append((name, link))
    assert dead == []


def test_nothing_is_loaded_from_elsewhere(site):
    pages, out = site
    for name, page in pages.items():
        for source in page.loaded:
            assert not re.match(r"(https?:)?//", source), (name, source)
            assert ((out / name).parent / source.partition("?")[0]).exists(), (name, source)


def test_every_image_says_what_it_shows(site):
    _, out = site
    for path in out.rglob("*.html"):
        for image in re.findall(r"<img[^>]*>", path.read_text(encoding="utf-8")):
            assert re.search(r'alt="[^"]+"', image), (path.name, image)
