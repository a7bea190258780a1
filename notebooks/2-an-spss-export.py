# %% [markdown]
# # Bringing an SPSS export
#
# *For evaluators: from a `.sav` file to clean data you can trust, and back into SPSS.*
#
# Works the same with Stata, SAS, Excel, CSV, REDCap, Qualtrics, Kobo and LimeSurvey. Change the first box and run all cells.

# %%
import mirabal_toolkit as mt

EXPORT = mt.example_export()  # your file, or a list of files, one a wave, in their order
STUDY = "study/study.parquet"  # where the study file goes; it holds answers of people: keep it on an encrypted disk

# %% [markdown]
# ## 1. Import: every variable is recognised, or you are told
#
# Which variable is which question, at which wave? The toolkit looks at names, labels and value labels, and says how sure it is.

# %%
imported = mt.import_study(EXPORT, STUDY)
print(mt.about(imported.waves))
print("How each variable was understood:", imported.mapping)

# %% [markdown]
# The mapping file is text that you can correct: the doubtful lines come first. Then import again with it:

# %%
print("\n".join(imported.mapping.read_text(encoding="utf-8").splitlines()[:24]))

# %%
imported = mt.import_study(EXPORT, STUDY, mapping=imported.mapping)

# %% [markdown]
# ## 2. Check: what is doubtful, before anybody looks at results
#
# These tables count single women. They are for those who hold the data, and not for release (`profile="funder"` makes some that are).

# %%
checked = mt.check(EXPORT)
checked.table("findings")

# %% [markdown]
# Do the labels in the file say what the questionnaire says?

# %%
checked.table("agreement")

# %% [markdown]
# ## 3. What cleaning did, and why
#
# Counts only, never a value. Refused, don’t know, does not apply, no contact with him, not reached: each reason is kept apart,
# none of them becomes 0.

# %%
checked.table("cleaning")

# %% [markdown]
# ## 4. Who was reached

# %%
checked.table("participant-flow")

# %% [markdown]
# ## 5. Back into SPSS
#
# Labels and missing codes go with it, and a codebook beside it. The ending says the format: `.sav`, `.dta`, `.csv`, `.xlsx`, `.parquet`.

# %%
cleaned = mt.clean(mt.read(STUDY))
written = mt.write(mt.score(cleaned), "study/clean.sav", scores=True)
print(written.file, *written.beside, sep="\n")
for loss in written.losses:
    print("Not kept:", loss)

# %% [markdown]
# ## Next
#
# In a terminal: `mirabal analyse study/study.parquet`. Or open the notebook *What changed for the women in our programme?* and put
# `study/study.parquet` into its first box.
