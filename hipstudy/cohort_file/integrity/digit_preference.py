"""Last digits of instruments' readings that come more often than chance has them.

Where a reading varies over far more than ten of its steps, its last digit is as good as evenly
spread. Digits are laid round a circle with the circumference ten (every last digit), five (0 and 5)
or two (even ones). Every runner is one vector: the sum over his readings, however much these hang
together. Under even digits the vectors point anywhere; S, the squared length of their sum over the
sum of their squared lengths, is then beyond s with a chance of about exp(-s) (Rayleigh). Ratings
are left out: people round their own feeling, which is no habit of a reader.
"""

import numpy as np

from hipstudy.arrays import Array
from hipstudy.cohort_file.integrity.reading_grid import FEWEST, ReadingGrid
from hipstudy.cohort_file.integrity.result import IntegrityResult, level, look

CHECK = "last_digits"
PERIODS = (2, 5, 10)
_HALF_DEGREES = 0.5
# A normal reading's digits of period p are even but for exp(-2 pi^2 (sd / p)^2): with sd = 0.8 p
# less than 1e-5 of a vector. Smooth readings with longer tails are more even still.
_SPREAD = 0.8


def find_preferred_digits(cells: ReadingGrid) -> list[IntegrityResult]:
    """Every instrument's last digits, by each circumference that its spread allows for."""
    looks = []
    for column in cells.instruments:
        known = cells.rows[column].dropna()
        step = _mark(column, known.to_numpy(float), cells.step[column])
        if not step:
            continue
        runner = cells.rows.loc[known.index, "runner"].to_numpy()
        digits = np.round(known.to_numpy(float) / step)
        looks += [
            (column, period, digits, runner, known.index.to_numpy())
            for period in PERIODS
            if digits.std() >= _SPREAD * period and len(np.unique(runner)) >= FEWEST
        ]
    limit = -np.log(level(len(looks)))
    return [
        _look(column, period, digits, runner, at, limit)
        for column, period, digits, runner, at in looks
    ]


def _mark(column: str, values: Array, step: float) -> float:
    """Unit of the last digit; half degrees throughout are marks of a goniometer."""
    if column.endswith("_deg") and 0 < step < _HALF_DEGREES:
        halves = values / _HALF_DEGREES
        if np.all(np.abs(halves - np.round(halves)) < 1e-6):
            return _HALF_DEGREES
    return step


def _look(
    column: str, period: int, digits: Array, runner: np.ndarray, at: np.ndarray, limit: float
) -> IntegrityResult:
    turn = np.exp(2j * np.pi * digits / period)
    _, group = np.unique(runner, return_inverse=True)
    parts = [np.bincount(group, weights=part) for part in (turn.real, turn.imag)]
    # A circle of two points is a line: its sums have one direction, and S / 2 in place of S.
    squared = sum(part.sum() ** 2 for part in parts)
    lengths = sum((part**2).sum() for part in parts)
    s = squared / max(lengths, 1e-12) / (2 if period == 2 else 1)
    shares = np.bincount((digits % period).astype(int), minlength=period)
    favourite = int(np.argmax(shares))
    return look(
        CHECK, (column,), f"every {period} steps", statistic=s, limit=limit, n=len(parts[0]),
        places=at[digits % period == favourite], is_beyond=bool(s > limit),
    )  # fmt: skip
