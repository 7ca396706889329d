"""Limb-days per second of the model, in one run with three references that must agree with it.

The torque states at 25 angles are carried over 84 days four ways: by `hipstudy.model.adaptation`
for a whole cohort, every day kept; by a plain Python loop over limbs, days and angles; by
`scipy.integrate.solve_ivp` day by day; and, as the bound, the finished array is only copied. Then
every outcome in every world, its memory, and how time grows with the cohort.
"""

import re
import subprocess
import sys
from math import exp
from pathlib import Path
from time import perf_counter

import numpy as np
from scipy.integrate import solve_ivp

from hipstudy import parameters
from hipstudy.model import adaptation, adherence, baseline, cohort
from hipstudy.model.causes import WORLDS
from hipstudy.model.simulate import simulate
from hipstudy.model.weekly_dose import doses
from hipstudy.prescription import protocol
from hipstudy.studies.compare_study import BLOCK

DAYS, WEEKS, LIMBS_PLAIN, LIMBS_IVP = 84, 12, 60, 2
STATUS = Path("/proc/self/status")  # on Linux; elsewhere memory is not measured
ANGLES = np.linspace(-105, 15, 25)


def prepare(n_runners, worlds=("weak",)):
    values, runners = parameters.central(), cohort.draw(n_runners, seed=0)
    starts = {world: baseline.draw(runners, world, values, seed=0) for world in worlds}
    arm = protocol.preset("strength_plus_stretch")
    done = adherence.attend(runners, arm, values, weeks=WEEKS, seed=0)
    return values, runners, starts, arm, done


def by_library(values, runners, starts, arm, done):
    """Gain at every angle on every day, (angles, days from 0, limbs), dose included."""
    aims = adaptation.targets(doses(arm, done, values), values, every_d=1)
    gain = adaptation.torque_gain(arm, runners, starts["weak"], aims, values, every_d=1)
    found = np.empty((len(ANGLES), DAYS + 1, 1, runners.n_limbs))
    for angle, out in zip(ANGLES, found, strict=True):
        gain.at(angle, out)
    return found[:, :, 0]


def among(kind, p):
    return exp(p[f"{kind}_trial_sd"] * p[f"{kind}_trial_z"])


def bout_shape(lag, p):
    peak, gone = p["soreness_peak_d"], p["soreness_gone_d"]
    return max(min(lag / peak, (gone - lag) / (gone - peak), 1.0), 0.0)


def plain_targets(values, runners, starts, arm, done, n_limbs):
    """Each limb's daily targets by dose, by learning and by stretching, by plain loops."""
    p = {name: float(v[0, 0]) for name, v in values.items()}
    s, stretch = arm.strength, arm.stretch
    easy = adaptation.efforts(s, runners, starts["weak"], values)[0][0]
    per_set = p["soreness_per_set_nrs"] * among("soreness", p)
    shapes = [bout_shape(lag, p) for lag in range(int(np.ceil(p["soreness_gone_d"])))]
    trial = p["runner_gain_factor"] * among("strength", p)
    rows = []
    for limb in range(n_limbs):
        runner, built, learned, stretched = limb // 2, [], [], []
        sessions, bouts = done.strength[0, runner], done.stretch[0, runner]
        quality = 1 - p["technique_cost"] * (1 - done.technique[0, runner])
        tired, shield, effective, strains = 0.0, 0.0, [], []
        for day in range(DAYS):
            weight = p["unloaded_bout_share"] if day < s.unloaded_weeks * 7 else 1.0
            shield *= exp(-1 / (p["protection_wk"] * 7))
            strain = float(sessions[day]) * s.sets * weight
            strain *= 1 - (1 - p["protection_floor"]) * shield
            strains.append(strain)
            sore = per_set * sum(
                share * strains[day - lag] for lag, share in enumerate(shapes[: day + 1])
            )
            spared = max(1 - p["soreness_cost_per_nrs"] * min(sore, 10), 0)
            effective.append(float(sessions[day]) * s.sets * quality * (1 - min(tired, 1)) * spared)
            tired = (tired + p["fatigue_per_set"] * strain) * exp(-1 / p["fatigue_time_constant_d"])
            if sessions[day]:
                shield = 1 - p["second_bout_share"] * (1 - shield)
            hard = light = minutes = 0.0
            for d in range(max(day - 6, 0), day + 1):
                hard += effective[d] if d >= s.unloaded_weeks * 7 else 0
                light += effective[d] if d < s.unloaded_weeks * 7 else 0
                minutes += float(bouts[d]) * stretch.limb_min
            top = p["gain_ceiling_untrained"] * trial
            effort = (hard + light * float(easy[limb])) / (hard + light) if hard + light else 0.0
            built.append(top * effort * (1 - exp(-(hard + light) / p["sets_constant_wk"])))
            learned.append(p["learning_gain"] * trial if hard + light else 0.0)
            fill = 1 - exp(-minutes / p["tolerance_constant_min_wk"])
            stretched.append(p["stretch_strength_smd"] * p["torque_runner_cv"] * fill)
        rows.append((built, learned, stretched))
    return rows


def kernels(values):
    p = {name: float(v[0, 0]) for name, v in values.items()}
    sd = p["trained_range_sd_deg"] * p["long_length_sd_factor"]
    out = [max(-10 - angle, angle - 10, 0) for angle in ANGLES]
    return [exp(-((past / sd) ** 2) / 2) for past in out]


def times(values):
    """Days to gain by dose, to learn, and to lose."""
    weeks = ("gain_time_constant_wk", "learning_time_constant_wk")
    return *(values[name].item() * 7 for name in weeks), values["loss_time_constant_d"].item()


def by_plain_loop(prepared):
    values = prepared[0]
    rows, shown = plain_targets(*prepared, LIMBS_PLAIN), kernels(values)
    up, quick, down = times(values)
    ends = []
    for built, learned, stretched in rows:
        slow, fast, other = [0.0] * len(ANGLES), [0.0] * len(ANGLES), 0.0
        for goal, known, second in zip(built, learned, stretched, strict=True):
            other = second + (other - second) * exp(-1 / (up if second > other else down))
            for states, aim, rise in ((slow, goal, up), (fast, known, quick)):
                for place, share in enumerate(shown):
                    target, state = share * aim, states[place]
                    tau = rise if target > state else down
                    states[place] = target + (state - target) * exp(-1 / tau)
        ends.append([max(sum(both), other) for both in zip(slow, fast, strict=True)])
    return np.array(ends).T


def by_solve_ivp(prepared):
    values = prepared[0]
    rows, shown = plain_targets(*prepared, LIMBS_IVP), np.array(kernels(values))
    up, quick, down = times(values)
    n, ends = len(ANGLES), []
    rises = np.repeat([up, quick, up], [n, n, 1])
    for row in rows:
        state = np.zeros(2 * n + 1)
        for goal, known, second in zip(*row, strict=True):
            target = np.concatenate([shown * goal, shown * known, [second]])
            slope = lambda _t, y, g=target: (g - y) / np.where(g > y, rises, down)  # noqa: E731
            state = solve_ivp(slope, (0, 1), state, rtol=1e-9, atol=1e-12).y[:, -1]
        ends.append(np.maximum(state[:n] + state[n:-1], state[-1]))
    return np.array(ends).T


def timed(work, *arguments, best_of=3):
    best, found = np.inf, None
    for _ in range(best_of):
        start = perf_counter()
        found = work(*arguments)
        best = min(best, perf_counter() - start)
    return best, found


def all_outcomes(n_runners):
    """Every outcome in every world, in blocks as `compare` runs them."""
    values, arm = parameters.central(), protocol.preset("strength_plus_stretch")
    runners = cohort.draw(n_runners, seed=0)
    kept = []
    for block in runners.blocks(BLOCK * 20):
        starts = {world: baseline.draw(block, world, values, seed=0) for world in WORLDS}
        done = adherence.attend(block, arm, values, weeks=WEEKS, seed=0)
        kept.append(simulate(block, starts, arm, done, values))
    return kept


def peak_mb(n_limbs):
    """Peak memory of fresh processes, without and with all outcomes of so many limbs kept."""
    if not STATUS.exists():
        return None
    code = (
        "import sys; sys.path.insert(0, {folder!r}); import simulate as b;"
        "kept = b.all_outcomes({n}); print(b.STATUS.read_text())"
    )
    found = []
    for n in (1, n_limbs // 2):
        program = code.format(folder=str(Path(__file__).parent), n=n)
        done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True,
                              text=True)  # fmt: skip
        found.append(int(re.search(r"VmHWM:\s*(\d+)", done.stdout)[1]) / 1024)
    return found


def main():
    small = prepare(LIMBS_PLAIN // 2)
    ends = by_library(*small)[:, -1]
    t_plain, plain = timed(by_plain_loop, small)
    t_ivp, ivp = timed(by_solve_ivp, small, best_of=1)
    assert np.allclose(ends, plain, atol=1e-12), "the plain loop gives another answer"
    assert np.allclose(ends[:, :LIMBS_IVP], ivp, atol=1e-8), "solve_ivp gives another answer"
    big = prepare(500)
    t_library, found = timed(by_library, *big, best_of=7)
    t_copy, _ = timed(found.copy, best_of=7)
    worlds = {n: timed(all_outcomes, n // 2, best_of=1)[0] for n in (1_000, 10_000, 100_000)}
    limb_days = big[1].n_limbs * DAYS
    rate = {
        "plain Python loop": LIMBS_PLAIN * DAYS / t_plain,
        "solve_ivp": LIMBS_IVP * DAYS / t_ivp,
        "hipstudy, 25 angles, every day kept": limb_days / t_library,
        "copying that array": limb_days / t_copy,
        "hipstudy, 9 outcomes, 4 worlds, drawing included": 4 * 10_000 * DAYS / worlds[10_000],
    }
    base = rate["plain Python loop"]
    print("one core, 84 days, 25 angles, dose included; the three agree to 1e-8 or better")
    for name, speed in rate.items():
        print(f"{name:50} {speed / 1e6:9.4f} million limb-days/s {speed / base:9.3g} x the loop")
    print("\nall outcomes, time over that of 1,000 limbs a limb:")
    for n, seconds in worlds.items():
        print(f"{n:9,} limbs {seconds / n / (worlds[1_000] / 1_000):6.2f}")
    if peak := peak_mb(10_000):
        print(
            f"\n10,000 limbs, all outcomes kept: peak {peak[1]:.0f} MB; 2 limbs: {peak[0]:.0f} MB"
        )


if __name__ == "__main__":
    main()
