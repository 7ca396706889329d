"""The settings of every report are declared once; all that is wrong is said once, in one go."""

import json

import pytest

from hipstudy.errors import UsageProblems
from hipstudy.report.parameters_cell import read, tagged_cell
from hipstudy.resources import place
from hipstudy.studies import (
    cohort_study,
    compare_study,
    dose_study,
    evidence_study,
    preregistration_study,
)
from hipstudy.studies.cohort_study import CohortSettings
from hipstudy.studies.dose_study import DoseSettings
from hipstudy.studies.evidence_study import EvidenceSettings
from hipstudy.studies.preregistration_study import PreregistrationSettings
from hipstudy.studies.settings import CompareSettings

NOTEBOOKS = {
    "01_compare_protocols": CompareSettings,
    "02_cohort": CohortSettings,
    "03_evidence": EvidenceSettings,
    "04_dose_response": DoseSettings,
    "06_preregistration": PreregistrationSettings,
}


@pytest.mark.parametrize(("name", "model"), NOTEBOOKS.items())
def test_the_parameters_cell_is_the_declaration(name, model):
    """Name, type, default, unit, range and meaning; ``parameters_cell()`` writes the cell."""
    book = json.loads(place("notebooks", f"{name}.ipynb").read_text(encoding="utf-8"))
    assert tagged_cell(book, "parameters").strip() == model.parameters_cell()
    assert [parameter.name for parameter in read(book)] == list(model.model_fields)
    assert all(parameter.meaning for parameter in read(book))


def test_only_declared_names_are_taken():
    """What else a user has in the notebook is no parameter; what is not there has its default."""
    names = {"weeks": 4, "seed": 3, "my_list": [1], "np": json}
    values = CompareSettings.values_in(names)
    assert values == {"weeks": 4, "seed": 3}
    assert CompareSettings.check(values).n_runners == 100


def test_a_problem_that_several_steps_meet_is_listed_once():
    with pytest.raises(UsageProblems) as caught:
        dose_study.preflight({"protocol": "article_lo", "weeks": 99})
    said = str(caught.value).splitlines()
    assert len(said) == len(set(said)) == 2


@pytest.mark.parametrize("study", [compare_study, dose_study])
def test_a_number_of_runners_beside_a_cohort_file_is_not_ignored_without_a_word(study):
    (warning,) = study.preflight({"cohort": "rbds", "n_runners": 10})
    assert warning.value == "10"
    assert "n_runners is not used: the 28 runners of the cohort file are compared" in warning.rule
    assert study.preflight({"cohort": "rbds"}) == ()
    assert study.preflight({"n_runners": 10}) == ()


def test_every_report_has_a_check_before_its_run():
    for study in (cohort_study, compare_study, dose_study, evidence_study, preregistration_study):
        with pytest.raises(
            UsageProblems,
            match=r"parameter: found 'sead'; .* Did you mean seed\?|"
            r"parameter: found 'sead'; there is no parameter of this name",
        ):
            study.preflight({"sead": 1})
