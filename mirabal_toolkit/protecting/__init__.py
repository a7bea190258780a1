"""Data that point to nobody: identifiers kept out, ids as pseudonyms, dates as days, files sealed.

Where to look: `keeping_out` decides what does not go into a study file; `pseudonyms` and `keys` make
pseudonyms; `rotating` changes the key of study files;
`joining` says what of several files fits together.
"""

from mirabal_toolkit.protecting.joining import fitting_together as fitting_together
from mirabal_toolkit.protecting.joining import protection_of as protection_of
from mirabal_toolkit.protecting.keeping_out import banded as banded
from mirabal_toolkit.protecting.keeping_out import check_kept as check_kept
from mirabal_toolkit.protecting.keeping_out import kept_out as kept_out
from mirabal_toolkit.protecting.keeping_out import refuse_telling_ids as refuse_telling_ids
from mirabal_toolkit.protecting.keeping_out import relative_dates as relative_dates
from mirabal_toolkit.protecting.keys import Key as Key
from mirabal_toolkit.protecting.keys import new_key as new_key
from mirabal_toolkit.protecting.keys import read_key as read_key
from mirabal_toolkit.protecting.keys import refuse_beside as refuse_beside
from mirabal_toolkit.protecting.keys import usual_key as usual_key
from mirabal_toolkit.protecting.pseudonyms import Spellings as Spellings
from mirabal_toolkit.protecting.pseudonyms import pseudonym as pseudonym
from mirabal_toolkit.protecting.pseudonyms import pseudonymise as pseudonymise
from mirabal_toolkit.protecting.rotating import rotate as rotate
