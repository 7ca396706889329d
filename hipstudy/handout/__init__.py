"""One page for a runner, with the therapist's own prescription in plain words, and a diary.

There is one way to a file, ``write``: it refuses without the therapist's name and confirmation, and
puts the screening block and the stop rule on the page itself. ``notices`` has what only the
therapist needs to know.
"""

from hipstudy.handout.feasibility import notices
from hipstudy.handout.write import write

__all__ = ["notices", "write"]
