# %% [markdown]
# # Planning the next study: how many women?
#
# *For everybody who writes an application: what would a study of 40, 80 or 160 women be able to show?*
#
# Artificial women answer the questionnaire, some are lost, and every study is analysed as the plan would. Count how often the
# change that was put in is found.

# %%
import mirabal_toolkit as mt

PLAN = "steps-to-safety"
PEOPLE = (40, 80, 160)
OUTCOMES = ("money_control", "children_worried")
STUDIES = 25  # of each size; 200 or more for an application, which takes minutes

found = mt.power(PLAN, people=PEOPLE, outcomes=OUTCOMES, simulations=STUDIES)
print(found)

# %% [markdown]
# ## How often is the change found?

# %%
found.figure()

# %%
found.table()

# %% [markdown]
# ## What was assumed
#
# The numbers are as right as these. Change them in the `power:` section of a plan of your own (`mirabal plans new my-plan.yaml`), and
# put its name into the first box.

# %%
found.table("power-assumed")

# %% [markdown]
# Being found is not everything: look at the width of the interval. A study can be big enough to see *that* something changed, and too
# small to say *how much*. And think of the last wave first: twice as many at the start helps less than losing half as many.
