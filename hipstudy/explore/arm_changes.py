"""Changes of an arm since the start, in whole numbers of a small step: what every host shows.

All three hosts round each draw alike, so the same doses and weights give the same sentence.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from hipstudy.explore.cache import Scene, means
from hipstudy.prescription.protocol import Protocol

# What each outcome is rounded to, in its own unit: a fraction of the last digit that is shown.
ROUNDING = {"_nrs": 0.0005, "_deg": 0.002, "_nm_kg": 0.0001, "_pct": 0.002}
ROUNDING_RATIO = 0.0001


def rounding_step(outcome: str) -> float:
    """To how much an outcome is rounded, in its own unit; a reserve is a ratio."""
    return next((step for end, step in ROUNDING.items() if outcome.endswith(end)), ROUNDING_RATIO)


def level_starts(here: Scene, arm: Protocol, outcomes: Sequence[str]) -> NDArray[np.float64]:
    """Mean over limbs before anything is done, (outcomes, worlds, draws); no arm changes it."""
    results = means(here, arm, outcomes)
    return np.stack([results[name][..., 0] for name in outcomes])


def change_counts(
    here: Scene,
    arm: Protocol,
    outcomes: Sequence[str],
    weeks: Sequence[int],
    *,
    at_once: bool = False,
) -> Mapping[str, NDArray[np.int16]]:
    """Mean change since the start, outcome -> (worlds, draws, weeks) in whole numbers of its step.

    ``at_once`` as in ``cache.runs``.

    Raises
    ------
    OverflowError
        When a change is too large to be held so.
    """
    results = means(here, arm, outcomes, at_once=at_once)
    found = {}
    for name in outcomes:
        change = results[name][..., list(weeks)] - results[name][..., :1]
        whole = np.rint(change / rounding_step(name))
        if np.abs(whole).max() > np.iinfo(np.int16).max:
            raise OverflowError("a change is too large to be held at this rounding")
        found[name] = whole.astype(np.int16)
    return found


def fold_counts(counts: NDArray[np.int16]) -> bytes:
    """Whole numbers for the page: small ones of either sign are small, low bytes before high."""
    small = (counts << 1) ^ (counts >> 15)
    return small.astype("<i2").reshape(-1, 1).view(np.uint8).T.tobytes()


def without_exercise(arm: Protocol) -> Protocol:
    """The arm of who does nothing: what happens anyway."""
    return arm.model_copy(update={"strength": None, "stretch": None, "contact_min_wk": 0.0})
