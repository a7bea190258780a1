"""The same answers in every layout that people use give the same person-waves."""

import pandas as pd
import pytest

from mirabal_toolkit.readers import read

ITEMS = ("c1", "c2", "h1")
KEYS = ["person_id", "wave"]


@pytest.fixture
def long_rows(wide):
    """The wide people of the fixture, a row a wave; rows without any answer left out."""
    frame = pd.DataFrame(wide)
    parts = [
        frame[["person_id", "site", *(f"{item}_w{wave}" for item in ITEMS)]]
        .set_axis(["person_id", "site", *ITEMS], axis=1)
        .assign(wave=float(wave))
        for wave in (1, 2)
    ]
    return pd.concat(parts, ignore_index=True).dropna(subset=list(ITEMS), how="all", ignore_index=True)


@pytest.fixture
def expected(export, wide, instrument):
    return sorted_rows(read([export(wide)], instrument))


def sorted_rows(waves):
    order = waves.answers.frame.sort_values(KEYS).index
    return waves.answers.frame.loc[order].reset_index(drop=True), waves.reasons.frame.loc[order].reset_index(drop=True)


def check(waves, expected):
    answers, reasons = sorted_rows(waves)
    pd.testing.assert_frame_equal(answers, expected[0])
    pd.testing.assert_frame_equal(reasons, expected[1])


@pytest.mark.parametrize(
    "style", ["w{wave}_{item}", "T{wave}_{item}", "{item}.{wave}", "{item}_{wave}", "{item}w{wave}", "{item}_m{months}"]
)
def test_other_names(export, wide, instrument, expected, style):
    names = {
        f"{item}_w{wave}": style.format(item=item, wave=wave, months=(wave - 1) * 3)
        for item in ITEMS
        for wave in (1, 2)
    }
    check(read([export(pd.DataFrame(wide).rename(columns=names))], instrument), expected)


def test_long(export, long_rows, instrument, expected):
    check(read([export(long_rows)], instrument), expected)


def test_one_file_a_wave(export, long_rows, instrument, expected):
    groups = dict(list(long_rows.groupby("wave")))
    by_column = [export(rows.reset_index(drop=True), f"{wave:g}.sav") for wave, rows in groups.items()]
    check(read(by_column, instrument), expected)
    bare = [
        export(rows.drop(columns="wave").reset_index(drop=True), f"wave{wave:g}.sav") for wave, rows in groups.items()
    ]
    check(read(bare, instrument), expected)
    check(read(bare[::-1], instrument, wave=(2, 1)), expected)


def test_compressed(export, wide, instrument, expected):
    check(read([export(wide, "export.zsav")], instrument), expected)
    check(read([export(wide, "rows.sav", row_compress=True)], instrument), expected)


def test_known_by_labels_only(export, wide, instrument, expected):
    labels = {
        name: f"{instrument.item(name[:2].upper()).label['en']} (wave {name[-1]})" for name in wide if "_w" in name
    }
    names = {name: f"v{place}" for place, name in enumerate(labels)}
    frame = pd.DataFrame(wide).rename(columns=names)
    check(read([export(frame, column_labels=["", "", *labels.values()])], instrument), expected)
