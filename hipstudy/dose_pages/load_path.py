"""The load path that rules of progression lead to, week by week, with its spread."""

from typing import TYPE_CHECKING

from hipstudy import adherence, baseline, parameters, progress, progression_words, show
from hipstudy.dose_study import DoseStudy
from hipstudy.labels import counted, interval, percent

if TYPE_CHECKING:
    import pandas as pd

WORLD = "weak"  # where limbs start lowest in torque if they are tight; the path hardly differs


def frame(study: DoseStudy) -> "pd.DataFrame":
    """The path over the programme's weeks, parameters at their values."""
    values, seed = parameters.central(**study.study.settings.held), study.settings.seed
    start = baseline.draw(study.cohort, WORLD, values, seed=seed)
    done = adherence.attend(study.cohort, study.base, values, weeks=study.weeks, seed=seed)
    return progress.by_week(progress.follow(study.cohort, start, study.base, done, values))


def load_path(study: DoseStudy) -> show.Table | show.Text:
    """The load of each week by the prescription's rules, or that it has none."""
    import pandas as pd

    rules = study.base.strength.progression if study.base.strength else None
    if rules is None:
        return show.Text(
            "This prescription has no rules of progression, so there is no load path. A TOML file "
            "can have them, in a table `[strength.progression]`."
        )
    rows = frame(study)
    body = {
        "Week": rows["week"],
        "Step": rows["step"].round(1),
        "Added, kg": [interval(r.added_kg, r.low, r.high, 1) for r in rows.itertuples()],
        "Support, cm": rows["support_cm"].round(1),
        "Lever changed": rows["changed_lever"].map(percent),
        "Held by soreness": rows["held"].map(percent),
        "Trained that week": rows["training"].map(percent),
    }
    caption = (
        f"The load path by the rules, over {counted(study.weeks, 'week')}: mean of the modelled "
        f"runners who trained in the week, of {study.cohort.n_runners}, and the middle 95 % of "
        "them for the weight; parameters at their values. The rules: "
        f"{progression_words.written(rules)}. How many repetitions a limb can do is read off its "
        "torque by an assumed line. The path does not act back: torque, soreness and all outcomes "
        "are those of the load as it is prescribed."
    )
    return show.Table(pd.DataFrame(body), caption, "load-path")


def load_path_table(study: DoseStudy) -> show.Download | show.Text:
    """The same at full precision, for ``tables/load_path.csv``."""
    has = study.base.strength is not None and study.base.strength.progression is not None
    return show.Download(frame(study), "load_path") if has else show.Text("")
