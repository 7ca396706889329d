"""Pictures: what is drawn is what the frame holds."""

from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib import colors

from hipstudy import compare, curves, effects, figures, readings
from hipstudy.figures import style
from hipstudy.worlds import WORLDS


@pytest.fixture(scope="module")
def study():
    return compare.run(n_runners=6, weeks=4)


def test_causes_draws_every_estimate_and_interval(study):
    rows = effects.effects(study)
    rows = rows[rows["outcome"] == "tightness_nrs"]
    ax = figures.causes(rows, margin=0.5)
    drawn = [line.get_xdata() for line in ax.lines]
    for row in rows.itertuples():
        assert any(len(x) == 2 and list(x) == [row.ci_low, row.ci_high] for x in drawn)
        assert any(len(x) == 1 and x[0] == row.estimate for x in drawn)
    labels = [tick.get_text() for tick in ax.get_yticklabels()]
    assert labels[-1] == "Prior mix"
    assert len(labels) == 5


def test_break_even_draws_the_line_and_its_band(study):
    frame = effects.break_even_curve(study, study.primary)
    ax = figures.break_even(frame, margin=0.5)
    line = next(line for line in ax.lines if len(line.get_xdata()) == len(frame))
    assert list(line.get_ydata()) == list(frame["mean"])
    assert ax.get_xlim() == (0, 100)


def test_weeks_share_a_range_and_name_every_line(study):
    arms = ("usual_running", *study.primary)
    frame, spread = readings.change_over_weeks(study, arms), readings.change_spread(study)
    panels = [(world, "tightness_nrs") for world in WORLDS] + [("weak", "thomas_ext_deg")]
    axs = figures.weeks(frame, spread, panels=panels)
    assert len({ax.get_ylim() for ax in axs[:4]}) == 1
    for ax in axs[:5]:
        assert len({text.get_text() for text in ax.texts}) == len(arms)
    here = frame[(frame["world"] == "weak") & (frame["outcome"] == "tightness_nrs")]
    drawn = [tuple(line.get_ydata()) for line in axs[0].lines]
    for arm in arms:
        assert tuple(here[here["arm"] == arm]["mean"]) in drawn


def test_torque_angle_draws_a_line_a_week_and_the_marks(study):
    frame = curves.torque_angle(study, study.primary)
    trained = {"strength_plus_stretch": (-10.0, 10.0)}
    axs = figures.torque_angle(frame, marks=curves.running_angles(), trained=trained)
    assert len(axs) == 2
    for ax in axs:
        assert {"week 0", "week 2", "week 4"} <= {line.get_label() for line in ax.lines}
        assert {"2.5 m/s", "3.5 m/s", "4.5 m/s"} <= {text.get_text() for text in ax.texts}
    assert any(text.get_text() == "trained" for text in axs[0].texts)
    assert not any(text.get_text() == "trained" for text in axs[1].texts)


def test_same_runner_draws_quantiles_and_no_single_runner(study):
    frame = readings.same_runner(study)
    ax = figures.same_runner(frame, margin=0.5)
    points = [line for line in ax.lines if len(line.get_xdata()) == 1]
    assert len(points) == len(WORLDS)


def test_colours_tell_arms_apart():
    assert len(set(style.ARM_COLOURS.values())) == len(style.ARM_COLOURS)
    assert len(set(style.WORLD_MARKS.values())) == len(style.WORLD_MARKS)
    assert all(colors.is_color_like(c) for c in style.ARM_COLOURS.values())


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=6))
def test_labels_are_moved_apart_and_keep_their_order(places):
    moved = style.apart(places, 0.1)
    order = sorted(range(len(places)), key=places.__getitem__)
    inorder = [moved[i] for i in order]
    assert all(b - a > 0.1 - 1e-3 for a, b in pairwise(inorder))


def test_an_axes_that_is_given_is_drawn_on(study):
    _, ax = style.canvas(50)
    rows = pd.DataFrame(effects.effects(study)).query("outcome == 'tightness_nrs'")
    assert figures.causes(rows, margin=0.5, ax=ax) is ax
