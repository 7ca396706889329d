"""The whole model written a second time, plainly, for one limb; and numbers of others.

The second model is a loop over days with `math` only, written from the equations in the
docstrings of `physiology`, `simulate` and `worlds`; nothing of them is called.
"""

import math

import numpy as np
import pandas as pd
import pytest

from hipstudy import adherence, analysis, baseline, cohort, luck, parameters, protocol
from hipstudy.simulate import OUTCOMES, simulate
from hipstudy.worlds import WORLDS

WEEKS = 14
LEVER = {"leg-lever": ("leg_lever_horizontal_nm_kg", "leg_load_arm_m"),
         "trunk-lever": ("trunk_lever_horizontal_nm_kg", "trunk_load_arm_m")}  # fmt: skip


def curve(angle, neutral, p):
    top = neutral / p["torque_neutral_to_max"]

    def flexed(deg):
        part = math.sin(math.pi / 2 * deg / p["torque_max_flexion_deg"])
        return neutral + (top - neutral) * part

    if angle <= 0:
        return flexed(-angle)
    near = p["reference_slope_flexion_deg"]
    slope = (flexed(near) - neutral) / near
    return max(neutral - p["beyond_neutral_slope_ratio"] * slope * angle, 0)


def two_lines(x, low, full, at_low):
    if x <= low:
        return at_low * x / low
    return at_low + (1 - at_low) * min((x - low) / (full - low), 1)


def step(state, target, up, down):
    tau = up if target > state else down
    return target + (state - target) * math.exp(-1 / tau)


def session_effort(arm, neutral, mass, p, kg):
    name, reach = LEVER[arm.strength.lever]
    end = arm.strength.trained_to_ext_deg
    torque = (p[name] + kg * 9.80665 * p[reach] / mass) * math.cos(math.radians(end))
    share = torque / curve(end, neutral, p)
    return two_lines(share, p["effort_low_intensity"], p["effort_full_intensity"],
                     p["effort_at_low_intensity"])  # fmt: skip


def plain(arm, strength_days, stretch_days, start, p):
    """World -> (tightness, Thomas angle, torque at the test angle) at each week's end."""
    s, stretch = arm.strength, arm.stretch
    unloaded_days = s.unloaded_weeks * 7 if s.load != "unloaded" else WEEKS * 7
    at_end = s.trained_to_ext_deg > 0
    angle = p["end_range_test_angle_deg"] + p["test_angle_offset_deg"]
    wide = p["trained_range_sd_deg"] * (p["long_length_sd_factor"] if at_end else 1)
    out = max(s.trained_from_ext_deg - angle, angle - s.trained_to_ext_deg, 0)
    shown = math.exp(-(out**2) / (2 * wide**2))
    light = session_effort(arm, start["neutral"], start["mass"], p, 0)
    hard = 1.0
    if s.load.endswith("kg"):
        kg = float(s.load.split()[0])
        hard = session_effort(arm, start["neutral"], start["mass"], p, kg)
    gain = fill = eased = 0.0
    rows = [(gain, fill, eased)]
    for day in range(WEEKS * 7):
        window = range(max(day - 6, 0), day + 1)
        loaded = sum(strength_days[d] * s.sets for d in window if d >= unloaded_days)
        sets = sum(strength_days[d] * s.sets for d in window)
        on_stretch = sum(stretch_days[d] for d in window) * stretch.holds * stretch.hold_s / 60
        pauses = sum(strength_days[d] for d in window) * s.sets * s.reps * s.pause_s / 60
        stretched = two_lines(on_stretch, p["stretch_low_min_wk"], p["stretch_full_min_wk"],
                              p["stretch_low_fill"])  # fmt: skip
        e = (loaded * hard + (sets - loaded) * light) / sets if sets else 0
        built = p["gain_ceiling_untrained"] * p["runner_gain_factor"] * e * shown
        built *= 1 - math.exp(-sets / p["sets_constant_wk"])
        built = max(built, p["stretch_strength_smd"] * p["torque_runner_cv"] * stretched)
        gain = step(gain, built, p["gain_time_constant_wk"] * 7, p["loss_time_constant_d"])
        counted = loaded + p["unloaded_rom_weight"] * (sets - loaded)
        by_work = p["loaded_rom_share"] * (1 - math.exp(-counted / p["sets_constant_wk"]))
        full = max(stretched, by_work if at_end else 0)
        half = p["rom_half_life_wk"] * 7 / math.log(2)
        fill = step(fill, full, p["rom_fill_time_constant_wk"] * 7, half)
        minutes = on_stretch + (pauses if at_end else 0)
        goal = 1 - math.exp(-minutes / p["guard_constant_min_wk"])
        eased = step(eased, goal, *[p["guard_time_constant_wk"] * 7] * 2)
        if day % 7 == 6:
            rows.append((gain, fill, eased))
    return {world: [outcomes(world, w, row, start, angle, p) for w, row in enumerate(rows)]
            for world in WORLDS}  # fmt: skip


def outcomes(world, week, states, start, angle, p):
    gain, fill, eased = states
    degrees = p["rom_reservoir_deg"] * fill
    own = p["rom_tolerance_share"]
    sd = p["thomas_sd_deg"]
    # Tissue's SD is sqrt(1 - own) of the angle's, and its part of the gain is 1 - own; likewise
    # tolerance, whose gain is that of the whole reservoir once eased.
    driver = {
        "weak": gain * start["to_norm"] / p["torque_runner_cv"],
        "short": (1 - own) * degrees / (math.sqrt(1 - own) * sd),
        "guarded": own * p["rom_reservoir_deg"] * eased / (math.sqrt(own) * sd),
        "nonspecific": 0.0,
    }[world]
    tight = start["tight"] - p["natural_course_nrs_wk"] * week
    tight -= p["link_sd_per_sd"] * p["tightness_sd_nrs"] * driver
    torque = curve(angle, start["neutral"], p) * (1 + gain)
    return min(max(tight, 0), 10), start["thomas"] + degrees, torque


@pytest.mark.parametrize(
    "strength",
    [
        {},
        {"load": "5 kg", "lever": "trunk-lever"},
        {"load": "unloaded", "pause_s": 5.0},
        {"trained_from_ext_deg": -60.0, "trained_to_ext_deg": -5.0, "unloaded_weeks": 0},
        {"load": "2 kg", "unloaded_weeks": 5, "sessions_per_week": 5, "sets": 1},
    ],
)
def test_the_model_is_the_same_as_a_plain_second_one(strength):
    """To 1e-9, limb by limb, on draws of the parameters, with sessions missed and stopping."""
    preset = protocol.preset("strength_plus_stretch")
    arm = preset.model_copy(
        update={"strength": preset.strength.model_copy(update=strength), "weeks": 11}
    )
    values, runners = parameters.drawn(5, seed=3), cohort.draw(4, seed=3)
    starts = {w: baseline.draw(runners, w, values, seed=3) for w in WORLDS}
    done = adherence.attend(runners, arm, values, weeks=WEEKS, seed=3)
    found = simulate(runners, starts, arm, done, values)
    for draw, limb in ((0, 0), (1, 3), (2, 4), (3, 7), (4, 6)):
        p = {name: float(v[draw, 0]) for name, v in values.items()}
        for place, world in enumerate(WORLDS):
            begin = starts[world]
            start = {
                "tight": begin.tightness_nrs[limb],
                "thomas": begin.thomas_ext_deg[draw, limb],
                "neutral": begin.neutral_torque_nm_kg[draw, limb],
                "to_norm": begin.torque_to_norm[draw, limb],
                "mass": runners.mass_kg[limb // 2],
            }
            days = done.strength[draw, limb // 2], done.stretch[draw, limb // 2]
            second = np.array(plain(arm, *days, start, p)[world])
            for column, outcome in enumerate(OUTCOMES):
                first = found.outcomes[outcome][place, draw, limb]
                assert first == pytest.approx(second[:, column], abs=1e-9), (world, outcome)


def test_luck_leaves_out_both_ends():
    ends = luck._between(np.array([0, 2**64 - 1], dtype=np.uint64))
    assert 0 < ends[0] < ends[1] < 1


@pytest.mark.parametrize(("d", "n"), [(0.2, 394), (0.5, 64), (0.8, 26)])
def test_size_of_a_trial_at_cohens_effects(d, n):
    # Two-sided 5 %, power 0.80: G*Power 3.1 (Faul 2007, doi:10.3758/BF03193146) and Cohen 1988,
    # table 2.4.1 (393, 64, 26; the first by an approximation).
    assert analysis.runners_per_arm(d, 1, 0) == n


def test_running_angles_are_those_of_the_open_data(rbds_file):
    curves = pd.read_csv(rbds_file.with_name("hip_sagittal_long.csv"))
    peaks = -curves.groupby(["subject", "side", "speed_ms"])["hip_angle_z_deg"].min()
    for speed, mean in peaks.groupby("speed_ms").mean().items():
        name = f"running_extension_{str(speed).replace('.', '_')}_deg"
        assert parameters.number(name) == pytest.approx(mean, abs=0.06), name
