"""The library as a whole: complete, apart from one another, without words that are not ours, scored as published."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from mirabal_toolkit.bundled import bundled_folder
from mirabal_toolkit.cli.instruments import app
from mirabal_toolkit.core.instrument import Instrument, ScoringExample
from mirabal_toolkit.instruments.catalogue import bundled_instruments
from mirabal_toolkit.instruments.loading import bundled_versions, load_instrument
from mirabal_toolkit.safe_yaml import parse_yaml
from mirabal_toolkit.scoring import example_scores

LIBRARY = {instrument.id: instrument for instrument in bundled_instruments()}
SCORING_ONLY = ("abi-r", "cas", "casr-sf", "movers")
ABOUT_VIOLENCE = (
    "partner-safety",
    "partner-safety-short",
    "client-account",
    "comparison-site",
    "help-seeking",
    "child-parent",
)
IN_FOUR_LANGUAGES = ("partner-safety-short", "help-seeking", "wellbeing")


def test_the_library_is_complete() -> None:
    assert set(LIBRARY) >= {
        *SCORING_ONLY, *ABOUT_VIOLENCE, "case-record", "training-feedback", "wellbeing",
    }  # fmt: skip
    assert bundled_versions("partner-safety") == ("1.0.0", "1.1.0")
    assert LIBRARY["partner-safety"].version == "1.0.0"


@pytest.mark.parametrize("name", LIBRARY)
def test_every_outcome_has_a_worked_example_that_gives_a_score(name: str) -> None:
    instrument = LIBRARY[name]
    worked = {score for test in instrument.tests for score, value in test.expected.items() if value is not None}
    headline = {f"{outcome.id}.{outcome.estimands[0]}" for outcome in instrument.outcomes}
    assert headline <= worked
    assert all(found.agrees for found in example_scores(instrument))


@pytest.mark.parametrize("name", LIBRARY)
def test_some_example_leaves_a_score_out(name: str) -> None:
    assert any(value is None for test in LIBRARY[name].tests for value in test.expected.values())


def test_no_two_questionnaires_share_a_variable() -> None:
    """Data of one are never taken for data of another; the two versions of one share theirs, of course."""
    owner: dict[str, str] = {}
    for name, instrument in LIBRARY.items():
        for item in instrument.items:
            assert owner.setdefault(item.variable.lower(), name) == name, item.variable


def test_the_short_form_asks_what_the_long_form_asks() -> None:
    short, long = LIBRARY["partner-safety-short"], load_instrument("partner-safety@1.0.0")
    twelve = ["C1", "C3", "C4", "C8", "D2", "E2", "E4", "F1", "F2", "G2", "H1", "K1"]
    assert [item.id for item in short.items if item.block in "CG"] == twelve
    for name in (*twelve, "B2", "K0", "N3", "N4"):
        mine, theirs = short.item(name), long.item(name)
        assert (mine.response_set, mine.severe) == (theirs.response_set, theirs.severe), name
        assert [option.code for option in short.options(name)] == [option.code for option in long.options(name)]
        if name not in ("G2", "K1"):  # their block says the time and the answers in the long form
            assert mine.text["en"] == theirs.text["en"]
            assert (mine.ask_if and mine.ask_if.source) == (theirs.ask_if and theirs.ask_if.source)


def test_the_comparison_site_asks_the_same_except_about_a_programme() -> None:
    theirs, ours = LIBRARY["comparison-site"], load_instrument("partner-safety@1.0.0")
    names = {item.id.removeprefix("CS_"): item for item in theirs.items}
    assert {item.id for item in ours.items} - set(names) == {"J5", "K6"}
    for name, item in names.items():
        same = ours.item(name)
        assert item.variable == (f"cs_{same.variable}"), name
        if name not in ("B4", "B5"):  # about the programme, and support from its workers
            assert (dict(item.text), item.response_set) == (dict(same.text), same.response_set), name
    shared = {outcome.id for outcome in theirs.outcomes} & {outcome.id for outcome in ours.outcomes}
    assert {outcome.id for outcome in ours.outcomes} - shared == {"accountability_score"}


@pytest.mark.parametrize("name", ABOUT_VIOLENCE)
def test_questions_about_violence_begin_with_a_safety_gate(name: str) -> None:
    instrument = LIBRARY[name]
    assert instrument.gate is not None
    assert instrument.rights.class_ == "own"
    assert instrument.rights.licence == "CC-BY-4.0"
    assert instrument.validation.startswith("none:")


@pytest.mark.parametrize("name", IN_FOUR_LANGUAGES)
def test_translations_are_drafts_and_complete(name: str) -> None:
    instrument = LIBRARY[name]
    status = {language.code: language.status for language in instrument.languages}
    assert status == {"en": "original", "ro": "draft", "it": "draft", "el": "draft"}
    by_others = {block.id for block in instrument.blocks if block.attribution}
    for item in instrument.items:
        assert set(item.text) == ({"en"} if item.block in by_others else set(status)), item.id
    greek = re.compile("[\u0370-\u03ff]")
    for item in instrument.items:
        for code, words in item.text.items():
            assert bool(greek.search(words)) == (code == "el"), (item.id, code)


def test_romanian_is_written_with_commas_below_not_cedillas() -> None:
    for name in IN_FOUR_LANGUAGES:
        text = (bundled_folder("instruments") / name / "1.0.0.yaml").read_text(encoding="utf-8")
        assert not set("şţŞŢ") & set(text)


@pytest.mark.parametrize("name", SCORING_ONLY)
def test_scoring_only_files_hold_no_wording(name: str) -> None:
    """Looked up in the file as it is written: only numbered labels, and no key that could hold a question."""
    file = bundled_folder("instruments") / name / "1.0.0.yaml"
    raw = parse_yaml(file.read_bytes(), file.name).value
    assert raw["rights"]["class"] == "scoring_only"
    assert raw["rights"]["wording_redistributable"] is False
    assert raw["rights"]["link"].startswith("https://")
    assert re.search(r"\(\d{4}\)", raw["citation"])
    for block in raw["blocks"]:
        assert set(block) <= {"id", "title", "defaults", "items"}
        for item in block["items"]:
            assert set(item) == {"id", "label"}
            assert re.fullmatch(r"(?:[A-Z][a-z]+(?: [a-z]+){0,2}, i|I)tem \d{1,2}", item["label"]["en"])
    assert [response_set["options"] for response_set in raw["response_sets"].values()] == [[]]


def scored(instrument: Instrument, answers: dict[str, Any], score: str) -> float | None:
    example = ScoringExample("one", answers, {score: None})
    (found,) = example_scores(replace(instrument, tests=(example,)))
    return found.computed


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("n_answered", [15, 12, 11, 10, 3])
def test_casr_sf_is_mean_times_15_from_eleven_answers_on(seed: int, n_answered: int) -> None:
    draw = np.random.default_rng(seed)
    values = draw.integers(0, 6, 15)
    answered = set(draw.permutation(15)[:n_answered].tolist())
    answers = {f"CASR{n + 1}": int(values[n]) if n in answered else "refused" for n in range(15)}
    total = scored(LIBRARY["casr-sf"], answers, "casr_sf_total.as_reported")
    if n_answered < 11:
        assert total is None
    else:
        assert total == pytest.approx(sum(int(values[n]) for n in answered) / n_answered * 15)


@pytest.mark.parametrize("seed", range(4))
def test_cas_is_a_sum_by_part(seed: int) -> None:
    instrument = LIBRARY["cas"]
    values = np.random.default_rng(seed).integers(0, 6, 30)
    answers = {item.id: int(value) for item, value in zip(instrument.items, values, strict=True)}
    assert scored(instrument, answers, "cas_total.as_reported") == pytest.approx(values.sum())
    edges = {"cas_sca_sum": (0, 8), "cas_ea_sum": (8, 19), "cas_pa_sum": (19, 26), "cas_ha_sum": (26, 30)}
    for score, (first, last) in edges.items():
        assert scored(instrument, answers, f"{score}.as_reported") == pytest.approx(values[first:last].sum())


@pytest.mark.parametrize("seed", range(4))
def test_movers_and_abi_r_are_means_of_their_items(seed: int) -> None:
    draw = np.random.default_rng(seed)
    movers, values = LIBRARY["movers"], draw.integers(1, 6, 13)
    answers = {f"MOVERS{n + 1}": int(values[n]) for n in range(13)}
    for score, items in (("tools", (1, 3, 5, 7, 9, 11)), ("support", (4, 8, 12, 13)), ("tradeoffs", (2, 6, 10))):
        mean = np.mean([values[n - 1] for n in items])
        assert scored(movers, answers, f"movers_{score}_mean.as_reported") == pytest.approx(mean)
    abi_r, values = LIBRARY["abi-r"], draw.integers(1, 6, 25)
    answers = {item.id: int(value) for item, value in zip(abi_r.items, values, strict=True)}
    parts = {"psychological": values[:13], "physical": values[13:22], "sexual": values[22:]}
    for name, part in parts.items():
        assert scored(abi_r, answers, f"abir_{name}_mean.as_reported") == pytest.approx(part.mean())
    assert scored(abi_r, answers, "abir_mean.as_reported") == pytest.approx(values.mean())


@pytest.mark.parametrize("seed", range(4))
def test_phq_4_is_a_sum_with_its_cut_offs(seed: int) -> None:
    values = np.random.default_rng(seed).integers(0, 4, 4)
    answers = {f"WB_Q{n + 1}": int(values[n]) for n in range(4)}
    wellbeing = LIBRARY["wellbeing"]
    assert scored(wellbeing, answers, "phq4_total.as_reported") == pytest.approx(values.sum())
    assert scored(wellbeing, answers, "phq4_moderate.as_reported") == float(values.sum() >= 6)
    assert scored(wellbeing, answers, "anxiety_likely.as_reported") == float(values[:2].sum() >= 3)
    assert scored(wellbeing, answers, "depression_likely.as_reported") == float(values[2:].sum() >= 3)


def test_the_list_fits_80_columns_and_names_all() -> None:
    told = CliRunner().invoke(app, ["list"], catch_exceptions=False).stdout
    assert max(len(line) for line in told.splitlines()) <= 80
    for name, instrument in LIBRARY.items():
        assert re.search(rf"^{name} +{re.escape(instrument.version)} ", told, re.MULTILINE), name
        assert instrument.title["en"] in told


@pytest.mark.parametrize("name", LIBRARY)
def test_each_can_be_shown_within_80_columns(name: str) -> None:
    told = CliRunner().invoke(app, ["show", name], catch_exceptions=False).stdout
    assert max(len(line) for line in told.splitlines()) <= 80
    assert all(item.id in told for item in LIBRARY[name].items)
