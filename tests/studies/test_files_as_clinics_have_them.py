"""Files that have dates instead of weeks, or persons without sides: analysed as the plan says."""

import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

from hipstudy.errors import DataProblems
from hipstudy.pages import cohort_report
from hipstudy.resources import place
from hipstudy.studies import cohort_study

PLAN = """
primary = "{primary}"
week = {week}
treatment = "{arms[0]}"
control = "{arms[1]}"
margin = 0.5
{more}
"""
FITS = {"plain_models": 2, "single_runners": 1}


def analysed(folder, frame, primary, week, arms, more=""):
    plan = folder / "plan.toml"
    text = PLAN.format(primary=primary, week=week, arms=arms, more=more)
    plan.write_text(text, encoding="utf-8")
    frame.to_csv(folder / "clinic.csv", index=False)
    return cohort_study.run(cohort=str(folder / "clinic.csv"), analysis_plan=str(plan))


def every_text(study):
    for page in cohort_report.__all__:
        made = getattr(cohort_report, page)(study, *[None] * FITS.get(page, 0))
        parts = [str(value) for value in vars(made).values()]
        yield from parts
        if isinstance(getattr(made, "frame", None), pd.DataFrame):
            yield made.frame.to_csv()


ARMS = ("strength_plus_stretch", "stretch_only")


def dated(jitter):
    """The example's file with a date for each week, and its weeks left out."""
    weeks = pd.read_csv(place("data", "example_cohort.csv"))
    codes = list(dict.fromkeys(weeks["runner_id"]))
    began = weeks["runner_id"].map({code: 3 * k for k, code in enumerate(codes)})
    rng = np.random.default_rng(5)
    visits = weeks.groupby(["runner_id", "week"]).ngroup()
    off = rng.integers(-jitter, jitter + 1, visits.max() + 1)[visits] * (weeks["week"] > 0)
    days = began + 7 * weeks["week"].astype(int) + off
    came = [(date(2024, 1, 8) + timedelta(int(day))).isoformat() for day in days]
    return weeks, weeks.drop(columns="week").assign(came_on=came)


@pytest.mark.parametrize(("jitter", "more"), [(3, ""), (7, "window_weeks = 1.0")])
def test_by_dates_the_answer_is_that_by_weeks(tmp_path, jitter, more):
    weeks, dates = dated(jitter)
    usual = analysed(tmp_path, weeks, "tightness_nrs", 12, ARMS)
    study = analysed(tmp_path, dates, "tightness_nrs", 12, ARMS, f'date = "came_on"\n{more}')
    assert study.primary == usual.primary
    if not more:
        assert study.effects().equals(usual.effects())
    assert not {"came_on", "day"} & set(study.observations)
    said = cohort_report.plan(study).frame.set_index("Attribute")["Here"]
    assert said["Visit that counts"].endswith("weeks since a runner's first date")
    if more:
        text = "\n".join(every_text(study))
        assert not [day for day in set(dates["came_on"]) if day in text]


def test_by_dates_the_mixed_model_and_the_tables_take_the_visits_that_the_plan_names(tmp_path):
    """Spread over the weeks around them, they are the visits of the same file by weeks."""
    weeks, dates = dated(7)
    usual = analysed(tmp_path, weeks, "tightness_nrs", 12, ARMS)
    more = 'date = "came_on"\nwindow_weeks = 1.0\nvisits = [6, 12]'
    study = analysed(tmp_path, dates, "tightness_nrs", 12, ARMS, more)
    assert study.effects().equals(usual.effects())
    assert study.results().equals(usual.results())
    for page in ("visits", "patterns", "missing"):
        one, same = (getattr(cohort_report, page)(each) for each in (study, usual))
        assert one.frame.equals(same.frame)
        assert "Visits of models and tables: weeks 6 and 12, as the plan names them" in one.caption
    said = cohort_report.plan(study).frame.set_index("Attribute")["Here"]
    assert said["Visits of models and tables"].startswith("Weeks after baseline: 6, 12, as planned")


def test_by_dates_weeks_to_which_few_came_are_no_visits_of_the_mixed_model(tmp_path):
    _, dates = dated(7)
    more = 'date = "came_on"\nwindow_weeks = 1.0'
    study = analysed(tmp_path, dates, "tightness_nrs", 12, ARMS, more)
    assert study.plan.planned_visits == (12.0,)
    assert set(study.effects()["week"]) == set(study.results()["week"]) - {0} == {12}
    rows = study.observations
    outside = rows["week"].between(1, 11) & rows["tightness_nrs"].notna()
    said = f"values of {rows[outside]['runner'].nunique()} runners in other weeks are in no visit"
    assert said in cohort_report.visits(study).caption
    assert study.by_model("mixed").n_runners == study.primary.n_runners
    assert "week 12, the plan's and any to which most came" in cohort_report.missing(study).caption


HEADACHE = """
covariates = ["age_y", "sex", "migraine", "chronicity"]
[outcomes.headache_score]
unit = "points"
low = 0.0
high = 100.0
better = "lower"
worthwhile = 5.0
of = "person"
"""


def headaches():
    rng = np.random.default_rng(1)
    rows = []
    for who in range(60):
        start = rng.normal(25, 7)
        arm = ("acupuncture", "control")[who % 2]
        traits = (int(rng.integers(20, 65)), "FM"[who % 3 == 0],
                  ("yes", "no")[rng.random() < 0.2], int(rng.integers(1, 40)))  # fmt: skip
        for week in (0, 12, 52):
            gain = (rng.normal(6, 4) + 3 * (arm == "acupuncture")) * (week > 0)
            value = round(float(np.clip(start - gain, 0, 100)), 1)
            rows.append((f"H{who:03d}", arm, week, value, *traits))
    names = ["runner_id", "arm", "week", "headache_score", "age_y", "sex", "migraine", "chronicity"]
    return pd.DataFrame(rows, columns=names)


@pytest.mark.parametrize("side", [None, ""])
def test_a_trial_of_persons_has_no_sides_and_no_outcome_of_the_format(tmp_path, side):
    rows = headaches()
    frame = rows if side is None else rows.assign(side=side)
    arms = ("acupuncture", "control")
    study = analysed(tmp_path, frame, "headache_score", 52, arms, HEADACHE)
    wide = rows.pivot(index="runner_id", columns="week", values="headache_score")
    table = wide.rename(columns={0: "start", 52: "end"})
    traits = ["arm", "age_y", "sex", "migraine", "chronicity"]
    table = table.join(rows.groupby("runner_id")[traits].first())
    table["treated"] = (table["arm"] == "acupuncture") * 1.0
    fit = smf.ols("end ~ treated + start + age_y + sex + migraine + chronicity", table).fit()
    one = study.primary
    assert (one.estimate, one.se) == pytest.approx(
        (fit.params["treated"], fit.bse["treated"]), abs=1e-6
    )
    assert (one.n_runners, one.df) == (60, fit.df_resid)
    assert not [warning for warning in study.clinic.cohort.warnings if warning.column == "side"]
    if side is None:
        assert "headache score" in "\n".join(every_text(study))


def test_what_is_of_a_limb_needs_its_side(tmp_path):
    arms, of_limb = ("acupuncture", "control"), HEADACHE.replace('"person"', '"limb"')
    with pytest.raises(DataProblems, match="there is no column side"):
        analysed(tmp_path, headaches(), "headache_score", 52, arms, of_limb)
    also_rated = headaches().assign(tightness_nrs=5)
    with pytest.raises(DataProblems, match="there is no column side"):
        analysed(tmp_path, also_rated, "headache_score", 52, arms, HEADACHE)
    other_name = headaches().rename(columns={"headache_score": "score"})
    with pytest.raises(DataProblems, match="there is no outcome"):
        analysed(tmp_path, other_name, "headache_score", 52, arms, HEADACHE)


def test_what_keeps_a_plan_and_its_dates_from_being_read_is_told_on_the_command_line(
    tmp_path, monkeypatch, capsys
):
    from hipstudy.cli.app import main

    monkeypatch.chdir(tmp_path)
    _, dates = dated(3)
    dates.loc[4, "came_on"] = "2024-02-31"
    dates.loc[9, "came_on"] = "soon"
    dates.to_csv("clinic.csv", index=False)
    arguments = ["report", "cohort", "--cohort", "clinic.csv", "-p", "analysis_plan", "plan.toml"]
    text = PLAN.format(primary="tightness_nrs", week=12, arms=ARMS, more='date = "came_on"')
    Path("plan.toml").write_text(text, encoding="utf-8")
    assert main(arguments) == 1
    said = capsys.readouterr().err
    assert "clinic.csv: a date of the calendar is needed" in said
    assert "Column came_on: rows 6, 11." in said
    assert "2024-02-31" not in said
    assert "soon" not in said
    more = 'design = "single-arm"\nanalysis = "ancova"\nwindow_takes = "worst"\nmissing = "mar"\n'
    Path("plan.toml").write_text(text + more, encoding="utf-8")
    assert main(arguments) == 2
    said = capsys.readouterr().err
    for field in ("control", "analysis", "window_takes", "missing"):
        assert f"plan.toml, {field}: found" in said


def test_a_check_by_the_plan_reads_what_the_plan_names(tmp_path):
    """Without it the same file is asked for weeks; a wrong plan is told as one."""
    _, frame = dated(3)
    frame.to_csv(tmp_path / "clinic.csv", index=False)
    text = PLAN.format(primary="tightness_nrs", week=12, arms=ARMS, more='date = "came_on"')
    (tmp_path / "plan.toml").write_text(text, encoding="utf-8")
    (tmp_path / "wrong.toml").write_text(f"{text}dat = 1\n", encoding="utf-8")

    def check(*more):
        command = [sys.executable, "-m", "hipstudy", "check", "clinic.csv", *more]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)

    assert check().returncode == 1
    by_plan = check("--plan", "plan.toml")
    assert by_plan.returncode == 0, by_plan.stdout
    assert "2024" not in by_plan.stdout + by_plan.stderr
    wrong = check("--plan", "wrong.toml")
    assert wrong.returncode == 2
    assert "there is no field dat. Did you mean date?" in wrong.stderr
