"""What is left when a programme stops, what keeps it, and what missed sessions cost."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hipstudy.dose_readings import GAINS, NO_EFFECT, TORQUE, band
from hipstudy.dose_shapes import SATURATING
from hipstudy.dose_study import AFTER, PHASED, SESSIONS, DoseStudy
from hipstudy.worlds import WORLDS

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]


def _share(part: Array, whole: Array) -> Array:
    """Part of a whole; missing where there is hardly a whole."""
    there = np.abs(whole) > NO_EFFECT
    return np.divide(part, whole, out=np.full_like(whole, np.nan), where=there)


def kept(study: DoseStudy) -> "pd.DataFrame":
    """Share of the whole prescription's effect that is left some weeks after all has stopped.

    Discomfort is left out: soreness and ease pull against each other, and a share of what is left
    over says nothing.

    Columns: outcome, world, weeks_after, share, low, high. Against doing nothing, over draws.
    """
    import pandas as pd

    times = study.base.strength.sessions_per_week if study.base.strength else 0
    place = SESSIONS.index(min(times, SESSIONS[-1]))
    rows = []
    for outcome, world in [one for one in GAINS if one[0] != "discomfort_nrs"]:
        at = WORLDS.index(world)
        effect = study.curves[SATURATING][outcome][at, place] - study.stretching[outcome][at, 0]
        for after in AFTER:
            left = _share(effect[:, study.weeks + after], effect[:, study.weeks])
            rows.append((outcome, world, after, *band(study, left)))
    return pd.DataFrame(rows, columns=["outcome", "world", "weeks_after", "share", "low", "high"])


def keeping(study: DoseStudy) -> "pd.DataFrame":
    """What so many sessions a week keep of the gain in torque, twelve weeks on.

    Columns: sessions_per_week, weekly_sets, share, low, high: the mean torque then over that at the
    programme's end, each less its baseline; stretching goes on.
    """
    import pandas as pd

    rows = []
    for name, runs in study.phases.items():
        if name.startswith("keep "):
            n = int(name.removeprefix("keep "))
            torque = runs[TORQUE][WORLDS.index("weak")]
            left = _share(torque[:, -1] - torque[:, 0], torque[:, study.weeks] - torque[:, 0])
            rows.append((n, n * study.sets, *band(study, left)))
    columns = ["sessions_per_week", "weekly_sets", "share", "low", "high"]
    return pd.DataFrame(rows, columns=columns)


def missed(study: DoseStudy) -> "pd.DataFrame":
    """What missed sessions cost at the last week, against all sessions done.

    Columns: programme, outcome, world, lost, low, high (per cent of baseline for torque, its own
    units for others; above 0 is lost), share (of the effect of all of it).
    """
    import pandas as pd

    rows = []
    for name in ("one fewer", "gap", "late"):
        if name not in study.phases:
            continue
        for outcome, world in GAINS:
            if outcome not in PHASED:
                continue
            at, way = WORLDS.index(world), GAINS[outcome, world]
            whole, part, none = (study.phases[one][outcome][at] for one in ("all", name, "none"))
            unit = 100 / whole[:, 0] if outcome == TORQUE else 1.0
            lost = way * (whole[:, -1] - part[:, -1]) * unit
            effect = way * (whole[:, -1] - none[:, -1]) * unit
            share = band(study, _share(lost, effect))[0]
            rows.append((name, outcome, world, *band(study, lost), share))
    columns = ["programme", "outcome", "world", "lost", "low", "high", "share"]
    return pd.DataFrame(rows, columns=columns)
