"""Texts of a figure as they were drawn, and which of them lie over another or leave the figure."""

from contextlib import contextmanager
from dataclasses import dataclass
from unittest.mock import patch

from matplotlib.text import Text

_LEAST_PT = 1.0  # what less than this shares cannot be seen


@dataclass(frozen=True)
class DrawnText:
    """A text with its box and the figure's, in points from the lower left corner."""

    words: str
    box: tuple[float, float, float, float]
    figure: tuple[float, float]


@contextmanager
def recorded_texts():
    """Collect every text that is drawn in the block; one drawn twice is there as it was last."""
    drawn, found = {}, []
    original = Text.draw

    def draw(self, renderer):
        original(self, renderer)
        figure = self.get_figure(root=True)
        words = self.get_text()
        if figure is not None and self.get_visible() and words.strip():
            (left, low), (right, high) = Text.get_window_extent(self, renderer).get_points()
            scale = 72 / figure.dpi
            box = tuple(float(end) * scale for end in (left, low, right, high))
            size = tuple(float(length) * scale for length in figure.bbox.size)
            drawn[id(self)] = DrawnText(words, box, size)

    with patch.object(Text, "draw", draw):
        yield found
    found.extend(drawn.values())


def overlapping(boxes, least=_LEAST_PT, shrink=0.0):
    """Pairs of places in a list of boxes that lie over each other, by ``least`` both ways.

    Each box (left, low, right, high) loses the share ``shrink`` of its height at either end: a
    line has room for letters that reach further than its own do.
    """
    inner = []
    for left, low, right, high in boxes:
        lost = shrink * (high - low)
        inner.append((left, low + lost, right, high - lost))
    order = sorted(range(len(inner)), key=lambda at: inner[at][0])
    pairs = []
    for rank, one in enumerate(order):
        for other in order[rank + 1 :]:
            if inner[other][0] > inner[one][2] - least:
                break
            low, high = max(inner[one][1], inner[other][1]), min(inner[one][3], inner[other][3])
            wide = min(inner[one][2], inner[other][2]) - inner[other][0]
            if high - low > least and wide > least:
                pairs.append((min(one, other), max(one, other)))
    return sorted(pairs)


def faults(texts):
    """What is wrong with the texts of one figure, each as a line."""
    said = []
    for one, other in overlapping([text.box for text in texts], shrink=0.15):
        said.append(f"{texts[one].words!r} lies over {texts[other].words!r}")
    for text in texts:
        left, low, right, high = text.box
        wide, tall = text.figure
        if min(left, low) < -_LEAST_PT or right > wide + _LEAST_PT or high > tall + _LEAST_PT:
            said.append(f"{text.words!r} leaves the figure")
    return said
