"""What a plan declares of its trial, and why runners were lost, by arm."""

import pandas as pd
import pytest

from hipstudy.analysis.loss_reasons import NO_CODE, OTHER_CODE, loss_column, loss_reasons
from hipstudy.analysis.plan import AnalysisPlan, read_plan
from hipstudy.errors import UsageProblems
from hipstudy.pages import cohort_report
from hipstudy.resources import place
from hipstudy.studies import cohort_study

ASKED = """
primary = "tightness_nrs"
week = 12
treatment = "strength_plus_stretch"
control = "stretch_only"
margin = 0.5
"""
DECLARED = """
[trial]
allocation = "by a computer"
registration = "DRKS00012345"

[losses]
column = "why"
m = "moved away"
i = "another injury"
"""


def read(folder, text):
    file = folder / "plan.toml"
    file.write_text(ASKED + text, encoding="utf-8")
    return read_plan(file)


def test_old_plans_keep_their_text(tmp_path):
    plain = read(tmp_path, "")
    assert not {"trial", "losses"} & {line.strip("[] ") for line in plain.toml().splitlines()}
    assert loss_column(plain) == ""
    told = read(tmp_path, DECLARED)
    assert told.fingerprint != plain.fingerprint
    assert loss_column(told) == "why"
    assert loss_column(read(tmp_path, '[losses]\nm = "moved"')) == "loss_reason"
    (tmp_path / "again.toml").write_text(told.toml(), encoding="utf-8")
    assert read_plan(tmp_path / "again.toml").fingerprint == told.fingerprint


def test_everything_wrong_is_told_at_once(tmp_path):
    text = f"""
[trial]
allocaton = "x"
blinding = 3
sample_size = "{"n" * 501}"

[losses]
m = " "
"""
    with pytest.raises(UsageProblems) as caught:
        read(tmp_path, text)
    said = str(caught.value).splitlines()
    assert len(said) == 4
    assert "Did you mean allocation?" in str(said)
    assert any("[trial], sample_size" in one and "at most 500" in one for one in said)
    assert any("losses" in one and "a reason in words for each code: m" in one for one in said)


def frame(codes):
    """Six runners of two arms, seen at 0; whom a code is given for are not seen at 12."""
    rows = [
        (runner, "left", "ab"[runner % 2], week, 5.0 if week == 0 or runner not in codes else None,
         codes.get(runner))
        for runner in range(6)
        for week in (0.0, 12.0)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["runner", "side", "arm", "week", "tightness_nrs", "why"])


def plan(**given):
    fields = {"primary": "tightness_nrs", "week": 12, "treatment": "a", "control": "b", "margin": 1}
    losses = {"column": "why", "m": "moved away", "i": "another injury"}
    return AnalysisPlan(**fields | {"losses": losses} | given)


def test_lost_runners_are_counted_by_reason_and_arm():
    table = loss_reasons(frame({0: "m", 1: " m", 2: "x", 3: None}), plan())
    assert table.set_index("reason").to_dict("index") == {
        "moved away": {"a": 1, "b": 1},
        "another injury": {"a": 0, "b": 0},
        OTHER_CODE: {"a": 1, "b": 0},
        NO_CODE: {"a": 0, "b": 1},
    }


def test_who_was_seen_is_not_lost_whatever_the_code():
    rows = frame({}).assign(why="m")
    assert loss_reasons(rows, plan()).iloc[:, 1:].to_numpy().sum() == 0


def test_without_codes_or_column_there_is_no_table():
    assert loss_reasons(frame({0: "m"}), plan(losses={})).empty
    assert loss_reasons(frame({0: "m"}).drop(columns="why"), plan()).empty


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """The example; of those lost, a runner in two has moved away."""
    folder = tmp_path_factory.mktemp("losses")
    rows = pd.read_csv(place("data", "example_cohort.csv"), dtype=str)
    seen = set(rows.loc[(rows["week"] == "12") & rows["tightness_nrs"].notna(), "runner_id"])
    lost = sorted(set(rows["runner_id"]) - seen)
    why = dict.fromkeys(lost[::2], "m") | dict.fromkeys(lost[1:2], "secret words")
    rows.assign(why=rows["runner_id"].map(why)).to_csv(folder / "c.csv", index=False)
    read(folder, DECLARED)
    return cohort_study.run(cohort=str(folder / "c.csv"), analysis_plan=str(folder / "plan.toml"))


def test_the_details_list_what_is_declared_and_count_reasons(study):
    table = cohort_report.trial(study).frame.set_index("Of the trial")["Declared"]
    assert table.to_dict() == {
        "Allocation": "by a computer", "Blinding": "not declared",
        "Registration": "DRKS00012345", "Sample size": "not declared",
    }  # fmt: skip
    shown = cohort_report.reasons(study)
    by_reason = shown.frame.set_index("Reason")
    total = by_reason.astype(int).to_numpy().sum()
    assert by_reason.loc["moved away"].astype(int).sum() == -(-total // 2) > 1
    assert by_reason.loc[OTHER_CODE].astype(int).sum() == 1
    assert "secret" not in f"{shown.frame}{shown.caption}"
    assert "details" in cohort_report.cost(study).markdown


def test_a_plan_without_reasons_says_so():
    one = cohort_study.run(cohort=str(place("data", "example_cohort.csv")))
    assert "declares no reasons" in cohort_report.reasons(one).markdown
    assert set(cohort_report.trial(one).frame["Declared"]) == {"not declared"}
