"""Days and times of Stata and SAS, which count from 1960, become seconds as SPSS counts them."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from mirabal_toolkit.readers.raw import SPECIAL, Variable

Floats = npt.NDArray[np.float64]

#: Seconds from 14 October 1582, where SPSS begins to count, to 1 January 1960, where Stata and SAS begin.
SECONDS_TO_1960 = 11_903_760_000.0
DAY = 86_400.0

_SAS_DAYS = re.compile(
    r"^(DATE|DAY|DDMMYY|MMDDYY|YYMMDD|YYMM|MMYY|MONYY|WEEKDAT|WORDDAT|JULIAN|EURDF|E8601DA|B8601DA|YYQ|NLDATE)[A-Z]*\d*\."
    r"?\d*$"
)
_SAS_SECONDS = re.compile(r"^(DATETIME|E8601DT|B8601DT|NLDATM|DATEAMPM|MDYAMPM|DTDATE)[A-Z]*\d*\.?\d*$")


def spss_seconds(numbers: Floats, variable: Variable, kind: str) -> tuple[Floats, Variable]:
    """Return numbers as seconds since 14 October 1582 where the format says that they are days or times.

    Parameters
    ----------
    numbers : float array
        As in the file; missing codes stay as they are.
    variable : Variable
        Whose `own_format` is that of the file.
    kind : str
        ``dta``, or ``xpt`` or ``sas7bdat``.

    Examples
    --------
    >>> import numpy as np
    >>> variable = Variable("day", own_format="%td")
    >>> float(spss_seconds(np.array([0.0]), variable, "dta")[0][0]) == SECONDS_TO_1960
    True
    """
    found = _stata(variable.own_format, numbers) if kind == "dta" else _sas(variable.own_format, numbers)
    if found is None:
        return numbers, variable
    seconds, shown = found
    kept = np.where(np.isnan(numbers) | (numbers > SPECIAL), numbers, seconds)
    return kept, replace(variable, print_format=shown)


def _stata(own: str, numbers: Floats) -> tuple[Floats, str] | None:
    match = re.match(r"^%-?(?:t([cCdwmqhy])|(d))", own)
    if match is None:
        return None
    unit = match[1] or "d"
    with np.errstate(invalid="ignore", over="ignore"):
        if unit in "cC":
            return SECONDS_TO_1960 + numbers / 1000, "DATETIME20"
        if unit == "d":
            return SECONDS_TO_1960 + numbers * DAY, "DATE11"
        return SECONDS_TO_1960 + _first_days(numbers, unit) * DAY, "DATE11"


def _first_days(numbers: Floats, unit: str) -> Floats:
    """Return the first day of weeks, months, quarters, half-years or years, counted from 1 January 1960."""
    usable = np.isfinite(numbers) & (np.abs(numbers) < 1e5)
    whole = np.where(usable, numbers, 0).astype(np.int64)
    if unit == "w":  # Stata has 52 weeks in every year, the last one longer
        years, days = whole // 52, 7 * (whole % 52)
    elif unit == "y":
        years, days = whole - 1960, np.zeros_like(whole)
    else:
        months = whole * {"m": 1, "q": 3, "h": 6}[unit]
        first = np.datetime64("1960-01", "M") + months.astype("timedelta64[M]")
        since = (first.astype("datetime64[D]") - np.datetime64("1960-01-01", "D")).astype(float)
        return np.where(usable, since, np.inf)
    start = (np.datetime64("1960", "Y") + years.astype("timedelta64[Y]")).astype("datetime64[D]")
    since = (start - np.datetime64("1960-01-01", "D")).astype(float) + days
    return np.where(usable, since, np.inf)


def _sas(own: str, numbers: Floats) -> tuple[Floats, str] | None:
    name = own.upper().strip()
    with np.errstate(invalid="ignore", over="ignore"):
        if _SAS_SECONDS.match(name):
            return SECONDS_TO_1960 + numbers, "DATETIME20"
        if _SAS_DAYS.match(name):
            return SECONDS_TO_1960 + numbers * DAY, "DATE11"
    return None
