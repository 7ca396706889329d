"""Where the model meets published trials: every case, its score, and every miss by its cause."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hipstudy import figures, show
from hipstudy.evidence import interval_coverage, predictive_score
from hipstudy.evidence import validation as model
from hipstudy.evidence.predictive_score import CaseScore
from hipstudy.evidence.trials import HIT, MISS, Case, citation, second_hand
from hipstudy.evidence.trials import shipped as shipped_cases
from hipstudy.evidence.validation import CaseResult
from hipstudy.labels import format_number
from hipstudy.pages.shared import LABELS
from hipstudy.pages.table_files import table_file
from hipstudy.parameters import shipped
from hipstudy.studies.evidence_study import EvidenceStudy
from hipstudy.wording import Wording

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WORDS = Wording("hipstudy.pages", "evidence")  # of the details
ROLES = ("validation", "calibration")
MOST = 0.5  # of a rule's chance, so that it is inside
INSIDE, OUTSIDE = "inside", "OUTSIDE"  # of a calibration case's 95 % predictive interval


@dataclass(frozen=True)
class CaseFacts:
    """A case with what the model gives for it, in the case's unit, and its words."""

    case: Case
    label: str
    citation: str
    is_second_hand: bool  # whether a number of it was read in somebody else's words only
    predicted: float  # central, then its 95 % predictive interval
    low: float
    high: float
    digits: int
    verdict: str  # of this run


def _label(case: Case) -> str:
    return case.name.replace("_", " ").capitalize()


def _verdict(result: CaseResult, score: CaseScore) -> str:
    if result.case.role == "validation":
        return result.verdict
    return INSIDE if score.inside(95) > MOST else OUTSIDE


def case_facts(study: EvidenceStudy, *roles: str) -> list[CaseFacts]:
    """What is said of each case, of all roles where none is named."""
    pairs = zip(study.findings, study.scores, strict=True)
    return [
        CaseFacts(
            case=one.case,
            label=_label(one.case),
            citation=citation(one.case),
            is_second_hand=second_hand(one.case),
            predicted=one.predicted,
            low=score.low,
            high=score.high,
            digits=1 if one.case.unit in ("deg", "%") else 2,
            verdict=_verdict(one, score),
        )
        for one, score in pairs
        if not roles or one.case.role in roles
    ]


def own_cases(study: EvidenceStudy) -> show.Text:
    """Which cases were added by a file of one's own; empty where none was."""
    names = [one.case.name for one in study.findings if one.case not in shipped_cases()]
    return show.Text(WORDS("own_cases", names))


def _axis(case: Case) -> str:
    outcome = LABELS["outcomes"].get(case.outcome, case.outcome)
    return LABELS["units"].get(case.unit) or f"{outcome}, {case.unit}"


def forest_of(facts: list[CaseFacts], most_mm: float = 1000) -> "list[Axes]":
    """Predicted against published, a row a case, ``most_mm`` high where rows allow it.

    The line is the 95 % predictive interval.
    """
    import pandas as pd

    rows = [
        {
            "label": one.label,
            "panel": _axis(one.case),
            "published": one.case.estimate,
            "published_low": one.case.low,
            "published_high": one.case.high,
            "predicted": one.predicted,
            "predicted_low": one.low,
            "predicted_high": one.high,
            "hit": one.verdict in (HIT, INSIDE),
            "calibrates": one.case.role == "calibration",
        }
        for one in facts
    ]
    order = {panel: i for i, panel in enumerate(dict.fromkeys(one["panel"] for one in rows))}
    rows.sort(key=lambda one: order[one["panel"]])
    numbers = [name for name in rows[0] if name.startswith(("published", "predicted"))]
    return figures.forest(pd.DataFrame(rows).astype(dict.fromkeys(numbers, float)), most_mm)


def calibration_forest(study: EvidenceStudy) -> show.Figure:
    """Predicted against published, of the cases that the numbers are calibrated by."""
    facts = case_facts(study, "calibration")
    words = (WORDS("forest_caption"), WORDS("forest_alt", facts))
    return show.Figure(forest_of(facts)[0].figure, *words, "calibration-forest")


def spread(case: Case) -> str:
    """The SD of a trial's own people, with its ends where it was not read."""
    if case.sd_low is None or case.sd_high is None:
        return f"{case.sd:g}"
    return WORDS("sd_with_ends", case)


Column = Callable[[CaseFacts], str]


def _words(passage: str) -> Column:
    return lambda facts: WORDS(passage, facts)


COLUMNS: dict[str, Column] = {
    "Case": lambda facts: facts.case.title,
    "Citation": _words("citation"),
    "Published": _words("published_cell"),
    "Modelled (95 %)": _words("predicted"),
    "Unit": lambda facts: facts.case.unit,
}


def _table(facts: list[CaseFacts], columns: dict[str, Column], caption: str, name: str,
           *left: str) -> show.Table:  # fmt: skip
    """One row a case; ``left`` are columns that look like numbers and are set as text."""
    import pandas as pd

    frame = pd.DataFrame({head: [cell(one) for one in facts] for head, cell in columns.items()})
    return show.Table(frame, caption, name, align=dict.fromkeys(left, "left"))


def calibration(study: EvidenceStudy) -> show.Table:
    """Cases that the numbers are calibrated by, and whether each predictive interval holds it."""
    columns = COLUMNS | {"Published value": lambda facts: facts.verdict}
    facts, caption = case_facts(study, "calibration"), WORDS("calibration_caption")
    return _table(facts, columns, caption, "calibration", "Published", "Modelled (95 %)")


def validation(study: EvidenceStudy) -> show.Table:
    """Cases that test the model, with the verdict that is stored."""
    facts = case_facts(study, "validation")
    columns = COLUMNS | {
        "Verdict": _words("verdict"),
        "Chosen with it in view": lambda facts: (
            ", ".join(shipped()[name].label for name in facts.case.numbers_in_view) or "nothing"
        ),
    }
    hits, score = (
        sum(one.verdict == HIT for one in facts),
        model.score(study.findings, "validation"),
    )
    caption = WORDS("validation_caption", hits=hits, cases=len(facts), score=score)
    return _table(facts, columns, caption, "validation", "Published", "Modelled (95 %)")


def predictions(study: EvidenceStudy) -> show.Table:
    """Every case's predictive distribution and log scores, and what the rivals said."""
    import pandas as pd

    cells = [
        {
            "Case": _label(one.case),
            "Published, SE": WORDS("published_se", one),
            "Predicted, SD": WORDS("predicted_sd", one),
            "Inside": WORDS("narrowest", one),
            "Log score": format_number(one.log_score, 1),
            "Nothing": format_number(one.log_score_nothing, 1),
            "Others": format_number(one.log_score_others, 1),
            "What the rivals say": WORDS("rivals", one),
        }
        for one in sorted(study.scores, key=lambda one: ROLES.index(one.case.role))
    ]
    caption = WORDS("predictions_caption")
    return show.Table(pd.DataFrame(cells), caption, "predictions", align={"Inside": "left"})


def skill_and_coverage(study: EvidenceStudy) -> show.Table:
    """Skill of both roles against both rivals, and coverage of their predictive intervals."""
    import pandas as pd

    table, cells = study.score_table(), []
    for role in ROLES:
        levels = interval_coverage.coverage(table, role)
        held = {f"In {one.level} %": WORDS("coverage_cell", one) for one in levels}
        for rival in predictive_score.RIVALS:
            skill = predictive_score.skill(table, role, rival)
            cells.append(
                {
                    "Trials": f"{role}, {skill.trials}",
                    "Against": rival,
                    "Log score, SE": WORDS("skill_se", skill),
                    "Median": format_number(skill.median),
                    "Higher in": str(skill.ahead),
                    **(held if rival == predictive_score.RIVALS[0] else dict.fromkeys(held, "")),
                }
            )
    frame = pd.DataFrame(cells)
    align = dict.fromkeys(["Log score, SE", *held], "left")
    return show.Table(frame, WORDS("skill_caption"), "skill-and-coverage", align=align)


def choices(study: EvidenceStudy) -> show.Table:
    """Skill and coverage of the trials that test the model, under other choices of scoring."""
    import pandas as pd

    cells = []
    for name, table in study.score_variants.items():
        ours, others = (
            predictive_score.skill(table, "validation", rival) for rival in predictive_score.RIVALS
        )
        (coverage,) = interval_coverage.coverage(table, "validation", [80])
        cells.append(
            {
                "Choice": LABELS["score_variants"][name],
                "Against nothing, SE": WORDS("skill_se", ours),
                "Median": format_number(ours.median),
                "Without two": format_number(ours.without_two),
                "Higher in": str(ours.ahead),
                "Against others, SE": WORDS("skill_se", others),
                "In 80 %": WORDS("coverage_cell", coverage),
            }
        )
    frame = pd.DataFrame(cells)
    align = dict.fromkeys(
        ("Choice", "Against nothing, SE", "Against others, SE", "In 80 %"), "left"
    )
    return show.Table(frame, WORDS("choices_caption"), "choices", align=align)


def validation_file(study: EvidenceStudy) -> show.Download:
    """Every case's score at full precision, for ``tables/validation.csv``."""
    return table_file(study.score_table(), "validation")


def skill_file(study: EvidenceStudy) -> show.Download:
    """Skill of both roles against both rivals, for ``tables/skill.csv``."""
    return table_file(predictive_score.skill_frame(study.score_table()), "skill")


def misses(study: EvidenceStudy) -> show.Text:
    """Every miss, and what it is due to."""
    lines = [WORDS("miss", one) for one in case_facts(study) if one.verdict in (MISS, OUTSIDE)]
    return show.Text("\n".join(lines) or WORDS("no_miss"))


def gallery(study: EvidenceStudy) -> show.Download:
    """Every case at full precision, for ``tables/gallery.csv``."""
    frame = model.frame(study.findings)
    frame["predicted_low"] = [one.low for one in study.scores]
    frame["predicted_high"] = [one.high for one in study.scores]
    frame["verdict"] = [
        _verdict(*pair).lower() for pair in zip(study.findings, study.scores, strict=True)
    ]
    return table_file(frame, "gallery")


def rules(study: EvidenceStudy) -> show.Table:
    """How each interval came about, and who was trained how."""
    columns: dict[str, Column] = {
        "Case": lambda facts: facts.label,
        "Whom": _words("whom"),
        "Run as": _words("run_as"),
        "As published": lambda facts: facts.case.published,
        "Interval": _words("interval_source"),
        "Note": lambda facts: facts.case.note,
    }
    spreads = {(spread(one.case), one.case.sd_how) for one in study.findings if one.case.sd}
    caption = WORDS("rules_caption", sorted(spreads))
    return _table(case_facts(study), columns, caption, "rules", "Note")
