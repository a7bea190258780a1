"""How often intervals cover and tests reject: simulation of five-wave panels with drop-out.

    python benchmarks/calibration.py            all models (about half an hour of one core)
    python benchmarks/calibration.py gee clmm   these only; the other rows stay
    python benchmarks/calibration.py --replications 1000 --resume
                                                rows already found with this code are not simulated again

Writes benchmarks/results/calibration.json and docs/calibration.md.

Half of the people are in each arm, and both arms change alike: the difference between their changes is truly
zero. By the fifth wave 40 % have dropped out. For the likelihood models the chance to drop out depends on the
last answer given (missing at random); GEE without weights is right only when it does not, and is simulated so.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from mirabal_toolkit.errors import ModelError
from mirabal_toolkit.mixed import clmm, gee, glmm, lmm, mmrm
from mirabal_toolkit.mixed.results import Fit

STORE = Path(__file__).parent / "results" / "calibration.json"
PAGE = Path(__file__).parents[1] / "docs" / "calibration.md"
SIZES = (60, 100, 300)
REPLICATIONS = 2000
WAVES = 5
CHANGE = "C(wave)[T.5]"
DIFFERENCE = "C(wave)[T.5]:arm"
COVERAGE = (0.935, 0.965)
TYPE_ONE = (0.04, 0.065)

STEPS = np.array([0.0, -0.2, -0.4, -0.5, -0.6])
"""Change of the linear predictor from wave 1, in both arms."""
PERSON_SD = 1.0
THRESHOLDS = np.array([-1.2, 0.2, 1.5])
# Chances to leave after a wave, on the logit scale: level, and slope in the last answer.
LEAVING = {"lmm": (-2.05, -0.4), "mmrm": (-2.05, -0.4), "glmm": (-2.2, 0.5), "clmm": (-2.5, 0.35), "gee": (-2.0, 0.0)}


@dataclass(frozen=True, slots=True)
class Calibration:
    """What a simulation found.

    Parameters
    ----------
    model : str
    n_people, replications : int
    coverage : float
        Share of 95 % intervals for the change from wave 1 to wave 5 that hold the truth.
    type_one : float
        Share of tests at 5 % that see a difference between the arms' changes, where there is none.
    ratio : float
        Mean standard error of the change divided by the standard deviation of its estimates.
    flagged : float
        Share of fits that said of themselves not to rely on them; these were fitted again with a penalty.
    lost : float
        Share of people who had dropped out by wave 5.
    code : str
        The last commit that changed the estimators the row was found with.
    """

    model: str
    n_people: int
    replications: int
    coverage: float
    type_one: float
    ratio: float
    flagged: float
    lost: float
    code: str = ""


def simulate_panel(model: str, n_people: int, rng: np.random.Generator) -> pd.DataFrame:
    """One panel, long, with the outcome of the model in `y`."""
    person = np.repeat(np.arange(n_people), WAVES)
    wave = np.tile(np.arange(WAVES), n_people)
    arm = np.repeat(rng.permutation(n_people) % 2, WAVES)
    eta = 0.3 + STEPS[wave] + np.repeat(rng.normal(0.0, PERSON_SD, n_people), WAVES)
    if model in ("lmm", "mmrm"):
        y = eta + rng.normal(0.0, 1.0, len(eta))
    elif model == "clmm":
        y = np.digitize(eta + rng.logistic(size=len(eta)), THRESHOLDS).astype(float)
    else:
        y = (rng.random(len(eta)) < expit(eta)).astype(float)
    level, slope = LEAVING[model]
    leaves = (rng.random(len(eta)) < expit(level + slope * y)).reshape(n_people, WAVES)
    stays = np.column_stack([np.ones(n_people, bool), ~np.logical_or.accumulate(leaves[:, :-1], axis=1)]).ravel()
    return pd.DataFrame({"person_id": person, "wave": wave + 1, "arm": arm, "y": y})[stays]


def true_change(model: str) -> float:
    """Change from wave 1 to wave 5 on the scale that the model estimates."""
    if model != "gee":
        return float(STEPS[-1])
    nodes, weights = np.polynomial.hermite_e.hermegauss(61)
    shares = [float(weights @ expit(0.3 + step + PERSON_SD * nodes) / weights.sum()) for step in STEPS[[0, -1]]]
    return float(logit(shares[1]) - logit(shares[0]))


FORMULA = "y ~ C(wave) * arm"
FITTERS: dict[str, Callable[[pd.DataFrame, bool], Fit]] = {
    "lmm": lambda data, _: lmm(FORMULA, data, groups="person_id"),
    "mmrm": lambda data, _: mmrm(FORMULA, data, groups="person_id", time="wave", df="kenward-roger"),
    "mmrm-satterthwaite": lambda data, _: mmrm(FORMULA, data, groups="person_id", time="wave"),
    "glmm": lambda data, again: glmm(
        FORMULA, data, groups="person_id", penalty="weakly_informative" if again else None
    ),
    "clmm": lambda data, again: clmm(
        FORMULA, data, groups="person_id", penalty="weakly_informative" if again else None
    ),
    "gee": lambda data, again: gee(
        FORMULA, data, groups="person_id", family="binomial", penalty="firth" if again else None
    ),
    "gee-mancl-derouen": lambda data, again: gee(
        FORMULA,
        data,
        groups="person_id",
        family="binomial",
        cov_type="mancl-derouen",
        penalty="firth" if again else None,
    ),
}


def fit_one(model: str, data: pd.DataFrame) -> tuple[Fit, bool]:
    """The fit, and whether it had to be made again with a penalty."""
    try:
        fit = FITTERS[model](data, False)
    except ModelError:
        return FITTERS[model](data, True), True
    return (fit, False) if fit.trust.ok else (FITTERS[model](data, True), True)


def calibrate(model: str, n_people: int, replications: int = REPLICATIONS) -> Calibration:
    """Simulate, fit and count.

    Parameters
    ----------
    model : str
        A key of `FITTERS`.
    n_people, replications : int

    Returns
    -------
    Calibration
    """
    kind = model.split("-", maxsplit=1)[0]
    rng = np.random.default_rng([n_people, *kind.encode()])
    truth, rows = true_change(kind), []
    for _ in range(replications):
        data = simulate_panel(kind, n_people, rng)
        fit, again = fit_one(model, data)
        low, high = fit.conf_int().loc[CHANGE]
        lost = 1 - (data["wave"] == WAVES).sum() / n_people
        covered, rejected = low <= truth <= high, fit.pvalues[DIFFERENCE] < 0.05
        rows.append((covered, rejected, fit.params[CHANGE], fit.bse[CHANGE], again, lost))
    found = np.array(rows, dtype=float)
    means = found.mean(axis=0)
    ratio = float(means[3] / found[:, 2].std())
    shares = [float(means[k]) for k in (0, 1, 4, 5)]
    return Calibration(model, n_people, replications, shares[0], shares[1], ratio, shares[2], shares[3], code())


@lru_cache(maxsize=1)
def code() -> str:
    """The last commit that changed the estimators, as they were when this process read them; empty without git."""
    ask = ["git", "-C", str(PAGE.parents[1]), "log", "-1", "--format=%h", "--", "mirabal_toolkit/mixed"]
    try:
        return subprocess.run(ask, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


HEAD = f"""# Calibration: do 95 % intervals cover, and do 5 % tests reject, as often as they say?

Written by `python benchmarks/calibration.py`; `make slow` runs the same simulation and fails outside the bounds.

Panels of five waves, half of the people in each arm; both arms change alike. By wave 5 about 40 % have dropped out.
For `lmm`, `mmrm`, `glmm` and `clmm` the chance to leave depends on the last answer (missing at random). `gee`
without weights needs drop-out that does not depend on answers, and is simulated so. Models: `y ~ C(wave) * arm`;
REML with Satterthwaite's degrees of freedom (`lmm`) or Kenward and Roger's (`mmrm`), adaptive quadrature with
normal intervals (`glmm`, `clmm`), Kauermann–Carroll covariance with t on people − parameters (`gee`).
Two further rows are not held to the bounds. With Mancl and DeRouen's covariance `gee` is cautious when people are few.
With Satterthwaite's degrees of freedom an unstructured `mmrm` takes its 15 variances and covariances as known;
that is a little bold with few people: prefer `df="kenward-roger"` there.

- **coverage**: of the 95 % interval of the change from wave 1 to wave 5
  (wanted: {COVERAGE[0]:.1%} to {COVERAGE[1]:.1%});
- **type I**: tests at 5 % of the difference between the arms' changes at wave 5
  (wanted: {TYPE_ONE[0]:.1%} to {TYPE_ONE[1]:.1%});
- **SE / SD**: mean standard error over the true spread of the estimates (1 is right);
- **refitted**: fits that flagged themselves (an empty cell, mostly) and were made again with a penalty;
- **lost**: people gone by wave 5;
- **code**: the last commit that had changed `mirabal_toolkit/mixed` when the row was simulated. Rows without one were
  simulated before this was written down, at `af5e75a` or shortly before it. The rows that were simulated again with a
  later commit gave the same numbers to the last digit. Commits after `8e5f6ce` change what is held in memory: on 48
  panels of all models here they give the same estimates and standard errors to the last digit.

| model | people | replications | coverage | type I | SE / SD | refitted | lost | code |
|---|---|---|---|---|---|---|---|---|
"""


def write_page(found: list[Calibration]) -> None:
    """Write the table that `docs/` shows."""
    order = list(FITTERS)
    lines = [
        f"| `{c.model}` | {c.n_people} | {c.replications} | {c.coverage:.1%} | {c.type_one:.1%} | {c.ratio:.3f} "
        f"| {c.flagged:.1%} | {c.lost:.0%} | {c.code} |"
        for c in sorted(found, key=lambda c: (order.index(c.model), c.n_people))
    ]
    error = np.sqrt(0.05 * 0.95 / min(c.replications for c in found))
    foot = f"\nThe simulation itself errs by about ±{1.96 * error:.1%} (95 %).\n"
    PAGE.write_text(HEAD + "\n".join(lines) + "\n" + foot, encoding="utf-8")


def read_store() -> list[Calibration]:
    """Rows found before."""
    return [Calibration(**row) for row in json.loads(STORE.read_text())] if STORE.exists() else []


def main() -> None:
    """Run the models, print their rows as they come, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*", choices=[*FITTERS, []], help="all when empty")
    parser.add_argument("--replications", type=int, default=REPLICATIONS)
    parser.add_argument("--resume", action="store_true", help="keep rows that this code has found already")
    asked = parser.parse_args()
    for model in asked.models or FITTERS:
        for n_people in SIZES:
            old = [c for c in read_store() if (c.model, c.n_people) == (model, n_people)]
            if asked.resume and any(c.code == code() and c.replications >= asked.replications for c in old):
                continue
            start = time.perf_counter()
            new = calibrate(model, n_people, asked.replications)
            print(new, f"{time.perf_counter() - start:.0f} s", flush=True)
            # read again: another process may have written its rows meanwhile
            kept = [c for c in read_store() if (c.model, c.n_people) != (model, n_people)]
            STORE.parent.mkdir(exist_ok=True)
            STORE.write_text(json.dumps([asdict(c) for c in [*kept, new]], indent=1) + "\n")
            write_page(read_store())


if __name__ == "__main__":
    main()
