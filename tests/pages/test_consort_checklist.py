"""The checklist of a trial's report: every place that it names is there, and gaps are said."""

import json
from dataclasses import replace
from itertools import product

import pytest
from grammar import faults
from template_branches import unrendered

from hipstudy.analysis.designs.plan_rules import DESIGNS
from hipstudy.analysis.influence import Influence
from hipstudy.analysis.limb_correlation import LimbCorrelation
from hipstudy.analysis.trial_facts import TrialFacts
from hipstudy.pages import cohort_report
from hipstudy.pages.cohort_report.consort_checklist import TRIAL_WORDS, consort_items
from hipstudy.resources import place
from hipstudy.studies import cohort_study

FRONT = {"page 1", "page 2"}


@pytest.fixture(scope="module")
def study():
    return cohort_study.run(cohort=str(place("data", "example_cohort.csv")))


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


def test_what_a_plan_declares_is_no_longer_missing(study):
    plain = cohort_report.checklist(study)
    assert not {"2", "9", "20"} & set(plain.frame["Item"])
    said = cohort_report.missing_items(study).markdown
    assert "; 2 registration; " in said
    assert "9 design of the trial and allocation ratio; " in said
    trial = TrialFacts(registration="ISRCTN1", allocation="1:1", blinding="assessor")
    declared = replace(study, plan=study.plan.model_copy(update={"trial": trial}))
    full = cohort_report.checklist(declared)
    assert {"2", "9", "17", "20"} <= set(full.frame["Item"])
    assert len(full.frame) == len(plain.frame) + 4
    assert f"{len(full.frame)} of {len(consort_items())} items" in full.caption
    assert "registration" not in cohort_report.missing_items(declared).markdown


def renderings():
    for design in DESIGNS:
        yield "checklist", {"n": 35, "n_here": 18, "design": design}
    yield "no_checklist", None
    for planned in (True, False):
        yield "missing_items", {"items": consort_items(), "was_planned": planned}
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
