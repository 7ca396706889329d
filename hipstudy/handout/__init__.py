"""One page for a runner, with the therapist's own prescription in plain words.

There is one way to a file, ``write``: it refuses without the therapist's name and confirmation, and
puts the screening block and the stop rule on the page itself.
"""

from hipstudy.handout.sheet import write

__all__ = ["write"]
