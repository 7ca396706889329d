"""What CONSORT 2025 asks, and what of it the report holds; the items stand in ``consort.en.toml``.

An item is reported, or said to be not declared or not recorded, or missing. A verdict comes from
what the sections of this very report say, by a look at the study for each item that may be either.
"""

import math
import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from hipstudy import pages, show
from hipstudy.analysis import arm_results, participants
from hipstudy.analysis.designs.plan_rules import PARALLEL, SINGLE
from hipstudy.analysis.loss_reasons import loss_reasons
from hipstudy.pages.cohort_report.first_page import HARMS
from hipstudy.studies import prediction
from hipstudy.studies.cohort_study import CohortStudy
from hipstudy.wording import Wording

TRIAL_WORDS = Wording("hipstudy.pages", "consort")
_FILE = Path(pages.__file__).parent / "words" / "consort.en.toml"
REPORTED, SAID, MISSING = "reported", "said", "missing"


class ItemVerdict(NamedTuple):
    """Whether the report holds an item, where, and what of it where that is not all."""

    state: str  # REPORTED, SAID (to be not declared, or not recorded) or MISSING
    place: str = ""
    part: str = ""


@cache
def consort_items() -> tuple[dict[str, Any], ...]:
    """The items: number, what it asks, where the report has it, and the look that tells."""
    return tuple(tomllib.loads(_FILE.read_text(encoding="utf-8"))["item"])


def item_verdict(item: Mapping[str, Any], study: CohortStudy) -> ItemVerdict:
    """What of an item the report of a study holds."""
    if not item["here"]:
        return ItemVerdict(MISSING)
    whole = ItemVerdict(REPORTED, item["here"], item.get("part", ""))
    rule = item.get("rule")
    return LOOKS[rule](study, whole) if rule else whole


def _declared(field: str) -> "Callable[[CohortStudy, ItemVerdict], ItemVerdict]":
    """A look at a field of ``[trial]``: the table of the trial has it, or says that it is not."""

    def look(study: CohortStudy, whole: ItemVerdict) -> ItemVerdict:
        return _said_unless(bool(getattr(study.plan.trial, field)), whole)

    return look


def _said_unless(is_there: bool, whole: ItemVerdict) -> ItemVerdict:
    return whole if is_there else whole._replace(state=SAID, part="")


def _design(study: CohortStudy, whole: ItemVerdict) -> ItemVerdict:
    """Page 2 has the design where it is not two groups; how arms were given the plan may say."""
    if study.plan.trial.allocation:
        return whole
    if study.plan.design == PARALLEL:
        return whole._replace(state=SAID)
    return ItemVerdict(REPORTED, "page 2", "the design; no ratio")


def _prescriptions(study: CohortStudy, whole: ItemVerdict) -> ItemVerdict:
    """Arms by the name of a prescription have their table; of others nothing is known."""
    known, arms = prediction.modelled_arms(study), set(study.observations["arm"].dropna())
    if known and arms - set(known):
        return whole._replace(part=f"{len(arms & set(known))} of {len(arms)} arms")
    return _said_unless(bool(known), whole)


def _analyses(study: CohortStudy, whole: ItemVerdict) -> ItemVerdict:
    """Another analysis than the planned one that has an answer."""
    others = [one for one in study.strip if one.model != study.model]
    return _said_unless(any(not math.isnan(one.estimate) for one in others), whole)


def _reasons(study: CohortStudy, whole: ItemVerdict) -> ItemVerdict:
    """The flow is always there; reasons where the plan and the file have codes, or nobody left."""
    lost = arm_results.losses(study.enrolment_rows, study.plan)
    has_reasons = not loss_reasons(study.enrolment_rows, study.plan).empty
    is_whole = has_reasons or not lost["n"].sum()
    return whole if is_whole else whole._replace(part="the flow; no reasons")


def _adherence(study: CohortStudy, whole: ItemVerdict) -> ItemVerdict:
    """Sessions done are compared of two groups; of another design nothing is said of them."""
    if study.plan.design != PARALLEL:
        return ItemVerdict(MISSING)
    frame = study.observations[study.observations["week"] == study.plan.week]
    return _said_unless(_has_values(frame, "adherence_pct"), whole)


def _own_stretching(study: CohortStudy, whole: ItemVerdict) -> ItemVerdict:
    frame = study.observations[study.observations["week"].notna()]
    return _said_unless(_has_values(frame, participants.OWN), whole)


def _has_values(frame: pd.DataFrame, column: str) -> bool:
    """Whether anybody has a value in a column of the file."""
    return column in frame and bool(frame[column].notna().any())


def _harms(study: CohortStudy, whole: ItemVerdict) -> ItemVerdict:
    """Which harms are recorded; that a runner stopped is none."""
    frame = participants.harms(study.observations, study.plan, HARMS)
    known = set(frame.loc[frame["instead"] == "", "harm"]) & set(participants.HARMS)
    if known and len(known) < len(participants.HARMS):
        return whole._replace(part=f"{len(known)} of {len(participants.HARMS)} kinds")
    return _said_unless(bool(known), whole)


def _has_answer(study: CohortStudy, whole: ItemVerdict) -> ItemVerdict:
    return _said_unless(not math.isnan(study.primary.estimate), whole)


LOOKS: "Mapping[str, Callable[[CohortStudy, ItemVerdict], ItemVerdict]]" = {
    **{name: _declared(name) for name in ("registration", "sample_size", "allocation", "blinding")},
    "plan": lambda study, whole: _said_unless(study.plan.prespecified, whole),
    "design": _design,
    "prescriptions": _prescriptions,
    "analyses": _analyses,
    "reasons": _reasons,
    "adherence": _adherence,
    "own_stretching": _own_stretching,
    "harms": _harms,
    "answer": _has_answer,
}


def checklist(study: CohortStudy) -> show.Table | show.Text:
    """Every item that the report has or speaks of, and where; others stand in ``missing_items``.

    CONSORT is of trials that compare: of one arm alone nothing is listed.
    """
    if study.plan.design == SINGLE:
        return show.Text(TRIAL_WORDS("no_checklist", None))
    verdicts = [(item, item_verdict(item, study)) for item in consort_items()]
    rows = [
        (item["number"], item["asks"], TRIAL_WORDS("state", one), one.place)
        for item, one in verdicts
        if one.state != MISSING
    ]
    states = [one.state for _, one in verdicts]
    frame = pd.DataFrame(rows, columns=["Item", "What is asked", "Here", "Where"])
    facts = {"n": len(states), "n_here": states.count(REPORTED), "n_said": states.count(SAID),
             "n_missing": states.count(MISSING), "design": study.plan.design}  # fmt: skip
    caption = TRIAL_WORDS("checklist", facts)
    align = dict.fromkeys(("What is asked", "Here", "Where"), "left")
    return show.Table(frame, caption, "consort", align=align)


def missing_items(study: CohortStudy) -> show.Text:
    """The items of which the report says nothing, for the authors of the trial to write."""
    if study.plan.design == SINGLE:
        return show.Text("")
    items = [one for one in consort_items() if item_verdict(one, study).state == MISSING]
    trial = study.plan.trial
    is_said = all(getattr(trial, field) for field in type(trial).model_fields)
    facts = {"items": items, "has_more_to_say": not is_said}
    return show.Text(TRIAL_WORDS("missing_items", facts))
