"""The box and the page of what changed: from a run's record and tables, and what is missing."""

from datetime import UTC, datetime

import pytest

from hipstudy import show
from hipstudy.pages import cohort_report
from hipstudy.pages.cohort_report.earlier_report import EFFECTS
from hipstudy.report import run_inputs, run_record
from hipstudy.report.run_record import InputFile, RunRecord, sha256
from hipstudy.resources import place
from hipstudy.studies import cohort_study

PLAN = place("data", "analysis_plan.toml").read_text(encoding="utf-8")
SHOWN = ("since_last_time", "on_since", "since_figures", "since_columns", "since_settings",
         "since_table")  # fmt: skip


@pytest.fixture(scope="module")
def example():
    """The example as it was reported, its file and its table of effects."""
    data = place("data", "example_cohort.csv").read_bytes()
    study = cohort_study.run(cohort=str(place("data", "example_cohort.csv")))
    return data, study.effects().to_csv(index=False)


@pytest.fixture
def run(example, tmp_path):
    """Write an earlier run and its files; give the settings that compare with it."""

    def write(*, effects="", plan="", record=None, **settings):
        data, printed = example
        folder = tmp_path / "reports"
        (folder / "tables").mkdir(parents=True)
        (folder / EFFECTS).write_text(effects or printed, encoding="utf-8")
        then = tmp_path / "then.csv"
        then.write_bytes(data)
        inputs = [InputFile("cohort", "then.csv", sha256(data))]
        more = {}
        if plan:
            (tmp_path / "plan.toml").write_text(plan, encoding="utf-8")
            inputs.append(InputFile("analysis_plan", "plan.toml", sha256(plan)))
            more["since_plan"] = str(tmp_path / "plan.toml")
        own = RunRecord(
            "cohort",
            datetime(2026, 2, 28, tzinfo=UTC),
            "February",
            "0.0.9",
            settings={"cohort": "then.csv", "mcid_nrs": 1.5, "small_cells": False},
            inputs=tuple(inputs),
            versions={"python": "3.0"},
            outputs={EFFECTS: sha256(printed)},
            **(record or {}),
        )
        path = folder / run_record.RECORD_FILE
        path.write_text(run_record.text({"cohort": own.table()}), encoding="utf-8")
        files = {"since": str(path), "since_cohort": str(then)} | more
        return cohort_study.run(cohort=str(then), **files | settings)

    return write


def texts(study):
    """Everything that the pages show of it."""
    shown = [getattr(cohort_report, name)(study) for name in SHOWN]
    return [one.markdown if isinstance(one, show.Text) else one.frame.to_csv() for one in shown]


def test_nothing_is_shown_without_since(example):
    study = cohort_study.run(cohort=str(place("data", "example_cohort.csv")))
    assert texts(study) == [""] * len(SHOWN)
    assert study.effects().to_csv(index=False) == example[1]


def test_settings_and_versions_that_differ_are_listed(run):
    box, words, figures, columns, settings, table = texts(run())
    assert box.startswith("> **Since 2026-02-28:** the file says the same.")
    assert "nothing moved it" in box
    assert "called “February”" in words
    assert "mcid_nrs,1.5,2" in settings
    assert "hipstudy,0.0.9," in settings
    assert f"python,3.0,{run_inputs.library_versions()['python']}" in settings
    assert columns == ""
    assert "Tightness" in figures
    assert table.count("\n") > 20


def test_tables_that_were_altered_are_not_taken_for_what_was_printed(run):
    box, words, *_ = texts(run(effects="world,outcome\nmeasured,x\n"))
    assert "not as it left them" in words
    assert "cannot be split" in box
    assert "The difference was −0.892" in box  # what this version says of the old file


def test_another_plan_is_settings_and_its_fields_are_listed(run):
    study = run(plan=PLAN.replace("margin = 0.5", "margin = 0.8"))
    box, *_, settings, _ = texts(study)
    assert '"plan, margin",0.8,0.5' in settings
    assert "nothing moved it" in box


def test_a_plan_that_is_not_here_is_said(run):
    study = run(plan=PLAN.replace("margin = 0.5", "margin = 0.8"), since_plan="")
    _, words, *_ = texts(study)
    assert "The plan of that report is not here" in words
    assert "do not add up to the change" in words


def test_a_file_that_is_not_here_leaves_then_and_now(run):
    box, words, figures, columns, *_ = texts(run(since_cohort=""))
    assert "the older one is not here" in box
    assert "cannot be split" in box
    assert "--since-cohort FILE" in words
    assert "−0.892,−0.892" in figures
    assert columns == ""


def test_a_file_of_another_content_is_said(run, tmp_path):
    text = (place("data", "example_cohort.csv")).read_text(encoding="utf-8")
    other = tmp_path / "other.csv"
    other.write_text("\n".join(text.splitlines()[:-2]) + "\n", encoding="utf-8")
    box, words, *_ = texts(run(since_cohort=str(other)))
    assert "its digest is another" in words
    assert "cannot be split" in box


@pytest.mark.parametrize(("flag", "said"), [(False, "<5 runners"), (True, "2 (1 runner)")])
def test_few_runners_are_counted_out_only_where_the_owner_asks(run, tmp_path, flag, said):
    text = (place("data", "example_cohort.csv")).read_text(encoding="utf-8")
    older = tmp_path / "older.csv"
    older.write_text("\n".join(text.splitlines()[:-2]) + "\n", encoding="utf-8")
    box, *_ = texts(run(since=str(older), since_cohort="", small_cells=flag))
    assert said in box.replace("\\", "")
    assert box.startswith("> **Since the older file:**")
