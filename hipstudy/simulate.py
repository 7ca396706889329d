"""Cohort x completed sessions x days: the truth, before anyone measures it. Deterministic.

Every state relaxes towards a target set by the dose of the trailing week, by the exact exponential
step of a day. States that do not depend on the limb are carried per runner. What is returned is
at rest: no acute effect of stretching and no fatigue.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import constants

from hipstudy import physiology as ph
from hipstudy.adherence import DAYS, Completed
from hipstudy.baseline import NRS_MAX, Baseline
from hipstudy.cohort import Cohort
from hipstudy.parameters import Values
from hipstudy.protocol import Protocol, Strength
from hipstudy.worlds import tightness_change

Array = NDArray[np.float64]
OUTCOMES = ("tightness_nrs", "thomas_ext_deg", "end_range_torque_nm_kg")


@dataclass(frozen=True, eq=False)
class Trajectories:
    """True outcomes of one arm: name -> array (worlds, draws, limbs, weeks from 0)."""

    worlds: tuple[str, ...]
    outcomes: Mapping[str, Array]


@dataclass(frozen=True, eq=False)
class Doses:
    """What the trailing week held, each (draws, runners, days)."""

    loaded_sets: Array
    unloaded_sets: Array
    stretch_min: Array
    end_range_min: Array


def doses(protocol: Protocol, completed: Completed, values: Values) -> Doses:
    """Turn completed sessions into doses of the trailing week, per limb."""
    window = int(values["dose_window_d"].flat[0])
    strength, stretch = protocol.strength, protocol.stretch
    sets = completed.strength * (strength.sets if strength else 0)
    stretched = completed.stretch * (stretch.limb_min if stretch else 0)
    paused = completed.strength * (_reaches_end_range(strength) and strength.end_range_min)
    start = sets.shape[-1]
    if strength and strength.load != "unloaded":
        start = min(strength.unloaded_weeks * DAYS, start)
    loaded = sets.copy()
    loaded[..., :start] = 0
    return Doses(
        loaded_sets=ph.trailing(loaded, window),
        unloaded_sets=ph.trailing(sets - loaded, window),
        stretch_min=ph.trailing(stretched, window),
        end_range_min=ph.trailing(stretched + paused, window),
    )


def _reaches_end_range(strength: Strength | None) -> bool:
    return strength is not None and strength.trained_to_ext_deg > 0


def _carry(targets: Array, rise: Array, fall: Array) -> Array:
    """A state at the end of each week, (..., weeks from 0), given its target on each day."""
    state = np.zeros(targets.shape[:-1])
    weekly = [state]
    for day in range(targets.shape[-1]):
        state = ph.relax(state, targets[..., day], rise=rise, fall=fall)
        if (day + 1) % DAYS == 0:
            weekly.append(state)
    return np.stack(weekly, axis=-1)


def rom_gain(protocol: Protocol, dose: Doses, values: Values) -> Array:
    """Degrees of range of motion gained, (draws, runners, weeks): one reservoir, two ways in.

    The larger of the two fills it, so strength on top of enough stretching adds nothing
    (Alizadeh 2023, doi:10.1007/s40279-022-01804-x).
    """
    v = {name: value[..., np.newaxis] for name, value in values.items()}
    fill = ph.stretch_fill(
        dose.stretch_min,
        low_min_wk=v["stretch_low_min_wk"],
        full_min_wk=v["stretch_full_min_wk"],
        fill_at_low=v["stretch_low_fill"],
    )
    if _reaches_end_range(protocol.strength):
        sets = dose.loaded_sets + v["unloaded_rom_weight"] * dose.unloaded_sets
        share = v["loaded_rom_share"] * ph.saturating(sets, v["sets_constant_wk"])
        fill = np.maximum(fill, share)
    rise = ph.step_share(values["rom_fill_time_constant_wk"] * DAYS)
    fall = ph.step_share(values["rom_half_life_wk"] * DAYS / np.log(2))
    return v["rom_reservoir_deg"] * _carry(fill, rise, fall)


def guarding_eased(dose: Doses, values: Values) -> Array:
    """Share of tolerance regained, (draws, runners, weeks), by minutes at end range of any kind."""
    constant = values["guard_constant_min_wk"][..., np.newaxis]
    step = ph.step_share(values["guard_time_constant_wk"] * DAYS)
    return _carry(ph.saturating(dose.end_range_min, constant), step, step)


def efforts(
    strength: Strength, cohort: Cohort, start: Baseline, values: Values
) -> tuple[Array, Array]:
    """Effort of unloaded and of loaded sets, each (draws, limbs), from the capacity at the start.

    Capacity is that of the far end of the trained range, where the lever asks most of it.
    """
    trunk = strength.lever == "trunk-lever"
    horizontal = values["trunk_lever_horizontal_nm_kg" if trunk else "leg_lever_horizontal_nm_kg"]
    arm = values["trunk_load_arm_m" if trunk else "leg_load_arm_m"]
    mass = cohort.mass_kg[cohort.runner]
    capacity = torque_curve(strength.trained_to_ext_deg, start, values)

    def of(added_kg: float) -> Array:
        added = added_kg * constants.g * arm / mass
        return ph.effort(
            ph.lever_intensity(
                strength.trained_to_ext_deg,
                horizontal_nm_kg=horizontal + added,
                capacity_nm_kg=capacity,
            ),
            low_intensity=values["effort_low_intensity"],
            full_intensity=values["effort_full_intensity"],
            effort_at_low=values["effort_at_low_intensity"],
        )

    unloaded = of(0)
    loaded = of(strength.added_kg) if strength.added_kg else np.ones_like(unloaded)
    return unloaded, loaded


def torque_curve(angle_deg: ArrayLike, start: Baseline, values: Values) -> Array:
    """Baseline torque (draws, limbs) at one angle, or at an angle a draw of shape (draws, 1)."""
    return ph.torque_at(
        angle_deg,
        neutral_nm_kg=start.neutral_torque_nm_kg,
        neutral_to_max=values["torque_neutral_to_max"],
        max_flexion_deg=values["torque_max_flexion_deg"],
        reference_flexion_deg=values["reference_slope_flexion_deg"],
        beyond_slope_ratio=values["beyond_neutral_slope_ratio"],
    )


def torque_gain(
    protocol: Protocol,
    cohort: Cohort,
    start: Baseline,
    dose: Doses,
    values: Values,
    angle_deg: ArrayLike,
) -> Array:
    """Relative gain of torque at an angle, (draws, limbs, weeks).

    Stretching's own gain shares the ceiling: the larger target counts, not the sum.
    """
    v = {name: value[..., np.newaxis] for name, value in values.items()}
    filled = ph.stretch_fill(
        dose.stretch_min,
        low_min_wk=v["stretch_low_min_wk"],
        full_min_wk=v["stretch_full_min_wk"],
        fill_at_low=v["stretch_low_fill"],
    )
    stretched = v["stretch_strength_smd"] * v["torque_runner_cv"] * filled
    rise = ph.step_share(values["gain_time_constant_wk"] * DAYS)
    fall = ph.step_share(values["loss_time_constant_d"])
    strength = protocol.strength
    if strength is None:
        return _carry(stretched, rise, fall)[:, cohort.runner]
    sd = values["trained_range_sd_deg"]
    if _reaches_end_range(strength):
        sd = sd * values["long_length_sd_factor"]
    kernel = ph.angle_kernel(
        angle_deg,
        low_deg=strength.trained_from_ext_deg,
        high_deg=strength.trained_to_ext_deg,
        sd_deg=sd,
    )
    ceiling = values["gain_ceiling_untrained"] * values["runner_gain_factor"] * kernel
    sets = dose.loaded_sets + dose.unloaded_sets
    reached = ceiling[..., np.newaxis] * ph.saturating(sets, v["sets_constant_wk"])
    light = np.divide(dose.unloaded_sets, sets, out=np.zeros_like(sets), where=sets > 0)
    unloaded, loaded = efforts(strength, cohort, start, values)
    state = np.zeros((values.n_draws, cohort.n_limbs))
    weekly = [state]
    for day in range(sets.shape[-1]):
        hard = loaded + (unloaded - loaded) * light[..., day][:, cohort.runner]
        target = hard * reached[..., day][:, cohort.runner]
        target = np.maximum(target, stretched[..., day][:, cohort.runner])
        state = ph.relax(state, target, rise=rise, fall=fall)
        if (day + 1) % DAYS == 0:
            weekly.append(state)
    return np.stack(weekly, axis=-1)


def simulate(
    cohort: Cohort,
    starts: Mapping[str, Baseline],
    protocol: Protocol,
    completed: Completed,
    values: Values,
) -> Trajectories:
    """Run one arm in every world.

    Parameters
    ----------
    cohort
        Runners.
    starts
        World -> baseline of every limb.
    protocol
        The arm's prescription.
    completed
        The sessions that happened.
    values
        Parameters, one row a draw.

    Returns
    -------
    Trajectories
        The truth at rest, at every whole week from 0.
    """
    dose = doses(protocol, completed, values)
    rom = rom_gain(protocol, dose, values)[:, cohort.runner]
    eased = guarding_eased(dose, values)[:, cohort.runner]
    angle = values["end_range_test_angle_deg"] + values["test_angle_offset_deg"]
    anyway = _anyway(protocol, values, rom.shape[-1])
    found: dict[str, list[Array]] = {outcome: [] for outcome in OUTCOMES}
    for world, start in starts.items():
        gain = torque_gain(protocol, cohort, start, dose, values, angle)
        drivers = _drivers(start, gain, rom, eased, values)
        tight = start.tightness_nrs[:, np.newaxis] - anyway
        tight = tight + tightness_change(world, drivers, values)
        found["tightness_nrs"].append(np.clip(tight, 0, NRS_MAX))
        found["thomas_ext_deg"].append(start.thomas_ext_deg[..., np.newaxis] + rom)
        torque = torque_curve(angle, start, values)
        found["end_range_torque_nm_kg"].append(torque[..., np.newaxis] * (1 + gain))
    return Trajectories(tuple(starts), {name: np.stack(runs) for name, runs in found.items()})


def _anyway(protocol: Protocol, values: Values, n_weeks: int) -> Array:
    """Fall of tightness that is no cause's doing: natural course, and attention by contact."""
    week = np.arange(n_weeks)
    contact_h = protocol.contact_min_wk / 60 * np.minimum(week, protocol.weeks)
    fall = values["natural_course_nrs_wk"] * week + values["attention_nrs_per_h"] * contact_h
    return fall[:, np.newaxis, :]


def _drivers(
    start: Baseline, gain: Array, rom: Array, eased: Array, values: Values
) -> dict[str, Array]:
    """Change of each cause's driver in its own standard deviations, (draws, limbs, weeks).

    Tissue and tolerance split the Thomas angle's variance as they split its gain; the tolerance
    that guarding withholds is the tolerance share of the reservoir.
    """
    v = {name: value[..., np.newaxis] for name, value in values.items()}
    tissue, tolerance = 1 - v["rom_tolerance_share"], v["rom_tolerance_share"]
    return {
        "weak": gain * start.torque_to_norm[..., np.newaxis] / v["torque_runner_cv"],
        "short": np.sqrt(tissue) * rom / v["thomas_sd_deg"],
        "guarded": np.sqrt(tolerance) * v["rom_reservoir_deg"] * eased / v["thomas_sd_deg"],
    }
