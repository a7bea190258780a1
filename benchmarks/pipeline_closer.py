"""One outcome by several estimators, in more studies than the whole road can carry.

    python benchmarks/pipeline_closer.py                  as many as are missing of three hundred studies a cell
    python benchmarks/pipeline_closer.py --studies 1000   … of a thousand

The studies are those of benchmarks/pipeline.py, from behind the ones that it has used. Writes its part of
benchmarks/results/pipeline.json and of docs/pipeline.md; what is done is kept.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pandas as pd
import pipeline
from scipy import stats

from mirabal_toolkit.core.data import PERSON, WAVE
from mirabal_toolkit.core.plan import AnalysisPlan
from mirabal_toolkit.instruments.loading import load_instrument
from mirabal_toolkit.mixed import contrasts, lmm, mmrm
from mirabal_toolkit.models.fitting import FORMULA
from mirabal_toolkit.models.measured import Measured, measure, started

#: The outcome whose random-intercept model had covered least: 90.7 % of 300 studies of 100 people.
OUTCOME = "coercion_score"
CELLS = (("at-random", 100), ("given-answers", 100), ("at-random", 300), ("given-answers", 300))
#: The first batches are those of the whole road.
FIRST_BATCH = pipeline.STUDIES // pipeline.BATCH

FITS: dict[str, Callable[[pd.DataFrame], Any]] = {
    "lmm-satterthwaite": lambda data: lmm(FORMULA, data, groups=PERSON),
    "lmm-kenward-roger": lambda data: lmm(FORMULA, data, groups=PERSON, df="kenward-roger"),
    "mmrm-kenward-roger": lambda data: mmrm(FORMULA, data, groups=PERSON, time=WAVE, df="kenward-roger"),
}


def plan_for(scenario: pipeline.Scenario) -> AnalysisPlan:
    """The plan of the whole road with one outcome."""
    return pipeline.plan_of(replace(scenario, outcomes=(OUTCOME,)), load_instrument("partner-safety"))


def estimates(measured: Measured) -> Iterator[tuple[str, dict[str, float]]]:
    """The change from the first to the last wave by every estimator, with its 95 % interval."""
    before, after = measured.pairs()
    change = after - before
    error = change.std(ddof=1) / np.sqrt(len(change))
    half = stats.t.ppf(0.975, len(change) - 1) * error
    yield "pairs", {"estimate": change.mean(), "conf_low": change.mean() - half, "conf_high": change.mean() + half}
    data = measured.long()
    for name, fit in FITS.items():
        yield name, contrasts(fit(data), WAVE, "first-last", adjust="none").iloc[0].to_dict()


def run_batch(name: str, n_people: int, cell: dict[str, Any]) -> None:
    """Analyse the next batch of a cell, and add its tallies to `cell`."""
    instrument, scenario = load_instrument("partner-safety"), pipeline.SCENARIOS[name]
    plan, truths = plan_for(scenario), pipeline.true_changes(scenario.change.strength)
    (planned,) = plan.outcomes
    estimand = planned.estimands_of(instrument)[0]
    tallies = {key: pipeline.Tally(**sums) for key, sums in cell.get("tallies", {}).items()}
    done = int(cell.get("studies", 0))
    for panel in pipeline.studies(instrument, scenario, n_people, FIRST_BATCH + done // pipeline.BATCH):
        for key, row in estimates(measure(panel, plan, planned, estimand, started(panel))):
            tallies.setdefault(f"{OUTCOME} {key}", pipeline.Tally()).add(row, truths[OUTCOME, estimand])
        done += 1
    cell.update(studies=done, tallies={key: asdict(tally) for key, tally in tallies.items()})


def main() -> None:
    """Run what is missing, cell after cell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=pipeline.STUDIES)
    asked = parser.parse_args()
    for name, n_people in CELLS:
        key = f"closer {name} {n_people}"
        while int((cell := pipeline.read_store().get(key, {})).get("studies", 0)) < asked.studies:
            run_batch(name, n_people, cell)
            pipeline.STORE.write_text(json.dumps({**pipeline.read_store(), key: cell}, indent=1) + "\n")
            print(key, cell["studies"], flush=True)
        pipeline.write_page(pipeline.read_store())


if __name__ == "__main__":
    main()
