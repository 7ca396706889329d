"""Factors and answers of the sensitivity analysis in words."""

from hipstudy.answers import BREAK_EVEN, DUMMY, SHARES, TIGHTNESS, TORQUE
from hipstudy.drives import Driven, strongest
from hipstudy.labels import WORLD_LABELS, number, percent
from hipstudy.parameters import shipped

_STICKS = (
    "share tight from end-range torque",
    "short tissue's share of the rest",
    "guarding's share of what is then left",
)
_ANSWERS = {TIGHTNESS: "Tightness", TORQUE: "End-range strength"}


def factor_label(name: str) -> str:
    """A factor of the sensitivity analysis in words."""
    if name == DUMMY:
        return "a dummy that nothing uses"
    return dict(zip(SHARES, _STICKS, strict=True)).get(name) or shipped()[name].label


def answer_label(name: str) -> str:
    """An answer of the sensitivity analysis in words.

    Examples
    --------
    >>> answer_label("tightness_nrs weak"), answer_label("break_even_share")
    ('Tightness, end-range torque', 'Break-even share')
    """
    if name == BREAK_EVEN:
        return "Break-even share"
    outcome, world = name.split()
    return f"{_ANSWERS[outcome]}, {WORLD_LABELS[world].lower()}"


def listed(driven: Driven, answer: str, n: int) -> str:
    """The factors that carry most of an answer, each with its share in total and the interval."""
    return ", ".join(
        f"“{factor_label(r.factor)}” ({percent(r.total)}, {number(100 * r.total_low, 0)} to "
        f"{number(100 * r.total_high, 0)})"
        for r in strongest(driven, answer, n).itertuples()
    )
