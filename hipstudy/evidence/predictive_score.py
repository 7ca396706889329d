"""How likely the model held what was published, and whether two plain rivals held it likelier.

What the model holds likely of a case is a predictive distribution: one bell for each draw of the
parameters, as wide as the sampling error of what was published. The log score is the log of its
density at the published value, so that being sure and wrong costs most [1]_. Where no value was
read, only a rule such as "no change", it is the log of how likely the rule was. One rival says that
nothing trains anything; the other expects the mean of the other trials of its kind. No case is
dropped because a rival has no answer to it, and a trial with several cases counts once.

.. [1] Gneiting T, Raftery AE. Strictly proper scoring rules, prediction, and estimation. J Am Stat
   Assoc 2007;102:359, doi:10.1198/016214506000001437.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from hipstudy.evidence.interval_coverage import LEVELS
from hipstudy.evidence.predictive_distribution import Mixture, central_share, of_case
from hipstudy.evidence.trials import Case
from hipstudy.evidence.validation import CaseResult

if TYPE_CHECKING:
    import pandas as pd

RIVALS = ("nothing", "others")


def ours(result: CaseResult) -> Mixture:
    """What the model holds likely of a case."""
    return of_case(result.case, result.draws)


def nothing(case: Case) -> Mixture:
    """What is likely where nothing trains anything: no change, or the ratio of two noises."""
    change = np.nan if case.is_ratio else 0.0
    return of_case(case, np.array([change]))


def _kind(case: Case) -> tuple[str, str, str, bool]:
    """Outcome, form, scale, and whether training stopped: what is left is no build-up."""
    return case.outcome, case.form, case.scale, case.pause_wk > 0


def _other_trials(case: Case, cases: Iterable[Case]) -> list[list[Case]]:
    """Cases of the same kind with a published value, of every other trial, a list a trial.

    Empty where fewer than two trials have one: a single trial says nothing of the spread.
    """
    trials: dict[str, list[Case]] = {}
    for one in cases:
        if _kind(one) == _kind(case) and one.trial != case.trial and not one.by_rule:
            trials.setdefault(one.trial, []).append(one)
    return list(trials.values()) if len(trials) > 1 else []


def others(case: Case, cases: Iterable[Case]) -> Mixture:
    """What is likely by the mean of the other trials of its kind; where there is none, nothing.

    Parameters
    ----------
    case
        Its own trial is left out.
    cases
        All there are. Of one kind are those of the same outcome, form and scale, before or after
        a pause, with a value that was published; a trial's own cases are averaged first. Where
        fewer than two trials are left, this rival says what the first one says.

    Notes
    -----
    Plain mean of k trials; variance between them by Hedges and Olkin, their sample variance less
    the mean squared standard error, 0 at the least. The variance of the prediction is the case's
    own se squared, that between trials, and that of the mean (Hedges & Olkin, Statistical methods
    for meta-analysis, 1985, chapter 9).
    """
    trials = _other_trials(case, cases)
    if not trials:
        return nothing(case)
    means = [np.mean([one.point for one in trial]) for trial in trials]
    noise = float(np.mean([np.mean([c.standard_error for c in trial]) ** 2 for trial in trials]))
    between = max(0.0, float(np.var(means, ddof=1)) - noise)
    variance = case.standard_error**2 + between + (between + noise) / len(means)
    return Mixture(np.array([np.mean(means)]), float(np.sqrt(variance)))


@dataclass(frozen=True)
class CaseScore:
    """How a case was predicted.

    Parameters
    ----------
    case
        As published.
    mean, sd
        Of the predictive distribution.
    likely
        The predictive distribution.
    places
        Shares of it below the published value, twice the same; or below both ends of a rule.
    log_score, log_score_nothing, log_score_others
        Log densities at the published value, or log chances of the rule: the model's and its
        rivals'.
    n_others
        Other trials of its kind; where there is none, that rival says what the first one says.
    """

    case: Case
    mean: float
    sd: float
    likely: Mixture = field(repr=False)
    places: tuple[float, float]
    log_score: float
    log_score_nothing: float
    log_score_others: float
    n_others: int

    @cached_property
    def low(self) -> float:
        """Lower end of its central 95 %; slow, and asked for of few scores."""
        return self.likely.quantile(0.025)

    @cached_property
    def high(self) -> float:
        """Upper end of its central 95 %."""
        return self.likely.quantile(0.975)

    def inside(self, level: int) -> float:
        """How far what was published lies in the central interval of so many per cent, 0 to 1."""
        return central_share(*self.places, level)


def scores(results: Iterable[CaseResult]) -> tuple[CaseScore, ...]:
    """Score every case, and its rivals on it."""
    results = tuple(results)
    cases = [one.case for one in results]
    made = []
    for result in results:
        case, likely = result.case, ours(result)
        made.append(
            CaseScore(
                case,
                *likely.moments,
                likely,
                likely.places(case),
                likely.log_score(case),
                nothing(case).log_score(case),
                others(case, cases).log_score(case),
                len(_other_trials(case, cases)),
            )
        )
    return tuple(made)


def frame(cases: Iterable[CaseScore]) -> "pd.DataFrame":
    """Every case's score as a tidy table, ``tables/validation.csv``.

    Columns: case, trial, role, outcome, published, se, mean, sd, log_score, log_score_nothing,
    log_score_others, inside_50, inside_80, inside_95. Of a rule without a value, ``published`` is
    empty, and ``inside`` is the share of the rule's chance that lies inside.
    """
    import pandas as pd

    return pd.DataFrame(
        {
            "case": one.case.name,
            "trial": one.case.trial,
            "role": one.case.role,
            "outcome": one.case.outcome,
            "published": np.nan if one.case.by_rule else one.case.point,
            "se": one.case.standard_error,
            "mean": one.mean,
            "sd": one.sd,
            "log_score": one.log_score,
            "log_score_nothing": one.log_score_nothing,
            "log_score_others": one.log_score_others,
            **{f"inside_{level}": one.inside(level) for level in LEVELS},
        }
        for one in cases
    )


@dataclass(frozen=True)
class Skill:
    """The model's log score less a rival's, over the trials of a role.

    Parameters
    ----------
    role, against, trials
        Whose trials, which rival, how many.
    difference, se
        Mean over trials, and its standard error.
    ahead
        Trials on which the model scores higher.
    median
        The median trial's difference.
    two_decisive
        The two trials that count most.
    without_two
        Mean over the other trials; NaN where there is none.
    """

    role: str
    against: str
    trials: int
    difference: float
    se: float
    ahead: int
    median: float
    two_decisive: tuple[str, ...]
    without_two: float


def skill(table: "pd.DataFrame", role: str, against: str) -> Skill:
    """Skill over the trials of one role against one rival; cases of a trial are averaged first.

    Parameters
    ----------
    table
        Of ``frame``.
    role
        ``calibration`` or ``validation``.
    against
        One of ``RIVALS``.
    """
    part = table[table["role"] == role]
    gain = (part["log_score"] - part[f"log_score_{against}"]).groupby(part["trial"]).mean()
    two = tuple(gain.abs().nlargest(2).index)
    return Skill(
        role,
        against,
        trials=len(gain),
        difference=float(gain.mean()),
        se=float(gain.std(ddof=1) / np.sqrt(len(gain))),
        ahead=int((gain > 0).sum()),
        median=float(gain.median()),
        two_decisive=two,
        without_two=float(gain.drop(list(two)).mean()),
    )


def skill_frame(table: "pd.DataFrame") -> "pd.DataFrame":
    """Skill of both roles against both rivals: role, against, trials, difference, se."""
    import pandas as pd

    roles = [role for role in ("calibration", "validation") if (table["role"] == role).any()]
    every = [vars(skill(table, role, rival)) for role in roles for rival in RIVALS]
    return pd.DataFrame(every)[["role", "against", "trials", "difference", "se"]]
