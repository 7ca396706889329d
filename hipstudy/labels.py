"""Words for the names in the tables, from ``labels.toml``, and numbers in words."""

import math
import tomllib
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

_WORDS: dict[str, dict[str, str]] = tomllib.loads(
    Path(__file__).with_name("labels.toml").read_text(encoding="utf-8")
)
WORLD_LABELS, CAUSE_WORDS = _WORDS["worlds"], _WORDS["causes"]
ARM_LABELS, OUTCOME_LABELS = _WORDS["arms"], _WORDS["outcomes"]
# Shares that would be rounded to none or to all.
NEAR_NONE, NEAR_ALL = 0.005, 0.995
_LEAST_CHANCE = 1e-9


def arm_label(name: str) -> str:
    """Label of an arm; an arm of one's own is called by its name."""
    return ARM_LABELS.get(name, name.replace("_", " "))


def contrast_label(contrast: str) -> str:
    """Label of a contrast such as ``strength_plus_stretch - stretch_only``."""
    return " − ".join(arm_label(name) for name in contrast.split(" - "))


def format_number(value: float, digits: int = 2) -> str:
    """A number with so many decimals and a real minus sign; a rounded zero has no sign.

    A half is rounded away from zero, as it is done by hand: of 12.5 and 13.5 both go up.

    Examples
    --------
    >>> format_number(-0.304), format_number(-0.001), format_number(1.25, 1)
    ('−0.30', '0.00', '1.3')
    """
    return f"{_half_up(value, digits):z.{digits}f}".replace("-", "−")


def _half_up(value: float, digits: int) -> Decimal | float:
    """A number to so many decimals, as it would be written: 0.145 is no hair below itself.

    Of what is computed, such as 1 - 0.925, the first fifteen digits count: the others are noise of
    the arithmetic, and 0.075 is meant.
    """
    if not math.isfinite(value):
        return value
    return Decimal(f"{float(value):.15g}").quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def count_phrase(n: float, word: str) -> str:
    """A number of things.

    Examples
    --------
    >>> count_phrase(1, "week"), count_phrase(12, "week"), count_phrase(0.5, "point")
    ('1 week', '12 weeks', '0.5 points')
    """
    said = f"{n:g}"  # 1.0000001 is printed as 1, and is one
    return f"{said} {word}" + ("" if said == "1" else "s")


def interval(value: float, low: float, high: float, digits: int = 2) -> str:
    """A number with its interval.

    Examples
    --------
    >>> interval(0.21, 0.05, 0.38)
    '0.21 (0.05 to 0.38)'
    """
    ends = f"{format_number(low, digits)} to {format_number(high, digits)}"
    return f"{format_number(value, digits)} ({ends})"


def percent(share: float) -> str:
    """A share as whole per cent, a half rounded up; what is near none or all is not said to be it.

    Examples
    --------
    >>> percent(0.057), percent(0.004), percent(0.0)
    ('6 %', 'under 1 %', '0 %')
    >>> percent(0.125), percent(0.375), percent(0.145), percent(1 - 37 / 40)
    ('13 %', '38 %', '15 %', '8 %')
    >>> percent(0.994), percent(0.996), percent(1.0)
    ('99 %', 'over 99 %', '100 %')
    """
    if 0 < share < NEAR_NONE:
        return "under 1 %"
    if NEAR_ALL <= share < 1:
        return "over 99 %"
    return f"{_half_up(share, 2) * 100:z.0f} %".replace("-", "−")


def within_ends(share: float) -> float:
    """A share that is neither none nor all: of what a law without ends gives to either.

    Examples
    --------
    >>> within_ends(1.0) < 1, within_ends(0.0) > 0, within_ends(0.3)
    (True, True, 0.3)
    """
    return min(max(share, _LEAST_CHANCE), 1 - _LEAST_CHANCE)


def chance(share: float) -> str:
    """A chance by a law without ends, such as a normal one: never 0 % or 100 %.

    Examples
    --------
    >>> chance(0.0), chance(0.5), chance(1.0)
    ('under 1 %', '50 %', 'over 99 %')
    """
    return percent(within_ends(share))


def attainable_share(share: float) -> str:
    """A break-even share, or that there is none.

    Examples
    --------
    >>> attainable_share(0.5), attainable_share(float("inf"))
    ('50 %', 'no share suffices')
    """
    return percent(share) if share <= 1 else "no share suffices"
