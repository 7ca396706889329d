r"""How bad the missing would have to be: the shift of imputed values at which the answer changes.

Runners of whom the end is missing get it as the plan has it (``imputation``). In the treatment arm,
in control, or in both :math:`\delta` is added to what was imputed (Cro et al. 2020,
doi:10.1002/sim.8569), within the scale of the outcome. Every completed trial is analysed by the
ANCOVA, and the answers are put together by Rubin's rules (``rubin``). The draws are the same for
every :math:`\delta`, so that the answer moves smoothly with it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf
from typing import TYPE_CHECKING, Any

import numpy as np

from hipstudy.analysis.ancova import NOT_ENOUGH
from hipstudy.analysis.estimate import Question, margin
from hipstudy.analysis.imputation import (
    ANY,
    Completions,
    Limits,
    can_be_imputed,
    runner_means,
)
from hipstudy.analysis.long_to_arrays import from_frame
from hipstudy.analysis.margin_tests import SUPERIORITY, answer_of_ends, interval_rate
from hipstudy.analysis.missing_methods import AS_MODELLED
from hipstudy.analysis.rubin import enough_completions, pool

if TYPE_CHECKING:
    import pandas as pd

ARMS = ("treatment", "control", "both")  # whose imputed values are moved
OF_ZERO: Mapping[str, Any] = {"kind": SUPERIORITY, "size": 0.0, "better_sign": 1}


@dataclass(frozen=True, eq=False)
class Tipping:
    """Answers by shift, and where they change."""

    table: "pd.DataFrame"  # columns delta, estimate, ci_low, ci_high
    # The shift nearest to zero at which the conclusion (interval below, around or above zero, or
    # what it says of a margin) is no longer that of no shift; infinite where none tried does it.
    delta: float
    # Runners whose end was imputed, and all.
    n_imputed: int
    n_runners: int
    note: str = ""  # why there is no answer; else empty
    # Imputations, the Monte Carlo error that they leave the estimate, and the share of imputed
    # values that lay outside the scale, without a shift.
    imputations: int = 0
    monte_carlo: float = 0.0
    outside_share: float = 0.0


@dataclass(frozen=True, eq=False)
class _Shifted:
    """Completed trials, and whose values a shift moves."""

    completed: Completions
    moves: str
    alpha: float
    asked: Mapping[str, Any]

    def conclusion(self, delta: float) -> str:
        """What is said of the plan's question with a shift."""
        _, *ends = self.answer(delta, interval_rate(self.asked["kind"], self.alpha))
        return answer_of_ends(*ends, **self.asked)

    def answer(self, delta: float, rate: float | None = None) -> tuple[float, float, float]:
        """Estimate and interval with a shift; of the plan's error rate where none is given."""
        means = self.completed.means
        both = np.ones_like(means.treated)
        moved = {"treatment": means.treated, "control": means.control, "both": both}
        one = pool(self.completed, delta * moved[self.moves])
        half = margin(one.se, one.df, self.alpha if rate is None else rate)
        return one.estimate, one.estimate - half, one.estimate + half


def tipping(
    frame: "pd.DataFrame",
    question: Question,
    deltas: Sequence[float],
    *,
    seed: int,
    moves: str = "treatment",
    method: str = AS_MODELLED,
    limits: Limits = ANY,
    step: float = 0.01,
    margin_asked: Mapping[str, Any] = OF_ZERO,
) -> Tipping:
    """Shift imputed end values of one arm or both until the conclusion changes.

    Frame and question are as ``from_frame`` takes them. ``deltas`` are the shifts to show and to
    look between, in the outcome's unit; zero is added. ``moves`` is one of ``ARMS``, ``method`` of
    ``METHODS``, ``limits`` are the ends of the scale, and ``step`` is one of the last printed
    digit. ``margin_asked`` is what ``answer_of_ends`` takes beside an interval: the conclusion is
    of zero, or of the plan's margin. The same seed gives the same imputations, whatever is moved.
    """
    import pandas as pd

    means = runner_means(from_frame(frame, question), method)
    sizes = (int((~means.has_end).sum()), len(means.has_end))
    columns = ["delta", "estimate", "ci_low", "ci_high"]
    if not can_be_imputed(means):
        return Tipping(pd.DataFrame(columns=columns, dtype=float), inf, *sizes, NOT_ENOUGH)
    completed = enough_completions(means, method, seed=seed, limits=limits, step=step)
    shifted = _Shifted(completed, moves, question.alpha, margin_asked)
    shifts = sorted({0.0, *(float(delta) for delta in deltas)})
    rows = [(delta, *shifted.answer(delta)) for delta in shifts]
    up = _first_change(shifted, [d for d in shifts if d >= 0])
    down = _first_change(shifted, [d for d in reversed(shifts) if d <= 0])
    left = pool(completed).monte_carlo
    said = (2 * len(completed.ends), left, completed.outside_share)
    table = pd.DataFrame(rows, columns=columns)
    return Tipping(table, min(up, down, key=abs), *sizes, "", *said)


def _first_change(shifted: _Shifted, deltas: Sequence[float]) -> float:
    """Shift, going away from zero, at which the conclusion is another; infinite where none is.

    Between the two shifts where it changes it is found by halving, to a billionth of what lies
    between them.
    """
    first = shifted.conclusion(0)
    for near, far in pairwise(deltas):
        if shifted.conclusion(far) == first:
            continue
        close = 1e-9 * abs(far - near)
        while abs(far - near) > close and (middle := (near + far) / 2) not in (near, far):
            same = shifted.conclusion(middle) == first
            near, far = (middle, far) if same else (near, middle)
        return far
    return inf
