"""Mapping files: what people can read and correct comes back as it was."""

import textwrap
from dataclasses import replace

import pytest

from mirabal_toolkit.core.missing import MissingReason
from mirabal_toolkit.errors import InputError
from mirabal_toolkit.readers.mapping import Ignored, Mapping, VariableMatch
from mirabal_toolkit.readers.mapping_file import (
    format_mapping,
    mapping_hash,
    parse_mapping,
    read_mapping,
    write_mapping,
)

FULL = Mapping(
    instrument="partner-safety@1.0.0",
    id_columns=("pid", "PID 2"),
    variables=(
        VariableMatch('no: "quotes" # é', "C1", 1, 1.0, "sure: yes", codes={1.0: 4.0, 2.5: 0.0, "N": 1.0, "7": 2.0}),
        VariableMatch(
            "b", "C2", 2, 0.4, "a guess", missing={9.0: MissingReason.REFUSED, -1.0: MissingReason.UNEXPLAINED}
        ),
        VariableMatch("c", "A_date", 2, 0.9, "", date_order="dmy", file=2),
        VariableMatch("site", "P1"),
    ),
    wave_column="time",
    wave_values={1.0: 1, "baseline": 2},
    file_waves=(1, None, 3),
    ignored=(Ignored("x", "no use: really"), Ignored("y")),
)


def test_everything_comes_back(tmp_path):
    path = write_mapping(FULL, tmp_path / "mapping.yaml")
    back = read_mapping(path)
    assert sorted(back.variables, key=lambda match: match.variable) == sorted(
        FULL.variables, key=lambda match: match.variable
    )
    assert replace(back, variables=()) == replace(FULL, variables=())
    assert not back.proposed


def test_doubtful_lines_come_first_and_comments_explain():
    text = format_mapping(FULL)
    renamed = text.index('variable: "c"')
    assert text.index("a guess") < text.index("not called as in the questionnaire") < renamed < text.index("sure: yes")
    assert text.startswith("# Which variable of your data is which question")
    assert "Please look at these" in text


def test_the_hash_is_of_what_a_mapping_does():
    told = replace(FULL, variables=tuple(replace(m, confidence=0.1, reason="other") for m in FULL.variables))
    assert mapping_hash(told) == mapping_hash(FULL)
    changed = replace(FULL, variables=(replace(FULL.variables[0], wave=2), *FULL.variables[1:]))
    assert mapping_hash(changed) != mapping_hash(FULL)


def test_a_hand_written_mapping_needs_little():
    mapping = parse_mapping(
        'instrument: "a@1"\nid: pid\nvariables:\n  - variable: q1\n    item: C1\n    codes: {"1": 4}\n', "m"
    )
    assert mapping.variables == (VariableMatch("q1", "C1", codes={1.0: 4.0}),)
    assert mapping.ignored == ()


def test_yaml_mistakes_name_the_line():
    with pytest.raises(InputError) as caught:
        parse_mapping(
            'instrument: "a@1"\nid: pid\nvariables:\n  - {variable: q1, item: C1\nignored: []\n', "my-mapping.yaml"
        )
    assert "my-mapping.yaml, line 5" in caught.value.problem.where


def test_all_mistakes_are_told_at_once_each_with_its_line():
    text = textwrap.dedent("""\
        id: [pid]
        colour: red
        file_waves: 3
        variables:
          - {variable: a, item: C1, wave: first}
          - {variable: b, wave: 1, codes: [1]}
          - {variable: c, item: C1, missing: {"9": gone}}
          - {variable: d, item: C1, confidence: 2, date_order: dym}
          - just text
          - {variable: e, item: C1, itme: C2}
        ignored: x
        """)
    with pytest.raises(InputError) as caught:
        parse_mapping(text, "m")
    told = {problem.where.removeprefix("m, line "): problem.what for problem in caught.value.problems}
    assert told["2"] == "there is no “colour” in a mapping"
    assert "[1, 2, 3]" in told["3"]
    assert "whole number" in told["5"]
    assert "dmy, mdy or ymd" in told["8"] or "between 0 and 1" in told["8"]
    assert "should give reasons" in told["7"]
    assert "should look like" in told["9"]
    assert "no “itme”" in told["10"]
    assert "should be a list" in told["11"]
    what = [problem.what for problem in caught.value.problems]
    assert "“instrument” is lacking" in what
    assert "“item” is lacking" in what
    assert len(what) == 12


def test_something_else_than_a_mapping():
    with pytest.raises(InputError, match="does not look like a mapping"):
        parse_mapping("- 1\n- 2\n", "m")


def test_a_mapping_file_that_is_not_there_or_cannot_be_written(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        read_mapping(tmp_path / "mapping.yaml")
    with pytest.raises(InputError, match="no such folder"):
        write_mapping(FULL, tmp_path / "nowhere" / "mapping.yaml")


def test_a_mapping_is_checked_against_the_instrument(instrument):
    mapping = Mapping(
        "partner-safety@1.0.0",
        (),
        (
            VariableMatch("a", "C1", 1),
            VariableMatch("b", "C1", 1),
            VariableMatch("a", "C2", 1),
            VariableMatch("c", "C99", 1),
            VariableMatch("d", "C1", 9),
        ),
        file_waves=(8,),
    )
    with pytest.raises(InputError) as caught:
        mapping.check_against(instrument)
    assert sorted(problem.what for problem in caught.value.problems) == [
        "a and b both claim C1 at wave 1",
        "a is given twice",
        "names no id",
        "there is no item “C99” in partner-safety@1.0.0",
        "there is no wave 8 in partner-safety@1.0.0",
        "there is no wave 9 in partner-safety@1.0.0",
    ]


def test_one_variable_may_differ_between_files(instrument):
    matches = (VariableMatch("a", "C1", file=1), VariableMatch("a", "C1", codes={1.0: 4.0}, file=2))
    Mapping("partner-safety@1.0.0", ("pid",), matches).check_against(instrument)


def test_words_that_python_takes_for_numbers_stay_words():
    mapping = parse_mapping(
        'instrument: "a@1"\nid: p\nvariables:\n  - {variable: q, item: C1, codes: {"inf": 1, "nan": 2}}\n', "m"
    )
    assert mapping.variables[0].codes == {"inf": 1.0, "nan": 2.0}


@pytest.mark.parametrize(
    "line",
    [
        "wave: true",
        'codes: {"1": true}',
        "variable: [x]",
        "missing: 9",
        "confidence: high",
    ],
)
def test_values_of_the_wrong_kind(line):
    text = f'instrument: "a@1"\nid: p\nvariables:\n  - item: C1\n    {line}\n'
    with pytest.raises(InputError) as caught:
        parse_mapping(text if "variable: [" in line else text + "    variable: q\n", "m")
    assert [problem.where for problem in caught.value.problems] == ["m, line 5"]


@pytest.mark.parametrize("line", [f'codes: {{"1": {"9" * 400}}}', f"wave: {'9' * 400}"])
def test_a_number_too_large_for_a_computer_is_refused(line):
    """Found by fuzzing."""
    with pytest.raises(InputError, match=r"too large to work with\n  where: m, line 5"):
        parse_mapping(f'instrument: "a@1"\nid: p\nvariables:\n  - item: C1\n    {line}\n    variable: q\n', "m")
