# %% [markdown]
# # Comparing with another area
#
# *For evaluators and researchers: only with somebody to compare with may one speak of more than change.*
#
# Women also become safer by leaving, by time, by other help. A comparison area shows how much. Here both groups are artificial; put
# your two files into the first box.

# %%
from dataclasses import replace

import mirabal_toolkit as mt

PROGRAMME = mt.simulate("partner-safety", "practice/programme.sav", people=120, seed=11)
COMPARISON = mt.simulate("comparison-site", "practice/comparison.sav", people=120, seed=12)

# %% [markdown]
# ## Both files, one plan
#
# The plan `comparison-site` was fixed before anybody looked. It compares the *change* in the two groups, and weights the women to be
# alike in what was known of them at the start.

# %%
OUTCOMES = {"space_score", "physical_any", "feels_safe"}
plan = mt.load_plan("comparison-site")
plan = replace(plan, outcomes=tuple(one for one in plan.outcomes if one.outcome in OUTCOMES), distributions=())
panels = [mt.score(mt.clean(mt.read(file))).to_panel() for file in (COMPARISON, PROGRAMME)]
released = mt.release(mt.analyse(mt.combine(*panels), plan))

# %% [markdown]
# ## How much did each group change, and by how much do the changes differ?

# %%
released.table("arms")

# %%
released.figure("forest")

# %% [markdown]
# ## Were the groups alike to begin with?
#
# Differences in standard deviations, before and after weighting. What was not asked cannot be balanced.

# %%
released.figure("love-plot")

# %% [markdown]
# ## How strong would something unknown have to be?
#
# The E-value: an unmeasured difference between the groups would have to be so strongly tied both to being in the programme and to the
# outcome to explain all of it.

# %%
released.table("arms-sensitivity")

# %% [markdown]
# In a terminal: `mirabal analyse COMPARISON.sav --comparison PROGRAMME.sav`.
