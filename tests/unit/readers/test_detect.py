"""Which instrument a file was collected with."""

from dataclasses import replace

import pytest

from mirabal_toolkit.core.candidates import Candidate
from mirabal_toolkit.errors import InputError
from mirabal_toolkit.readers.detect import detect_instrument

ONE = [1.0]


def without_roles(instrument):
    return replace(instrument.roles, interview_date=None, wave_outcome=None, wave_reasons={}, contact=None, site=None)


@pytest.fixture
def part(instrument):
    """A short instrument with three of the same items."""
    items = tuple(item for item in instrument.items if item.id in ("P1", "P2", "H2"))
    return replace(instrument, id="short-one", items=items, roles=without_roles(instrument))


@pytest.fixture
def other(instrument):
    """An instrument about something else."""
    items = tuple(
        replace(
            item,
            id=f"Z{number}",
            variable=f"z{number}_w{{wave}}",
            label={"en": f"Thing {number}"},
            text={},
            ask_if=None,
        )
        for number, item in enumerate(item for item in instrument.items if item.id in ("H1", "H2", "N1"))
    )
    return replace(instrument, id="another", items=items, roles=without_roles(instrument))


@pytest.fixture
def whole_file(instrument, table):
    names = [item.variable.replace("{wave}", "1") for item in instrument.items]
    return table({"person_id": ["1"], **dict.fromkeys(names, ONE)})


def test_the_whole_is_not_mistaken_for_its_part(instrument, part, whole_file):
    fit = detect_instrument([whole_file], [part, instrument])
    assert fit.instrument.id == instrument.id
    assert fit.items_found == 1.0


def test_the_part_is_not_mistaken_for_the_whole(instrument, part, table):
    short = table({"person_id": ["1"], "site": ONE, "age_start": ONE, "h2_w1": ONE})
    assert detect_instrument([short], [instrument, part]).instrument.id == "short-one"


def test_two_equally_likely_are_both_named(instrument, whole_file):
    twin = replace(instrument, id="twin")
    with pytest.raises(InputError, match="equally well") as caught:
        detect_instrument([whole_file], [instrument, twin])
    assert instrument.reference in str(caught.value)
    assert twin.reference in str(caught.value)
    assert "--instrument" in caught.value.problem.fix


def test_the_newest_of_two_versions_wins(instrument, whole_file):
    versions = [replace(instrument, version=version) for version in ("1.9.0", "1.10.0", "1.2.0")]
    assert detect_instrument([whole_file], versions).instrument.version == "1.10.0"


def test_none_fits(instrument, other, table):
    with pytest.raises(InputError, match="no instrument is recognised") as caught:
        detect_instrument([table({"person_id": ["1"], "price": ONE})], [instrument, other])
    assert "another" in caught.value.problem.fix


def test_files_of_two_waves_count_together(instrument, other, table):
    files = [table({"person_id": ["1"], f"c1_w{wave}": ONE, f"c2_w{wave}": ONE, f"h1_w{wave}": ONE}) for wave in (1, 2)]
    assert detect_instrument(files, [other, instrument]).instrument.id == instrument.id


def a_version(instrument, version, wanted):
    items = tuple(item for item in instrument.items if item.id in wanted)
    return replace(instrument, version=version, items=items, roles=without_roles(instrument))


def test_a_version_whose_names_are_met_less_often_is_not_even_read(instrument, whole_file):
    def never():
        raise AssertionError("read for nothing")

    older = replace(Candidate.of(a_version(instrument, "0.9.0", {"P1", "P2", "H1", "H2"})), load=never)
    assert detect_instrument([whole_file], [older, instrument]).instrument == instrument


def test_a_short_version_is_found_where_a_longer_one_knows_one_name_more(instrument, table):
    """Of the longer one too little is there."""
    more = [replace(instrument.item("H2"), id=f"Z{number}", variable=f"z{number}_w{{wave}}") for number in range(150)]
    longer = replace(instrument, version="9.0.0", items=(*instrument.items, *more))
    names = [item.variable.replace("{wave}", "1") for item in (*instrument.items, more[0])]
    file = table({"person_id": ["1"], **dict.fromkeys([*names, "mood", "tea", "tram"], ONE)})
    assert detect_instrument([file], [longer, instrument]).instrument == instrument
