"""Memory that arrays let go of, kept for the next ones.

The C library of most Linux systems (glibc) hands large arrays back to the system at once and asks
for them anew, which takes up to a third of the model's time. Other allocators are left as they are.
"""

import ctypes

_MAPPED_FROM = 32 * 2**20  # bytes; an array of more is handed back in any case, and no more goes
_HANDED_BACK_FROM = 2**30  # bytes that are free in one piece at the end
_TRIM, _MAP, _ARENAS = -1, -3, -8  # numbers of ``mallopt``, as malloc.h has them

# For a program that is to be started.
ENVIRONMENT = {
    "MALLOC_MMAP_THRESHOLD_": str(_MAPPED_FROM),
    "MALLOC_TRIM_THRESHOLD_": str(_HANDED_BACK_FROM),
}


def reuse_memory() -> bool:
    """Keep what this program frees for its next arrays; whether its C library can.

    In one place for all threads: each would keep its own otherwise.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):  # not glibc; TypeError on Windows
        return False
    options = ((_MAP, _MAPPED_FROM), (_TRIM, _HANDED_BACK_FROM), (_ARENAS, 1))
    return all(mallopt(option, value) for option, value in options)
