"""A posture as a line drawing, at one scale, with every word inside the picture and apart."""

from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Polygon

from hipstudy.figures.posture import Array, Fill, Posture, Stroke, Tip
from hipstudy.figures.style import GREY, MM, TABLES, look

MM_PER_M = 35
LEFT_M, RIGHT_M, UNDER_M = -1.15, 1.3, 0.04
_POINT_MM, _FONT_PT = 25.4 / 72, 8.5
_LETTER_M, _HIGH_M = 1.65 / MM_PER_M, 3.6 / MM_PER_M  # room for a letter of that size
_EDGE_M, _STEP_M = 0.02, 0.01
_OUTLINED = {"weight": {"edgecolor": "white", "lw": 1.5, "zorder": 3}}  # apart from what it lies on


def setup(posture: Posture) -> Axes:
    """Draw a posture from the side: where it starts, pale, and where it stops, in full colour.

    Parameters
    ----------
    posture
        What is drawn, in metres over the floor.

    Returns
    -------
    matplotlib.axes.Axes
        In a figure of one width, as high as the posture asks for.
    """
    words = _word_places(posture)
    top = 2 * _EDGE_M + max(
        *(shape.points[:, 1].max() + _half(shape) for shape in posture.shapes),
        *(at[1] + _HIGH_M / 2 for _, at in words),
    )
    size = (RIGHT_M - LEFT_M, top + UNDER_M)
    with look():
        figure = Figure(figsize=[MM_PER_M * MM * one for one in size], layout="none")
        ax = figure.add_axes((0, 0, 1, 1))
        ax.set(xlim=(LEFT_M, RIGHT_M), ylim=(-UNDER_M, top))
        ax.set_axis_off()
        ends = [LEFT_M + _EDGE_M, RIGHT_M - _EDGE_M]
        ax.plot(ends, [-0.01, -0.01], color=GREY, lw=_points(0.02), solid_capstyle="butt")
        for shape in posture.shapes:
            _draw(ax, shape)
        for word, at in words:
            ax.text(*at, word, fontsize=_FONT_PT, ha="center", va="center", zorder=9)
    return ax


def _points(width_m: float) -> float:
    return width_m * MM_PER_M / _POINT_MM


def _draw(ax: Axes, shape: Stroke | Fill) -> None:
    colour = TABLES["parts"][shape.part]
    if isinstance(shape, Fill):
        style = _OUTLINED.get(shape.part, {"lw": 0, "zorder": 2})
        ax.add_patch(Polygon(shape.points, facecolor=colour, **style))
    elif len(shape.points) == 1:
        ax.add_patch(Circle(shape.points[0], shape.width_m / 2, color=colour, lw=0, zorder=2))
    else:
        style = {"solid_capstyle": "round", "solid_joinstyle": "round"}
        ax.plot(*shape.points.T, color=colour, lw=_points(shape.width_m), zorder=2, **style)


def _half(shape: Stroke | Fill) -> float:
    return shape.width_m / 2 if isinstance(shape, Stroke) else 0.0


def _dots(shape: Stroke | Fill) -> Array:
    """Points along a shape, (n, 3): right, up, and how far it reaches around."""
    closed = [shape.points[:1]] if isinstance(shape, Fill) else []
    points = np.vstack([shape.points, *closed])
    dots = [points[:1]]
    for first, last in pairwise(points):
        steps = max(int(np.linalg.norm(last - first) / _STEP_M), 1)
        dots.append(first + np.linspace(0, 1, steps + 1)[1:, None] * (last - first))
    every = np.vstack(dots)
    return np.column_stack([every, np.full(len(every), _half(shape))])


def _word_places(posture: Posture) -> list[tuple[str, Array]]:
    """Each word with its middle: near its place, on nothing, inside the picture.

    Raises
    ------
    ValueError
        When there is no room for a word.
    """
    dots = np.vstack([_dots(shape) for shape in posture.shapes])
    places: list[tuple[str, Array]] = []
    for tip in posture.tips:
        free = (at for at in _near(tip) if _is_free(tip, at, dots, places, posture.tips))
        at = next(free, None)
        if at is None:
            raise ValueError(f"set-up: found no room for the word {tip.word!r} in the picture")
        places.append((tip.word, at))
    return places


def _room(word: str) -> Array:
    """Half of the width and of the height that a word takes."""
    return np.array([len(word) * _LETTER_M, _HIGH_M]) / 2


def _near(tip: Tip) -> list[Array]:
    """Places around a tip, the best first: close by, and in its own direction."""
    half = _room(tip.word)
    places = []
    for off in np.arange(0.03, 0.5, 0.03):
        for turn in range(0, 360, 10):
            away = abs((turn + 180) % 360 - 180)
            along = np.radians(tip.towards_deg + turn)
            ahead = np.array([np.cos(along), np.sin(along)])
            at = tip.at + ahead * (off + np.abs(ahead) @ half)
            places.append((off + 0.1 * away / 90, turn, at))
    return [at for _, _, at in sorted(places, key=lambda one: one[:2])]


def _is_free(
    tip: Tip, at: Array, dots: Array, others: list[tuple[str, Array]], tips: tuple[Tip, ...]
) -> bool:
    half = _room(tip.word)
    low, high = at - half, at + half
    if low[0] < LEFT_M + _EDGE_M or high[0] > RIGHT_M - _EDGE_M or low[1] < _EDGE_M:
        return False
    gap = np.maximum(np.abs(dots[:, :2] - at) - half, 0)
    if (np.hypot(*gap.T) < dots[:, 2] + _EDGE_M).any():
        return False
    if any((np.abs(at - other) < half + _room(word)).all() for word, other in others):
        return False
    near = np.linalg.norm(at - tip.at)
    return all(near <= np.linalg.norm(at - one.at) for one in tips)
