"""Take a person out of everything the toolkit wrote, and record that it was done, never of whom.

Where to look: `study` rewrites study files; `outputs` removes what was made from them; `search`
looks for what still holds an id; `log` is the record; `erasing` does it all at once or not at all.
"""

from mirabal_toolkit.erasing.erasing import Erased as Erased
from mirabal_toolkit.erasing.erasing import erase_person as erase_person
from mirabal_toolkit.erasing.log import LOG_NAME as LOG_NAME
from mirabal_toolkit.erasing.log import read_log as read_log
from mirabal_toolkit.erasing.search import look_through as look_through
