"""What is asked of a trial, and what an analysis answers."""

from dataclasses import dataclass
from math import nan
from typing import Any

from hipstudy.parameters import number

WORLD = "measured"
# Columns of ``effects`` that ``Estimate.as_row`` fills.
COLUMNS = tuple(
    "world outcome week contrast model estimate se ci_low ci_high p n_runners n_limbs".split()
)


@dataclass(frozen=True)
class Question:
    """One outcome at one visit between two arms."""

    outcome: str  # column of the frame
    week: int  # visit at which the arms are compared
    # Names of the arms; the sign everywhere is treatment minus control. No control: "".
    treatment: str
    control: str
    baseline_week: int = 0  # visit that is adjusted for
    # Columns that are adjusted for beside baseline: numbers or categories, and categories.
    covariates: tuple[str, ...] = ()
    strata: tuple[str, ...] = ()
    # Column that says which runners belong together; empty where none do.
    cluster: str = ""
    alpha: float = number("trial_alpha")  # two-sided; intervals are of 1 - alpha
    # Whether the models are fitted to every arm of the file, and the difference read from them.
    all_arms: bool = False
    # How values of a runner go together in the mixed model: a key of ``mixed.COVARIANCES``.
    covariance: str = "ladder"
    # Weeks after baseline that the models over all visits take; empty for all of the file.
    visits: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        """Raise a ValueError where the arms are one, or the visit is not after baseline."""
        if self.treatment == self.control:
            raise ValueError(f"control: found {self.control!r}; the rule is another arm")
        if self.week <= self.baseline_week:
            raise ValueError(f"week: found {self.week}; the rule: after week {self.baseline_week}")

    @property
    def contrast(self) -> str:
        """The arms as the tables name them; the arm alone where there is no control."""
        return f"{self.treatment} - {self.control}" if self.control else self.treatment


@dataclass(frozen=True)
class Estimate:
    """A mean difference, treatment minus control, with the uncertainty that its runners leave."""

    # What was asked, and how it was answered.
    outcome: str
    week: int
    contrast: str
    model: str
    # The difference, its standard error, interval and two-sided p, from Student's t. NaN where
    # there is none; ``note`` says why.
    estimate: float
    se: float
    ci_low: float
    ci_high: float
    p: float
    df: float  # degrees of freedom, counted in runners, never in limbs
    # Whom it is about: those the model was fitted to, 0 where there is none.
    n_runners: int
    n_limbs: int
    note: str = ""  # what a reader must know, or why there is no estimate

    def as_row(self) -> dict[str, Any]:
        """One row of the ``effects`` table: world = measured, and the columns of ``COLUMNS``."""
        return {"world": WORLD, **{name: getattr(self, name) for name in COLUMNS[1:]}}


def level(alpha: float | None = None) -> float:
    """Coverage of intervals of an error rate; of that of the default plan where none is given."""
    return 1 - (number("trial_alpha") if alpha is None else alpha)


def level_pct(alpha: float) -> float:
    """Coverage of intervals of an error rate in per cent, as it is printed."""
    return round(100 * (1 - alpha), 6)


def margin(se: float, df: float, alpha: float | None = None) -> float:
    """Half the width of an interval: ``t(1 - alpha / 2; df) * se``."""
    from scipy import stats

    return float(stats.t.ppf((1 + level(alpha)) / 2, df) * se)


def interval_and_p(
    value: float, se: float, df: float, alpha: float | None = None
) -> tuple[float, float, float]:
    """Both ends of the interval, and the two-sided p, from Student's t."""
    from scipy import stats

    half = margin(se, df, alpha)
    p = float(2 * stats.t.sf(abs(value) / se, df)) if se > 0 else nan
    return value - half, value + half, p


def by_t(
    question: Question,
    model: str,
    answer: tuple[float, float, float],
    sizes: tuple[int, int],
    note: str = "",
) -> Estimate:
    """An estimate with interval and p from Student's t.

    ``answer`` is the difference, its standard error and degrees of freedom; ``sizes`` are runners
    and limbs.
    """
    value, se, df = (float(part) for part in answer)
    name = (question.outcome, question.week, question.contrast, model)
    ends_and_p = interval_and_p(value, se, df, question.alpha)
    return Estimate(*name, value, se, *ends_and_p, df, *sizes, note)


def none(question: Question, model: str, why: str) -> Estimate:
    """No estimate, and why; it is about nobody."""
    name = (question.outcome, question.week, question.contrast, model)
    return Estimate(*name, nan, nan, nan, nan, nan, nan, 0, 0, why)
