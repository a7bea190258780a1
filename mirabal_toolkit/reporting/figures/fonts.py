"""The font of the figures, which comes with matplotlib."""

from __future__ import annotations

import re

FONT = "DejaVu Sans"


def figure_font() -> str | None:
    """Return name and version of the font the figures are set in; None if it is not there."""
    from matplotlib.font_manager import findfont
    from matplotlib.ft2font import FT2Font

    try:
        path = findfont(FONT, fallback_to_default=False)
    except ValueError:
        return None
    version = {key[-1]: value for key, value in FT2Font(path).get_sfnt().items()}.get(5, b"")
    number = re.search(rb"\d+(?:\.\d+)+", version.replace(b"\0", b""))
    return f"{FONT} {number[0].decode()}" if number else FONT
