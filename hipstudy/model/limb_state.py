"""Where a limb starts in one world: a value, and its torque at any angle."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from hipstudy.arrays import Array
from hipstudy.model import equations
from hipstudy.model.cohort import SPEEDS
from hipstudy.model.usual_level import UsualLevels
from hipstudy.parameters import Values
from hipstudy.short_repr import ShortRepr


@dataclass(frozen=True, eq=False)
class Demands:
    """Angles (deg extension) and net moments (Nm/kg) that running asks for, and what is there.

    Each (speeds, 2, draws, limbs): at peak extension, and at the peak moment. Whatever training
    does is set over the torque of the start at these angles, so it is kept with them.

    Parameters
    ----------
    angle_ext_deg, moment_nm_kg
        What running asks for.
    passive_nm_kg
        Passive torque there.
    active_nm_kg
        The limb's own torque there at the start; 0 until it has been drawn.
    """

    angle_ext_deg: Array
    moment_nm_kg: Array
    passive_nm_kg: Array
    active_nm_kg: Array


def running_demands(
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
    angle, asked = np.array(angles), np.array(moments)
    return Demands(angle, asked, passive(angle, values), np.zeros_like(asked))


FLEXED, PAST_NEUTRAL, MIDDLE = 0, 1, 2  # options of ``torque_curve``: where torque is highest
HIP_ONLY, WITH_KNEE = 0, 1  # options of ``passive_curve``


def relative_torque(angle_deg: ArrayLike, values: Values) -> Array:
    """The norm's torque over that at neutral, by the curve that each draw has.

    Parameters
    ----------
    angle_deg
        Degrees of extension, broadcasting with (draws, 1).
    values
        Parameters; ``torque_curve`` chooses among three published shapes that contradict each
        other: strongest far in flexion, past neutral, or between.
    """
    curves: Mapping[int, Curve] = {
        FLEXED: lambda angle, value: equations.flexed_curve(
            angle,
            neutral_to_max=value("torque_neutral_to_max"),
            max_flexion_deg=value("torque_max_flexion_deg"),
            reference_flexion_deg=value("reference_slope_flexion_deg"),
            beyond_slope_ratio=value("beyond_neutral_slope_ratio"),
        ),
        PAST_NEUTRAL: lambda angle, value: equations.cosine_curve(
            angle,
            optimum_ext_deg=value("cosine_optimum_ext_deg"),
            width=value("cosine_width"),
        ),
        MIDDLE: lambda angle, value: equations.bell_curve(
            angle,
            optimum_flexion_deg=value("bell_optimum_flexion_deg"),
            width_rad=value("bell_width_rad"),
        ),
    }
    return _by_choice("torque_curve", curves, angle_deg, values)


def passive(angle_deg: ArrayLike, values: Values) -> Array:
    """Passive hip flexion torque in running at an angle of extension, Nm/kg, never below 0.

    Two published sets, of which ``passive_curve`` chooses one a draw: of the hip alone, and with
    the angle of the knee; per kg of the mean runner.
    """

    def with_knee(hip: Array, value: Callable[[str], Array]) -> Array:
        knee = value("running_knee_flexion_deg")
        return value("passive_knee_offset_nm") + equations.two_exponentials(
            hip,
            np.exp(value("passive_knee_rise") - value("passive_knee_rise_per_knee_deg") * knee),
            value("passive_knee_rise_per_hip_deg"),
            np.exp(value("passive_knee_fall") - value("passive_knee_fall_per_knee_deg") * knee),
            value("passive_knee_fall_per_hip_deg"),
        )

    curves: Mapping[int, Curve] = {
        HIP_ONLY: lambda hip, value: equations.two_exponentials(
            np.radians(hip),
            value("passive_rise_nm"),
            value("passive_rise_per_rad"),
            value("passive_fall_nm"),
            value("passive_fall_per_rad"),
        ),
        WITH_KNEE: with_knee,
    }
    torque = np.maximum(_by_choice("passive_curve", curves, angle_deg, values), 0)
    return values["passive_factor"] * torque / values["mass_mean_kg"]


Curve = Callable[[Array, Callable[[str], Array]], Array]  # of angles, and of a parameter by name


def _by_choice(
    name: str, curves: Mapping[int, Curve], angle_deg: ArrayLike, values: Values
) -> Array:
    """The curve that each draw has chosen, each worked out only for those draws."""
    choice = values[name][:, 0]
    options = np.unique(choice)
    if len(options) == 1:
        return curves[options[0]](np.asarray(angle_deg, float), values.__getitem__)
    angle = np.broadcast_to(angle_deg, np.broadcast_shapes(np.shape(angle_deg), (len(choice), 1)))
    torque = np.empty(angle.shape)
    for option in options:
        mine = choice == option
        torque[..., mine, :] = curves[option](
            angle[..., mine, :], lambda name, mine=mine: values[name][mine]
        )
    return torque


@dataclass(frozen=True, eq=False, repr=False)
class Baseline(ShortRepr):
    """Every limb at the start, in one world.

    Parameters
    ----------
    tightness_nrs, discomfort_nrs
        Week 0 as it is shown, the same in every world, (draws, limbs) or (limbs,).
    thomas_ext_deg
        Shape (draws, limbs).
    norm_neutral_nm_kg
        The norm's torque at neutral for a runner of this sex, (draws, limbs).
    end_range, elsewhere
        Standard scores of torque against the norm: at end range, and what the rest of the curve
        does not share with it; (draws, limbs) and (limbs,).
    demands
        What running asks for.
    levels
        Usual levels of the ratings and the weeks around them; None where week 0 goes on.
    deficit
        How far the driver of this world's cause is below the norm, in the driver's SD,
        (draws, limbs); None where there is nothing to relieve.
    """

    tightness_nrs: Array
    discomfort_nrs: Array
    thomas_ext_deg: Array
    norm_neutral_nm_kg: Array
    end_range: Array
    elsewhere: Array
    demands: Demands
    levels: UsualLevels | None = None
    deficit: Array | None = None

    def norm(self, angle_deg: ArrayLike, values: Values) -> Array:
        """The norm's torque at an angle that broadcasts to (draws, limbs), Nm/kg."""
        return self.norm_neutral_nm_kg * relative_torque(angle_deg, values)

    def to_norm(self, angle_deg: ArrayLike, values: Values) -> Array:
        """Torque over the norm at that angle: 1 is no deficit, below 1 a modelled one."""
        at_end, rest = weights(angle_deg, values)
        cv = values["torque_runner_cv"]
        return np.exp(cv * (at_end * self.end_range + rest * self.elsewhere) - cv**2 / 2)

    def torque(self, angle_deg: ArrayLike, values: Values) -> Array:
        """The limb's own torque at an angle, Nm/kg."""
        return self.norm(angle_deg, values) * self.to_norm(angle_deg, values)


def weights(angle_deg: ArrayLike, values: Values) -> tuple[Array, Array]:
    """Weights of the scores at end range and elsewhere in the score at an angle.

    A limb's score is a level of the whole curve and a part that only end range has, in the shares
    of ``end_range_deficit_share``; at end range the two add to a score of variance 1.
    """
    own = values["end_range_deficit_share"]
    part = equations.end_range_part(
        angle_deg,
        whole_from_deg=values["end_range_from_deg"],
        gone_at_deg=values["deficit_fades_at_deg"],
    )
    return 1 - own + own * part, np.sqrt(own * (1 - own)) * (1 - part)
