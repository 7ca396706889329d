"""How bad the missing would have to be, what doing it would do, and the data laid on the model."""

import math
from typing import TYPE_CHECKING

import numpy as np

from hipstudy import figures, show
from hipstudy.analysis.estimate import Question
from hipstudy.analysis.tipping_point import tipping
from hipstudy.cohort_file.schema import columns
from hipstudy.labels import (
    OUTCOME_LABELS,
    WORLD_LABELS,
    arm_label,
    count_phrase,
    format_number,
    interval,
    percent,
)
from hipstudy.pages.cohort_report.effect import DIGITS
from hipstudy.parameters import number as parameter
from hipstudy.studies import prediction
from hipstudy.studies.cohort_study import CohortStudy, runner_changes

if TYPE_CHECKING:
    import pandas as pd

SHIFTS = (-4, -2, -1, 0, 1, 2, 4)  # in margins of the plan
HALF = 50  # per cent of sessions


def missing_values(study: CohortStudy) -> show.Table | show.Text:
    """Tipping point: how far off the missing would have to be to change the conclusion."""
    import pandas as pd

    plan = study.plan
    asked = Question(plan.primary, plan.week, plan.treatment, plan.control)
    found = tipping(
        study.observations, asked, [shift * plan.margin for shift in SHIFTS],
        rng=np.random.default_rng(0),
    )  # fmt: skip
    if found.note or not found.n_imputed:
        why = found.note or "nobody's end value is missing"
        return show.Text(f"No tipping point is looked for: {why}.")
    unit = columns()[plan.primary].unit
    frame = pd.DataFrame(
        {
            f"Shift, {unit}": [f"{delta:g}".replace("-", "−") for delta in found.table["delta"]],
            "Difference": [
                interval(row.estimate, row.ci_low, row.ci_high, DIGITS.get(plan.primary, 2))
                for row in found.table.itertuples()
            ],
        }
    )
    tips = (
        f"The conclusion changes at a shift of {format_number(found.delta, 2)}."
        if math.isfinite(found.delta)
        else "No shift shown here changes the conclusion."
    )
    caption = (
        f"If {arm_label(plan.treatment)}'s runners whose end is missing had done better or worse "
        f"than the ANCOVA has it, by a shift: {found.n_imputed} of "
        f"{count_phrase(found.n_runners, 'runner')} imputed, in both arms, by Rubin's rules. {tips}"
        + (
            ""
            if plan.analysis == "ancova"
            else " The planned analysis is another, the mixed model."
        )
    )
    return show.Table(frame, caption, "tipping", align={f"Shift, {unit}": "right"})


def _adherence(study: CohortStudy) -> "tuple[pd.Series, pd.Series] | None":
    """Reported adherence at the plan's visit, and change, by runner; None where not recorded."""
    plan, frame = study.plan, study.observations
    if "adherence_pct" not in frame:
        return None
    said = frame[frame["week"] == plan.week].groupby(["arm", "runner"])["adherence_pct"].first()
    if said.dropna().empty:
        return None
    return said.dropna(), runner_changes(frame, plan.primary, plan.week)


def work_done(study: CohortStudy) -> show.Table | show.Text:
    """What was reported as done, and how those who did more or less changed: description only."""
    import pandas as pd

    both = _adherence(study)
    if both is None:
        return show.Text("Adherence at the end visit is not recorded.")
    said, change = both
    least, rows = int(parameter("cohort_least_runners")), []
    small = study.settings.small_cells
    for arm in (study.plan.treatment, study.plan.control):
        own = said[said.index.get_level_values("arm") == arm]
        parts = {"half or more": own >= HALF, "less": own < HALF}
        row = {"Arm": arm_label(arm)}
        enough = len(own) >= (1 if small else least)
        row["Reported, %"] = f"{format_number(own.mean(), 0)}" if enough else "not shown"
        moved = {words: change.reindex(own[part].index).dropna() for words, part in parts.items()}
        # a small part could be had by subtraction from the other: both are hidden
        hide = not small and any(0 < len(values) < least for values in moved.values())
        for words, values in moved.items():
            cell = (
                f"{format_number(values.mean())} (n = {len(values)})" if len(values) else "nobody"
            )
            row[f"Change, {words}"] = "not shown" if hide else cell
        rows.append(row)
    caption = (
        f"Sessions reported as done of those prescribed, and mean change in "
        f"{OUTCOME_LABELS[study.plan.primary]} of runners who reported half or more, and less, "
        f"over limbs with both baseline and week {study.plan.week}, as in ANCOVA. "
        "Description only: who does more differs in other ways too, and reports run high. "
        f"{_complier(study, said)}"
    )
    align = dict.fromkeys(("Reported, %", "Change, half or more", "Change, less"), "right")
    return show.Table(pd.DataFrame(rows), caption, "done", align=align)


def _complier(study: CohortStudy, said: "pd.Series") -> str:
    """The effect of doing all of it, with being given it as the instrument."""
    own = said[said.index.get_level_values("arm") == study.plan.treatment]
    if len(own) < parameter("cohort_least_runners") or math.isnan(study.primary.estimate):
        return ""
    share = own.mean() / 100
    one = study.primary
    if share == 0:
        return ""
    ends = interval(one.estimate / share, one.ci_low / share, one.ci_high / share)
    return (
        f"If arms were given by chance, nobody in the other arm did any of what the arms differ "
        f"in, being given it does nothing unless it is done, and what it does goes up evenly with "
        f"what is done, then doing all of it makes a difference of {ends}: the difference between "
        f"arms over the {percent(share)} that {len(own)} runners of "
        f"{arm_label(study.plan.treatment)} reported (taken as exact and as true of the others)."
    )


def on_model(study: CohortStudy) -> show.Figure | show.Text:
    """The arms' measured means laid on what each cause would make of these runners."""
    bands, points = prediction.predictive(study), prediction.observed_means(study)
    if bands.empty:
        return show.Text("None of the file's arms has a prescription that can be modelled.")
    points = points[points["arm"].isin(set(bands["arm"]))]
    axs = figures.data_on_model(bands, points, ylabel=OUTCOME_LABELS[study.plan.primary])
    joined = points.merge(bands, on=["arm", "week"])
    joined = joined[joined["week"] > 0]
    inside = joined["mean"].between(joined["low"], joined["high"]).groupby(joined["world"])
    said = "; ".join(
        f"{WORLD_LABELS[world]}: {int(hits.sum())} of {len(hits)} means after baseline inside"
        for world, hits in inside
    )
    caption = (
        "Measured means of the arms (points, 95 % intervals) on what each cause of tightness would "
        "make of these runners (bands: 95 %, the parameters' uncertainty, who does what, and "
        f"errors of reading for an arm this large; what was not measured at baseline is drawn). "
        f"{said}. A cause whose band holds the points is "
        "not shown to be right: bands overlap."
    )
    return show.Figure(axs[0].figure, caption, f"Data on the model. {said}.", "data-on-model")
