"""Draws that were calibrated on other cases than these are told from those that were not."""

import pytest

from hipstudy.evidence import trials
from hipstudy.evidence.calibration_fingerprint import fingerprint

CASES = trials.shipped()
MARK = fingerprint(CASES)


def changed(which, **fields):
    return [c.model_copy(update=fields) if c.name == which else c for c in CASES]


def test_a_leaked_validation_trial_changes_it():
    for case in CASES:
        if case.role == "validation":
            assert fingerprint(changed(case.name, role="calibration")) != MARK


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("thorborg_2016", {"estimate": 0.35}),
        ("thorborg_2016", {"high": 0.53}),
        ("kerrigan_2003", {"se": 0.74}),
        ("kerrigan_2003", {"protocol": "stretch 4x30 s, 14/wk x 9 wk"}),
        ("kerrigan_2003", {"name": "another_2003"}),
        ("alizadeh_2023_with_stretch", {"sd": 8.0}),
        ("konrad_2025", {"of_wk": 11}),
        ("konrad_2025", {"pause_wk": 5}),
        ("tseng_2016", {"women_share": 0.5}),
        ("tseng_2016", {"is_trained": True}),
        ("mchugh_2003", {"at_d": 3}),
        ("mchugh_2003", {"role": "validation"}),
        ("diong_2022", {"comparator": "stretch 4x60 s daily x 12 wk"}),
        ("diong_2022", {"parts_se": (0.1, 0.2)}),
    ],
)
def test_what_enters_a_likelihood_changes_it(name, fields):
    assert fingerprint(changed(name, **fields)) != MARK


def test_words_order_and_validation_cases_do_not():
    assert fingerprint(CASES[::-1]) == MARK
    assert fingerprint(c for c in CASES if c.role == "calibration") == MARK
    assert fingerprint(changed("kay_2023", estimate=0.9)) == MARK
    words = {"title": "Another", "note": "Read again.", "se_how": "read", "published": "1.6"}
    assert fingerprint(changed("kerrigan_2003", **words)) == MARK
    assert len(MARK) == 64
