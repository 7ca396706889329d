"""What running asks of the hip, and how much of it is left at end range.

Peak hip extension, the angle of the peak net flexor moment, and both moments are drawn from the
figures of 28 measured runners (Fukuchi 2017, doi:10.7717/peerj.3298) at three speeds. A runner's
standard score is the same at every speed, as it nearly was in them.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hipstudy import physiology as ph
from hipstudy.cohort import SPEEDS
from hipstudy.parameters import Values

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Demands:
    """Angles (deg extension) and net moments (Nm/kg) that running asks for.

    Each (speeds, 2, draws, limbs): at peak extension, and at the peak moment.
    """

    angle_ext_deg: Array
    moment_nm_kg: Array


def demands(
    thomas: Array, moment: Array, own: Array, extension: Array, *, values: Values
) -> Demands:
    """Turn standard scores of limbs into what running asks of them.

    Parameters
    ----------
    thomas
        Score of the Thomas angle, (draws, limbs); running extension goes with it a little.
    moment, own
        Scores of the peak moment, and of what the moment at peak extension does not share with
        it, (limbs,).
    extension
        Score of what extension in running does not share with the Thomas angle, (limbs,).
    values
        Parameters.
    """
    r, cut = values["running_thomas_r"], values["running_cut_sd"]
    reach = np.clip(r * thomas + np.sqrt(1 - r**2) * extension, -cut, cut)
    both = values["running_moments_r"]
    peak = np.clip(np.broadcast_to(moment, reach.shape), -cut, cut)
    early = np.clip(both * peak + np.sqrt(1 - both**2) * own, -cut, cut)

    def line(name: str, score: Array) -> Array:
        return values[name.format("")] + values[name.format("_sd")] * score

    angles, moments = [], []
    for speed in SPEEDS:
        most = line(f"running_peak_moment{{}}_{speed}_nm_kg", peak)
        then = line(f"running_moment{{}}_{speed}_nm_kg", early)
        moments.append([np.minimum(then, most), most])  # no moment is above the peak
        names = (f"running_extension{{}}_{speed}_deg", f"running_peak_angle{{}}_{speed}_deg")
        angles.append([line(name, reach) for name in names])
    return Demands(np.array(angles), np.array(moments))


def passive(angle_deg: Array, values: Values) -> Array:
    """Passive torque at an angle, Nm/kg."""
    return ph.passive_torque(
        angle_deg,
        at_reference=values["passive_torque_nm_kg"],
        reference_deg=values["end_range_test_angle_deg"],
    )
