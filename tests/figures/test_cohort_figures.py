"""Pictures of a cohort: what is drawn is what the frame holds, and nothing is cut off."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgba
from matplotlib.patches import Rectangle
from scipy import stats

from hipstudy import figures, show
from hipstudy.analysis import participants, plan
from hipstudy.cohort_file import clinic
from hipstudy.figures import style
from hipstudy.labels import arm_label
from hipstudy.numerals import ENGLISH, Numerals
from hipstudy.resources import place
from hipstudy.wording import Wording

LONG = "an_arm_with_a_name_that_has_no_end_Donaudampfschifffahrtsgesellschaftskapitaensm"


def flow_frame(*arms, instead=""):
    stages = [("baseline", 0), ("seen", 6), ("seen", 12), ("outcome_one", 12),
              ("stopped", np.nan), ("analysed", 12)]  # fmt: skip
    rows = [("", "in_file", np.nan, 90, ""), ("", "no_baseline", np.nan, 7, ""),
            ("", "no_arm", np.nan, 0, "")]  # fmt: skip
    for i, arm in enumerate(arms):
        rows += [(arm, stage, week, 20 + i, "") for stage, week in stages]
    frame = pd.DataFrame(rows, columns=["arm", "stage", "week", "n", "instead"])
    frame.loc[frame["stage"] == "stopped", ["n", "instead"]] = (np.nan, instead or "<5")
    return in_words(frame)


def in_words(frame):
    """Names of arms and lines of boxes, as the page gives them."""
    words = Wording("hipstudy.pages", "cohort_front")
    more = {"outcome": "tightness_nrs", "n_missed": 2.0, "of": 21.0}
    lines = [words("flow_line", **more, **row) for row in frame.to_dict("records")]
    return frame.assign(name=[arm and arm_label(arm) for arm in frame["arm"]], line=lines)


def words(ax):
    return [text.get_text() for text in ax.texts if text.get_text()]


def boxes(ax):
    return [patch for patch in ax.patches if isinstance(patch, Rectangle)]


@pytest.mark.parametrize("instead", ["<5", "not recorded"])
@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_flow_is_whole_for_one_to_four_arms(n, instead):
    arms = (LONG, "stretch_only", "strength_plus_stretch_time_matched", "W" * 80)[:n]
    ax = figures.flow(flow_frame(*arms, instead=instead))
    figure = ax.figure
    figure.draw_without_rendering()
    page, drawn = figure.bbox, boxes(ax)
    assert figure.get_figwidth() == pytest.approx(160 / 25.4)
    areas = [box.get_window_extent() for box in drawn]
    for area in areas:
        assert page.x0 <= area.x0 < area.x1 <= page.x1
        assert page.y0 <= area.y0 < area.y1 <= page.y1
    for i, one in enumerate(areas):
        assert not any(one.overlaps(other) for other in areas[i + 1 :])
    texts = [text for text in ax.texts if text.get_text()]
    for text in texts:
        area = text.get_window_extent()
        inside = [b for b in areas if b.x0 <= area.x0 and area.x1 <= b.x1
                  and b.y0 <= area.y0 and area.y1 <= b.y1]  # fmt: skip
        assert len(inside) == 1, text.get_text()
        assert text.get_fontsize() == 8
    assert len(drawn) == 2 + 5 * n


def test_flow_says_every_number_and_the_colour_of_its_arm():
    ax = figures.flow(flow_frame("strength_plus_stretch", "stretch_only"))
    said = words(ax)
    for line in ("90 runners in the file", "7 without a baseline visit", "Strength + stretch",
                 "20 at baseline", "21 seen at week 6, 2 not", "21 with tightness at week 12",
                 "stopped the exercise: <5", "21 analysed"):  # fmt: skip
        assert line in said
    assert not any("without an arm" in line for line in said), "nobody is: no words"
    edges = [box.get_edgecolor() for box in boxes(ax)]
    for arm in ("strength_plus_stretch", "stretch_only"):
        assert edges.count(to_rgba(style.colour(arm))) == 5


def test_flow_of_the_example_is_the_same_text_twice():
    observations = clinic.read(place("data", "example_cohort.csv"), seed=0).observations
    frame = participants.flow(observations, plan.shipped_plan())
    frame = in_words(frame[frame["stage"] != "outcome_both"])
    texts = {
        show.Figure(figures.flow(frame).figure, "Flow.", "Flow.", "flow").svg() for _ in range(2)
    }
    assert len(texts) == 1
    assert "SYN" not in texts.pop()


def test_nobody_without_an_arm_has_no_words():
    rows = figures.drawn_rows(flow_frame("stretch_only"))
    assert list(rows["stage"])[:3] == ["in_file", "no_baseline", "baseline"]


def test_flow_without_arms_is_one_box():
    ax = figures.flow(flow_frame())
    ax.figure.draw_without_rendering()
    assert words(ax) == ["90 runners in the file", "7 without a baseline visit"]


def runners_seen(*sizes, weeks=(0, 6, 12)):
    """Runners' means of as many runners an arm, at every visit."""
    arms = [LONG, "stretch_only", "strength_plus_stretch"][: len(sizes)]
    visits = [(arm, n, week) for arm, n in zip(arms, sizes, strict=True) for week in weeks]
    rows = [(arm, float(week), 5 - week / 6 + (i % 5) / 2)
            for arm, n, week in visits for i in range(n)]  # fmt: skip
    return pd.DataFrame(rows, columns=["arm", "week", "value"])


def drawn_means(frame, numerals=ENGLISH):
    names = {arm: arm_label(arm) for arm in dict.fromkeys(frame["arm"])}
    return figures.measured_means(
        frame, names=names, least=20, xlabel="Weeks", outcome="Tightness", numerals=numerals
    )


def dots(ax):
    """Heights of the dots of runners."""
    return np.concatenate([np.empty(0), *(dots.get_offsets()[:, 1] for dots in ax.collections)])


def test_means_and_intervals_are_those_of_the_runners():
    frame = runners_seen(24, 20)
    ax = drawn_means(frame)
    lines = [line for line in ax.lines if len(set(line.get_xdata())) == 3]
    by_arm = frame.groupby(["arm", "week"], sort=False)["value"]
    assert np.concatenate([line.get_ydata() for line in lines]) == pytest.approx(by_arm.mean())
    bars = [tuple(line.get_ydata()) for line in ax.lines if len(set(line.get_xdata())) == 1]
    for n, mean, sd in by_arm.agg(["size", "mean", "std"]).itertuples(index=False):
        half = stats.t.ppf(0.975, n - 1) * sd / n**0.5
        assert any(bar == pytest.approx((mean - half, mean + half)) for bar in bars)
    assert ax.get_xlabel() == "Weeks"
    assert ax.get_title(loc="left") == "Tightness"


def test_single_runners_are_dots_only_where_every_arm_has_many():
    frame = runners_seen(24, 20)
    fewer = frame.drop(frame[(frame["arm"] == "stretch_only") & (frame["week"] == 12)].index[:1])
    ax = drawn_means(fewer)
    many = frame[frame["week"] < 12]
    assert sorted(dots(ax)) == pytest.approx(sorted(many["value"])), "both arms or neither"
    assert len(dots(drawn_means(runners_seen(19, 19)))) == 0
    assert len(dots(drawn_means(runners_seen(20, 24)))) == 3 * 44


def test_no_dot_hides_another():
    ax = drawn_means(runners_seen(24, 24))
    places = np.concatenate([np.asarray(dots.get_offsets()) for dots in ax.collections])
    assert len({tuple(np.round(place, 6)) for place in places}) == len(places)


@pytest.mark.parametrize("sizes", [(1,), (24,), (24, 3), (24, 20, 22)])
def test_means_of_one_to_three_arms_are_whole(sizes):
    ax = drawn_means(runners_seen(*sizes), Numerals(","))
    ax.figure.draw_without_rendering()
    page = ax.figure.bbox
    for text in [*ax.texts, ax.xaxis.label]:
        area = text.get_window_extent()
        assert page.x0 <= area.x0 < area.x1 <= page.x1 + 1, text.get_text()
    areas = [text.get_window_extent() for text in ax.texts]
    for i, one in enumerate(areas):
        assert not any(one.overlaps(other) for other in areas[i + 1 :])
    assert not any("." in tick.get_text() for tick in ax.get_yticklabels())


def test_arms_of_ones_own_have_colours_of_their_own():
    arms = [f"arm {n}" for n in range(5)]
    assert len({style.colour(arm) for arm in arms}) < 5, "two of these have one by their names"
    assert len(set(style.arm_colours(arms).values())) == 5
    assert style.arm_colours(["stretch_only"]) == {"stretch_only": style.colour("stretch_only")}


STRIP = pd.DataFrame(
    [
        ("ANCOVA, runner means", -0.41, -1.02, 0.2, 40, True, ""),
        ("Mixed model", -0.38, -0.97, 0.21, 42, False, ""),
        ("ANCOVA, 78 limbs", -0.4, -0.85, 0.05, 39, False, "that two hips are one person"),
    ],
    columns=["label", "estimate", "ci_low", "ci_high", "n", "primary", "ignores"],
)


def test_strip_draws_each_analysis_the_primary_heavy_and_what_ignores_nesting_open():
    ax = figures.strip(STRIP, margin=0.5, xlabel="Difference, NRS points")
    lines = {tuple(line.get_xdata()): line for line in ax.lines}
    for row in STRIP.itertuples():
        line, dot = lines[row.ci_low, row.ci_high], lines[(row.estimate,)]
        assert (line.get_linewidth() > 2) == row.primary
        assert (line.get_linestyle() == "--") == bool(row.ignores)
        assert (dot.get_markerfacecolor() == "white") == bool(row.ignores)
        (name,) = [text for text in ax.texts if text.get_text() == row.label]
        assert (name.get_weight() == 600) == row.primary
    assert words(ax).count("ignores that two hips are one person") == 1
    assert "−0.41 (−1.02 to 0.20) [40]" in words(ax)
    assert "−0.38 (−0.97 to 0.21) [42]" in words(ax), "an analysis has its own n"
    assert (0, 0) in lines, "the line at zero"
    (shade,) = boxes(ax)
    assert (shade.get_x(), shade.get_x() + shade.get_width()) == (-0.5, 0.5)


@pytest.mark.parametrize("n", [1, 9])
def test_strip_rows_do_not_touch_and_nothing_is_cut_off(n):
    frame = pd.concat([STRIP.tail(1)] * n)
    ax = figures.strip(frame, margin=0.5, xlabel="Difference, NRS points")
    ax.figure.draw_without_rendering()
    areas = [text.get_window_extent() for text in ax.texts]
    for i, one in enumerate(areas):
        assert one.x0 >= 0
        assert one.x1 <= ax.figure.bbox.x1
        assert not any(one.overlaps(other) for other in areas[i + 1 :])


def model_frames(worlds=("weak", "short", "guarded", "nonspecific")):
    arms = ("strength_plus_stretch", "stretch_only")
    bands = pd.DataFrame(
        [
            (world, arm, week, 4 - week * (i + j) / 20 - 0.7, 4 - week * (i + j) / 20 + 0.7)
            for i, world in enumerate(worlds)
            for j, arm in enumerate(arms)
            for week in range(13)
        ],
        columns=["world", "arm", "week", "low", "high"],
    )
    seen = pd.DataFrame(
        [(arm, w, 4 - w / 10 - j / 9, 3 - w / 10, 5 - w / 10)
         for j, arm in enumerate(arms) for w in (0, 6, 12)],
        columns=["arm", "week", "mean", "ci_low", "ci_high"],
    )  # fmt: skip
    return bands, seen


def test_data_on_model_has_one_range_every_point_and_the_band_of_each_world():
    bands, seen = model_frames()
    axs = figures.data_on_model(bands, seen, ylabel="Tightness, NRS points")
    axs[0].figure.draw_without_rendering()
    assert len({ax.get_ylim() for ax in axs}) == 1
    assert [ax.get_title(loc="left") for ax in axs] == [
        "If: end-range torque", "If: short tissue", "If: guarding", "If: none of these",
    ]  # fmt: skip
    for ax, world in zip(axs, dict.fromkeys(bands["world"]), strict=True):
        drawn = [(line.get_color(), tuple(line.get_ydata())) for line in ax.lines]
        for row in seen.itertuples():
            hue = style.colour(row.arm)
            assert {(hue, (row.mean,)), (hue, (row.ci_low, row.ci_high))} <= set(drawn)
        for arm, rows in bands[bands["world"] == world].groupby("arm"):
            assert (style.colour(arm), tuple(rows["low"])) in drawn
            assert (style.colour(arm), tuple(rows["high"])) in drawn
        assert sorted(words(ax)) == ["Strength + stretch", "Stretch only"]
    (key,) = axs[0].figure.legends
    assert [text.get_text().split(":")[0] for text in key.texts] == ["band, between lines", "point"]
    assert not any(ax.collections for ax in axs), "two arms' shades would mix"
    assert [ax.get_ylabel() for ax in axs] == ["Tightness, NRS points", ""] * 2


def test_data_on_model_takes_an_odd_number_of_worlds_and_an_arm_without_points():
    bands, seen = model_frames(("weak", "short", "prior"))
    axs = figures.data_on_model(bands, seen[seen["arm"] == "stretch_only"], ylabel="Tightness")
    axs[0].figure.draw_without_rendering()
    assert not axs[3].axison
    assert sorted(words(axs[0])) == ["Strength + stretch", "Stretch only"]
