"""Every passage on designs in the details: rendered, grammatical."""

from itertools import product

from grammar import faults
from template_branches import unrendered
from test_designs_front import PLANS

from hipstudy.analysis.margin_tests import MARGIN_KINDS
from hipstudy.pages.cohort_report.design_details import plain_formula, words
from hipstudy.studies import cohort_study


def renderings():
    for design, (model, *_) in PLANS:
        options = product(((), ("age_y",)), (True, False), MARGIN_KINDS)
        for adjusted, given, kind in options:
            yield "effect", {
                "design": design, "model": model, "margin_is": kind, "week": 12,
                "contrast": "A − B", "level": 95.0,
                "prespecified": given, "adjusted": adjusted, "gate": {
                    "has_secondary": given, "is_open": False, "speaking": (), "alpha": 0.05,
                    "prespecified": given},
            }  # fmt: skip
        facts = {"design": design, "model": model}
        yield "about", facts
        for terms in ([], ["age_y", "C(sex)"]):
            yield "formula", facts | {"terms": terms}
        for page in ("visits", "changes", "responders"):
            yield "not_made", {"design": design, "page": page}
    yield "first", "Stretch only"
    yield "within_rows", {"n": 20, "n_without": 3, "share": 0.5, "shares": (0.2, 0.9)}
    arms = {"treatment": "A", "control": "B"}
    for period in ((-0.15, -0.5, 0.2), None):
        yield "crossover_rows", arms | {
            "sizes": (10, 9), "first_week": 6.0, "week": 12, "period": period, "digits": 2,
        }  # fmt: skip
    for icc, ends, df in ((0.342, (0.05, 0.71), 10.0), (0.0, None, 10.0), (None, None, None)):
        yield "cluster_rows", arms | {
            "clusters": (6, 7), "smallest": 2, "largest": 9, "icc": icc, "df": df,
            "icc_ends": ends, "level": 95.0,
        }  # fmt: skip
    yield "single_rows", {"n": 22}


ALL = [*renderings()]


def test_every_passage_and_branch_is_rendered():
    assert unrendered("hipstudy.pages", "designs", ALL) == []


def test_every_passage_is_grammatical():
    texts = [(name, words(name, facts).replace(" %)", ")")) for name, facts in ALL]
    assert not [(name, fault) for name, text in texts for fault in faults(text)]


def test_the_formula_of_clusters_is_the_planned_model_with_its_covariates(tmp_path):
    rows = [
        f"C{n:03},{side},{'ab'[n // 4 % 2]},{week},{(3 * n + week) % 8},{20 + n % 7},P{n // 4}"
        for n in range(48) for side in ("left", "right") for week in (0, 12)
    ]  # fmt: skip
    head = "runner_id,side,arm,week,tightness_nrs,shoe size,physio"
    (tmp_path / "file.csv").write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    for model in ("ancova", "mixed"):
        plan = (
            'primary = "tightness_nrs"\nweek = 12\ntreatment = "a"\ncontrol = "b"\n'
            f'design = "clusters"\ncluster = "physio"\nmargin = 0.5\nanalysis = "{model}"\n'
            'covariates = ["shoe size"]\n'
        )
        (tmp_path / "plan.toml").write_text(plan, encoding="utf-8")
        study = cohort_study.run(
            cohort=str(tmp_path / "file.csv"), analysis_plan=str(tmp_path / "plan.toml")
        )
        assert "`end ~ treated + baseline + shoe_size`" in plain_formula(study).markdown
