# %% [markdown]
# # Reuse an instrument, make your own
#
# *For students and anybody who plans a survey: the questionnaires are open (CC BY 4.0).*
#
# An instrument is a text file: questions, answers, who is asked what, and how answers become scores. Nothing of it is hidden in code.

# %%
from pathlib import Path

import mirabal_toolkit as mt
from mirabal_toolkit.bundled import bundled_folder
from mirabal_toolkit.instruments.catalogue import bundled_instruments
from mirabal_toolkit.instruments.describe import as_text
from mirabal_toolkit.instruments.linting import lint_file

# %% [markdown]
# ## Which there are

# %%
for instrument in bundled_instruments():
    print(f"{instrument.reference:32} {instrument.title['en']:40} {len(instrument.items):>4} questions")

# %% [markdown]
# ## Look inside one

# %%
wellbeing = mt.load_instrument("wellbeing")
print(as_text(wellbeing, "en")[:1500])

# %% [markdown]
# ## Make your own
#
# Copy the file, give it an id of your own, and change it. Here: a questionnaire of your own made from *wellbeing*. Keep the `rights` block
# true: it says whose wording it is. Never change a version that has been used; copy it to a new one, so that a variable name
# never changes its meaning.

# %%
text = (bundled_folder("instruments") / "wellbeing" / "1.0.0.yaml").read_text(encoding="utf-8")
mine = Path("instruments/my-survey/1.0.0.yaml")
mine.parent.mkdir(parents=True, exist_ok=True)
mine.write_text(text.replace("\nid: wellbeing\n", "\nid: my-survey\n", 1), encoding="utf-8")
print("Problems:", lint_file(mine).problems or "none")

# %% [markdown]
# The check finds what is wrong, all at once, with the line and the fix. An item that a scale needs is gone:

# %%
broken = Path("instruments/my-survey/broken.yaml")
broken.write_text(mine.read_text(encoding="utf-8").replace("- id: WB_Q1\n", "- id: WB_Q9\n", 1), encoding="utf-8")
for problem in lint_file(broken).problems[:3]:
    print(problem, end="\n\n")
broken.unlink()

# %% [markdown]
# ## Try it before anybody is asked
#
# Artificial people answer it. Are the scores what you meant?

# %%
practice = mt.simulate(str(mine), "practice/my-survey.csv", people=40, waves=2, seed=7)
scored = mt.score(mt.clean(mt.read(practice, instrument=str(mine))))
scored.scores.frame.describe().round(1)

# %% [markdown]
# ## Take it to where people answer
#
# `mirabal instruments export instruments/my-survey/1.0.0.yaml --to xlsform,redcap,docx` writes the form for KoboToolbox and ODK, REDCap's
# data dictionary, and paper. `mirabal instruments codebook` writes the codebook.
#
# Survivors and practitioners must review wording before it is used. Translations that say `draft` are drafts.
