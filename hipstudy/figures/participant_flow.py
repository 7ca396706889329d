"""Who came how far, as boxes and arrows from the top: the file, the arms, their visits."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Rectangle
from matplotlib.textpath import text_to_path
from pandas import DataFrame

from hipstudy.figures.style import INK, WIDTH_MM, arm_colours, canvas, look

_SIZE, _POINTS_MM = 8, 72 / 25.4
_LINE_MM = 3.6  # from one line of text to the next
_PAD_MM, _GAP_MM, _APART_MM = 1.4, 4.5, 4
_OUT = ("no_baseline", "no_arm")


class _Box(NamedTuple):
    """Lines of text in a box, and where it stands: all in mm from the page's upper left."""

    lines: list[str]
    left: float
    top: float
    width: float
    heavy: int = 0  # so many lines from the first are bold

    @property
    def height(self) -> float:
        return len(self.lines) * _LINE_MM + 2 * _PAD_MM - 0.6

    @property
    def foot(self) -> float:
        return self.top + self.height

    @property
    def middle(self) -> float:
        return self.left + self.width / 2


def flow(frame: DataFrame, *, are_arms: bool = True) -> Axes:
    """Draw the boxes of a trial's flow, one column an arm, on a figure of its own.

    Parameters
    ----------
    frame
        Columns arm (empty: the whole file), name (the arm's), stage, n, instead (not empty where
        there is no n) and line (the count in words), in the order in which they are drawn.
    are_arms
        Whether columns are arms, in their colours; if not, such as orders of arms, all are black.

    Returns
    -------
    matplotlib.axes.Axes
        In millimetres from the upper left; as tall as the boxes need.
    """
    with look():
        top, columns = _boxes(frame)
        foot = max(box.foot for boxes in (top, *columns.values()) for box in boxes)
        _, ax = canvas(foot + 1)
        edges = arm_colours(columns) if are_arms else dict.fromkeys(columns, INK)
        _draw_flow(ax, foot, top, columns, edges)
    return ax


def drawn_rows(frame: DataFrame) -> DataFrame:
    """The counts that have a place in the picture: nobody without a baseline or an arm has none."""
    return frame[[_is_drawn(row) for row in frame.itertuples()]]


def _is_drawn(row: tuple) -> bool:
    return row.stage not in _OUT or row.n > 0 or bool(row.instead)


def _draw_flow(
    ax: Axes,
    foot: float,
    top: list[_Box],
    columns: dict[str, list[_Box]],
    edges: Mapping[str, str],
) -> None:
    ax.set_position((0, 0, 1, 1))
    ax.set(xlim=(0, WIDTH_MM), ylim=(foot + 1, 0))
    ax.set_axis_off()
    for box in top:
        _draw(ax, box, INK)
    for out in top[1:]:
        y = out.top + out.height / 2
        _arrow(ax, (top[0].middle, y), (out.left, y))
    for arm, boxes in columns.items():
        branch = boxes[0].top - _GAP_MM / 2
        ax.plot([top[0].middle, boxes[0].middle], [branch, branch], color=INK, lw=0.7)
        _arrow(ax, (boxes[0].middle, branch), (boxes[0].middle, boxes[0].top))
        for box in boxes:
            _draw(ax, box, edges[arm])
        for above, below in pairwise(boxes):
            _arrow(ax, (above.middle, above.foot), (below.middle, below.top))
    if columns:  # the last branch is as high as every other
        ax.plot([top[0].middle] * 2, [top[0].foot, branch], color=INK, lw=0.7)


def _boxes(frame: DataFrame) -> tuple[list[_Box], dict[str, list[_Box]]]:
    """Every box in its place: those of the whole file, and a column of them for each arm."""
    whole = list(frame[frame["arm"] == ""].itertuples())
    wide = 0.4 * WIDTH_MM
    head = _wrap([row.line for row in whole if row.stage not in _OUT], wide)
    top = [_Box(head, (WIDTH_MM - wide) / 2, 0.5, wide)]
    out = [row.line for row in whole if row.stage in _OUT and _is_drawn(row)]
    below = top[0].foot
    if out:
        lines = _wrap(out, 0.28 * WIDTH_MM)
        top.append(_Box(lines, 0.71 * WIDTH_MM, below + _GAP_MM / 2, 0.28 * WIDTH_MM))
        below = top[1].foot - _GAP_MM / 4
    arms = [arm for arm in dict.fromkeys(frame["arm"]) if arm]
    width = min(0.45 * WIDTH_MM, (WIDTH_MM - 1 - _APART_MM * (len(arms) - 1)) / max(len(arms), 1))
    texts = {arm: _box_lines(frame[frame["arm"] == arm], width) for arm in arms}
    left = (WIDTH_MM - len(arms) * width - (len(arms) - 1) * _APART_MM) / 2
    columns: dict[str, list[_Box]] = {arm: [] for arm in arms}
    for level in range(max(map(len, texts.values()), default=0)):
        y = below + _GAP_MM
        for i, arm in enumerate(arms):
            for lines, heavy in texts[arm][level : level + 1]:
                columns[arm].append(_Box(lines, left + i * (width + _APART_MM), y, width, heavy))
        below = max(box.foot for boxes in columns.values() for box in boxes[level : level + 1])
    return top, columns


def _box_lines(rows: DataFrame, width: float) -> list[tuple[list[str], int]]:
    """Lines of each box of an arm, from the top, and how many of them are its name."""
    name = _wrap([rows["name"].iloc[0]], width, bold=True)
    boxes = [(name, len(name))]
    for row in rows.itertuples():
        lines = _wrap([row.line], width)
        if row.stage in ("baseline", "stopped"):  # in the box of what is before it
            boxes[-1] = (boxes[-1][0] + lines, boxes[-1][1])
        else:
            boxes.append((lines, 0))
    return boxes


def _wrap(texts: Sequence[str], width_mm: float, *, bold: bool = False) -> list[str]:
    """Lines that fit in a box of this width; a word that is too long is broken."""
    room = (width_mm - 2 * _PAD_MM) * _POINTS_MM
    lines = []
    for text in texts:
        line = ""
        for word in text.split():
            if line and _width(f"{line} {word}", bold=bold) <= room:
                line = f"{line} {word}"
                continue
            lines += [line] if line else []
            while _width(word, bold=bold) > room:
                n = next(n for n in range(len(word), 0, -1) if _width(word[:n], bold=bold) <= room)
                lines.append(word[:n])
                word = word[n:]
            line = word
        lines.append(line)
    return lines


def _width(text: str, *, bold: bool) -> float:
    """Width of a line in points, in the face that is drawn."""
    face = FontProperties(size=_SIZE, weight=600 if bold else 400)
    return text_to_path.get_text_width_height_descent(text.replace("$", "S"), face, ismath=False)[0]


def _draw(ax: Axes, box: _Box, edge: str) -> None:
    ax.add_patch(Rectangle((box.left, box.top), box.width, box.height, facecolor="white",
                           edgecolor=edge, lw=0.9))  # fmt: skip
    for i, line in enumerate(box.lines):
        y = box.top + _PAD_MM - 0.3 + (i + 0.5) * _LINE_MM
        ax.text(box.middle, y, line, ha="center", va="center", fontsize=_SIZE, color=INK,
                weight=600 if i < box.heavy else 400, parse_math=False)  # fmt: skip


def _arrow(ax: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    ax.annotate("", end, xytext=start, arrowprops={"arrowstyle": "-|>", "color": INK, "lw": 0.7,
                "shrinkA": 0, "shrinkB": 0, "mutation_scale": 6})  # fmt: skip
