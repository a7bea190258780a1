"""Files collected with several versions of an instrument are told apart, file by file."""

from dataclasses import replace

import numpy as np
import pytest

from mirabal_toolkit.core.candidates import Candidate
from mirabal_toolkit.readers import read_by_version, read_with_mapping, write_study
from mirabal_toolkit.readers.detect import detect_instrument, detect_versions

ONE = np.array([1.0])


@pytest.fixture
def versions(instrument):
    """1.1.0 asks one thing more."""
    more = replace(instrument.item("C1"), id="C99", variable="c99_w{wave}")
    return instrument, replace(instrument, version="1.1.0", items=(*instrument.items, more))


def test_each_file_has_its_version(versions, table):
    early = table({"person_id": ["1"], "c1_w1": ONE, "c2_w1": ONE, "h1_w1": ONE})
    late = table({"person_id": ["1"], "c1_w2": ONE, "c2_w2": ONE, "h1_w2": ONE, "c99_w2": ONE})
    found = [fit.instrument.version for fit in detect_versions([late, late], versions)]
    assert found == ["1.1.0", "1.1.0"]
    older = replace(versions[1], version="0.9.0", items=versions[0].items[:-1])
    assert detect_versions([early], (*versions, older))[0].own_names == 3


def test_a_file_that_fits_several_goes_with_the_others(versions, table):
    either = table({"person_id": ["1"], "c1_w1": ONE, "c2_w1": ONE})
    late = table({"person_id": ["1"], "c1_w2": ONE, "c99_w2": ONE})
    stable = [replace(versions[0], status="stable"), replace(versions[1], status="draft")]
    assert [fit.instrument.version for fit in detect_versions([either, late], stable)] == ["1.1.0", "1.1.0"]
    assert [fit.instrument.version for fit in detect_versions([either], stable)] == [versions[0].version]


def test_a_whole_file_was_collected_with_the_version_that_asks_nothing_more(versions, table):
    names = [item.variable.replace("{wave}", "1") for item in versions[0].items]
    early = table({"person_id": ["1"], **dict.fromkeys(names, ONE)})
    late = table({"person_id": ["1"], **dict.fromkeys([*names, "c99_w1"], ONE)})
    assert [fit.instrument for fit in detect_versions([early, late], versions)] == list(versions)
    assert detect_instrument([early], versions).instrument == versions[0]
    assert detect_instrument([late], versions).instrument == versions[1]


def test_what_is_not_likely_is_not_loaded(versions, table):
    def refuse():
        raise AssertionError

    other = Candidate("other@1.0.0", frozenset({"x_w1", "y_w1"}), refuse)
    file = table({"person_id": ["1"], "c1_w1": ONE, "c2_w1": ONE, "h1_w1": ONE})
    assert detect_versions([file], [other, *versions])[0].instrument.id == versions[0].id


def test_study_files_stand_beside_exports(instrument, export, wide, tmp_path):
    imported = read_with_mapping([export(wide)], instrument)
    studies = [write_study(imported.waves, tmp_path / f"{name}.parquet") for name in "ab"]
    parts = read_by_version([*studies, export(wide)], instrument)
    assert [part.mapping is None for part in parts] == [False, True, True]
    assert [len(part.waves.answers) for part in parts] == [len(imported.waves.answers)] * 3
