"""What points to people does not go into a study file; dates become days; numbers become bands."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from mirabal_toolkit.core.data import Protection, WaveData
from mirabal_toolkit.core.frames import SealedFrame
from mirabal_toolkit.core.instrument import Instrument
from mirabal_toolkit.errors import FindingsError, UsageError
from mirabal_toolkit.instruments.loading import load_instrument
from mirabal_toolkit.protecting import (
    banded,
    check_kept,
    fitting_together,
    kept_out,
    refuse_telling_ids,
    relative_dates,
)

PLAIN = load_instrument("partner-safety")


def instrument_with(**items: dict[str, object]) -> Instrument:
    """The questionnaire with some items of another type or sensitivity."""
    changed = tuple(replace(item, **items.get(item.id, {})) for item in PLAIN.items)
    return replace(PLAIN, items=changed)


def waves_of(instrument: Instrument = PLAIN, **columns: list[object]) -> WaveData:
    """Rows of two women at two waves."""
    keys = {"person_id": pd.Series(["W1", "W2", "W1", "W2"], dtype="str"), "wave": [1, 1, 2, 2]}
    rows = pd.DataFrame({**keys, "C1": 1.0, **{name: pd.Series(values) for name, values in columns.items()}})
    reasons = pd.DataFrame({name: pd.Series([None] * 4, dtype="str") for name in rows.columns[2:]})
    return WaveData(instrument, SealedFrame(rows), SealedFrame(reasons))


def test_free_text_is_kept_out_with_its_reasons_and_said() -> None:
    safe = kept_out(waves_of(N1=["a", None, "b", None]))
    assert list(safe.answers.columns) == ["person_id", "wave", "C1"]
    assert list(safe.reasons.columns) == ["C1"]
    assert safe.protection.kept_out == ("N1",)
    (said,) = safe.findings
    assert (said.code, said.count) == ("kept_out", 0)  # a count of items would be hidden like one of people
    assert "N1 (free text)" in said.message


def test_a_text_that_the_questionnaire_calls_harmless_is_looked_into() -> None:
    harmless = instrument_with(N1={"sensitivity": "none"})
    assert kept_out(waves_of(harmless, N1=["yes", "no", None, "no"])).protection.kept_out == ()
    safe = kept_out(waves_of(harmless, N1=["yes", "call 07700 900123", None, "no"]))
    assert safe.protection.kept_out == ("N1",)
    assert "07700" not in safe.findings[0].message
    personal = instrument_with(N1={"sensitivity": "personal"})
    assert kept_out(waves_of(personal, N1=["yes", "no", None, "no"])).protection.kept_out == ("N1",)


def test_numbers_too_long_to_be_answers_are_kept_out() -> None:
    counted = instrument_with(N1={"type": "integer"})
    assert kept_out(waves_of(counted, N1=[1.0, 2.0, np.nan, 2.0])).protection.kept_out == ()
    assert kept_out(waves_of(counted, N1=[1.0, 7700900123.0, np.nan, 2.0])).protection.kept_out == ("N1",)


@pytest.mark.parametrize("keep", ["N1", "all"])
def test_what_must_be_kept_is_kept(keep: str) -> None:
    waves = waves_of(N1=["a", None, "b", None])
    assert kept_out(waves, (keep,)).answers.columns == waves.answers.columns


def test_nothing_unknown_can_be_kept() -> None:
    check_kept(("N1", "dates", "all", "person_id"), waves_of(N1=["a", None, "b", None]))
    with pytest.raises(UsageError, match="of the name N9"):
        check_kept(("N9",), waves_of())


def test_ids_that_name_people_are_refused_unless_kept() -> None:
    waves = waves_of()
    refuse_telling_ids(waves, ())
    named = waves.answers.frame.assign(person_id=["Ana Pop", "Eva Stan"] * 2)
    telling = replace(waves, answers=SealedFrame(named))
    with pytest.raises(FindingsError, match="names of people") as refused:
        refuse_telling_ids(telling, ())
    assert "Ana" not in str(refused.value)
    refuse_telling_ids(telling, ("person_id",))


def days(waves: WaveData, item: str) -> list[float]:
    """Days since 1 January 2000."""
    return ((waves.answers.frame[item] - np.datetime64("2000-01-01")) / np.timedelta64(1, "D")).tolist()


def test_dates_are_days_since_her_own_first_interview() -> None:
    interviews = pd.to_datetime(["2024-03-01", "2024-05-05", "2024-06-01", None]).tolist()
    before = pd.to_datetime(["2024-02-20", None, "2024-02-20", None]).tolist()
    safe = relative_dates(waves_of(A_date=interviews, P4=before))
    assert days(safe, "A_date")[:3] == [0, 0, 92]
    assert np.isnan(days(safe, "A_date")[3])
    assert days(safe, "P4")[::2] == [-10, -10]
    assert safe.protection.in_days == ("A_date", "P4")
    assert relative_dates(safe) is safe


def test_who_was_never_interviewed_starts_with_her_earliest_date() -> None:
    none = pd.to_datetime([None] * 4).tolist()
    before = pd.to_datetime(["2024-02-20", None, "2024-02-20", None]).tolist()
    assert days(relative_dates(waves_of(A_date=none, P4=before)), "P4")[0] == 0


def test_one_date_alone_may_be_kept() -> None:
    interviews = pd.to_datetime(["2024-03-01"] * 4).tolist()
    safe = relative_dates(waves_of(A_date=interviews, P4=interviews), ("P4",))
    assert safe.answers.frame["P4"].tolist() == interviews
    assert safe.protection.in_days == ("A_date",)


def test_ages_in_bands() -> None:
    counted = instrument_with(N1={"type": "integer"})
    safe = banded(waves_of(counted, N1=[34.0, 39.0, 40.0, np.nan]), {"N1": 10})
    assert safe.answers.frame["N1"].tolist()[:3] == [34, 34, 44]
    assert safe.findings[0].code == "banded"
    with pytest.raises(UsageError, match="no item with numbers"):
        banded(waves_of(), {"C1": 10})


def test_files_by_different_keys_do_not_go_together() -> None:
    one, other = (replace(waves_of(), protection=Protection(key)) for key in ("a", "b"))
    with pytest.raises(FindingsError, match="different keys"):
        fitting_together([one, other])
    assert fitting_together([one, one]) == [one, one]


def test_days_of_files_imported_apart_are_left_out() -> None:
    interviews = pd.to_datetime(["2024-03-01"] * 4).tolist()
    one, other = relative_dates(waves_of(A_date=interviews)), waves_of(A_date=interviews)
    first, second = fitting_together([one, other])
    assert "A_date" not in (*first.answers.columns, *second.answers.columns)
    assert first.findings[-1].code == "dates_apart"
