"""The instruments that come with the toolkit."""

from __future__ import annotations

from mirabal_toolkit.core.instrument import Instrument
from mirabal_toolkit.instruments.loading import bundled_ids, load_instrument


def bundled_instruments() -> tuple[Instrument, ...]:
    """Return every bundled instrument, by id: its newest stable version (see `preferred_version`).

    Examples
    --------
    >>> "partner-safety" in [instrument.id for instrument in bundled_instruments()]
    True
    """
    return tuple(load_instrument(instrument_id) for instrument_id in bundled_ids())
