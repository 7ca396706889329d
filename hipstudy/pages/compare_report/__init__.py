"""What the comparison's notebook shows, page by page: words, tables and figures of a study."""

from hipstudy.pages.compare_report.answer import (
    answer,
    answer_by_cause,
    assumed_sign,
    title,
)
from hipstudy.pages.compare_report.arms import cert, lines, prescription
from hipstudy.pages.compare_report.by_cause import (
    break_even,
    causes,
    chances,
    differences,
    effects,
    trajectories,
)
from hipstudy.pages.compare_report.combined_views import combined_file, combined_views
from hipstudy.pages.compare_report.cost_statement import cost
from hipstudy.pages.compare_report.decisions import (
    hangs_on,
    hangs_on_figure,
    improved,
    prior_mean,
    regret,
    same_runner,
    trial,
)
from hipstudy.pages.compare_report.doable_prescriptions import (
    prescriptions_heading,
    two_prescriptions,
)
from hipstudy.pages.compare_report.front_figures import (
    answer_figure,
    basis,
    front_weeks,
    weeks_heading,
)
from hipstudy.pages.compare_report.outside_statement import (
    outside,
    outside_file,
    outside_trials,
    outside_variants,
)
from hipstudy.pages.compare_report.over_weeks import (
    drivers,
    measures,
    other_outcomes,
    surface,
    torque,
    weeks,
)
from hipstudy.pages.compare_report.own_runners import cohort_effect, cohort_effect_by_cause
from hipstudy.pages.compare_report.responder_parts import noticed, noticed_file, noticed_parts
from hipstudy.pages.compare_report.runners import whom, whom_in_full
from hipstudy.pages.compare_report.simulation_reporting import (
    certainty_moves,
    modelled_grade,
    stress,
)
from hipstudy.pages.compare_report.validation_trials import validation_trials
from hipstudy.pages.compare_report.what_would_change import limits, would_change
from hipstudy.pages.shared import (
    claim,
    estimand,
    fixed_numbers,
    open_data,
    provenance,
    sources,
    uncertain_numbers,
)

# fmt: off
__all__ = [
    "answer", "answer_by_cause", "answer_figure", "assumed_sign", "basis", "break_even",
    "causes", "cert", "certainty_moves", "chances", "claim", "cohort_effect",
    "cohort_effect_by_cause", "combined_file", "combined_views", "cost", "differences", "drivers",
    "effects", "estimand", "fixed_numbers", "front_weeks", "hangs_on", "hangs_on_figure",
    "improved", "limits", "lines", "measures", "modelled_grade", "noticed", "noticed_file",
    "noticed_parts", "open_data", "other_outcomes", "outside", "outside_file", "outside_trials",
    "outside_variants", "prescription", "prescriptions_heading", "prior_mean", "provenance",
    "regret", "same_runner", "sources", "stress", "surface", "title", "torque", "trajectories",
    "trial", "two_prescriptions", "uncertain_numbers", "validation_trials", "weeks",
    "weeks_heading", "whom", "whom_in_full", "would_change",
]
# fmt: on
