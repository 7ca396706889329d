"""What page 1 says of a registered plan, in every language; and the words of a preregistration."""

import re
from itertools import product

import pytest
from grammar import faults
from template_branches import unrendered

from hipstudy.analysis.plan import AnalysisPlan
from hipstudy.pages import preregistration_report
from hipstudy.pages.preregistration_report.registered_question import _default_facts
from hipstudy.pages.shared import cells
from hipstudy.resources import place
from hipstudy.studies.preregistration_study import run
from hipstudy.studies.report_settings import LANGUAGES
from hipstudy.wording import Wording

FRONT = [
    ("on_registration", {"day": "2026-01-31", "n_others": n, "n_software": software})
    for n, software in product((0, 1, 12), (0, 2))
]


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_short_sentence_with_the_count_in_every_language(language):
    words = Wording("hipstudy.pages", "registration_front").in_language(language)
    for name, facts in FRONT:
        said = words(name, facts)
        assert 5 < len(said.split()) <= 25, said
        assert said.count(".") == 1
        numbers = re.findall(r"\d+", said.replace(facts["day"], ""))
        assert numbers == [str(facts["n_others"])] * (facts["n_others"] > 0)
        assert facts["day"] in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_branch_is_reached(language):
    assert unrendered("hipstudy.pages", "registration_front", FRONT, language) == []


def test_every_field_that_may_be_left_out_has_its_words():
    least = {
        "primary": "tightness_nrs",
        "week": 12,
        "treatment": "a",
        "control": "b",
        "margin": 1.0,
    }
    plan = AnalysisPlan.model_validate(least, context=least)
    words = Wording("hipstudy.pages", "preregistration")
    rows = cells(words("defaults", _default_facts(plan)))
    said = {row[0]: row[1] for row in rows}
    needed = {"primary", "week", "treatment", "control", "note", "trial", "cluster"}
    assert set(said) == set(AnalysisPlan.model_fields) - needed
    assert all(len(row) == 3 for row in rows)
    for name in ("alpha", "design", "margin_is", "model_arms", "covariance", "missing", "analysis"):
        assert said[name] == str(AnalysisPlan.model_fields[name].default)


def test_a_plan_that_says_all_leaves_no_default(tmp_path):
    plan = AnalysisPlan.model_validate(
        least := {"primary": "tightness_nrs", "week": 12, "treatment": "a", "control": "b",
                  "margin": 1.0},
        context=least,
    )  # fmt: skip
    path = tmp_path / "plan.toml"
    import tomli_w

    path.write_text(tomli_w.dumps(plan.spelled_out()), encoding="utf-8")
    study = run(analysis_plan=str(path))
    assert study.plan.fingerprint == plan.fingerprint
    assert preregistration_report.fixed_by_default(study).markdown.startswith("The plan leaves no")


@pytest.mark.parametrize("case", ["c04_crossover", "c04c_clusters", "c04d_single_arm"])
def test_every_page_is_made_of_every_design(case):
    path = place("tests", "cohort_cases", f"{case}.toml")
    study = run(analysis_plan=str(path), n_runners=60, report_date="2026-01-31")
    for name in preregistration_report.__all__:
        shown = getattr(preregistration_report, name)(study)
        assert shown._repr_mimebundle_()


def facts_of_preregistrations():
    """Pairs of a passage and facts of it that reach every branch."""
    either = (False, True)
    least = {
        "primary": "tightness_nrs",
        "week": 12,
        "treatment": "a",
        "control": "b",
        "margin": 1.0,
    }
    plan = AnalysisPlan.model_validate(least, context=least)
    yield "simulated", {}
    yield "across", {}
    for date, arms, n in product(("", "2026-01-31"), (["a"], ["a", "b"]), (0, 48)):
        yield "title", {"outcome": "x", "week": 12, "date": date, "arms": arms, "n_runners": n}
    yield "fingerprints", {"fingerprint": "ab", "file": "cd"}
    yield from ((name, {"n": 2}) for name in ("plan_in_words", "no_defaults", "trial"))
    yield from (("fixed_by_default", {"n": n}) for n in (1, 12))
    for by_date, window in product(either, (0.0, 1.0)):
        yield "defaults", _default_facts(plan) | {"by_date": by_date, "window": window}
    for has, by_date in product(either, either):
        own = {"has_runners": has, "has_visits": has, "has_codes": has, "by_date": by_date}
        yield "left_open", own | {"undeclared": [] if has else ["allocation", "blinding"]}
    for *said, n in product(either, either, either, either, (0, 1, 4)):
        names = ("is_parallel", "of_person", "has_covariates", "imputes")
        own = {"least": 5, "design": "parallel", "n_tests": n}
        yield "fixed_by_hipstudy", own | dict(zip(names, said, strict=True))
    for n in (0, 60, 500):
        yield "on_shells", {"n_shells": 60, "n_runners": n, "seed": 0}


def test_every_passage_of_a_preregistration_is_reached_short_and_grammatical():
    """At most 32 words between full stops: it is a document of terms and lists."""
    every = list(facts_of_preregistrations())
    assert unrendered("hipstudy.pages", "preregistration", every) == []
    words = Wording("hipstudy.pages", "preregistration")
    for name, facts in every:
        said = words(name, facts)
        assert not faults(said.replace(" %)", ")")), name
        for sentence in re.split(r"[.:;]\s|\n", said):
            assert len(sentence.split()) <= 32, sentence
