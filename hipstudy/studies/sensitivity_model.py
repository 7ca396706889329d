"""The answers of a comparison as functions of numbers between 0 and 1, many sets of them at once.

Every unknown of the model is a factor: a number u between 0 and 1 that its own law turns into a
value (``Parameter.quantile``), so that evenly spread u are draws of the law. It is the prior law,
independent of the others: indices need independent factors, and calibrated ones are not. The
causes' shares are three such factors, a stick broken in the order of ``WORLDS``: exactly the
Dirichlet prior. A dummy that nothing uses is a factor as well.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from hipstudy.model import adherence, baseline, simulate
from hipstudy.model.causes import PRIOR, WORLDS
from hipstudy.model.cohort import Cohort
from hipstudy.parameters import Parameter, Values, shipped
from hipstudy.prescription.protocol import Protocol
from hipstudy.studies.compare_tables import break_even_share

Array = NDArray[np.float64]
TIGHTNESS, TORQUE = "tightness_nrs", "end_range_torque_nm_kg"
BREAK_EVEN, NEVER = "break_even_share", "never"
DUMMY = "dummy"
# A stick is broken: the first cause's share of all, then each next one's of what is left.
SHARES = tuple(f"share {world}" for world in WORLDS[:-1])
BLOCK = 20_000  # draws times limbs carried at once: bounds memory, and keeps it in the cache


@dataclass(frozen=True, eq=False)
class SensitivityTarget:
    """The comparison whose answers are looked at, on whom, under which prior.

    Parameters
    ----------
    treatment, control
        The two arms of the contrast.
    cohort
        Runners whose mean is taken; a small reference cohort is enough, for every set of numbers
        is tried on the same runners with the same luck.
    weeks
        At the end of which the difference is taken.
    prior
        Dirichlet concentration of each cause.
    fixed_values
        Parameter -> a value of its own, which is no factor.
    seed
        Of the runners' luck.
    """

    treatment: Protocol
    control: Protocol
    cohort: Cohort
    weeks: int
    prior: tuple[float, ...]
    fixed_values: Mapping[str, float]
    seed: int


def unknown(question: SensitivityTarget) -> tuple[str, ...]:
    """Parameters with a spread, but for fixed ones; then shares that can vary."""
    spread = (name for name, row in shipped().items() if row.low < row.high)
    names = (name for name in spread if name not in question.fixed_values)
    return (*names, *(n for n, _, left in _sticks(question.prior, SHARES) if left > 0))


def _sticks(prior: Sequence[float], names: Sequence[str]) -> Iterator[tuple[str, float, float]]:
    """Name, concentration of the cause and of those after it; only where a share is not settled."""
    for at, name in enumerate(names):
        here, left = prior[at], float(sum(prior[at + 1 :]))
        if here > 0:
            yield name, here, left


def shares(prior: Sequence[float], u: Mapping[str, Array], n: int) -> Array:
    """Causes' shares from the sticks' numbers, (n, worlds); a stick not given stands at 1/2.

    Parameters
    ----------
    prior
        Dirichlet concentration of each cause.
    u
        Stick's name (``SHARES``) -> (n,) numbers between 0 and 1.
    n
        Sets of numbers.
    """
    mix, left = np.zeros((n, len(WORLDS))), np.ones(n)
    sticks = {name: (here, rest) for name, here, rest in _sticks(prior, SHARES)}
    for at, name in enumerate(SHARES):
        if name not in sticks:
            continue
        here, rest = sticks[name]
        of_left = 1.0
        if rest > 0:
            of_left = scipy.special.betaincinv(here, rest, u.get(name, np.full(n, 0.5)))
        mix[:, at] = left * of_left
        left = left - mix[:, at]
    mix[:, -1] = left
    return mix


def values_at(u: Mapping[str, Array], fixed: Mapping[str, float], n: int) -> Values:
    """Every parameter: by its prior law where it is a factor, else fixed or the table's value."""
    table = shipped()
    columns = {
        name: _quantiles(row, u[name]) if name in u else np.full(n, fixed.get(name, row.value))
        for name, row in table.items()
    }
    return Values({name: column[:, np.newaxis] for name, column in columns.items()}, seed=0)


def _quantiles(row: Parameter, u: Array) -> Array:
    """Values of a law; a sample for indices has each number in many rows, and it is found once."""
    each, place = np.unique(u, return_inverse=True)
    return row.quantile(each)[place]


def evaluate(
    question: SensitivityTarget, names: Sequence[str], u: Array, *, margins: Sequence[float]
) -> dict[str, Array]:
    """The answers for many sets of numbers.

    Parameters
    ----------
    question
        The comparison, runners and prior.
    names
        Factors: parameters, ``SHARES``, ``DUMMY``; all others stand at their values.
    u
        Their numbers, each between 0 and 1, (sets, factors).
    margins
        Of the mean difference, NRS points: the break-even share is that of the first.

    Returns
    -------
    dict
        ``outcome world`` -> difference at the last week, mean over limbs, (sets,), for tightness
        (NRS points) and end-range torque (per cent of the start), in every world and mixed over
        the prior; ``break_even_share``, clipped at 1; and ``never MARGIN`` for each margin, 1
        where no share does it.
    """
    size = max(1, BLOCK // question.cohort.n_limbs)
    parts = [
        _block(question, dict(zip(names, u[at : at + size].T, strict=True)), margins)
        for at in range(0, len(u), size)
    ]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _block(
    question: SensitivityTarget, u: Mapping[str, Array], margins: Sequence[float]
) -> dict[str, Array]:
    n = len(next(iter(u.values())))
    values = values_at(u, question.fixed_values, n)
    means = _means(question, values)
    mix = shares(question.prior, u, n)
    answers = {}
    for outcome in (TIGHTNESS, TORQUE):
        by_world = means[outcome]
        for place, world in enumerate(WORLDS):
            answers[f"{outcome} {world}"] = by_world[place]
        answers[f"{outcome} {PRIOR}"] = np.einsum("dw,wd->d", mix, by_world)
    for place, margin in enumerate(margins):
        share = break_even_share(-means[TIGHTNESS], question.prior, margin)
        if place == 0:  # "at no share" is infinite, and would leave no variance
            answers[BREAK_EVEN] = np.minimum(share, 1)
        answers[f"{NEVER} {margin:g}"] = np.isinf(share).astype(float)
    return answers


def _means(question: SensitivityTarget, values: Values) -> dict[str, Array]:
    """Treatment minus control at the last week, mean over limbs, each (worlds, draws)."""
    cohort, seed, weeks = question.cohort, question.seed, question.weeks
    starts = baseline.draw_worlds(cohort, values, seed=seed)
    own = adherence.habits(cohort, values, weeks=weeks, seed=seed)
    ends = {}
    for arm in (question.treatment, question.control):
        truth = simulate.run(
            cohort, arm, values, weeks=weeks, seed=seed, outcomes=(TIGHTNESS, TORQUE),
            starts=starts, own=own,
        ).trajectories.outcomes  # fmt: skip
        torque = truth[TORQUE].mean(axis=2)
        gain = 100 * (torque[..., -1] / torque[..., 0] - 1)
        ends[arm.name] = {TIGHTNESS: truth[TIGHTNESS][..., -1].mean(axis=2), TORQUE: gain}
    one, two = ends[question.treatment.name], ends[question.control.name]
    return {outcome: one[outcome] - two[outcome] for outcome in one}
