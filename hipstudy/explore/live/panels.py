"""The explorer's pictures as HTML: picture, the sentence it shows, and its numbers as tables."""

import base64
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

from hipstudy import show
from hipstudy.explore import picture_tables, sentences
from hipstudy.explore.outside_row import OutsideRow, outside_row
from hipstudy.explore.picture_tables import View
from hipstudy.figures import explorer
from hipstudy.labels import OUTCOME_LABELS, WORLD_LABELS, arm_label, format_number
from hipstudy.parameters import number as parameter
from hipstudy.studies import compare_tables, torque_curves

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from pandas import DataFrame

DIGITS = 3
_HTML = Template(Path(__file__).with_name("panel.html").read_text(encoding="utf-8").strip())


@dataclass(frozen=True)
class Panel:
    """One picture.

    Parameters
    ----------
    name, title
        What it is called, in the page and to a reader.
    alt
        What kind of picture it is.
    places
        Left, bottom, width and height of each of its axes, as parts of the figure.
    """

    name: str
    title: str
    alt: str
    places: list[list[float]] = field(hash=False)


_TABLES = tomllib.loads(Path(__file__).with_name("panels.toml").read_text(encoding="utf-8"))
PANELS = tuple(Panel(name, **of) for name, of in _TABLES.items())
WEEKS, CAUSES, TORQUE, LOAD = PANELS


def _weeks(figure: "Figure", here: View) -> str:
    outcome = here.outcome
    frame, spread = picture_tables.over_weeks(here, outcome), picture_tables.spread(here, outcome)
    unit = sentences.change_unit(outcome)
    label = f"{sentences.title(outcome)}, change" + (f", {unit}" if unit else "")
    explorer.over_weeks(frame, spread, figure.axes[0], ylabel=label)
    key = sentences.WORDS("live_weeks_key", len(spread))
    columns = {"level": OUTCOME_LABELS[outcome], "change": f"Change ({unit or 'ratio'})"}
    tables = [_table(_by_arm(frame, columns), "Mean over limbs with its 95 % band.", "weeks")]
    if len(spread):
        caption = "How runners differ in their change by the last week."
        heads = ["Arm", "2.5 % of runners", "97.5 % of runners"]
        tables.append(_table(_labelled(spread, heads), caption, "spread"))
    passages = [sentences.over_weeks(here, frame), *_costs(here), key]
    return _panel(WEEKS, here, figure, passages, tables)


def _costs(here: View) -> list[str]:
    """What a benefit in tightness costs, where tightness is shown."""
    return [sentences.cost(here)] if here.outcome == "tightness_nrs" else []


def _outside(here: View) -> OutsideRow | None:
    """What trials elsewhere found of these arms; they are of what is felt."""
    if here.outcome != "tightness_nrs":
        return None
    a, b = here.study.design.arms
    return outside_row(here.study.settings.outside(), b, a)


def _by_arm(frame: "DataFrame", columns: dict[str, str]) -> "DataFrame":
    """One row an arm and week; each column with the two ends of its band."""
    labels = {"arm": "Arm", "week": "Week"}
    for name, label in columns.items():
        labels |= {name: label, f"{name}_low": f"{label}, low", f"{name}_high": f"{label}, high"}
    return _labelled(frame[list(labels)], list(labels.values()))


def _labelled(frame: "DataFrame", heads: list[str]) -> "DataFrame":
    """A frame for readers: its arms by their labels, its columns with these heads."""
    return frame.assign(arm=frame["arm"].map(arm_label)).set_axis(heads, axis=1)


def _causes(figure: "Figure", here: View) -> str:
    import pandas as pd

    outcome = here.outcome
    frame, even = picture_tables.differences(here, outcome), picture_tables.break_even(here)
    is_felt = outcome in ("tightness_nrs", "discomfort_nrs")
    margin = parameter("margin_small_nrs")
    left, right = figure.axes
    unit = sentences.unit(outcome)
    label = f"{sentences.title(outcome)}, B minus A" + (f",\n{unit}" if unit else "")
    outside = _outside(here)
    explorer.by_cause(
        frame, left, margin=margin if is_felt else None, xlabel=label, outside=outside
    )
    explorer.break_even(
        compare_tables.break_even_curve(here.study, here.study.primary), right, margin=margin
    )
    table = frame.assign(world=frame["world"].map(WORLD_LABELS)).set_axis(
        ["If hips are tight from", "B minus A", "low", "high"], axis=1
    )
    share = even.rename(
        columns={
            "margin_nrs": "Tightness better by (points)",
            "share": "Break-even share (of 1)",
            "ci_low": "low",
            "ci_high": "high",
            "never": "Draws without one (share)",
        }
    ).replace(float("inf"), "no share")
    caption = f"Difference in {OUTCOME_LABELS[outcome]} at the last week, with its 95 % band."
    tables = [
        _table(table, caption, "causes"),
        _table(share, "Share of runners tight from end-range torque.", "break-even"),
    ]
    passages = [sentences.differences(here, frame), *_costs(here)]
    if outside:
        row = [(outside.label, outside.estimate, outside.low, outside.high)]
        heads = ["Outside view", "B minus A", "prediction, low", "prediction, high"]
        caption = "Trials elsewhere, with the prediction interval of a new trial."
        tables.append(_table(pd.DataFrame(row, columns=heads), caption, "outside"))
        passages.append(outside.sentence())
    passages.append(sentences.break_even(even))
    if is_felt:
        passages.append(sentences.natural_course(here, picture_tables.without(here, outcome)))
    return _panel(CAUSES, here, figure, passages, tables)


def _torque(figure: "Figure", here: View) -> str:
    frame = picture_tables.torque(here)
    ranges = {
        arm.name: (work.trained_from_ext_deg, work.trained_to_ext_deg)
        for arm in here.study.design.arms
        if (work := arm.strength)
    }
    explorer.curve(
        frame,
        figure.axes[0],
        week=here.page_state.shown_week,
        marks=torque_curves.running_angles(),
        trained_deg=ranges,
    )
    angle = [format_number(each, 0) for each in frame["angle_ext_deg"]]
    heads = ["Arm", "Week", "Angle (deg extension)", "Torque (Nm/kg)", "low", "high"]
    table = _labelled(frame.assign(angle_ext_deg=angle), heads)
    caption = "Mean torque over limbs with its 95 % band, at the start and at the chosen week."
    tables = [_table(table, caption, "torque")]
    return _panel(TORQUE, here, figure, [sentences.torque(here, frame)], tables)


def _load(figure: "Figure", here: View) -> str:
    frame, sore = picture_tables.minutes(here), picture_tables.over_weeks(here, "soreness_nrs")
    left, right = figure.axes
    explorer.minutes(frame, left)
    nobody = sore.iloc[:0].assign(low=0.0, high=0.0)
    explorer.over_weeks(sore, nobody, right, ylabel="Soreness, NRS points")
    heads = ["Arm", "Strength (min a week)", "Stretching (min a week)", "Both (min a week)"]
    levels = _by_arm(sore, {"level": "Soreness (NRS points)"})
    tables = [
        _table(_labelled(frame, heads), "Clock minutes, both sides and rests included.", "minutes"),
        _table(levels, "Soreness, mean of each week, with its 95 % band.", "soreness"),
    ]
    return _panel(LOAD, here, figure, [sentences.load(frame, sore)], tables)


def _table(frame: "DataFrame", caption: str, name: str) -> str:
    text = frame.map(lambda one: format_number(one, DIGITS) if isinstance(one, float) else one)
    return show.Table(text, caption, name)._repr_mimebundle_()["text/html"]


def _panel(
    panel: Panel, here: View, figure: "Figure", passages: Sequence[str], tables: Sequence[str]
) -> str:
    alt = f"{panel.alt}. {passages[0]}"
    picture = show.Figure(figure, panel.title, alt, panel.name).svg()
    return _HTML.substitute(
        name=panel.name,
        mark=here.page_state.mark,
        title=escape(panel.title),
        within=escape(panel.title.lower()),
        alt=escape(alt),
        picture=base64.b64encode(picture.encode()).decode(),
        paragraphs="".join(f"<p>{escape(one)}</p>" for one in passages),
        tables="".join(tables),
    )


# What draws a panel for the settings on screen, on a figure that is kept, and gives its HTML.
DRAWERS = {WEEKS: _weeks, CAUSES: _causes, TORQUE: _torque, LOAD: _load}
