"""How hard a set is: gravity's torque on the lever over what the limb can hold there.

Load is never "bodyweight". The lever's torque comes from a segment table (Winter 2009, after
Dempster; rows SEG01 to SEG07 of data/evidence.csv), its angle from the hip's and the support's
height, what the limb can hold from its own curve. The trunk lever asks for nearly all there is
without any weight.
"""

import numpy as np
import scipy

from hipstudy.arrays import Array
from hipstudy.model import equations
from hipstudy.model.baseline import Baseline
from hipstudy.model.cohort import Cohort
from hipstudy.parameters import Values
from hipstudy.prescription.protocol import Strength

LEVERS = {"leg-lever": "leg", "trunk-lever": "trunk"}


def lever(strength: Strength, values: Values) -> tuple[Array, Array, Array, int]:
    """Gravity torque of the lever held horizontal (Nm/kg), length to a weight on it (m), incline.

    Returns
    -------
    tuple
        Torque and length (draws, 1), degrees that the support turns the lever, and which way
        extension turns it from there (``equations.lever_intensity``).
    """
    part = LEVERS[strength.lever]
    stature = values["stature_mean_m"]
    length = values[f"{part}_length_share"] * stature
    horizontal = values["segment_factor"] * equations.segment_torque(
        mass_share=values[f"{part}_mass_share"],
        centre_share=values[f"{part}_centre_share"],
        length_m=length,
        gravity=scipy.constants.g,
    )
    raised_m = strength.support_height_cm * scipy.constants.centi
    if part == "leg":
        return (
            horizontal,
            length,
            equations.incline(raised_m, values["trunk_length_share"] * stature),
            1,
        )
    turned = equations.incline(raised_m, values["thigh_length_share"] * stature)
    return horizontal, length * values["chest_load_share"], turned, -1


def intensity(
    strength: Strength, cohort: Cohort, start: Baseline, values: Values, added_kg: float
) -> Array:
    """Gravity torque over capacity at the far end of the trained range, (draws, limbs).

    Capacity is that of the start; that is where the pause is, and where the lever asks most of
    what one has.
    """
    horizontal, arm, incline, turns = lever(strength, values)
    mass = cohort.mass_kg[cohort.runner]
    return equations.lever_intensity(
        strength.trained_to_ext_deg,
        horizontal_nm_kg=horizontal + added_kg * scipy.constants.g * arm / mass,
        capacity_nm_kg=start.torque(strength.trained_to_ext_deg, values),
        incline_deg=incline,
        turns=turns,
    )


def efforts(
    strength: Strength, cohort: Cohort, start: Baseline, values: Values
) -> tuple[Array, Array | float]:
    """Effort of unloaded and of loaded sets, each (draws, limbs); near failure it is 1.

    The larger of what the load asks for and of how near to failure the repetitions end.
    """
    unloaded = _effort(strength, cohort, start, values, 0)
    if not strength.added_kg:
        return unloaded, 1.0
    return unloaded, _effort(strength, cohort, start, values, strength.added_kg)


def _effort(
    strength: Strength, cohort: Cohort, start: Baseline, values: Values, added_kg: float
) -> Array:
    share = intensity(strength, cohort, start, values, added_kg)
    by_load = equations.effort(
        share,
        low_intensity=values["effort_low_intensity"],
        full_intensity=values["effort_full_intensity"],
        effort_at_low=values["effort_at_low_intensity"],
    )
    possible = equations.repetitions(share, constant=values["reps_line_constant"])
    by_reps = equations.nearness(strength.reps, possible, reps_left=values["full_effort_reps_left"])
    return np.maximum(by_load, by_reps)


def is_near_failure_for_most(
    strength: Strength, cohort: Cohort, start: Baseline, values: Values, added_kg: float
) -> bool:
    """Whether sets with a weight ask of most limbs all that sets near failure do.

    More weight then brings these limbs nothing in the model.
    """
    return bool(np.median(_effort(strength, cohort, start, values, added_kg)) >= 1)
