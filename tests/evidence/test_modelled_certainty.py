"""GRADE of a modelled difference: each domain by its rule, and the level by their sum."""

from dataclasses import replace

import pytest

from hipstudy.evidence import number_basis, trials
from hipstudy.evidence.modelled_certainty import (
    DECIDING,
    FELT,
    ModelledCertainty,
    modelled_certainty,
)
from hipstudy.pages import compare_report
from hipstudy.pages.compare_report.simulation_reporting import stress_facts
from hipstudy.parameters import shipped
from hipstudy.studies import compare_study

SURE = ModelledCertainty(
    n_numbers=10, n_assumed=0, n_deciding=2, n_deciding_assumed=0, n_cases=4, n_felt=4,
    lowest=0.2, highest=0.4, n_apart=0, low=0.1, high=0.5,
)  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "domain", "off", "level"),
    [
        ({}, "risk_of_bias", 0, "high"),
        ({"n_assumed": 1}, "risk_of_bias", 1, "moderate"),
        ({"n_assumed": 3, "n_deciding_assumed": 1}, "risk_of_bias", 2, "low"),
        ({"n_felt": 1}, "indirectness", 1, "moderate"),
        ({"n_felt": 0}, "indirectness", 2, "low"),
        ({"n_cases": 0, "n_felt": 0}, "indirectness", 2, "low"),
        ({"lowest": -0.2}, "inconsistency", 1, "moderate"),
        ({"lowest": -0.004}, "inconsistency", 0, "high"),  # 0.00 as it is printed
        ({"n_apart": 1}, "inconsistency", 1, "moderate"),
        ({"n_apart": None}, "inconsistency", 0, "high"),
        ({"low": 0.004}, "imprecision", 1, "moderate"),
        ({"low": -0.1}, "imprecision", 1, "moderate"),
        ({"low": -0.5, "high": -0.1}, "imprecision", 0, "high"),
        ({"n_felt": 0, "n_assumed": 1, "n_deciding_assumed": 2}, "risk_of_bias", 2, "very low"),
    ],
)
def test_each_domain_by_its_rule(facts, domain, off, level):
    one = replace(SURE, **facts)
    assert (getattr(one, domain), one.level) == (off, level)


def test_counts_are_those_of_the_shipped_numbers_and_trials():
    one = modelled_certainty(lowest=0, highest=0, n_apart=None, low=0, high=0)
    counts = number_basis.counts()
    assert (one.n_numbers, one.n_assumed) == (counts.total, counts.assumed)
    assert one.n_cases == len(trials.shipped())
    assert one.n_felt == 0, "a case of what is felt came: say so where it is denied"
    assert not {case.outcome for case in trials.shipped()} & set(FELT)
    assert one.n_deciding_assumed == sum(shipped()[name].assumed for name in DECIDING) == 2
    assert one.level == "very low"


def test_the_page_says_the_study_s_own_facts():
    study = compare_study.run(n_runners=6, weeks=3, n_draws=7, seed=5, causal_share=0.5)
    grade = compare_report.modelled_grade(study).frame.set_index("Domain")["Levels, and why"]
    counts = number_basis.counts()
    assert f"{counts.assumed} of {counts.total} numbers are assumptions" in grade["Risk of bias"]
    assert grade["Certainty"] == "very low"
    facts = stress_facts(study)
    assert (facts["n_runners"], facts["n_draws"], facts["seed"], facts["n_set"]) == (6, 7, 5, 1)
    rows = compare_report.stress(study).frame
    assert len(rows) == 18
    assert list(rows["Part"][rows["Part"] != ""]) == [
        "Objectives", "Logic", "Data", "Experiments", "Program", "Access",
    ]  # fmt: skip
    said = " ".join(rows["Here"])
    for part in ("6 runners of two limbs", "7 draws", "seed 5", "3 weeks by days", "1 was set"):
        assert part in said, part
    moves = compare_report.certainty_moves(study).markdown
    assert "The certainty would rise" in moves
    assert "The model would be refuted" in moves
    assert "The certainty cannot fall: very low is the least" in moves


def test_a_trial_of_what_is_felt_would_raise_it():
    case = trials.shipped()[0].model_copy(update={"outcome": FELT[0]})
    how = {"lowest": 0, "highest": 0, "n_apart": None, "low": 0, "high": 0}
    assert modelled_certainty(**how, published=(case,)).indirectness == 0
