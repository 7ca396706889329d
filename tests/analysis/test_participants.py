"""Who is in a cohort file: known answers, and nothing that tells about few runners."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hipstudy.analysis import arm_results, disclosure, participants, plan
from hipstudy.cohort_file import clinic
from hipstudy.resources import place

PLAN = plan.AnalysisPlan(
    primary="tightness_nrs", week=12, treatment="load", control="usual", margin=1
)
TABLES = {
    "flow": participants.flow,
    "table_1": participants.table_1,
    "missing": participants.missing,
    "patterns": participants.patterns,
    "harms": participants.harms,
    "own": lambda observations, _: participants.own_stretching(observations),
}


@pytest.fixture(scope="module")
def example():
    return clinic.read(place("data", "example_cohort.csv"), seed=0).observations


def cohort(n=12, arms=("load", "usual")):
    """Runners 1 to n an arm with both limbs at 0, 6, 12; limb values 4 and 6, by runner."""
    rows = []
    for a, arm in enumerate(arms):
        for i in range(n):
            for week in (0.0, 6.0, 12.0):
                rows += [
                    (a * n + i + 1, side, arm, week, value + i, "F" if i < n / 2 else "M", 30.0 + i)
                    for side, value in (("left", 4.0), ("right", 6.0))
                ]
    names = ["runner", "side", "arm", "week", "tightness_nrs", "sex", "age_y"]
    return pd.DataFrame(rows, columns=names)


def counts(frame, arm):
    here = frame[frame["arm"] == arm]
    return {
        (row.stage if row.stage != "seen" else f"seen {row.week:g}"): row.instead or row.n
        for row in here.itertuples()
    }


def cells(frame, **where):
    for name, value in where.items():
        frame = frame[frame[name] == value]
    return frame


def test_the_flow_of_the_example(example):
    found = participants.flow(example, plan.shipped_plan())
    assert counts(found, "") == {"in_file": 48, "no_baseline": 0, "no_arm": 0}
    assert counts(found, "strength_plus_stretch") == {
        "baseline": 24, "seen 6": 18, "seen 12": 21, "outcome_one": 21, "outcome_both": 21,
        "stopped": 2, "analysed": 21,
    }  # fmt: skip
    assert list(dict.fromkeys(found["arm"])) == ["", "strength_plus_stretch", "stretch_only"]


def test_the_flow_counts_runners_not_limbs():
    frame = cohort()
    gone = (frame["runner"] <= 5) & (frame["week"] == 12)
    one = (frame["runner"] == 6) & (frame["week"] == 12) & (frame["side"] == "left")
    unrated = (frame["runner"] == 7) & (frame["week"] == 12)
    other = (frame["runner"] == 8) & ((frame["week"] == 12) == (frame["side"] == "left"))
    frame.loc[unrated | other, "tightness_nrs"] = np.nan
    frame = frame[~gone & ~one].assign(stopped_exercise=frame["runner"].between(14, 19))
    frame.loc[frame["runner"] > 23, "arm"] = None
    frame = frame[~((frame["runner"] == 23) & (frame["week"] == 0))]
    found = participants.flow(frame, PLAN)
    assert counts(found, "") == {"in_file": 24, "no_baseline": 1, "no_arm": 1}
    # Runner 8 has one hip's baseline and the other's end: the mean of the others is its baseline.
    assert counts(found, "load") == {
        "baseline": 12, "seen 6": 12, "seen 12": 7, "outcome_one": 6, "outcome_both": 4,
        "stopped": 0, "analysed": 6,
    }  # fmt: skip
    assert counts(found, "usual")["stopped"] == 6
    mixed = participants.flow(frame, PLAN.model_copy(update={"analysis": "mixed"}))
    assert counts(mixed, "load")["analysed"] == 12


def test_stopping_that_nobody_wrote_down_is_not_recorded():
    frame = cohort()
    assert counts(participants.flow(frame, PLAN), "load")["stopped"] == "not recorded"
    frame["stopped_exercise"] = None
    assert counts(participants.flow(frame, PLAN), "load")["stopped"] == "not recorded"


def test_table_1_is_of_runner_means():
    found = participants.table_1(cohort(), PLAN)
    (row,) = cells(found, arm="load", item="tightness_nrs").itertuples()
    values = 5.0 + np.arange(12)  # the mean of 4 and 6, and of the same further up
    assert (row.n, row.unit, row.mean) == (12, "NRS", pytest.approx(values.mean()))
    assert row.sd == pytest.approx(values.std(ddof=1))
    numbers = cells(found, arm="usual").set_index("item")["n"]
    assert numbers.to_dict() == {
        "runners": 12, "limbs": 24, "women": 6, "men": 6, "age_y": 12, "tightness_nrs": 12,
    } | {"mass_kg": pytest.approx(np.nan, nan_ok=True)}  # fmt: skip
    assert cells(found, item="mass_kg")["instead"].eq("not recorded").all()
    assert not {"p", "p_value", "min", "max"} & set(found)


def test_table_1_of_the_example(example):
    first = example[example["week"] == 0]
    means = first.groupby(["arm", "runner"])["thomas_ext_deg"].mean().groupby("arm")
    found = cells(participants.table_1(example, plan.shipped_plan()), item="thomas_ext_deg")
    found = found.set_index("arm")
    assert found["mean"].to_dict() == pytest.approx(means.mean().to_dict())
    assert found["sd"].to_dict() == pytest.approx(means.std().to_dict())


def test_one_sex_is_not_told_from_the_other():
    frame = cohort()
    frame["sex"] = np.where(frame["runner"] % 12 < 2, "F", "M")
    found = participants.table_1(frame, PLAN)
    for arm in ("load", "usual"):
        said = cells(found, arm=arm).set_index("item")
        assert said["instead"][["women", "men"]].to_list() == ["not shown", "not shown"]
        assert said[["n", "share"]].loc[["women", "men"]].isna().all(axis=None)
    frame["sex"] = "F"
    said = cells(participants.table_1(frame, PLAN), arm="load").set_index("item")
    assert said["n"][["women", "men"]].to_list() == [12, 0]
    said = cells(participants.table_1(frame.drop(columns="sex"), PLAN), arm="load").set_index(
        "item"
    )
    assert said["instead"]["women"] == "not recorded"


@pytest.mark.parametrize(
    ("parts", "hidden"),
    [
        ((20, 0), ["", ""]),
        ((20, 4), ["not shown", "not shown"]),
        ((20, 4, 0), ["not shown", "not shown", ""]),
        ((20, 4, 3), ["", "not shown", "not shown"]),
        ((20, 4, 4), ["", "not shown", "not shown"]),  # "<5" twice and 8 together would be 4 and 4
        ((20, 1, 1), ["not shown", "not shown", "not shown"]),
        ((20, 9, 1), ["", "not shown", "not shown"]),
        ((5, 1), ["not shown", "not shown"]),  # "<5" and 6 together would be 1 and 5
        ((5, 5, 4), ["not shown", "not shown", "not shown"]),
        ((2, 1), ["not shown", "not shown"]),
        ((7, 5), ["", ""]),
    ],
)
def test_small_parts_cannot_be_told_from_the_whole(parts, hidden):
    found = published(parts)
    assert found["instead"].to_list() == hidden
    assert found["n"].isna().to_list() == [bool(why) for why in hidden]
    everything = published(parts, small_cells=True)
    assert everything["n"].to_list() == list(parts), "the owner asked for all"
    assert (everything["instead"] == "").all()


def published(parts, **asked):
    whole = sum(parts)
    rows = [
        disclosure.Row((i, n), disclosure.runners_revealed(n, whole), "all")
        for i, n in enumerate(parts)
    ]
    return disclosure.table(rows, "part n", **asked)


def split(whole, k):
    """Every way to put a number of runners in k parts."""
    if k == 1:
        yield (whole,)
        return
    for first in range(whole + 1):
        yield from ((first, *rest) for rest in split(whole - first, k - 1))


@pytest.mark.parametrize(("whole", "k"), [(1, 2), (4, 2), (4, 3), (5, 2), (6, 2), (6, 3), (9, 3),
                                          (11, 2), (14, 3), (10, 4)])  # fmt: skip
def test_no_hidden_cell_follows_from_what_is_shown(whole, k):
    """Whoever knows the whole, the table and how it is made is left with two values or more for
    every hidden cell: all tables of the same whole that look alike are gone through."""
    alike = {}
    for parts in split(whole, k):
        table = published(parts)
        looks = tuple(zip(table["instead"], table["n"].fillna(-1), strict=True))
        alike.setdefault(looks, []).append(parts)
    for looks, cases in alike.items():
        for i, (why, _) in enumerate(looks):
            if why:
                assert len({parts[i] for parts in cases}) > 1, (looks, cases)
            else:
                assert {parts[i] for parts in cases} <= {0, *range(disclosure.least(), whole + 1)}


@settings(max_examples=30)  # frames are slow to make
@given(
    st.lists(st.sampled_from(["F", "M", ""]), min_size=1, max_size=16),
    st.lists(st.sampled_from(["F", "M", ""]), min_size=1, max_size=16),
)
def test_sexes_do_not_follow_from_the_tables_of_flow(load, usual):
    """Runners of an arm are told: a shown count is 0 or large, and never one cell alone hidden."""
    rows = [
        (i, side, arm, 0.0, 5.0, sex)
        for i, (arm, sex) in enumerate([("load", s) for s in load] + [("usual", s) for s in usual])
        for side in ("left", "right")
    ]
    frame = pd.DataFrame(rows, columns="runner side arm week tightness_nrs sex".split())
    found = participants.table_1(frame, PLAN)
    for arm, sexes in (("load", load), ("usual", usual)):
        cells_ = cells(found, arm=arm).set_index("item")
        assert cells_["n"]["runners"] == len(sexes)
        of_sex = cells_[cells_.index.isin(["women", "men", "sex_unknown"])]
        said = of_sex["n"].dropna()
        assert (said.eq(0) | said.ge(disclosure.least())).all()
        hidden = of_sex["instead"].isin(["not shown", "<5"])
        assert hidden.sum() != 1 or set(sexes) == {""}


FLOWS = ("flow", "missing", "patterns", "harms")


@pytest.mark.parametrize("name", FLOWS)
def test_flow_and_harms_of_an_arm_of_four_are_counted_as_they_are(name):
    """Two of four with an adverse event, one who stopped, one lost: a report must have them."""
    frame = cohort()
    frame = frame[(frame["arm"] == "load") | (frame["runner"] <= 16)]
    frame = frame.assign(adverse_event=frame["runner"].isin([13, 14]), anterior_hip_pain=False,
                         stopped_exercise=frame["runner"] == 13)  # fmt: skip
    frame.loc[(frame["runner"] == 15) & (frame["week"] == 12), "tightness_nrs"] = np.nan
    found = cells(TABLES[name](frame, PLAN), arm="usual")
    assert found["instead"].eq("").all()
    said = {
        "flow": lambda: counts(found, "usual"),
        "missing": lambda: list(disclosure.printable(found)["shown"]),
        "patterns": lambda: list(found["n"]),
        "harms": lambda: list(disclosure.printable(found)["shown"]),
    }[name]()
    assert said == {
        "flow": {"baseline": 4, "seen 6": 4, "seen 12": 4, "outcome_one": 3, "outcome_both": 3,
                 "stopped": 1, "analysed": 3},
        "missing": ["0 of 4 (0 %)", "0 of 4 (0 %)", "1 of 4 (25 %)"],
        "patterns": [3, 0, 1, 0, 0],
        "harms": ["2 of 4", "0 of 4"],
    }[name]  # fmt: skip


@pytest.mark.parametrize("name", ["table_1", "own"])
def test_characteristics_of_an_arm_of_four_are_told_nowhere(name):
    frame = cohort().assign(adverse_event=True, anterior_hip_pain=False, own_stretching_min_wk=7.0)
    frame = frame[(frame["arm"] == "load") | (frame["runner"] <= 16)]
    found = cells(TABLES[name](frame, PLAN), arm="usual")
    if name == "table_1":
        assert found.set_index("item")["n"][["runners", "limbs"]].to_list() == [4, 8], "the flow"
        found = found[~found["item"].isin(["runners", "limbs"])]
    numbers = [column for column in (*disclosure.NUMBERS, disclosure.OF) if column in found]
    assert len(found)
    told = found[numbers].fillna(0).ne(0).any(axis=1)
    assert not told.any()
    assert set(disclosure.printable(found)["shown"]) <= {"<5", "not shown", "not recorded"}


def test_the_owner_may_have_small_cells_shown():
    frame = cohort().assign(own_stretching_min_wk=7.0)
    frame["sex"] = np.where(frame["runner"] % 12 < 2, "F", "M")
    frame = frame[(frame["arm"] == "load") | (frame["runner"] <= 16)]
    told = participants.table_1(frame, PLAN, small_cells=True)
    assert cells(told, arm="load").set_index("item")["n"][["women", "men"]].to_list() == [2, 10]
    assert cells(told, arm="usual").set_index("item")["n"]["age_y"] == 4
    own = participants.own_stretching(frame, small_cells=True)
    assert set(disclosure.printable(cells(own, arm="usual"))["shown"]) == {"7.0 (0.0)"}


def test_missing_is_a_share_of_runners():
    frame = cohort()
    frame.loc[(frame["runner"] <= 6) & (frame["week"] == 12), "tightness_nrs"] = np.nan
    one_limb = (frame["runner"] == 7) & (frame["side"] == "left") & (frame["week"] == 12)
    frame.loc[one_limb, "tightness_nrs"] = np.nan
    frame = frame[~((frame["runner"] <= 3) & (frame["week"] == 6))]
    found = participants.missing(frame, PLAN)
    assert set(found["outcome"]) == {"tightness_nrs"}
    load = cells(found, arm="load")
    assert load["share"].to_list() == [0, 0.25, 0.5]
    assert (load["of"] == 12).all()
    assert disclosure.printable(load)["shown"].to_list() == [
        "0 of 12 (0 %)",
        "3 of 12 (25 %)",
        "6 of 12 (50 %)",
    ]
    assert (cells(found, arm="usual")["share"] == 0).all()


def test_patterns_tell_loss_from_gaps():
    frame = cohort(30)
    runner, week = frame["runner"], frame["week"]
    gone = (
        (runner.between(1, 5) & (week >= 6))
        | (runner.between(6, 11) & (week == 12))
        | (runner.between(12, 18) & (week == 6))
        | (runner.between(19, 20) & (week == 12))
    )
    frame.loc[gone, "tightness_nrs"] = np.nan
    frame.loc[runner.between(19, 23) & (week == 0), "tightness_nrs"] = np.nan
    frame.loc[runner.between(24, 28), "tightness_nrs"] = np.nan
    found = cells(participants.patterns(frame, PLAN), arm="load")
    keys = zip(found["pattern"], found["week"].fillna(-1), strict=True)
    assert dict(zip(keys, found["n"], strict=True)) == pytest.approx(
        {
            ("complete", -1): 2,
            ("lost", 6): 5,
            ("lost", 12): 6,
            ("intermittent", -1): 12,
            ("never", -1): 5,
        }
    )


def test_harms_are_runners_with_any_after_baseline():
    frame = cohort()
    runner, week = frame["runner"], frame["week"]
    frame["adverse_event"] = np.where(week > 0, (runner <= 6) & (week == 6), None)
    frame["anterior_hip_pain"] = np.where(week == 0, True, None)
    found = participants.harms(frame, PLAN)
    event = cells(found, harm="adverse_event").set_index("arm")
    assert event["n"].to_dict() == {"load": 6, "usual": 0}
    assert disclosure.printable(event)["shown"].to_list() == ["6 of 12", "0 of 12"]
    pain = cells(found, harm="anterior_hip_pain")
    assert disclosure.printable(pain)["shown"].to_list() == ["not recorded"] * 2
    frame["adverse_event"] = np.where(runner <= 2, True, np.where(runner == 3, None, False))
    event = cells(participants.harms(frame, PLAN), harm="adverse_event", arm="load")
    assert disclosure.printable(event)["shown"].to_list() == ["2 of 11"]


def test_own_stretching_is_of_runner_means():
    frame = cohort()
    frame["own_stretching_min_wk"] = np.where(frame["side"] == "left", 10.0, 20.0)
    frame.loc[frame["arm"] == "usual", "own_stretching_min_wk"] = np.nan
    frame.loc[(frame["week"] == 12) & (frame["runner"] > 4), "own_stretching_min_wk"] = np.nan
    found = participants.own_stretching(frame)
    assert disclosure.printable(found)["shown"].to_list() == [
        "15.0 (0.0)",
        "15.0 (0.0)",
        "<5",
        "not recorded",
    ]


@pytest.mark.parametrize("name", TABLES)
def test_no_one_is_numbered_and_order_changes_nothing(example, name):
    own = plan.shipped_plan()
    example = example.assign(own_stretching_min_wk=example["age_y"])
    found = TABLES[name](example, own)
    turned = example.iloc[::-1].reset_index(drop=True)
    turned["runner"] = turned["runner"].max() + 1 - turned["runner"]
    pd.testing.assert_frame_equal(TABLES[name](turned, own), found)
    assert not {"runner", "runner_id"} & set(found)


@pytest.mark.parametrize("name", TABLES)
def test_a_file_with_hardly_anything_has_empty_tables(name):
    frame = cohort()[["runner", "side", "tightness_nrs"]]
    found = TABLES[name](frame.drop_duplicates(["runner", "side"]), PLAN)
    assert found[found["arm"] != ""].empty
    assert list(disclosure.printable(found))[-1] == "shown"


def test_a_visit_of_few_is_no_visit():
    frame = cohort()
    late = frame["runner"].isin([1, 2]) & (frame["week"] == 6)
    frame.loc[late, "week"] = 7.0
    assert set(cells(participants.flow(frame, PLAN), stage="seen")["week"]) == {6, 12}
    assert set(participants.missing(frame, PLAN)["week"]) == {0, 6, 12}


def test_a_row_with_nothing_but_a_reason_for_loss_is_no_visit():
    frame = cohort()
    gone = frame["runner"].isin([1, 2]) & (frame["week"] == 12)
    frame["why"] = np.where(gone, "moved", None)
    frame.loc[gone, "tightness_nrs"] = np.nan
    seen = cells(participants.flow(frame, PLAN), stage="seen", week=12.0).set_index("arm")["n"]
    assert seen.to_dict() == {"load": 10, "usual": 12}
    lost = arm_results.losses(frame[~(frame["runner"].eq(1) & frame["week"].eq(6))], PLAN)
    assert lost.set_index("arm")["never"].to_dict() == {"load": 1, "usual": 0}


def test_a_lost_leg_is_lost_from_its_own_arm():
    """The other leg of the runner came; the arm of the lost one has one less."""
    frame = cohort(n=12, arms=("load",))
    frame["arm"] = np.where(frame["side"] == "left", "load", "usual")
    end = (frame["week"] == 12) & (frame["side"] == "right") & (frame["runner"] <= 3)
    frame.loc[end, "tightness_nrs"] = np.nan
    legs = PLAN.model_copy(update={"design": "within-person"})
    lost = arm_results.losses(frame, legs).set_index("arm")
    assert lost["n"].to_dict() == {"load": 0, "usual": 3}


def test_visits_by_dates_are_those_that_most_came_to():
    frame = cohort()
    frame.loc[(frame["week"] == 6) & (frame["runner"] % 3 == 0), "week"] = 5.0
    assert participants.visit_weeks(frame, PLAN) == [5.0, 6.0, 12.0]
    dated = PLAN.model_copy(update={"date": "came_on"})
    assert participants.visit_weeks(frame, dated) == [6.0, 12.0]
