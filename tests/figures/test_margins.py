"""Places of panels: no word is cut off or lies on another, however long names and numbers are."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from figure_texts import faults, overlapping, recorded_texts
from matplotlib.figure import Figure

from hipstudy import figures, show
from hipstudy.figures import margins, style
from hipstudy.model.causes import WORLDS
from hipstudy.numerals import ENGLISH

LONG = "Hüftbeugerkräftigung in Endstellung, 40x"  # as long as a label may be
ARMS = (LONG, "stretch_only", "Dehnen in Endstellung, gleiche Minuten 2", "Ärmer")
OUTCOMES = ("tightness_nrs", "discomfort_nrs", "end_range_torque_nm_kg", "own_outcome")


def over_weeks(n_arms, scale):
    rows = [
        (world, arm, outcome, week, -scale * week * (i + 1), -scale * week * (i + 2), 0.0)
        for world in WORLDS
        for i, arm in enumerate(ARMS[:n_arms])
        for outcome in OUTCOMES
        for week in range(5)
    ]
    columns = ["world", "arm", "outcome", "week", "mean", "low", "high"]
    return pd.DataFrame(rows, columns=columns)


def weeks(n_arms, scale):
    frame = over_weeks(n_arms, scale)
    panels = [("weak", outcome) for outcome in OUTCOMES]
    return figures.weeks(frame, frame[frame["week"] == 4], panels=panels)


def small_weeks(n_arms, scale):
    frame = over_weeks(n_arms, scale).query("world == 'weak'")
    hues = style.arm_colours(ARMS)
    lines = [figures.WeekLine(arm, arm, hues[arm]) for arm in ARMS[:n_arms]]
    panels = [(outcome, "Endgradiges Moment", "Nm/kg") for outcome in OUTCOMES]
    return figures.small_weeks(
        frame, panels=panels, lines=lines, last_week="Woche 104", numerals=ENGLISH
    )


def drivers(n_arms, scale):
    frame = over_weeks(n_arms, scale).query("week == 4 and outcome == 'tightness_nrs'")
    frame = frame[frame["world"] != "nonspecific"].rename(columns={"world": "driver"})
    return [figures.drivers(frame.assign(mean=-frame["mean"], low=0.0, high=-frame["low"]))]


def causes(n_arms, scale):
    frame = over_weeks(max(n_arms, 2), scale).query("week == 4 and outcome == 'tightness_nrs'")
    frame = frame.rename(columns={"mean": "estimate", "low": "ci_low", "high": "ci_high"})
    frame = frame[frame["arm"] != LONG].assign(contrast=lambda f: f["arm"] + " - " + LONG)
    return [figures.causes(frame, margin=scale)]


def surface(n_arms, scale):
    rows = [
        (arm, week, angle, scale * (i + week) - 30 - angle / 10)
        for i, arm in enumerate(ARMS[: min(n_arms, 2)])
        for week in range(13)
        for angle in range(-60, 26, 5)
    ]
    frame = pd.DataFrame(rows, columns=["arm", "week", "angle_ext_deg", "gap_pct"])
    return figures.torque_surface(frame, marks={"4.5 m/s": 10}, trained_deg={ARMS[0]: (-10, 10)})


def means(n_arms, scale):
    rows = [
        (arm, week, scale * (5 + i - week / 9 + k % 3))
        for i, arm in enumerate(ARMS[:n_arms])
        for week in (0, 6, 12)
        for k in range(21)
    ]
    frame = pd.DataFrame(rows, columns=["arm", "week", "value"])
    names = {arm: arm for arm in ARMS[:n_arms]}
    ax = figures.measured_means(
        frame, names=names, least=20, xlabel="Weeks", outcome="Own", numerals=ENGLISH
    )
    return [ax]


def dose_weeks(n_arms, scale):
    frame = over_weeks(1, scale).query("world == 'weak'").rename(columns={"outcome": "panel"})
    panels = dict.fromkeys(OUTCOMES, ("Title", "% of baseline"))
    return figures.dose_weeks(frame, panels=panels, xlabel="Week", zero=ARMS[n_arms - 1])


def same_runner(n_arms, scale):
    quantiles = (0.025, 0.25, 0.5, 0.75, 0.975)
    rows = [(world, at, scale * (at - 0.4)) for world in WORLDS for at in quantiles]
    frame = pd.DataFrame(rows, columns=["world", "quantile", "difference"])
    return [figures.same_runner(frame, margin=scale / 2, arms=(ARMS[0], ARMS[max(n_arms - 1, 0)]))]


EVERY = (weeks, small_weeks, drivers, causes, surface, means, dose_weeks, same_runner)


@pytest.mark.parametrize(("n_arms", "scale"), [(1, 123.0), (2, 123.0), (4, 0.1)])
@pytest.mark.parametrize("draw", EVERY)
def test_no_word_is_cut_off_or_lies_on_another(draw, n_arms, scale):
    shown = show.Figure(draw(n_arms, scale)[0].figure, "Made up.", "Made up.", "made-up")
    with recorded_texts() as texts:
        first = shown.svg()
    assert faults(texts) == []
    assert shown.svg() == first, "what was drawn before moves nothing"


WIDE = ("W" * 30, "x" * 40), ("w" * 61, LONG), ("W" * 40, "m" * 61)  # names and their labels


@pytest.mark.parametrize("names", WIDE, ids=["30 and 40", "61 and 40", "40 and 61"])
@pytest.mark.parametrize("draw", EVERY)
def test_no_wide_name_leaves_the_figure_or_lies_on_another(monkeypatch, draw, names):
    monkeypatch.setitem(globals(), "ARMS", (*names, "third", "fourth"))
    for n_arms in (2, 3):
        shown = show.Figure(draw(n_arms, 123.0)[0].figure, "Made up.", "Made up.", "made-up")
        with recorded_texts() as texts:
            shown.svg()
        assert faults(texts) == []


def test_two_long_names_stand_apart_and_leave_their_panel_room(monkeypatch):
    names = ("a_name_of_an_arm_that_was_written_down_in_a_great_hurry_once", "b" * 52, "c", "d")
    monkeypatch.setitem(globals(), "ARMS", names)
    axs = weeks(2, 0.001)  # both lines end at one height
    axs[0].figure.draw_without_rendering()
    assert axs[0].get_position().width > 0.12
    for ax in axs:
        boxes = [text.get_window_extent().extents for text in ax.texts]
        assert len(boxes) == 2
        assert overlapping(boxes) == []


def test_a_name_that_fits_stays_on_its_line():
    with style.look():
        assert margins.in_lines(LONG, 8) == LONG
        assert margins.in_lines("x" * 40, 7.5) == "x" * 40
        assert margins.in_lines("W" * 30, 7.5).count("\n") == 1


@pytest.mark.parametrize("draw", [weeks, small_weeks, causes, means, dose_weeks])
def test_panels_are_where_matplotlib_would_search_them(draw):
    own, sought = (draw(2, 0.1)[0].figure for _ in range(2))
    sought.set_layout_engine("constrained")
    for figure in (own, sought):
        figure.draw_without_rendering()
    size_mm = 25.4 * np.tile(own.get_size_inches(), 2)
    for one, other in zip(own.axes, sought.axes, strict=True):
        ends = [ax.get_position().extents * size_mm for ax in (one, other)]
        assert ends[0] == pytest.approx(ends[1], abs=0.6)


def test_words_are_whole_in_pixels_too():
    ax = means(4, 123.0)[0]
    ax.figure.draw_without_rendering()
    page = ax.figure.bbox
    for text in [*ax.texts, ax.xaxis.label, *ax.get_xticklabels(), *ax.get_yticklabels()]:
        area = text.get_window_extent()
        assert page.x0 <= area.x0 <= area.x1 <= page.x1, text.get_text()


def test_panels_have_one_size_or_that_of_their_ratios_and_keep_apart():
    figure = Figure(figsize=(6, 4), layout=margins.Margins())
    axs = figure.subplots(2, 2, gridspec_kw={"width_ratios": [2, 1]})
    axs[0, 0].set_ylabel("Long\nname")
    axs[1, 1].set_title("Title")
    figure.draw_without_rendering()
    places = [ax.get_position() for ax in axs.flat]
    assert places[0].width == pytest.approx(2 * places[1].width)
    assert len({round(place.height, 6) for place in places}) == 1
    assert not any(one.overlaps(other) for one, other in combinations(places, 2))


def test_an_axis_of_its_own_place_stays_there():
    figure = Figure(figsize=(3, 2), layout=margins.Margins())
    ax = figure.subplots()
    ax.set_position((0, 0, 1, 1))
    figure.draw_without_rendering()
    assert ax.get_position().bounds == (0, 0, 1, 1)


def test_a_name_of_an_axis_stands_beyond_its_ticks():
    figure = Figure(figsize=(3, 2), layout=margins.Margins())
    ax = figure.subplots()
    ax.set(xlabel="Below", ylabel="Beside", ylim=(0, 123_456))
    figure.draw_without_rendering()
    ticks = min(label.get_window_extent().x0 for label in ax.get_yticklabels())
    assert 0 < ax.yaxis.label.get_window_extent().x1 <= ticks
    ticks = min(label.get_window_extent().y0 for label in ax.get_xticklabels())
    assert 0 < ax.xaxis.label.get_window_extent().y1 <= ticks


def test_a_name_at_an_edge_has_room_though_it_is_the_title_too():
    figure = Figure(figsize=(3, 2), layout=margins.Margins())
    ax = figure.subplots()
    ax.set_title("Strength and stretching")
    name = ax.annotate(
        "Strength and stretching", (1, 0.5), xycoords="axes fraction", annotation_clip=False
    )
    figure.draw_without_rendering()
    assert name.get_window_extent().x1 <= figure.bbox.x1
