"""Tables of the report, shown in a terminal."""

from __future__ import annotations
