"""Figures in one style, each with its numbers and a description in words.

`gallery.py` says which there are, and the files it names what each shows. They put marks in inches on a `canvas.py`,
with a `plot.py` where there are axes; `svg.py` and `raster.py` write them, with the text and the painter of matplotlib.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mirabal_toolkit.errors import UsageError

if TYPE_CHECKING:
    from mirabal_toolkit.core.results import ReleasableResults
    from mirabal_toolkit.reporting.figures.spec import Figure


def build_figure(released: ReleasableResults, name: str) -> Figure:
    """Draw one figure by name, e.g. ``trajectories``.

    Raises
    ------
    UsageError
        If the results give no figure of that name; the message lists those they give.
    """
    from mirabal_toolkit.reporting.edition import Edition
    from mirabal_toolkit.reporting.figures.gallery import all_figures
    from mirabal_toolkit.reporting.figures.spec import draw

    sheets = {sheet.id: sheet for sheet in all_figures(Edition(released))}
    if name not in sheets:
        raise UsageError(f"there is no figure “{name}”", fix=f"use one of: {', '.join(sheets)}")
    return draw(sheets[name])
