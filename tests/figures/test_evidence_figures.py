"""The evidence report's pictures: what is drawn is what the frame holds."""

import numpy as np
import pandas as pd
import pytest

from hipstudy import figures, show

CASES = pd.DataFrame(
    {
        "panel": ["deg", "deg", "SD"],
        "label": ["One 2001", "Two 2002", "Three 2003"],
        "published": [1.6, np.nan, 0.9],
        "published_low": [0.1, 2.0, 0.8],
        "published_high": [3.1, np.nan, 1.0],
        "predicted": [2.9, 1.0, 0.4],
        "predicted_low": [1.6, 0.0, 0.2],
        "predicted_high": [5.0, 4.0, 0.7],
        "hit": [True, False, False],
        "calibrates": [True, False, False],
    }
)


def lines(ax):
    return [(tuple(map(float, line.get_xdata())), line) for line in ax.get_lines()]


def test_forest_draws_intervals_estimates_and_predictions():
    axs = figures.forest(CASES)
    assert [ax.get_xlabel() for ax in axs] == ["deg", "SD"]
    assert [t.get_text() for t in axs[0].get_yticklabels()] == ["One 2001", "Two 2002"]
    drawn = lines(axs[0])
    spans = [x for x, _ in drawn]
    assert (0.1, 3.1) in spans, "published, from end to end"
    assert (1.6, 1.6) in spans, "its estimate"
    assert (1.6, 5.0) in spans, "the prediction's band"
    assert (2.0, axs[0].get_xlim()[1]) in spans, "open to the right"
    points = {float(x[0]): line for x, line in drawn if len(x) == 1}
    assert points[2.9].get_marker() == "s"
    assert points[1.0].get_marker() == "o"
    assert points[1.0].get_markerfacecolor() == "white", "a miss is open"
    assert [t.get_text() for t in axs[0].texts] == ["inside", "miss"]


def test_a_forest_holds_every_number_within_its_axis():
    for ax in figures.forest(CASES):
        low, high = ax.get_xlim()
        rows = CASES[CASES["panel"] == ax.get_xlabel()]
        numbers = rows.filter(regex="^p.*ed").to_numpy(float)
        assert low < np.nanmin(numbers)
        assert np.nanmax(numbers) < high


def test_variance_draws_both_orders():
    frame = pd.DataFrame(
        {
            "panel": ["A", "A", "B"],
            "label": ["link", "ceiling", "link"],
            "first": [0.3, 0.2, 0.1],
            "total": [0.4, 0.3, 0.2],
            "total_low": [0.3, 0.2, 0.1],
            "total_high": [0.5, 0.4, 0.3],
        }
    )
    one, two = figures.variance(frame)
    assert one.get_title(loc="left") == "A"
    assert [t.get_text() for t in one.get_yticklabels()] == ["link", "ceiling"]
    spans = [x for x, _ in lines(one)]
    assert pytest.approx((30, 50)) in spans
    assert pytest.approx((40,)) in spans
    assert pytest.approx((30,)) in spans
    assert [x for x, _ in lines(two) if len(x) == 1] == [pytest.approx((20,)), pytest.approx((10,))]
    shown = show.Figure(one.figure, "A caption.", "Words.", "variance")
    assert shown.svg() == show.Figure(one.figure, "A caption.", "Words.", "variance").svg()


def test_an_interval_of_a_share_is_drawn_from_none_to_all():
    row = {"panel": "A", "label": "link", "first": 0.5, "total": 0.9}
    (ax,) = figures.variance(pd.DataFrame([row | {"total_low": -0.1, "total_high": 1.13}]))
    assert pytest.approx((0, 100)) in [x for x, _ in lines(ax)]


def test_the_pooled_forest_draws_trials_nulls_and_estimates_on_one_scale():
    nan = np.nan
    frame = pd.DataFrame(
        {
            "panel": ["A", "A", "A", "B"],
            "label": ["One 2001", "Two 2002", "together", "Three 2003"],
            "estimate": [-1.0, 0.0, -0.4, 0.5],
            "low": [-2.0, -1.0, -0.9, 0.1],
            "high": [0.0, 1.0, 0.1, 0.9],
            "kind": ["trial", "null", "pooled", "trial"],
            "pi_low": [nan, nan, -1.5, nan],
            "pi_high": [nan, nan, 0.7, nan],
        }
    )
    one, two = figures.pooled_forest(frame, xlabel="NRS points")
    assert [ax.get_title(loc="left") for ax in (one, two)] == ["A", "B"]
    assert one.get_xlim() == two.get_xlim()
    assert (one.get_xlabel(), two.get_xlabel()) == ("", "NRS points")
    drawn = lines(one)
    assert (-1.5, 0.7) in [x for x, _ in drawn], "the prediction interval"
    points = {float(x[0]): line for x, line in drawn if len(x) == 1}
    assert points[-1.0].get_markerfacecolor() != "white"
    assert points[0.0].get_markerfacecolor() == "white", "a null is open"
    (diamond,) = one.patches
    assert diamond.get_xy()[:, 0].min() == -0.9
    assert diamond.get_xy()[:, 0].max() == 0.1
    assert one.texts[2].get_text() == "−0.40 (−0.90 to 0.10)"
    low, high = one.get_xlim()
    assert low < -2.0
    assert high > 1.0
