# %% [markdown]
# # Models of change, step by step
#
# *For researchers: what the report fits, one line at a time, with the same model in R beside it.*
#
# The estimators of `mirabal_toolkit.mixed` take a formula and a data frame with one row a person and wave. This notebook fits
# the three that reports use most, reads them, and sets the numbers of R (lme4, geepack) beside them.
#
# Numbers here have **not** passed the disclosure gate. With your own data they are for your eyes; what leaves goes through
# `mt.release`.

# %%
from pathlib import Path

import pandas as pd
import seaborn as sns

import mirabal_toolkit as mt
from mirabal_toolkit.mixed import contrasts, gee, glmm, lmm, predictions

FILE = mt.example_export()
panel = mt.score(mt.clean(mt.read(FILE))).to_panel()

# %% [markdown]
# ## The data: one row a woman and wave
#
# Scores come with the question of what *no contact with him* means: `.experienced` counts it as 0, `.while_in_contact` leaves it out.

# %%
scores = panel.scores.frame.reset_index()
data = pd.DataFrame(
    {
        "person_id": scores["person_id"],
        "wave": scores["wave"],
        "space": scores["space_score.as_reported"],
        "injured": scores["injured.experienced"],
    }
)
data.groupby("wave")[["space", "injured"]].agg(["count", "mean"]).round(2)

# %% [markdown]
# Look before you fit. seaborn draws the means as they were seen, of whoever answered at each wave:

# %%
seen = sns.pointplot(data=data, x="wave", y="space", errorbar=("ci", 95), seed=1, color="0.3")
seen.set(ylabel="Space for action, 0 to 100", ylim=(0, 100))

# %% [markdown]
# ## A score: linear mixed model
#
# `lmer(space ~ factor(wave) + (1 | person_id), data)` in R. Wave is a category, so no shape of change is imposed; all answers count,
# also of women who were lost later.

# %%
score_fit = lmm("space ~ C(wave)", data.dropna(subset="space"), groups="person_id")
print(score_fit.summary())

# %% [markdown]
# Average at each wave, and each wave against the first:

# %%
predictions(score_fit, "wave")

# %%
contrasts(score_fit, "wave")

# %% [markdown]
# ## Yes or no: population-averaged (GEE)
#
# `geeglm(injured ~ factor(wave), id = person_id, family = binomial, corstr = "exchangeable")` in R. Two things differ here by default, on
# purpose, since studies are small: standard errors are corrected for few women (Kauermann and Carroll), and *t* takes the place of *z*.
# `cov_type="robust", df="normal"` gives geepack's numbers.

# %%
answered = data.dropna(subset="injured")
share_fit = gee("injured ~ C(wave)", answered, groups="person_id", family="binomial", cov_type="robust", df="normal")
contrasts(share_fit, "wave")  # in percentage points

# %% [markdown]
# ## Yes or no: person-specific (mixed logistic model)
#
# `glmer(injured ~ factor(wave) + (1 | person_id), family = binomial, nAGQ = 9)` in R. Its odds ratios are those of one woman against
# herself, so they lie farther from 1 than the averages over women that GEE gives. Neither is wrong.

# %%
person_fit = glmm("injured ~ C(wave)", answered, groups="person_id", family="binomial", n_quad=9)
print(person_fit.summary())

# %% [markdown]
# ## The same in R
#
# Made by `tests/golden/r/notebook_models.R` from the artificial example. With a file of your own the columns of R do not apply.

# %%
in_r = pd.read_csv(Path("values") / "models-in-r.csv")
ours = pd.concat(
    [
        pd.DataFrame({"model": name, "term": fit.params.index, "estimate": fit.params, "std_error": fit.bse})
        for name, fit in (("lmm", score_fit), ("gee", share_fit), ("glmm", person_fit))
    ],
    ignore_index=True,
)
ours["wave"] = ours["term"].str.extract(r"T\.(\d)", expand=False).fillna("1").astype(int)
beside = ours.merge(in_r, on=["model", "wave"], suffixes=("", "_in_r"))
beside["difference"] = (beside["estimate"] - beside["estimate_in_r"]).abs()
beside[["model", "wave", "estimate", "estimate_in_r", "std_error", "std_error_in_r", "difference"]].round(5)

# %% [markdown]
# ## When nobody was injured at a wave
#
# 0 of *n* is normal here, and then other programs print an estimate near −20 with a small standard error. Here the fit says so:

# %%
print(share_fit.trust)

# %% [markdown]
# `docs/coming-from-other-programs.md` has the whole list of calls for lme4, SPSS and Stata; `tests/golden/` the comparisons.
