"""The checklist of a trial's report: every place that it names is there, and gaps are said."""

import json
from dataclasses import replace
from functools import lru_cache
from itertools import product
from pathlib import Path

import pytest
from grammar import faults
from template_branches import unrendered

from hipstudy.analysis.designs.plan_rules import DESIGNS
from hipstudy.analysis.influence import Influence
from hipstudy.analysis.limb_correlation import LimbCorrelation
from hipstudy.analysis.trial_facts import TrialFacts
from hipstudy.pages import cohort_report
from hipstudy.pages.cohort_report.consort_checklist import (
    MISSING,
    REPORTED,
    SAID,
    TRIAL_WORDS,
    consort_items,
    item_verdict,
)
from hipstudy.resources import place
from hipstudy.show import Figure, Text
from hipstudy.studies import cohort_study

FRONT = {"page 1", "page 2"}


@pytest.fixture(scope="module")
def study(example_study):
    return example_study


def headings():
    notebook = json.loads(place("notebooks", "02_cohort.ipynb").read_text(encoding="utf-8"))
    lines = [line for cell in notebook["cells"] if cell["cell_type"] == "markdown"
             for line in "".join(cell["source"]).splitlines()]  # fmt: skip
    return {line.lstrip("# ") for line in lines if line.startswith("#")}


def test_every_place_is_a_page_or_a_section_of_the_report():
    places = {item["here"] for item in consort_items()} - {""}
    assert places <= headings() | FRONT


def test_all_thirty_items_are_there_in_their_order():
    numbers = [int(item["number"].rstrip("abcd")) for item in consort_items()]
    assert sorted(set(numbers)) == list(range(1, 31))
    assert numbers == sorted(numbers)


FULL = TrialFacts(
    allocation="1:1, by a computer", blinding="assessor", registration="ISRCTN1", sample_size="40"
)
CASES = Path(__file__).parents[1] / "cohort_cases"
OF_DESIGN = {"parallel": "c03_one_side_thomas", "crossover": "c04_crossover",
             "within-person": "c04b_within_person", "clusters": "c04c_clusters"}  # fmt: skip
DECLARED = {"2": "registration", "16": "sample_size", "17": "allocation", "20": "blinding"}
NEVER = {"1a", "4", "5", "6", "8", "10", "11", "12", "15", "18", "19", "23"}


@lru_cache
def of_design(design):
    name = OF_DESIGN[design]
    files = {"cohort": f"{name}.csv", "analysis_plan": f"{name}.toml"}
    return cohort_study.run(**{key: str(CASES / file) for key, file in files.items()})


def with_trial(study, **more):
    trial = TrialFacts(**more) if more else FULL
    return replace(study, plan=study.plan.model_copy(update={"trial": trial}))


def verdicts(study):
    return {item["number"]: item_verdict(item, study) for item in consort_items()}


@pytest.mark.parametrize("design", OF_DESIGN)
def test_every_item_of_an_empty_plan_is_what_the_report_holds(design):
    study = of_design(design)
    found = verdicts(study)
    assert {number for number, one in found.items() if one.state == MISSING} >= NEVER
    for number in DECLARED:
        assert found[number].state == SAID, number
    said = dict(cohort_report.trial(study).frame.to_numpy())
    assert set(said.values()) == {"not declared"}
    # What each section says decides what is said of its item.
    assert (found["13"].state == SAID) == isinstance(cohort_report.cert(study), Text)
    assert (found["24b"].state == SAID) == isinstance(cohort_report.stretching(study), Text)
    assert (found["27"].state == SAID) == isinstance(cohort_report.harms(study), Text)
    assert (found["3"].state == REPORTED) == study.plan.prespecified
    done = cohort_report.work_done(study)
    if design == "parallel":
        assert found["9"].state == SAID
        assert (found["24a"].state == SAID) == ("not recorded" in getattr(done, "markdown", ""))
    else:
        assert "Design:" in cohort_report.on_plan(study).markdown
        assert found["9"] == (REPORTED, "page 2", "the design; no ratio")
        assert found["24a"].state == MISSING
    has_lost = "Nobody was lost" not in cohort_report.cost(study).markdown
    assert bool(found["22"].part) == has_lost
    strip = cohort_report.strip(study)
    assert (found["21d"].state == REPORTED) == isinstance(strip, Figure)
    for number in ("1b", "7", "14", "21a", "21b", "21c", "25", "26", "28", "29", "30"):
        assert found[number].state == REPORTED, number


@pytest.mark.parametrize("design", OF_DESIGN)
def test_every_item_of_a_full_plan_is_what_the_report_holds(design):
    empty, full = verdicts(of_design(design)), verdicts(with_trial(of_design(design)))
    for number in ("9", *DECLARED):
        assert full[number] == (REPORTED, "Before looking", ""), number
    others = set(full) - {"9", *DECLARED}
    assert {number: full[number] for number in others} == {n: empty[n] for n in others}
    table = cohort_report.checklist(with_trial(of_design(design)))
    states = [one.state for one in full.values()]
    assert len(table.frame) == len(states) - states.count(MISSING)
    counts = f"of 35 items {states.count(REPORTED)} are reported, in whole or in part, "
    assert counts + f"{states.count(SAID)} are said not to be known" in table.caption
    assert f"{states.count(MISSING)} are missing" in table.caption


def test_a_file_with_everything_turns_what_is_said_into_what_is_reported(study):
    plan = study.plan.model_copy(update={"losses": {"column": "why", "m": "moved away"}})
    frame = study.observations.assign(
        own_stretching_min_wk=10.0, adverse_event=False, anterior_hip_pain=True, why=None
    )
    whole = replace(study, plan=plan, clinic=replace(study.clinic, observations=frame))
    found = verdicts(whole)
    for number in ("13", "22", "24a", "27"):
        assert found[number].state == REPORTED, number
        assert not found[number].part, number
    assert found["24b"] == (REPORTED, "At the first visit", "own stretching")
    one_kind = replace(whole, clinic=replace(study.clinic, observations=frame.drop(
        columns="adverse_event")))  # fmt: skip
    assert verdicts(one_kind)["27"].part == "1 of 2 kinds"
    frame = frame.assign(arm=frame["arm"].replace("stretch_only", "my_own"))
    plan = plan.model_copy(update={"control": "my_own"})
    other = replace(whole, plan=plan, clinic=replace(study.clinic, observations=frame))
    assert verdicts(other)["13"].part == "1 of 2 arms"


def test_what_a_plan_declares_is_no_longer_said_to_be_unknown(study):
    plain = cohort_report.checklist(study).frame.set_index("Item")
    assert set(plain.loc[["2", "9", "20"], "Here"]) == {"said not to be known"}
    assert "registration" not in cohort_report.missing_items(study).markdown
    assert "under `[trial]`" in cohort_report.missing_items(study).markdown
    full = cohort_report.checklist(with_trial(study)).frame.set_index("Item")
    assert set(full.loc[["2", "9", "17", "20"], "Here"]) == {"reported"}
    assert "[trial]" not in cohort_report.missing_items(with_trial(study)).markdown


def renderings():
    for design in DESIGNS:
        yield "checklist", {"n": 35, "n_here": 18, "n_said": 5, "n_missing": 12, "design": design}
    yield "no_checklist", None
    for more in (True, False):
        yield "missing_items", {"items": consort_items(), "has_more_to_say": more}
    for state, part in (("said", ""), ("reported", ""), ("reported", "benefits")):
        yield "state", {"state": state, "part": part}
    for turning, p, holds in product((0, 1, 3), (0.01, 1.0), (True, False)):
        one = Influence(39, -0.9, -1.1, -0.7, turning, 3.1, p, 0.2)
        for is_of_zero in (True, False):
            yield "influence", {"influence": one, "digits": 2, "holds_zero": holds,
                                "is_of_zero": is_of_zero}  # fmt: skip
    for n in (5, 39):
        for has, inside in product((True, False), repeat=2):
            one = LimbCorrelation(0.8, 0.6, 0.9, n)
            yield "limbs", {"week": 12, "one": one, "has_interval": has, "level": 95.0,
                            "in_clusters": inside}  # fmt: skip


def test_every_branch_is_rendered_and_grammatical():
    every = list(renderings())
    assert unrendered("hipstudy.pages", "consort", every) == []
    for name, facts in every:
        text = TRIAL_WORDS(name, facts)
        assert not faults(text), (name, text)
        assert "\n" not in text.strip()


def test_the_report_says_who_the_answer_hangs_on_without_naming_anybody(study):
    import statsmodels.formula.api as smf

    means = study.limbs_at_both().drop(columns=["arm", "side"]).groupby("runner").mean()
    said = cohort_report.single_runners(study, smf.ols(study.formula, means).fit()).markdown
    assert "one runner at a time moves the difference from \u22120.89 to between" in said
    assert "hangs on single people" in said, "p is 0.0497: single runners turn it"
    assert cohort_report.single_runners(study, None).markdown == ""
    assert "The two hips of a runner go together" in cohort_report.two_limbs(study).markdown
