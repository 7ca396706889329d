"""The code broken on purpose, one way each, to see that the test that guards it fails.

`HIPSTUDY_BREAK=name` in the environment applies one before the tests start (conftest.py);
tests/architecture/test_broken_on_purpose.py, by `make validate`, runs every guard with its break.
"""

from dataclasses import replace
from itertools import count
from pkgutil import resolve_name
from weakref import WeakKeyDictionary

import numpy as np
from cohort_breaks import COHORT_BREAKS

from hipstudy import random_streams
from hipstudy.evidence import calibration_basis, predictive_distribution, predictive_score
from hipstudy.model import (
    adaptation,
    adherence,
    baseline,
    causes,
    equations,
    felt_weeks,
    observe,
    paired_limbs,
    range_gain,
    simulate,
    soreness,
    usual_level,
    weekly_dose,
)


def _change(found):
    """Tightness of *nonspecific* follows something after all."""

    def change(outcome, world, drivers, deficit, values):
        if world == "nonspecific":
            return -0.05 * drivers["weak"]
        return found(outcome, world, drivers, deficit, values)

    return change


def _favours(found):
    def change(outcome, world, *more):
        return found(outcome, world, *more) * (1.1 if world == "weak" else 1)

    return change


def _links_left(found):
    def change(outcome, world, drivers, *more):
        moved = found(outcome, world, drivers, *more)
        return moved - 0.01 * drivers[world] if world in drivers else moved

    return change


def _mixed_drivers(found):
    def driver(world, *more):
        own = found(world, *more)
        return own + 0.1 * found("weak", *more) if world == "short" else own

    return driver


def _by_place(found):
    """Luck that depends on where in the array somebody stands."""

    def uniform(**given):
        u = found(**given)
        place = np.linspace(0, 0.3, len(u)).reshape(-1, *[1] * (u.ndim - 1))
        return np.clip((u + place) % 1, 1e-9, 1 - 1e-9)

    return uniform


def _lost_anew(found):
    def lost(cohort, tools, week, seed):
        return found(cohort, tools, week, seed + week)

    return lost


def _lost_as_stopped(_):
    def lost(cohort, _tools, week, seed):
        by = [cohort.key[:, None], np.arange(12)]
        return (random_streams.uniform(seed=seed, stream="stopping", by=by).min(axis=1) < 0.05) & (
            week > 0
        )

    return lost


def _tired_anyway(found):
    def fatigue(*arguments, **more):
        tired = found(*arguments, **more)
        tired += 0.01
        return tired

    return fatigue


def _range_goes_on(found):
    def step(course, target, sessions):
        return found(course, target + 0.5, sessions or [np.ones_like(target)])

    return step


def _later_days_more(found):
    days = WeakKeyDictionary()

    def step(course, today):
        days[course] = days.get(course, 0) + 1
        return found(course, None if today is None else today * (1 + days[course] / 800))

    return step


def _nobody_ran(found):
    return lambda *arguments: np.full_like(found(*arguments), -np.inf)


def _too_sure(found):
    def ours(result):
        right = found(result)
        return predictive_distribution.Mixture(right.centres, 0.3 * right.sd, right.noise_ratio)

    return ours


def _short_at_any_angle(found):
    """Tissue alone, whatever the angle."""

    def deficit(world, start, *more):
        far = replace(start, thomas_ext_deg=start.thomas_ext_deg - 500)
        return found(world, far, *more)

    return deficit


def _by_turn(found):
    """Who is simulated first has other luck."""
    turn = count()

    def attend(*given, seed, **more):
        return found(*given, seed=seed + next(turn), **more)

    return attend


def _for_ever(found):
    def effect(dose, values):
        return found(replace(dose, prescribed=0 * dose.prescribed + 1), values)

    return effect


# name -> module, attribute, and what makes the broken one of the right one
BREAKS = {
    "something comes of nothing": (
        equations,
        "saturating",
        lambda f: lambda *a, **k: f(*a, **k) + 0.01,
    ),
    "too much does harm": (
        equations,
        "saturating",
        lambda f: lambda d, c, out=None: np.subtract(f(d, c), 0.01 * np.asarray(d), out=out),
    ),
    "no end to it": (
        equations,
        "saturating",
        lambda _: lambda d, c, out=None: np.divide(d, 50 * np.asarray(c), out=out),
    ),
    "later days count more": (
        equations.TrailingSum,
        "step",
        _later_days_more,
    ),
    "a step by Euler": (equations, "step_share", lambda _: lambda tau: 1 / np.asarray(tau, float)),
    "effects never fade": (
        equations,
        "fading",
        lambda _: lambda since, gone: np.ones_like(since + gone),
    ),
    "luck by place": (random_streams, "uniform", _by_place),
    "luck by prescription": (
        adherence,
        "_per_day",
        lambda f: lambda part, n, *more: f(f"{part} {n}", n, *more),
    ),
    "nonspecific follows torque": (causes, "change", _change),
    "one cause is favoured": (causes, "change", _favours),
    "a link that stays": (causes, "change", _links_left),
    "drivers mixed": (simulate, "_driver", _mixed_drivers),
    "unloaded counts as loaded": (weekly_dose, "loaded_from", lambda _: lambda *_: 0),
    "whoever ran, ran": (baseline, "least", _nobody_ran),
    "a high ceiling": (adaptation, "ceiling", lambda f: lambda v: 10 * f(v)),
    "range goes on by itself": (range_gain.SessionCourse, "step", _range_goes_on),
    "relief without a deficit": (
        causes,
        "change",
        lambda f: lambda o, w, d, deficit, v: f(o, w, d, 0 * deficit + 9, v),
    ),
    "nothing is causal": (causes, "change", lambda f: lambda *a: 0 * f(*a)),
    "short at any angle": (baseline, "_deficit", _short_at_any_angle),
    "strength of people in general": (
        baseline,
        "runners_norm",
        lambda f: lambda *a: 0 * f(*a),
    ),
    "the norm moves along": (
        baseline,
        "_on_both",
        lambda f: lambda score, r: 0 * f(score, r),
    ),
    "everybody comes in": (usual_level, "_entered", lambda _: lambda luck, *_: dict(luck)),
    "drivers without a cause": (
        baseline,
        "latent_correlations",
        lambda f: lambda _world, values: f("nonspecific", values),
    ),
    "luck by turn": (adherence, "attend", _by_turn),
    "weeks forget at once": (
        equations,
        "wandering",
        lambda f: lambda first, shocks, **k: f(first, shocks, **(k | {"step_r": 0 * k["step_r"]})),
    ),
    "weeks never vary": (
        equations,
        "wandering",
        lambda f: lambda first, shocks, **k: 0 * f(first, shocks, **k) + first,
    ),
    "a rating is the truth": (
        usual_level,
        "rating_law",
        lambda f: lambda name, values, error=0.0: f(name, values, 0 * error),
    ),
    "a programme by its days": (
        felt_weeks,
        "programme_effect",
        lambda f: lambda dose, values: f(dose, values) * (1 + dose.stretched.mean() / 10),
    ),
    "a programme for ever": (felt_weeks, "programme_effect", _for_ever),
    "a driver past anatomy": (
        simulate,
        "_part",
        lambda _: lambda possible, _whole: possible * 0 + 1,
    ),
    "a test blind to the day": (
        observe,
        "_tighter_than_usual",
        lambda f: lambda *a: 0 * f(*a),
    ),
    "no end to the course": (equations, "bounded", lambda _: lambda change, _most: change),
    "a full reservoir": (range_gain, "most_range_deg", lambda f: lambda v: 5 * f(v)),
    "no angle is special": (
        equations,
        "angle_kernel",
        lambda f: lambda *a, **k: 0 * f(*a, **k) + 1,
    ),
    "soreness at once": (equations, "soreness_shape", lambda _: lambda lag, **_k: np.exp(-lag / 2)),
    "no protection": (equations, "protection_carried", lambda f: lambda *a, **k: 0 * f(*a, **k)),
    "protection at every length": (
        equations,
        "protection_carried",
        lambda f: lambda *a, **k: 0 * f(*a, **k) + 1,
    ),
    "tired anyway": (soreness.BoutCourse, "fatigue", _tired_anyway),
    "the other side too": (
        adaptation,
        "trained_sides",
        lambda f: lambda s: np.full(2, f(s).any()),
    ),
    "technique costs nothing": (weekly_dose, "_technique", lambda _: lambda *_: 1.0),
    "technique helps": (
        weekly_dose,
        "_technique",
        lambda f: lambda done, v: 2 - f(done, v),
    ),
    "the support is flat": (
        equations,
        "incline",
        lambda _: lambda height, length: 0 * (height + length),
    ),
    "lost is found": (observe, "_lost", _lost_anew),
    "lost is stopped": (observe, "_lost", _lost_as_stopped),
    "stops for a week": (
        adherence,
        "stopped",
        lambda f: lambda *a, **k: f(*a, **k) & (np.arange(a[2]) % 3 > 0),
    ),
    "measured and forgotten": (baseline, "with_tested", lambda _: lambda free, *_: free),
    "the other limb unmoved": (paired_limbs, "between_sides", lambda _: lambda _r: np.eye(2)),
    "loses as it gains": (
        adaptation,
        "_torque_steps",
        lambda f: lambda v: (f(v)[0], f(v)[0]),
    ),
    "too sure": (predictive_score, "ours", _too_sure),
    "a leak unseen": (
        calibration_basis,
        "calibration_trials",
        lambda f: lambda cases: f([c for c in cases if c.verdict is None]),
    ),
    **COHORT_BREAKS,
}


def apply(name):
    """Break one thing, for the rest of the process."""
    module, attribute, broken = BREAKS[name]
    module = resolve_name(module) if isinstance(module, str) else module
    setattr(module, attribute, broken(getattr(module, attribute)))
