"""The load of each week, by the prescription's rules of progression."""

from typing import TYPE_CHECKING

from hipstudy import parameters, show
from hipstudy.labels import interval, percent
from hipstudy.model import adherence, baseline, load_path
from hipstudy.pages.dose_report.dose_answer import WORDS, extent
from hipstudy.pages.table_files import table_file
from hipstudy.prescription import progression
from hipstudy.studies.dose_study import DoseStudy

if TYPE_CHECKING:
    import pandas as pd

PATH_WORLD = "weak"  # where limbs start lowest in torque if they are tight; the path hardly differs


def _path(study: DoseStudy) -> "pd.DataFrame":
    """The load path over the programme's weeks, parameters at their values."""
    seed, at = study.settings.seed, study.comparison.settings.parameter_values
    values = parameters.central(**at)
    start = baseline.draw(study.cohort, PATH_WORLD, values, seed=seed)
    sessions = adherence.attend(study.cohort, study.base, values, weeks=study.weeks, seed=seed)
    return load_path.by_week(load_path.follow(study.cohort, start, study.base, sessions, values))


def load_path_by_week(study: DoseStudy) -> show.Table | show.Text:
    """The load of each week by the prescription's rules, or that it has none."""
    import pandas as pd

    rules = study.base.strength.progression
    if rules is None:
        return show.Text(WORDS("no_load_path"))
    rows = _path(study)
    body = {
        "Week": rows["week"],
        "Step": rows["step"].round(1),
        "Added, kg": [interval(r.added_kg, r.low, r.high, 1) for r in rows.itertuples()],
        "Support, cm": rows["support_cm"].round(1),
        "Lever changed": rows["changed_lever"].map(percent),
        "Held by soreness": rows["held"].map(percent),
        "Trained that week": rows["training"].map(percent),
    }
    words = progression.rules_in_words(rules)
    caption = WORDS("load_path_caption", extent=extent(study), rules=words)
    return show.Table(pd.DataFrame(body), caption, "load-path")


def load_path_table(study: DoseStudy) -> show.Download | show.Text:
    """The same at full precision, for ``tables/load_path.csv``."""
    has_path = study.base.strength.progression is not None
    return table_file(_path(study), "load_path") if has_path else show.Text("")
