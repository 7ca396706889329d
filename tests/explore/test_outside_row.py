"""The row of trials elsewhere: the outside view's own numbers, live and in the one file."""

import numpy as np
import pytest

from hipstudy.evidence import outside_view
from hipstudy.evidence.outside_view import WITH_NULLS
from hipstudy.explore.cache import ModelCache
from hipstudy.explore.live.panels import CAUSES, DRAWERS
from hipstudy.explore.one_file import export
from hipstudy.explore.outside_row import OutsideRow, outside_row
from hipstudy.explore.picture_tables import View
from hipstudy.explore.state import start
from hipstudy.figures import explorer
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
    said = row.sentence()
    assert "put strength work against stretching: −0.38 points" in said
    assert "could be −1.34 to 0.59" in said


def test_arms_the_other_way_round_turn_its_sign(trials):
    one, other = outside_row(trials, BOTH, STRETCH), outside_row(trials, STRETCH, BOTH)
    assert (other.estimate, other.low, other.high) == (-one.estimate, -one.high, -one.low)
    assert (other.first, other.second) == (one.second, one.first)


def test_arms_that_no_trial_compares_have_no_row(trials):
    assert outside_row(trials, STRETCH, STRETCH) is None
    assert outside_row(trials, USUAL, BOTH) is not None


def causes_panel(outcome):
    from dataclasses import replace

    state = replace(start(n_runners=6), outcome=outcome)
    here = View(state, ModelCache(state.settings().runners(), n_draws=5))
    board = explorer.board(CAUSES.places)
    return board, DRAWERS[CAUSES](board, here)


def test_the_live_picture_has_the_row_on_top_for_tightness_only():
    board, text = causes_panel("tightness_nrs")
    left = board.axes[0]
    labels = [label.get_text() for label in left.get_yticklabels()]
    assert labels[0] == "Trials elsewhere"
    assert left.get_ylim()[1] < left.get_yticks()[0] < left.get_yticks()[1]
    low, high = left.get_xlim()
    assert low < -1.3, "the prediction interval is in sight"
    assert high > 0.55
    assert "Trials elsewhere in the body, no part of the model" in text
    board, text = causes_panel("discomfort_nrs")
    assert "Trials elsewhere" not in text
    assert len(board.axes[0].get_yticks()) == 5


def test_the_one_file_has_the_same_row_by_what_b_is():
    given = settings.check(n_runners=4)
    rows = export.outside_rows(given, STRETCH)
    both = outside_row(given.outside(), BOTH, STRETCH)
    assert rows["strength"] == both
    assert rows["stretch"] is None
    assert isinstance(rows["none"], OutsideRow)
    assert format_number(rows["none"].estimate) != format_number(both.estimate)
    assert np.isfinite([rows["none"].low, rows["none"].high]).all()
