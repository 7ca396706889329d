"""Shapes of dose-response: how much of what strength work can reach weekly sets bring.

The model's own is saturating. The two others are there to see what hangs on it. All three agree at
one dose: that of the calibration case, three sets three times a week as it is modelled, because
that is the one dose at which a trial set the ceiling (Thorborg 2016, rows S013 and S014). Only the
set point of torque takes another shape; range of motion and guarding keep theirs.

Guarded by (tests/test_dose_shapes.py): test_all_shapes_agree_at_the_anchor,
test_each_is_its_formula_by_hand, test_no_shape_falls_or_leaves_its_range,
test_the_default_changes_nothing.
"""

import numpy as np
from numpy.typing import NDArray

from hipstudy import physiology as ph
from hipstudy.parameters import Values

Array = NDArray[np.float64]
SATURATING, LINEAR, THRESHOLD = SHAPES = ("saturating", "linear", "threshold")


def reached(shape: str, sets: Array, values: Values) -> Array:
    """Share reached of what weekly sets can reach, 0 to 1.

    Parameters
    ----------
    shape
        One of ``SHAPES``.
    sets
        Effective sets of the trailing week, broadcasting with (draws, 1).
    values
        Parameters.

    Raises
    ------
    ValueError
        When there is no such shape.
    """
    constant, anchor = values["sets_constant_wk"], values["dose_anchor_sets_wk"]
    if shape == SATURATING:
        return ph.saturating(sets, constant)
    there = ph.saturating(anchor, constant)
    if shape == LINEAR:
        return ph.proportional(sets, anchor=anchor, share_at_anchor=there)
    if shape == THRESHOLD:
        least = values["dose_threshold_sets_wk"]
        return ph.stepped(sets, threshold=least, share_at_anchor=there)
    raise ValueError(f"shape: found {shape!r}; the rule is one of {', '.join(SHAPES)}")
