"""The set-up of the exercise as a line drawing: a person, a bench, and the way of the lever."""

from typing import TYPE_CHECKING

import numpy as np

from hipstudy.figures.style import GREY, INK, canvas, look

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Lengths of the drawing in its own units; it shows a posture and measures nobody.
_SEAT, _THICK, _FLOOR = 0.5, 0.06, 0.0
_TRUNK, _HEAD, _LEG, _THIGH, _SHANK = 0.55, 0.1, 0.85, 0.4, 0.45
_LIMB, _BODY = 8, 13
_WORKS, _BEFORE, _WOOD = "#0072B2", "#9ec8e4", "#d9d2c5"
LEVERS = ("leg-lever", "trunk-lever")


def setup(
    lever: str,
    *,
    from_deg: float,
    to_deg: float,
    incline_deg: float = 0,
    weight: bool = False,
    ax: "Axes | None" = None,
) -> "Axes":
    """Draw one lever from the side: where it starts, pale, and where it stops, in colour.

    Parameters
    ----------
    lever
        ``leg-lever`` (lying, the leg goes down) or ``trunk-lever`` (sitting, the trunk leans back).
    from_deg, to_deg
        Ends of the movement, degrees of hip extension.
    incline_deg
        How far the support turns the trunk (leg lever) or the thigh (trunk lever).
    weight
        Whether a weight is drawn, at the ankle or on the chest.
    ax
        Where to draw; a new figure when None.
    """
    with look():
        if ax is None:
            _, ax = canvas(48, 80)
        draw = _leg if lever == "leg-lever" else _trunk
        draw(ax, from_deg, to_deg, incline_deg, weight)
        ax.axhline(_FLOOR, color=GREY, lw=1)
        ax.set_aspect("equal")
        ax.set(xlim=(-0.95, 1.05), ylim=(-0.04, max(1.12, ax.dataLim.y1 + 0.2)))
        ax.set_axis_off()
    return ax


def _to(start: np.ndarray, length: float, degrees: float) -> np.ndarray:
    """Where a segment ends that leaves ``start`` at an angle, anticlockwise from the right."""
    turn = np.radians(degrees)
    return start + length * np.array([np.cos(turn), np.sin(turn)])


def _by(point: np.ndarray, right: float, up: float) -> np.ndarray:
    return point + np.array([right, up])


def _line(ax: "Axes", *points: np.ndarray, color: str = INK, lw: float = _LIMB) -> None:
    xs, ys = zip(*points, strict=True)
    ax.plot(xs, ys, color=color, lw=lw, solid_capstyle="round", solid_joinstyle="round")


def _head(ax: "Axes", shoulder: np.ndarray, degrees: float, color: str) -> None:
    from matplotlib.patches import Circle

    ax.add_patch(Circle(_to(shoulder, 1.25 * _HEAD, degrees), 0.8 * _HEAD, color=color, lw=0))


def _bench(ax: "Axes", left: float, right: float, legs: tuple[float, float]) -> None:
    from matplotlib.patches import Rectangle

    ax.add_patch(Rectangle((left, _SEAT - _THICK), right - left, _THICK, color=_WOOD, lw=0))
    for x in legs:
        ax.add_patch(Rectangle((x, _FLOOR), 0.05, _SEAT - _THICK, color=_WOOD, lw=0))


def _arc(ax: "Axes", centre: np.ndarray, radius: float, start: float, end: float) -> None:
    """The way down, with an arrow at its end."""
    turns = np.linspace(start, end, 30)
    way = np.array([_to(centre, radius, turn) for turn in turns])
    ax.plot(way[:-1, 0], way[:-1, 1], color=INK, lw=1)
    arrow = {"arrowstyle": "-|>", "color": INK, "lw": 1, "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", way[-1], way[-4], arrowprops=arrow)


def _weight(ax: "Axes", at: np.ndarray) -> None:
    from matplotlib.patches import Rectangle

    ax.add_patch(Rectangle(at - 0.05, 0.1, 0.1, color=INK, lw=0, zorder=5))


def _words(ax: "Axes", text: str, at: np.ndarray, **more: str) -> None:
    ax.annotate(text, at, fontsize=8.5, va="center", **more)


def _leg(ax: "Axes", from_deg: float, to_deg: float, incline: float, weight: bool) -> None:
    hip = np.array([0.0, _SEAT + 0.07])
    _bench(ax, -0.85, 0.02, (-0.8, -0.08))
    if incline:
        back = _to(np.array([-0.02, _SEAT]), 0.85, 180 - incline)
        _line(ax, np.array([-0.02, _SEAT]), back, color=_WOOD, lw=6)
        prop = _by(back, -0.22, _SEAT) / 2
        _line(ax, prop, np.array([-0.5, _SEAT]), color=_WOOD, lw=4)
    shoulder = _to(hip, _TRUNK, 180 - incline)
    knee = _to(hip, _THIGH, -32)
    _line(ax, hip, knee, np.array([knee[0], _FLOOR + 0.04]), color=GREY)
    _line(ax, np.array([knee[0], _FLOOR + 0.03]), np.array([knee[0] + 0.13, _FLOOR + 0.03]),
          color=GREY, lw=6)  # fmt: skip
    start, end = -incline - from_deg, -incline - to_deg
    _line(ax, hip, _to(hip, _LEG, start), color=_BEFORE)
    _line(ax, hip, _to(hip, _LEG, end), color=_WORKS)
    _line(ax, hip, shoulder, lw=_BODY)
    _head(ax, shoulder, 180 - incline, INK)
    if weight:
        _weight(ax, _to(hip, _LEG - 0.05, end))
    _arc(ax, hip, _LEG + 0.08, start, end)
    _words(ax, "start", _by(_to(hip, _LEG, start), -0.05, 0.1), ha="center")
    _words(ax, "stop", _by(_to(hip, _LEG, end), -0.02, -0.11), ha="center")


def _trunk(ax: "Axes", from_deg: float, to_deg: float, incline: float, weight: bool) -> None:
    raised = _THIGH * np.sin(np.radians(incline))
    hip = np.array([0.05, _SEAT + 0.07 + raised])
    _bench(ax, 0.0, 0.55, (0.05, 0.46))
    if incline:
        _line(ax, np.array([0.05, _SEAT + raised / 2]), np.array([0.12, _SEAT + raised / 2]),
              color=_WOOD, lw=max(4, 90 * raised))  # fmt: skip
    knee = _to(hip, _THIGH + 0.1, -incline)
    foot = np.array([knee[0] + 0.06, _FLOOR + 0.05])
    _line(ax, hip, knee, foot, color=GREY)
    _line(ax, foot, _by(foot, 0.14, -0.01), color=GREY, lw=6)
    _line(ax, _by(foot, 0.02, 0.07), _by(foot, 0.12, -0.06), color=INK, lw=2.5)
    start, end = 180 - incline + from_deg, 180 - incline + to_deg
    for turn, colour in ((start, _BEFORE), (end, _WORKS)):
        shoulder = _to(hip, _TRUNK, turn)
        _line(ax, hip, shoulder, color=colour, lw=_BODY)
        _head(ax, shoulder, turn, colour)
    if weight:
        _weight(ax, _by(_to(hip, 0.75 * _TRUNK, end), 0, 0.1))
    _arc(ax, hip, _TRUNK + 2.6 * _HEAD, start, end)
    _words(ax, "start", _by(_to(hip, _TRUNK + 0.12, start), 0, 0.17), ha="center")
    _words(ax, "stop", _by(_to(hip, _TRUNK + 0.1, end), 0.05, -0.16), ha="center")
    _words(ax, "foot held fast", _by(foot, 0.12, 0.11), ha="left")
