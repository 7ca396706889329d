"""The model's speed, in one run with references that do the same and must agree with it.

The gain of torque at 25 angles on every day of 84 is found three ways: by `hipstudy.model` for a
whole cohort; by a plain Python loop over limbs and days; by `scipy.integrate.solve_ivp` day by day.
All three carry the same few states, from which each angle follows. Then what bounds the model: the
daily state of 20,000 limbs, and nine outcomes in four worlds, each against `np.copyto` of the
result into an array that is there already. No two rows of what is copied are alike. All seconds are
of CPU. At last how time grows with the cohort, and memory.
"""

import re
import subprocess
import sys
from dataclasses import replace
from math import exp
from pathlib import Path
from time import process_time

import numpy as np
from scipy.integrate import solve_ivp

from hipstudy import parameters
from hipstudy.model import adaptation, adherence, baseline, cohort
from hipstudy.model.adaptation import TargetCourse, TorqueCourse
from hipstudy.model.causes import WORLDS
from hipstudy.model.lane_blocks import BLOCK
from hipstudy.model.simulate import simulate
from hipstudy.model.weekly_dose import DoseWalk, doses
from hipstudy.prescription import protocol
from hipstudy.reused_memory import reuse_memory

DAYS, WEEKS, LIMBS_PLAIN, LIMBS_IVP = 84, 12, 60, 2
STATUS = Path("/proc/self/status")  # on Linux; elsewhere memory is not measured
ANGLES = np.linspace(-105, 15, 25)


def prepare(n_runners, worlds=("weak",)):
    values, runners = parameters.central(), cohort.draw(n_runners, seed=0)
    starts = baseline.draw_worlds(runners, values, seed=0, worlds=worlds)
    arm = protocol.preset("strength_plus_stretch")
    done = adherence.attend(runners, arm, values, weeks=WEEKS, seed=0)
    return values, runners, starts, arm, done


def by_library(values, runners, starts, arm, done):
    """Gain at every angle on every day, (angles, days from 0, limbs), dose included."""
    aims = adaptation.targets(doses(arm, done, values), values, every_d=1)
    gain = adaptation.torque_gain(arm, runners, starts["weak"], aims, values, every_d=1)
    gains = np.empty((len(ANGLES), DAYS + 1, 1, runners.n_limbs))
    for angle, out in zip(ANGLES, gains, strict=True):
        gain.at(angle, out)
    return gains[:, :, 0]


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


def relaxed(state, target, up, down):
    tau = up if target > state else down
    return target + (state - target) * exp(-1 / tau)


def by_plain_loop(prepared):
    """Gain at every angle on every day, (angles, days from 0, limbs)."""
    values = prepared[0]
    rows, shown = plain_targets(*prepared, LIMBS_PLAIN), kernels(values)
    up, quick, down = times(values)
    gains = np.zeros((len(ANGLES), DAYS + 1, len(rows)))
    for limb, row in enumerate(rows):
        slow = fast = other = 0.0
        for day, (goal, known, second) in enumerate(zip(*row, strict=True), start=1):
            slow = relaxed(slow, goal, up, down)
            fast = relaxed(fast, known, quick, down)
            other = relaxed(other, second, up, down)
            for place, share in enumerate(shown):
                gains[place, day, limb] = max(share * (slow + fast), other)
    return gains


def by_solve_ivp(prepared):
    """Gain at every angle on the last day, (angles, limbs)."""
    values = prepared[0]
    rows, shown = plain_targets(*prepared, LIMBS_IVP), np.array(kernels(values))
    up, quick, down = times(values)
    rises, ends = np.array([up, quick, up]), []
    for row in rows:
        state = np.zeros(3)
        for target in np.array(row).T:
            slope = lambda _t, y, g=target: (g - y) / np.where(g > y, rises, down)  # noqa: E731
            state = solve_ivp(slope, (0, 1), state, rtol=1e-9, atol=1e-12).y[:, -1]
        ends.append(np.maximum(shown * (state[0] + state[1]), state[2]))
    return np.array(ends).T


def timed(work, *arguments, runs=3):
    """Median seconds of CPU, and what the work gives."""
    seconds = []
    for _ in range(runs):
        start = process_time()
        result = work(*arguments)
        seconds.append(process_time() - start)
    return sorted(seconds)[runs // 2], result


def daily_state(values, runners, starts, arm, done, out=None):
    """The state that carries the whole curve, on every day, dose included, in ``out`` if given."""
    dose = DoseWalk([arm], [done], values)
    aims = TargetCourse(dose.width, dose.n_days, values)
    course = TorqueCourse(arm, runners, starts["weak"], values, dose.n_days, every_d=1, out=out)
    for day in dose.days():
        aims.step(day)
        course.step(aims.by_load, aims.by_light, aims.learned_now)
    return course.gain(aims.stretched).state


def held_daily_state(values, runners, starts, arm, done):
    """The same from doses and targets of all days, held one after the other."""
    aims = adaptation.targets(doses(arm, done, values), values, every_d=1)
    return adaptation.torque_gain(arm, runners, starts["weak"], aims, values, every_d=1).state


def against_copying(name, work, *arguments):
    """Print how often an answer, a list of arrays, could be copied while it is made."""
    seconds, arrays = timed(work, *arguments, runs=7)
    there = [np.zeros(one.shape) for one in arrays]

    def copied():
        for one, place in zip(arrays, there, strict=True):
            np.copyto(place, one)

    copied()
    copying = timed(copied, runs=15)[0]
    print(
        f"{name}: {1e3 * seconds:.1f} ms, {seconds / copying:.0f} times its copyto"
        f" of {1e3 * copying:.2f} ms"
    )


def nine_outcomes(values, runners, starts, arm, done):
    """Every outcome in every world, as it lies in memory; nothing is known from another arm."""
    levels = replace(starts["weak"].levels)
    starts = {world: replace(start, levels=levels) for world, start in starts.items()}
    truth = simulate(runners, starts, arm, done, values, with_recent=False)
    return [np.moveaxis(one, -1, 1) for one in truth.outcomes.values()]


def exponentials(inputs, place):
    """What a daily state asks of numpy's exponentials."""
    row = place[0, 0, : len(inputs[0])]
    for one in inputs:
        np.expm1(one, out=row)
    return [place]


def all_outcomes(n_runners):
    """Every outcome in every world, in blocks as `compare` runs them."""
    values, arm = parameters.central(), protocol.preset("strength_plus_stretch")
    runners = cohort.draw(n_runners, seed=0)
    kept = []
    for block in runners.blocks(BLOCK * 20):
        starts = baseline.draw_worlds(block, values, seed=0)
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
    if reuse_memory():  # as reports and the explorer do
        print("memory that is let go of is used again")
    small = prepare(LIMBS_PLAIN // 2)
    found = by_library(*small)
    t_plain, plain = timed(by_plain_loop, small)
    t_ivp, ivp = timed(by_solve_ivp, small, runs=1)
    assert np.allclose(found, plain, atol=1e-12), "the plain loop gives another answer"
    ends = found[:, -1, :LIMBS_IVP]
    assert np.allclose(ends, ivp, atol=1e-8), "solve_ivp gives another answer"
    big = prepare(500)
    t_library, _ = timed(by_library, *big, runs=7)
    worlds = {n: timed(all_outcomes, n // 2, runs=1)[0] for n in (1_000, 10_000, 100_000)}
    rate = {
        "plain Python loop": LIMBS_PLAIN * DAYS / t_plain,
        "solve_ivp": LIMBS_IVP * DAYS / t_ivp,
        "hipstudy, 25 angles, every day kept": big[1].n_limbs * DAYS / t_library,
        "hipstudy, 9 outcomes, 4 worlds, drawing included": 4 * 10_000 * DAYS / worlds[10_000],
    }
    base = rate["plain Python loop"]
    print("one thread, 84 days, dose included; the three agree to 1e-8 or better")
    for name, speed in rate.items():
        print(f"{name:50} {speed / 1e6:9.4f} million limb-days/s {speed / base:9.3g} x the loop")
    print("\n20,000 limbs, 84 days:")
    many = prepare(10_000, WORLDS)
    place = np.empty((DAYS + 1, 1, many[1].n_limbs))
    assert np.array_equal(daily_state(*many, out=place), held_daily_state(*many)), "not the same"
    against_copying("daily torque state", lambda: [daily_state(*many, out=place)])
    against_copying("the same, into an array that is new", lambda: [daily_state(*many)])
    against_copying("the same, every day's dose held first", lambda: [held_daily_state(*many)])
    against_copying("nine outcomes, four worlds", nine_outcomes, *many)
    inputs = [np.random.default_rng(0).random(many[1].n_runners) for _ in range(2 * DAYS)]
    against_copying("its two exponentials a runner and day alone", exponentials, inputs, place)
    print("\none dose, four worlds, nine outcomes, ms:")
    for n in (1, 50, 200):
        few = prepare(n, WORLDS)
        print(f"{n:9,} runners {1e3 * timed(nine_outcomes, *few, runs=15)[0]:6.1f}")
    print("\nall outcomes, time over that of 1,000 limbs a limb:")
    for n, seconds in worlds.items():
        print(f"{n:9,} limbs {seconds / n / (worlds[1_000] / 1_000):6.2f}")
    if peak := peak_mb(10_000):
        print(
            f"\n10,000 limbs, all outcomes kept: peak {peak[1]:.0f} MB; 2 limbs: {peak[0]:.0f} MB"
        )


if __name__ == "__main__":
    main()
