"""A dose study as tidy tables, whose column names are part of the contract.

What each dose gives, how much is enough, what is left after stopping, and what missing costs.
"""

from itertools import product
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hipstudy.model.adaptation import SATURATING
from hipstudy.model.causes import LINKS, WORLDS
from hipstudy.model.simulate import OUTCOMES
from hipstudy.studies.dose_runs import AFTER, MINUTES, PHASED, SESSIONS
from hipstudy.studies.dose_study import ENDS, DoseStudy

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]
TORQUE, RANGE = "end_range_torque_nm_kg", "thomas_ext_deg"
ENOUGH = (0.8, 0.95)
# Outcome and world -> which way is a gain. Torque and range hardly differ between worlds.
GAINS = {
    (TORQUE, "weak"): 1,
    (RANGE, "weak"): 1,
    ("reserve_4_5", "weak"): 1,
    **{("tightness_nrs", world): -1 for world in WORLDS[:-1]},
    ("discomfort_nrs", "weak"): -1,
}
NO_EFFECT = 1e-9  # a mean difference this small is none; a share of it says nothing


class MeanAndBand(NamedTuple):
    """A mean over draws with its 95 % band; all are missing where no draw has a value."""

    mean: float
    low: float
    high: float


def surfaces(study: DoseStudy) -> "pd.DataFrame":
    """Mean change since baseline at every dose of the grid, over the draws.

    Columns: world, outcome, week, load, stretch_min_wk, sets, sessions_per_week, weekly_sets,
    change, n_runners, n_limbs. Every week from 1: a row is a programme of so many weeks.
    """
    import pandas as pd

    grid, weeks = study.grid, range(1, study.weeks + 1)
    axes = [WORLDS, grid.loads, grid.stretch_min_wk, grid.sets, grid.sessions, weeks]
    names = ["world", "load", "stretch_min_wk", "sets", "sessions_per_week", "week"]
    index = pd.MultiIndex.from_product(axes, names=names)
    parts = []
    for outcome in OUTCOMES:
        runs = study.surface[outcome]
        change = (runs[..., 1:] - runs[..., :1]).ravel()
        frame = pd.DataFrame({"change": change}, index=index).reset_index()
        parts.append(frame.assign(outcome=outcome))
    frame = pd.concat(parts, ignore_index=True)
    frame["weekly_sets"] = frame["sets"] * frame["sessions_per_week"]
    frame = frame.assign(n_runners=study.cohort.n_runners, n_limbs=study.cohort.n_limbs)
    order = ["world", "outcome", "week", "load", "stretch_min_wk", "sets", "sessions_per_week"]
    return frame[[*order, "weekly_sets", "change", "n_runners", "n_limbs"]]


def strength_gain(study: DoseStudy, shape: str, outcome: str, world: str, week: int) -> Array:
    """What strength work adds to the same stretching, (sessions, draws); more is better.

    Torque is in per cent of baseline, others in their own units.
    """
    place = WORLDS.index(world)
    runs = study.curves[shape][outcome][place]
    more = (runs[..., week] - runs[0, :, week]) * GAINS.get((outcome, world), 1)
    return 100 * more / runs[..., 0] if outcome == TORQUE else more


def band(study: DoseStudy, draws: Array) -> MeanAndBand:
    """Mean and band over the draws that have a value."""
    values = draws[~np.isnan(draws)]
    if not len(values):
        return MeanAndBand(np.nan, np.nan, np.nan)
    low, high = np.quantile(values, study.comparison.band)
    return MeanAndBand(float(values.mean()), float(low), float(high))


def curve(study: DoseStudy) -> "pd.DataFrame":
    """What so many sessions a week add at the last week, in every shape.

    Columns: shape, world, outcome, sessions_per_week, weekly_sets, mean, low, high, outside
    (whether the mean is outside the saturating shape's band).
    """
    import pandas as pd

    rows = []
    for shape, (outcome, world) in product(study.curves, GAINS):
        own = strength_gain(study, shape, outcome, world, study.weeks)
        usual = strength_gain(study, SATURATING, outcome, world, study.weeks)
        for n in SESSIONS:
            middle, low, high = band(study, own[n])
            _, least, most = band(study, usual[n])
            outside = not least - NO_EFFECT <= middle <= most + NO_EFFECT
            rows.append((shape, world, outcome, n, n * study.sets, middle, low, high, outside))
    columns = ["shape", "world", "outcome", "sessions_per_week", "weekly_sets"]
    return pd.DataFrame(rows, columns=[*columns, "mean", "low", "high", "outside"])


def reaching(weekly: Array, gain: Array, share: float) -> Array:
    """Weekly sets at which a share of the largest gain is reached first, straight between doses.

    Parameters
    ----------
    weekly
        Sets a week, rising from 0, (doses,).
    gain
        What they add, (doses, draws).
    share
        Of the largest of them.

    Returns
    -------
    numpy.ndarray
        One a draw; missing where nothing is gained at any dose.
    """
    best = gain.max(axis=0)
    target = share * best
    doses = np.full(gain.shape[1], np.nan)
    for draw in np.flatnonzero(best > NO_EFFECT):
        at = int(np.argmax(gain[:, draw] >= target[draw] - NO_EFFECT))
        low, high = gain[max(at - 1, 0), draw], gain[at, draw]
        part = (target[draw] - low) / (high - low) if high > low else 1.0
        doses[draw] = weekly[max(at - 1, 0)] + part * (weekly[at] - weekly[max(at - 1, 0)])
    return doses


def enough(study: DoseStudy) -> "pd.DataFrame":
    """Weekly sets that give 80 and 95 % of what is attainable within the doses looked at.

    Columns: shape, outcome, world, share, weekly_sets, low, high, none (share of draws in which
    strength work adds nothing to the stretching at any dose), most (what the best dose adds).
    """
    import pandas as pd

    weekly = study.sets * np.array(SESSIONS, float)
    rows = []
    for shape, (outcome, world) in product(study.curves, GAINS):
        own = strength_gain(study, shape, outcome, world, study.weeks)
        for share in ENOUGH:
            doses = reaching(weekly, own, share)
            none = float(np.isnan(doses).mean())
            most = float(own.max(axis=0).mean())
            rows.append((shape, outcome, world, share, *band(study, doses), none, most))
    columns = ["shape", "outcome", "world", "share", "weekly_sets", "low", "high", "none", "most"]
    return pd.DataFrame(rows, columns=columns)


def enough_stretching(study: DoseStudy) -> "pd.DataFrame":
    """Minutes of stretching a week that give 80 and 95 % of what stretching alone can.

    Columns: outcome, world, share, min_wk, low, high (clock minutes, both sides), most.
    """
    import pandas as pd

    rows = []
    for outcome, world in GAINS:
        runs = study.stretching[outcome][WORLDS.index(world)][..., study.weeks]
        gain = (runs - runs[0]) * GAINS[outcome, world]
        for share in ENOUGH:
            minutes = reaching(np.array(MINUTES), gain, share)
            most = float(gain.max(axis=0).mean())
            rows.append((outcome, world, share, *band(study, minutes), most))
    columns = ["outcome", "world", "share", "min_wk", "low", "high", "most"]
    return pd.DataFrame(rows, columns=columns)


def ends(study: DoseStudy) -> "pd.DataFrame":
    """The article's two ends side by side at the last week, over draws.

    Columns: outcome, world, low_end, high_end (mean changes since baseline), difference, low, high
    (high end minus low end). Torque is in per cent of baseline.
    """
    import pandas as pd

    rows = []
    for outcome in OUTCOMES:
        for world in WORLDS if outcome in LINKS else WORLDS[:1]:
            runs = [study.comparison.mean(arm, outcome, world) for arm in ENDS]
            change = [run[:, -1] - run[:, 0] for run in runs]
            if outcome == TORQUE:
                change = [100 * c / run[:, 0] for c, run in zip(change, runs, strict=True)]
            few, many = change
            rows.append((outcome, world, few.mean(), many.mean(), *band(study, many - few)))
    columns = ["outcome", "world", "low_end", "high_end", "difference", "low", "high"]
    return pd.DataFrame(rows, columns=columns)


def one_more(
    study: DoseStudy, sessions: int, outcome: str, world: str, shape: str = SATURATING
) -> MeanAndBand:
    """What the last of so many weekly sessions adds at the last week: mean and band over draws."""
    runs = strength_gain(study, shape, outcome, world, study.weeks)
    return band(study, runs[sessions] - runs[sessions - 1])


def cost_of_one_more(study: DoseStudy, sessions: int, outcome: str, world: str) -> MeanAndBand:
    """By how much the last of so many weekly sessions raises a rating at the last week."""
    runs = study.curves[SATURATING][outcome][WORLDS.index(world)][..., study.weeks]
    return band(study, runs[sessions] - runs[sessions - 1])


def _share(part: Array, whole: Array) -> Array:
    """Part of a whole; missing where there is hardly a whole."""
    there = np.abs(whole) > NO_EFFECT
    return np.divide(part, whole, out=np.full_like(whole, np.nan), where=there)


def effect_left(study: DoseStudy) -> "pd.DataFrame":
    """Share of the whole prescription's effect that is left some weeks after all has stopped.

    Discomfort is left out: soreness and ease pull against each other, and a share of what is left
    over says nothing.

    Columns: outcome, world, weeks_after, share, low, high. Against doing nothing, over draws.
    """
    import pandas as pd

    times = study.base.strength.sessions_per_week
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


def missed_sessions(study: DoseStudy) -> "pd.DataFrame":
    """What missed sessions cost at the last week, against all sessions done.

    Columns: programme, outcome, world, lost, low, high (per cent of baseline for torque, its own
    units for others; above 0 is lost), share (of the effect of all of it).
    """
    import pandas as pd

    rows = []
    missed = [name for name in ("one fewer", "gap", "late") if name in study.phases]
    gains = [(outcome, world) for outcome, world in GAINS if outcome in PHASED]
    for name, (outcome, world) in product(missed, gains):
        at, way = WORLDS.index(world), GAINS[outcome, world]
        whole, part, none = (study.phases[one][outcome][at] for one in ("all", name, "none"))
        unit = 100 / whole[:, 0] if outcome == TORQUE else 1.0
        lost = way * (whole[:, -1] - part[:, -1]) * unit
        effect = way * (whole[:, -1] - none[:, -1]) * unit
        share = band(study, _share(lost, effect))[0]
        rows.append((name, outcome, world, *band(study, lost), share))
    columns = ["programme", "outcome", "world", "lost", "low", "high", "share"]
    return pd.DataFrame(rows, columns=columns)
