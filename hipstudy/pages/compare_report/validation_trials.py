"""The details: the published trials that test the model, and its record against them."""

from hipstudy import show
from hipstudy.evidence import trial_record
from hipstudy.evidence.trials import HIT, Case, citation, second_hand, shipped
from hipstudy.pages.compare_report.comparison import words
from hipstudy.wording import Wording

EVIDENCE = Wording(
    "hipstudy.pages", "evidence"
)  # a case is said here as the evidence report says it


def _published(case: Case) -> str:
    digits = 1 if case.unit in ("deg", "%") else 2
    return f"{EVIDENCE('published_cell', case=case, digits=digits)}, {case.unit}"


def _citation(case: Case) -> str:
    return EVIDENCE("citation", citation=citation(case), is_second_hand=second_hand(case))


def validation_trials() -> show.Table:
    """Every case that tests the model with its stored verdict; the record stands in the caption."""
    import pandas as pd

    cases = [case for case in shipped() if case.role == "validation"]
    frame = pd.DataFrame(
        {
            "Case": [case.title for case in cases],
            "Citation": [_citation(case) for case in cases],
            "Published": [_published(case) for case in cases],
            "Verdict": [case.verdict for case in cases],
        }
    )
    record = trial_record.stored()
    caption = words(
        "validation_trials",
        record=record,
        n_cases=len(cases),
        n_hits=sum(case.verdict == HIT for case in cases),
    )
    return show.Table(frame, caption, "validation-trials", align={"Published": "left"})
