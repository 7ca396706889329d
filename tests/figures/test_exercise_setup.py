"""The drawings of a set-up by their geometry, over everything that a handout accepts."""

import itertools

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb

from hipstudy import figures, parameters
from hipstudy.figures.exercise_setup import LEFT_M, MM_PER_M, RIGHT_M, UNDER_M
from hipstudy.figures.posture import LEVERS, Stroke
from hipstudy.figures.style import GREY
from hipstudy.handout import body_limits, feasibility
from hipstudy.model import intensity
from hipstudy.prescription.shorthand import parse

BODY = body_limits.body()
LINE = "hip-flexor {lever} 3x10 {load}, {sides} range {a} to {b} deg, support {cm} cm, 3/wk x 12 wk"


def low(shape):
    return shape.points[:, 1].min() - (shape.width_m / 2 if isinstance(shape, Stroke) else 0)


def check_picture(posture):
    """Nothing below the floor; all in the frame; no word on another or on the drawing."""
    assert min(map(low, posture.shapes)) >= -1e-9, "through the floor"
    ax = figures.setup(posture)
    canvas = FigureCanvasAgg(ax.figure)
    ax.figure.draw_without_rendering()
    frame = ax.figure.bbox
    for artist in (*ax.lines, *ax.patches, *ax.texts):
        box = artist.get_window_extent(canvas.get_renderer())
        assert frame.x0 <= box.x0 <= box.x1 <= frame.x1, artist
        assert frame.y0 <= box.y0 <= box.y1 <= frame.y1, artist
    boxes = [text.get_window_extent(canvas.get_renderer()) for text in ax.texts]
    assert [text.get_text() for text in ax.texts] == [tip.word for tip in posture.tips]
    for one, other in itertools.combinations(boxes, 2):
        assert not one.overlaps(other), "words on each other"
    pixels = frame.width / (RIGHT_M - LEFT_M)
    ways = []
    for shape in posture.shapes:
        ends = [*itertools.pairwise(shape.points)] or [(shape.points[0], shape.points[0])]
        ways += [first + np.linspace(0, 1, 100)[:, None] * (last - first) for first, last in ends]
    at = (np.vstack(ways) - (LEFT_M, -UNDER_M)) * pixels
    for box in boxes:
        assert box.y0 >= UNDER_M * pixels, "a word under the floor"
        inside = (at > (box.x0, box.y0)) & (at < (box.x1, box.y1))
        assert not inside.all(axis=1).any(), "a word on the drawing"
    wide = ax.figure.get_size_inches()[0] * 25.4
    assert wide == pytest.approx(MM_PER_M * (RIGHT_M - LEFT_M)), "every picture at one scale"


@given(
    lever=st.sampled_from(LEVERS),
    load=st.sampled_from(["@bodyweight", "@near-failure", "@5 kg"]),
    sides=st.sampled_from(["", "left only,", "right only,"]),
    cm=st.one_of(st.integers(0, 40), st.floats(1, 40).map(lambda cm: round(cm, 3))),
    ends=st.tuples(st.integers(-105, 40), st.integers(-105, 40)).map(sorted),
)
def test_every_drawing_stands_on_the_floor_with_its_labels_apart(lever, load, sides, cm, ends):
    """What the handout accepts, as prescribed and made easier."""
    assume(ends[0] < ends[1])
    line = LINE.format(lever=lever, load=load, sides=sides, cm=cm, a=ends[0], b=ends[1])
    arm = parse(line)
    assume(not feasibility.problems(arm))
    s = feasibility.printed(arm).strength
    check_picture(figures.posture(body_limits.setup_of(s), weight=s.load != "unloaded"))
    for light in body_limits.easier_ways(s).values():
        check_picture(figures.posture(body_limits.setup_of(light), weight=False))
        easy = arm.model_copy(update={"strength": light.model_copy(update={"progression": None})})
        assert not feasibility.problems(easy), "what is called easier can be done"


@pytest.mark.parametrize("lever", LEVERS)
def test_the_weight_is_apart_from_the_body_that_it_lies_on(lever):
    """A grey of its own with a white outline, on top of the trunk at start and at stop."""
    posture = figures.posture(figures.SetUp(lever, -60, -30, 0, BODY), weight=True)
    assert [shape.part for shape in posture.shapes].count("weight") == 1
    ax = figures.setup(posture)
    (box,) = [one for one in ax.patches if one.get_linewidth()]
    assert to_rgb(box.get_edgecolor()) == (1, 1, 1)
    others = [one for one in (*ax.lines, *ax.patches) if one is not box]
    assert box.get_zorder() > max(one.get_zorder() for one in others)
    for line in ax.lines:
        difference = np.abs(np.subtract(to_rgb(box.get_facecolor()), to_rgb(line.get_color())))
        assert line.get_color() == GREY or difference.max() > 0.2


def test_the_stretch_is_drawn_by_the_same_rules():
    check_picture(figures.kneeling(BODY))


@pytest.mark.parametrize("end", range(-10, 31, 5))
def test_the_largest_support_is_the_largest(end):
    def at(cm):
        return figures.SetUp("leg-lever", -105, end, cm, BODY)

    largest = at(0).largest_support_cm
    assert all(at(cm).possible for cm in range(largest + 1))
    assert largest == 40 or not at(largest + 1).possible
    if largest < 40:
        with pytest.raises(ValueError, match=f"the largest support is {largest} cm"):
            figures.posture(at(40), weight=False)


def test_support_of_40_cm_with_the_usual_end_is_not_drawn():
    """At 0.51 m from hip to shoulder it turns the leg 52 degrees, and 10 more where it stops."""
    asked = figures.SetUp("leg-lever", -10, 10, 40, BODY)
    assert asked.incline_deg == pytest.approx(np.degrees(np.arcsin(0.40 / (0.288 * 1.76))))
    assert not asked.possible
    assert asked.largest_support_cm == 34
    assert figures.SetUp("trunk-lever", -10, 10, 40, BODY).possible


@pytest.mark.parametrize("lever", LEVERS)
@pytest.mark.parametrize("cm", [0, 12, 40])
def test_the_drawing_has_the_incline_of_the_model(lever, cm):
    s = parse(LINE.format(lever=lever, load="", sides="", cm=cm, a=-10, b=0)).strength
    modelled = intensity.lever(s, parameters.central())[2]
    assert body_limits.setup_of(s).incline_deg == pytest.approx(float(modelled.flat[0]))


@pytest.mark.parametrize(("end", "cm"), [(10, 0), (10, 20), (10, 34), (30, 0), (0, 40)])
def test_the_bench_is_high_enough_and_the_other_foot_stands(end, cm):
    """By hand: a straight leg of 0.934 m hangs from a hip 8 cm over the bench."""
    s = figures.SetUp("leg-lever", -30, end, cm, BODY)
    heel = s.bench_cm / 100 + 0.08 - 0.934 * np.sin(np.radians(s.incline_deg + end))
    assert heel >= 0.049
    knee_over_hip = BODY.knee_m - (s.bench_cm / 100 + 0.08)
    thigh_deg = np.degrees(np.arcsin(-knee_over_hip / BODY.thigh_m))
    assert thigh_deg <= max(s.incline_deg, 4.5), "the other hip is not bent back"
