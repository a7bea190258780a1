"""Links: near-miss ids are proposed with what speaks for them, decided by people, and only then merged."""

from __future__ import annotations

import stat

import pytest

from mirabal_toolkit.cleaning import Link, clean, propose_links, read_links, reopen, write_links
from mirabal_toolkit.cleaning.links import format_links, parse_links
from mirabal_toolkit.cleaning.slips import slips_between
from mirabal_toolkit.errors import InputError


def people(cleaned) -> list[str]:
    return sorted(cleaned.answers.frame.index.get_level_values("person_id").unique())


@pytest.fixture
def typo(rows, interview):
    """One woman whose id was mistyped at wave 2, among others."""
    return rows(
        interview("AB12", 1, P2=41, C1=2),
        interview("AB21", 2, P2=41, C1=1),
        interview("XY90", 1, P2=30),
        interview("XY90", 2, P2=30),
    )


@pytest.mark.parametrize(
    ("one", "other", "slips"),
    [
        ("AB12", "AB12", 0),
        ("AB12", "AB21", 1),
        ("AB12", "AB1", 1),
        ("AB12", "AB112", 1),
        ("0012", "12", 1),
        ("Al-7", "A17", 1),
        ("AB12", "A12B", 2),
        ("AB12", "CD12", 2),
        ("AB12", "BA21", 2),
        ("AB12", "ZZZ9", 3),
        ("A", "ABCDE", 3),
    ],
)
def test_slips(one, other, slips):
    assert slips_between(one, other) == slips_between(other, one) == slips


def test_a_slip_is_proposed_and_nothing_is_merged(typo, found):
    assert propose_links(typo) == (Link("AB21", "AB12", 1, ("P1", "P2")),)
    cleaned = clean(typo)
    assert people(cleaned) == ["AB12", "AB21", "XY90"]
    assert found(cleaned)["similar_ids"] == 1
    assert "ids_merged" not in found(cleaned)


def test_a_confirmed_link_merges_and_is_counted(typo, found, cell):
    cleaned = clean(typo, links=[Link("AB21", "AB12", same="yes")])
    assert people(cleaned) == ["AB12", "XY90"]
    assert cell(cleaned, "C1", "AB12", 2) == (1.0, None)
    assert found(cleaned)["ids_merged"] == 1
    assert "similar_ids" not in found(cleaned)
    step = next(one for one in cleaned.trail.steps if one.step == "merge_linked_ids")
    assert (step.unit, step.before, step.after, step.changed) == ("people", 3, 2, 1)
    again = clean(reopen(cleaned), links=[Link("AB21", "AB12", same="yes")])
    assert not [one for one in again.trail.steps if one.changed]


def test_a_link_said_to_be_wrong_is_not_asked_again(typo, found):
    said = [Link("AB21", "AB12", same="no")]
    assert "similar_ids" not in found(clean(typo, links=said))
    assert propose_links(typo, links=said) == tuple(said)


def test_links_follow_one_another(rows, interview):
    data = rows(interview("A1", 1), interview("A2", 2), interview("A3", 3))
    links = [Link("A3", "A2", same="yes"), Link("A2", "A1", same="yes")]
    assert people(clean(data, links=links)) == people(clean(data, links=links[::-1])) == ["A1"]


def test_a_link_between_two_who_answered_at_one_wave_is_refused(rows, interview, found):
    data = rows(interview("A1", 1), interview("A2", 1), interview("A2", 2))
    cleaned = clean(data, links=[Link("A2", "A1", same="yes")])
    assert people(cleaned) == ["A1", "A2"]
    assert found(cleaned)["linked_ids_in_conflict"] == 1


def test_two_slips_need_two_things_that_agree(rows, interview):
    def proposed(**late) -> bool:
        started = [interview("AB12", 1, P1=1, P2=41), interview("QQ77", 1, P1=2, P2=60)]
        return bool(propose_links(rows(*started, interview("QQ77", 2), interview("BA21", 2, **late))))

    assert proposed(P1=1, P2=41)
    assert proposed(P1=1, P2=42), "a birthday between the interviews"
    assert not proposed(P1=None, P2=41)
    assert not proposed(P1=2, P2=41)
    assert not proposed(P1=1, P2=44)


def test_a_links_file_comes_back_as_it_was(tmp_path):
    links = (Link('Zoë "7"', "0012", 2, ("P1",), "yes"), Link("b", "c", 1, (), "no"), Link("d", "e"))
    path = write_links(links, tmp_path / "study.links.yaml")
    assert read_links(path) == links
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["study.links.yaml"]
    assert parse_links(format_links(()), "empty") == ()


@pytest.mark.parametrize(
    ("text", "said", "line"),
    [
        ("links:\n  - {late: 'A1', other: 'A2', same: perhaps}", "“same” should be yes, no or ?", 2),
        ("links:\n  - {late: 12, other: 'A2'}", "“late” should be an id in quotes", 2),
        ("links:\n  - {late: 'A1', other: 'A2', sme: yes}", "there is no “sme” in a link", 2),
        ("links:\n  - {late: 'A1', other: 'A2'}\n  - AAA", "not a link", 3),
    ],
)
def test_a_wrong_links_file_is_told_by_line_and_without_ids(text, said, line):
    with pytest.raises(InputError) as caught:
        parse_links(text, "links.yaml")
    told = str(caught.value)
    assert said in told
    assert f"line {line}" in told
    assert "A1" not in told
    assert "AAA" not in told


def test_what_is_no_links_file_is_refused(tmp_path):
    with pytest.raises(InputError, match="not a links file"):
        parse_links("instrument: a", "mapping.yaml")
    with pytest.raises(InputError, match="cannot be read"):
        read_links(tmp_path / "none.yaml")
