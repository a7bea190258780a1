"""Somebody who wants to know: from all that is released she never pins a small count.

The attacker here is written apart from the gate. She reads released numbers only, knows the rules by
which they were hidden and rounded, reasons in whole numbers, and has a solver.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import LinearConstraint, milp

import mirabal_toolkit as mt
from mirabal_toolkit.core.data import PERSON, WAVE, WAVE_STATUSES, PanelData
from mirabal_toolkit.core.frames import SealedFrame
from mirabal_toolkit.core.plan import AnalysisPlan, PlannedOutcome
from mirabal_toolkit.core.results import DisclosureProfile, ReleasableResults
from mirabal_toolkit.disclosure.profiles import PROFILES
from mirabal_toolkit.disclosure.release import release
from mirabal_toolkit.disclosure.secondary import NOTHING_WITHHELD
from mirabal_toolkit.mixed.counts import PairedCounts, newcombe_paired
from mirabal_toolkit.synthetic import simulate

OUTCOMES = ("physical_any", "physical_severe", "feels_very_safe", "feels_safe", "feels_not_safe_at_all")
PARTS_OF_H1 = {"feels_very_safe": ("very",), "feels_safe": ("very", "quite"), "feels_not_safe_at_all": ("not_at_all",)}
CROWD = 10_000


@dataclass
class System:
    """Counts that equations tie together; every solution found says something of all of them."""

    column: dict[int, int]
    matrix: np.ndarray
    bounds: tuple[list[int], list[int]]
    solutions: list[np.ndarray] = field(default_factory=list)

    def can_differ(self, place: int, wide: int) -> bool:
        """Two solutions are `wide` apart in a count."""
        for sign in (0, 1, -1):
            if sign:
                self.solve(self.column[place], sign)
            if self.solutions and np.ptp([solution[self.column[place]] for solution in self.solutions]) >= wide:
                return True
        return False

    def limits(self, place: int) -> tuple[int, int]:
        """The least and the most, once both ends are solved for."""
        seen = [solution[self.column[place]] for solution in self.solutions]
        return int(min(seen)), int(max(seen))

    def solve(self, column: int, sign: int) -> None:
        cost = np.zeros(self.matrix.shape[1])
        cost[column] = sign
        answer = milp(
            cost,
            integrality=np.ones(len(cost)),
            bounds=self.bounds,
            constraints=LinearConstraint(self.matrix, 0, 0),
        )
        assert answer.status == 0, answer.message
        solution = np.round(answer.x)
        assert not (self.matrix @ solution).any()
        self.solutions.append(solution)


@dataclass
class Attacker:
    """Collects what is known as bounds and equations in whole numbers."""

    profile: DisclosureProfile
    names: dict[str, int] = field(default_factory=dict)
    low: list[int] = field(default_factory=list)
    high: list[int] = field(default_factory=list)
    equations: list[dict[int, int]] = field(default_factory=list)

    def unknown(self, name: str) -> int:
        if name not in self.names:
            self.names[name] = len(self.names)
            self.low.append(0)
            self.high.append(CROWD)
        return self.names[name]

    def learn(self, name: str, low: int, high: int) -> None:
        place = self.unknown(name)
        self.low[place], self.high[place] = max(self.low[place], low), min(self.high[place], high)

    def see(self, name: str, shown: float) -> None:
        """A number on the page: what rounds to it and would not have been hidden."""
        possible = [count for count in range(int(shown) - 30, int(shown) + 31) if self.is_shown_as(count, int(shown))]
        self.learn(name, min(possible), max(possible))

    def is_shown_as(self, count: int, shown: int) -> bool:
        base = self.profile.rounding
        return (
            count >= 0
            and (count == 0 or count >= self.profile.threshold)
            and (count + base // 2) // base * base == shown
        )

    def see_hidden(self, name: str) -> None:
        self.learn(name, 0 if self.profile.hide_zeros else 1, self.profile.threshold - 1)

    def adds_up(self, whole: str, *parts: str) -> None:
        self.equations.append({self.unknown(whole): 1, **{self.unknown(part): -1 for part in parts}})

    def pins(self, names: list[str], wide: int) -> list[tuple[str, tuple[int, int]]]:
        """Return those of `names` of which fewer than `wide` + 1 numbers are possible, with the least and the most."""
        found, left = [], [self.names[name] for name in names]
        named = {self.names[name]: name for name in names}
        while left:
            system = self.system_of(left[0])
            inside = [place for place in left if place in system.column]
            left = [place for place in left if place not in system.column]
            found += [(named[place], system.limits(place)) for place in inside if not system.can_differ(place, wide)]
        return found

    def system_of(self, start: int) -> System:
        """The equations that have to do with a count, directly or through others."""
        reached, near, rest = {start}, [], list(self.equations)
        while touching := [equation for equation in rest if reached & equation.keys()]:
            near += touching
            reached.update(*touching)
            rest = [equation for equation in rest if equation not in touching]
        column = {place: number for number, place in enumerate(sorted(reached))}
        matrix = np.zeros((max(1, len(near)), len(column)))
        for row, equation in enumerate(near):
            for place, coefficient in equation.items():
                matrix[row, column[place]] = coefficient
        bounds = [self.low[place] for place in column], [self.high[place] for place in column]
        return System(column, matrix, bounds)

    def settle(self) -> dict[str, int]:
        """Solve what follows by subtraction alone."""
        known = {place: low for place, low in enumerate(self.low) if low == self.high[place]}
        moved = True
        while moved:
            moved = False
            for equation in self.equations:
                open_places = [place for place in equation if place not in known]
                if len(open_places) == 1:
                    total = sum(sign * known[place] for place, sign in equation.items() if place in known)
                    known[open_places[0]] = -total * equation[open_places[0]]
                    moved = True
        return {name: known[place] for name, place in self.names.items() if place in known}


def listen(attacker: Attacker, released: ReleasableResults) -> None:
    for row in released.estimates.frame.to_dict("records"):
        table, cell = place_of(row)
        if table is not None:
            attacker.adds_up(f"{table} n", f"{table} {cell}", f"{table} not {cell}")
            read_row(attacker, row, table, cell)
            if (row["analysis"], row["term"]) == ("paired_change", "change") and not pd.isna(row["estimate"]):
                attacker.learn(f"{table} both", *both_behind(row, released, attacker.profile))
    for wave, cells in released.flow.frame.iterrows():
        for column, count in cells.dropna().items():
            attacker.see(f"flow {wave} {column}", count)
        attacker.adds_up(f"flow {wave} eligible", *[f"flow {wave} {status}" for status in WAVE_STATUSES])


def read_row(attacker: Attacker, row: dict, table: str, cell: str) -> None:
    if not pd.isna(row["n_obs"]):
        attacker.see(f"{table} n", row["n_obs"])
    if not pd.isna(row["count"]):
        attacker.see(f"{table} {cell}", row["count"])
    elif "few" in row["flags"]:
        attacker.see_hidden(f"{table} {cell}")
    elif "all_but_few" in row["flags"]:
        attacker.see_hidden(f"{table} not {cell}")


def place_of(row: dict) -> tuple[str | None, str]:
    what = f"{row['outcome']} {row['estimand']}"
    if row["analysis"] == "prevalence":
        return f"wave {row['wave']} {what}", "yes"
    if row["analysis"] == "paired_change":
        return f"pairs {what}", row["term"]
    if row["analysis"] in ("onset", "cessation"):
        return f"{row['analysis']} {what}", "yes"
    if row["analysis"] == "distribution" and row["scale"] == "percent":
        return f"answers {row['wave']} {row['outcome']}", row["term"]
    if row["analysis"] == "retention":
        return f"retention {row['wave']}", "seen"
    return None, ""


def both_behind(row: dict, released: ReleasableResults, profile: DisclosureProfile) -> tuple[int, int]:
    """Try every two-by-two table of rounded counts: which “both” gives the interval on the page?"""
    frame = released.estimates.frame
    same = frame[(frame["analysis"] == "paired_change") & (frame["outcome"] == row["outcome"])]
    same = same[same["estimand"] == row["estimand"]].set_index("term")["count"]
    before, after, n = int(same["before"]), int(same["after"]), int(row["n_obs"])
    fitting = []
    for both in range(max(0, before + after - n), min(before, after) + 1):
        table = PairedCounts(both=both, stopped=before - both, started=after - both, neither=n - before - after + both)
        interval = newcombe_paired(table)
        if np.allclose([100 * interval.low, 100 * interval.high], [row["conf_low"], row["conf_high"]]):
            fitting += [count for count in range(n + 30) if rounds_to(count, both, profile, before, after, n)]
    return (min(fitting), max(fitting)) if fitting else (0, CROWD)


def rounds_to(count: int, both: int, profile: DisclosureProfile, before: int, after: int, n: int) -> bool:
    base = profile.rounding
    return min(max((count + base // 2) // base * base, before + after - n, 0), before, after) == both


def reason(attacker: Attacker, waves: list[int]) -> None:
    """What always holds."""
    first, last = waves[0], waves[-1]
    for estimand, outcomes in {
        "experienced": OUTCOMES[:2],
        "while_in_contact": OUTCOMES[:2],
        "as_reported": OUTCOMES[2:],
    }.items():
        for outcome in outcomes:
            pairs = f"pairs {outcome} {estimand}"
            attacker.adds_up(f"{pairs} before", f"{pairs} both", f"{pairs} stopped")
            attacker.adds_up(f"{pairs} after", f"{pairs} both", f"{pairs} started")
            attacker.adds_up(f"{pairs} not before", f"{pairs} started", f"{pairs} neither")
            attacker.adds_up(f"onset {outcome} {estimand} n", f"{pairs} not before")
            attacker.adds_up(f"onset {outcome} {estimand} yes", f"{pairs} started")
            for end, wave in (("before", first), ("after", last)):
                whole = f"wave {wave} {outcome} {estimand}"
                attacker.adds_up(f"{whole} yes", f"{pairs} {end}", f"{pairs} {end} lost yes")
                attacker.adds_up(f"{whole} not yes", f"{pairs} not {end}", f"{pairs} {end} lost no")
            exposed = f"cessation {outcome} {estimand}"
            attacker.adds_up(f"wave {first} {outcome} {estimand} yes", f"{exposed} n", f"{exposed} too short")
    for wave in waves:
        for estimand in ("experienced", "while_in_contact"):
            whole, part = (f"wave {wave} {outcome} {estimand} yes" for outcome in OUTCOMES[:2])
            attacker.adds_up(whole, part, f"{part} but not severe")
        answers = f"answers {wave} H1"
        attacker.adds_up(f"{answers} n", *[f"{answers} {term}" for term in ("very", "quite", "not_very", "not_at_all")])
        for outcome, terms in PARTS_OF_H1.items():
            attacker.adds_up(f"wave {wave} {outcome} as_reported yes", *[f"{answers} {term}" for term in terms])
        if wave != first:
            attacker.adds_up(f"retention {wave} n", f"retention {first} n")
        attacker.adds_up(f"flow {wave} interviewed", f"retention {wave} seen", f"joined {wave}")


@pytest.fixture(scope="module")
def crowd() -> PanelData:
    study = simulate(mt.load_instrument("partner-safety@1.0.0"), people=500, waves=4, seed=8)
    return mt.score(mt.clean(study.waves)).to_panel()


@pytest.fixture(scope="module")
def plan() -> AnalysisPlan:
    whole = mt.load_plan("steps-to-safety")
    kept = {name: None for name in ("missing_data", "cluster", "comparison", "power") if hasattr(whole, name)}
    return replace(
        whole,
        outcomes=tuple(PlannedOutcome(outcome) for outcome in OUTCOMES),
        measurement="none",
        **kept,
        **{name: () for name in ("subgroups", "panel_models", "covariates", "time_varying") if hasattr(whole, name)},
    )


def a_study(crowd: PanelData, generator: np.random.Generator) -> PanelData:
    """Some of the crowd, as a study of their own."""
    ids = crowd.people.frame.index
    chosen = generator.choice(ids, size=int(generator.integers(12, 120)), replace=False)

    def some(frame: SealedFrame) -> SealedFrame:
        whole = frame.frame
        people = whole.index.get_level_values(PERSON) if isinstance(whole.index, pd.MultiIndex) else whole.index
        return SealedFrame(whole[people.isin(chosen)])

    status = some(crowd.status).frame["status"].unstack(WAVE)
    flow = pd.DataFrame({name: status.eq(name).sum() for name in WAVE_STATUSES}).rename_axis("wave")
    flow.insert(0, "eligible", len(chosen))
    parts = {
        name: some(getattr(crowd, name)) for name in ("scores", "universe", "answers", "reasons", "status", "people")
    }
    return replace(crowd, flow=SealedFrame(flow.astype(int)), **parts)


def pinned(
    study: PanelData, plan: AnalysisPlan, profile: DisclosureProfile
) -> tuple[int, list[tuple[str, int, tuple[int, int]]]]:
    """Return how many counts are small, and those that the attacker knows better than by their being small."""
    results = mt.analyse(study, plan)
    attacker = Attacker(profile)
    listen(attacker, release(results, profile))
    reason(attacker, list(study.waves))
    truth = Attacker(replace(profile, threshold=1, rounding=1, hide_zeros=False))
    listen(truth, release(results, "internal"))
    reason(truth, list(study.waves))
    lowest = 0 if profile.hide_zeros else 1
    small = {name: count for name, count in truth.settle().items() if lowest <= count < profile.threshold}
    known = attacker.pins(list(small), profile.threshold - 1 - lowest)
    return len(small), [(name, small[name], limits) for name, limits in known]


# Studies in which an earlier gate lost: sums of hidden answers, reasons that told too much.
@pytest.mark.parametrize(("profile", "seed"), [("funder", 9), ("public", 4), ("opensafely", 8), ("opensafely", 146)])
def test_no_small_count_is_pinned(crowd, plan, profile, seed):
    study = a_study(crowd, np.random.default_rng([seed, 2]))
    small, known = pinned(study, plan, PROFILES[profile])
    assert small > 0
    assert known == []


@pytest.mark.slow
def test_no_small_count_is_pinned_in_a_thousand_studies(crowd, plan, record_property):
    """A thousand, or ATTACK_STUDIES of them from ATTACK_FROM on."""
    first, studies = (int(os.environ.get(f"ATTACK_{what}", usual)) for what, usual in (("FROM", 0), ("STUDIES", 1000)))
    releasable = [rules for rules in PROFILES.values() if rules.releasable]
    attacked = 0
    for seed in range(first, first + studies):
        study = a_study(crowd, np.random.default_rng([seed, 2]))
        small, known = pinned(study, plan, releasable[seed % len(releasable)])
        assert known == [], seed
        attacked += small
    record_property("studies attacked", studies)
    record_property("small counts in them", attacked)


def test_the_attacker_can_win(crowd, plan, monkeypatch):
    """Without withholding she pins counts: so the tests above can fail."""
    monkeypatch.setattr("mirabal_toolkit.disclosure.release.withhold", lambda *_: NOTHING_WITHHELD)
    profile = replace(PROFILES["funder"], rounding=1)
    studies = [a_study(crowd, np.random.default_rng([seed, 3])) for seed in range(3)]
    assert any(pinned(study, plan, profile)[1] for study in studies)
