"""Visits early or late: which reading counts in the planned week, by weeks alone."""

import pandas as pd
import pytest
from pydantic import ValidationError

from hipstudy.analysis.estimand_attributes import estimand
from hipstudy.analysis.plan import AnalysisPlan, shipped_plan
from hipstudy.analysis.visit_windows import InWindow, counted_in_windows

FIELDS = {
    "primary": "tightness_nrs", "week": 12, "treatment": "a", "control": "b", "margin": 1,
}  # fmt: skip


def planned(window, **more):
    return AnalysisPlan(**FIELDS, window_weeks=window, **more)


def seen(*weeks, side="left", value=3.0):
    columns = ["runner", "side", "arm", "week", "tightness_nrs"]
    return pd.DataFrame([(1, side, "a", float(week), value) for week in weeks], columns=columns)


@pytest.mark.parametrize(
    ("weeks", "counted", "found"),
    [
        ((0, 11), [0, 12], InWindow(1, 0)),
        ((0, 11.9), [0, 12], InWindow(1, 0)),
        ((0, 10.9), [0, 10.9], InWindow(0, 0)),
        ((0, 12, 13), [0, 12, 13], InWindow(0, 1)),
        ((0, 11.5, 12.25), [0, 11.5, 12], InWindow(1, 1)),  # the nearer
        ((0, 11, 13), [0, 12, 13], InWindow(1, 1)),  # as near: the earlier
        ((0, 13, 11), [0, 13, 12], InWindow(1, 1)),  # whatever the order of rows
        ((-1, 0, 1), [-1, 0, 1], InWindow(0, 0)),  # baseline is week 0
    ],
)
def test_the_nearest_reading_in_the_window_counts(weeks, counted, found):
    frame, in_window = counted_in_windows(seen(*weeks), planned(1.0))
    assert frame["week"].to_list() == counted
    assert in_window == found


def test_each_visit_counts_for_the_nearest_planned_week():
    plan = planned(1.5, visits=(6, 9, 12))
    frame, in_window = counted_in_windows(seen(0, 4, 5, 7.5, 8, 10.5, 11, 14), plan)
    # As near to two weeks: the earlier; of two in a window the nearer.
    assert frame["week"].to_list() == [0, 4, 6, 7.5, 9, 10.5, 12, 14]
    assert in_window == InWindow(1, 0)
    assert plan.question("tightness_nrs", "a").visits == (6, 9, 12)
    assert planned(1.0).planned_visits == ()
    assert "visits" not in planned(1.0).toml()
    assert planned(1.0, visits=(6,)).planned_visits == (6, 12), "the plan's week is a visit"


def test_visits_that_are_none_are_refused():
    with pytest.raises(ValidationError, match="each visit stands there once"):
        planned(1.0, visits=(6, 6))
    with pytest.raises(ValidationError, match="window_weeks below 1 for week 2: no visit nearer"):
        planned(1.0, visits=(2, 12))
    with pytest.raises(ValidationError, match="greater than or equal to 1"):
        planned(0.0, visits=(0, 12))


def test_each_limb_has_its_own_nearest_and_a_runner_counts_once():
    both = pd.concat([seen(0, 11), seen(0, 13, side="right")], ignore_index=True)
    frame, in_window = counted_in_windows(both, planned(1.0))
    assert frame["week"].to_list() == [0, 12, 0, 12]
    assert in_window == InWindow(1, 0)


def test_the_choice_does_not_look_at_values():
    frame = seen(0, 11, 13).assign(tightness_nrs=[3.0, None, 4.0])
    counted, in_window = counted_in_windows(frame, planned(1.0))
    assert counted["week"].to_list() == [0, 12, 13]
    assert in_window == InWindow(0, 0)


def test_without_a_window_nothing_changes():
    frame = seen(0, 11, 12, 13)
    assert counted_in_windows(frame, planned(0.0))[0] is frame
    without = frame.drop(columns="week")
    assert counted_in_windows(without, planned(1.0))[0] is without


def test_a_window_that_reaches_halfway_to_baseline_is_refused():
    with pytest.raises(ValidationError, match="below 6 weeks"):
        planned(6.0)
    with pytest.raises(ValidationError, match="greater than or equal to 0"):
        planned(-1.0)
    assert planned(5.9).window_weeks == 5.9


def test_a_plan_from_before_keeps_its_text_and_fingerprint():
    assert "window_weeks" not in planned(0.0).toml()
    assert "window_weeks = 1.0" in planned(1.0).toml()
    assert planned(0.0).fingerprint != planned(1.0).fingerprint
    start = "85f6cc19699afd7e"
    assert shipped_plan().fingerprint.startswith(start)


def test_the_table_of_the_plan_says_which_visit_counts():
    texts = [estimand(planned(w)).set_index("attribute")["here"]["Visit that counts"]
             for w in (0.0, 1.0, 1.5)]  # fmt: skip
    assert texts == [
        "Exactly its week",
        "The nearest within 1 week; baseline is week 0",
        "The nearest within 1.5 weeks; baseline is week 0",
    ]


@pytest.mark.parametrize(
    ("weeks", "values", "counted"),
    [
        ((0, 11, 12, 13), (9, 3, 2, 4), [0, 11, 13, 12]),  # a rating: the highest is worst
        ((0, 11, 12, 13), (9, 3, 5, 4), [0, 11, 12, 13]),
        ((0, 11, 13), (9, 4, 4), [0, 12, 13]),  # as bad and as near: the earlier
        ((0, 11, 12.5), (9, 4, 4), [0, 11, 12]),  # as bad: the nearer
        ((0, 11, 13), (9, None, 1), [0, 11, 12]),  # what was not measured is not worst
        ((0, 10, 12), (9, 8, 1), [0, 10, 12]),  # outside the window
    ],
)
def test_the_worst_reading_in_the_window_counts_where_the_plan_says_so(weeks, values, counted):
    frame = seen(*weeks).assign(tightness_nrs=values)
    found, _ = counted_in_windows(frame, planned(1.0, window_takes="worst"))
    assert found["week"].to_list() == counted
    assert found.drop(columns="week").equals(frame.drop(columns="week"))


def test_of_an_outcome_that_is_better_higher_the_worst_is_the_lowest():
    frame = seen(0, 11, 12).assign(thomas_ext_deg=[9.0, 3.0, 5.0])
    plan = AnalysisPlan(**FIELDS | {"primary": "thomas_ext_deg"}, window_weeks=1.0,
                        window_takes="worst")  # fmt: skip
    assert counted_in_windows(frame, plan)[0]["week"].to_list() == [0, 12, 11]


def test_by_dates_near_is_by_days_and_no_day_goes_further():
    frame = seen(0, 11, 12).assign(day=[0.0, 80.0, 87.0])  # 11 3/7 and 12 3/7 weeks
    found, in_window = counted_in_windows(frame, planned(1.0))
    assert found["week"].to_list() == [0, 11, 12]
    assert "day" not in found
    assert in_window == InWindow(0, 1)
    close = seen(0, 11, 12.6).assign(day=[0.0, 80.0, 88.0])
    assert counted_in_windows(close, planned(1.0))[0]["week"].to_list() == [0, 12, 12.6]
    assert "day" not in counted_in_windows(frame, planned(0.0))[0]


def test_what_is_asked_of_a_window_that_is_not_there_is_refused():
    with pytest.raises(ValidationError, match="there is no window to take it of"):
        planned(0.0, window_takes="worst")
    with pytest.raises(ValidationError, match="by dates a window is"):
        planned(0.4, date="came_on")
    with pytest.raises(ValidationError, match="this column of the format has no dates"):
        planned(0.0, date="week")
    assert planned(0.0, date="came_on").date == "came_on"


def test_the_table_of_the_plan_says_which_of_several_counts_and_what_weeks_are_counted_from():
    plans = (planned(1.0, window_takes="worst"), planned(0.0, date="came_on"),
             planned(1.0, date="came_on"))  # fmt: skip
    texts = [estimand(plan).set_index("attribute")["here"]["Visit that counts"] for plan in plans]
    assert texts == [
        "The worst for Tightness (NRS points) within 1 week; baseline is week 0",
        "Its whole week, the nearest to the date; weeks since a runner's first date",
        "The nearest within 1 week; baseline is week 0; weeks since a runner's first date",
    ]
    assert len({plan.fingerprint for plan in plans}) == len(plans)
