"""Bad files end in a result or in one clean error that names the place and no answer of anybody."""

import random
import shutil
import struct
from dataclasses import replace

import pandas as pd
import pyreadstat
import pytest

from mirabal_toolkit.bundled import bundled_folder
from mirabal_toolkit.errors import InputError
from mirabal_toolkit.instruments.loading import load_instrument
from mirabal_toolkit.readers import ReadOptions, read
from mirabal_toolkit.readers.limits import ReadLimits

#: Stands in every cell that could be printed; no message may hold it.
CANARY = "Jane Doe 07700 900123"
SECRET_NUMBER = 8_675_309.0


@pytest.fixture(scope="module")
def instrument():
    return load_instrument("partner-safety")


@pytest.fixture(scope="module")
def example():
    return (bundled_folder("examples") / "five-waves.sav").read_bytes()


@pytest.fixture
def file(tmp_path):
    def write(data, name="waves.sav"):
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return write


@pytest.fixture
def made(tmp_path):
    """Write columns as an SPSS file."""

    def write(columns, name="waves.sav", **how):
        path = tmp_path / name
        pyreadstat.write_sav(pd.DataFrame(columns), path, **how)
        return path

    return write


def refusal(paths, instrument, **how):
    """Return the text of the clean error, and check that it is one."""
    paths = paths if isinstance(paths, list) else [paths]
    with pytest.raises(InputError) as caught:
        read(paths, instrument, **how)
    text = str(caught.value)
    assert caught.value.exit_code == 5
    assert CANARY not in text
    assert "8675309" not in text.replace(",", "")
    assert "Traceback" not in text
    return text


def test_a_missing_file(instrument, tmp_path):
    assert "no such file" in refusal(tmp_path / "nowhere.sav", instrument)


def test_a_folder(instrument, tmp_path):
    assert "folder" in refusal(tmp_path, instrument)


def test_an_empty_file(instrument, file):
    assert "empty" in refusal(file(b""), instrument)


def test_a_text_file_named_sav(instrument, file):
    text = refusal(file(f"id;c1_w1\n1;{CANARY}\n".encode()), instrument)
    assert "named .sav, but it is a text file" in text


@pytest.mark.parametrize("tenths", range(1, 10))
def test_an_export_cut_off_at_every_tenth(instrument, file, example, tenths):
    assert "cut short" in refusal(file(example[: len(example) * tenths // 10]), instrument)


def test_an_export_without_its_last_byte(instrument, file, example):
    assert "cut short" in refusal(file(example[:-1]), instrument)


@pytest.mark.parametrize("tenths", range(1, 10))
def test_a_compressed_export_cut_off_at_every_tenth(instrument, made, tenths):
    path = made({"person_id": [CANARY] * 50, "c1_w1": [1.0] * 50}, "waves.zsav", compress=True)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * tenths // 10])
    refusal(path, instrument)


def mutated(data, chance):
    """Return the bytes with a few changed, most of them where the variables are described."""
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 4, 16))):
        place = (
            chance.randrange(4, len(changed)) if chance.random() < 0.3 else chance.randrange(4, min(len(changed), 4000))
        )
        changed[place] = chance.choice((0, 1, 0x7F, 0x80, 0xFF, chance.randrange(256)))
    return bytes(changed)


def small_export(tmp_path, name):
    path = tmp_path / name
    pyreadstat.write_sav(
        pd.DataFrame({"person_id": [CANARY, "2"], "c1_w1": [1.0, 97.0], "a_date_w1": [13_166_064_000.0, None]}),
        path,
        compress=name.endswith(".zsav"),
        row_compress=name.startswith("rows"),
        column_labels=["Number", "Pushed her", "Date"],
        variable_value_labels={"c1_w1": {0: "Never", 1: "Once", 97: "Does not apply"}},
        missing_ranges={"c1_w1": [97, {"lo": 98, "hi": 99}]},
        variable_format={"a_date_w1": "DATE11"},
    )
    return path.read_bytes()


def outcome(path, instrument, limits):
    """Return the findings of reading, or the text of the clean error; anything else fails the test."""
    try:
        return read([path], instrument, options=ReadOptions(limits=limits)).findings
    except InputError as error:
        return str(error)


def survive(mutations, instrument, tmp_path, seed):
    """Read mutated files; return how many gave rows and how many a clean error."""
    chance = random.Random(seed)  # noqa: S311  (a test that can be repeated)
    sources = [small_export(tmp_path, name) for name in ("plain.sav", "rows.sav", "packed.zsav")]
    limits = ReadLimits(seconds=10, memory_bytes=1_000_000_000)
    readable = refused = 0
    for _ in range(mutations):
        path = tmp_path / "mutated.sav"
        path.write_bytes(mutated(chance.choice(sources), chance))
        told = outcome(path, instrument, limits)
        assert CANARY not in str(told)
        refused += isinstance(told, str)
        readable += isinstance(told, tuple)
    return readable, refused


def test_fifteen_mutated_files_end_in_rows_or_a_clean_error(instrument, tmp_path):
    readable, refused = survive(15, instrument, tmp_path, seed=20240229)
    assert readable + refused == 15
    assert readable
    assert refused


@pytest.mark.slow
def test_five_hundred_mutated_files_end_in_rows_or_a_clean_error(instrument, tmp_path):
    readable, refused = survive(500, instrument, tmp_path, seed=7)
    assert readable + refused == 500


def test_no_recognisable_id(instrument, made):
    text = refusal(made({"nobody": [CANARY], "c1_w1": [1.0]}), instrument)
    assert "person_id" in text
    assert "mapping" in text


def test_numeric_ids_that_are_too_long(instrument, made):
    text = refusal(made({"person_id": [SECRET_NUMBER * 1e12], "c1_w1": [1.0]}), instrument)
    assert "15 digits" in text


def test_two_instruments_equally_likely(instrument, made):
    names = {item.variable.replace("{wave}", "1"): [1.0] for item in instrument.items if item.type == "choice"}
    text = refusal(made({"person_id": ["1"], **names}), [instrument, replace(instrument, id="partner-safety-copy")])
    assert "partner-safety@1.0.0" in text
    assert "partner-safety-copy@1.0.0" in text
    assert "--instrument" in text


def test_no_instrument_fits(instrument, made):
    path = made({"person_id": ["1"], "price": [SECRET_NUMBER]})
    assert "no instrument is recognised" in refusal(path, [instrument, replace(instrument, id="other")])


def test_ids_that_differ_only_by_spaces_or_case_stay_apart_for_cleaning(instrument, made):
    path = made({"person_id": ["ab1", " ab1", "AB1"], "c1_w1": [1.0, 2.0, 3.0]})
    assert read([path], instrument).answers.frame["person_id"].tolist() == ["ab1", " ab1", "AB1"]


def test_a_wave_with_no_rows_one_wave_only_and_nothing_answered(instrument, made):
    path = made({"person_id": ["1", "2"], "c1_w1": [1.0, 2.0], "c1_w2": [None, None], "c2_w1": [None, None]})
    found = {finding.code for finding in read([path], instrument).findings}
    assert {"wave_without_rows", "one_wave", "item_all_missing"} <= found


def test_a_mapping_with_a_syntax_error_names_the_line(instrument, made, tmp_path):
    path = made({"person_id": ["1"], "c1_w1": [1.0]})
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text(
        f'instrument: "partner-safety@1.0.0"\nid: person_id\nvariables:\n  - {{variable: "{CANARY}\n', encoding="utf-8"
    )
    text = refusal(path, instrument, mapping=mapping)
    assert "mapping.yaml, line" in text


def test_two_files_that_claim_the_same_wave(instrument, made, tmp_path):
    first = made({"person_id": [CANARY], "c1_w1": [1.0]})
    second = shutil.copy(first, tmp_path / "again.sav")
    assert "two files claim wave 1" in refusal([first, second], instrument)


def test_text_where_numbers_belong_is_counted_and_never_shown(instrument, made):
    waves = read([made({"person_id": ["1"], "c1_w1": [CANARY]})], instrument)
    assert "not_a_number" in {finding.code for finding in waves.findings}
    assert CANARY not in str(waves.findings)


def test_impossible_dates_do_not_make_a_file_unreadable(instrument, made):
    path = made(
        {"person_id": ["1", "2"], "a_date_w1": [6.3e12, 13_166_064_000.0], "c1_w1": [1.0, 1.0]},
        variable_format={"a_date_w1": "DATE11"},
    )
    waves = read([path], instrument)
    assert waves.reasons.frame["A_date"].tolist()[0] == "unexplained"
    assert waves.answers.frame["A_date"].tolist()[1] == pd.Timestamp("2000-01-01")


def test_a_header_that_asks_for_gigabytes(instrument, file, example):
    data = bytearray(example)
    struct.pack_into("<i", data, 80, 2_000_000_000)
    assert "unpacks to more than" in refusal(file(bytes(data)), instrument)


def test_thousands_of_variables(instrument, made):
    path = made({"person_id": ["1"], "c1_w1": [1.0], **{f"v{number}": [1.0] for number in range(5_000)}})
    assert "at most 5,000" in refusal(path, instrument)


def test_labels_of_thirty_thousand_characters_and_foreign_scripts(instrument, made):
    path = made(
        {"person_id": ["ΑΒ-1 🙂", "عمر"], "c1_w1": [1.0, 2.0]}, column_labels=["né" * 10_000, "Pushed her 🙂 " * 2_000]
    )
    assert read([path], instrument).answers.frame["person_id"].tolist() == ["ΑΒ-1 🙂", "عمر"]
