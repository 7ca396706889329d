"""The code broken on purpose, one way each, to see that the test that guards it fails.

`HIPSTUDY_BREAK=name` in the environment applies one before the tests start (conftest.py);
tests/test_broken_on_purpose.py, by `make validate`, runs every guard with its break.
"""

import numpy as np

from hipstudy import adherence, bouts, doses, enough, gains, limbs, luck, observe, simulate, worlds
from hipstudy import physiology as ph


def _change(found):
    """Tightness of *nonspecific* follows something after all."""

    def change(outcome, world, drivers, values):
        if world == "nonspecific":
            return -0.05 * drivers["weak"]
        return found(outcome, world, drivers, values)

    return change


def _favours(found):
    def change(outcome, world, drivers, values):
        return found(outcome, world, drivers, values) * (1.1 if world == "weak" else 1)

    return change


def _links_left(found):
    def change(outcome, world, drivers, values):
        moved = found(outcome, world, drivers, values)
        return moved - 0.01 * drivers[world] if world in drivers else moved

    return change


def _mixed_drivers(found):
    def drivers(gain, rom, eased, values, only=simulate.MOVED):
        if gain is None or "short" not in only:
            return found(gain, rom, eased, values, only)
        moved = found(gain, rom, eased, values)
        mixed = moved | {"short": moved["short"] + 0.1 * moved["weak"]}
        return {name: mixed[name] for name in only}

    return drivers


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
        return (luck.uniform(seed=seed, stream="stopping", by=by).min(axis=1) < 0.05) & (week > 0)

    return lost


def _tired_anyway(found):
    def followed(*arguments):
        right = found(*arguments)
        return bouts.Bouts(right.strain, right.fatigue + 0.01)

    return followed


def _nobody_ran(found):
    return lambda *arguments: np.full_like(found(*arguments), -np.inf)


# name -> module, attribute, and what makes the broken one of the right one
BREAKS = {
    "something comes of nothing": (ph, "stretch_fill", lambda f: lambda *a, **k: f(*a, **k) + 0.01),
    "too much does harm": (ph, "saturating", lambda f: lambda d, c: f(d, c) - 0.01 * np.asarray(d)),
    "no end to it": (ph, "saturating", lambda _: lambda d, c: np.asarray(d) / c / 50),
    "later days count more": (
        ph,
        "trailing",
        lambda f: lambda d, w: f(d, w) * np.linspace(1, 1.1, len(d)).reshape(-1, 1, 1),
    ),
    "a step by Euler": (ph, "step_share", lambda _: lambda tau: 1 / np.asarray(tau, float)),
    "effects never fade": (ph, "fading", lambda _: lambda since, gone: np.ones_like(since + gone)),
    "luck by place": (luck, "uniform", _by_place),
    "luck by prescription": (
        adherence,
        "_per_day",
        lambda f: lambda part, n, *more: f(f"{part} {n}", n, *more),
    ),
    "nonspecific follows torque": (worlds, "change", _change),
    "one cause is favoured": (worlds, "change", _favours),
    "a link that stays": (worlds, "change", _links_left),
    "drivers mixed": (simulate, "drivers", _mixed_drivers),
    "unloaded counts as loaded": (doses, "loaded_from", lambda _: lambda *_: 0),
    "whoever ran, ran": (enough, "least", _nobody_ran),
    "a high ceiling": (gains, "ceiling", lambda f: lambda v: 3 * f(v)),
    "a full reservoir": (ph, "stretch_fill", lambda f: lambda *a, **k: 2 * f(*a, **k)),
    "no angle is special": (ph, "angle_kernel", lambda f: lambda *a, **k: 0 * f(*a, **k) + 1),
    "soreness at once": (ph, "soreness_shape", lambda _: lambda lag, **_k: np.exp(-lag / 2)),
    "no protection": (ph, "protection_carried", lambda f: lambda *a, **k: 0 * f(*a, **k)),
    "protection at every length": (
        ph,
        "protection_carried",
        lambda f: lambda *a, **k: 0 * f(*a, **k) + 1,
    ),
    "tired anyway": (bouts, "bouts", _tired_anyway),
    "the other side too": (
        gains,
        "trained_sides",
        lambda f: lambda s: np.full(2, f(s).any()),
    ),
    "technique costs nothing": (doses, "_technique", lambda _: lambda *_: 1.0),
    "technique helps": (
        doses,
        "_technique",
        lambda f: lambda done, v: 2 - f(done, v),
    ),
    "the support is flat": (ph, "incline", lambda _: lambda height, length: 0 * (height + length)),
    "lost is found": (observe, "_lost", _lost_anew),
    "lost is stopped": (observe, "_lost", _lost_as_stopped),
    "stops for a week": (
        adherence,
        "stopped",
        lambda f: lambda *a, **k: f(*a, **k) & (np.arange(a[2]) % 3 > 0),
    ),
    "measured and forgotten": (limbs, "conditioned", lambda _: lambda free, *_: free),
    "the other limb unmoved": (limbs, "between_sides", lambda _: lambda _r: np.eye(2)),
    "loses as it gains": (
        gains,
        "_torque_steps",
        lambda f: lambda v: (f(v)[0], f(v)[0]),
    ),
}


def apply(name):
    """Break one thing, for the rest of the process."""
    module, attribute, broken = BREAKS[name]
    setattr(module, attribute, broken(getattr(module, attribute)))
