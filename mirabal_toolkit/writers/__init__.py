"""Cleaned and scored data → files of other programs, with labels and missing reasons. See `writing` for the way."""

from mirabal_toolkit.writers.layout import Layout as Layout
from mirabal_toolkit.writers.layout import lay_out as lay_out
from mirabal_toolkit.writers.spec import Written as Written
from mirabal_toolkit.writers.spec import WrittenTable as WrittenTable
from mirabal_toolkit.writers.writing import FORMATS as FORMATS
from mirabal_toolkit.writers.writing import as_written as as_written
from mirabal_toolkit.writers.writing import check_format as check_format
from mirabal_toolkit.writers.writing import write_table as write_table
