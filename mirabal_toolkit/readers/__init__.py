"""Files that people bring → `WaveData`. See `reading` for the way, `formats` for where a new format goes."""

from mirabal_toolkit.readers.agreement import compare_labels as compare_labels
from mirabal_toolkit.readers.drafting import Draft as Draft
from mirabal_toolkit.readers.drafting import draft as draft
from mirabal_toolkit.readers.formats import read_table as read_table
from mirabal_toolkit.readers.looking import texts_in as texts_in
from mirabal_toolkit.readers.mapping import Ignored as Ignored
from mirabal_toolkit.readers.mapping import Mapping as Mapping
from mirabal_toolkit.readers.mapping import VariableMatch as VariableMatch
from mirabal_toolkit.readers.mapping_file import read_mapping as read_mapping
from mirabal_toolkit.readers.mapping_file import write_mapping as write_mapping
from mirabal_toolkit.readers.options import ReadOptions as ReadOptions
from mirabal_toolkit.readers.reading import Import as Import
from mirabal_toolkit.readers.reading import propose_mapping as propose_mapping
from mirabal_toolkit.readers.reading import read as read
from mirabal_toolkit.readers.reading import read_by_version as read_by_version
from mirabal_toolkit.readers.reading import read_with_mapping as read_with_mapping
from mirabal_toolkit.readers.study import read_study as read_study
from mirabal_toolkit.readers.study import study_protection as study_protection
from mirabal_toolkit.readers.study import study_table as study_table
from mirabal_toolkit.readers.study import write_study as write_study
