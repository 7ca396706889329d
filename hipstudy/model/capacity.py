"""How much of what a limb can hold a prescription's load asks for, and the largest that it can.

Loads are shares of capacity by the model's central parameters, a mean over some drawn runners whose
tightness has nothing to do with their strength, at every angle of the way. The capacity is an
assumption.
"""

from collections.abc import Sequence
from functools import cache, lru_cache

import numpy as np

from hipstudy import parameters
from hipstudy.arrays import Array
from hipstudy.errors import Problem
from hipstudy.model import baseline, cohort
from hipstudy.model.causes import WORLDS
from hipstudy.model.intensity import intensity, is_near_failure_for_most
from hipstudy.prescription.protocol import Strength

N_RUNNERS, N_ANGLES = 40, 21
FULL = 1.0  # all that a limb can hold
KG_STEP = 0.5  # weights are told in these
MANY = 0.25  # of limbs: so many that cannot hold a weight are worth a word


@cache
def _drawn_runners() -> tuple[parameters.Values, cohort.Cohort, baseline.Baseline]:
    values, people = parameters.central(), cohort.draw(N_RUNNERS, seed=0)
    return values, people, baseline.draw(people, WORLDS[-1], values, seed=0)


@lru_cache(maxsize=256)
def load_curve(work: Strength, added_kg: float = 0) -> Array:
    """Share of what a limb can hold that the lever asks for, at even steps along its way."""
    values, people, start = _drawn_runners()
    angles = np.linspace(work.trained_from_ext_deg, work.trained_to_ext_deg, N_ANGLES)
    at = (work.model_copy(update={"trained_to_ext_deg": float(angle)}) for angle in angles)
    return np.array([intensity(one, people, start, values, added_kg).mean() for one in at])


def peak_load(work: Strength, added_kg: float = 0) -> float:
    """The largest share along the way; 1 is all that a limb can hold."""
    return float(load_curve(work, added_kg).max())


def heaviest_kg(work: Strength) -> float:
    """The largest step of weight that a limb can hold all along the way; 0 where there is none."""
    empty = load_curve(work)
    if empty.max() >= FULL:
        return 0.0
    per_kg = load_curve(work, 1) - empty
    kg = ((FULL - empty) / np.maximum(per_kg, np.finfo(float).tiny)).min()
    return float(np.floor(kg / KG_STEP) * KG_STEP)


def too_heavy(work: Strength, weeks: int, where: str) -> list[Problem]:
    """The problem of a weight that is more than a limb can hold; none where it can be held.

    Parameters
    ----------
    work, weeks
        Strength work and the weeks it is done for; weight that comes later is never added.
    where
        What holds the load, as the problem says it.
    """
    if not work.added_kg or work.unloaded_weeks >= weeks:
        return []
    share = peak_load(work, work.added_kg)
    if share <= FULL:
        return []
    rule = f"by the model this asks for {100 * share:.0f} % of what runners can hold on average"
    return [Problem(where, work.load, rule, largest_weight(work))]


def near_failure_kg(
    works: Sequence[Strength],
    people: cohort.Cohort,
    starts: Sequence[baseline.Baseline],
    values: parameters.Values,
) -> float | None:
    """The least weight up to the largest of some prescriptions that is near failure in all of them.

    More weight brings most limbs nothing in the model, whatever the cause. 0 where none is needed
    for that, None where all of their weights are less, or they have none.

    Parameters
    ----------
    works
        Strength work, each with weight.
    people, values
        Whose limbs, and by which parameters.
    starts
        Of the causes that may be.
    """
    most = max((work.added_kg for work in works), default=0)
    for kg in (*np.arange(0, most, KG_STEP).tolist(), most) if most else ():
        if all(
            is_near_failure_for_most(work, people, start, values, kg)
            for work in works
            for start in starts
        ):
            return kg
    return None


def too_heavy_share(
    work: Strength,
    people: cohort.Cohort,
    starts: Sequence[baseline.Baseline],
    values: parameters.Values,
) -> float | None:
    """Share of limbs that cannot hold the prescription's weight, under the cause with the least.

    None where fewer than ``MANY`` cannot.
    """
    demands = [intensity(work, people, start, values, work.added_kg) for start in starts]
    share = min(float((demand > FULL).mean()) for demand in demands)
    return share if work.added_kg and share >= MANY else None


def largest_weight(work: Strength) -> str:
    """Say which weight is the largest that runners can hold on average."""
    largest = heaviest_kg(work)
    if not largest:
        return "No weight is possible here: leave the weight out, or take a smaller end of range."
    steps = f"in steps of {KG_STEP:g} kg"
    return f"The largest weight that is possible here is {largest:g} kg, {steps}."
