"""Where somebody was and who it was: what survey programs export unasked, dropped as soon as it is seen."""

from __future__ import annotations

import re
from dataclasses import replace

from mirabal_toolkit.core.data import Finding
from mirabal_toolkit.core.frames import SealedFrame
from mirabal_toolkit.readers.raw import RawTable, plain_name

#: Qualtrics; LimeSurvey; Kobo and ODK.
_NAMES = frozenset(
    (
        *("ipaddress", "locationlatitude", "locationlongitude"),
        *("recipientlastname", "recipientfirstname", "recipientemail"),
        *("ipaddr", "refurl", "firstname", "lastname", "email"),
        *("deviceid", "phonenumber", "simserial", "subscriberid", "username", "_submitted_by", "_geolocation"),
    )
)
_PLACES = re.compile(r"^_.*_(?:latitude|longitude|altitude|precision)$")


def is_identifying(name: str) -> bool:
    """Tell whether a survey program calls by this name what could identify or locate a person.

    Examples
    --------
    >>> is_identifying("IPAddress"), is_identifying("_home_latitude"), is_identifying("c1_w1")
    (True, True, False)
    """
    plain = plain_name(name)
    return plain in _NAMES or _PLACES.match(plain) is not None


def without_identifying(table: RawTable) -> RawTable:
    """Return the table without such variables, and say how many were dropped."""
    dropped = [variable.name for variable in table.variables if is_identifying(variable.name)]
    if not dropped:
        return table
    said = Finding(
        "note",
        "identifying_dropped",
        f"{len(dropped)} variable(s) that can identify or locate people were dropped unread: {', '.join(dropped)}",
        count=len(dropped),
        advice="leave them out of the export: they need not be on this computer",
    )
    return replace(
        table,
        frame=SealedFrame(table.frame.frame.drop(columns=dropped)),
        variables=tuple(variable for variable in table.variables if variable.name not in dropped),
        warnings=(*table.warnings, said),
    )
