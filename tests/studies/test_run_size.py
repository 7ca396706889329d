"""A run that is much larger than with nothing set is said to be so before it starts."""

import pytest

from hipstudy.errors import WARNING
from hipstudy.studies import dose_study, evidence_study, settings

THREE = "usual_running, stretch_only, strength_only"
COMPARE = settings.CompareSettings.preflight


@pytest.mark.parametrize(
    ("preflight", "given", "said"),
    [
        # 104 of 12 weeks and 2,000 of 100 runners.
        (COMPARE, {"weeks": 104, "n_runners": 2000}, "about 173 times as many weeks of runners"),
        # Three of six arms, 400 of 100 runners, 60 of 12 weeks.
        (COMPARE, {"protocols": THREE, "weeks": 60, "n_runners": 400},
         "about 10 times as many weeks of runners"),
        # 52 of 12 weeks and 500 of 60 runners.
        (dose_study.preflight, {"weeks": 52, "n_runners": 500},
         "about 36 times as many doses of runners"),
        (evidence_study.preflight, {"samples": 4096}, "about 16 times as many samples of runners"),
    ],
)  # fmt: skip
def test_how_many_times_is_said(preflight, given, said):
    (warning,) = preflight(given)
    assert warning.level == WARNING
    assert warning.rule == f"{said} are worked out as with nothing set"


@pytest.mark.parametrize(
    ("preflight", "given"),
    [
        (COMPARE, {}),
        (COMPARE, {"weeks": 104}),
        (dose_study.preflight, {}),
        (dose_study.preflight, {"n_runners": 500}),
        (evidence_study.preflight, {}),
    ],
)
def test_nothing_is_said_of_usual_ones(preflight, given):
    assert preflight(given) == ()
