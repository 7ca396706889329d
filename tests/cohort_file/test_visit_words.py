"""Visits as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hipstudy.cohort_file.parse import week
from hipstudy.cohort_file.visit_words import Visit, read_visit

SURE = {
    0: ["Baseline", "baseline_arm_1", "BL", "pre", "Pre-test", "Baseline (week 0)", "week_0",
        "línea de base", "Ausgangswert", "nulmeting", "Woche 0", "Baseline (Arm 1: Drug)"],
    6: ["Week 6", "6 wk", "6W", "W6", "wk6", "week_6_arm_1", "Week 6 (Arm 2: Control)", "week-6",
        "6. Woche", "6ème semaine", "Semana 6", "settimana 6", "uke 6", "vecka 6", "6 weken",
        "6 weeks post", "after 6 weeks", "6-week follow-up", "6 weeks after baseline",
        "Week 6 visit", "6 Wochen"],
    6.5: ["6.5 weeks", "6,5 Wochen"],
    -1: ["Week -1", "-1 wk"],
}  # fmt: skip
ASKED = {
    None: ["post", "T1", "V1", "Visit 2", "S6", "M3", "end", "follow-up", "week 6-8", "6/8 weeks",
           "Baseline week 6", "pre post", "visit_2_arm_1", "Baseline 3", "final", "Nachtest",
           "Screening", "unscheduled"],
    0: ["T0", "V0", "start", "Baseline 1", "inicio"],
    6: ["Day 42", "42 Tage", "6"],
    13: ["3 months", "3 Monate", "month_3_arm_1", "3 mo"],
    26: ["6 months"],
}  # fmt: skip
NONE = ["", "Thomas", "Week", "weekly", "visit", "Anna", "hip", "e", "x" * 99]


def pairs(table):
    return [(text, week) for week, texts in table.items() for text in texts]


@pytest.mark.parametrize(("text", "week"), pairs(SURE))
def test_what_nobody_need_be_asked(text, week):
    assert read_visit(text) == Visit(week, sure=True)


@pytest.mark.parametrize(("text", "week"), pairs(ASKED))
def test_what_is_asked(text, week):
    assert read_visit(text) == Visit(week, sure=False)


@pytest.mark.parametrize("text", NONE)
def test_what_names_no_visit(text):
    assert read_visit(text) is None


@given(st.text(max_size=80))
def test_any_text_is_answered(text):
    visit = read_visit(text)
    assert visit is None or not visit.sure or visit.week is not None


@given(
    st.integers(0, 200),
    st.sampled_from(["Week {}", "{} wk", "week_{}_arm_1", "{}. Woche", "Sem. {}", "wk{}"]),
)
def test_a_week_is_read_as_its_number(number, form):
    assert read_visit(form.format(number)) == Visit(float(number), sure=True)


def test_a_cell_of_weeks_is_a_number_only_where_it_is_sure():
    cells = ("Baseline", "Week 6", "6 weeks", "12Wo", "6,5 weeks", "6", "T1", "3 months", "", "-1")
    assert [week(cell) for cell in cells] == [
        "0", "6", "6", "12", "6.5", "6", "T1", "3 months", "", "-1",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["12 weeks after end", "6 Wochen nach Ende", "3 months post end"])
def test_a_time_after_the_end_is_no_time_after_baseline(text):
    assert read_visit(text) == Visit(None, sure=False)
    assert read_visit("week 12 (end)").sure
