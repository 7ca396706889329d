"""The equations: torque and angle, load, dose and adaptation, range of motion, what a bout does.

Pure functions of arrays that broadcast together: no chance, no tables, no numbers of their own.
Angles are degrees of hip extension (neutral 0, extension positive), torque is Nm/kg, doses are
per trailing week and limb. Where a form was chosen rather than measured, the docstring says so.
"""

from collections import deque
from itertools import cycle

import numpy as np
from numpy.typing import ArrayLike

from hipstudy.arrays import Array


def flexed_curve(
    angle_deg: ArrayLike,
    *,
    neutral_to_max: ArrayLike,
    max_flexion_deg: ArrayLike,
    reference_flexion_deg: ArrayLike,
    beyond_slope_ratio: ArrayLike,
) -> Array:
    """Hip flexion torque over that at neutral, of a curve that is strongest far in flexion.

    From neutral to the strongest tested angle it rises as a quarter of a sine; past neutral it
    falls on along a straight line of slope ``beyond_slope_ratio`` times the mean slope between
    neutral and ``reference_flexion_deg``, never below 0.

    Notes
    -----
    Only the order was read: weakest at neutral, strongest at 105 deg of flexion (Ito 2024,
    doi:10.3233/ies-240003). The sine and the line past neutral are assumptions.
    """
    rise = 1 / np.asarray(neutral_to_max, float) - 1
    flexion = np.clip(-np.asarray(angle_deg, float), 0, max_flexion_deg)
    quarter = np.pi / 2 / np.asarray(max_flexion_deg, float)
    slope = rise * np.sin(quarter * reference_flexion_deg) / reference_flexion_deg
    beyond = np.maximum(np.asarray(angle_deg, float), 0)
    return np.maximum(1 + rise * np.sin(quarter * flexion) - beyond_slope_ratio * slope * beyond, 0)


def cosine_curve(angle_deg: ArrayLike, *, optimum_ext_deg: ArrayLike, width: ArrayLike) -> Array:
    """Hip flexion torque over that at neutral, of a curve that is strongest past neutral.

    Notes
    -----
    The cosine of ``width`` times the angle from the optimum, never below 0 (Anderson, Madigan and
    Nussbaum 2007, doi:10.1016/j.jbiomech.2007.03.022; rows TA01 to TA06, read second-hand).
    """

    def cosine(angle: ArrayLike) -> Array:
        away = np.radians(np.asarray(angle, float) - optimum_ext_deg)
        return np.cos(np.clip(width * away, -np.pi / 2, np.pi / 2))

    return cosine(angle_deg) / cosine(0)


def bell_curve(
    angle_deg: ArrayLike, *, optimum_flexion_deg: ArrayLike, width_rad: ArrayLike
) -> Array:
    """Hip flexion torque over that at neutral, of a bell around an angle of flexion.

    Optimum and width of one gymnast (row TA10, read second-hand); the bell is an assumption.
    """

    def log(angle: ArrayLike) -> Array:
        away = np.radians(np.asarray(angle, float) + optimum_flexion_deg) / width_rad
        return -(away**2) / 2

    return np.exp(log(angle_deg) - log(0))


def two_exponentials(
    hip: ArrayLike, rise: ArrayLike, rise_per: ArrayLike, fall: ArrayLike, fall_per: ArrayLike
) -> Array:
    """Passive moment of a joint at an angle of extension: one exponential up, one off it.

    ``rise`` and ``fall`` are in Nm, ``rise_per`` and ``fall_per`` over the unit of ``hip``
    (Anderson 2007, rows TA07 and TA08; Riener and Edrich 1999, row TA09; read second-hand).
    """
    hip = np.asarray(hip, float)
    return rise * np.exp(rise_per * hip) - fall * np.exp(-np.asarray(fall_per) * hip)


def end_range_part(
    angle_deg: ArrayLike, *, whole_from_deg: ArrayLike, gone_at_deg: ArrayLike
) -> Array:
    """Share of an end-range deficit that shows at an angle: 1 past one angle, 0 before another.

    Tight and normal hamstrings differed at length and not at their peak (Alonso 2009): a deficit
    of end range is not one of the whole curve. The straight line between is an assumption.
    """
    span = np.asarray(whole_from_deg, float) - gone_at_deg
    return np.clip((np.asarray(angle_deg, float) - gone_at_deg) / span, 0, 1)


def segment_torque(
    *, mass_share: ArrayLike, centre_share: ArrayLike, length_m: ArrayLike, gravity: float
) -> Array:
    """Gravity torque of a segment held horizontal, Nm per kg of body mass.

    Mass as a share of body mass, centre of mass as a share of the segment's length from the hip.
    """
    return gravity * np.asarray(mass_share, float) * centre_share * length_m


def incline(height_m: ArrayLike, length_m: ArrayLike) -> Array:
    """Degrees that a support higher at one end by ``height_m`` turns a segment of ``length_m``."""
    return np.degrees(np.arcsin(np.minimum(np.asarray(height_m, float) / length_m, 1)))


def lever_intensity(
    angle_deg: ArrayLike,
    *,
    horizontal_nm_kg: ArrayLike,
    capacity_nm_kg: ArrayLike,
    incline_deg: ArrayLike = 0,
    turns: int = 1,
) -> Array:
    """Gravity torque of the lever at its angle over what the limb can hold there.

    Lying flat the lever is horizontal at neutral, so its torque falls with the cosine of the
    angle. With the trunk raised by ``incline_deg`` the leg starts that much below the horizontal
    and extension takes it further (``turns`` 1); with the thigh sloping down the trunk starts
    that much above it and extension brings it nearer (``turns`` -1).
    """
    from_horizontal = np.radians(incline_deg + turns * np.asarray(angle_deg, float))
    gravity = np.asarray(horizontal_nm_kg) * np.maximum(np.cos(from_horizontal), 0)
    with np.errstate(divide="ignore", invalid="ignore"):  # no capacity: beyond any load but none
        return np.nan_to_num(gravity / np.asarray(capacity_nm_kg, float), nan=0, posinf=np.inf)


def effort(
    intensity: ArrayLike,
    *,
    low_intensity: ArrayLike,
    full_intensity: ArrayLike,
    effort_at_low: ArrayLike,
) -> Array:
    """How hard a set is, 0 to 1: sets the ceiling of what it can build.

    Two straight lines: from nothing at no load to ``effort_at_low`` at ``low_intensity``, on to 1
    at ``full_intensity``. Within 3 repetitions of failure it is 1 by definition, whatever the
    load. An assumption.
    """
    intensity = np.asarray(intensity, float)
    below = effort_at_low * np.minimum(intensity / low_intensity, 1)
    part = (intensity - low_intensity) / (np.asarray(full_intensity) - low_intensity)
    return below + (1 - np.asarray(effort_at_low)) * np.clip(part, 0, 1)


def repetitions(intensity: ArrayLike, *, constant: ArrayLike) -> Array:
    """Repetitions that can be done at a share of capacity: none at 1, infinitely many at 0.

    Epley's line, weight once = weight (1 + repetitions / constant), solved for repetitions; it was
    made for whole lifts, and is taken here for a held torque: an assumption.
    """
    with np.errstate(divide="ignore"):
        return np.maximum(constant * (1 / np.asarray(intensity, float) - 1), 0)


def nearness(reps: ArrayLike, possible: ArrayLike, *, reps_left: ArrayLike) -> Array:
    """How near to failure a set ends, 0 to 1: 1 with ``reps_left`` repetitions left or fewer."""
    needed = np.maximum(np.asarray(possible, float) - reps_left, 1)
    return np.minimum(np.asarray(reps, float) / needed, 1)


def angle_kernel(
    angle_deg: ArrayLike, *, low_deg: ArrayLike, high_deg: ArrayLike, sd_deg: ArrayLike
) -> Array:
    """Share of a gain that shows at an angle: 1 over the trained range, Gaussian outside it.

    Trials disagree on the spread, from 5 deg (doi:10.1007/BF00637386) to none found within
    20 deg (doi:10.2519/jospt.1983.5.2.58).
    """
    angle = np.asarray(angle_deg, float)
    outside = np.maximum(np.maximum(low_deg - angle, angle - high_deg), 0)
    return np.exp(-((outside / np.asarray(sd_deg)) ** 2) / 2)


def saturating(dose: ArrayLike, constant: ArrayLike, out: Array | None = None) -> Array:
    """Share reached of what a dose can reach: ``1 - exp(-dose / constant)``."""
    share = np.divide(dose, -np.asarray(constant, float), out=out)
    return np.negative(np.expm1(share, out=share), out=share) if share.ndim else -np.expm1(share)


def proportional(dose: ArrayLike, *, anchor: ArrayLike, share_at_anchor: ArrayLike) -> Array:
    """Share reached where every set brings as much as the one before, up to 1.

    A straight line through nothing and ``share_at_anchor`` at ``anchor``; an alternative to
    ``saturating``, against which the pooled trials speak (Ralston 2017, rows S047 to S049).
    """
    return np.minimum(np.asarray(dose, float) / anchor * share_at_anchor, 1)


def stepped(dose: ArrayLike, *, threshold: ArrayLike, share_at_anchor: ArrayLike) -> Array:
    """Share reached where less than ``threshold`` brings nothing and more brings no more.

    An alternative to ``saturating``; no trial of a threshold was read.
    """
    return np.where(np.asarray(dose, float) >= threshold, share_at_anchor, 0.0)


def gated(dose: ArrayLike, *, low: ArrayLike, full: ArrayLike, out: Array | None = None) -> Array:
    """Nothing up to ``low``, all from ``full``, a straight line between: an assumption."""
    part = np.subtract(np.asarray(dose, float), low, out=out)
    part = np.divide(part, np.asarray(full, float) - low, out=out)
    return np.clip(part, 0, 1, out=out)


def among_trials(sd: ArrayLike, z: ArrayLike) -> Array:
    """Factor of an effect in one setting over that in the middle one, by a log law.

    ``sd`` is the spread between trials on the log scale, ``z`` where this one lies, in SDs.
    """
    return np.exp(np.asarray(sd, float) * z)


def bounded(change: ArrayLike, most: ArrayLike) -> Array:
    """A steady change that slows down as it comes near ``most``, and never passes it."""
    most = np.asarray(most, float)
    part = np.divide(change, most, out=np.zeros(np.broadcast(change, most).shape), where=most > 0)
    return most * -np.expm1(-part)


def wandering(first: Array, shocks: Array, *, step_r: ArrayLike, sd: ArrayLike) -> Array:
    """A steady fluctuation from a given start on, one value a step; (steps + 1, ...).

    A first-order autoregression of standard deviation ``sd``: each value is ``step_r`` times the
    one before, and a standard normal shock of what that leaves.
    """
    step_r = np.asarray(step_r, float)
    own = np.sqrt(1 - step_r**2) * sd
    away = np.empty((len(shocks) + 1, *np.broadcast_shapes(first.shape, shocks.shape[1:])))
    away[0] = first
    for step, shock in enumerate(shocks, start=1):
        np.multiply(step_r, away[step - 1], out=away[step])
        away[step] += own * shock
    return away


def soreness_shape(lag_d: ArrayLike, *, peak_d: ArrayLike, gone_d: ArrayLike) -> Array:
    """Soreness so many days after a bout, over its peak: up and down along two straight lines.

    Most after 24-72 h, gone after 5-7 days; straight lines are an assumption.
    """
    lag = np.asarray(lag_d, float)
    falling = (gone_d - lag) / (np.asarray(gone_d, float) - peak_d)
    return np.clip(np.minimum(lag / peak_d, falling), 0, 1)


def fading(since: ArrayLike, end: ArrayLike) -> Array:
    """What is left of an effect that fades along a straight line and is gone at ``end``."""
    return np.clip(1 - np.asarray(since, float) / end, 0, 1)


def protection_carried(from_deg: ArrayLike, to_deg: ArrayLike, *, sd_deg: ArrayLike) -> Array:
    """Share of a bout's protection that holds for work reaching further by so many degrees.

    Whole for work that stays as short, Gaussian past it: a bout at short length did not protect
    at long length (row S073 of data/evidence.csv).
    """
    past = np.maximum(np.asarray(to_deg, float) - from_deg, 0)
    return np.exp(-((past / np.asarray(sd_deg, float)) ** 2) / 2)


def step_share(tau_d: ArrayLike) -> Array:
    """Share of the gap closed in one day at time constant ``tau_d`` (days)."""
    return -np.expm1(-1 / np.asarray(tau_d, float))


class TrailingSum:
    """Sum over the trailing days of a window, the day itself included.

    Parameters
    ----------
    window_d
        Days of the window.
    shape
        Of a row.
    """

    def __init__(self, window_d: int, shape: tuple[int, ...]) -> None:
        self._total = self._sum = np.zeros(shape)
        self._totals = deque([self._total] * window_d, maxlen=window_d + 1)
        self._left = window_d  # days on which nothing falls out yet
        # Rows are used again: a new one for every day costs the system pages.
        self._total_rows = cycle([np.empty(shape) for _ in range(window_d + 2)])
        self._sum_rows = cycle([np.empty(shape) for _ in range(2)])

    def step(self, today: Array | None) -> Array:
        """Add what a day brings, None on a day without anything.

        A difference of running totals. Where nothing comes in or falls out, the row is the very
        array of the day before; any other day's is another array. It holds for a day.
        """
        earlier, before = self._totals[0], self._total
        if today is not None:
            self._total = np.add(before, today, out=next(self._total_rows))
        self._totals.append(self._total)
        if self._left:
            self._left -= 1
            self._sum = self._total
        elif self._total is not before or self._totals[0] is not earlier:
            self._sum = np.subtract(self._total, self._totals[0], out=next(self._sum_rows))
        return self._sum
