"""Counter-based luck: a uniform number for every key, the same whoever asks and in whatever order.

A key is (seed, stream name, whole numbers...). Nothing is stored between calls, so another arm,
another runner, another order or a longer horizon never changes anyone's luck.
The mixing step is the finaliser of SplitMix64 (Steele, Lea and Flood 2014,
doi:10.1145/2660193.2660195).
"""

from collections.abc import Iterable
from hashlib import blake2b

import numpy as np
from numpy.typing import ArrayLike, NDArray

_GAMMA = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S12 = (np.uint64(bits) for bits in (30, 27, 31, 12))


def key(text: str) -> np.uint64:
    """Turn a name or an id into a 64-bit key.

    Examples
    --------
    >>> int(key("runner 1")) == int(key("runner 1")), int(key("a")) == int(key("b"))
    (True, False)
    """
    return np.uint64(int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little"))


def keys(texts: Iterable[object]) -> NDArray[np.uint64]:
    """Keys of many ids, shape (n,)."""
    return np.array([key(str(text)) for text in texts], dtype=np.uint64)


def _mix(h: NDArray[np.uint64]) -> NDArray[np.uint64]:
    h = (h ^ (h >> _S30)) * _MIX_1
    h = (h ^ (h >> _S27)) * _MIX_2
    return h ^ (h >> _S31)


def _between(h: NDArray[np.uint64]) -> NDArray[np.float64]:
    """Numbers in (0, 1), both ends left out: 52 bits, so that the half added is never rounded."""
    return ((h >> _S12).astype(np.float64) + 0.5) * 2.0**-52


def uniform(*, seed: int, stream: str, by: Iterable[ArrayLike] = ()) -> NDArray[np.float64]:
    """Uniform numbers in (0, 1), one for each broadcast combination of keys.

    ``stream`` is what the luck is for; streams are independent of each other. ``by`` has
    whole-number arrays that broadcast together (runner keys, week, session...), and the answer is
    of their broadcast shape.

    Raises
    ------
    ValueError
        When the seed is negative; 0 is a seed like any other.
    """
    if seed < 0:
        raise ValueError(f"seed: found {seed}; the rule is a whole number of 0 or more")
    with np.errstate(over="ignore"):  # wrapping around is the point
        h = _mix(np.atleast_1d(np.uint64(seed % 2**64) + _GAMMA))
        h = _mix(h ^ key(stream))
        for counter in by:
            step = np.asarray(counter).astype(np.uint64)
            h = _mix((h + _GAMMA) ^ _mix(step + _GAMMA))
    return _between(h)
