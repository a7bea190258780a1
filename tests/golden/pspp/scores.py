"""Make the golden scores by PSPP, the free program that reads SPSS syntax (Debian: pspp).

From the top of the checkout::

    python tests/golden/pspp/scores.py

Artificial answers of `partner-safety@1.0.0`, with refusals, gaps and "does not apply" sprinkled over them, are
scored by the exported syntax in PSPP itself. The answers and the scores it gives are kept as CSV.
"""

import subprocess
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from mirabal_toolkit.instruments.exports.spss import spss
from mirabal_toolkit.instruments.exports.variables import score_variables
from mirabal_toolkit.instruments.loading import load_instrument
from mirabal_toolkit.synthetic import simulate
from mirabal_toolkit.synthetic.export import wide_export, write_wide

VALUES = Path(__file__).parents[1] / "values"
PEOPLE, SEED = 40, 7


def sprinkled(export, rng):
    """Answers with 4 % gaps, 3 % refusals and 1 % “does not apply”."""
    for name, codes in export.missing.items():
        if isinstance(codes[0], dict):
            continue
        column, chance = export.frame[name].copy(), rng.random(len(export.frame))
        answered = column.notna() & ~column.isin(codes)
        column[answered & (chance < 0.04)] = np.nan
        column[answered & (chance >= 0.04) & (chance < 0.07)] = max(codes)
        column[answered & (chance >= 0.07) & (chance < 0.08)] = min(codes)
        export.frame[name] = column
    return export


def main():
    """Simulate, score with PSPP, keep both."""
    instrument = load_instrument("partner-safety@1.0.0")
    export = sprinkled(wide_export(simulate(instrument, people=PEOPLE, seed=SEED)), np.random.default_rng(SEED))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_wide(export, folder / "answers.sav")
        (folder / "score.sps").write_bytes(spss(instrument, "en"))
        run = "GET FILE='answers.sav'.\nINSERT FILE='score.sps'.\n"
        run += "SAVE TRANSLATE /OUTFILE='scores.csv' /TYPE=CSV /FIELDNAMES /REPLACE /CELLS=VALUES.\n"
        (folder / "run.sps").write_text(run)
        done = subprocess.run(
            ["pspp", "-O", "format=txt", "run.sps"], cwd=folder, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout
        scores = pd.read_csv(folder / "scores.csv", dtype={"person_id": str}, na_values=[" "])
    kept = ["person_id", *(one.name for one in score_variables(instrument))]
    scores[kept].to_csv(VALUES / "pspp_scores.csv", index=False, float_format="%.10g")
    answers = export.frame.drop(
        columns=export.frame.select_dtypes(["datetime", "str"]).columns.difference(["person_id"])
    )
    whole = answers.select_dtypes("float64").columns
    answers.astype(dict.fromkeys(whole, "Int64")).to_csv(VALUES / "pspp_answers.csv", index=False)
    version = subprocess.run(["pspp", "--version"], capture_output=True, text=True, check=True).stdout.splitlines()[0]
    (VALUES / "pspp_versions.txt").write_text(version + "\n")


if __name__ == "__main__":
    main()
