"""Sides that look swapped at a visit.

What is left less right of a runner at one visit goes with the mean of the other visits; with the
sign turned where the sides were swapped. *Instruments*, all together: a share of the runners turned
is fitted by maximum likelihood beside none turned, with errors of Student's t of 4 degrees of
freedom, so that one far reading is no swap. Twice the gain in log likelihood is beyond chance by
chi-squared of 2 degrees of freedom: one for the share, and one because a slope of zero leaves the
share unknown. *Ratings*: their rank correlation is negative, by Fisher's z.
"""

import numpy as np
import scipy

from hipstudy.arrays import Array
from hipstudy.cohort_file.integrity.baseline_correlation import rank_correlation
from hipstudy.cohort_file.integrity.reading_grid import (
    FEWEST,
    ReadingGrid,
    centred,
    week_words,
)
from hipstudy.cohort_file.integrity.result import IntegrityResult, level, look

CHECK = "swapped_sides"
_DF = 4.0
_ROUNDS = 30
_NEAR = 1e-3  # gain in log likelihood that ends the fit
_FEWEST_FITTED = 12  # runners; with fewer the law of the gain is not reached
_SHARES = (0.2, 0.9)  # turned, that the fit begins with
_LIKELY = 0.5
# Runners likely turned, at least: in thousands of runners any misfit of the errors' law is a gain.
_SOME = 0.05
_INFLATION = 1.06
_PARTS = {"instruments": 0.75, "ratings": 0.25}  # of the check's chance


def find_swapped_sides(cells: ReadingGrid) -> list[IntegrityResult]:
    """Every visit against the others."""
    if len(cells.weeks) < 2:
        return []
    asymmetry = {
        name: _left_less_right(cells, name) for name in (*cells.instruments, *cells.ratings)
    }
    looks: dict[str, list[tuple[int, dict[str, tuple[Array, Array]]]]] = {}
    for visit in range(len(cells.weeks)):
        both = {name: (d[:, visit], _others(d, visit)) for name, d in asymmetry.items()}
        n = {name: np.isfinite(d + ref).sum() for name, (d, ref) in both.items()}
        tools = {name: both[name] for name in cells.instruments if n[name] >= _FEWEST_FITTED}
        if tools:
            looks.setdefault("instruments", []).append((visit, tools))
        for name in cells.ratings:
            if n[name] >= FEWEST:
                looks.setdefault("ratings", []).append((visit, {name: both[name]}))
    return [
        _look(cells, _PARTS[part] * level(len(those)), *one)
        for part, those in looks.items()
        for one in those
    ]


def _left_less_right(cells: ReadingGrid, name: str) -> Array:
    values = centred(cells.comparable_values(name), cells.arm)
    apart = values[..., 0] - values[..., 1]
    known = np.isfinite(apart)
    middle = [np.median(apart[own, k]) if own.any() else 0.0 for k, own in enumerate(known.T)]
    return apart - np.array(middle)


def _others(apart: Array, visit: int) -> Array:
    rest = np.delete(apart, visit, axis=1)
    known = np.isfinite(rest)
    n = known.sum(axis=1)
    return np.where(n > 0, np.where(known, rest, 0).sum(axis=1) / np.maximum(n, 1), np.nan)


def _look(
    cells: ReadingGrid,
    alpha: float,
    visit: int,
    pairs: dict[str, tuple[Array, Array]],
) -> IntegrityResult:
    names = tuple(pairs)
    known = np.any([np.isfinite(a + b) for a, b in pairs.values()], axis=0)
    if names[0] in cells.instruments:
        statistic, turned = swap_gain([(a[known], b[known]) for a, b in pairs.values()])
        limit = -2 * np.log(alpha)
        is_beyond = statistic > limit and turned.mean() >= _SOME
    else:
        a, b = (each[known] for each in pairs[names[0]])
        statistic = rank_correlation(a, b)
        limit = np.tanh(scipy.special.ndtri(alpha) * np.sqrt(_INFLATION / max(1, known.sum() - 3)))
        is_beyond = statistic < limit
        turned = a * b < 0
    places = cells.places[np.flatnonzero(known)[turned], visit]
    return look(
        CHECK, names, week_words(cells.weeks[visit]), statistic=statistic, limit=limit,
        n=int(known.sum()), places=places[places >= 0], is_beyond=bool(is_beyond),
    )  # fmt: skip


def swap_gain(pairs: list[tuple[Array, Array]]) -> tuple[float, np.ndarray]:
    """Twice the gain in log likelihood by a share of turned runners, and who is likely turned.

    Parameters
    ----------
    pairs
        Of each instrument: left less right at the visit, and over the others, (runners,) each.
    """
    stay, _ = _fit(pairs, 0.0)
    best, turned = stay, np.zeros(len(pairs[0][0]), dtype=bool)
    for share in _SHARES:
        fitted, chance = _fit(pairs, share)
        if fitted > best:
            best, turned = fitted, chance > _LIKELY
    return 2 * (best - stay), turned


def _fit(pairs: list[tuple[Array, Array]], share: float) -> tuple[float, Array]:
    """Log likelihood at the maximum by an EM algorithm, and each runner's chance to be turned."""
    d, ref = (np.stack([pair[k] for pair in pairs]) for k in (0, 1))  # (instruments, runners)
    known = np.isfinite(d + ref).astype(float)
    d, ref = (np.where(known > 0, each, 0.0) for each in (d, ref))
    n = np.maximum(known.sum(axis=1, keepdims=True), 1)
    scale = np.sqrt((d**2).sum(axis=1, keepdims=True) / n)
    d, ref = (each / np.where(scale > 0, scale, 1.0) for each in (d, ref))
    slope, sd = np.full_like(n, 0.5), np.full_like(n, 1.0)
    chance, before, total = np.full(d.shape[1], share), -np.inf, -np.inf
    for _ in range(_ROUNDS):
        shares = known * (1 - chance), known * chance
        far = (d - slope * ref) / sd, (d + slope * ref) / sd
        weights = [w * (_DF + 1) / (_DF + r**2) for w, r in zip(shares, far, strict=True)]
        both = weights[0] + weights[1]
        below = (both * ref * ref).sum(axis=1, keepdims=True)
        above = ((weights[0] - weights[1]) * d * ref).sum(axis=1, keepdims=True)
        slope = np.maximum(0.0, above / np.maximum(below, 1e-12))
        squared = weights[0] * (d - slope * ref) ** 2 + weights[1] * (d + slope * ref) ** 2
        sd = np.maximum(np.sqrt(squared.sum(axis=1, keepdims=True) / n), 1e-3)
        straight, across = (
            (known * _log_t(d - sign * slope * ref, sd)).sum(axis=0) for sign in (1, -1)
        )
        each = straight
        if share > 0:
            share = float(np.clip(chance.mean(), 1e-6, 1 - 1e-6))
            each = np.logaddexp(np.log1p(-share) + straight, np.log(share) + across)
            chance = np.exp(np.log(share) + across - each)
        total = float(each.sum())
        if total - before < _NEAR:
            break
        before = total
    return total, chance


def _log_t(residual: Array, sd: Array) -> Array:
    return -np.log(sd) - (_DF + 1) / 2 * np.log1p((residual / sd) ** 2 / _DF)
