"""Planned differences then and now: the parts of a change add up, and each is a refit."""

import re
from dataclasses import replace
from itertools import pairwise
from math import isnan

import monthly_files
import numpy as np
import pandas as pd
import pytest

from hipstudy.analysis.plan import read_plan
from hipstudy.resources import place
from hipstudy.studies import change_split, cohort_study
from hipstudy.studies.change_split import EarlierReport

PLAN = place("data", "analysis_plan.toml").read_text(encoding="utf-8")
PARTS = list(change_split.PARTS)


@pytest.fixture(scope="module")
def months(tmp_path_factory):
    return monthly_files.months(tmp_path_factory.mktemp("months"))


def split(now, then, plan=None, printed=None, **settings):
    study = cohort_study.run(cohort=str(now), **settings)
    plan = plan or study.settings.plan()
    is_run = printed is not None
    return study, change_split.change_split(study, EarlierReport(then, plan, printed, is_run))


def assert_adds_up(table):
    change = (table["now"] - table["then"]).to_numpy(float)
    assert np.allclose(table[PARTS].sum(axis=1), change, rtol=0, atol=1e-9)
    assert not table.isna().any(axis=None)


def test_over_twelve_months_the_parts_add_up_to_every_change(months):
    previous = None
    for before, month in pairwise(months):
        study, found = split(month.path, before.path)
        assert_adds_up(found.table)
        then = found.table["then"].to_numpy(float)
        if previous is not None:  # the file of then says what it said last month
            assert np.allclose(then, previous, rtol=1e-6, atol=1e-9)
        previous = found.table["now"].to_numpy(float)
        assert (found.table[["settings", "code", "noise"]] == 0).all(axis=None)
        assert study.primary.estimate == found.table["now"].iloc[0]


def test_the_part_of_new_data_is_a_refit_of_the_old_rows_as_they_are_now(months, tmp_path):
    before, month = months[4], months[5]
    keys = {tuple(one) for one in before.rows[monthly_files.KEYS].to_numpy()}
    there = [tuple(one) in keys for one in month.rows[monthly_files.KEYS].to_numpy()]
    path = tmp_path / "old rows.csv"
    month.rows[there].to_csv(path, index=False)
    alone = cohort_study.run(cohort=str(path)).primary.estimate
    study, found = split(month.path, before.path)
    row = found.figure(change_split.planned_keys(study)[0], "estimate")
    assert row["new_data"] == pytest.approx(study.primary.estimate - alone, abs=1e-9)
    assert row["edited_data"] == pytest.approx(alone - row["then"], abs=1e-9)


def test_the_same_file_twice_moves_nothing(months):
    _, found = split(months[0].path, months[0].path)
    assert (found.table[PARTS] == 0).all(axis=None)
    assert (found.table["then"] == found.table["now"]).all()
    assert not found.missing


def test_only_new_rows_move_nothing_by_edits(tmp_path):
    rows = monthly_files.example()
    runners = list(dict.fromkeys(rows["runner_id"]))[:40]
    path = tmp_path / "then.csv"
    rows[rows["runner_id"].isin(runners)].to_csv(path, index=False)
    now = tmp_path / "now.csv"
    rows.to_csv(now, index=False)
    _, found = split(now, path)
    assert (found.table["edited_data"] == 0).all()
    assert (found.table["new_data"] != 0).any()


def test_what_a_run_printed_otherwise_is_code(months):
    then = cohort_study.run(cohort=str(months[2].path))
    printed = then.effects()
    printed["estimate"] -= 0.25
    study, found = split(months[3].path, months[2].path, printed=printed)
    assert_adds_up(found.table)
    row = found.figure(change_split.planned_keys(study)[0], "estimate")
    assert row["code"] == pytest.approx(0.25)
    assert row["then"] == pytest.approx(then.primary.estimate - 0.25)


def test_another_analysis_is_settings(months, tmp_path):
    path = tmp_path / "plan.toml"
    text = PLAN.replace('analysis = "ancova"', 'analysis = "mixed"')
    assert 'analysis = "mixed"' in text
    path.write_text(text, encoding="utf-8")
    then = cohort_study.run(cohort=str(months[2].path), analysis_plan=str(path))
    study, found = split(months[2].path, months[2].path, read_plan(path), then.effects())
    row = found.figure(change_split.planned_keys(study)[0], "estimate")
    assert row["then"] == then.primary.estimate
    assert row["settings"] == pytest.approx(study.primary.estimate - then.primary.estimate)
    assert_adds_up(found.table)


def test_by_imputation_noise_is_small_and_the_parts_add_up(months, tmp_path):
    path = tmp_path / "plan.toml"
    kept = 'secondary = ["thomas_ext_deg"]'  # each outcome is drawn anew for every seed
    plan = re.sub("secondary = .*", kept, PLAN) + '\nmissing = "mar"\n'
    assert kept in plan
    path.write_text(plan, encoding="utf-8")
    study, found = split(months[6].path, months[5].path, analysis_plan=str(path))
    assert found.is_by_chance
    assert len(change_split.planned_keys(study)) == 2
    assert_adds_up(found.table)
    row = found.figure(change_split.planned_keys(study)[0], "estimate")
    assert row["noise"] != 0
    # Each printed figure is within about half of its last digit, 0.01, of its mean over seeds.
    assert abs(row["noise"]) < 0.04


def test_what_is_not_here_leaves_its_parts_empty_and_no_others(months):
    then = cohort_study.run(cohort=str(months[2].path))
    study = cohort_study.run(cohort=str(months[3].path))
    key = change_split.planned_keys(study)[0]
    own = EarlierReport(months[2].path, study.plan, then.effects(), is_run=True)

    def empty(earlier):
        row = change_split.change_split(study, earlier).figure(key, "estimate")
        return {name for name in ("then", *PARTS) if isnan(row[name])}

    no_file = replace(own, cohort=None, missing=(change_split.NO_FILE,))
    assert empty(no_file) == {"new_data", "edited_data", "settings", "code"}
    other = replace(own, missing=(change_split.OTHER_FILE,))
    assert empty(other) == {"code"}
    assert empty(replace(own, plan=None, missing=(change_split.NO_PLAN,))) == {"settings", "code"}
    assert empty(replace(own, printed=None, missing=(change_split.NOT_PRINTED,))) == {"code"}


def test_rows_of_then_that_have_not_all_of_the_plan_are_said(months, tmp_path):
    rows = months[0].rows
    rows[rows["week"] != "12"].to_csv(tmp_path / "then.csv", index=False)
    _, found = split(months[3].path, tmp_path / "then.csv")
    assert change_split.NOT_RERUN in found.missing
    assert found.changes is not None
    row = found.table.iloc[0]
    assert isnan(row["then"])
    assert isnan(row["edited_data"])


def test_the_table_has_the_columns_of_the_contract(months):
    _, found = split(months[1].path, months[0].path)
    assert list(found.table) == ["headline", "then", "now", "new_data", "edited_data", "settings",
                                 "code", "noise"]  # fmt: skip
    assert found.table["headline"].is_unique
    assert isinstance(found.table, pd.DataFrame)
