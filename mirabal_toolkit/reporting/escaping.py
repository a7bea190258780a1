"""Keeping text text, wherever a program might take it for an order."""

from __future__ import annotations

import re

#: Signs with which spreadsheet programs begin a formula, full-width forms included.
_FORMULA_STARTS = frozenset("=+-@\t\r\n＝＋－＠|%")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


def clean_text(text: str) -> str:
    r"""Return `text` without the control characters that XML and Word refuse.

    Examples
    --------
    >>> clean_text("a\x00b")
    'ab'
    """
    return _CONTROL.sub("", text)


def spreadsheet_text(text: str) -> str:
    """Return `text` so that no spreadsheet program runs it: an apostrophe before a formula sign.

    Examples
    --------
    >>> spreadsheet_text("=cmd|' /C calc'!A0")
    "'=cmd|' /C calc'!A0"
    >>> spreadsheet_text("hit me")
    'hit me'
    """
    text = clean_text(text)
    return f"'{text}" if text.lstrip(" ")[:1] in _FORMULA_STARTS and text.strip(" ") else text
