"""The torque-angle curve of a comparison: mean over limbs, week by week, with its band."""

from typing import TYPE_CHECKING

import numpy as np

from hipstudy import adherence, baseline, parameters
from hipstudy.compare import Study
from hipstudy.parameters import number
from hipstudy.physiology import torque_at
from hipstudy.simulate import doses, torque_curve, torque_gain

if TYPE_CHECKING:
    import pandas as pd

NORM = "norm"
WORLD = "weak"  # the curve hardly differs between worlds; this is where it matters


def torque_angle(study: Study, arms: tuple[str, ...]) -> "pd.DataFrame":
    """Mean torque at each angle at the start, half-way and the last week.

    Fewer draws than elsewhere (``curve_draws``), because every angle is carried.

    Columns: arm, week, angle_ext_deg, mean, low, high (Nm/kg). Arm ``norm`` is the men's and
    women's norm in this cohort's shares, without spread between runners.
    """
    import pandas as pd

    seed = study.settings.seed
    values = parameters.drawn(int(number("curve_draws")), seed=seed)
    start = baseline.draw(study.cohort, WORLD, values, seed=seed)
    angles = np.arange(
        number("angle_from_deg"), number("angle_to_deg") + 1, number("angle_step_deg")
    )
    weeks = sorted({0, study.design.weeks // 2, study.design.weeks})
    rows = []
    for name in arms:
        arm = study.design.arm(name)
        done = adherence.attend(study.cohort, arm, values, weeks=study.design.weeks, seed=seed)
        dose = doses(arm, done, values)
        for angle in angles:
            gain = torque_gain(arm, study.cohort, start, dose, values, angle)[..., weeks]
            torque = torque_curve(angle, start, values)[..., np.newaxis] * (1 + gain)
            means = torque.mean(axis=1)
            low, high = np.quantile(means, study.band, axis=0)
            rows += [
                (name, week, angle, means[:, i].mean(), low[i], high[i])
                for i, week in enumerate(weeks)
            ]
    rows += _norm(study, values, angles)
    columns = ["arm", "week", "angle_ext_deg", "mean", "low", "high"]
    return pd.DataFrame(rows, columns=columns)


def _norm(study: Study, values: parameters.Values, angles: np.ndarray) -> list[tuple]:
    women = float((study.cohort.sex == "F").mean())
    sex = women * values["women_to_men_torque"] + (1 - women)
    torque = torque_at(
        angles,
        neutral_nm_kg=values["torque_neutral_nm_kg"] * sex,
        neutral_to_max=values["torque_neutral_to_max"],
        max_flexion_deg=values["torque_max_flexion_deg"],
        reference_flexion_deg=values["reference_slope_flexion_deg"],
        beyond_slope_ratio=values["beyond_neutral_slope_ratio"],
    )
    low, high = np.quantile(torque, study.band, axis=0)
    middle = torque.mean(axis=0)
    return [(NORM, 0, a, middle[i], low[i], high[i]) for i, a in enumerate(angles)]


def running_angles() -> dict[str, float]:
    """Peak hip extension at three running speeds, measured in 28 runners; speed -> degrees."""
    return {
        f"{speed.replace('_', '.')} m/s": number(f"running_extension_{speed}_deg")
        for speed in ("2_5", "3_5", "4_5")
    }
