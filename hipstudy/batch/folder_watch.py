"""Waits until something in a folder has changed, and is no longer being written."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path

QUIET_S = 2.0  # a file that grows is left alone until it has not changed for so long
_LOOK_AGAIN_MS = 30_000  # drives of other computers say nothing of changes: these are looked at

Stand = Mapping[str, tuple[int, int]]


def wait_for_change(folder: Path, before: Stand, stand: Callable[[], Stand]) -> None:
    """Return once the folder's files differ from what they were, and have come to rest.

    Parameters
    ----------
    folder
        To watch.
    before
        Its files with size and time, as they were when they were last read.
    stand
        The same as they are now.
    """
    from watchfiles import watch

    if stand() == before:
        for _ in watch(folder, rust_timeout=_LOOK_AGAIN_MS, yield_on_timeout=True):
            if stand() != before:
                break
    wait_for_rest(stand)


def wait_for_rest(stand: Callable[[], Stand], sleep: Callable[[float], None] = time.sleep) -> None:
    """Return once nothing has changed for a while: what is half-written is waited for."""
    last = stand()
    while True:
        sleep(QUIET_S)
        now = stand()
        if now == last:
            return
        last = now
