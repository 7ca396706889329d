"""Measured means of the arms laid on what each cause of tightness would make of them."""

from collections.abc import Iterator

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from pandas import DataFrame

from hipstudy.figures import style
from hipstudy.labels import WORLD_LABELS, arm_label

BAND = "band: modelled, where the mean of an arm this large would be"
POINT = "point: measured mean with its 95 % interval"
_STEP = 0.03  # of the weeks shown, between the points of two arms


def data_on_model(frame: DataFrame, points: DataFrame, *, ylabel: str) -> list[Axes]:
    """Draw one panel a world, all on one range: bands of the model, points of the data.

    Parameters
    ----------
    frame
        Columns world, arm, week, low, high: predictive band of an arm's mean.
    points
        Columns arm, week, mean, ci_low, ci_high: the same points in every panel.
    ylabel
        The outcome, with its unit.
    """
    worlds = list(dict.fromkeys(frame["world"]))
    with style.look():
        axs = style.panel_grid(len(worlds), 54)
        bands = [frame[frame["world"] == world] for world in worlds]
        for ax, here in zip(axs, bands, strict=False):
            _panel(ax, here, points)
            label = WORLD_LABELS.get(here["world"].iloc[0], here["world"].iloc[0])
            ax.set_title(f"If: {label[0].lower()}{label[1:]}")
            ax.set_ylabel(ylabel)
        style.same_range(axs[: len(worlds)])
        for ax, here in zip(axs, bands, strict=False):
            style.name_ends(ax, _ends(here, points), gap=0.1)
            style.real_minus(ax)
        dot = Line2D([], [], color=style.GREY, ls="", marker="o", ms=4.5, label=POINT)
        style.band_key(axs[0], BAND, dot)
    return axs


def _panel(ax: Axes, here: DataFrame, points: DataFrame) -> None:
    arms = list(dict.fromkeys([*here["arm"], *points["arm"]]))
    last = max(here["week"].max(), points["week"].max())
    for i, arm in enumerate(arms):
        band = here[here["arm"] == arm].sort_values("week")
        hue = style.colour(arm)
        ax.fill_between(band["week"], band["low"], band["high"], color=hue, alpha=0.2, lw=0)
        for edge in ("low", "high"):
            ax.plot(band["week"], band[edge], color=hue, lw=0.8)
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
