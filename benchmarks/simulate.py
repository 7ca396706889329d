"""Limb-days per second: the model against the same equations written plainly, in one run.

The same torque state at the test angle is carried three ways over 84 days: by `hipstudy.simulate`
over a whole cohort and many draws of the parameters, by a plain Python loop over limbs and days,
and by `scipy.integrate.solve_ivp` day by day. The three must agree before any time is printed.
"""

from time import perf_counter

import numpy as np
from scipy.integrate import solve_ivp

from hipstudy import adherence, baseline, cohort, parameters, protocol
from hipstudy.simulate import doses, efforts, simulate, torque_gain

DAYS, LIMBS_PLAIN, LIMBS_IVP = 84, 60, 4


def prepare(n_runners, n_draws):
    values = parameters.central() if n_draws == 1 else parameters.drawn(n_draws, seed=0)
    runners = cohort.draw(n_runners, seed=0)
    start = baseline.draw(runners, "weak", values, seed=0)
    arm = protocol.preset("strength_plus_stretch")
    done = adherence.attend(runners, arm, values, weeks=12, seed=0)
    return values, runners, start, arm, done


def targets(values, runners, start, arm, done):
    """Daily target of the torque gain for every limb, from the same functions' inputs, plainly."""
    dose = doses(arm, done, values)
    p = {name: float(v[0, 0]) for name, v in values.items()}
    unloaded, loaded = efforts(arm.strength, runners, start, values)
    angle = p["end_range_test_angle_deg"] + p["test_angle_offset_deg"]
    past = max(angle - arm.strength.trained_to_ext_deg, 0)
    sd = p["trained_range_sd_deg"] * p["long_length_sd_factor"]
    ceiling = (
        p["gain_ceiling_untrained"] * p["runner_gain_factor"] * np.exp(-((past / sd) ** 2) / 2)
    )
    rows = []
    for limb in range(LIMBS_PLAIN):
        runner, row = limb // 2, []
        for day in range(DAYS):
            hard, light = dose.loaded_sets[0, runner, day], dose.unloaded_sets[0, runner, day]
            sets, minutes = hard + light, dose.stretch_min[0, runner, day]
            low = p["stretch_low_fill"]
            fill = low * min(minutes / p["stretch_low_min_wk"], 1)
            span = p["stretch_full_min_wk"] - p["stretch_low_min_wk"]
            fill += (1 - low) * min(max((minutes - p["stretch_low_min_wk"]) / span, 0), 1)
            effort = 0.0
            if sets:
                effort = (hard * loaded[0, limb] + light * unloaded[0, limb]) / sets
            strength = ceiling * effort * (1 - np.exp(-sets / p["sets_constant_wk"]))
            stretched = p["stretch_strength_smd"] * p["torque_runner_cv"] * fill
            row.append(float(max(strength, stretched)))
        rows.append(row)
    return rows, p["gain_time_constant_wk"] * 7, p["loss_time_constant_d"]


def plain(rows, tau_up, tau_down):
    ends = []
    for row in rows:
        state = 0.0
        for target in row:
            tau = tau_up if target > state else tau_down
            state = target + (state - target) * float(np.exp(-1 / tau))
        ends.append(state)
    return ends


def by_solve_ivp(rows, tau_up, tau_down):
    ends = []
    for row in rows[:LIMBS_IVP]:
        state = [0.0]
        for target in row:
            tau = tau_up if target > state[0] else tau_down
            slope = lambda _t, y, g=target, tau=tau: (g - y) / tau  # noqa: E731
            state = solve_ivp(slope, (0, 1), state, rtol=1e-9, atol=1e-12).y[:, -1]
        ends.append(float(state[0]))
    return ends


def timed(work, *arguments):
    best, found = np.inf, None
    for _ in range(3):
        start = perf_counter()
        found = work(*arguments)
        best = min(best, perf_counter() - start)
    return best, found


def main():
    one = prepare(LIMBS_PLAIN // 2, 1)
    values, runners, start, arm, done = one
    dose = doses(arm, done, values)
    angle = values["end_range_test_angle_deg"] + values["test_angle_offset_deg"]
    model = torque_gain(arm, runners, start, dose, values, angle)[0, :, -1]
    rows, up, down = targets(*one)
    t_plain, ends = timed(plain, rows, up, down)
    t_targets, _ = timed(targets, *one)
    t_ivp, ivp = timed(by_solve_ivp, rows, up, down)
    assert np.allclose(model, ends, atol=1e-12), "the plain loop gives another answer"
    assert np.allclose(model[:LIMBS_IVP], ivp, atol=1e-8), "solve_ivp gives another answer"
    values, runners, start, arm, done = prepare(100, 200)
    dose = doses(arm, done, values)
    angle = values["end_range_test_angle_deg"] + values["test_angle_offset_deg"]
    t_one, _ = timed(torque_gain, arm, runners, start, dose, values, angle)
    t_all, _ = timed(simulate, runners, {"weak": start}, arm, done, values)
    limb_days = 200 * 200 * DAYS
    rate = {
        "plain Python loop, dose included": LIMBS_PLAIN * DAYS / (t_plain + t_targets),
        "solve_ivp, dose not included": LIMBS_IVP * DAYS / t_ivp,
        "hipstudy, torque state": limb_days / t_one,
        "hipstudy, every outcome": limb_days / t_all,
    }
    base = rate["plain Python loop, dose included"]
    print("one core, 84 days; the three agree to 1e-8 or better")
    for name, speed in rate.items():
        print(f"{name:36} {speed / 1e6:9.4f} million limb-days/s {speed / base:9.3g} x the loop")


if __name__ == "__main__":
    main()
