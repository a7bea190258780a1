"""SPSS syntax and Stata do-files give the scores of the toolkit; PSPP itself gave the golden ones."""

import numpy as np
import pandas as pd
import pytest

import mirabal_toolkit as mt
from mirabal_toolkit.core.instrument import Instrument
from mirabal_toolkit.instruments.exports.scoring_steps import estimand_words
from mirabal_toolkit.instruments.exports.spss import spss
from mirabal_toolkit.instruments.exports.stata import stata
from mirabal_toolkit.instruments.exports.variables import score_variables
from mirabal_toolkit.instruments.loading import load_instrument
from mirabal_toolkit.synthetic import simulate
from mirabal_toolkit.synthetic.export import wide_export, write_wide

PROGRAMS = {"spss": spss, "stata": stata}
LIBRARY = (
    *("child-parent", "partner-safety-short", "wellbeing", "casr-sf", "abi-r", "movers", "cas", "training-feedback"),
    *(pytest.param(name, marks=pytest.mark.slow) for name in ("client-account", "comparison-site", "help-seeking")),
)


def scored_by_us(instrument, path):
    """Person × variable, as the exported scripts name them, from the same file."""
    scores = mt.score(mt.clean(mt.read(path, instrument=instrument))).scores.frame
    columns = {
        one.name: scores[f"{one.outcome}.{one.estimand}"].xs(one.wave, level="wave")
        for one in score_variables(instrument)
        if one.wave in scores.index.get_level_values("wave")
    }
    return pd.DataFrame(columns)


def by_script(program, instrument, wide, interpreters):
    numbers = wide.select_dtypes("number").astype(float)
    return pd.DataFrame(interpreters[program](PROGRAMS[program](instrument, "en").decode(), numbers), index=wide.index)


@pytest.fixture(scope="module")
def golden(golden_values):
    answers = pd.read_csv(golden_values / "pspp_answers.csv", dtype={"person_id": str}).set_index("person_id")
    return answers, pd.read_csv(golden_values / "pspp_scores.csv", dtype={"person_id": str}).set_index("person_id")


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_scripts_give_what_pspp_gave(program, golden, partner, interpreters):
    answers, expected = golden
    wide = answers.copy()
    for name in ("first_contact", *(f"a_date_w{wave}" for wave in range(1, 6))):
        wide[name] = np.nan
    found = by_script(program, partner, wide, interpreters)
    assert list(expected.columns) == [one.name for one in score_variables(partner)]
    pd.testing.assert_frame_equal(found[list(expected.columns)], expected, check_dtype=False, rtol=1e-8)
    assert expected.notna().to_numpy().sum() > 5_000


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("name", LIBRARY)
def test_the_scripts_give_the_scores_of_the_toolkit(program, name, interpreters, tmp_path):
    instrument = load_instrument(name)
    export = wide_export(simulate(instrument, people=40, seed=3))
    write_wide(export, tmp_path / "answers.sav")
    wide = export.frame.set_index("person_id")
    ours = scored_by_us(instrument, tmp_path / "answers.sav")
    found = by_script(program, instrument, wide, interpreters).reindex(ours.index)
    assert set(found.columns) == set(ours.columns)
    pd.testing.assert_frame_equal(found[ours.columns], ours, check_dtype=False, check_names=False, rtol=1e-8)
    assert ours.notna().any(axis=None) == bool(instrument.outcomes)


@pytest.mark.parametrize("program", PROGRAMS)
def test_codes_that_routing_decides(program, traps, interpreters):
    """Answers and codes one by one: harm is never lost, “no contact” counts as never, waves are kept apart."""
    rows = pd.DataFrame({
        #        no harm, once → asked, routed + harm, code 98, code 97, refused, nothing
        "q1_w1": [0.0, 1.0, 0.0, 0.0, 97.0, 99.0, np.nan],
        "q2_w1": [np.nan, 1.0, 1.0, 98.0, np.nan, 0.0, np.nan],
    })  # fmt: skip
    for name in ("q_3_w1", "q4_w1", "q1_w2", "q2_w2", "q_3_w2", "q4_w2", "q5_w2", "born"):
        rows[name] = np.nan
    found = by_script(program, traps, rows, interpreters)
    # Q2 is asked only after “once”: without it there was no contact, and Q2 counts as never.
    assert found["harm_any_e_w1"].tolist()[:5] == [0, 1, 1, 0, pytest.approx(np.nan, nan_ok=True)]
    assert found["harm_any_c_w1"].isna().tolist()[:4] == [True, False, False, True]
    assert found[["harm_any_e_w2", "harm_any_c_w2"]].isna().all(axis=None)


def test_texts_cannot_leave_their_quotes(traps):
    syntax, script = spss(traps, "en").decode(), stata(traps, "en").decode()
    assert "0 '=Never | ever'" in syntax
    assert "1 'Once, ''or'' \"so\"'" in syntax
    assert "'any ''harm''. (wave 1, experienced)'" in syntax
    assert all(line.count("`") == line.count("\"'") for line in script.splitlines() if line.startswith("label"))
    assert "$x" not in script


def test_a_variable_with_many_missing_codes_gets_a_range(partner):
    from dataclasses import replace

    more = [replace(option, code=90 + place, name=f"m{place}", kind="refused") for place, option in
            enumerate(partner.response_sets[0].valid[:2])]  # fmt: skip
    sets = (
        replace(partner.response_sets[0], options=(*partner.response_sets[0].options, *more)),
        *partner.response_sets[1:],
    )
    syntax = spss(replace(partner, response_sets=sets), "en").decode()
    assert "(90 THRU 99)" in syntax
    assert "(97, 98, 99)" in syntax


def test_names_are_short_enough_and_different(partner):
    names = [one.name for one in score_variables(partner)]
    assert max(map(len, names)) <= 32
    assert len({name.lower() for name in names}) == len(names)
    taken = {item.variable.replace("{wave}", str(wave)) for item in partner.items for wave in range(1, 6)}
    assert not taken & set(names)


def test_every_estimand_is_explained(partner):
    assert isinstance(partner, Instrument)
    head = spss(partner, "en").decode()[:900]
    for estimand in ("experienced", "while_in_contact", "as_reported"):
        assert estimand_words(estimand) in head
