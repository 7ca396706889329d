"""Pictures of the two pages: what is drawn is what the frame holds, and one colour is one side."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from figure_texts import faults, recorded_texts
from matplotlib.colors import to_hex
from matplotlib.patches import Polygon

from hipstudy import figures, show
from hipstudy.figures import style
from hipstudy.numerals import Numerals

GERMAN = Numerals(",", "bis", "unter", "und")
ARMS = ("strength_plus_stretch", "stretch_only")
COLOURS = figures.two_colours(ARMS)
WORDS = figures.DifferenceWords(("Benefit", "Cost"), ("less with A", "less with B"), "no trial")
NAN = float("nan")
COLUMNS = ["label", "kind", "panel", "estimate", "low", "high", "pi_low", "pi_high"]
ROWS = [
    ("Trials", "outside", 0, -0.4, -0.85, 0.09, -1.3, 0.6),
    ("One", "cause", 0, -0.3, -0.5, -0.1, NAN, NAN),
    ("Two", "cause", 0, 0.2, -0.1, 0.4, NAN, NAN),
    ("One", "cause", 1, 0.3, 0.1, 0.5, NAN, NAN),
    ("Two", "cause", 1, -0.2, -0.3, -0.004, NAN, NAN),
]


def drawn(rows=ROWS, **more):
    frame = pd.DataFrame(rows, columns=COLUMNS)
    given = {"margin": 0.5, "colours": COLOURS, "words": WORDS, "numerals": GERMAN} | more
    return figures.benefit_and_cost(frame, **given)


def hue_of(ax, estimate):
    (dot,) = [line for line in ax.lines if list(line.get_xdata()) == [estimate]]
    return to_hex(dot.get_color()).upper()


def test_a_side_has_one_colour_in_both_panels_and_what_is_unclear_is_grey():
    benefit, cost = drawn()
    assert hue_of(benefit, -0.3) == COLOURS[0], "less with the first"
    assert hue_of(cost, 0.3) == COLOURS[1], "less with the second"
    assert hue_of(benefit, 0.2) == "#767676", "its band holds zero"
    assert hue_of(cost, -0.2) == "#767676", "as it is printed"
    for ax in (benefit, cost):
        said = {text.get_text(): to_hex(text.get_color()).upper() for text in ax.texts}
        assert said["← less with A"] == COLOURS[0]
        assert said["less with B →"] == COLOURS[1]


def test_panels_share_rows_and_scale_and_every_row_is_drawn():
    benefit, cost = drawn()
    assert benefit.get_xlim() == cost.get_xlim()
    assert benefit.get_ylim() == cost.get_ylim()
    labels = [text.get_text() for text in benefit.get_yticklabels()]
    assert labels == ["Trials", "One", "Two"]
    for row in ROWS[1:]:
        lines = [list(line.get_xdata()) for line in (benefit, cost)[row[2]].lines]
        assert [row[4], row[5]] in lines
    benefit.figure.canvas.draw()
    assert "−0,5" in [text.get_text() for text in benefit.get_xticklabels()]


@pytest.mark.parametrize(
    "name", ["a very long name of an arm that a physio wrote in a hurry", "W" * 40]
)
def test_a_long_name_takes_no_room_from_the_panels_and_is_whole(name):
    less = (f"less with {name}", f"less with another, {name}")
    axs = drawn(words=replace(WORDS, less=less))
    with recorded_texts() as texts:
        show.Figure(axs[0].figure, "Made up.", "Made up.", "made-up").svg()
    assert faults(texts) == []
    said = {text.words.replace("\n", "").replace(" ", "") for text in texts}
    assert {f"←{less[0]}".replace(" ", ""), f"{less[1]}→".replace(" ", "")} <= said
    for ax, usual in zip(axs, drawn(), strict=True):
        usual.figure.draw_without_rendering()
        assert ax.get_position().width == pytest.approx(usual.get_position().width, rel=0.01)


def test_trials_elsewhere_stand_on_top_and_apart_and_where_there_is_none_it_is_said():
    benefit, cost = drawn()
    at = dict(zip(["Trials", "One", "Two"], benefit.get_yticks(), strict=True))
    assert at["Trials"] < at["One"] < at["Two"]
    assert at["One"] - at["Trials"] > at["Two"] - at["One"], "visibly apart"
    (diamond,) = [one for one in benefit.patches if isinstance(one, Polygon)
                  and len(one.get_xy()) == 5 and one.get_xy()[0][0] == -0.85]  # fmt: skip
    assert diamond.get_xy()[:, 0].max() == 0.09
    assert [-1.3, 0.6] in [list(line.get_xdata()) for line in benefit.lines]
    assert "no trial" in [text.get_text() for text in cost.texts]
    assert "no trial" not in [text.get_text() for text in benefit.texts]


def test_one_trial_alone_has_no_bar_and_none_at_all_no_row():
    alone = [(*ROWS[0][:6], NAN, NAN), *ROWS[1:]]
    lines = [np.asarray(line.get_xdata(), float) for line in drawn(alone)[0].lines]
    assert not any(np.isnan(x).any() for x in lines)
    without = drawn(ROWS[1:])
    assert [text.get_text() for text in without[0].get_yticklabels()] == ["One", "Two"]


@pytest.mark.parametrize("arms", [("mine", "mine"), ("stretch_only", "stretch_only"), ARMS])
def test_two_arms_never_have_one_colour(arms):
    first, second = figures.two_colours(arms)
    assert first != second
    assert first == style.colour(arms[0])


LINES = [
    figures.WeekLine("rest", "No exercise", "#767676"),
    figures.WeekLine("a", "Arm A", "#0072B2"),
    figures.WeekLine("b", "Arm B", "#D55E00"),
]
PANELS = [("tightness_nrs", "Tightness", "points"), ("soreness_nrs", "Soreness", "points")]


def weeks():
    return pd.DataFrame(
        [
            (line.arm, outcome, week, -week * (at + 1) / 10, -week / 5, week / 5)
            for at, line in enumerate(LINES)
            for outcome, _, _ in PANELS
            for week in range(5)
        ],
        columns=["arm", "outcome", "week", "mean", "low", "high"],
    )


def test_small_weeks_draw_every_line_name_it_in_its_colour_and_set_bands_side_by_side():
    frame = weeks()
    axs = figures.small_weeks(
        frame, panels=PANELS, lines=LINES, last_week="Woche 4", numerals=GERMAN
    )
    for ax, (outcome, title, unit) in zip(axs, PANELS, strict=False):
        assert ax.get_title(loc="left") == f"{title}, {unit}"
        assert ax.get_xticklabels()[-1].get_text() == "Woche 4"
        for line in LINES:
            here = frame[(frame["outcome"] == outcome) & (frame["arm"] == line.arm)]
            found = [one for one in ax.lines if list(one.get_ydata()) == list(here["mean"])]
            assert to_hex(found[0].get_color()).upper() == line.hue
        bars = [one.get_xdata()[0] for one in ax.lines if list(one.get_ydata()) == [-0.8, 0.8]]
        assert len(bars) == len(set(bars)) == len(LINES), "no band lies on another"
        assert min(bars) > 4
    key = {text.get_text(): to_hex(text.get_color()).upper() for text in axs[2].texts}
    assert key == {line.name: line.hue for line in LINES}
    assert not axs[2].axison
