"""What was measured in every arm: the table of page 1, its picture, and the file beside it."""

from typing import Any

import pandas as pd

from hipstudy import figures, show
from hipstudy.analysis import arm_results
from hipstudy.analysis.disclosure import least
from hipstudy.analysis.estimate import level
from hipstudy.analysis.plan import AnalysisPlan
from hipstudy.cohort_file.schema import outcomes
from hipstudy.model.causes import LINKS
from hipstudy.pages.cohort_report.cohort_front import arm_words, front, outcome_words
from hipstudy.pages.cohort_report.design_front import design_words, enrolment_words, first_week
from hipstudy.pages.cohort_report.primary_question import decimals
from hipstudy.pages.shared import cells
from hipstudy.pages.table_files import table_file
from hipstudy.parameters import number
from hipstudy.studies.cohort_study import CohortStudy

# Of the picture over the visits, and where the box of what changed stands above it.
_HEIGHT_MM, _LOW_MM = 50, 42


def results_by_arm(study: CohortStudy) -> show.Table:
    """Every outcome of the plan by arm: start and end with n, and the adjusted difference."""
    words, plan, frame = front(study), study.plan, study.results()
    frame = frame[frame["outcome"].isin([plan.primary, *plan.secondary])]
    by_visit, started = frame.set_index(["outcome", "arm", "week"]), first_week(study)
    rows = []
    for outcome, arm in frame[["outcome", "arm"]].drop_duplicates().itertuples(index=False):
        start, end = (by_visit.loc[(outcome, arm, week)] for week in (started, float(plan.week)))
        rows.append(
            (
                words("outcome_head", outcome_words(study, outcome)),
                arm_words(study, arm),
                _mean(study, outcome, start),
                _mean(study, outcome, end),
                _difference(study, outcome, arm),
            )
        )
    own = words if study.is_parallel else design_words(study)
    of_design = {} if study.is_parallel else {"design": plan.design, "first_week": started}
    (heads,) = cells(own("results_heads", week=plan.week, **of_design))
    shown = pd.DataFrame(rows, columns=list(heads))
    caption = own(
        "results",
        **of_design,
        week=plan.week,
        control=arm_words(study, plan.control) if plan.control else "",
        level=plan.level_pct,
        n_adjusted=len(plan.adjusted),
        hides=frame.loc[frame["week"].isin([started, plan.week]), "instead"].ne("").any(),
        has_ratings=frame["outcome"].isin(LINKS).any(),
        has_others=frame["outcome"].isin(set(outcomes()) - set(LINKS)).any(),
        least=least(),
    )
    return show.Table(shown, caption, "results", align=dict.fromkeys(heads[2:], "right"))


def _digits(plan: AnalysisPlan, outcome: str) -> int:
    """Decimals of a mean, as in the table of runners at baseline."""
    return 2 if plan.unit(outcome) == "Nm/kg" else 1


def _mean(study: CohortStudy, outcome: str, row: pd.Series) -> str:
    return front(study)(
        "mean_and_sd",
        instead=row["instead"],
        n=row["n_runners"],
        mean=row["mean"],
        sd=row["sd"],
        digits=_digits(study.plan, outcome),
    )


def _difference(study: CohortStudy, outcome: str, arm: str) -> str:
    """The planned analysis of an outcome in one cell; empty in the row of the control itself."""
    if arm == study.plan.control:
        return ""
    one = study.planned_estimate(outcome, arm)
    has_answer = one is not None and one.n_runners > 0
    facts: dict[str, Any] = {"has_answer": has_answer}
    if one is not None and has_answer:
        facts |= {"estimate": one.estimate, "low": one.ci_low, "high": one.ci_high,
                  "digits": decimals(one), "n_runners": one.n_runners}  # fmt: skip
    return front(study)("difference_cell", facts)


def means_by_visit(study: CohortStudy) -> show.Figure:
    """Runners' means as points where arms are large enough, and means of arms over the visits."""
    words, plan, fewest = front(study), study.plan, int(number("spread_least_runners"))
    table = study.enrolment_results()
    table = table[(table["outcome"] == plan.primary) & table["instead"].eq("")]
    table = table[table["n_runners"] > 0]
    told = table[["arm", "week"]]
    points = arm_results.runner_means(study.enrolment_rows, plan, plan.primary).merge(told)
    ax = figures.measured_means(
        points,
        names={arm: enrolment_words(study, arm) for arm in dict.fromkeys(points["arm"])},
        least=fewest,
        xlabel=words("weeks_axis"),
        outcome=words("outcome_axis", outcome_words(study, plan.primary)),
        numerals=words.numerals,
        level=level(plan.alpha),
        are_arms=study.has_arms_apart,
        height_mm=_LOW_MM if study.settings.since else _HEIGHT_MM,
    )
    are_many = table.groupby("week")["n_runners"].min() >= fewest
    low, high = ax.get_ylim()
    caption = words(
        "means",
        is_example=study.is_example,
        level=plan.level_pct,
        dots=are_many.any(),
        no_dots=not are_many.all(),
        is_cut=plan.primary in LINKS and (low > 0 or high < 10),
        least=fewest,
    )
    if not study.is_parallel:
        caption = f"{caption} {design_words(study)('means_note', design=plan.design)}".strip()
    rows = [
        {"arm": enrolment_words(study, row["arm"]), "week": row["week"], "mean": row["mean"],
         "n": row["n_runners"]}
        for row in table.to_dict("records")
    ]  # fmt: skip
    outcome, digits = outcome_words(study, plan.primary), _digits(plan, plan.primary)
    alt = words("means_alt", outcome=outcome, rows=rows, digits=digits)
    return show.Figure(ax.figure, caption, alt, "means-by-visit")


def results(study: CohortStudy) -> show.Download:
    """Every measured outcome by visit and arm, for ``tables/results.csv``."""
    return table_file(study.results().drop(columns="instead"), "results")
