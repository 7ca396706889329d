"""Readings that can be held against baseline: taken the same way as the limb's own at week 0.

The same hip gives another torque at another angle, and another Thomas angle with the pelvis held or
free: a difference between two such readings is no change. A later reading that is known to have
been taken another way is left out of everything that compares visits, and how many runners that
concerns is said. Where the way was not written down, ``hipstudy check`` has a warning.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

# Outcome -> the column that says how it was measured.
WAYS = {
    "end_range_torque_nm_kg": "torque_angle_ext_deg",
    "passive_torque_nm_kg": "torque_angle_ext_deg",
    "thomas_ext_deg": "pelvis_controlled",
}


@dataclass(frozen=True)
class LeftOut:
    """Readings of an outcome that no change can be computed from."""

    outcome: str  # its column
    # Runners with a reading, on any limb, that was taken another way than at baseline.
    n_runners: int
    by_arm: tuple[tuple[str, int], ...]  # the same of each arm, by its name


def comparable(observations: "pd.DataFrame") -> "tuple[pd.DataFrame, tuple[LeftOut, ...]]":
    """Observations without readings taken another way than at baseline, and who had them.

    They are as ``clinic.read`` gives them, with an arm in every row; columns may be missing.
    """
    frame, left_out = observations, []
    for outcome, way in WAYS.items():
        if not {outcome, way, "week"} <= set(observations):
            continue
        other = _another_way(observations, outcome, way)
        if not other.any():
            continue
        rows = observations[other]
        arms = rows.groupby("arm")["runner"].nunique() if "arm" in rows else {}
        by_arm = tuple((str(arm), int(n)) for arm, n in dict(arms).items())
        left_out.append(LeftOut(outcome, rows["runner"].nunique(), by_arm))
        frame = frame.assign(**{outcome: frame[outcome].mask(other)})
    return frame, tuple(left_out)


def _another_way(frame: "pd.DataFrame", outcome: str, way: str) -> "pd.Series":
    """Rows after or before baseline whose reading was taken another way than the limb's at it."""
    has_way = frame[outcome].notna() & frame[way].notna()
    first = frame[way].where(has_way & (frame["week"] == 0))
    at_baseline = first.groupby([frame["runner"], frame["side"]]).transform("first")
    return has_way & at_baseline.notna() & (frame[way] != at_baseline)
