"""How a report stands to the plan that was registered: a sentence, the list, and its table."""

from datetime import date

import pandas as pd

from hipstudy import show
from hipstudy.pages.cohort_report.primary_question import words
from hipstudy.pages.shared import LABELS
from hipstudy.pages.table_files import table_file
from hipstudy.report.document import DOCUMENT
from hipstudy.studies.cohort_study import CohortStudy
from hipstudy.wording import Wording

_FRONT = Wording("hipstudy.pages", "registration_front")
_NOTHING = "\u2013"
HEADS = ("Of", "What", "Deviation", "Registered", "Now")


def on_registration(study: CohortStudy) -> show.Text:
    """How much deviates from the registered plan; empty where none is named."""
    if study.registered is None:
        return show.Text("")
    language = study.settings.language
    day = date.fromisoformat(study.registered.registration.date)
    facts = {
        "day": DOCUMENT.in_language(language)("date", day),
        "n_others": study.registered.n_others,
        "n_software": study.registered.n_software,
    }
    return show.Text(_FRONT.in_language(language)("on_registration", facts))


def deviation_list(study: CohortStudy) -> show.Table | show.Text:
    """Every deviation from the registered plan; empty where none is named."""
    if study.registered is None:
        return show.Text("")
    registration = study.registered.registration
    facts = {"date": registration.date, "fingerprint": registration.plan.fingerprint[:12]}
    rows = study.deviations()
    if rows.empty:
        return show.Text(words("no_deviation", facts))
    frame = rows.replace("", _NOTHING)
    for column in ("part", "kind"):
        frame[column] = frame[column].map(LABELS["deviations"])
    table = pd.DataFrame(frame.to_numpy(), columns=list(HEADS))
    caption = words("deviations", **facts, n=len(table))
    return show.Table(table, caption, "deviations", align=dict.fromkeys(HEADS, "left"))


def deviations(study: CohortStudy) -> show.Download | show.Text:
    """Every deviation, for ``tables/deviations.csv``, where a registration is named."""
    if study.registered is None:
        return show.Text("")
    return table_file(study.deviations(), "deviations")
