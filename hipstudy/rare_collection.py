"""Garbage is looked for more rarely while a report is made.

Libraries and pages are hundreds of thousands of objects that stay. Python looks through the new
ones for what can go whenever there are 700 more, which took a tenth of a report's time.
"""

import gc

NEW_OBJECTS = 10_000


def collect_rarely() -> None:
    """Look for garbage once there are so many more objects, in this process and what it forks."""
    gc.set_threshold(NEW_OBJECTS, *gc.get_threshold()[1:])
