"""Why an answer is not there. A missing value without a reason does not exist after cleaning."""

from __future__ import annotations

from enum import StrEnum

import pandas as pd


class MissingReason(StrEnum):
    """Reasons an item has no valid answer; kept apart everywhere.

    The first group is given by the respondent or the questionnaire, the second by the wave.
    """

    REFUSED = "refused"
    DONT_KNOW = "dont_know"
    NOT_APPLICABLE = "not_applicable"
    NO_CONTACT = "no_contact"
    NOT_ASKED = "not_asked"
    UNEXPLAINED = "unexplained"

    WAVE_MISSED = "wave_missed"
    UNSAFE_TO_CONTACT = "unsafe_to_contact"
    WITHDRAWN = "withdrawn"
    DIED = "died"


#: Reasons that hold for a whole person-wave: nobody was interviewed.
WAVE_REASONS = (
    MissingReason.WAVE_MISSED,
    MissingReason.UNSAFE_TO_CONTACT,
    MissingReason.WITHDRAWN,
    MissingReason.DIED,
)

#: Reasons by which an item lies outside the universe: it was rightly not asked.
ROUTED_REASONS = (MissingReason.NOT_APPLICABLE, MissingReason.NO_CONTACT, MissingReason.NOT_ASKED)

REASON_DTYPE = pd.CategoricalDtype([reason.value for reason in MissingReason])
