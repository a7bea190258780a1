# %% [markdown]
# # What changed for the women in our programme?
#
# *For programme staff: change one line, run everything, read.*
#
# 1. In the grey box below, put the name of your file between the quotes. Leave it as it is to see an artificial example.
# 2. In the menu choose **Run → Run All Cells**. It takes about a minute.
# 3. Scroll down and read.
#
# Your file stays on this computer. Nothing is sent anywhere, and when you save this notebook the results are taken out of
# it again, so that nobody can read them in the file. To keep results, use the report that is written at the end.

# %%
import mirabal_toolkit as mt

YOUR_FILE = mt.example_export()  # for instance: YOUR_FILE = "C:/study/waves.sav", or "../study/study.parquet"

# %% [markdown]
# If you see three dots (**···**) instead of a box, the box is folded: it holds the working, which you need not read.

# %% jupyter={"source_hidden": true}
# The working: read, clean, score, estimate, hide small numbers
from pathlib import Path

# In a folder made by `mirabal init` the plan of the study is used, and the report goes to its outputs.
own_plan = Path("../plan.yaml")
report = Path("../outputs/report") if own_plan.is_file() else Path("report")
waves = mt.read(YOUR_FILE)
plan = mt.load_plan(own_plan if own_plan.is_file() else waves.instrument.default_plan)
cleaned = mt.clean(waves, rules=plan.cleaning)
panel = mt.score(cleaned).to_panel()
released = mt.release(mt.analyse(panel, plan), profile="funder", after=report)
print("Done. What follows may be shown to funders: small numbers are hidden.")

# %% [markdown]
# ## Who took part
#
# Look at the last column first. Women who could not be reached at the end may have fared worse, or better, than those who could.

# %% jupyter={"source_hidden": true}
released.table("participant-flow")

# %% [markdown]
# ## What changed, in words

# %% jupyter={"source_hidden": true}
mt.in_words(released)

# %% [markdown]
# ## What changed, in numbers
#
# Start and end side by side, always with the number of women. *Change* counts the same women at both times. It is change, not the
# effect of the programme: there is nobody to compare with.

# %% jupyter={"source_hidden": true}
released.table("headline")

# %% jupyter={"source_hidden": true}
released.figure("before-after")

# %% [markdown]
# ## Look for yourself
#
# Choose an outcome and a wave.

# %% jupyter={"source_hidden": true}
mt.look(released)

# %% [markdown]
# ## How far does this depend on those we lost?
#
# Would the conclusions still hold if the women we could not reach had fared worse than the others?

# %% jupyter={"source_hidden": true}
mt.lost_in_words(released)

# %% [markdown]
# ## The report
#
# This writes the whole report as a web page and a Word file.

# %% jupyter={"source_hidden": true}
mt.report(released, report)
print("Open", (report / "report.html").resolve(), "or", (report / "report.docx").resolve())
