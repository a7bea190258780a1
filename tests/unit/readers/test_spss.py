"""Traps of SPSS files, each with the rule that stands against it."""

import struct
from dataclasses import replace

import pytest

from mirabal_toolkit.errors import InputError
from mirabal_toolkit.readers import spss
from mirabal_toolkit.readers.child import run_child
from mirabal_toolkit.readers.limits import ReadLimits
from mirabal_toolkit.readers.options import ReadOptions
from mirabal_toolkit.readers.sniff import sniff
from mirabal_toolkit.readers.spss import read_spss
from mirabal_toolkit.readers.spss_header import declared_encoding, read_header

#: Where "7, 20" (encoding by name) and the code page of "7, 3" stand in a file written on this kind of machine.
BY_NAME, BY_PAGE = struct.pack("<iii", 7, 20, 1), struct.pack("<iiii", 7, 3, 4, 8)


def read(path, **how):
    (table,) = read_spss(sniff(path), ReadOptions(**how))
    return table


def undeclared(data: bytes) -> bytes:
    """Return the bytes of a file without any word about its encoding."""
    start = data.index(BY_NAME)
    length = struct.unpack_from("<i", data, start + 12)[0]
    data = data[:start] + data[start + 16 + length :]
    page = data.index(BY_PAGE) + 44
    return data[:page] + struct.pack("<i", 2) + data[page + 4 :]


@pytest.mark.parametrize("name", ["export.sav", "export.zsav"])
def test_everything_the_file_says_is_kept(export, name):
    path = export(
        {"id": ["001", "002 "], "c1": [1.0, 97.0], "size": [1.5, None]},
        name,
        column_labels=["Number", "Pushed", ""],
        variable_value_labels={"c1": {1: "Once", 97: "Does not apply", 98: "Don’t know"}},
        missing_ranges={"c1": [97, {"lo": 98, "hi": 99}], "id": ["002"]},
        variable_measure={"c1": "ordinal"},
        variable_format={"size": "F8.1"},
    )
    table = read(path)
    frame = table.frame.frame
    assert frame["id"].tolist() == ["001", "002"]
    assert frame["c1"].tolist() == [1.0, 97.0]
    assert frame["size"].isna().tolist() == [False, True]
    c1 = table.variable_by_name["c1"]
    assert (c1.label, c1.measure) == ("Pushed", "ordinal")
    assert c1.value_labels == {1.0: "Once", 97.0: "Does not apply", 98.0: "Don’t know"}
    assert sorted(c1.missing_ranges) == [(97.0, 97.0), (98.0, 99.0)]
    assert table.variable_by_name["id"].missing_texts == ("002",)
    assert table.variable_by_name["size"].print_format == "F8.1"
    assert (table.kind, table.encoding, len(table.sha256)) == (name.split(".")[1], "UTF-8", 64)
    assert (table.source.rows, table.source.columns) == (2, 3)


def test_durations_and_impossible_dates_arrive_as_they_stand(export):
    path = export(
        {"wait": [73 * 3600.0, -60.0], "day": [13_000_000_000.0, 6.3e12]},
        variable_format={"wait": "TIME8", "day": "EDATE10"},
    )
    frame = read(path).frame.frame
    assert frame["wait"].tolist() == [73 * 3600.0, -60.0]
    assert frame["day"].tolist() == [13_000_000_000.0, 6.3e12]


def test_a_file_with_fewer_rows_than_it_promises(export):
    path = export({"x": [1.0, 2.0, 3.0]})
    data = bytearray(path.read_bytes())
    struct.pack_into("<i", data, 80, 5)
    path.write_bytes(data)
    with pytest.raises(InputError, match="cut short"):
        read(path)


def test_a_file_that_does_not_know_its_number_of_rows(export):
    path = export({"x": [1.0, 2.0, 3.0]})
    data = bytearray(path.read_bytes())
    struct.pack_into("<i", data, 80, -1)
    path.write_bytes(data)
    assert read_header(path).rows is None
    assert len(read(path).frame) == 3


def test_a_header_that_promises_gigabytes_is_refused_before_reading(export):
    path = export({"x": [1.0]})
    data = bytearray(path.read_bytes())
    struct.pack_into("<i", data, 80, 2_000_000_000)
    path.write_bytes(data)
    with pytest.raises(InputError, match="unpacks to more than"):
        read(path)


def test_a_file_of_a_few_bytes(tmp_path):
    path = tmp_path / "tiny.sav"
    path.write_bytes(b"$FL2@(#)")
    with pytest.raises(InputError, match="header is not complete"):
        read(path)


def test_no_rows_is_a_table_without_rows(export):
    path = export({"x": [1.0]})
    data = bytearray(path.read_bytes())
    struct.pack_into("<i", data, 80, 0)
    path.write_bytes(data)
    assert len(read(path).frame) == 0


def test_undeclared_text_that_is_all_utf8_is_read(export):
    path = export({"id": ["é"]}, column_labels=["Numéro"])
    path.write_bytes(undeclared(path.read_bytes()))
    assert read_header(path).encoding is None
    assert read(path).variables[0].label == "Numéro"


def test_undeclared_text_that_is_not_utf8_is_asked_about_and_then_read(export):
    path = export({"id": ["é"]}, column_labels=["Numéro"])
    path.write_bytes(undeclared(path.read_bytes()).replace("é".encode(), b"\xe9 "))
    with pytest.raises(InputError, match="does not say in which encoding") as caught:
        read(path)
    assert "--encoding windows-1252" in caught.value.problem.fix
    table = read(path, encoding="windows-1252")
    assert table.variables[0].label == "Numé ro"
    assert table.frame.frame["id"].tolist() == ["é"]


def test_text_wrongly_declared_as_utf8_is_asked_about(export):
    path = export({"id": ["Zoé L"]})
    path.write_bytes(path.read_bytes().replace("é".encode(), b"\xe9 "))
    with pytest.raises(InputError, match="says that its text is UTF-8, but it is not"):
        read(path)


def test_text_wrongly_declared_but_all_utf8_is_read_with_a_warning(export):
    path = export({"id": ["é"]})
    path.write_bytes(
        path.read_bytes().replace(BY_NAME + struct.pack("<i", 5) + b"UTF-8", BY_NAME + struct.pack("<i", 5) + b"ASCII")
    )
    table = read(path)
    assert table.frame.frame["id"].tolist() == ["é"]
    assert [finding.code for finding in table.warnings] == ["encoding"]


def test_a_wrong_encoding_given_by_the_user(export):
    path = export({"id": ["é"]})
    with pytest.raises(InputError, match="text that is not ascii"):
        read(path, encoding="ascii")
    with pytest.raises(InputError, match="none of that name"):
        read(path, encoding="klingon")


def test_the_declared_encoding_by_code_page():
    head = BY_PAGE + struct.pack("<8i", 1, 2, 3, 4, 5, 6, 2, 1250)
    assert declared_encoding(head, "<") == "code page 1250"
    assert declared_encoding(head[:-4] + struct.pack("<i", 2), "<") is None
    assert declared_encoding(b"", "<") is None


def test_spoilt_letters_and_shared_labels_are_said(export):
    path = export(
        {"x": [1.0], "y": [1.0]},
        column_labels=["PeÃ±a", "fine"],
        variable_value_labels={"y": {1: "Yes", 2: "Yes"}},
    )
    assert [finding.code for finding in read(path).warnings] == ["spoilt_letters", "shared_label"]


def test_limits_of_size_hold(export):
    with pytest.raises(InputError, match="variables; at most"):
        read(export({"a": [1.0], "b": [1.0]}), limits=ReadLimits(columns=1))


@pytest.mark.parametrize(
    "harm",
    [
        {"column_names": [None]},
        {"column_names": [" "]},
        {"column_labels": []},
        {"missing_ranges": {"x": [{"lo": 1.0}]}},
        {"value_labels": {"x": [[1.0]]}},
        {"readstat_variable_types": None},
    ],
    ids=lambda harm: next(iter(harm)),
)
def test_descriptions_that_make_no_sense_are_damage(export, monkeypatch, harm):
    path = export({"x": [1.0]})

    def harmed(request, *how):
        answer = run_child(request, *how)
        return replace(answer, meta={**answer.meta, **harm})

    monkeypatch.setattr(spss, "run_child", harmed)
    with pytest.raises(InputError, match="damaged"):
        read(path)


def test_multiple_response_sets_that_name_unknown_variables_are_said(export, monkeypatch):
    path = export({"x": [1.0]})

    def with_sets(request, *how):
        answer = run_child(request, *how)
        return replace(answer, meta={**answer.meta, "mr_sets": {"$a": ["x"], "$b": ["x", "gone"]}})

    monkeypatch.setattr(spss, "run_child", with_sets)
    table = read(path)
    assert [(finding.code, finding.count) for finding in table.warnings] == [("multiple_response", 1)]
    assert table.multiple == {"$a": ("x",), "$b": ("x", "gone")}
