"""The row of trials elsewhere: the outside view's own numbers, live and in the one file."""

import numpy as np
import pytest

from hipstudy.evidence import outside_view
from hipstudy.evidence.outside_view import WITH_NULLS
from hipstudy.explore.one_file import export
from hipstudy.explore.opening import opening
from hipstudy.explore.outside_row import OutsideRow, outside_row
from hipstudy.labels import format_number
from hipstudy.prescription.protocol import preset
from hipstudy.studies import settings

STRETCH, BOTH, USUAL = (
    preset(name) for name in ("stretch_only", "strength_plus_stretch", "usual_running")
)


@pytest.fixture(scope="module")
def trials():
    return outside_view.read()


def test_it_is_the_pooled_estimate_and_prediction_with_nulls(trials):
    row = outside_row(trials, BOTH, STRETCH)
    effect = trials.pooled("strength_vs_stretch", WITH_NULLS)
    assert (row.estimate, row.low, row.high) == (effect.estimate, effect.pi_low, effect.pi_high)
    assert (row.k, row.n_nulls) == (10, 6)
    assert (row.first, row.second) == ("strength work", "stretching")


def test_arms_the_other_way_round_turn_its_sign(trials):
    one, other = outside_row(trials, BOTH, STRETCH), outside_row(trials, STRETCH, BOTH)
    assert (other.estimate, other.low, other.high) == (-one.estimate, -one.high, -one.low)
    assert (other.first, other.second) == (one.second, one.first)


def test_arms_that_no_trial_compares_have_no_row(trials):
    assert outside_row(trials, STRETCH, STRETCH) is None
    assert outside_row(trials, USUAL, BOTH) is not None


def test_the_live_page_is_sent_the_row_of_its_arms(trials):
    here = opening("live", cohort="", n_runners=6, seed=0)
    first = {"query": here.page["first"]}
    assert here.answers.answer(first)["outside"] == outside_row(trials, BOTH, STRETCH).facts()
    same = [{"arm": "b", "preset": "stretch_only"}]
    assert here.answers.answer(first | {"changes": same})["outside"] is None


def test_the_one_file_has_the_same_row_by_what_b_is():
    given = settings.check(n_runners=4)
    rows = export.outside_rows(given, STRETCH)
    both = outside_row(given.outside(), BOTH, STRETCH)
    assert rows["strength"] == both
    assert rows["stretch"] is None
    assert isinstance(rows["none"], OutsideRow)
    assert format_number(rows["none"].estimate) != format_number(both.estimate)
    assert np.isfinite([rows["none"].low, rows["none"].high]).all()
