"""Torque along the range in a comparison, who starts low, and how far each cause is moved."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hipstudy import parameters, result_store
from hipstudy.model import adaptation, adherence, baseline, range_gain, simulate
from hipstudy.model.adaptation import Targets, TorqueGain
from hipstudy.model.baseline import Baseline
from hipstudy.model.limb_state import relative_torque
from hipstudy.model.weekly_dose import Doses, doses
from hipstudy.parameters import Values, number
from hipstudy.prescription.protocol import Protocol
from hipstudy.studies.compare_study import CompareStudy

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]
NORM = "norm"
WORLD = "weak"  # the curve hardly differs between worlds; this is where it matters


def angles() -> Array:
    """Angles of the curve, degrees of extension."""
    step = number("angle_step_deg")
    return np.arange(number("angle_from_deg"), number("angle_to_deg") + 1, step)


def _few_draws(study: CompareStudy) -> Values:
    settings = study.settings
    return parameters.draw(
        int(number("curve_draws")), seed=settings.seed, **settings.parameter_values
    )


def _doses(study: CompareStudy, name: str, values: Values) -> tuple[Protocol, Doses, Targets]:
    arm, seed = study.design.arm(name), study.settings.seed
    sessions = adherence.attend(study.cohort, arm, values, weeks=study.design.weeks, seed=seed)
    dose = doses(arm, sessions, values)
    return arm, dose, adaptation.targets(dose, values)


def torque_gain(study: CompareStudy, name: str, start: Baseline, values: Values) -> TorqueGain:
    """Gain of torque of one arm over weeks, for any angle."""
    arm, _, aims = _doses(study, name, values)
    return adaptation.torque_gain(arm, study.cohort, start, aims, values)


def _table(
    study: CompareStudy,
    name: str,
    arms: tuple[str, ...],
    columns: Sequence[str],
    rows: Callable[[], Iterable[tuple[Any, ...]]],
) -> "pd.DataFrame":
    """Rows as a table with the arm first; kept from one run to the next where no file is in it."""
    import pandas as pd

    names = (*arms, NORM)  # of arms are the user's, and not kept

    def find() -> result_store.Arrays:
        first, *rest = zip(*rows(), strict=True)
        places = np.array([names.index(arm) for arm in first])
        return dict(zip(columns, (places, *map(np.array, rest)), strict=True))

    if study.run_settings is None:
        found = find()
    else:
        found = result_store.result(name, {**study.run_settings, "of": arms}, find)
    first, *rest = (found[column].tolist() for column in columns)
    return pd.DataFrame(
        list(zip((names[place] for place in first), *rest, strict=True)), columns=list(columns)
    )


def drivers(study: CompareStudy, arms: tuple[str, ...]) -> "pd.DataFrame":
    """How far each arm has closed each cause's deficit at the last week, mean over limbs.

    Fewer draws than elsewhere (``curve_draws``). A limb without a deficit has none to close.

    Columns: arm, driver (a world's name), mean, low, high (in the driver's own standard
    deviations; above 0 is less tightness if that is the cause and the link is causal).
    """
    columns = ["arm", "driver", "mean", "low", "high"]
    return _table(study, "drivers", arms, columns, lambda: _driver_rows(study, arms))


def _driver_rows(study: CompareStudy, arms: tuple[str, ...]) -> list[tuple]:
    values = _few_draws(study)
    seed = study.settings.seed
    starts = baseline.draw_worlds(study.cohort, values, seed=seed, worlds=simulate.MOVED)
    rows = []
    for name in arms:
        arm, dose, aims = _doses(study, name, values)
        changes = simulate.drivers(
            adaptation.torque_gain(arm, study.cohort, starts[WORLD], aims, values),
            range_gain.range_states(arm, dose, values),
            values,
        )
        for driver, change in changes.items():
            means = np.minimum(change[-1], starts[driver].deficit).mean(axis=-1)
            low, high = np.quantile(means, study.band)
            rows.append((name, driver, means.mean(), low, high))
    return rows


def torque_angle(
    study: CompareStudy,
    arms: tuple[str, ...],
    *,
    weeks: Sequence[int] | None = None,
    gain_of: Callable[[CompareStudy, str, Baseline, Values], TorqueGain] | None = None,
) -> "pd.DataFrame":
    """Mean torque at each angle at the start, half-way and the last week, or at other weeks.

    Fewer draws than elsewhere (``curve_draws``), because every angle is carried. ``gain_of`` finds
    an arm's gain, or has it already.

    Columns: arm, week, angle_ext_deg, mean, low, high (Nm/kg). Arm ``norm`` is the men's and
    women's norm in this cohort's shares, without spread between runners.
    """
    columns = ["arm", "week", "angle_ext_deg", "mean", "low", "high"]
    at = sorted({0, study.design.weeks // 2, study.design.weeks} if weeks is None else weeks)
    if weeks is None and gain_of is None:
        return _table(study, "torque by angle", arms, columns,
                      lambda: _angle_rows(study, arms, at, torque_gain))  # fmt: skip
    import pandas as pd

    return pd.DataFrame(_angle_rows(study, arms, at, gain_of or torque_gain), columns=columns)


def _angle_rows(
    study: CompareStudy,
    arms: tuple[str, ...],
    weeks: Sequence[int],
    gain_of: Callable[[CompareStudy, str, Baseline, Values], TorqueGain],
) -> list[tuple]:
    values = _few_draws(study)
    start = baseline.draw(study.cohort, WORLD, values, seed=study.settings.seed)
    rows: list[tuple] = []
    for name in arms:
        gain = gain_of(study, name, start, values)
        for angle in angles():
            torque = start.torque(angle, values) * (1 + gain.at(angle)[weeks])
            means = torque.mean(axis=-1)
            low, high = np.quantile(means, study.band, axis=1)
            rows += [
                (name, week, angle, means[i].mean(), low[i], high[i])
                for i, week in enumerate(weeks)
            ]
    return [*rows, *_norm(study, values, angles())]


def lowest(start: Baseline, values: Values) -> NDArray[np.int64]:
    """Limbs that start lowest at the test angle against the norm there: a part of all, never few.

    A figure on few would tell about single runners.
    """
    at_test = start.to_norm(simulate.tested_angle(values), values)[0]
    least = int(2 * number("cohort_least_runners"))
    few = min(max(int(number("surface_share") * at_test.size), least), at_test.size)
    return np.argsort(at_test, kind="stable")[:few]


def surface(study: CompareStudy, arms: tuple[str, ...]) -> "pd.DataFrame":
    """Torque against the norm at each angle and week, mean of the limbs that start lowest.

    Every parameter at its value, in the world where tightness follows end-range torque.

    Columns: arm, week, angle_ext_deg, gap_pct (0 is the norm at that angle, for the limb's sex;
    below 0 is a modelled deficit), n_limbs.
    """
    columns = ["arm", "week", "angle_ext_deg", "gap_pct", "n_limbs"]
    return _table(study, "torque surface", arms, columns, lambda: _surface_rows(study, arms))


def _surface_rows(study: CompareStudy, arms: tuple[str, ...]) -> list[tuple]:
    seed, values = study.settings.seed, parameters.central(**study.settings.parameter_values)
    start = baseline.draw(study.cohort, WORLD, values, seed=seed)
    who = lowest(start, values)
    rows = []
    for name in arms:
        gain = torque_gain(study, name, start, values)
        for angle in angles():
            to_norm = start.to_norm(angle, values) * (1 + gain.at(angle))
            gap = (to_norm[:, 0, who].mean(axis=-1) - 1) * 100
            rows += [(name, week, angle, value, len(who)) for week, value in enumerate(gap)]
    return rows


def _norm(study: CompareStudy, values: parameters.Values, angles: np.ndarray) -> list[tuple]:
    women = float((study.cohort.sex == "F").mean())
    sex = women * values["women_to_men_torque"] + (1 - women)
    torque = values["torque_neutral_nm_kg"] * sex * relative_torque(angles, values)
    low, high = np.quantile(torque, study.band, axis=0)
    middle = torque.mean(axis=0)
    return [(NORM, 0, a, middle[i], low[i], high[i]) for i, a in enumerate(angles)]


def running_angles() -> dict[str, float]:
    """Peak hip extension at three running speeds, measured in 28 runners; speed -> degrees."""
    return {
        f"{speed.replace('_', '.')} m/s": number(f"running_extension_{speed}_deg")
        for speed in ("2_5", "3_5", "4_5")
    }
