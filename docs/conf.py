"""How the documentation site is built: `make docs`, without the network, warnings as errors.

Pages that say what the program says itself (commands, plans, results, checks) are written from it just before
each build, so that they cannot go stale; see `site_pages/`.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from site_pages import write_pages  # noqa: E402  (the folder beside this file)
from site_pages.shared import with_links  # noqa: E402

from mirabal_toolkit.version import __version__  # noqa: E402

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "Mirabal toolkit"
author = "The Mirabal toolkit contributors"
project_copyright = f"2026, {author}"
version = release = __version__
language = "en"

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build", "site_pages", "decisions/README.md"]
root_doc = "index"
default_role = "literal"  # single backticks in docstrings
smartquotes = False  # `--out` keeps its two hyphens
html_domain_indices = False

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

autodoc_typehints = "none"  # types stand in the docstrings, in words
autodoc_member_order = "bysource"
autodoc_default_options = {"show-inheritance": False}
napoleon_google_docstring = False
napoleon_use_rtype = False
add_module_names = False

html_theme = "furo"
html_title = f"Mirabal toolkit {__version__}"
html_copy_source = False
html_show_sourcelink = False
html_static_path = ["_static"]
html_css_files = ["site.css"]
pygments_style = "friendly"
pygments_dark_style = "monokai"
html_theme_options = {"navigation_with_keys": True}


def setup(app: Sphinx) -> None:
    """Write the generated pages before Sphinx looks for pages; turn links to files beside the code to their pages."""
    app.connect("config-inited", lambda *_: write_pages(HERE / "generated"))
    app.connect("source-read", _turn_links)


def _turn_links(app: Sphinx, name: str, content: list[str]) -> None:
    """Change links in place; generated pages have theirs already."""
    page = Path(app.env.doc2path(name))
    if page.parent.name != "generated":
        content[0] = with_links(content[0], page, page)
