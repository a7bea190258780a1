"""The items of both guidelines, each with the places of a report that may answer it.

The wording (``words/english_checklists.py``) is our own; order and numbers are those of the guidelines.

References
----------
von Elm, E., Altman, D. G., Egger, M., Pocock, S. J., Gøtzsche, P. C., & Vandenbroucke, J. P. (2007). The
Strengthening the Reporting of Observational Studies in Epidemiology (STROBE) statement. PLoS Medicine, 4(10), e296.

Des Jarlais, D. C., Lyles, C., & Crepaz, N. (2004). Improving the reporting quality of nonrandomized evaluations of
behavioral and public health interventions: the TREND statement. American Journal of Public Health, 94, 361–366.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a guideline.

    Parameters
    ----------
    number : str
        As in the guideline, e.g. ``12c``.
    part : str
        Phrase key of the part of a paper it belongs to, without ``checklist_part_``.
    places : tuple of str
        Places that answer it where they are in the report: ``section:ID``, ``table:ID`` or ``figure:ID``.
    author : bool
        Whether the author must add something in any case; what it is, the catalogue says.
    otherwise : bool
        Whether the catalogue has a sentence for reports with none of these places (“there were no subgroups”).
    """

    number: str
    part: str
    places: tuple[str, ...] = ()
    author: bool = False
    otherwise: bool = False


_SUMMARY, _METHODS, _LIMITS = "section:summary", "section:methods", "section:limitations"
_FLOW = ("figure:participant-flow", "table:participant-flow")
_LOST = ("section:sensitivity", "section:loss")
_CHANGES = ("table:before-after", "table:before-after-scores")
_WAVES = ("table:by-wave", "table:by-wave-scores")
_MODELS = ("table:model", "table:model-parameters")
_SPECIAL = ("section:subgroups", "section:sites", "section:loss")
_START = ("table:lost-and-retained", "table:balance")

STROBE: tuple[Item, ...] = (
    Item("1a", "title", author=True),
    Item("1b", "title", (_SUMMARY,)),
    Item("2", "introduction", author=True),
    Item("3", "introduction", ("section:provenance",), author=True),
    Item("4", "methods", (_METHODS,)),
    Item("5", "methods", (_METHODS,), author=True),
    Item("6a", "methods", ("section:reached",), author=True),
    Item("6b", "methods", otherwise=True),
    Item("7", "methods", (_METHODS, "table:headline"), author=True),
    Item("8", "methods", (_METHODS, "section:measurement", "section:limitations")),
    Item("9", "methods", (*_LOST, _LIMITS)),
    Item("10", "methods", author=True),
    Item("11", "methods", (_METHODS,)),
    Item("12a", "methods", (_METHODS,)),
    Item("12b", "methods", ("section:subgroups",), otherwise=True),
    Item("12c", "methods", (_METHODS, "section:sensitivity")),
    Item("12d", "methods", _LOST),
    Item("12e", "methods", ("table:sensitivity", "table:bounds", "table:arms-sensitivity")),
    Item("13a", "results", _FLOW),
    Item("13b", "results", _FLOW),
    Item("13c", "results", _FLOW[:1]),
    Item("14a", "results", _START, author=True),
    Item("14b", "results", (*_WAVES, "section:data")),
    Item("14c", "results", (_METHODS, *_FLOW[1:])),
    Item("15", "results", _WAVES),
    Item("16a", "results", (*_CHANGES, *_MODELS)),
    Item("16b", "results", ("section:answers",), otherwise=True),
    Item("16c", "results", _CHANGES),
    Item("17", "results", _SPECIAL, otherwise=True),
    Item("18", "discussion", (_SUMMARY,)),
    Item("19", "discussion", (_LIMITS,)),
    Item("20", "discussion", author=True),
    Item("21", "discussion", author=True),
    Item("22", "other", author=True),
)

TREND: tuple[Item, ...] = (
    Item("1", "title", (_SUMMARY,), author=True),
    Item("2", "introduction", author=True),
    Item("3", "methods", ("section:reached",), author=True),
    Item("4", "methods", author=True),
    Item("5", "methods", ("section:provenance",), author=True),
    Item("6", "methods", (_METHODS, "section:measurement")),
    Item("7", "methods", author=True),
    Item("8", "methods", ("section:comparison",), author=True),
    Item("9", "methods", author=True),
    Item("10", "methods", (_METHODS,)),
    Item("11", "methods", (_METHODS, "section:comparison")),
    Item("12", "results", _FLOW),
    Item("13", "results", (_METHODS,), author=True),
    Item("14", "results", _START, author=True),
    Item("15", "results", ("table:balance", "figure:love-plot")),
    Item("16", "results", ("table:arms",)),
    Item("17", "results", ("table:arms", "figure:forest")),
    Item("18", "results", ("table:arms-sensitivity", *_SPECIAL), otherwise=True),
    Item("19", "results", author=True),
    Item("20", "discussion", (_LIMITS, "section:comparison"), author=True),
    Item("21", "discussion", author=True),
    Item("22", "discussion", author=True),
)
