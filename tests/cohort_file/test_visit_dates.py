"""Weeks from the dates of visits: counted, refused with their rows, and never shown."""

import re
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hipstudy.cohort_file.check import check_file
from hipstudy.cohort_file.clinic import read
from hipstudy.cohort_file.named_columns import NamedColumns
from hipstudy.errors import DataProblems

BY_DATE = NamedColumns(date="came_on")
START = date(2024, 2, 1)


def rows(days=(0, 44, 83), n=6, write=date.isoformat):
    """Runners who began one after the other, seen on these days after their first."""
    return pd.DataFrame(
        [
            (f"R{who:02d}", side, write(START + timedelta(9 * who + day)), 5 + who % 3)
            for who in range(n)
            for side in ("left", "right")
            for day in days
        ],
        columns=["runner_id", "side", "came_on", "tightness_nrs"],
    )


def checked(folder, frame, asked=BY_DATE):
    path = folder / "clinic.csv"
    frame.to_csv(path, index=False)
    return check_file(path, more=asked)


def told(result, level="error"):
    found = result.errors if level == "error" else result.warnings
    return [str(one.problem()) for one in found]


@pytest.mark.parametrize(
    "write",
    [date.isoformat]
    + [lambda day, form=form: day.strftime(form)
       for form in ("%d.%m.%Y", "%d.%m.%y", "%d. %m. %Y", "%Y/%m/%d", "%d/%m/%Y", "%m/%d/%Y",
                    "%m-%d-%y", "%Y-%m-%d 08:30", "%Y-%m-%dT08:30:00+01:00")],
)  # fmt: skip
def test_weeks_are_counted_from_the_first_date_of_a_runner(tmp_path, write):
    result = checked(tmp_path, rows(write=write))
    assert result.ok, told(result)
    assert result.frame["week"].to_list() == [0, 6, 12] * 12
    assert result.frame["day"].to_list() == [0, 44, 83] * 12
    assert "came_on" not in result.frame


def test_a_clinic_has_no_date_in_it(tmp_path):
    frame = rows()
    checked(tmp_path, frame)
    clinic = read(tmp_path / "clinic.csv", seed=0, more=BY_DATE)
    text = clinic.observations.to_csv() + repr(clinic.cohort.warnings)
    assert not [day for day in frame["came_on"] if day in text]
    assert not [one for one in clinic.cohort.warnings if one.column == "came_on"]


@given(st.lists(st.integers(0, 400), min_size=1, max_size=8, unique=True))
def test_each_row_is_of_its_nearest_week_unless_a_nearer_one_is(days):
    from hipstudy.cohort_file.visit_dates import _whole_weeks

    frame = pd.DataFrame({"runner": 1, "side": "left", "day": [float(day) for day in days]})
    weeks = _whole_weeks(frame).to_numpy()
    for day, week in zip(days, weeks, strict=True):
        nearest = (day + 3) // 7
        others = [one for one in days if (one + 3) // 7 == nearest]
        has_it = day == min(others, key=lambda one: (abs(one - 7 * nearest), one))
        assert week == (nearest if has_it else pytest.approx(day / 7))
    whole = weeks[weeks % 1 == 0]
    assert len(set(whole)) == len(whole)


def test_a_date_that_cannot_be_read_is_told_with_its_row_and_not_shown(tmp_path):
    frame = rows()
    bad = {3: "2024-02-31", 7: "last week", 11: "45351", 20: "31.11.2024"}
    for at, text in bad.items():
        frame.loc[at, "came_on"] = text
    said = told(checked(tmp_path, frame))
    assert said == [
        f"clinic.csv, row {at + 2}, column came_on: a date of the calendar is needed, such as "
        "2024-03-31 or 31.03.2024. Write year, month and day in this way; leave the cell empty "
        "where there was no visit."
        for at in bad
    ]


def test_dates_of_which_nobody_knows_the_order_are_refused_once(tmp_path):
    short = rows(days=(0, 7), n=1, write=lambda day: f"{day.day}/{day.month}/{day.year}")
    (one,) = told(checked(tmp_path, short))
    assert "nothing in these dates tells whether the day or the month comes first" in one
    assert "row 2, column came_on" in one
    assert "Also in 3 more rows: 3-5." in one
    both = rows(days=(0, 7), n=1).assign(came_on=["02/25/2024", "28/02/2024"] * 2)
    (one,) = told(checked(tmp_path, both))
    assert "in some of these dates the day comes first, in others the month" in one


def test_dates_out_of_order_and_far_off_are_told_with_their_rows(tmp_path):
    frame = rows()
    frame.loc[4, "came_on"] = "2023-03-16"  # row 6: before the first visit, in row 5
    frame.loc[8, "came_on"] = "2044-05-03"
    frame.loc[13, "came_on"] = None
    result = checked(tmp_path, frame)
    (far,) = told(result)
    assert far.startswith("clinic.csv, row 10, column came_on: more than 520 weeks after the first")
    warned = [one for one in told(result, "warning") if "came_on" in one]
    assert any("row 6, column came_on: a date before that of this limb in row 5" in one
               for one in warned)  # fmt: skip
    assert any("row 15, column came_on: rows without a date belong to no visit" in one
               for one in warned)  # fmt: skip
    assert not [one for one in [far, *warned] if "2023" in one or "2044" in one]


def test_one_date_twice_and_weeks_beside_dates_are_refused(tmp_path):
    frame = pd.concat([rows(), rows().iloc[[4]]], ignore_index=True)
    (one,) = told(checked(tmp_path, frame))
    assert "row 38: this runner and side have this date in row 6 already" in one
    (one,) = told(checked(tmp_path, rows().assign(week=[0, 6, 12] * 12)))
    assert "column week: the plan counts weeks from dates, and the file has weeks too" in one
    (one,) = told(checked(tmp_path, rows().rename(columns={"came_on": "date"})))
    assert "found 'came_on'; the plan counts weeks from the dates in this column" in one


def test_weeks_that_a_mapping_ignores_do_not_stand_beside_dates(tmp_path):
    (tmp_path / "clinic.mapping.toml").write_text('ignore = ["week"]\n', encoding="utf-8")
    result = checked(tmp_path, rows().assign(week=[0, 4, 8] * 12))
    assert result.ok, told(result)
    assert result.frame["week"].to_list() == [0, 6, 12] * 12


def test_birth_dates_are_refused_under_any_name(tmp_path):
    rng = np.random.default_rng(1)
    frame = rows()
    frame["came_on"] = [f"19{rng.integers(60, 99)}-03-1{k % 9}" for k in range(len(frame))]
    said = told(checked(tmp_path, frame))
    assert any("a date of birth" in one for one in said)
    named = checked(tmp_path, rows().rename(columns={"came_on": "dob"}), NamedColumns(date="dob"))
    assert any("a date of birth" in one for one in told(named))
    assert not [one for one in (*said, *told(named)) if re.search(r"\d{4}-\d\d-1\d", one)]


def test_without_a_plan_the_check_says_how_dates_can_be_used(tmp_path):
    said = told(checked(tmp_path, rows(), asked=None))
    assert "A plan can name a column of dates instead" in said[0]
    with pytest.raises(DataProblems):
        read(tmp_path / "clinic.csv", seed=0)
