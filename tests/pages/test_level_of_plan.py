"""A plan with another error rate: every interval of the cohort report has its level, said."""

import re
from importlib import import_module
from types import SimpleNamespace

import pytest
from reports_in_memory import SETTINGS, Setting, made

from hipstudy import show
from hipstudy.analysis.change_association import ChangesAssociation, Slope
from hipstudy.analysis.estimate import Question
from hipstudy.analysis.plan import shipped_plan
from hipstudy.resources import place
from hipstudy.studies.operating_characteristics import DetectionRate, Judgement, Rate

# What is no interval of the clinic's own: bands of the model, errors of readings, words explained.
OTHERS = (r"bands, 95 %", r"their 95 % interval counts runners", r"A 95 % interval comes from data")
# The package has the page under the name of its module.
hypothesis = import_module("hipstudy.pages.cohort_report.hypothesis")
SAID = {"de": r"97,5-%-Intervall", "es": r"[Ii]ntervalos? del 97,5 %"}


@pytest.fixture
def report(tmp_path, monkeypatch):
    """A report of the example by the default plan with another error rate."""

    def of(alpha, language, *, whole):
        file = tmp_path / "plan.toml"
        text = shipped_plan().toml().replace("alpha = 0.05", f"alpha = {alpha}")
        file.write_text(text, encoding="utf-8")
        given = {"cohort": str(place("data", "example_cohort.csv")), "language": language}
        name = f"cohort at {alpha}, {language}, {tmp_path.name}"
        monkeypatch.setitem(SETTINGS, name, Setting("cohort", given | {"analysis_plan": str(file)}))
        return made(name, whole=whole)

    return of


def texts(one):
    """All words that the cells showed, those of figures among them."""
    for _, shown in one.shown:
        if isinstance(shown, show.Text):
            yield shown.markdown
        elif isinstance(shown, show.Answer):
            yield f"{shown.sentence} {shown.basis}"
        elif isinstance(shown, show.Table):
            yield f"{shown.caption} {shown.frame.to_string()}"
        elif isinstance(shown, show.Figure):
            yield f"{shown.caption} {shown.alt}"
    yield from (str(text) for of_figure in one.texts.values() for text in of_figure)


def stray(text, level):
    """Levels in a text that are not the plan's, what is none of the clinic's intervals left out."""
    for other in OTHERS:
        text = re.sub(other, "", text)
    found = re.findall(r"(\d+(?:[.,]\d+)?)[ -]%[ -](?:[Ii]nterval)", text)
    found += re.findall(r"[Ii]ntervalos? del (\d+(?:[.,]\d+)?) %", text)
    return [one for one in found if one.replace(",", ".") != level]


@pytest.mark.parametrize(("alpha", "level"), [(0.01, "99"), (0.1, "90")])
def test_every_interval_of_a_whole_report_says_its_own_level(report, alpha, level):
    one = report(alpha, "en", whole=True)
    words = list(texts(one))
    assert [text for text in words if stray(text, level)] == []
    assert sum(f"{level} % interval" in text for text in words) >= 8
    (table,) = (t for t in one.all_shown(show.Download) if t.name == "effects")
    assert table.columns["ci_low"][1].startswith(f"lower end of the {level} % interval")
    width = one.study.primary.ci_high - one.study.primary.ci_low
    assert width == pytest.approx(2 * _half(one.study.primary, alpha))


def can_tell():
    """A judgement of which the slope is told: of the example's runners it is not."""
    rates = (DetectionRate(*[Rate(share, share - 0.02, share + 0.02)] * 4) for share in (0.01, 0.9))
    slope = Slope(-0.5, 0.1, -0.7, -0.3, 0.001)
    return Judgement(ChangesAssociation(slope, slope, 200, True, ""), *rates, 400)


@pytest.mark.parametrize(("alpha", "level"), [(0.01, "99"), (0.1, "90")])
def test_the_association_of_changes_says_the_level_of_its_plan(monkeypatch, alpha, level):
    monkeypatch.setattr(hypothesis, "judgement_of", lambda _: can_tell())
    plan = shipped_plan().model_copy(update={"alpha": alpha})
    study = SimpleNamespace(plan=plan, is_parallel=True)
    said = hypothesis.hypothesis(study).markdown
    assert f"(−0.70 to −0.30), {level} % interval)" in said
    assert f", {level} % intervals. " in hypothesis.hypothesis_numbers(study).caption
    assert stray(said, level) == []


def _half(one, alpha):
    from scipy import stats

    return stats.t.ppf(1 - alpha / 2, one.df) * one.se


@pytest.mark.parametrize("language", ["de", "es"])
def test_the_two_pages_say_it_in_every_language(report, language):
    one = report(0.025, language, whole=False)
    words = list(texts(one))
    assert [text for text in words if stray(text, "97.5")] == []
    assert sum(len(re.findall(SAID[language], text)) for text in words) == 3


def test_a_question_without_a_rate_has_that_of_the_default_plan():
    assert Question("y", 12, "a", "b").alpha == shipped_plan().alpha == 0.05
    assert shipped_plan().level_pct == 95.0
