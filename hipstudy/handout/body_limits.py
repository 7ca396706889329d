"""What a body can do of a set-up: its geometry, the load that it asks for, and what is easier.

Lengths are the model's, for its mean stature; loads are those of ``model.capacity``.
"""

from functools import cache

import numpy as np

from hipstudy import figures, parameters
from hipstudy.figures.posture import HEAD_M, HEAD_OVER_SHOULDER_M
from hipstudy.model.capacity import load_curve, peak_load
from hipstudy.prescription.protocol import MAX_SUPPORT_CM, Strength

LEAST_WAY_DEG = 5  # a shorter way nobody can see or feel
LEAST_HEAD_CM = 20  # from the floor to a head that leans back: room for a mat and a helper's hand
LEAST_EASING = 0.05  # what is called easier takes away at least this share of the load
SUPPORT_STEPS_CM = (20, 15, 10, 5)  # by how much a support is raised: the largest that is possible


@cache
def body() -> figures.Body:
    """Lengths of the model's mean runner."""
    values = parameters.central()
    stature = values["stature_mean_m"]
    shares = (values[f"{part}_length_share"] for part in ("trunk", "thigh", "leg"))
    return figures.Body(*(float((share * stature).flat[0]) for share in shares))


def stature_m() -> float:
    """Height of the runner for whom set-ups are worked out."""
    return float(parameters.central()["stature_mean_m"].flat[0])


def setup_of(work: Strength) -> figures.SetUp:
    """The geometry of a prescription's strength work."""
    ends = (work.trained_from_ext_deg, work.trained_to_ext_deg)
    return figures.SetUp(work.lever, *ends, work.support_height_cm, body())


def head_cm(work: Strength) -> float:
    """Height of the head's lowest point over the floor where the trunk lever stops."""
    setup = setup_of(work)
    down = np.radians(setup.to_deg - setup.incline_deg)
    reach = setup.body.trunk_m + HEAD_OVER_SHOULDER_M
    return float(100 * (setup.hip_m - reach * np.sin(down) - HEAD_M / 2))


def above_level_deg(work: Strength) -> int:
    """By how many degrees the leg, or the trunk, is above level where the way starts."""
    incline_deg = setup_of(work).incline_deg
    start = incline_deg if work.lever == "trunk-lever" else -incline_deg
    return round(start - work.trained_from_ext_deg)


def is_easier(light: Strength, work: Strength) -> bool:
    """Whether the largest and the mean load along the way both fall by ``LEAST_EASING``."""
    one, other = load_curve(light), load_curve(work)
    most = 1 - LEAST_EASING
    return bool(one.max() < most * other.max() and one.mean() < most * other.mean())


def easier_ways(work: Strength) -> dict[str, Strength]:
    """What makes this work easier in the model: the ``support`` raised, the way ``shorter``.

    A support is left out that a body cannot have or that needs another bench. The seat of the
    trunk lever is never raised: where a repetition starts over level would no longer be true.
    """
    ways = {}
    bench_cm = setup_of(work).bench_cm
    for step in SUPPORT_STEPS_CM if work.lever == "leg-lever" else ():
        light = work.model_copy(update={"support_height_cm": work.support_height_cm + step})
        setup = setup_of(light)
        is_bench = setup.bench_cm == bench_cm
        if setup.support_cm <= MAX_SUPPORT_CM and setup.possible and is_bench:
            if is_easier(light, work):
                ways["support"] = light
            break
    middle = round((work.trained_from_ext_deg + work.trained_to_ext_deg) / 2)
    if work.trained_from_ext_deg + LEAST_WAY_DEG <= middle < work.trained_to_ext_deg:
        light = work.model_copy(update={"trained_to_ext_deg": middle})
        if is_easier(light, work):
            ways["shorter"] = light
    return ways


def easiest_way(work: Strength) -> tuple[str, Strength] | None:
    """The one of ``easier_ways`` with the least load at its peak, and its name; None for none."""
    ways = easier_ways(work)
    return min(ways.items(), key=lambda way: peak_load(way[1])) if ways else None
