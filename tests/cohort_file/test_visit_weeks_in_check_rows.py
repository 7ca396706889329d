"""Who came a week early or late is left out of an analysis, and never in silence."""

from pathlib import Path

import pytest

from hipstudy.cohort_file.check import check_file
from hipstudy.pages.cohort_report import answer
from hipstudy.studies.cohort_study import run

ARMS = ("strength_plus_stretch", "stretch_only")


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def write(weeks_of, runners=40):
    lines = ["runner_id,side,arm,week,tightness_nrs"]
    lines += [
        f"R{runner:02},{side},{ARMS[runner % 2]},{week:g},{3 + (7 * runner + int(week)) % 6}"
        for runner in range(runners) for week in weeks_of(runner) for side in ("left", "right")
    ]  # fmt: skip
    Path("a.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return Path("a.csv")


def warned(weeks_of):
    checked = check_file(write(weeks_of))
    assert checked.ok
    return [found for found in checked.warnings if "look like one visit" in found.rule]


def around(runner):
    """Fourteen runners at week 12, eight at 11, eighteen at 13."""
    return (0, 6, 12 if runner < 14 else 11 if runner < 22 else 13)


def plan(analysis="ancova"):
    Path("plan.toml").write_text(
        f'primary = "tightness_nrs"\nweek = 12\ntreatment = "{ARMS[0]}"\ncontrol = "{ARMS[1]}"\n'
        f'margin = 0.5\nanalysis = "{analysis}"\n'
    )
    return "plan.toml"


def test_weeks_around_a_visit_are_said_with_whom_a_plan_leaves_out():
    (found,) = warned(around)
    assert "weeks 11, 12 and 13 look like one visit" in found.rule
    assert "32 of 40 for week 11; 26 of 40 for week 12; 22 of 40 for week 13" in found.rule
    assert "a plan without window_weeks counts those of exactly its week" in found.rule
    assert "give the plan window_weeks" in found.mend
    assert (found.column, found.row) == ("week", 6)


def test_each_visit_is_said():
    found = warned(lambda runner: (0, 5 + runner % 2, 11 + runner % 3 / 2))
    assert ["weeks 5 and 6" in found[0].rule, "weeks 11, 11.5 and 12" in found[1].rule] == [1, 1]


def test_many_weeks_are_not_listed_one_by_one():
    (found,) = warned(lambda runner: (0, 11 + runner / 20))
    assert "weeks 11 to 12.95 look" in found.rule
    assert len(found.rule) < 400  # the five fullest only


@pytest.mark.parametrize(
    "weeks_of",
    [
        lambda _: (0, 6, 12),
        lambda _: (0, *range(1, 13)),
        lambda runner: (0, *(week for week in range(1, 13) if (week + runner) % 7)),
        lambda runner: (0, 10, 12) if runner % 5 else (0, 10),
        lambda runner: (0, 6) if runner % 2 else (0, 12),
        lambda _: (0,),
    ],
)
def test_visits_that_are_visits_of_their_own_are_not_said(weeks_of):
    assert warned(weeks_of) == []


@pytest.mark.parametrize("analysis", ["ancova", "mixed"])
def test_page_one_says_how_many_are_left_out(analysis):
    study = run(cohort=str(write(around)), analysis_plan=plan(analysis))
    said = "26 of 40 runners came at week 11 or 13, and the plan asks for week 12 exactly."
    assert said in answer(study).basis


def test_page_one_counts_few_as_well_as_many():
    one = write(lambda runner: (0, 13 if runner in (3, 5) else 12))
    basis = answer(run(cohort=str(one), analysis_plan=plan())).basis
    assert " 2 of 40 runners came at week 13, and the plan asks" in basis
    everybody = write(lambda _: (0, 12))
    assert "exactly" not in answer(run(cohort=str(everybody), analysis_plan=plan())).basis
