"""A whole analysis beside R: the default plan with imputation, 120 and 2,000 people, five waves.

    python benchmarks/analyse.py                          both sizes
    python benchmarks/analyse.py --people 120             one of them; the other row stays
    python benchmarks/analyse.py --limit 1200             R is ended after so many seconds of the processor

Ours goes from the SPSS export of raw answers to the results of the plan. R (haven, lme4, lmerTest, nlme, ordinal,
geepack, mice; benchmarks/r/analyse.R) is spared decoding, cleaning and scoring: it reads finished outcomes from SPSS.
Both run in one thread, one after the other; seconds are those of the processor, which other work on the machine does
not lengthen much. Their estimates are set side by side. Writes benchmarks/results/analyse.json and analyse.md.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import pandas as pd
import pyreadstat

from mirabal_toolkit.core.data import KEYS, PanelData, score_name
from mirabal_toolkit.core.plan import AnalysisPlan, MissingData
from mirabal_toolkit.core.results import Results
from mirabal_toolkit.instruments.loading import load_instrument
from mirabal_toolkit.plans.loading import load_plan
from mirabal_toolkit.synthetic import simulate
from mirabal_toolkit.synthetic.export import write_study
from mirabal_toolkit.workflow import analyse, clean, read, score, to_panel

FOLDER = Path(__file__).parent
STORE = FOLDER / "results" / "analyse.json"
SIZES = (120, 2_000)
IMPUTATIONS, ITERATIONS = 50, 10
#: Seconds of the processor after which R is ended; what it had finished by then counts.
LIMIT = 7_200
#: Our model → its name in R; of the others R estimates another quantity (the person in the middle, no margins).
SAME = {
    "gee-logit": "gee",
    "lmm-random-intercept": "lmm",
    "mmrm-unstructured": "mmrm",
    "imputation-logit": "impute",
    "imputation-matching": "impute",
}


def plan_with_imputation() -> AnalysisPlan:
    """The default plan, with the headline outcomes imputed fifty times; nothing that R is not asked for."""
    missing = MissingData(
        imputations=IMPUTATIONS, iterations=ITERATIONS, weights=False, tipping_point=False, bounds=False
    )
    plan = load_plan("steps-to-safety")
    return replace(plan, missing_data=missing, panel_models=(), time_varying=(), measurement="none", informants=None)


def ours(source: Path, plan: AnalysisPlan) -> tuple[PanelData, Results, dict[str, float]]:
    """Results, and seconds of each step from the export to them."""
    seconds, start = {}, time.process_time()
    panel = to_panel(score(clean(read(source, instrument="partner-safety"), rules=plan.cleaning)))
    seconds["read, clean, score"] = time.process_time() - start
    start = time.process_time()
    found = analyse(panel, plan)
    seconds["estimate"] = time.process_time() - start
    return panel, found, seconds | {"estimates": float(len(found.estimates.frame))}


def hand_to_r(panel: PanelData, plan: AnalysisPlan, folder: Path) -> None:
    """Write finished outcomes as SPSS, and what is to be done with each."""
    rows, columns = [], {}
    for planned in plan.outcomes:
        for place, estimand in enumerate(planned.estimands_of(panel.instrument)):
            name = f"o{len(columns) + 1}"
            columns[name] = panel.scores.frame[score_name(planned.outcome, estimand)].astype(float)
            kind = panel.instrument.outcome(planned.outcome).kind
            models = " ".join(planned.models)
            rows.append((name, planned.outcome, estimand, kind, models, int(planned.headline and place == 0)))
    table = pd.DataFrame(columns).reset_index()
    table["person_id"] = pd.factorize(table[KEYS[0]])[0] + 1
    pyreadstat.write_sav(table, folder / "outcomes.sav")
    names = ["name", "outcome", "estimand", "kind", "models", "impute"]
    pd.DataFrame(rows, columns=names).to_csv(folder / "tasks.csv", index=False)


def theirs(folder: Path, limit: int) -> dict[str, float | str]:
    """Seconds of R, its start left out; those of the outcomes it had finished, where it was ended."""
    command = ["Rscript", str(FOLDER / "r" / "analyse.R"), str(folder), str(IMPUTATIONS), str(ITERATIONS)]
    done = subprocess.run(
        command,
        check=False,
        capture_output=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (limit, limit)),
    )
    ended = done.returncode < 0
    if done.returncode > 0:
        raise RuntimeError(done.stderr.decode()[-2000:])
    table = pd.read_csv(folder / "seconds.csv")
    steps = dict(zip(table["step"], table["seconds"], strict=True))
    if not ended:
        return steps | {"total": float(table["seconds"].sum())}
    finished = pd.read_csv(folder / "done.csv")
    return steps | {"total": float(limit), "ended": f"{len(finished)} of {int(finished['of'].iloc[0])} outcomes done"}


def side_by_side(found: Results, contrast: str, folder: Path) -> dict[str, dict[str, float]]:
    """How far our changes from the first to the last wave lie from R's, in standard errors of R."""
    mine = found.estimates.frame
    mine = mine[(mine["contrast"] == contrast) & mine["model"].isin(SAME) & mine["term"].isin(["", "change"])]
    mine = mine[mine["analysis"].isin(["model_contrast", "imputed_change"])]
    mine = mine[mine["scale"].isin(["percentage_points", "points", "items", "answer"])]
    unit = mine["scale"].map({"percentage_points": 100.0}).fillna(1.0)
    mine = mine.assign(model=mine["model"].map(SAME), mine=mine["estimate"] / unit, my_error=mine["std_error"] / unit)
    theirs = pd.read_csv(folder / "estimates.csv").merge(pd.read_csv(folder / "tasks.csv"), on="name")
    both = theirs.merge(mine, on=["outcome", "estimand", "model"], suffixes=("", "_mine"))
    both["apart"] = (both["mine"] - both["estimate"]).abs() / both["std_error"]
    both["wider"] = both["my_error"] / both["std_error"]
    return {
        model: {
            "n": len(rows),
            "apart_median": float(rows["apart"].median()),
            "apart_most": float(rows["apart"].max()),
            "error_ratio": float(rows["wider"].median()),
        }
        for model, rows in both.groupby("model")
    }


def measure(people: int, limit: int) -> dict[str, object]:
    """Both programs on the same people."""
    plan = plan_with_imputation()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        write_study(simulate(load_instrument("partner-safety"), people=people, seed=people), folder / "raw.sav")
        panel, found, mine = ours(folder / "raw.sav", plan)
        print("ours", mine, flush=True)
        hand_to_r(panel, plan, folder)
        spent = theirs(folder, limit)
        beside = side_by_side(found, f"w{panel.waves[-1]} - w{panel.waves[0]}", folder)
        return {"people": people, "ours": mine, "r": spent, "estimates": beside}


def write_page(records: list[dict[str, Any]]) -> None:
    """The table of all sizes."""
    lines = [
        "# A whole analysis beside R",
        "",
        "Written by `benchmarks/analyse.py`: the default plan (29 outcomes under all their estimands, main models and",
        f"those beside them) with {IMPUTATIONS} imputations of the headline outcomes; one thread each, seconds of the",
        "processor. R is spared decoding, cleaning and scoring.",
        "",
        "| people | ours, s | of it read, clean, score | R, s | ours is faster by |",
        "|---|---|---|---|---|",
    ]
    for record in sorted(records, key=lambda r: r["people"]):
        mine = record["ours"]["read, clean, score"] + record["ours"]["estimate"]
        least = "more than " if "ended" in record["r"] else ""
        ratio = f"{least}{record['r']['total'] / mine:.1f} ×"
        begun = record["ours"]["read, clean, score"]
        lines.append(
            f"| {record['people']:,} | {mine:.1f} | {begun:.1f} | {least}{record['r']['total']:.0f} | {ratio} |"
        )
    for record in records:
        steps = {step: s for step, s in record["r"].items() if step not in ("total", "ended")}
        if steps:
            told = "; ".join(f"{step} {seconds:.1f}" for step, seconds in steps.items())
            ended = f"; then it was ended, {record['r']['ended']}" if "ended" in record["r"] else ""
            lines += ["", f"R at {record['people']:,} people, seconds by step: {told}{ended}."]
        lines += agreement(record)
    (FOLDER / "results" / "analyse.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def agreement(record: dict[str, Any]) -> list[str]:
    """The table of how far the estimates of the two programs lie apart."""
    beside = record.get("estimates", {})
    if not beside:
        return []
    return [
        "",
        f"Changes from the first to the last wave at {record['people']:,} people, ours against R's, in standard errors",
        "(gee: where nobody said yes at a wave ours is penalised; imputation is a matter of chance and of its model:",
        "ours has the site in it, and does not move rare answers towards a half as mice's augmented logit does):",
        "",
        "| model | estimates | apart, median | apart, most | standard error, ours / R's, median |",
        "|---|---|---|---|---|",
        *(
            f"| {model} | {found['n']:.0f} | {found['apart_median']:.2g} | {found['apart_most']:.2g} "
            f"| {found['error_ratio']:.3f} |"
            for model, found in beside.items()
        ),
    ]


def main() -> None:
    """Measure what was asked for, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, nargs="*", default=list(SIZES))
    parser.add_argument("--limit", type=int, default=LIMIT)
    asked = parser.parse_args()
    for people in asked.people:
        found = measure(people, asked.limit)
        print(found, flush=True)
        old = json.loads(STORE.read_text()) if STORE.exists() else []
        records = [*(r for r in old if r["people"] != people), found]
        STORE.write_text(json.dumps(records, indent=1) + "\n")
        write_page(records)


if __name__ == "__main__":
    main()
