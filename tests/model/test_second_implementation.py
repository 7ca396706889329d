"""The whole model written a second time, plainly, for one limb; and numbers of others.

The second model is a loop over days with `math` only, written from the equations in the
docstrings of `equations`, `soreness`, `adaptation`, `limb_state`, `usual_level`, `simulate` and
`causes`; nothing of them is called. Where a limb starts is given to both.
"""

import math
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest

from hipstudy import parameters, random_streams
from hipstudy.analysis import sample_size
from hipstudy.model import adherence, baseline, cohort
from hipstudy.model.causes import WORLDS
from hipstudy.model.simulate import OUTCOMES, simulate
from hipstudy.prescription import protocol

WEEKS = 14
LEG, TRUNK = ("leg_mass_share", "leg_centre_share", "leg_length_share"), (
    "trunk_mass_share", "trunk_centre_share", "trunk_length_share")  # fmt: skip

HIP_CURVES = Path(__file__).parents[1] / "data" / "hip_sagittal_long.csv.gz"


def curve(angle, neutral, p):
    """Torque at neutral times one of three shapes."""
    if p["torque_curve"] == 1:

        def at(deg):
            turned = p["cosine_width"] * math.radians(deg - p["cosine_optimum_ext_deg"])
            return math.cos(min(max(turned, -math.pi / 2), math.pi / 2))

        return neutral * at(angle) / at(0)
    if p["torque_curve"] == 2:

        def at(deg):
            away = math.radians(deg + p["bell_optimum_flexion_deg"])
            return math.exp(-((away / p["bell_width_rad"]) ** 2) / 2)

        return neutral * at(angle) / at(0)
    top = neutral / p["torque_neutral_to_max"]

    def flexed(deg):
        part = math.sin(math.pi / 2 * min(deg, 105) / p["torque_max_flexion_deg"])
        return neutral + (top - neutral) * part

    if angle <= 0:
        return flexed(-angle)
    near = p["reference_slope_flexion_deg"]
    slope = (flexed(near) - neutral) / near
    return max(neutral - p["beyond_neutral_slope_ratio"] * slope * angle, 0)


def passive(angle, p):
    """Two exponentials of one of two sets, per kg."""
    if p["passive_curve"] == 0:
        q = math.radians(-angle)  # flexion
        moment = p["passive_rise_nm"] * math.exp(-p["passive_rise_per_rad"] * q)
        moment -= p["passive_fall_nm"] * math.exp(p["passive_fall_per_rad"] * q)
    else:
        k, h = p["running_knee_flexion_deg"], -angle
        moment = math.exp(1.4655 - 0.0034 * k - 0.0750 * h)
        moment += 8.072 - math.exp(1.3403 - 0.0226 * k + 0.0305 * h)
    return p["passive_factor"] * max(moment, 0) / p["mass_mean_kg"]


def among(kind, p):
    """Factor of one setting among trials."""
    return math.exp(p[f"{kind}_trial_sd"] * p[f"{kind}_trial_z"])


def two_lines(x, low, full, at_low):
    if x <= low:
        return at_low * x / low
    return at_low + (1 - at_low) * min((x - low) / (full - low), 1)


def step(state, target, up, down):
    tau = up if target > state else down
    return target + (state - target) * math.exp(-1 / tau)


def to_norm(angle, start, p):
    """exp(cv z - cv^2 / 2), z the level of the whole curve and the part that end range has."""
    w = p["end_range_deficit_share"]
    span = p["end_range_from_deg"] - p["deficit_fades_at_deg"]
    k = min(max((angle - p["deficit_fades_at_deg"]) / span, 0), 1)
    z = (1 - w + w * k) * start["end"] + math.sqrt(w * (1 - w)) * (1 - k) * start["elsewhere"]
    cv = p["torque_runner_cv"]
    return math.exp(cv * z - cv**2 / 2)


def held(angle, start, p):
    return curve(angle, start["norm"], p) * to_norm(angle, start, p)


def session_effort(s, start, p, kg):
    """Gravity's torque over capacity at the far end, on two lines."""
    end, tall = s.trained_to_ext_deg, p["stature_mean_m"]
    mass, centre, length = (p[name] for name in (TRUNK if s.lever == "trunk-lever" else LEG))
    torque = p["segment_factor"] * 9.80665 * mass * centre * length * tall
    arm, under = length * tall, "trunk_length_share"
    if s.lever == "trunk-lever":
        arm, under = arm * p["chest_load_share"], "thigh_length_share"
    torque += kg * 9.80665 * arm / start["mass"]
    tilt = math.degrees(math.asin(s.support_height_cm / 100 / (p[under] * tall)))
    turned = tilt - end if s.lever == "trunk-lever" else tilt + end
    share = torque * max(math.cos(math.radians(turned)), 0) / held(end, start, p)
    by_load = two_lines(share, p["effort_low_intensity"], p["effort_full_intensity"],
                        p["effort_at_low_intensity"])  # fmt: skip
    possible = max(p["reps_line_constant"] * (1 / share - 1), 0) if share else math.inf
    return max(by_load, min(s.reps / max(possible - p["full_effort_reps_left"], 1), 1))


def bout_shape(lag, p):
    peak, gone = p["soreness_peak_d"], p["soreness_gone_d"]
    return max(min(lag / peak, (gone - lag) / (gone - peak), 1), 0)


def luck(kind, key, week, seed):
    """The runner's sum and difference of one week's shock."""
    u = random_streams.uniform(seed=seed, stream=f"{kind} fluctuation", by=[key, [0, 1], week])
    return [NormalDist().inv_cdf(one) for one in u]


def felt_anyway(start, p, seed):
    """Tightness and discomfort of each week if nothing is done: usual level and fluctuation."""
    r, sides = p["tightness_discomfort_r"], p["side_r"]
    sign = 1 if start["side"] == "left" else -1
    weeks = {name: [start[name]] for name in ("tightness", "discomfort")}
    away = dict(start["away"])
    for week in range(1, WEEKS + 1):
        tight, other = (luck(kind, start["key"], week, seed) for kind in weeks)
        both = [r * one + math.sqrt(1 - r**2) * two for one, two in zip(tight, other, strict=True)]
        for name, parts in (("tightness", tight), ("discomfort", both)):
            shock = math.sqrt((1 + sides) / 2) * parts[0]
            shock += sign * math.sqrt((1 - sides) / 2) * parts[1]
            step_r = p["fluctuation_week_r"]
            left = p["fluctuation_sd_nrs"] * math.sqrt(1 - step_r**2)
            away[name] = step_r * away[name] + left * shock
            weeks[name].append(start["usual"][name] + away[name])
    return weeks


def plain(arm, strength_days, stretch_days, technique, start, p, seed):
    """World -> outcomes at each week's end."""
    s, stretch = arm.strength, arm.stretch
    trained = s.sides in ("both", start["side"])
    unloaded_days = s.unloaded_weeks * 7 if s.load != "unloaded" else WEEKS * 7
    at_end = s.trained_to_ext_deg > 0
    light = session_effort(s, start, p, 0)
    hard = session_effort(s, start, p, float(s.load.split()[0])) if s.load.endswith("kg") else 1.0
    quality = 1 - p["technique_cost"] * (1 - technique)
    trial = among("strength", p) * p["runner_gain_factor"]
    built = learned = stretched = shield = 0.0
    tolerance = tissue = programme = 0.0
    strain, effective = [], []  # of every day so far
    rows, sore = [(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)], []
    for day in range(WEEKS * 7):
        weight = p["unloaded_bout_share"] if day < unloaded_days else 1
        weight *= 1 if at_end else p["short_length_bout_share"]
        shield *= math.exp(-1 / (7 * p["protection_wk"]))
        weight *= 1 - (1 - p["protection_floor"]) * shield
        strain.append(strength_days[day] * s.sets * weight)
        if strength_days[day]:
            shield = 1 - p["second_bout_share"] * (1 - shield)
        tired = sum(p["fatigue_per_set"] * strain[d] * math.exp(-(day - d) /
                    p["fatigue_time_constant_d"]) for d in range(day))  # fmt: skip
        sore.append(min(sum(p["soreness_per_set_nrs"] * among("soreness", p) * strain[d] *
                            bout_shape(day - d, p) for d in range(day)), 10))  # fmt: skip
        spared = max(1 - p["soreness_cost_per_nrs"] * sore[-1], 0)
        effective.append(strength_days[day] * quality * (1 - min(tired, 1)) * spared)
        window = range(max(day - 6, 0), day + 1)
        loaded = sum(effective[d] * s.sets for d in window if d >= unloaded_days)
        sets = sum(effective[d] * s.sets for d in window)
        on_stretch = sum(stretch_days[d] for d in window) * stretch.holds * stretch.hold_s / 60
        pauses = sum(effective[d] for d in window) * s.sets * s.reps * s.pause_s / 60
        up, down = p["gain_time_constant_wk"] * 7, p["loss_time_constant_d"]
        e = (loaded * hard + (sets - loaded) * light) / sets if sets else 0
        goal = p["gain_ceiling_untrained"] * trial * e
        built = step(built, goal * (1 - math.exp(-sets / p["sets_constant_wk"])), up, down)
        goal = p["learning_gain"] * trial if sets else 0
        learned = step(learned, goal, p["learning_time_constant_wk"] * 7, down)
        goal = p["stretch_strength_smd"] * p["torque_runner_cv"]
        goal *= 1 - math.exp(-on_stretch / p["tolerance_constant_min_wk"])
        stretched = step(stretched, goal, up, down)
        here = at_end and trained
        counted = loaded + p["unloaded_rom_weight"] * (sets - loaded)
        by_work = p["loaded_rom_share"] * (1 - math.exp(-counted / p["sets_constant_wk"]))
        minutes = on_stretch + (p["pause_weight"] * pauses if here else 0)
        slow, worth = p["tissue_time_constant_wk"] * 7, p["session_worth_d"]
        tolerance *= 0.5 ** (1 / 7 / p["tolerance_half_life_wk"])
        tissue *= math.exp(-1 / slow)
        by_minutes = 1 - math.exp(-minutes / p["tolerance_constant_min_wk"])
        gate, full = p["tissue_gate_min_wk"], p["tissue_full_min_wk"]
        for _ in range(int(stretch_days[day]) + (here and strength_days[day] > 0)):
            gap = max(max(by_minutes, by_work if here else 0) - tolerance, 0)
            tolerance += gap * (1 - math.exp(-worth / 7 / p["tolerance_time_constant_wk"]))
            gap = max(min(max((minutes - gate) / (full - gate), 0), 1) - tissue, 0)
            tissue += gap * (1 - math.exp(-worth / slow))
        tau = p["programme_time_constant_wk"] * 7, p["programme_half_life_wk"] * 7 / math.log(2)
        programme = step(programme, float(day < arm.weeks * 7), *tau)
        if day % 7 == 6:
            side = 1 if trained else p["cross_education_share"]
            felt = trained * sum(sore[-7:]) / 7
            rows.append(((built + learned) * side, stretched, tolerance, tissue, felt, programme))
    anyway = felt_anyway(start, p, seed)
    return {world: [outcomes(world, w, row, start, arm, p, anyway) for w, row in enumerate(rows)]
            for world in WORLDS}  # fmt: skip


def outcomes(world, week, states, start, arm, p, anyway):
    built, stretched, tolerance, tissue, sore, programme = states
    s = arm.strength
    wide = p["trained_range_sd_deg"]
    wide *= p["long_length_sd_factor"] if s.trained_to_ext_deg > 0 else 1

    def gain(angle):
        out = max(s.trained_from_ext_deg - angle, angle - s.trained_to_ext_deg, 0)
        return max(built * math.exp(-(out**2) / (2 * wide**2)), stretched)

    angle = p["end_range_test_angle_deg"] + p["test_angle_offset_deg"]
    own = p["rom_tolerance_share"]
    most = p["rom_reservoir_deg"] * among("range", p)
    degrees = most * (own * tolerance + (1 - own) * tissue)
    sd = p["thomas_sd_deg"] * p["thomas_reading_r"] * math.sqrt(p["thomas_reading_icc"])
    room = max(p["hip_extension_limit_deg"] - start["thomas"], 0)
    part = min(room / degrees, 1) if degrees else 1.0
    # Tissue's SD is sqrt(1 - own) of the angle's, and its part of the gain is 1 - own; likewise
    # tolerance.
    driver = {
        "weak": math.log(1 + gain(angle)) / p["torque_runner_cv"],
        "short": part * (1 - own) * most * tissue / (math.sqrt(1 - own) * sd),
        "guarded": part * own * most * tolerance / (math.sqrt(own) * sd),
        "nonspecific": 0.0,
    }[world]
    closed = min(driver, start["deficit"][world])
    found = {"soreness_nrs": sore, "thomas_ext_deg": start["thomas"] + min(degrees, room)}
    most_course = p["natural_course_most_nrs"]
    course = most_course * (1 - math.exp(-p["natural_course_nrs_wk"] * week / most_course))
    for name, link in (("tightness", "link"), ("discomfort", "discomfort_link")):
        felt = anyway[name][week] - course - p["programme_effect_nrs"] * programme
        felt -= p["causal_share"] * p[f"{link}_sd_per_sd"] * p[f"{name}_sd_nrs"] * closed
        felt = min(max(felt, 0), 10)
        found[f"{name}_nrs"] = min(felt + (sore if name == "discomfort" else 0), 10)
    found["end_range_torque_nm_kg"] = held(angle, start, p) * (1 + gain(angle))
    for place, speed in enumerate(("2_5", "3_5", "4_5")):
        left = [(held(at, start, p) * (1 + gain(at)) + passive(at, p)) / asked
                for at, asked in start["demands"][place]]  # fmt: skip
        found[f"reserve_{speed}"] = min(left)
    top = (p["gain_ceiling_untrained"] + p["learning_gain"]) * p["runner_gain_factor"]
    top *= among("strength", p)
    found["economy_pct"] = p["economy_full_pct"] * min(built / top, 1)
    return [found[name] for name in OUTCOMES]


@pytest.mark.parametrize(
    "strength",
    [
        {},
        {"load": "5 kg", "lever": "trunk-lever"},
        {"load": "unloaded", "pause_s": 5.0, "sides": "right"},
        {"trained_from_ext_deg": -60.0, "trained_to_ext_deg": -5.0, "unloaded_weeks": 0},
        {"load": "2 kg", "unloaded_weeks": 5, "sessions_per_week": 5, "sets": 1, "sides": "left"},
        {"support_height_cm": 25.0, "load": "1 kg", "sets": 10, "sessions_per_week": 10},
        {"support_height_cm": 15.0, "lever": "trunk-lever", "load": "unloaded"},
    ],
)
def test_the_model_is_the_same_as_a_plain_second_one(strength):
    """To 1e-12, limb by limb, on draws of the parameters, with sessions missed and stopping."""
    preset = protocol.preset("strength_plus_stretch")
    arm = preset.model_copy(
        update={"strength": preset.strength.model_copy(update=strength), "weeks": 11}
    )
    values, runners = parameters.draw(5, seed=3, causal_share=0.8), cohort.draw(4, seed=3)
    starts = {w: baseline.draw(runners, w, values, seed=3) for w in WORLDS}
    done = adherence.attend(runners, arm, values, weeks=WEEKS, seed=3)
    found = simulate(runners, starts, arm, done, values)
    for draw, limb in ((0, 0), (1, 3), (2, 4), (3, 7), (4, 6)):
        p = {name: float(v[draw, 0]) for name, v in values.items()}
        for place, world in enumerate(WORLDS):
            begin = starts[world]
            asked = begin.demands
            start = {
                "tightness": begin.tightness_nrs[draw, limb],
                "discomfort": begin.discomfort_nrs[draw, limb],
                "usual": {n[:-4]: one[draw, limb] for n, one in begin.levels.usual.items()},
                "away": {n[:-4]: one[draw, limb] for n, one in begin.levels.away.items()},
                "deficit": {w: starts[w].deficit[draw, limb] for w in WORLDS},
                "key": runners.key[limb // 2],
                "thomas": begin.thomas_ext_deg[draw, limb],
                "norm": begin.norm_neutral_nm_kg[draw, limb],
                "end": begin.end_range[draw, limb],
                "elsewhere": begin.elsewhere[limb],
                "mass": runners.mass_kg[limb // 2],
                "side": ("left", "right")[limb % 2],
                "demands": np.stack([asked.angle_ext_deg, asked.moment_nm_kg], -1)[
                    :, :, draw, limb
                ],
            }
            days = (part[draw, limb // 2] for part in (done.strength, done.stretch))
            second = np.array(
                plain(arm, *days, done.technique[draw, limb // 2], start, p, 3)[world]
            )
            for column, outcome in enumerate(OUTCOMES):
                first = found.outcomes[outcome][place, draw, limb]
                assert first == pytest.approx(second[:, column], rel=1e-12, abs=1e-12), (
                    world,
                    outcome,
                )


def test_luck_leaves_out_both_ends():
    ends = random_streams._between(np.array([0, 2**64 - 1], dtype=np.uint64))
    assert 0 < ends[0] < ends[1] < 1


@pytest.mark.parametrize(("d", "n"), [(0.2, 394), (0.5, 64), (0.8, 26)])
def test_size_of_a_trial_at_cohens_effects(d, n):
    # Two-sided 5 %, power 0.80: G*Power 3.1 (Faul 2007, doi:10.3758/BF03193146) and Cohen 1988,
    # table 2.4.1 (393, 64, 26; the first by an approximation).
    assert sample_size.runners_per_arm(d, 1, 0) == n


def test_running_angles_are_those_of_the_open_data():
    curves = pd.read_csv(HIP_CURVES)
    peaks = -curves.groupby(["subject", "side", "speed_ms"])["hip_angle_z_deg"].min()
    for speed, mean in peaks.groupby("speed_ms").mean().items():
        name = f"running_extension_{str(speed).replace('.', '_')}_deg"
        assert parameters.number(name) == pytest.approx(mean, abs=0.06), name
