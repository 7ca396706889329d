"""Of ten runners, how many report less tightness (page 1), and where it comes from (details)."""

from hipstudy import show
from hipstudy.labels import arm_label, count_phrase, format_number, interval, percent
from hipstudy.model.rated_change import CRITERIA, PARTS
from hipstudy.pages.compare_report.comparison import words
from hipstudy.pages.compare_report.cost_statement import with_cost
from hipstudy.pages.compare_report.front_words import front, primary_names
from hipstudy.pages.table_files import table_file
from hipstudy.parameters import number as parameter
from hipstudy.studies import responder_sources
from hipstudy.studies.compare_study import CompareStudy
from hipstudy.studies.responder_sources import TOTAL, OfTen, gap_of_ten, parts_of_ten

HEADS = ("Ratings alone", "Anyway", "Any programme", "The choice")


def noticed(study: CompareStudy) -> show.Text:
    """Page 1: how many would report it under either arm, and how many by ratings' wobble alone."""
    names = dict(zip(study.primary, primary_names(study), strict=True))
    by_arm = {arm: parts_of_ten(study, arm, CRITERIA[0]) for arm in study.primary}
    order = sorted(by_arm, key=lambda arm: -by_arm[arm][TOTAL].mean)
    first, second = (
        {"name": names[arm].in_markdown, "all": one.mean, "low": one.low, "high": one.high}
        for arm in order
        for one in (by_arm[arm][TOTAL],)
    )
    facts = {
        "mcid_nrs": study.settings.mcid_nrs,
        "first": first,
        "second": second,
        "gap": abs(gap_of_ten(study, CRITERIA[0]).mean),
        "wobble": by_arm[order[0]][PARTS[0]].mean,
    }
    return show.Text(front(study)("noticed", facts))


def _with_band(one: OfTen, digits: int) -> str:
    return interval(one.mean, one.low, one.high, digits)


def noticed_parts(study: CompareStudy) -> show.Table:
    """Both arms of the primary contrast by criterion, a column a part."""
    import pandas as pd

    rules = (count_phrase(study.settings.mcid_nrs, "point"), percent(parameter("mcid_share")))
    rows = []
    for arm in study.primary:
        for criterion, rule in zip(CRITERIA, rules, strict=True):
            parts = parts_of_ten(study, arm, criterion)
            cells = [format_number(parts[part].mean, 1) for part in PARTS[:-1]]
            choice = _with_band(parts[PARTS[-1]], 2)
            rows.append((arm_label(arm), rule, _with_band(parts[TOTAL], 1), *cells, choice))
    frame = pd.DataFrame(rows, columns=["With", "Less by", "All of 10", *HEADS])
    caption = with_cost(study, words("noticed_parts", weeks=study.design.weeks))
    return show.Table(frame, caption, "noticed", align={"Less by": "left"})


def noticed_file(study: CompareStudy) -> show.Download:
    """Every arm at full precision, for ``tables/noticed.csv``."""
    return table_file(responder_sources.noticed(study), "noticed")
