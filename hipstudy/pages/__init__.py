"""What the comparison's notebook shows, page by page: words, tables and figures of a study."""

from hipstudy.pages.answer import answer, answer_figure, assumed_sign, whom
from hipstudy.pages.findings import (
    break_even,
    causes,
    chances,
    differences,
    effects,
    trajectories,
)
from hipstudy.pages.hangs import hangs_on, hangs_on_figure
from hipstudy.pages.ledger import claim, estimand, held, known, provenance, sources
from hipstudy.pages.more import improved, prior_mean, regret, same_runner, trial
from hipstudy.pages.over_weeks import drivers, measures, other_outcomes, surface, torque, weeks
from hipstudy.pages.prescription import cert, lines, prescription

__all__ = [
    "answer",
    "answer_figure",
    "assumed_sign",
    "break_even",
    "causes",
    "cert",
    "chances",
    "claim",
    "differences",
    "drivers",
    "effects",
    "estimand",
    "hangs_on",
    "hangs_on_figure",
    "held",
    "improved",
    "known",
    "lines",
    "measures",
    "other_outcomes",
    "prescription",
    "prior_mean",
    "provenance",
    "regret",
    "same_runner",
    "sources",
    "surface",
    "torque",
    "trajectories",
    "trial",
    "weeks",
    "whom",
]
