"""The planned analysis where a plan has missing ends imputed: ANCOVA on completed trials."""

from typing import TYPE_CHECKING

import numpy as np

from hipstudy.analysis.ancova import NOT_ENOUGH
from hipstudy.analysis.estimate import Estimate, Question, by_t, none
from hipstudy.analysis.imputation import ANY, Limits, can_be_imputed, runner_means
from hipstudy.analysis.long_to_arrays import from_frame
from hipstudy.analysis.missing_methods import imputed_model
from hipstudy.analysis.rubin import enough_completions, pool
from hipstudy.arrays import Flags

if TYPE_CHECKING:
    import pandas as pd


def imputed_ancova(
    frame: "pd.DataFrame",
    question: Question,
    method: str,
    *,
    seed: int,
    limits: Limits = ANY,
    step: float = 0.01,
) -> Estimate:
    """ANCOVA on runner means after imputation of missing ends, by Rubin's rules.

    The frame is as ``from_frame`` takes it; method, limits and step are as ``tipping`` takes them.
    Runners and limbs are those of whom a value is known, the imputed among them.
    """
    model = imputed_model(method)
    means = runner_means(from_frame(frame, question), method)
    if not can_be_imputed(means):
        return none(question, model, NOT_ENOUGH)
    completed = enough_completions(means, method, seed=seed, limits=limits, step=step)
    one = pool(completed)
    n = int((~means.has_end).sum())
    note = f"ends imputed: {n} of {len(means.y)} runners, {2 * len(completed.ends)} times"
    sizes = (len(means.y), means.limbs)
    return by_t(question, model, (one.estimate, one.se, one.df), sizes, note)


def runners_imputed_or_complete(
    frame: "pd.DataFrame", question: Question, method: str
) -> tuple[Flags, Flags]:
    """Runners of ``from_frame`` in the completed trial, and those whose end is imputed."""
    means = runner_means(from_frame(frame, question), method)
    imputed = np.zeros(len(means.rows), dtype=bool)
    imputed[means.rows] = ~means.has_end
    return means.rows, imputed
