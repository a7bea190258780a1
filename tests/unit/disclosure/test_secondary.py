"""What is withheld, the equations behind it, and what earlier releases forbid."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import mirabal_toolkit as mt
from mirabal_toolkit.core.frames import SealedFrame
from mirabal_toolkit.core.plan import PlannedOutcome
from mirabal_toolkit.core.results import PastRelease
from mirabal_toolkit.disclosure.attack import ends_of, islands
from mirabal_toolkit.disclosure.ledger import Ledger, open_ledger
from mirabal_toolkit.disclosure.profiles import PROFILES
from mirabal_toolkit.disclosure.register import known_before, outputs_of, read_register
from mirabal_toolkit.disclosure.release import release
from mirabal_toolkit.disclosure.rules import lowest_hidden
from mirabal_toolkit.disclosure.secondary import withhold
from mirabal_toolkit.errors import DisclosureError, InputError
from mirabal_toolkit.safekeeping.processes import together
from mirabal_toolkit.synthetic import simulate

FUNDER = PROFILES["funder"]
EXACT = replace(FUNDER, name="exact", rounding=1)


@pytest.fixture(scope="module")
def results():
    study = simulate(mt.load_instrument("partner-safety@1.0.0"), people=90, waves=3, seed=4)
    whole = mt.load_plan("steps-to-safety")
    outcomes = tuple(PlannedOutcome(name) for name in ("physical_any", "physical_severe", "feels_safe"))
    plan = replace(whole, outcomes=outcomes, missing_data=None, cluster=None, panel_models=(), subgroups=())
    return mt.analyse(mt.score(mt.clean(study.waves)).to_panel(), plan)


def test_every_equation_of_the_ledger_holds(results):
    ledger = open_ledger(results)
    assert len(ledger.equations) > 100
    for equation in ledger.equations:
        assert sum(sign * ledger.counts[key] for key, sign in equation.items()) == 0


def test_what_does_not_add_up_is_no_equation():
    ledger = Ledger({("n",): 10, ("yes",): 4, ("no",): 5, ("more",): 12})
    ledger.total(("n",), [("yes",), ("no",)])
    ledger.total(("n",), [("more",)], ("rest",))
    assert ledger.equations == []
    ledger.total(("n",), [("yes",), ("no",)], ("rest",))
    assert ledger.counts[("rest",)] == 1


def test_a_total_and_its_other_part_give_a_count_away():
    whole, part, rest = ("n",), ("yes",), ("no",)
    (island,) = islands([{whole: 1, part: -1, rest: -1}])
    ends = ends_of([rest], island, {whole: (60, 60), part: (57, 57)})
    assert ends.reached[rest] == (3, 3)
    assert ends.by >= {whole, part}
    ends = ends_of([rest], island, {whole: (58, 62), part: (53, 57)})
    assert ends.reached[rest] == (1, 9)


def test_counts_asked_together_reach_no_further_than_each_alone():
    whole, parts = ("n",), [("a",), ("b",), ("c",)]
    (island,) = islands([{whole: 1, **dict.fromkeys(parts, -1)}])
    known = {whole: (5, 8), **dict.fromkeys(parts, (1, 4))}
    together = ends_of(parts, island, known)
    assert any(high > low for low, high in together.reached.values())
    for part in parts:
        least, most = ends_of([part], island, known).reached[part]
        low, high = together.reached[part]
        assert 1 == least <= low <= high <= most == 4


def test_equations_that_share_no_count_are_apart():
    one, other = {("a",): 1, ("b",): -1}, {("c",): 1, ("d",): -1}
    assert len(islands([one, other])) == 2
    assert len(islands([one, other, {("b",): 1, ("c",): -1}])) == 1


@pytest.mark.parametrize("profile", [FUNDER, PROFILES["public"]], ids=lambda one: one.name)
def test_every_small_count_asked_alone_can_be_as_many_numbers_as_one_just_hidden(results, profile):
    """What the search found, asking for many together, holds for each, from all that is told in the end."""
    ledger, told = open_ledger(results), withhold(results, profile).told
    lowest, asked = lowest_hidden(profile), 0
    for island in islands(ledger.equations):
        small = [key for key in island.keys if lowest <= ledger.counts[key] < profile.threshold]
        for key in small[::3]:
            least, most = ends_of([key], island, told).reached[key]
            assert most - least >= profile.threshold - 1 - lowest
            assert least <= ledger.counts[key] <= most
            asked += 1
    assert asked > 20


def test_several_processes_withhold_the_same(results):
    alone = withhold(results, EXACT)
    with together(2, ("mirabal_toolkit.disclosure.secondary",)):
        assert withhold(results, EXACT) == alone


def test_without_rounding_much_more_is_withheld(results):
    assert len(withhold(results, EXACT).rows) > len(withhold(results, FUNDER).rows)


def test_withheld_numbers_say_no_reason_and_take_their_models_along(results):
    withheld = withhold(results, EXACT)
    frame = release(results, EXACT).estimates.frame
    for number in withheld.rows:
        assert frame["flags"].iloc[number] == ("suppressed", "withheld")
        assert pd.isna(frame["estimate"].iloc[number])
    for number in withheld.bases:
        assert pd.isna(frame["n_obs"].iloc[number])


def test_a_release_tells_no_more_after_an_earlier_one(results):
    """Other rounding, same women: where both together would tell, the second gives way."""
    first = release(results, FUNDER)
    alone, after = withhold(results, EXACT), withhold(results, EXACT, first.releases)
    assert after.rows != alone.rows
    told = known_before(release(results, EXACT, first.releases).releases, results.fingerprint)
    ledger = open_ledger(results)
    for island in islands(ledger.equations):
        small = [key for key in island.keys if 1 <= ledger.counts[key] < FUNDER.threshold]
        for key in small[::2]:
            least, most = ends_of([key], island, told).reached[key]
            assert most - least >= FUNDER.threshold - 2


def test_the_difference_of_two_data_sets_of_a_few_people_is_withheld(results):
    earlier = release(results, EXACT)
    estimates = results.estimates.frame
    moved = (estimates["analysis"] == "prevalence") & (estimates["outcome"] == "feels_safe") & (estimates["wave"] == 2)
    (row,) = np.flatnonzero(moved)
    assert row not in withhold(results, EXACT).rows
    estimates.loc[moved, "count"] += 1
    one_more = replace(results, estimates=SealedFrame(estimates), fingerprint="other data")
    assert row in withhold(one_more, EXACT, earlier.releases).rows


def test_the_same_release_again_is_written_once(results):
    once = release(results, FUNDER)
    again = release(results, FUNDER, once.releases)
    assert again.releases == once.releases
    pd.testing.assert_frame_equal(again.estimates.frame, once.estimates.frame)


def test_what_cannot_be_protected_is_refused(results):
    """Somebody told all counts before: then nothing helps."""
    ledger = open_ledger(results)
    told = {"|".join(key): (float(count), float(count)) for key, count in ledger.counts.items()}
    past = PastRelease(results.fingerprint, "plan", "exact", told)
    with pytest.raises(DisclosureError, match="cannot keep a small count") as caught:
        withhold(results, FUNDER, [past])
    assert caught.value.exit_code == 4


def test_the_register_comes_back_as_it_was_written(results):
    released = release(results, FUNDER)
    lines = [
        {"panel": one.panel, "plan": one.plan, "profile": one.profile, "told": one.told} for one in released.releases
    ]
    assert read_register(json.dumps({"releases": lines})) == released.releases


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"releases": [{"panel": "x"}]}', '{"releases": {"told": 3}}'])
def test_a_register_that_cannot_be_read_is_not_passed_over(text):
    with pytest.raises(InputError, match="register of earlier reports"):
        read_register(text)


def test_the_register_lists_what_leaves(results):
    outputs = {output.what: output for output in outputs_of(release(results, FUNDER).estimates.frame, FUNDER)}
    assert {"prevalence: physical_any", "paired_change: feels_safe"} <= outputs.keys()
    assert all(output.smallest is None or output.smallest >= FUNDER.threshold for output in outputs.values())
    assert {output.decision for output in outputs.values()} <= {"released", "released in part", "not released"}
