"""Pictures: what is drawn is what the frame holds."""

import subprocess
import sys
from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib import colors
from matplotlib.contour import ContourSet
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from hipstudy import figures, show
from hipstudy.figures import style
from hipstudy.labels import arm_label
from hipstudy.model.causes import WORLDS
from hipstudy.numerals import Numerals
from hipstudy.studies import compare_decisions, compare_study, compare_tables, torque_curves

ARMS = ("stretch_only", "strength_plus_stretch")


@pytest.fixture(scope="module")
def study():
    return compare_study.run(n_runners=6, weeks=4)


def test_causes_draws_every_estimate_and_interval(study):
    rows = compare_tables.effects(study)
    rows = rows[rows["outcome"] == "tightness_nrs"]
    ax = figures.causes(rows, margin=0.5)
    drawn = [line.get_xdata() for line in ax.lines]
    for row in rows.itertuples():
        assert any(len(x) == 2 and list(x) == [row.ci_low, row.ci_high] for x in drawn)
        assert any(len(x) == 1 and x[0] == row.estimate for x in drawn)
    labels = [tick.get_text() for tick in ax.get_yticklabels()]
    assert labels[-1] == "Prior mix"
    assert len(labels) == 5
    hues = [colors.to_hex(line.get_color()) for line in ax.get_legend().get_lines()]
    assert hues[0] == colors.to_hex(style.INK)
    of_arms = {hue.lower() for hue in (*style.ARM_COLOURS.values(), *style.OWN_ARMS)}
    assert not of_arms & set(hues), "a colour is an arm's or a contrast's, never both"


def test_break_even_draws_the_line_and_its_band(study):
    frame = compare_tables.break_even_curve(study, study.primary)
    _, ax = style.canvas(62, 75)
    figures.break_even(frame, margin=0.5, ax=ax)
    line = next(line for line in ax.lines if len(line.get_xdata()) == len(frame))
    assert list(line.get_ydata()) == list(frame["mean"])
    assert ax.get_xlim() == (0, 100)


def test_weeks_share_a_range_and_name_every_line(study):
    arms = ("usual_running", *study.primary)
    frame, spread = (
        compare_decisions.change_over_weeks(study, arms),
        compare_decisions.change_spread(study),
    )
    panels = [(world, "tightness_nrs") for world in WORLDS] + [("weak", "thomas_ext_deg")]
    axs = figures.weeks(frame, spread, panels=panels)
    assert len({ax.get_ylim() for ax in axs[:4]}) == 1
    for ax in axs[:5]:
        assert len({text.get_text() for text in ax.texts}) == len(arms)
    here = frame[(frame["world"] == "weak") & (frame["outcome"] == "tightness_nrs")]
    drawn = [tuple(line.get_ydata()) for line in axs[0].lines]
    for arm in arms:
        assert tuple(here[here["arm"] == arm]["mean"]) in drawn


def made_weeks(*outcomes):
    """Made-up changes: one outcome twice as large as the last, and spread at the end."""
    frame = pd.DataFrame(
        [
            (world, arm, outcome, week, change := -week * 2.0**i * (j + 1) / 10, change - 0.1, 0)
            for world in WORLDS
            for j, arm in enumerate(ARMS)
            for i, outcome in enumerate(outcomes)
            for week in range(5)
        ],
        columns=["world", "arm", "outcome", "week", "mean", "low", "high"],
    )
    return frame, frame[frame["week"] == 4]


def test_weeks_name_the_world_of_an_outcome_that_comes_twice():
    frame, spread = made_weeks("tightness_nrs", "discomfort_nrs", "economy_pct", "own_outcome")
    panels = [
        ("weak", "discomfort_nrs"),
        ("short", "discomfort_nrs"),
        ("weak", "tightness_nrs"),
        ("weak", "economy_pct"),
        ("weak", "own_outcome"),
    ]
    axs = figures.weeks(frame, spread, panels=panels)
    assert [ax.get_title(loc="left") for ax in axs[:5]] == [
        "Discomfort running if: end-range torque",
        "Discomfort running if: short tissue",
        "Tightness",
        "Running economy",
        "own outcome",
    ]
    assert [ax.get_ylabel() for ax in axs[1:4]] == [
        "Change, NRS points",
        "Change, NRS points",
        "Change, %",
    ]
    assert axs[0].get_ylim() == axs[1].get_ylim() != axs[2].get_ylim()
    assert not axs[5].axison


def test_weeks_show_the_reserve_at_all_speeds_on_one_range():
    speeds = ("reserve_2_5", "reserve_3_5", "reserve_4_5")
    axs = figures.weeks(*made_weeks(*speeds), panels=[("weak", speed) for speed in speeds])
    assert len({ax.get_ylim() for ax in axs[:3]}) == 1
    assert axs[2].get_title(loc="left") == "End-range reserve at 4.5 m/s"
    assert axs[2].get_ylabel() == "Change, ratio"


def test_weeks_say_once_what_band_and_bracket_are_by_their_forms():
    axs = figures.weeks(*made_weeks("soreness_nrs"), panels=[("weak", "soreness_nrs")])
    (key,) = axs[0].figure.legends
    said = {t.get_text(): type(h) for t, h in zip(key.texts, key.legend_handles, strict=True)}
    assert said == {
        "band: what is not known about the numbers": Rectangle,
        "bracket: middle 95 % of runners": Line2D,
    }


def test_weeks_bracket_each_arms_runners_where_there_are_any():
    frame, spread = made_weeks("soreness_nrs")
    spread = spread[spread["world"] == "weak"]
    expected = [(style.colour(r.arm), (r.low, r.high)) for r in spread.itertuples()]
    for rows, found in ((spread, expected), (spread.head(0), [])):
        ax = figures.weeks(frame, rows, panels=[("weak", "soreness_nrs")])[0]
        brackets = [line for line in ax.lines if line.get_marker() == "_"]
        assert [(b.get_color(), tuple(b.get_ydata())) for b in brackets] == found


def test_torque_angle_draws_a_line_a_week_and_the_marks(study):
    frame = torque_curves.torque_angle(study, study.primary)
    trained = {"strength_plus_stretch": (-10.0, 10.0)}
    axs = figures.torque_angle(frame, marks=torque_curves.running_angles(), trained_deg=trained)
    assert len(axs) == 2
    for ax in axs:
        assert {"week 0", "week 2", "week 4"} <= {line.get_label() for line in ax.lines}
        assert {"2.5 m/s", "3.5 m/s", "4.5 m/s"} <= {text.get_text() for text in ax.texts}
    assert any(text.get_text() == "trained" for text in axs[0].texts)
    assert not any(text.get_text() == "trained" for text in axs[1].texts)


MARKS = {"2.5 m/s": 3.8, "3.5 m/s": 8.4, "4.5 m/s": 12.2}
WEEKS, ANGLES = range(13), range(-60, 26, 5)


def surface(gap):
    """A surface in each arm; gaps come from arm's place, week and angle."""
    return pd.DataFrame(
        [
            (arm, week, angle, float(gap(i, week, angle)))
            for i, arm in enumerate(ARMS)
            for week in WEEKS
            for angle in ANGLES
        ],
        columns=["arm", "week", "angle_ext_deg", "gap_pct"],
    )


def drawn(axs):
    """Draw everything, so that what matplotlib would warn of is heard."""
    axs[0].figure.draw_without_rendering()
    return axs


def contours(ax):
    """Filled and line contours of a panel."""
    found = [c for c in ax.collections if isinstance(c, ContourSet)]
    return [c for c in found if c.filled], [c for c in found if not c.filled]


def words(ax):
    return [text.get_text() for text in ax.texts]


def test_torque_surface_draws_each_gap_where_the_frame_has_it():
    frame = surface(lambda i, week, angle: -12 + i * week - angle / 10)
    axs = drawn(figures.torque_surface(frame, marks=MARKS, trained_deg={}))
    seen = set()
    for i, ax in enumerate(axs):
        (filled,), (lines,) = contours(ax)
        seen.add((tuple(filled.levels), filled.get_clim(), ax.get_ylim()))
        for level, path in zip(lines.levels, lines.get_paths(), strict=True):
            assert len(path.vertices) > 1
            for week, angle in path.vertices:
                assert -12 + i * week - angle / 10 == pytest.approx(level, abs=1e-6)
        inside = [level for level in filled.levels if filled.zmin < level < filled.zmax]
        assert list(lines.levels) == inside
    ((levels, (low, high), y_range),) = seen
    assert low == -high
    assert 0 in levels
    assert levels[0] <= frame["gap_pct"].min() <= frame["gap_pct"].max() <= levels[-1]
    assert y_range == (-60, 25)


def test_torque_surface_names_its_lines_arms_and_bar_and_makes_the_norm_heavy():
    frame = surface(lambda i, week, angle: -12 + i * week - angle / 10)
    axs = drawn(figures.torque_surface(frame, marks=MARKS, trained_deg={}))
    assert [ax.get_title(loc="left") for ax in axs] == ["Stretch only", "Strength + stretch"]
    for ax in axs:
        ((lines,)) = contours(ax)[1]
        named = ["norm" if level == 0 else f"{level:g}".replace("-", "−") for level in lines.levels]
        assert words(ax) == [*named, *MARKS]
    widths = dict(zip(lines.levels, lines.get_linewidths(), strict=True))
    assert widths.pop(0) > 2 * max(widths.values())
    bars = [ax for ax in axs[0].figure.axes if ax not in axs]
    assert [bar.get_ylabel() for bar in bars] == ["Against the norm at that angle, %"]


def test_torque_surface_marks_angles_and_the_trained_range():
    frame = surface(lambda i, week, angle: -12 + i * week - angle / 10)
    marks = {"2.5 m/s": 20, "3.5 m/s": 23, "4.5 m/s": 24}
    trained = {"strength_plus_stretch": (-10, 10)}
    axs = drawn(figures.torque_surface(frame, marks=marks, trained_deg=trained))
    for ax in axs:
        placed = [text for text in ax.texts if text.get_text() in marks]
        assert [text.xy for text in placed] == [(0, angle) for angle in marks.values()]
        heights = [text.xyann[1] for text in placed]
        assert all(b - a > 4 for a, b in pairwise(heights)), "labels must not overlap"
        assert heights[-1] < 25
    assert "trained" not in words(axs[0])
    assert "trained" in words(axs[1])
    assert [sorted(set(line.get_ydata())) for line in axs[1].lines] == [[-10, 10]]


@pytest.mark.parametrize(
    "gap",
    [lambda i, week, angle: i - 20 + week / 2 - angle / 20, lambda *_: -7, lambda *_: 0],
    ids=["below the norm everywhere", "all the same", "the norm everywhere"],
)
def test_torque_surface_that_does_not_cross_the_norm(gap):
    axs = drawn(figures.torque_surface(surface(gap), marks=MARKS, trained_deg={}))
    for ax in axs:
        assert len(contours(ax)[0]) == 1
        assert "norm" not in words(ax)


def test_torque_surface_without_lines_says_its_value():
    axs = figures.torque_surface(surface(lambda *_: -7), marks={}, trained_deg={})
    assert [words(ax) for ax in axs] == [["everywhere −7.0 %"]] * 2


def test_torque_surface_stays_small_and_the_same_text():
    frame = surface(lambda i, week, angle: -12 + i * week - angle / 10)
    texts = {
        show.Figure(axs[0].figure, "Made up.", "Made up.", "surface").svg()
        for axs in (figures.torque_surface(frame, marks=MARKS, trained_deg={}) for _ in range(2))
    }
    assert len(texts) == 1
    assert len(texts.pop()) < 150_000


def test_same_runner_draws_quantiles_and_no_single_runner(study):
    frame = compare_decisions.same_runner(study)
    ax = figures.same_runner(frame, margin=0.5)
    points = [line for line in ax.lines if len(line.get_xdata()) == 1]
    assert len(points) == len(WORLDS)


def test_same_runner_says_what_its_lines_are_once(study):
    ax = figures.same_runner(compare_decisions.same_runner(study), margin=0.5)
    (key,) = ax.figure.legends
    assert [text.get_text() for text in key.texts] == ["median", "middle half", "middle 95 %"]
    assert not words(ax), "no word stands among the rows"
    assert "below 0" in ax.get_xlabel()


def test_same_runner_names_both_directions(study):
    frame = compare_decisions.same_runner(study)
    ax = figures.same_runner(frame, margin=0.5, arms=("strength_plus_stretch", "stretch_only"))
    places = {text.get_text(): text.xy[0] for text in ax.texts}
    assert places["← less tightness\nunder Strength + stretch"] == 0
    assert places["less tightness →\nunder Stretch only"] == 1
    assert "NRS points" in ax.get_xlabel()


def test_same_runner_has_the_names_of_its_directions_below_that_of_its_axis(study):
    frame = compare_decisions.same_runner(study)
    arms = ("strength_plus_stretch", "stretch_only_time_matched")
    ax = figures.same_runner(frame, margin=0.5, arms=arms)
    ax.figure.draw_without_rendering()
    low = ax.xaxis.label.get_window_extent().y0
    assert all(text.get_window_extent().y1 < low for text in ax.texts)


def test_same_runner_draws_the_quantiles():
    ends = {"weak": (-0.1, 0, 0.1, 0.2, 0.3), "short": (-2, -1.5, -1, -0.5, 0), "guarded": (0,) * 5}
    frame = pd.DataFrame(
        [(world, q, end) for world, row in ends.items() for q, end in enumerate(row)],
        columns=["world", "quantile", "difference"],
    )
    ax = figures.same_runner(frame, margin=0.5)
    shown = [tuple(line.get_xdata()) for line in ax.lines]
    for low, start, middle, end, high in ends.values():
        assert {(low, high), (start, end), (middle,)} <= set(shown)


def made_drivers(scale=1.0):
    arms = ("usual_running", *ARMS, "strength_only")
    return pd.DataFrame(
        [
            (arm, driver, mean := scale * (i - 0.5) * (j + 1), mean - scale / 4, mean + scale / 3)
            for j, driver in enumerate(("weak", "short", "guarded"))
            for i, arm in enumerate(arms)
        ],
        columns=["arm", "driver", "mean", "low", "high"],
    )


def test_drivers_draw_a_dot_and_a_line_for_each_arm_with_its_name():
    frame = made_drivers()
    ax = figures.drivers(frame)
    lines = {(*line.get_xdata(), line.get_color()): line.get_ydata()[0] for line in ax.lines}
    names = [(text.get_text(), text.xy[1], text.xy[0]) for text in ax.texts]
    for row in frame.itertuples():
        hue = style.colour(row.arm)
        y = lines[row.low, row.high, hue]
        assert lines[row.mean, hue] == y
        assert (arm_label(row.arm), y, row.low if row.mean < 0 else row.high) in names
    assert len({y for _, y, _ in names}) == len(frame), "one row each"
    assert [tick.get_text() for tick in ax.get_yticklabels()] == [
        "End-range torque",
        "Short tissue",
        "Guarding",
    ]


def test_drivers_that_nothing_moves_are_drawn():
    ax = figures.drivers(made_drivers(scale=0.0))
    ax.figure.draw_without_rendering()
    assert len(ax.texts) == 12


def test_colours_tell_arms_apart():
    pair = ("arm_a", "arm_b")  # the explorer's two, which never stand beside a preset
    presets = [hue for arm, hue in style.ARM_COLOURS.items() if arm not in pair]
    assert len(set(presets)) == len(presets)
    assert style.ARM_COLOURS["arm_a"] != style.ARM_COLOURS["arm_b"]
    assert not set(style.OWN_ARMS) & set(presets)
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
    rows = pd.DataFrame(compare_tables.effects(study)).query("outcome == 'tightness_nrs'")
    assert figures.causes(rows, margin=0.5, ax=ax) is ax


def test_ticks_are_written_as_the_language_writes_numbers():
    _, ax = style.canvas(30)
    ax.set_xlim(-1, 1)
    style.name_rows(ax, ["one"], numerals=Numerals(","))
    ax.figure.canvas.draw()
    ticks = [tick.get_text() for tick in ax.get_xticklabels()]
    assert "−0,5" in ticks
    assert not any("." in tick or "-" in tick for tick in ticks)
    style.real_minus(ax)
    assert ax.xaxis.get_major_formatter()(-0.5, 0) == "−0.5"


def test_a_surface_has_no_number_where_there_is_none():
    cells = [("P", "s", 1, 1, -0.5), ("P", "s", 2, 1, 0.25), ("P", "s", 1, 2, 1.0)]
    frame = pd.DataFrame(cells, columns=["panel", "scale", "value_x", "value_y", "value"])
    axes = {"x": ("value_x", "Across"), "y": ("value_y", "Up"), "digits": {"s": 2}}
    ax = figures.dose_surfaces(frame, **axes)[0]
    assert [(t.get_text(), t.get_position()) for t in ax.texts] == [
        ("\u22120.50", (0.5, 0.5)),
        ("0.25", (1.5, 0.5)),
        ("1.00", (0.5, 1.5)),
    ]
    assert [t.get_text() for t in ax.get_xticklabels()] == ["1", "2"]
    assert ax.get_ylim() == (0, 2)


def test_no_picture_loads_a_library_for_a_look():
    code = (
        "import sys\n"
        "from hipstudy.figures import style\n"
        "from hipstudy import figures, show\n"
        "ax = style.canvas(40)[1]\n"
        "show.Figure(ax.figure, 'c', 'a', 'n').svg()\n"
        "print(sorted({'seaborn', 'statsmodels', 'matplotlib.pyplot'} & set(sys.modules)))\n"
    )
    command = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
