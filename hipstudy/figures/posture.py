"""Where body, bench and floor are in each set-up: geometry in metres, for one size of body.

The same geometry says what is possible and what is drawn, so that nothing can be drawn that is
refused. Heights are over the floor; angles of the hip are degrees of extension, and those of a
segment are anticlockwise from the right.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

LEVERS = ("leg-lever", "trunk-lever")
BENCH_M = 0.45  # an ordinary bench; a higher one is asked for where the leg needs it
HIP_OVER_BENCH_M = 0.08
ANKLE_M = 0.07  # floor to ankle
CLEAR_M = 0.05  # from the heel's middle to the floor, where the leg stops
MOST_CM = 40  # the largest support that a prescription can have
MOST_EXT_DEG = 30  # textbooks end a hip's extension at 20 to 30 degrees
_CM = 0.01


@dataclass(frozen=True)
class Body:
    """Lengths of a body, in metres: hip to shoulder, hip to knee, hip to ankle."""

    trunk_m: float
    thigh_m: float
    leg_m: float

    @property
    def knee_m(self) -> float:
        """Height of the knee over the floor, with the foot flat and the shank upright."""
        return self.leg_m - self.thigh_m + ANKLE_M

    @property
    def heel_m(self) -> float:
        """From hip to heel."""
        return self.leg_m + ANKLE_M


@dataclass(frozen=True)
class SetUp:
    """One lever with its support and the end of its way.

    Parameters
    ----------
    lever
        ``leg-lever`` (lying, the leg goes down) or ``trunk-lever`` (sitting, the trunk leans back).
    from_deg, to_deg
        Ends of the way, degrees of hip extension.
    support_cm
        By how much the head end of the bench, or the seat, is raised.
    body
        Whose lengths.
    """

    lever: str
    from_deg: float
    to_deg: float
    support_cm: float
    body: Body

    @cached_property
    def incline_deg(self) -> float:
        """How far the support turns the trunk (leg lever) or the thigh (trunk lever)."""
        body = self.body
        length = body.trunk_m if self.lever == "leg-lever" else body.thigh_m
        return float(np.degrees(np.arcsin(min(self.support_cm * _CM / length, 1))))

    @cached_property
    def hip_m(self) -> float:
        """Height of the hip: as low as the way allows, on a bench not below an ordinary one."""
        if self.lever == "trunk-lever":
            return self.body.knee_m + self.support_cm * _CM
        return max(BENCH_M + HIP_OVER_BENCH_M, self._needed_m)

    @property
    def bench_cm(self) -> int:
        """Height of the bench, leg lever: to 5 cm, or to 1 cm where it cannot be higher."""
        bench = (self.hip_m - HIP_OVER_BENCH_M) / _CM
        most = max(BENCH_M, self._most_m - HIP_OVER_BENCH_M) / _CM
        by_five = 5 * np.ceil(bench / 5 - 1e-9)
        return int(by_five if by_five <= most else np.ceil(bench - 1e-9))

    @property
    def _needed_m(self) -> float:
        """Height of the hip from which the straight leg does not touch the floor where it stops."""
        down = np.radians(min(self.incline_deg + self.to_deg, 90))
        return float(self.body.heel_m * np.sin(down) + CLEAR_M)

    @property
    def _most_m(self) -> float:
        """Height of the hip above which the other foot is not flat, but for a hip bent back."""
        slope = np.radians(self.incline_deg)
        standing = self.body.knee_m + self.body.thigh_m * np.sin(slope)
        return max(float(standing), BENCH_M + HIP_OVER_BENCH_M)

    @property
    def reaches(self) -> bool:
        """Whether the hip can go there at all."""
        return self.to_deg <= MOST_EXT_DEG

    @property
    def possible(self) -> bool:
        """Whether a body of this size can do it with one foot on the floor."""
        return self.reaches and (self.lever == "trunk-lever" or self._needed_m <= self._most_m)

    @property
    def largest_support_cm(self) -> int:
        """The largest whole number of centimetres that is possible for this end of the way."""
        higher = (cm for cm in range(MOST_CM) if not replace(self, support_cm=cm + 1).possible)
        return next(higher, MOST_CM)


@dataclass(frozen=True)
class Stroke:
    """A line with round ends, or a disc where it has one point; ``part`` says what it shows."""

    points: Array
    width_m: float
    part: str


@dataclass(frozen=True)
class Fill:
    """A filled shape by its corners."""

    points: Array
    part: str


@dataclass(frozen=True)
class Tip:
    """What a word stands at: the word, the place, and the way in which it is best put."""

    word: str
    at: Array
    towards_deg: float


@dataclass(frozen=True)
class Posture:
    """All that is drawn, in the order in which it is drawn, and the words at it."""

    shapes: tuple[Stroke | Fill, ...]
    tips: tuple[Tip, ...]


LIMB_M, TRUNK_M, HEAD_M = 0.07, 0.13, 0.17
HEAD_OVER_SHOULDER_M = 0.13
_THIN_M, _FOOT_M, _WOOD_M = 0.012, 0.2, 0.05


def posture(setup: SetUp, *, weight: bool) -> Posture:
    """Where everything is in a set-up that is possible; what is not raises an error.

    Raises
    ------
    ValueError
        When a body cannot do it.
    """
    if not setup.possible:
        raise ValueError(
            f"set-up: found support {setup.support_cm:g} cm with an end of {setup.to_deg:g} deg, "
            f"which a body cannot do; the largest support is {setup.largest_support_cm} cm"
        )
    return (_leg if setup.lever == "leg-lever" else _trunk)(setup, weight)


def to(start: Array, length: float, degrees: float) -> Array:
    """Where a segment ends that leaves ``start`` at an angle, anticlockwise from the right."""
    turn = np.radians(degrees)
    return start + length * np.array([np.cos(turn), np.sin(turn)])


def _stroke(part: str, width_m: float, *points: ArrayLike) -> Stroke:
    return Stroke(np.array(points, float), width_m, part)


def _box(part: str, left: float, right: float, low: float, high: float) -> Fill:
    return Fill(np.array([(left, low), (right, low), (right, high), (left, high)]), part)


def _weight(at: Array) -> Fill:
    return _box("weight", at[0] - 0.05, at[0] + 0.05, at[1] - 0.05, at[1] + 0.05)


def _bench(left: float, right: float, top: float) -> tuple[Fill, ...]:
    inset = min(0.05, (right - left) / 4)
    feet = (left + inset, right - inset - 0.05)
    return (
        _box("wood", left, right, top - _WOOD_M, top),
        *(_box("wood", x, x + 0.05, 0, top - _WOOD_M) for x in feet),
    )


def _standing(part: str, hip: Array, knee: Array) -> tuple[Stroke, ...]:
    """Thigh, upright shank and flat foot."""
    ankle = np.array([knee[0], ANKLE_M])
    sole = LIMB_M / 2
    foot = _stroke(part, LIMB_M, (knee[0] - 0.03, sole), (knee[0] - 0.03 + _FOOT_M, sole))
    return _stroke(part, LIMB_M, hip, knee, ankle), foot


def _way(centre: Array, radius: float, start: float, end: float) -> tuple[Stroke, Fill]:
    """The way of a lever as an arc with a head, kept off the floor."""
    turns = np.linspace(start, end, 200)
    arc = centre + radius * np.stack([np.cos(np.radians(turns)), np.sin(np.radians(turns))], 1)
    off = np.flatnonzero(arc[:, 1] >= CLEAR_M)
    last = int(off[-1]) if len(off) else 0
    along = np.radians(turns[last] + (90 if end > start else -90))
    ahead = np.array([np.cos(along), np.sin(along)])
    aside = np.array([-ahead[1], ahead[0]])
    base = arc[last] - 0.06 * ahead
    head = np.array([arc[last], base + 0.025 * aside, base - 0.025 * aside])
    shaft = max(int(np.sum(np.linalg.norm(arc[:last] - arc[last], axis=1) > 0.05)), 2)
    return Stroke(arc[:shaft], _THIN_M, "line"), Fill(head, "line")


def _leg(s: SetUp, weight: bool) -> Posture:
    body, incline = s.body, s.incline_deg
    hip = np.array([0.0, s.bench_cm * _CM + HIP_OVER_BENCH_M])
    bench_m = hip[1] - HIP_OVER_BENCH_M
    shapes: list[Stroke | Fill] = [*_bench(-0.85, 0.02, bench_m)]
    tips = []
    if s.support_cm:
        under = 0.09
        hinge = hip + under * np.array([-np.sin(np.radians(incline)), -np.cos(np.radians(incline))])
        back = to(hinge, 0.8, 180 - incline)
        middle = (hinge + back) / 2
        shapes += [
            _stroke("wood", _WOOD_M, hinge, back),
            _stroke("wood", _WOOD_M, middle, np.array([middle[0], bench_m])),
            _stroke("line", _THIN_M, (-0.92, hip[1]), (-0.92, hip[1] + s.support_cm * _CM)),
        ]
        tips.append(Tip(f"{s.support_cm:.0f} cm", np.array([-0.92, hip[1]]), 260))
    slope = np.arcsin(np.clip((hip[1] - body.knee_m) / body.thigh_m, -1, 1))
    knee = hip + body.thigh_m * np.array([np.cos(slope), -np.sin(slope)])
    shapes += _standing("other", hip, knee)
    start, end = -incline - s.from_deg, -incline - s.to_deg
    for turn, part in ((start, "before"), (end, "works")):
        heel = to(hip, body.heel_m, turn)
        shapes += [
            _stroke(part, LIMB_M, hip, heel),
            _stroke(part, 0.8 * LIMB_M, heel, to(heel, 0.9 * _FOOT_M, turn + 80)),
        ]
    shoulder = to(hip, body.trunk_m, 180 - incline)
    shapes += [*_upper(shoulder, hip, 180 - incline, "body")]
    if weight:
        shapes.append(_weight(to(hip, body.leg_m - 0.06, end)))
    shapes += _way(hip, body.heel_m + 0.09, start, end)
    tips += [
        Tip("start", to(hip, body.heel_m, start), start + 70),
        Tip("stop", to(hip, body.heel_m, end), end - 70),
    ]
    return Posture(tuple(shapes), tuple(tips))


def _upper(shoulder: Array, hip: Array, turn: float, part: str) -> tuple[Stroke, Stroke]:
    """Trunk and head."""
    head = to(shoulder, HEAD_OVER_SHOULDER_M, turn)
    return _stroke(part, TRUNK_M, hip, shoulder), _stroke(part, HEAD_M, head)


def _trunk(s: SetUp, weight: bool) -> Posture:
    body, incline = s.body, s.incline_deg
    hip = np.array([0.05, s.hip_m])
    top = hip[1] - 0.09
    room = 0.06 / np.tan(np.radians(incline)) if incline else 0.4
    shapes: list[Stroke | Fill] = [*_bench(0.0, 0.05 + float(np.clip(room, 0.1, 0.4)), top)]
    tips = []
    if s.support_cm:
        low = top - s.support_cm * _CM
        shapes.append(_stroke("line", _THIN_M, (-0.08, low), (-0.08, top)))
        tips.append(Tip(f"{s.support_cm:.0f} cm", np.array([-0.08, low]), 200))
    knee = to(hip, body.thigh_m, -incline)
    shapes += _standing("works", hip, knee)
    shapes.append(_stroke("body", 0.03, (knee[0] + 0.06, 0.1), (knee[0] + 0.1, 0.02)))
    tips.append(Tip("held foot", np.array([knee[0] + 0.17, 0.07]), 20))
    start, end = 180 - incline + s.from_deg, 180 - incline + s.to_deg
    for turn, part in ((start, "pale"), (end, "body")):
        shapes += [*_upper(to(hip, body.trunk_m, turn), hip, turn, part)]
    if weight:
        shapes.append(_weight(to(to(hip, 0.75 * body.trunk_m, end), 0.11, end - 90)))
    shapes += _way(hip, body.trunk_m + 0.29, start, end)
    tips += [
        Tip("start", to(hip, body.trunk_m + 0.13, start), start - 70),
        Tip("stop", to(hip, body.trunk_m + 0.13, end), end + 70),
    ]
    return Posture(tuple(shapes), tuple(tips))


def kneeling(body: Body) -> Posture:
    """The half-kneeling stretch: one knee on a pad, the hips moved forward over it."""
    pad = 0.04
    on = np.array([-0.2, pad + LIMB_M / 2])
    before, after = to(on, body.thigh_m, 90), to(on, body.thigh_m, 65)
    slope = np.arcsin((body.knee_m - after[1]) / body.thigh_m)
    front = after + body.thigh_m * np.array([np.cos(slope), np.sin(slope)])
    behind = np.array([on[0] - (body.knee_m - ANKLE_M), on[1]])
    tail = before - np.array([0.36, 0])
    shapes: list[Stroke | Fill] = [
        _box("wood", on[0] - 0.12, on[0] + 0.12, 0, pad),
        _stroke("before", LIMB_M, on, before),
        *_upper(to(before, body.trunk_m, 90), before, 90, "pale"),
        *_standing("other", after, front),
        _stroke("works", LIMB_M, behind, on, after),
        _stroke("works", 0.8 * LIMB_M, behind, behind + np.array([-0.14, 0])),
        *_upper(to(after, body.trunk_m, 90), after, 90, "body"),
        _stroke("line", _THIN_M, tail, tail + np.array([0.14, 0])),
        Fill(tail + np.array([(0.2, 0), (0.14, 0.025), (0.14, -0.025)]), "line"),
    ]
    return Posture(tuple(shapes), ())
