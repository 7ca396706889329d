"""A made-up file fits the plan that it was made for, whatever the design, and hints at nothing."""

from pathlib import Path

import numpy as np
import pytest

from hipstudy.analysis.plan import AnalysisPlan, read_plan
from hipstudy.resources import place
from hipstudy.studies.planned_cohort import planned_cohort, planned_weeks, runners_in_shells
from hipstudy.studies.preregistration_study import run

CASES = Path(__file__).resolve().parents[1] / "cohort_cases"
PLANS = [place("data", "analysis_plan.toml"), *sorted(CASES.glob("*.toml"))]


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_every_plan_has_shells_with_an_answer(path):
    """Crossover, legs, clusters, one arm, outcomes of persons, windows."""
    study = run(analysis_plan=str(path))
    assert not np.isnan(study.shells.primary.estimate)
    assert study.shells.is_example
    assert study.shells.plan.prespecified
    assert study.shells.not_measured == ()


def _plan(**fields):
    own = {"primary": "tightness_nrs", "week": 12, "treatment": "a", "control": "b", "margin": 0.5}
    table = {**own, **fields}
    return AnalysisPlan.model_validate(table, context=table)


def test_the_same_seed_gives_the_same_file_and_another_gives_another():
    plan = _plan()
    one, same, other = (planned_cohort(plan, 48, seed) for seed in (1, 1, 2))
    assert one.equals(same)
    assert not one["tightness_nrs"].equals(other["tightness_nrs"])


def test_the_arms_differ_by_chance_alone():
    """The standardised difference over many seeds has mean 0 within Monte Carlo error."""
    seen = []
    for seed in range(40):
        frame = planned_cohort(_plan(), 60, seed)
        ends = frame[frame["week"] == 12].groupby(["runner_id", "arm"])["tightness_nrs"].mean()
        arms = ends.groupby("arm")
        gap, spread = arms.mean(), np.sqrt((arms.var() / arms.size()).sum())
        seen.append((gap["a"] - gap["b"]) / spread)
    assert abs(np.mean(seen)) < 4 / np.sqrt(len(seen))
    assert 0.7 < np.std(seen) < 1.4


def test_the_file_has_the_visits_of_the_plan_and_dates_where_it_asks_for_them():
    assert planned_weeks(_plan(visits=[6, 24])) == (0, 6, 12, 24)
    assert planned_weeks(_plan(design="crossover")) == (0, 6, 12)
    frame = planned_cohort(_plan(date="seen"), 48, 0)
    assert "week" not in frame
    assert sorted(set(frame["seen"])) == ["2024-01-01", "2024-03-25"]


def test_as_many_runners_as_planned_fill_the_shells_within_what_can_be_shown():
    assert [runners_in_shells(n) for n in (0, 10, 80, 5000)] == [60, 48, 80, 300]


def test_outcomes_and_columns_of_the_plan_s_own_are_filled():
    own = {"unit": "points", "low": -5.0, "high": 5.0, "better": "higher", "of": "person"}
    plan = _plan(
        outcomes={"score": own}, primary="score", covariates=["bmi"], strata=["centre"],
        losses={"moved": "moved away"}, contrasts=[["c", "b"]],
    )  # fmt: skip
    frame = planned_cohort(plan, 60, 0)
    assert frame["score"].between(-5, 5).all()
    assert (frame.groupby(["runner_id", "week"])["score"].nunique() == 1).all()
    assert set(frame["centre"]) == {"A", "B"}
    assert (frame.groupby("runner_id")["bmi"].nunique() == 1).all()
    assert set(frame["arm"]) == {"a", "b", "c"}
    assert set(frame["loss_reason"]) == {"", "moved"}


@pytest.mark.parametrize(
    "fields",
    [
        {"date": "seen", "window_weeks": 1.0, "visits": [6, 12]},
        {"covariates": ["hours_since_stretch", "hagos_sport"], "strata": ["pelvis_controlled"]},
        {"missing": "jump-to-reference", "contrasts": [["c", "b"]], "model_arms": "all"},
    ],
    ids=["dates", "columns without values at baseline", "imputed, three arms"],
)
def test_what_a_plan_may_ask_besides_is_in_its_file(tmp_path, fields):
    path = tmp_path / "plan.toml"
    path.write_text(_plan(**fields).toml(), encoding="utf-8")
    assert not np.isnan(run(analysis_plan=str(path)).shells.primary.estimate)


def test_a_plan_is_read_by_the_same_rules(tmp_path):
    path = tmp_path / "plan.toml"
    path.write_text(_plan().toml(), encoding="utf-8")
    assert run(analysis_plan=str(path)).plan.fingerprint == read_plan(path).fingerprint
