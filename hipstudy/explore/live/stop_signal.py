"""How a server hears that it is to stop.

A signal's handler that raises, as that of ``hipstudy.files.one_end`` does, may raise in code that
swallows it, such as a destructor: the loop would go on, and every later signal would be ignored.
The loop's own handlers raise nothing.
"""

import asyncio
import signal
from contextlib import suppress

from hipstudy.files import end_signals


def stop_event() -> asyncio.Event:
    """What is set by a signal that asks this process to end; within a loop.

    Where the system has no handlers in a loop, as on Windows, those that are there stay. What was
    ignored from the start, as hanging up is under ``nohup``, stays so, but for Ctrl-C.
    """
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in end_signals():
        if number == signal.SIGINT or signal.getsignal(number) is not signal.SIG_IGN:
            with suppress(NotImplementedError):
                loop.add_signal_handler(number, stop.set)
    return stop
