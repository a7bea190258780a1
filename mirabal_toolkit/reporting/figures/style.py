"""How every figure looks: one font, one set of colours, sizes in points and inches.

The colours are Okabe and Ito's (2008), told apart by people with any colour vision; every
distinction they make is also made by shape, dash or words, so figures read in grey too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

INK = "#1b1f24"
QUIET = "#57606a"
FAINT = "#d0d7de"
BAND = "#e9ecef"
BLUE = "#0072B2"
ORANGE = "#D55E00"
GREY = "#6e7781"
PAPER = "#ffffff"

#: Fills of ordered answers, best to worst: dark blue over pale to orange; in grey the best stays the
#: darkest. With four answers there is no middle one.
GOOD_TO_BAD_OF_FOUR = ("#08306b", "#7ab3d9", "#f6cba2", "#c8500a")
GOOD_TO_BAD = ("#08306b", "#6aa8d3", "#f3eee6", "#eeb180", "#b8430a")
#: Fills of ordered answers without a better end, light to dark.
LOW_TO_HIGH = ("#dbe9f4", "#a6cbe3", "#5b9fcb", "#2171a8", "#0b4a7a", "#062d4d")

WIDTH = 7.2
MARGIN = 0.12
TITLE, SUBTITLE, LABEL, SMALL, NOTE = 12.0, 9.0, 8.0, 7.0, 7.2

_PARAMETERS: Mapping[str, Any] = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": LABEL,
    "text.color": INK,
    "text.hinting": "none",
    "text.parse_math": False,
    "text.usetex": False,
    "axes.edgecolor": FAINT,
    "axes.facecolor": "none",
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.unicode_minus": True,
    "axes.labelcolor": QUIET,
    "axes.grid": False,
    "axes.axisbelow": True,
    "grid.color": FAINT,
    "grid.linewidth": 0.6,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "figure.facecolor": PAPER,
    "savefig.facecolor": PAPER,
    "svg.hashsalt": "mirabal",
    "svg.fonttype": "path",
    "path.simplify": False,
}


@contextmanager
def drawing_style() -> Iterator[None]:
    """Draw in this style inside the block, and leave the user's own settings as they were."""
    import matplotlib as mpl

    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(dict(_PARAMETERS))  # type: ignore[arg-type]  # names are checked when they are set
        yield
