"""Could these data be? The eight looks at the file's data, what they may mean, and their table."""

import math

import pandas as pd

from hipstudy import show
from hipstudy.cohort_file.findings import spans
from hipstudy.cohort_file.integrity.result import CHECKS, TOTAL, IntegrityResult
from hipstudy.pages.cohort_report.primary_question import words
from hipstudy.pages.shared import LABELS
from hipstudy.pages.table_files import table_file
from hipstudy.studies.cohort_study import CohortStudy

HEADS = ("Check", "Looks", "Beyond chance", "Rows")


def integrity(study: CohortStudy) -> show.Table:
    """How many looks each check took, how many are beyond chance, and the rows they are about."""
    rows = []
    for check in CHECKS:
        looks = _looks(study, check)
        beyond = [its_rows for one, its_rows in looks if one.is_beyond]
        whole = sorted({row for its_rows in beyond for row in its_rows})
        where = spans(whole) if whole else ""
        is_possible = any(not math.isnan(one.statistic) for one, _ in looks)
        count = f"{len(looks)}" if is_possible else words("no_look")
        rows.append((LABELS["integrity_checks"][check], count, f"{len(beyond)}", where))
    caption = words("integrity", total=TOTAL, n_checks=len(CHECKS))
    align = dict.fromkeys(HEADS[1:3], "right")
    return show.Table(pd.DataFrame(rows, columns=list(HEADS)), caption, "integrity", align=align)


def integrity_meaning(study: CohortStudy) -> show.Text:
    """What each check that is beyond chance may mean, innocent causes first."""
    beyond = [check for check in CHECKS if any(one.is_beyond for one, _ in _looks(study, check))]
    labels = {check: LABELS["integrity_checks"][check] for check in beyond}
    return show.Text(words("integrity_meaning", labels))


def integrity_looks(study: CohortStudy) -> show.Download:
    """Every look, for ``tables/integrity.csv``."""
    return table_file(study.integrity(), "integrity")


def _looks(study: CohortStudy, check: str) -> list[tuple[IntegrityResult, tuple[int, ...]]]:
    return [pair for pair in study.clinic.integrity if pair[0].check == check]
