"""The tables and figures of the later report, filled from made-up runners and marked as such."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from hipstudy import show
from hipstudy.pages import cohort_report
from hipstudy.pages.preregistration_report.registered_question import words
from hipstudy.studies.cohort_study import CohortStudy
from hipstudy.studies.preregistration_study import PreregistrationStudy

Shown: TypeAlias = show.Table | show.Figure | show.Text


def on_shells(study: PreregistrationStudy) -> show.Text:
    """What the shells are, and from what they are filled."""
    facts = {
        "n_shells": study.shells.clinic.cohort.n_runners,
        "n_runners": study.settings.n_runners,
        "seed": study.settings.seed,
    }
    return show.Text(words("on_shells", facts))


def simulated(part: Shown) -> Shown:
    """The same, marked in its caption, in what is read aloud of it, and across a figure."""
    mark = words("simulated")
    if isinstance(part, show.Text):
        return show.Text(f"{mark} {part.markdown}".strip() if part.markdown.strip() else "")
    own = {"caption": f"{mark} {part.caption}", "name": f"simulated-{part.name}"}
    if isinstance(part, show.Table):
        return replace(part, **own)
    part.figure.text(0.5, 0.5, words("across"), ha="center", va="center", rotation=20,
                      fontsize=34, color="0.35", alpha=0.22, zorder=99)  # fmt: skip
    return replace(part, alt=f"{mark} {part.alt}", **own)


def _shell(page: Callable[[CohortStudy], Shown]) -> Callable[[PreregistrationStudy], Shown]:
    """The page of the cohort report, of the made-up runners."""

    def shell(study: PreregistrationStudy) -> Shown:
        return simulated(page(study.shells))

    shell.__name__, shell.__doc__ = f"{page.__name__}_shell", f"Simulated: {page.__doc__}"
    return shell


results_shell = _shell(cohort_report.results_by_arm)
means_shell = _shell(cohort_report.means_by_visit)
flow_shell = _shell(cohort_report.flow)
harms_shell = _shell(cohort_report.harms)
baseline_shell = _shell(cohort_report.baseline)
missing_shell = _shell(cohort_report.missing)
reasons_shell = _shell(cohort_report.reasons)
effect_shell = _shell(cohort_report.effect)
visits_shell = _shell(cohort_report.visits)
strip_shell = _shell(cohort_report.strip)
missing_values_shell = _shell(cohort_report.missing_values)
margin_shell = _shell(cohort_report.margin)
