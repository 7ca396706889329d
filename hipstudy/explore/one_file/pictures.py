"""The two pictures of the one-file explorer, as Vega-Lite; the page feeds them with numbers."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from hipstudy.figures.style import ARM_COLOURS, GREY, INK, PALE, WORLD_MARKS
from hipstudy.labels import WORLD_LABELS
from hipstudy.model.causes import PRIOR, WORLDS

if TYPE_CHECKING:
    import altair as alt

SHAPES = {"o": "circle", "s": "square", "^": "triangle-up", "D": "diamond", "X": "cross"}
_GAP = " "  # a row of its own between the causes and their mix
_ARMS = ("A", "B")
_LINES = ([1, 0], [7, 4])  # whole, and broken: the arms are told apart by more than colour


def _by_arm() -> dict[str, Any]:
    import altair as alt

    colours = [ARM_COLOURS["arm_a"], ARM_COLOURS["arm_b"]]
    return {
        "colour": alt.Color("arm:N", scale=alt.Scale(domain=_ARMS, range=colours), legend=None),
        "dash": alt.StrokeDash("arm:N", scale=alt.Scale(domain=_ARMS, range=_LINES), legend=None),
    }


def _range(name: str) -> "tuple[list[alt.Parameter], alt.Scale]":
    """A range that the page sets, the same for every dose of an outcome."""
    import altair as alt

    ends = [
        alt.param(name=f"{name}_{end}", value=value) for end, value in (("low", 0), ("high", 1))
    ]
    low, high = ({"expr": f"{name}_{end}"} for end in ("low", "high"))
    return ends, alt.Scale(domainMin=low, domainMax=high, zero=False, nice=True)


def over_weeks(weeks: Sequence[int]) -> dict[str, Any]:
    """Mean change of both arms over weeks with its band, each named at its end.

    Datasets ``lines`` (arm, week, mean, low, high) and ``ends`` (arm, week, place); parameters
    ``change_low`` and ``change_high``.
    """
    import altair as alt

    ends, scale = _range("change")
    arm = _by_arm()
    every = 1 if len(weeks) <= 4 else 2
    x = alt.X(
        "week:Q",
        scale=alt.Scale(domain=[0, weeks[-1]], nice=False),
        axis=alt.Axis(title=None, values=[*weeks[::every]], grid=False, format="d"),
    )

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", scale=scale, axis=alt.Axis(title=None, tickCount=6))

    lines = alt.Chart(alt.NamedData("lines"))
    band = lines.mark_area(opacity=0.16).encode(x, y("low"), alt.Y2("high:Q"), arm["colour"])
    edges = [
        lines.mark_line(strokeWidth=0.8, opacity=0.8).encode(x, y(end), arm["colour"], arm["dash"])
        for end in ("low", "high")
    ]
    mean = lines.mark_line(strokeWidth=2.6).encode(x, y("mean"), arm["colour"], arm["dash"])
    zero = alt.Chart().mark_rule(color=GREY).encode(y=alt.Y(datum=0, type="quantitative"))
    names = (
        alt.Chart(alt.NamedData("ends"))
        .mark_text(align="left", dx=6, fontWeight=600, color=INK)
        .encode(x, y("place"), alt.Text("arm:N"))
    )
    layers = [band, *edges, zero, mean, names]
    return _dressed(alt.layer(*layers, data=alt.NamedData("lines")).add_params(*ends), right=24)


def by_cause() -> dict[str, Any]:
    """Difference between the arms by cause, and their mix set apart.

    Datasets ``differences`` (label, mean, low, high) and ``margin`` (low, high); parameters
    ``difference_low`` and ``difference_high``.
    """
    import altair as alt

    ends, scale = _range("difference")
    labels = [WORLD_LABELS[world] for world in WORLDS]
    mix = WORLD_LABELS[PRIOR]
    rows = alt.Y(
        "label:N",
        scale=alt.Scale(domain=[*labels, _GAP, mix]),
        axis=alt.Axis(title=None, ticks=False, domain=False, labelLimit=200, labelPadding=8),
    )

    def x(field: str) -> alt.X:
        return alt.X(f"{field}:Q", scale=scale, axis=alt.Axis(title=None, tickCount=5, grid=False))

    is_mix = f"datum.label === '{mix}'"
    forms = [SHAPES[WORLD_MARKS[world]] for world in (*WORLDS, PRIOR)]
    shapes = alt.Scale(domain=[*labels, mix], range=forms)
    shade = (
        alt.Chart(alt.NamedData("margin"))
        .mark_rect(color=PALE, opacity=0.45)
        .encode(x("low"), alt.X2("high:Q"))
    )
    zero = alt.Chart().mark_rule(color=GREY).encode(x=alt.X(datum=0, type="quantitative"))
    differences = alt.Chart(alt.NamedData("differences"))
    band = differences.mark_rule(strokeWidth=2.2, color=INK).encode(
        x("low"), alt.X2("high:Q"), rows,
        strokeDash=alt.condition(is_mix, alt.value([5, 3]), alt.value([1, 0])),
    )  # fmt: skip
    mark = differences.mark_point(filled=True, opacity=1, stroke=INK, strokeWidth=1.4).encode(
        x("mean"), rows,
        shape=alt.Shape("label:N", scale=shapes, legend=None),
        color=alt.condition(is_mix, alt.value("white"), alt.value(INK)),
        angle=alt.condition(is_mix, alt.value(45), alt.value(0)),
        size=alt.condition(is_mix, alt.value(230), alt.value(110)),
    )  # fmt: skip
    layers = alt.layer(shade, zero, band, mark, data=alt.NamedData("differences"))
    return _dressed(layers.add_params(*ends), right=12)


def _dressed(chart: "alt.LayerChart", *, right: int) -> dict[str, Any]:
    """A chart that fills its place on the page, in the product's colours; sizes are the page's."""
    import altair as alt

    return (
        chart.properties(
            width="container",
            height="container",
            padding={"left": 4, "right": right, "top": 8, "bottom": 4},
            autosize=alt.AutoSizeParams(type="fit", contains="padding", resize=True),
        )
        .configure_view(stroke=None)
        .configure_axis(labelColor=INK, domainColor=GREY, tickColor=GREY, gridColor="#ededed")
        .to_dict()
    )
