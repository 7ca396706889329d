"""What the comparison's notebook shows, page by page: words, tables and figures of a study."""

from hipstudy.pages.compare_report.answer import answer, answer_figure, assumed_sign, cost, whom
from hipstudy.pages.compare_report.arms import cert, lines, prescription
from hipstudy.pages.compare_report.by_cause import (
    break_even,
    causes,
    chances,
    differences,
    effects,
    trajectories,
)
from hipstudy.pages.compare_report.decisions import (
    hangs_on,
    hangs_on_figure,
    improved,
    prior_mean,
    regret,
    same_runner,
    trial,
)
from hipstudy.pages.compare_report.over_weeks import (
    drivers,
    measures,
    other_outcomes,
    surface,
    torque,
    weeks,
)
from hipstudy.pages.shared import (
    claim,
    estimand,
    fixed_numbers,
    provenance,
    sources,
    uncertain_numbers,
)

# fmt: off
__all__ = [
    "answer", "answer_figure", "assumed_sign", "break_even", "causes", "cert", "chances", "claim",
    "cost", "differences", "drivers", "effects", "estimand", "fixed_numbers", "hangs_on",
    "hangs_on_figure", "improved", "lines", "measures", "other_outcomes", "prescription",
    "prior_mean", "provenance", "regret", "same_runner", "sources", "surface", "torque",
    "trajectories", "trial", "uncertain_numbers", "weeks", "whom",
]
# fmt: on
