"""How likely the model held what was published, and whether two plain rivals held it likelier.

What the model holds likely of a case is a predictive distribution: one bell for each draw of the
parameters, as wide as the sampling error of what was published. The log score is the log of its
density at the published value, so that being sure and wrong costs most [1]_. One rival says that
nothing trains anything; the other expects the mean of the other trials of its kind. No case is
dropped because a rival has no answer to it, and a trial with several cases counts once.

.. [1] Gneiting T, Raftery AE. Strictly proper scoring rules, prediction, and estimation. J Am Stat
   Assoc 2007;102:359, doi:10.1198/016214506000001437.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from hipstudy.arrays import Array
from hipstudy.evidence.trials import Case
from hipstudy.evidence.validation import CaseResult

if TYPE_CHECKING:
    import pandas as pd

LEVELS = (50, 80, 95)  # of central predictive intervals, per cent
RIVALS = ("nothing", "others")
# deg: before and after the one trial of hip-flexor stretching read in degrees (ROM021) and their
# root mean square, which stands for all; one in between; and that between runners (RBDS02)
RANGE_SDS_DEG = (2.5, 3.1, 3.6, 5.0, 8.0)
_BISECTIONS = 60  # halve the bracket to the last digit


@dataclass(frozen=True, eq=False)
class Mixture:
    """A predictive distribution: one bell a draw, all of one width.

    Parameters
    ----------
    centres
        What each draw predicts, (draws,). NaN is a ratio of no change to no change: there the bell
        is the law of a ratio of two noises, Cauchy's.
    sd
        Width of the bells, in the case's unit.
    noise_ratio
        Noise of the upper over that of the lower part of a ratio, which is Cauchy's width.
    """

    centres: Array
    sd: float
    noise_ratio: float = 1.0

    def log_density(self, value: float) -> float:
        """Log of the mean density over draws, safe where every density is next to nothing."""
        z = (value - self.centres) / self.sd
        bells = -0.5 * z**2 - np.log(self.sd * np.sqrt(2 * np.pi))
        noises = np.log(self.noise_ratio / (np.pi * (self.noise_ratio**2 + value**2)))
        each = np.where(np.isnan(z), noises, bells)
        return float(special.logsumexp(each) - np.log(each.size))

    def cdf(self, value: float) -> float:
        """Share of what it holds likely that lies below a value."""
        z = (value - self.centres) / self.sd
        noises = 0.5 + np.arctan(value / self.noise_ratio) / np.pi
        return float(np.mean(np.where(np.isnan(z), noises, special.ndtr(z))))

    @property
    def moments(self) -> tuple[float, float]:
        """Mean and standard deviation; NaN where a draw predicts a ratio of two noises."""
        return float(np.mean(self.centres)), float(np.hypot(np.std(self.centres), self.sd))

    def quantile(self, share: float) -> float:
        """The value below which a share of it lies."""
        known = self.centres[~np.isnan(self.centres)]
        reach = 40 * self.sd + self.noise_ratio * (known.size < self.centres.size) * 1e4
        low, high = known.min(initial=0.0) - reach, known.max(initial=0.0) + reach
        for _ in range(_BISECTIONS):
            middle = (low + high) / 2
            low, high = (middle, high) if self.cdf(middle) < share else (low, middle)
        return float((low + high) / 2)


def ours(result: CaseResult) -> Mixture:
    """What the model holds likely of a case."""
    return Mixture(result.draws, result.case.standard_error, result.case.noise_ratio)


def nothing(case: Case) -> Mixture:
    """What is likely where nothing trains anything: no change, or the ratio of two noises."""
    change = np.nan if case.is_ratio else 0.0
    return Mixture(np.array([change]), case.standard_error, case.noise_ratio)


def _kind(case: Case) -> tuple[str, str, str]:
    return case.outcome, case.form, case.scale


def _other_trials(case: Case, cases: Iterable[Case]) -> list[list[Case]]:
    """Cases of the same kind of every other trial, a list a trial."""
    trials: dict[str, list[Case]] = {}
    for one in cases:
        if _kind(one) == _kind(case) and one.trial != case.trial:
            trials.setdefault(one.trial, []).append(one)
    return list(trials.values())


def others(case: Case, cases: Iterable[Case]) -> Mixture:
    """What is likely by the mean of the other trials of its kind; where there is none, nothing.

    Parameters
    ----------
    case
        Its own trial is left out.
    cases
        All there are. Of one kind are those of the same outcome, form and scale; a trial's own
        cases are averaged first.

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
    between = max(0.0, float(np.var(means, ddof=1)) - noise) if len(means) > 1 else 0.0
    variance = case.standard_error**2 + between + (between + noise) / len(means)
    return Mixture(np.array([np.mean(means)]), float(np.sqrt(variance)), case.noise_ratio)


@dataclass(frozen=True)
class CaseScore:
    """How a case was predicted.

    Parameters
    ----------
    case
        As published.
    mean, sd
        Of the predictive distribution; low, high: its central 95 %.
    place
        Share of it below the published value.
    log_score, log_score_nothing, log_score_others
        Log densities at the published value: the model's and its rivals'.
    n_others
        Other trials of its kind; where there is none, that rival says what the first one says.
    """

    case: Case
    mean: float
    sd: float
    low: float
    high: float
    place: float
    log_score: float
    log_score_nothing: float
    log_score_others: float
    n_others: int

    def inside(self, level: int) -> bool:
        """Whether the published value lies in the central interval of so many per cent."""
        return abs(self.place - 0.5) <= level / 200


def scores(results: Iterable[CaseResult]) -> tuple[CaseScore, ...]:
    """Score every case, and its rivals on it."""
    results = tuple(results)
    cases = [one.case for one in results]
    made = []
    for result in results:
        case, likely = result.case, ours(result)
        at = case.point
        made.append(
            CaseScore(
                case,
                *likely.moments,
                *(likely.quantile(share) for share in (0.025, 0.975)),
                likely.cdf(at),
                likely.log_density(at),
                nothing(case).log_density(at),
                others(case, cases).log_density(at),
                len(_other_trials(case, cases)),
            )
        )
    return tuple(made)


def over_range_sd(results: Iterable[CaseResult], sd_deg: float) -> list[CaseResult]:
    """The same predictions, those of range in SD counted over another SD; nothing is run again."""
    counted = []
    for one in results:
        if one.case.scale == "sd" and one.case.outcome == "thomas_ext_deg":
            case, over = one.case.model_copy(update={"sd": sd_deg}), one.case.sd / sd_deg
            one = CaseResult(case, one.predicted * over, one.draws * over)
        counted.append(one)
    return counted


def frame(cases: Iterable[CaseScore]) -> "pd.DataFrame":
    """Every case's score as a tidy table, ``tables/validation.csv``.

    Columns: case, trial, role, outcome, published, se, mean, sd, log_score, log_score_nothing,
    log_score_others, inside_50, inside_80, inside_95.
    """
    import pandas as pd

    return pd.DataFrame(
        {
            "case": one.case.name,
            "trial": one.case.trial,
            "role": one.case.role,
            "outcome": one.case.outcome,
            "published": one.case.point,
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


@dataclass(frozen=True)
class Coverage:
    """Share of trials whose published value lies in the predictive interval, 95 % binomial ends."""

    level: int
    trials: int
    share: float
    low: float
    high: float

    @property
    def agrees(self) -> bool:
        """Whether the binomial interval holds the level that was promised."""
        return self.low <= self.level / 100 <= self.high


def wilson(share: float, n: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share of n; a trial of several cases may count in part.

    Notes
    -----
    Wilson EB, J Am Stat Assoc 1927;22:209, doi:10.1080/01621459.1927.10502953.
    """
    z2 = special.ndtri(0.975) ** 2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = np.sqrt(z2 * (share * (1 - share) + z2 / (4 * n)) / n) / (1 + z2 / n)
    return max(0.0, float(middle - half)), min(1.0, float(middle + half))


def coverage(table: "pd.DataFrame", role: str, levels: Sequence[int] = LEVELS) -> list[Coverage]:
    """Coverage of the predictive intervals over the trials of a role, each trial once."""
    part = table[table["role"] == role]
    found = []
    for level in levels:
        inside = part[f"inside_{level}"].astype(float).groupby(part["trial"]).mean()
        share, n = float(inside.mean()), len(inside)
        found.append(Coverage(level, n, share, *wilson(share, n)))
    return found
