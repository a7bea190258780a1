# %% [markdown]
# # Who did we lose, and does it matter?
#
# *For evaluators and researchers: half of the women not reached at the end is usual. What may still be said?*
#
# If 100 women started and 50 were reached at the end, of whom 2% were injured, the truth of all 100 lies between 1% and 51%. Nothing
# in the data can narrow that; only assumptions can. This notebook lays them side by side.

# %%
from dataclasses import replace

import mirabal_toolkit as mt

FILE = mt.example_export()
OUTCOMES = {
    "physical_any",
    "feels_safe",
    "space_score",
}  # a few, so that it takes seconds; delete the line below for all

panel = mt.score(mt.clean(mt.read(FILE))).to_panel()
plan = mt.load_plan(panel.instrument.default_plan)
plan = replace(plan, outcomes=tuple(one for one in plan.outcomes if one.outcome in OUTCOMES), informants=None)
plan = replace(plan, panel_models=(), time_varying=(), measurement="none", distributions=())
released = mt.release(mt.analyse(panel, plan))

# %% [markdown]
# ## How many, and when

# %%
released.figure("participant-flow")

# %% [markdown]
# ## Who they were
#
# Were those lost different at the start from those who stayed? Differences in standard deviations: below 0.2 is small.

# %%
released.table("lost-and-retained")

# %% [markdown]
# ## What foretold being lost
#
# Odds of being missed at the next wave, by what was known at the one before.

# %%
released.table("drop-out")

# %% [markdown]
# ## Does it matter?
#
# The same change under different assumptions:
#
# - *seen both times*: those lost changed as the others did;
# - *models, imputation, weights*: as women like them, as far as known, did;
# - *tipping point*: by how much worse they must have fared for the conclusion to turn;
# - *bounds*: the worst and the best that is possible at all.

# %%
released.table("sensitivity")

# %%
released.figure("tipping-point")

# %%
released.table("bounds")

# %% [markdown]
# ## In one sentence
#
# A conclusion is as strong as the assumption it needs. Read the last column of the headline table aloud before you publish: does
# anybody in the room believe that those lost fared so much worse?

# %%
released.table("headline")
