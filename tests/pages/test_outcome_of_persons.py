"""An outcome of persons: no word of a report of it speaks of limbs, and nobody goes unsaid."""

import json
import re
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import pytest
import statsmodels.formula.api as smf
from figure_texts import recorded_texts

from hipstudy import show
from hipstudy.pages import cohort_report
from hipstudy.pages.glossary import TERMS, glossary
from hipstudy.resources import place
from hipstudy.studies import cohort_study

CASES = Path(__file__).parents[1] / "cohort_cases"
LIMBS = re.compile(r"(?i)\b(?:limbs?|legs?|hips?|Beine?[ns]?|Hüften?|piernas?|caderas?)\b")
# Said of harms and of the format, whatever is analysed.
OF_HARMS = (
    "Groin or deep front-of-hip pain", "pain at the front of the hip",
    "Schmerz vorne an der Hüfte", "tief vorne in der Hüfte",
    "dolor anterior de cadera", "profundo anterior de cadera",
)  # fmt: skip
NOT_HERE = ("hypothesis", "hypothesis_numbers", "plain_models", "single_runners")


@lru_cache
def study(language="en"):
    if language != "en":
        one = study()
        return replace(one, settings=one.settings.model_copy(update={"language": language}))
    files = {"cohort": "c31_person_level.csv", "analysis_plan": "c31_person_level.toml"}
    return cohort_study.run(**{name: str(CASES / file) for name, file in files.items()})


def texts(shown):
    """Every word of what a page shows, those in a picture too."""
    if isinstance(shown, show.Text):
        return [shown.markdown]
    if isinstance(shown, show.Answer):
        return [shown.sentence, shown.basis]
    if isinstance(shown, show.Table):
        return [
            shown.caption,
            *map(str, shown.frame.columns),
            *map(str, shown.frame.to_numpy().flat),
        ]
    return [shown.caption, shown.alt] if isinstance(shown, show.Figure) else []


def every_text(one):
    for name in cohort_report.__all__:
        if name in NOT_HERE:
            continue
        with recorded_texts() as drawn:
            shown = getattr(cohort_report, name)(one)
            if isinstance(shown, show.Figure):
                shown.figure.canvas.draw()
        yield from ((name, text) for text in (*texts(shown), *(each.words for each in drawn)))
    limbs = one.limbs_at_both()
    means = limbs.drop(columns=["arm", "side"]).groupby("runner", as_index=False).mean()
    ols = smf.ols(one.formula, means).fit()
    for shown in (
        cohort_report.plain_models(one, ols, None),
        cohort_report.single_runners(one, ols),
    ):
        yield from (("plain", text) for text in texts(shown))
    yield "two_limbs", cohort_report.two_limbs(one).markdown


def without_harms(text):
    for said in OF_HARMS:
        text = re.sub(re.escape(said), "", text, flags=re.IGNORECASE)
    return text


@pytest.mark.parametrize("language", ["en", "de", "es"])
def test_no_word_of_a_report_speaks_of_limbs(language):
    found = [(name, text) for name, text in every_text(study(language))
             if LIMBS.search(without_harms(text))]  # fmt: skip
    assert not found


def test_the_notebook_and_the_terms_do_not_either():
    notebook = json.loads(place("notebooks", "02_cohort.ipynb").read_text(encoding="utf-8"))
    told = [
        "".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "markdown"
    ]
    assert not [text for text in told if LIMBS.search(text)]
    assert any(one.name == "limb" for one in TERMS)
    assert "**limb**" in glossary("cohort").markdown
    assert "**limb**" not in glossary("cohort", without=("limb",)).markdown


def test_nothing_is_said_twice_and_no_table_is_empty():
    one = study()
    assert "does not know" in cohort_report.changes(one).markdown
    assert cohort_report.responders(one).markdown == ""
    assert cohort_report.instruments(one).markdown == ""
    assert "the file has none of these" in cohort_report.on_instruments(one).markdown


def test_points_are_called_so_in_the_language_of_the_page():
    assert "Vorteil von 5 Punkten" in cohort_report.answer(study("de")).basis
    assert "Änderung von 8 Punkten" in cohort_report.answer(study("de")).basis
    assert " 5 puntos " in cohort_report.answer(study("es")).basis


def test_every_runner_is_accounted_for():
    one = study()
    basis = cohort_report.answer(one).basis
    assert "40 of 48 runners." in basis
    said = "Not in the analysis: 8 runners. With an unknown covariate: 2."
    assert f"{said} With neither baseline nor end value: 1. Without an end value: 5." in basis
    frame = cohort_report.not_analysed(one).frame
    counts = frame.iloc[:, 1:].astype(int)
    assert counts.sum().to_list() == [24, 24]
    assert counts.iloc[-1].sum() == one.primary.n_runners == 40
    tipping = cohort_report.missing_values(one).caption
    assert "5 of 45 runners imputed" in tipping
    assert ("In no imputation: 2 runners with an unknown covariate, 1 runner with neither "
            "baseline nor end value.") in tipping  # fmt: skip


def test_what_the_missing_depend_on_has_the_covariates():
    one = study()
    said = "depends on arm, baseline and covariates only"
    assert said in cohort_report.on_assumptions(one).markdown
    plan = cohort_report.plan(one).frame.set_index("Attribute")["Here"]
    assert plan["Missing at the end"].endswith(said)
    assert plan["Unit"] == "Runner"
