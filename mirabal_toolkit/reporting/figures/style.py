"""How every figure looks: one font, one set of colours, sizes in points and inches.

The colours are Okabe and Ito's (2008), told apart by people with any colour vision; every
distinction they make is also made by shape, dash or words, so figures read in grey too.
"""

from __future__ import annotations

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
