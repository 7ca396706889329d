"""Outcomes over weeks as small multiples: modelled, and measured ones laid on modelled ones."""

from collections.abc import Iterator, Sequence

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.path import Path
from pandas import DataFrame

from hipstudy.figures import style
from hipstudy.labels import WORLD_LABELS, arm_label

TITLES = style.TABLES["weeks"]
BAND = "band: what is not known about the numbers"
BRACKET = "bracket: middle 95 % of runners"


def weeks(frame: DataFrame, spread: DataFrame, *, panels: Sequence[tuple[str, str]]) -> list[Axes]:
    """Draw one panel a (world, outcome): lines with ribbons, brackets for runners at the end.

    Parameters
    ----------
    frame
        Columns world, arm, outcome, week, mean, low, high: change since baseline.
    spread
        Columns world, arm, outcome, low, high: middle 95 % of runners at the last week.
    panels
        (world, outcome) of each panel; an outcome in several panels has one range in all of
        them, and titles that name the worlds; so has the reserve at several speeds one range.
    """
    outcomes = [outcome for _, outcome in panels]
    with style.look():
        axs = style.panel_grid(len(panels), 48)
        for ax, (world, outcome) in zip(axs, panels, strict=False):
            _panel(ax, *(_rows(each, world, outcome) for each in (frame, spread)))
            _title(ax, world, outcome, several=outcomes.count(outcome) > 1)
        kinds = [outcome.rstrip("_0123456789") for outcome in outcomes]  # one at several speeds
        for kind in set(kinds):
            style.same_range([ax for ax, other in zip(axs, kinds, strict=False) if other == kind])
        for ax, (world, outcome) in zip(axs, panels, strict=False):
            rows = _rows(frame, world, outcome)
            ends = rows[rows["week"] == rows["week"].max()]
            names = [(arm_label(r.arm), r.mean, style.colour(r.arm)) for r in ends.itertuples()]
            style.name_ends(ax, names, gap=0.1)
            style.real_minus(ax)
        style.band_key(axs[0], BAND, _bracket())
    return axs


def _rows(frame: DataFrame, world: str, outcome: str) -> DataFrame:
    return frame[(frame["world"] == world) & (frame["outcome"] == outcome)]


def _panel(ax: Axes, here: DataFrame, spread: DataFrame) -> None:
    last = here["week"].max()
    arms = list(dict.fromkeys(here["arm"]))
    palette = {arm: style.colour(arm) for arm in arms}
    ax.axhline(0, color=style.GREY, lw=0.6)
    for i, arm in enumerate(arms):
        rows = here[here["arm"] == arm]
        band = (rows["week"], rows["low"], rows["high"])
        ax.fill_between(*band, color=palette[arm], alpha=0.2, lw=0)
        x = last * (1.035 + 0.035 * i)
        for own in spread[spread["arm"] == arm].itertuples():
            ax.plot([x, x], [own.low, own.high], color=palette[arm], lw=1.1, marker="_", ms=4)
    style.value_lines(ax, here, "week", "mean", hue="arm", palette=palette)
    ax.set(xlabel="Week", xlim=(0, last * (1.06 + 0.035 * len(arms))))
    ax.set_xticks(sorted({0, last // 2, last}))


def _bracket() -> Line2D:
    """The bracket at the end of a line, for the key."""
    form = Path([(-0.4, 1), (0.4, 1), (0, 1), (0, -1), (-0.4, -1), (0.4, -1)], [1, 2, 1, 2, 1, 2])
    return Line2D(
        [], [], label=BRACKET, color=style.GREY, ls="", marker=form, ms=9, fillstyle="none"
    )


def panel_words(world: str, outcome: str) -> str:
    """What a panel shows, in words for who cannot see it: title, unit of its axis, and cause.

    Examples
    --------
    >>> panel_words("weak", "end_range_torque_nm_kg")
    'End-range torque (change, % of baseline) if: end-range torque'
    """
    title, unit = _title_and_unit(outcome)
    unit = unit if unit.startswith("NRS") else f"{unit[0].lower()}{unit[1:]}"
    return f"{title} ({unit}) if: {WORLD_LABELS[world].lower()}"


def _title_and_unit(outcome: str) -> tuple[str, str]:
    title, unit = TITLES.get(outcome, (outcome.replace("_", " "), "Change"))
    return title, unit


def _title(ax: Axes, world: str, outcome: str, *, several: bool) -> None:
    title, unit = _title_and_unit(outcome)
    ax.set_title(f"{title} if: {WORLD_LABELS[world].lower()}" if several else title)
    ax.set_ylabel(unit)


_DATA_BAND = "band, between lines: where the model has the mean of such an arm"
_STEP = 0.03  # of the weeks shown, between the points of two arms


def data_on_model(
    frame: DataFrame, points: DataFrame, *, ylabel: str, level_pct: float = 95.0
) -> list[Axes]:
    """Draw one panel a world, all on one range: bands of the model, points of the data.

    Parameters
    ----------
    frame
        Columns world, arm, week, low, high: predictive band of an arm's mean.
    points
        Columns arm, week, mean, ci_low, ci_high: the same points in every panel.
    ylabel
        The outcome, with its unit.
    level_pct
        Coverage of the points' intervals, per cent.
    """
    worlds = list(dict.fromkeys(frame["world"]))
    with style.look():
        axs = style.panel_grid(len(worlds), 54)
        bands = [frame[frame["world"] == world] for world in worlds]
        for i, (ax, here) in enumerate(zip(axs, bands, strict=False)):
            _data_panel(ax, here, points)
            label = WORLD_LABELS.get(here["world"].iloc[0], here["world"].iloc[0])
            ax.set_title(f"If: {label[0].lower()}{label[1:]}")
            if i % 2 == 0:  # those at the right have the same axis, and names stand before it
                ax.set_ylabel(ylabel)
        style.same_range(axs[: len(worlds)])
        for ax, here in zip(axs, bands, strict=False):
            style.name_ends(ax, _ends(here, points), gap=0.1)
            style.real_minus(ax)
        point = f"point: measured mean with its {level_pct:g} % interval"
        dot = Line2D([], [], color=style.GREY, ls="", marker="o", ms=4.5, label=point)
        style.band_key(axs[0], _DATA_BAND, dot, is_filled=False)
    return axs


def _data_panel(ax: Axes, here: DataFrame, points: DataFrame) -> None:
    arms = list(dict.fromkeys([*here["arm"], *points["arm"]]))
    last = max(here["week"].max(), points["week"].max())
    for i, arm in enumerate(arms):
        band = here[here["arm"] == arm].sort_values("week")
        hue = style.colour(arm)
        for edge in ("low", "high"):  # no fill: two arms' would mix into a colour of nobody's
            ax.plot(band["week"], band[edge], color=hue, lw=1)
        aside = (i - (len(arms) - 1) / 2) * _STEP * last
        for row in points[points["arm"] == arm].itertuples():
            x = row.week + aside
            ax.plot([x, x], [row.ci_low, row.ci_high], color=hue, lw=1.2, solid_capstyle="butt")
            ax.plot(x, row.mean, "o", color=hue, ms=4.5, mec="white", mew=0.6)
    ax.set(xlabel="Week", xlim=(-0.06 * last, 1.06 * last))
    ax.set_xticks(sorted({0, *points["week"]}))


def _ends(here: DataFrame, points: DataFrame) -> Iterator[tuple[str, float, str]]:
    """Name, height and colour of each arm: of its last point or, without one, its band's end."""
    for arm in dict.fromkeys([*here["arm"], *points["arm"]]):
        means = points[points["arm"] == arm].sort_values("week")["mean"].dropna()
        band = here[here["arm"] == arm].sort_values("week")[["low", "high"]].mean(axis=1)
        yield arm_label(arm), (means if len(means) else band).iloc[-1], style.colour(arm)
