"""What CONSORT 2025 asks, and where the report has it; the items stand in ``consort.en.toml``."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from hipstudy import pages, show
from hipstudy.analysis.designs.plan_rules import SINGLE
from hipstudy.studies.cohort_study import CohortStudy
from hipstudy.wording import Wording

TRIAL_WORDS = Wording("hipstudy.pages", "consort")
_FILE = Path(pages.__file__).parent / "words" / "consort.en.toml"


@cache
def consort_items() -> tuple[dict[str, Any], ...]:
    """The items: number, what it asks, where the report has it, and the plan's field for it."""
    return tuple(tomllib.loads(_FILE.read_text(encoding="utf-8"))["item"])


def _place(item: dict[str, Any], study: CohortStudy) -> str:
    field = item.get("declared")
    if field and getattr(study.plan.trial, field):
        return "As declared, Before looking"
    needs = item.get("needs")
    if needs and not study.is_parallel:
        return ""
    if needs == "adherence" and not has_values(study, "adherence"):
        return ""
    return str(item["here"])


def has_values(study: CohortStudy, column: str) -> bool:
    """Whether anybody has a value in a column of the file."""
    frame = study.observations
    return column in frame and bool(frame[column].notna().any())


def checklist(study: CohortStudy) -> show.Table | show.Text:
    """Every item that the report has, and where; the others stand in ``missing_items``.

    CONSORT is of trials that compare: of one arm alone nothing is listed.
    """
    if study.plan.design == SINGLE:
        return show.Text(TRIAL_WORDS("no_checklist", None))
    here = [(item, place) for item in consort_items() if (place := _place(item, study))]
    frame = pd.DataFrame(
        [(item["number"], item["asks"], place) for item, place in here],
        columns=["Item", "What is asked", "Here"],
    )
    facts = {"n": len(consort_items()), "n_here": len(here), "design": study.plan.design}
    caption = TRIAL_WORDS("checklist", facts)
    return show.Table(frame, caption, "consort", align={"What is asked": "left", "Here": "left"})


def missing_items(study: CohortStudy) -> show.Text:
    """The items that the report cannot have, for the authors of the trial to write."""
    if study.plan.design == SINGLE:
        return show.Text("")
    items = [item for item in consort_items() if not _place(item, study)]
    facts = {"items": items, "was_planned": study.plan.prespecified}
    return show.Text(TRIAL_WORDS("missing_items", facts))
