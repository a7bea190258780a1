"""Numbers as a reader sees them: whole percents, signed points, exact p values, intervals with “to”.

A digit is printed only if at least one person moves it: percents have no decimals below a
thousand people, one from there on (`decimals_for`). Nothing that is not exactly 0 or 100
percent is printed as such. The signs between digits are those of the language a report is written in
(`written_in`); files that programs read (`machine`) are the same in every language.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

MINUS = "−"
NO_VALUE = "–"
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@dataclass(frozen=True, slots=True)
class NumberStyle:
    """How a language writes numbers and dates.

    Parameters
    ----------
    decimal, thousands : str
        Signs before decimals and between thousands.
    to : str
        The word between the ends of an interval.
    date : str
        A format of `strftime`; empty for the English one, with the month in words.
    """

    decimal: str = "."
    thousands: str = ","
    to: str = "to"
    date: str = ""


ENGLISH_NUMBERS = NumberStyle()
_STYLE: ContextVar[NumberStyle] = ContextVar("number_style", default=ENGLISH_NUMBERS)


@contextmanager
def written_in(style: NumberStyle) -> Iterator[None]:
    """Write all numbers in the signs of a language.

    Examples
    --------
    >>> with written_in(NumberStyle(",", ".", "la")):
    ...     number(-1234.5, 1), interval(-3.25, 4, 2, plus=True), p_value(0.0421)
    ('−1.234,5', '−3,25 la +4,00', '0,042')
    """
    token = _STYLE.set(style)
    try:
        yield
    finally:
        _STYLE.reset(token)


def localised(text: str) -> str:
    """Return a number written the English way in the signs of the language."""
    style = _STYLE.get()
    return text.translate({ord(","): style.thousands, ord("."): style.decimal})


def date(value: str | dt.date) -> str:
    """Return a date, given as such or as ``2026-11-21``, as the language writes it; other texts as they are.

    Examples
    --------
    >>> date("2026-11-03"), date("spring 2026")
    ('3 November 2026', 'spring 2026')
    >>> with written_in(NumberStyle(date="%d.%m.%Y")):
    ...     date("2026-11-03")
    '03.11.2026'
    """
    try:
        day = value if isinstance(value, dt.date) else dt.date.fromisoformat(value)
    except ValueError:
        return str(value)
    style = _STYLE.get()
    return day.strftime(style.date) if style.date else f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def decimals_for(people: float | None) -> int:
    """Return how many decimals percents and points deserve when `people` were asked.

    Examples
    --------
    >>> decimals_for(120), decimals_for(2400)
    (0, 1)
    """
    return 1 if people is not None and people >= 1000 else 0


def number(value: float | None, decimals: int = 0) -> str:
    """Return `value` with a true minus sign and no negative zero.

    Examples
    --------
    >>> number(-38.4), number(-0.2), number(3.25, 1), number(None), number(1234567)
    ('−38', '0', '3.2', '–', '1,234,567')
    """
    if value is None or math.isnan(value):
        return NO_VALUE
    if math.isinf(value):
        return f"{MINUS if value < 0 else ''}∞"
    text = f"{abs(value):,.{decimals}f}"
    negative = value < 0 and float(text.replace(",", "")) != 0
    return localised(MINUS + text if negative else text)


def is_zero(value: float, decimals: int = 0) -> bool:
    """Whether a number is written as 0.

    Examples
    --------
    >>> is_zero(0.4), is_zero(0.4, 1)
    (True, False)
    """
    return float(f"{abs(value):.{decimals}f}") == 0


def signed(value: float | None, decimals: int = 0) -> str:
    """Return `value` with its sign, + included.

    Examples
    --------
    >>> signed(12.2), signed(-49.0), signed(0.1)
    ('+12', '−49', '0')
    """
    text = number(value, decimals)
    positive = value is not None and value > 0 and any(digit in text for digit in "123456789∞")
    return f"+{text}" if positive else text


def percent(value: float | None, decimals: int = 0, sign: str = "%") -> str:
    """Return a percent; 0 and 100 only when they are exact.

    Parameters
    ----------
    value : float or None
        0–100.
    decimals : int
    sign : str
        Put behind the number; empty in columns whose header says percent.

    Examples
    --------
    >>> percent(60.8), percent(0.0), percent(0.3), percent(99.8), percent(12.0, sign="")
    ('61%', '0%', '<1%', '>99%', '12')
    """
    if value is None or math.isnan(value):
        return NO_VALUE
    least = 10.0**-decimals
    if 0 < value < least / 2:
        return f"<{number(least, decimals)}{sign}"
    if 100 - least / 2 <= value < 100:
        return f">{number(100 - least, decimals)}{sign}"
    return number(value, decimals) + sign


def interval(low: float | None, high: float | None, decimals: int = 0, *, plus: bool = False) -> str:
    """Return ``low to high``; a dash where either is lacking.

    Examples
    --------
    >>> interval(-38.2, -15.4), interval(None, 3.0), interval(-3.0, 4.0, plus=True)
    ('−38 to −15', '–', '−3 to +4')
    """
    if low is None or high is None or math.isnan(low) or math.isnan(high):
        return NO_VALUE
    write = signed if plus else number
    return f"{write(low, decimals)} {_STYLE.get().to} {write(high, decimals)}"


def p_value(value: float | None) -> str:
    """Return an exact p value to three decimals.

    Examples
    --------
    >>> p_value(0.0421), p_value(0.0000004), p_value(1.0), p_value(0.9996)
    ('0.042', '<0.001', '1.000', '>0.999')
    """
    if value is None or math.isnan(value):
        return NO_VALUE
    if value < 0.001:
        return localised("<0.001")
    return localised(">0.999" if 0.9995 <= value < 1 else f"{value:.3f}")


def count(value: float | None) -> str:
    """Return a number of people or things, whole.

    Examples
    --------
    >>> count(73.0), count(1200), count(None)
    ('73', '1,200', '–')
    """
    return number(value, 0)


def ratio(value: float | None) -> str:
    """Return an odds ratio with two digits that mean something.

    Examples
    --------
    >>> ratio(0.034), ratio(0.456), ratio(2.34), ratio(23.4), ratio(0.0)
    ('0.03', '0.46', '2.3', '23', '<0.01')
    """
    if value is None or math.isnan(value):
        return NO_VALUE
    if value < 0.005:
        return localised("<0.01")
    rounded = float(f"{value:.2g}")
    if rounded >= 1000:
        return ">999"
    return number(rounded, 0 if rounded >= 10 else 1 if rounded >= 1 else 2)


def ratio_interval(low: float | None, high: float | None) -> str:
    """Return the interval of an odds ratio.

    Examples
    --------
    >>> ratio_interval(0.31, 1.204)
    '0.31 to 1.2'
    """
    if low is None or high is None or math.isnan(low) or math.isnan(high):
        return NO_VALUE
    return f"{ratio(low)} {_STYLE.get().to} {ratio(high)}"


def machine(value: float) -> str:
    """Return `value` for a file that programs read: full, without noise in the last digits.

    Examples
    --------
    >>> machine(60.0), machine(100 / 3), machine(4.1e-7)
    ('60', '33.33333333', '4.1e-07')
    """
    return f"{value:.10g}"
